/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_panic.c: power goes, or the disk fails, in the middle of panic */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vault/panic.h>

#include "circle.h"
#include "effort.h"
#include "fault_disk.h"
#include "fault_loop.h"
#include "fault_vfs.h"
#include "key_traces.h"
#include "quick_vault.h"

enum { SEEDS = 1 };

struct world {
    struct quick_vault q;
    char capture[TEMP_PATH];
    struct folder_image before;
    struct key_traces keys;
    unsigned n;
    enum vault_status st;
    unsigned long long disks;
};

static void
begin(struct world *w)
{
    struct quick_vault other;
    struct vault_sealed out;

    memset(w, 0, sizeof *w);
    quick_make(&w->q);
    quick_make(&other);
    circle_pin(w->q.v, other.v, "friend", true);
    quick_end(&other);
    quick_add(w->q.v, "first", "text", 4, &out);
    snprintf(w->capture, sizeof w->capture, "%.490s.capture", w->q.path);
    assert_int_equal(vault_capture_create(w->q.v, w->capture, NULL), VAULT_OK);
    quick_close(&w->q);
    key_traces_add(&w->keys, w->q.path);
    key_traces_add(&w->keys, w->capture);
    folder_image_load(&w->before, w->q.dir.path);
}

static void
end(struct world *w)
{
    key_traces_clear(&w->keys);
    folder_image_clear(&w->before);
    quick_end(&w->q);
}

/* Whole as it was, or nothing opens it. */
static bool
opens(struct world *w, const char *disk)
{
    struct vault_error err;
    struct vault *v = NULL;
    enum vault_status st = vault_open(w->q.path, &w->q.opt, &v, &err);

    if (st == VAULT_OK)
        st = vault_unlock(v, w->q.key, NULL, &err);
    if (st != VAULT_OK && st != VAULT_E_NO_KEY)
        fail_msg("step %u, %s: %s", w->n, disk, err.message);
    if (st == VAULT_OK && quick_listed(v) != 1)
        fail_msg("step %u, %s: a record is missing", w->n, disk);
    vault_close(v);
    return st == VAULT_OK;
}

static void
judge(struct world *w, const char *disk)
{
    struct quick_verdict said;
    struct folder_image now;
    char path[TEMP_PATH];
    size_t i;

    w->disks++;
    folder_image_load(&now, w->q.dir.path);
    for (i = 0; w->st == VAULT_OK && i < now.n; i++) {
        temp_dir_path(&w->q.dir, now.file[i].name, path);
        if (key_traces_in(&w->keys, path) > 0)
            fail_msg("step %u, %s: keys are left in %s", w->n, disk,
                now.file[i].name);
    }
    folder_image_clear(&now);
    quick_verify(w->q.path, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s: %s", w->n, disk, said.lines);
    quick_verify(w->capture, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s: capture file: %s", w->n, disk, said.lines);
    if (opens(w, disk) && w->st == VAULT_OK)
        fail_msg("step %u, %s: it opens after panic said it is done", w->n,
            disk);
}

static bool
run_once(struct world *w, enum fault_kind kind)
{
    struct vault_panicked done;
    struct fault_wreck *wreck;
    unsigned seed;
    bool hit;

    folder_image_lay(&w->before, w->q.dir.path);
    fault_disk_begin(w->q.dir.path);
    fault_disk_plan(kind, w->n);
    w->st = vault_panic(w->q.path, &w->q.opt, false, &done, NULL);
    hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    fault_wreck_lay(wreck, FAULT_KEEP_ALL, 0);
    judge(w, "all kept");
    fault_wreck_lay(wreck, FAULT_LOSE_ALL, 0);
    judge(w, "all lost");
    for (seed = 0; seed < SEEDS; seed++) {
        fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n * 100 + seed);
        judge(w, "some kept");
    }
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
    for (w.n = 1; run_once(&w, kind);
         w.n += (unsigned)effort_step(stride, 13 * stride))
        ;
    printf("%u operations, %llu disks\n", w.n, w.disks);
    assert_true(w.n > 20);
    end(&w);
}

static void
a_power_cut_leaves_it_whole_or_shut_and_what_is_said_holds(void **state)
{
    (void)state;
    break_each(FAULT_CUT, 2);
}

static void
a_failing_disk_is_said(void **state)
{
    (void)state;
    break_each(FAULT_ERROR_ONCE, 2);
    break_each(FAULT_FULL_FROM, 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_power_cut_leaves_it_whole_or_shut_and_what_is_said_holds),
        cmocka_unit_test(a_failing_disk_is_said),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
