/* SPDX-License-Identifier: Apache-2.0 */
/* made_bundle.c: a bundle made by hand, so that each thing in it can be wrong */
#include "made_bundle.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "bundle_put.h"
#include "checkpoint.h"
#include "epoch_rows.h"
#include "extract.h"
#include "foreign_rows.h"
#include "log_rows.h"
#include "manifest.h"
#include "note_rows.h"
#include "pack.h"
#include "quick_vault.h"
#include "record_rows.h"
#include "rows.h"
#include "seal.h"
#include "sign.h"
#include "temp_dir.h"
#include "tree.h"

static void
must(enum vault_status st, const char *what)
{
    if (st != VAULT_OK)
        temp_die(vault_status_name(st), what);
}

static void
must_have(const void *p)
{
    if (p == NULL)
        temp_die("no memory", "made_bundle");
}

/* ---- people ---- */

void
made_person(struct made_person *p)
{
    memset(p, 0, sizeof *p);
    p->seed = vlt_seed_new();
    must_have(p->seed);
    vlt_random(p->seed->b, sizeof p->seed->b);
    vlt_random(p->card.vault, sizeof p->card.vault);
    p->card.generation = 1;
    vlt_buf_init(&p->note, VLT_NOTE_MAX);
    must(vlt_card_make(&p->card, p->seed, NULL, &p->note, NULL), "card");
}

void
made_person_clear(struct made_person *p)
{
    vlt_seed_free(p->seed);
    vlt_buf_clear(&p->note);
}

void
made_note(struct made_bundle *b, const char *kind, const void *p, size_t n)
{
    struct vlt_buf *note = &b->note[b->notes].note;

    b->note[b->notes++].kind = kind;
    vlt_buf_init(note, VLT_NOTE_MAX);
    vlt_buf_put(note, p, n);
}

/* ---- logs ---- */

static struct made_log *
new_log(struct made_bundle *b, const struct made_person *of)
{
    struct made_log *l = &b->log[b->logs++];

    memset(l, 0, sizeof *l);
    l->of = of;
    l->key = vlt_logkey_new();
    must_have(l->key);
    vlt_random(l->key->b, sizeof l->key->b);
    vlt_random(l->id, sizeof l->id);
    vlt_name_origin(l->origin, of->card.vault, l->id);
    vlt_buf_init(&l->note, VLT_NOTE_MAX);
    vlt_buf_init(&l->point, VLT_NOTE_MAX);
    return l;
}

static void
add_leaf(struct made_log *l, const struct vlt_leaf *leaf)
{
    vlt_leaf_text_hash(l->leaf[l->leaves++].b, leaf);
}

static void
genesis(struct made_log *l)
{
    struct vlt_leaf leaf;

    memset(&leaf, 0, sizeof leaf);
    memcpy(leaf.kind, "genesis", 8);
    memcpy(leaf.subject, l->text_hash, 32);
    vlt_random(leaf.event, 32);
    add_leaf(l, &leaf);
}

int
made_replica(struct made_bundle *b, const struct made_person *of,
    const struct made_person *by)
{
    struct made_log *l = new_log(b, of);
    struct vlt_replica r;

    memset(&r, 0, sizeof r);
    memcpy(r.vault, of->card.vault, 16);
    memcpy(r.replica, l->id, 8);
    r.number = 1;
    vlt_sign_public(r.log_key, l->key->b);
    memcpy(r.card, by->card.fingerprint, 32);
    must(vlt_replica_make(&r, by->seed, &l->note, NULL), "replica note");
    memcpy(l->text_hash, r.text_hash, 32);
    vlt_replica_clear(&r);
    genesis(l);
    return (int)b->logs - 1;
}

int
made_session(struct made_bundle *b, const struct made_person *of,
    const uint8_t device[8], int before)
{
    struct made_log *l = new_log(b, of);
    const struct made_log *p = before < 0 ? NULL : &b->log[before];
    struct vlt_session s;

    memset(&s, 0, sizeof s);
    memcpy(s.vault, of->card.vault, 16);
    memcpy(s.device, device, 8);
    memcpy(s.session, l->id, 8);
    s.number = p == NULL ? 1 : 2;
    vlt_sign_public(s.log_key, l->key->b);
    memcpy(s.card, of->card.fingerprint, 32);
    if (p != NULL) {
        s.has_base = true;
        memcpy(s.base.replica, p->id, 8);
        s.base.size = p->leaves;
        memcpy(s.base.checkpoint, p->point_hash, 32);
    }
    must(vlt_session_make(&s, p == NULL ? l->key : p->key, &l->note, NULL),
        "session note");
    memcpy(l->text_hash, s.text_hash, 32);
    genesis(l);
    return (int)b->logs - 1;
}

void
made_device(struct made_bundle *b, const struct made_person *by,
    const uint8_t device[8], int first)
{
    struct vlt_device d;
    struct vlt_buf note;

    memset(&d, 0, sizeof d);
    memcpy(d.vault, by->card.vault, 16);
    memcpy(d.device, device, 8);
    memcpy(d.card, by->card.fingerprint, 32);
    memcpy(d.first, b->log[first].text_hash, 32);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_device_make(&d, by->seed, &note, NULL), "device note");
    made_note(b, "device", note.p, note.len);
    vlt_buf_clear(&note);
}

void
made_point(struct made_bundle *b, int log, int key)
{
    struct made_log *l = &b->log[log];
    struct vlt_checkpoint cp;
    struct vlt_buf text;

    memset(&cp, 0, sizeof cp);
    memcpy(cp.origin, l->origin, sizeof cp.origin);
    cp.size = l->leaves;
    vlt_mth(cp.root, l->leaf, l->leaves);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    must(vlt_checkpoint_encode(&text, &cp, NULL), "checkpoint");
    vlt_sha256(l->point_hash, text.p, text.len);
    vlt_buf_reset(&l->point);
    must(vlt_note_sign(&l->point, (const char *)text.p, text.len, l->origin,
             b->log[key].key->b, NULL),
        "checkpoint note");
    vlt_buf_clear(&text);
}

/* ---- records ---- */

static void
seal_body(struct made_record *r, size_t n)
{
    uint64_t padded = vlt_padme(n < 4096 ? 4096 : n);
    uint8_t *plain = calloc(1, (size_t)padded);
    uint8_t hash[32], *room;
    struct vlt_segments_hash h;
    uint64_t at, i;

    must_have(plain);
    quick_noise(plain, n, n);
    vlt_sha256(hash, plain, n);
    must(vlt_fields_add(&r->meta.fields, VLT_FIELD_BODY, VLT_STATE_VALUE,
             "body", hash, 32, NULL),
        "body");
    r->meta.kb = vlt_kb_new();
    must_have(r->meta.kb);
    vlt_random(r->meta.kb->b, 32);
    r->meta.body_raw = true;
    r->meta.body_stored = r->meta.body_original = n;
    for (at = i = 0; at < padded; at += VLT_CHUNK, i++) {
        size_t len =
            (size_t)(padded - at < VLT_CHUNK ? padded - at : VLT_CHUNK);

        room = vlt_buf_room(&r->segment, len + VLT_TAG);
        must_have(room);
        vlt_chunk_seal(room, r->meta.kb->b, i, at + len == padded, plain + at,
            len);
    }
    vlt_segments_hash_init(&h);
    vlt_segments_hash_add(&h, r->segment.p, r->segment.len);
    vlt_segments_hash_final(&h, r->head.b);
    r->head.h.body_padded = padded;
    r->head.h.body_version = r->head.h.version;
    free(plain);
}

static void
borrow_body(struct made_record *r, const struct made_record *from)
{
    const struct vlt_field *f = vlt_fields_find(&from->meta.fields, "body");

    must(vlt_fields_add(&r->meta.fields, VLT_FIELD_BODY, VLT_STATE_VALUE,
             "body", f->value, 32, NULL),
        "body");
    r->meta.kb = vlt_kb_new();
    must_have(r->meta.kb);
    memcpy(r->meta.kb->b, from->meta.kb->b, 32);
    r->meta.body_raw = true;
    r->meta.body_stored = r->meta.body_original = from->meta.body_original;
    memcpy(r->head.b, from->head.b, 32);
    r->head.h.body_padded = from->head.h.body_padded;
    r->head.h.body_version = from->head.h.version;
}

static void
seal_meta(struct made_record *r)
{
    struct vlt_kmeta *kmeta = vlt_kmeta_new();
    struct vlt_body_commit commit;
    struct vlt_buf plain;
    uint8_t *room;
    bool has;

    must_have(kmeta);
    vlt_buf_init(&plain, VLT_META_MAX);
    must(vlt_meta_encode(&plain, &r->meta, NULL), "metadata");
    r->head.h.meta_padded = (uint32_t)plain.len;
    vlt_record_header_encode(r->head.header, &r->head.h);
    vlt_record_keys(kmeta, r->head.commit, r->rk, r->head.header);
    room = vlt_buf_room(&r->ct, plain.len + VLT_TAG);
    must_have(room);
    vlt_seal_once(room, kmeta->b, plain.p, plain.len);
    vlt_blake2b(r->head.m, r->ct.p, r->ct.len);
    has = vlt_meta_body(&r->meta, &r->head.h, &commit);
    must(vlt_content_root(r->head.content, &r->meta.fields, r->meta.salts,
             r->head.h.id, r->head.h.version, has ? &commit : NULL, NULL),
        "content");
    vlt_record_stmt(r->stmt, &r->head);
    vlt_buf_clear(&plain);
    vlt_kmeta_free(kmeta);
}

void
made_log_again(struct made_bundle *b, size_t record)
{
    const struct made_record *r = &b->record[record];
    struct vlt_leaf leaf;

    memset(&leaf, 0, sizeof leaf);
    memcpy(leaf.kind, r->kind, strlen(r->kind));
    leaf.has_record = true;
    memcpy(leaf.record, r->head.h.id, 16);
    leaf.version = r->head.h.version;
    memcpy(leaf.subject, r->stmt, 32);
    memcpy(leaf.event, r->event, 32);
    vlt_leaf_text_hash(b->log[r->log].leaf[r->index].b, &leaf);
}

int
made_record(struct made_bundle *b, const struct made_what *what)
{
    struct made_record *r = &b->record[b->records++];
    const struct made_record *p =
        what->after < 0 ? NULL : &b->record[what->after];

    memset(r, 0, sizeof *r);
    r->origin = what->origin;
    r->log = what->log;
    r->kind = "seal";
    r->use = what->use;
    r->rk = vlt_rk_new();
    must_have(r->rk);
    vlt_random(r->rk->b, 32);
    vlt_random(r->event, 32);
    vlt_buf_init(&r->ct, VLT_META_MAX + 16);
    vlt_buf_init(&r->segment, VLT_SEGMENT_SEALED);
    vlt_buf_init(&r->extract, VLT_EXTRACT_MAX);
    vlt_meta_init(&r->meta);
    r->meta.salts = vlt_salts_new();
    must_have(r->meta.salts);
    vlt_random(r->meta.salts->b, 32);
    memcpy(r->head.h.origin, what->origin->card.vault, 16);
    vlt_random(r->head.h.id, 16);
    r->head.h.version = 1;
    if (p != NULL) {
        memcpy(r->head.h.id, p->head.h.id, 16);
        r->head.h.version = p->head.h.version + 1;
        memcpy(r->head.h.prev, p->stmt, 32);
    }
    must(vlt_fields_add_text(&r->meta.fields, "title", "what was seen", NULL),
        "title");
    must(vlt_fields_add_text(&r->meta.fields, "name.1", "a name", NULL),
        "name");
    if (what->body > 0)
        seal_body(r, what->body);
    else if (what->body_of >= 0)
        borrow_body(r, &b->record[what->body_of]);
    seal_meta(r);
    if (r->log >= 0) {
        r->index = b->log[r->log].leaves++;
        made_log_again(b, b->records - 1);
    }
    return (int)b->records - 1;
}

/* ---- the file ---- */

static void
make_wrap(struct made_bundle *b, struct made_record *r, uint32_t i)
{
    bool shown[8] = {false};
    struct vlt_xk *xk;
    size_t k;

    vlt_buf_reset(&r->extract);
    if (r->use == VLT_ENTRY_FULL && b->apart_to != NULL && i == b->apart)
        vlt_wrap_seal(r->wrap, &b->apart_epoch, b->apart_e0, 3, &r->head,
            r->rk);
    else if (r->use == VLT_ENTRY_FULL)
        vlt_wrap_seal(r->wrap, &b->epoch, b->e0, i, &r->head, r->rk);
    if (r->use != VLT_ENTRY_PART)
        return;
    xk = vlt_xk_new();
    must_have(xk);
    vlt_random(xk->b, 32);
    for (k = 0; k < r->meta.fields.n; k++) /* all but the name */
        shown[k] = r->meta.fields.f[k].name_len != 6;
    must(vlt_extract_seal(&r->extract, &r->head, &r->meta, shown, xk, NULL),
        "extract");
    vlt_wrap_seal_xk(r->wrap, &b->epoch, b->e0, i, &r->head, xk);
    vlt_xk_free(xk);
}

static void
make_entry(struct vlt_bundle_entry *e, const struct made_record *r)
{
    struct vlt_statement s;

    memset(e, 0, sizeof *e);
    vlt_record_statement(&s, &r->head);
    e->use = r->use;
    memcpy(e->id, r->head.h.id, 16);
    e->version = r->head.h.version;
    memcpy(e->stmt, r->stmt, 32);
    memcpy(e->ct, s.cipher, 32);
    if (r->use != VLT_ENTRY_HEAD)
        vlt_sha256(e->wrap, r->wrap, sizeof r->wrap);
    if (r->use == VLT_ENTRY_PART)
        vlt_sha256(e->extract, r->extract.p, r->extract.len);
}

static int
compare(const void *a, const void *b)
{
    uint8_t x[VLT_ENTRY_BYTES], y[VLT_ENTRY_BYTES];

    vlt_bundle_entry_encode(x, a);
    vlt_bundle_entry_encode(y, b);
    return memcmp(x, y, sizeof x);
}

static void
fill_text(struct made_bundle *b, const struct vlt_buf *manifest)
{
    struct vlt_bundle_text *t = &b->text;
    struct vlt_hash32 leaf[MADE_RECORDS];
    size_t i;

    for (i = 0; i < b->records; i++)
        make_entry(&b->entry[i], &b->record[i]);
    qsort(b->entry, b->records, sizeof *b->entry, compare);
    for (i = 0; i < b->records; i++)
        vlt_bundle_entry_leaf(leaf[i].b, &b->entry[i]);
    memset(t, 0, sizeof *t);
    vlt_random(t->bundle, 16);
    memcpy(t->vault, b->sender.card.vault, 16);
    memcpy(t->card, b->sender.card.fingerprint, 32);
    vlt_epoch_row_hash(t->epoch, &b->epoch);
    t->wraps = b->epoch.n;
    vlt_epoch_rcpt_hash(t->rcpt, &b->epoch);
    t->records = b->records;
    vlt_mth(t->entries, leaf, b->records);
    vlt_sha256(t->manifest, manifest->p, manifest->len);
    memcpy(t->log, b->log[0].point_hash, 32);
    if (b->before_signing != NULL)
        b->before_signing(b);
}

static void
one_epoch(struct vlt_epoch *e, struct vlt_e0 **e0, enum vlt_epoch_kind kind,
    const uint8_t vault[16], const uint8_t writer[32],
    const struct vlt_card *card)
{
    struct vlt_recipient to;

    memcpy(to.kem, card->kem, sizeof to.kem);
    memcpy(to.fingerprint, card->fingerprint, 32);
    vlt_epoch_clear(e);
    vlt_e0_free(*e0);
    must(vlt_epoch_make(e, kind, vault, writer, &to, 1, e0, NULL), "epoch");
}

static void
make_epoch(struct made_bundle *b)
{
    const struct made_person *writer =
        b->writer != NULL ? b->writer : &b->sender;
    uint8_t pk[32];

    one_epoch(&b->epoch, &b->e0, VLT_EPOCH_BUNDLE, b->sender.card.vault,
        writer->card.sign, b->to);
    vlt_sign_public(pk, b->log[0].key->b);
    if (b->apart_to != NULL)
        one_epoch(&b->apart_epoch, &b->apart_e0, VLT_EPOCH_COMPARTMENT,
            b->sender.card.vault, pk, b->apart_to);
    if (b->after_epoch != NULL)
        b->after_epoch(b);
}

static void
put_meta(struct made_bundle *b, struct vlt_store *s)
{
    struct vlt_buf manifest, note;
    struct vlt_fields said;

    vlt_buf_init(&manifest, VLT_MANIFEST_MAX + 64);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    vlt_fields_init(&said);
    must(vlt_fields_add_text(&said, "letter", "as promised", NULL), "letter");
    must(vlt_manifest_seal(&manifest, &b->epoch, b->e0, &said, NULL),
        "manifest");
    fill_text(b, &manifest);
    must(vlt_bundle_make(&b->text,
             b->signer != NULL ? b->signer : b->sender.seed, &note, NULL),
        "bundle note");
    must(vlt_meta_put(s, "kind", "bundle", 6, NULL), "meta");
    must(vlt_meta_put(s, "vault", b->sender.card.vault, 16, NULL), "meta");
    must(vlt_meta_put_u32(s, "suite", 1, NULL), "meta");
    must(vlt_meta_put_u32(s, "min_reader", 1, NULL), "meta");
    must(vlt_meta_put(s, "bundle", note.p, note.len, NULL), "meta");
    must(vlt_meta_put(s, "manifest", manifest.p, manifest.len, NULL), "meta");
    vlt_fields_clear(&said);
    vlt_buf_clear(&manifest);
    vlt_buf_clear(&note);
}

static enum vault_status
leaf_at(void *ctx, uint64_t i, uint8_t out[32], struct vault_error *err)
{
    const struct made_log *l = ctx;

    (void)err;
    memcpy(out, l->leaf[i].b, 32);
    return VAULT_OK;
}

static enum vault_status
no_node(void *ctx, unsigned level, uint64_t i, uint8_t out[32], bool *found,
    struct vault_error *err)
{
    (void)ctx;
    (void)level;
    (void)i;
    (void)out;
    (void)err;
    *found = false;
    return VAULT_OK;
}

static void
put_proof(struct made_bundle *b, struct vlt_store *s, uint64_t rid,
    const struct made_record *r, const uint64_t *number)
{
    struct made_log *l = &b->log[r->log];
    struct vlt_tree_io io = {l, leaf_at, no_node, NULL};
    struct vlt_hash32 path[VLT_PROOF_MAX];
    size_t n;
    struct vlt_proof_row row;

    must(vlt_tree_inclusion(&io, r->index, l->leaves, path, &n, NULL), "path");
    row = (struct vlt_proof_row){rid, number[r->log], l->leaves, r->index,
        r->kind, r->event, path, n};
    must(vlt_bundle_put_proof(s, &row, NULL), "proof");
}

static void
put_record(struct made_bundle *b, struct vlt_store *s, size_t i,
    const uint64_t *number)
{
    const struct made_record *r = &b->record[i];
    uint64_t rid = i + 1;
    bool whole = r->use == VLT_ENTRY_FULL;

    must(vlt_record_put(s, rid, &r->head, whole ? r->ct.p : NULL,
             whole ? r->ct.len : 0, NULL),
        "record");
    if (whole)
        must(vlt_wrap_put(s, rid, r->wrap, NULL), "wrap");
    if (r->use == VLT_ENTRY_PART)
        must(vlt_extract_row_put(s, i + 1, rid, r->wrap, r->extract.p,
                 r->extract.len, NULL),
            "extract");
    if (r->segment.len > 0)
        must(vlt_segment_put(s, rid, 0, r->segment.p, r->segment.len, NULL),
            "segment");
    if (r->log >= 0)
        put_proof(b, s, rid, r, number);
}

static void
put_rows(struct made_bundle *b, struct vlt_store *s)
{
    uint64_t number[MADE_LOGS];
    size_t i;

    must(vlt_epoch_put(s, &b->epoch, NULL, 0, NULL), "epoch");
    if (b->apart_to != NULL)
        must(vlt_epoch_put(s, &b->apart_epoch, NULL, 0, NULL), "epoch");
    must(vlt_note_put(s, "card", (const char *)b->sender.note.p,
             b->sender.note.len, NULL),
        "card");
    must(vlt_note_put(s, "card", (const char *)b->other.note.p,
             b->other.note.len, NULL),
        "card");
    for (i = 0; i < b->notes; i++)
        must(vlt_note_put(s, b->note[i].kind, (const char *)b->note[i].note.p,
                 b->note[i].note.len, NULL),
            "note");
    for (i = 0; i < b->logs; i++) {
        struct made_log *l = &b->log[i];

        must(vlt_log_put(s, l->origin, (const char *)l->note.p, l->note.len,
                 &number[i], NULL),
            "log");
        if (l->point.len > 0)
            must(vlt_checkpoint_put(s, number[i], l->leaves,
                     (const char *)l->point.p, l->point.len, NULL),
                "checkpoint");
    }
    for (i = 0; i < b->records; i++)
        put_record(b, s, i, number);
}

void
made_write(struct made_bundle *b, const char *path)
{
    struct vlt_store_options so = {VLT_STORE_WRITE, 0, NULL, NULL};
    struct vlt_store *s = NULL;
    size_t i;

    make_epoch(b);
    for (i = 0; i < b->records; i++)
        make_wrap(b, &b->record[i], (uint32_t)i);
    if (b->after_wraps != NULL)
        b->after_wraps(b);
    must(vlt_store_create(path, VLT_PAGE_SMALL, &so, &s, NULL), "file");
    must(vlt_store_begin(s, true, NULL), "begin");
    put_meta(b, s);
    put_rows(b, s);
    must(vlt_store_commit(s, NULL), "commit");
    vlt_store_close(s);
}

/* ---- beginning, end, and all of it ---- */

void
made_begin(struct made_bundle *b, const struct vlt_card *to)
{
    memset(b, 0, sizeof *b);
    must(vlt_crypto_init(NULL), "crypto");
    made_person(&b->sender);
    made_person(&b->other);
    b->to = to;
}

void
made_end(struct made_bundle *b)
{
    size_t i;

    made_person_clear(&b->sender);
    made_person_clear(&b->other);
    for (i = 0; i < b->logs; i++) {
        vlt_logkey_free(b->log[i].key);
        vlt_buf_clear(&b->log[i].note);
        vlt_buf_clear(&b->log[i].point);
    }
    for (i = 0; i < MADE_RECORDS; i++) {
        struct made_record *r = &b->record[i];

        vlt_rk_free(r->rk);
        vlt_meta_clear(&r->meta);
        vlt_buf_clear(&r->ct);
        vlt_buf_clear(&r->segment);
        vlt_buf_clear(&r->extract);
    }
    for (i = 0; i < b->notes; i++)
        vlt_buf_clear(&b->note[i].note);
    vlt_epoch_clear(&b->epoch);
    vlt_e0_free(b->e0);
    vlt_epoch_clear(&b->apart_epoch);
    vlt_e0_free(b->apart_e0);
}

void
made_all(struct made_bundle *b, const struct vlt_card *to)
{
    const uint8_t device[8] = {1, 2, 3};
    const struct made_person *s = &b->sender, *o = &b->other;
    int session;

    made_begin(b, to);
    (void)made_replica(b, s, s);
    (void)made_replica(b, o, o);
#define MADE(...) (void)made_record(b, &(struct made_what){__VA_ARGS__})
    MADE(s, 0, VLT_ENTRY_FULL, -1, 0, -1);
    MADE(s, 0, VLT_ENTRY_FULL, -1, 100000, -1);
    MADE(s, 0, VLT_ENTRY_HEAD, -1, 0, -1);
    MADE(s, 0, VLT_ENTRY_FULL, 2, 0, -1);
    MADE(s, 0, VLT_ENTRY_HEAD, -1, 70000, -1);
    MADE(s, 0, VLT_ENTRY_FULL, 4, 0, 4);
    MADE(o, 1, VLT_ENTRY_FULL, -1, 0, -1);
    MADE(o, 1, VLT_ENTRY_PART, -1, 0, -1);
    MADE(o, 1, VLT_ENTRY_PART, -1, 50000, -1);
    session = made_session(b, s, device, -1);
    made_device(b, s, device, session);
    MADE(s, session, VLT_ENTRY_FULL, -1, 0, -1);
    made_point(b, session, session);
    session = made_session(b, s, device, session);
    MADE(s, session, VLT_ENTRY_FULL, -1, 0, -1);
#undef MADE
    made_point(b, session, session);
    made_point(b, 0, 0);
    made_point(b, 1, 1);
    /* a head that a proved version names needs no proof of its own */
    b->record[2].log = -1;
}
