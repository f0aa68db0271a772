/* SPDX-License-Identifier: Apache-2.0 */
/* test_memory.c: a body of any length goes through in little memory */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "quick_vault.h"

enum { MIB = 1024 * 1024, BODY = 200 * MIB, PEAK_KIB = 64 * 1024 };

#if defined(__SANITIZE_ADDRESS__)
#define MEASURED 0 /* the sanitizer's own memory hides ours */
#else
#define MEASURED 1
#endif

static long
peak_kib(void)
{
    struct rusage u;

    assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
    return u.ru_maxrss;
}

struct check {
    uint64_t at;
    uint64_t wrong;
};

/* Not compressible, and known at any place without keeping it. */
static void
piece(uint8_t *p, uint64_t number)
{
    quick_noise(p, MIB, number + 1);
}

static enum vault_status
compare(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    static uint8_t want[MIB];
    static uint64_t have = UINT64_MAX;
    struct check *c = ctx;
    const uint8_t *b = p;

    (void)err;
    for (size_t i = 0; i < n; i++, c->at++) {
        if (c->at / MIB != have) {
            have = c->at / MIB;
            piece(want, have);
        }
        c->wrong += b[i] != want[c->at % MIB];
    }
    return VAULT_OK;
}

static void
a_body_of_200_mib_needs_less_than_64_mib(void **state)
{
    static uint8_t buf[MIB];
    struct quick_vault q;
    struct quick_verdict said;
    struct vault_sealer *s;
    struct vault_sealed out;
    struct vault_record *r;
    struct check c = {0, 0};
    long sealing, reading, verifying;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_seal_begin(q.v, "file", &s, NULL), VAULT_OK);
    for (uint64_t i = 0; i < BODY / MIB; i++) {
        piece(buf, i);
        assert_int_equal(vault_seal_write(s, buf, MIB, NULL), VAULT_OK);
    }
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    assert_int_equal(out.bytes, BODY);
    sealing = peak_kib();
    assert_int_equal(vault_record_open(q.v, out.id, 0, &r, NULL), VAULT_OK);
    assert_int_equal(vault_record_read(r, compare, &c, NULL), VAULT_OK);
    vault_record_close(r);
    assert_int_equal(c.at, BODY);
    assert_int_equal(c.wrong, 0);
    reading = peak_kib();
    quick_close(&q);
    quick_verify(q.path, q.key, &said);
    assert_int_equal(said.st, VAULT_OK);
    verifying = peak_kib();
    print_message("peak in KiB: sealing %ld, reading %ld, verifying %ld\n",
        sealing, reading, verifying);
    if (MEASURED)
        assert_true(verifying < PEAK_KIB);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_of_200_mib_needs_less_than_64_mib),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
