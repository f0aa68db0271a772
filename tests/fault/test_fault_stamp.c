/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_stamp.c: power goes while time evidence is asked for and kept */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vault/stamp.h>

#include "fault_disk.h"
#include "fault_vfs.h"
#include "quick_vault.h"

enum { HEAD = 33, PROOF = HEAD + 32 + 1 };

enum action { ASK, ATTACH };

struct world {
    struct quick_vault q;
    struct folder_image before;
    enum action action;
    uint8_t proof[PROOF];
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

static void
begin(struct world *w, enum action action)
{
    static const uint8_t head[HEAD] = "\0OpenTimestamps\0\0Proof\0"
                                      "\xbf\x89\xe2\xe8\x84\xe8\x92\x94\1\10";
    struct vault_stamp_request r;

    memset(w, 0, sizeof *w);
    w->action = action;
    quick_make(&w->q);
    quick_add(w->q.v, "x", "text", 4, NULL);
    if (action == ATTACH) {
        must(vault_stamp_request(w->q.v, NULL, &r, NULL), "request");
        memcpy(w->proof, head, HEAD);
        memcpy(w->proof + HEAD, r.imprint, 32);
    }
    quick_close(&w->q);
    folder_image_load(&w->before, w->q.dir.path);
}

static enum vault_status
act(struct world *w)
{
    struct vault_stamp_attached a;
    struct vault_stamp_request r;
    struct vault *v = NULL;
    enum vault_status st;

    must(vault_open(w->q.path, &w->q.opt, &v, NULL), "open");
    if (w->action == ATTACH)
        must(vault_unlock(v, w->q.key, NULL, NULL), "unlock");
    fault_disk_plan(FAULT_CUT, w->n);
    st = w->action == ASK
        ? vault_stamp_request(v, NULL, &r, NULL)
        : vault_stamp_attach(v, w->proof, sizeof w->proof, &a, NULL);
    vault_close(v);
    return st;
}

static void
must_verify(const struct world *w, const char *disk)
{
    struct quick_verdict said;

    quick_verify(w->q.path, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("action %d, step %u, %s: %s", (int)w->action, w->n, disk,
            said.lines);
}

/* It is as before or as after, and goes on from there. */
static void
judge(struct world *w, const char *disk)
{
    struct vault_stamp_attached a;
    struct vault_stamp_request r;
    long long kept;

    w->disks++;
    must_verify(w, disk);
    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    if (w->action == ASK) {
        must(vault_stamp_request(w->q.v, NULL, &r, NULL), "request");
        assert_int_equal(r.size, 5);
    } else {
        kept = quick_count(w->q.path, "SELECT count(*) FROM attachment");
        must(vault_stamp_attach(w->q.v, w->proof, sizeof w->proof, &a, NULL),
            "attach");
        if (w->st == VAULT_OK && !a.known)
            fail_msg("step %u, %s: kept, and not there", w->n, disk);
        assert_true(kept == a.known);
    }
    quick_add(w->q.v, "later", "text", 4, NULL);
    quick_close(&w->q);
    must_verify(w, disk);
    kept = quick_count(w->q.path,
        w->action == ASK ? "SELECT count(*) FROM checkpoint WHERE size = 5"
                         : "SELECT count(*) FROM attachment");
    assert_int_equal(kept, 1);
}

static bool
run_once(struct world *w)
{
    struct fault_wreck *wreck;
    bool hit;

    folder_image_lay(&w->before, w->q.dir.path);
    fault_disk_begin(w->q.dir.path);
    w->st = act(w);
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
cut_each(enum action action)
{
    struct world w;

    begin(&w, action);
    for (w.n = 1; run_once(&w); w.n += 2)
        ;
    printf("%u operations, %llu disks\n", w.n, (unsigned long long)w.disks);
    assert_true(w.n > 5);
    folder_image_clear(&w.before);
    quick_end(&w.q);
}

static void
a_power_cut_while_asking_leaves_the_state_to_ask_about(void **state)
{
    (void)state;
    cut_each(ASK);
}

static void
a_power_cut_while_keeping_leaves_before_or_after(void **state)
{
    (void)state;
    cut_each(ATTACH);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_power_cut_while_asking_leaves_the_state_to_ask_about),
        cmocka_unit_test(a_power_cut_while_keeping_leaves_before_or_after),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
