/* SPDX-License-Identifier: Apache-2.0 */
/* test_codex32: any k shares give the secret, and mistakes are told */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codex32.h"
#include "gf32.h"
#include "known.h"

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static struct vlt_recovery *
secret_of(uint8_t first)
{
    struct vlt_recovery *r = vlt_recovery_new();

    assert_non_null(r);
    for (size_t i = 0; i < 32; i++)
        r->b[i] = (uint8_t)(first + 37 * i);
    return r;
}

static struct vlt_shares *
dealt(const struct vlt_recovery *r, unsigned k, unsigned n, const char *id)
{
    struct vlt_shares *s = NULL;

    assert_int_equal(vlt_shares_deal(r, k, n, id, &s, NULL), VAULT_OK);
    assert_int_equal(s->n, n);
    return s;
}

/* A set of those shares whose bits are in `which`. */
static struct vlt_shares *
some(const struct vlt_shares *all, unsigned which)
{
    struct vlt_shares *s = vlt_shares_new();

    for (size_t i = 0; i < all->n; i++)
        if ((which >> i & 1) != 0)
            s->s[s->n++] = all->s[i];
    return s;
}

static void
field_laws_hold(void **unused)
{
    (void)unused;
    for (unsigned a = 0; a < 32; a++) {
        assert_int_equal(vlt_gf32_value(letters[a]), a);
        assert_int_equal(vlt_gf32_letter((uint8_t)a), letters[a]);
        assert_int_equal(vlt_gf32_mul((uint8_t)a, 1), a);
        if (a != 0)
            assert_int_equal(vlt_gf32_mul((uint8_t)a,
                                 vlt_gf32_inverse((uint8_t)a)),
                1);
        for (unsigned b = 0; b < 32; b++) {
            uint8_t ab = vlt_gf32_mul((uint8_t)a, (uint8_t)b);

            assert_true(ab < 32);
            assert_int_equal(ab, vlt_gf32_mul((uint8_t)b, (uint8_t)a));
            for (unsigned c = 0; c < 32; c++)
                assert_int_equal(vlt_gf32_mul((uint8_t)(a ^ b), (uint8_t)c),
                    vlt_gf32_mul((uint8_t)a, (uint8_t)c) ^
                        vlt_gf32_mul((uint8_t)b, (uint8_t)c));
        }
    }
    for (int c = -128; c < 128; c++)
        if (c == 0 || strchr(letters, c) == NULL)
            assert_int_equal(vlt_gf32_value((char)c), 0xff);
}

/* Every subset of every size, for a few deals. */
static void
any_k_of_n_give_the_secret_and_fewer_do_not(void **unused)
{
    static const unsigned deals[][2] = {{2, 2}, {2, 3}, {3, 5}, {4, 6}, {5, 7}};
    struct vlt_recovery *r = secret_of(200);

    (void)unused;
    for (size_t d = 0; d < ROWS(deals); d++) {
        unsigned k = deals[d][0], n = deals[d][1];
        struct vlt_shares *all = dealt(r, k, n, NULL);

        for (unsigned which = 1; which < 1U << n; which++) {
            struct vlt_shares *s = some(all, which);
            struct vlt_recovery *got = NULL;
            enum vault_status st = vlt_shares_join(s, &got, NULL);

            if (s->n < k) {
                assert_int_equal(st, VAULT_E_NO_KEY);
                assert_int_equal(vlt_shares_missing(s), k - s->n);
                assert_null(got);
            } else {
                assert_int_equal(st, VAULT_OK);
                assert_int_equal(vlt_shares_missing(s), 0);
                assert_memory_equal(got->b, r->b, 32);
            }
            vlt_recovery_free(got);
            vlt_shares_free(s);
        }
        vlt_shares_free(all);
    }
    vlt_recovery_free(r);
}

static void
the_largest_deal_works_at_both_ends(void **unused)
{
    struct vlt_recovery *r = secret_of(1);
    struct vlt_shares *all = dealt(r, 9, 15, NULL);
    static const unsigned which[] = {0x1ff, 0x7fc0, 0x5555 | 0x2a};

    (void)unused;
    for (size_t i = 0; i < ROWS(which); i++) {
        struct vlt_shares *s = some(all, which[i]);
        struct vlt_recovery *got = NULL;

        assert_int_equal(vlt_shares_join(s, &got, NULL), VAULT_OK);
        assert_memory_equal(got->b, r->b, 32);
        vlt_recovery_free(got);
        vlt_shares_free(s);
    }
    for (size_t i = 0; i < 15; i++)
        assert_int_equal(all->s[i].index, "acdefghjklmnpqr"[i]);
    vlt_shares_free(all);
    vlt_recovery_free(r);
}

static void
one_of_one_is_the_secret_itself(void **unused)
{
    struct vlt_recovery *r = secret_of(9);
    struct vlt_shares *s = dealt(r, 1, 1, "leet");
    struct vlt_recovery *got = NULL;
    char text[VLT_SHARE_TEXT];

    (void)unused;
    vlt_share_text(&s->s[0], text);
    assert_int_equal(strlen(text), 75);
    assert_memory_equal(text, "sqr10leets", 10);
    assert_int_equal(vlt_shares_join(s, &got, NULL), VAULT_OK);
    assert_memory_equal(got->b, r->b, 32);
    vlt_recovery_free(got);
    vlt_shares_free(s);
    vlt_recovery_free(r);
}

static void
deals_out_of_bounds_are_refused(void **unused)
{
    static const unsigned bad[][2] = {{0, 0}, {0, 1}, {1, 2}, {1, 0}, {2, 1},
        {3, 2}, {10, 12}, {2, 16}, {9, 8}, {2, 0}};
    static const char *const ids[] = {"abc", "leetx", "LEET", "1eet", "le t",
        ""};
    struct vlt_recovery *r = secret_of(3);
    struct vlt_shares *s = NULL;

    (void)unused;
    for (size_t i = 0; i < ROWS(bad); i++)
        assert_int_equal(vlt_shares_deal(r, bad[i][0], bad[i][1], NULL, &s,
                             NULL),
            VAULT_E_USAGE);
    for (size_t i = 0; i < ROWS(ids); i++)
        assert_int_equal(vlt_shares_deal(r, 2, 3, ids[i], &s, NULL),
            VAULT_E_USAGE);
    assert_null(s);
    vlt_recovery_free(r);
}

/* The same secret dealt twice under one name shares nothing but its head. */
static void
no_share_is_the_same_twice(void **unused)
{
    struct vlt_recovery *r = secret_of(5);
    struct vlt_shares *a = dealt(r, 2, 2, "same");
    struct vlt_shares *b = dealt(r, 2, 2, "same");
    struct vlt_shares *mix = vlt_shares_new();
    struct vlt_recovery *got = NULL;

    (void)unused;
    assert_memory_equal(a->s[0].v, b->s[0].v, VLT_SHARE_HEAD);
    assert_memory_not_equal(a->s[0].v, b->s[0].v, VLT_SHARE_SYMBOLS);
    assert_memory_not_equal(a->s[1].v, b->s[1].v, VLT_SHARE_SYMBOLS);
    mix->s[mix->n++] = a->s[0];
    mix->s[mix->n++] = b->s[1];
    if (vlt_shares_join(mix, &got, NULL) == VAULT_OK)
        assert_memory_not_equal(got->b, r->b, 32); /* 4 bits of 260 agree */
    vlt_recovery_free(got);
    vlt_shares_free(a);
    vlt_shares_free(b);
    vlt_shares_free(mix);
    vlt_recovery_free(r);
}

/* ---- reading ---- */

/* Row names say what is done to a good share. */
static void
typed(char out[256], const char *text, const char *how)
{
    size_t n = 0;

    for (size_t i = 0; text[i] != 0; i++) {
        char c = text[i];

        if (strcmp(how, "groups") == 0 && i > 0 && i % 4 == 0)
            out[n++] = ' ';
        if (strcmp(how, "lines") == 0 && i > 0 && i % 20 == 0)
            out[n++] = '\n';
        if (strcmp(how, "dashes") == 0 && i > 0 && i % 4 == 0)
            out[n++] = '-';
        if (strcmp(how, "upper") == 0)
            c = (char)toupper((unsigned char)c);
        if (strcmp(how, "mixed") == 0 && i == 30)
            c = (char)toupper((unsigned char)c);
        out[n++] = c;
    }
    out[n] = 0;
    if (strcmp(how, "shorter") == 0)
        out[n - 3] = 0;
    if (strcmp(how, "longer") == 0)
        memcpy(out + n, "qq", 3);
    if (strcmp(how, "ms1") == 0)
        memmove(out + 1, "ms1", 3); /* s-ms1: another beginning */
    if (strcmp(how, "b") == 0)
        out[40] = 'b';
    if (strcmp(how, "dot") == 0)
        out[74] = '.';
}

static void
what_is_typed_is_read_or_told(void **unused)
{
    static const struct {
        const char *how;
        enum vault_status st;
        const char *says;
    } rows[] = {
        {"plain", VAULT_OK, ""},
        {"groups", VAULT_OK, ""},
        {"lines", VAULT_OK, ""},
        {"dashes", VAULT_OK, ""},
        {"upper", VAULT_OK, ""},
        {"mixed", VAULT_E_FORMAT, "upper and lower case"},
        {"shorter", VAULT_E_FORMAT, "3 characters missing"},
        {"longer", VAULT_E_FORMAT, "2 characters too many"},
        {"ms1", VAULT_E_FORMAT, "begin with sqr1"},
        {"b", VAULT_E_FORMAT, "character 41, in group 11"},
        {"dot", VAULT_E_FORMAT, "character 75, in group 19"},
    };
    struct vlt_recovery *r = secret_of(77);
    /* "xx..": letters at place 30 are letters, not digits, to change case */
    struct vlt_shares *all = dealt(r, 2, 2, NULL);
    struct vlt_share back;
    struct vault_error err;
    char text[VLT_SHARE_TEXT], given[256];

    (void)unused;
    do { /* one with a letter at place 30 */
        vlt_shares_free(all);
        all = dealt(r, 2, 2, NULL);
        vlt_share_text(&all->s[0], text);
    } while (isdigit((unsigned char)text[30]));
    for (size_t i = 0; i < ROWS(rows); i++) {
        enum vault_status st;

        typed(given, text, rows[i].how);
        memset(&err, 0, sizeof err);
        st = vlt_share_read(&back, given, strlen(given), &err);
        if (st != rows[i].st || strstr(err.message, rows[i].says) == NULL)
            fail_msg("%s: %d %s", rows[i].how, (int)st, err.message);
        if (st == VAULT_OK)
            assert_memory_equal(back.v, all->s[0].v, VLT_SHARE_SYMBOLS);
    }
    assert_int_equal(vlt_share_read(&back, "", 0, NULL), VAULT_E_FORMAT);
    assert_int_equal(vlt_share_read(&back, "sqr1", 4, NULL), VAULT_E_FORMAT);
    vlt_shares_free(all);
    vlt_recovery_free(r);
}

static char
other_letter(char c, size_t step)
{
    size_t at = (size_t)(strchr(letters, c) - letters);

    return letters[(at + 1 + step % 31) % 32];
}

static void
expect_groups(const char *text, size_t a, size_t b)
{
    char want[128];
    struct vlt_share s;
    struct vault_error err;

    memset(&err, 0, sizeof err);
    assert_int_equal(vlt_share_read(&s, text, strlen(text), &err),
        VAULT_E_FORMAT);
    if (a / 4 == b / 4)
        (void)snprintf(want, sizeof want, "look at group %zu", a / 4 + 1);
    else
        (void)snprintf(want, sizeof want, "look at groups %zu and %zu",
            a / 4 + 1, b / 4 + 1);
    if (strstr(err.message, want) == NULL)
        fail_msg("%zu %zu: %s", a, b, err.message);
}

static void
one_or_two_mistyped_characters_are_located(void **unused)
{
    struct vlt_recovery *r = secret_of(40);
    struct vlt_shares *all = dealt(r, 3, 3, NULL);
    char text[VLT_SHARE_TEXT], wrong[VLT_SHARE_TEXT];

    (void)unused;
    vlt_share_text(&all->s[2], text);
    for (size_t i = 4; i < 75; i++) {
        size_t j = 4 + (i * 29) % 71;

        memcpy(wrong, text, sizeof text);
        wrong[i] = other_letter(text[i], i);
        expect_groups(wrong, i, i);
        if (j == i)
            continue;
        wrong[j] = other_letter(text[j], j * 3);
        expect_groups(wrong, i < j ? i : j, i < j ? j : i);
    }
    vlt_shares_free(all);
    vlt_recovery_free(r);
}

/* Up to eight are always found to be wrong (BIP-93). */
static void
more_mistyped_characters_are_refused(void **unused)
{
    struct vlt_recovery *r = secret_of(41);
    struct vlt_shares *all = dealt(r, 2, 2, NULL);
    struct vlt_share s;
    char text[VLT_SHARE_TEXT];
    uint8_t rnd[16];

    (void)unused;
    for (int round = 0; round < 60; round++) {
        unsigned n = 3 + (unsigned)round % 6;

        vlt_share_text(&all->s[0], text);
        vlt_random(rnd, sizeof rnd);
        for (unsigned i = 0; i < n; i++) {
            size_t at = 4 + (i * 9 + rnd[i] % 8) % 71;

            text[at] = other_letter(text[at], rnd[8 + i % 8]);
        }
        assert_int_equal(vlt_share_read(&s, text, 75, NULL), VAULT_E_FORMAT);
    }
    vlt_shares_free(all);
    vlt_recovery_free(r);
}

/* ---- putting together ---- */

static void
add_ok(struct vlt_shares *set, const struct vlt_share *s)
{
    char text[VLT_SHARE_TEXT];

    vlt_share_text(s, text);
    assert_int_equal(vlt_shares_add(set, text, 75, NULL), VAULT_OK);
}

static void
expect_add(struct vlt_shares *set, const struct vlt_share *s,
    enum vault_status want, const char *says)
{
    char text[VLT_SHARE_TEXT];
    struct vault_error err;
    size_t n = set->n;

    memset(&err, 0, sizeof err);
    vlt_share_text(s, text);
    assert_int_equal(vlt_shares_add(set, text, 75, &err), want);
    assert_non_null(strstr(err.message, says));
    assert_int_equal(set->n, n);
}

static void
shares_that_do_not_go_together_are_refused(void **unused)
{
    struct vlt_recovery *r = secret_of(60);
    struct vlt_shares *a = dealt(r, 2, 3, "aaaa");
    struct vlt_shares *again = dealt(r, 2, 3, "aaaa");
    struct vlt_shares *other = dealt(r, 2, 3, "cccc");
    struct vlt_shares *three = dealt(r, 3, 3, "aaaa");
    struct vlt_shares *one = dealt(r, 1, 1, "aaaa");
    struct vlt_shares *set = vlt_shares_new();

    (void)unused;
    add_ok(set, &a->s[0]);
    expect_add(set, &a->s[0], VAULT_E_EXISTS, "given twice");
    expect_add(set, &again->s[0], VAULT_E_USAGE, "two different shares");
    expect_add(set, &other->s[1], VAULT_E_USAGE, "of set cccc");
    expect_add(set, &three->s[1], VAULT_E_USAGE, "of set aaaa");
    expect_add(set, &one->s[0], VAULT_E_USAGE, "set aaaa");
    add_ok(set, &a->s[2]);
    assert_int_equal(vlt_shares_missing(set), 0);
    vlt_shares_free(a);
    vlt_shares_free(again);
    vlt_shares_free(other);
    vlt_shares_free(three);
    vlt_shares_free(one);
    vlt_shares_free(set);
    vlt_recovery_free(r);
}

/* With one share too many a foreign one is noticed, with two it is named. */
static void
a_share_too_many_that_does_not_fit_is_named(void **unused)
{
    struct vlt_recovery *r = secret_of(61);
    struct vlt_shares *a = dealt(r, 2, 5, "aaaa");
    struct vlt_shares *b = dealt(r, 2, 5, "aaaa");
    struct vlt_shares *set = some(a, 0x5); /* a, d */
    struct vlt_recovery *got = NULL;
    struct vault_error err;

    (void)unused;
    set->s[set->n++] = b->s[1]; /* c of another dealing of that name */
    assert_int_equal(vlt_shares_join(set, &got, &err), VAULT_E_USAGE);
    assert_non_null(strstr(err.message, "do not belong together"));
    set->s[set->n++] = a->s[4];
    assert_int_equal(vlt_shares_join(set, &got, &err), VAULT_E_USAGE);
    assert_non_null(strstr(err.message, "share c does not belong"));
    assert_null(got);
    set->s[2] = a->s[1];
    assert_int_equal(vlt_shares_join(set, &got, &err), VAULT_OK);
    assert_memory_equal(got->b, r->b, 32);
    vlt_recovery_free(got);
    vlt_shares_free(a);
    vlt_shares_free(b);
    vlt_shares_free(set);
    vlt_recovery_free(r);
}

/* A share of an index we do not deal, as another tool may derive it. */
static void
a_share_that_another_tool_derived_is_taken(void **unused)
{
    struct vlt_recovery *r = secret_of(62);
    struct vlt_shares *a = dealt(r, 2, 2, NULL);
    struct vlt_shares *set = some(a, 1);
    struct vlt_recovery *got = NULL;

    (void)unused;
    assert_true(vlt_shares_at(a, '7', &set->s[1]));
    set->n = 1;
    add_ok(set, &set->s[1]);
    assert_int_equal(vlt_shares_join(set, &got, NULL), VAULT_OK);
    assert_memory_equal(got->b, r->b, 32);
    assert_false(vlt_shares_at(a, 'a', &set->s[1]));
    vlt_recovery_free(got);
    vlt_shares_free(a);
    vlt_shares_free(set);
    vlt_recovery_free(r);
}

/* The four bits behind the secret are zero in what we deal, and checked. */
static void
bits_behind_the_secret_are_refused(void **unused)
{
    struct vlt_recovery *r = secret_of(63);
    struct vlt_shares *one = dealt(r, 1, 1, "leet");
    struct vlt_recovery *got = NULL;

    (void)unused;
    one->s[0].v[VLT_SHARE_HEAD + 51] |= 1;
    vlt_gf32_seal(one->s[0].v, VLT_SHARE_SYMBOLS);
    assert_int_equal(vlt_shares_join(one, &got, NULL), VAULT_E_USAGE);
    assert_null(got);
    vlt_shares_free(one);
    vlt_recovery_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_laws_hold),
        cmocka_unit_test(any_k_of_n_give_the_secret_and_fewer_do_not),
        cmocka_unit_test(the_largest_deal_works_at_both_ends),
        cmocka_unit_test(one_of_one_is_the_secret_itself),
        cmocka_unit_test(deals_out_of_bounds_are_refused),
        cmocka_unit_test(no_share_is_the_same_twice),
        cmocka_unit_test(what_is_typed_is_read_or_told),
        cmocka_unit_test(one_or_two_mistyped_characters_are_located),
        cmocka_unit_test(more_mistyped_characters_are_refused),
        cmocka_unit_test(shares_that_do_not_go_together_are_refused),
        cmocka_unit_test(a_share_too_many_that_does_not_fit_is_named),
        cmocka_unit_test(a_share_that_another_tool_derived_is_taken),
        cmocka_unit_test(bits_behind_the_secret_are_refused),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
