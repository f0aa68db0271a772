/* SPDX-License-Identifier: Apache-2.0 */
/* test_receive_forged.c: cards and logs that claim to be of somebody else */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vault/notice.h>
#include <vault/origin.h>
#include <vault/receive.h>
#include "action.h"
#include "foreign.h"
#include "made_bundle.h"
#include "notices.h"
#include "pin_add.h"
#include "quick_vault.h"
#include "settings.h"
#include "sign.h"

/*
 * Bob's vault; the bundle of Alice; the bundle of Mallory, in which `other` is
 * a card that Mallory made with the id of Alice's vault.
 */
static struct {
    struct quick_vault q;
    struct made_bundle alice, mallory;
    char alice_path[TEMP_PATH], mallory_path[TEMP_PATH];
} w;

/* This log has the origin of that one, under another card. */
static void
take_origin(struct made_bundle *b, int log, const struct made_log *from,
    const struct made_person *by)
{
    struct made_log *l = &b->log[log];
    struct vlt_replica r;
    struct vlt_leaf leaf;

    memset(&r, 0, sizeof r);
    memcpy(r.vault, by->card.vault, 16);
    memcpy(r.replica, from->id, 8);
    r.number = 1;
    vlt_sign_public(r.log_key, l->key->b);
    memcpy(r.card, by->card.fingerprint, 32);
    vlt_buf_reset(&l->note);
    assert_int_equal(vlt_replica_make(&r, by->seed, &l->note, NULL), VAULT_OK);
    memcpy(l->id, from->id, 8);
    memcpy(l->text_hash, r.text_hash, 32);
    memcpy(l->origin, from->origin, sizeof l->origin);
    vlt_replica_clear(&r);
    memset(&leaf, 0, sizeof leaf);
    memcpy(leaf.kind, "genesis", 8);
    memcpy(leaf.subject, l->text_hash, 32);
    l->leaves = 0;
    vlt_leaf_text_hash(l->leaf[l->leaves++].b, &leaf);
}

static void
pin(const struct made_person *p, const char *name)
{
    struct vault *v = w.q.v;
    struct vlt_pin out;
    bool changed = false;

    assert_int_equal(vlt_action_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_pin_add(v, (const char *)p->note.p, p->note.len, name,
                         true, &changed, &out, NULL),
        VAULT_OK);
    vlt_pin_clear(&out);
    assert_int_equal(vlt_settings_changed(v, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(v, NULL), VAULT_OK);
}

static int
record(struct made_bundle *b, const struct made_person *of, int log, int after)
{
    struct made_what what = {of, log, VLT_ENTRY_FULL, after, 0, -1};

    return made_record(b, &what);
}

static void
begin(void)
{
    quick_make(&w.q);
    temp_dir_path(&w.q.dir, "alice.bundle", w.alice_path);
    temp_dir_path(&w.q.dir, "mallory.bundle", w.mallory_path);
    made_begin(&w.alice, &w.q.v->card);
    made_begin(&w.mallory, &w.q.v->card);
    (void)made_replica(&w.alice, &w.alice.sender, &w.alice.sender);
    (void)record(&w.alice, &w.alice.sender, 0, -1);
    made_point(&w.alice, 0, 0);

    memcpy(w.mallory.other.card.vault, w.alice.sender.card.vault, 16);
    vlt_buf_reset(&w.mallory.other.note);
    assert_int_equal(vlt_card_make(&w.mallory.other.card, w.mallory.other.seed,
                         NULL, &w.mallory.other.note, NULL),
        VAULT_OK);
    (void)made_replica(&w.mallory, &w.mallory.sender, &w.mallory.sender);
    (void)made_replica(&w.mallory, &w.mallory.other, &w.mallory.other);
    take_origin(&w.mallory, 1, &w.alice.log[0], &w.mallory.other);
    (void)record(&w.mallory, &w.mallory.sender, 0, -1);
    made_point(&w.mallory, 0, 0);
}

static void
write_both(void)
{
    made_write(&w.alice, w.alice_path);
    made_write(&w.mallory, w.mallory_path);
}

static void
end(void)
{
    made_end(&w.alice);
    made_end(&w.mallory);
    quick_end(&w.q);
}

/* ---- receiving ---- */

struct run {
    enum vault_received_state state[4];
    char why[4][512];
    size_t n;
};

static int
take_row(void *ctx, const struct vault_received *row)
{
    struct run *r = ctx;

    (void)snprintf(r->why[r->n], sizeof r->why[0], "%s", row->why.message);
    r->state[r->n++] = row->state;
    return 0;
}

static struct run
receive(const char *one, const char *two, const char *accept)
{
    struct vault_receive_result done;
    struct vault_receive *r = NULL;
    struct vault_error err = {0};
    struct run out;

    memset(&out, 0, sizeof out);
    assert_int_equal(vault_receive_begin(w.q.v, NULL, &r, NULL), VAULT_OK);
    assert_int_equal(vault_receive_add(r, one, NULL), VAULT_OK);
    if (two != NULL)
        assert_int_equal(vault_receive_add(r, two, NULL), VAULT_OK);
    if (accept != NULL)
        assert_int_equal(vault_receive_accept(r, accept, NULL), VAULT_OK);
    if (vault_receive_commit(r, &done, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(vault_receive_each(r, take_row, &out, NULL), VAULT_OK);
    vault_receive_close(r);
    return out;
}

static void
expect_verified(void)
{
    struct quick_verdict d;

    quick_close(&w.q);
    quick_verify(w.q.path, w.q.key, &d);
    if (d.verdict.failed != 0)
        fail_msg("%s", d.lines);
    quick_again(&w.q);
}

/* The forger asks to withdraw Alice's record. */
static void
expect_not_hidden(const uint8_t stmt[32])
{
    struct vlt_hash32 one;
    struct vlt_notice n;
    struct vault_notice out;
    struct vlt_buf note;
    bool hidden = true;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    vlt_notice_init(&n);
    n.kind = VLT_NOTICE_WITHDRAW;
    memcpy(n.vault, w.mallory.other.card.vault, 16);
    memcpy(n.card, w.mallory.other.card.fingerprint, 32);
    vlt_random(n.id, 16);
    n.date = 1700000000;
    memcpy(one.b, stmt, 32);
    n.stmts = 1;
    n.stmt = &one;
    assert_int_equal(vlt_notice_make(&n, w.mallory.other.seed, &note, NULL),
        VAULT_OK);
    assert_int_equal(vault_notice_take(w.q.v, (const char *)note.p, note.len,
                         &out, NULL),
        VAULT_OK);
    assert_int_equal(out.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(vlt_read_begin(w.q.v, NULL), VAULT_OK);
    assert_int_equal(vlt_hidden(w.q.v, stmt, &hidden, NULL), VAULT_OK);
    vlt_store_rollback(w.q.v->store);
    assert_false(hidden);
    vlt_buf_clear(&note);
}

/* ---- tests ---- */

/* Mallory is known and compared. Beside her own record she gives a card with
 * the id of Alice's vault, and a log with the name of Alice's log. */
static void
a_card_that_no_record_needs_speaks_for_nothing(void **state)
{
    struct run r;

    (void)state;
    begin();
    made_point(&w.mallory, 1, 1);
    record(&w.alice, &w.alice.sender, 0, -1);
    made_point(&w.alice, 0, 0);
    write_both();
    pin(&w.alice.sender, "alice");
    pin(&w.mallory.sender, "mallory");
    r = receive(w.mallory_path, NULL, NULL);
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    r = receive(w.alice_path, NULL, NULL);
    assert_string_equal(r.why[0], "");
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    expect_verified();
    expect_not_hidden(w.alice.record[0].stmt);
    end();
}

/* As large as Alice's: no second history of a key that never signed it. */
static void
another_key_signs_no_second_history(void **state)
{
    struct run r;

    (void)state;
    begin();
    w.mallory.log[1].leaves = w.alice.log[0].leaves;
    vlt_random(w.mallory.log[1].leaf[1].b, 32);
    made_point(&w.mallory, 1, 1);
    write_both();
    pin(&w.alice.sender, "alice");
    pin(&w.mallory.sender, "mallory");
    r = receive(w.mallory_path, NULL, NULL);
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    r = receive(w.alice_path, NULL, NULL);
    assert_string_equal(r.why[0], "");
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    end();
}

/* The forged card came first, and Alice's is compared later. */
static void
what_is_compared_later_counts(void **state)
{
    struct run r;

    (void)state;
    begin();
    w.mallory.log[1].leaves = w.alice.log[0].leaves;
    vlt_random(w.mallory.log[1].leaf[1].b, 32);
    made_point(&w.mallory, 1, 1);
    write_both();
    pin(&w.mallory.sender, "mallory");
    r = receive(w.mallory_path, NULL, NULL);
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    pin(&w.alice.sender, "alice");
    r = receive(w.alice_path, NULL, NULL);
    assert_string_equal(r.why[0], "");
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    expect_verified();
    expect_not_hidden(w.alice.record[0].stmt);
    end();
}

static bool
origin_holds(const struct made_record *r)
{
    struct vault_provenance p;
    struct vault_record *rec = NULL;
    bool holds;

    assert_int_equal(vault_record_open(w.q.v, r->head.h.id, 0, &rec, NULL),
        VAULT_OK);
    assert_int_equal(vault_record_provenance(rec, &p, NULL), VAULT_OK);
    holds = p.origin_holds;
    vault_provenance_clear(&p);
    vault_record_close(rec);
    return holds;
}

/* A record came in under the forged card while nobody knew Alice: it is not
 * said to be hers when she is. */
static void
a_forged_record_is_not_of_the_vault_that_is_compared_later(void **state)
{
    struct quick_verdict d;
    struct run r;
    int forged;

    (void)state;
    begin();
    forged = record(&w.mallory, &w.mallory.other, 1, -1);
    made_point(&w.mallory, 1, 1);
    write_both();
    pin(&w.mallory.sender, "mallory");
    r = receive(w.mallory_path, NULL, NULL);
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    assert_true(origin_holds(&w.mallory.record[forged]));
    pin(&w.alice.sender, "alice");
    r = receive(w.alice_path, NULL, NULL);
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    assert_false(origin_holds(&w.mallory.record[forged]));
    assert_true(origin_holds(&w.alice.record[0]));
    quick_close(&w.q);
    quick_verify(w.q.path, w.q.key, &d);
    assert_int_equal(d.verdict.failed, 1);
    quick_again(&w.q);
    end();
}

/* Nobody knows Alice yet: of two cards for one vault in one run, the second
 * is refused as it would be in a run of its own. */
static void
two_cards_of_one_vault_do_not_come_in_with_one_run(void **state)
{
    struct vlt_card *alice = &w.alice.sender.card;
    char key[VLT_FINGERPRINT_TEXT];
    struct run r;

    (void)state;
    begin();
    (void)record(&w.mallory, &w.mallory.other, 1, -1);
    made_point(&w.mallory, 1, 1);
    write_both();
    pin(&w.mallory.sender, "mallory");
    vlt_fingerprint_text(key, alice->fingerprint);
    r = receive(w.alice_path, w.mallory_path, key);
    assert_int_equal(r.state[0], VAULT_RECEIVE_DONE);
    assert_int_equal(r.state[1], VAULT_RECEIVE_REFUSED);
    assert_non_null(strstr(r.why[1], "hang together"));
    r = receive(w.mallory_path, NULL, NULL);
    assert_int_equal(r.state[0], VAULT_RECEIVE_REFUSED);
    expect_verified();
    end();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_that_no_record_needs_speaks_for_nothing),
        cmocka_unit_test(another_key_signs_no_second_history),
        cmocka_unit_test(what_is_compared_later_counts),
        cmocka_unit_test(
            a_forged_record_is_not_of_the_vault_that_is_compared_later),
        cmocka_unit_test(two_cards_of_one_vault_do_not_come_in_with_one_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
