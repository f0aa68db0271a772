/* SPDX-License-Identifier: Apache-2.0 */
/* test_leaf.c: lines of the custody log have one form, and one hash */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "known.h"
#include "leaf.h"

#define START "sanduq.v1/leaf\n"
#define ID    "0123456789abcdef0123456789abcdef"
#define HASHES                                       \
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n" \
    "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n"

/* H(00 || text) by Python's hashlib. */
static const struct {
    const char *kind;
    bool has_record;
    const char *text;
    size_t len; /* docs/format.md section 16: 145 */
    const char *hash;
} known[] = {
    {"seal", true, START "seal " ID " 1\n" HASHES, 145,
        "db2e08461648f9987047d6c744e060be62fb8679f052c4670f6feadbc74299b2"},
    {"genesis", false, START "genesis - -\n" HASHES, 117,
        "58f79528fd935e297534eb919be00df85b554c31174a8262233b15e994e9561b"},
};

static void
fill(struct vlt_leaf *l, size_t i)
{
    memset(l, 0, sizeof *l);
    strcpy(l->kind, known[i].kind);
    l->has_record = known[i].has_record;
    if (l->has_record) {
        from_hex(l->record, 16, ID);
        l->version = 1;
    }
    memset(l->subject, 1, 32);
    memset(l->event, 2, 32);
}

static void
leaves_are_written_and_hashed_as_the_format_says(void **state)
{
    struct vlt_leaf l;
    struct vlt_buf out;
    uint8_t hash[32];
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(known); i++) {
        fill(&l, i);
        vlt_buf_init(&out, 1000);
        assert_int_equal(vlt_leaf_encode(&out, &l, NULL), VAULT_OK);
        assert_string_equal(vlt_buf_cstr(&out), known[i].text);
        assert_int_equal(out.len, known[i].len);
        vlt_leaf_text_hash(hash, &l);
        assert_hex(hash, 32, known[i].hash);
        vlt_buf_clear(&out);
    }
}

static void
leaves_are_read_back(void **state)
{
    struct vlt_leaf want, got;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(known); i++) {
        fill(&want, i);
        assert_int_equal(vlt_leaf_decode(&got, known[i].text, known[i].len,
                             NULL),
            VAULT_OK);
        assert_string_equal(got.kind, want.kind);
        assert_int_equal(got.has_record, want.has_record);
        assert_int_equal(got.version, want.version);
        assert_memory_equal(got.record, want.record, 16);
        assert_memory_equal(got.subject, want.subject, 32);
        assert_memory_equal(got.event, want.event, 32);
    }
}

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} rows[] = {
    {"unknown kind", START "teleport " ID " 1\n" HASHES, VAULT_OK},
    {"kind of 16", START "abcdefghijklmnop - -\n" HASHES, VAULT_OK},
    {"kind of 17", START "abcdefghijklmnopq - -\n" HASHES, VAULT_E_FORMAT},
    {"kind of signs", START "- - -\n" HASHES, VAULT_OK},
    {"no kind", START " - -\n" HASHES, VAULT_E_FORMAT},
    {"upper case", START "Seal " ID " 1\n" HASHES, VAULT_E_FORMAT},
    {"digit", START "seal2 " ID " 1\n" HASHES, VAULT_E_FORMAT},
    {"version 0", START "withdraw " ID " 0\n" HASHES, VAULT_OK},
    {"largest version", START "seal " ID " 4294967295\n" HASHES, VAULT_OK},
    {"one more", START "seal " ID " 4294967296\n" HASHES, VAULT_E_FORMAT},
    {"leading zero", START "seal " ID " 01\n" HASHES, VAULT_E_FORMAT},
    {"id without version", START "seal " ID " -\n" HASHES, VAULT_E_FORMAT},
    {"version without id", START "seal - 1\n" HASHES, VAULT_E_FORMAT},
    {"id short", START "seal 0123 1\n" HASHES, VAULT_E_FORMAT},
    {"three words missing", START HASHES, VAULT_E_FORMAT},
    {"ext line", START "card - -\n" HASHES "ext a AA==\n", VAULT_E_FORMAT},
    {"another text", "sanduq.v1/card\ncard - -\n" HASHES, VAULT_E_FORMAT},
    {"nothing", "", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_leaf l;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_int_equal(vlt_leaf_decode(&l, rows[i].text, strlen(rows[i].text),
                             NULL),
            rows[i].want);
    }
}

static void
a_malformed_kind_has_no_text_and_no_hash(void **state)
{
    static const char *const bad[] = {"", "Seal", "se al", "a\nb", "x1"};
    static const uint8_t zeros[32];
    struct vlt_leaf l;
    struct vlt_buf out;
    uint8_t hash[32];
    size_t i;

    (void)state;
    vlt_buf_init(&out, 1000);
    for (i = 0; i <= ROWS(bad); i++) {
        fill(&l, 0);
        if (i < ROWS(bad))
            strcpy(l.kind, bad[i]);
        else
            memset(l.kind, 'a', sizeof l.kind); /* no closing 0 */
        assert_false(vlt_leaf_kind_ok(l.kind));
        assert_int_equal(vlt_leaf_encode(&out, &l, NULL), VAULT_E_FORMAT);
        vlt_leaf_text_hash(hash, &l);
        assert_memory_equal(hash, zeros, 32);
    }
    assert_int_equal(out.len, 0);
    vlt_buf_clear(&out);
}

/* docs/format.md, section 7.1 */
static void
the_kinds_of_version_1_are_known(void **state)
{
    static const char *const words[] = {"genesis", "card", "slots", "settings",
        "seal", "take", "join", "import", "merge", "share", "withdraw", "rekey",
        "ask", "drop", "ack", "revoke", "stamp", "note", "open"};
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(words); i++) {
        assert_true(vlt_leaf_kind_ok(words[i]));
        assert_true(vlt_leaf_kind_known(words[i]));
    }
    assert_false(vlt_leaf_kind_known("teleport"));
    assert_false(vlt_leaf_kind_known(""));
    assert_false(vlt_leaf_kind_known("sea"));
}

static const struct {
    const char *kind;
    bool has_record;
    uint32_t version;
    bool fits;
} shapes[] = {
    {"seal", true, 1, true},
    {"seal", true, 0, false},
    {"seal", false, 0, false},
    {"take", true, 3, true},
    {"take", true, 0, false},
    {"withdraw", true, 0, true},
    {"withdraw", true, 2, true},
    {"withdraw", false, 0, false},
    {"genesis", false, 0, true},
    {"genesis", true, 1, false},
    {"import", true, 1, false},
    {"teleport", true, 0, true},
    {"teleport", false, 0, true},
};

static void
a_known_kind_names_a_record_where_the_format_says_so(void **state)
{
    struct vlt_leaf l;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(shapes); i++) {
        print_message("%s %d %u\n", shapes[i].kind, shapes[i].has_record,
            (unsigned)shapes[i].version);
        fill(&l, 0);
        strcpy(l.kind, shapes[i].kind);
        l.has_record = shapes[i].has_record;
        l.version = shapes[i].version;
        assert_int_equal(vlt_leaf_fits_kind(&l), shapes[i].fits);
    }
}

static void
is_refused_or_encodes_again(void *ctx, const char *text, size_t len)
{
    struct vlt_leaf l;
    struct vlt_buf out;

    if (vlt_leaf_decode(&l, text, len, NULL) != VAULT_OK)
        return;
    ++*(size_t *)ctx;
    vlt_buf_init(&out, 1000);
    assert_int_equal(vlt_leaf_encode(&out, &l, NULL), VAULT_OK);
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
    assert_true(taken > 500);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_are_written_and_hashed_as_the_format_says),
        cmocka_unit_test(leaves_are_read_back),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(a_malformed_kind_has_no_text_and_no_hash),
        cmocka_unit_test(the_kinds_of_version_1_are_known),
        cmocka_unit_test(a_known_kind_names_a_record_where_the_format_says_so),
        cmocka_unit_test(a_changed_byte_is_refused_or_says_something_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
