/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_traces.c: what a withdrawal of level 2 destroys is in no file of
 * the vault's folder afterwards, wherever power went meanwhile */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vault/rekey.h>

#include "effort.h"
#include "fault_disk.h"
#include "fault_vfs.h"
#include "folder_image.h"
#include "key_traces.h"
#include "quick_vault.h"

enum { BODY = 40000 };

struct world {
    struct quick_vault q;
    uint8_t gone[VAULT_ID]; /* the record that is withdrawn */
    struct folder_image before;
    struct key_traces old; /* what must not be left */
    unsigned n;
    unsigned disks, journals;
};

/* Wraps and caches of the old epochs, the old catalogue key and its pages, and
 * of the record everything that was sealed. */
static void
remember(struct world *w)
{
    char sql[256], id[33];
    size_t i;

    for (i = 0; i < VAULT_ID; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", w->gone[i]);
    key_traces_ask(&w->old, w->q.path, "SELECT substr(b, 25) FROM wrap");
    key_traces_ask(&w->old, w->q.path, "SELECT wraps FROM epoch");
    key_traces_ask(&w->old, w->q.path,
        "SELECT cache FROM epoch WHERE cache IS NOT NULL");
    key_traces_ask(&w->old, w->q.path,
        "SELECT v FROM meta WHERE k = 'catalogue'");
    key_traces_ask(&w->old, w->q.path, "SELECT b FROM page");
    (void)snprintf(sql, sizeof sql,
        "SELECT meta FROM record WHERE id = x'%s' UNION ALL SELECT ct FROM "
        "segment WHERE rid IN (SELECT rid FROM record WHERE id = x'%s')",
        id, id);
    key_traces_ask(&w->old, w->q.path, sql);
    assert_true(w->old.n > BODY);
    assert_true(key_traces_in(&w->old, w->q.path) > BODY);
}

static void
begin(struct world *w)
{
    static uint8_t body[BODY];
    struct vault_sealed out;

    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(i * i >> 3);
    quick_make(&w->q);
    quick_add(w->q.v, "stays", "text", 4, &out);
    quick_add(w->q.v, "goes", body, sizeof body, &out);
    memcpy(w->gone, out.id, VAULT_ID);
    quick_close(&w->q);
    remember(w);
    folder_image_load(&w->before, w->q.dir.path);
}

static void
end(struct world *w)
{
    key_traces_clear(&w->old);
    folder_image_clear(&w->before);
    quick_end(&w->q);
}

static enum vault_status
level_2(struct world *w)
{
    struct vault_withdrawal gone;
    struct vault_rekeyed done;
    struct vault *v = NULL;
    enum vault_status st = vault_open(w->q.path, &w->q.opt, &v, NULL);

    if (st == VAULT_OK)
        st = vault_unlock(v, w->q.key, NULL, NULL);
    if (st == VAULT_OK)
        st = vault_withdraw(v, w->gone, 0, "asked", &gone, NULL);
    if (st == VAULT_OK || st == VAULT_E_NOT_FOUND) /* done before the cut */
        st = vault_rekey(v, "asked", &done, NULL);
    vault_close(v);
    return st;
}

static void
nothing_is_left(struct world *w, const char *disk)
{
    struct folder_image now;
    char path[TEMP_PATH];

    folder_image_load(&now, w->q.dir.path);
    for (size_t i = 0; i < now.n; i++) {
        temp_dir_path(&w->q.dir, now.file[i].name, path);
        if (key_traces_in(&w->old, path) > 0)
            fail_msg("step %u, %s: old bytes are left in %s", w->n, disk,
                now.file[i].name);
    }
    folder_image_clear(&now);
}

/* After a restart whoever asked for it asks once more. */
static void
go_on(struct world *w, const char *disk)
{
    char journal[TEMP_PATH];

    w->disks++;
    temp_dir_path(&w->q.dir, "v.sanduq-journal", journal);
    w->journals += temp_exists(journal);
    if (level_2(w) != VAULT_OK)
        fail_msg("step %u, %s: it cannot be done again", w->n, disk);
    nothing_is_left(w, disk);
}

static bool
run_once(struct world *w)
{
    struct fault_wreck *wreck;
    enum vault_status st;
    bool hit;

    folder_image_lay(&w->before, w->q.dir.path);
    fault_disk_begin(w->q.dir.path);
    fault_disk_plan(FAULT_CUT, w->n);
    st = level_2(w);
    hit = fault_disk_hit();
    wreck = fault_disk_end();
    fault_disk_plan(FAULT_NONE, 0);
    if (!hit) {
        assert_int_equal(st, VAULT_OK);
        nothing_is_left(w, "no cut");
    }
    fault_wreck_lay(wreck, FAULT_KEEP_ALL, 0);
    go_on(w, "all kept");
    fault_wreck_lay(wreck, FAULT_KEEP_SOME, w->n);
    go_on(w, "some kept");
    fault_wreck_free(wreck);
    return hit;
}

static void
no_old_byte_is_left_wherever_power_went(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    for (w.n = 1; run_once(&w); w.n += (unsigned)effort_step(7, 41))
        ;
    printf("%u operations, %u disks, %u with a journal\n", w.n, w.disks,
        w.journals);
    assert_true(w.n > 40);
    assert_true(w.journals > 0);
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_old_byte_is_left_wherever_power_went),
    };

    fault_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
