/* SPDX-License-Identifier: Apache-2.0 */
/* test_staging.c: what a killed process was sealing is given back, later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "quick_vault.h"

enum { MIB = 1024 * 1024 };

static const char staged[] = "SELECT count(*) FROM staging";
static const char segments[] = "SELECT count(*) FROM segment";

/* Write n MiB of a body and stop there. */
static struct vault_sealer *
begin_body(struct vault *v, unsigned n)
{
    static uint8_t buf[MIB];
    struct vault_sealer *s = NULL;

    if (vault_seal_begin(v, "file", &s, NULL) != VAULT_OK)
        temp_die("vault_seal_begin", "staging");
    for (unsigned i = 0; i < n; i++) {
        quick_noise(buf, MIB, i);
        if (vault_seal_write(s, buf, MIB, NULL) != VAULT_OK)
            temp_die("vault_seal_write", "staging");
    }
    return s;
}

static void
die_in_the_middle(void *ctx)
{
    struct quick_vault *q = ctx;

    (void)begin_body(quick_open(q, q->path, &q->opt), 80);
    kill(getpid(), SIGKILL);
}

static void
expect_sound(const struct quick_vault *q)
{
    struct quick_verdict said;

    quick_verify(q->path, q->key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
}

static void
a_killed_process_leaves_only_what_the_next_writer_takes_back(void **state)
{
    struct quick_vault q;
    char journal[TEMP_PATH + 16];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "before", "abc", 3, NULL);
    quick_close(&q);
    assert_int_equal(quick_child(die_in_the_middle, &q), 256 + SIGKILL);
    (void)snprintf(journal, sizeof journal, "%s-journal", q.path);
    expect_sound(&q);
    /* whoever opens it finds the record from before, and no other */
    quick_again(&q);
    assert_int_equal(quick_listed(q.v), 1);
    assert_int_equal(quick_count(q.path, staged), 1);
    assert_true(quick_count(q.path, segments) >= 32);
    /* the first write takes back what was staged */
    quick_add(q.v, "after", NULL, 0, NULL);
    assert_int_equal(quick_count(q.path, staged), 0);
    assert_int_equal(quick_count(q.path, segments), 0);
    assert_int_equal(quick_listed(q.v), 2);
    quick_close(&q);
    assert_false(temp_exists(journal));
    expect_sound(&q);
    quick_end(&q);
}

static void
an_abandoned_body_is_given_back_by_the_next_handle(void **state)
{
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    vault_seal_abort(begin_body(q.v, 44));
    assert_int_equal(quick_count(q.path, staged), 1);
    quick_add(q.v, "small", NULL, 0, NULL);
    quick_again(&q);
    assert_int_equal(quick_listed(q.v), 1);
    quick_add(q.v, "next", NULL, 0, NULL);
    assert_int_equal(quick_count(q.path, staged), 0);
    assert_int_equal(quick_count(q.path, segments), 0);
    expect_sound(&q);
    quick_end(&q);
}

/*
 * A second process, begun before the first one opens the file (SQLite does
 * not survive a fork): told to go on it opens, says so, and adds a record as
 * soon as it may.
 */
struct other {
    struct quick_vault *q;
    int go[2]; /* pipes */
    int opened[2];
};

static void
add_a_small_one(void *ctx)
{
    struct other *o = ctx;
    struct vault *v;
    char x;

    if (read(o->go[0], &x, 1) != 1)
        temp_die("read", "pipe");
    v = quick_open(o->q, o->q->path, &o->q->opt);
    if (write(o->opened[1], "x", 1) != 1)
        temp_die("write", "pipe");
    quick_add(v, "small", NULL, 0, NULL);
    vault_close(v);
    _exit(0);
}

static void
another_process_that_is_staging_is_not_disturbed(void **state)
{
    static uint8_t buf[MIB];
    struct quick_vault q;
    struct other o = {&q, {-1, -1}, {-1, -1}};
    struct vault_sealer *s;
    struct vault_sealed out;
    size_t len;
    uint8_t *got;
    int status = 0;
    char x;
    pid_t pid;

    (void)state;
    quick_make(&q);
    assert_int_equal(pipe(o.go) + pipe(o.opened), 0);
    quick_close(&q);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        add_a_small_one(&o);
    quick_again(&q);
    /* 32 segments committed, a few more in memory: no lock is held on the
     * vault, but one beside the state file says that somebody is at it */
    s = begin_body(q.v, 37);
    assert_int_equal(quick_count(q.path, segments), 32);
    assert_int_equal(write(o.go[1], "x", 1), 1);
    assert_int_equal(read(o.opened[0], &x, 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid); /* nobody is kept out */
    assert_int_equal(status, 0);
    for (unsigned i = 37; i < 80; i++) {
        quick_noise(buf, MIB, i);
        assert_int_equal(vault_seal_write(s, buf, MIB, NULL), VAULT_OK);
    }
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    assert_int_equal(quick_count(q.path, staged), 0);
    assert_int_equal(quick_listed(q.v), 2);
    got = quick_body(q.v, out.id, &len);
    assert_int_equal(len, (size_t)80 * MIB);
    for (unsigned i = 0; i < 80; i++) {
        quick_noise(buf, MIB, i);
        assert_memory_equal(got + (size_t)i * MIB, buf, MIB);
    }
    free(got);
    for (int i = 0; i < 2; i++) {
        close(o.go[i]);
        close(o.opened[i]);
    }
    expect_sound(&q);
    quick_end(&q);
}

static void
a_body_that_was_taken_back_in_between_is_refused_whole(void **state)
{
    static uint8_t buf[MIB];
    struct quick_vault q;
    struct vault_sealer *s;
    struct vault_sealed out;
    enum vault_status st = VAULT_OK;

    (void)state;
    quick_make(&q);
    s = begin_body(q.v, 33); /* 32 segments, and one not yet written */
    /* as if another program had judged it abandoned */
    quick_sql(q.path, "DELETE FROM segment; DELETE FROM staging");
    for (unsigned i = 0; st == VAULT_OK && i < 2; i++)
        st = vault_seal_write(s, buf, MIB, NULL);
    if (st == VAULT_OK)
        st = vault_seal_commit(s, &out, NULL);
    else
        vault_seal_abort(s);
    assert_int_equal(st, VAULT_E_BUSY);
    assert_int_equal(quick_listed(q.v), 0);
    expect_sound(&q);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_killed_process_leaves_only_what_the_next_writer_takes_back),
        cmocka_unit_test(an_abandoned_body_is_given_back_by_the_next_handle),
        cmocka_unit_test(another_process_that_is_staging_is_not_disturbed),
        cmocka_unit_test(
            a_body_that_was_taken_back_in_between_is_refused_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
