/* SPDX-License-Identifier: Apache-2.0 */
/* strip_check_pdf.c: a second reader looks for metadata in a finished PDF.
 * It goes through the bytes from the first to the last and knows no table. */
#include "strip_check.h"

#include "fail.h"

#include <stdbool.h>
#include <string.h>

enum { DEEP = 128, FIRST_LINES = 15 };

struct scan {
    const uint8_t *p;
    size_t n, at;
    unsigned depth;
    struct {
        bool dict, want_key;
    } in[DEEP];
    const uint8_t *key; /* the last one, in the copy */
    size_t key_len;
    size_t length; /* of the stream that comes */
    bool jpeg;
};

static enum vault_status
found(const struct scan *s, struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_INTERNAL,
        "the copy was not clean at byte %zu and was thrown away; this is a "
        "fault in the program",
        s->at);
}

/* Whether the word (without /) is one of these, divided by blanks. */
static bool
among(const uint8_t *p, size_t n, const char *words)
{
    size_t len;

    for (; *words != 0; words += len + (words[len] == ' ')) {
        len = strcspn(words, " ");
        if (len == n && memcmp(words, p, n) == 0)
            return true;
    }
    return false;
}

static bool
key_is(const struct scan *s, const char *word)
{
    return among(s->key, s->key_len, word);
}

static bool
is_end(unsigned c)
{
    return c <= 32 || memchr("()<>[]{}/%", (int)c, 10) != NULL;
}

static size_t
word_at(const struct scan *s, size_t at)
{
    size_t n = 0;

    while (at + n < s->n && !is_end(s->p[at + n]))
        n++;
    return n;
}

static void
value_seen(struct scan *s)
{
    if (s->depth > 0)
        s->in[s->depth - 1].want_key = true;
}

/* A key or a name that is a value; false when it must not be there. */
static bool
take_name(struct scan *s)
{
    const uint8_t *p = s->p + s->at + 1;
    size_t n = word_at(s, s->at + 1);

    s->at += 1 + n;
    if (s->depth > 0 && s->in[s->depth - 1].dict &&
        s->in[s->depth - 1].want_key) {
        s->key = p;
        s->key_len = n;
        s->in[s->depth - 1].want_key = false;
        return !among(p, n,
            "Metadata PieceInfo LastModified ModDate CreationDate Author "
            "Producer Creator CreatorInfo Info Thumb AF EF EmbeddedFiles "
            "JavaScript JS AA XFA OPI SpiderInfo StructTreeRoot ByteRange");
    }
    value_seen(s);
    if (key_is(s, "Filter") && s->depth == 1)
        s->jpeg = among(p, n, "DCTDecode DCT");
    if (key_is(s, "Type"))
        return !among(p, n, "Metadata EmbeddedFile Filespec ObjStm XRef");
    if (key_is(s, "S"))
        return !among(p, n, "JavaScript Launch SubmitForm ImportData GoToR");
    return !key_is(s, "Subtype") || !among(p, n, "FileAttachment RichMedia");
}

static bool
open_one(struct scan *s, bool dict)
{
    value_seen(s);
    if (s->depth == DEEP)
        return false;
    if (s->depth == 0)
        s->jpeg = false;
    s->in[s->depth].dict = dict;
    s->in[s->depth++].want_key = dict;
    s->at += dict ? 2 : 1;
    return true;
}

static bool
close_one(struct scan *s, bool dict)
{
    if (s->depth == 0 || s->in[s->depth - 1].dict != dict)
        return false;
    s->depth--;
    s->at += dict ? 2 : 1;
    return true;
}

static bool
take_string(struct scan *s)
{
    unsigned open = 0;

    value_seen(s);
    for (; s->at < s->n; s->at++) {
        unsigned c = s->p[s->at];

        if (c == '\\')
            s->at++;
        open += c == '(';
        if (c == ')' && --open == 0) {
            s->at++;
            return true;
        }
    }
    return false;
}

static bool
take_hex(struct scan *s)
{
    const uint8_t *end = memchr(s->p + s->at, '>', s->n - s->at);

    value_seen(s);
    if (end == NULL)
        return false;
    s->at = (size_t)(end - s->p) + 1;
    return true;
}

/* The data of a stream, as long as its dict said. */
static bool
take_data(struct scan *s)
{
    size_t from = s->at + 1; /* after the line feed */

    if (s->at >= s->n || s->p[s->at] != '\n' || s->n - from < 10 ||
        s->length > s->n - from - 10 ||
        memcmp(s->p + from + s->length, "\nendstream", 10) != 0)
        return false;
    if (s->jpeg && strip_check_jpeg(s->p + from, s->length, NULL) != VAULT_OK)
        return false;
    s->at = from + s->length + 10;
    return true;
}

/* Numbers, references, true, obj, stream ... */
static bool
take_word(struct scan *s)
{
    const uint8_t *p = s->p + s->at;
    size_t n = word_at(s, s->at), v = 0;

    if (n == 0)
        return false;
    s->at += n;
    value_seen(s);
    if (s->depth == 0 && among(p, n, "stream"))
        return take_data(s);
    if (s->depth == 1 && key_is(s, "Length") && n < 12) {
        for (size_t i = 0; i < n; i++)
            v = v * 10 + (size_t)(p[i] - '0');
        s->length = v;
    }
    return true;
}

static bool
take_one(struct scan *s)
{
    unsigned c = s->p[s->at];
    bool twice = s->at + 1 < s->n && s->p[s->at + 1] == c;

    switch (c) {
    case '/':
        return take_name(s);
    case '<':
        return twice ? open_one(s, true) : take_hex(s);
    case '>':
        return twice && close_one(s, true);
    case '[':
        return open_one(s, false);
    case ']':
        return close_one(s, false);
    case '(':
        return take_string(s);
    default:
        return take_word(s);
    }
}

enum vault_status
strip_check_pdf(const uint8_t *p, size_t n, struct vault_error *err)
{
    struct scan s = {.p = p,
        .n = n,
        .at = FIRST_LINES,
        .key = (const uint8_t *)""};

    if (n < FIRST_LINES + 6 || memcmp(p, "%PDF-", 5) != 0 ||
        memcmp(p + n - 6, "%%EOF\n", 6) != 0)
        return found(&s, err);
    s.n = n - 6;
    while (s.at < s.n) {
        if (s.p[s.at] <= 32)
            s.at++;
        else if (!take_one(&s))
            return found(&s, err);
    }
    return s.depth == 0 ? VAULT_OK : found(&s, err);
}
