/* SPDX-License-Identifier: Apache-2.0 */
/* test_bundle.c: bundle texts, entries and manifests are those of the format */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bundle.h"
#include "known.h"
#include "known_bundle.h"
#include "manifest.h"

static struct vlt_seed *seed;
static struct vlt_e0 *e0;

/* `n` bytes counting up from `first`, as the fixed inputs of the examples. */
static void
fixed(uint8_t *out, uint8_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(first + i);
}

static int
setup(void **state)
{
    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    seed = vlt_seed_new();
    e0 = vlt_e0_new();
    assert_true(seed != NULL && e0 != NULL);
    fixed(seed->b, 0x40, 32);
    fixed(e0->b, 0x60, 32);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    vlt_seed_free(seed);
    vlt_e0_free(e0);
    return 0;
}

/* Decode known hex into static memory. */
static const uint8_t *
bytes_of(const char *hex, size_t *n)
{
    static uint8_t b[8192];

    *n = strlen(hex) / 2;
    assert_true(*n <= sizeof b);
    from_hex(b, *n, hex);
    return b;
}

static void
known_text(struct vlt_bundle_text *t)
{
    size_t n;
    const uint8_t *p = bytes_of(known_bundle_text, &n);

    assert_int_equal(vlt_bundle_decode(t, (const char *)p, n, NULL), VAULT_OK);
}

static void
the_text_says_what_the_format_says(void **unused)
{
    struct vlt_bundle_text t;
    struct vlt_buf out;
    uint8_t want[32];

    (void)unused;
    known_text(&t);
    fixed(want, 0x05, 16);
    assert_memory_equal(t.bundle, want, 16);
    fixed(want, 0x00, 16);
    assert_memory_equal(t.vault, want, 16);
    assert_int_equal(t.wraps, 8);
    assert_int_equal(t.records, 3);
    fixed(want, 0x08, 32);
    assert_memory_equal(t.entries, want, 32);
    fixed(want, 0x0a, 32);
    assert_memory_equal(t.log, want, 32);
    vlt_buf_init(&out, VLT_NOTE_MAX);
    assert_int_equal(vlt_bundle_encode(&out, &t, NULL), VAULT_OK);
    assert_hex(out.p, out.len, known_bundle_text);
    vlt_buf_clear(&out);
}

static void
the_note_is_signed_as_the_second_implementation_signs_it(void **unused)
{
    struct vlt_bundle_text t, back;
    struct vlt_buf out;

    (void)unused;
    known_text(&t);
    memset(t.text_hash, 0, sizeof t.text_hash);
    vlt_buf_init(&out, VLT_NOTE_MAX);
    assert_int_equal(vlt_bundle_make(&t, seed, &out, NULL), VAULT_OK);
    assert_int_equal(out.len, strlen(known_bundle_note) / 2);
    {
        size_t n;
        const uint8_t *p = bytes_of(known_bundle_note, &n);

        assert_memory_equal(out.p, p, n);
    }
    assert_int_equal(vlt_bundle_parse(&back, (const char *)out.p, out.len,
                         NULL),
        VAULT_OK);
    assert_memory_equal(back.text_hash, t.text_hash, 32);
    vlt_buf_clear(&out);
}

static void
only_the_card_it_names_may_have_signed_it(void **unused)
{
    struct vlt_bundle_text t = {.wraps = 4, .records = 1};
    struct vlt_card c = {.generation = 1}, other = {.generation = 1};
    struct vlt_buf card, note;
    struct vlt_seed *second = vlt_seed_new();

    (void)unused;
    assert_non_null(second);
    fixed(second->b, 0x41, 32);
    vlt_buf_init(&card, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(&c, seed, NULL, &card, NULL), VAULT_OK);
    vlt_buf_reset(&card);
    assert_int_equal(vlt_card_make(&other, second, NULL, &card, NULL),
        VAULT_OK);
    memcpy(t.card, c.fingerprint, 32);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_bundle_make(&t, seed, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_bundle_check((const char *)note.p, note.len, &c, NULL),
        VAULT_OK);
    assert_int_equal(vlt_bundle_check((const char *)note.p, note.len, &other,
                         NULL),
        VAULT_E_TAMPERED);
    /* the fingerprint of the first over the second one's signature */
    vlt_buf_reset(&note);
    assert_int_equal(vlt_bundle_make(&t, second, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_bundle_check((const char *)note.p, note.len, &c, NULL),
        VAULT_E_TAMPERED);
    vlt_buf_clear(&note);
    vlt_buf_clear(&card);
    vlt_seed_free(second);
}

/* One change in the text, and what comes of it. */
static const struct {
    const char *name, *from, *to;
    enum vault_status want;
} changes[] = {
    {"as it is", "rcpt 8", "rcpt 8", VAULT_OK},
    {"a count no epoch has", "rcpt 8", "rcpt 7", VAULT_E_FORMAT},
    {"no wraps", "rcpt 8", "rcpt 0", VAULT_E_FORMAT},
    {"more wraps than allowed", "rcpt 8", "rcpt 4100", VAULT_E_FORMAT},
    {"no records", "records 3", "records 0", VAULT_E_FORMAT},
    {"more records than steps", "records 3", "records 1048577", VAULT_E_FORMAT},
    {"as many as steps", "records 3", "records 1048576", VAULT_OK},
    {"a leading zero", "records 3", "records 03", VAULT_E_FORMAT},
    {"another first line", "/bundle\n", "/bundles\n", VAULT_E_FORMAT},
    {"two spaces", " from ", "  from ", VAULT_E_FORMAT},
    {"a missing line", "epoch ", "epok ", VAULT_E_FORMAT},
    {"more behind", "\nlog ", "\nlog  ", VAULT_E_FORMAT},
};

static void
only_the_exact_form_is_read(void **unused)
{
    size_t n, i;
    const char *p;
    char text[2048];
    struct vlt_bundle_text t;

    (void)unused;
    for (i = 0; i < ROWS(changes); i++) {
        char whole[1024];

        p = (const char *)bytes_of(known_bundle_text, &n);
        (void)snprintf(whole, sizeof whole, "%.*s", (int)n, p);
        p = strstr(whole, changes[i].from);
        assert_non_null(p);
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(p - whole), whole,
            changes[i].to, p + strlen(changes[i].from));
        print_message("%s\n", changes[i].name);
        assert_int_equal(vlt_bundle_decode(&t, text, strlen(text), NULL),
            changes[i].want);
    }
    p = (const char *)bytes_of(known_bundle_text, &n);
    assert_int_equal(vlt_bundle_decode(&t, p, n - 1, NULL), VAULT_E_FORMAT);
    (void)snprintf(text, sizeof text, "%.*sext more AA==\n", (int)n, p);
    assert_int_equal(vlt_bundle_decode(&t, text, strlen(text), NULL), VAULT_OK);
    (void)snprintf(text, sizeof text, "%.*sext !more AA==\n", (int)n, p);
    assert_int_equal(vlt_bundle_decode(&t, text, strlen(text), NULL),
        VAULT_E_NEWER);
}

static void
entry_of(struct vlt_bundle_entry *e, const char *hex)
{
    size_t n;
    const uint8_t *p = bytes_of(hex, &n);

    assert_int_equal(n, VLT_ENTRY_BYTES);
    e->use = p[0];
    memcpy(e->id, p + 1, 16);
    e->version = vlt_load_u32(p + 17);
    memcpy(e->stmt, p + 21, 32);
    memcpy(e->ct, p + 53, 32);
    memcpy(e->wrap, p + 85, 32);
    memcpy(e->extract, p + 117, 32);
}

static void
entries_and_their_tree_are_those_of_the_format(void **unused)
{
    static const char *const hex[][2] = {
        {known_entry_0, known_entry_leaf_0},
        {known_entry_1, known_entry_leaf_1},
        {known_entry_2, known_entry_leaf_2},
    };
    struct vlt_hash32 leaf[3];
    struct vlt_bundle_entry e;
    uint8_t out[VLT_ENTRY_BYTES], root[32];

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        entry_of(&e, hex[i][0]);
        vlt_bundle_entry_encode(out, &e);
        assert_hex(out, sizeof out, hex[i][0]);
        vlt_bundle_entry_leaf(leaf[i].b, &e);
        assert_hex(leaf[i].b, 32, hex[i][1]);
    }
    vlt_mth(root, leaf, 3);
    assert_hex(root, 32, known_entries);
}

static void
bundle_epoch(struct vlt_epoch *e)
{
    static uint8_t rcpt[4 * 32], wraps[4 * VLT_EPOCH_WRAP];
    size_t n;
    const uint8_t *p = bytes_of(known_bundle_head, &n);

    assert_int_equal(vlt_epoch_decode(e, p, n, rcpt, sizeof rcpt, wraps,
                         sizeof wraps, NULL),
        VAULT_OK);
}

static void
a_manifest_of_the_second_implementation_opens(void **unused)
{
    struct vlt_epoch e;
    struct vlt_fields l;
    struct vlt_buf again;
    const uint8_t *p;
    uint8_t copy[2048];
    size_t n;

    (void)unused;
    bundle_epoch(&e);
    p = bytes_of(known_manifest, &n);
    assert_int_equal(vlt_manifest_open(&l, p, n, &e, e0, NULL), VAULT_OK);
    vlt_buf_init(&again, VLT_MANIFEST_MAX + 64);
    assert_int_equal(vlt_fields_encode(&again, &l, NULL), VAULT_OK);
    assert_hex(again.p, again.len, known_manifest_list);
    vlt_fields_clear(&l);
    vlt_buf_clear(&again);

    assert_true(n <= sizeof copy);
    memcpy(copy, p, n);
    copy[n - 1] ^= 1;
    assert_int_equal(vlt_manifest_open(&l, copy, n, &e, e0, NULL),
        VAULT_E_TAMPERED);
    copy[n - 1] ^= 1;
    assert_int_equal(vlt_manifest_open(&l, copy, n - 1024, &e, e0, NULL),
        VAULT_E_FORMAT);
    e.head[79] ^= 2; /* another header */
    assert_int_equal(vlt_manifest_open(&l, copy, n, &e, e0, NULL),
        VAULT_E_TAMPERED);
    vlt_epoch_clear(&e);
}

static void
what_is_sealed_opens_again_in_its_bucket(void **unused)
{
    static const struct {
        size_t letter, sealed;
    } row[] = {{0, 1064}, {900, 1064}, {1100, 2088}, {70000, 131112}};
    struct vlt_epoch e;
    struct vlt_buf out;
    struct vlt_fields l, back;
    char *text = malloc(70001);

    (void)unused;
    assert_non_null(text);
    bundle_epoch(&e);
    for (size_t i = 0; i < ROWS(row); i++) {
        memset(text, 'x', 70001);
        text[row[i].letter] = '\0';
        vlt_fields_init(&l);
        assert_int_equal(vlt_fields_add_text(&l, "letter", text, NULL),
            VAULT_OK);
        vlt_buf_init(&out, VLT_MANIFEST_MAX + 64);
        assert_int_equal(vlt_manifest_seal(&out, &e, e0, &l, NULL), VAULT_OK);
        assert_int_equal(out.len, row[i].sealed);
        assert_int_equal(vlt_manifest_open(&back, out.p, out.len, &e, e0, NULL),
            VAULT_OK);
        assert_int_equal(back.f[0].value_len, row[i].letter);
        vlt_fields_clear(&back);
        vlt_fields_clear(&l);
        vlt_buf_clear(&out);
    }
    free(text);
    vlt_epoch_clear(&e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_says_what_the_format_says),
        cmocka_unit_test(
            the_note_is_signed_as_the_second_implementation_signs_it),
        cmocka_unit_test(only_the_card_it_names_may_have_signed_it),
        cmocka_unit_test(only_the_exact_form_is_read),
        cmocka_unit_test(entries_and_their_tree_are_those_of_the_format),
        cmocka_unit_test(a_manifest_of_the_second_implementation_opens),
        cmocka_unit_test(what_is_sealed_opens_again_in_its_bucket),
    };

    return cmocka_run_group_tests_name("bundle", tests, setup, teardown);
}
