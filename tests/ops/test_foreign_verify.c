/* SPDX-License-Identifier: Apache-2.0 */
/* test_foreign_verify.c: what verify says of records of others */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cell.h"
#include "foreign_copy.h"
#include "foreign_rows.h"
#include "fnote.h"

enum { BODY = 300 * 1024 };

static struct quick_vault theirs, ours;
static struct vault_sealed whole, part, two;

static void
amend(struct vault *v, const uint8_t id[VAULT_ID], const char *value)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_amend_begin(v, id, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "note", value,
                         strlen(value), NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
}

/* One whole record with a body, one in part, one of two versions whose first
 * is only a head, and an own one. */
static int
make(void **state)
{
    static const char *const title[] = {"title", NULL};
    uint8_t *p = malloc(BODY);
    struct foreign_row row;

    (void)state;
    quick_noise(p, BODY, 7);
    quick_make(&theirs);
    quick_make(&ours);
    quick_add(theirs.v, "whole", p, BODY, &whole);
    quick_add(theirs.v, "part", p, BODY, &part);
    quick_add(theirs.v, "two", NULL, 0, &two);
    amend(theirs.v, two.id, "second");
    quick_add(ours.v, "own", "mine", 4, NULL);
    foreign_copy(ours.v, theirs.v, whole.id, 1);
    foreign_read(theirs.v, part.id, 1, &row);
    (void)foreign_put_part(ours.v, theirs.v, &row, title);
    foreign_clear(&row);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    foreign_read(theirs.v, two.id, 1, &row);
    (void)foreign_put(ours.v, theirs.v, &row, FOREIGN_HEAD);
    foreign_clear(&row);
    foreign_read(theirs.v, two.id, 2, &row);
    (void)foreign_put(ours.v, theirs.v, &row, FOREIGN_FULL);
    foreign_clear(&row);
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
    quick_close(&ours);
    free(p);
    return 0;
}

static int
clean(void **state)
{
    (void)state;
    quick_end(&theirs);
    quick_end(&ours);
    return 0;
}

static void
expect(bool keyed, enum vault_status want, const char *line)
{
    static struct quick_verdict v;

    quick_verify(ours.path, keyed ? ours.key : NULL, &v);
    if (v.st != want || (line != NULL && strstr(v.lines, line) == NULL))
        fail_msg("%s (%s), wanted \"%s\" in:\n%s", vault_status_name(v.st),
            v.err.message, line != NULL ? line : "", v.lines);
}

static void
all_of_it_holds(void **state)
{
    (void)state;
    expect(false, VAULT_OK, "4 records of others, sealed: needs unlocking");
    expect(true, VAULT_OK, "3 record versions of others: each logged by");
    expect(true, VAULT_OK, "2 of them whole, opened");
    expect(true, VAULT_OK, "1 of them in part");
    expect(true, VAULT_OK, "1 of them only as what a later version follows");
}

static void
a_copy_that_was_destroyed_is_told_as_that(void **state)
{
    struct vault_withdrawal done;

    (void)state;
    ours.v = quick_open(&ours, ours.path, &ours.opt);
    assert_int_equal(vault_withdraw(ours.v, whole.id, 0, NULL, &done, NULL),
        VAULT_OK);
    assert_int_equal(vault_withdraw(ours.v, part.id, 0, NULL, &done, NULL),
        VAULT_OK);
    quick_close(&ours);
    expect(true, VAULT_OK, "2 of them destroyed here");
}

/* Each is what somebody without a secret can do to the file. Row 2 is the
 * whole record, 3 the part, 4 the head, 5 the second version. */
static const struct {
    const char *name;
    const char *sql;
    const char *says;
    bool keyless; /* seen without a secret */
} defects[] = {
    {"row taken away",
        "DELETE FROM record WHERE rid = 5;"
        "DELETE FROM wrap WHERE rid = 5",
        "taken away from outside", false},
    {"head of another row",
        "UPDATE record SET head = (SELECT head FROM record WHERE rid = 3) "
        "WHERE rid = 2",
        "does not open", false},
    {"metadata changed",
        "UPDATE record SET meta = zeroblob(length(meta)) WHERE rid = 2",
        "metadata were changed", false},
    {"metadata gone", "UPDATE record SET meta = NULL WHERE rid = 5",
        "taken away from outside", false},
    {"wrap gone", "DELETE FROM wrap WHERE rid = 2", "wrap is missing", false},
    {"wrap of another",
        "UPDATE wrap SET b = (SELECT b FROM wrap WHERE rid = 5) WHERE rid = 2",
        "wrap does not open", false},
    {"segment gone", "DELETE FROM segment WHERE rid = 2", "missing", false},
    {"segment changed",
        "UPDATE segment SET ct = zeroblob(length(ct)) WHERE rid = 2", "changed",
        false},
    {"extract changed", "UPDATE extract SET b = zeroblob(length(b))", "changed",
        false},
    {"extract gone", "DELETE FROM extract", "taken away from outside", false},
    {"proof gone", "DELETE FROM note WHERE n = 4294967298", "proof", false},
    {"proof of another",
        "UPDATE note SET b = (SELECT b FROM note WHERE n = 4294967299) WHERE "
        "n = 4294967298",
        "does not open", false},
    {"cards and logs gone", "DELETE FROM note WHERE n < 4294967296",
        "whose log it lies in is not known", false},
    {"proof of no record",
        "INSERT INTO note(n, f, kind, b) SELECT 4294967999, 1, '', b FROM note "
        "WHERE n = 4294967298",
        "proofs of no record", false},
    {"id in clear",
        "UPDATE record SET id = x'00112233445566778899aabbccddeeff', ver = 1 "
        "WHERE rid = 2",
        "malformed records", true},
    {"extract of an own record",
        "INSERT INTO extract(rid, wrap, b) SELECT 1, wrap, b FROM extract",
        "extracts of no foreign record", true},
    {"a proof of no length",
        "UPDATE note SET b = zeroblob(40) WHERE n = 4294967298", NULL, false},
    {"a proof of the greatest length",
        "UPDATE note SET b = zeroblob(1048576 + 40) WHERE n = 4294967298", NULL,
        false},
    {"a note of no length",
        "UPDATE note SET b = zeroblob(40) WHERE n = (SELECT min(n) FROM note "
        "WHERE f = 1)",
        NULL, false},
    {"a part of no length", "UPDATE extract SET b = zeroblob(40)", NULL, false},
    {"a note in clear among the proofs",
        "INSERT INTO note(n, f, kind, b) VALUES(9294967296, 0, 'device', "
        "x'00')",
        "malformed notes", true},
};

static void
what_was_changed_is_found(void **state)
{
    size_t len = 0;
    uint8_t *good = temp_read(ours.path, &len);

    (void)state;
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        static struct quick_verdict v;

        quick_sql(ours.path, defects[i].sql);
        quick_verify(ours.path, ours.key, &v);
        if (v.st != VAULT_E_TAMPERED ||
            (defects[i].says != NULL &&
                strstr(v.lines, defects[i].says) == NULL))
            fail_msg("%s: %s (%s)\n%s", defects[i].name,
                vault_status_name(v.st), v.err.message, v.lines);
        quick_verify(ours.path, NULL, &v);
        if (v.st != (defects[i].keyless ? VAULT_E_TAMPERED : VAULT_OK))
            fail_msg("%s, keyless: %s\n%s", defects[i].name,
                vault_status_name(v.st), v.lines);
        temp_write(ours.path, good, len);
    }
    free(good);
}

/* An action needs a line. */
static void
say_nothing(void)
{
    static const uint8_t zeros[32];
    struct vlt_entry e = {"note", NULL, 0, zeros, NULL, -1};

    assert_int_equal(vlt_action_leaf(ours.v, &e, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
}

/* What only this program could store, were it wrong. */
static void
change_proof(uint64_t rid, void (*how)(struct vlt_foreign_proof *p))
{
    struct vlt_foreign_proof p;

    ours.v = quick_open(&ours, ours.path, &ours.opt);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    assert_int_equal(vlt_foreign_proof_get(ours.v, rid, &p, NULL), VAULT_OK);
    how(&p);
    assert_int_equal(vlt_foreign_proof_put(ours.v, rid, &p, NULL), VAULT_OK);
    say_nothing();
    vlt_foreign_proof_clear(&p);
    quick_close(&ours);
}

static void
other_index(struct vlt_foreign_proof *p)
{
    char *at = strstr(vlt_buf_cstr(&p->proof), "index ") != NULL
        ? (char *)p->proof.p +
            (strstr(vlt_buf_cstr(&p->proof), "index ") -
                vlt_buf_cstr(&p->proof)) +
            6
        : NULL;

    assert_non_null(at);
    *at = *at == '1' ? '2' : '1';
}

static void
other_stmt(struct vlt_foreign_proof *p)
{
    p->stmt[0] ^= 1;
}

static void
no_proof(struct vlt_foreign_proof *p)
{
    vlt_buf_reset(&p->leaf);
    vlt_buf_reset(&p->proof);
}

static void
other_signature(struct vlt_foreign_proof *p)
{
    uint8_t *c = &p->proof.p[p->proof.len - 20];

    *c = *c == 'A' ? 'B' : 'A';
}

static void
as_dropped(struct vlt_foreign_proof *p)
{
    p->dropped = 1700000001;
}

static void
a_proof_is_judged_as_if_it_had_come_today(void **state)
{
    static const struct {
        const char *name;
        void (*how)(struct vlt_foreign_proof *p);
        const char *says;
    } row[] = {
        {"index", other_index, "not in the signed tree"},
        {"statement", other_stmt, "another's"},
        {"none", no_proof, "nothing proves it"},
        {"signature", other_signature, NULL},
        {"dropped without a line", as_dropped, "differ"},
    };
    size_t len = 0;
    uint8_t *good = temp_read(ours.path, &len);

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        static struct quick_verdict v;

        change_proof(2, row[i].how);
        quick_verify(ours.path, ours.key, &v);
        if (v.st != VAULT_E_TAMPERED ||
            (row[i].says != NULL && strstr(v.lines, row[i].says) == NULL))
            fail_msg("%s: %s\n%s", row[i].name, vault_status_name(v.st),
                v.lines);
        temp_write(ours.path, good, len);
        quick_verify(ours.path, ours.key, &v);
        assert_int_equal(v.st, VAULT_OK);
    }
    free(good);
}

static void
a_row_that_no_line_names_is_planted(void **state)
{
    uint8_t head[VLT_SEALED_HEAD];
    uint8_t plain[VLT_RECORD_HEAD];
    struct foreign_row r;

    (void)state;
    quick_add(theirs.v, "another", NULL, 0, &whole);
    foreign_read(theirs.v, whole.id, 1, &r);
    ours.v = quick_open(&ours, ours.path, &ours.opt);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    vlt_record_head_encode(plain, &r.head);
    vlt_foreign_cell_seal(head, ours.v->vmk, ours.v->id, "head", 9, plain,
        sizeof plain);
    assert_int_equal(vlt_foreign_row_put(ours.v->store, 9, head, NULL, 0, NULL),
        VAULT_OK);
    assert_int_equal(vlt_foreign_proof_put(ours.v, 9, &r.proof, NULL),
        VAULT_OK);
    say_nothing();
    quick_close(&ours);
    foreign_clear(&r);
    expect(true, VAULT_E_TAMPERED, "planted");
}

#define WITH_BOTH(f) cmocka_unit_test_setup_teardown(f, make, clean)

/* Row 3 as it was before more of it came in: its metadata, parts and proof,
 * each sealed by this program once. */
static void
less_than_came_in_is_missed(void **state)
{
    static const char *const more[] = {"title", "type", NULL};
    char old[1024], sql[2048];
    struct foreign_row row;
    size_t len = 0;
    uint8_t *before = temp_read(ours.path, &len);

    (void)state;
    foreign_read(theirs.v, part.id, 1, &row);
    (void)snprintf(old, sizeof old, "%s.old", ours.path);
    temp_write(old, before, len);
    free(before);
    for (int all = 0; all < 2; all++) {
        ours.v = quick_open(&ours, ours.path, &ours.opt);
        if (all)
            foreign_finish(ours.v, theirs.v, &row, 3);
        else
            (void)foreign_put_part(ours.v, theirs.v, &row, more);
        quick_close(&ours);
        expect(true, VAULT_OK, NULL);
        before = temp_read(ours.path, &len);
        (void)snprintf(sql, sizeof sql,
            "ATTACH '%s' AS old;"
            "UPDATE record SET meta = NULL WHERE rid = 3;"
            "DELETE FROM wrap WHERE rid = 3;"
            "DELETE FROM segment WHERE rid = 3;"
            "DELETE FROM extract WHERE rid = 3;"
            "INSERT INTO extract SELECT * FROM old.extract WHERE rid = 3;"
            "UPDATE note SET b = (SELECT b FROM old.note AS o "
            "WHERE o.n = note.n) WHERE n = 4294967296 + 3;",
            old);
        quick_sql(ours.path, sql);
        expect(true, VAULT_E_TAMPERED, "less of it is here than came in");
        temp_write(ours.path, before, len);
        free(before);
    }
    foreign_clear(&row);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BOTH(all_of_it_holds),
        WITH_BOTH(a_copy_that_was_destroyed_is_told_as_that),
        WITH_BOTH(what_was_changed_is_found),
        WITH_BOTH(a_proof_is_judged_as_if_it_had_come_today),
        WITH_BOTH(a_row_that_no_line_names_is_planted),
        WITH_BOTH(less_than_came_in_is_missed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
