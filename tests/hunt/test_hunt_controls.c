/* SPDX-License-Identifier: Apache-2.0 */
/* test_hunt_controls.c: the hunter finds each kind of key where one is put */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "circle.h"
#include "handle.h"
#include "hunt.h"
#include "hunt_loot.h"
#include "text.h"

/*
 * What is found here is found elsewhere too: the same code on the same kinds
 * of files. Keys come from hunt_loot.c, which derives them from the file with
 * format/ and crypto/ by docs/format.md section 2, apart from vault/ops.
 */
enum { ROOM = 180, AT = 77, BODY = 40000, NOISE = 1000 };

static void
body_of(uint8_t *p, size_t n)
{
    quick_noise(p, n, 77);
}

/* A vault with a body in segments, a capture file with two records, a bundle
 * with a part of a record. */
struct world {
    struct circle c;
    char capture[TEMP_PATH];
    char bundle[TEMP_PATH];
    uint8_t keyfile[32];
    uint8_t kem[32]; /* of the recipient of the bundle */
    uint8_t fingerprint[32];
    uint8_t logkey[32];
};

static void
read_keyfile(const char *path, uint8_t out[32])
{
    size_t n, got;
    uint8_t *p = temp_read(path, &n);

    assert_true(vlt_unb64(out, 32, &got, (const char *)p + 18, 44));
    free(p);
}

static void
seal_locked(struct world *w)
{
    struct vault *c = NULL;

    assert_int_equal(vault_capture_create(w->c.q[0].v, w->capture, NULL),
        VAULT_OK);
    assert_int_equal(vault_capture_open(w->capture, &w->c.q[0].opt, &c, NULL),
        VAULT_OK);
    quick_add(c, "said while locked", NULL, 0, NULL);
    quick_add(c, "and more", NULL, 0, NULL);
    vault_close(c);
}

static int
set_up(void **state)
{
    static struct world w;
    struct vault_sealed one;
    uint8_t *p = malloc(BODY);

    body_of(p, BODY);
    circle_make(&w.c, 2);
    quick_add(w.c.q[0].v, "with a body", p, BODY, &one);
    quick_add(w.c.q[0].v, "without", NULL, 0, NULL);
    free(p);
    temp_dir_path(&w.c.q[0].dir, "v.capture", w.capture);
    seal_locked(&w);
    circle_share(&w.c,
        &(struct circle_share){.from = 0,
            .to = 2,
            .id = (const uint8_t(*)[VAULT_ID])one.id,
            .n = 1,
            .only = "title"},
        "part", w.bundle);
    read_keyfile(w.c.q[0].keyfile, w.keyfile);
    memcpy(w.kem, w.c.q[1].v->kem->b, 32);
    memcpy(w.fingerprint, w.c.q[1].v->card.fingerprint, 32);
    memcpy(w.logkey, w.c.q[0].v->state.log->b, 32);
    quick_close(&w.c.q[0]);
    quick_close(&w.c.q[1]);
    *state = &w;
    return 0;
}

static int
tear_down(void **state)
{
    struct world *w = *state;

    circle_end(&w->c);
    return 0;
}

/* The key in noise, at an odd place, in one of its forms. */
static size_t
plant(uint8_t *p, const struct loot_key *k, const char *form)
{
    char text[200];

    quick_noise(p, ROOM, 5);
    if (strcmp(form, "base64") == 0)
        vlt_b64(text, k->b, 32);
    else if (strcmp(form, "hex") == 0)
        vlt_hex(text, k->b, 32);
    else if (strcmp(form, "bech32") == 0)
        vlt_bech32(text, "sqr", k->b, 32);
    else
        memcpy(p + AT, k->b, k->n);
    if (strcmp(form, "bytes") != 0)
        memcpy(p + AT, text, strlen(text));
    return ROOM;
}

static void
found_once(const char *path, const struct loot_key *k, const char *form)
{
    struct hunt *h = hunt_new();
    uint8_t *p = malloc(ROOM);
    char where[40];

    hunt_target(h, path);
    hunt_bytes(h, "planted", p, plant(p, k, form), 1);
    snprintf(where, sizeof where, "planted, offset %d", AT);
    if (hunt_count(h, k->kind) != 1)
        fail_msg("%s (%s) as %s is not found in %s: %s",
            hunt_kind_name(k->kind), k->what, form, path, hunt_report(h));
    if (strcmp(form, "bytes") == 0 && strstr(hunt_report(h), where) == NULL)
        fail_msg("found elsewhere: %s", hunt_report(h));
    free(p);
    hunt_free(h);
}

static void
noise_opens_nothing(const char *path)
{
    struct hunt *h = hunt_new();
    uint8_t *p = malloc(NOISE);

    hunt_target(h, path);
    quick_noise(p, NOISE, 5);
    hunt_bytes(h, "noise", p, NOISE, 1);
    if (hunt_opened(h) != 0)
        fail_msg("noise opens: %s", hunt_report(h));
    assert_true(hunt_tried(h) > NOISE * 9 / 10);
    free(p);
    hunt_free(h);
}

/* Each key of the loot, planted, is found as what it is. */
static void
all_found(const char *path, const struct loot *l, unsigned *kinds)
{
    noise_opens_nothing(path);
    for (size_t i = 0; i < l->n; i++) {
        size_t like = 0; /* two of each sort: many events have a key */

        for (size_t k = 0; k < i; k++)
            like += strcmp(l->key[k].what, l->key[i].what) == 0;
        if (like >= 2)
            continue;
        found_once(path, &l->key[i], "bytes");
        *kinds |= 1u << l->key[i].kind;
    }
}

static struct loot loot;

static void
every_key_of_a_vault_is_found(void **state)
{
    struct world *w = *state;
    struct quarry q = {0};
    unsigned kinds = 0;

    memset(&loot, 0, sizeof loot);
    quarry_load(&q, w->c.q[0].path);
    assert_true(loot_unlock(&loot, &q, w->keyfile, NULL));
    loot_follow(&loot, &q);
    loot_add(&loot, HUNT_LOG, "of this machine", w->logkey, 32);
    for (size_t i = 0; i < loot.n; i++) /* no cell of others is here */
        if (strcmp(loot.key[i].what, "foreign") == 0)
            loot.key[i] = loot.key[--loot.n];
    all_found(w->c.q[0].path, &loot, &kinds);
    quarry_clear(&q);
    for (int k = 0; k < HUNT_KINDS; k++)
        if (k != HUNT_STEP && (kinds & 1u << k) == 0)
            fail_msg("no %s was tried", hunt_kind_name((enum hunt_kind)k));
}

static void
every_key_of_a_capture_file_is_found(void **state)
{
    struct world *w = *state;
    struct quarry q = {0};
    struct hunt *h = hunt_new();
    unsigned kinds = 0;
    static struct loot all;

    /* SEED is in the vault only */
    memset(&all, 0, sizeof all);
    quarry_load(&q, w->capture);
    for (size_t i = 0; i < loot.n; i++)
        if (loot.key[i].kind == HUNT_SEED)
            loot_add(&all, HUNT_SEED, "SEED", loot.key[i].b, 32);
    loot_follow(&all, &q);
    all_found(w->capture, &all, &kinds);
    quarry_clear(&q);
    assert_true(kinds & 1u << HUNT_STEP);
    assert_true(kinds & 1u << HUNT_E0);
    assert_true(kinds & 1u << HUNT_RK);
    /* and the session's key lies in the file: a control that nobody planted */
    hunt_target(h, w->capture);
    hunt_file(h, w->capture, 1);
    assert_int_equal(hunt_count(h, HUNT_LOG), 1);
    assert_int_equal(hunt_opened(h), 0);
    hunt_free(h);
}

static void
every_key_of_a_bundle_is_found(void **state)
{
    struct world *w = *state;
    struct quarry q = {0};
    unsigned kinds = 0;
    static struct loot all;
    bool xk = false;

    memset(&all, 0, sizeof all);
    quarry_load(&q, w->bundle);
    loot_kem(&all, &q, w->kem, w->fingerprint);
    loot_follow(&all, &q);
    all_found(w->bundle, &all, &kinds);
    quarry_clear(&q);
    for (size_t i = 0; i < all.n; i++)
        xk = xk || strcmp(all.key[i].what, "XK") == 0;
    assert_true(xk);
    assert_true(kinds & 1u << HUNT_META);
    assert_true(kinds & 1u << HUNT_WRAP_KEY);
}

static void
keys_are_found_in_each_form_of_text(void **state)
{
    static const char *const form[] = {"base64", "hex", "bech32"};
    struct world *w = *state;

    for (size_t i = 0; i < loot.n; i++)
        for (size_t f = 0; f < sizeof form / sizeof form[0]; f++)
            if (loot.key[i].kind == HUNT_VMK || loot.key[i].kind == HUNT_SEED ||
                loot.key[i].kind == HUNT_KEYFILE || loot.key[i].kind == HUNT_E0)
                found_once(w->c.q[0].path, &loot.key[i], form[f]);
}

static void
a_key_file_is_found_as_its_text(void **state)
{
    struct world *w = *state;
    struct hunt *h = hunt_new();

    hunt_target(h, w->c.q[0].path);
    hunt_file(h, w->c.q[0].keyfile, 1);
    assert_int_equal(hunt_count(h, HUNT_KEYFILE), 1);
    hunt_free(h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_a_vault_is_found),
        cmocka_unit_test(every_key_of_a_capture_file_is_found),
        cmocka_unit_test(every_key_of_a_bundle_is_found),
        cmocka_unit_test(keys_are_found_in_each_form_of_text),
        cmocka_unit_test(a_key_file_is_found_as_its_text),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
