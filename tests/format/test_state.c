/* SPDX-License-Identifier: Apache-2.0 */
/* test_state: the state file opens whole, for its vault, or not at all */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "bytes.h"
#include "doc_example.h"
#include "known_format.h"
#include "label.h"
#include "seal.h"
#include "state.h"
#include "text.h"

static struct vlt_vmk vmk;
static uint8_t vault[16];

static void
the_name_is_that_of_the_format(void **unused)
{
    char name[17];

    (void)unused;
    vlt_state_name(name, &vmk, vault);
    assert_string_equal(name, doc_text("label-state-name", "out"));
}

static void
a_state_of_a_second_implementation_opens(void **unused)
{
    uint8_t file[VLT_STATE_FILE], want[32];
    struct vlt_state s;

    (void)unused;
    from_hex(file, sizeof file, known_state);
    assert_int_equal(vlt_state_open(&s, file, sizeof file, &vmk, vault, NULL),
        VAULT_OK);
    assert_memory_equal(s.vault, vault, 16);
    assert_hex(s.replica, 8, doc_text("checkpoint", "replica"));
    assert_int_equal(s.number, 2);
    assert_int_equal(s.size, 1000);
    assert_int_equal(s.slots_gen, 5);
    assert_int_equal(s.settings_gen, 6);
    assert_hex(s.log->b, 32, doc_text("checkpoint", "log.seed"));
    for (size_t i = 0; i < 32; i++)
        want[i] = (uint8_t)(0x33 + i);
    assert_memory_equal(s.root, want, 32);
    for (size_t i = 0; i < 32; i++)
        want[i] = (uint8_t)(0x44 + i);
    assert_memory_equal(s.card, want, 32);
    vlt_state_clear(&s);
}

static void
what_is_sealed_opens_the_same(void **unused)
{
    uint8_t file[VLT_STATE_FILE], again[VLT_STATE_FILE];
    struct vlt_state s, back;

    (void)unused;
    from_hex(file, sizeof file, known_state);
    assert_int_equal(vlt_state_open(&s, file, sizeof file, &vmk, vault, NULL),
        VAULT_OK);
    s.number = UINT32_MAX;
    s.size = UINT64_MAX;
    vlt_state_seal(again, &s, &vmk);
    assert_memory_not_equal(again, file, sizeof file);
    assert_int_equal(vlt_state_open(&back, again, sizeof again, &vmk, vault,
                         NULL),
        VAULT_OK);
    assert_int_equal(back.number, UINT32_MAX);
    assert_true(back.size == UINT64_MAX);
    assert_memory_equal(back.log->b, s.log->b, 32);
    assert_memory_equal(back.root, s.root, 32);
    assert_memory_equal(back.card, s.card, 32);
    assert_memory_equal(back.replica, s.replica, 8);
    vlt_state_clear(&back);
    vlt_state_clear(&s);
}

static void
no_changed_byte_and_no_other_length_passes(void **unused)
{
    uint8_t file[VLT_STATE_FILE + 1] = {0};
    struct vlt_state s;

    (void)unused;
    from_hex(file, VLT_STATE_FILE, known_state);
    for (size_t i = 0; i < VLT_STATE_FILE; i++) {
        file[i] ^= 0x40;
        assert_int_equal(vlt_state_open(&s, file, VLT_STATE_FILE, &vmk, vault,
                             NULL),
            VAULT_E_TAMPERED);
        file[i] ^= 0x40;
    }
    for (size_t n = 0; n <= sizeof file; n++)
        if (n != VLT_STATE_FILE)
            assert_int_equal(vlt_state_open(&s, file, n, &vmk, vault, NULL),
                VAULT_E_TAMPERED);
}

static void
other_vaults_and_other_keys_do_not_open_it(void **unused)
{
    uint8_t file[VLT_STATE_FILE], other[16];
    struct vlt_vmk wrong = vmk;
    struct vlt_state s;

    (void)unused;
    from_hex(file, sizeof file, known_state);
    wrong.b[0] ^= 1;
    assert_int_equal(vlt_state_open(&s, file, sizeof file, &wrong, vault, NULL),
        VAULT_E_TAMPERED);
    memcpy(other, vault, 16);
    other[0] ^= 1;
    assert_int_equal(vlt_state_open(&s, file, sizeof file, &vmk, other, NULL),
        VAULT_E_TAMPERED);
}

/* Sealed well, but byte `at` of the plaintext is another. */
static enum vault_status
open_with(size_t at)
{
    uint8_t file[VLT_STATE_FILE], p[984], key[32], name[8];
    struct vlt_state s;
    enum vault_status st;

    from_hex(file, sizeof file, known_state);
    vlt_x(vmk.b, VLT_L_STATE, vault, 16, key, sizeof key);
    vlt_x(vmk.b, VLT_L_STATE_NAME, vault, 16, name, sizeof name);
    assert_true(vlt_unseal(p, key, name, 8, file, sizeof file));
    p[at] ^= 1;
    vlt_seal(file, key, name, 8, p, sizeof p);
    st = vlt_state_open(&s, file, sizeof file, &vmk, vault, NULL);
    if (st == VAULT_OK)
        vlt_state_clear(&s);
    return st;
}

static void
well_sealed_states_are_still_checked(void **unused)
{
    (void)unused;
    assert_int_equal(open_with(3), VAULT_E_NEWER);    /* magic */
    assert_int_equal(open_with(4), VAULT_E_TAMPERED); /* vault id */
    assert_int_equal(open_with(31), VAULT_OK);        /* number */
    for (size_t at = 144; at < 984; at++)
        assert_int_equal(open_with(at), VAULT_E_NEWER);
}

static int
begin(void **unused)
{
    (void)unused;
    doc_hex(vmk.b, 32, "label-state-name", "key");
    doc_hex(vault, 16, "label-state-name", "ctx");
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_name_is_that_of_the_format),
        cmocka_unit_test(a_state_of_a_second_implementation_opens),
        cmocka_unit_test(what_is_sealed_opens_the_same),
        cmocka_unit_test(no_changed_byte_and_no_other_length_passes),
        cmocka_unit_test(other_vaults_and_other_keys_do_not_open_it),
        cmocka_unit_test(well_sealed_states_are_still_checked),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, begin, NULL);
}
