/* SPDX-License-Identifier: Apache-2.0 */
/* test_hunt_withdraw.c: what each level of withdrawal takes from someone who
 * has the machine, its bearer's key file, and old pages of the medium */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/rekey.h>

#include "quick_vault.h"
#include "seized.h"

/*
 * The levels' own words (docs/format.md section 11):
 *   1  copies made later hold nothing; old pages of the wrap open with the
 *      vault's keys
 *   2  he needs the old epoch's page besides
 *   3  old pages give nothing to someone who knows only the new secrets; with
 *      an old key file they open
 * Each test shows what is claimed, and that the next thing he might have does
 * open it: the claim goes no further, and the hunter would have seen it.
 */
enum { BODY = 50000 };

static uint8_t gone[1][16], stays[1][16];
static struct seized s;
static char before[TEMP_PATH], renewed[TEMP_PATH], newkey[TEMP_PATH];

static void
keep_id(const char *name, const struct vault_sealed *r)
{
    char path[TEMP_PATH];

    seized_safe(&s, name, path);
    temp_write(path, r->id, 16);
}

static void
take_id(const char *name, uint8_t id[16])
{
    char path[TEMP_PATH];
    size_t n;
    uint8_t *p;

    seized_safe(&s, name, path);
    p = temp_read(path, &n);
    assert_int_equal(n, 16);
    memcpy(id, p, n);
    free(p);
}

static void
make(struct seized *w)
{
    struct vault *v = seized_unlock(w);
    struct vault_sealed a, b;

    seized_add(v, "what will be withdrawn", BODY, 1, &a);
    seized_add(v, "what stays", 0, 0, &b);
    keep_id("gone", &a);
    keep_id("stays", &b);
    vault_close(v);
    temp_copy(w->vault, before);
}

static int
begin(void **state)
{
    (void)state;
    seized_begin(&s);
    seized_safe(&s, "before", before);
    seized_safe(&s, "newkey", newkey);
    seized_home(&s, "new.sanduq", renewed);
    seized_do(make, &s);
    take_id("gone", gone[0]);
    take_id("stays", stays[0]);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    seized_end(&s);
    return 0;
}

static void
level_1(struct seized *w)
{
    struct vault *v = seized_unlock(w);
    struct vault_withdrawal d;
    struct vault_error err;

    seized_must(vault_withdraw(v, gone[0], 0, "asked", &d, &err), &err);
    vault_close(v);
}

static void
level_2(struct seized *w)
{
    struct vault *v = seized_unlock(w);
    struct vault_withdrawal d;
    struct vault_rekeyed r;
    struct vault_error err;

    seized_must(vault_withdraw_rekey(v, gone[0], 0, "asked", &d, &r, &err),
        &err);
    vault_close(v);
}

static void
level_3(struct seized *w)
{
    struct vault *v = seized_unlock(w);
    struct vault_key *key = vault_key_new();
    struct vault_way way = {.key = key};
    struct vault_rekey_options o = {.way = &way, .ways = 1};
    struct vault_withdrawal d;
    struct vault_rekeyed r;
    struct vault_error err;

    seized_must(vault_withdraw(v, gone[0], 0, "asked", &d, &err), &err);
    seized_must(vault_keyfile_create(newkey, &err), &err);
    seized_must(vault_key_file(key, newkey, &err), &err);
    seized_must(vault_rekey_new(v, renewed, &o, &r, &err), &err);
    vault_key_free(key);
    vault_close(v);
    if (remove(w->vault) != 0)
        temp_die("remove", w->vault);
}

/* Everything on the machine and all that its bearer knows, on old pages of the
 * record, with or without its wrap. */
static size_t
opened(const char *container, const char *key, bool wraps, char report[4096])
{
    struct hunt *h = hunt_new();
    size_t n;

    hunt_target_records(h, before, gone, 1, wraps);
    assert_true(hunt_bearer(h, container, key) > 10);
    seized_hunt(&s, h);
    n = hunt_opened(h);
    snprintf(report, 4096, "%s", hunt_report(h));
    hunt_free(h);
    return n;
}

static void
level_1_leaves_no_key_to_what_it_destroyed(void **state)
{
    char report[4096];

    (void)state;
    seized_do(level_1, &s);
    if (opened(s.vault, s.key, false, report) != 0)
        fail_msg("%s", report);
    /* with the old page of the wrap */
    assert_true(opened(s.vault, s.key, true, report) > 0);
    assert_non_null(strstr(report, hunt_kind_name(HUNT_E0)));
}

static void
level_2_leaves_no_key_to_the_old_wrap_either(void **state)
{
    struct hunt *h = hunt_new();
    char report[4096];

    (void)state;
    seized_do(level_2, &s);
    if (opened(s.vault, s.key, true, report) != 0)
        fail_msg("%s", report);
    /* with the old page of the epoch, whose cache cell the bearer opens */
    hunt_target(h, before);
    (void)hunt_bearer(h, s.vault, s.key);
    assert_true(hunt_count(h, HUNT_VMK_PART) > 0);
    hunt_free(h);
}

static void
level_3_leaves_no_key_to_the_old_file(void **state)
{
    struct hunt *h = hunt_new();

    (void)state;
    seized_do(level_3, &s);
    hunt_target(h, before);
    hunt_spare_records(h, stays, 1);
    assert_true(hunt_bearer(h, renewed, newkey) > 10);
    hunt_pass_over(h, renewed);
    seized_hunt(&s, h);
    if (hunt_opened(h) != 0)
        fail_msg("%s", hunt_report(h));
    /* with the old key file */
    hunt_file(h, s.key, 1);
    assert_int_equal(hunt_count(h, HUNT_KEYFILE), 1);
    hunt_free(h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            level_1_leaves_no_key_to_what_it_destroyed, begin, end),
        cmocka_unit_test_setup_teardown(
            level_2_leaves_no_key_to_the_old_wrap_either, begin, end),
        cmocka_unit_test_setup_teardown(level_3_leaves_no_key_to_the_old_file,
            begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
