/* SPDX-License-Identifier: Apache-2.0 */
/* draft.c: an unfinished form, sealed to the vault's card (section 8.6) */
#include "draft.h"
#include "bucket.h"
#include "fail.h"
#include "label.h"

#include <string.h>

enum { VERSION = 1, INFO = VLT_LABEL_MAX + VLT_DRAFT_HEADER };

void
vlt_draft_init(struct vlt_draft *d)
{
    memset(d, 0, sizeof *d);
    vlt_fields_init(&d->fields);
}

void
vlt_draft_clear(struct vlt_draft *d)
{
    vlt_fields_clear(&d->fields);
    vlt_wipe(d, sizeof *d);
    vlt_fields_init(&d->fields);
}

/* ---- the plaintext ---- */

static bool
type_ok(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((s[i] < 'a' || s[i] > 'z') && s[i] != '-')
            return false;
    }
    return n >= 1 && n <= VLT_DRAFT_TYPE;
}

static bool
last_ok(const char *s, size_t n)
{
    return n == 0 || vlt_field_name_ok(s, n);
}

static void
put_word(struct vlt_buf *out, const char *s)
{
    vlt_buf_put_u8(out, (uint8_t)strlen(s));
    vlt_buf_put_str(out, s);
}

enum vault_status
vlt_draft_encode(struct vlt_buf *out, const struct vlt_draft *d,
    struct vault_error *err)
{
    size_t padded;
    enum vault_status st;

    if (d->flags > VLT_DRAFT_FLAGS || !type_ok(d->type, strlen(d->type)) ||
        !last_ok(d->last, strlen(d->last)))
        return vlt_fail(err, VAULT_E_USAGE,
            "a draft of such a type, or at such a question, cannot be kept");
    vlt_buf_put_u8(out, VERSION);
    vlt_buf_put_u8(out, d->flags);
    vlt_buf_put_zero(out, 2);
    vlt_buf_put_i64(out, d->begun);
    vlt_buf_put_i64(out, d->kept);
    put_word(out, d->type);
    put_word(out, d->last);
    st = vlt_fields_encode(out, &d->fields, err);
    if (st != VAULT_OK)
        return st;
    padded = vlt_bucket(out->len, VLT_DRAFT_LEAST, VLT_DRAFT_MOST);
    if (padded == 0)
        return vlt_fail(err, VAULT_E_LIMIT, "the draft is longer than %d bytes",
            (int)VLT_DRAFT_MOST);
    vlt_buf_put_zero(out, padded - out->len);
    return vlt_buf_end(out, "draft", err);
}

/* A length and a word of at most max bytes, with a 0 behind it. */
static void
read_word(struct vlt_reader *r, char *out, size_t max)
{
    size_t n = vlt_read_u8(r);
    const uint8_t *p = vlt_read_span(r, n);

    if (p == NULL || n > max || memchr(p, 0, n) != NULL) {
        r->failed = true;
        return;
    }
    memcpy(out, p, n);
    out[n] = 0;
}

/* What stands before the field list. */
static enum vault_status
decode_head(struct vlt_draft *d, struct vlt_reader *r, struct vault_error *err)
{
    uint8_t head[4];

    vlt_read_fixed(r, head, sizeof head);
    if (!r->failed &&
        (head[0] != VERSION || head[1] > VLT_DRAFT_FLAGS ||
            (head[2] | head[3]) != 0))
        return vlt_fail(err, VAULT_E_NEWER,
            "the draft was made by a newer version");
    d->flags = head[1];
    d->begun = vlt_read_i64(r);
    d->kept = vlt_read_i64(r);
    read_word(r, d->type, VLT_DRAFT_TYPE);
    read_word(r, d->last, VLT_FIELD_NAME);
    if (r->failed || strlen(d->type) == 0 ||
        !type_ok(d->type, strlen(d->type)) ||
        !last_ok(d->last, strlen(d->last)))
        return vlt_fail(err, VAULT_E_FORMAT, "the draft is malformed");
    return VAULT_OK;
}

enum vault_status
vlt_draft_decode(struct vlt_draft *out, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_draft d;
    struct vlt_reader r;
    enum vault_status st;

    vlt_draft_init(&d);
    memcpy(d.vault, out->vault, sizeof d.vault);
    memcpy(d.id, out->id, sizeof d.id);
    vlt_reader_init(&r, p, n);
    st = decode_head(&d, &r, err);
    if (st == VAULT_OK)
        st = vlt_fields_decode(&d.fields, &r, err);
    if (st == VAULT_OK &&
        n != vlt_bucket(r.pos, VLT_DRAFT_LEAST, VLT_DRAFT_MOST))
        st = vlt_fail(err, VAULT_E_FORMAT, "the draft is padded otherwise");
    if (st == VAULT_OK) {
        vlt_read_zero(&r, vlt_read_left(&r));
        st = vlt_read_end(&r, "draft", err);
    }
    if (st != VAULT_OK) {
        vlt_draft_clear(&d);
        return st;
    }
    vlt_draft_clear(out);
    *out = d;
    return VAULT_OK;
}

/* ---- the file ---- */

static size_t
info_of(uint8_t out[INFO], const uint8_t header[VLT_DRAFT_HEADER])
{
    size_t n = vlt_label(VLT_L_DRAFT, out);

    memcpy(out + n, header, VLT_DRAFT_HEADER);
    return n + VLT_DRAFT_HEADER;
}

enum vault_status
vlt_draft_seal(struct vlt_buf *out, const struct vlt_draft *d,
    const uint8_t kem[VLT_KEM_PK], struct vault_error *err)
{
    uint8_t info[INFO];
    size_t info_len;
    uint8_t *room;
    struct vlt_buf plain;
    enum vault_status st;

    vlt_buf_init(&plain, VLT_DRAFT_MOST);
    st = vlt_draft_encode(&plain, d, err);
    if (st != VAULT_OK)
        goto out;
    vlt_buf_put_str(out, "SQD1");
    vlt_buf_put_zero(out, 4);
    vlt_buf_put(out, d->vault, sizeof d->vault);
    vlt_buf_put(out, d->id, sizeof d->id);
    room = vlt_buf_room(out, plain.len + VLT_HPKE_EXTRA);
    st = vlt_buf_end(out, "draft", err);
    if (st != VAULT_OK || room == NULL)
        goto out;
    info_len = info_of(info, out->p);
    st = vlt_hpke_seal(room, kem, info, info_len, plain.p, plain.len, err);
out:
    vlt_buf_clear(&plain);
    return st;
}

/* Only these lengths have ever been written. */
static bool
length_ok(size_t n)
{
    size_t plain = n - VLT_DRAFT_HEADER - VLT_HPKE_EXTRA;

    return n > VLT_DRAFT_HEADER + VLT_HPKE_EXTRA &&
        plain == vlt_bucket(plain, VLT_DRAFT_LEAST, VLT_DRAFT_MOST);
}

enum vault_status
vlt_draft_peek(struct vlt_draft *out, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_reader r;
    uint8_t vault[16], id[16], zero[4];

    vlt_reader_init(&r, p, n < VLT_DRAFT_HEADER ? n : VLT_DRAFT_HEADER);
    vlt_read_expect(&r, "SQD1", 4);
    vlt_read_fixed(&r, zero, sizeof zero);
    vlt_read_fixed(&r, vault, sizeof vault);
    vlt_read_fixed(&r, id, sizeof id);
    if (r.failed)
        return vlt_fail(err, VAULT_E_FORMAT, "this is not a draft");
    if ((zero[0] | zero[1] | zero[2] | zero[3]) != 0)
        return vlt_fail(err, VAULT_E_NEWER,
            "the draft was made by a newer version");
    if (!length_ok(n))
        return vlt_fail(err, VAULT_E_FORMAT,
            "the draft is cut short, or something was added to it");
    memcpy(out->vault, vault, sizeof vault);
    memcpy(out->id, id, sizeof id);
    return VAULT_OK;
}

enum vault_status
vlt_draft_open(struct vlt_draft *out, const void *p, size_t n,
    const struct vlt_kemkey *key, struct vault_error *err)
{
    const uint8_t *file = p;
    uint8_t info[INFO];
    size_t info_len, len;
    struct vlt_draft d;
    struct vlt_buf plain;
    uint8_t *room = NULL;
    enum vault_status st;

    vlt_draft_init(&d);
    vlt_buf_init(&plain, VLT_DRAFT_MOST);
    st = vlt_draft_peek(&d, p, n, err);
    if (st != VAULT_OK)
        goto out;
    len = n - VLT_DRAFT_HEADER;
    room = vlt_buf_room(&plain, len - VLT_HPKE_EXTRA);
    if (room == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    info_len = info_of(info, file);
    if (vlt_hpke_open(room, key->b, info, info_len, file + VLT_DRAFT_HEADER,
            len))
        st = vlt_draft_decode(&d, plain.p, plain.len, err);
    else
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the draft does not open: it was changed, is damaged, or was "
            "sealed to another key");
    if (st != VAULT_OK)
        goto out;
    vlt_draft_clear(out);
    *out = d;
    vlt_draft_init(&d);
out:
    vlt_draft_clear(&d);
    vlt_buf_clear(&plain);
    return st;
}
