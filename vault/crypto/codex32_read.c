/* SPDX-License-Identifier: Apache-2.0 */
/* codex32_read.c: a share as text: printed, typed, and what was mistyped */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "codex32.h"
#include "fail.h"
#include "gf32.h"

static const char own_prefix[] = "sqr";

enum { TYPED_MAX = 128 }; /* longer ones are counted, not kept */

/* What was typed, without separators, in lower case. */
struct typed {
    size_t n; /* all of them */
    bool upper, lower;
    char c[TYPED_MAX];
};

static bool
separator(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-';
}

static void
take(struct typed *t, const char *text, size_t len)
{
    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (separator(c))
            continue;
        if (c >= 'A' && c <= 'Z') {
            t->upper = true;
            c = (char)(c - 'A' + 'a');
        } else if (c >= 'a' && c <= 'z') {
            t->lower = true;
        }
        if (t->n < TYPED_MAX)
            t->c[t->n] = c;
        t->n++;
    }
}

static size_t
group_of(size_t at)
{
    return at / VLT_SHARE_GROUP + 1;
}

static enum vault_status
beginning(const struct typed *t, const char *prefix, struct vault_error *err)
{
    size_t n = strlen(prefix);

    if (t->n <= n || memcmp(t->c, prefix, n) != 0 || t->c[n] != '1')
        return vlt_fail(err, VAULT_E_FORMAT,
            "not a share: it would begin with %s1", prefix);
    if (t->upper && t->lower)
        return vlt_fail(err, VAULT_E_FORMAT, "upper and lower case are mixed");
    return VAULT_OK;
}

/* The characters behind the prefix as values. */
static enum vault_status
symbols(const struct typed *t, size_t from, size_t want, struct vlt_share *out,
    struct vault_error *err)
{
    size_t have = t->n - from;

    for (size_t i = 0; i < have && from + i < TYPED_MAX; i++) {
        uint8_t v = vlt_gf32_value(t->c[from + i]);

        if (v > 31)
            return vlt_fail_hint(err, VAULT_E_FORMAT,
                "behind its beginning a share has no 1, b, i and o",
                "no share has such a character: character %zu, in group %zu",
                from + i + 1, group_of(from + i));
        if (i < want)
            out->v[i] = v;
    }
    if (have < want)
        return vlt_fail(err, VAULT_E_FORMAT,
            "not a whole share: %zu characters missing", want - have);
    if (have > want)
        return vlt_fail(err, VAULT_E_FORMAT,
            "longer than a share: %zu characters too many", have - want);
    return VAULT_OK;
}

/* Where the mistake lies, when that can be told. */
static enum vault_status
mistyped(const struct vlt_share *s, size_t from, struct vault_error *err)
{
    size_t at[2];
    size_t n;

    if (err == NULL)
        return VAULT_E_FORMAT; /* nobody asks where, and it takes a while */
    n = vlt_gf32_wrong(s->v, s->n, at);
    if (n == 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the checksum does not hold: more than two characters are wrong");
    if (n == 1 || group_of(from + at[0]) == group_of(from + at[1]))
        return vlt_fail(err, VAULT_E_FORMAT,
            "the checksum does not hold: look at group %zu",
            group_of(from + at[0]));
    return vlt_fail(err, VAULT_E_FORMAT,
        "the checksum does not hold: look at groups %zu and %zu",
        group_of(from + at[0]), group_of(from + at[1]));
}

/* Threshold and index; the checksum holds. */
static enum vault_status
head(struct vlt_share *s, const char *c, struct vault_error *err)
{
    char digit = c[0];

    if (digit != '0' && (digit < '2' || digit > '9'))
        return vlt_fail(err, VAULT_E_FORMAT,
            "not a share: it does not say how many are needed");
    if (digit == '0' && c[5] != 's')
        return vlt_fail(err, VAULT_E_FORMAT,
            "not a share: it says that it is whole and that it is not");
    s->threshold = (uint8_t)(digit - '0');
    memcpy(s->id, c + 1, 4);
    s->id[4] = 0;
    s->index = c[5];
    return VAULT_OK;
}

static enum vault_status
read_typed(struct vlt_share *s, const char *prefix, size_t bytes,
    const struct typed *t, struct vault_error *err)
{
    size_t from = strlen(prefix) + 1;
    size_t want = VLT_SHARE_HEAD + (bytes * 8 + 4) / 5 + VLT_SHARE_CHECK;
    enum vault_status st;

    assert(bytes >= 16 && want <= VLT_SHARE_SYMBOLS);
    st = beginning(t, prefix, err);
    if (st == VAULT_OK)
        st = symbols(t, from, want, s, err);
    if (st != VAULT_OK)
        return st;
    s->n = (uint8_t)want;
    if (!vlt_gf32_sum_ok(s->v, want))
        return mistyped(s, from, err);
    return head(s, t->c + from, err);
}

enum vault_status
vlt_share_read_as(struct vlt_share *out, const char *prefix, size_t bytes,
    const char *text, size_t len, struct vault_error *err)
{
    struct typed *t = sodium_malloc(sizeof *t);
    struct vlt_shares *room = vlt_shares_new();
    enum vault_status st;

    if (t == NULL || room == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    take(t, text, len);
    st = read_typed(&room->s[0], prefix, bytes, t, err);
    if (st == VAULT_OK)
        *out = room->s[0];
out:
    sodium_free(t);
    vlt_shares_free(room);
    return st;
}

enum vault_status
vlt_share_read(struct vlt_share *out, const char *text, size_t len,
    struct vault_error *err)
{
    return vlt_share_read_as(out, own_prefix, 32, text, len, err);
}

void
vlt_share_text_as(const struct vlt_share *s, const char *prefix,
    char out[VLT_SHARE_TEXT])
{
    size_t n = strlen(prefix);

    assert(n + 1 + s->n < VLT_SHARE_TEXT);
    memcpy(out, prefix, n);
    out[n++] = '1';
    for (size_t i = 0; i < s->n; i++)
        out[n++] = vlt_gf32_letter(s->v[i]);
    out[n] = 0;
}

void
vlt_share_text(const struct vlt_share *s, char out[VLT_SHARE_TEXT])
{
    vlt_share_text_as(s, own_prefix, out);
}

/* Whether the new one goes with those that are there. */
static enum vault_status
fits(const struct vlt_shares *set, const struct vlt_share *s,
    struct vault_error *err)
{
    const struct vlt_share *first = &set->s[0];

    if (set->n > 0 &&
        (strcmp(first->id, s->id) != 0 || first->threshold != s->threshold))
        return vlt_fail(err, VAULT_E_USAGE,
            "a share of set %s, but the first one is of set %s", s->id,
            first->id);
    for (size_t i = 0; i < set->n; i++) {
        if (set->s[i].index != s->index)
            continue;
        if (vlt_equal(set->s[i].v, s->v, s->n))
            return vlt_fail(err, VAULT_E_EXISTS, "share %c is given twice",
                s->index);
        return vlt_fail(err, VAULT_E_USAGE,
            "two different shares call themselves %c of set %s", s->index,
            s->id);
    }
    if (set->n > 0 && (first->index == 's' || s->index == 's'))
        return vlt_fail(err, VAULT_E_USAGE,
            "the whole secret and a share of it: one or the other");
    if (set->n == VLT_SHARES_MAX)
        return vlt_fail(err, VAULT_E_USAGE, "more than %d shares",
            (int)VLT_SHARES_MAX);
    return VAULT_OK;
}

enum vault_status
vlt_shares_add(struct vlt_shares *set, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_shares *room = vlt_shares_new();
    enum vault_status st;

    if (room == NULL)
        return vlt_fail_memory(err);
    st = vlt_share_read(&room->s[0], text, len, err);
    if (st == VAULT_OK)
        st = fits(set, &room->s[0], err);
    if (st == VAULT_OK)
        set->s[set->n++] = room->s[0];
    vlt_shares_free(room);
    return st;
}
