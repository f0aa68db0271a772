/* SPDX-License-Identifier: Apache-2.0 */
/* test_meta: sealed metadata has one padded form and fits its header */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "bytes.h"
#include "doc_example.h"
#include "hash.h"
#include "meta.h"
#include "pack.h"
#include "seal.h"

/* Offsets of section 6.2. */
enum {
    AT_FLAGS = 1,
    AT_KB = 36,
    AT_BODY_STORED = 68,
    AT_BODY_ORIGINAL = 76,
    AT_STORED = 84,
    AT_PLAIN = 88,
    AT_BLOCK = 92
};

static struct vlt_record_header
header_for(size_t padded)
{
    struct vlt_record_header h = {.version = 1,
        .meta_padded = (uint32_t)padded};

    return h;
}

/* Metadata without body, its salts set. */
static void
begin_meta(struct vlt_meta *m)
{
    vlt_meta_init(m);
    m->salts = vlt_salts_new();
    assert_non_null(m->salts);
    memset(m->salts->b, 0xe0, 32);
}

static void
encode(struct vlt_buf *out, const struct vlt_meta *m)
{
    vlt_buf_init(out, VLT_META_MAX);
    assert_int_equal(vlt_meta_encode(out, m, NULL), VAULT_OK);
}

static enum vault_status
decode(const struct vlt_buf *b, const struct vlt_record_header *h)
{
    struct vlt_meta m;
    enum vault_status st = vlt_meta_decode(&m, b->p, b->len, h, NULL);

    if (st == VAULT_OK)
        vlt_meta_clear(&m);
    return st;
}

static void
the_example_of_the_format_is_written_and_read(void **unused)
{
    struct vlt_record_header h = header_for(1024);
    struct vlt_meta m, back;
    struct vlt_body_commit body;
    struct vlt_buf out;
    uint8_t list[128], key[32], ct[1024 + 16], hash[32];
    struct vlt_reader r;
    size_t n = strlen(doc_text("metadata", "list")) / 2;

    (void)unused;
    begin_meta(&m);
    doc_hex(m.salts->b, 32, "metadata", "salt.seed");
    doc_hex(list, n, "metadata", "list");
    vlt_reader_init(&r, list, n);
    assert_int_equal(vlt_fields_decode(&m.fields, &r, NULL), VAULT_OK);
    encode(&out, &m);
    assert_int_equal(out.len, 1024);
    assert_hex(out.p, 256, doc_text("metadata", "plain.first256"));
    doc_hex(key, 32, "metadata", "k.meta");
    vlt_seal_once(ct, key, out.p, out.len);
    assert_hex(ct, 32, doc_text("metadata", "ciphertext.first32"));
    assert_hex(ct + 1024, 16, doc_text("metadata", "ciphertext.last16"));
    vlt_blake2b(hash, ct, sizeof ct);
    assert_hex(hash, 32, doc_text("metadata", "m"));
    assert_int_equal(vlt_meta_decode(&back, out.p, 1024, &h, NULL), VAULT_OK);
    assert_int_equal(back.fields.n, 2);
    assert_null(back.kb);
    assert_true(vlt_meta_body(&back, &h, &body));
    assert_int_equal(body.original_len, 23);
    vlt_sha256(hash, "I write down the hour.\n", 23);
    assert_memory_equal(body.sha256, hash, 32);
    vlt_meta_clear(&back);
    vlt_meta_clear(&m);
    vlt_buf_clear(&out);
}

/* A list whose block has n bytes: one field `x` with noise or with zeros. */
static void
field_of(struct vlt_meta *m, size_t n, bool noise)
{
    size_t len = n - 2 - 7 - 1;
    uint8_t *v = calloc(1, len + 1);

    assert_non_null(v);
    if (noise)
        vlt_random(v, len);
    assert_int_equal(vlt_fields_add(&m->fields, VLT_FIELD_BYTES, 0, "x", v, len,
                         NULL),
        VAULT_OK);
    assert_int_equal(m->fields.bytes, n);
    free(v);
}

static const struct {
    const char *name;
    size_t block;
    bool noise;
    size_t padded;
    bool packed;
} buckets[] = {
    {"small", 100, true, 1024, false},
    {"just 1 KiB", 1024 - 92, true, 1024, false},
    {"just 1 KiB, that would shrink", 1024 - 92, false, 1024, false},
    {"one byte more", 1025 - 92, true, 2048, false},
    {"one byte more, shrinks", 1025 - 92, false, 1024, true},
    {"just 2 KiB", 2048 - 92, true, 2048, false},
    {"one byte more than 2 KiB", 2049 - 92, true, 4096, false},
    {"just 1 MiB", 1048576 - 92, true, 1048576, false},
    {"one byte more than 1 MiB", 1048577 - 92, true, 2097152, false},
    {"8 MiB of zeros", 8388608, false, 1024, true},
    {"the longest list, of zeros", 16777216, false, 1024, true},
};

static void
the_smallest_bucket_is_taken(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(buckets); i++) {
        struct vlt_record_header h = header_for(buckets[i].padded);
        struct vlt_meta m, back;
        struct vlt_buf out;

        print_message("%s\n", buckets[i].name);
        begin_meta(&m);
        field_of(&m, buckets[i].block, buckets[i].noise);
        encode(&out, &m);
        assert_int_equal(out.len, buckets[i].padded);
        assert_int_equal(out.p[AT_FLAGS], buckets[i].packed);
        assert_int_equal(vlt_meta_decode(&back, out.p, out.len, &h, NULL),
            VAULT_OK);
        assert_int_equal(back.fields.bytes, m.fields.bytes);
        assert_memory_equal(back.fields.f[0].value, m.fields.f[0].value,
            m.fields.f[0].value_len);
        assert_memory_equal(back.salts->b, m.salts->b, 32);
        vlt_meta_clear(&back);
        vlt_meta_clear(&m);
        vlt_buf_clear(&out);
    }
}

static void
what_does_not_fit_16_mib_is_refused(void **unused)
{
    struct vlt_meta m;
    struct vlt_buf out;

    (void)unused;
    begin_meta(&m);
    field_of(&m, VLT_META_MAX - 91, true);
    vlt_buf_init(&out, 2 * VLT_META_MAX);
    assert_int_equal(vlt_meta_encode(&out, &m, NULL), VAULT_E_LIMIT);
    assert_int_equal(out.len, 0);
    vlt_meta_clear(&m);
    vlt_buf_clear(&out);
}

static const struct {
    const char *name;
    size_t at;
    uint8_t byte;
    enum vault_status want;
} bytes[] = {
    {"unchanged", 0, 1, VAULT_OK},
    {"another form", 0, 2, VAULT_E_NEWER},
    {"flag bit 2", AT_FLAGS, 4, VAULT_E_NEWER},
    {"flag bit 7", AT_FLAGS, 128, VAULT_E_NEWER},
    {"raw without a body", AT_FLAGS, 2, VAULT_E_FORMAT},
    {"compressed, but it is not", AT_FLAGS, 1, VAULT_E_FORMAT},
    {"a reserved byte", 2, 1, VAULT_E_NEWER},
    {"the other reserved byte", 3, 1, VAULT_E_NEWER},
    {"a body key", AT_KB, 1, VAULT_E_FORMAT},
    {"a stored body length", AT_BODY_STORED + 7, 1, VAULT_E_FORMAT},
    {"an original body length", AT_BODY_ORIGINAL + 7, 1, VAULT_E_FORMAT},
    {"a longer block", AT_STORED + 3, 101, VAULT_E_FORMAT},
    {"a block beyond the end", AT_STORED, 1, VAULT_E_FORMAT},
    {"a longer plain block", AT_PLAIN + 3, 101, VAULT_E_FORMAT},
    {"a plain block beyond 16 MiB", AT_PLAIN, 2, VAULT_E_FORMAT},
    {"padding that is not zero", 1023, 1, VAULT_E_FORMAT},
    {"the first byte of padding", AT_BLOCK + 100, 1, VAULT_E_FORMAT},
    {"another count of fields", AT_BLOCK + 1, 0, VAULT_E_FORMAT},
    {"a field of a newer type", AT_BLOCK + 2, 9, VAULT_E_NEWER},
};

static void
only_metadata_of_the_exact_form_is_read(void **unused)
{
    struct vlt_record_header h = header_for(1024);
    struct vlt_meta m;

    (void)unused;
    begin_meta(&m);
    field_of(&m, 100, false);
    for (size_t i = 0; i < ROWS(bytes); i++) {
        struct vlt_buf out;

        print_message("%s\n", bytes[i].name);
        encode(&out, &m);
        out.p[bytes[i].at] = bytes[i].byte;
        assert_int_equal(decode(&out, &h), bytes[i].want);
        vlt_buf_clear(&out);
    }
    vlt_meta_clear(&m);
}

/* What is read in spite of a changed byte encodes to just these bytes. */
static void
each_changed_byte_is_refused_or_kept(void **unused)
{
    struct vlt_record_header h = header_for(1024);
    struct vlt_meta m;
    struct vlt_buf out;

    (void)unused;
    begin_meta(&m);
    field_of(&m, 100, true);
    encode(&out, &m);
    for (size_t at = 0; at < out.len; at++)
        for (int bit = 0; bit < 8; bit++) {
            struct vlt_meta back;
            struct vlt_buf again;

            out.p[at] ^= (uint8_t)(1 << bit);
            if (vlt_meta_decode(&back, out.p, out.len, &h, NULL) == VAULT_OK) {
                encode(&again, &back);
                assert_int_equal(again.len, out.len);
                assert_memory_equal(again.p, out.p, out.len);
                vlt_buf_clear(&again);
                vlt_meta_clear(&back);
            }
            out.p[at] ^= (uint8_t)(1 << bit);
        }
    vlt_buf_clear(&out);
    vlt_meta_clear(&m);
}

static void
a_bucket_larger_than_needed_is_refused(void **unused)
{
    struct vlt_record_header h = header_for(2048);
    struct vlt_meta m;
    struct vlt_buf out;

    (void)unused;
    begin_meta(&m);
    field_of(&m, 100, true);
    encode(&out, &m);
    assert_int_equal(decode(&out, &h), VAULT_E_FORMAT);
    vlt_buf_put_zero(&out, 1024);
    assert_int_equal(decode(&out, &h), VAULT_E_FORMAT);
    h.meta_padded = 1024;
    assert_int_equal(decode(&out, &h), VAULT_E_FORMAT);
    out.len = 1023;
    assert_int_equal(decode(&out, &h), VAULT_E_FORMAT);
    out.len = 0;
    assert_int_equal(decode(&out, &h), VAULT_E_FORMAT);
    vlt_buf_clear(&out);
    vlt_meta_clear(&m);
}

static const struct {
    const char *name;
    uint64_t stored;
    uint64_t original;
    uint64_t padded;
    bool raw;
    bool key;
    size_t field; /* length of the field `body`, 0 for none */
    enum vault_status want;
} bodies[] = {
    {"compressed", 10000, 30000, 10240, false, true, 32, VAULT_OK},
    {"power of two", 10000, 30000, 16384, false, true, 32, VAULT_OK},
    {"raw", 10000, 10000, 10240, true, true, 32, VAULT_OK},
    {"smaller than 4 KiB", 9, 0, 4096, false, true, 32, VAULT_OK},
    {"raw and empty", 0, 0, 4096, true, true, 32, VAULT_OK},
    {"compressed to nothing", 0, 5, 4096, false, true, 32, VAULT_E_FORMAT},
    {"raw of two lengths", 9999, 10000, 10240, true, true, 32, VAULT_E_FORMAT},
    {"padded too far", 10000, 30000, 10496, false, true, 32, VAULT_E_FORMAT},
    {"padded by two powers", 10000, 30000, 32768, false, true, 32,
        VAULT_E_FORMAT},
    {"longer than its padding", 10241, 30000, 10240, false, true, 32,
        VAULT_E_FORMAT},
    {"much longer", UINT64_MAX, 30000, 10240, false, true, 32, VAULT_E_FORMAT},
    {"no key", 10000, 30000, 10240, false, false, 32, VAULT_E_FORMAT},
    {"no hash", 10000, 30000, 10240, false, true, 0, VAULT_E_FORMAT},
    {"short hash", 10000, 30000, 10240, false, true, 31, VAULT_E_FORMAT},
    {"long hash", 10000, 30000, 10240, false, true, 33, VAULT_E_FORMAT},
};

static void
the_body_s_lengths_fit_the_header(void **unused)
{
    static const uint8_t hash[33] = {1, 2, 3};

    (void)unused;
    for (size_t i = 0; i < ROWS(bodies); i++) {
        struct vlt_record_header h = header_for(1024);
        struct vlt_body_commit body;
        struct vlt_meta m, back;
        struct vlt_buf out;
        enum vault_status st;

        print_message("%s\n", bodies[i].name);
        h.body_version = 1;
        h.body_padded = bodies[i].padded;
        begin_meta(&m);
        m.kb = vlt_kb_new();
        memset(m.kb->b, bodies[i].key ? 0xb0 : 0, 32);
        m.body_raw = bodies[i].raw;
        m.body_stored = bodies[i].stored;
        m.body_original = bodies[i].original;
        if (bodies[i].field > 0)
            assert_int_equal(vlt_fields_add(&m.fields, VLT_FIELD_BODY, 0,
                                 "body", hash, bodies[i].field, NULL),
                VAULT_OK);
        encode(&out, &m);
        st = vlt_meta_decode(&back, out.p, out.len, &h, NULL);
        assert_int_equal(st, bodies[i].want);
        if (st == VAULT_OK) {
            assert_memory_equal(back.kb->b, m.kb->b, 32);
            assert_int_equal(back.body_raw, bodies[i].raw);
            assert_true(vlt_meta_body(&back, &h, &body));
            assert_int_equal(body.original_len, bodies[i].original);
            assert_memory_equal(body.sha256, hash, 32);
            vlt_meta_clear(&back);
        }
        vlt_meta_clear(&m);
        vlt_buf_clear(&out);
    }
}

static void
a_body_without_an_answer_is_no_body(void **unused)
{
    struct vlt_record_header h = header_for(1024);
    struct vlt_body_commit body;
    struct vlt_meta m;
    struct vlt_buf out;

    (void)unused;
    begin_meta(&m);
    assert_false(vlt_meta_body(&m, &h, &body));
    assert_int_equal(vlt_fields_add(&m.fields, VLT_FIELD_BODY,
                         VLT_STATE_NOT_ASKED, "body", NULL, 0, NULL),
        VAULT_OK);
    assert_false(vlt_meta_body(&m, &h, &body));
    encode(&out, &m);
    assert_int_equal(decode(&out, &h), VAULT_OK);
    h.body_version = 1;
    h.body_padded = 4096;
    assert_int_equal(decode(&out, &h), VAULT_E_FORMAT);
    vlt_buf_clear(&out);
    vlt_meta_clear(&m);
}

/* Metadata around a block that claims to be compressed. */
static enum vault_status
decode_block(const void *block, size_t stored, size_t plain)
{
    struct vlt_record_header h = header_for(2048);
    struct vlt_buf b;
    enum vault_status st;

    while (h.meta_padded < AT_BLOCK + stored)
        h.meta_padded *= 2;
    if (AT_BLOCK + stored <= 1024)
        h.meta_padded = 1024;
    vlt_buf_init(&b, VLT_META_MAX);
    vlt_buf_put_u8(&b, 1);
    vlt_buf_put_u8(&b, 1);
    vlt_buf_put_zero(&b, AT_STORED - 2);
    vlt_buf_put_u32(&b, (uint32_t)stored);
    vlt_buf_put_u32(&b, (uint32_t)plain);
    vlt_buf_put(&b, block, stored);
    vlt_buf_put_zero(&b, h.meta_padded - b.len);
    st = decode(&b, &h);
    vlt_buf_clear(&b);
    return st;
}

static void
hostile_compression_is_refused(void **unused)
{
    static const uint8_t skippable[] = {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
    uint8_t list[300] = "\0\1\2\0\1x\0\0\1\x22"; /* one field of 290 bytes */
    struct vlt_buf f, two, tail;

    (void)unused;
    vlt_buf_init(&f, 4096);
    assert_int_equal(vlt_pack(&f, list, sizeof list, 9, NULL), VAULT_OK);
    assert_int_equal(decode_block(f.p, f.len, sizeof list), VAULT_OK);
    assert_int_equal(decode_block(f.p, f.len, sizeof list - 1), VAULT_E_FORMAT);
    assert_int_equal(decode_block(f.p, f.len, sizeof list + 1), VAULT_E_FORMAT);
    assert_int_equal(decode_block(f.p, f.len, VLT_META_MAX), VAULT_E_FORMAT);
    assert_int_equal(decode_block(f.p, f.len - 1, sizeof list), VAULT_E_FORMAT);
    assert_int_equal(decode_block(f.p, 0, 0), VAULT_E_FORMAT);
    vlt_buf_init(&two, 4096);
    vlt_buf_put(&two, f.p, f.len);
    vlt_buf_put(&two, f.p, f.len);
    assert_int_equal(decode_block(two.p, two.len, 2 * sizeof list),
        VAULT_E_FORMAT);
    assert_int_equal(decode_block(two.p, two.len, sizeof list), VAULT_E_FORMAT);
    vlt_buf_init(&tail, 4096);
    vlt_buf_put(&tail, f.p, f.len);
    vlt_buf_put(&tail, skippable, sizeof skippable);
    assert_int_equal(decode_block(tail.p, tail.len, sizeof list),
        VAULT_E_FORMAT);
    vlt_buf_reset(&tail);
    vlt_buf_put(&tail, skippable, sizeof skippable);
    vlt_buf_put(&tail, f.p, f.len);
    assert_int_equal(decode_block(tail.p, tail.len, sizeof list),
        VAULT_E_FORMAT);
    /* a sound frame around something that is no list */
    vlt_buf_reset(&f);
    assert_int_equal(vlt_pack(&f, "\0\1", 2, 9, NULL), VAULT_OK);
    assert_int_equal(decode_block(f.p, f.len, 2), VAULT_E_FORMAT);
    vlt_buf_reset(&f);
    assert_int_equal(vlt_pack(&f, "\0\0\0", 3, 9, NULL), VAULT_OK);
    assert_int_equal(decode_block(f.p, f.len, 3), VAULT_E_FORMAT);
    vlt_buf_reset(&f);
    assert_int_equal(vlt_pack(&f, "", 0, 9, NULL), VAULT_OK);
    assert_int_equal(decode_block(f.p, f.len, 0), VAULT_E_FORMAT);
    vlt_buf_clear(&tail);
    vlt_buf_clear(&two);
    vlt_buf_clear(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_is_written_and_read),
        cmocka_unit_test(the_smallest_bucket_is_taken),
        cmocka_unit_test(what_does_not_fit_16_mib_is_refused),
        cmocka_unit_test(only_metadata_of_the_exact_form_is_read),
        cmocka_unit_test(each_changed_byte_is_refused_or_kept),
        cmocka_unit_test(a_bucket_larger_than_needed_is_refused),
        cmocka_unit_test(the_body_s_lengths_fit_the_header),
        cmocka_unit_test(a_body_without_an_answer_is_no_body),
        cmocka_unit_test(hostile_compression_is_refused),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
