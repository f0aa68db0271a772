/* SPDX-License-Identifier: Apache-2.0 */
/* test_pack: bodies come back as they went in, hostile frames do not */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "effort.h"
#include "known.h"

#include "pack.h"
#include "secret.h"

enum { ROOM = 8 * 1024 * 1024 };

/* ---- bodies ---- */

static enum vault_status
to_buf(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct vlt_buf *b = ctx;

    (void)err;
    assert_true(n > 0);
    vlt_buf_put(b, p, n);
    return b->failed ? VAULT_E_LIMIT : VAULT_OK;
}

static enum vault_status
refuse(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)ctx;
    (void)p;
    (void)n;
    (void)err;
    return VAULT_E_CANCELLED;
}

/* Bytes like text: they shrink, but not to nothing. */
static void
fill(uint8_t *p, size_t n, int kind)
{
    static const char words[] = "the hour the day the place who was there ";
    uint32_t x = 1;

    if (kind == 0)
        memset(p, 0, n);
    else if (kind == 1)
        vlt_random(p, n);
    else
        for (size_t i = 0; i < n; i++) {
            x = x * 1664525 + 1013904223;
            p[i] = (uint8_t)words[(i + (x >> 28)) % (sizeof words - 1)];
        }
}

/* Through the packer in pieces; out gets the stream. */
static void
pack_body(struct vlt_buf *out, const uint8_t *p, size_t n, bool raw, int level,
    size_t piece, uint8_t sum[32])
{
    struct vlt_packer *k = NULL;
    uint64_t stream = 1, original = 1;
    uint8_t want[32];

    vlt_buf_init(out, ROOM);
    assert_int_equal(vlt_packer_new(&k, raw, level, to_buf, out, NULL),
        VAULT_OK);
    for (size_t at = 0; at < n; at += piece)
        assert_int_equal(vlt_packer_put(k, p + at,
                             n - at < piece ? n - at : piece, NULL),
            VAULT_OK);
    assert_int_equal(vlt_packer_finish(k, &stream, &original, sum, NULL),
        VAULT_OK);
    vlt_packer_free(k);
    vlt_sha256(want, p, n);
    assert_memory_equal(sum, want, 32);
    assert_int_equal(original, n);
    assert_int_equal(stream, out->len);
}

/* Through the unpacker in pieces: the status of the first that fails. */
static enum vault_status
unpack_body(struct vlt_buf *out, const void *stream, size_t n, bool raw,
    uint64_t stream_len, uint64_t original_len, const uint8_t sum[32],
    size_t piece)
{
    struct vlt_unpacker *k = NULL;
    const uint8_t *p = stream;
    enum vault_status st;

    vlt_buf_init(out, ROOM);
    st = vlt_unpacker_new(&k, raw, stream_len, original_len, to_buf, out, NULL);
    for (size_t at = 0; at < n && st == VAULT_OK; at += piece)
        st = vlt_unpacker_put(k, p + at, n - at < piece ? n - at : piece, NULL);
    if (st == VAULT_OK)
        st = vlt_unpacker_finish(k, sum, NULL);
    vlt_unpacker_free(k);
    return st;
}

static const size_t lengths[] = {0, 1, 2, 4095, 4096, 65536, 131071, 131072,
    131073, 262144, 3 * 1024 * 1024 + 1};

static void
bodies_come_back_as_they_went_in(void **unused)
{
    static const size_t pieces[] = {1, 7777, 65536, ROOM};
    uint8_t *p = malloc(ROOM);

    (void)unused;
    assert_non_null(p);
    for (size_t i = 0; i < ROWS(lengths); i++)
        for (int kind = 0; kind < 3; kind++)
            for (size_t c = 0; c < ROWS(pieces); c++)
                for (int raw = 0; raw < 2; raw++) {
                    struct vlt_buf stream, back;
                    uint8_t sum[32];

                    if (pieces[c] == 1 &&
                        lengths[i] > effort_step(65536, 4096) &&
                        lengths[i] != 131073)
                        continue;
                    fill(p, lengths[i], kind);
                    pack_body(&stream, p, lengths[i], raw, 3, pieces[c], sum);
                    assert_int_equal(unpack_body(&back, stream.p, stream.len,
                                         raw, stream.len, lengths[i], sum,
                                         pieces[c]),
                        VAULT_OK);
                    assert_int_equal(back.len, lengths[i]);
                    if (back.len > 0)
                        assert_memory_equal(back.p, p, back.len);
                    if (raw && back.len > 0)
                        assert_memory_equal(stream.p, p, back.len);
                    vlt_buf_clear(&back);
                    vlt_buf_clear(&stream);
                }
    free(p);
}

static void
every_level_gives_a_window_a_reader_takes(void **unused)
{
    const size_t n = 3 * 1024 * 1024;
    uint8_t *p = malloc(n);

    (void)unused;
    assert_non_null(p);
    fill(p, n, 2);
    for (int level = -3; level <= 22; level++) {
        struct vlt_buf stream, back;
        uint8_t sum[32];

        /* each level has its window; the widest is that of 22. The work is
         * the library's, which no sanitizer sees. */
        if (level > 3 && level != 10 && level != 19 && level != 22)
            continue;
        if (level > 3 && effort_step(0, 1) == 1)
            break;
        pack_body(&stream, p, n, false, level, n, sum);
        assert_int_equal(unpack_body(&back, stream.p, stream.len, false,
                             stream.len, n, sum, 65536),
            VAULT_OK);
        vlt_buf_clear(&back);
        vlt_buf_clear(&stream);
    }
    free(p);
}

static void
another_length_or_hash_than_sealed_is_refused(void **unused)
{
    static uint8_t p[200000];
    struct vlt_buf stream, back;
    uint8_t sum[32];

    (void)unused;
    fill(p, sizeof p, 2);
    for (int raw = 0; raw < 2; raw++) {
        const struct {
            size_t given;
            int64_t stream;
            int64_t original;
        } rows[] = {
            {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1},
            {1, 0, 0}, /* one byte of the stream is missing */
        };

        pack_body(&stream, p, sizeof p, raw, 3, sizeof p, sum);
        for (size_t i = 0; i < ROWS(rows); i++) {
            assert_int_equal(unpack_body(&back, stream.p,
                                 stream.len - rows[i].given, raw,
                                 (uint64_t)((int64_t)stream.len +
                                     rows[i].stream),
                                 (uint64_t)((int64_t)sizeof p +
                                     rows[i].original),
                                 sum, 4096),
                VAULT_E_TAMPERED);
            assert_true(back.len <= sizeof p);
            vlt_buf_clear(&back);
        }
        sum[31] ^= 1;
        assert_int_equal(unpack_body(&back, stream.p, stream.len, raw,
                             stream.len, sizeof p, sum, 4096),
            VAULT_E_TAMPERED);
        vlt_buf_clear(&back);
        vlt_buf_clear(&stream);
    }
}

static void
a_changed_stream_gives_the_same_body_or_none(void **unused)
{
    static uint8_t p[3000];
    struct vlt_buf stream, back;
    uint8_t sum[32];

    (void)unused;
    fill(p, sizeof p, 2);
    pack_body(&stream, p, sizeof p, false, 3, sizeof p, sum);
    for (size_t i = 0; i < stream.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            enum vault_status st;

            stream.p[i] ^= (uint8_t)(1 << bit);
            st = unpack_body(&back, stream.p, stream.len, false, stream.len,
                sizeof p, sum, 100);
            /* zstd has more than one way to say the same thing, such as
             * another window; other bytes never come out */
            if (st == VAULT_OK) {
                assert_int_equal(back.len, sizeof p);
                assert_memory_equal(back.p, p, sizeof p);
            } else {
                assert_int_equal(st, VAULT_E_TAMPERED);
            }
            vlt_buf_clear(&back);
            stream.p[i] ^= (uint8_t)(1 << bit);
        }
    vlt_buf_clear(&stream);
}

static void
a_callback_that_stops_is_heard(void **unused)
{
    static uint8_t p[300000];
    struct vlt_buf stream;
    struct vlt_packer *k = NULL;
    struct vlt_unpacker *u = NULL;
    uint64_t a, b;
    uint8_t sum[32];
    enum vault_status st;

    (void)unused;
    fill(p, sizeof p, 1);
    assert_int_equal(vlt_packer_new(&k, false, 3, refuse, NULL, NULL),
        VAULT_OK);
    st = vlt_packer_put(k, p, sizeof p, NULL);
    if (st == VAULT_OK)
        st = vlt_packer_finish(k, &a, &b, sum, NULL);
    assert_int_equal(st, VAULT_E_CANCELLED);
    vlt_packer_free(k);
    pack_body(&stream, p, sizeof p, false, 3, sizeof p, sum);
    assert_int_equal(vlt_unpacker_new(&u, false, stream.len, sizeof p, refuse,
                         NULL, NULL),
        VAULT_OK);
    assert_int_equal(vlt_unpacker_put(u, stream.p, stream.len, NULL),
        VAULT_E_CANCELLED);
    vlt_unpacker_free(u);
    vlt_buf_clear(&stream);
}

/* ---- frames made by others ---- */

static const uint8_t text[] = "what somebody else wrote down, once and again "
                              "and again and again and again";

static const struct {
    const char *name;
    const char *head; /* of the frame, in hex */
    bool bad;
} heads[] = {
    {"window of 8 MiB", "28b52ffd0068", false},
    {"window of 9 MiB", "28b52ffd0069", true},
    {"window of 16 MiB", "28b52ffd0070", true},
    {"the widest window", "28b52ffd00ff", true},
    {"a dictionary id of one byte", "28b52ffd016801", true},
    {"a dictionary id of zero", "28b52ffd016800", true},
    {"a dictionary id of two bytes", "28b52ffd02680100", true},
    {"a dictionary id of four bytes", "28b52ffd036801000000", true},
    {"the reserved bit", "28b52ffd0868", true},
    {"the content size", "28b52ffd2003", false},
    {"another content size", "28b52ffd2004", true},
    {"a huge content size", "28b52ffde00000000000010000", true},
    {"a window as wide as a huge content", "28b52ffda000000010", true},
    {"a checksum flag without one", "28b52ffd0468", true},
    {"a skippable frame", "502a4d1800000000", true},
    {"the frame of zstd 0.7", "27b52ffd0068", true},
    {"gzip", "1f8b08000000", true},
};

/* The head, and one raw block of three bytes, the last. */
static void
only_frame_heads_of_the_allowed_form_are_read(void **unused)
{
    static const uint8_t block[] = {0x19, 0, 0, 'a', 'b', 'c'};
    uint8_t sum[32], frame[32];

    (void)unused;
    vlt_sha256(sum, "abc", 3);
    for (size_t i = 0; i < ROWS(heads); i++)
        for (size_t piece = 1; piece <= sizeof frame; piece *= 2) {
            size_t n = strlen(heads[i].head) / 2;
            struct vlt_buf out;

            print_message("%s\n", heads[i].name);
            from_hex(frame, n, heads[i].head);
            memcpy(frame + n, block, sizeof block);
            n += sizeof block;
            assert_int_equal(unpack_body(&out, frame, n, false, n, 3, sum,
                                 piece),
                heads[i].bad ? VAULT_E_TAMPERED : VAULT_OK);
            vlt_buf_clear(&out);
            vlt_buf_init(&out, 3);
            assert_int_equal(vlt_unpack(&out, frame, n, 3, NULL),
                heads[i].bad ? VAULT_E_FORMAT : VAULT_OK);
            assert_int_equal(out.len, heads[i].bad ? 0 : 3);
            vlt_buf_clear(&out);
        }
}

/* A frame that does not say its length itself. */
static void
a_frame_of_another_length_than_sealed_is_refused(void **unused)
{
    static const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0, 0x68, 0x19, 0, 0,
        'a', 'b', 'c'};

    (void)unused;
    for (size_t plain = 0; plain < 6; plain++) {
        struct vlt_buf out;

        vlt_buf_init(&out, 6);
        assert_int_equal(vlt_unpack(&out, frame, sizeof frame, plain, NULL),
            plain == 3 ? VAULT_OK : VAULT_E_FORMAT);
        assert_int_equal(out.len, plain == 3 ? 3 : 0);
        vlt_buf_clear(&out);
    }
}

static const uint8_t skippable[] = {0x5f, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 'n',
    'o', 't', 'e'};

static void
one_frame_and_nothing_else_is_read(void **unused)
{
    uint8_t frame[4096], sum[32];
    size_t n = ZSTD_compress(frame, 1024, text, sizeof text, 3);

    (void)unused;
    assert_false(ZSTD_isError(n));
    for (int what = 0; what < 5; what++) {
        static const char *const names[] = {"one frame", "two frames",
            "a skippable frame behind", "a skippable frame before",
            "a byte behind"};
        uint8_t all[8192];
        size_t len = 0, plain = what == 1 ? 2 * sizeof text : sizeof text;
        struct vlt_buf out;

        print_message("%s\n", names[what]);
        if (what == 3) {
            memcpy(all, skippable, sizeof skippable);
            len = sizeof skippable;
        }
        memcpy(all + len, frame, n);
        len += n;
        if (what == 1) {
            memcpy(all + len, frame, n);
            len += n;
        } else if (what == 2) {
            memcpy(all + len, skippable, sizeof skippable);
            len += sizeof skippable;
        } else if (what == 4) {
            all[len++] = 0;
        }
        vlt_sha256(sum, text, sizeof text);
        for (size_t piece = 1; piece <= len; piece += len - 1) {
            assert_int_equal(unpack_body(&out, all, len, false, len, plain, sum,
                                 piece),
                what == 0 ? VAULT_OK : VAULT_E_TAMPERED);
            vlt_buf_clear(&out);
        }
        vlt_buf_init(&out, plain);
        assert_int_equal(vlt_unpack(&out, all, len, plain, NULL),
            what == 0 ? VAULT_OK : VAULT_E_FORMAT);
        vlt_buf_clear(&out);
    }
}

static void
frames_with_a_checksum_or_dictionary_are_told_apart(void **unused)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_CDict *dict = ZSTD_createCDict(text, sizeof text, 3);
    uint8_t frame[1024], sum[32];
    struct vlt_buf out;
    size_t n;

    (void)unused;
    assert_non_null(c);
    vlt_sha256(sum, text, sizeof text);
    (void)ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    n = ZSTD_compress2(c, frame, sizeof frame, text, sizeof text);
    assert_int_equal(unpack_body(&out, frame, n, false, n, sizeof text, sum, n),
        VAULT_OK);
    vlt_buf_clear(&out);
    frame[n - 1] ^= 1;
    assert_int_equal(unpack_body(&out, frame, n, false, n, sizeof text, sum, n),
        VAULT_E_TAMPERED);
    vlt_buf_clear(&out);
    /* a raw dictionary has no id: the frame looks sound and is not */
    n = ZSTD_compress_usingCDict(c, frame, sizeof frame, text, sizeof text,
        dict);
    assert_false(ZSTD_isError(n));
    assert_int_equal(unpack_body(&out, frame, n, false, n, sizeof text, sum, n),
        VAULT_E_TAMPERED);
    vlt_buf_clear(&out);
    vlt_buf_init(&out, sizeof text);
    assert_int_equal(vlt_unpack(&out, frame, n, sizeof text, NULL),
        VAULT_E_FORMAT);
    vlt_buf_clear(&out);
    ZSTD_freeCDict(dict);
    ZSTD_freeCCtx(c);
}

static void
a_bomb_gives_no_more_than_was_sealed(void **unused)
{
    const size_t big = 64 * 1024 * 1024, bound = ZSTD_compressBound(big);
    uint8_t *zeros = calloc(1, big), *frame = malloc(bound), sum[32] = {0};
    struct vlt_buf out;
    ZSTD_CCtx *c = ZSTD_createCCtx();
    size_t n;

    (void)unused;
    assert_true(zeros != NULL && frame != NULL && c != NULL);
    (void)ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
    n = ZSTD_compress2(c, frame, bound, zeros, big);
    assert_false(ZSTD_isError(n));
    assert_true(n < 65536);
    assert_int_equal(unpack_body(&out, frame, n, false, n, 200000, sum, n),
        VAULT_E_TAMPERED);
    assert_true(out.len <= 200000);
    vlt_buf_clear(&out);
    vlt_buf_init(&out, 200000);
    assert_int_equal(vlt_unpack(&out, frame, n, 200000, NULL), VAULT_E_FORMAT);
    assert_int_equal(out.len, 0);
    vlt_buf_clear(&out);
    ZSTD_freeCCtx(c);
    free(frame);
    free(zeros);
}

static void
a_long_window_is_refused_even_when_it_is_not_used(void **unused)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    uint8_t frame[1024], sum[32];
    struct vlt_buf out;
    ZSTD_inBuffer in = {text, sizeof text, 0};
    ZSTD_outBuffer to = {frame, sizeof frame, 0};

    (void)unused;
    assert_non_null(c);
    vlt_sha256(sum, text, sizeof text);
    (void)ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 24);
    /* without a known length zstd keeps the window it was told */
    (void)ZSTD_compressStream2(c, &to, &in, ZSTD_e_flush);
    assert_int_equal(ZSTD_compressStream2(c, &to, &in, ZSTD_e_end), 0);
    assert_int_equal(unpack_body(&out, frame, to.pos, false, to.pos,
                         sizeof text, sum, to.pos),
        VAULT_E_TAMPERED);
    assert_int_equal(out.len, 0);
    vlt_buf_clear(&out);
    ZSTD_freeCCtx(c);
}

static void
blocks_come_back_and_full_buffers_say_so(void **unused)
{
    static uint8_t p[100000];
    struct vlt_buf frame, back;

    (void)unused;
    for (int kind = 0; kind < 3; kind++) {
        fill(p, sizeof p, kind);
        vlt_buf_init(&frame, 2 * sizeof p);
        vlt_buf_put_str(&frame, "before");
        assert_int_equal(vlt_pack(&frame, p, sizeof p, 9, NULL), VAULT_OK);
        vlt_buf_init(&back, 2 * sizeof p);
        vlt_buf_put_str(&back, "before");
        assert_int_equal(vlt_unpack(&back, frame.p + 6, frame.len - 6, sizeof p,
                             NULL),
            VAULT_OK);
        assert_int_equal(back.len, 6 + sizeof p);
        assert_memory_equal(back.p + 6, p, sizeof p);
        assert_memory_equal(back.p, "before", 6);
        vlt_buf_clear(&back);
        vlt_buf_init(&back, sizeof p - 1);
        assert_int_equal(vlt_unpack(&back, frame.p + 6, frame.len - 6, sizeof p,
                             NULL),
            VAULT_E_LIMIT);
        vlt_buf_clear(&back);
        vlt_buf_clear(&frame);
        vlt_buf_init(&frame, 10);
        assert_int_equal(vlt_pack(&frame, p, sizeof p, 9, NULL), VAULT_E_LIMIT);
        vlt_buf_clear(&frame);
    }
}

static void
samples_say_whether_compressing_is_worth_while(void **unused)
{
    static uint8_t p[2 * 1024 * 1024];

    (void)unused;
    fill(p, sizeof p, 2);
    assert_true(vlt_shrinks(p, sizeof p));
    assert_true(vlt_shrinks(p, 4096));
    fill(p, sizeof p, 1);
    assert_false(vlt_shrinks(p, sizeof p));
    assert_false(vlt_shrinks(p, 4096));
    assert_false(vlt_shrinks(p, 1));
    assert_false(vlt_shrinks(p, 0));
    memset(p + 1024 * 1024, 0, 1024 * 1024); /* beyond the sample */
    assert_false(vlt_shrinks(p, sizeof p));
    memset(p + 990000, 0, 1048576 - 990000); /* 5 % of it */
    assert_true(vlt_shrinks(p, sizeof p));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_come_back_as_they_went_in),
        cmocka_unit_test(every_level_gives_a_window_a_reader_takes),
        cmocka_unit_test(another_length_or_hash_than_sealed_is_refused),
        cmocka_unit_test(a_changed_stream_gives_the_same_body_or_none),
        cmocka_unit_test(a_callback_that_stops_is_heard),
        cmocka_unit_test(only_frame_heads_of_the_allowed_form_are_read),
        cmocka_unit_test(a_frame_of_another_length_than_sealed_is_refused),
        cmocka_unit_test(one_frame_and_nothing_else_is_read),
        cmocka_unit_test(frames_with_a_checksum_or_dictionary_are_told_apart),
        cmocka_unit_test(a_bomb_gives_no_more_than_was_sealed),
        cmocka_unit_test(a_long_window_is_refused_even_when_it_is_not_used),
        cmocka_unit_test(blocks_come_back_and_full_buffers_say_so),
        cmocka_unit_test(samples_say_whether_compressing_is_worth_while),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
