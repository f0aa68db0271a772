/* SPDX-License-Identifier: Apache-2.0 */
/* test_draft: what a draft's file and plaintext may be */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "doc_example.h"
#include "draft.h"

enum { FILE_SIZE = VLT_DRAFT_HEADER + VLT_HPKE_EXTRA + VLT_DRAFT_LEAST };

static const struct vlt_kemkey mine = {{1}}, other = {{2}};

/* The plaintext of the worked example, padded. */
static size_t
example_plain(uint8_t out[2 * VLT_DRAFT_LEAST])
{
    const char *hex = doc_text("draft", "plain");
    size_t n = strlen(hex) / 2;

    memset(out, 0, 2 * VLT_DRAFT_LEAST);
    doc_hex(out, n, "draft", "plain");
    return n;
}

static void
example_draft(struct vlt_draft *d)
{
    uint8_t plain[2 * VLT_DRAFT_LEAST];

    vlt_draft_init(d);
    doc_hex(d->vault, 16, "draft", "vault");
    doc_hex(d->id, 16, "draft", "id");
    (void)example_plain(plain);
    assert_int_equal(vlt_draft_decode(d, plain, VLT_DRAFT_LEAST, NULL),
        VAULT_OK);
}

static void
the_example_says_what_it_should(void **unused)
{
    struct vlt_draft d;

    (void)unused;
    example_draft(&d);
    assert_string_equal(d.type, "testimony");
    assert_string_equal(d.last, "interviewer.code");
    assert_int_equal(d.flags, 1);
    assert_int_equal(d.begun, 1950000000);
    assert_int_equal(d.kept, 1950000060);
    assert_int_equal(d.fields.n, 2);
    assert_int_equal(d.fields.f[1].state, VLT_STATE_REFUSED);
    vlt_draft_clear(&d);
}

/* One byte of the example at `at` becomes `to`. */
static const struct {
    const char *name;
    size_t at;
    uint8_t to;
    size_t padded;
    enum vault_status st;
} plains[] = {
    {"as it is", 0, 1, VLT_DRAFT_LEAST, VAULT_OK},
    {"version 0", 0, 0, VLT_DRAFT_LEAST, VAULT_E_NEWER},
    {"version 2", 0, 2, VLT_DRAFT_LEAST, VAULT_E_NEWER},
    {"both flags", 1, 3, VLT_DRAFT_LEAST, VAULT_OK},
    {"an unknown flag", 1, 4, VLT_DRAFT_LEAST, VAULT_E_NEWER},
    {"a reserved byte", 3, 1, VLT_DRAFT_LEAST, VAULT_E_NEWER},
    {"no type", 20, 0, VLT_DRAFT_LEAST, VAULT_E_FORMAT},
    {"a type too long", 20, 33, VLT_DRAFT_LEAST, VAULT_E_FORMAT},
    {"a capital in the type", 21, 'T', VLT_DRAFT_LEAST, VAULT_E_FORMAT},
    {"a zero in the type", 23, 0, VLT_DRAFT_LEAST, VAULT_E_FORMAT},
    {"a blank in the question", 31, ' ', VLT_DRAFT_LEAST, VAULT_E_FORMAT},
    {"something in the padding", VLT_DRAFT_LEAST - 1, 1, VLT_DRAFT_LEAST,
        VAULT_E_FORMAT},
    {"padded too far", 0, 1, 2 * VLT_DRAFT_LEAST, VAULT_E_FORMAT},
    {"padded too little", 0, 1, VLT_DRAFT_LEAST - 1, VAULT_E_FORMAT},
    {"cut", 0, 1, 30, VAULT_E_FORMAT},
};

static void
only_the_exact_form_is_accepted(void **unused)
{
    uint8_t plain[2 * VLT_DRAFT_LEAST];
    size_t i;

    (void)unused;
    for (i = 0; i < ROWS(plains); i++) {
        struct vlt_draft d;
        enum vault_status st;

        vlt_draft_init(&d);
        (void)example_plain(plain);
        plain[plains[i].at] = plains[i].to;
        st = vlt_draft_decode(&d, plain, plains[i].padded, NULL);
        if (st != plains[i].st)
            fail_msg("%s: %s", plains[i].name, vault_status_name(st));
        vlt_draft_clear(&d);
    }
}

static void
seal_example(struct vlt_buf *file)
{
    uint8_t pk[VLT_KEM_PK];
    struct vlt_draft d;

    example_draft(&d);
    vlt_kem_public(pk, mine.b);
    vlt_buf_init(file, VLT_DRAFT_FILE_MOST);
    assert_int_equal(vlt_draft_seal(file, &d, pk, NULL), VAULT_OK);
    assert_int_equal(file->len, FILE_SIZE);
    vlt_draft_clear(&d);
}

/* Every byte of header, encapsulation and the ends of the rest counts. */
static void
a_changed_byte_does_not_open(void **unused)
{
    struct vlt_buf file;
    struct vlt_draft d;
    size_t i;

    (void)unused;
    vlt_draft_init(&d);
    seal_example(&file);
    for (i = 0; i < FILE_SIZE; i += i < 100 ? 1 : 97) {
        enum vault_status st;

        file.p[i] ^= 1;
        st = vlt_draft_open(&d, file.p, file.len, &mine, NULL);
        file.p[i] ^= 1;
        if (st !=
            (i < 4          ? VAULT_E_FORMAT
                    : i < 8 ? VAULT_E_NEWER
                            : VAULT_E_TAMPERED))
            fail_msg("byte %zu: %s", i, vault_status_name(st));
    }
    assert_int_equal(vlt_draft_open(&d, file.p, file.len, &other, NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(d.fields.n, 0);
    assert_int_equal(vlt_draft_open(&d, file.p, file.len, &mine, NULL),
        VAULT_OK);
    assert_int_equal(d.fields.n, 2);
    vlt_draft_clear(&d);
    vlt_buf_clear(&file);
}

static void
only_a_whole_file_is_a_draft(void **unused)
{
    static const struct {
        size_t n;
        const char *name;
    } rows[] = {{0, "empty"}, {39, "in the header"}, {40, "the header"},
        {VLT_DRAFT_HEADER + VLT_HPKE_EXTRA, "nothing sealed"},
        {FILE_SIZE - 1, "one byte short"}, {FILE_SIZE + 1, "one byte long"},
        {FILE_SIZE + VLT_DRAFT_LEAST - 1, "nearly the next size"}};
    struct vlt_buf file;
    struct vlt_draft d;
    size_t i;

    (void)unused;
    vlt_draft_init(&d);
    seal_example(&file);
    vlt_buf_put_zero(&file, VLT_DRAFT_LEAST);
    for (i = 0; i < ROWS(rows); i++) {
        if (vlt_draft_open(&d, file.p, rows[i].n, &mine, NULL) !=
            VAULT_E_FORMAT)
            fail_msg("%s", rows[i].name);
    }
    vlt_draft_clear(&d);
    vlt_buf_clear(&file);
}

/* Twice the same answers: nothing of the two files is equal but the header,
 * and the size says no more than a power of two. */
static void
sizes_tell_little_and_no_two_files_are_alike(void **unused)
{
    static const struct {
        size_t text, padded;
    } rows[] = {{0, 4096}, {3900, 4096}, {4096, 8192}, {100000, 131072}};
    uint8_t pk[VLT_KEM_PK];
    char *text = calloc(1, 100001);
    struct vlt_buf a, b;
    size_t i;

    (void)unused;
    assert_non_null(text);
    memset(text, 'x', 100000);
    vlt_kem_public(pk, mine.b);
    for (i = 0; i < ROWS(rows); i++) {
        struct vlt_draft d;

        vlt_draft_init(&d);
        memcpy(d.type, "note", 5);
        assert_int_equal(vlt_fields_add(&d.fields, VLT_FIELD_TEXT, 0, "a", text,
                             rows[i].text, NULL),
            VAULT_OK);
        vlt_buf_init(&a, VLT_DRAFT_FILE_MOST);
        vlt_buf_init(&b, VLT_DRAFT_FILE_MOST);
        assert_int_equal(vlt_draft_seal(&a, &d, pk, NULL), VAULT_OK);
        assert_int_equal(vlt_draft_seal(&b, &d, pk, NULL), VAULT_OK);
        assert_int_equal(a.len,
            VLT_DRAFT_HEADER + VLT_HPKE_EXTRA + rows[i].padded);
        assert_memory_equal(a.p, b.p, VLT_DRAFT_HEADER);
        assert_memory_not_equal(a.p + VLT_DRAFT_HEADER, b.p + VLT_DRAFT_HEADER,
            64);
        assert_memory_not_equal(a.p + a.len - 64, b.p + b.len - 64, 64);
        vlt_buf_clear(&a);
        vlt_buf_clear(&b);
        vlt_draft_clear(&d);
    }
    free(text);
}

static int
setup(void **unused)
{
    (void)unused;
    return vlt_crypto_init(NULL) == VAULT_OK ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_says_what_it_should),
        cmocka_unit_test(only_the_exact_form_is_accepted),
        cmocka_unit_test(a_changed_byte_does_not_open),
        cmocka_unit_test(only_a_whole_file_is_a_draft),
        cmocka_unit_test(sizes_tell_little_and_no_two_files_are_alike),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
