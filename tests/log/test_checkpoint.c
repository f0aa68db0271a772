/* SPDX-License-Identifier: Apache-2.0 */
/* test_checkpoint.c: only the exact form of a C2SP checkpoint is taken */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "checkpoint.h"
#include "fail.h"

/* The example of C2SP tlog-checkpoint. */
static const char example[] = "example.com/behind-the-sofa\n"
                              "20852163\n"
                              "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define TEN  "0123456789"
#define N128 TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "01234567"

static void
the_published_example_is_read_and_written(void **state)
{
    struct vlt_checkpoint c;
    struct vlt_buf out;

    (void)state;
    assert_int_equal(vlt_checkpoint_decode(&c, example, sizeof example - 1,
                         NULL),
        VAULT_OK);
    assert_string_equal(c.origin, "example.com/behind-the-sofa");
    assert_int_equal(c.size, 20852163);
    assert_int_equal(c.root[0], 0x0a);
    assert_int_equal(c.root[31], 0x62);
    vlt_buf_init(&out, 1000);
    assert_int_equal(vlt_checkpoint_encode(&out, &c, NULL), VAULT_OK);
    assert_int_equal(out.len, sizeof example - 1);
    assert_memory_equal(out.p, example, out.len);
    vlt_buf_clear(&out);
}

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} rows[] = {
    {"size 0", "a\n0\n" ROOT "\n", VAULT_OK},
    {"largest size", "a\n18446744073709551615\n" ROOT "\n", VAULT_OK},
    {"one more", "a\n18446744073709551616\n" ROOT "\n", VAULT_E_FORMAT},
    {"leading zero", "a\n01\n" ROOT "\n", VAULT_E_FORMAT},
    {"sign", "a\n+1\n" ROOT "\n", VAULT_E_FORMAT},
    {"no size", "a\n\n" ROOT "\n", VAULT_E_FORMAT},
    {"no origin", "\n1\n" ROOT "\n", VAULT_E_FORMAT},
    {"words in origin", "go.sum database tree\n1\n" ROOT "\n", VAULT_OK},
    {"tab in origin", "a\tb\n1\n" ROOT "\n", VAULT_E_FORMAT},
    {"DEL in origin", "a\x7f\n1\n" ROOT "\n", VAULT_E_FORMAT},
    {"no UTF-8 in origin", "a\xff\n1\n" ROOT "\n", VAULT_E_FORMAT},
    {"origin of 128", N128 "\n1\n" ROOT "\n", VAULT_OK},
    {"origin of 129", N128 "x\n1\n" ROOT "\n", VAULT_E_FORMAT},
    {"extension line", "a\n1\n" ROOT "\nmore\n", VAULT_E_FORMAT},
    {"blank line", "a\n1\n" ROOT "\n\n", VAULT_E_FORMAT},
    {"no last line feed", "a\n1\n" ROOT, VAULT_E_FORMAT},
    {"CR LF", "a\r\n1\r\n" ROOT "\r\n", VAULT_E_FORMAT},
    {"root without padding",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", VAULT_E_FORMAT},
    {"root with loose bits",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", VAULT_E_FORMAT},
    {"root of 31 bytes", "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
        VAULT_E_FORMAT},
    {"nothing", "", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_checkpoint c;
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_int_equal(vlt_checkpoint_decode(&c, rows[i].text,
                             strlen(rows[i].text), NULL),
            rows[i].want);
    }
}

static void
is_refused_or_encodes_again(void *ctx, const char *text, size_t len)
{
    struct vlt_checkpoint c;
    struct vlt_buf out;

    if (vlt_checkpoint_decode(&c, text, len, NULL) != VAULT_OK)
        return;
    ++*(size_t *)ctx;
    vlt_buf_init(&out, 1000);
    assert_int_equal(vlt_checkpoint_encode(&out, &c, NULL), VAULT_OK);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.p, text, len);
    vlt_buf_clear(&out);
}

static void
a_changed_byte_is_refused_or_says_something_else(void **state)
{
    size_t taken = 0;

    (void)state;
    each_change(example, sizeof example - 1, is_refused_or_encodes_again,
        &taken);
    assert_true(taken > 100); /* other letters, other digits */
}

static void
no_origin_that_would_not_be_read_is_written(void **state)
{
    struct vlt_checkpoint c = {.origin = "a\nb", .size = 1};
    struct vlt_buf out;

    (void)state;
    vlt_buf_init(&out, 1000);
    assert_int_equal(vlt_checkpoint_encode(&out, &c, NULL), VAULT_E_FORMAT);
    c.origin[0] = '\0';
    assert_int_equal(vlt_checkpoint_encode(&out, &c, NULL), VAULT_E_FORMAT);
    assert_int_equal(out.len, 0);
    vlt_buf_clear(&out);
}

/* docs/format.md section 16: 117 bytes at size 100,000. */
static void
our_text_has_the_size_the_format_says(void **state)
{
    const uint8_t id[16] = {1, 2, 3};
    struct vlt_checkpoint c = {.size = 100000};
    struct vlt_buf out;

    (void)state;
    vlt_name_origin(c.origin, id, id);
    vlt_buf_init(&out, 1000);
    assert_int_equal(vlt_checkpoint_encode(&out, &c, NULL), VAULT_OK);
    assert_int_equal(out.len, 117);
    vlt_buf_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_is_read_and_written),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(a_changed_byte_is_refused_or_says_something_else),
        cmocka_unit_test(no_origin_that_would_not_be_read_is_written),
        cmocka_unit_test(our_text_has_the_size_the_format_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
