/* SPDX-License-Identifier: Apache-2.0 */
/* test_concurrency.c: readers and writers of one vault at the same time */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "quick_vault.h"

enum { MIB = 1024 * 1024, EACH = 20 };

static void
expect_sound(const struct quick_vault *q)
{
    struct quick_verdict said;

    quick_verify(q->path, q->key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
}

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct both {
    struct vault *writer;
    unsigned seen;
    size_t bytes;
};

static int
add_while_looking(void *ctx, const struct vault_entry *entry)
{
    struct both *b = ctx;

    (void)entry;
    if (b->seen++ < 3)
        quick_add(b->writer, "during the walk", "abc", 3, NULL);
    return 0;
}

static enum vault_status
add_while_reading(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct both *b = ctx;

    (void)p;
    (void)err;
    if (b->bytes == 0)
        quick_add(b->writer, "during the reading", "abc", 3, NULL);
    b->bytes += n;
    return VAULT_OK;
}

static void
a_writer_gets_in_while_another_reads(void **state)
{
    struct quick_vault q;
    struct vault_options opt = {.no_state = true};
    struct vault_sealed out;
    struct vault_record *r;
    struct both b = {NULL, 0, 0};
    uint8_t *p = malloc(5 * MIB);
    struct vault *v;

    (void)state;
    quick_make(&q);
    quick_noise(p, 5 * MIB, 1);
    quick_add(q.v, "body", p, 5 * MIB, &out);
    for (int i = 0; i < 40; i++)
        quick_add(q.v, "x", NULL, 0, NULL);
    v = quick_open(&q, q.path, &opt);
    b.writer = q.v;
    assert_int_equal(vault_list(v, NULL, add_while_looking, NULL, &b, NULL),
        VAULT_OK);
    assert_true(b.seen >= 41);
    assert_int_equal(vault_record_open(v, out.id, 0, &r, NULL), VAULT_OK);
    assert_int_equal(vault_record_read(r, add_while_reading, &b, NULL),
        VAULT_OK);
    assert_int_equal(b.bytes, 5 * MIB);
    vault_record_close(r);
    assert_int_equal(quick_listed(v), 45);
    vault_close(v);
    expect_sound(&q);
    free(p);
    quick_end(&q);
}

static void
a_second_writer_waits_as_long_as_told_and_is_told_why(void **state)
{
    struct quick_vault q;
    struct vault_options opt = {.no_state = true, .busy_ms = 300};
    struct vault_sealer *s;
    struct vault_sealed out;
    struct vault_error err;
    struct vault *v;
    double begun, took;

    (void)state;
    quick_make(&q);
    v = quick_open(&q, q.path, &opt);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    quick_add(q.v, "holds the lock", NULL, 0, NULL);
    assert_int_equal(vault_seal_begin(v, "note", &s, NULL), VAULT_OK);
    begun = now();
    assert_int_equal(vault_seal_commit(s, &out, &err), VAULT_E_BUSY);
    took = now() - begun;
    assert_true(took > 0.2 && took < 2.0);
    assert_non_null(err.hint);
    assert_int_equal(quick_listed(v), 0); /* reading goes on meanwhile */
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    quick_add(v, "its turn", NULL, 0, NULL);
    assert_int_equal(quick_listed(v), 2);
    vault_close(v);
    expect_sound(&q);
    quick_end(&q);
}

static void
add_some(void *ctx)
{
    struct quick_vault *q = ctx;
    struct vault *v = quick_open(q, q->path, &q->opt);

    for (int i = 0; i < EACH; i++)
        quick_add(v, "one of many", "abc", 3, NULL);
    vault_close(v);
}

/* Two processes at once. */
static void
at_once(struct quick_vault *q, void (*one)(void *ctx), void (*two)(void *ctx))
{
    int status = 0;

    fflush(NULL);
    for (int i = 0; i < 2; i++) {
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
            (i == 0 ? one : two)(q);
            _exit(0);
        }
    }
    for (int i = 0; i < 2; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
}

static void
two_processes_with_one_state_file_add_to_one_vault(void **state)
{
    struct quick_vault q;
    struct vault_info info;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    q.opt.busy_ms = 60000;
    at_once(&q, add_some, add_some);
    q.v = quick_open(&q, q.path, &q.opt);
    assert_int_equal(quick_listed(q.v), 2 * EACH);
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    print_message("%u logs\n", info.logs);
    assert_false(info.older);
    quick_close(&q);
    expect_sound(&q);
    assert_int_equal(temp_dir_count(&q.dir), 3);
    quick_end(&q);
}

static void
list_again_and_again(void *ctx)
{
    struct quick_vault *q = ctx;
    struct vault_options opt = {.no_state = true, .busy_ms = 60000};
    unsigned n = 0;

    for (int i = 0; i < 20; i++) {
        struct vault *v = quick_open(q, q->path, &opt);
        unsigned now_n = quick_listed(v);

        if (now_n < n)
            temp_die("a record went away", "list");
        n = now_n;
        vault_close(v);
    }
}

static void
readers_come_and_go_while_a_writer_writes(void **state)
{
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    q.opt.busy_ms = 60000;
    at_once(&q, add_some, list_again_and_again);
    expect_sound(&q);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_writer_gets_in_while_another_reads),
        cmocka_unit_test(a_second_writer_waits_as_long_as_told_and_is_told_why),
        cmocka_unit_test(two_processes_with_one_state_file_add_to_one_vault),
        cmocka_unit_test(readers_come_and_go_while_a_writer_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
