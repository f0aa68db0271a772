/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_device.c: power goes while a device is made, ended, received,
 * revoked */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include <vault/device.h>

#include "fault_disk.h"
#include "fault_vfs.h"
#include "quick_vault.h"

enum { RECORDS = 3, BODY = 100 * 1024 };

enum action { MAKE, END, RECEIVE, REVOKE };

struct world {
    struct quick_vault q;
    char file[TEMP_PATH];
    char other[TEMP_PATH]; /* a second device, in the making */
    char card[8192];
    size_t card_len;
    struct vault_device_intro intro;
    struct folder_image before;
    enum action action;
    unsigned n;
    enum vault_status st;
    uint64_t disks;
};

static void
must(enum vault_status st, const char *what)
{
    if (st != VAULT_OK)
        temp_die(what, vault_status_name(st));
}

static int
copy_card(void *ctx, const struct vault_card *card)
{
    struct world *w = ctx;

    memcpy(w->card, card->note, card->note_len);
    w->card_len = card->note_len;
    return 0;
}

static void
keep_intro(void *ctx, const struct vault_device_intro *d)
{
    struct world *w = ctx;

    w->intro = *d;
    w->intro.note = NULL;
}

static void
seal_one(const struct world *w, const char *path, size_t n)
{
    static uint8_t body[BODY];
    struct vault *c = NULL;

    quick_noise(body, sizeof body, 3);
    must(vault_capture_open(path, &w->q.opt, &c, NULL), "open");
    quick_add(c, "said in the field", n > 0 ? body : NULL, n, NULL);
    vault_close(c);
}

static void
end_session(const struct world *w)
{
    struct vault *c = NULL;
    bool ended;

    must(vault_capture_open(w->file, &w->q.opt, &c, NULL), "open");
    must(vault_capture_end(c, &ended, NULL), "end");
    vault_close(c);
}

static void
begin(struct world *w, enum action action)
{
    struct vault_taken t;
    struct vault *c = NULL;
    bool changed;

    memset(w, 0, sizeof *w);
    w->action = action;
    quick_make(&w->q);
    temp_dir_path(&w->q.dir, "device", w->file);
    temp_dir_path(&w->q.dir, "other", w->other);
    must(vault_cards_own(w->q.v, copy_card, w, NULL), "card");
    must(vault_device_create(w->file, w->card, w->card_len, &w->q.opt, NULL),
        "device");
    must(vault_capture_open(w->file, &w->q.opt, &c, NULL), "open");
    must(vault_device_intro(c, keep_intro, w, NULL), "intro");
    vault_close(c);
    must(vault_device_admit(w->q.v, &w->intro, &changed, NULL), "admit");
    seal_one(w, w->file, BODY);
    seal_one(w, w->file, 0);
    if (action != END)
        end_session(w);
    if (action == REVOKE)
        must(vault_take_in(w->q.v, w->file,
                 &(struct vault_take_options){.keep = true}, &t, NULL),
            "take");
    quick_close(&w->q);
    folder_image_load(&w->before, w->q.dir.path);
}

static void
end(struct world *w)
{
    folder_image_clear(&w->before);
    quick_end(&w->q);
}

/* ---- the action ---- */

static enum vault_status
act(struct world *w, enum fault_kind kind)
{
    struct vault_device_last last = {0};
    struct vault_taken t;
    struct vault *v = NULL;
    enum vault_status st = VAULT_OK;
    bool ended;

    if (w->action == END)
        must(vault_capture_open(w->file, &w->q.opt, &v, NULL), "open");
    if (w->action == RECEIVE || w->action == REVOKE) {
        must(vault_open(w->q.path, &w->q.opt, &v, NULL), "open");
        must(vault_unlock(v, w->q.key, NULL, NULL), "unlock");
    }
    fault_disk_plan(kind, w->n);
    switch (w->action) {
    case MAKE:
        st = vault_device_create(w->other, w->card, w->card_len, &w->q.opt,
            NULL);
        break;
    case END:
        st = vault_capture_end(v, &ended, NULL);
        break;
    case RECEIVE:
        st = vault_take_in(v, w->file,
            &(struct vault_take_options){.keep = true}, &t, NULL);
        break;
    case REVOKE:
        st = vault_device_revoke(v, w->intro.id, &last, "lost", NULL);
        break;
    }
    vault_close(v);
    return st;
}

/* ---- what must hold afterwards ---- */

static void
must_verify(const struct world *w, const char *path,
    const struct vault_key *key, const char *disk)
{
    struct quick_verdict said;

    quick_verify(path, key, &said);
    if (said.st != VAULT_OK)
        fail_msg("action %d, step %u, %s: %s", (int)w->action, w->n, disk,
            said.lines);
}

static int
note_revoked(void *ctx, const struct vault_device *d)
{
    bool *revoked = ctx;

    *revoked = *revoked || d->revoked;
    return 0;
}

/* The device goes on, and all of it comes in, once. */
static void
judge_device(struct world *w, const char *disk)
{
    struct vault_taken t;
    bool revoked = false;
    unsigned n;

    if (w->action == MAKE && access(w->other, F_OK) == 0) {
        must_verify(w, w->other, NULL, disk);
        seal_one(w, w->other, 0);
    } else if (w->action == MAKE && w->st == VAULT_OK) {
        fail_msg("step %u, %s: made, and not there", w->n, disk);
    }
    seal_one(w, w->file, 0);
    end_session(w);
    must_verify(w, w->file, NULL, disk);
    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    must(vault_devices(w->q.v, note_revoked, &revoked, NULL), "devices");
    if (w->action == REVOKE && w->st == VAULT_OK && !revoked)
        fail_msg("step %u, %s: revoked, and not so", w->n, disk);
    if (!revoked)
        must(vault_take_in(w->q.v, w->file,
                 &(struct vault_take_options){.keep = true}, &t, NULL),
            "take");
    n = quick_listed(w->q.v);
    quick_close(&w->q);
    if (n != (revoked ? RECORDS - 1 : RECORDS))
        fail_msg("action %d, step %u, %s: %u records", (int)w->action, w->n,
            disk, n);
    must_verify(w, w->q.path, w->q.key, disk);
}

static void
judge(struct world *w, const char *disk)
{
    w->disks++;
    must_verify(w, w->file, NULL, disk);
    must_verify(w, w->q.path, w->q.key, disk);
    judge_device(w, disk);
}

static bool
run_once(struct world *w)
{
    struct fault_wreck *wreck;
    bool hit;

    folder_image_lay(&w->before, w->q.dir.path);
    fault_disk_begin(w->q.dir.path);
    w->st = act(w, FAULT_CUT);
    hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    fault_wreck_lay(wreck, FAULT_LOSE_ALL, 0);
    judge(w, "all lost");
    fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n * 100);
    judge(w, "some kept");
    fault_wreck_free(wreck);
    if (!hit && w->st != VAULT_OK)
        fail_msg("no fault, and no success: %s", vault_status_name(w->st));
    return hit;
}

static void
cut_each(enum action action, unsigned stride)
{
    struct world w;

    begin(&w, action);
    for (w.n = 1; run_once(&w); w.n += stride)
        ;
    printf("%u operations, %llu disks\n", w.n, (unsigned long long)w.disks);
    assert_true(w.n > 10);
    end(&w);
}

static void
a_power_cut_while_a_device_is_made_leaves_it_whole_or_not_there(void **state)
{
    (void)state;
    cut_each(MAKE, 7);
}

static void
a_power_cut_while_a_session_ends_leaves_before_or_after(void **state)
{
    (void)state;
    cut_each(END, 5);
}

static void
a_power_cut_while_a_copy_comes_in_loses_and_doubles_nothing(void **state)
{
    (void)state;
    cut_each(RECEIVE, 11);
}

static void
a_power_cut_while_a_device_is_revoked_leaves_before_or_after(void **state)
{
    (void)state;
    cut_each(REVOKE, 7);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_power_cut_while_a_device_is_made_leaves_it_whole_or_not_there),
        cmocka_unit_test(
            a_power_cut_while_a_session_ends_leaves_before_or_after),
        cmocka_unit_test(
            a_power_cut_while_a_copy_comes_in_loses_and_doubles_nothing),
        cmocka_unit_test(
            a_power_cut_while_a_device_is_revoked_leaves_before_or_after),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
