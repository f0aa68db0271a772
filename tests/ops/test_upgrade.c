/* SPDX-License-Identifier: Apache-2.0 */
/* test_upgrade.c: the same vault in a new file, older drafts too */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <vault/upgrade.h>

#include "circle.h"
#include "quick_vault.h"
#include "upgrade_to.h"

/* Everything that one statement gives, as text. */
static char *
all_of(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    char *text = sqlite3_mprintf("");

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), 0);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), 0);
    while (sqlite3_step(st) == SQLITE_ROW)
        text = sqlite3_mprintf("%z%s\n", text, sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
    return text;
}

/* The other way about than the program: table by table, as SQLite quotes. */
static void
expect_same_rows(const char *a, const char *b)
{
    static const char *const sql[] = {
        "SELECT quote(log) || quote(size) || quote(keep) || quote(note) "
        "FROM checkpoint ORDER BY log, size",
        "SELECT quote(log) || quote(idx) || quote(kind) || quote(id) || "
        "quote(ver) || quote(subj) || quote(ev) || quote(evct) FROM leaf "
        "ORDER BY log, idx",
        "SELECT quote(n) || quote(origin) || quote(note) FROM log ORDER BY n",
        "SELECT quote(rid) || quote(f) || quote(id) || quote(ver) || "
        "quote(head) || quote(meta) FROM record ORDER BY rid",
        "SELECT quote(rid) || quote(b) FROM wrap ORDER BY rid",
        "SELECT quote(k) || quote(v) FROM meta ORDER BY k",
        "SELECT quote(id) || quote(b) FROM slot ORDER BY id",
        "SELECT quote(gen) || quote(card) || quote(seed) FROM identity",
        "SELECT quote(n) || quote(f) || quote(kind) || quote(b) FROM note",
        "SELECT quote(id) || quote(rev) || quote(b) FROM local ORDER BY id",
        "SELECT type || name || quote(sql) FROM sqlite_schema",
        "PRAGMA application_id", "PRAGMA page_size", "PRAGMA auto_vacuum"};

    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        char *x = all_of(a, sql[i]);
        char *y = all_of(b, sql[i]);

        if (strcmp(x, y) != 0)
            fail_msg("%s differs", sql[i]);
        sqlite3_free(x);
        sqlite3_free(y);
    }
}

static void
upgrade(const char *from, const char *to, const struct vault_key *key,
    const struct vault_options *opt, struct vault_upgraded *out)
{
    struct vault_error err;

    if (vault_upgrade(from, to, key, opt, out, &err) != VAULT_OK)
        fail_msg("%s: %s", from, err.message);
}

static void
an_older_draft_comes_out_whole(const char *name)
{
    struct vault_options none = {.no_state = true};
    struct temp_dir dir;
    struct quick_vault q = {.opt = {.no_state = true}};
    struct quick_verdict said;
    struct vault_upgraded done;
    struct vault *a, *b;
    char golden[2 * TEMP_PATH], old[TEMP_PATH], new[TEMP_PATH];
    char read[TEMP_PATH];
    char *before, *x, *y;

    temp_dir_make(&dir);
    temp_dir_path(&dir, "old", old);
    temp_dir_path(&dir, "new", new);
    temp_dir_path(&dir, "read", read);
    snprintf(golden, sizeof golden, "%s/fixtures/golden/draft/%s.sdq",
        getenv("SRC"), name);
    temp_copy(golden, old);
    snprintf(golden, sizeof golden, "%s/fixtures/golden/draft/%s.key",
        getenv("SRC"), name);
    q.key = vault_key_new();
    assert_int_equal(vault_key_file(q.key, golden, NULL), VAULT_OK);
    before = temp_dir_picture(&dir);
    upgrade(old, new, q.key, &none, &done);
    assert_true(done.records > 0 && done.leaves > 0 && done.rows > 0);
    expect_same_rows(old, new);
    quick_verify(new, q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s\n%s", said.err.message, said.lines);
    /* opening for work may bring the catalogue up to date: not in `old` */
    temp_copy(old, read);
    a = quick_open(&q, read, &none);
    b = quick_open(&q, new, &none);
    x = circle_picture(a, NULL, NULL);
    y = circle_picture(b, NULL, NULL);
    assert_string_equal(x, y);
    assert_true(strlen(x) > 100);
    free(x);
    free(y);
    vault_close(a);
    vault_close(b);
    remove(new);
    remove(read);
    x = temp_dir_picture(&dir);
    assert_string_equal(x, before); /* the old file: byte, time and inode */
    free(x);
    free(before);
    vault_key_free(q.key);
    temp_dir_remove(&dir);
}

static void
the_first_draft_comes_out_whole(void **state)
{
    (void)state;
    an_older_draft_comes_out_whole("vault-1");
}

static void
the_second_draft_comes_out_whole(void **state)
{
    (void)state;
    an_older_draft_comes_out_whole("vault-2");
}

static void
fill(struct quick_vault *q)
{
    enum { N = 3 * 1024 * 1024 };
    struct vault_sealed out;
    uint8_t *p = malloc(N);

    quick_make(q);
    quick_noise(p, N, 7);
    quick_add(q->v, "large", p, N, &out);
    quick_add(q->v, "small", "text", 4, &out);
    free(p);
    quick_close(q);
}

static void
this_machine_goes_on_in_the_new_file(void **state)
{
    struct quick_vault q;
    struct vault_upgraded done;
    struct vault_sealed out;
    struct vault_info info;
    struct quick_verdict said;
    char new[TEMP_PATH];

    (void)state;
    fill(&q);
    temp_dir_path(&q.dir, "new", new);
    upgrade(q.path, new, NULL, &q.opt, &done); /* locked */
    assert_int_equal(done.from, done.to);
    assert_int_equal(done.records, 2);
    q.v = quick_open(&q, new, &q.opt);
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    assert_false(info.older);
    quick_add(q.v, "after", "text", 4, &out);
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    assert_int_equal(info.logs, 1);
    assert_int_equal(quick_listed(q.v), 3);
    quick_close(&q);
    quick_verify(new, q.key, &said);
    assert_int_equal(said.st, VAULT_OK);
    quick_end(&q);
}

static void
the_frozen_version_is_written_and_read(void **state)
{
    struct quick_vault q;
    struct vault_upgraded done;
    struct vault_error err;
    struct quick_verdict said;
    struct vault_sealed out;
    char new[TEMP_PATH], back[TEMP_PATH];

    (void)state;
    fill(&q);
    temp_dir_path(&q.dir, "new", new);
    temp_dir_path(&q.dir, "back", back);
    if (vlt_upgrade_to(q.path, new, 1, q.key, &q.opt, &done, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(done.from, 0);
    assert_int_equal(done.to, 1);
    assert_int_equal(quick_count(q.path, "PRAGMA user_version"), 0);
    assert_int_equal(quick_count(new, "PRAGMA user_version"), 1);
    expect_same_rows(q.path, new);
    q.v = quick_open(&q, new, &q.opt);
    quick_add(q.v, "after", "text", 4, &out);
    quick_close(&q);
    quick_verify(new, q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s\n%s", said.err.message, said.lines);
    assert_int_equal(vlt_upgrade_to(new, back, 0, NULL, &q.opt, &done, &err),
        VAULT_E_NEWER);
    assert_false(temp_exists(back));
    quick_end(&q);
}

static void
what_does_not_verify_is_not_copied(void **state)
{
    struct quick_vault q;
    struct vault_upgraded done;
    char new[TEMP_PATH];
    size_t entries;

    (void)state;
    fill(&q);
    temp_dir_path(&q.dir, "new", new);
    entries = temp_dir_count(&q.dir);
    assert_int_equal(vault_upgrade(q.path, q.path, NULL, &q.opt, &done, NULL),
        VAULT_E_EXISTS);
    quick_sql(q.path,
        "UPDATE segment SET ct = zeroblob(length(ct)) WHERE n = 1");
    assert_int_equal(vault_upgrade(q.path, new, NULL, &q.opt, &done, NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(temp_dir_count(&q.dir), entries);
    assert_int_equal(vault_upgrade(q.keyfile, new, NULL, &q.opt, &done, NULL),
        VAULT_E_FORMAT);
    assert_int_equal(temp_dir_count(&q.dir), entries);
    quick_end(&q);
}

static void
what_is_only_staged_stays_behind(void **state)
{
    struct quick_vault q;
    struct vault_upgraded done;
    char new[TEMP_PATH];

    (void)state;
    fill(&q);
    temp_dir_path(&q.dir, "new", new);
    quick_sql(q.path, "INSERT INTO staging VALUES(77)");
    quick_sql(q.path, "INSERT INTO segment VALUES(900, 77, 0, x'00')");
    upgrade(q.path, new, NULL, &q.opt, &done);
    assert_int_equal(quick_count(new, "SELECT count(*) FROM staging"), 0);
    assert_int_equal(quick_count(new,
                         "SELECT count(*) FROM segment WHERE rid = 77"),
        0);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_draft_comes_out_whole),
        cmocka_unit_test(the_second_draft_comes_out_whole),
        cmocka_unit_test(this_machine_goes_on_in_the_new_file),
        cmocka_unit_test(the_frozen_version_is_written_and_read),
        cmocka_unit_test(what_does_not_verify_is_not_copied),
        cmocka_unit_test(what_is_only_staged_stays_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
