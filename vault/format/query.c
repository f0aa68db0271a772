/* SPDX-License-Identifier: Apache-2.0 */
/* query.c: a question in words, and whether a record answers it */
#include <stdlib.h>
#include <string.h>
#include "beginnings.h"
#include "fail.h"
#include "query_parts.h"

enum vault_status
vlt_query_new(struct vlt_query **out, struct vault_error *err)
{
    *out = calloc(1, sizeof **out);
    return *out != NULL ? VAULT_OK : vlt_fail_memory(err);
}

void
vlt_query_free(struct vlt_query *q)
{
    if (q != NULL)
        vlt_wipe(q, sizeof *q);
    free(q);
}

bool
vlt_query_empty(const struct vlt_query *q)
{
    return q->words == 0;
}

/* ---- asking it ---- */

static void
write_token(const char *p, size_t n, const char *end, struct vlt_buf *out)
{
    vlt_buf_put_u8(out, '"');
    vlt_buf_put(out, p, n);
    vlt_buf_put_str(out, end);
}

/* Every word that begins so. Of a very long one the first letters: then more
 * is proposed than was asked for. */
static void
write_beginning(const struct vlt_query_token *t, struct vlt_buf *out)
{
    size_t sign = t->text[0] == '=';
    const char *word = t->text + sign;
    char kept[VLT_BEGINNING];
    bool exact;
    size_t n = vlt_beginning_of(word, t->n - sign, kept, &exact);

    write_token(kept, n, "\"", out);
    vlt_wipe(kept, sizeof kept);
    if (!exact)
        return;
    vlt_buf_put_str(out, " OR ");
    write_token(word, t->n - sign, "\" OR \"=", out);
    vlt_buf_put(out, word, t->n - sign);
    vlt_buf_put_u8(out, '"');
}

static void
write_way(const struct vlt_query *q, const struct vlt_query_way *w,
    struct vlt_buf *out)
{
    size_t i;

    vlt_buf_put_u8(out, '(');
    for (i = w->first; i < w->first + w->n; i++) {
        const struct vlt_query_token *t = &q->token[i];

        if (i > w->first)
            vlt_buf_put_str(out, " AND ");
        if (t->star)
            write_beginning(t, out);
        else
            write_token(t->text, t->n, "\"", out);
    }
    vlt_buf_put_u8(out, ')');
}

/* The beginning of a word, when a way before this one asks for the same. */
static bool
repeats(const struct vlt_query *q, size_t way)
{
    const struct vlt_query_token *t = &q->token[q->way[way].first];
    size_t sign = t->text[0] == '=';
    size_t i;

    for (i = way; t->star && i-- > 0 && q->way[i].word == q->way[way].word;) {
        const struct vlt_query_token *o = &q->token[q->way[i].first];
        size_t skip = o->text[0] == '=';

        if (o->n - skip == t->n - sign &&
            memcmp(o->text + skip, t->text + sign, t->n - sign) == 0)
            return true;
    }
    return false;
}

enum vault_status
vlt_query_match(const struct vlt_query *q, struct vlt_buf *out,
    struct vault_error *err)
{
    size_t i;

    vlt_buf_reset(out);
    for (i = 0; i < q->ways; i++) {
        if (repeats(q, i))
            continue;
        if (i == 0)
            vlt_buf_put_u8(out, '(');
        else if (q->way[i].word != q->way[i - 1].word)
            vlt_buf_put_str(out, ") AND (");
        else
            vlt_buf_put_str(out, " OR ");
        write_way(q, &q->way[i], out);
    }
    if (q->ways > 0)
        vlt_buf_put_u8(out, ')');
    return vlt_buf_end(out, "what is looked for", err);
}

static enum vault_status
see(void *ctx, const char *token, size_t n, struct vault_error *err)
{
    struct vlt_query *q = ctx;
    size_t i;

    (void)err;
    for (i = 0; i < q->tokens; i++) {
        struct vlt_query_token *t = &q->token[i];

        if (t->text[0] != token[0] || t->seen)
            continue;
        if ((t->n == n || (t->star && t->n < n)) &&
            memcmp(t->text, token, t->n) == 0)
            t->seen = true;
    }
    return VAULT_OK;
}

static void
forget(struct vlt_query *q)
{
    size_t i;

    for (i = 0; i < q->tokens; i++)
        q->token[i].seen = false;
}

static bool
answered(const struct vlt_query *q)
{
    bool word[VLT_QUERY_WORDS] = {false};
    size_t i, k;

    for (i = 0; i < q->ways; i++) {
        const struct vlt_query_way *w = &q->way[i];

        for (k = 0; k < w->n && q->token[w->first + k].seen; k++)
            ;
        if (k == w->n)
            word[w->word] = true;
    }
    for (i = 0; i < q->words; i++) {
        if (!word[i])
            return false;
    }
    return true;
}

enum vault_status
vlt_query_holds(struct vlt_query *q, const struct vlt_fields *l, bool *out,
    struct vault_error *err)
{
    enum vault_status st;

    forget(q);
    st = vlt_fields_tokens(l, see, q, err);
    if (st == VAULT_OK)
        *out = answered(q);
    return st;
}

enum vault_status
vlt_query_holds_text(struct vlt_query *q, const char *p, size_t n, bool *out,
    struct vault_error *err)
{
    enum vault_status st;

    forget(q);
    st = vlt_text_tokens(p, n, see, q, err);
    if (st == VAULT_OK)
        *out = answered(q);
    return st;
}
