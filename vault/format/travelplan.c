/* SPDX-License-Identifier: Apache-2.0 */
/* travelplan.c: what is still to be done before a border, in a file of its own */
#include "travelplan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "lines.h"
#include "text.h"

#define FIRST "sanduq.v1/travel\n"

void
vlt_plan_init(struct vlt_plan *p)
{
    memset(p, 0, sizeof *p);
}

void
vlt_plan_clear(struct vlt_plan *p)
{
    size_t i;

    for (i = 0; i < p->lefts; i++)
        free(p->left[i].path);
    free(p->left);
    vlt_plan_init(p);
}

static bool
word_ok(const char *word, size_t len)
{
    size_t i;

    if (len == 0 || len > sizeof((struct vlt_plan_left *)0)->word - 1)
        return false;
    for (i = 0; i < len; i++) {
        if (!((word[i] >= 'a' && word[i] <= 'z') || word[i] == '-'))
            return false;
    }
    return true;
}

static bool
known(const struct vlt_plan *p, const char *word, const char *path)
{
    size_t i;

    for (i = 0; i < p->lefts; i++) {
        if (strcmp(p->left[i].word, word) == 0 &&
            strcmp(p->left[i].path, path) == 0)
            return true;
    }
    return false;
}

enum vault_status
vlt_plan_leave(struct vlt_plan *p, const char *word, const char *path,
    struct vault_error *err)
{
    struct vlt_plan_left *more, one = {.path = NULL};

    if (known(p, word, path))
        return VAULT_OK;
    if (!word_ok(word, strlen(word)) || path[0] == '\0')
        return vlt_fail(err, VAULT_E_FORMAT,
            "a line of the travel plan is malformed");
    if (p->lefts >= VLT_PLAN_LEFT || strlen(path) > VLT_PLAN_PATH)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the travel plan has room for %d things of at most %d bytes",
            (int)VLT_PLAN_LEFT, (int)VLT_PLAN_PATH);
    more = realloc(p->left, (p->lefts + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    p->left = more;
    memcpy(one.word, word, strlen(word));
    one.path = vlt_strdup(path);
    if (one.path == NULL)
        return vlt_fail_memory(err);
    p->left[p->lefts++] = one;
    return VAULT_OK;
}

/* ---- the text ---- */

static void
put_time(struct vlt_buf *out, int64_t t)
{
    if (t < 0)
        vlt_buf_put_str(out, "-");
    else
        vlt_buf_printf(out, "%" PRId64, t);
}

static void
put_way(struct vlt_buf *out, const struct vlt_plan_way *w)
{
    vlt_buf_put_str(out, "way ");
    vlt_lines_put_hex(out, w->slot, sizeof w->slot);
    if (w->card) {
        vlt_buf_printf(out, " card %" PRId64 " ", w->asked);
        vlt_lines_put_b64(out, w->expect, sizeof w->expect);
        vlt_buf_put_str(out, " ");
    } else {
        vlt_buf_put_str(out, " shares ");
    }
    put_time(out, w->proved);
    vlt_buf_put_str(out, "\n");
}

static bool
slots_differ(const struct vlt_plan *p)
{
    size_t i, k;

    for (i = 0; i < p->ways; i++) {
        for (k = i + 1; k < p->ways; k++) {
            if (memcmp(p->way[i].slot, p->way[k].slot, 16) == 0)
                return false;
        }
    }
    return true;
}

enum vault_status
vlt_plan_encode(struct vlt_buf *out, const struct vlt_plan *p,
    struct vault_error *err)
{
    size_t i;

    if (p->ways == 0 || p->ways > VLT_PLAN_WAYS || !slots_differ(p) ||
        p->generation == 0 || p->made < 0)
        return vlt_fail(err, VAULT_E_FORMAT, "the travel plan is malformed");
    vlt_buf_put_str(out, FIRST);
    vlt_lines_put_hex(out, p->vault, sizeof p->vault);
    vlt_buf_printf(out, " %" PRIu32 " ", p->generation);
    vlt_lines_put_b64(out, p->card, sizeof p->card);
    vlt_buf_printf(out, "\nmade %" PRId64 "\n", p->made);
    for (i = 0; i < p->ways; i++)
        put_way(out, &p->way[i]);
    for (i = 0; i < p->lefts; i++) {
        vlt_buf_printf(out, "left %s ", p->left[i].word);
        vlt_lines_put_b64(out, (const uint8_t *)p->left[i].path,
            strlen(p->left[i].path));
        vlt_buf_put_str(out, "\n");
    }
    return vlt_buf_end(out, "travel plan", err);
}

static int64_t
read_time(struct vlt_lines *l)
{
    uint64_t t = vlt_lines_u64(l);

    if (t > INT64_MAX)
        vlt_lines_fail(l);
    return t > INT64_MAX ? 0 : (int64_t)t;
}

static int64_t
read_time_or_none(struct vlt_lines *l)
{
    if (!vlt_lines_at(l, "-"))
        return read_time(l);
    vlt_lines_expect(l, "-");
    return -1;
}

static void
read_way(struct vlt_lines *l, struct vlt_plan *p)
{
    struct vlt_plan_way w = {.proved = -1};

    if (p->ways >= VLT_PLAN_WAYS) {
        vlt_lines_fail(l);
        return;
    }
    vlt_lines_expect(l, "way ");
    vlt_lines_hex(l, w.slot, sizeof w.slot);
    w.card = vlt_lines_at(l, " card ");
    vlt_lines_expect(l, w.card ? " card " : " shares ");
    if (w.card) {
        w.asked = read_time(l);
        vlt_lines_expect(l, " ");
        vlt_lines_b64(l, w.expect, sizeof w.expect);
        vlt_lines_expect(l, " ");
    }
    w.proved = read_time_or_none(l);
    vlt_lines_expect(l, "\n");
    p->way[p->ways++] = w;
}

static enum vault_status
read_left(struct vlt_lines *l, struct vlt_plan *p, struct vault_error *err)
{
    char word[17] = "", path[VLT_PLAN_PATH + 1];
    const char *s;
    size_t len, n = 0;

    vlt_lines_expect(l, "left ");
    s = vlt_lines_word(l, &len);
    if (!word_ok(s, len)) {
        vlt_lines_fail(l);
        return VAULT_OK;
    }
    memcpy(word, s, len);
    vlt_lines_expect(l, " ");
    s = vlt_lines_word(l, &len);
    if (l->failed || len > VLT_B64_SIZE((size_t)VLT_PLAN_PATH) ||
        !vlt_unb64((uint8_t *)path, VLT_PLAN_PATH, &n, s, len) || n == 0 ||
        memchr(path, 0, n) != NULL) {
        vlt_lines_fail(l);
        return VAULT_OK;
    }
    path[n] = '\0';
    vlt_lines_expect(l, "\n");
    return l->failed ? VAULT_OK : vlt_plan_leave(p, word, path, err);
}

static enum vault_status
read_all(struct vlt_lines *l, struct vlt_plan *p, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    vlt_lines_expect(l, FIRST);
    vlt_lines_hex(l, p->vault, sizeof p->vault);
    vlt_lines_expect(l, " ");
    p->generation = vlt_lines_u32(l);
    vlt_lines_expect(l, " ");
    vlt_lines_b64(l, p->card, sizeof p->card);
    vlt_lines_expect(l, "\nmade ");
    p->made = read_time(l);
    vlt_lines_expect(l, "\n");
    while (vlt_lines_at(l, "way "))
        read_way(l, p);
    while (st == VAULT_OK && vlt_lines_at(l, "left "))
        st = read_left(l, p, err);
    return st == VAULT_OK ? vlt_lines_end(l, "travel plan", err) : st;
}

enum vault_status
vlt_plan_decode(struct vlt_plan *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_plan p;
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    vlt_plan_init(&p);
    vlt_buf_init(&again, VLT_PLAN_MAX);
    vlt_lines_init(&l, text, len);
    st = len > VLT_PLAN_MAX
        ? vlt_fail(err, VAULT_E_FORMAT, "the travel plan is too long")
        : read_all(&l, &p, err);
    if (st == VAULT_OK)
        st = vlt_plan_encode(&again, &p, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "travel plan", err);
    vlt_buf_clear(&again);
    if (st != VAULT_OK) {
        vlt_plan_clear(&p);
        return st;
    }
    *out = p;
    return VAULT_OK;
}
