/* SPDX-License-Identifier: Apache-2.0 */
/* lines.c: reading a text statement, which has only one exact form */
#include "lines.h"

#include <string.h>

#include "fail.h"
#include "text.h"

enum { EXT_NAME_MAX = 32 };

void
vlt_lines_init(struct vlt_lines *l, const char *text, size_t len)
{
    *l = (struct vlt_lines){.p = text, .len = len, .line = 1};
}

void
vlt_lines_fail(struct vlt_lines *l)
{
    l->failed = true;
}

bool
vlt_lines_more(const struct vlt_lines *l)
{
    return !l->failed && l->pos < l->len;
}

bool
vlt_lines_at(const struct vlt_lines *l, const char *literal)
{
    size_t n = strlen(literal);

    return !l->failed && l->len - l->pos >= n &&
        memcmp(l->p + l->pos, literal, n) == 0;
}

void
vlt_lines_expect(struct vlt_lines *l, const char *literal)
{
    if (!vlt_lines_at(l, literal)) {
        l->failed = true;
        return;
    }
    l->pos += strlen(literal);
    for (; *literal != '\0'; literal++)
        l->line += *literal == '\n';
}

const char *
vlt_lines_word(struct vlt_lines *l, size_t *len)
{
    const char *word;
    size_t n = 0;

    *len = 0;
    if (l->failed)
        return "";
    word = l->p + l->pos;
    while (
        n < l->len - l->pos && (unsigned char)word[n] > 0x20 && word[n] != 0x7f)
        n++;
    if (n == 0) {
        l->failed = true;
        return "";
    }
    l->pos += n;
    *len = n;
    return word;
}

void
vlt_lines_hex(struct vlt_lines *l, uint8_t *out, size_t n)
{
    size_t len;
    const char *word = vlt_lines_word(l, &len);

    memset(out, 0, n);
    if (l->failed || vlt_unhex(out, n, word, len))
        return;
    memset(out, 0, n);
    l->failed = true;
}

void
vlt_lines_b64(struct vlt_lines *l, uint8_t *out, size_t n)
{
    size_t len, got = 0;
    const char *word = vlt_lines_word(l, &len);

    memset(out, 0, n);
    if (l->failed || (vlt_unb64(out, n, &got, word, len) && got == n))
        return;
    memset(out, 0, n);
    l->failed = true;
}

bool
vlt_lines_b64_or_none(struct vlt_lines *l, uint8_t *out, size_t n)
{
    if (vlt_lines_at(l, "-")) { /* no base64 begins so */
        vlt_lines_expect(l, "-");
        memset(out, 0, n);
        return false;
    }
    vlt_lines_b64(l, out, n);
    return !l->failed;
}

uint64_t
vlt_lines_u64(struct vlt_lines *l)
{
    uint64_t v = 0;
    size_t len;
    const char *word = vlt_lines_word(l, &len);

    if (l->failed || vlt_parse_u64(&v, word, len))
        return v;
    l->failed = true;
    return 0;
}

uint32_t
vlt_lines_u32(struct vlt_lines *l)
{
    uint64_t v = vlt_lines_u64(l);

    if (v <= UINT32_MAX)
        return (uint32_t)v;
    l->failed = true;
    return 0;
}

enum vault_status
vlt_lines_end(const struct vlt_lines *l, const char *what,
    struct vault_error *err)
{
    if (l->failed)
        return vlt_fail(err, VAULT_E_FORMAT,
            "%-s: line %zu is not in its exact form", what, l->line);
    if (l->pos != l->len)
        return vlt_fail(err, VAULT_E_FORMAT,
            "%-s: more text than belongs there, from line %zu on", what,
            l->line);
    return VAULT_OK;
}

static bool
ext_name_ok(const char *name, size_t len)
{
    size_t i = len > 0 && name[0] == '!';

    if (len == i || len - i > EXT_NAME_MAX)
        return false;
    for (; i < len; i++)
        if (!(name[i] >= 'a' && name[i] <= 'z') &&
            !(name[i] >= '0' && name[i] <= '9') && name[i] != '-')
            return false;
    return true;
}

/* As bytes; a name sorts before a longer one that begins with it. */
static bool
name_less(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int c = memcmp(a, b, a_len < b_len ? a_len : b_len);

    return c < 0 || (c == 0 && a_len < b_len);
}

enum vault_status
vlt_lines_end_ext(struct vlt_lines *l, const char *what,
    struct vault_error *err)
{
    const char *name, *last = "", *b64, *newer = NULL;
    size_t len, last_len = 0, newer_len = 0, b64_len, n;
    enum vault_status st;

    while (vlt_lines_at(l, "ext ")) {
        vlt_lines_expect(l, "ext ");
        name = vlt_lines_word(l, &len);
        vlt_lines_expect(l, " ");
        b64 = vlt_lines_word(l, &b64_len);
        if (!l->failed &&
            (!ext_name_ok(name, len) || !vlt_lines_b64_ok(b64, b64_len, &n) ||
                !name_less(last, last_len, name, len)))
            l->failed = true;
        vlt_lines_expect(l, "\n");
        if (!l->failed && name[0] == '!' && newer == NULL) {
            newer = name;
            newer_len = len;
        }
        last = name;
        last_len = len;
    }
    st = vlt_lines_end(l, what, err);
    if (st == VAULT_OK && newer != NULL) {
        char word[EXT_NAME_MAX + 2] = {0};

        memcpy(word, newer, newer_len);
        st = vlt_fail(err, VAULT_E_NEWER,
            "%-s: extension %s must be understood, and is not", what, word);
    }
    return st;
}

enum vault_status
vlt_lines_same(const struct vlt_buf *again, const char *text, size_t len,
    const char *what, struct vault_error *err)
{
    enum vault_status st = vlt_buf_end(again, what, err);

    if (st != VAULT_OK)
        return st;
    if (again->len != len || memcmp(again->p, text, len) != 0)
        return vlt_fail(err, VAULT_E_FORMAT, "%-s: not in its exact form",
            what);
    return VAULT_OK;
}

bool
vlt_lines_b64_ok(const char *s, size_t n, size_t *decoded)
{
    uint8_t piece[48];
    size_t got = 0, take;

    *decoded = 0;
    if (n == 0)
        return false;
    for (; n != 0; s += take, n -= take) {
        take = n < VLT_B64_SIZE(sizeof piece) ? n : VLT_B64_SIZE(sizeof piece);
        if (!vlt_unb64(piece, sizeof piece, &got, s, take))
            return false;
        if (take < n && got != sizeof piece) /* padding in the middle */
            return false;
        *decoded += got;
    }
    return true;
}

void
vlt_lines_put_hex(struct vlt_buf *out, const uint8_t *p, size_t n)
{
    uint8_t *room = vlt_buf_room(out, 2 * n + 1);

    if (room == NULL)
        return;
    vlt_hex((char *)room, p, n);
    out->len--; /* its closing 0 */
}

void
vlt_lines_put_b64(struct vlt_buf *out, const uint8_t *p, size_t n)
{
    uint8_t *room = vlt_buf_room(out, VLT_B64_SIZE(n) + 1);

    if (room == NULL)
        return;
    vlt_b64((char *)room, p, n);
    out->len--; /* its closing 0 */
}
