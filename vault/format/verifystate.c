/* SPDX-License-Identifier: Apache-2.0 */
/* verifystate.c: what an auditor keeps of a check, to look at the new only */
#include "verifystate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "lines.h"
#include "text.h"

static const char *const kinds[VLT_CHECKED_KINDS] = {"vault", "capture",
    "audit"};
/* `sum `, base64, LF */
enum { SUM_LINE = 4 + VLT_B64_32 + 1 };

size_t
vlt_edge_count(uint64_t size)
{
    size_t n = 0;

    for (; size != 0; size >>= 1)
        n += size & 1;
    return n;
}

void
vlt_verifystate_clear(struct vlt_verifystate *s)
{
    size_t i;

    for (i = 0; i < s->logs; i++)
        free(s->log[i].edge);
    free(s->log);
    free(s->card);
    free(s->revoke);
    *s = (struct vlt_verifystate){0};
}

bool
vlt_verifystate_is(const char *text, size_t len)
{
    size_t n = strlen(VLT_VERIFYSTATE_FIRST);

    return len >= n && memcmp(text, VLT_VERIFYSTATE_FIRST, n) == 0;
}

/* ---- writing ---- */

static void
put_hash(struct vlt_buf *out, const char *word, const uint8_t *hash, bool has)
{
    vlt_buf_put_str(out, word);
    if (has)
        vlt_lines_put_b64(out, hash, 32);
    else
        vlt_buf_put_str(out, "-");
}

static void
put_log(struct vlt_buf *out, const struct vlt_checked_log *l)
{
    size_t i;

    vlt_buf_printf(out, "log %" PRIu64 " ", l->n);
    vlt_lines_put_hex(out, l->replica, sizeof l->replica);
    vlt_buf_printf(out, " %" PRIu64, l->size);
    put_hash(out, " ", l->note, true);
    put_hash(out, "\nsets ", l->slots, l->has_slots);
    put_hash(out, " ", l->settings, l->has_settings);
    vlt_buf_put_str(out, "\n");
    for (i = 0; i < l->edges; i++) {
        put_hash(out, "edge ", l->edge[i].b, true);
        vlt_buf_put_str(out, "\n");
    }
}

/* Everything but the line with the hash. */
static void
put_body(struct vlt_buf *out, const struct vlt_verifystate *s)
{
    size_t i;

    vlt_buf_put_str(out, VLT_VERIFYSTATE_FIRST);
    vlt_lines_put_hex(out, s->vault, sizeof s->vault);
    vlt_buf_printf(out, " %s\ntime %" PRIu64 " %" PRIu64, kinds[s->kind],
        s->time, s->whole);
    vlt_buf_printf(out,
        "\nrecords %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\nrows",
        s->records, s->withdrawn, s->untrusted, s->foreign);
    for (i = 0; i < VLT_CHECKED_TABLES; i++)
        vlt_buf_printf(out, " %" PRIu64, s->row[i]);
    vlt_buf_put_str(out, "\n");
    for (i = 0; i < s->cards; i++) {
        put_hash(out, "card ", s->card[i].b, true);
        vlt_buf_put_str(out, "\n");
    }
    for (i = 0; i < s->revoked; i++) {
        put_hash(out, "revoke ", s->revoke[i].b, true);
        vlt_buf_put_str(out, "\n");
    }
    for (i = 0; i < s->logs; i++)
        put_log(out, &s->log[i]);
}

enum vault_status
vlt_verifystate_encode(struct vlt_buf *out, const struct vlt_verifystate *s,
    struct vault_error *err)
{
    struct vlt_buf body;
    uint8_t sum[32];
    enum vault_status st;

    vlt_buf_init(&body, VLT_VERIFYSTATE_MAX - SUM_LINE);
    put_body(&body, s);
    st = vlt_buf_end(&body, "saved state", err);
    if (st == VAULT_OK) {
        vlt_sha256(sum, body.p, body.len);
        vlt_buf_put(out, body.p, body.len);
        put_hash(out, "sum ", sum, true);
        vlt_buf_put_str(out, "\n");
        st = vlt_buf_end(out, "saved state", err);
    }
    vlt_buf_clear(&body);
    return st;
}

/* ---- reading ---- */

/* One more element, the room doubled at every power of two. */
static void *
grow(void *p, size_t n, size_t most, size_t size, struct vlt_lines *l)
{
    void *more = p;

    if (n >= most)
        more = NULL;
    else if ((n & (n - 1)) == 0)
        more = realloc(p, (n == 0 ? 1 : 2 * n) * size);
    if (more == NULL)
        vlt_lines_fail(l);
    return more;
}

static void
read_hashes(struct vlt_lines *l, const char *word, size_t most,
    struct vlt_hash32 **list, size_t *n)
{
    while (vlt_lines_at(l, word)) {
        struct vlt_hash32 *more = grow(*list, *n, most, sizeof *more, l);

        if (more == NULL)
            return;
        *list = more;
        vlt_lines_expect(l, word);
        vlt_lines_b64(l, more[*n].b, 32);
        vlt_lines_expect(l, "\n");
        ++*n;
    }
}

static void
read_edge(struct vlt_lines *l, struct vlt_checked_log *log)
{
    size_t i;

    log->edges = vlt_edge_count(log->size);
    if (l->failed || log->size == 0 || log->size > INT64_MAX)
        vlt_lines_fail(l);
    else
        log->edge = calloc(log->edges + 1, sizeof *log->edge);
    if (log->edge == NULL) {
        vlt_lines_fail(l);
        return;
    }
    for (i = 0; i < log->edges && !l->failed; i++) {
        vlt_lines_expect(l, "edge ");
        vlt_lines_b64(l, log->edge[i].b, 32);
        vlt_lines_expect(l, "\n");
    }
}

static void
read_logs(struct vlt_lines *l, struct vlt_verifystate *s)
{
    while (vlt_lines_at(l, "log ")) {
        struct vlt_checked_log *more =
            grow(s->log, s->logs, VLT_VERIFYSTATE_LOGS, sizeof *more, l);
        struct vlt_checked_log *log;

        if (more == NULL)
            return;
        s->log = more;
        log = &more[s->logs++];
        *log = (struct vlt_checked_log){0};
        vlt_lines_expect(l, "log ");
        log->n = vlt_lines_u64(l);
        vlt_lines_expect(l, " ");
        vlt_lines_hex(l, log->replica, sizeof log->replica);
        vlt_lines_expect(l, " ");
        log->size = vlt_lines_u64(l);
        vlt_lines_expect(l, " ");
        vlt_lines_b64(l, log->note, 32);
        vlt_lines_expect(l, "\nsets ");
        log->has_slots = vlt_lines_b64_or_none(l, log->slots, 32);
        vlt_lines_expect(l, " ");
        log->has_settings = vlt_lines_b64_or_none(l, log->settings, 32);
        vlt_lines_expect(l, "\n");
        read_edge(l, log);
        if (s->logs > 1 && log->n <= log[-1].n)
            vlt_lines_fail(l);
    }
}

static void
read_kind(struct vlt_lines *l, struct vlt_verifystate *s)
{
    size_t i, len;
    const char *word = vlt_lines_word(l, &len);

    for (i = 0; i < VLT_CHECKED_KINDS; i++) {
        if (strlen(kinds[i]) == len && memcmp(kinds[i], word, len) == 0) {
            s->kind = (enum vlt_checked_kind)i;
            return;
        }
    }
    vlt_lines_fail(l);
}

static void
read_body(struct vlt_lines *l, struct vlt_verifystate *s)
{
    size_t i;

    vlt_lines_expect(l, VLT_VERIFYSTATE_FIRST);
    vlt_lines_hex(l, s->vault, sizeof s->vault);
    vlt_lines_expect(l, " ");
    read_kind(l, s);
    vlt_lines_expect(l, "\ntime ");
    s->time = vlt_lines_u64(l);
    vlt_lines_expect(l, " ");
    s->whole = vlt_lines_u64(l);
    if (s->time > INT64_MAX || s->whole > INT64_MAX)
        vlt_lines_fail(l);
    vlt_lines_expect(l, "\nrecords ");
    s->records = vlt_lines_u64(l);
    vlt_lines_expect(l, " ");
    s->withdrawn = vlt_lines_u64(l);
    vlt_lines_expect(l, " ");
    s->untrusted = vlt_lines_u64(l);
    vlt_lines_expect(l, " ");
    s->foreign = vlt_lines_u64(l);
    vlt_lines_expect(l, "\nrows");
    for (i = 0; i < VLT_CHECKED_TABLES; i++) {
        vlt_lines_expect(l, " ");
        s->row[i] = vlt_lines_u64(l);
        if (s->row[i] > INT64_MAX)
            vlt_lines_fail(l);
    }
    vlt_lines_expect(l, "\n");
    read_hashes(l, "card ", VLT_VERIFYSTATE_CARDS, &s->card, &s->cards);
    read_hashes(l, "revoke ", VLT_VERIFYSTATE_NOTES, &s->revoke, &s->revoked);
    read_logs(l, s);
}

/* Whether the last line is the hash of all before it. */
static bool
sum_fits(const char *text, size_t len)
{
    uint8_t sum[32], got[32];
    struct vlt_lines l;

    if (len < SUM_LINE)
        return false;
    vlt_sha256(got, text, len - SUM_LINE);
    vlt_lines_init(&l, text + len - SUM_LINE, SUM_LINE);
    vlt_lines_expect(&l, "sum ");
    vlt_lines_b64(&l, sum, 32);
    vlt_lines_expect(&l, "\n");
    return vlt_lines_end(&l, "saved state", NULL) == VAULT_OK &&
        memcmp(sum, got, 32) == 0;
}

static enum vault_status
decode(struct vlt_verifystate *s, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len - SUM_LINE);
    read_body(&l, s);
    st = vlt_lines_end(&l, "saved state", err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&again, VLT_VERIFYSTATE_MAX);
    st = vlt_verifystate_encode(&again, s, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "saved state", err);
    vlt_buf_clear(&again);
    return st;
}

enum vault_status
vlt_verifystate_decode(struct vlt_verifystate *out, const char *text,
    size_t len, struct vault_error *err)
{
    struct vlt_verifystate s = {0};
    enum vault_status st;

    if (!vlt_verifystate_is(text, len) || len > VLT_VERIFYSTATE_MAX)
        return vlt_fail(err, VAULT_E_FORMAT, "this is no saved state");
    if (!sum_fits(text, len))
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            "verify the file once without it, with --save-state",
            "the saved state is damaged: it is not as it was written");
    st = decode(&s, text, len, err);
    if (st != VAULT_OK) {
        vlt_verifystate_clear(&s);
        return st;
    }
    *out = s;
    return VAULT_OK;
}
