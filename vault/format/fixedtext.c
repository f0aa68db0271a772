/* SPDX-License-Identifier: Apache-2.0 */
/* fixedtext.c: text statements in which every part has a fixed length */
#include "fixedtext.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "lines.h"
#include "text.h"

#define MARK "sanduq.v1/"

enum vault_status
vlt_fixed_encode(struct vlt_buf *out, const struct vlt_fixed_form *form,
    const void *from, struct vault_error *err)
{
    const uint8_t *base = from;
    size_t i;

    for (i = 0; i < form->parts; i++) {
        const struct vlt_fixed_part *p = &form->part[i];

        if (p->kind == VLT_FIXED_WORDS)
            vlt_buf_put_str(out, p->words);
        else if (p->kind == VLT_FIXED_HEX)
            vlt_lines_put_hex(out, base + p->offset, p->bytes);
        else
            vlt_lines_put_b64(out, base + p->offset, p->bytes);
    }
    return vlt_buf_end(out, form->what, err);
}

static void
read_parts(struct vlt_lines *l, const struct vlt_fixed_form *form,
    uint8_t *into)
{
    size_t i;

    for (i = 0; i < form->parts; i++) {
        const struct vlt_fixed_part *p = &form->part[i];

        if (p->kind == VLT_FIXED_WORDS)
            vlt_lines_expect(l, p->words);
        else if (p->kind == VLT_FIXED_HEX)
            vlt_lines_hex(l, into + p->offset, p->bytes);
        else
            vlt_lines_b64(l, into + p->offset, p->bytes);
    }
}

enum vault_status
vlt_fixed_decode(void *into, size_t size, const struct vlt_fixed_form *form,
    const char *text, size_t len, struct vault_error *err)
{
    uint8_t *copy = vlt_memdup(into, size);
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    if (copy == NULL)
        return vlt_fail_memory(err);
    vlt_buf_init(&again, VLT_FIXED_MAX);
    vlt_lines_init(&l, text, len);
    read_parts(&l, form, copy);
    st = vlt_lines_end(&l, form->what, err);
    if (st == VAULT_OK)
        st = vlt_fixed_encode(&again, form, copy, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, form->what, err);
    if (st == VAULT_OK)
        memcpy(into, copy, size);
    vlt_buf_clear(&again);
    vlt_wipe(copy, size); /* one of these texts holds a secret */
    free(copy);
    return st;
}

/* ---- what came by mail ---- */

/* A walk over what was received, past what mail and chat put in between. */
struct walk {
    const char *p;
    size_t len;
    size_t pos;
};

size_t
vlt_means_nothing(const char *p, size_t len)
{
    static const char *const unseen[] = {"\xc2\xa0", "\xc2\xad", "\xe2\x80\x8b",
        "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x80\x8f",
        "\xe2\x81\xa0", "\xef\xbb\xbf"};
    unsigned char c = len > 0 ? (unsigned char)*p : 'x';
    size_t i;

    if (c <= 0x20 || c == 0x7f || c == '>' || c == '|')
        return 1;
    for (i = 0; i < VLT_COUNT(unseen); i++) {
        size_t n = strlen(unseen[i]);

        if (len >= n && memcmp(p, unseen[i], n) == 0)
            return n;
    }
    return 0;
}

static size_t
nothing(const struct walk *w)
{
    return vlt_means_nothing(w->p + w->pos, w->len - w->pos);
}

/* The next character that means something, -1 at the end. */
static int
next(struct walk *w)
{
    size_t n;

    while (w->pos < w->len) {
        n = nothing(w);
        if (n == 0)
            return (unsigned char)w->p[w->pos++];
        w->pos += n;
    }
    return -1;
}

static bool
fits(enum vlt_fixed_kind kind, int c)
{
    if (kind == VLT_FIXED_HEX)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
        (c >= 'A' && c <= 'Z') || c == '+' || c == '/' || c == '=';
}

static bool
blank(char c)
{
    return c == ' ' || c == '\n';
}

/* Characters of a part without white space. */
static size_t
length(const struct vlt_fixed_part *p)
{
    size_t n = 0;
    const char *s;

    if (p->kind == VLT_FIXED_HEX)
        return 2 * p->bytes;
    if (p->kind == VLT_FIXED_B64)
        return VLT_B64_SIZE(p->bytes);
    for (s = p->words; *s != '\0'; s++)
        n += !blank(*s);
    return n;
}

/* It ended after `got` characters of part i. */
static enum vault_status
cut(const struct vlt_fixed_form *form, size_t i, size_t got,
    struct vault_error *err)
{
    size_t all = 0, missing = 0, k;

    for (k = 0; k < form->parts; k++) {
        all += length(&form->part[k]);
        missing += k < i ? 0 : length(&form->part[k]);
    }
    return vlt_fail_hint(err, VAULT_E_FORMAT,
        "ask for it once more, as a file if that is possible",
        "the %s is cut: %zu of its %zu characters are missing at the end",
        form->what, missing - got, all);
}

static enum vault_status
misfit(const struct vlt_fixed_form *form, size_t i, struct vault_error *err)
{
    size_t all = 0, before = 0, k;

    for (k = 0; k < form->parts; k++) {
        all += length(&form->part[k]);
        before += k < i ? length(&form->part[k]) : 0;
    }
    return vlt_fail_hint(err, VAULT_E_FORMAT,
        "something was lost or put in on the way: ask for it once more, as a "
        "file if that is possible",
        "the %s is damaged after %zu of its %zu characters", form->what, before,
        all);
}

/* One part of the walk, appended to out. */
static enum vault_status
mend_part(struct vlt_buf *out, const struct vlt_fixed_form *form, size_t i,
    struct walk *w, struct vault_error *err)
{
    const struct vlt_fixed_part *p = &form->part[i];
    const char *s = p->words;
    size_t n, all = length(p);

    for (n = 0; n < all; n++) {
        int c = next(w);

        if (c < 0)
            return cut(form, i, n, err);
        if (p->kind == VLT_FIXED_WORDS) {
            while (blank(*s))
                vlt_buf_put_u8(out, (uint8_t)*s++);
            if (c != *s)
                return misfit(form, i, err);
            s++;
        } else if (!fits(p->kind, c)) {
            return misfit(form, i, err);
        }
        vlt_buf_put_u8(out, (uint8_t)c);
    }
    if (p->kind == VLT_FIXED_WORDS)
        vlt_buf_put_str(out, s); /* the white space that is left */
    return VAULT_OK;
}

/* Where the first `word` begins at or after `from`; len when nowhere. */
static size_t
seek(const char *raw, size_t len, size_t from, const char *word)
{
    size_t n = strlen(word);

    for (; len >= n && from <= len - n; from++) {
        if (memcmp(raw + from, word, n) == 0)
            return from;
    }
    return len;
}

/* Where the text begins: a longer word is another one. */
static size_t
find(const struct vlt_fixed_form *form, const char *raw, size_t len,
    size_t from)
{
    size_t n = strlen(form->first), at;

    for (at = from; at < len; at++) {
        at = seek(raw, len, at, form->first);
        if (at == len)
            return len;
        if (at + n == len || nothing(&(struct walk){raw, len, at + n}) > 0)
            return at;
    }
    return len;
}

/* None of this kind is there: what is? */
static enum vault_status
another(const struct vlt_fixed_form *form, const char *raw, size_t len,
    struct vault_error *err)
{
    size_t at = seek(raw, len, 0, MARK), n = 0;
    char word[33] = "";

    for (at += strlen(MARK); at + n < len && n < sizeof word - 1; n++) {
        char c = raw[at + n];

        if (!((c >= 'a' && c <= 'z') || c == '-'))
            break;
        word[n] = c;
    }
    if (n == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "no %s is in this text",
            form->what);
    return vlt_fail(err, VAULT_E_FORMAT,
        "this is a text of the kind \"%s\"; what is wanted is: %s", word,
        form->what);
}

enum vault_status
vlt_fixed_mend(struct vlt_buf *out, const struct vlt_fixed_form *form,
    const char *raw, size_t len, struct vault_error *err)
{
    struct walk w = {raw, len, 0};
    enum vault_status st = VAULT_OK;
    size_t i;

    if (len > VLT_FIXED_RAW)
        return vlt_fail(err, VAULT_E_LIMIT, "this is too long for a %s",
            form->what);
    w.pos = find(form, raw, len, 0);
    if (w.pos == len)
        return another(form, raw, len, err);
    for (i = 0; st == VAULT_OK && i < form->parts; i++)
        st = mend_part(out, form, i, &w, err);
    if (st == VAULT_OK && w.pos < len && nothing(&w) == 0)
        st = misfit(form, form->parts, err);
    if (st == VAULT_OK && find(form, raw, len, w.pos) != len)
        st = vlt_fail_hint(err, VAULT_E_AMBIGUOUS,
            "give them one after the other", "there is more than one %s",
            form->what);
    return st == VAULT_OK ? vlt_buf_end(out, form->what, err) : st;
}
