/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_witness.c: no countersignature leaves before it is remembered */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/witness.h>

#include "fault_disk.h"
#include "fault_vfs.h"
#include "quick_vault.h"

enum { TEXT = 64 * 1024 };

struct world {
    struct quick_vault asker, witness;
    char card[8192];
    size_t card_len;
    uint8_t fingerprint[VAULT_HASH];
    char text[2][TEXT]; /* two requests, one after the other */
    size_t len[2];
    uint64_t size; /* that the second asks for */
    struct folder_image before;
    unsigned n;
    enum vault_status st;
    bool given; /* a signature came out */
    uint64_t disks;
};

static void
must(enum vault_status st, const char *what)
{
    if (st != VAULT_OK)
        temp_die(what, vault_status_name(st));
}

static int
keep_card(void *ctx, const struct vault_card *card)
{
    struct world *w = ctx;

    memcpy(w->card, card->note, card->note_len);
    w->card_len = card->note_len;
    return 0;
}

struct copy {
    char *to;
    size_t *len;
};

static int
keep_text(void *ctx, const char *text, size_t len)
{
    const struct copy *c = ctx;

    assert_true(len <= TEXT);
    memcpy(c->to, text, len);
    *c->len = len;
    return 0;
}

static int
note_judged(void *ctx, const struct vault_judged_result *r)
{
    struct world *w = ctx;

    if (r->what == VAULT_JUDGED_SIGNED && r->answer != NULL) {
        w->given = true;
        w->size = r->size;
    }
    return 0;
}

static int
take_none(void *ctx, const struct vault_line_result *r)
{
    (void)ctx;
    assert_true(r->what == VAULT_LINE_TAKEN || r->what == VAULT_LINE_HAD);
    return 0;
}

struct answer {
    char line[1024];
    size_t len;
};

static int
keep_answer(void *ctx, const struct vault_judged_result *r)
{
    struct answer *a = ctx;

    assert_int_equal(r->what, VAULT_JUDGED_SIGNED);
    memcpy(a->line, r->answer, r->answer_len);
    a->len = r->answer_len;
    return 0;
}

static void
ask(struct world *w, int i)
{
    struct copy c = {w->text[i], &w->len[i]};
    uint64_t logs = 0;

    must(vault_witness_ask(w->asker.v, "w", NULL, keep_text, &c, &logs, NULL),
        "ask");
    assert_int_equal(logs, 1);
}

/* A witness that has signed once, and is asked again. */
static void
begin(struct world *w)
{
    struct vault_witness_key key;
    struct answer a;
    bool changed, begun, here;

    memset(w, 0, sizeof *w);
    quick_make(&w->asker);
    quick_make(&w->witness);
    must(vault_cards_own(w->asker.v, keep_card, w, NULL), "card");
    must(vault_pin_add(w->witness.v, w->card, w->card_len, "a", true, NULL,
             NULL, NULL),
        "pin");
    must(vault_witness_begin(w->witness.v, false, &changed, NULL), "begin");
    must(vault_witness_own(w->witness.v, &key, &begun, &here, NULL), "key");
    assert_true(begun && here);
    must(vault_witness_pin(w->asker.v, "w", &key, true, false, &changed, NULL),
        "witness");
    ask(w, 0);
    must(vault_witness_sign(w->witness.v, w->text[0], w->len[0], keep_answer,
             &a, NULL),
        "sign");
    must(vault_witness_take(w->asker.v, a.line, a.len, take_none, w, NULL),
        "take");
    quick_add(w->asker.v, "more", "text", 4, NULL);
    ask(w, 1);
    quick_close(&w->witness);
    folder_image_load(&w->before, w->witness.dir.path);
}

static void
end(struct world *w)
{
    folder_image_clear(&w->before);
    quick_end(&w->witness);
    quick_end(&w->asker);
}

static void
act(struct world *w, enum fault_kind kind)
{
    struct vault *v = NULL;

    w->given = false;
    must(vault_open(w->witness.path, &w->witness.opt, &v, NULL), "open");
    must(vault_unlock(v, w->witness.key, NULL, NULL), "unlock");
    fault_disk_plan(kind, w->n);
    w->st = vault_witness_sign(v, w->text[1], w->len[1], note_judged, w, NULL);
    vault_close(v);
}

static int
note_seen(void *ctx, const struct vault_seen_log *l)
{
    uint64_t *size = ctx;

    *size = l->size;
    return 0;
}

/* What was given out is remembered; and the witness goes on. */
static void
judge(struct world *w, const char *disk)
{
    struct quick_verdict said;
    uint64_t size = 0;
    bool given = w->given;

    w->disks++;
    quick_verify(w->witness.path, w->witness.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s: %s", w->n, disk, said.lines);
    w->witness.v = quick_open(&w->witness, w->witness.path, &w->witness.opt);
    must(vault_witness_seen(w->witness.v, note_seen, &size, NULL), "seen");
    if (given && size != w->size)
        fail_msg("step %u, %s: signed %llu entries, remembers %llu", w->n, disk,
            (unsigned long long)w->size, (unsigned long long)size);
    must(vault_witness_sign(w->witness.v, w->text[1], w->len[1], note_judged, w,
             NULL),
        "sign again");
    assert_true(w->given);
    w->given = given;
    quick_close(&w->witness);
}

static bool
run_once(struct world *w, enum fault_kind kind)
{
    struct fault_wreck *wreck;
    bool hit;

    folder_image_lay(&w->before, w->witness.dir.path);
    fault_disk_begin(w->witness.dir.path);
    act(w, kind);
    hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    fault_wreck_lay(wreck, FAULT_LOSE_ALL, 0);
    judge(w, "all lost");
    fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n * 100);
    judge(w, "some kept");
    fault_wreck_free(wreck);
    assert_int_equal(w->given, w->st == VAULT_OK);
    if (!hit && w->st != VAULT_OK)
        fail_msg("no fault, and no success: %s", vault_status_name(w->st));
    return hit;
}

static void
each(enum fault_kind kind, unsigned stride)
{
    struct world w;

    begin(&w);
    for (w.n = 1; run_once(&w, kind); w.n += stride)
        ;
    printf("%u operations, %llu disks\n", w.n, (unsigned long long)w.disks);
    assert_true(w.n > 10);
    end(&w);
}

static void
a_power_cut_takes_back_no_signature(void **state)
{
    (void)state;
    each(FAULT_CUT, 1);
}

static void
a_failing_disk_lets_no_signature_out(void **state)
{
    (void)state;
    each(FAULT_ERROR_ONCE, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_takes_back_no_signature),
        cmocka_unit_test(a_failing_disk_lets_no_signature_out),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
