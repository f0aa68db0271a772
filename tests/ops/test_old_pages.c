/* SPDX-License-Identifier: Apache-2.0 */
/* test_old_pages.c: what an old page opens after a withdrawal, level by level */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vault/rekey.h>

#include "cell.h"
#include "fail.h"
#include "handle.h"
#include "meta.h"
#include "quick_vault.h"
#include "record_rows.h"
#include "seal.h"

/*
 * The attacker has pages of the medium from before the withdrawal: the wrap
 * of the record, its sealed metadata and, sometimes, the row of the epoch. He
 * has today's file, and everything that today's keys open. He is played here,
 * with the library's own parts and without its checks.
 */
struct pages {
    struct vlt_record_head head;
    uint8_t wrap[VLT_RECORD_WRAP];
    uint8_t meta[64 * 1024];
    size_t meta_len;
    struct vlt_epoch_row epoch;
};

static void
ok(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        fail_msg("%s: %s", vault_status_name(st), err->message);
}

static void
save(struct pages *p, struct vault *v, const uint8_t id[VAULT_ID])
{
    struct vlt_record_row row;
    struct vlt_wrap w;
    struct vlt_buf meta;
    struct vault_error err;

    vlt_buf_init(&meta, sizeof p->meta);
    ok(vlt_store_begin(v->store, false, &err), &err);
    ok(vlt_record_get(v->store, id, 1, &row, &meta, &err), &err);
    ok(vlt_wrap_get(v->store, row.rid, p->wrap, &err), &err);
    ok(vlt_wrap_decode(&w, p->wrap, sizeof p->wrap, &err), &err);
    ok(vlt_epoch_by_id(v->store, w.epoch, &p->epoch, &err), &err);
    vlt_store_rollback(v->store);
    p->head = row.head;
    memcpy(p->meta, row.meta, row.meta_len);
    p->meta_len = row.meta_len;
    vlt_buf_clear(&meta);
}

/* From a wrap and an epoch's secret to the words of the record. */
static bool
read_with(const struct pages *p, const struct vlt_epoch *e,
    const struct vlt_e0 *e0, const char *words)
{
    struct vlt_rk *rk = vlt_rk_new();
    struct vlt_kmeta *km = vlt_kmeta_new();
    uint8_t *plain = malloc(p->meta_len);
    struct vlt_meta m;
    const struct vlt_field *f;
    bool found = false;

    vlt_meta_init(&m);
    if (vlt_wrap_open(p->wrap, sizeof p->wrap, e, e0, &p->head, rk, km, NULL) ==
            VAULT_OK &&
        vlt_unseal_once(plain, km->b, p->meta, p->meta_len) &&
        vlt_meta_decode(&m, plain, p->meta_len - 16, &p->head.h, NULL) ==
            VAULT_OK) {
        f = vlt_fields_find(&m.fields, "title");
        found = f != NULL && f->value_len == strlen(words) &&
            memcmp(f->value, words, f->value_len) == 0;
    }
    vlt_meta_clear(&m);
    free(plain);
    vlt_rk_free(rk);
    vlt_kmeta_free(km);
    return found;
}

struct trying {
    struct vault *v;
    const struct pages *p;
    const char *words;
    size_t tried;
    bool read;
};

/* Under every epoch of today's file, whatever the wrap says of its own. */
static enum vault_status
try_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct trying *t = ctx;
    struct vlt_epoch as_named = r->epoch;
    struct vlt_e0 *e0 = NULL;

    (void)err;
    if (vlt_epoch_row_open(t->v, r, &e0, NULL) != VAULT_OK)
        return VAULT_OK;
    t->tried++;
    t->read = t->read || read_with(t->p, &r->epoch, e0, t->words);
    memcpy(as_named.id, t->p->epoch.epoch.id, sizeof as_named.id);
    t->read = t->read || read_with(t->p, &as_named, e0, t->words);
    vlt_e0_free(e0);
    return VAULT_OK;
}

static bool
opens_with_todays_file(struct vault *v, const struct pages *p,
    const char *words)
{
    struct trying t = {v, p, words, 0, false};
    struct vault_error err;

    ok(vlt_store_begin(v->store, false, &err), &err);
    ok(vlt_epochs(v->store, try_epoch, &t, &err), &err);
    vlt_store_rollback(v->store);
    assert_true(t.tried > 0);
    return t.read;
}

/* The row of the old epoch was on another page that he found too. */
static bool
opens_with_the_epochs_page(struct vault *v, const struct pages *p,
    const char *words)
{
    struct vlt_e0 *e0 = NULL;
    bool read = false;

    if (vlt_epoch_row_open(v, &p->epoch, &e0, NULL) == VAULT_OK)
        read = read_with(p, &p->epoch.epoch, e0, words);
    vlt_e0_free(e0);
    return read;
}

static bool
file_has(const char *path, const void *p, size_t n)
{
    size_t len = 0;
    uint8_t *all = temp_read(path, &len);
    bool found = memmem(all, len, p, n) != NULL;

    free(all);
    return found;
}

static const char words[] = "the name of a witness";

static void
level_1_leaves_the_old_wrap_to_whoever_unlocks(void **state)
{
    static struct pages p;
    struct vault_withdrawal gone;
    struct vault_sealed out;
    struct vault_error err;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_add(q.v, words, "text", 4, &out);
    save(&p, q.v, out.id);
    assert_true(opens_with_todays_file(q.v, &p, words));
    ok(vault_withdraw(q.v, out.id, 0, NULL, &gone, &err), &err);
    quick_again(&q);
    /* said so in docs/format.md, section 11, and by the program */
    assert_true(opens_with_todays_file(q.v, &p, words));
    quick_close(&q);
    assert_false(file_has(q.path, p.wrap + 24, 72));
    assert_false(file_has(q.path, p.meta, 64));
    assert_true(file_has(q.path, p.epoch.cache, 40));
    vlt_epoch_row_clear(&p.epoch);
    quick_end(&q);
}

static void
at_level_2_the_old_wrap_opens_with_nothing_that_is_here(void **state)
{
    static struct pages p;
    struct vault_withdrawal gone;
    struct vault_rekeyed done;
    struct vault_sealed out;
    struct vault_error err;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_add(q.v, words, "text", 4, &out);
    quick_add(q.v, "another", "text", 4, NULL);
    save(&p, q.v, out.id);
    ok(vault_withdraw_rekey(q.v, out.id, 0, NULL, &gone, &done, &err), &err);
    assert_false(opens_with_todays_file(q.v, &p, words));
    quick_again(&q);
    assert_false(opens_with_todays_file(q.v, &p, words));
    /* he needs the old epoch's page besides; that is said, too */
    assert_true(opens_with_the_epochs_page(q.v, &p, words));
    quick_close(&q);
    assert_false(file_has(q.path, p.epoch.cache, 40));
    assert_false(file_has(q.path, p.epoch.epoch.wraps, 64));
    assert_false(file_has(q.path, p.epoch.epoch.id, 16));
    assert_false(file_has(q.path, p.wrap + 24, 72));
    assert_false(file_has(q.path, p.meta, 64));
    vlt_epoch_row_clear(&p.epoch);
    quick_end(&q);
}

static struct vault *
renewed(struct quick_vault *q, struct vault_key *key, const char *name,
    bool keep_seeds, bool again, char path[TEMP_PATH])
{
    struct vault_way way = {.key = key};
    struct vault_rekey_options o = {.way = &way,
        .ways = 1,
        .keep_seeds = keep_seeds,
        .again = again};
    struct vault_rekeyed done;
    struct vault_error err;
    struct vault *v = NULL;

    temp_dir_path(&q->dir, name, path);
    ok(vault_rekey_new(q->v, path, &o, &done, &err), &err);
    ok(vault_open(path, &q->opt, &v, &err), &err);
    ok(vault_unlock(v, key, NULL, &err), &err);
    return v;
}

static void
at_level_3_old_pages_give_the_new_secrets_nothing(void **state)
{
    static struct pages p;
    struct vault_withdrawal gone;
    struct vault_rekeyed done;
    struct vault_sealed out;
    struct vault_error err;
    struct quick_vault q;
    struct vault_key *key = vault_key_new();
    struct vault *v;
    char path[TEMP_PATH], keyfile[TEMP_PATH];

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "new-key", keyfile);
    ok(vault_keyfile_create(keyfile, &err), &err);
    ok(vault_key_file(key, keyfile, &err), &err);
    quick_add(q.v, words, "text", 4, &out);
    quick_add(q.v, "another", "text", 4, NULL);
    save(&p, q.v, out.id);
    ok(vault_withdraw(q.v, out.id, 0, NULL, &gone, &err), &err);
    v = renewed(&q, key, "new.sanduq", false, false, path);
    assert_false(opens_with_todays_file(v, &p, words));
    assert_false(opens_with_the_epochs_page(v, &p, words));
    vault_close(v);
    assert_false(file_has(path, p.epoch.epoch.id, 16));
    assert_false(file_has(path, p.epoch.cache, 40));
    /* The old card's secret, kept for opening only, opens an old epoch's page
     * as well: until it is forgotten. */
    v = renewed(&q, key, "kept.sanduq", true, true, path);
    assert_false(opens_with_todays_file(v, &p, words));
    assert_true(opens_with_the_epochs_page(v, &p, words));
    ok(vault_rekey_forget(v, NULL, &done, &err), &err);
    assert_false(opens_with_the_epochs_page(v, &p, words));
    vault_close(v);
    /* and the old way in opens what is old */
    assert_true(opens_with_the_epochs_page(q.v, &p, words));
    vlt_epoch_row_clear(&p.epoch);
    vault_key_free(key);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_1_leaves_the_old_wrap_to_whoever_unlocks),
        cmocka_unit_test(at_level_2_the_old_wrap_opens_with_nothing_that_is_here),
        cmocka_unit_test(at_level_3_old_pages_give_the_new_secrets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
