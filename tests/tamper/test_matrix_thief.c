/* SPDX-License-Identifier: Apache-2.0 */
/* test_matrix_thief.c: the matrix of docs/tamper.md: who has the file only */
#include "matrix_bench.h"

static struct matrix m;

static int
make(void **state)
{
    (void)state;
    matrix_make(&m);
    matrix_good(&m);
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

static void
a_record_is_taken_out(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "DELETE FROM record WHERE rid = 5; DELETE FROM wrap "
        "WHERE rid = 5; DELETE FROM segment WHERE rid = 5");
    SEEN(&m, PLAIN, "FAILED missing: ");
    SEEN(&m, SINCE, "FAILED missing: ");
    SEEN(&m, STATE, "FAILED missing: ");
    SEEN(&m, WITNESS, "FAILED missing: ");
    SEEN(&m, KEY, "FAILED missing: ");
}

static void
an_old_record_is_taken_out_between_two_quick_looks(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "DELETE FROM record WHERE rid = 1; DELETE FROM wrap "
        "WHERE rid = 1; DELETE FROM segment WHERE rid = 1");
    SEEN(&m, PLAIN, "FAILED missing: ");
    SEEN(&m, SINCE, "FAILED missing: ");
    matrix_expect(&m, STATE, VAULT_OK,
        "NOT_SEEN before: whether what was checked then is still in the file");
}

static void
a_record_is_planted_while_it_is_locked(void **state)
{
    struct quick_vault other;
    char sql[3 * TEMP_PATH];

    (void)state;
    quick_make(&other);
    matrix_add(other.v, 1);
    quick_close(&other);
    (void)snprintf(sql, sizeof sql,
        "ATTACH '%s' AS b; INSERT INTO record(f, id, ver, head, meta) SELECT "
        "f, id, ver, head, meta FROM b.record",
        other.path);
    quick_sql(m.q.path, sql);
    SEEN(&m, PLAIN, "FAILED record: its head names another vault");
    SEEN(&m, STATE, "FAILED record: its head names another vault");
    /* of this vault, by whoever can seal to its card, and in no log */
    temp_copy(m.good, m.q.path);
    quick_sql(m.q.path,
        "INSERT INTO record(f, id, ver, head, meta) SELECT f, zeroblob(16), "
        "ver, CAST(substr(head, 1, 24) || zeroblob(16) || substr(head, 41) AS "
        "BLOB), meta FROM record WHERE rid = 5");
    SEEN(&m, PLAIN, "FAILED ");
    SEEN(&m, STATE, "FAILED ");
    quick_end(&other);
}

static void
a_line_is_planted_while_it_is_locked(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "INSERT INTO leaf SELECT log, idx + 1, kind, id, ver, "
        "subj, ev, evct FROM leaf WHERE idx = 8");
    SEEN(&m, PLAIN, "FAILED log: leaf 9 and what follows are covered by no");
    SEEN(&m, SINCE, "FAILED log: ");
    SEEN(&m, STATE, "FAILED log: ");
    SEEN(&m, WITNESS, "FAILED log: ");
}

static void
wraps_are_moved(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "CREATE TEMP TABLE t AS SELECT * FROM wrap; UPDATE wrap SET b = "
        "(SELECT b FROM t WHERE t.rid = 9 - wrap.rid) WHERE rid IN (4, 5)");
    UNSEEN(&m, PLAIN);
    UNSEEN(&m, SINCE);
    UNSEEN(&m, STATE);
    UNSEEN(&m, WITNESS);
    SEEN(&m, KEY, "FAILED content: ");
}

static void
bodies_are_swapped(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "CREATE TEMP TABLE t AS SELECT * FROM segment; UPDATE segment SET ct "
        "= (SELECT ct FROM t WHERE t.rid = 9 - segment.rid) WHERE rid IN (4, "
        "5)");
    SEEN(&m, PLAIN, "FAILED body: the sealed body was changed");
    SEEN(&m, STATE, "FAILED body: the sealed body was changed");
    SEEN(&m, KEY, "FAILED body: the sealed body was changed");
}

static void
the_checkpoint_is_deleted(void **state)
{
    (void)state;
    quick_sql(m.q.path, "DELETE FROM checkpoint WHERE size = 9");
    SEEN(&m, PLAIN, "FAILED log: ");
    SEEN(&m, SINCE, "FAILED log: ");
    SEEN(&m, STATE, "FAILED log: ");
    quick_sql(m.q.path, "DELETE FROM checkpoint");
    SEEN(&m, PLAIN, "FAILED log: the log has no checkpoint");
}

static void
lines_change_places(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "UPDATE leaf SET idx = 99 WHERE idx = 7; UPDATE leaf "
        "SET idx = 7 WHERE idx = 8; UPDATE leaf SET idx = 8 "
        "WHERE idx = 99");
    SEEN(&m, PLAIN, "FAILED log: the leaves do not give the root signed");
    SEEN(&m, STATE, "FAILED log: the leaves do not give the root signed");
}

static void
a_record_is_there_twice(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "INSERT INTO record(f, id, ver, head, meta) SELECT f, "
        "id, ver, head, meta FROM record WHERE rid = 5");
    SEEN(&m, PLAIN, "FAILED record: stored twice: planted");
    SEEN(&m, STATE, "FAILED record: stored twice: planted");
}

static void
countersignatures_are_stripped(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "UPDATE checkpoint SET note = substr(note, 1, instr(note, '\xe2\x80\x94"
        " w.example') - 1)");
    UNSEEN(&m, PLAIN);
    UNSEEN(&m, SINCE);
    UNSEEN(&m, STATE);
    ASKED(&m, WITNESS, "NOT_AS_ASKED policy: ");
}

static void
a_countersignature_is_forged(void **state)
{
    (void)state;
    quick_sql(m.q.path,
        "UPDATE checkpoint SET note = (SELECT substr(c.note, 1, "
        "instr(c.note, '\xe2\x80\x94 w.example') - 1) FROM checkpoint AS c "
        "WHERE c.size = checkpoint.size) || (SELECT substr(c.note, "
        "instr(c.note, '\xe2\x80\x94 w.example')) FROM checkpoint AS c WHERE "
        "c.size = 7) WHERE size = 9");
    UNSEEN(&m, PLAIN);
    SEEN(&m, WITNESS, "FAILED witness: ");
}

/* A copy from before the last two records, put back. */
static void
an_older_file_is_put_back(void **state)
{
    char old[TEMP_PATH];
    char *now = state_of(m.q.path), *was = m.state;
    struct quick_vault *q = &m.q;

    (void)state;
    temp_dir_path(&q->dir, "old", old);
    temp_copy(m.good, old);
    quick_sql(old,
        "DELETE FROM checkpoint WHERE size = 9; DELETE FROM leaf "
        "WHERE idx > 6; DELETE FROM record WHERE rid > 3; DELETE "
        "FROM wrap WHERE rid > 3; DELETE FROM segment WHERE rid > "
        "3");
    matrix_expect_of(&m, old, PLAIN, NULL, VAULT_OK, "HELD record: 3");
    matrix_expect_of(&m, old, SINCE, m.older, VAULT_OK, "HELD since: ");
    matrix_expect_of(&m, old, WITNESS, NULL, VAULT_OK, "HELD policy: ");
    matrix_expect_of(&m, old, SINCE, m.newest, VAULT_E_POLICY,
        "NOT_AS_ASKED rollback: ");
    m.state = now;
    matrix_expect_of(&m, old, STATE, NULL, VAULT_E_POLICY,
        "NOT_AS_ASKED rollback: ");
    m.state = was;
    free(now);
}

static void
another_identity_takes_its_place(void **state)
{
    struct quick_vault other;
    struct vault_info info;
    struct vault_verify_options opt = {0};
    const char *card = info.fingerprint;
    struct quick_verdict said;

    (void)state;
    m.q.v = quick_open(&m.q, m.q.path, &m.q.opt);
    assert_int_equal(vault_info(m.q.v, &info, NULL), VAULT_OK);
    quick_close(&m.q);
    quick_make(&other);
    matrix_add(other.v, 5);
    quick_close(&other);
    matrix_expect_of(&m, other.path, PLAIN, NULL, VAULT_OK,
        "NOT_SEEN signer: ");
    matrix_expect_of(&m, other.path, SINCE, m.older, VAULT_E_POLICY,
        "NOT_AS_ASKED since: ");
    matrix_expect_of(&m, other.path, STATE, NULL, VAULT_E_POLICY,
        "NOT_AS_ASKED since: the saved state is of another vault");
    matrix_expect_of(&m, other.path, WITNESS, NULL, VAULT_E_POLICY,
        "NOT_AS_ASKED policy: ");
    opt.cards = &card;
    opt.cards_len = 1;
    quick_verify_with(other.path, &opt, &said);
    assert_int_equal(said.st, VAULT_E_POLICY);
    assert_non_null(strstr(said.lines, "NOT_AS_ASKED signer: "));
    quick_end(&other);
}

/* Of a second machine, which no other has joined. */
static void
the_log_of_another_machine_is_taken_out(void **state)
{
    struct vault_options opt = m.q.opt;
    char notes[8192] = "", *now, *was = m.state;
    struct vault *v;

    (void)state;
    opt.no_state = true;
    v = quick_open(&m.q, m.q.path, &opt);
    matrix_add(v, 2);
    assert_int_equal(vault_log_checkpoints(v, matrix_take, notes, NULL),
        VAULT_OK);
    vault_close(v);
    now = state_of(m.q.path);
    assert_non_null(now);
    quick_sql(m.q.path,
        "DELETE FROM log WHERE n = 2; DELETE FROM leaf WHERE log = 2; DELETE "
        "FROM node WHERE log = 2; DELETE FROM checkpoint WHERE log = 2; "
        "DELETE FROM record WHERE rid > 5; DELETE FROM wrap WHERE rid > 5; "
        "DELETE FROM segment WHERE rid > 5; DELETE FROM epoch WHERE e = "
        "(SELECT max(e) FROM epoch)");
    UNSEEN(&m, PLAIN);
    UNSEEN(&m, SINCE); /* a checkpoint of the other log */
    matrix_expect_of(&m, m.q.path, SINCE, notes, VAULT_E_POLICY,
        "NOT_AS_ASKED since: ");
    m.state = now;
    ASKED(&m, STATE, "NOT_AS_ASKED log-gone: ");
    m.state = was;
    free(now);
}

int
main(void)
{
#define ROW(f) cmocka_unit_test_setup(f, again)
    const struct CMUnitTest tests[] = {
        ROW(a_record_is_taken_out),
        ROW(an_old_record_is_taken_out_between_two_quick_looks),
        ROW(a_record_is_planted_while_it_is_locked),
        ROW(a_line_is_planted_while_it_is_locked),
        ROW(wraps_are_moved),
        ROW(bodies_are_swapped),
        ROW(the_checkpoint_is_deleted),
        ROW(lines_change_places),
        ROW(a_record_is_there_twice),
        ROW(countersignatures_are_stripped),
        ROW(a_countersignature_is_forged),
        ROW(an_older_file_is_put_back),
        ROW(another_identity_takes_its_place),
        ROW(the_log_of_another_machine_is_taken_out),
    };

    return cmocka_run_group_tests(tests, make, clean);
}
