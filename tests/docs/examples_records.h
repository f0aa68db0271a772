/* SPDX-License-Identifier: Apache-2.0 */
/* examples_records.h: records, log, padding: sections 6, 7, 12 */
#ifndef TEST_EXAMPLES_RECORDS_H
#define TEST_EXAMPLES_RECORDS_H

#include "checkpoint.h"
#include "content.h"
#include "draft.h"
#include "event.h"
#include "examples_keys.h"
#include "leaf.h"
#include "merkle.h"
#include "meta.h"
#include "note.h"
#include "pack.h"
#include "record.h"
#include "statement.h"

/* ---- section 6 ---- */

static void
given_fields(struct vlt_fields *l)
{
    uint8_t list[BYTES];
    struct vlt_reader r;
    size_t n = bytes("list", list);

    vlt_reader_init(&r, list, n);
    assert_int_equal(vlt_fields_decode(l, &r, NULL), VAULT_OK);
    assert_int_equal(vlt_read_end(&r, "list", NULL), VAULT_OK);
}

/* name.i, type.i, state.i, value.i are those of the list, and the list is
 * what the program makes of them. */
static void
same_fields(const struct vlt_fields *l)
{
    struct vlt_fields made;
    struct vlt_buf buf;
    uint8_t value[BYTES];
    char key[16];
    size_t i, n;

    vlt_fields_init(&made);
    vlt_buf_init(&buf, VLT_META_MAX);
    for (i = 0; i < l->n; i++) {
        const char *name;
        uint8_t type, state;

        (void)snprintf(key, sizeof key, "name.%u", (unsigned)i);
        name = text(key);
        (void)snprintf(key, sizeof key, "type.%u", (unsigned)i);
        type = (uint8_t)number(key);
        (void)snprintf(key, sizeof key, "state.%u", (unsigned)i);
        state = (uint8_t)number(key);
        (void)snprintf(key, sizeof key, "value.%u", (unsigned)i);
        n = bytes(key, value);
        assert_int_equal(vlt_fields_add(&made, type, state, name, value, n,
                             NULL),
            VAULT_OK);
    }
    assert_int_equal(vlt_fields_encode(&buf, &made, NULL), VAULT_OK);
    same("list", buf.p, buf.len);
    vlt_buf_clear(&buf);
    vlt_fields_clear(&made);
}

/* One commitment by hand, as sections 6.3 and 7.2 define it. */
static void
leaf_of(struct vlt_buf *out, const struct vlt_field *f, const uint8_t *before,
    size_t before_len, const uint8_t salt[32])
{
    bool event = before_len == 2;
    uint8_t label[VLT_LABEL_MAX], hash[32];
    enum vlt_label l = f == NULL ? VLT_L_PAD
        : event                  ? VLT_L_EVENT_FIELD
                                 : VLT_L_FIELD;

    vlt_buf_reset(out);
    vlt_buf_put(out, label, vlt_label(l, label));
    if (f != NULL)
        vlt_buf_put(out, before, before_len);
    vlt_buf_put(out, salt, 32);
    if (f == NULL)
        return;
    vlt_buf_put_u8(out, f->type);
    vlt_buf_put_u8(out, f->state);
    vlt_buf_put_u8(out, f->name_len);
    vlt_buf_put(out, f->name, f->name_len);
    vlt_buf_put_u64(out, f->value_len);
    vlt_sha256(hash, f->value, f->value_len);
    vlt_buf_put(out, hash, 32);
}

static void
same_if(const char *what, size_t i, const void *p, size_t n)
{
    char key[16];

    (void)snprintf(key, sizeof key, "%s.%u", what, (unsigned)i);
    if (has(key))
        same(key, p, n);
}

/* Salts, leaves and hashes of a field list; the tree over them in root. */
static void
same_leaves(const struct vlt_fields *l, const struct vlt_salts *salts,
    const uint8_t *before, size_t before_len, uint8_t root[32])
{
    enum vlt_label label =
        before_len == 0 ? VLT_L_EVENT_SALT : VLT_L_FIELD_SALT;
    struct vlt_hash32 hash[16];
    size_t i, t = number("t");
    uint8_t ctx[22], salt[32];
    struct vlt_buf leaf;

    vlt_buf_init(&leaf, BYTES);
    assert_true(t <= 16);
    for (i = 0; i < t; i++) {
        memcpy(ctx, before, before_len);
        vlt_store_u16(ctx + before_len, (uint16_t)i);
        vlt_x(salts->b, label, ctx, before_len + 2, salt, 32);
        same_if("salt", i, salt, 32);
        leaf_of(&leaf, i < l->n ? &l->f[i] : NULL, ctx, before_len + 2, salt);
        same_if("leaf", i, leaf.p, leaf.len);
        vlt_leaf_hash(hash[i].b, leaf.p, leaf.len);
        same_if("hash", i, hash[i].b, 32);
    }
    vlt_mth(root, hash, t);
    vlt_buf_clear(&leaf);
}

static void
do_content(void)
{
    struct vlt_body_commit body;
    uint8_t before[20], root[32];
    struct vlt_salts salts;
    struct vlt_fields l;

    given_fields(&l);
    same_fields(&l);
    take("salt.seed", salts.b, 32);
    take("record", before, 16);
    vlt_store_u32(before + 16, (uint32_t)number("version"));
    same_leaves(&l, &salts, before, 20, root);
    same("content", root, 32);
    body.original_len = l.f[0].value_len;
    vlt_sha256(body.sha256, l.f[0].value, l.f[0].value_len);
    assert_int_equal(vlt_content_root(root, &l, &salts, before,
                         (uint32_t)number("version"), &body, NULL),
        VAULT_OK);
    same("content", root, 32);
    vlt_fields_clear(&l);
}

static void
do_header(void)
{
    uint8_t header[VLT_RECORD_HEADER], hash[32], commit[32];
    struct vlt_record_header h;
    struct vlt_kmeta kmeta;
    struct vlt_rk rk;

    memset(&h, 0, sizeof h);
    take("origin", h.origin, 16);
    take("record", h.id, 16);
    take("prev", h.prev, 32);
    h.version = (uint32_t)number("version");
    h.meta_padded = (uint32_t)number("metadata.padded");
    h.body_padded = number("body.padded");
    h.body_version = (uint32_t)number("body.version");
    vlt_record_header_encode(header, &h);
    same("header", header, sizeof header);
    vlt_sha256(hash, header, sizeof header);
    same("header.hash", hash, 32);
    take("rk", rk.b, 32);
    vlt_record_keys(&kmeta, commit, &rk, header);
    same("k.meta", kmeta.b, 32);
    same("commit", commit, 32);
}

static void
do_metadata(void)
{
    struct vlt_meta m;
    struct vlt_buf plain;
    uint8_t ct[1024 + 16], kmeta[32], hash[32];

    vlt_meta_init(&m);
    vlt_buf_init(&plain, VLT_META_MAX);
    m.salts = vlt_salts_new();
    assert_non_null(m.salts);
    take("salt.seed", m.salts->b, 32);
    given_fields(&m.fields);
    assert_int_equal(vlt_meta_encode(&plain, &m, NULL), VAULT_OK);
    assert_int_equal(plain.len, number("padded"));
    same("plain.first256", plain.p, 256);
    take("k.meta", kmeta, 32);
    vlt_seal_once(ct, kmeta, plain.p, plain.len);
    same("ciphertext.first32", ct, 32);
    same("ciphertext.last16", ct + sizeof ct - 16, 16);
    vlt_blake2b(hash, ct, sizeof ct);
    same("m", hash, 32);
    vlt_buf_clear(&plain);
    vlt_meta_clear(&m);
}

static void
do_wrap(void)
{
    uint8_t row[VLT_RECORD_WRAP], ad[152], key[32], nonce[24], ctx[20];
    struct vlt_record_head head;
    struct vlt_kmeta kmeta;
    struct vlt_rk rk;
    struct vlt_epoch e;
    struct vlt_step step;
    struct vlt_e0 e0;
    uint32_t i = (uint32_t)number("i");

    given_epoch(&e, &e0, "epoch.header");
    memset(&head, 0, sizeof head);
    take("header", head.header, sizeof head.header);
    take("commit", head.commit, 32);
    assert_int_equal(vlt_record_header_decode(&head.h, head.header,
                         sizeof head.header, NULL),
        VAULT_OK);
    take("wrap", row, sizeof row);
    assert_int_equal(vlt_wrap_open(row, sizeof row, &e, &e0, &head, &rk, &kmeta,
                         NULL),
        VAULT_OK);
    same("rk", rk.b, 32);
    memcpy(ad, head.header, 96);
    memcpy(ad + 96, head.commit, 32);
    step_context(ad + 128, &e, i);
    vlt_store_u32(ad + 148, (uint32_t)number("use"));
    same("ad", ad, sizeof ad);
    vlt_epoch_step(&step, &e, &e0, i);
    step_context(ctx, &e, i);
    vlt_x(step.b, VLT_L_WRAP, ctx, 20, key, 32);
    take("nonce", nonce, 24);
    memcpy(row, ad + 128, 24);
    memcpy(row + 24, nonce, 24);
    vlt_seal_with(row + 48, key, nonce, ad, sizeof ad, rk.b, 32);
    same("wrap", row, sizeof row);
    vlt_epoch_clear(&e);
}

static void
do_statement(void)
{
    uint8_t row[VLT_RECORD_HEAD], stmt[32];
    struct vlt_record_head head;
    struct vlt_statement s;
    struct vlt_buf out;

    memset(&head, 0, sizeof head);
    take("header", head.header, sizeof head.header);
    take("commit", head.commit, 32);
    take("content", head.content, 32);
    take("m", head.m, 32);
    take("b", head.b, 32);
    assert_int_equal(vlt_record_header_decode(&head.h, head.header,
                         sizeof head.header, NULL),
        VAULT_OK);
    vlt_record_head_encode(row, &head);
    same("head", row, sizeof row);
    vlt_record_statement(&s, &head);
    same("ct", s.cipher, 32);
    vlt_buf_init(&out, BYTES);
    assert_int_equal(vlt_statement_encode(&out, &s, NULL), VAULT_OK);
    same_lines((const char *)out.p, out.len);
    vlt_record_stmt(stmt, &head);
    same("stmt", stmt, 32);
    vlt_buf_clear(&out);
}

static void
do_body(void)
{
    uint8_t kb[32], original[BYTES], stream[4096 + 16] = {0}, hash[32];
    size_t n = bytes("original", original);
    struct vlt_segments_hash h;

    take("kb", kb, 32);
    vlt_sha256(hash, original, n);
    same("original.hash", hash, 32);
    assert_int_equal(vlt_padme(n < 4096 ? 4096 : n), number("padded"));
    assert_int_equal(vlt_segments(4096), 1);
    assert_int_equal(vlt_segment_size(4096, 0), number("segment.bytes"));
    memcpy(stream, original, n);
    vlt_chunk_seal(stream, kb, 0, true, stream, 4096);
    same("segment.first32", stream, 32);
    same("segment.last16", stream + 4096, 16);
    vlt_blake2b(hash, stream, sizeof stream);
    same("seg.0", hash, 32);
    vlt_segments_hash_init(&h);
    vlt_segments_hash_add(&h, stream, sizeof stream);
    vlt_segments_hash_final(&h, hash);
    same("b", hash, 32);
}

/* ---- sections 7 and 12 ---- */

static void
do_event(void)
{
    struct vlt_salts salts;
    struct vlt_fields l;
    uint8_t root[32];

    given_fields(&l);
    same_fields(&l);
    take("salt.seed", salts.b, 32);
    same_leaves(&l, &salts, (const uint8_t *)"", 0, root);
    same("event", root, 32);
    assert_int_equal(vlt_event_root(root, &l, &salts, NULL), VAULT_OK);
    same("event", root, 32);
    vlt_fields_clear(&l);
}

static void
do_draft(void)
{
    struct vlt_draft d, back;
    struct vlt_buf out, file;
    struct vlt_kemkey key = {{7}};
    uint8_t pk[VLT_KEM_PK], info[VLT_LABEL_MAX + VLT_DRAFT_HEADER];
    uint8_t plain[BYTES];
    size_t used;
    size_t n = vlt_label(VLT_L_DRAFT, info);

    vlt_draft_init(&d);
    vlt_draft_init(&back);
    vlt_buf_init(&out, 2 * BYTES);
    vlt_buf_init(&file, 2 * BYTES);
    take("vault", d.vault, 16);
    take("id", d.id, 16);
    (void)snprintf(d.type, sizeof d.type, "%s", text("type"));
    (void)snprintf(d.last, sizeof d.last, "%s", text("last"));
    d.flags = (uint8_t)number("flags");
    d.begun = (int64_t)number("begun");
    d.kept = (int64_t)number("kept");
    given_fields(&d.fields);
    assert_int_equal(vlt_draft_encode(&out, &d, NULL), VAULT_OK);
    assert_int_equal(out.len, number("padded"));
    used = bytes("plain", plain);
    assert_memory_equal(out.p, plain, used);
    for (size_t i = used; i < out.len; i++)
        assert_int_equal(out.p[i], 0);
    vlt_kem_public(pk, key.b);
    assert_int_equal(vlt_draft_seal(&file, &d, pk, NULL), VAULT_OK);
    assert_int_equal(file.len, number("file"));
    same("header", file.p, VLT_DRAFT_HEADER);
    /* what opens it is HPKE with the info that stands there */
    memcpy(info + n, file.p, VLT_DRAFT_HEADER);
    same("info", info, n + VLT_DRAFT_HEADER);
    vlt_buf_reset(&out);
    assert_true(vlt_hpke_open(vlt_buf_room(&out, file.len - VLT_DRAFT_HEADER),
        key.b, info, n + VLT_DRAFT_HEADER, file.p + VLT_DRAFT_HEADER,
        file.len - VLT_DRAFT_HEADER));
    assert_int_equal(vlt_draft_open(&back, file.p, file.len, &key, NULL),
        VAULT_OK);
    assert_string_equal(back.last, d.last);
    assert_int_equal(back.fields.n, d.fields.n);
    vlt_buf_clear(&out);
    vlt_buf_clear(&file);
    vlt_draft_clear(&back);
    vlt_draft_clear(&d);
}

static void
do_leaf(void)
{
    struct vlt_leaf leaf;
    struct vlt_buf out;
    uint8_t hash[32];

    memset(&leaf, 0, sizeof leaf);
    (void)snprintf(leaf.kind, sizeof leaf.kind, "%s", text("kind"));
    leaf.has_record = true;
    take("record", leaf.record, 16);
    leaf.version = (uint32_t)number("version");
    take("subject", leaf.subject, 32);
    take("event", leaf.event, 32);
    vlt_buf_init(&out, BYTES);
    assert_int_equal(vlt_leaf_encode(&out, &leaf, NULL), VAULT_OK);
    same_lines((const char *)out.p, out.len);
    vlt_leaf_text_hash(hash, &leaf);
    same("hash", hash, 32);
    vlt_buf_clear(&out);
}

static void
do_event_sealed(void)
{
    uint8_t evct[316], leaf[32], event[32], key[32], nonce[24], ctx[20];
    uint8_t plain[256] = {0}, list[BYTES];
    uint32_t i = (uint32_t)number("i");
    size_t n = bytes("list", list);
    struct vlt_epoch e;
    struct vlt_fields l;
    struct vlt_step step;
    struct vlt_e0 e0;

    given_epoch(&e, &e0, "epoch.header");
    take("evct", evct, sizeof evct);
    take("leaf.hash", leaf, 32);
    take("event", event, 32);
    assert_int_equal(vlt_event_open(&l, evct, sizeof evct, &e, &e0, leaf, event,
                         NULL),
        VAULT_OK);
    vlt_fields_clear(&l);
    step_context(ctx, &e, i);
    vlt_epoch_step(&step, &e, &e0, i);
    vlt_x(step.b, VLT_L_EVENT_KEY, ctx, 20, key, 32);
    same("key", key, 32);
    take("nonce", nonce, 24);
    take("salt.seed", plain, 32);
    memcpy(plain + 32, list, n);
    memcpy(evct, ctx, 20);
    memcpy(evct + 20, nonce, 24);
    vlt_seal_with(evct + 44, key, nonce, leaf, 32, plain, 256);
    same("evct", evct, sizeof evct);
    vlt_epoch_clear(&e);
}

static void
do_key_id(void)
{
    uint8_t pk[32], id[4];

    take("public", pk, 32);
    vlt_note_key_id(id, text("name"), 1, pk, 32);
    same("key.id", id, 4);
}

static void
do_checkpoint(void)
{
    uint8_t vault[16], replica[8], seed[32], pk[32], hash[32], sig[64];
    struct vlt_hash32 leaf;
    struct vlt_checkpoint cp;
    struct vlt_buf body, note;

    memset(&cp, 0, sizeof cp);
    take("vault", vault, 16);
    take("replica", replica, 8);
    take("log.seed", seed, 32);
    vlt_name_origin(cp.origin, vault, replica);
    assert_string_equal(cp.origin, text("origin"));
    cp.size = number("size");
    take("leaf.hash", leaf.b, 32);
    vlt_mth(cp.root, &leaf, 1);
    same("root", cp.root, 32);
    vlt_sign_public(pk, seed);
    same("log.public", pk, 32);
    vlt_buf_init(&body, BYTES);
    vlt_buf_init(&note, BYTES);
    assert_int_equal(vlt_checkpoint_encode(&body, &cp, NULL), VAULT_OK);
    vlt_sha256(hash, body.p, body.len);
    same("text.hash", hash, 32);
    vlt_sign(sig, seed, body.p, body.len);
    same("signature", sig, 64);
    assert_int_equal(vlt_note_sign(&note, (const char *)body.p, body.len,
                         cp.origin, seed, NULL),
        VAULT_OK);
    same_lines((const char *)note.p, note.len);
    vlt_buf_clear(&body);
    vlt_buf_clear(&note);
}

static void
do_padme(void)
{
    size_t i;

    for (i = 0; i < now->n; i++) {
        uint64_t len = strtoull(now->line[i].key + 6, NULL, 10);

        assert_int_equal(strncmp(now->line[i].key, "padme.", 6), 0);
        assert_int_equal(vlt_padme(len), number(now->line[i].key));
    }
}

#endif
