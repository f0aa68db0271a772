/* SPDX-License-Identifier: Apache-2.0 */
/* test_record: headers, row heads, wraps and segments of record versions */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "doc_example.h"
#include "known_format.h"
#include "record.h"
#include "seal.h"

/* The epoch of the examples, kind 1, or the chain of kind 3. */
static void
example_epoch(struct vlt_epoch *e, const char *chain)
{
    static const uint8_t lists[64 + 2400];
    uint8_t head[112];

    if (chain != NULL) {
        from_hex(head, sizeof head, chain);
    } else {
        doc_hex(head, 80, "epoch-keys", "header");
        doc_hex(head + 80, 32, "epoch-keys", "commit");
    }
    assert_int_equal(vlt_epoch_decode(e, head, sizeof head, lists, 64,
                         lists + 64, 2400, NULL),
        VAULT_OK);
}

static void
example_head(struct vlt_record_head *r)
{
    uint8_t head[VLT_RECORD_HEAD];

    doc_hex(head, sizeof head, "statement", "head");
    assert_int_equal(vlt_record_head_decode(r, head, sizeof head, NULL),
        VAULT_OK);
}

static void
the_header_of_the_example_is_read_and_written(void **unused)
{
    struct vlt_record_header h;
    uint8_t header[96], commit[32], again[96];
    struct vlt_rk rk;
    struct vlt_kmeta km;

    (void)unused;
    doc_hex(header, 96, "record-header", "header");
    assert_int_equal(vlt_record_header_decode(&h, header, sizeof header, NULL),
        VAULT_OK);
    assert_int_equal(h.version, 1);
    assert_int_equal(h.meta_padded, 1024);
    assert_int_equal(h.body_padded, 0);
    assert_hex(h.origin, 16, doc_text("record-header", "origin"));
    assert_hex(h.id, 16, doc_text("record-header", "record"));
    vlt_record_header_encode(again, &h);
    assert_memory_equal(again, header, sizeof header);
    doc_hex(rk.b, 32, "record-header", "rk");
    vlt_record_keys(&km, commit, &rk, header);
    assert_hex(km.b, 32, doc_text("record-header", "k.meta"));
    assert_hex(commit, 32, doc_text("record-header", "commit"));
}

static void
the_head_of_the_example_gives_its_statement(void **unused)
{
    struct vlt_record_head r;
    struct vlt_statement s;
    uint8_t head[VLT_RECORD_HEAD], again[VLT_RECORD_HEAD], stmt[32];

    (void)unused;
    example_head(&r);
    vlt_record_statement(&s, &r);
    assert_hex(s.cipher, 32, doc_text("statement", "ct"));
    assert_false(s.has_prev);
    vlt_record_stmt(stmt, &r);
    assert_hex(stmt, 32, doc_text("statement", "stmt"));
    doc_hex(head, sizeof head, "statement", "head");
    vlt_record_head_encode(again, &r);
    assert_memory_equal(again, head, sizeof head);
}

static void
every_byte_of_a_row_head_changes_the_statement(void **unused)
{
    uint8_t head[VLT_RECORD_HEAD], before[32], after[32];
    struct vlt_record_head r;
    size_t read = 0;

    (void)unused;
    example_head(&r);
    vlt_record_stmt(before, &r);
    doc_hex(head, sizeof head, "statement", "head");
    for (size_t i = 0; i < sizeof head; i++) {
        head[i] ^= 2;
        if (vlt_record_head_decode(&r, head, sizeof head, NULL) == VAULT_OK) {
            vlt_record_stmt(after, &r);
            assert_memory_not_equal(before, after, 32);
            read++;
        }
        head[i] ^= 2;
    }
    assert_int_equal(read, 16 + 16 + 3 * 32); /* ids, commit, content, m */
}

/* Byte `at` of a header set to `byte`, in a version with and one without. */
static const struct {
    const char *name;
    size_t len;
    size_t at;
    uint8_t byte;
    enum vault_status want;
} header_rows[] = {
    {"exact", 96, 0, 'S', VAULT_OK},
    {"one byte short", 95, 0, 'S', VAULT_E_FORMAT},
    {"one byte long", 97, 0, 'S', VAULT_E_FORMAT},
    {"empty", 0, 0, 'S', VAULT_E_FORMAT},
    {"another magic", 96, 0, 's', VAULT_E_FORMAT},
    {"another suite", 96, 4, 2, VAULT_E_NEWER},
    {"another chunk size", 96, 5, 17, VAULT_E_NEWER},
    {"a flag", 96, 7, 1, VAULT_E_NEWER},
    {"a reserved byte", 96, 60, 1, VAULT_E_NEWER},
    {"the last reserved byte", 96, 63, 1, VAULT_E_NEWER},
    {"version 0", 96, 43, 0, VAULT_E_FORMAT},
    {"version 2 without a predecessor", 96, 43, 2, VAULT_E_FORMAT},
    {"version 1 with a predecessor", 96, 95, 1, VAULT_E_FORMAT},
    {"no metadata", 96, 46, 0, VAULT_E_FORMAT},
    {"512 bytes of metadata", 96, 46, 2, VAULT_E_FORMAT},
    {"3 KiB of metadata", 96, 46, 12, VAULT_E_FORMAT},
    {"2 KiB of metadata", 96, 46, 8, VAULT_OK},
    {"odd metadata", 96, 47, 1, VAULT_E_FORMAT},
    {"metadata of 16 MiB and 1 KiB", 96, 44, 1, VAULT_E_FORMAT},
    {"body length without body", 96, 54, 16, VAULT_E_FORMAT},
    {"body without length", 96, 59, 1, VAULT_E_FORMAT},
    {"body of a later version", 96, 59, 2, VAULT_E_FORMAT},
};

static void
only_headers_of_the_exact_form_are_read(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(header_rows); i++) {
        struct vlt_record_header h;
        uint8_t header[97] = {0};

        print_message("%s\n", header_rows[i].name);
        doc_hex(header, 96, "record-header", "header");
        header[header_rows[i].at] = header_rows[i].byte;
        assert_int_equal(vlt_record_header_decode(&h, header,
                             header_rows[i].len, NULL),
            header_rows[i].want);
    }
}

static const struct {
    const char *name;
    uint32_t version;
    uint32_t meta;
    uint64_t body;
    uint32_t body_version;
    enum vault_status want;
} value_rows[] = {
    {"a new body", 1, 1024, 4096, 1, VAULT_OK},
    {"the body of version 1", 3, 1024, 4096, 1, VAULT_OK},
    {"a body longer than 4 GiB", 2, 1024, 5368709120, 2, VAULT_OK},
    {"a body of a later version", 2, 1024, 4096, 3, VAULT_E_FORMAT},
    {"a body below 4 KiB", 1, 1024, 2048, 1, VAULT_E_FORMAT},
    {"a length Padme does not give", 1, 1024, 4097, 1, VAULT_E_FORMAT},
    {"one it gives", 1, 1024, 4352, 1, VAULT_OK},
    {"the most metadata", 1, 16777216, 0, 0, VAULT_OK},
    {"more than the most", 1, 33554432, 0, 0, VAULT_E_FORMAT},
    {"an absurd length", 1, 1024, UINT64_C(1) << 63, 1, VAULT_E_FORMAT},
    {"the longest length", 1, 1024, UINT64_MAX, 1, VAULT_E_FORMAT},
    {"the last version", UINT32_MAX, 1024, 0, 0, VAULT_OK},
};

static void
headers_hold_only_values_that_fit_each_other(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(value_rows); i++) {
        struct vlt_record_header h = {.version = value_rows[i].version,
            .meta_padded = value_rows[i].meta,
            .body_padded = value_rows[i].body,
            .body_version = value_rows[i].body_version};
        struct vlt_record_header back;
        uint8_t header[96];

        print_message("%s\n", value_rows[i].name);
        if (h.version > 1)
            h.prev[0] = 1;
        vlt_record_header_encode(header, &h);
        assert_int_equal(vlt_record_header_decode(&back, header, sizeof header,
                             NULL),
            value_rows[i].want);
    }
}

static void
a_row_head_has_a_body_hash_if_it_has_a_body(void **unused)
{
    struct vlt_record_head r;
    uint8_t head[VLT_RECORD_HEAD + 1] = {0};

    (void)unused;
    example_head(&r);
    r.b[0] = 1;
    vlt_record_head_encode(head, &r);
    assert_int_equal(vlt_record_head_decode(&r, head, 224, NULL),
        VAULT_E_FORMAT);
    r.h.body_version = 1;
    r.h.body_padded = 4096;
    vlt_record_head_encode(head, &r);
    assert_int_equal(vlt_record_head_decode(&r, head, 224, NULL), VAULT_OK);
    assert_int_equal(vlt_record_head_decode(&r, head, 223, NULL),
        VAULT_E_FORMAT);
    assert_int_equal(vlt_record_head_decode(&r, head, 225, NULL),
        VAULT_E_FORMAT);
    memset(r.b, 0, sizeof r.b);
    vlt_record_head_encode(head, &r);
    assert_int_equal(vlt_record_head_decode(&r, head, 224, NULL),
        VAULT_E_FORMAT);
}

static void
wraps_of_a_second_implementation_open(void **unused)
{
    static const char *const chain[] = {NULL, known_chain_head};

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct vlt_record_head r;
        struct vlt_epoch e;
        struct vlt_e0 e0;
        struct vlt_rk rk;
        struct vlt_kmeta km;
        uint8_t row[VLT_RECORD_WRAP];

        example_head(&r);
        example_epoch(&e, chain[i]);
        doc_hex(e0.b, 32, "epoch-keys", "e0");
        if (i == 0)
            doc_hex(row, sizeof row, "record-wrap", "wrap");
        else
            from_hex(row, sizeof row, known_chain_wrap);
        assert_int_equal(vlt_wrap_open(row, sizeof row, &e, &e0, &r, &rk, &km,
                             NULL),
            VAULT_OK);
        assert_hex(rk.b, 32, doc_text("record-header", "rk"));
        assert_hex(km.b, 32, doc_text("record-header", "k.meta"));
        vlt_epoch_clear(&e);
    }
}

static void
no_changed_byte_of_a_wrap_or_what_it_names_passes(void **unused)
{
    struct vlt_record_head r;
    struct vlt_epoch e;
    struct vlt_e0 e0;
    struct vlt_rk rk = {{0}};
    struct vlt_kmeta km = {{0}};
    uint8_t row[VLT_RECORD_WRAP];

    (void)unused;
    example_head(&r);
    example_epoch(&e, NULL);
    doc_hex(e0.b, 32, "epoch-keys", "e0");
    doc_hex(row, sizeof row, "record-wrap", "wrap");
    for (size_t i = 0; i < sizeof row; i++)
        for (int bit = 0; bit < 8; bit++) {
            row[i] ^= (uint8_t)(1 << bit);
            assert_int_not_equal(vlt_wrap_open(row, sizeof row, &e, &e0, &r,
                                     &rk, &km, NULL),
                VAULT_OK);
            row[i] ^= (uint8_t)(1 << bit);
        }
    r.h.id[0] ^= 1;
    assert_int_equal(vlt_wrap_open(row, sizeof row, &e, &e0, &r, &rk, &km,
                         NULL),
        VAULT_E_TAMPERED);
    r.h.id[0] ^= 1;
    r.commit[31] ^= 1;
    assert_int_equal(vlt_wrap_open(row, sizeof row, &e, &e0, &r, &rk, &km,
                         NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(rk.b[0] | km.b[0], 0);
    vlt_epoch_clear(&e);
}

static void
a_wrap_around_another_record_s_key_is_refused(void **unused)
{
    struct vlt_record_head r;
    struct vlt_epoch e;
    struct vlt_e0 e0;
    struct vlt_rk rk = {{1, 2, 3}}, got = {{0}};
    struct vlt_kmeta km = {{0}};
    uint8_t row[VLT_RECORD_WRAP];

    (void)unused;
    example_head(&r);
    example_epoch(&e, NULL);
    doc_hex(e0.b, 32, "epoch-keys", "e0");
    vlt_wrap_seal(row, &e, &e0, 9, &r, &rk); /* not the key r commits to */
    assert_int_equal(vlt_wrap_open(row, sizeof row, &e, &e0, &r, &got, &km,
                         NULL),
        VAULT_E_TAMPERED);
    doc_hex(rk.b, 32, "record-header", "rk");
    vlt_wrap_seal(row, &e, &e0, 9, &r, &rk);
    assert_int_equal(vlt_wrap_open(row, sizeof row, &e, &e0, &r, &got, &km,
                         NULL),
        VAULT_OK);
    assert_memory_equal(got.b, rk.b, 32);
    vlt_epoch_clear(&e);
}

static const struct {
    const char *name;
    size_t len;
    uint32_t i;
    uint32_t use;
    enum vault_status decode;
    enum vault_status open;
} wrap_rows[] = {
    {"exact", 96, 5, 1, VAULT_OK, VAULT_OK},
    {"one byte short", 95, 5, 1, VAULT_E_FORMAT, VAULT_E_FORMAT},
    {"one byte long", 97, 5, 1, VAULT_E_FORMAT, VAULT_E_FORMAT},
    {"empty", 0, 5, 1, VAULT_E_FORMAT, VAULT_E_FORMAT},
    {"the last step", 96, 1023, 1, VAULT_OK, VAULT_E_TAMPERED},
    {"a step too far", 96, 1024, 1, VAULT_OK, VAULT_E_TAMPERED},
    {"a step very far", 96, UINT32_MAX, 1, VAULT_OK, VAULT_E_TAMPERED},
    {"use 2", 96, 5, 2, VAULT_OK, VAULT_E_FORMAT},
    {"use 0", 96, 5, 0, VAULT_E_FORMAT, VAULT_E_FORMAT},
    {"use 3", 96, 5, 3, VAULT_E_NEWER, VAULT_E_NEWER},
};

static void
only_wraps_of_the_exact_form_are_read(void **unused)
{
    struct vlt_record_head r;
    struct vlt_epoch e, chain;
    struct vlt_e0 e0;

    (void)unused;
    example_head(&r);
    example_epoch(&e, NULL);
    example_epoch(&chain, known_chain_head);
    doc_hex(e0.b, 32, "epoch-keys", "e0");
    for (size_t i = 0; i < ROWS(wrap_rows); i++) {
        uint8_t row[VLT_RECORD_WRAP + 1] = {0};
        struct vlt_wrap w;
        struct vlt_rk rk;
        struct vlt_kmeta km;

        print_message("%s\n", wrap_rows[i].name);
        doc_hex(row, 96, "record-wrap", "wrap");
        vlt_store_u32(row + 16, wrap_rows[i].i);
        vlt_store_u32(row + 20, wrap_rows[i].use);
        assert_int_equal(vlt_wrap_decode(&w, row, wrap_rows[i].len, NULL),
            wrap_rows[i].decode);
        if (wrap_rows[i].decode == VAULT_OK)
            assert_int_equal(w.i, wrap_rows[i].i);
        assert_int_equal(vlt_wrap_open(row, wrap_rows[i].len, &e, &e0, &r, &rk,
                             &km, NULL),
            wrap_rows[i].open);
        if (wrap_rows[i].i >= 1024)
            assert_int_equal(vlt_wrap_open(row, wrap_rows[i].len, &chain, &e0,
                                 &r, &rk, &km, NULL),
                VAULT_E_TAMPERED);
    }
    vlt_epoch_clear(&chain);
    vlt_epoch_clear(&e);
}

static void
a_wrap_of_another_epoch_is_not_tried(void **unused)
{
    struct vlt_record_head r;
    struct vlt_epoch e;
    struct vlt_e0 e0;
    struct vlt_rk rk;
    struct vlt_kmeta km;
    struct vault_error err = {0};
    uint8_t row[VLT_RECORD_WRAP];

    (void)unused;
    example_head(&r);
    example_epoch(&e, NULL);
    doc_hex(e0.b, 32, "epoch-keys", "e0");
    doc_hex(row, sizeof row, "record-wrap", "wrap");
    e.id[0] ^= 1;
    assert_int_equal(vlt_wrap_open(row, sizeof row, &e, &e0, &r, &rk, &km,
                         &err),
        VAULT_E_TAMPERED);
    assert_non_null(strstr(err.message, "another epoch"));
    vlt_epoch_clear(&e);
}

static const struct {
    uint64_t padded;
    uint64_t segments;
    size_t first;
    size_t last;
} segment_rows[] = {
    {0, 0, 0, 0},
    {4096, 1, 4112, 4112},
    {65536, 1, 65552, 65552},
    {67584, 1, 67616, 67616}, /* 65,536 and 2,048: two tags */
    {1048576, 1, 1048832, 1048832},
    {1081344, 2, 1048832, 32784},
    {2097152, 2, 1048832, 1048832},
    {UINT64_C(5368709120), 5120, 1048832, 1048832},
};

static void
a_body_is_cut_into_segments_of_sixteen_chunks(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(segment_rows); i++) {
        uint64_t n = vlt_segments(segment_rows[i].padded);

        assert_int_equal(n, segment_rows[i].segments);
        assert_int_equal(vlt_segment_size(segment_rows[i].padded, 0),
            segment_rows[i].first);
        assert_int_equal(vlt_segment_size(segment_rows[i].padded, n), 0);
        if (n > 0)
            assert_int_equal(vlt_segment_size(segment_rows[i].padded, n - 1),
                segment_rows[i].last);
    }
}

static void
the_segments_hash_is_that_of_the_format(void **unused)
{
    static const size_t size[] = {1048832, 1048832, 77};
    uint8_t *segment = malloc(1048832), kb[32], out[32], body[4096 + 16];
    struct vlt_segments_hash h;

    (void)unused;
    assert_non_null(segment);
    vlt_segments_hash_init(&h);
    for (size_t i = 0; i < 3; i++) {
        memset(segment, (int)i + 1, size[i]);
        vlt_segments_hash_add(&h, segment, size[i]);
    }
    vlt_segments_hash_final(&h, out);
    assert_hex(out, 32, known_segments);
    free(segment);

    memset(body, 0, sizeof body);
    doc_hex(kb, 32, "body", "kb");
    doc_hex(body, 69, "body", "original");
    vlt_chunk_seal(body, kb, 0, true, body, 4096);
    vlt_segments_hash_init(&h);
    vlt_segments_hash_add(&h, body, sizeof body);
    vlt_segments_hash_final(&h, out);
    assert_hex(out, 32, doc_text("body", "b"));
}

static void
no_segments_hash_to_zeros(void **unused)
{
    static const uint8_t zeros[32];
    struct vlt_segments_hash h;
    uint8_t out[32];

    (void)unused;
    vlt_segments_hash_init(&h);
    vlt_segments_hash_final(&h, out);
    assert_memory_equal(out, zeros, 32);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_of_the_example_is_read_and_written),
        cmocka_unit_test(the_head_of_the_example_gives_its_statement),
        cmocka_unit_test(every_byte_of_a_row_head_changes_the_statement),
        cmocka_unit_test(only_headers_of_the_exact_form_are_read),
        cmocka_unit_test(headers_hold_only_values_that_fit_each_other),
        cmocka_unit_test(a_row_head_has_a_body_hash_if_it_has_a_body),
        cmocka_unit_test(wraps_of_a_second_implementation_open),
        cmocka_unit_test(no_changed_byte_of_a_wrap_or_what_it_names_passes),
        cmocka_unit_test(a_wrap_around_another_record_s_key_is_refused),
        cmocka_unit_test(only_wraps_of_the_exact_form_are_read),
        cmocka_unit_test(a_wrap_of_another_epoch_is_not_tried),
        cmocka_unit_test(a_body_is_cut_into_segments_of_sixteen_chunks),
        cmocka_unit_test(the_segments_hash_is_that_of_the_format),
        cmocka_unit_test(no_segments_hash_to_zeros),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
