/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_read_records.c: the records of a bundle, one by one, then together */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"
#include "foreign_rows.h"
#include "hash.h"

struct walk {
    struct vlt_bundle *b;
    enum vault_status (*fn)(void *ctx, const struct vlt_bundle_record *r,
        struct vault_error *err);
    void *ctx;
    struct vlt_bundle_record r;
    const struct vlt_bundle_item *at;
    uint64_t extracts; /* of this record */
};

/* ---- entries ---- */

enum vault_status
vlt_bundle_entry_add(struct vlt_bundle *b, const struct vlt_bundle_entry *e,
    struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;

    if (in->entries == in->entries_max)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the bundle holds more entries than it has rows");
    vlt_bundle_entry_encode(in->entry[in->entries++], e);
    return VAULT_OK;
}

static int
compare_entries(const void *a, const void *b)
{
    return memcmp(a, b, VLT_ENTRY_BYTES);
}

/* The hash of an entry's bytes as a leaf of the tree. */
static void
leaf_of(uint8_t out[32], const uint8_t bytes[VLT_ENTRY_BYTES])
{
    struct vlt_bundle_entry e;
    struct vlt_reader r;

    vlt_reader_init(&r, bytes, VLT_ENTRY_BYTES);
    e.use = vlt_read_u8(&r);
    vlt_read_fixed(&r, e.id, sizeof e.id);
    e.version = vlt_read_u32(&r);
    vlt_read_fixed(&r, e.stmt, sizeof e.stmt);
    vlt_read_fixed(&r, e.ct, sizeof e.ct);
    vlt_read_fixed(&r, e.wrap, sizeof e.wrap);
    vlt_read_fixed(&r, e.extract, sizeof e.extract);
    vlt_bundle_entry_leaf(out, &e);
}

enum vault_status
vlt_bundle_entries(struct vlt_bundle *b, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    struct vlt_hash32 *leaf;
    uint8_t root[32];
    size_t i;

    if (in->entries != b->text.records)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the sender signed %" PRIu64 " entries, and %zu are here",
            b->text.records, in->entries);
    leaf = calloc(in->entries, sizeof *leaf);
    if (leaf == NULL)
        return vlt_fail_memory(err);
    qsort(in->entry, in->entries, VLT_ENTRY_BYTES, compare_entries);
    for (i = 0; i < in->entries; i++) {
        if (i > 0 && compare_entries(in->entry[i - 1], in->entry[i]) == 0)
            break;
        leaf_of(leaf[i].b, in->entry[i]);
    }
    if (i == in->entries)
        vlt_mth(root, leaf, in->entries);
    free(leaf);
    if (i != in->entries || memcmp(root, b->text.entries, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the records and wraps in it are not those that the sender "
            "signed");
    return VAULT_OK;
}

static enum vault_status
add_entry(struct walk *w, struct vault_error *err)
{
    const struct vlt_bundle_record *r = &w->r;
    struct vlt_bundle_entry e;
    struct vlt_statement s;

    memset(&e, 0, sizeof e);
    vlt_record_statement(&s, &r->row.head);
    e.use = r->use;
    memcpy(e.id, r->row.head.h.id, 16);
    e.version = r->row.head.h.version;
    memcpy(e.stmt, r->stmt, 32);
    memcpy(e.ct, s.cipher, 32);
    if (r->use != VLT_ENTRY_HEAD)
        vlt_sha256(e.wrap, r->wrap, sizeof r->wrap);
    if (r->use == VLT_ENTRY_PART)
        vlt_sha256(e.extract, r->extract, r->extract_len);
    return vlt_bundle_entry_add(w->b, &e, err);
}

/* ---- one record ---- */

static enum vault_status
check_wrap(struct walk *w, struct vault_error *err)
{
    struct vlt_bundle_record *r = &w->r;
    const struct vlt_epoch *own = &w->b->epoch.epoch;
    struct vlt_wrap wrap;
    enum vault_status st;

    if (r->use == VLT_ENTRY_HEAD)
        return VAULT_OK;
    st = vlt_wrap_decode(&wrap, r->wrap, sizeof r->wrap, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "its wrap is malformed");
    if (st != VAULT_OK)
        return st;
    r->others =
        r->use == VLT_ENTRY_FULL && vlt_bundle_is_other(w->b, wrap.epoch);
    if (!r->others && memcmp(wrap.epoch, own->id, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its wrap is of an epoch that is not here");
    if (wrap.i >= vlt_epoch_steps(
                      r->others ? VLT_EPOCH_COMPARTMENT : VLT_EPOCH_BUNDLE) ||
        wrap.use != (r->use == VLT_ENTRY_FULL ? VLT_WRAP_RK : VLT_WRAP_XK))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its wrap is for another use or beyond its epoch");
    return VAULT_OK;
}

/* Metadata as hashed in the head; the body's segments were hashed before. */
static enum vault_status
check_bytes(struct walk *w, struct vault_error *err)
{
    struct vlt_bundle_record *r = &w->r;
    const struct vlt_bundle_item *body = vlt_bundle_item_body(w->b, w->at);
    uint8_t m[32];

    r->segments = w->at->segments;
    if (w->at->body_bad)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its sealed body was changed, or is not all here");
    if (body != NULL && body->segments > 0 && !body->body_bad)
        r->body_rid = body->rid;
    if (r->use != VLT_ENTRY_FULL)
        return VAULT_OK;
    vlt_blake2b(m, r->row.meta, r->row.meta_len);
    if (memcmp(m, r->row.head.m, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the sealed metadata were changed");
    if (w->at->body_version != 0 && r->body_rid == 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "its sealed body was changed, or is not all here");
    return VAULT_OK;
}

static enum vault_status
check_proof(struct walk *w, struct vault_error *err)
{
    const struct vlt_bundle_item *at = w->at;
    const struct vlt_bundle_log *log = vlt_bundle_log(w->b, at->log);

    switch (at->proof) {
    case VLT_PROOF_HOLDS:
        return VAULT_OK;
    case VLT_PROOF_NONE:
        if (w->r.use == VLT_ENTRY_HEAD && at->grounded)
            return VAULT_OK;
        return vlt_fail(err, VAULT_E_TAMPERED,
            "nothing proves that it is in a log of its origin");
    case VLT_PROOF_OTHER:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "it is proved to be in a log of another vault than its origin");
    case VLT_PROOF_PLACE:
        return vlt_fail(err, VAULT_E_TAMPERED,
            "it does not lie at that place of the signed log");
    case VLT_PROOF_LOG:
        if (log != NULL && log->fault != VLT_LOG_SOUND)
            return vlt_bundle_log_why(log, err);
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the log that it is proved to be in has no checkpoint here");
    }
    return vlt_fail(err, VAULT_E_INTERNAL, "a proof that was not judged");
}

static enum vault_status
check_before(struct walk *w, struct vault_error *err)
{
    if (w->at->version == 1 || w->at->has_prev)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_NOT_FOUND,
        "the version before it is not in the bundle: it waits for it");
}

/* ---- its proof as a text, for whoever keeps it ---- */

static enum vault_status
load_texts(struct vlt_bundle *b, const struct vlt_bundle_log *log,
    uint64_t size, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    enum vault_status st;

    if (in->text_log == log->n && in->text_size == size)
        return VAULT_OK;
    in->text_log = 0;
    st = vlt_bundle_log_text(b->store, log->n, &in->log_note, err);
    if (st == VAULT_OK)
        st =
            vlt_bundle_point_text(b->store, log->n, size, &in->point_note, err);
    if (st == VAULT_OK) {
        in->text_log = log->n;
        in->text_size = size;
    }
    return st;
}

/* The proof as text, which others can read. */
static enum vault_status
write_proof(struct vlt_bundle_inside *in, const struct vlt_proof_seen *p,
    struct vault_error *err)
{
    struct vlt_tlogproof text;

    memset(&text, 0, sizeof text);
    text.index = p->idx;
    text.n = p->n;
    memcpy(text.path, p->path, p->n * sizeof *p->path);
    text.checkpoint = (const char *)in->point_note.p;
    text.checkpoint_len = in->point_note.len;
    vlt_buf_reset(&in->proof);
    return vlt_tlogproof_encode(&in->proof, &text, err);
}

static enum vault_status
fill_proof(struct walk *w, struct vault_error *err)
{
    struct vlt_bundle_inside *in = w->b->in;
    struct vlt_bundle_record *r = &w->r;
    const struct vlt_bundle_log *log = vlt_bundle_log(w->b, w->at->log);
    struct vlt_proof_seen p;
    enum vault_status st;

    if (w->at->proof != VLT_PROOF_HOLDS || log == NULL)
        return VAULT_OK;
    st = vlt_bundle_proof_get(w->b->store, w->at->rid, log->n, &p, err);
    if (st == VAULT_OK)
        st = load_texts(w->b, log, p.size, err);
    if (st == VAULT_OK && p.n > VLT_TLOGPROOF_MAX)
        st = vlt_fail(err, VAULT_E_TAMPERED, "a proof that is too long");
    if (st != VAULT_OK)
        return st;
    st = write_proof(in, &p, err);
    r->has_proof = st == VAULT_OK;
    r->untrusted = log->session && p.idx >= log->good;
    r->leaf.has_record = true;
    memcpy(r->leaf.kind, p.kind, sizeof r->leaf.kind);
    memcpy(r->leaf.record, w->at->id, 16);
    r->leaf.version = w->at->version;
    memcpy(r->leaf.subject, w->at->stmt, 32);
    memcpy(r->leaf.event, p.event, 32);
    r->index = p.idx;
    r->size = p.size;
    r->proof = in->proof;
    r->card = log->card;
    r->log_note = (const char *)in->log_note.p;
    r->log_note_len = in->log_note.len;
    vlt_bundle_origin(log, r->origin);
    return st;
}

/* ---- telling ---- */

static bool
is_evidence(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NEWER || st == VAULT_E_NOT_FOUND;
}

static enum vault_status
tell(struct walk *w, struct vault_error *err)
{
    struct vlt_bundle_record *r = &w->r;
    enum vault_status st;

    vlt_error_clear(&r->why);
    st = check_wrap(w, &r->why);
    if (st == VAULT_OK)
        st = check_bytes(w, &r->why);
    if (st == VAULT_OK)
        st = check_proof(w, &r->why);
    if (st == VAULT_OK)
        st = check_before(w, &r->why);
    r->status = st;
    if (st != VAULT_OK && !is_evidence(st)) {
        if (err != NULL)
            *err = r->why;
        return st;
    }
    st = fill_proof(w, err);
    if (st == VAULT_OK)
        st = add_entry(w, err);
    return st == VAULT_OK ? w->fn(w->ctx, r, err) : st;
}

static enum vault_status
take_extract(void *ctx, uint64_t x, const uint8_t wrap[VLT_RECORD_WRAP],
    const uint8_t *b, size_t n, struct vault_error *err)
{
    struct walk *w = ctx;

    (void)x;
    w->extracts++;
    if (w->r.use != VLT_ENTRY_HEAD && w->r.use != VLT_ENTRY_PART)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "planted: an extract of a record that is whole");
    w->r.use = VLT_ENTRY_PART;
    memcpy(w->r.wrap, wrap, VLT_RECORD_WRAP);
    w->r.extract = b;
    w->r.extract_len = n;
    return tell(w, err);
}

/* Whole, in part, or its head alone (section 17). */
static enum vault_status
find_use(struct walk *w, struct vault_error *err)
{
    enum vault_status st = vlt_wrap_get(w->b->store, w->r.rid, w->r.wrap, err);
    bool wrap = st == VAULT_OK;

    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    if (st == VAULT_OK && wrap && w->r.row.meta == NULL)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "planted: record row %" PRIu64 ": a wrap without what it opens",
            w->r.rid);
    if (st == VAULT_OK && !wrap && w->r.row.meta != NULL)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "record row %" PRIu64 ": metadata without their wrap", w->r.rid);
    w->r.use = wrap ? VLT_ENTRY_FULL : VLT_ENTRY_HEAD;
    return st;
}

static enum vault_status
take_record(void *ctx, const struct vlt_record_row *row,
    struct vault_error *err)
{
    struct walk *w = ctx;
    enum vault_status st = vlt_bundle_poll(w->b, err);

    if (st != VAULT_OK)
        return st;
    memset(&w->r, 0, sizeof w->r);
    w->at = vlt_bundle_item(w->b, row->rid);
    if (w->at == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED, "a record that was not there");
    w->r.rid = row->rid;
    w->r.row = *row;
    memcpy(w->r.stmt, w->at->stmt, 32);
    w->extracts = 0;
    st = find_use(w, err);
    if (st == VAULT_OK)
        st = vlt_extract_rows(w->b->store, row->rid, take_extract, w, err);
    if (st == VAULT_OK && w->extracts == 0)
        st = tell(w, err);
    return st;
}

/* For as many as there can be, whatever the sender says. */
static enum vault_status
make_room(struct vlt_bundle *b, struct vault_error *err)
{
    struct vlt_bundle_inside *in = b->in;
    uint64_t extracts = 0;
    enum vault_status st =
        vlt_count(b->store, "SELECT count(*) FROM extract", &extracts, err);

    if (st != VAULT_OK)
        return st;
    free(in->entry);
    in->entries = 0;
    in->entries_max = in->items + (size_t)extracts;
    in->entry = calloc(in->entries_max, sizeof *in->entry);
    return in->entry != NULL ? VAULT_OK : vlt_fail_memory(err);
}

static enum vault_status
check_others(const struct vlt_bundle *b, struct vault_error *err)
{
    size_t i;

    for (i = 0; i < b->in->others; i++) {
        if (!b->in->other[i].used)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "planted: an epoch that no wrap names");
    }
    return VAULT_OK;
}

enum vault_status
vlt_bundle_records(struct vlt_bundle *b,
    enum vault_status (*fn)(void *ctx, const struct vlt_bundle_record *r,
        struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct walk *w;
    enum vault_status st = vlt_bundle_index(b, err);

    if (st == VAULT_OK)
        st = make_room(b, err);
    if (st != VAULT_OK)
        return st;
    w = calloc(1, sizeof *w);
    if (w == NULL)
        return vlt_fail_memory(err);
    w->b = b;
    w->fn = fn;
    w->ctx = ctx;
    st = vlt_records(b->store, 0, false, INT64_MAX, take_record, w, err);
    free(w);
    if (st == VAULT_OK)
        st = check_others(b, err);
    return st == VAULT_OK ? vlt_bundle_entries(b, err) : st;
}
