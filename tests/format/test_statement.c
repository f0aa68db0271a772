/* SPDX-License-Identifier: Apache-2.0 */
/* test_statement.c: record statements have one form, and one hash */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "fail.h"
#include "known.h"
#include "statement.h"

#define HEAD(version)                    \
    "sanduq.v1/record\n"                 \
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf\n" \
    "0123456789abcdef0123456789abcdef " version "\n"
#define HASHES                                               \
    "content AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n" \
    "cipher AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n"  \
    "key //////////////////////////////////////////8=\n"
#define FIRST HEAD("1") HASHES "prev -\n"
#define PREV  "prev tNQymN2D3PcbI5tHTR6ZWyzAq6zO9ts/yKGEPBownDU=\n"

/* Hashes by Python's hashlib; PREV is that of FIRST. */
static const struct {
    const char *text;
    size_t len; /* docs/format.md, sections 6.5 and 17 */
    const char *hash;
} known[] = {
    {FIRST, 246,
        "b4d43298dd83dcf71b239b474d1e995b2cc0abaccef6db3fc8a1843c1a309c35"},
    {HEAD("2") HASHES PREV, 289,
        "74bb317b13db2aba9299a1edf732c998f1058eea69a1be3d0705fa66cba7156e"},
};

static void
fill(struct vlt_statement *s)
{
    *s = (struct vlt_statement){.version = 1};
    from_hex(s->origin, 16, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
    from_hex(s->record, 16, "0123456789abcdef0123456789abcdef");
    memset(s->content, 1, 32);
    memset(s->cipher, 2, 32);
    memset(s->key, 0xff, 32);
}

static void
statements_are_written_as_the_format_says(void **state)
{
    struct vlt_statement s;
    struct vlt_buf out;
    uint8_t hash[32];
    size_t i;

    (void)state;
    fill(&s);
    for (i = 0; i < ROWS(known); i++) {
        vlt_buf_init(&out, 1000);
        assert_int_equal(vlt_statement_encode(&out, &s, NULL), VAULT_OK);
        assert_string_equal(vlt_buf_cstr(&out), known[i].text);
        assert_int_equal(out.len, known[i].len);
        vlt_statement_hash(hash, &s);
        assert_hex(hash, 32, known[i].hash);
        vlt_buf_clear(&out);
        s.version = 2;
        s.has_prev = true;
        memcpy(s.prev, hash, 32);
    }
}

static void
statements_are_read_back(void **state)
{
    struct vlt_statement want, got;

    (void)state;
    fill(&want);
    assert_int_equal(vlt_statement_decode(&got, FIRST, strlen(FIRST), NULL),
        VAULT_OK);
    assert_int_equal(got.version, 1);
    assert_false(got.has_prev);
    assert_memory_equal(got.origin, want.origin, 16);
    assert_memory_equal(got.record, want.record, 16);
    assert_memory_equal(got.content, want.content, 32);
    assert_memory_equal(got.cipher, want.cipher, 32);
    assert_memory_equal(got.key, want.key, 32);
    assert_int_equal(vlt_statement_decode(&got, known[1].text,
                         strlen(known[1].text), NULL),
        VAULT_OK);
    assert_int_equal(got.version, 2);
    assert_true(got.has_prev);
    assert_hex(got.prev, 32, known[0].hash);
}

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} rows[] = {
    {"version 0", HEAD("0") HASHES "prev -\n", VAULT_E_FORMAT},
    {"version 1 with a predecessor", HEAD("1") HASHES PREV, VAULT_E_FORMAT},
    {"version 2 without", HEAD("2") HASHES "prev -\n", VAULT_E_FORMAT},
    {"largest version", HEAD("4294967295") HASHES PREV, VAULT_OK},
    {"one more", HEAD("4294967296") HASHES PREV, VAULT_E_FORMAT},
    {"leading zero", HEAD("02") HASHES PREV, VAULT_E_FORMAT},
    {"ext line", FIRST "ext a AA==\n", VAULT_E_FORMAT},
    {"one byte long", FIRST "\n", VAULT_E_FORMAT},
    {"lines swapped",
        HEAD("1") "cipher AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n"
                  "content AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
                  "key //////////////////////////////////////////8=\nprev -\n",
        VAULT_E_FORMAT},
    {"line missing", HEAD("1") "prev -\n", VAULT_E_FORMAT},
    {"nothing", "", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_statement s;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_int_equal(vlt_statement_decode(&s, rows[i].text,
                             strlen(rows[i].text), NULL),
            rows[i].want);
    }
}

static void
what_cannot_be_is_not_written(void **state)
{
    struct vlt_statement s;
    struct vlt_buf out;

    (void)state;
    vlt_buf_init(&out, 1000);
    fill(&s);
    s.version = 0;
    assert_int_equal(vlt_statement_encode(&out, &s, NULL), VAULT_E_FORMAT);
    s.version = 2;
    assert_int_equal(vlt_statement_encode(&out, &s, NULL), VAULT_E_FORMAT);
    s.version = 1;
    s.has_prev = true;
    assert_int_equal(vlt_statement_encode(&out, &s, NULL), VAULT_E_FORMAT);
    assert_int_equal(out.len, 0);
    vlt_buf_clear(&out);
}

static void
is_refused_or_encodes_again(void *ctx, const char *text, size_t len)
{
    struct vlt_statement s;
    struct vlt_buf out;

    if (vlt_statement_decode(&s, text, len, NULL) != VAULT_OK)
        return;
    ++*(size_t *)ctx;
    vlt_buf_init(&out, 1000);
    assert_int_equal(vlt_statement_encode(&out, &s, NULL), VAULT_OK);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.p, text, len);
    vlt_buf_clear(&out);
}

static void
a_changed_byte_is_refused_or_says_something_else(void **state)
{
    size_t taken = 0, i;

    (void)state;
    for (i = 0; i < ROWS(known); i++)
        each_change(known[i].text, known[i].len, is_refused_or_encodes_again,
            &taken);
    assert_true(taken > 500); /* other hex, other base64 */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_written_as_the_format_says),
        cmocka_unit_test(statements_are_read_back),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(what_cannot_be_is_not_written),
        cmocka_unit_test(a_changed_byte_is_refused_or_says_something_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
