/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_witness.c: no countersignature leaves before it is remembered, and
 * never one for each of two histories; an answer is taken once */
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

/* Requests, one after the other; OTHER goes on from FIRST another way. */
enum { FIRST, SECOND, OTHER, REQUESTS };

struct world {
    struct quick_vault asker, witness;
    char card[8192];
    size_t card_len;
    uint8_t fingerprint[VAULT_HASH];
    char text[REQUESTS][TEXT];
    size_t len[REQUESTS];
    uint64_t size;               /* that the second asks for */
    struct quick_vault *watched; /* whose disk fails */
    struct folder_image before;  /* its folder */
    unsigned n;
    enum vault_status st;
    bool given;        /* a signature came out */
    char answer[TEXT]; /* to the second, when it is the asker's disk */
    size_t answer_len;
    uint64_t disks, other; /* and on how many the other was signed */
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

/* One more record, and a request about it; or the same from a copy of the
 * vault and of its state, which leaves no trace in them. */
static void
grow_and_ask(struct world *w, int i, const char *title, bool copy)
{
    struct folder_image image;

    quick_close(&w->asker);
    folder_image_load(&image, w->asker.dir.path);
    quick_again(&w->asker);
    quick_add(w->asker.v, title, "text", 4, NULL);
    ask(w, i);
    quick_close(&w->asker);
    if (copy)
        folder_image_lay(&image, w->asker.dir.path);
    quick_again(&w->asker);
    folder_image_clear(&image);
}

/* A witness that has signed once, and is asked again. */
static void
begin(struct world *w)
{
    struct vault_witness_key key;
    struct answer a;
    bool changed, begun, here;

    memset(w, 0, sizeof *w);
    w->watched = &w->witness;
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
    ask(w, FIRST);
    must(vault_witness_sign(w->witness.v, w->text[FIRST], w->len[FIRST],
             keep_answer, &a, NULL),
        "sign");
    must(vault_witness_take(w->asker.v, a.line, a.len, take_none, w, NULL),
        "take");
    grow_and_ask(w, OTHER, "other", true);
    grow_and_ask(w, SECOND, "more", false);
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
    w->st = vault_witness_sign(v, w->text[SECOND], w->len[SECOND], note_judged,
        w, NULL);
    vault_close(v);
}

static int
note_seen(void *ctx, const struct vault_seen_log *l)
{
    uint64_t *size = ctx;

    *size = l->size;
    return 0;
}

static void
must_verify(const struct world *w, const char *disk)
{
    struct quick_verdict said;

    quick_verify(w->watched->path, w->watched->key, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s: %s", w->n, disk, said.lines);
}

static int
note_what(void *ctx, const struct vault_judged_result *r)
{
    enum vault_judged *what = ctx;

    assert_true((r->what == VAULT_JUDGED_SIGNED) == (r->answer != NULL));
    *what = r->what;
    return 0;
}

static enum vault_judged
sign(struct world *w, int i)
{
    enum vault_judged what = VAULT_JUDGED_BAD;

    must(vault_witness_sign(w->witness.v, w->text[i], w->len[i], note_what,
             &what, NULL),
        "sign");
    return what;
}

/* Shown the other history after the cut, it signs that or the first one. */
static void
judge_other(struct world *w, const char *disk)
{
    enum vault_judged other, second;

    w->disks++;
    w->witness.v = quick_open(&w->witness, w->witness.path, &w->witness.opt);
    other = sign(w, OTHER);
    second = sign(w, SECOND);
    if (w->given && other != VAULT_JUDGED_FORK)
        fail_msg("step %u, %s: two histories have a signature", w->n, disk);
    assert_true((other == VAULT_JUDGED_SIGNED && second == VAULT_JUDGED_FORK) ||
        (other == VAULT_JUDGED_FORK && second == VAULT_JUDGED_SIGNED));
    w->other += other == VAULT_JUDGED_SIGNED;
    quick_close(&w->witness);
}

/* What was given out is remembered; and the witness goes on. */
static void
judge(struct world *w, const char *disk)
{
    uint64_t size = 0;
    bool given = w->given;

    w->disks++;
    must_verify(w, disk);
    w->witness.v = quick_open(&w->witness, w->witness.path, &w->witness.opt);
    must(vault_witness_seen(w->witness.v, note_seen, &size, NULL), "seen");
    if (given && size != w->size)
        fail_msg("step %u, %s: signed %llu entries, remembers %llu", w->n, disk,
            (unsigned long long)w->size, (unsigned long long)size);
    must(vault_witness_sign(w->witness.v, w->text[SECOND], w->len[SECOND],
             note_judged, w, NULL),
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
    fault_wreck_lay(wreck, FAULT_LOSE_ALL, 0);
    judge_other(w, "all lost, another history");
    fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n * 100);
    judge(w, "some kept");
    fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n * 101);
    judge_other(w, "some kept, another history");
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
    printf("%u operations, %llu disks, on %llu the other history\n", w.n,
        (unsigned long long)w.disks, (unsigned long long)w.other);
    assert_true(w.n > 10);
    assert_true(w.other > 0); /* else nothing was cut before it counted */
    end(&w);
}

/* ---- the answer comes home ---- */

static int
keep_line(void *ctx, const struct vault_judged_result *r)
{
    struct world *w = ctx;

    assert_int_equal(r->what, VAULT_JUDGED_SIGNED);
    assert_true(r->answer_len <= TEXT);
    memcpy(w->answer, r->answer, r->answer_len);
    w->answer_len = r->answer_len;
    return 0;
}

static void
begin_take(struct world *w)
{
    begin(w);
    w->witness.v = quick_open(&w->witness, w->witness.path, &w->witness.opt);
    must(vault_witness_sign(w->witness.v, w->text[SECOND], w->len[SECOND],
             keep_line, w, NULL),
        "sign");
    quick_close(&w->witness);
    quick_close(&w->asker);
    folder_image_clear(&w->before);
    w->watched = &w->asker;
    folder_image_load(&w->before, w->asker.dir.path);
}

static int
note_line(void *ctx, const struct vault_line_result *r)
{
    *(enum vault_line *)ctx = r->what;
    return 0;
}

static enum vault_line
take(struct world *w)
{
    enum vault_line what = VAULT_LINE_STRAY;

    must(vault_witness_take(w->asker.v, w->answer, w->answer_len, note_line,
             &what, NULL),
        "take again");
    return what;
}

/* Two states are countersigned in the end, by one line each. */
static void
judge_take(struct world *w, const char *disk)
{
    enum vault_line what;

    w->disks++;
    must_verify(w, disk);
    w->asker.v = quick_open(&w->asker, w->asker.path, &w->asker.opt);
    what = take(w);
    if (w->st == VAULT_OK && what != VAULT_LINE_HAD)
        fail_msg("step %u, %s: taken, and not there", w->n, disk);
    assert_true(what == VAULT_LINE_TAKEN || what == VAULT_LINE_HAD);
    w->other += what == VAULT_LINE_TAKEN;
    quick_add(w->asker.v, "later", "text", 4, NULL);
    quick_close(&w->asker);
    must_verify(w, disk);
    assert_int_equal(quick_count(w->asker.path,
                         "SELECT count(*) FROM checkpoint"
                         " WHERE note LIKE '%/witness %'"),
        2);
}

static bool
take_once(struct world *w, enum fault_kind kind)
{
    enum vault_line what;
    struct fault_wreck *wreck;
    struct vault *v = NULL;
    bool hit;

    folder_image_lay(&w->before, w->asker.dir.path);
    fault_disk_begin(w->asker.dir.path);
    must(vault_open(w->asker.path, &w->asker.opt, &v, NULL), "open");
    must(vault_unlock(v, w->asker.key, NULL, NULL), "unlock");
    fault_disk_plan(kind, w->n);
    w->st =
        vault_witness_take(v, w->answer, w->answer_len, note_line, &what, NULL);
    vault_close(v);
    hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    fault_wreck_lay(wreck, FAULT_LOSE_ALL, 0);
    judge_take(w, "all lost");
    fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n * 100);
    judge_take(w, "some kept");
    fault_wreck_free(wreck);
    if (!hit && w->st != VAULT_OK)
        fail_msg("no fault, and no success: %s", vault_status_name(w->st));
    return hit;
}

static void
take_each(enum fault_kind kind)
{
    struct world w;

    begin_take(&w);
    for (w.n = 1; take_once(&w, kind); w.n += 2)
        ;
    printf("%u operations, %llu disks, %llu without it\n", w.n,
        (unsigned long long)w.disks, (unsigned long long)w.other);
    assert_true(w.n > 10);
    assert_true(w.other > 0 && w.other < w.disks);
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

static void
a_power_cut_leaves_an_answer_taken_or_not(void **state)
{
    (void)state;
    take_each(FAULT_CUT);
}

static void
a_failing_disk_leaves_an_answer_taken_or_not(void **state)
{
    (void)state;
    take_each(FAULT_ERROR_ONCE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_takes_back_no_signature),
        cmocka_unit_test(a_failing_disk_lets_no_signature_out),
        cmocka_unit_test(a_power_cut_leaves_an_answer_taken_or_not),
        cmocka_unit_test(a_failing_disk_leaves_an_answer_taken_or_not),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
