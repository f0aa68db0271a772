/* SPDX-License-Identifier: Apache-2.0 */
/* test_hash: SHA-256 in both ways, BLAKE2b, HMAC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hash.h"
#include "known.h"
#include "secret.h"
#include "sha256.h"

/* FIPS 180-4 examples and NIST's long message. */
static const struct {
    const char *text;
    size_t times;
    const char *digest;
} sha256_rows[] = {
    {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", 1,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {"a", 1000000,
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void
knows_the_published_digests(const struct vlt_sha256_way *way)
{
    for (size_t i = 0; i < ROWS(sha256_rows); i++) {
        uint64_t state[VLT_SHA256_STATE / 8];
        uint8_t out[32];

        way->init(state);
        for (size_t k = 0; k < sha256_rows[i].times; k++)
            way->update(state, (const uint8_t *)sha256_rows[i].text,
                strlen(sha256_rows[i].text));
        way->final(state, out);
        assert_hex(out, 32, sha256_rows[i].digest);
    }
}

static void
libsodium_s_way_gives_the_published_digests(void **unused)
{
    (void)unused;
    knows_the_published_digests(&vlt_sha256_by_sodium);
}

static void
the_processor_s_way_gives_the_published_digests(void **unused)
{
    (void)unused;
    if (vlt_sha256_by_ni() == NULL)
        skip();
    knows_the_published_digests(vlt_sha256_by_ni());
}

/* Every length to four blocks, cut in two at every place. */
static void
both_ways_agree_for_every_length_and_cut(void **unused)
{
    const struct vlt_sha256_way *ni = vlt_sha256_by_ni();
    uint8_t message[257];

    (void)unused;
    if (ni == NULL)
        skip();
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)(i * 7 + 3);
    for (size_t n = 0; n <= sizeof message; n++) {
        uint64_t state[VLT_SHA256_STATE / 8];
        uint8_t want[32];
        uint8_t got[32];

        vlt_sha256_by_sodium.init(state);
        vlt_sha256_by_sodium.update(state, message, n);
        vlt_sha256_by_sodium.final(state, want);
        for (size_t cut = 0; cut <= n; cut++) {
            ni->init(state);
            ni->update(state, message, cut);
            ni->update(state, message + cut, n - cut);
            ni->final(state, got);
            assert_memory_equal(got, want, 32);
        }
    }
}

static void
spoiled_final(void *state, uint8_t out[32])
{
    vlt_sha256_by_sodium.final(state, out);
    out[31] ^= 1;
}

static void
dropping_update(void *state, const uint8_t *p, size_t n)
{
    /* right for short messages, wrong once a piece passes 256 bytes */
    vlt_sha256_by_sodium.update(state, p, n > 256 ? 256 : n);
}

static void
a_way_that_is_wrong_is_found_out(void **unused)
{
    struct vlt_sha256_way wrong = vlt_sha256_by_sodium;

    (void)unused;
    assert_true(vlt_sha256_sound(&wrong));
    wrong.final = spoiled_final;
    assert_false(vlt_sha256_sound(&wrong));
    wrong = vlt_sha256_by_sodium;
    wrong.update = dropping_update;
    assert_false(vlt_sha256_sound(&wrong));
}

static void
the_fast_way_is_chosen_where_it_exists(void **unused)
{
    const struct vlt_sha256_way *ni = vlt_sha256_by_ni();

    (void)unused;
    vlt_sha256_choose();
    assert_ptr_equal(vlt_sha256_chosen(),
        ni != NULL ? ni : &vlt_sha256_by_sodium);
    assert_string_equal(vlt_crypto_sha256(), vlt_sha256_chosen()->name);
}

static void
pieces_hash_like_the_whole(void **unused)
{
    const struct vlt_part parts[] = {{"a", 1}, {NULL, 0}, {"bc", 2}};
    struct vlt_sha256 h;
    struct vlt_sha256 copy;
    uint8_t out[32];

    (void)unused;
    vlt_sha256_parts(out, parts, ROWS(parts));
    assert_hex(out, 32, sha256_rows[1].digest);
    vlt_sha256(out, NULL, 0);
    assert_hex(out, 32, sha256_rows[0].digest);

    vlt_sha256_init(&h);
    vlt_sha256_update(&h, "ab", 2);
    copy = h;
    vlt_sha256_update(&h, "X", 1);
    vlt_sha256_final(&h, out);
    vlt_sha256_update(&copy, "c", 1);
    vlt_sha256_final(&copy, out);
    assert_hex(out, 32, sha256_rows[1].digest);
}

static void
final_wipes_the_state(void **unused)
{
    static const struct vlt_sha256_way *ways[2];
    uint64_t state[VLT_SHA256_STATE / 8];
    static const uint64_t zeros[VLT_SHA256_STATE / 8];
    uint8_t out[32];

    (void)unused;
    ways[0] = &vlt_sha256_by_sodium;
    ways[1] = vlt_sha256_by_ni();
    for (size_t i = 0; i < 2 && ways[i] != NULL; i++) {
        ways[i]->init(state);
        ways[i]->update(state, (const uint8_t *)"testimony", 9);
        assert_memory_not_equal(state, zeros, sizeof state);
        ways[i]->final(state, out);
        assert_memory_equal(state, zeros, sizeof state);
    }
}

/*
 * RFC 7693 gives no BLAKE2b-256; "" and "abc" are `b2sum -l 256` of
 * coreutils 9.1, the third is 1,000 zero bytes by the same.
 */
static void
blake2b_gives_what_b2sum_gives(void **unused)
{
    static const uint8_t zeros[1000];
    uint8_t out[32];

    (void)unused;
    vlt_blake2b(out, NULL, 0);
    assert_hex(out, 32,
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    vlt_blake2b(out, "abc", 3);
    assert_hex(out, 32,
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    vlt_blake2b(out, zeros, sizeof zeros);
    assert_hex(out, 32,
        "919da92d5040aeac86a75eb4125da3d0a9423bae8ae422b733b755f7baa8dadf");
}

/* RFC 4231, sections 4.2 to 4.8 (4.6 is truncated to 16 bytes). */
static const struct {
    const char *name;
    uint8_t key_byte; /* when key is NULL */
    size_t key_len;
    const char *key;
    uint8_t byte; /* when text is NULL */
    size_t len;
    const char *text;
    const char *tag;
} hmac_rows[] = {
    {"case 1", 0x0b, 20, NULL, 0, 8, "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"case 2", 0, 4, "Jefe", 0, 28, "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"case 3", 0xaa, 20, NULL, 0xdd, 50, NULL,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"case 4", 0, 25,
        "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
        "\x11\x12\x13\x14\x15\x16\x17\x18\x19",
        0xcd, 50, NULL,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {"case 5", 0x0c, 20, NULL, 0, 20, "Test With Truncation",
        "a3b6167473100ee06e0c796c2955552b"},
    {"case 6", 0xaa, 131, NULL, 0, 54,
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {"case 7", 0xaa, 131, NULL, 0, 152,
        "This is a test using a larger than block-size key and a larger "
        "than block-size data. The key needs to be hashed before being used "
        "by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

static void
hmac_gives_the_answers_of_rfc_4231(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(hmac_rows); i++) {
        uint8_t key[131];
        uint8_t data[152];
        uint8_t out[32];

        memset(key, hmac_rows[i].key_byte, sizeof key);
        if (hmac_rows[i].key != NULL)
            memcpy(key, hmac_rows[i].key, hmac_rows[i].key_len);
        memset(data, hmac_rows[i].byte, sizeof data);
        if (hmac_rows[i].text != NULL)
            memcpy(data, hmac_rows[i].text, hmac_rows[i].len);
        vlt_hmac(out, key, hmac_rows[i].key_len, data, hmac_rows[i].len);
        assert_hex(out, strlen(hmac_rows[i].tag) / 2, hmac_rows[i].tag);
    }
}

/* The key of no bytes and the message of no bytes: openssl's answer. */
static void
hmac_takes_nothing(void **unused)
{
    uint8_t out[32];

    (void)unused;
    vlt_hmac(out, NULL, 0, NULL, 0);
    assert_hex(out, 32,
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libsodium_s_way_gives_the_published_digests),
        cmocka_unit_test(the_processor_s_way_gives_the_published_digests),
        cmocka_unit_test(both_ways_agree_for_every_length_and_cut),
        cmocka_unit_test(a_way_that_is_wrong_is_found_out),
        cmocka_unit_test(the_fast_way_is_chosen_where_it_exists),
        cmocka_unit_test(pieces_hash_like_the_whole),
        cmocka_unit_test(final_wipes_the_state),
        cmocka_unit_test(blake2b_gives_what_b2sum_gives),
        cmocka_unit_test(hmac_gives_the_answers_of_rfc_4231),
        cmocka_unit_test(hmac_takes_nothing),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
