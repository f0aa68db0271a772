/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_capture.c: power goes while sealing locked and while taking in */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "effort.h"
#include "fault_disk.h"
#include "fault_vfs.h"
#include "quick_vault.h"

enum { RECORDS = 4, SEEDS = 3, BODY = 200 * 1024 };

struct world {
    struct quick_vault q;
    char capture[TEMP_PATH];
    struct folder_image before;
    bool taking; /* else sealing */
    unsigned n;  /* the operation that is broken */
    enum vault_status st;
    uint64_t disks;
};

static enum vault_status
seal_one(struct vault *c, size_t n)
{
    static uint8_t body[BODY];
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    enum vault_status st = vault_seal_begin(c, "testimony", &s, NULL);

    quick_noise(body, sizeof body, 3);
    if (st == VAULT_OK && n > 0)
        st = vault_seal_write(s, body, n, NULL);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    return vault_seal_commit(s, &out, NULL);
}

static void
must(enum vault_status st, const char *what)
{
    if (st != VAULT_OK)
        temp_die(what, vault_status_name(st));
}

/* One ended session and one that runs, with bodies apart and without. */
static void
begin(struct world *w, bool taking)
{
    struct vault *c = NULL;
    bool ended;
    int i;

    memset(w, 0, sizeof *w);
    w->taking = taking;
    quick_make(&w->q);
    temp_dir_path(&w->q.dir, "v.capture", w->capture);
    must(vault_capture_create(w->q.v, w->capture, NULL), "capture");
    quick_close(&w->q);
    must(vault_capture_open(w->capture, &w->q.opt, &c, NULL), "open");
    for (i = 0; i < RECORDS; i++) {
        must(seal_one(c, i % 2 == 0 ? BODY : 0), "seal");
        if (i == 1)
            must(vault_capture_end(c, &ended, NULL), "end");
    }
    vault_close(c);
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
take(struct world *w, bool plan, enum fault_kind kind)
{
    struct vault_taken t;
    struct vault *v = NULL;
    enum vault_status st;

    must(vault_open(w->q.path, &w->q.opt, &v, NULL), "open");
    must(vault_unlock(v, w->q.key, NULL, NULL), "unlock");
    if (plan)
        fault_disk_plan(kind, w->n);
    st = vault_take_in(v, w->capture, NULL, &t, NULL);
    vault_close(v);
    return st;
}

static enum vault_status
seal(struct world *w, enum fault_kind kind)
{
    struct vault *c = NULL;
    enum vault_status st;

    must(vault_capture_open(w->capture, &w->q.opt, &c, NULL), "open");
    fault_disk_plan(kind, w->n);
    st = seal_one(c, BODY);
    vault_close(c);
    return st;
}

/* ---- what must hold afterwards ---- */

static unsigned
count_all(struct world *w)
{
    unsigned n;

    if (take(w, false, FAULT_NONE) != VAULT_OK)
        return 1000;
    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    n = quick_listed(w->q.v);
    quick_close(&w->q);
    return n;
}

static void
judge(struct world *w, const char *disk)
{
    struct quick_verdict said;
    unsigned n;

    w->disks++;
    quick_verify(w->capture, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s: capture file: %s", w->n, disk, said.lines);
    quick_verify(w->q.path, w->q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s: vault: %s", w->n, disk, said.lines);
    n = count_all(w);
    if (w->taking ? n != RECORDS
                  : n != RECORDS + 1 && (n != RECORDS || w->st == VAULT_OK))
        fail_msg("step %u, %s: %u records", w->n, disk, n);
    quick_verify(w->q.path, w->q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s, taken in: %s", w->n, disk, said.lines);
    quick_verify(w->capture, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("step %u, %s, cleared: %s", w->n, disk, said.lines);
}

static bool
run_once(struct world *w, enum fault_kind kind)
{
    struct fault_wreck *wreck;
    unsigned seed;
    bool hit;

    folder_image_lay(&w->before, w->q.dir.path);
    fault_disk_begin(w->q.dir.path);
    w->st = w->taking ? take(w, true, kind) : seal(w, kind);
    hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    fault_wreck_lay(wreck, FAULT_KEEP_ALL, 0);
    judge(w, "all kept");
    if (kind == FAULT_CUT) {
        fault_wreck_lay(wreck, FAULT_LOSE_ALL, 0);
        judge(w, "all lost");
        for (seed = 0; seed < SEEDS; seed++) {
            fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n * 100 + seed);
            judge(w, "some kept");
        }
    }
    fault_wreck_free(wreck);
    if (!hit && w->st != VAULT_OK)
        fail_msg("no fault, and no success: %s", vault_status_name(w->st));
    return hit;
}

static void
break_each(bool taking, enum fault_kind kind, unsigned stride)
{
    struct world w;

    begin(&w, taking);
    stride = (unsigned)effort_step(3 * stride, 13 * stride);
    for (w.n = 1; run_once(&w, kind); w.n += stride)
        ;
    printf("%u operations, %llu disks\n", w.n, (unsigned long long)w.disks);
    assert_true(w.n > 20);
    end(&w);
}

static void
a_power_cut_while_sealing_locked_leaves_before_or_after(void **state)
{
    (void)state;
    break_each(false, FAULT_CUT, 2);
}

static void
a_power_cut_while_taking_in_loses_and_doubles_nothing(void **state)
{
    (void)state;
    break_each(true, FAULT_CUT, 5);
}

static void
a_failing_disk_while_taking_in_loses_and_doubles_nothing(void **state)
{
    (void)state;
    break_each(true, FAULT_ERROR_ONCE, 3);
    break_each(true, FAULT_FULL_FROM, 7);
    break_each(true, FAULT_READ_ONCE, 11);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_power_cut_while_sealing_locked_leaves_before_or_after),
        cmocka_unit_test(a_power_cut_while_taking_in_loses_and_doubles_nothing),
        cmocka_unit_test(
            a_failing_disk_while_taking_in_loses_and_doubles_nothing),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
