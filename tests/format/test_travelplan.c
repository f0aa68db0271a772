/* SPDX-License-Identifier: Apache-2.0 */
/* test_travelplan.c: the plan beside a travel file has one form */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "travelplan.h"

#define HASH "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define HEAD             \
    "sanduq.v1/travel\n" \
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf 2 " HASH "\nmade 1795000000\n"
#define SLOT1 "101112131415161718191a1b1c1d1e1f"
#define SLOT2 "202122232425262728292a2b2c2d2e2f"
#define WAY1  "way " SLOT1 " shares 1795000000\n"
#define WAY2  "way " SLOT2 " card 1795000000 " HASH " -\n"
#define LEFT  "left vault L2hvbWUvdi5zYW5kdXE=\nleft state Lw==\n"
#define WHOLE HEAD WAY1 WAY2 LEFT

static void
plans_have_one_form(void **state)
{
    static const struct {
        const char *text;
        enum vault_status st;
    } rows[] = {
        {WHOLE, VAULT_OK},
        {HEAD WAY1, VAULT_OK},
        {HEAD WAY2, VAULT_OK},
        {"", VAULT_E_FORMAT},
        {HEAD, VAULT_E_FORMAT},      /* no way back */
        {HEAD LEFT, VAULT_E_FORMAT}, /* neither */
        {HEAD WAY1 WAY1, VAULT_E_FORMAT},
        {HEAD WAY1 LEFT WAY2, VAULT_E_FORMAT},
        {HEAD WAY1 "left vault \n", VAULT_E_FORMAT},
        {HEAD WAY1 "left Vault Lw==\n", VAULT_E_FORMAT},
        {HEAD WAY1 "left vault-of-mine-is-x Lw==\n", VAULT_E_FORMAT},
        {HEAD WAY1 "left vault AA==\n", VAULT_E_FORMAT}, /* a 0 in it */
        {HEAD WAY1 "left vault Lw==\nleft vault Lw==\n", VAULT_E_FORMAT},
        {HEAD "way " SLOT1 " shares 9223372036854775808\n", VAULT_E_FORMAT},
        {HEAD "way " SLOT1 " card 1 " HASH "\n", VAULT_E_FORMAT},
        {"sanduq.v1/travel\na0a1a2a3a4a5a6a7a8a9aaabacadaeaf 0 " HASH
         "\nmade 1\n" WAY1,
            VAULT_E_FORMAT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vlt_plan p;
        struct vlt_buf again;
        enum vault_status st =
            vlt_plan_decode(&p, rows[i].text, strlen(rows[i].text), NULL);

        if (st != rows[i].st)
            fail_msg("%d: %s", (int)st, rows[i].text);
        if (st != VAULT_OK)
            continue;
        vlt_buf_init(&again, VLT_PLAN_MAX);
        assert_int_equal(vlt_plan_encode(&again, &p, NULL), VAULT_OK);
        assert_string_equal(vlt_buf_cstr(&again), rows[i].text);
        vlt_buf_clear(&again);
        vlt_plan_clear(&p);
    }
}

static void
try_changed(void *ctx, const char *text, size_t len)
{
    struct vlt_plan p;
    struct vlt_buf again;

    (void)ctx;
    if (vlt_plan_decode(&p, text, len, NULL) != VAULT_OK)
        return;
    vlt_buf_init(&again, VLT_PLAN_MAX);
    assert_int_equal(vlt_plan_encode(&again, &p, NULL), VAULT_OK);
    assert_int_equal(again.len, len);
    assert_memory_equal(again.p, text, len);
    vlt_buf_clear(&again);
    vlt_plan_clear(&p);
}

static void
what_is_accepted_encodes_to_the_same_bytes(void **state)
{
    (void)state;
    each_change(WHOLE, strlen(WHOLE), try_changed, NULL);
}

static void
a_plan_has_bounds(void **state)
{
    struct vlt_plan p;
    char path[VLT_PLAN_PATH + 2], one[16];

    (void)state;
    vlt_plan_init(&p);
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(vlt_plan_leave(&p, "vault", path, NULL), VAULT_E_LIMIT);
    path[VLT_PLAN_PATH] = '\0';
    assert_int_equal(vlt_plan_leave(&p, "vault", path, NULL), VAULT_OK);
    assert_int_equal(vlt_plan_leave(&p, "vault", path, NULL), VAULT_OK);
    assert_int_equal(p.lefts, 1);
    for (unsigned i = 1; i < VLT_PLAN_LEFT; i++) {
        (void)snprintf(one, sizeof one, "/%u", i);
        assert_int_equal(vlt_plan_leave(&p, "state", one, NULL), VAULT_OK);
    }
    assert_int_equal(vlt_plan_leave(&p, "state", "/more", NULL), VAULT_E_LIMIT);
    vlt_plan_clear(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_have_one_form),
        cmocka_unit_test(what_is_accepted_encodes_to_the_same_bytes),
        cmocka_unit_test(a_plan_has_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
