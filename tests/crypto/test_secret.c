/* SPDX-License-Identifier: Apache-2.0 */
/* test_secret: keys start empty, are fenced in, and are gone when freed */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <cmocka.h>

#include "known.h"
#include "secret.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if !defined(SANITIZED)
#define SANITIZED 0
#endif

/* Every type once: X(name). */
#define TYPES(X)                                                         \
    X(vmk)                                                               \
    X(kek)                                                               \
    X(base)                                                              \
    X(seed)                                                              \
    X(e0)                                                                \
    X(step)                                                              \
    X(rk) X(kmeta) X(kb) X(salts) X(logkey) X(signkey) X(kemkey) X(cell) \
        X(keyfile)

#define STARTS_EMPTY(name)                         \
    {                                              \
        struct vlt_##name *k = vlt_##name##_new(); \
        static const uint8_t zeros[32];            \
                                                   \
        assert_non_null(k);                        \
        assert_int_equal(sizeof *k, 32);           \
        assert_memory_equal(k->b, zeros, 32);      \
        memset(k->b, 0x5a, 32);                    \
        vlt_##name##_free(k);                      \
        vlt_##name##_free(NULL);                   \
    }

static void
every_kind_starts_as_32_zero_bytes_and_free_takes_null(void **unused)
{
    (void)unused;
    TYPES(STARTS_EMPTY)
}

/* One branch for each type compiles only if no two are the same. */
#define BRANCH(name) struct vlt_##name * : 1,
static void
no_two_kinds_are_the_same_type(void **unused)
{
    (void)unused;
    assert_int_equal(_Generic((struct vlt_vmk *)NULL,
                         TYPES(BRANCH) default : 0),
        1);
    assert_int_equal(_Generic((uint8_t *)NULL, TYPES(BRANCH) default : 0), 0);
}

#if defined(__linux__) && !SANITIZED

/*
 * libsodium gives the pages back with munmap, which this stands in front of:
 * what is still in them then would go to whoever gets them next.
 */
static const uint8_t *watched;
static int seen_pattern;
static int seen_unmapped;

int
munmap(void *p, size_t n)
{
    const uint8_t *from = p;

    if (watched != NULL && watched >= from && watched < from + n) {
        seen_unmapped = 1;
        for (size_t i = 0; i < 32; i++)
            if (watched[i] == 0x5a)
                seen_pattern = 1;
        watched = NULL;
    }
    return (int)syscall(SYS_munmap, p, n);
}

static void
freeing_wipes_before_the_memory_goes_back(void **unused)
{
    struct vlt_rk *k = vlt_rk_new();
    struct vlt_guarded *g = vlt_guarded_new(64);

    (void)unused;
    assert_non_null(k);
    memset(k->b, 0x5a, 32);
    watched = k->b;
    seen_pattern = seen_unmapped = 0;
    vlt_rk_free(k);
    assert_true(seen_unmapped);
    assert_false(seen_pattern);

    assert_non_null(g);
    memset(g->p, 0x5a, 64);
    watched = g->p;
    seen_pattern = seen_unmapped = 0;
    vlt_guarded_free(g);
    assert_true(seen_unmapped);
    assert_false(seen_pattern);
}

/* Run f in a child; the signal that ended it, 0 when it came to its end. */
static int
ends_by(void (*f)(void))
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        const struct rlimit none = {0, 0};

        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGSEGV, SIG_DFL); /* cmocka catches it */
        (void)signal(SIGABRT, SIG_DFL);
        f();
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void
write_behind(void)
{
    struct vlt_vmk *k = vlt_vmk_new();
    volatile uint8_t *p = k->b;

    p[32] = 1;
}

static void
write_before(void)
{
    struct vlt_vmk *k = vlt_vmk_new();
    volatile uint8_t *p = k->b;

    p[-1] = 1;
    vlt_vmk_free(k); /* the canary is looked at here */
}

static void
read_after_free(void)
{
    struct vlt_vmk *k = vlt_vmk_new();
    volatile uint8_t *p = k->b;

    vlt_vmk_free(k);
    (void)p[0];
}

static void
use_well(void)
{
    struct vlt_vmk *k = vlt_vmk_new();

    memset(k->b, 1, sizeof k->b);
    vlt_vmk_free(k);
}

static void
writing_outside_a_key_ends_the_process(void **unused)
{
    (void)unused;
    assert_int_equal(ends_by(use_well), 0);
    assert_int_equal(ends_by(write_behind), SIGSEGV);
    assert_int_not_equal(ends_by(write_before), 0);
    assert_int_equal(ends_by(read_after_free), SIGSEGV);
}

static void
keys_without_locked_memory(void)
{
    const struct rlimit none = {0, 0};
    struct vlt_vmk *k;

    (void)setrlimit(RLIMIT_MEMLOCK, &none);
    k = vlt_vmk_new();
    if (k == NULL)
        abort();
    vlt_vmk_free(k);
}

static void
keys_are_to_be_had_where_nothing_may_be_locked(void **unused)
{
    (void)unused;
    assert_int_equal(ends_by(keys_without_locked_memory), 0);
}

#else

static void
freeing_wipes_before_the_memory_goes_back(void **unused)
{
    (void)unused;
    skip();
}

static void
writing_outside_a_key_ends_the_process(void **unused)
{
    (void)unused;
    skip();
}

static void
keys_are_to_be_had_where_nothing_may_be_locked(void **unused)
{
    (void)unused;
    skip();
}

#endif

static void
guarded_bytes_have_the_length_asked_for(void **unused)
{
    static const size_t lengths[] = {0, 1, 32, 4095, 4096, 4097, 100000};
    static const uint8_t zeros[100000];

    (void)unused;
    for (size_t i = 0; i < ROWS(lengths); i++) {
        struct vlt_guarded *g = vlt_guarded_new(lengths[i]);

        assert_non_null(g);
        assert_int_equal(g->len, lengths[i]);
        assert_non_null(g->p);
        if (g->len != 0)
            assert_memory_equal(g->p, zeros, g->len);
        vlt_guarded_free(g);
    }
    vlt_guarded_free(NULL);
}

static void
a_guarded_copy_is_its_own(void **unused)
{
    char word[] = "heslo";
    struct vlt_guarded *g = vlt_guarded_copy(word, 5);
    struct vlt_guarded *none = vlt_guarded_copy(NULL, 0);

    (void)unused;
    memset(word, 'x', 5);
    assert_non_null(g);
    assert_int_equal(g->len, 5);
    assert_memory_equal(g->p, "heslo", 5);
    assert_non_null(none);
    assert_int_equal(none->len, 0);
    vlt_guarded_free(g);
    vlt_guarded_free(none);
}

static void
more_memory_than_there_is_gives_null(void **unused)
{
    (void)unused;
    assert_null(vlt_guarded_new(SIZE_MAX - 100));
    assert_null(vlt_guarded_new(SIZE_MAX));
}

static void
equal_looks_at_every_byte(void **unused)
{
    uint8_t a[33] = {1, 2, 3};
    uint8_t b[33] = {1, 2, 3};

    (void)unused;
    assert_true(vlt_equal(a, b, sizeof a));
    for (size_t i = 0; i < sizeof a; i++) {
        b[i] ^= 0x80;
        assert_false(vlt_equal(a, b, sizeof a));
        b[i] ^= 0x80;
    }
    assert_true(vlt_equal(NULL, NULL, 0));
}

static void
random_bytes_differ(void **unused)
{
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};

    (void)unused;
    vlt_random(a, sizeof a);
    vlt_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    vlt_random(NULL, 0);
}

static void
starting_twice_is_no_harm(void **unused)
{
    struct vault_error err = {0};

    (void)unused;
    assert_int_equal(vlt_crypto_init(&err), VAULT_OK);
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    assert_true(strlen(vlt_crypto_version()) >= 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            every_kind_starts_as_32_zero_bytes_and_free_takes_null),
        cmocka_unit_test(no_two_kinds_are_the_same_type),
        cmocka_unit_test(freeing_wipes_before_the_memory_goes_back),
        cmocka_unit_test(writing_outside_a_key_ends_the_process),
        cmocka_unit_test(keys_are_to_be_had_where_nothing_may_be_locked),
        cmocka_unit_test(guarded_bytes_have_the_length_asked_for),
        cmocka_unit_test(a_guarded_copy_is_its_own),
        cmocka_unit_test(more_memory_than_there_is_gives_null),
        cmocka_unit_test(equal_looks_at_every_byte),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(starting_twice_is_no_harm),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
