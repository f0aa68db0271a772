/* SPDX-License-Identifier: Apache-2.0 */
/* odk_name.c: what the answers of a submission are called as fields */
#include "odk_name.h"

#include "fail.h"
#include "odk.h"
#include "utf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct odk_word {
    char *folded;
    uint32_t digest; /* of it */
    bool doubled;
};

/* Spelled as a field name is, with - for _ and . and uHEX for others. */
static char *
fold(const char *s)
{
    size_t n = strlen(s), size = 8 * n + 1, out = 0;
    char *word = malloc(size);

    if (word == NULL)
        return NULL;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = utf_next(s + i, n - i, &cp);
        char c = s[i];

        i += len > 0 ? len : 1;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            word[out++] = c;
        else if (c == '_' || c == '.' || c == '-')
            word[out++] = '-';
        else
            out +=
                (size_t)snprintf(word + out, size - out, "u%x", (unsigned)cp);
    }
    word[out] = 0;
    return word;
}

static bool
is_doubled(const struct odk_names *names, const struct odk_tree *t, int i)
{
    const struct odk_node *x = &t->node[i];

    if (x->parent == ODK_NONE || strcmp(names->word[i].folded, x->name) == 0)
        return false;
    for (int k = t->node[x->parent].first; k != ODK_NONE; k = t->node[k].next) {
        const struct odk_word *other = &names->word[k];

        assert(other->folded != NULL);
        if (other->digest == names->word[i].digest &&
            t->node[k].attribute == x->attribute &&
            strcmp(other->folded, names->word[i].folded) == 0 &&
            strcmp(t->node[k].name, x->name) != 0)
            return true;
    }
    return false;
}

enum vault_status
odk_names_init(struct odk_names *names, const struct odk_tree *t,
    struct vault_error *err)
{
    struct odk_names all = {calloc(t->n + 1, sizeof *all.word), t->n};

    if (all.word == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < t->n; i++) {
        all.word[i].folded = fold(t->node[i].name);
        if (all.word[i].folded == NULL) {
            odk_names_clear(&all);
            return vlt_fail_memory(err);
        }
        all.word[i].digest = odk_digest(odk_digest_begin, all.word[i].folded);
    }
    for (size_t i = 0; i < t->n; i++)
        all.word[i].doubled = is_doubled(&all, t, (int)i);
    *names = all;
    return VAULT_OK;
}

void
odk_names_clear(struct odk_names *names)
{
    for (size_t i = 0; names->word != NULL && i < names->n; i++)
        free(names->word[i].folded);
    free(names->word);
    names->word = NULL;
    names->n = 0;
}

/* ---- positions ---- */

/* A decimal number with digits after its point; its size in *value. */
static bool
take_decimal(const char **s, const char *end, double *value)
{
    const char *p = *s;
    double v = 0, place = 1;
    size_t digits = 0, after = 0;

    if (p < end && *p == '-')
        p++;
    for (; p < end && *p >= '0' && *p <= '9' && digits < 12; p++, digits++)
        v = v * 10 + (*p - '0');
    if (p >= end || *p++ != '.')
        return false;
    for (; p < end && *p >= '0' && *p <= '9' && after < 32; p++, after++)
        v += (*p - '0') * (place /= 10);
    if (digits == 0 || after == 0)
        return false;
    *s = p;
    *value = v;
    return true;
}

/* Latitude, longitude, altitude and accuracy with spaces between. */
static bool
take_point(const char **s, const char *end)
{
    double v[4];

    for (size_t i = 0; i < 4; i++) {
        if (i > 0 && (*s >= end || *(*s)++ != ' '))
            return false;
        if (!take_decimal(s, end, &v[i]))
            return false;
    }
    return v[0] <= 90 && v[1] <= 180;
}

/* One position, or a line of them. */
static bool
is_location(const struct vlt_buf *b)
{
    const char *s = (const char *)b->p, *end = s + b->len;

    while (b->len > 0) {
        if (!take_point(&s, end))
            return false;
        while (s < end && (*s == ' ' || *s == ';'))
            s++;
        if (s == end)
            return true;
        if (s[-1] != ' ' && s[-1] != ';')
            return false;
    }
    return false;
}

/* ---- the path ---- */

static void
put_word(struct vlt_buf *b, const struct odk_names *names,
    const struct odk_tree *t, int i)
{
    const struct odk_node *x = &t->node[i];

    vlt_buf_printf(b, ".%s%s", x->attribute ? "at-" : "",
        names->word[i].folded);
    if (names->word[i].doubled)
        vlt_buf_printf(b, "-x%08x", (unsigned)x->digest);
    if (x->nth > 1)
        vlt_buf_printf(b, ".%u", x->nth);
}

/* All spellings on the way, for a name that has to be cut. */
static uint32_t
path_digest(const struct odk_tree *t, const int *way, size_t n)
{
    uint32_t h = odk_digest_begin;

    while (n-- > 0) {
        char nth[16];

        (void)snprintf(nth, sizeof nth, "/%u/", t->node[way[n]].nth);
        h = odk_digest(odk_digest(h, t->node[way[n]].name), nth);
    }
    return h;
}

void
odk_name(const struct odk_names *names, const struct odk_tree *t, int i,
    char out[ODK_NAME + 1])
{
    int way[ODK_DEPTH + 1];
    size_t n = 0;
    struct vlt_buf b;
    bool of_root = t->node[i].attribute && t->node[i].parent == 0;

    for (int k = i; k != ODK_NONE && k != 0 && n < ODK_DEPTH + 1;
         k = t->node[k].parent)
        way[n++] = k;
    vlt_buf_init(&b, ODK_MAX);
    if (i == 0) {
        vlt_buf_put_str(&b, "submission.text");
    } else if (of_root) {
        vlt_buf_printf(&b, "submission.%s", names->word[i].folded);
    } else {
        vlt_buf_put_str(&b, "odk");
        for (size_t k = n; k-- > 0;)
            put_word(&b, names, t, way[k]);
        if (is_location(&t->node[i].text))
            vlt_buf_put_str(&b, ".location");
    }
    (void)snprintf(out, ODK_NAME + 1, "%s", vlt_buf_cstr(&b));
    if (b.len > ODK_NAME)
        (void)snprintf(out + ODK_NAME - 10, 11, "-x%08x",
            (unsigned)path_digest(t, way, n));
    vlt_buf_clear(&b);
}
