/* SPDX-License-Identifier: Apache-2.0 */
/* test_replica_begin.c: one log per machine, and each names the others */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

static void
expect_sound(const struct quick_vault *q)
{
    struct quick_verdict said;

    quick_verify(q->path, q->key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
}

static struct vault_info
info_of(struct vault *v)
{
    struct vault_info info;

    assert_int_equal(vault_info(v, &info, NULL), VAULT_OK);
    return info;
}

static long long
count_kind(const struct quick_vault *q, const char *kind)
{
    char sql[100];

    (void)snprintf(sql, sizeof sql,
        "SELECT count(*) FROM leaf WHERE kind = '%s'", kind);
    return quick_count(q->path, sql);
}

static void
state_path(const struct quick_vault *q, char out[TEMP_PATH])
{
    struct temp_dir d;
    char *list, *end;

    (void)snprintf(d.path, sizeof d.path, "%s", q->state);
    assert_int_equal(temp_dir_count(&d), 1);
    list = temp_dir_picture(&d);
    end = strchr(list, ' ');
    *end = 0;
    assert_int_equal(strlen(list), 16);
    temp_dir_path(&d, list, out);
    free(list);
}

static void
the_same_machine_goes_on_with_its_log(void **state)
{
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    for (int i = 0; i < 3; i++) {
        quick_again(&q);
        quick_add(q.v, "x", NULL, 0, NULL);
    }
    assert_int_equal(info_of(q.v).logs, 1);
    assert_int_equal(info_of(q.v).leaves, 7);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM epoch"), 1);
    expect_sound(&q);
    quick_end(&q);
}

/* What becomes of a vault whose state file was lost or spoilt. */
static void
expect_new_replica(struct quick_vault *q)
{
    struct vault_info info;

    quick_again(q);
    assert_int_equal(info_of(q->v).logs, 1); /* unlocking writes nothing */
    assert_false(info_of(q->v).older);
    quick_add(q->v, "second log", NULL, 0, NULL);
    info = info_of(q->v);
    assert_int_equal(info.logs, 2);
    assert_int_equal(info.size, 2); /* genesis, seal */
    assert_int_equal(quick_count(q->path,
                         "SELECT note LIKE '% 2' || char(10) || 'log %' AND "
                         "note LIKE '%' || char(10) || 'base % 5 %' FROM log "
                         "WHERE n = 2"),
        1);
    assert_int_equal(count_kind(q, "genesis"), 2);
    assert_int_equal(count_kind(q, "join"), 0);
    quick_again(q);
    quick_add(q->v, "goes on", NULL, 0, NULL);
    assert_int_equal(info_of(q->v).logs, 2);
    assert_int_equal(quick_listed(q->v), 3);
    expect_sound(q);
}

static void
a_lost_state_file_begins_a_new_replica_that_names_the_old(void **state)
{
    struct quick_vault q;
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "first log", NULL, 0, NULL);
    quick_close(&q);
    state_path(&q, path);
    assert_int_equal(remove(path), 0);
    expect_new_replica(&q);
    quick_end(&q);
}

static void
a_spoilt_state_file_is_as_good_as_none(void **state)
{
    static const struct {
        const char *name;
        size_t keep;
        size_t extra;
    } rows[] = {
        {"empty", 0, 0},
        {"cut", 1023, 0},
        {"longer", 1024, 1},
        {"changed", 1024, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct quick_vault q;
        char path[TEMP_PATH];
        uint8_t buf[1100] = {0};
        uint8_t *p;
        size_t n;

        quick_make(&q);
        quick_add(q.v, "first log", NULL, 0, NULL);
        quick_close(&q);
        state_path(&q, path);
        p = temp_read(path, &n);
        assert_int_equal(n, 1024);
        memcpy(buf, p, n);
        buf[500] ^= 1;
        temp_write(path, buf, rows[i].keep + rows[i].extra);
        free(p);
        print_message("%s\n", rows[i].name);
        expect_new_replica(&q);
        quick_end(&q);
    }
}

static void
another_vaults_state_file_is_as_good_as_none(void **state)
{
    struct quick_vault q, other;
    char path[TEMP_PATH], other_path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_make(&other);
    quick_add(q.v, "first log", NULL, 0, NULL);
    quick_close(&q);
    state_path(&q, path);
    state_path(&other, other_path);
    temp_copy(other_path, path);
    expect_new_replica(&q);
    quick_end(&q);
    quick_end(&other);
}

static void
two_machines_on_one_file_join_each_other(void **state)
{
    struct quick_vault q;
    struct vault_options second;
    struct vault *v;
    char dir[TEMP_PATH];

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "state2", dir);
    second = q.opt;
    second.state_dir = dir;
    for (int i = 0; i < 3; i++) {
        v = quick_open(&q, q.path, &second);
        quick_add(v, "there", NULL, 0, NULL);
        vault_close(v);
        quick_again(&q);
        quick_add(q.v, "here", NULL, 0, NULL);
        assert_false(info_of(q.v).older);
    }
    assert_int_equal(info_of(q.v).logs, 2);
    assert_int_equal(quick_listed(q.v), 6);
    /* the second log's note names the first; from there on each turn joins */
    assert_int_equal(count_kind(&q, "join"), 5);
    assert_int_equal(count_kind(&q, "genesis"), 2);
    expect_sound(&q);
    /* both at once: each handle sees what the other one wrote */
    v = quick_open(&q, q.path, &second);
    quick_add(q.v, "here", NULL, 0, NULL);
    quick_add(v, "there", NULL, 0, NULL);
    quick_add(q.v, "here", NULL, 0, NULL);
    assert_int_equal(quick_listed(v), 9);
    assert_int_equal(info_of(q.v).logs, 2);
    vault_close(v);
    expect_sound(&q);
    quick_end(&q);
}

static void
without_a_state_folder_every_handle_is_a_replica(void **state)
{
    struct quick_vault q;
    struct vault_options opt = {.no_state = true};
    struct vault *v;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    for (int i = 0; i < 3; i++) {
        v = quick_open(&q, q.path, &opt);
        quick_add(v, "a", NULL, 0, NULL);
        quick_add(v, "b", NULL, 0, NULL);
        assert_int_equal(info_of(v).logs, 2 + i);
        vault_close(v);
    }
    quick_again(&q);
    assert_int_equal(quick_listed(q.v), 6);
    expect_sound(&q);
    quick_end(&q);
}

static void
no_state_writes_no_state(void **state)
{
    struct quick_vault q;
    struct vault_options opt = {.no_state = true};
    struct vault *v = NULL;
    struct temp_dir d;
    char path[TEMP_PATH];
    char *before, *after;

    (void)state;
    quick_make(&q);
    (void)snprintf(d.path, sizeof d.path, "%s", q.state);
    opt.state_dir = q.state;
    before = temp_dir_picture(&d);
    v = quick_open(&q, q.path, &opt);
    quick_add(v, "a", NULL, 0, NULL);
    vault_close(v);
    temp_dir_path(&q.dir, "v2", path);
    assert_int_equal(vault_create(path, q.key, &(struct vault_cost){0, 0}, &opt,
                         &v, NULL),
        VAULT_OK);
    vault_close(v);
    after = temp_dir_picture(&d);
    assert_string_equal(before, after);
    free(before);
    free(after);
    quick_end(&q);
}

static void
an_older_copy_put_back_goes_on_as_a_new_replica(void **state)
{
    struct quick_vault q;
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "kept", NULL, 0, NULL);
    quick_close(&q);
    temp_dir_path(&q.dir, "older", path);
    temp_copy(q.path, path);
    quick_again(&q);
    quick_add(q.v, "lost", NULL, 0, NULL);
    quick_close(&q);
    temp_copy(path, q.path);
    quick_again(&q);
    assert_true(info_of(q.v).older);
    assert_int_equal(info_of(q.v).logs, 1);
    quick_add(q.v, "after", NULL, 0, NULL);
    /* never a second checkpoint of one size under one key */
    assert_int_equal(info_of(q.v).logs, 2);
    assert_int_equal(quick_count(q.path,
                         "SELECT size FROM checkpoint WHERE "
                         "log = 1"),
        5);
    quick_again(&q);
    assert_false(info_of(q.v).older);
    assert_int_equal(quick_listed(q.v), 2);
    expect_sound(&q);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_machine_goes_on_with_its_log),
        cmocka_unit_test(
            a_lost_state_file_begins_a_new_replica_that_names_the_old),
        cmocka_unit_test(a_spoilt_state_file_is_as_good_as_none),
        cmocka_unit_test(another_vaults_state_file_is_as_good_as_none),
        cmocka_unit_test(two_machines_on_one_file_join_each_other),
        cmocka_unit_test(without_a_state_folder_every_handle_is_a_replica),
        cmocka_unit_test(no_state_writes_no_state),
        cmocka_unit_test(an_older_copy_put_back_goes_on_as_a_new_replica),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
