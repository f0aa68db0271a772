/* SPDX-License-Identifier: Apache-2.0 */
/* test_tlogproof.c: a place in a signed tree has one exact text */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "checkpoint.h"
#include "known.h"
#include "text.h"
#include "tlogproof.h"
#include "tree.h"

/*
 * Leaf 5 of the eight leaves that Certificate Transparency's tests use; the
 * hashes are theirs. The line is signed by OpenSSL with the seed 00 01 .. 1f.
 */
#define HEAD  "c2sp.org/tlog-proof@v1\n"
#define INDEX "index 5\n"
#define PATH                                         \
    "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n" \
    "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=\n" \
    "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=\n"
#define ORIGIN \
    "sanduq.invalid/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf/0102030405060708"
#define TREE ORIGIN "\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
#define SIGNATURE                                                              \
    "\xe2\x80\x94 " ORIGIN                                                     \
    " zGuEZvbu0HFeA72dp9D/fy3PT7OKSA6S0qvEgxzKTniAqWcRUdRJ0LgQ6B02eCx21jLn4et" \
    "WWe4OH0vA+4IHY2rHlg8=\n"
#define NOTE TREE "\n" SIGNATURE
#define LEAF_5 \
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658"
#define KEY "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"

static const char known[] = HEAD INDEX PATH "\n" NOTE;

static void
a_proof_made_elsewhere_is_read_and_holds(void **state)
{
    struct vlt_tlogproof p;
    struct vlt_checkpoint c;
    struct vlt_note n;
    uint8_t leaf[32], key[32];

    (void)state;
    from_hex(leaf, 32, LEAF_5);
    from_hex(key, 32, KEY);
    assert_int_equal(vlt_tlogproof_decode(&p, known, sizeof known - 1, NULL),
        VAULT_OK);
    assert_int_equal(p.index, 5);
    assert_int_equal(p.n, 3);
    assert_int_equal(p.checkpoint_len, strlen(NOTE));
    assert_memory_equal(p.checkpoint, NOTE, strlen(NOTE));
    assert_int_equal(vlt_note_parse(&n, p.checkpoint, p.checkpoint_len, NULL),
        VAULT_OK);
    assert_int_equal(vlt_checkpoint_decode(&c, n.text, n.text_len, NULL),
        VAULT_OK);
    assert_int_equal(vlt_note_check(&n, c.origin, key, NULL), VAULT_OK);
    assert_true(vlt_inclusion_ok(p.index, c.size, leaf, p.path, p.n, c.root));
    assert_false(vlt_inclusion_ok(4, c.size, leaf, p.path, p.n, c.root));
}

static void
a_proof_is_written_as_it_was_read(void **state)
{
    struct vlt_tlogproof p;
    struct vlt_buf out;

    (void)state;
    assert_int_equal(vlt_tlogproof_decode(&p, known, sizeof known - 1, NULL),
        VAULT_OK);
    vlt_buf_init(&out, VLT_TLOGPROOF_TEXT);
    assert_int_equal(vlt_tlogproof_encode(&out, &p, NULL), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&out), known);
    vlt_buf_clear(&out);
    vlt_buf_init(&out, sizeof known - 2);
    assert_int_equal(vlt_tlogproof_encode(&out, &p, NULL), VAULT_E_LIMIT);
    vlt_buf_clear(&out);
    p.n = VLT_TLOGPROOF_MAX + 1;
    assert_int_equal(vlt_tlogproof_encode(&out, &p, NULL), VAULT_E_FORMAT);
    p.n = 0;
    p.checkpoint_len--;
    assert_int_equal(vlt_tlogproof_encode(&out, &p, NULL), VAULT_E_FORMAT);
    vlt_buf_clear(&out);
}

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} rows[] = {
    {"tree of one leaf", HEAD "index 0\n\n" NOTE, VAULT_OK},
    {"largest index", HEAD "index 18446744073709551615\n\n" NOTE, VAULT_OK},
    {"one more", HEAD "index 18446744073709551616\n\n" NOTE, VAULT_E_FORMAT},
    {"two signature lines", HEAD INDEX "\n" NOTE SIGNATURE, VAULT_OK},
    {"extra", HEAD "extra AA==\n" INDEX "\n" NOTE, VAULT_E_FORMAT},
    {"extra behind", HEAD INDEX "extra AA==\n\n" NOTE, VAULT_E_FORMAT},
    {"version 2", "c2sp.org/tlog-proof@v2\n" INDEX "\n" NOTE, VAULT_E_FORMAT},
    {"leading zero", HEAD "index 05\n\n" NOTE, VAULT_E_FORMAT},
    {"no index", HEAD "\n" NOTE, VAULT_E_FORMAT},
    {"hash of 31 bytes",
        HEAD INDEX "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==\n"
                   "\n" NOTE,
        VAULT_E_FORMAT},
    {"no blank line", HEAD INDEX PATH NOTE, VAULT_E_FORMAT},
    {"two blank lines", HEAD INDEX PATH "\n\n" NOTE, VAULT_OK},
    {"no signature", HEAD INDEX PATH "\n" TREE, VAULT_E_FORMAT},
    {"no checkpoint", HEAD INDEX PATH "\n", VAULT_E_FORMAT},
    {"CRLF", "c2sp.org/tlog-proof@v1\r\n" INDEX PATH "\n" NOTE, VAULT_E_FORMAT},
    {"nothing", "", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_tlogproof p;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        enum vault_status st =
            vlt_tlogproof_decode(&p, rows[i].text, strlen(rows[i].text), NULL);

        if (st != rows[i].want)
            fail_msg("%s: %d", rows[i].name, st);
    }
}

static void
paths_of_63_hashes_are_the_longest(void **state)
{
    struct vlt_tlogproof p;
    struct vlt_buf text;
    size_t n, i;

    (void)state;
    vlt_buf_init(&text, 8192);
    for (n = 62; n <= 64; n++) {
        vlt_buf_reset(&text);
        vlt_buf_put_str(&text, HEAD INDEX);
        for (i = 0; i < n; i++)
            vlt_buf_put(&text, PATH, 45);
        vlt_buf_put_str(&text, "\n" NOTE);
        assert_int_equal(vlt_tlogproof_decode(&p, (const char *)text.p,
                             text.len, NULL),
            n <= 63 ? VAULT_OK : VAULT_E_FORMAT);
    }
    vlt_buf_clear(&text);
}

/* What is accepted is either other content, or nothing was changed. */
static void
written_again(void *ctx, const char *text, size_t len)
{
    struct vlt_tlogproof p;
    struct vlt_buf out;

    (void)ctx;
    if (vlt_tlogproof_decode(&p, text, len, NULL) != VAULT_OK)
        return;
    vlt_buf_init(&out, VLT_TLOGPROOF_TEXT);
    assert_int_equal(vlt_tlogproof_encode(&out, &p, NULL), VAULT_OK);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.p, text, len);
    vlt_buf_clear(&out);
}

static void
nothing_but_the_exact_form_is_accepted(void **state)
{
    (void)state;
    each_change(known, sizeof known - 1, written_again, NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_made_elsewhere_is_read_and_holds),
        cmocka_unit_test(a_proof_is_written_as_it_was_read),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(paths_of_63_hashes_are_the_longest),
        cmocka_unit_test(nothing_but_the_exact_form_is_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
