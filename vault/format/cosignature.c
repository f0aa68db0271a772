/* SPDX-License-Identifier: Apache-2.0 */
/* cosignature.c: witness keys as C2SP vkeys, type-04 cosignatures */
#include "cosignature.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "lines.h"
#include "sign.h"
#include "text.h"

#define DASH "\xe2\x80\x94 " /* em dash U+2014, space */

enum {
    KEY_ID = 4,
    TIMED = 8 + VLT_SIGN_SIG, /* time, then the signature */
    HEAD_MAX = 64             /* of what is signed before the checkpoint */
};

enum vault_status
vlt_vkey_make(struct vlt_vkey *k, const char *name, uint8_t type,
    const uint8_t pk[32], struct vault_error *err)
{
    struct vlt_vkey made = {.type = type};
    size_t len = strlen(name);

    assert(type == VLT_VKEY_ED25519 || type == VLT_VKEY_COSIGNATURE);
    if (!vlt_name_ok(name, len))
        return vlt_fail(err, VAULT_E_FORMAT, "key name is malformed");
    memcpy(made.name, name, len);
    memcpy(made.pk, pk, sizeof made.pk);
    vlt_note_key_id(made.key_id, made.name, type, pk, sizeof made.pk);
    *k = made;
    return VAULT_OK;
}

void
vlt_vkey_text(char out[VLT_VKEY_TEXT], const struct vlt_vkey *k)
{
    uint8_t key[1 + 32];
    char id[2 * KEY_ID + 1], b64[VLT_B64_SIZE(sizeof key) + 1];

    key[0] = k->type;
    memcpy(key + 1, k->pk, 32);
    vlt_hex(id, k->key_id, KEY_ID);
    vlt_b64(b64, key, sizeof key);
    snprintf(out, VLT_VKEY_TEXT, "%s+%s+%s", k->name, id, b64);
}

/* The text in three: names and hex have no `+`, base64 may have. */
struct parts {
    const char *name, *id, *key;
    size_t name_len, id_len, key_len;
};

static bool
split(struct parts *p, const char *text, size_t len)
{
    const char *end = text + len, *plus = memchr(text, '+', len);

    if (plus == NULL)
        return false;
    p->name = text;
    p->name_len = (size_t)(plus - text);
    p->id = plus + 1;
    plus = memchr(p->id, '+', (size_t)(end - p->id));
    if (plus == NULL)
        return false;
    p->id_len = (size_t)(plus - p->id);
    p->key = plus + 1;
    p->key_len = (size_t)(end - p->key);
    return true;
}

/* The type byte of a key of any length whose base64 is canonical. */
static bool
type_of(uint8_t *type, size_t *n, const struct parts *p)
{
    uint8_t head[3];
    size_t got;

    if (!vlt_lines_b64_ok(p->key, p->key_len, n) || *n < 2 ||
        !vlt_unb64(head, sizeof head, &got, p->key, 4))
        return false;
    *type = head[0];
    return true;
}

static bool
known_type(uint8_t type)
{
    return type == VLT_VKEY_ED25519 || type == VLT_VKEY_COSIGNATURE;
}

static enum vault_status
malformed(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_FORMAT, "not a verifier key (vkey)");
}

/* Name, hash and key of a known type, whose sizes fit. */
static enum vault_status
decode_known(struct vlt_vkey *out, const struct parts *p, const uint8_t id[4],
    struct vault_error *err)
{
    uint8_t key[1 + 32];
    char name[VLT_NAME_MAX + 1];
    struct vlt_vkey k;
    enum vault_status st;
    size_t n;

    if (!vlt_unb64(key, sizeof key, &n, p->key, p->key_len) || n != sizeof key)
        return malformed(err);
    memcpy(name, p->name, p->name_len);
    name[p->name_len] = '\0';
    st = vlt_vkey_make(&k, name, key[0], key + 1, err);
    if (st != VAULT_OK)
        return st;
    if (memcmp(k.key_id, id, KEY_ID) != 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "verifier key: its hash is not that of its name and key");
    if (!vlt_sign_key_ok(k.pk))
        return vlt_fail(err, VAULT_E_FORMAT,
            "verifier key: no signature by this key can be trusted");
    *out = k;
    return VAULT_OK;
}

enum vault_status
vlt_vkey_decode(struct vlt_vkey *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct parts p = {0};
    uint8_t id[KEY_ID], type;
    size_t n;

    if (!split(&p, text, len) || !vlt_name_ok(p.name, p.name_len) ||
        !vlt_unhex(id, KEY_ID, p.id, p.id_len) || !type_of(&type, &n, &p))
        return malformed(err);
    if (!known_type(type))
        return vlt_fail(err, VAULT_E_NEWER,
            "verifier key of the unknown type %u", (unsigned)type);
    return decode_known(out, &p, id, err);
}

/* What a witness signs: two lines, then the checkpoint's text. */
static enum vault_status
message(struct vlt_buf *out, const char *text, size_t len, uint64_t time,
    struct vault_error *err)
{
    vlt_buf_init(out, HEAD_MAX + VLT_NOTE_MAX);
    vlt_buf_printf(out, "cosignature/v1\ntime %" PRIu64 "\n", time);
    vlt_buf_put(out, text, len);
    return vlt_buf_end(out, "cosignature", err);
}

static void
put_line(struct vlt_buf *out, const struct vlt_vkey *k, uint64_t time,
    const uint8_t sig[VLT_SIGN_SIG])
{
    uint8_t body[KEY_ID + TIMED];

    memcpy(body, k->key_id, KEY_ID);
    vlt_store_u64(body + KEY_ID, time);
    memcpy(body + KEY_ID + 8, sig, VLT_SIGN_SIG);
    vlt_buf_put_str(out, DASH);
    vlt_buf_put_str(out, k->name);
    vlt_buf_put_str(out, " ");
    vlt_lines_put_b64(out, body, sizeof body);
    vlt_buf_put_str(out, "\n");
}

/* Whether the text and this line are a note; kept apart from `out`. */
static enum vault_status
try_note(const char *text, size_t len, const struct vlt_vkey *k, uint64_t time,
    const uint8_t sig[VLT_SIGN_SIG], struct vault_error *err)
{
    struct vlt_note n;
    struct vlt_buf b;
    enum vault_status st;

    vlt_buf_init(&b, (size_t)2 * VLT_NOTE_MAX);
    vlt_buf_put(&b, text, len);
    vlt_buf_put_str(&b, "\n");
    put_line(&b, k, time, sig);
    st = vlt_buf_end(&b, "cosignature", err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&n, (const char *)b.p, b.len, err);
    vlt_buf_clear(&b);
    return st;
}

enum vault_status
vlt_cosignature_sign(struct vlt_buf *out, const char *text, size_t text_len,
    const char *name, const uint8_t seed[32], uint64_t time,
    struct vault_error *err)
{
    uint8_t pk[VLT_SIGN_PK], sig[VLT_SIGN_SIG];
    struct vlt_vkey k = {0};
    struct vlt_buf m = {0};
    enum vault_status st;

    assert(time <= INT64_MAX);
    if (text_len == 0 || text_len > VLT_NOTE_MAX || text[text_len - 1] != '\n')
        return vlt_fail(err, VAULT_E_FORMAT,
            "text of a note does not end in a line feed");
    vlt_sign_public(pk, seed);
    st = vlt_vkey_make(&k, name, VLT_VKEY_COSIGNATURE, pk, err);
    if (st == VAULT_OK)
        st = message(&m, text, text_len, time, err);
    if (st == VAULT_OK) {
        vlt_sign(sig, seed, m.p, m.len);
        st = try_note(text, text_len, &k, time, sig, err);
    }
    vlt_buf_clear(&m);
    if (st != VAULT_OK)
        return st;
    put_line(out, &k, time, sig);
    return vlt_buf_end(out, "note", err);
}

static bool
names_key(const struct vlt_note_line *l, const struct vlt_vkey *k)
{
    size_t len = strlen(k->name);

    return k->type == VLT_VKEY_COSIGNATURE && l->sig_len == TIMED &&
        l->name_len == len && memcmp(l->name, k->name, len) == 0 &&
        memcmp(l->key_id, k->key_id, KEY_ID) == 0;
}

enum vault_status
vlt_cosignature_check(const struct vlt_note *n, size_t i,
    const struct vlt_vkey *k, uint64_t *time, struct vault_error *err)
{
    const struct vlt_note_line *l = &n->line[i];
    uint8_t body[KEY_ID + TIMED];
    struct vlt_buf m;
    enum vault_status st;
    uint64_t t;
    size_t got = 0;
    bool holds;

    assert(i < n->lines);
    if (!names_key(l, k) ||
        !vlt_unb64(body, sizeof body, &got, l->b64, l->b64_len) ||
        got != sizeof body)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "signature line %zu is no cosignature of %s", i + 1, k->name);
    t = vlt_load_u64(body + KEY_ID);
    if (t > INT64_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "cosignature of %s has an impossible time", k->name);
    st = message(&m, n->text, n->text_len, t, err);
    holds = st == VAULT_OK &&
        vlt_verify(body + KEY_ID + 8, k->pk, (const char *)m.p, m.len);
    vlt_buf_clear(&m);
    if (st != VAULT_OK)
        return st;
    if (!holds)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "cosignature of %s does not fit the checkpoint", k->name);
    *time = t;
    return VAULT_OK;
}
