/* SPDX-License-Identifier: Apache-2.0 */
/* test_rfc3161.c: answers that OpenSSL made say what OpenSSL says of them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"
#include "rfc3161.h"

/*
 * tests/fuzz/corpus/rfc3161 was made by `openssl ts -reply` (3.0) with an
 * authority for the purpose; what is expected here is what `openssl ts -reply
 * -text` prints, and `openssl ts -query -sha256 -cert -no_nonce` writes.
 */
#define IMPRINT \
    "f2e116a13a3b3c0b5d26e3c276ba07a0260031a80e56b06c2e6cdae68fd440cd"
#define TIME INT64_C(1795916324) /* Nov 29 01:38:44 2026 GMT */
#define REQUEST \
    "30390201013031300d060960864801650304020105000420" IMPRINT "0101ff"

struct bytes {
    uint8_t p[2048];
    size_t n;
};

static struct bytes
load(const char *name)
{
    const char *src = getenv("SRC");
    static struct bytes b;
    char path[512];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/rfc3161/%s",
        src != NULL ? src : ".", name);
    f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s is missing", path);
    b.n = fread(b.p, 1, sizeof b.p, f);
    fclose(f);
    assert_true(b.n > 0 && b.n < sizeof b.p);
    return b;
}

static void
a_request_is_byte_for_byte_that_of_openssl(void **state)
{
    uint8_t out[VLT_RFC3161_REQUEST], imprint[32];

    (void)state;
    from_hex(imprint, 32, IMPRINT);
    vlt_rfc3161_request(out, imprint);
    assert_hex(out, sizeof out, REQUEST);
}

static void
a_granted_answer_says_its_claims(void **state)
{
    static const struct {
        const char *name;
        uint32_t status;
        bool sha256;
        const char *serial;
    } rows[] = {
        {"granted", 0, true, "02"},
        {"with-changes", 1, true, "02"},
        {"with-certificate", 0, true, "03"},
        {"token", 0, true, "02"},
        {"sha512", 0, false, "04"},
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct bytes b = load(rows[i].name);
        struct vlt_rfc3161 a;

        assert_true(vlt_rfc3161_is(b.p, b.n));
        assert_int_equal(vlt_rfc3161_read(&a, b.p, b.n, NULL), VAULT_OK);
        assert_int_equal(a.status, rows[i].status);
        assert_non_null(a.token);
        assert_true(a.sha256 == rows[i].sha256);
        if (a.sha256)
            assert_hex(a.imprint, 32, IMPRINT);
        assert_string_equal(a.policy, "1.2.3.4.1");
        assert_string_equal(a.serial, rows[i].serial);
        assert_in_range(a.time, TIME, TIME + 1);
    }
}

static void
a_refusal_says_why_and_has_no_token(void **state)
{
    struct bytes b = load("refused");
    struct vlt_rfc3161 a;

    (void)state;
    assert_int_equal(vlt_rfc3161_read(&a, b.p, b.n, NULL), VAULT_OK);
    assert_int_equal(a.status, 2);
    assert_null(a.token);
    assert_int_equal(a.said_len, strlen("Requested policy is not supported."));
    assert_memory_equal(a.said, "Requested policy is not supported.",
        a.said_len);
}

static void
a_token_taken_out_and_put_back_is_the_answer_again(void **state)
{
    struct bytes granted = load("granted"), token = load("token");
    struct vlt_buf out;

    (void)state;
    vlt_buf_init(&out, 4096);
    vlt_rfc3161_wrap(&out, token.p, token.n);
    assert_int_equal(vlt_buf_end(&out, "answer", NULL), VAULT_OK);
    assert_int_equal(out.len, granted.n);
    assert_memory_equal(out.p, granted.p, granted.n);
    vlt_buf_clear(&out);
}

static void
status_and_token_belong_together(void **state)
{
    struct bytes b = load("granted");
    struct vlt_rfc3161 a;
    size_t at;

    (void)state;
    for (at = 0; memcmp(b.p + at, "\x30\x03\x02\x01", 4) != 0; at++)
        ;
    b.p[at + 4] = 2; /* refused, and a token all the same */
    assert_int_equal(vlt_rfc3161_read(&a, b.p, b.n, NULL), VAULT_E_FORMAT);
    b = load("refused");
    for (at = 0; memcmp(b.p + at, "\x02\x01\x02", 3) != 0; at++)
        ;
    b.p[at + 2] = 0; /* granted, and no token */
    assert_int_equal(vlt_rfc3161_read(&a, b.p, b.n, NULL), VAULT_E_FORMAT);
}

static void
what_is_cut_or_has_something_behind_is_refused(void **state)
{
    struct bytes b = load("with-certificate");
    struct vlt_rfc3161 a;

    (void)state;
    for (size_t n = 0; n < b.n; n++)
        assert_int_equal(vlt_rfc3161_read(&a, b.p, n, NULL), VAULT_E_FORMAT);
    b.p[b.n] = 0;
    assert_int_equal(vlt_rfc3161_read(&a, b.p, b.n + 1, NULL), VAULT_E_FORMAT);
    assert_int_equal(vlt_rfc3161_read(&a, b.p, VLT_RFC3161_MAX + 1, NULL),
        VAULT_E_LIMIT);
}

/* The genTime is replaced by others of the same length; as `date -u +%s`. */
static void
times_are_read_as_others_read_them(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t t;
    } rows[] = {
        {"20240229235959Z", true, 1709251199},
        {"20230229000000Z", false, 0}, /* days that there are not */
        {"21000229000000Z", false, 0},
        {"20260431000000Z", false, 0},
        {"20000301000000Z", true, 951868800},
        {"19991231235959Z", true, 946684799},
        {"21000228120000Z", true, 4107499200},
        {"19691231235959Z", true, -1},
        {"99991231235959Z", true, 253402300799},
        {"00010101000000Z", true, -62135596800},
        {"20261329013844Z", false, 0},
        {"20260029013844Z", false, 0},
        {"20261132013844Z", false, 0},
        {"20261129243844Z", false, 0},
        {"20261129016044Z", false, 0},
        {"2026112901384 Z", false, 0},
        {"20261129013844+", false, 0},
        {"00001129013844Z", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct bytes b = load("granted");
        struct vlt_rfc3161 a;
        size_t at = 0;

        while (memcmp(b.p + at, "20261129013844Z", 15) != 0)
            at++;
        memcpy(b.p + at, rows[i].text, 15);
        if ((vlt_rfc3161_read(&a, b.p, b.n, NULL) == VAULT_OK) != rows[i].ok)
            fail_msg("%s", rows[i].text);
        if (rows[i].ok)
            assert_true(a.time == rows[i].t);
    }
}

/* Whatever a byte is changed to: a status, and no claim about another hash
 * without it being there. */
static void
every_changed_byte_gives_an_answer_or_a_status(void **state)
{
    struct bytes b = load("granted");
    struct vlt_rfc3161 a;
    unsigned read = 0;

    (void)state;
    for (size_t i = 0; i < b.n; i++) {
        uint8_t was = b.p[i];

        for (unsigned k = 1; k < 256; k++) {
            b.p[i] = (uint8_t)(was ^ k);
            if (vlt_rfc3161_read(&a, b.p, b.n, NULL) == VAULT_OK &&
                a.token != NULL)
                read++;
        }
        b.p[i] = was;
    }
    assert_true(read > 0); /* the signature, for one, is not looked at */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_byte_for_byte_that_of_openssl),
        cmocka_unit_test(a_granted_answer_says_its_claims),
        cmocka_unit_test(a_refusal_says_why_and_has_no_token),
        cmocka_unit_test(a_token_taken_out_and_put_back_is_the_answer_again),
        cmocka_unit_test(status_and_token_belong_together),
        cmocka_unit_test(what_is_cut_or_has_something_behind_is_refused),
        cmocka_unit_test(times_are_read_as_others_read_them),
        cmocka_unit_test(every_changed_byte_gives_an_answer_or_a_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
