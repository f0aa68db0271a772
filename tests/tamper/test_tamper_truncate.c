/* SPDX-License-Identifier: Apache-2.0 */
/* test_tamper_truncate: a vault cut off or made longer is refused */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "small_vault.h"

enum { STEP = 512, PAGE = 16384 };

static enum vault_status
verify(const struct small_vault *s)
{
    struct vault_verify_options o = {.key = NULL};
    struct vault_verdict verdict;

    return vault_verify(s->path, &o, NULL, NULL, &verdict, NULL);
}

/* Refused by everyone, as what it is. */
static void
assert_refused(const struct small_vault *s, size_t n)
{
    enum vault_status want = n < 100 ? VAULT_E_FORMAT : VAULT_E_TAMPERED;
    struct vault_options o = small_vault_options(s);
    enum vault_status st = verify(s);
    struct vault *v = NULL;

    if (st != want)
        fail_msg("%zu bytes: verify gives %s", n, vault_status_name(st));
    st = vault_open(s->path, &o, &v, NULL);
    if (st != want)
        fail_msg("%zu bytes: open gives %s", n, vault_status_name(st));
    vault_close(v);
}

static void
every_shorter_file_is_refused(void **state)
{
    static const size_t near[] = {0, 1, 15, 16, 99, 100, 101, 511};
    struct small_vault s;
    uint8_t *good, *now;
    size_t n, i, left;

    (void)state;
    small_vault_make(&s, 0);
    good = temp_read(s.path, &n);
    assert_int_equal(verify(&s), VAULT_OK);
    for (i = n - 1; i > n - 4; i--) {
        assert_int_equal(truncate(s.path, (off_t)i), 0);
        assert_refused(&s, i);
    }
    for (i = n - STEP; i >= STEP; i -= STEP) {
        assert_int_equal(truncate(s.path, (off_t)i), 0);
        assert_refused(&s, i);
    }
    for (i = sizeof near / sizeof near[0]; i > 0; i--) {
        assert_int_equal(truncate(s.path, (off_t)near[i - 1]), 0);
        assert_refused(&s, near[i - 1]);
        now = temp_read(s.path, &left);
        assert_int_equal(left, near[i - 1]);
        free(now);
    }
    /* whole again, it is good again */
    temp_write(s.path, good, n);
    assert_int_equal(verify(&s), VAULT_OK);
    free(good);
    small_vault_clear(&s);
}

static void
every_longer_file_is_refused(void **state)
{
    static const size_t more[] = {1, 100, STEP, PAGE - 1, PAGE, PAGE + 1,
        5 * PAGE};
    struct small_vault s;
    uint8_t *good;
    size_t n, i;

    (void)state;
    small_vault_make(&s, 0);
    good = temp_read(s.path, &n);
    good = realloc(good, n + 5 * PAGE);
    assert_non_null(good);
    for (i = 0; i < sizeof more / sizeof more[0]; i++) {
        memset(good + n, 0, more[i]);
        temp_write(s.path, good, n + more[i]);
        assert_refused(&s, n + more[i]);
        memset(good + n, 0xa5, more[i]);
        temp_write(s.path, good, n + more[i]);
        assert_refused(&s, n + more[i]);
        memcpy(good + n, good, more[i]);
        temp_write(s.path, good, n + more[i]);
        assert_refused(&s, n + more[i]);
    }
    free(good);
    small_vault_clear(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shorter_file_is_refused),
        cmocka_unit_test(every_longer_file_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
