/* SPDX-License-Identifier: Apache-2.0 */
/* note.c: C2SP signed notes: text, blank line, signature lines */
#include "note.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "lines.h"
#include "sign.h"
#include "text.h"

#define DASH "\xe2\x80\x94 " /* em dash U+2014, space */

enum { DASH_LEN = 4, TYPE_ED25519 = 0x01, KEY_ID = 4 };

/* Unicode White_Space beyond the control characters, in UTF-8. */
static const char *const spaces[] = {
    " ",
    "\xc2\x85",
    "\xc2\xa0",
    "\xe1\x9a\x80",
    "\xe2\x80\x80",
    "\xe2\x80\x81",
    "\xe2\x80\x82",
    "\xe2\x80\x83",
    "\xe2\x80\x84",
    "\xe2\x80\x85",
    "\xe2\x80\x86",
    "\xe2\x80\x87",
    "\xe2\x80\x88",
    "\xe2\x80\x89",
    "\xe2\x80\x8a",
    "\xe2\x80\xa8",
    "\xe2\x80\xa9",
    "\xe2\x80\xaf",
    "\xe2\x81\x9f",
    "\xe3\x80\x80",
};

static bool
has_space(const char *s, size_t len)
{
    size_t i, k, n;

    for (i = 0; i < len; i++)
        for (k = 0; k < VLT_COUNT(spaces); k++) {
            n = strlen(spaces[k]);
            if (len - i >= n && memcmp(s + i, spaces[k], n) == 0)
                return true;
        }
    return false;
}

/* Well-formed UTF-8 without control characters but, if asked, LF. */
static bool
clean(const char *s, size_t len, bool lf)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (((unsigned char)s[i] < 0x20 && !(lf && s[i] == '\n')) ||
            s[i] == 0x7f)
            return false;
    return vlt_utf8_valid((const uint8_t *)s, len);
}

/* What a signature line may call its key, at any length. */
static bool
key_name_ok(const char *name, size_t len)
{
    return len > 0 && clean(name, len, false) &&
        memchr(name, '+', len) == NULL && !has_space(name, len);
}

bool
vlt_name_ok(const char *name, size_t len)
{
    return len <= VLT_NAME_MAX && key_name_ok(name, len);
}

void
vlt_name_sign(char *out, const uint8_t vault[16])
{
    char hex[33];

    vlt_hex(hex, vault, 16);
    snprintf(out, VLT_NAME_MAX + 1, "sanduq.invalid/%s/sign", hex);
}

void
vlt_name_origin(char *out, const uint8_t vault[16], const uint8_t replica[8])
{
    char hex[33], id[17];

    vlt_hex(hex, vault, 16);
    vlt_hex(id, replica, 8);
    snprintf(out, VLT_NAME_MAX + 1, "sanduq.invalid/%s/%s", hex, id);
}

void
vlt_name_witness(char *out, const uint8_t vault[16])
{
    char hex[33];

    vlt_hex(hex, vault, 16);
    snprintf(out, VLT_NAME_MAX + 1, "sanduq.invalid/%s/witness", hex);
}

void
vlt_note_key_id(uint8_t out[4], const char *name, uint8_t type,
    const uint8_t *pk, size_t pk_len)
{
    const struct vlt_part part[] = {
        {name, strlen(name)},
        {"\n", 1},
        {&type, 1},
        {pk, pk_len},
    };
    uint8_t hash[32];

    vlt_sha256_parts(hash, part, VLT_COUNT(part));
    memcpy(out, hash, KEY_ID);
}

/* A signature line without its LF: dash, space, name, space, base64. */
static bool
parse_line(struct vlt_note_line *out, const char *s, size_t len)
{
    struct vlt_note_line l = {0};
    const char *space;
    uint8_t head[6];
    size_t n;

    if (len < DASH_LEN || memcmp(s, DASH, DASH_LEN) != 0)
        return false;
    s += DASH_LEN;
    len -= DASH_LEN;
    space = memchr(s, ' ', len);
    if (space == NULL)
        return false;
    l.name = s;
    l.name_len = (size_t)(space - s);
    l.b64 = space + 1;
    l.b64_len = len - l.name_len - 1;
    if (!key_name_ok(l.name, l.name_len) ||
        !vlt_lines_b64_ok(l.b64, l.b64_len, &n) || n <= KEY_ID)
        return false;
    l.sig_len = n - KEY_ID;

    /* Eight characters are at most six bytes and hold the key id. */
    if (!vlt_unb64(head, sizeof head, &n, l.b64, 8))
        return false;
    memcpy(l.key_id, head, KEY_ID);
    *out = l;
    return true;
}

/* Start of the signature lines: after the last blank line. 0: there is none
 * that has a text of at least one LF before it. */
static size_t
find_lines(const char *note, size_t len)
{
    size_t i;

    for (i = len; i >= 2; i--)
        if (note[i - 1] == '\n' && note[i - 2] == '\n')
            return i;
    return 0;
}

enum vault_status
vlt_note_parse(struct vlt_note *out, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_note n = {0};
    const char *lf;
    size_t at;

    if (len > VLT_NOTE_MAX)
        return vlt_fail(err, VAULT_E_FORMAT, "note of %zu bytes is too long",
            len);
    if (!clean(note, len, true))
        return vlt_fail(err, VAULT_E_FORMAT,
            "note has control characters or is no UTF-8");
    at = find_lines(note, len);
    if (at == 0 || at == len)
        return vlt_fail(err, VAULT_E_FORMAT, "note without signature lines");
    n.text = note;
    n.text_len = at - 1;
    for (; at < len; at = (size_t)(lf - note) + 1) {
        lf = memchr(note + at, '\n', len - at);
        if (lf == NULL)
            return vlt_fail(err, VAULT_E_FORMAT,
                "note does not end in a line feed");
        if (n.lines == VLT_NOTE_LINES)
            return vlt_fail(err, VAULT_E_FORMAT,
                "note has more than %d signature lines", VLT_NOTE_LINES);
        if (!parse_line(&n.line[n.lines], note + at, (size_t)(lf - note) - at))
            return vlt_fail(err, VAULT_E_FORMAT,
                "note: signature line %zu is malformed", n.lines + 1);
        n.lines++;
    }
    *out = n;
    return VAULT_OK;
}

static bool
line_holds(const struct vlt_note *n, const struct vlt_note_line *l,
    const uint8_t pk[32])
{
    uint8_t sig[KEY_ID + VLT_SIGN_SIG];
    size_t got = 0;

    return l->sig_len == VLT_SIGN_SIG &&
        vlt_unb64(sig, sizeof sig, &got, l->b64, l->b64_len) &&
        got == sizeof sig && vlt_verify(sig + KEY_ID, pk, n->text, n->text_len);
}

enum vault_status
vlt_note_check(const struct vlt_note *n, const char *name, const uint8_t pk[32],
    struct vault_error *err)
{
    const struct vlt_note_line *found = NULL, *l;
    size_t i, len = strlen(name);
    uint8_t id[KEY_ID];

    vlt_note_key_id(id, name, TYPE_ED25519, pk, VLT_SIGN_PK);
    for (i = 0; i < n->lines; i++) {
        l = &n->line[i];
        if (l->name_len != len || memcmp(l->name, name, len) != 0 ||
            memcmp(l->key_id, id, KEY_ID) != 0)
            continue;
        if (found != NULL)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "note is signed twice as %s by one key", name);
        found = l;
    }
    if (found == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "note is not signed as %s by the expected key", name);
    if (!line_holds(n, found, pk))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "signature as %s does not fit the note", name);
    return VAULT_OK;
}

/* Append the type-01 line over a text that may lie in out itself. */
static void
put_line(struct vlt_buf *out, const char *text, size_t text_len,
    const char *name, const uint8_t seed[32])
{
    uint8_t pk[VLT_SIGN_PK], sig[KEY_ID + VLT_SIGN_SIG];

    assert(vlt_name_ok(name, strlen(name)));
    vlt_sign_public(pk, seed);
    vlt_note_key_id(sig, name, TYPE_ED25519, pk, sizeof pk);
    vlt_sign(sig + KEY_ID, seed, text, text_len);
    vlt_buf_put_str(out, DASH);
    vlt_buf_put_str(out, name);
    vlt_buf_put_str(out, " ");
    vlt_lines_put_b64(out, sig, sizeof sig);
    vlt_buf_put_str(out, "\n");
}

enum vault_status
vlt_note_sign(struct vlt_buf *out, const char *text, size_t text_len,
    const char *name, const uint8_t seed[32], struct vault_error *err)
{
    struct vlt_note built;
    enum vault_status st;

    assert(out->len == 0);
    if (text_len == 0 || text[text_len - 1] != '\n')
        return vlt_fail(err, VAULT_E_FORMAT,
            "text of a note does not end in a line feed");
    vlt_buf_put(out, text, text_len);
    vlt_buf_put_str(out, "\n");
    put_line(out, text, text_len, name, seed);
    st = vlt_buf_end(out, "note", err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&built, (const char *)out->p, out->len, err);
    return st;
}

enum vault_status
vlt_note_cosign(struct vlt_buf *note, const char *name, const uint8_t seed[32],
    struct vault_error *err)
{
    struct vlt_note built;
    enum vault_status st;

    st = vlt_note_parse(&built, (const char *)note->p, note->len, err);
    if (st != VAULT_OK)
        return st;
    put_line(note, built.text, built.text_len, name, seed);
    st = vlt_buf_end(note, "note", err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&built, (const char *)note->p, note->len, err);
    return st;
}

enum vault_status
vlt_note_single(struct vlt_buf *out, const struct vlt_note *n, const char *name,
    const uint8_t pk[32], struct vault_error *err)
{
    size_t i, len = strlen(name);
    uint8_t id[KEY_ID];

    vlt_note_key_id(id, name, TYPE_ED25519, pk, VLT_SIGN_PK);
    vlt_buf_reset(out);
    vlt_buf_put(out, n->text, n->text_len);
    vlt_buf_put_str(out, "\n");
    for (i = 0; i < n->lines; i++) {
        const struct vlt_note_line *l = &n->line[i];

        if (l->name_len != len || memcmp(l->name, name, len) != 0 ||
            memcmp(l->key_id, id, KEY_ID) != 0)
            continue;
        vlt_buf_put_str(out, DASH);
        vlt_buf_put(out, l->name, l->name_len);
        vlt_buf_put_str(out, " ");
        vlt_buf_put(out, l->b64, l->b64_len);
        vlt_buf_put_str(out, "\n");
    }
    return vlt_buf_end(out, "note", err);
}

void
vlt_note_text_hash(uint8_t out[32], const struct vlt_note *n)
{
    vlt_sha256(out, n->text, n->text_len);
}
