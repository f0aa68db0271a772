/* SPDX-License-Identifier: Apache-2.0 */
/* test_record_read.c: a body goes out piece by piece, and stops when told */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

enum { MIB = 1024 * 1024, BODY = 12 * MIB };

struct sink {
    size_t n;
    size_t stop_at; /* bytes after which the answer is st */
    enum vault_status st;
    unsigned asked; /* by progress */
    unsigned stop_asked;
};

static enum vault_status
take(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct sink *s = ctx;

    (void)p;
    (void)err;
    s->n += n;
    return s->n >= s->stop_at ? s->st : VAULT_OK;
}

static int
progress(void *ctx, const struct vault_progress *p)
{
    struct sink *s = ctx;

    (void)p;
    return ++s->asked == s->stop_asked;
}

static void
the_status_of_who_takes_it_is_passed_on(void **state)
{
    static const enum vault_status rows[] = {VAULT_E_IO, VAULT_E_CANCELLED,
        VAULT_E_LIMIT, VAULT_OK};
    static const size_t sizes[] = {3, 5 * MIB};
    struct quick_vault q;
    struct vault_sealed out;
    struct vault_record *r;
    uint8_t *p = malloc(5 * MIB);

    (void)state;
    quick_make(&q);
    quick_noise(p, 5 * MIB, 1);
    for (size_t k = 0; k < 2; k++) {
        quick_add(q.v, "body", p, sizes[k], &out);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            struct sink s = {.stop_at = sizes[k] / 2, .st = rows[i]};

            assert_int_equal(vault_record_open(q.v, out.id, 0, &r, NULL),
                VAULT_OK);
            assert_int_equal(vault_record_read(r, take, &s, NULL), rows[i]);
            if (rows[i] == VAULT_OK)
                assert_int_equal(s.n, sizes[k]);
            else
                assert_true(s.n <= sizes[k]);
            vault_record_close(r);
        }
    }
    quick_add(q.v, "the handle goes on", NULL, 0, NULL);
    free(p);
    quick_end(&q);
}

static void
progress_can_stop_reading_and_sealing(void **state)
{
    struct quick_vault q;
    struct vault_sealer *s;
    struct vault_sealed out;
    struct vault_record *r;
    struct sink sink = {.st = VAULT_OK}; /* does not stop yet */
    struct vault_options opt = {0};
    struct vault *v;
    uint8_t *p = malloc(BODY);
    enum vault_status st;

    (void)state;
    quick_make(&q);
    quick_noise(p, BODY, 1);
    quick_add(q.v, "body", p, BODY, &out);
    quick_close(&q);
    opt = q.opt;
    opt.ctx = &sink;
    opt.progress = progress;
    v = quick_open(&q, q.path, &opt);
    assert_int_equal(vault_record_open(v, out.id, 0, &r, NULL), VAULT_OK);
    sink.stop_asked = sink.asked + 2;
    assert_int_equal(vault_record_read(r, take, &sink, NULL),
        VAULT_E_CANCELLED);
    assert_true(sink.n < BODY);
    vault_record_close(r);

    assert_int_equal(vault_seal_begin(v, "file", &s, NULL), VAULT_OK);
    sink.stop_asked = sink.asked + 2;
    st = vault_seal_write(s, p, BODY, NULL);
    assert_int_equal(st, VAULT_E_CANCELLED);
    vault_seal_abort(s);
    assert_int_equal(quick_listed(v), 1);
    quick_add(v, "the handle goes on", NULL, 0, NULL);
    vault_close(v);
    free(p);
    quick_end(&q);
}

static void
a_changed_or_missing_segment_is_found_before_it_is_given(void **state)
{
    static const struct {
        const char *name;
        const char *sql;
        size_t most; /* bytes that may have gone out */
    } rows[] = {
        {"first byte of the first",
            "UPDATE segment SET ct = CAST(x'0101' || "
            "substr(ct, 3) AS BLOB) WHERE n = 0",
            0},
        {"last byte of the third",
            "UPDATE segment SET ct = CAST(substr(ct, 1, length(ct) - 2) || "
            "x'0101' AS BLOB) WHERE n = 2",
            3 * MIB},
        {"the second is gone", "DELETE FROM segment WHERE n = 1", MIB},
        {"two exchanged",
            "UPDATE segment SET n = 99 WHERE n = 0; UPDATE segment SET n = 0 "
            "WHERE n = 1; UPDATE segment SET n = 1 WHERE n = 99",
            0},
        {"the last is short",
            "UPDATE segment SET ct = substr(ct, 1, length(ct) - 1) WHERE "
            "n = 4",
            5 * MIB},
        {"the last is gone", "DELETE FROM segment WHERE n = 4", 5 * MIB},
    };
    struct quick_vault q;
    struct vault_sealed out;
    uint8_t *p = malloc(5 * MIB);
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_noise(p, 5 * MIB - 5000, 1);
    quick_add(q.v, "body", p, 5 * MIB - 5000, &out);
    quick_close(&q);
    temp_dir_path(&q.dir, "copy", path);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vault_options opt = {.no_state = true};
        struct sink s = {.st = VAULT_OK};
        struct vault_record *r;
        struct vault_error err;
        struct vault *v;
        enum vault_status st;

        temp_copy(q.path, path);
        quick_sql(path, rows[i].sql);
        v = quick_open(&q, path, &opt);
        assert_int_equal(vault_record_open(v, out.id, 0, &r, NULL), VAULT_OK);
        st = vault_record_read(r, take, &s, &err);
        if (st != VAULT_E_TAMPERED || s.n > rows[i].most)
            fail_msg("%s: %s after %zu bytes", rows[i].name,
                vault_status_name(st), s.n);
        vault_record_close(r);
        vault_close(v);
    }
    free(p);
    quick_end(&q);
}

static void
a_record_that_is_not_there_is_not_found(void **state)
{
    struct quick_vault q;
    struct vault_record *r = NULL;
    uint8_t id[VAULT_ID] = {1};

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_record_open(q.v, id, 0, &r, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_record_open(q.v, id, 1, &r, NULL),
        VAULT_E_NOT_FOUND);
    vault_lock(q.v);
    assert_int_equal(vault_record_open(q.v, id, 1, &r, NULL), VAULT_E_LOCKED);
    assert_null(r);
    vault_record_close(NULL);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_of_who_takes_it_is_passed_on),
        cmocka_unit_test(progress_can_stop_reading_and_sealing),
        cmocka_unit_test(
            a_changed_or_missing_segment_is_found_before_it_is_given),
        cmocka_unit_test(a_record_that_is_not_there_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
