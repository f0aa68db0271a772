/* SPDX-License-Identifier: Apache-2.0 */
/* test_matrix_insider.c: the matrix of docs/tamper.md: who has all keys */
#include "matrix_bench.h"

static struct matrix m;

static int
make(void **state)
{
    (void)state;
    matrix_make(&m);
    return 0;
}

static int
clean(void **state)
{
    (void)state;
    matrix_end(&m);
    return 0;
}

static int
again(void **state)
{
    (void)state;
    temp_copy(m.good, m.q.path);
    return 0;
}

/* The second of five: three were known outside. */
static void
a_record_is_dropped_and_the_log_signed_anew(void **state)
{
    (void)state;
    insider_drop(m.q.path, 2);
    insider_sign(m.q.path, 1, m.secret);
    matrix_expect(&m, PLAIN, VAULT_OK, "HELD record: 4");
    UNSEEN(&m, KEY);
    SEEN(&m, SINCE, "FAILED fork: ");
    SEEN(&m, STATE, "FAILED fork: ");
    ASKED(&m, WITNESS, "NOT_AS_ASKED policy: ");
}

/* The fifth: nobody outside but the witness has seen it. */
static void
what_only_a_witness_has_seen_is_dropped(void **state)
{
    (void)state;
    insider_drop(m.q.path, 5);
    insider_sign(m.q.path, 1, m.secret);
    matrix_expect(&m, PLAIN, VAULT_OK, "HELD record: 4");
    UNSEEN(&m, KEY);
    UNSEEN(&m, SINCE);
    UNSEEN(&m, STATE);
    ASKED(&m, WITNESS, "NOT_AS_ASKED policy: ");
}

static void
old_lines_are_rewritten_and_signed_anew(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "UPDATE leaf SET ev = zeroblob(32) WHERE log = 1 AND idx = 5");
    insider_sign(m.q.path, 1, m.secret);
    UNSEEN(&m, PLAIN);
    SEEN(&m, SINCE, "FAILED fork: ");
    SEEN(&m, STATE, "FAILED fork: ");
    ASKED(&m, WITNESS, "NOT_AS_ASKED policy: ");
}

static void
lines_change_places_and_are_signed_anew(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "UPDATE leaf SET idx = 99 WHERE idx = 5; UPDATE leaf "
        "SET idx = 5 WHERE idx = 6; UPDATE leaf SET idx = 6 "
        "WHERE idx = 99");
    insider_sign(m.q.path, 1, m.secret);
    UNSEEN(&m, PLAIN);
    UNSEEN(&m, KEY);
    SEEN(&m, SINCE, "FAILED fork: ");
    SEEN(&m, STATE, "FAILED fork: ");
    ASKED(&m, WITNESS, "NOT_AS_ASKED policy: ");
}

static int64_t
in_2019(void *ctx)
{
    (void)ctx;
    return 1546300800;
}

/* A time in an event is a claim. */
static void
everything_is_backdated(void **state)
{
    const struct vault_cost floor = vault_cost(VAULT_COST_FLOOR);
    struct vault_options opt = m.q.opt;
    struct vault *v = NULL;
    char path[TEMP_PATH];

    (void)state;
    opt.clock = in_2019;
    temp_dir_path(&m.q.dir, "backdated", path);
    assert_int_equal(vault_create(path, m.q.key, &floor, &opt, &v, NULL), 0);
    matrix_add(v, 2);
    vault_close(v);
    matrix_expect_of(&m, path, PLAIN, NULL, VAULT_OK, "");
    matrix_expect_of(&m, path, KEY, NULL, VAULT_OK, "");
    /* and no witness has seen it before */
    matrix_expect_of(&m, path, WITNESS, NULL, VAULT_E_POLICY,
        "NOT_AS_ASKED policy: ");
    assert_int_equal(remove(path), 0);
}

/* One machine, its memory copied: each auditor gets one of two files. */
static void
split(char path[TEMP_PATH], char one[4096], char two[4096])
{
    struct vault_options opt = m.q.opt;
    char state_b[TEMP_PATH], cmd[4 * TEMP_PATH];
    struct vault *v;

    temp_dir_path(&m.q.dir, "fork", path);
    temp_dir_path(&m.q.dir, "state-b", state_b);
    temp_copy(m.q.path, path);
    (void)snprintf(cmd, sizeof cmd, "rm -rf '%s'; cp -r '%s' '%s'", state_b,
        m.q.state, state_b);
    assert_int_equal(system(cmd), 0);
    opt.state_dir = state_b;
    v = quick_open(&m.q, path, &opt);
    matrix_add(v, 1);
    assert_int_equal(vault_log_checkpoints(v, matrix_take, two, NULL), 0);
    vault_close(v);
    (void)snprintf(cmd, sizeof cmd, "rm -rf '%s'; cp -r '%s' '%s'", state_b,
        m.q.state, state_b);
    assert_int_equal(system(cmd), 0);
    v = quick_open(&m.q, m.q.path, &opt);
    matrix_add(v, 2);
    assert_int_equal(vault_log_checkpoints(v, matrix_take, one, NULL), 0);
    vault_close(v);
}

static void
two_auditors_are_shown_two_histories(void **state)
{
    char path[TEMP_PATH], one[4096], two[4096];

    (void)state;
    split(path, one, two);
    UNSEEN(&m, PLAIN);
    UNSEEN(&m, SINCE); /* what both know is older */
    UNSEEN(&m, STATE);
    matrix_expect_of(&m, path, PLAIN, NULL, VAULT_OK, "");
    matrix_expect_of(&m, path, SINCE, two, VAULT_OK, "HELD since: ");
    /* when they compare */
    matrix_expect_of(&m, m.q.path, SINCE, two, VAULT_E_TAMPERED,
        "FAILED fork: ");
    assert_int_equal(remove(path), 0);
}

static void
a_witness_in_collusion_signs_both_histories(void **state)
{
    char path[TEMP_PATH], one[4096], two[4096];

    (void)state;
    split(path, one, two);
    matrix_countersign(&m, m.q.path, one, T2 + 100);
    matrix_countersign(&m, path, two, T2 + 100);
    UNSEEN(&m, WITNESS);
    matrix_expect_of(&m, path, WITNESS, NULL, VAULT_OK, "HELD policy: ");
    matrix_expect_of(&m, m.q.path, SINCE, two, VAULT_E_TAMPERED,
        "FAILED fork: ");
    assert_int_equal(remove(path), 0);
}

/* Declared, and not done; and done here, and not in a copy. */
static void
what_is_declared_withdrawn_is_kept(void **state)
{
    struct vault_withdrawal done;
    char copy[TEMP_PATH], sql[3 * TEMP_PATH];
    uint8_t id[VAULT_ID];
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;

    (void)state;
    assert_int_equal(sqlite3_open(m.q.path, &db), SQLITE_OK);
    sqlite3_prepare_v2(db, "SELECT id FROM record WHERE rid = 1", -1, &st,
        NULL);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    memcpy(id, sqlite3_column_blob(st, 0), VAULT_ID);
    sqlite3_finalize(st);
    sqlite3_close(db);
    temp_dir_path(&m.q.dir, "copy", copy);
    temp_copy(m.q.path, copy);
    {
        struct vault_options opt = m.q.opt;

        opt.no_state = true;
        m.q.v = quick_open(&m.q, m.q.path, &opt);
    }
    assert_int_equal(vault_withdraw(m.q.v, id, 0, "asked", &done, NULL), 0);
    quick_close(&m.q);
    matrix_expect(&m, PLAIN, VAULT_OK, "HELD withdrawn: 1");
    matrix_expect_of(&m, copy, KEY, NULL, VAULT_OK, "HELD content: 5");
    (void)snprintf(sql, sizeof sql,
        "ATTACH '%s' AS o; INSERT INTO wrap SELECT * FROM o.wrap WHERE rid = 1",
        copy);
    quick_sql(m.q.path, sql);
    SEEN(&m, PLAIN, "declared withdrawn, and its wrap is still here");
    SEEN(&m, STATE, "declared withdrawn, and its wrap is still here");
    SEEN(&m, KEY, "declared withdrawn, and its wrap is still here");
    assert_int_equal(remove(copy), 0);
}

/* Content A in the log, another thing under the ciphertext: who opens it
 * finds it, nobody else. */
static void
what_is_sealed_is_not_what_was_committed_to(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "UPDATE wrap SET b = zeroblob(length(b)) WHERE rid = 4");
    UNSEEN(&m, PLAIN);
    UNSEEN(&m, SINCE);
    UNSEEN(&m, STATE);
    UNSEEN(&m, WITNESS);
    SEEN(&m, KEY, "FAILED content: ");
}

int
main(void)
{
#define ROW(f) cmocka_unit_test_setup(f, again)
    const struct CMUnitTest tests[] = {
        ROW(a_record_is_dropped_and_the_log_signed_anew),
        ROW(what_only_a_witness_has_seen_is_dropped),
        ROW(old_lines_are_rewritten_and_signed_anew),
        ROW(lines_change_places_and_are_signed_anew),
        ROW(everything_is_backdated),
        ROW(two_auditors_are_shown_two_histories),
        ROW(a_witness_in_collusion_signs_both_histories),
        ROW(what_is_declared_withdrawn_is_kept),
        ROW(what_is_sealed_is_not_what_was_committed_to),
    };

    return cmocka_run_group_tests(tests, make, clean);
}
