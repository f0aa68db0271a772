/* SPDX-License-Identifier: Apache-2.0 */
/* test_slot: ways to unlock, and the set of them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "bytes.h"
#include "doc_example.h"
#include "keyfile.h"
#include "known_format.h"
#include "slot.h"

/* The fixed inputs of the second implementation. */
static uint8_t vault[16];
static struct vlt_vmk vmk;
static struct vlt_keyfile keyfile;
static struct vlt_guarded *pass;

static void
row_of(struct vlt_slot *s, const char *hex)
{
    uint8_t row[VLT_SLOT_SIZE];

    from_hex(row, sizeof row, hex);
    assert_int_equal(vlt_slot_decode(s, row, sizeof row, NULL), VAULT_OK);
}

static void
the_example_of_the_format_is_built_and_opened(void **unused)
{
    const struct vlt_offer offer = {.keyfile = &keyfile};
    struct vlt_slot s, built;
    struct vlt_vmk got = {{0}};
    uint8_t id[16], salt[16], nonce[24], base[32];

    (void)unused;
    doc_hex(id, 16, "slot-kind-2", "id");
    doc_hex(salt, 16, "slot-kind-2", "salt");
    doc_hex(nonce, 24, "slot-kind-2", "nonce");
    doc_hex(base, 32, "slot-kind-2", "base");
    vlt_slot_build(&built, VLT_SLOT_KEYFILE, NULL, id, salt, nonce, vault, base,
        sizeof base, &vmk);
    assert_int_equal(built.len, VLT_SLOT_SIZE);
    assert_hex(built.row, built.len, doc_text("slot-kind-2", "row"));
    row_of(&s, doc_text("slot-kind-2", "row"));
    assert_int_equal(vlt_slot_open(&s, vault, &offer, &got, NULL), VAULT_OK);
    assert_memory_equal(got.b, vmk.b, 32);
}

static void
slots_of_a_second_implementation_open(void **unused)
{
    const struct vlt_offer one = {.pass = pass};
    const struct vlt_offer both = {.pass = pass, .keyfile = &keyfile};
    struct vlt_slot s;
    struct vlt_vmk got = {{0}};

    (void)unused;
    row_of(&s, known_slot_1);
    assert_int_equal(s.kind, VLT_SLOT_PASSPHRASE);
    assert_int_equal(s.cost.t, 3);
    assert_int_equal(s.cost.m_kib, 65536);
    assert_int_equal(vlt_slot_open(&s, vault, &one, &got, NULL), VAULT_OK);
    assert_memory_equal(got.b, vmk.b, 32);
    memset(&got, 0, sizeof got);
    row_of(&s, known_slot_3);
    assert_int_equal(vlt_slot_open(&s, vault, &both, &got, NULL), VAULT_OK);
    assert_memory_equal(got.b, vmk.b, 32);
    row_of(&s, known_slot_4);
    assert_int_equal(s.kind, VLT_SLOT_RECOVERY);
}

static void
an_offer_is_tried_on_its_own_kind_only(void **unused)
{
    const struct vlt_offer none = {0};
    const struct vlt_offer both = {.pass = pass, .keyfile = &keyfile};
    const struct vlt_offer file = {.keyfile = &keyfile};
    struct vlt_slot s;
    struct vlt_vmk got = {{9}};

    (void)unused;
    assert_int_equal(vlt_offer_kind(&none), 0);
    assert_int_equal(vlt_offer_kind(&file), VLT_SLOT_KEYFILE);
    assert_int_equal(vlt_offer_kind(&both), VLT_SLOT_BOTH);
    row_of(&s, known_slot_1);
    assert_int_equal(vlt_slot_open(&s, vault, &both, &got, NULL),
        VAULT_E_SECRET);
    row_of(&s, known_slot_4);
    assert_int_equal(vlt_slot_open(&s, vault, &file, &got, NULL),
        VAULT_E_SECRET);
    assert_int_equal(got.b[0], 9);
}

static void
made_slots_open_with_their_secret_and_no_other(void **unused)
{
    const struct vlt_cost floor = {3, 65536};
    struct vlt_guarded *other = vlt_guarded_copy("another", 7);
    const struct vlt_offer right = {.pass = pass};
    const struct vlt_offer wrong = {.pass = other};
    struct vlt_slot s, again;
    struct vlt_vmk got = {{0}};

    (void)unused;
    assert_int_equal(vlt_slot_make(&s, vault, &right, &floor, &vmk, NULL),
        VAULT_OK);
    assert_int_equal(vlt_slot_decode(&again, s.row, s.len, NULL), VAULT_OK);
    assert_memory_equal(&s, &again, sizeof s);
    assert_int_equal(vlt_slot_open(&s, vault, &wrong, &got, NULL),
        VAULT_E_SECRET);
    assert_int_equal(got.b[0], 0);
    assert_int_equal(vlt_slot_open(&s, vault, &right, &got, NULL), VAULT_OK);
    assert_memory_equal(got.b, vmk.b, 32);
    vlt_guarded_free(other);
}

static void
a_right_secret_on_a_damaged_slot_says_so(void **unused)
{
    const struct vlt_offer offer = {.keyfile = &keyfile};
    struct vlt_slot s;
    struct vlt_vmk got;

    (void)unused;
    for (size_t at = 80; at < VLT_SLOT_SIZE; at++) {
        row_of(&s, doc_text("slot-kind-2", "row"));
        s.row[at] ^= 1;
        assert_int_equal(vlt_slot_open(&s, vault, &offer, &got, NULL),
            VAULT_E_SLOT);
    }
}

static void
no_changed_byte_of_a_slot_passes(void **unused)
{
    const struct vlt_offer offer = {.keyfile = &keyfile};
    struct vlt_vmk got = {{0}};
    uint8_t row[VLT_SLOT_SIZE];

    (void)unused;
    for (size_t at = 0; at < sizeof row; at++)
        for (int bit = 0; bit < 8; bit++) {
            struct vlt_slot s;
            enum vault_status st;

            doc_hex(row, sizeof row, "slot-kind-2", "row");
            row[at] ^= (uint8_t)(1 << bit);
            st = vlt_slot_decode(&s, row, sizeof row, NULL);
            if (st == VAULT_OK)
                st = vlt_slot_open(&s, vault, &offer, &got, NULL);
            assert_int_not_equal(st, VAULT_OK);
            assert_int_equal(got.b[1], 0);
        }
}

static void
another_vault_s_slot_does_not_open(void **unused)
{
    const struct vlt_offer offer = {.keyfile = &keyfile};
    uint8_t other[16];
    struct vlt_slot s;
    struct vlt_vmk got;

    (void)unused;
    memcpy(other, vault, sizeof other);
    other[15] ^= 1;
    row_of(&s, doc_text("slot-kind-2", "row"));
    assert_int_equal(vlt_slot_open(&s, other, &offer, &got, NULL),
        VAULT_E_SECRET);
}

static const struct {
    const char *name;
    size_t len;
    size_t at;
    uint8_t byte;
    enum vault_status want;
} decode_rows[] = {
    {"exact", 152, 0, 'S', VAULT_OK},
    {"one byte short", 151, 0, 'S', VAULT_E_SLOT},
    {"one byte long", 153, 0, 'S', VAULT_E_SLOT},
    {"empty", 0, 0, 'S', VAULT_E_SLOT},
    {"head only", 32, 0, 'S', VAULT_E_SLOT},
    {"as long as kind 5", 1248, 0, 'S', VAULT_E_SLOT},
    {"another magic", 152, 3, '2', VAULT_E_SLOT},
    {"kind 0", 152, 4, 0, VAULT_E_SLOT},
    {"kind 1 without KDF", 152, 4, 1, VAULT_E_SLOT},
    {"kind 4", 152, 4, 4, VAULT_OK},
    {"kind 5, too short", 152, 4, 5, VAULT_E_SLOT},
    {"kind 6", 152, 4, 6, VAULT_E_NEWER},
    {"kind 2 with KDF", 152, 5, 1, VAULT_E_SLOT},
    {"KDF 2", 152, 5, 2, VAULT_E_NEWER},
    {"reserved byte", 152, 6, 1, VAULT_E_NEWER},
    {"second reserved byte", 152, 7, 128, VAULT_E_NEWER},
    {"t without KDF", 152, 11, 3, VAULT_E_SLOT},
    {"m without KDF", 152, 13, 1, VAULT_E_SLOT},
};

static void
only_slots_of_the_exact_form_are_read(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(decode_rows); i++) {
        uint8_t row[VLT_SLOT5_SIZE] = {0};
        struct vlt_slot s;

        print_message("%s\n", decode_rows[i].name);
        doc_hex(row, VLT_SLOT_SIZE, "slot-kind-2", "row");
        row[decode_rows[i].at] = decode_rows[i].byte;
        assert_int_equal(vlt_slot_decode(&s, row, decode_rows[i].len, NULL),
            decode_rows[i].want);
    }
}

static void
a_slot_of_kind_5_is_zero_where_nothing_stands(void **unused)
{
    uint8_t row[VLT_SLOT5_SIZE] = "SQS1\5";
    struct vlt_slot s;

    (void)unused;
    memset(row + 16, 0xaa, 16);
    memset(row + 80, 0xbb, sizeof row - 80);
    assert_int_equal(vlt_slot_decode(&s, row, sizeof row, NULL), VAULT_OK);
    assert_int_equal(s.len, VLT_SLOT5_SIZE);
    for (size_t at = 32; at < 80; at++) {
        row[at] = 1;
        assert_int_equal(vlt_slot_decode(&s, row, sizeof row, NULL),
            VAULT_E_SLOT);
        row[at] = 0;
    }
}

static const struct {
    uint32_t t;
    uint32_t m_kib;
} out_of_bounds[] = {
    {2, 65536},
    {65, 65536},
    {3, 65535},
    {3, 4194305},
    {0, 0},
    {UINT32_MAX, UINT32_MAX},
};

static void
costs_out_of_bounds_are_refused_before_any_work(void **unused)
{
    const struct vlt_offer offer = {.pass = pass};
    struct vlt_vmk got;

    (void)unused;
    for (size_t i = 0; i < ROWS(out_of_bounds); i++) {
        const struct vlt_cost cost = {out_of_bounds[i].t,
            out_of_bounds[i].m_kib};
        struct vlt_slot s;

        row_of(&s, known_slot_1);
        vlt_store_u32(s.row + 8, cost.t);
        vlt_store_u32(s.row + 12, cost.m_kib);
        /* listing shows it, opening refuses it */
        assert_int_equal(vlt_slot_decode(&s, s.row, s.len, NULL), VAULT_OK);
        assert_int_equal(s.cost.t, cost.t);
        assert_int_equal(vlt_slot_open(&s, vault, &offer, &got, NULL),
            VAULT_E_SLOT);
        assert_int_equal(vlt_slot_make(&s, vault, &offer, &cost, &vmk, NULL),
            VAULT_E_SLOT);
    }
}

static void
the_set_hash_and_its_mac_are_those_of_the_format(void **unused)
{
    struct vlt_slot s[2];
    uint8_t hash[32], mac[32];

    (void)unused;
    row_of(&s[0], doc_text("slot-set", "row"));
    vlt_slot_set_hash(hash, 1, s, 1);
    assert_hex(hash, 32, doc_text("slot-set", "hash"));
    vlt_slot_set_mac(mac, hash, &vmk, vault);
    assert_hex(mac, 32, doc_text("slot-set", "mac"));
}

static void
the_set_hash_does_not_depend_on_the_order_given(void **unused)
{
    uint8_t row[VLT_SLOT_SIZE], hash[32], id[16];
    struct vlt_slot s[2];

    (void)unused;
    for (size_t i = 0; i < sizeof id; i++)
        id[i] = (uint8_t)(0x6f + i);
    for (int swapped = 0; swapped < 2; swapped++) {
        row_of(&s[swapped], doc_text("slot-kind-2", "row"));
        from_hex(row, sizeof row, known_slot_4);
        memcpy(row + 16, id, sizeof id);
        assert_int_equal(vlt_slot_decode(&s[1 - swapped], row, sizeof row,
                             NULL),
            VAULT_OK);
        vlt_slot_set_hash(hash, 7, s, 2);
        assert_hex(hash, 32, known_slot_set_2);
    }
}

static int
begin(void **unused)
{
    (void)unused;
    doc_hex(vault, 16, "slot-kind-2", "vault");
    doc_hex(vmk.b, 32, "slot-kind-2", "vmk");
    doc_hex(keyfile.b, 32, "keyfile", "k");
    pass = vlt_guarded_new(strlen(known_passphrase) / 2);
    from_hex(pass->p, pass->len, known_passphrase);
    return 0;
}

static int
end(void **unused)
{
    (void)unused;
    vlt_guarded_free(pass);
    return 0;
}

/* Kind 5 opens with HPKE by the bytes that the format names, for that card
 * only, in that vault only; and no byte of it may differ. */
static void
a_slot_for_a_card_is_hpke_over_its_head(void **unused)
{
    const struct vlt_kemkey key = {{5}}, other = {{6}};
    const struct vlt_offer right = {.kem = &key};
    const struct vlt_offer wrong = {.kem = &other};
    const struct vlt_offer file = {.keyfile = &keyfile};
    struct vlt_slot s, bent, again;
    struct vlt_vmk got = {{0}};
    uint8_t pk[VLT_KEM_PK], info[16 + 16 + 80], vmk2[32], elsewhere[16] = {9};

    (void)unused;
    vlt_kem_public(pk, key.b);
    assert_int_equal(vlt_slot_make_card(&s, vault, pk, &vmk, NULL), VAULT_OK);
    assert_int_equal(s.len, 1248);
    assert_int_equal(vlt_slot_decode(&again, s.row, s.len, NULL), VAULT_OK);
    assert_int_equal(again.kind, VLT_SLOT_IDENTITY);
    assert_memory_equal(again.id, s.id, 16);
    memcpy(info, "sanduq.v1/slot5", 16); /* closed by 00 */
    memcpy(info + 16, vault, 16);
    memcpy(info + 32, s.row, 80);
    assert_true(
        vlt_hpke_open(vmk2, key.b, info, sizeof info, s.row + 80, 1168));
    assert_memory_equal(vmk2, vmk.b, 32);
    assert_int_equal(vlt_slot_open(&s, vault, &right, &got, NULL), VAULT_OK);
    assert_memory_equal(got.b, vmk.b, 32);
    assert_int_equal(vlt_slot_open(&s, vault, &wrong, &got, NULL),
        VAULT_E_SECRET);
    assert_int_equal(vlt_slot_open(&s, vault, &file, &got, NULL),
        VAULT_E_SECRET);
    assert_int_equal(vlt_slot_open(&s, elsewhere, &right, &got, NULL),
        VAULT_E_SECRET);
    for (size_t i = 0; i < s.len; i += i < 100 ? 1 : 41) {
        bent = s;
        bent.row[i] ^= 1;
        assert_int_equal(vlt_slot_open(&bent, vault, &right, &got, NULL),
            VAULT_E_SECRET);
    }
}

static void
a_recovery_key_opens_its_own_kind_only(void **unused)
{
    struct vlt_recovery key = {{1}}, other = {{2}};
    const struct vlt_offer right = {.recovery = &key};
    const struct vlt_offer wrong = {.recovery = &other};
    struct vlt_slot s, file;
    struct vlt_vmk got = {{0}};

    (void)unused;
    assert_int_equal(vlt_offer_kind(&right), VLT_SLOT_RECOVERY);
    assert_int_equal(vlt_slot_make(&s, vault, &right, NULL, &vmk, NULL),
        VAULT_OK);
    assert_int_equal(s.row[4], 4);
    assert_int_equal(s.row[5], 0);
    assert_int_equal(vlt_slot_open(&s, vault, &right, &got, NULL), VAULT_OK);
    assert_memory_equal(got.b, vmk.b, 32);
    assert_int_equal(vlt_slot_open(&s, vault, &wrong, &got, NULL),
        VAULT_E_SECRET);
    s.row[150] ^= 1;
    assert_int_equal(vlt_slot_open(&s, vault, &right, &got, NULL),
        VAULT_E_SLOT);
    row_of(&file, doc_text("slot-kind-2", "row"));
    assert_int_equal(vlt_slot_open(&file, vault, &right, &got, NULL),
        VAULT_E_SECRET);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_for_a_card_is_hpke_over_its_head),
        cmocka_unit_test(a_recovery_key_opens_its_own_kind_only),
        cmocka_unit_test(the_example_of_the_format_is_built_and_opened),
        cmocka_unit_test(slots_of_a_second_implementation_open),
        cmocka_unit_test(an_offer_is_tried_on_its_own_kind_only),
        cmocka_unit_test(made_slots_open_with_their_secret_and_no_other),
        cmocka_unit_test(a_right_secret_on_a_damaged_slot_says_so),
        cmocka_unit_test(no_changed_byte_of_a_slot_passes),
        cmocka_unit_test(another_vault_s_slot_does_not_open),
        cmocka_unit_test(only_slots_of_the_exact_form_are_read),
        cmocka_unit_test(a_slot_of_kind_5_is_zero_where_nothing_stands),
        cmocka_unit_test(costs_out_of_bounds_are_refused_before_any_work),
        cmocka_unit_test(the_set_hash_and_its_mac_are_those_of_the_format),
        cmocka_unit_test(the_set_hash_does_not_depend_on_the_order_given),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, begin, end);
}
