/* SPDX-License-Identifier: Apache-2.0 */
/* agebytes.c: reading an age file's bytes, binary or armored */
#include "agebytes.h"
#include "fail.h"
#include "text.h"

#include <assert.h>
#include <string.h>

static const char magic[] = "age-encryption.org/";
static const char first_line[] = "-----BEGIN AGE ENCRYPTED FILE-----";
static const char last_line[] = "-----END AGE ENCRYPTED FILE-----";
enum { MAGIC = sizeof magic - 1, LINE_MAX_LEN = VLT_ARMOR_COLUMNS };

static_assert(sizeof first_line - 1 <= LINE_MAX_LEN, "a line has room for it");

/* ---- raw bytes ---- */

static enum vault_status
fill(struct vlt_age_bytes *b, struct vault_error *err)
{
    size_t got = 0;
    enum vault_status st;

    if (b->pos > 0) {
        memmove(b->raw, b->raw + b->pos, b->len - b->pos);
        b->len -= b->pos;
        b->pos = 0;
    }
    if (b->ended || b->len == sizeof b->raw)
        return VAULT_OK;
    st = b->read(b->ctx, b->raw + b->len, sizeof b->raw - b->len, &got, err);
    if (st != VAULT_OK)
        return st;
    b->ended = got == 0;
    b->len += got;
    return VAULT_OK;
}

/* Have n bytes ready, fewer only at the end. */
static enum vault_status
want(struct vlt_age_bytes *b, size_t n, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && b->len - b->pos < n && !b->ended)
        st = fill(b, err);
    return st;
}

/* Past what is ready already, large pieces need no copy. */
static enum vault_status
read_binary(struct vlt_age_bytes *b, uint8_t *p, size_t n, size_t *got,
    struct vault_error *err)
{
    size_t ready = b->len - b->pos < n ? b->len - b->pos : n;
    size_t more = 1;
    enum vault_status st = VAULT_OK;

    memcpy(p, b->raw + b->pos, ready);
    b->pos += ready;
    for (*got = ready; *got < n && !b->ended; *got += more) {
        st = b->read(b->ctx, p + *got, n - *got, &more, err);
        if (st != VAULT_OK)
            return st;
        b->ended = more == 0;
    }
    return VAULT_OK;
}

/* ---- armor ---- */

static enum vault_status
bad_armor(struct vlt_age_bytes *b, const char *why, struct vault_error *err)
{
    b->armor_bad = true;
    return vlt_fail(err, VAULT_E_FORMAT, "the age armor is malformed: %s", why);
}

static bool
is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum vault_status
skip_space(struct vlt_age_bytes *b, struct vault_error *err)
{
    enum vault_status st;
    size_t n;

    for (n = 0; n <= VLT_ARMOR_SPACE; n++) {
        st = want(b, 1, err);
        if (st != VAULT_OK)
            return st;
        if (b->pos == b->len || !is_space(b->raw[b->pos]))
            return VAULT_OK;
        b->pos++;
    }
    return bad_armor(b, "too much white space", err);
}

/* A line that ends in LF or CRLF, or in the end of the file; borrowed. */
static enum vault_status
armor_line(struct vlt_age_bytes *b, const char **line, size_t *len,
    struct vault_error *err)
{
    const uint8_t *lf;
    enum vault_status st = want(b, LINE_MAX_LEN + 2, err);
    size_t ready = b->len - b->pos;

    if (st != VAULT_OK)
        return st;
    if (ready > LINE_MAX_LEN + 2)
        ready = LINE_MAX_LEN + 2;
    *line = (const char *)b->raw + b->pos;
    lf = memchr(*line, '\n', ready);
    *len = lf != NULL ? (size_t)(lf - (const uint8_t *)*line) : ready;
    b->pos += *len + (lf != NULL ? 1 : 0);
    if (lf != NULL && *len > 0 && (*line)[*len - 1] == '\r')
        (*len)--;
    if (*len > LINE_MAX_LEN)
        return bad_armor(b, "a line is too long", err);
    return VAULT_OK;
}

static bool
is_line(const char *line, size_t len, const char *text)
{
    return len == strlen(text) && memcmp(line, text, len) == 0;
}

static enum vault_status
end_armor(struct vlt_age_bytes *b, struct vault_error *err)
{
    enum vault_status st = skip_space(b, err);

    if (st != VAULT_OK)
        return st;
    if (b->pos < b->len)
        return bad_armor(b, "something follows its last line", err);
    b->line_len = b->line_pos = 0;
    return VAULT_OK;
}

/* Decode the next line; none is left of it at the end. */
static enum vault_status
next_armor(struct vlt_age_bytes *b, struct vault_error *err)
{
    const char *line = NULL;
    size_t len = 0, n = 0;
    enum vault_status st = armor_line(b, &line, &len, err);

    if (st != VAULT_OK)
        return st;
    if (is_line(line, len, last_line)) {
        b->body_ended = true;
        return end_armor(b, err);
    }
    if (b->body_ended)
        return bad_armor(b, "a line is too short", err);
    if (len == 0 || !vlt_unb64(b->line, sizeof b->line, &n, line, len))
        return bad_armor(b, "a line is no base64", err);
    b->body_ended = n < sizeof b->line;
    b->line_pos = 0;
    b->line_len = n;
    return VAULT_OK;
}

static enum vault_status
read_armored(struct vlt_age_bytes *b, uint8_t *p, size_t n, size_t *got,
    struct vault_error *err)
{
    enum vault_status st;
    size_t take;

    for (*got = 0; *got < n; *got += take) {
        if (b->line_pos == b->line_len) {
            if (b->body_ended && b->line_len == 0)
                return VAULT_OK; /* the last line was read */
            st = next_armor(b, err);
            if (st != VAULT_OK)
                return st;
        }
        take = b->line_len - b->line_pos;
        if (take > n - *got)
            take = n - *got;
        memcpy(p + *got, b->line + b->line_pos, take);
        b->line_pos += take;
    }
    return VAULT_OK;
}

/* ---- which ---- */

/* What does not begin like a binary file is armor, or none of ours. */
static enum vault_status
begin(struct vlt_age_bytes *b, struct vault_error *err)
{
    const char *line = NULL;
    size_t len = 0;
    enum vault_status st = want(b, MAGIC, err);

    if (st != VAULT_OK)
        return st;
    b->begun = true;
    if (b->len == 0 ||
        (b->len - b->pos >= MAGIC && memcmp(b->raw, magic, MAGIC) == 0))
        return VAULT_OK;
    b->armored = true;
    st = skip_space(b, err);
    if (st == VAULT_OK)
        st = armor_line(b, &line, &len, err);
    if (st == VAULT_OK && !is_line(line, len, first_line))
        st = bad_armor(b, "it does not begin like one", err);
    return st;
}

enum vault_status
vlt_age_bytes_read(struct vlt_age_bytes *b, void *p, size_t n, size_t *got,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    *got = 0;
    if (!b->begun)
        st = begin(b, err);
    if (st != VAULT_OK || n == 0)
        return st;
    return b->armored ? read_armored(b, p, n, got, err)
                      : read_binary(b, p, n, got, err);
}
