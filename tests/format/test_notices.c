/* SPDX-License-Identifier: Apache-2.0 */
/* test_notices.c: withdrawals, their lifting, answers and receipts as notes */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"
#include "hash.h"
#include "known.h"
#include "known_notices.h"
#include "notices.h"

#define HEAD                            \
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf " \
    "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=\n"
#define H0     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define H3     "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="
#define HF     "//////////////////////////////////////////8="
#define ID     "id 707172737475767778797a7b7c7d7e7f\n"
#define DATE   "date 1\n"
#define BUNDLE "bundle 11111111111111111111111111111111\n"
#define W      "sanduq.v1/withdraw\n" HEAD ID
#define WN     W DATE "reason -\n"
#define A      "sanduq.v1/ack\n" HEAD "withdraw " H0 "\n" DATE
#define L      "sanduq.v1/withdraw-revoked\n" HEAD "withdraw " H0 "\n"
#define R      "sanduq.v1/receipt\n" HEAD "bundle " H0 "\n" DATE

static struct vlt_seed *seed;
static struct vlt_card card;

static int
setup(void **state)
{
    size_t i;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    seed = vlt_seed_new();
    assert_non_null(seed);
    for (i = 0; i < 32; i++) {
        seed->b[i] = (uint8_t)i;
        card.fingerprint[i] = (uint8_t)(0x40 + i);
    }
    from_hex(card.vault, 16, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
    from_hex(card.sign, 32, known_notices_public);
    card.generation = 1;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    vlt_seed_free(seed);
    return 0;
}

/* A struct that says what the known note of this kind says, lists unsorted. */
static void
begin(struct vlt_notice *n, enum vlt_notice_kind kind)
{
    static const uint8_t first[] = {0x6b, 0x00, 0x03, 0xff, 0xfb};
    size_t i;

    vlt_notice_init(n);
    n->kind = kind;
    memcpy(n->vault, card.vault, 16);
    memcpy(n->card, card.fingerprint, 32);
    n->date = 1795000000 + (uint64_t)kind;
    if (kind == VLT_NOTICE_WITHDRAW || kind == VLT_NOTICE_ACK) {
        n->stmts = kind == VLT_NOTICE_ACK ? 2 : 5;
        n->stmt = calloc(n->stmts, sizeof *n->stmt);
        assert_non_null(n->stmt);
        for (i = 0; i < n->stmts; i++)
            memset(n->stmt[i].b, first[i], 32);
    }
}

static void
begin_withdraw(struct vlt_notice *n)
{
    size_t i;

    begin(n, VLT_NOTICE_WITHDRAW);
    for (i = 0; i < 16; i++)
        n->id[i] = (uint8_t)(0x70 + i);
    vlt_buf_put_str(&n->reason,
        "\xd1\x81\xd0\xbe\xd0\xb3\xd0\xbb\xd0\xb0\xd1\x81\xd0\xb8\xd0\xb5 "
        "\xd0\xbe\xd1\x82\xd0\xbe\xd0\xb7\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\n");
    n->bundles = 2;
    n->bundle = calloc(2, sizeof *n->bundle);
    assert_non_null(n->bundle);
    memset(n->bundle[0], 0x9a, 16);
    memset(n->bundle[1], 0x11, 16);
}

static void
makes(struct vlt_notice *n, const char *want)
{
    struct vlt_buf note;
    struct vlt_notice got;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_notice_make(n, seed, &note, NULL), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&note), want);
    assert_int_equal(vlt_notice_parse(&got, want, strlen(want), NULL),
        VAULT_OK);
    assert_int_equal(got.kind, n->kind);
    assert_memory_equal(got.text_hash, n->text_hash, 32);
    assert_memory_equal(got.of, n->of, 32);
    assert_memory_equal(got.id, n->id, 16);
    assert_int_equal(got.date, n->date);
    assert_int_equal(got.answer, n->answer);
    assert_int_equal(got.records, n->records);
    assert_int_equal(got.stmts, n->stmts);
    if (n->stmts > 0)
        assert_memory_equal(got.stmt, n->stmt, 32 * n->stmts);
    assert_int_equal(got.bundles, n->bundles);
    if (n->bundles > 0)
        assert_memory_equal(got.bundle, n->bundle, 16 * n->bundles);
    assert_int_equal(got.reason.len, n->reason.len);
    if (n->reason.len > 0)
        assert_memory_equal(got.reason.p, n->reason.p, n->reason.len);
    vlt_notice_clear(&got);
    vlt_buf_clear(&note);
}

static void
notes_are_those_of_the_second_encoder_to_the_last_byte(void **state)
{
    struct vlt_notice n, of;

    (void)state;
    begin_withdraw(&of);
    makes(&of, known_note_withdraw);
    begin(&n, VLT_NOTICE_WITHDRAW_REVOKED);
    memcpy(n.of, of.text_hash, 32);
    makes(&n, known_note_revoked);
    vlt_notice_clear(&n);
    begin(&n, VLT_NOTICE_ACK);
    memcpy(n.of, of.text_hash, 32);
    makes(&n, known_note_ack);
    vlt_notice_clear(&n);
    begin(&n, VLT_NOTICE_RECEIPT);
    for (size_t i = 0; i < 32; i++)
        n.of[i] = (uint8_t)(0x20 + i);
    n.records = 12;
    makes(&n, known_note_receipt);
    vlt_notice_clear(&n);
    begin(&n, VLT_NOTICE_WITHDRAW);
    for (size_t i = 0; i < 16; i++)
        n.id[i] = (uint8_t)(0x71 + i);
    n.stmts = 1;
    n.date = 0;
    makes(&n, known_note_plain);
    vlt_notice_clear(&n);
    vlt_notice_clear(&of);
}

static const struct {
    const char *name;
    const char *text;
    enum vault_status want;
} rows[] = {
    {"least withdrawal", WN "stmt " H0 "\n", VAULT_OK},
    {"two statements", WN "stmt " H0 "\nstmt " H3 "\n", VAULT_OK},
    {"base64 sorts as text: slashes first", WN "stmt " HF "\nstmt " H0 "\n",
        VAULT_OK},
    {"sorted by bytes instead", WN "stmt " H0 "\nstmt " HF "\n",
        VAULT_E_FORMAT},
    {"a statement twice", WN "stmt " H0 "\nstmt " H0 "\n", VAULT_E_FORMAT},
    {"no statement", WN, VAULT_E_FORMAT},
    {"only a bundle", WN BUNDLE, VAULT_E_FORMAT},
    {"a bundle", WN "stmt " H0 "\n" BUNDLE, VAULT_OK},
    {"a bundle twice", WN "stmt " H0 "\n" BUNDLE BUNDLE, VAULT_E_FORMAT},
    {"bundle before statement", WN BUNDLE "stmt " H0 "\n", VAULT_E_FORMAT},
    {"a reason", W DATE "reason YQ==\nstmt " H0 "\n", VAULT_OK},
    {"an empty reason", W DATE "reason \nstmt " H0 "\n", VAULT_E_FORMAT},
    {"reason no UTF-8", W DATE "reason /w==\nstmt " H0 "\n", VAULT_E_FORMAT},
    {"reason with loose bits", W DATE "reason YR==\nstmt " H0 "\n",
        VAULT_E_FORMAT},
    {"date 0", W "date 0\nreason -\nstmt " H0 "\n", VAULT_OK},
    {"date 00", W "date 00\nreason -\nstmt " H0 "\n", VAULT_E_FORMAT},
    {"last date", W "date 9223372036854775807\nreason -\nstmt " H0 "\n",
        VAULT_OK},
    {"date of 2^63", W "date 9223372036854775808\nreason -\nstmt " H0 "\n",
        VAULT_E_FORMAT},
    {"ext", WN "stmt " H0 "\next a AA==\n", VAULT_OK},
    {"ext to be understood", WN "stmt " H0 "\next !a AA==\n", VAULT_E_NEWER},
    {"no last line feed", WN "stmt " H0, VAULT_E_FORMAT},
    {"answer destroyed", A "answer destroyed\nstmt " H0 "\n", VAULT_OK},
    {"answer hidden", A "answer hidden\nstmt " H0 "\n", VAULT_OK},
    {"answer refused", A "answer refused\nstmt " H0 "\n", VAULT_OK},
    {"answer deleted", A "answer deleted\nstmt " H0 "\n", VAULT_E_FORMAT},
    {"answer hid", A "answer hid\nstmt " H0 "\n", VAULT_E_FORMAT},
    {"answer about nothing", A "answer hidden\n", VAULT_E_FORMAT},
    {"answer with a bundle", A "answer hidden\nstmt " H0 "\n" BUNDLE,
        VAULT_E_FORMAT},
    {"answer with ext", A "answer hidden\nstmt " H0 "\next a AA==\n", VAULT_OK},
    {"lifted", L DATE, VAULT_OK},
    {"lifted with ext", L DATE "ext a AA==\n", VAULT_E_FORMAT},
    {"lifted with statement", L DATE "stmt " H0 "\n", VAULT_E_FORMAT},
    {"receipt", R "records 1\n", VAULT_OK},
    {"receipt of none", R "records 0\n", VAULT_E_FORMAT},
    {"receipt of most", R "records 18446744073709551615\n", VAULT_OK},
    {"receipt of one more", R "records 18446744073709551616\n", VAULT_E_FORMAT},
    {"receipt with ext", R "records 1\next a AA==\n", VAULT_E_FORMAT},
    {"another text", "sanduq.v1/card\n" HEAD, VAULT_E_FORMAT},
    {"first line only", "sanduq.v1/ack\n", VAULT_E_FORMAT},
    {"nothing", "", VAULT_E_FORMAT},
};

static void
each_rule_of_the_form_is_kept(void **state)
{
    struct vlt_notice n;
    size_t i;

    (void)state;
    for (i = 0; i < ROWS(rows); i++) {
        print_message("%s\n", rows[i].name);
        assert_int_equal(vlt_notice_decode(&n, rows[i].text,
                             strlen(rows[i].text), NULL),
            rows[i].want);
        if (rows[i].want == VAULT_OK)
            vlt_notice_clear(&n);
    }
}

static void
put_lines(struct vlt_buf *text, size_t stmts, size_t bundles)
{
    size_t i;

    vlt_buf_reset(text);
    vlt_buf_put_str(text, WN);
    for (i = 0; i < stmts; i++) /* "aAAA", "aAAB" ... sort as text */
        vlt_buf_printf(text,
            "stmt %c%c%cAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
            (int)('A' + i / 400), (int)('A' + i / 20 % 20),
            (int)('A' + i % 20));
    for (i = 0; i < bundles; i++)
        vlt_buf_printf(text, "bundle %032zx\n", i);
}

static void
as_many_lines_as_the_limit_says_and_no_more(void **state)
{
    static const struct {
        size_t stmts, bundles;
        enum vault_status want;
    } sizes[] = {
        {VLT_NOTICE_LINES, 0, VAULT_OK},
        {VLT_NOTICE_LINES - 10, 10, VAULT_OK},
        {1, VLT_NOTICE_LINES - 1, VAULT_OK},
        {VLT_NOTICE_LINES + 1, 0, VAULT_E_FORMAT},
        {VLT_NOTICE_LINES, 1, VAULT_E_FORMAT},
        {1, VLT_NOTICE_LINES, VAULT_E_FORMAT},
        {1, VLT_NOTICE_LINES + 1, VAULT_E_FORMAT},
    };
    struct vlt_notice n;
    struct vlt_buf text;
    size_t i;

    (void)state;
    vlt_buf_init(&text, 2 * VLT_NOTE_MAX);
    for (i = 0; i < ROWS(sizes); i++) {
        put_lines(&text, sizes[i].stmts, sizes[i].bundles);
        assert_int_equal(vlt_notice_decode(&n, (const char *)text.p, text.len,
                             NULL),
            sizes[i].want);
        if (sizes[i].want == VAULT_OK)
            vlt_notice_clear(&n);
    }
    vlt_buf_clear(&text);
}

/* What is full to every limit still is a note. */
static void
the_longest_notice_fits_into_a_note(void **state)
{
    struct vlt_notice n;
    struct vlt_buf note;
    size_t i;

    (void)state;
    begin(&n, VLT_NOTICE_WITHDRAW);
    free(n.stmt);
    n.stmts = VLT_NOTICE_LINES;
    n.stmt = calloc(n.stmts, sizeof *n.stmt);
    assert_non_null(n.stmt);
    for (i = 0; i < n.stmts; i++) {
        n.stmt[i].b[0] = (uint8_t)(i >> 8);
        n.stmt[i].b[1] = (uint8_t)i;
    }
    for (i = 0; i < VLT_NOTICE_REASON; i++)
        vlt_buf_put_str(&n.reason, "r");
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_notice_make(&n, seed, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_notice_check((const char *)note.p, note.len, &card,
                         NULL),
        VAULT_OK);
    memcpy(n.stmt[3].b, n.stmt[4].b, 32);
    vlt_buf_reset(&note);
    assert_int_equal(vlt_notice_make(&n, seed, &note, NULL), VAULT_E_FORMAT);
    assert_int_equal(note.len, 0);
    vlt_notice_clear(&n);
    vlt_buf_clear(&note);
}

static enum vault_status
holds(const struct vlt_card *c)
{
    return vlt_notice_check(known_note_withdraw, strlen(known_note_withdraw), c,
        NULL);
}

static void
a_note_holds_under_its_card_only(void **state)
{
    struct vlt_card c = card;

    (void)state;
    assert_int_equal(holds(&c), VAULT_OK);
    c.vault[0] ^= 1;
    assert_int_equal(holds(&c), VAULT_E_TAMPERED);
    c = card;
    c.fingerprint[0] ^= 1;
    assert_int_equal(holds(&c), VAULT_E_TAMPERED);
    c = card;
    c.sign[0] ^= 1;
    assert_int_equal(holds(&c), VAULT_E_TAMPERED);
}

static void
is_refused(void *ctx, const char *note, size_t len)
{
    (void)ctx;
    assert_int_not_equal(vlt_notice_check(note, len, &card, NULL), VAULT_OK);
}

static void
no_change_of_one_byte_holds(void **state)
{
    (void)state;
    each_change(known_note_plain, strlen(known_note_plain), is_refused, NULL);
    each_change(known_note_receipt, strlen(known_note_receipt), is_refused,
        NULL);
}

static void
is_refused_or_encodes_again(void *ctx, const char *text, size_t len)
{
    struct vlt_notice n;
    struct vlt_buf out;

    if (vlt_notice_decode(&n, text, len, NULL) != VAULT_OK)
        return;
    ++*(size_t *)ctx;
    vlt_buf_init(&out, VLT_NOTE_MAX);
    assert_int_equal(vlt_notice_encode(&out, &n, NULL), VAULT_OK);
    assert_int_equal(out.len, len);
    assert_memory_equal(out.p, text, len);
    vlt_buf_clear(&out);
    vlt_notice_clear(&n);
}

static void
a_changed_byte_of_the_text_is_refused_or_says_something_else(void **state)
{
    static const char *const texts[] = {W DATE "reason YWJj\nstmt " H0
                                               "\nstmt " H3 "\n" BUNDLE,
        A "answer hidden\nstmt " H0 "\n", R "records 7\n", L DATE};
    size_t i, taken;

    (void)state;
    for (i = 0; i < ROWS(texts); i++) {
        taken = 0;
        each_change(texts[i], strlen(texts[i]), is_refused_or_encodes_again,
            &taken);
        assert_true(taken > 100);
    }
}

static void
the_first_line_tells_the_kinds_apart(void **state)
{
    enum vlt_notice_kind k;
    const char *t = known_note_revoked;

    (void)state;
    assert_true(vlt_notice_is(t, strlen(t), &k));
    assert_int_equal(k, VLT_NOTICE_WITHDRAW_REVOKED);
    assert_true(vlt_notice_is(known_note_plain, 19, &k));
    assert_int_equal(k, VLT_NOTICE_WITHDRAW);
    assert_false(vlt_notice_is(known_note_plain, 18, &k));
    assert_false(vlt_notice_is("sanduq.v1/card\n", 15, &k));
    assert_string_equal(vlt_notice_word(VLT_NOTICE_WITHDRAW_REVOKED),
        "withdraw-revoked");
    assert_string_equal(vlt_ack_word(VLT_ACK_REFUSED), "refused");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            notes_are_those_of_the_second_encoder_to_the_last_byte),
        cmocka_unit_test(each_rule_of_the_form_is_kept),
        cmocka_unit_test(as_many_lines_as_the_limit_says_and_no_more),
        cmocka_unit_test(the_longest_notice_fits_into_a_note),
        cmocka_unit_test(a_note_holds_under_its_card_only),
        cmocka_unit_test(no_change_of_one_byte_holds),
        cmocka_unit_test(
            a_changed_byte_of_the_text_is_refused_or_says_something_else),
        cmocka_unit_test(the_first_line_tells_the_kinds_apart),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
