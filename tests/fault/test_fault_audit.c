/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_audit.c: power goes, or the disk fails, while an audit pack is
 * made: the vault stays, and the pack is whole or not there */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vault/audit.h>

#include "effort.h"
#include "fault_disk.h"
#include "fault_loop.h"
#include "fault_vfs.h"
#include "quick_vault.h"

struct world {
    struct quick_vault q;
    char pack[TEMP_PATH];
    struct folder_image before;
    unsigned n;
    enum vault_status st;
    unsigned long long disks, whole;
};

static void
begin(struct world *w)
{
    struct vault_sealed out;
    unsigned i;

    memset(w, 0, sizeof *w);
    quick_make(&w->q);
    for (i = 0; i < 3; i++)
        quick_add(w->q.v, "first", "text", 4, &out);
    temp_dir_path(&w->q.dir, "x.audit", w->pack);
    quick_close(&w->q);
    folder_image_load(&w->before, w->q.dir.path);
}

static void
end(struct world *w)
{
    folder_image_clear(&w->before);
    quick_end(&w->q);
}

static void
holds(struct world *w, const char *what, const char *path, const char *disk)
{
    struct quick_verdict said;

    quick_verify(path, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s, %s: %s", w->n, disk, what, said.lines);
    if (said.verdict.records != 3)
        fail_msg("step %u, %s, %s: records are missing", w->n, disk, what);
}

static void
judge(struct world *w, const char *disk)
{
    w->disks++;
    holds(w, "vault", w->q.path, disk);
    if (temp_exists(w->pack)) {
        w->whole++;
        holds(w, "pack", w->pack, disk);
    } else if (w->st == VAULT_OK) {
        fail_msg("step %u, %s: it said it was made", w->n, disk);
    }
}

static enum vault_status
make(struct world *w)
{
    struct vault_packed done;
    struct vault *v = NULL;
    enum vault_status st = vault_open(w->q.path, &w->q.opt, &v, NULL);

    if (st == VAULT_OK)
        st = vault_pack_make(v, w->pack, false, &done, NULL);
    vault_close(v);
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
    w->st = make(w);
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
    for (w.n = 1; run_once(&w, kind);
         w.n += (unsigned)effort_step(stride, 7 * stride))
        ;
    printf("%u operations, %llu disks, on %llu the pack\n", w.n, w.disks,
        w.whole);
    assert_true(w.n > 20);
    assert_true(w.whole > 0 && w.whole < w.disks);
    end(&w);
}

static void
a_power_cut_leaves_the_vault_and_a_whole_pack_or_none(void **state)
{
    (void)state;
    break_each(FAULT_CUT, 2);
}

static void
a_failing_disk_leaves_the_vault_and_a_whole_pack_or_none(void **state)
{
    (void)state;
    break_each(FAULT_ERROR_ONCE, 5);
}

static void
a_full_disk_leaves_the_vault_and_a_whole_pack_or_none(void **state)
{
    (void)state;
    break_each(FAULT_FULL_FROM, 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_leaves_the_vault_and_a_whole_pack_or_none),
        cmocka_unit_test(
            a_failing_disk_leaves_the_vault_and_a_whole_pack_or_none),
        cmocka_unit_test(a_full_disk_leaves_the_vault_and_a_whole_pack_or_none),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
