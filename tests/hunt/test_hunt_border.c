/* SPDX-License-Identifier: Apache-2.0 */
/* test_hunt_border.c: devices, compartments, travel files, panic and threshold
 * bundles: what their bearer has opens nothing that it should not */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/compartments.h>
#include <vault/device.h>
#include <vault/panic.h>
#include <vault/threshold.h>
#include <vault/travel.h>

#include "circle.h"
#include "memory_image.h"
#include "onetime.h"
#include "seized.h"

enum { BODY = 50000, K = 3, N = 5 };

static struct seized s;
static char hq[TEMP_PATH]; /* headquarters' vault, which nobody carries */
static char path[TEMP_PATH];

static int
begin(void **state)
{
    (void)state;
    seized_begin(&s);
    seized_safe(&s, "hq.sanduq", hq);
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
nothing_opens(struct hunt *h)
{
    seized_hunt(&s, h);
    if (hunt_opened(h) != 0)
        fail_msg("%s", hunt_report(h));
}

static void
keep(const char *name, const void *p, size_t n)
{
    char to[TEMP_PATH];

    seized_safe(&s, name, to);
    temp_write(to, p, n);
}

/* ---- a device that has no vault ---- */

static int
write_card(void *ctx, const struct vault_card *card)
{
    struct vault_error err;

    (void)ctx;
    seized_must(vault_device_create(s.capture, card->note, card->note_len,
                    &s.opt, &err),
        &err);
    return 0;
}

static void
make_device(struct seized *w)
{
    struct vault *v = seized_unlock_file(w, hq);
    struct vault_error err;

    seized_must(vault_cards_own(v, write_card, NULL, &err), &err);
    vault_close(v);
}

static void
use_device(struct seized *w)
{
    struct vault *c = seized_capture(w);
    struct vault_error err;
    bool ended;

    seized_add(c, "first", BODY, 1, NULL);
    seized_must(vault_capture_end(c, &ended, &err), &err);
    seized_add(c, "in the next session", 0, 0, NULL);
    seized_add(c, "and another", 0, 0, NULL);
    (void)memory_image(w->during);
    vault_close(c);
    (void)memory_image(w->after);
}

static void
nothing_on_a_capture_device_opens_what_it_sealed(void **state)
{
    struct hunt *h = hunt_new();

    (void)state;
    seized_do(make_device, &s);
    seized_do(use_device, &s);
    hunt_target(h, s.capture);
    nothing_opens(h);
    assert_true(hunt_count(h, HUNT_LOG) >= 1); /* the running session's */
    hunt_free(h);
}

/* ---- a compartment that leaves the carrier out ---- */

static void
seal_for_others(struct seized *w)
{
    const char *const add[] = {"hq"}, *const bind[] = {"note"};
    struct vault_compartment_change change = {.name = "identities",
        .fresh = true,
        .own = VAULT_COMPARTMENT_WITHOUT_ME,
        .add = add,
        .add_len = 1,
        .bind = bind,
        .bind_len = 1};
    struct vault *v = seized_unlock(w), *to = seized_unlock_file(w, hq);
    struct vault_sealed out;
    struct vault_error err;

    circle_pin(v, to, "hq", true);
    vault_close(to);
    seized_must(vault_compartment_change(v, &change, &err), &err);
    seized_add(v, "for others only", BODY, 1, &out);
    keep("id", out.id, 16);
    vault_close(v);
}

/* Another process, so that the memory is not that which knew them. */
static void
look(struct seized *w)
{
    struct vault *v = seized_unlock(w);

    (void)quick_listed(v);
    (void)memory_image(w->during);
    vault_close(v);
}

static void
the_carrier_has_no_key_to_a_compartment_without_him(void **state)
{
    struct hunt *h = hunt_new();
    char name[TEMP_PATH];
    uint8_t id[1][16], *p;
    size_t n;

    (void)state;
    seized_do(seal_for_others, &s);
    seized_do(look, &s);
    seized_safe(&s, "id", name);
    p = temp_read(name, &n);
    memcpy(id[0], p, 16);
    free(p);
    hunt_target_records(h, s.vault, id, 1, true);
    assert_true(hunt_bearer(h, s.vault, s.key) > 10);
    nothing_opens(h);
    /* headquarters does open it */
    (void)hunt_bearer(h, hq, s.key);
    hunt_free(h);
}

/* ---- a travel file ---- */

static int
no_challenge(void *ctx, const char *card, const char *text, size_t len)
{
    (void)ctx;
    (void)card;
    keep("challenge", text, len);
    return 0;
}

/* What opened his old vault, and what he can be made to say. */
static const char PHRASE[] = "kyzyl alma kok kitap 27 torgai";

static void
know_a_passphrase(struct vault *v)
{
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_key *key = vault_key_new();
    struct vault_error err;
    uint8_t id[VAULT_ID];

    assert_non_null(key);
    seized_must(vault_key_passphrase(key, PHRASE, strlen(PHRASE), &err), &err);
    seized_must(vault_slot_add(v, key, &cost, id, &err), &err);
    vault_key_free(key);
}

static void
prepare(struct seized *w)
{
    struct vault *v = seized_unlock(w), *to = seized_unlock_file(w, hq);
    struct vault_travel_way way = {.card = "hq"};
    struct vault_sealed out;
    struct vault_travel_options o = {.way = &way, .ways = 1, .ids_len = 1};
    struct vault_travel_made made;
    struct vault_error err;
    char capture[TEMP_PATH];

    circle_pin(v, to, "hq", true);
    vault_close(to);
    know_a_passphrase(v);
    seized_add(v, "goes along", BODY, 1, &out);
    seized_home(w, "trip.capture", capture);
    o.ids = (const uint8_t(*)[VAULT_ID])out.id;
    o.capture = capture;
    seized_must(vault_travel_prepare(v, path, &o, no_challenge, NULL, &made,
                    &err),
        &err);
    (void)memory_image(w->during);
    vault_close(v);
    (void)memory_image(w->after);
}

/* After finish: the old vault is not on this machine any more. What he knows
 * of it he may say. */
static void
nothing_a_traveller_has_opens_the_travel_file(void **state)
{
    struct hunt *h = hunt_new();
    char old[TEMP_PATH];

    (void)state;
    seized_home(&s, "trip.sanduq", path);
    seized_do(prepare, &s);
    seized_safe(&s, "old", old);
    if (rename(s.vault, old) != 0)
        temp_die("rename", s.vault);
    (void)remove(s.during); /* of the unlocked old vault */
    hunt_target(h, path);
    hunt_file(h, s.key, 1);
    hunt_passphrase(h, PHRASE);
    hunt_pass_over(h, path);
    nothing_opens(h);
    hunt_free(h);
    /* which is all that the old vault asks for */
    h = hunt_new();
    hunt_target(h, old);
    hunt_passphrase(h, PHRASE);
    assert_true(hunt_opened(h) > 0);
    hunt_free(h);
}

/* ---- panic ---- */

static void
fill(struct seized *w)
{
    struct vault *v = seized_unlock(w);
    struct vault_error err;

    seized_must(vault_capture_create(v, w->capture, &err), &err);
    seized_add(v, "a record", BODY, 1, NULL);
    vault_close(v);
}

static void
panic(struct seized *w)
{
    struct vault_panicked out;
    struct vault_error err;

    seized_must(vault_panic(w->vault, &w->opt, false, &out, &err), &err);
    (void)memory_image(w->after);
}

static void
after_panic_the_bearers_key_opens_nothing_here(void **state)
{
    struct hunt *h = hunt_new();
    char before[TEMP_PATH];

    (void)state;
    seized_do(fill, &s);
    seized_safe(&s, "before", before);
    temp_copy(s.vault, before);
    seized_do(panic, &s);
    hunt_target(h, s.vault);
    hunt_file(h, s.key, 1);
    nothing_opens(h);
    /* the same hunt on a copy made before */
    hunt_free(h);
    h = hunt_new();
    hunt_target(h, before);
    assert_true(hunt_bearer(h, before, s.key) > 10);
    assert_true(hunt_count(h, HUNT_VMK) == 1);
    assert_true(hunt_count(h, HUNT_RK) >= 1);
    hunt_free(h);
}

/* ---- a bundle that K of N open ---- */

static enum vault_status
deal(void *ctx, const struct vault_dealt *d, struct vault_error *err)
{
    char text[VAULT_SHARE_TEXT], name[40];

    (void)ctx;
    (void)err;
    for (size_t i = 0; i < vault_shares_count(d->shares); i++) {
        vault_shares_text(d->shares, i, text);
        snprintf(name, sizeof name, "share-%zu", i);
        keep(name, text, strlen(text));
    }
    return VAULT_OK;
}

static void
give(struct seized *w)
{
    const struct vault_share_options o = {.plain_container = true};
    struct vault *v = seized_unlock(w);
    struct vault_share *g = NULL;
    struct vault_shared done;
    struct vault_sealed out;
    struct vault_error err;

    seized_add(v, "in case of arrest", BODY, 1, &out);
    seized_must(vault_share_begin(v, &o, &g, &err), &err);
    seized_must(vault_share_to_shares(g, K, N, deal, NULL, &err), &err);
    seized_must(vault_share_add(g, out.id, 0, &err), &err);
    seized_must(vault_share_commit(g, path, &done, &err), &err);
    free(done.path);
    free(done.minisig);
    vault_close(v);
    (void)memory_image(w->after);
}

static void
read_share(unsigned i, char out[VAULT_SHARE_TEXT])
{
    char name[40], from[TEMP_PATH];
    size_t n;
    uint8_t *p;

    snprintf(name, sizeof name, "share-%u", i);
    seized_safe(&s, name, from);
    p = temp_read(from, &n);
    memcpy(out, p, n);
    out[n] = 0;
    free(p);
}

/* With K of them: whose key it is sealed to, and the control. */
static void
join(struct seized *w)
{
    struct vlt_shares *set = vlt_shares_new();
    struct vlt_onetime *one = NULL;
    char text[VAULT_SHARE_TEXT];
    uint8_t both[VLT_KEM_PK + 32];
    struct vault_error err;

    (void)w;
    for (unsigned i = 0; i < K; i++) {
        read_share(i, text);
        seized_must(vlt_shares_add(set, text, strlen(text), &err), &err);
    }
    seized_must(vlt_onetime_join(&one, set, &err), &err);
    memcpy(both, one->card.kem, VLT_KEM_PK);
    memcpy(both + VLT_KEM_PK, one->card.sign, 32);
    keep("public", both, sizeof both);
    keep("kem", one->kem->b, 32);
    vlt_onetime_free(one);
    vlt_shares_free(set);
}

static void
fewer_shares_than_needed_open_nothing(void **state)
{
    struct hunt *h = hunt_new();
    char name[TEMP_PATH], text[VAULT_SHARE_TEXT];
    uint8_t *p;
    size_t n;

    (void)state;
    seized_home(&s, "arrest.bundle", path);
    seized_do(give, &s);
    seized_do(join, &s);
    hunt_target(h, path);
    seized_safe(&s, "public", name);
    p = temp_read(name, &n);
    assert_int_equal(n, VLT_KEM_PK + 32);
    hunt_target_identity(h, p, p + VLT_KEM_PK);
    free(p);
    for (unsigned i = 0; i < K - 1; i++) {
        read_share(i, text);
        hunt_bytes(h, "a share", text, strlen(text), 1);
    }
    hunt_pass_over(h, path);
    nothing_opens(h);
    /* what K of them give is found */
    seized_safe(&s, "kem", name);
    hunt_file(h, name, 1);
    assert_int_equal(hunt_count(h, HUNT_KEM), 1);
    hunt_free(h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            nothing_on_a_capture_device_opens_what_it_sealed, begin, end),
        cmocka_unit_test_setup_teardown(
            the_carrier_has_no_key_to_a_compartment_without_him, begin, end),
        cmocka_unit_test_setup_teardown(
            nothing_a_traveller_has_opens_the_travel_file, begin, end),
        cmocka_unit_test_setup_teardown(
            after_panic_the_bearers_key_opens_nothing_here, begin, end),
        cmocka_unit_test_setup_teardown(fewer_shares_than_needed_open_nothing,
            begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
