/* SPDX-License-Identifier: Apache-2.0 */
/* test_disclosure.c: disclosures have one form, and a field one place */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "content.h"
#include "disclosure.h"
#include "hash.h"
#include "known.h"

#define NOTE                                                             \
    "text\n\n\xe2\x80\x94 example.com/foo "                              \
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOB" \
    "H3mFXmRKuwHjG1Yu72IneyaQM=\n"

static struct vlt_salts *salts;
static struct vlt_fields fields;
static struct vlt_body_commit body;

static int
setup(void **state)
{
    static const char *const names[] = {"a", "b.1", "c", "empty", "title"};

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    salts = vlt_salts_new();
    assert_non_null(salts);
    memset(salts->b, 7, sizeof salts->b);
    vlt_fields_init(&fields);
    for (size_t i = 0; i < ROWS(names); i++)
        assert_int_equal(vlt_fields_add_text(&fields, names[i],
                             i == 3 ? "" : names[i], NULL),
            VAULT_OK);
    memset(body.sha256, 9, 32);
    body.original_len = 1000000;
    assert_int_equal(vlt_fields_add(&fields, VLT_FIELD_BODY, VLT_STATE_VALUE,
                         "body", body.sha256, 32, NULL),
        VAULT_OK);
    assert_int_equal(vlt_fields_add(&fields, VLT_FIELD_TEXT, VLT_STATE_REFUSED,
                         "no", NULL, 0, NULL),
        VAULT_OK);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    vlt_fields_clear(&fields);
    vlt_salts_free(salts);
    return 0;
}

static void
add(struct vlt_disclosure *d, const struct vlt_hash32 *leaf, size_t t, size_t i)
{
    const struct vlt_field *f = &fields.f[i];
    struct vlt_disclosed at = {.index = (uint16_t)i, .length = f->value_len};

    vlt_sha256(at.hash, f->value, f->value_len);
    if (f->type == VLT_FIELD_BODY) {
        at.beside = true;
        at.length = body.original_len;
        memcpy(at.hash, body.sha256, 32);
    }
    vlt_content_salt(at.salt, salts, d->statement.record, 1, i);
    vlt_disclosure_path(&at, leaf, t);
    assert_int_equal(vlt_disclosure_add_field(d, f, &at, NULL), VAULT_OK);
}

/* Those of the fields whose bit is set; the log's part is not looked at. */
static void
make(struct vlt_disclosure *d, unsigned which)
{
    struct vlt_hash32 *leaf = NULL;
    size_t t = 0;

    vlt_disclosure_init(d);
    memset(d->statement.record, 1, 16);
    d->statement.version = 1;
    assert_int_equal(vlt_content_root(d->statement.content, &fields, salts,
                         d->statement.record, 1, &body, NULL),
        VAULT_OK);
    assert_int_equal(vlt_content_leaves(&leaf, &t, &fields, salts,
                         d->statement.record, 1, &body, NULL),
        VAULT_OK);
    for (size_t i = 0; i < fields.n; i++) {
        if (which >> i & 1)
            add(d, leaf, t, i);
    }
    free(leaf);
    d->leaves = which != 0 ? (unsigned)t : 0;
    strcpy(d->leaf.kind, "seal");
    d->leaf.has_record = true;
    memset(d->leaf.record, 1, 16);
    d->leaf.version = 1;
    vlt_statement_hash(d->leaf.subject, &d->statement);
    d->tlog.checkpoint = NOTE;
    d->tlog.checkpoint_len = strlen(NOTE);
    assert_int_equal(vlt_disclosure_add_note(d, NOTE, strlen(NOTE), NULL),
        VAULT_OK);
    d->card = (struct vlt_text_part){NOTE, strlen(NOTE)};
}

static void
encode(struct vlt_buf *out, const struct vlt_disclosure *d)
{
    vlt_buf_init(out, VLT_DISCLOSURE_MAX);
    assert_int_equal(vlt_disclosure_encode(out, d, NULL), VAULT_OK);
}

static enum vault_status
decode(struct vlt_disclosure *d, const struct vlt_buf *text)
{
    return vlt_disclosure_decode(d, (const char *)text->p, text->len, NULL);
}

static void
every_choice_of_fields_is_read_back_and_fits_the_statement(void **state)
{
    struct vlt_disclosure d, got;
    struct vlt_buf text, again;

    (void)state;
    for (unsigned which = 0; which < 1u << fields.n; which++) {
        make(&d, which);
        encode(&text, &d);
        assert_int_equal(decode(&got, &text), VAULT_OK);
        assert_int_equal(got.fields.n, d.fields.n);
        assert_int_equal(vlt_disclosure_check_leaf(&got, NULL), VAULT_OK);
        for (size_t k = 0; k < got.fields.n; k++)
            assert_int_equal(vlt_disclosure_check_field(&got, k, NULL),
                VAULT_OK);
        encode(&again, &got);
        assert_int_equal(again.len, text.len);
        assert_memory_equal(again.p, text.p, text.len);
        vlt_buf_clear(&again);
        vlt_buf_clear(&text);
        vlt_disclosure_clear(&got);
        vlt_disclosure_clear(&d);
    }
}

/* Every place where a field could have been put, but its own. */
static void
a_field_holds_at_its_own_place_only(void **state)
{
    struct vlt_disclosure d;

    (void)state;
    make(&d, 1u << 2);
    for (unsigned t = 8; t <= 1024; t *= 2) {
        d.leaves = t;
        for (unsigned i = 0; i < t; i++) {
            d.at[0].index = (uint16_t)i;
            assert_int_equal(vlt_disclosure_check_field(&d, 0, NULL),
                t == 8 && i == 2 ? VAULT_OK : VAULT_E_TAMPERED);
        }
    }
    vlt_disclosure_clear(&d);
}

static void
no_part_of_a_field_can_be_another(void **state)
{
    struct vlt_disclosure d;

    (void)state;
    for (int what = 0; what < 8; what++) {
        make(&d, 1u << 2);
        d.statement.version += what == 0;
        d.statement.record[3] ^= what == 1;
        d.statement.content[3] ^= what == 2;
        d.at[0].salt[3] ^= what == 3;
        d.at[0].hash[3] ^= what == 4;
        d.at[0].length += what == 5;
        d.at[0].path[1].b[3] ^= what == 6;
        d.fields.f[0].type = what == 7 ? VLT_FIELD_BYTES : VLT_FIELD_TEXT;
        assert_int_equal(vlt_disclosure_check_field(&d, 0, NULL),
            VAULT_E_TAMPERED);
        vlt_disclosure_clear(&d);
    }
}

static void
the_line_is_that_of_the_statement(void **state)
{
    struct vlt_disclosure d;

    (void)state;
    for (int what = 0; what < 7; what++) {
        make(&d, 0);
        if (what == 1)
            strcpy(d.leaf.kind, "take");
        if (what == 2)
            strcpy(d.leaf.kind, "withdraw");
        d.leaf.record[0] ^= what == 3;
        d.leaf.version += what == 4;
        d.leaf.subject[0] ^= what == 5;
        d.leaf.has_record = what != 6;
        assert_int_equal(vlt_disclosure_check_leaf(&d, NULL),
            what < 2 ? VAULT_OK : VAULT_E_TAMPERED);
        vlt_disclosure_clear(&d);
    }
}

/* Replace the first `from` in the text of fields a, body and title. */
static const struct {
    const char *name;
    const char *from;
    const char *to;
    enum vault_status want;
} rows[] = {
    {"nothing changed", "part", "part", VAULT_OK},
    {"another first line", "disclosure\n", "disclosures\n", VAULT_E_FORMAT},
    {"a part of one line less", "part leaf 4", "part leaf 3", VAULT_E_FORMAT},
    {"a part of no lines", "part leaf 4", "part leaf 0", VAULT_E_FORMAT},
    {"more lines than there are", "part card 3", "part card 4", VAULT_E_FORMAT},
    {"a huge number of lines", "part card 3", "part card 18446744073709551615",
        VAULT_E_FORMAT},
    {"a leading zero", "part card 3", "part card 03", VAULT_E_FORMAT},
    {"an unknown part", "part card 3", "part cart 3", VAULT_E_FORMAT},
    {"T of no power of two", "\n0 8 1 0 a\n", "\n0 9 1 0 a\n", VAULT_E_FORMAT},
    {"T too small", "\n0 8 1 0 a\n", "\n0 4 1 0 a\n", VAULT_E_FORMAT},
    {"T too large", "\n0 8 1 0 a\n", "\n0 2048 1 0 a\n", VAULT_E_FORMAT},
    {"index beyond T", "\n0 8 1 0 a\n", "\n8 8 1 0 a\n", VAULT_E_FORMAT},
    {"index not ascending", "\n0 8 1 0 a\n", "\n2 8 1 0 a\n", VAULT_E_FORMAT},
    {"name not ascending", "\n0 8 1 0 a\n", "\n0 8 1 0 z\n", VAULT_E_FORMAT},
    {"malformed name", "\n0 8 1 0 a\n", "\n0 8 1 0 A\n", VAULT_E_FORMAT},
    {"a name twice", " 8 1 0 title", " 8 1 0 a", VAULT_E_FORMAT},
    {"another name for the body", " 5 0 body", " 5 0 bodz", VAULT_E_FORMAT},
    {"another type for the body", " 5 0 body", " 1 0 body", VAULT_E_FORMAT},
    {"a newer type", " 8 1 0 title", " 8 9 0 title", VAULT_E_NEWER},
    {"a newer state", " 8 1 0 title", " 8 1 4 title", VAULT_E_NEWER},
    {"a type of no byte", " 8 1 0 title", " 8 257 0 title", VAULT_E_FORMAT},
    {"a state with a value", " 8 1 0 title", " 8 1 1 title", VAULT_E_FORMAT},
    {"a missing value", " dGl0bGU=\n", " -\n", VAULT_E_FORMAT},
    {"a value of another length", "value 5 ", "value 6 ", VAULT_E_FORMAT},
    {"an endless value", "value 5 ", "value 18446744073709551615 ",
        VAULT_E_FORMAT},
    {"two spaces", "value 5 ", "value 5  ", VAULT_E_FORMAT},
    {"a version 0", "0101 1\n", "0101 0\n", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_disclosure d, got;
    struct vlt_buf text, changed;

    (void)state;
    make(&d, 1u << 0 | 1u << 2 | 1u << 6);
    encode(&text, &d);
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *at = strstr(vlt_buf_cstr(&text), rows[i].from);
        enum vault_status st;

        if (at == NULL)
            fail_msg("%s: not in the text", rows[i].name);
        vlt_buf_init(&changed, text.len + 64);
        vlt_buf_put(&changed, text.p, (size_t)(at - (const char *)text.p));
        vlt_buf_put_str(&changed, rows[i].to);
        vlt_buf_put_str(&changed, at + strlen(rows[i].from));
        st = decode(&got, &changed);
        if (st != rows[i].want)
            fail_msg("%s: %d", rows[i].name, st);
        if (st == VAULT_OK)
            vlt_disclosure_clear(&got);
        vlt_buf_clear(&changed);
    }
    vlt_buf_clear(&text);
    vlt_disclosure_clear(&d);
}

static void
a_text_cut_anywhere_is_refused(void **state)
{
    struct vlt_disclosure d, got;
    struct vlt_buf text;
    char *cut;

    (void)state;
    make(&d, 1);
    encode(&text, &d);
    for (size_t n = 0; n < text.len; n++) {
        cut = malloc(n + 1); /* of its own size, for the sanitizer */
        assert_non_null(cut);
        memcpy(cut, text.p, n);
        assert_int_not_equal(vlt_disclosure_decode(&got, cut, n, NULL),
            VAULT_OK);
        free(cut);
    }
    vlt_buf_clear(&text);
    vlt_disclosure_clear(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            every_choice_of_fields_is_read_back_and_fits_the_statement),
        cmocka_unit_test(a_field_holds_at_its_own_place_only),
        cmocka_unit_test(no_part_of_a_field_can_be_another),
        cmocka_unit_test(the_line_is_that_of_the_statement),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(a_text_cut_anywhere_is_refused),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
