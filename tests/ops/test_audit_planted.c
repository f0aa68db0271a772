/* SPDX-License-Identifier: Apache-2.0 */
/* test_audit_planted.c: rows that somebody put into an audit pack, and how much
 * memory it takes to look for them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include <vault/audit.h>
#include <vault/cards.h>

#include "insider.h"
#include "quick_vault.h"
#include "text.h"

/* A pack of two records, one of them amended. */
struct world {
    struct quick_vault q;
    char pack[TEMP_PATH];
};

static void
must(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        fail_msg("%s", err->message);
}

static void
begin(struct world *w)
{
    struct vault_sealer *s = NULL;
    struct vault_packed done;
    struct vault_sealed out;
    struct vault_error err;

    quick_make(&w->q);
    quick_add(w->q.v, "one", "text", 4, NULL);
    quick_add(w->q.v, "two", "text", 4, &out);
    must(vault_amend_begin(w->q.v, out.id, NULL, &s, &err), &err);
    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "comment", "x", 1, &err),
        &err);
    must(vault_seal_commit(s, &out, &err), &err);
    temp_dir_path(&w->q.dir, "x.audit", w->pack);
    must(vault_pack_make(w->q.v, w->pack, false, &done, &err), &err);
}

/* Bytes 8 to 23 of a head are its vault: a row of another one beside ours. */
static void
one_id_is_of_one_vault(void **state)
{
    struct quick_verdict said;
    struct world w;

    (void)state;
    begin(&w);
    quick_verify(w.pack, NULL, &said);
    assert_int_equal(said.st, VAULT_OK);
    quick_sql(w.pack,
        "INSERT INTO record(f, id, ver, head) SELECT 0, id, ver + 1, "
        "CAST(substr(head, 1, 8) || x'00112233445566778899aabbccddeeff' || "
        "substr(head, 25) AS BLOB) FROM record ORDER BY rid LIMIT 1");
    quick_verify(w.pack, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_non_null(strstr(said.lines,
        "planted: records of one id and two vaults, which an audit pack never "
        "holds: 1"));
    quick_end(&w.q);
}

static int
plant_note(void *ctx, const char *note, size_t len)
{
    static char hex[16384], sql[20000];
    const struct world *w = ctx;

    assert_true(len * 2 < sizeof hex);
    vlt_hex(hex, (const uint8_t *)note, len);
    (void)snprintf(sql, sizeof sql,
        "INSERT INTO note(f, kind, b) VALUES(0, 'revoke', x'%s')", hex);
    quick_sql(w->pack, sql);
    return 0;
}

/* Signed by the card, and given to nobody: it lies where the sheet is. */
static void
a_revocation_that_no_line_names_is_planted(void **state)
{
    struct quick_verdict said;
    struct vault_error err;
    struct world w;

    (void)state;
    begin(&w);
    must(vault_card_revocation(w.q.v, 0, plant_note, &w, &err), &err);
    quick_verify(w.pack, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_non_null(strstr(said.lines,
        "a revocation that no line of the log names: planted"));
    quick_end(&w.q);
}

/* Two statements of one version, as two devices can write them, and one row:
 * the other one was taken out. */
static void
each_statement_that_a_line_names_is_here(void **state)
{
    struct quick_verdict said;
    uint8_t secret[32];
    struct world w;

    (void)state;
    begin(&w);
    insider_key(w.q.v, secret);
    quick_sql(w.pack,
        "INSERT INTO leaf SELECT log, (SELECT max(idx) + 1 FROM leaf), kind, "
        "id, ver, randomblob(32), ev, NULL FROM leaf WHERE kind = 'seal' "
        "ORDER BY idx LIMIT 1");
    insider_sign(w.pack, 1, secret);
    quick_sql(w.pack, "DELETE FROM node");
    quick_verify(w.pack, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_non_null(strstr(said.lines,
        "FAILED record: logged, not withdrawn, and not here"));
    assert_null(strstr(said.lines, "FAILED log: "));
    quick_end(&w.q);
}

/*
 * 100,000 heads are 27 MB, and a query that sorts them holds them all; pages
 * of the file are kept up to 8 MiB by each of two connections.
 */
static void
memory_does_not_grow_with_the_records(void **state)
{
    struct quick_verdict said;
    sqlite3_int64 now, high;
    struct world w;

    (void)state;
    begin(&w);
    quick_sql(w.pack,
        "INSERT INTO record(f, id, ver, head) WITH RECURSIVE "
        "n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
        "SELECT 0, randomblob(16), 1, (SELECT head FROM record WHERE rid = 1) "
        "FROM n");
    assert_int_equal(sqlite3_status64(SQLITE_STATUS_MEMORY_USED, &now, &high,
                         1),
        SQLITE_OK);
    quick_verify(w.pack, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_int_equal(sqlite3_status64(SQLITE_STATUS_MEMORY_USED, &now, &high,
                         0),
        SQLITE_OK);
    printf("SQLite held %lld bytes at most\n", (long long)high);
    assert_in_range(high, 100 * 1024, 20 * 1024 * 1024);
    quick_end(&w.q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_id_is_of_one_vault),
        cmocka_unit_test(a_revocation_that_no_line_names_is_planted),
        cmocka_unit_test(each_statement_that_a_line_names_is_here),
        cmocka_unit_test(memory_does_not_grow_with_the_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
