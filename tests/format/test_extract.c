/* SPDX-License-Identifier: Apache-2.0 */
/* test_extract.c: what is shown belongs to the record, or is refused */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract_parts.h"
#include "known.h"
#include "known_bundle.h"
#include "label.h"
#include "seal.h"

/* Nine fields: asked, body (in segments), f.0 .. f.6; T = 16. */
enum { ASKED, BODY, F0, F3 = 5, FIELDS = 9 };

static struct vlt_record_head head;
static struct vlt_meta meta;
static struct vlt_xk *xk;
static struct vlt_e0 *e0;

static void
fixed(uint8_t *out, uint8_t first, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(first + i);
}

static void
fields_of(struct vlt_fields *l, const char *hex)
{
    uint8_t b[1024];
    size_t n = strlen(hex) / 2;
    struct vlt_reader r;

    from_hex(b, n, hex);
    vlt_reader_init(&r, b, n);
    assert_int_equal(vlt_fields_decode(l, &r, NULL), VAULT_OK);
}

static int
setup(void **state)
{
    uint8_t b[VLT_RECORD_HEAD];

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    from_hex(b, sizeof b, known_part_head);
    assert_int_equal(vlt_record_head_decode(&head, b, sizeof b, NULL),
        VAULT_OK);
    vlt_meta_init(&meta);
    fields_of(&meta.fields, known_part_list);
    meta.salts = vlt_salts_new();
    meta.kb = vlt_kb_new();
    xk = vlt_xk_new();
    e0 = vlt_e0_new();
    assert_true(
        meta.salts != NULL && meta.kb != NULL && xk != NULL && e0 != NULL);
    fixed(meta.salts->b, 0xe0, 32);
    fixed(meta.kb->b, 0xb0, 32);
    fixed(xk->b, 0x0d, 32);
    fixed(e0->b, 0x60, 32);
    meta.body_stored = 40;
    meta.body_original = 12;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    vlt_meta_clear(&meta);
    vlt_xk_free(xk);
    vlt_e0_free(e0);
    return 0;
}

static void
compare(const struct vlt_buf *out, const char *hex)
{
    uint8_t want[4096];
    size_t n = strlen(hex) / 2;

    from_hex(want, n, hex);
    assert_int_equal(out->len, n);
    assert_memory_equal(out->p, want, n);
}

/* Seal the fields whose bits are set. */
static void
seal(struct vlt_buf *out, unsigned bits)
{
    bool shown[FIELDS];

    for (unsigned i = 0; i < FIELDS; i++)
        shown[i] = (bits >> i & 1) != 0;
    vlt_buf_init(out, VLT_EXTRACT_MAX);
    assert_int_equal(vlt_extract_seal(out, &head, &meta, shown, xk, NULL),
        VAULT_OK);
}

enum { SOME = 1 << ASKED | 1 << BODY | 1 << F3, ALL = (1 << FIELDS) - 1 };

static void
open_some(struct vlt_extract *x)
{
    struct vlt_buf out;

    seal(&out, SOME);
    assert_int_equal(vlt_extract_open(x, out.p, out.len, &head, xk, NULL),
        VAULT_OK);
    vlt_buf_clear(&out);
}

static void
the_bytes_are_those_of_the_second_implementation(void **unused)
{
    struct vlt_buf out;

    (void)unused;
    seal(&out, SOME);
    compare(&out, known_extract);
    vlt_buf_clear(&out);
    seal(&out, 1 << F3);
    compare(&out, known_extract_less);
    vlt_buf_clear(&out);
    seal(&out, ALL);
    compare(&out, known_extract_all);
    vlt_buf_clear(&out);
}

static void
what_is_shown_comes_back(void **unused)
{
    struct vlt_extract x;

    (void)unused;
    open_some(&x);
    assert_int_equal(x.leaves, 16);
    assert_int_equal(x.fields.n, 3);
    assert_int_equal(x.index[2], F3);
    assert_memory_equal(x.fields.f[2].value, "value 3", 7);
    assert_true(x.has_body && !x.body_raw);
    assert_int_equal(x.body_original, 12);
    assert_memory_equal(x.kb->b, meta.kb->b, 32);
    assert_null(vlt_fields_find(&x.fields, "f.0"));
    vlt_extract_clear(&x);
}

static void
every_selection_opens(void **unused)
{
    struct vlt_extract x;
    struct vlt_buf out;

    (void)unused;
    for (unsigned bits = 0; bits <= ALL; bits++) {
        seal(&out, bits);
        assert_int_equal(vlt_extract_open(&x, out.p, out.len, &head, xk, NULL),
            VAULT_OK);
        assert_int_equal(x.has_body, (bits >> BODY & 1) != 0);
        vlt_extract_clear(&x);
        vlt_buf_clear(&out);
    }
}

static void
a_part_of_a_part_is_the_same_as_if_its_owner_had_made_it(void **unused)
{
    const bool shown[] = {false, false, true};
    struct vlt_extract x;
    struct vlt_buf out;

    (void)unused;
    open_some(&x);
    vlt_buf_init(&out, VLT_EXTRACT_MAX);
    assert_int_equal(vlt_extract_seal_part(&out, &head, &x, shown, xk, NULL),
        VAULT_OK);
    compare(&out, known_extract_less);
    vlt_buf_clear(&out);
    vlt_extract_clear(&x);
}

static void
two_extracts_of_one_version_add_up(void **unused)
{
    struct vlt_extract a, b;
    struct vlt_buf out;
    bool shown[FIELDS];

    (void)unused;
    for (unsigned bits = 0; bits < 64; bits++) {
        open_some(&a);
        seal(&out, ALL & ~(unsigned)SOME & bits << 2);
        assert_int_equal(vlt_extract_open(&b, out.p, out.len, &head, xk, NULL),
            VAULT_OK);
        vlt_buf_clear(&out);
        assert_int_equal(vlt_extract_merge(&b, &a, &head, NULL), VAULT_OK);
        for (unsigned i = 0; i < FIELDS; i++)
            shown[i] = true;
        vlt_buf_init(&out, VLT_EXTRACT_MAX);
        assert_int_equal(vlt_extract_seal_part(&out, &head, &b, shown, xk,
                             NULL),
            VAULT_OK);
        vlt_extract_clear(&a);
        vlt_extract_clear(&b);
        {
            struct vlt_buf want;

            seal(&want, SOME | (ALL & bits << 2));
            assert_int_equal(out.len, want.len);
            assert_memory_equal(out.p, want.p, want.len);
            vlt_buf_clear(&want);
        }
        vlt_buf_clear(&out);
    }
}

/* ---- cheats of someone who knows XK and so can seal what he likes ---- */

static const struct vlt_field *
meta_field(size_t i)
{
    return &meta.fields.f[i];
}

/* Add field i at the end, with the salt given. */
static void
add(struct vlt_extract *x, const struct vlt_field *f, size_t i,
    const uint8_t salt[32])
{
    size_t k = x->fields.n;

    x->index = realloc(x->index, (k + 1) * sizeof *x->index);
    x->salt = realloc(x->salt, (k + 1) * sizeof *x->salt);
    assert_true(x->index != NULL && x->salt != NULL);
    assert_int_equal(vlt_fields_append(&x->fields, f, NULL), VAULT_OK);
    x->index[k] = (uint16_t)i;
    memcpy(x->salt[k].b, salt, 32);
}

static void
fill_a_withheld_field(struct vlt_extract *x)
{
    const uint8_t guess[32] = {0};

    /* f.6 stands at place 8; its hash is the sixth of those withheld */
    memmove(&x->rest[5], &x->rest[6], 7 * sizeof *x->rest);
    add(x, meta_field(8), 8, guess);
}

static void
change_a_value(struct vlt_extract *x)
{
    x->fields.f[2].own[x->fields.f[2].name_len] ^= 1;
}

static void
change_a_name(struct vlt_extract *x)
{
    x->fields.f[2].own[2] ^= 1; /* f.3 becomes f.2 */
}

static void
change_a_type(struct vlt_extract *x)
{
    x->fields.f[2].type = VLT_FIELD_BYTES;
}

static void
change_a_state(struct vlt_extract *x)
{
    x->fields.f[0].state = VLT_STATE_NOT_ASKED;
}

static void
change_a_salt(struct vlt_extract *x)
{
    x->salt[2].b[0] ^= 1;
}

static void
move_a_field(struct vlt_extract *x)
{
    x->index[2]++;
}

static void
double_a_place(struct vlt_extract *x)
{
    x->index[2] = x->index[1];
}

static void
reorder_places(struct vlt_extract *x)
{
    uint16_t i = x->index[1];

    x->index[1] = x->index[2];
    x->index[2] = i;
}

static void
reorder_fields(struct vlt_extract *x)
{
    struct vlt_field f = x->fields.f[0];

    x->fields.f[0] = x->fields.f[2];
    x->fields.f[2] = f;
}

static void
double_a_name(struct vlt_extract *x)
{
    x->fields.f[0].own[0] = 'f'; /* "asked" becomes another's "f.3" */
    memcpy(x->fields.f[0].own, "f.3", 3);
    x->fields.f[0].name_len = 3;
}

static void
reorder_the_withheld(struct vlt_extract *x)
{
    struct vlt_hash32 h = x->rest[0];

    x->rest[0] = x->rest[1];
    x->rest[1] = h;
}

static void
change_a_withheld_hash(struct vlt_extract *x)
{
    x->rest[12].b[31] ^= 1;
}

static void
place_beyond_the_tree(struct vlt_extract *x)
{
    x->index[2] = 16;
}

static void
smaller_tree(struct vlt_extract *x)
{
    x->leaves = 8;
}

static void
larger_tree(struct vlt_extract *x)
{
    struct vlt_hash32 *rest = calloc(32, sizeof *rest);

    assert_non_null(rest);
    memcpy(rest, x->rest, 13 * sizeof *rest);
    free(x->rest);
    x->rest = rest;
    x->leaves = 32;
}

/* The upper node of the tree in place of its leaves: hashes of leaves and of
 * nodes differ in their first byte, so a shorter list cannot stand for it. */
static void
nodes_for_leaves(struct vlt_extract *x)
{
    const struct vlt_hash32 *r = x->rest;
    struct vlt_hash32 node[16];

    /* places 6 .. 15 are withheld: rest 3 .. 12 */
    for (size_t i = 0; i < 5; i++)
        vlt_node_hash(node[i].b, r[3 + 2 * i].b, r[4 + 2 * i].b);
    memcpy(x->rest + 3, node, 5 * sizeof *node);
    x->leaves = 8;
    x->index[2] = 5;
}

static void
body_field_without_its_key(struct vlt_extract *x)
{
    x->has_body = false;
}

static void
body_key_without_its_field(struct vlt_extract *x)
{
    x->fields.f[1].type = VLT_FIELD_TEXT;
    memcpy(x->fields.f[1].own, "bodx", 4);
}

static void
no_body_key(struct vlt_extract *x)
{
    memset(x->kb->b, 0, 32);
}

static void
body_of_another_length(struct vlt_extract *x)
{
    x->body_original++;
}

static void
body_stored_in_no_bytes(struct vlt_extract *x)
{
    x->body_stored = 0;
}

static void
body_longer_than_its_segments(struct vlt_extract *x)
{
    x->body_stored = 4097;
}

static void
raw_of_two_lengths(struct vlt_extract *x)
{
    x->body_raw = true;
}

static void
body_withheld_but_raw(struct vlt_extract *x)
{
    x->has_body = false;
    x->body_raw = true;
}

static const struct {
    const char *name;
    void (*fn)(struct vlt_extract *x);
} cheats[] = {
    {"fill a withheld field", fill_a_withheld_field},
    {"change a value", change_a_value},
    {"change a name", change_a_name},
    {"change a type", change_a_type},
    {"change a state", change_a_state},
    {"change a salt", change_a_salt},
    {"move a field", move_a_field},
    {"double a place", double_a_place},
    {"reorder places", reorder_places},
    {"reorder fields", reorder_fields},
    {"double a name", double_a_name},
    {"reorder the withheld", reorder_the_withheld},
    {"change a withheld hash", change_a_withheld_hash},
    {"a place beyond the tree", place_beyond_the_tree},
    {"a smaller tree", smaller_tree},
    {"a larger tree", larger_tree},
    {"nodes for leaves", nodes_for_leaves},
    {"the field of a body without its key", body_field_without_its_key},
    {"the key of a body without its field", body_key_without_its_field},
    {"a body without a key", no_body_key},
    {"a body of another length", body_of_another_length},
    {"a body stored in no bytes", body_stored_in_no_bytes},
    {"a body longer than its segments", body_longer_than_its_segments},
    {"a raw body of two lengths", raw_of_two_lengths},
    {"a body withheld and raw", body_withheld_but_raw},
};

static void
every_cheat_is_refused(void **unused)
{
    struct vlt_extract x, got;
    struct vlt_buf out;

    (void)unused;
    for (size_t i = 0; i < ROWS(cheats); i++) {
        open_some(&x);
        cheats[i].fn(&x);
        vlt_buf_init(&out, VLT_EXTRACT_MAX);
        assert_int_equal(vlt_extract_write(&out, &head, &x, xk, NULL),
            VAULT_OK);
        print_message("%s\n", cheats[i].name);
        assert_int_equal(vlt_extract_open(&got, out.p, out.len, &head, xk,
                             NULL),
            VAULT_E_TAMPERED);
        vlt_buf_clear(&out);
        vlt_extract_clear(&x);
    }
}

static void
an_extract_of_another_record_does_not_open(void **unused)
{
    struct vlt_record_head other = head;
    struct vlt_extract x;
    struct vlt_cell from, to;
    struct vlt_buf out;
    uint8_t stmt[32];

    (void)unused;
    seal(&out, SOME);
    other.h.id[0] ^= 1;
    assert_int_equal(vlt_extract_open(&x, out.p, out.len, &other, xk, NULL),
        VAULT_E_TAMPERED);
    /* sealed anew for the other record it opens, and proves nothing */
    vlt_record_stmt(stmt, &head);
    vlt_x(xk->b, VLT_L_EXTRACT, stmt, 32, from.b, 32);
    vlt_record_stmt(stmt, &other);
    vlt_x(xk->b, VLT_L_EXTRACT, stmt, 32, to.b, 32);
    assert_true(vlt_unseal_once(out.p, from.b, out.p, out.len));
    vlt_seal_once(out.p, to.b, out.p, out.len - VLT_TAG);
    assert_int_equal(vlt_extract_open(&x, out.p, out.len, &other, xk, NULL),
        VAULT_E_TAMPERED);
    vlt_buf_clear(&out);
}

/* The plaintext changed at a byte, sealed again. */
static const struct {
    const char *name;
    size_t at;
    uint8_t value;
    enum vault_status want;
} bytes[] = {
    {"as it is", 0, 'S', VAULT_OK},
    {"another magic", 3, '2', VAULT_E_TAMPERED},
    {"a flag of a newer version", 4, 5, VAULT_E_NEWER},
    {"log2 T of 2", 5, 2, VAULT_E_TAMPERED},
    {"log2 T of 11", 5, 11, VAULT_E_TAMPERED},
    {"log2 T of 255", 5, 255, VAULT_E_TAMPERED},
    {"more fields than leaves", 7, 17, VAULT_E_TAMPERED},
    {"a field fewer", 7, 2, VAULT_E_TAMPERED},
    {"a number of fields of two bytes", 6, 255, VAULT_E_TAMPERED},
    {"a type of a newer version", 4 + 4 + 48 + 34, 9, VAULT_E_NEWER},
    {"padding that is not zero", 1023, 1, VAULT_E_TAMPERED},
};

static void
malformed_plaintext_is_refused(void **unused)
{
    struct vlt_extract x;
    struct vlt_cell key;
    struct vlt_buf out;
    uint8_t stmt[32];

    (void)unused;
    vlt_record_stmt(stmt, &head);
    vlt_x(xk->b, VLT_L_EXTRACT, stmt, 32, key.b, 32);
    for (size_t i = 0; i < ROWS(bytes); i++) {
        enum vault_status st;

        seal(&out, SOME);
        assert_true(vlt_unseal_once(out.p, key.b, out.p, out.len));
        out.p[bytes[i].at] = bytes[i].value;
        vlt_seal_once(out.p, key.b, out.p, out.len - VLT_TAG);
        print_message("%s\n", bytes[i].name);
        st = vlt_extract_open(&x, out.p, out.len, &head, xk, NULL);
        assert_int_equal(st, bytes[i].want);
        if (st == VAULT_OK)
            vlt_extract_clear(&x);
        vlt_buf_clear(&out);
    }
}

static void
lengths_and_ciphertext_are_exact(void **unused)
{
    struct vlt_extract x;
    struct vlt_buf out;
    struct vlt_cell key;
    uint8_t stmt[32], longer[2048 + VLT_TAG] = {0};

    (void)unused;
    seal(&out, SOME);
    assert_int_equal(out.len, 1024 + VLT_TAG);
    assert_int_equal(vlt_extract_open(&x, out.p, out.len - 1, &head, xk, NULL),
        VAULT_E_TAMPERED);
    out.p[0] ^= 1;
    assert_int_equal(vlt_extract_open(&x, out.p, out.len, &head, xk, NULL),
        VAULT_E_TAMPERED);
    out.p[0] ^= 1;
    /* twice the room it needs */
    vlt_record_stmt(stmt, &head);
    vlt_x(xk->b, VLT_L_EXTRACT, stmt, 32, key.b, 32);
    assert_true(vlt_unseal_once(longer, key.b, out.p, out.len));
    vlt_seal_once(longer, key.b, longer, 2048);
    assert_int_equal(vlt_extract_open(&x, longer, sizeof longer, &head, xk,
                         NULL),
        VAULT_E_TAMPERED);
    vlt_buf_clear(&out);
}

static void
nothing_is_sealed_that_does_not_prove(void **unused)
{
    const bool shown[FIELDS] = {true};
    struct vlt_buf out;

    (void)unused;
    vlt_buf_init(&out, VLT_EXTRACT_MAX);
    meta.salts->b[0] ^= 1;
    assert_int_equal(vlt_extract_seal(&out, &head, &meta, shown, xk, NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(out.len, 0);
    meta.salts->b[0] ^= 1;
    vlt_buf_clear(&out);
}

static void
bundle_epoch(struct vlt_epoch *e)
{
    static uint8_t rcpt[4 * 32], wraps[4 * VLT_EPOCH_WRAP];
    uint8_t b[VLT_EPOCH_HEAD];

    from_hex(b, sizeof b, known_bundle_head);
    assert_int_equal(vlt_epoch_decode(e, b, sizeof b, rcpt, sizeof rcpt, wraps,
                         sizeof wraps, NULL),
        VAULT_OK);
}

static void
the_key_of_an_extract_is_wrapped_with_a_use_of_its_own(void **unused)
{
    struct vlt_record_head other = head;
    struct vlt_epoch e;
    struct vlt_xk back;
    struct vlt_rk rk;
    struct vlt_kmeta km;
    uint8_t row[VLT_RECORD_WRAP];

    (void)unused;
    bundle_epoch(&e);
    from_hex(row, sizeof row, known_xk_wrap);
    assert_int_equal(vlt_wrap_open_xk(row, sizeof row, &e, e0, &head, &back,
                         NULL),
        VAULT_OK);
    assert_memory_equal(back.b, xk->b, 32);
    assert_int_equal(vlt_wrap_open(row, sizeof row, &e, e0, &head, &rk, &km,
                         NULL),
        VAULT_E_FORMAT);
    row[23] = VLT_WRAP_RK;
    assert_int_equal(vlt_wrap_open_xk(row, sizeof row, &e, e0, &head, &back,
                         NULL),
        VAULT_E_FORMAT);
    assert_int_equal(vlt_wrap_open(row, sizeof row, &e, e0, &head, &rk, &km,
                         NULL),
        VAULT_E_TAMPERED);
    vlt_wrap_seal_xk(row, &e, e0, 6, &head, xk);
    memset(&back, 0, sizeof back);
    assert_int_equal(vlt_wrap_open_xk(row, sizeof row, &e, e0, &head, &back,
                         NULL),
        VAULT_OK);
    assert_memory_equal(back.b, xk->b, 32);
    other.commit[0] ^= 1;
    assert_int_equal(vlt_wrap_open_xk(row, sizeof row, &e, e0, &other, &back,
                         NULL),
        VAULT_E_TAMPERED);
    vlt_epoch_clear(&e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_those_of_the_second_implementation),
        cmocka_unit_test(what_is_shown_comes_back),
        cmocka_unit_test(every_selection_opens),
        cmocka_unit_test(
            a_part_of_a_part_is_the_same_as_if_its_owner_had_made_it),
        cmocka_unit_test(two_extracts_of_one_version_add_up),
        cmocka_unit_test(every_cheat_is_refused),
        cmocka_unit_test(an_extract_of_another_record_does_not_open),
        cmocka_unit_test(malformed_plaintext_is_refused),
        cmocka_unit_test(lengths_and_ciphertext_are_exact),
        cmocka_unit_test(nothing_is_sealed_that_does_not_prove),
        cmocka_unit_test(
            the_key_of_an_extract_is_wrapped_with_a_use_of_its_own),
    };

    return cmocka_run_group_tests_name("extract", tests, setup, teardown);
}
