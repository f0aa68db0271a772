/* SPDX-License-Identifier: Apache-2.0 */
/* test_rekey_members.c: new keys go to the same people as before */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vault/compartments.h>
#include <vault/rekey.h>

#include "circle.h"
#include "handle.h"
#include "record_rows.h"

static struct circle w;

static void
ok(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        fail_msg("%s: %s", vault_status_name(st), err->message);
}

static void
compartment(const char *name, enum vault_compartment_own own,
    const char *member)
{
    struct vault_compartment_change c = {.name = name,
        .fresh = true,
        .own = own,
        .add = &member,
        .add_len = 1};
    struct vault_error err;

    ok(vault_compartment_change(w.q[0].v, &c, &err), &err);
}

static void
add(const char *where, uint8_t id[VAULT_ID])
{
    struct vault_sealer *s = NULL;
    struct vault_sealed done;
    struct vault_error err;

    ok(vault_seal_begin(w.q[0].v, "file", &s, &err), &err);
    if (where != NULL)
        ok(vault_seal_compartment(s, where, true, &err), &err);
    ok(vault_seal_commit(s, &done, &err), &err);
    memcpy(id, done.id, VAULT_ID);
}

/* Bit i: vault i has a key to the epoch that the record's wrap in v lies in. */
static unsigned
who_opens(struct vault *v, const uint8_t id[VAULT_ID],
    uint8_t wrap[VLT_RECORD_WRAP])
{
    struct vlt_record_row row;
    struct vlt_epoch_row e;
    struct vault_error err;
    unsigned who = 0;

    ok(vlt_store_begin(v->store, false, &err), &err);
    ok(vlt_record_get(v->store, id, 1, &row, NULL, &err), &err);
    ok(vlt_wrap_get(v->store, row.rid, wrap, &err), &err);
    ok(vlt_epoch_by_id(v->store, wrap, &e, &err), &err);
    vlt_store_rollback(v->store);
    for (size_t i = 0; i < w.n; i++) {
        struct vlt_e0 *e0 = NULL;
        struct vault *by = i == 0 ? v : w.q[i].v;

        who |= vlt_epoch_own_open(by, &e.epoch, &e0, NULL) == VAULT_OK ? 1U << i
                                                                       : 0;
        vlt_e0_free(e0);
    }
    vlt_epoch_row_clear(&e);
    return who;
}

static void
each_record_stays_with_its_people(void **state)
{
    uint8_t plain[VAULT_ID], team[VAULT_ID], away[VAULT_ID];
    uint8_t before[VLT_RECORD_WRAP], after[VLT_RECORD_WRAP];
    struct vault_withdrawal gone;
    struct vault_rekeyed done;
    struct vault_error err;
    struct vault_way way;
    struct vault_rekey_options o = {.way = &way, .ways = 1};
    static struct quick_verdict verdict;
    char path[TEMP_PATH];
    struct vault *v = NULL;

    (void)state;
    circle_make(&w, 3);
    compartment("identities", VAULT_COMPARTMENT_WITHOUT_ME, "v1");
    compartment("team", VAULT_COMPARTMENT_WITH_ME, "v2");
    add(NULL, plain);
    add("team", team);
    add("identities", away);
    assert_int_equal(who_opens(w.q[0].v, plain, before), 1);
    assert_int_equal(who_opens(w.q[0].v, team, before), 1 + 4);
    assert_int_equal(who_opens(w.q[0].v, away, before), 2);
    ok(vault_rekey(w.q[0].v, NULL, &done, &err), &err);
    assert_int_equal(done.wraps, 2);
    assert_int_equal(done.wraps_left, 1);
    assert_int_equal(done.epochs_left, 1);
    assert_int_equal(who_opens(w.q[0].v, away, after), 2);
    assert_memory_equal(before, after, sizeof after);
    assert_int_equal(who_opens(w.q[0].v, plain, after), 1);
    assert_int_equal(who_opens(w.q[0].v, team, after), 1 + 4);
    quick_again(&w.q[0]);
    /* into a new file: the same */
    way = (struct vault_way){.key = w.q[0].key};
    temp_dir_path(&w.q[0].dir, "new.sanduq", path);
    ok(vault_rekey_new(w.q[0].v, path, &o, &done, &err), &err);
    assert_int_equal(done.epochs_left, 1);
    v = quick_open(&w.q[0], path, &w.q[0].opt);
    assert_int_equal(who_opens(v, away, after), 2);
    assert_memory_equal(before, after, sizeof after);
    assert_int_equal(who_opens(v, plain, after), 1);
    assert_int_equal(who_opens(v, team, after), 1 + 4);
    vault_close(v);
    /* the last record sealed away takes its epoch along: verify still holds */
    ok(vault_withdraw(w.q[0].v, away, 0, NULL, &gone, &err), &err);
    quick_close(&w.q[0]);
    quick_verify(w.q[0].path, w.q[0].key, &verdict);
    if (verdict.st != VAULT_OK ||
        strstr(verdict.lines, "since the last new keys") == NULL)
        fail_msg("%s\n%s", vault_status_name(verdict.st), verdict.lines);
    quick_again(&w.q[0]);
    circle_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_record_stays_with_its_people),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
