/* SPDX-License-Identifier: Apache-2.0 */
/* test_padme: lengths are rounded up as the format says */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "doc_example.h"
#include "pack.h"

static void
padme_is_that_of_the_format(void **unused)
{
    static const uint64_t len[] = {0, 1, 2, 8, 9, 10, 129, 512, 1000, 4096,
        4097, 65536, 65537, 100000, 1048576, 1048577, UINT64_C(5368709120),
        UINT64_C(5368709121)};

    (void)unused;
    for (size_t i = 0; i < ROWS(len); i++) {
        char key[32], want[32];

        (void)snprintf(key, sizeof key, "padme.%llu",
            (unsigned long long)len[i]);
        (void)snprintf(want, sizeof want, "%llu",
            (unsigned long long)vlt_padme(len[i]));
        assert_string_equal(want, doc_text("padme", key));
    }
}

/* The bounds of the paper and of section 12: 11.6 % (129 gives 144). */
static void
padme_adds_little_and_its_results_stay(void **unused)
{
    (void)unused;
    for (uint64_t n = 2; n < 300000; n++) {
        uint64_t p = vlt_padme(n);

        assert_true(p >= n && (p - n) * 1000 < n * 117);
        if (n > 65536)
            assert_true((p - n) * 1000 < n * 32);
        assert_true(vlt_padme(p) == p);
        assert_true(vlt_pow2(n) >= p);
        assert_true(vlt_pow2(n) < 2 * n);
    }
}

/* Section 12: 241 sizes from 512 bytes to 1 MiB. */
static void
padme_knows_241_sizes_up_to_1_mib(void **unused)
{
    int sizes = 0;

    (void)unused;
    for (uint64_t n = 512; n <= 1048576; n++)
        sizes += vlt_padme(n) == n;
    assert_int_equal(sizes, 241);
}

static const struct {
    uint64_t padded;
    uint64_t stored;
    bool ok;
    bool fits;
} paddings[] = {
    {4096, 0, true, true},
    {4096, 4096, true, true},
    {4096, 4097, true, false},
    {2048, 100, false, false},
    {4352, 4097, true, true},
    {8192, 4097, true, true},
    {4608, 4097, true, false},
    {4353, 4097, false, false},
    {UINT64_C(1) << 62, UINT64_C(1) << 62, true, true},
    {(UINT64_C(1) << 62) + (UINT64_C(1) << 57), 5, false, false},
    {UINT64_MAX, UINT64_MAX, false, false},
    {0, 0, false, false},
};

static void
body_padding_is_one_of_two_rules(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ROWS(paddings); i++) {
        assert_int_equal(vlt_body_padding_ok(paddings[i].padded),
            paddings[i].ok);
        assert_int_equal(vlt_body_padding_fits(paddings[i].padded,
                             paddings[i].stored),
            paddings[i].fits);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padme_is_that_of_the_format),
        cmocka_unit_test(padme_adds_little_and_its_results_stay),
        cmocka_unit_test(padme_knows_241_sizes_up_to_1_mib),
        cmocka_unit_test(body_padding_is_one_of_two_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
