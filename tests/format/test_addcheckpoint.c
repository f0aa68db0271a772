/* SPDX-License-Identifier: Apache-2.0 */
/* test_addcheckpoint.c: texts between a log and its witness */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "addcheckpoint.h"
#include "changes.h"
#include "secret.h"
#include "witnessed.h"

#define DASH "\xe2\x80\x94 "

/* The example of C2SP tlog-witness, shortened to one signature. */
#define HASHES                                       \
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n" \
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n" \
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n" \
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
#define SIGNED                                                                  \
    DASH                                                                        \
        "example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmR" \
        "DeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
#define POINT                                 \
    "example.com/behind-the-sofa\n20852163\n" \
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" SIGNED
#define ASKED  "old 20852014\n" HASHES "\n" POINT
#define FIRST  "old 0\n\n" POINT
#define ANSWER DASH "witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/\n"
#define KNOWN  "old 40 example.com/behind-the-sofa\n"
#define NOTE   "sanduq.v1/replica\nx\n\n" SIGNED

static void
the_published_request_is_read(void **state)
{
    struct vlt_ask *ask = calloc(1, sizeof *ask);
    struct vlt_buf again;

    (void)state;
    assert_non_null(ask);
    assert_int_equal(vlt_ask_decode(ask, ASKED, strlen(ASKED), NULL), VAULT_OK);
    assert_int_equal(ask->old, 20852014);
    assert_int_equal(ask->n, 4);
    assert_int_equal(ask->checkpoint_len, strlen(POINT));
    assert_memory_equal(ask->checkpoint, POINT, strlen(POINT));
    vlt_buf_init(&again, VLT_NOTE_MAX);
    assert_int_equal(vlt_ask_encode(&again, ask, NULL), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&again), ASKED);
    vlt_buf_clear(&again);
    assert_int_equal(vlt_ask_decode(ask, FIRST, strlen(FIRST), NULL), VAULT_OK);
    assert_int_equal(ask->old, 0);
    assert_int_equal(ask->n, 0);
    free(ask);
}

/* A text one byte away is refused, or it is another exact text. */
static void
is_exact(void *ctx, const char *text, size_t len)
{
    struct vlt_ask *ask = calloc(1, sizeof *ask);
    struct vlt_buf again;

    (void)ctx;
    assert_non_null(ask);
    vlt_buf_init(&again, VLT_NOTE_MAX);
    if (vlt_ask_decode(ask, text, len, NULL) == VAULT_OK &&
        (vlt_ask_encode(&again, ask, NULL) != VAULT_OK || again.len != len ||
            memcmp(again.p, text, len) != 0))
        fail_msg("not exact: %.*s", (int)len, text);
    vlt_buf_clear(&again);
    free(ask);
}

static void
a_request_has_one_form(void **state)
{
    (void)state;
    each_change(FIRST, strlen(FIRST), is_exact, NULL);
}

static void
a_proof_has_63_hashes_at_most(void **state)
{
    struct vlt_ask *ask = calloc(1, sizeof *ask);
    struct vlt_buf b;

    (void)state;
    assert_non_null(ask);
    for (unsigned n = 63; n <= 64; n++) {
        vlt_buf_init(&b, VLT_NOTE_MAX);
        vlt_buf_put_str(&b, "old 9\n");
        for (unsigned i = 0; i < n; i++)
            vlt_buf_put_str(&b,
                "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n");
        vlt_buf_put_str(&b, "\n" POINT);
        assert_int_equal(vlt_ask_decode(ask, (char *)b.p, b.len, NULL),
            n == 63 ? VAULT_OK : VAULT_E_FORMAT);
        vlt_buf_clear(&b);
    }
    free(ask);
}

static void
split_is(const char *raw, const char *kinds, enum vault_status end)
{
    static const char word[] = {[VLT_TEXT_REQUEST] = 'r',
        [VLT_TEXT_NOTE] = 'n',
        [VLT_TEXT_LINE] = 'l',
        [VLT_TEXT_KNOWN] = 'k'};
    char got[16] = "";
    struct vlt_buf b;
    struct vlt_text t;
    size_t at = 0, n = 0;
    bool any = true;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&b, VLT_TEXTS_MAX + 1);
    assert_int_equal(vlt_texts_mend(&b, raw, strlen(raw), NULL), VAULT_OK);
    while (st == VAULT_OK && any && n < sizeof got - 1) {
        st = vlt_texts_next((char *)b.p, b.len, &at, &t, &any, NULL);
        if (st == VAULT_OK && any)
            got[n++] = word[t.kind];
    }
    vlt_buf_clear(&b);
    assert_string_equal(got, kinds);
    assert_int_equal(st, end);
}

static void
files_hold_texts_one_after_the_other(void **state)
{
    static const struct {
        const char *what, *raw, *kinds;
        enum vault_status end;
    } row[] = {
        {"nothing", "", "", VAULT_OK},
        {"empty lines", "\n\r\n\n", "", VAULT_OK},
        {"one request", ASKED, "r", VAULT_OK},
        {"request, note", FIRST NOTE, "rn", VAULT_OK},
        {"two of each", FIRST NOTE ASKED NOTE, "rnrn", VAULT_OK},
        {"empty lines between", FIRST "\n\n" NOTE "\n" ASKED, "rnr", VAULT_OK},
        {"answers", ANSWER ANSWER KNOWN ANSWER, "llkl", VAULT_OK},
        {"a whole checkpoint", POINT ANSWER, "n", VAULT_OK},
        {"quoted", "> old 0\n>\n> example.com/x\n> \n> " DASH "a AAAAAAA=\n",
            "r", VAULT_OK},
        {"carriage returns",
            "old 0\r\n\r\nexample.com/x\r\n\r\n" DASH "a AAAAAAA=\r\n", "r",
            VAULT_OK},
        {"no final line feed",
            "old 0\n\nexample.com/x\n\n" DASH "a AAAAAAA=", "r", VAULT_OK},
        {"byte order mark", "\xef\xbb\xbf" KNOWN, "k", VAULT_OK},
        {"a line broken behind its name", DASH "a\nAAAAAAA=\n" ANSWER, "ll",
            VAULT_OK},
        {"cut before the signature", "old 0\n\nexample.com/x\n\n", "",
            VAULT_E_FORMAT},
        {"cut before the checkpoint", "old 0\n", "", VAULT_E_FORMAT},
        {"prose", "Dear Aina,\nhere it is:\n", "", VAULT_E_FORMAT},
        {"prose behind", ANSWER "Best wishes\n", "l", VAULT_E_FORMAT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        print_message("%s\n", row[i].what);
        split_is(row[i].raw, row[i].kinds, row[i].end);
    }
}

static void
mending_gives_back_the_exact_text(void **state)
{
    static const char mailed[] = "> old 20852014\r\n> PlRNCrwHpqhGrupue0L7gxbj"
                                 "bMiKA9temvuZZDDpkaw=  \r\n>\r\n";
    static const char exact[] =
        "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\n";
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, VLT_TEXTS_MAX + 1);
    assert_int_equal(vlt_texts_mend(&b, mailed, strlen(mailed), NULL),
        VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&b), exact);
    vlt_buf_reset(&b);
    assert_int_equal(vlt_texts_mend(&b, ASKED, strlen(ASKED), NULL), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&b), ASKED);
    vlt_buf_clear(&b);
}

static void
an_answer_may_tell_a_size(void **state)
{
    static const struct {
        const char *text;
        enum vault_status want;
    } row[] = {
        {KNOWN, VAULT_OK},
        {"old 40 a", VAULT_E_FORMAT},
        {"old 040 a\n", VAULT_E_FORMAT},
        {"old 40  a\n", VAULT_E_FORMAT},
        {"old 40 a b\n", VAULT_E_FORMAT},
        {"old 40 a+b\n", VAULT_E_FORMAT},
        {"old 99999999999999999999 a\n", VAULT_E_FORMAT},
        {"old 40 a\nx", VAULT_E_FORMAT},
    };
    struct vlt_known_size k;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        assert_int_equal(vlt_known_size_decode(&k, row[i].text,
                             strlen(row[i].text), NULL),
            row[i].want);
    assert_int_equal(vlt_known_size_decode(&k, KNOWN, strlen(KNOWN), NULL),
        VAULT_OK);
    assert_int_equal(k.size, 40);
    assert_string_equal(k.origin, "example.com/behind-the-sofa");
}

static void
a_line_stands_under_a_note_once(void **state)
{
    struct vlt_buf b;
    bool added = false;

    (void)state;
    vlt_buf_init(&b, VLT_NOTE_MAX);
    vlt_buf_put_str(&b, POINT);
    assert_int_equal(vlt_note_add_line(&b, ANSWER, strlen(ANSWER), &added,
                         NULL),
        VAULT_OK);
    assert_true(added);
    assert_string_equal(vlt_buf_cstr(&b), POINT ANSWER);
    assert_int_equal(vlt_note_add_line(&b, ANSWER, strlen(ANSWER), &added,
                         NULL),
        VAULT_OK);
    assert_false(added);
    assert_int_equal(vlt_note_add_line(&b, "x\n", 2, &added, NULL),
        VAULT_E_FORMAT);
    assert_string_equal(vlt_buf_cstr(&b), POINT ANSWER);
    for (unsigned i = 2; i < VLT_NOTE_LINES; i++)
        vlt_buf_put_str(&b, ANSWER);
    assert_int_equal(vlt_note_add_line(&b, DASH "a AAAAAAA=\n", 15, &added,
                         NULL),
        VAULT_E_LIMIT);
    vlt_buf_clear(&b);
}

/* ---- what a witness has seen ---- */

#define VAULT         "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define CARD          "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define HEAD          "sanduq.v1/witnessed\n" VAULT " " CARD "\ntime 1790000000\n"
#define LOG(id, size) "log sanduq.invalid/" VAULT "/" id " " size " " CARD "\n"
#define LOW           LOG("c0c1c2c3c4c5c6c7", "3")
#define HIGH          LOG("c0c1c2c3c4c5c6c8", "9223372036854775807")

static void
what_was_seen_has_one_form(void **state)
{
    static const struct {
        const char *what, *text;
        enum vault_status want;
    } row[] = {
        {"none", HEAD, VAULT_OK},
        {"one", HEAD LOW, VAULT_OK},
        {"two", HEAD LOW HIGH, VAULT_OK},
        {"not ascending", HEAD HIGH LOW, VAULT_E_FORMAT},
        {"twice", HEAD LOW LOW, VAULT_E_FORMAT},
        {"size 0", HEAD LOG("c0c1c2c3c4c5c6c7", "0"), VAULT_E_FORMAT},
        {"beyond", HEAD LOG("c0c1c2c3c4c5c6c7", "9223372036854775808"),
            VAULT_E_FORMAT},
        {"another vault's",
            HEAD "log sanduq.invalid/b0b1b2b3b4b5b6b7b8b9babbbcbdbeb0/"
                 "c0c1c2c3c4c5c6c7 3 " CARD "\n",
            VAULT_E_FORMAT},
        {"an ext line", HEAD "ext x AA==\n", VAULT_E_FORMAT},
    };
    struct vlt_witnessed w;
    struct vlt_buf again;

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        enum vault_status st =
            vlt_witnessed_decode(&w, row[i].text, strlen(row[i].text), NULL);

        print_message("%s\n", row[i].what);
        assert_int_equal(st, row[i].want);
        if (st != VAULT_OK)
            continue;
        vlt_buf_init(&again, VLT_NOTE_MAX);
        assert_int_equal(vlt_witnessed_encode(&again, &w, NULL), VAULT_OK);
        assert_string_equal(vlt_buf_cstr(&again), row[i].text);
        assert_int_equal(w.time, 1790000000);
        vlt_buf_clear(&again);
        vlt_witnessed_clear(&w);
    }
}

static void
is_exact_too(void *ctx, const char *text, size_t len)
{
    struct vlt_witnessed w;
    struct vlt_buf again;

    (void)ctx;
    if (vlt_witnessed_decode(&w, text, len, NULL) != VAULT_OK)
        return;
    vlt_buf_init(&again, VLT_NOTE_MAX);
    if (vlt_witnessed_encode(&again, &w, NULL) != VAULT_OK ||
        again.len != len || memcmp(again.p, text, len) != 0)
        fail_msg("not exact: %.*s", (int)len, text);
    vlt_buf_clear(&again);
    vlt_witnessed_clear(&w);
}

static void
what_was_seen_is_exact_whatever_is_changed(void **state)
{
    (void)state;
    each_change(HEAD LOW HIGH, strlen(HEAD LOW HIGH), is_exact_too, NULL);
}

static void
only_the_card_it_names_says_what_was_seen(void **state)
{
    static const uint8_t vault[16] = {0xd0};
    struct vlt_card card = {.generation = 1}, stranger = {.generation = 1};
    struct vlt_seed *seed = vlt_seed_new(), *other = vlt_seed_new();
    struct vlt_witnessed w = {.time = 5};
    struct vlt_buf note, cards;

    (void)state;
    assert_non_null(seed);
    assert_non_null(other);
    memset(seed->b, 1, 32);
    memset(other->b, 2, 32);
    memcpy(card.vault, vault, 16);
    memcpy(stranger.vault, vault, 16);
    vlt_buf_init(&cards, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(&card, seed, NULL, &cards, NULL), VAULT_OK);
    vlt_buf_reset(&cards);
    assert_int_equal(vlt_card_make(&stranger, other, NULL, &cards, NULL),
        VAULT_OK);
    memcpy(w.card, card.fingerprint, 32);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_witnessed_make(&w, seed, vault, &note, NULL),
        VAULT_OK);
    assert_int_equal(vlt_witnessed_check((char *)note.p, note.len, &card, NULL),
        VAULT_OK);
    assert_int_equal(vlt_witnessed_check((char *)note.p, note.len, &stranger,
                         NULL),
        VAULT_E_TAMPERED);
    note.p[note.len - 60] ^= 1;
    assert_int_not_equal(vlt_witnessed_check((char *)note.p, note.len, &card,
                             NULL),
        VAULT_OK);
    vlt_buf_clear(&note);
    vlt_buf_clear(&cards);
    vlt_seed_free(seed);
    vlt_seed_free(other);
}

static int
setup(void **state)
{
    (void)state;
    return vlt_crypto_init(NULL) == VAULT_OK ? 0 : -1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_request_is_read),
        cmocka_unit_test(a_request_has_one_form),
        cmocka_unit_test(a_proof_has_63_hashes_at_most),
        cmocka_unit_test(files_hold_texts_one_after_the_other),
        cmocka_unit_test(mending_gives_back_the_exact_text),
        cmocka_unit_test(an_answer_may_tell_a_size),
        cmocka_unit_test(a_line_stands_under_a_note_once),
        cmocka_unit_test(what_was_seen_has_one_form),
        cmocka_unit_test(what_was_seen_is_exact_whatever_is_changed),
        cmocka_unit_test(only_the_card_it_names_says_what_was_seen),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
