/* SPDX-License-Identifier: Apache-2.0 */
/* test_schema.c: the 24 statements are those of docs/format.md, to the byte */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"
#include "schema.h"

enum { STATEMENTS = 24 };

static char *doc_text;
static char *doc[STATEMENTS]; /* without the final ; */

/* The fenced lines of section 8.1 that begin with CREATE. */
static int
read_document(void **state)
{
    const char *src = getenv("SRC");
    char path[TEMP_PATH], *line, *end, *limit;
    size_t len;
    int n = 0;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/docs/format.md",
        src != NULL ? src : ".");
    doc_text = (char *)temp_read(path, &len);
    line = strstr(doc_text, "### 8.1 ");
    assert_non_null(line);
    limit = strstr(line, "### 8.2 ");
    assert_non_null(limit);
    *limit = 0;
    for (line = strstr(line, "\nCREATE "); line != NULL;
         line = strstr(end, "\nCREATE ")) {
        line++;
        end = strstr(line, ";\n");
        assert_non_null(end);
        *end++ = 0;
        assert_true(n < STATEMENTS);
        doc[n++] = line;
    }
    assert_int_equal(n, STATEMENTS);
    return 0;
}

static int
forget_document(void **state)
{
    (void)state;
    free(doc_text);
    return 0;
}

static void
the_statements_are_those_of_the_document(void **state)
{
    (void)state;
    for (int i = 0; i < STATEMENTS; i++)
        assert_string_equal(vlt_schema_statement(i), doc[i]);
    assert_null(vlt_schema_statement(STATEMENTS));
}

static void
a_new_container_has_them_and_two_indexes_of_sqlites_own(void **state)
{
    struct vlt_store_options opt = {VLT_STORE_WRITE, 0, NULL, NULL};
    struct vlt_store *s = NULL;
    struct temp_dir d;
    char path[TEMP_PATH], sql[1024];

    (void)state;
    temp_dir_make(&d);
    temp_dir_path(&d, "c", path);
    assert_int_equal(vlt_store_create(path, VLT_PAGE, &opt, &s, NULL),
        VAULT_OK);
    vlt_store_close(s);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM sqlite_schema"),
        26);
    for (int i = 0, row = 1; i < STATEMENTS; i++, row++) {
        char *p = sql + snprintf(sql, sizeof sql, "SELECT sql = '");

        for (const char *c = doc[i]; *c != 0; c++) {
            *p++ = *c;
            if (*c == '\'')
                *p++ = '\'';
        }
        (void)snprintf(p, sizeof sql - (size_t)(p - sql),
            "' FROM sqlite_schema ORDER BY rowid LIMIT 1 OFFSET %d", row - 1);
        assert_int_equal(quick_count(path, sql), 1);
        /* UNIQUE makes an index directly after epoch and log */
        if (strstr(doc[i], "TABLE epoch(") != NULL ||
            strstr(doc[i], "TABLE log(") != NULL) {
            (void)snprintf(sql, sizeof sql,
                "SELECT sql IS NULL AND name LIKE 'sqlite_autoindex_%%_1' "
                "FROM sqlite_schema ORDER BY rowid LIMIT 1 OFFSET %d",
                row++);
            assert_int_equal(quick_count(path, sql), 1);
        }
    }
    temp_dir_remove(&d);
}

static void
any_other_schema_is_refused(void **state)
{
    static const char *const rows[] = {
        "CREATE TABLE more(x)",
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER more AFTER INSERT ON meta BEGIN SELECT 1; END",
        "CREATE INDEX more ON meta(v)",
        "DROP INDEX leaf_set",
        "DROP TABLE ext",
        "DROP TABLE ext; CREATE TABLE ext(k TEXT NOT NULL, n INTEGER NOT "
        "NULL, b BLOB NOT NULL, PRIMARY KEY(k, n)) STRICT,  WITHOUT ROWID",
        "DROP INDEX record_id; CREATE INDEX record_id ON record(id, ver) "
        "WHERE id IS NOT NULL", /* the same, in another place */
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = "
        "replace(sql, 'BLOB', 'blob') WHERE name = 'wrap'",
        "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET type = 'view' "
        "WHERE name = 'ext'",
        "ANALYZE",
    };
    struct vlt_store_options opt = {VLT_STORE_WRITE, 0, NULL, NULL};
    struct temp_dir d;
    char path[TEMP_PATH], copy[TEMP_PATH];
    struct vlt_store *s = NULL;

    (void)state;
    temp_dir_make(&d);
    temp_dir_path(&d, "c", path);
    temp_dir_path(&d, "copy", copy);
    assert_int_equal(vlt_store_create(path, VLT_PAGE, &opt, &s, NULL),
        VAULT_OK);
    vlt_store_close(s);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int mode = 0; mode < 2; mode++) {
            enum vault_status st;

            opt.mode = mode == 0 ? VLT_STORE_WRITE : VLT_STORE_READ;
            temp_copy(path, copy);
            quick_sql(copy, rows[i]);
            s = NULL;
            st = vlt_store_open(copy, &opt, &s, NULL);
            if (st != VAULT_E_TAMPERED)
                fail_msg("%s: %s", rows[i], vault_status_name(st));
            assert_null(s);
        }
    }
    temp_dir_remove(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_statements_are_those_of_the_document),
        cmocka_unit_test(
            a_new_container_has_them_and_two_indexes_of_sqlites_own),
        cmocka_unit_test(any_other_schema_is_refused),
    };

    return cmocka_run_group_tests(tests, read_document, forget_document);
}
