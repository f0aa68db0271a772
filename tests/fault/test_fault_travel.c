/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_travel.c: power goes, or the disk fails, while a travel file is
 * made: the vault stays, and the travel file is whole or not there */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vault/recover.h>
#include <vault/travel.h>

#include "circle.h"
#include "effort.h"
#include "fault_disk.h"
#include "fault_loop.h"
#include "fault_vfs.h"
#include "quick_vault.h"

struct world {
    struct quick_vault q;
    char travel[TEMP_PATH], capture[TEMP_PATH], plan[TEMP_PATH];
    struct vault_recovery *r;
    struct vault_key *key; /* of the shares */
    uint8_t id[1][VAULT_ID];
    struct folder_image before;
    unsigned n;
    enum vault_status st;
    unsigned long long disks, whole;
};

static void
begin(struct world *w)
{
    struct quick_vault office;
    struct vault_sealed out;

    memset(w, 0, sizeof *w);
    quick_make(&w->q);
    quick_make(&office);
    circle_pin(w->q.v, office.v, "office", true);
    quick_end(&office);
    quick_add(w->q.v, "first", "text", 4, &out);
    memcpy(w->id[0], out.id, VAULT_ID);
    assert_int_equal(vault_recovery_deal(2, 2, &w->r, NULL), VAULT_OK);
    w->key = vault_key_new();
    assert_non_null(w->key);
    assert_int_equal(vault_key_shares(w->key, vault_recovery_shares(w->r),
                         NULL),
        VAULT_OK);
    temp_dir_path(&w->q.dir, "trip.sanduq", w->travel);
    temp_dir_path(&w->q.dir, "trip.sanduq.capture", w->capture);
    temp_dir_path(&w->q.dir, "trip.sanduq.travel", w->plan);
    quick_close(&w->q);
    folder_image_load(&w->before, w->q.dir.path);
}

static void
end(struct world *w)
{
    folder_image_clear(&w->before);
    vault_key_free(w->key);
    vault_recovery_free(w->r);
    quick_end(&w->q);
}

static void
whole(struct world *w, const char *what, const char *path,
    const struct vault_key *key, const char *disk)
{
    struct vault_options opt = w->q.opt;
    struct quick_verdict said;
    struct vault_error err;
    struct vault *v = NULL;
    enum vault_status st;

    quick_verify(path, key, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s, %s: %s", w->n, disk, what, said.lines);
    opt.no_state = true;
    st = vault_open(path, &opt, &v, &err);
    if (st == VAULT_OK)
        st = vault_unlock(v, key, NULL, &err);
    if (st != VAULT_OK)
        fail_msg("step %u, %s, %s: %s", w->n, disk, what, err.message);
    if (quick_listed(v) != 1)
        fail_msg("step %u, %s, %s: the record is missing", w->n, disk, what);
    vault_close(v);
}

static void
judge(struct world *w, const char *disk)
{
    w->disks++;
    whole(w, "vault", w->q.path, w->q.key, disk);
    if (temp_exists(w->travel)) {
        w->whole++;
        whole(w, "travel file", w->travel, w->key, disk);
    } else if (w->st == VAULT_OK) {
        fail_msg("step %u, %s: it said it was made", w->n, disk);
    }
    if (w->st == VAULT_OK && !temp_exists(w->plan))
        fail_msg("step %u, %s: nobody remembers the challenge", w->n, disk);
}

static int
ignore(void *ctx, const char *card, const char *text, size_t len)
{
    (void)card;
    (void)text;
    (void)len;
    ++*(unsigned *)ctx;
    return 0;
}

static enum vault_status
prepare(struct world *w)
{
    const struct vault_travel_way way[] = {{.card = "office"},
        {.shares = w->key, .typed = true}};
    const struct vault_travel_options o = {.way = way,
        .ways = 2,
        .ids = (const uint8_t(*)[VAULT_ID])w->id,
        .ids_len = 1,
        .capture = w->capture};
    struct vault_travel_made made;
    struct vault *v = NULL;
    unsigned asked = 0;
    enum vault_status st = vault_open(w->q.path, &w->q.opt, &v, NULL);

    if (st == VAULT_OK)
        st = vault_unlock(v, w->q.key, NULL, NULL);
    if (st == VAULT_OK)
        st = vault_travel_prepare(v, w->travel, &o, ignore, &asked, &made,
            NULL);
    vault_close(v);
    if (asked > 0 && !temp_exists(w->plan))
        fail_msg("step %u: a challenge was given out that nobody remembers",
            w->n);
    return st;
}

static bool
run_once(struct world *w, enum fault_kind kind)
{
    struct fault_wreck *wreck;
    bool hit;

    folder_image_lay(&w->before, w->q.dir.path);
    fault_disk_begin(w->q.dir.path);
    fault_disk_plan(kind, w->n);
    w->st = prepare(w);
    hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    fault_wreck_lay(wreck, FAULT_LOSE_ALL, 0);
    judge(w, "all lost");
    fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n);
    judge(w, "some kept");
    fault_wreck_free(wreck);
    if (!hit && w->st != VAULT_OK)
        fail_msg("no fault, and no success: %s", vault_status_name(w->st));
    return hit;
}

static void
break_each(enum fault_kind kind, unsigned stride)
{
    struct world w;

    begin(&w);
    for (w.n = 1; run_once(&w, kind); w.n += (unsigned)effort_step(stride, 13 * stride))
        ;
    printf("%u operations, %llu disks, on %llu the travel file\n", w.n, w.disks,
        w.whole);
    assert_true(w.n > 50);
    assert_true(w.whole > 0 && w.whole < w.disks);
    end(&w);
}

static void
a_power_cut_leaves_the_vault_and_a_whole_travel_file_or_none(void **state)
{
    (void)state;
    break_each(FAULT_CUT, 7);
}

static void
a_failing_disk_leaves_the_vault_and_a_whole_travel_file_or_none(void **state)
{
    (void)state;
    break_each(FAULT_ERROR_ONCE, 17);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_power_cut_leaves_the_vault_and_a_whole_travel_file_or_none),
        cmocka_unit_test(
            a_failing_disk_leaves_the_vault_and_a_whole_travel_file_or_none),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
