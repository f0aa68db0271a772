/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify_crowd.c: rows and lines of one record without number */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

/* So many more, beside the ones that are there; each is planted in any case. */
static const struct {
    const char *name;
    const char *sql;
    bool judged; /* the rest of the file is looked at */
} rows[] = {
    {"as many rows as a record can have",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 1023) INSERT INTO record SELECT 1000 + i, f, id, ver, head, meta "
        "FROM n, record WHERE rid = (SELECT min(rid) FROM record)",
        true},
    {"one row more",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 1024) INSERT INTO record SELECT 1000 + i, f, id, ver, head, meta "
        "FROM n, record WHERE rid = (SELECT min(rid) FROM record)",
        false},
    {"ten thousand lines",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 10000) INSERT INTO leaf SELECT log, 1000 + i, kind, leaf.id, "
        "leaf.ver, subj, ev, NULL FROM n, leaf WHERE kind = 'seal'",
        false},
};

static void
what_no_record_can_have_is_told_and_ends_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct quick_vault q;
        struct vault_sealed out;
        struct quick_verdict said;

        quick_make(&q);
        quick_add(q.v, "one", "text", 4, &out);
        quick_close(&q);
        quick_sql(q.path, rows[i].sql);
        quick_verify(q.path, NULL, &said);
        if (said.st != VAULT_E_TAMPERED ||
            (strstr(said.lines, "than a record can have") == NULL) !=
                rows[i].judged ||
            (said.verdict.records > 0) != rows[i].judged)
            fail_msg("%s: %s", rows[i].name, said.lines);
        if (!rows[i].judged) {
            quick_verify(q.path, q.key, &said);
            assert_int_equal(said.st, VAULT_E_TAMPERED);
        }
        quick_end(&q);
    }
}

static void
logs_and_notes_without_number_end_it_too(void **state)
{
    static const char *const sql[] = {
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 262144) INSERT INTO log SELECT 1000 + i, 'x' || i, '' FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 8193) INSERT INTO note SELECT 1000 + i, 0, 'device', x'78' FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 8193) INSERT INTO note SELECT 1000 + i, 0, 'revoke', x'78' FROM n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        struct quick_vault q;
        struct quick_verdict said;

        quick_make(&q);
        quick_close(&q);
        quick_sql(q.path, sql[i]);
        quick_verify(q.path, NULL, &said);
        assert_int_equal(said.st, VAULT_E_TAMPERED);
        if (strstr(said.lines, "than are judged") == NULL)
            fail_msg("%s: %.400s", sql[i], said.lines);
        assert_int_equal(said.verdict.failed, 1);
        quick_end(&q);
    }
}

/* As many lines as are still judged, each of its own statement, and withdrawals
 * among them: once 12 seconds and more, while each line looked at all others. */
static void
many_lines_of_one_id_are_judged_at_once(void **state)
{
    struct quick_vault q;
    struct quick_verdict said;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", "text", 4, NULL);
    quick_close(&q);
    quick_sql(q.path,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 8000) INSERT INTO leaf SELECT log, 1000 + i, CASE i % 4 WHEN 0 "
        "THEN 'withdraw' WHEN 1 THEN 'share' ELSE 'seal' END, leaf.id, i % 2, "
        "randomblob(32), ev, CASE i % 4 WHEN 1 THEN NULL ELSE x'00' END "
        "FROM n, leaf WHERE kind = 'seal'");
    quick_verify(q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_null(strstr(said.lines, "than a record can have"));
    /* the log, each sealing; of the last line of kind share no withdrawal
     * comes behind: 8,000 is the last withdrawal, so none is told */
    assert_int_equal(said.verdict.failed, 1 + 4000);
    assert_null(strstr(said.lines, "its event is gone"));
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_no_record_can_have_is_told_and_ends_it),
        cmocka_unit_test(logs_and_notes_without_number_end_it_too),
        cmocka_unit_test(many_lines_of_one_id_are_judged_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
