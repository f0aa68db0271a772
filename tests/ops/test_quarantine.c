/* SPDX-License-Identifier: Apache-2.0 */
/* test_quarantine.c: planted rows go into a file, evidence stays */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <vault/doctor.h>

#include "quick_vault.h"

struct world {
    struct quick_vault q, other;
    char to[TEMP_PATH];
};

static void
begin(struct world *w)
{
    struct vault_sealed out;

    quick_make(&w->q);
    quick_make(&w->other);
    quick_add(w->q.v, "mine", "text", 4, &out);
    quick_add(w->q.v, "mine too", "text", 4, &out);
    quick_add(w->other.v, "theirs", "text", 4, &out);
    quick_close(&w->q);
    quick_close(&w->other);
    temp_dir_path(&w->q.dir, "planted.jsonl", w->to);
}

static void
end(struct world *w)
{
    quick_end(&w->q);
    quick_end(&w->other);
}

/* Take rows over from the other vault, as somebody who wants us to sign for
 * them would. */
static void
plant(const struct world *w, const char *sql)
{
    char text[2 * TEMP_PATH + 512];

    snprintf(text, sizeof text, "ATTACH '%s' AS o; %s", w->other.path, sql);
    quick_sql(w->q.path, text);
}

static enum vault_status
quarantine(const struct world *w, struct vault_quarantined *out)
{
    struct vault_error err;
    enum vault_status st = vault_quarantine(w->q.path, w->to, w->q.key,
        &w->q.opt, "found by verify", out, &err);

    if (st != VAULT_OK)
        printf("quarantine: %s\n", err.message);
    return st;
}

/* How many lines, each an object with table and columns; one holds `hex`. */
static size_t
lines(const char *path, const char *hex)
{
    size_t n, count = 0;
    uint8_t *p = temp_read(path, &n);
    char *text = malloc(n + 1);
    char *rest;

    memcpy(text, p, n);
    text[n] = 0;
    free(p);
    assert_non_null(strstr(text, hex));
    for (char *at = strtok_r(text, "\n", &rest); at != NULL;
         at = strtok_r(NULL, "\n", &rest)) {
        json_t *j = json_loads(at, JSON_REJECT_DUPLICATES, NULL);

        assert_non_null(json_string_value(json_object_get(j, "table")));
        assert_true(json_object_size(json_object_get(j, "columns")) > 0);
        json_decref(j);
        count++;
    }
    free(text);
    return count;
}

static void
what_nothing_names_goes_and_the_vault_holds_again(void **state)
{
    static const char *const sql[] = {"INSERT INTO wrap VALUES(999, x'c0ffee')",
        "INSERT INTO segment VALUES(999, 999, 0, x'c0ffee')",
        "INSERT INTO extract VALUES(5, 999, x'c0ffee', x'c0ffee')",
        "INSERT INTO leaf SELECT 1, 4000, kind, id, ver, subj, ev, evct "
        "FROM o.leaf WHERE kind = 'seal'",
        "INSERT INTO leaf SELECT 77, idx, kind, id, ver, subj, ev, evct "
        "FROM o.leaf WHERE kind = 'seal'",
        "INSERT INTO node VALUES(1, 5, 0, zeroblob(32))",
        "INSERT INTO checkpoint SELECT 78, size, keep, note FROM o.checkpoint",
        "INSERT INTO record SELECT 500, f, id, ver, head, meta FROM o.record; "
        "INSERT INTO wrap SELECT 500, b FROM o.wrap",
        "INSERT INTO record SELECT 501, f, id, ver, head, meta FROM record "
        "WHERE rid = 1",
        "INSERT INTO record SELECT 502, f, zeroblob(16), ver, head, meta FROM "
        "record WHERE rid = 1",
        "INSERT INTO record SELECT 503, f, id, 9, head, meta FROM record "
        "WHERE rid = 1; INSERT INTO wrap VALUES(503, x'c0ffee')",
        "INSERT INTO record SELECT 504, 0, id, ver, "
        "CAST(x'ff' || substr(head, 2) AS BLOB), meta FROM record WHERE "
        "rid = 1",
        "INSERT INTO epoch SELECT 50, id, head, rcpt, wraps, cache FROM "
        "o.epoch",
        "INSERT INTO log SELECT 9, origin, note FROM o.log",
        "INSERT INTO note VALUES(3, 0, 'card', x'c0ffee')",
        "INSERT INTO proof VALUES(1, 1, 1, 1, 'seal', zeroblob(32), x'')",
        "INSERT INTO attachment VALUES(2, 1, (SELECT max(size) FROM "
        "checkpoint WHERE log = 1), 'ots', x'c0ffee')",
        "INSERT INTO attachment VALUES(1, 1, 4000, 'tsr', x'c0ffee')"};
    struct world w;
    struct vault_quarantined done;
    struct quick_verdict said;
    size_t i, n = sizeof sql / sizeof sql[0];

    (void)state;
    for (i = 0; i <= n; i++) { /* each alone, then all at once */
        size_t k;

        begin(&w);
        for (k = i < n ? i : 0; k < (i < n ? i + 1 : n); k++)
            plant(&w, sql[k]);
        quick_verify(w.q.path, NULL, &said);
        if (said.st != VAULT_E_TAMPERED)
            fail_msg("%zu: verify does not see it\n%s", i, said.lines);
        if (quarantine(&w, &done) != VAULT_OK)
            fail_msg("%zu: not put right", i);
        assert_true(done.rows >= (i < n ? 1 : n));
        quick_verify(w.q.path, w.q.key, &said);
        if (said.st != VAULT_OK)
            fail_msg("%zu: %s\n%s", i, said.err.message, said.lines);
        quick_again(&w.q);
        assert_int_equal(quick_listed(w.q.v), 2);
        assert_int_equal(quick_count(w.q.path,
                             "SELECT count(*) FROM leaf WHERE kind = 'note'"),
            1);
        assert_int_equal(lines(w.to, i == 0 || i == n ? "x:c0ffee" : "table"),
            done.rows);
        end(&w);
    }
}

static void
evidence_that_was_changed_stays(void **state)
{
    struct world w;
    struct vault_quarantined done = {7, 7};
    struct quick_verdict said;

    (void)state;
    begin(&w);
    /* a byte of the content root in the row head */
    quick_sql(w.q.path,
        "UPDATE record SET head = CAST(substr(head, 1, 140) || x'25' || "
        "substr(head, 142) AS BLOB) WHERE rid = 1");
    assert_int_equal(quarantine(&w, &done), VAULT_OK);
    assert_int_equal(done.rows, 0);
    assert_false(temp_exists(w.to));
    assert_int_equal(quick_count(w.q.path, "SELECT count(*) FROM record"), 2);
    quick_verify(w.q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    end(&w);
}

/* As this has no row of its own any more, it is the evidence, and stays. */
static void
evidence_under_another_id_stays(void **state)
{
    static const char *const sql[] =
        {"UPDATE record SET id = zeroblob(16) WHERE rid = 1",
            "UPDATE record SET ver = 2 WHERE rid = 1",
            "UPDATE record SET head = CAST(x'ff' || substr(head, 2) AS BLOB) "
            "WHERE rid = 1"};
    struct vault_quarantined done;
    struct quick_verdict said;
    struct world w;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        begin(&w);
        quick_sql(w.q.path, sql[i]);
        plant(&w, "INSERT INTO wrap VALUES(999, x'c0ffee')");
        (void)quarantine(&w, &done);
        assert_int_equal(quick_count(w.q.path, "SELECT count(*) FROM record"),
            2);
        quick_verify(w.q.path, NULL, &said);
        assert_int_equal(said.st, VAULT_E_TAMPERED);
        end(&w);
    }
}

/* The log cut at an older checkpoint: what lies beyond looks planted, and is
 * what this machine sealed. */
static void
what_this_machine_has_logged_is_not_planted(void **state)
{
    struct vault_quarantined done;
    struct vault_sealed out;
    char kept[TEMP_PATH], sql[TEMP_PATH + 200];
    struct world w;

    (void)state;
    begin(&w);
    temp_dir_path(&w.other.dir, "kept", kept);
    temp_write(kept, "", 0);
    snprintf(sql, sizeof sql,
        "ATTACH '%s' AS k; CREATE TABLE k.kept AS SELECT * FROM checkpoint",
        kept);
    quick_sql(w.q.path, sql);
    quick_again(&w.q);
    quick_add(w.q.v, "after it", "text", 4, &out);
    quick_close(&w.q);
    snprintf(sql, sizeof sql,
        "ATTACH '%s' AS k; DELETE FROM checkpoint; "
        "INSERT INTO checkpoint SELECT * FROM k.kept",
        kept);
    quick_sql(w.q.path, sql);
    assert_int_equal(quarantine(&w, &done), VAULT_E_TAMPERED);
    assert_false(temp_exists(w.to));
    assert_int_equal(quick_count(w.q.path, "SELECT count(*) FROM record"), 3);
    end(&w);
}

static void
without_planted_rows_nothing_is_written(void **state)
{
    struct world w;
    struct vault_quarantined done = {7, 7};
    struct vault_key *wrong = vault_key_new();
    uint8_t *before, *after;
    size_t n, m;

    (void)state;
    begin(&w);
    before = temp_read(w.q.path, &n);
    assert_int_equal(quarantine(&w, &done), VAULT_OK);
    assert_int_equal(done.rows, 0);
    assert_int_equal(vault_key_file(wrong, w.other.keyfile, NULL), VAULT_OK);
    assert_int_equal(vault_quarantine(w.q.path, w.to, wrong, &w.q.opt, NULL,
                         &done, NULL),
        VAULT_E_SECRET);
    after = temp_read(w.q.path, &m);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);
    assert_false(temp_exists(w.to));
    free(before);
    free(after);
    vault_key_free(wrong);
    end(&w);
}

static void
what_cannot_be_put_right_is_left_as_it_was(void **state)
{
    struct world w;
    struct vault_quarantined done;
    uint8_t *before, *after;
    size_t n, m;

    (void)state;
    begin(&w);
    plant(&w,
        "INSERT INTO wrap VALUES(999, x'c0ffee'); "
        "UPDATE leaf SET subj = zeroblob(32) WHERE idx = 4");
    before = temp_read(w.q.path, &n);
    assert_int_equal(quarantine(&w, &done), VAULT_E_TAMPERED);
    after = temp_read(w.q.path, &m);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);
    assert_false(temp_exists(w.to));
    free(before);
    free(after);
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nothing_names_goes_and_the_vault_holds_again),
        cmocka_unit_test(evidence_that_was_changed_stays),
        cmocka_unit_test(evidence_under_another_id_stays),
        cmocka_unit_test(what_this_machine_has_logged_is_not_planted),
        cmocka_unit_test(without_planted_rows_nothing_is_written),
        cmocka_unit_test(what_cannot_be_put_right_is_left_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
