/* SPDX-License-Identifier: Apache-2.0 */
/* test_report.c: a page says what was told, and no more */
#include "report.h"

#include "bytes.h"
#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *
tr(const char *text)
{
    return text;
}

static const char *
trn(const char *one, const char *many, unsigned long long n)
{
    return n == 1 ? one : many;
}

static const struct report_words english = {"en", tr, trn};

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)err;
    vlt_buf_put(ctx, p, n);
    return VAULT_OK;
}

static enum vault_status
refuse(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)ctx;
    (void)p;
    (void)n;
    return vlt_fail(err, VAULT_E_IO, "the disk is full");
}

static struct report_about
about(int exit, const struct vault_verdict *d)
{
    struct report_about a = {.name = "v.sanduq",
        .bytes = 4096,
        .begun = 1827000000,
        .ended = 1827000001,
        .program = "sanduq 1",
        .exit = exit,
        .sentence = "what the program says",
        .verdict = d};

    return a;
}

/* The page as one text; the caller clears. */
static const char *
page(const struct report *r, const struct report_about *a, struct vlt_buf *b)
{
    struct vault_error err;

    vlt_buf_init(b, 64 * 1024 * 1024);
    assert_int_equal(report_write(r, a, put, b, &err), VAULT_OK);
    return vlt_buf_cstr(b);
}

static size_t
count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}

static void
finding(struct report *r, enum vault_finding_level level, const char *message)
{
    struct vault_finding f = {.level = level, .kind = "record", .count = 1};

    report_finding(r, &f, message);
}

static struct vault_evidence
fact(enum vault_evidence_kind kind, enum vault_evidence_state state)
{
    struct vault_evidence e = {.kind = kind, .state = state, .time = -1};

    e.own = true;
    return e;
}

static void
log_of(struct report *r, const char *origin, uint64_t lines,
    enum vault_evidence_state state)
{
    struct vault_evidence e = fact(VAULT_EV_LOG, state);

    e.origin = origin;
    e.size = lines;
    report_fact(r, &e);
    for (uint64_t i = 0; i < lines; i++) {
        e = fact(VAULT_EV_LEAF, state);
        e.origin = origin;
        e.size = i;
        e.word = i == 0 ? "genesis" : i % 7 == 3 ? "withdraw" : "seal";
        report_fact(r, &e);
    }
    e = fact(VAULT_EV_CHECKPOINT, state);
    e.origin = origin;
    e.size = lines;
    report_fact(r, &e);
}

/* ---- verdicts ---- */

static void
each_verdict_has_its_own_look_and_words(void **state)
{
    static const struct {
        const char *name;
        int exit;
        const char *cls, *words;
    } rows[] = {
        {"holds", 0, "<main class=\"held\">", "What was checked holds"},
        {"mismatch", 3, "<main class=\"failed\">",
            "The evidence does not match"},
        {"not as asked", 6, "<main class=\"asked\">",
            "It holds, but it is not what was asked for"},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct vault_verdict d = {.compared = true};
        struct report *r = report_new(&english);
        struct report_about a = about(rows[i].exit, &d);
        struct vlt_buf b;
        const char *text;

        print_message("%s\n", rows[i].name);
        finding(r, VAULT_HELD, "a line that holds");
        finding(r, VAULT_FAILED, "a line that does not");
        text = page(r, &a, &b);
        for (size_t k = 0; k < VLT_COUNT(rows); k++) {
            assert_int_equal(strstr(text, rows[k].cls) != NULL, k == i);
            assert_int_equal(strstr(text, rows[k].words) != NULL, k == i);
        }
        assert_non_null(strstr(text, "what the program says"));
        assert_non_null(strstr(text, "<td>a line that holds</td>"));
        assert_non_null(strstr(text, "<td>a line that does not</td>"));
        assert_int_equal(strstr(text, "class=\"warn\"") != NULL,
            rows[i].exit == 3);
        vlt_buf_clear(&b);
        report_free(r);
    }
}

static void
that_nobody_was_compared_is_said(void **state)
{
    struct vault_verdict d = {0};
    struct report *r = report_new(&english);
    struct report_about a = about(0, &d);
    struct report_asked card = {.option = "--card", .value = "x.card"};
    struct vlt_buf b;

    (void)state;
    assert_non_null(strstr(page(r, &a, &b), "The signer was not compared"));
    vlt_buf_clear(&b);
    a.asked = &card;
    a.asked_len = 1;
    assert_non_null(strstr(page(r, &a, &b), "The signer is none of those"));
    vlt_buf_clear(&b);
    d.compared = true;
    assert_null(strstr(page(r, &a, &b), "The signer is none of those"));
    vlt_buf_clear(&b);
    report_free(r);
}

/* threats.md: words to avoid. */
static void
words_that_promise_too_much_are_not_used(void **state)
{
    static const char *const words[] = {"verified", "authentic", "tamper-proof",
        "immutable", "deniable", "proves that it is true", "secure"};
    struct vault_verdict d = {.bundle = true};
    struct report *r = report_new(&english);
    struct report_about a = about(0, &d);
    struct vlt_buf b;
    const char *text;

    (void)state;
    log_of(r, "sanduq.invalid/a/b", 20, VAULT_EV_HELD);
    text = page(r, &a, &b);
    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        print_message("%s\n", words[i]);
        assert_null(strstr(text, words[i]));
    }
    vlt_buf_clear(&b);
    report_free(r);
}

/* ---- what does not hold is not shown as holding ---- */

static void
lines_of_a_log_that_does_not_match_are_hollow(void **state)
{
    struct vault_verdict d = {0};
    struct report_about a = about(3, &d);
    struct vlt_buf b;
    struct report *r = report_new(&english);

    (void)state;
    log_of(r, "sanduq.invalid/a/b", 20, VAULT_EV_HELD);
    assert_int_equal(count(page(r, &a, &b), " doubt\""), 0);
    assert_int_equal(count(vlt_buf_cstr(&b), "class=\"cov\""), 1);
    vlt_buf_clear(&b);
    report_free(r);

    r = report_new(&english);
    log_of(r, "sanduq.invalid/a/b", 20, VAULT_EV_UNKNOWN);
    /* one for each line, and the checkpoint */
    assert_int_equal(count(page(r, &a, &b), " doubt\""), 21);
    assert_int_equal(count(vlt_buf_cstr(&b), "class=\"cov\""), 0);
    vlt_buf_clear(&b);
    report_free(r);
}

static void
a_record_that_fails_is_listed_before_any_number_of_others(void **state)
{
    struct vault_verdict d = {0};
    struct report_about a = about(3, &d);
    struct report *r = report_new(&english);
    struct vault_evidence e = fact(VAULT_EV_RECORD, VAULT_EV_UNKNOWN);
    struct vlt_buf b;
    const char *text;

    (void)state;
    e.has_record = true;
    e.version = 1;
    for (unsigned i = 0; i < 5000; i++) {
        vlt_store_u32(e.record, i);
        report_fact(r, &e);
    }
    e.state = VAULT_EV_FAILED;
    e.record_state = VAULT_RECORD_MISSING;
    memset(e.record, 0xab, sizeof e.record);
    report_fact(r, &e);
    text = page(r, &a, &b);
    assert_non_null(strstr(text, "abababababababababababababababab"));
    assert_non_null(strstr(text, "logged, not withdrawn, and not here"));
    assert_non_null(strstr(text, "0 record versions are here and hold."));
    assert_non_null(strstr(text, "and 4900 more"));
    vlt_buf_clear(&b);
    report_free(r);
}

static void
only_cosignatures_that_hold_count_as_covering(void **state)
{
    struct vault_verdict d = {0};
    struct report_about a = about(0, &d);
    struct report *r = report_new(&english);
    struct vault_evidence e = fact(VAULT_EV_COSIGNATURE, VAULT_EV_UNKNOWN);
    struct vlt_buf b;

    (void)state;
    log_of(r, "sanduq.invalid/a/b", 20, VAULT_EV_HELD);
    e.origin = "sanduq.invalid/a/b";
    e.size = 15;
    e.word = "witness.example";
    e.time = 1827000000;
    report_fact(r, &e);
    assert_int_equal(count(page(r, &a, &b), "class=\"covw\""), 0);
    vlt_buf_clear(&b);
    e.state = VAULT_EV_HELD;
    e.size = 10;
    report_fact(r, &e);
    /* half of the 730 units that 20 lines take */
    assert_non_null(strstr(page(r, &a, &b),
        "<rect class=\"covw\" x=\"236\" y=\"36\" width=\"365.0\""));
    vlt_buf_clear(&b);
    report_free(r);
}

/* ---- hostile, large ---- */

static void
nothing_of_others_becomes_markup(void **state)
{
    static const char junk[] = "<script src=\"http://x\">'&\xe2\x80\xae\xff\n";
    struct vault_verdict d = {0};
    struct report *r = report_new(&english);
    struct report_about a = about(3, &d);
    struct report_asked asked = {.option = "--card", .value = junk};
    struct vault_evidence e = fact(VAULT_EV_STAMP, VAULT_EV_HELD);
    struct vault_said said = {.proved = true,
        .field = {VAULT_TEXT, VAULT_VALUE, junk, (const uint8_t *)junk,
            sizeof junk - 1}};
    struct vlt_buf b;
    const char *text;

    (void)state;
    a.name = a.program = a.sentence = junk;
    a.asked = &asked;
    a.asked_len = 1;
    finding(r, VAULT_FAILED, junk);
    log_of(r, junk, 3, VAULT_EV_HELD);
    e.origin = e.word = e.vkey = junk;
    report_fact(r, &e);
    e.kind = VAULT_EV_COSIGNATURE;
    report_fact(r, &e);
    report_said(r, &said);
    text = page(r, &a, &b);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_null(strstr(text, "\xff"));
    assert_null(strstr(text, "\"http://x"));
    /* title, heading, name, program, sentence, option, line, log, witness,
     * stamp, what it says: all are there, as text */
    assert_true(count(text, "&lt;script src=&quot;") >= 13);
    vlt_buf_clear(&b);
    report_free(r);
}

static void
a_hundred_thousand_lines_and_records_make_a_small_page(void **state)
{
    struct vault_verdict d = {0};
    struct report *r = report_new(&english);
    struct report_about a = about(3, &d);
    struct vault_evidence e = fact(VAULT_EV_RECORD, VAULT_EV_HELD);
    struct vlt_buf b;
    const char *text;

    (void)state;
    log_of(r, "sanduq.invalid/a/b", 100000, VAULT_EV_HELD);
    for (unsigned i = 0; i < 100000; i++) {
        vlt_store_u32(e.record, i);
        report_fact(r, &e);
        finding(r, VAULT_FAILED, "changed");
    }
    for (unsigned i = 0; i < 3000; i++) {
        char origin[64];

        (void)snprintf(origin, sizeof origin, "sanduq.invalid/%u", i);
        log_of(r, origin, 3, VAULT_EV_HELD);
    }
    text = page(r, &a, &b);
    assert_true(b.len < 1024 * 1024);
    assert_non_null(strstr(text, "A column stands for 256 lines."));
    assert_non_null(strstr(text, "and 99600 more"));  /* findings */
    assert_non_null(strstr(text, "and 99850 more"));  /* records */
    assert_non_null(strstr(text, "and 2801 more"));   /* logs */
    assert_non_null(strstr(text, "withdrawn 14286")); /* 3, 10 .. 99998 */
    vlt_buf_clear(&b);
    report_free(r);
}

static void
the_same_facts_make_the_same_page(void **state)
{
    struct vault_verdict d = {0};
    struct report_about a = about(0, &d);
    struct vlt_buf one, two;
    struct report *r = report_new(&english);

    (void)state;
    log_of(r, "sanduq.invalid/a/b", 500, VAULT_EV_HELD);
    (void)page(r, &a, &one);
    (void)page(r, &a, &two);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.p, two.p, one.len);
    vlt_buf_clear(&one);
    vlt_buf_clear(&two);
    report_free(r);
}

static void
the_direction_is_that_of_the_language(void **state)
{
    static const struct {
        const char *code, *dir;
    } rows[] = {{"en", "lang=\"en\" dir=\"ltr\""},
        {"ru", "lang=\"ru\" dir=\"ltr\""}, {"ug", "lang=\"ug\" dir=\"rtl\""},
        {"ug-CN", "lang=\"ug-CN\" dir=\"rtl\""},
        {"kk-Arab", "lang=\"kk-Arab\" dir=\"rtl\""},
        {"kk", "lang=\"kk\" dir=\"ltr\""}};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct report_words w = {rows[i].code, tr, trn};
        struct vault_verdict d = {0};
        struct report_about a = about(0, &d);
        struct report *r = report_new(&w);
        struct vlt_buf b;

        assert_non_null(strstr(page(r, &a, &b), rows[i].dir));
        vlt_buf_clear(&b);
        report_free(r);
    }
}

static void
a_page_that_cannot_be_written_is_told(void **state)
{
    struct vault_verdict d = {0};
    struct report_about a = about(0, &d);
    struct report *r = report_new(&english);
    struct vault_error err;

    (void)state;
    assert_int_equal(report_write(r, &a, refuse, NULL, &err), VAULT_E_IO);
    assert_string_equal(err.message, "the disk is full");
    report_free(r);
    report_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verdict_has_its_own_look_and_words),
        cmocka_unit_test(that_nobody_was_compared_is_said),
        cmocka_unit_test(words_that_promise_too_much_are_not_used),
        cmocka_unit_test(lines_of_a_log_that_does_not_match_are_hollow),
        cmocka_unit_test(
            a_record_that_fails_is_listed_before_any_number_of_others),
        cmocka_unit_test(only_cosignatures_that_hold_count_as_covering),
        cmocka_unit_test(nothing_of_others_becomes_markup),
        cmocka_unit_test(
            a_hundred_thousand_lines_and_records_make_a_small_page),
        cmocka_unit_test(the_same_facts_make_the_same_page),
        cmocka_unit_test(the_direction_is_that_of_the_language),
        cmocka_unit_test(a_page_that_cannot_be_written_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
