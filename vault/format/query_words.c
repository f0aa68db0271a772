/* SPDX-License-Identifier: Apache-2.0 */
/* query_words.c: words into all the ways in which they may be spelled */
#include <stdio.h>
#include <string.h>
#include "fail.h"
#include "fold.h"
#include "pinyin.h"
#include "query_parts.h"
#include "splitter.h"
#include "text.h"
#include "translit.h"

enum { SPLITS = 6 };

static void
begin_word(struct vlt_query *q)
{
    if (q->words >= VLT_QUERY_WORDS)
        q->full = true;
    else
        q->words++;
}

static void
begin_way(struct vlt_query *q)
{
    if (q->full || q->ways >= VLT_QUERY_WAYS) {
        q->full = true;
        return;
    }
    q->way[q->ways] = (struct vlt_query_way){q->words - 1, q->tokens, 0};
    q->ways++;
}

static void
put_token(struct vlt_query *q, const char *s, size_t n, bool star)
{
    struct vlt_query_token *t = &q->token[q->tokens];

    if (q->full || q->tokens >= VLT_QUERY_TOKENS || n == 0 || n >= VLT_TOKEN) {
        q->full = true;
        return;
    }
    memcpy(t->text, s, n);
    t->n = n;
    t->star = star;
    q->tokens++;
    q->way[q->ways - 1].n++;
}

/* A way of one token. */
static void
put_way(struct vlt_query *q, const char *s, size_t n, bool star)
{
    if (n == 0)
        return;
    begin_way(q);
    put_token(q, s, n, star);
}

/* A record whose word is its own skeleton has no second token for it. */
static void
put_bones(struct vlt_query *q, char (*bones)[VLT_SPELLING], size_t n, bool star)
{
    char token[VLT_SPELLING + 1];
    size_t i;

    for (i = 0; i < n; i++) {
        int len = snprintf(token, sizeof token, "=%s", bones[i]);

        put_way(q, token, (size_t)len, star);
        put_way(q, token + 1, (size_t)len - 1, star);
    }
    vlt_wipe(token, sizeof token);
}

/* ---- words that may be pinyin ---- */

struct letters {
    char text[VLT_SPLIT_WORD + 1];
    uint8_t tone[VLT_SPLIT_WORD]; /* that stands at or after this letter */
    size_t n;
};

static uint8_t
tone_of_mark(uint32_t mark)
{
    switch (mark) {
    case 0x304:
        return 1;
    case 0x301:
        return 2;
    case 0x30c:
        return 3;
    case 0x300:
        return 4;
    default:
        return 0;
    }
}

/* Letters and tones of a word; false when it cannot be pinyin. */
static bool
read_letters(const struct vlt_split *s, struct letters *l)
{
    size_t i;

    memset(l, 0, sizeof *l);
    for (i = 0; i < s->n; i++) {
        uint32_t mark;
        uint32_t c = vlt_base_letter(s->cp[i], &mark);

        if (c >= '1' && c <= '5' && l->n > 0) {
            l->tone[l->n - 1] = (uint8_t)(c - '0');
            continue;
        }
        /* v is how u with dots is typed */
        if (c == 'v')
            c = 'u';
        if (c < 'a' || c > 'z')
            return false;
        l->tone[l->n] = tone_of_mark(mark);
        l->text[l->n++] = (char)c;
    }
    return l->n > 0;
}

/* The tone of the syllable at `at`, 0 when none is said. */
static unsigned
tone_in(const struct letters *l, size_t at, size_t n)
{
    size_t i;

    for (i = at; i < at + n; i++) {
        if (l->tone[i] != 0)
            return l->tone[i];
    }
    return 0;
}

/* Whether a tone digit stands inside a syllable: then this is no way. */
static bool
digit_inside(const struct vlt_split *s, const uint8_t *way)
{
    size_t end = way[0];
    size_t at = 0;
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (s->cp[i] >= '1' && s->cp[i] <= '5') {
            if (at != end)
                return true;
        } else {
            if (at == end && *way != 0)
                end += *++way;
            at++;
        }
    }
    return false;
}

static void
put_pinyin_way(struct vlt_query *q, const struct letters *l, const uint8_t *way)
{
    char token[4 * VLT_PINYIN_LETTERS];
    size_t at = 0;
    int n;

    begin_way(q);
    for (; *way != 0; at += *way++) {
        unsigned tone = tone_in(l, at, *way);

        if (tone != 0) {
            n = snprintf(token, sizeof token, "~%.*s%u", (int)*way,
                l->text + at, tone);
            put_token(q, token, (size_t)n, false);
        }
        if (way[1] != 0)
            n = snprintf(token, sizeof token, "~%.*s", way[0] + way[1],
                l->text + at);
        else if (tone == 0)
            n = snprintf(token, sizeof token, "~%.*s", (int)*way, l->text + at);
        else
            continue;
        put_token(q, token, (size_t)n, false);
    }
}

static void
put_pinyin(struct vlt_query *q, const struct vlt_split *s)
{
    uint8_t way[SPLITS][VLT_PINYIN_WAY];
    struct letters l;
    size_t n = 0;
    size_t i;

    if (read_letters(s, &l))
        n = vlt_pinyin_split(l.text, l.n, way, SPLITS);
    for (i = 0; i < n; i++) {
        if (!digit_inside(s, way[i]))
            put_pinyin_way(q, &l, way[i]);
    }
    vlt_wipe(&l, sizeof l);
}

static void
put_word(struct vlt_query *q, const struct vlt_split *s)
{
    char word[VLT_TOKEN];
    char spelling[VLT_SPELLINGS][VLT_SPELLING];
    char bones[2][VLT_SPELLING];
    size_t n = vlt_fold_word(s->cp, s->n, word, sizeof word);
    size_t i;

    if (n == 0)
        return;
    begin_word(q);
    put_way(q, word, n, s->star);
    put_bones(q, bones, vlt_skeleton(s->cp, s->n, bones), s->star);
    n = vlt_translit(s->cp, s->n, spelling);
    for (i = 0; i < n; i++) {
        put_way(q, spelling[i], strlen(spelling[i]), s->star);
        put_bones(q, bones, vlt_skeleton_ascii(spelling[i], bones), s->star);
    }
    if (!s->star)
        put_pinyin(q, s);
    vlt_wipe(word, sizeof word);
    vlt_wipe(spelling, sizeof spelling);
    vlt_wipe(bones, sizeof bones);
}

/* ---- Han characters ---- */

/* The most common readings of han[from .. to), joined. */
static bool
join(const uint32_t *han, size_t from, size_t to, char out[VLT_TOKEN])
{
    uint16_t reading[VLT_PINYIN_READINGS];
    size_t len = 0;

    for (; from < to; from++) {
        if (vlt_pinyin(han[from], reading) == 0)
            return false;
        len += (size_t)snprintf(out + len, VLT_TOKEN - len, "%s",
            VLT_PINYIN_NAME(reading[0]));
    }
    return true;
}

/* As a record in Latin letters may write it: in one word, or as a surname
 * of one or two characters and the rest. */
static void
put_latin_names(struct vlt_query *q)
{
    char first[VLT_TOKEN], rest[VLT_TOKEN];
    size_t cut;

    if (q->hans < 2 || q->hans > 6)
        return;
    if (join(q->han, 0, q->hans, first))
        put_way(q, first, strlen(first), false);
    for (cut = 1; cut <= 2 && cut < q->hans; cut++) {
        if (!join(q->han, 0, cut, first) || !join(q->han, cut, q->hans, rest))
            continue;
        begin_way(q);
        put_token(q, first, strlen(first), false);
        put_token(q, rest, strlen(rest), false);
    }
}

static void
end_han(struct vlt_query *q)
{
    char token[8];
    size_t i, n;

    if (q->hans == 0)
        return;
    begin_word(q);
    begin_way(q);
    for (i = 0; i == 0 || i + 1 < q->hans; i++) {
        n = vlt_put_utf8(q->han[i], token);
        if (q->hans > 1)
            n += vlt_put_utf8(q->han[i + 1], token + n);
        put_token(q, token, n, false);
    }
    put_latin_names(q);
    q->hans = 0;
}

static enum vault_status
take_split(void *ctx, const struct vlt_split *s, struct vault_error *err)
{
    struct vlt_query *q = ctx;

    (void)err;
    if (!s->han || !s->joined)
        end_han(q);
    if (!s->han)
        put_word(q, s);
    else if (q->hans < VLT_QUERY_HAN)
        q->han[q->hans++] = vlt_han_fold(s->cp[0]);
    else
        q->full = true;
    return VAULT_OK;
}

enum vault_status
vlt_query_words(struct vlt_query *q, const char *text, struct vault_error *err)
{
    bool whole = true;
    size_t words = q->words;
    enum vault_status st;

    st = vlt_split_text(text, strlen(text), take_split, q, &whole, err);
    if (st != VAULT_OK)
        return st;
    end_han(q);
    if (!whole)
        return vlt_fail(err, VAULT_E_USAGE, "these words are not UTF-8");
    if (q->full)
        return vlt_fail(err, VAULT_E_LIMIT,
            "at most %d words can be looked for at once", (int)VLT_QUERY_WORDS);
    if (q->words == words)
        return vlt_fail(err, VAULT_E_USAGE,
            "there is no letter or digit in what is looked for");
    return VAULT_OK;
}

static enum vault_status
require(struct vlt_query *q, const char *token, size_t n,
    struct vault_error *err)
{
    begin_word(q);
    put_way(q, token, n, false);
    if (q->full)
        return vlt_fail(err, VAULT_E_LIMIT,
            "at most %d words can be looked for at once", (int)VLT_QUERY_WORDS);
    return VAULT_OK;
}

enum vault_status
vlt_query_type(struct vlt_query *q, const char *type, struct vault_error *err)
{
    char token[VLT_TOKEN];

    return require(q, token, vlt_type_token(type, strlen(type), token), err);
}

enum vault_status
vlt_query_tag(struct vlt_query *q, const char *tag, struct vault_error *err)
{
    struct vlt_buf token;
    enum vault_status st;

    vlt_buf_init(&token, 2 * VLT_TOKEN);
    if (!vlt_utf8_valid((const uint8_t *)tag, strlen(tag)))
        return vlt_fail(err, VAULT_E_USAGE, "this tag is not UTF-8");
    st = vlt_tag_token(tag, strlen(tag), &token, err);
    if (st == VAULT_OK && token.len <= 3)
        st = vlt_fail(err, VAULT_E_USAGE,
            "there is no letter or digit in this tag");
    if (st == VAULT_OK)
        st = require(q, (const char *)token.p, token.len, err);
    vlt_buf_clear(&token);
    return st;
}
