/* SPDX-License-Identifier: Apache-2.0 */
/* test_content: commitments to fields are those of the format */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "content.h"
#include "doc_example.h"
#include "hash.h"
#include "known_format.h"

static struct vlt_salts salts;
static uint8_t record[16];

static void
list_of(struct vlt_fields *l, const char *hex)
{
    uint8_t list[1024];
    struct vlt_reader r;
    size_t n = strlen(hex) / 2;

    from_hex(list, n, hex);
    vlt_reader_init(&r, list, n);
    assert_int_equal(vlt_fields_decode(l, &r, NULL), VAULT_OK);
}

static void
body_of(struct vlt_body_commit *b, const char *text)
{
    b->original_len = strlen(text);
    vlt_sha256(b->sha256, text, strlen(text));
}

static void
the_example_of_the_format_is_met(void **unused)
{
    struct vlt_fields l;
    struct vlt_body_commit body;
    uint8_t out[32];

    (void)unused;
    list_of(&l, doc_text("content", "list"));
    body_of(&body, "I write down the hour.\n");
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, &body, NULL),
        VAULT_OK);
    assert_hex(out, 32, doc_text("content", "content"));
    vlt_fields_clear(&l);
}

static void
nine_fields_take_sixteen_leaves(void **unused)
{
    struct vlt_fields l;
    struct vlt_body_commit body;
    uint8_t out[32];

    (void)unused;
    list_of(&l, known_nine_list);
    assert_int_equal(l.n, 9);
    body_of(&body, "the original");
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, &body, NULL),
        VAULT_OK);
    assert_hex(out, 32, known_nine_content);
    vlt_fields_clear(&l);
}

static void
the_event_of_the_format_is_met(void **unused)
{
    struct vlt_fields l;
    uint8_t out[32];

    (void)unused;
    list_of(&l, doc_text("event", "list"));
    assert_int_equal(vlt_event_root(out, &l, &salts, NULL), VAULT_OK);
    assert_hex(out, 32, doc_text("event", "event"));
    vlt_fields_clear(&l);
}

static void
everything_that_is_committed_to_changes_the_root(void **unused)
{
    struct vlt_body_commit body, other;
    struct vlt_fields l, m;
    struct vlt_salts s = salts;
    uint8_t id[16], want[32], out[32];

    (void)unused;
    list_of(&l, doc_text("content", "list"));
    body_of(&body, "I write down the hour.\n");
    doc_hex(want, 32, "content", "content");
    s.b[31] ^= 1;
    assert_int_equal(vlt_content_root(out, &l, &s, record, 1, &body, NULL),
        VAULT_OK);
    assert_memory_not_equal(out, want, 32);
    memcpy(id, record, 16);
    id[15] ^= 1;
    assert_int_equal(vlt_content_root(out, &l, &salts, id, 1, &body, NULL),
        VAULT_OK);
    assert_memory_not_equal(out, want, 32);
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 2, &body, NULL),
        VAULT_OK);
    assert_memory_not_equal(out, want, 32);
    other = body;
    other.original_len++;
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, &other, NULL),
        VAULT_OK);
    assert_memory_not_equal(out, want, 32);
    other = body;
    other.sha256[0] ^= 1;
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, &other, NULL),
        VAULT_OK);
    assert_memory_not_equal(out, want, 32);
    list_of(&m, doc_text("content", "list"));
    assert_int_equal(vlt_fields_add_text(&m, "more", "x", NULL), VAULT_OK);
    assert_int_equal(vlt_content_root(out, &m, &salts, record, 1, &body, NULL),
        VAULT_OK);
    assert_memory_not_equal(out, want, 32);
    vlt_fields_clear(&m);
    vlt_fields_clear(&l);
}

static void
a_body_and_its_field_go_together(void **unused)
{
    struct vlt_body_commit body;
    struct vlt_fields l;
    uint8_t out[32];

    (void)unused;
    body_of(&body, "x");
    list_of(&l, doc_text("content", "list"));
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, NULL, NULL),
        VAULT_E_USAGE);
    vlt_fields_clear(&l);
    assert_int_equal(vlt_fields_add_text(&l, "title", "x", NULL), VAULT_OK);
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, &body, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, NULL, NULL),
        VAULT_OK);
    assert_int_equal(vlt_fields_add(&l, VLT_FIELD_BODY, VLT_STATE_REFUSED,
                         "body", NULL, 0, NULL),
        VAULT_OK);
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, &body, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vlt_content_root(out, &l, &salts, record, 1, NULL, NULL),
        VAULT_OK);
    vlt_fields_clear(&l);
}

static void
lists_without_fields_still_have_a_root(void **unused)
{
    struct vlt_fields l;
    uint8_t a[32], b[32];

    (void)unused;
    vlt_fields_init(&l);
    assert_int_equal(vlt_content_root(a, &l, &salts, record, 1, NULL, NULL),
        VAULT_OK);
    assert_int_equal(vlt_event_root(b, &l, &salts, NULL), VAULT_OK);
    assert_memory_not_equal(a, b, 32);
    vlt_fields_clear(&l);
}

static int
begin(void **unused)
{
    (void)unused;
    doc_hex(salts.b, 32, "content", "salt.seed");
    doc_hex(record, 16, "content", "record");
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_is_met),
        cmocka_unit_test(nine_fields_take_sixteen_leaves),
        cmocka_unit_test(the_event_of_the_format_is_met),
        cmocka_unit_test(everything_that_is_committed_to_changes_the_root),
        cmocka_unit_test(a_body_and_its_field_go_together),
        cmocka_unit_test(lists_without_fields_still_have_a_root),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, begin, NULL);
}
