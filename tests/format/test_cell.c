/* SPDX-License-Identifier: Apache-2.0 */
/* test_cell: sealed cells open in their own row and nowhere else */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "cell.h"
#include "doc_example.h"
#include "known_format.h"
#include "label.h"
#include "seal.h"

enum { LOCAL = 256 + 40 };

static struct vlt_vmk vmk;
static uint8_t vault[16], card[32];

static void
the_seed_of_a_second_implementation_opens(void **unused)
{
    uint8_t cell[VLT_SEED_CELL], again[VLT_SEED_CELL];
    struct vlt_seed s, back;

    (void)unused;
    from_hex(cell, sizeof cell, known_seed_cell);
    assert_true(vlt_seed_open(&s, cell, sizeof cell, &vmk, vault, 3, card));
    assert_hex(s.b, 32, doc_text("identity-sign", "seed"));
    vlt_seed_seal(again, &s, &vmk, vault, 3, card);
    assert_memory_not_equal(again, cell, sizeof cell);
    assert_true(
        vlt_seed_open(&back, again, sizeof again, &vmk, vault, 3, card));
    assert_memory_equal(back.b, s.b, 32);
}

static void
no_changed_byte_of_a_seed_cell_passes(void **unused)
{
    uint8_t cell[VLT_SEED_CELL + 1] = {0}, other[32];
    struct vlt_seed s = {{0}};

    (void)unused;
    from_hex(cell, VLT_SEED_CELL, known_seed_cell);
    for (size_t i = 0; i < VLT_SEED_CELL; i++) {
        cell[i] ^= 1;
        assert_false(
            vlt_seed_open(&s, cell, VLT_SEED_CELL, &vmk, vault, 3, card));
        cell[i] ^= 1;
    }
    assert_false(vlt_seed_open(&s, cell, 71, &vmk, vault, 3, card));
    assert_false(vlt_seed_open(&s, cell, 73, &vmk, vault, 3, card));
    assert_false(vlt_seed_open(&s, cell, 0, &vmk, vault, 3, card));
    assert_false(vlt_seed_open(&s, cell, 72, &vmk, vault, 4, card));
    memcpy(other, card, 32);
    other[0] ^= 1;
    assert_false(vlt_seed_open(&s, cell, 72, &vmk, vault, 3, other));
    assert_int_equal(s.b[0], 0);
}

static void
a_row_is_named_by_table_and_number(void **unused)
{
    uint8_t ad[32];

    (void)unused;
    assert_int_equal(vlt_row_ad(ad, "local", 9), 14);
    assert_memory_equal(ad, "local\0\0\0\0\0\0\0\0\x09", 14);
    assert_int_equal(vlt_row_ad(ad, "head", UINT64_MAX), 13);
    assert_memory_equal(ad, "head\0\xff\xff\xff\xff\xff\xff\xff\xff", 13);
}

static const struct {
    size_t n;
    size_t padded;
} object_rows[] = {
    {0, 256},
    {1, 256},
    {252, 256},
    {253, 512},
    {508, 512},
    {509, 1024},
    {4092, 4096},
    {4093, 8192},
    {1048572, 1048576},
};

static void
objects_fill_the_smallest_size_that_holds_them(void **unused)
{
    uint8_t *p = malloc(1048576);

    (void)unused;
    assert_non_null(p);
    memset(p, 7, 1048576);
    for (size_t i = 0; i < ROWS(object_rows); i++) {
        struct vlt_buf out;
        const uint8_t *b = NULL;
        size_t n = 0;

        vlt_buf_init(&out, 1048576);
        assert_int_equal(vlt_object_encode(&out, p, object_rows[i].n, NULL),
            VAULT_OK);
        assert_int_equal(out.len, object_rows[i].padded);
        assert_int_equal(vlt_object_decode(out.p, out.len, &b, &n, NULL),
            VAULT_OK);
        assert_int_equal(n, object_rows[i].n);
        assert_memory_equal(b, p, n);
        vlt_buf_clear(&out);
    }
    {
        struct vlt_buf out;

        vlt_buf_init(&out, 4 * 1048576);
        assert_int_equal(vlt_object_encode(&out, p, 1048573, NULL),
            VAULT_E_LIMIT);
        vlt_buf_clear(&out);
    }
    free(p);
}

static void
objects_of_another_form_are_refused(void **unused)
{
    uint8_t p[1024] = {0, 0, 0, 3, 'a', 'b', 'c'};
    const uint8_t *b = NULL;
    size_t n = 0;

    (void)unused;
    assert_int_equal(vlt_object_decode(p, 256, &b, &n, NULL), VAULT_OK);
    assert_int_equal(vlt_object_decode(p, 255, &b, &n, NULL), VAULT_E_FORMAT);
    assert_int_equal(vlt_object_decode(p, 257, &b, &n, NULL), VAULT_E_FORMAT);
    assert_int_equal(vlt_object_decode(p, 512, &b, &n, NULL), VAULT_E_FORMAT);
    assert_int_equal(vlt_object_decode(p, 0, &b, &n, NULL), VAULT_E_FORMAT);
    assert_int_equal(vlt_object_decode(p, 3, &b, &n, NULL), VAULT_E_FORMAT);
    p[255] = 1;
    assert_int_equal(vlt_object_decode(p, 256, &b, &n, NULL), VAULT_E_FORMAT);
    p[255] = 0;
    p[0] = 1;
    assert_int_equal(vlt_object_decode(p, 256, &b, &n, NULL), VAULT_E_FORMAT);
    p[0] = 0;
    p[7] = 1;
    assert_int_equal(vlt_object_decode(p, 256, &b, &n, NULL), VAULT_E_FORMAT);
}

static void
the_local_row_of_a_second_implementation_opens(void **unused)
{
    uint8_t row[LOCAL];
    struct vlt_fields l, m;
    struct vlt_buf out;
    const struct vlt_field *f;

    (void)unused;
    from_hex(row, sizeof row, known_local_row);
    assert_int_equal(vlt_local_open(&l, row, sizeof row, &vmk, vault, 9, 4,
                         NULL),
        VAULT_OK);
    f = vlt_fields_find(&l, "value");
    assert_non_null(f);
    assert_memory_equal(f->value, "kk", 2);
    vlt_buf_init(&out, 2 * LOCAL);
    assert_int_equal(vlt_local_seal(&out, &l, &vmk, vault, 9, 5, NULL),
        VAULT_OK);
    assert_int_equal(out.len, LOCAL);
    assert_int_equal(vlt_local_open(&m, out.p, out.len, &vmk, vault, 9, 5,
                         NULL),
        VAULT_OK);
    assert_int_equal(m.n, 3);
    vlt_fields_clear(&m);
    vlt_fields_clear(&l);
    vlt_buf_clear(&out);
}

static void
no_changed_byte_of_a_local_row_passes(void **unused)
{
    uint8_t row[LOCAL + 1] = {0};
    struct vlt_fields l;

    (void)unused;
    from_hex(row, LOCAL, known_local_row);
    for (size_t i = 0; i < LOCAL; i++) {
        row[i] ^= 1;
        assert_int_equal(vlt_local_open(&l, row, LOCAL, &vmk, vault, 9, 4,
                             NULL),
            VAULT_E_TAMPERED);
        row[i] ^= 1;
    }
    assert_int_equal(vlt_local_open(&l, row, LOCAL, &vmk, vault, 10, 4, NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(vlt_local_open(&l, row, LOCAL, &vmk, vault, 9, 5, NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(vlt_local_open(&l, row, LOCAL - 1, &vmk, vault, 9, 4,
                         NULL),
        VAULT_E_FORMAT);
    assert_int_equal(vlt_local_open(&l, row, LOCAL + 1, &vmk, vault, 9, 4,
                         NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(vlt_local_open(&l, row, 0, &vmk, vault, 9, 4, NULL),
        VAULT_E_FORMAT);
}

static void
a_well_sealed_row_with_something_behind_the_list_is_refused(void **unused)
{
    uint8_t row[LOCAL], p[256] = {0, 0, 0, 3}, ad[40], key[32];
    struct vlt_fields l;
    size_t n = vlt_row_ad(ad, "local", 9);

    (void)unused;
    vlt_store_u64(ad + n, 4);
    vlt_x(vmk.b, VLT_L_LOCAL, vault, 16, key, sizeof key);
    vlt_seal(row, key, ad, n + 8, p, sizeof p);
    assert_int_equal(vlt_local_open(&l, row, LOCAL, &vmk, vault, 9, 4, NULL),
        VAULT_E_FORMAT);
    p[3] = 2;
    vlt_seal(row, key, ad, n + 8, p, sizeof p);
    assert_int_equal(vlt_local_open(&l, row, LOCAL, &vmk, vault, 9, 4, NULL),
        VAULT_OK);
    vlt_fields_clear(&l);
}

static void
the_settings_hash_is_that_of_the_format(void **unused)
{
    struct vlt_settings_hash s;
    uint8_t out[32], row[LOCAL];

    (void)unused;
    vlt_settings_hash_init(&s, 1);
    vlt_settings_hash_final(&s, out);
    assert_hex(out, 32, doc_text("settings-set-empty", "hash"));
    from_hex(row, sizeof row, known_local_row);
    vlt_settings_hash_init(&s, 6);
    vlt_settings_hash_add(&s, 9, 4, row, sizeof row);
    vlt_settings_hash_add(&s, 12, 1, "another row", 11);
    vlt_settings_hash_final(&s, out);
    assert_hex(out, 32, known_settings_set);
}

static int
begin(void **unused)
{
    (void)unused;
    doc_hex(vmk.b, 32, "slot-kind-2", "vmk");
    doc_hex(vault, 16, "slot-kind-2", "vault");
    doc_hex(card, 32, "fingerprint", "hash");
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_of_a_second_implementation_opens),
        cmocka_unit_test(no_changed_byte_of_a_seed_cell_passes),
        cmocka_unit_test(a_row_is_named_by_table_and_number),
        cmocka_unit_test(objects_fill_the_smallest_size_that_holds_them),
        cmocka_unit_test(objects_of_another_form_are_refused),
        cmocka_unit_test(the_local_row_of_a_second_implementation_opens),
        cmocka_unit_test(no_changed_byte_of_a_local_row_passes),
        cmocka_unit_test(
            a_well_sealed_row_with_something_behind_the_list_is_refused),
        cmocka_unit_test(the_settings_hash_is_that_of_the_format),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, begin, NULL);
}
