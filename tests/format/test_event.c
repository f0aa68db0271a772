/* SPDX-License-Identifier: Apache-2.0 */
/* test_event: the text of a leaf opens under its leaf and nowhere else */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "doc_example.h"
#include "event.h"
#include "known_format.h"
#include "label.h"
#include "seal.h"

static struct vlt_epoch epoch, chain;
static struct vlt_e0 e0;
static struct vlt_salts salts;
static uint8_t leaf[32], event[32];

static enum vault_status
try_open(const void *p, size_t n, const uint8_t root[32])
{
    struct vlt_fields l;
    enum vault_status st =
        vlt_event_open(&l, p, n, &epoch, &e0, leaf, root, NULL);

    if (st == VAULT_OK)
        vlt_fields_clear(&l);
    return st;
}

static void
the_example_of_the_format_opens(void **unused)
{
    uint8_t evct[316], id[16];
    struct vlt_fields l;
    int64_t time = 0;
    uint32_t i = 0;

    (void)unused;
    doc_hex(evct, sizeof evct, "event-sealed", "evct");
    assert_int_equal(vlt_event_peek(id, &i, evct, sizeof evct, NULL), VAULT_OK);
    assert_int_equal(i, 5);
    assert_memory_equal(id, epoch.id, 16);
    assert_int_equal(vlt_event_open(&l, evct, sizeof evct, &epoch, &e0, leaf,
                         event, NULL),
        VAULT_OK);
    assert_int_equal(l.n, 1);
    assert_true(vlt_fields_i64(&l, "time", &time));
    assert_int_equal(time, 1950000000);
    vlt_fields_clear(&l);
}

static void
no_changed_byte_of_an_event_passes(void **unused)
{
    uint8_t evct[316], other[32];

    (void)unused;
    doc_hex(evct, sizeof evct, "event-sealed", "evct");
    for (size_t at = 0; at < sizeof evct; at++)
        for (int bit = 0; bit < 8; bit++) {
            evct[at] ^= (uint8_t)(1 << bit);
            assert_int_equal(try_open(evct, sizeof evct, event),
                VAULT_E_TAMPERED);
            evct[at] ^= (uint8_t)(1 << bit);
        }
    memcpy(other, event, 32);
    other[0] ^= 1;
    assert_int_equal(try_open(evct, sizeof evct, other), VAULT_E_TAMPERED);
    leaf[0] ^= 1;
    assert_int_equal(try_open(evct, sizeof evct, event), VAULT_E_TAMPERED);
    leaf[0] ^= 1;
    assert_int_equal(try_open(evct, sizeof evct, event), VAULT_OK);
}

static void
only_the_lengths_of_the_format_are_read(void **unused)
{
    static uint8_t evct[VLT_EVENT_MAX + 1];
    uint8_t id[16];
    uint32_t i;

    (void)unused;
    for (size_t n = 0; n <= sizeof evct; n++) {
        size_t plain = n < 60 ? 0 : n - 60;
        bool right =
            plain >= 256 && plain <= 16384 && (plain & (plain - 1)) == 0;

        assert_int_equal(vlt_event_peek(id, &i, evct, n, NULL),
            right ? VAULT_OK : VAULT_E_FORMAT);
    }
}

/* A list of n bytes. */
static void
list_of(struct vlt_fields *l, size_t n)
{
    size_t len = n - 2 - 7 - 6;
    uint8_t *v = calloc(1, len + 1);

    assert_non_null(v);
    vlt_fields_init(l);
    assert_int_equal(vlt_fields_add(l, VLT_FIELD_BYTES, 0, "reason", v, len,
                         NULL),
        VAULT_OK);
    assert_int_equal(l->bytes, n);
    free(v);
}

static const struct {
    size_t list;
    size_t stored;
} sizes[] = {
    {100, 316},
    {224, 316},
    {225, 572},
    {480, 572},
    {481, 1084},
    {8160, 8252},
    {8161, 16444},
    {16352, 16444},
};

static void
events_fill_the_smallest_size_that_holds_them(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(sizes); i++) {
        const struct vlt_epoch *e = i % 2 == 0 ? &epoch : &chain;
        struct vlt_fields l, back;
        struct vlt_buf out;
        uint8_t root[32];

        list_of(&l, sizes[i].list);
        assert_int_equal(vlt_event_root(root, &l, &salts, NULL), VAULT_OK);
        vlt_buf_init(&out, VLT_EVENT_MAX);
        assert_int_equal(vlt_event_seal(&out, e, &e0, 7, leaf, &salts, &l,
                             NULL),
            VAULT_OK);
        assert_int_equal(out.len, sizes[i].stored);
        assert_int_equal(vlt_event_open(&back, out.p, out.len, e, &e0, leaf,
                             root, NULL),
            VAULT_OK);
        assert_int_equal(back.bytes, sizes[i].list);
        vlt_fields_clear(&back);
        vlt_fields_clear(&l);
        vlt_buf_clear(&out);
    }
}

static void
a_text_that_is_too_long_is_refused(void **unused)
{
    struct vlt_fields l;
    struct vlt_buf out;

    (void)unused;
    list_of(&l, 16353);
    vlt_buf_init(&out, 2 * VLT_EVENT_MAX);
    assert_int_equal(vlt_event_seal(&out, &epoch, &e0, 0, leaf, &salts, &l,
                         NULL),
        VAULT_E_LIMIT);
    assert_int_equal(out.len, 0);
    vlt_fields_clear(&l);
    vlt_buf_clear(&out);
}

static void
a_step_that_the_epoch_does_not_have_is_refused(void **unused)
{
    uint8_t evct[316];

    (void)unused;
    doc_hex(evct, sizeof evct, "event-sealed", "evct");
    vlt_store_u32(evct + 16, 1 << 20);
    assert_int_equal(try_open(evct, sizeof evct, event), VAULT_E_TAMPERED);
    vlt_store_u32(evct + 16, UINT32_MAX);
    assert_int_equal(try_open(evct, sizeof evct, event), VAULT_E_TAMPERED);
    evct[0] ^= 1;
    assert_int_equal(try_open(evct, sizeof evct, event), VAULT_E_TAMPERED);
}

/* Seal a plaintext of our own making as step 5. */
static enum vault_status
open_plain(const uint8_t *p, size_t n)
{
    uint8_t key[32], ctx[20], evct[20 + 1024 + 40];

    memcpy(ctx, epoch.id, 16);
    vlt_store_u32(ctx + 16, 5);
    vlt_x(e0.b, VLT_L_EVENT_KEY, ctx, sizeof ctx, key, sizeof key);
    memcpy(evct, ctx, 20);
    vlt_seal(evct + 20, key, leaf, 32, p, n);
    return try_open(evct, 20 + n + 40, event);
}

static void
a_well_sealed_text_is_still_checked(void **unused)
{
    uint8_t p[1024] = {0};
    size_t n;

    (void)unused;
    doc_hex(p, 32, "event-sealed", "salt.seed");
    n = strlen(doc_text("event-sealed", "list")) / 2;
    doc_hex(p + 32, n, "event-sealed", "list");
    assert_int_equal(open_plain(p, 256), VAULT_OK);
    assert_int_equal(open_plain(p, 512), VAULT_E_FORMAT);
    p[255] = 1;
    assert_int_equal(open_plain(p, 256), VAULT_E_FORMAT);
    p[255] = 0;
    p[32 + n] = 1;
    assert_int_equal(open_plain(p, 256), VAULT_E_FORMAT);
    p[32 + n] = 0;
    p[0] ^= 1; /* another salt, another root */
    assert_int_equal(open_plain(p, 256), VAULT_E_TAMPERED);
    p[0] ^= 1;
    p[32 + n - 1] ^= 1; /* another time */
    assert_int_equal(open_plain(p, 256), VAULT_E_TAMPERED);
    p[32 + n - 1] ^= 1;
    p[34] = 9;
    assert_int_equal(open_plain(p, 256), VAULT_E_NEWER);
}

static int
begin(void **unused)
{
    static const uint8_t lists[64 + 2400];
    uint8_t head[112];

    (void)unused;
    doc_hex(head, 80, "epoch-keys", "header");
    doc_hex(head + 80, 32, "epoch-keys", "commit");
    doc_hex(e0.b, 32, "epoch-keys", "e0");
    doc_hex(salts.b, 32, "event-sealed", "salt.seed");
    doc_hex(leaf, 32, "event-sealed", "leaf.hash");
    doc_hex(event, 32, "event-sealed", "event");
    if (vlt_epoch_decode(&epoch, head, sizeof head, lists, 64, lists + 64, 2400,
            NULL) != VAULT_OK)
        return -1;
    from_hex(head, sizeof head, known_chain_head);
    return vlt_epoch_decode(&chain, head, sizeof head, lists, 64, lists + 64,
               2400, NULL) != VAULT_OK;
}

static int
end(void **unused)
{
    (void)unused;
    vlt_epoch_clear(&epoch);
    vlt_epoch_clear(&chain);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_opens),
        cmocka_unit_test(no_changed_byte_of_an_event_passes),
        cmocka_unit_test(only_the_lengths_of_the_format_are_read),
        cmocka_unit_test(events_fill_the_smallest_size_that_holds_them),
        cmocka_unit_test(a_text_that_is_too_long_is_refused),
        cmocka_unit_test(a_step_that_the_epoch_does_not_have_is_refused),
        cmocka_unit_test(a_well_sealed_text_is_still_checked),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, begin, end);
}
