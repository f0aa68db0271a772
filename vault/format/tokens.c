/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.c: the words of a text and of a record */
#include "tokens.h"
#include <stdio.h>
#include <string.h>
#include "fold.h"
#include "pinyin.h"
#include "record.h"
#include "splitter.h"
#include "translit.h"

struct telling {
    vlt_token_fn *fn;
    void *ctx;
    uint32_t before; /* the Han character before this one */
};

static enum vault_status
tell(struct telling *t, const char *token, size_t n, struct vault_error *err)
{
    return n == 0 ? VAULT_OK : t->fn(t->ctx, token, n, err);
}

/* "=" and the skeleton, unless it is the word itself. */
static enum vault_status
tell_bones(struct telling *t, char (*bones)[VLT_SPELLING], size_t n,
    const char *word, struct vault_error *err)
{
    char token[VLT_SPELLING + 1];
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < n; i++) {
        if (strcmp(bones[i], word) == 0)
            continue;
        token[0] = '=';
        memcpy(token + 1, bones[i], strlen(bones[i]) + 1);
        st = tell(t, token, strlen(token), err);
    }
    vlt_wipe(token, sizeof token);
    return st;
}

static enum vault_status
tell_word(struct telling *t, const struct vlt_split *s, struct vault_error *err)
{
    char word[VLT_TOKEN];
    char spelling[VLT_SPELLINGS][VLT_SPELLING];
    char bones[2][VLT_SPELLING];
    size_t n = vlt_fold_word(s->cp, s->n, word, sizeof word);
    size_t spellings, i;
    enum vault_status st = tell(t, word, n, err);

    if (st == VAULT_OK)
        st = tell_bones(t, bones, vlt_skeleton(s->cp, s->n, bones), word, err);
    spellings = vlt_translit(s->cp, s->n, spelling);
    for (i = 0; st == VAULT_OK && i < spellings; i++) {
        st = tell(t, spelling[i], strlen(spelling[i]), err);
        if (st == VAULT_OK)
            st = tell_bones(t, bones, vlt_skeleton_ascii(spelling[i], bones),
                spelling[i], err);
    }
    vlt_wipe(word, sizeof word);
    vlt_wipe(spelling, sizeof spelling);
    vlt_wipe(bones, sizeof bones);
    return st;
}

static enum vault_status
tell_readings(struct telling *t, uint32_t han, struct vault_error *err)
{
    uint16_t now[VLT_PINYIN_READINGS], was[VLT_PINYIN_READINGS];
    size_t n = vlt_pinyin(han, now);
    size_t m = t->before != 0 ? vlt_pinyin(t->before, was) : 0;
    char token[4 * VLT_PINYIN_LETTERS];
    enum vault_status st = VAULT_OK;
    size_t i, k;

    for (i = 0; st == VAULT_OK && i < n; i++) {
        const char *name = VLT_PINYIN_NAME(now[i]);
        int len = snprintf(token, sizeof token, "~%s", name);

        st = tell(t, token, (size_t)len, err);
        len = snprintf(token, sizeof token, "~%s%u", name,
            VLT_PINYIN_TONE(now[i]));
        if (st == VAULT_OK)
            st = tell(t, token, (size_t)len, err);
        for (k = 0; st == VAULT_OK && k < m; k++) {
            len = snprintf(token, sizeof token, "~%s%s",
                VLT_PINYIN_NAME(was[k]), name);
            st = tell(t, token, (size_t)len, err);
        }
    }
    return st;
}

static enum vault_status
tell_han(struct telling *t, const struct vlt_split *s, struct vault_error *err)
{
    uint32_t han = vlt_han_fold(s->cp[0]);
    char token[8];
    size_t n;
    enum vault_status st;

    if (!s->joined)
        t->before = 0;
    n = vlt_put_utf8(han, token);
    st = tell(t, token, n, err);
    if (st == VAULT_OK && t->before != 0) {
        n = vlt_put_utf8(t->before, token);
        n += vlt_put_utf8(han, token + n);
        st = tell(t, token, n, err);
    }
    if (st == VAULT_OK)
        st = tell_readings(t, han, err);
    t->before = han;
    return st;
}

static enum vault_status
tell_split(void *ctx, const struct vlt_split *s, struct vault_error *err)
{
    return s->han ? tell_han(ctx, s, err) : tell_word(ctx, s, err);
}

enum vault_status
vlt_text_tokens(const char *p, size_t n, vlt_token_fn *fn, void *ctx,
    struct vault_error *err)
{
    struct telling t = {fn, ctx, 0};
    bool whole;

    return vlt_split_text(p, n, tell_split, &t, &whole, err);
}

/* ---- a record ---- */

static bool
named(const struct vlt_field *f, const char *name)
{
    return f->name_len == strlen(name) &&
        memcmp(f->name, name, f->name_len) == 0;
}

static bool
is_tag(const struct vlt_field *f)
{
    return f->type == VLT_FIELD_TEXT && f->state == VLT_STATE_VALUE &&
        (named(f, "tag") ||
            (f->name_len > 4 && memcmp(f->name, "tag.", 4) == 0));
}

/* The words of a tag, folded, joined by dashes. */
static enum vault_status
add_tag_word(void *ctx, const struct vlt_split *s, struct vault_error *err)
{
    struct vlt_buf *b = ctx;
    char word[VLT_TOKEN];
    size_t n;

    (void)err;
    n = s->han ? vlt_put_utf8(vlt_han_fold(s->cp[0]), word)
               : vlt_fold_word(s->cp, s->n, word, sizeof word);
    if (b->len > 3)
        vlt_buf_put_u8(b, '-');
    vlt_buf_put(b, word, n);
    vlt_wipe(word, sizeof word);
    return VAULT_OK;
}

enum vault_status
vlt_tag_token(const char *p, size_t n, struct vlt_buf *out,
    struct vault_error *err)
{
    bool whole;
    enum vault_status st;

    vlt_buf_reset(out);
    vlt_buf_put_str(out, ".g.");
    st = vlt_split_text(p, n, add_tag_word, out, &whole, err);
    if (st == VAULT_OK)
        st = vlt_buf_end(out, "a tag", err);
    return st;
}

static enum vault_status
tell_field(const struct vlt_field *f, vlt_token_fn *fn, void *ctx,
    struct vault_error *err)
{
    const char *p = (const char *)f->value;
    size_t n = f->value_len;
    const char *blank;

    if (f->state != VLT_STATE_VALUE || named(f, "type") ||
        named(f, "file.media"))
        return VAULT_OK;
    switch (f->type) {
    case VLT_FIELD_LANG_TEXT: /* tag, space, text */
    case VLT_FIELD_DATE:      /* calendar, space, date */
        blank = n == 0 ? NULL : memchr(p, ' ', n);
        if (blank == NULL)
            return VAULT_OK;
        n -= (size_t)(blank + 1 - p);
        return vlt_text_tokens(blank + 1, n, fn, ctx, err);
    case VLT_FIELD_TEXT:
        return vlt_text_tokens(p, n, fn, ctx, err);
    default:
        return VAULT_OK;
    }
}

size_t
vlt_type_token(const char *p, size_t n, char out[VLT_TOKEN])
{
    size_t len = (size_t)snprintf(out, VLT_TOKEN, ".t.");
    size_t i;

    for (i = 0; i < n && len + 4 < VLT_TOKEN; i++) {
        unsigned char c = (unsigned char)p[i];

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[len++] = (char)c;
        else
            len += (size_t)snprintf(out + len, 4, "_%02x", c);
    }
    return len;
}

static enum vault_status
tell_type(const struct vlt_fields *l, vlt_token_fn *fn, void *ctx,
    struct vault_error *err)
{
    const struct vlt_field *f = vlt_fields_find(l, "type");
    char token[VLT_TOKEN];

    if (f == NULL || f->type != VLT_FIELD_TEXT)
        return VAULT_OK;
    return fn(ctx, token,
        vlt_type_token((const char *)f->value, f->value_len, token), err);
}

enum vault_status
vlt_fields_tokens(const struct vlt_fields *l, vlt_token_fn *fn, void *ctx,
    struct vault_error *err)
{
    enum vault_status st = tell_type(l, fn, ctx, err);
    struct vlt_buf tag;
    size_t i;

    vlt_buf_init(&tag, VLT_META_MAX);
    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        st = tell_field(&l->f[i], fn, ctx, err);
        if (st == VAULT_OK && is_tag(&l->f[i])) {
            st = vlt_tag_token((const char *)l->f[i].value, l->f[i].value_len,
                &tag, err);
            if (st == VAULT_OK && tag.len <= VLT_TOKEN)
                st = fn(ctx, (const char *)tag.p, tag.len, err);
        }
    }
    vlt_buf_clear(&tag);
    return st;
}
