/* SPDX-License-Identifier: Apache-2.0 */
/* test_stamp.c: time evidence belongs to one state of the log, or to nothing */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/device.h>
#include <vault/evidence.h>
#include <vault/stamp.h>

#include "known.h"
#include "quick_vault.h"

enum { MANY = 25 };

struct blob {
    uint8_t p[4096];
    size_t n;
};

/* What OpenSSL answered about another text, made to be about this one: the
 * signature no longer holds, and nobody here looks at it. */
static struct blob
token_about(const uint8_t imprint[32], const char *name)
{
    static const char was[] =
        "f2e116a13a3b3c0b5d26e3c276ba07a0260031a80e56b06c2e6cdae68fd440cd";
    const char *src = getenv("SRC");
    struct blob b = {{0}, 0};
    uint8_t old[32], *p;
    char path[TEMP_PATH];
    size_t at = 0;

    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/rfc3161/%s",
        src != NULL ? src : ".", name);
    p = temp_read(path, &b.n);
    assert_true(b.n <= sizeof b.p);
    memcpy(b.p, p, b.n);
    free(p);
    from_hex(old, 32, was);
    while (at + 32 < b.n && memcmp(b.p + at, old, 32) != 0)
        at++;
    if (at + 32 < b.n)
        memcpy(b.p + at, imprint, 32);
    return b;
}

static struct blob
proof_about(const uint8_t imprint[32], uint8_t tail)
{
    static const char magic[] =
        "004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e892940108";
    struct blob b = {{0}, sizeof magic / 2 + 33};

    from_hex(b.p, sizeof magic / 2, magic);
    memcpy(b.p + sizeof magic / 2, imprint, 32);
    b.p[b.n - 1] = tail;
    return b;
}

static struct vault_stamp_request
ask(struct vault *v)
{
    struct vault_stamp_request r;

    assert_int_equal(vault_stamp_request(v, NULL, &r, NULL), VAULT_OK);
    return r;
}

static void
attach(struct vault *v, const struct blob *b, bool known)
{
    struct vault_stamp_attached a;
    struct vault_error err;

    if (vault_stamp_attach(v, b->p, b->n, &a, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_true(a.known == known);
}

static void
refuse(struct vault *v, const struct blob *b, enum vault_status st,
    const char *says)
{
    struct vault_stamp_attached a;
    struct vault_error err;

    assert_int_equal(vault_stamp_attach(v, b->p, b->n, &a, &err), st);
    if (strstr(err.message, says) == NULL)
        fail_msg("\"%s\" in: %s", says, err.message);
}

static long long
count(const struct quick_vault *q, const char *sql)
{
    return quick_count(q->path, sql);
}

static void
expect_lines(const struct quick_vault *q, enum vault_status st,
    const char *line)
{
    static struct quick_verdict said;

    quick_verify(q->path, NULL, &said);
    if (said.st != st || strstr(said.lines, line) == NULL)
        fail_msg("status %d, \"%s\" in:\n%s", (int)said.st, line, said.lines);
}

/* ---- asking ---- */

static int
take_note(void *ctx, const char *note, size_t len)
{
    char *out = ctx;

    assert_true(len < 1024);
    memcpy(out, note, len + 1);
    return 0;
}

static void
the_same_state_is_the_same_request(void **state)
{
    struct vault_stamp_request a, b;
    struct vault *locked = NULL;
    struct vault_hash *h = vault_hash_new(VAULT_SHA256);
    struct quick_vault q;
    uint8_t sha[32];
    char note[1024];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "x", "text", 4, NULL);
    a = ask(q.v);
    assert_int_equal(vault_log_checkpoints(q.v, take_note, note, NULL),
        VAULT_OK);
    quick_close(&q);
    assert_int_equal(vault_open(q.path, &q.opt, &locked, NULL), VAULT_OK);
    b = ask(locked);
    vault_close(locked);
    assert_memory_equal(a.request, b.request, sizeof a.request);
    assert_int_equal(a.size, 5);
    /* the text is the checkpoint up to its blank line; the imprint is its
     * hash; the imprint stands in the request */
    assert_memory_equal(a.text, note, a.text_len);
    assert_memory_equal(note + a.text_len, "\n\xe2\x80\x94 ", 5);
    vault_hash_update(h, a.text, a.text_len);
    vault_hash_final(h, sha);
    vault_hash_free(h);
    assert_memory_equal(sha, a.imprint, 32);
    assert_memory_equal(a.request + 24, a.imprint, 32);
    assert_int_equal(count(&q, "SELECT count(*) FROM leaf"), 5);
    assert_int_equal(count(&q, "SELECT count(*) FROM checkpoint WHERE keep"),
        1);
    expect_lines(&q, VAULT_OK, "structure");
    quick_end(&q);
}

static void
one_log_can_be_named(void **state)
{
    struct vault_stamp_request r;
    struct quick_vault q;
    char first[129];

    (void)state;
    quick_make(&q);
    r = ask(q.v);
    memcpy(first, r.origin, sizeof first);
    quick_close(&q);
    q.opt.no_state = true; /* another machine: another log, which names it */
    quick_again(&q);
    quick_add(q.v, "x", NULL, 0, NULL);
    r = ask(q.v);
    assert_string_not_equal(r.origin, first);
    assert_int_equal(vault_stamp_request(q.v, first, &r, NULL), VAULT_OK);
    assert_string_equal(r.origin, first);
    assert_int_equal(vault_stamp_request(q.v, strrchr(first, '/') + 1, &r,
                         NULL),
        VAULT_OK);
    assert_string_equal(r.origin, first);
    assert_int_equal(vault_stamp_request(q.v, "0102030405060708", &r, NULL),
        VAULT_E_NOT_FOUND);
    quick_end(&q);
}

static void
a_capture_file_keeps_none(void **state)
{
    struct vault_stamp_request r;
    struct vault *c = NULL;
    struct quick_vault q;
    struct vault *v = NULL;
    char vault[TEMP_PATH], capture[TEMP_PATH];
    const struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "w.sanduq", vault);
    temp_dir_path(&q.dir, "w.sanduq.capture", capture);
    assert_int_equal(vault_create_with_capture(vault, capture, q.key, &cost,
                         &q.opt, &v, NULL),
        VAULT_OK);
    vault_close(v);
    assert_int_equal(vault_capture_open(capture, &q.opt, &c, NULL), VAULT_OK);
    quick_add(c, "x", NULL, 0, NULL);
    assert_int_equal(vault_stamp_request(c, NULL, &r, NULL), VAULT_E_USAGE);
    vault_close(c);
    quick_end(&q);
}

/* ---- keeping ---- */

static void
what_comes_back_is_kept_once(void **state)
{
    struct vault_stamp_request r;
    struct blob token, bare, proof;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "x", "text", 4, NULL);
    r = ask(q.v);
    quick_add(q.v, "later", "text", 4, NULL);
    quick_add(q.v, "and later", "text", 4, NULL);
    token = token_about(r.imprint, "granted");
    bare = token_about(r.imprint, "token");
    proof = proof_about(r.imprint, 1);
    attach(q.v, &token, false);
    attach(q.v, &token, true);
    attach(q.v, &bare, true); /* it gets the same answer around it */
    attach(q.v, &proof, false);
    attach(q.v, &proof, true);
    proof = proof_about(r.imprint, 2); /* the same proof, grown */
    attach(q.v, &proof, false);
    quick_close(&q);
    assert_int_equal(count(&q, "SELECT count(*) FROM attachment"), 3);
    assert_int_equal(count(&q,
                         "SELECT count(*) FROM leaf WHERE kind = 'stamp'"),
        3);
    assert_int_equal(count(&q, "SELECT min(size) FROM attachment"), r.size);
    expect_lines(&q, VAULT_OK, "its first 5 lines, of 10");
    expect_lines(&q, VAULT_OK, "claims 2026-11-29T01:38:44Z");
    expect_lines(&q, VAULT_OK, "of no later line");
    quick_end(&q);
}

static void
what_fits_nothing_is_refused_and_nothing_written(void **state)
{
    static const uint8_t other[32] = {1, 2, 3};
    static struct blob b;
    static uint8_t large[VAULT_STAMP_MAX + 1];
    struct vault_stamp_request r;
    struct vault_stamp_attached a;
    struct quick_vault q;
    char *before, *after;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "x", "text", 4, NULL);
    r = ask(q.v);
    before = temp_dir_picture(&q.dir);
    b = token_about(other, "granted");
    refuse(q.v, &b, VAULT_E_NOT_FOUND, "about no state");
    b = proof_about(other, 1);
    refuse(q.v, &b, VAULT_E_NOT_FOUND, "about no state");
    b = token_about(r.imprint, "sha512");
    refuse(q.v, &b, VAULT_E_FORMAT, "another hash");
    b = token_about(r.imprint, "refused");
    refuse(q.v, &b, VAULT_E_POLICY, "Requested policy is not supported.");
    b = token_about(r.imprint, "granted");
    b.n--;
    refuse(q.v, &b, VAULT_E_FORMAT, "whole answer");
    b.n = 0;
    refuse(q.v, &b, VAULT_E_FORMAT, "no time evidence");
    memcpy(b.p, "dGhlIHRva2Vu", b.n = 12);
    refuse(q.v, &b, VAULT_E_FORMAT, "no time evidence");
    assert_int_equal(vault_stamp_attach(q.v, large, sizeof large, &a, NULL),
        VAULT_E_LIMIT);
    after = temp_dir_picture(&q.dir);
    assert_string_equal(before, after);
    free(before);
    free(after);
    vault_lock(q.v);
    b = token_about(r.imprint, "granted");
    refuse(q.v, &b, VAULT_E_LOCKED, "");
    quick_end(&q);
}

static void
an_answer_with_changes_is_an_answer(void **state)
{
    struct vault_stamp_request r;
    struct quick_vault q;
    struct blob b;

    (void)state;
    quick_make(&q);
    r = ask(q.v);
    b = token_about(r.imprint, "with-changes");
    attach(q.v, &b, false);
    quick_close(&q);
    expect_lines(&q, VAULT_OK, "time evidence (tsr) is over this very state");
    quick_end(&q);
}

/* ---- what others did to it ---- */

static void
rows_that_were_changed_are_found(void **state)
{
    static const struct {
        const char *name, *sql;
        enum vault_status st;
        const char *says;
    } rows[] = {
        {"a byte of the signature",
            "UPDATE attachment SET b = CAST(substr(b, 1, length(b) - 1) || "
            "x'00' AS BLOB)",
            VAULT_E_TAMPERED, "taken away"},
        {"beside another state",
            "UPDATE attachment SET size = (SELECT max(size) FROM checkpoint)",
            VAULT_E_TAMPERED, "about something else"},
        {"called a proof", "UPDATE attachment SET kind = 'ots'",
            VAULT_E_TAMPERED, "malformed"},
        {"called something unknown", "UPDATE attachment SET kind = 'roughtime'",
            VAULT_E_TAMPERED, "of another kind than is said of it"},
        {"taken away", "DELETE FROM attachment", VAULT_E_TAMPERED,
            "taken away"},
        {"its state taken away", "DELETE FROM checkpoint WHERE size < 6",
            VAULT_E_TAMPERED, "attachments of no checkpoint"},
        {"one more, of no line",
            "INSERT INTO attachment SELECT 9, log, size, kind, "
            "CAST(b || x'00' AS BLOB) FROM attachment",
            VAULT_E_TAMPERED, "that no line names: 1"},
        {"one more, the same",
            "INSERT INTO attachment SELECT 9, log, size, kind, b FROM "
            "attachment",
            VAULT_E_TAMPERED, "that no line names: 1"},
        {"of no log", "UPDATE attachment SET log = 7", VAULT_E_TAMPERED,
            "attachments of no log"},
        {"without bytes", "UPDATE attachment SET b = x''", VAULT_E_TAMPERED,
            "taken away"},
    };
    struct vault_stamp_request r;
    struct quick_vault q;
    struct blob b;
    uint8_t *good;
    size_t n;

    (void)state;
    quick_make(&q);
    r = ask(q.v);
    b = token_about(r.imprint, "granted");
    attach(q.v, &b, false);
    quick_add(q.v, "x", "text", 4, NULL);
    quick_close(&q);
    good = temp_read(q.path, &n);
    for (size_t i = 0; i < ROWS(rows); i++) {
        static struct quick_verdict said;

        quick_sql(q.path, rows[i].sql);
        quick_verify(q.path, NULL, &said);
        if (said.st != rows[i].st || strstr(said.lines, rows[i].says) == NULL)
            fail_msg("%s: %d\n%s", rows[i].name, (int)said.st, said.lines);
        if (said.st != VAULT_OK &&
            said.verdict.stamps != (strstr(rows[i].name, "one more") != NULL))
            fail_msg("%s: told as held", rows[i].name);
        temp_write(q.path, good, n);
    }
    free(good);
    quick_end(&q);
}

static void
a_log_that_does_not_hold_gives_nothing(void **state)
{
    static struct quick_verdict said;
    struct vault_stamp_request r;
    struct quick_vault q;
    struct blob b;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "x", "text", 4, NULL);
    r = ask(q.v);
    b = token_about(r.imprint, "granted");
    attach(q.v, &b, false);
    quick_close(&q);
    quick_sql(q.path, "UPDATE leaf SET subj = zeroblob(32) WHERE idx = 4");
    quick_verify(q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_int_equal(said.verdict.stamps, 0);
    assert_non_null(strstr(said.lines, "states that do not hold"));
    assert_null(strstr(said.lines, "this very state"));
    quick_end(&q);
}

/* ---- many, and what is told ---- */

struct facts {
    unsigned held, other;
    uint64_t size;
    int64_t time;
};

static int
take_fact(void *ctx, const struct vault_evidence *e)
{
    /* ctx is that of the findings, which here are nobody's */
    static struct facts f;

    (void)ctx;
    if (e == NULL) {
        memset(&f, 0, sizeof f);
        return 0;
    }
    if (e->kind != VAULT_EV_STAMP)
        return 0;
    assert_non_null(e->origin);
    assert_true(e->note_len > 0);
    assert_string_equal(e->word, f.held + f.other == 0 ? "tsr" : "ots");
    assert_true(e->time == (f.held + f.other == 0 ? 1795916324 : -1));
    f.held += e->state == VAULT_EV_HELD;
    f.other += e->state != VAULT_EV_HELD;
    assert_int_equal(e->size, 4);
    return 0;
}

static int
count_stamps(void *ctx, const struct vault_stamp *s)
{
    unsigned *n = ctx;

    assert_true(s->fits);
    assert_int_equal(s->size, 4);
    assert_memory_equal(s->note + s->text_len, "\n\xe2\x80\x94 ", 5);
    ++*n;
    return 0;
}

static void
many_are_counted(void **state)
{
    static struct quick_verdict said;
    struct vault_verify_options o;
    struct vault_stamp_request r;
    struct quick_vault q;
    struct blob b;
    unsigned n = 0;

    (void)state;
    quick_make(&q);
    r = ask(q.v);
    b = token_about(r.imprint, "with-certificate");
    attach(q.v, &b, false);
    for (unsigned i = 1; i < MANY; i++) {
        b = proof_about(r.imprint, (uint8_t)i);
        attach(q.v, &b, false);
    }
    quick_close(&q);
    memset(&o, 0, sizeof o);
    o.evidence = take_fact;
    (void)take_fact(NULL, NULL);
    quick_verify_with(q.path, &o, &said);
    assert_int_equal(said.st, VAULT_OK);
    assert_int_equal(said.verdict.stamps, MANY);
    assert_non_null(strstr(said.lines, "5 more like these"));
    assert_int_equal(vault_stamps(q.path, count_stamps, &n, NULL), VAULT_OK);
    assert_int_equal(n, MANY);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_state_is_the_same_request),
        cmocka_unit_test(one_log_can_be_named),
        cmocka_unit_test(a_capture_file_keeps_none),
        cmocka_unit_test(what_comes_back_is_kept_once),
        cmocka_unit_test(what_fits_nothing_is_refused_and_nothing_written),
        cmocka_unit_test(an_answer_with_changes_is_an_answer),
        cmocka_unit_test(rows_that_were_changed_are_found),
        cmocka_unit_test(a_log_that_does_not_hold_gives_nothing),
        cmocka_unit_test(many_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
