/* SPDX-License-Identifier: Apache-2.0 */
/* test_consent.c: only a plain yes that still stands is a yes */
#include "consent.h"

#include "fail.h"
#include "text.h"
#include "action.h"
#include "quick_vault.h"
#include "record_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* 2031-11-04T09:00:00Z */
enum { NOW = 1951549200 };

#define TEXT(name, text)                                        \
    {                                                           \
        VAULT_TEXT, VAULT_VALUE, name, (const uint8_t *)(text), \
            sizeof(text) - 1                                    \
    }
#define DATE(name, text)                                                   \
    {                                                                      \
        VAULT_DATE, VAULT_VALUE, name, (const uint8_t *)"gregorian " text, \
            sizeof("gregorian " text) - 1                                  \
    }
#define STATE(name, state)               \
    {                                    \
        VAULT_TEXT, state, name, NULL, 0 \
    }
#define YES TEXT("purpose.un", "yes")
enum { NO = 1, GOOD = 0 };

static const struct {
    const char *name;
    struct vault_field f[3];
    int refused;
} rows[] = {
    {"a plain yes", {YES}, GOOD},
    {"no", {TEXT("purpose.un", "no")}, NO},
    {"ask first", {TEXT("purpose.un", "ask first")}, NO},
    {"another word", {TEXT("purpose.un", "Yes")}, NO},
    {"a longer word", {TEXT("purpose.un", "yes, but")}, NO},
    {"an empty answer", {TEXT("purpose.un", "")}, NO},
    {"not asked", {STATE("purpose.un", VAULT_NOT_ASKED)}, NO},
    {"refused", {STATE("purpose.un", VAULT_REFUSED)}, NO},
    {"unknown", {STATE("purpose.un", VAULT_UNKNOWN)}, NO},
    {"yes for something else", {TEXT("purpose.court", "yes")}, NO},
    {"nothing at all", {TEXT("consent.id", "K-1")}, NO},
    {"withdrawn on a day", {YES, DATE("withdrawal.date", "2031-11-01")}, NO},
    {"withdrawn some day", {YES, STATE("withdrawal.date", VAULT_UNKNOWN)}, NO},
    {"withdrawn by voice", {YES, TEXT("withdrawal.channel", "spoken")}, NO},
    {"withdrawal never asked about",
        {YES, STATE("withdrawal.date", VAULT_NOT_ASKED)}, GOOD},
    {"ends today", {YES, DATE("expiry", "2031-11-04")}, GOOD},
    {"ended yesterday", {YES, DATE("expiry", "2031-11-03")}, NO},
    {"ends this month", {YES, DATE("expiry", "2031-11")}, NO},
    {"ends next month", {YES, DATE("expiry", "2031-12")}, GOOD},
    {"ends this year", {YES, DATE("expiry", "2031")}, NO},
    {"ends nobody knows when", {YES, STATE("expiry", VAULT_UNKNOWN)}, NO},
    {"no end was asked for", {YES, STATE("expiry", VAULT_NOT_ASKED)}, GOOD},
    {"ends in another calendar",
        {YES,
            {VAULT_DATE, VAULT_VALUE, "expiry", (const uint8_t *)"islamic 1460",
                12}},
        NO},
    {"ends at an open end", {YES, DATE("expiry", "2031/..")}, NO},
    {"to be asked again next week", {YES, DATE("review", "2031-11-11")}, GOOD},
    {"should have been asked again", {YES, DATE("review", "2031-11-03")}, NO},
    {"holds from today", {YES, DATE("embargo", "2031-11-04")}, GOOD},
    {"holds from tomorrow", {YES, DATE("embargo", "2031-11-05")}, NO},
    {"holds from this month", {YES, DATE("embargo", "2031-11")}, NO},
    {"held from last month", {YES, DATE("embargo", "2031-10")}, GOOD},
    {"holds from some day", {YES, STATE("embargo", VAULT_UNKNOWN)}, NO},
};

static void
every_answer_counts_as_it_must(void **state)
{
    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        bool conditions = true;
        size_t n = 0;

        while (n < 3 && rows[i].f[n].name != NULL)
            n++;
        print_message("%s\n", rows[i].name);
        assert_int_equal(consent_answer(rows[i].f, n, "un", NOW, &conditions) !=
                NULL,
            rows[i].refused);
        assert_false(conditions);
    }
}

static void
conditions_are_told(void **state)
{
    static const struct vault_field f[] = {YES,
        {VAULT_LANG_TEXT, VAULT_VALUE, "conditions",
            (const uint8_t *)"kk not the name", 15}};
    bool conditions = false;

    (void)state;
    assert_null(consent_answer(f, 2, "un", NOW, &conditions));
    assert_true(conditions);
}

static void
purposes_are_those_of_the_registry(void **state)
{
    static const char *const all[] = {"keep", "share-inside", "share-org", "un",
        "court", "media", "public-list", "name-public", "face", "voice",
        "place", "translation", "research", "contact-again"};
    static const char *const none[] = {"", "share", "share-org.1", "un ",
        "purpose.un", "N"};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(all); i++) {
        assert_true(consent_purpose(all[i]));
        assert_int_equal(consent_inside(all[i]), i < 2);
    }
    for (size_t i = 0; i < VLT_COUNT(none); i++)
        assert_false(consent_purpose(none[i]));
}

/* ---- in a vault ---- */

static void
seal(struct vault *v, const char *type, const char *field, const char *value,
    const uint8_t *to, const char *relation, uint8_t id[VAULT_ID])
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_seal_begin(v, type, &s, NULL), VAULT_OK);
    if (field != NULL)
        assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, field,
                             value, strlen(value), NULL),
            VAULT_OK);
    if (to != NULL)
        assert_int_equal(vault_seal_link(s, to, relation, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    memcpy(id, out.id, VAULT_ID);
}

static void
link_to(struct vault *v, const uint8_t from[VAULT_ID],
    const uint8_t to[VAULT_ID], const char *relation)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_amend_begin(v, from, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_link(s, to, relation, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
}

static struct consent_verdict
verdict(struct vault *v, const uint8_t id[VAULT_ID])
{
    struct consent_book *b = NULL;
    struct vault_record *r = NULL;
    struct consent_verdict out;
    uint64_t unreadable = 9;

    assert_int_equal(consent_book_load(v, "un", NOW, &b, &unreadable, NULL),
        VAULT_OK);
    assert_int_equal(unreadable, 0);
    assert_int_equal(vault_record_open(v, id, 0, &r, NULL), VAULT_OK);
    consent_judge(b, r, &out, NULL, NULL);
    vault_record_close(r);
    consent_book_free(b);
    return out;
}

static void
a_record_has_the_consents_that_are_linked_to_it(void **state)
{
    struct quick_vault q;
    uint8_t t[VAULT_ID], yes[VAULT_ID], no[VAULT_ID], scan[VAULT_ID];
    uint8_t coded[VAULT_ID], far[VAULT_ID];
    struct vault_withdrawal gone;
    struct consent_verdict w;

    (void)state;
    quick_make(&q);
    seal(q.v, "testimony", "title", "one", NULL, NULL, t);
    assert_int_equal(verdict(q.v, t).consents, 0);

    /* from the consent to the record */
    seal(q.v, "consent", "purpose.un", "yes", t, "consent-for", yes);
    w = verdict(q.v, t);
    assert_int_equal(w.consents, 1);
    assert_null(w.why);
    /* a consent is judged by its own answers */
    assert_null(verdict(q.v, yes).why);

    /* what belongs to the record, and what belongs to that */
    seal(q.v, "file", "title", "scan", t, "attachment-of", scan);
    seal(q.v, "file", "title", "copy", scan, "derived-from", far);
    assert_int_equal(verdict(q.v, scan).consents, 1);
    assert_int_equal(verdict(q.v, far).consents, 1);

    /* from the record to the consent: a no beside a yes is a no */
    seal(q.v, "consent", "purpose.un", "no", NULL, NULL, no);
    link_to(q.v, t, no, "consent-for");
    w = verdict(q.v, t);
    assert_int_equal(w.consents, 2);
    assert_non_null(w.why);
    assert_true(w.has_consent);
    assert_memory_equal(w.consent, no, VAULT_ID);
    assert_non_null(verdict(q.v, far).why);
    assert_non_null(verdict(q.v, no).why);

    /* by the code of the consent */
    seal(q.v, "letter", "consent.id", "K-7", NULL, NULL, coded);
    assert_int_equal(verdict(q.v, coded).consents, 0);
    seal(q.v, "consent", "consent.id", "K-7", NULL, NULL, yes);
    w = verdict(q.v, coded);
    assert_int_equal(w.consents, 1);
    assert_non_null(w.why);

    /* a consent that was destroyed does not say yes any more */
    assert_int_equal(vault_withdraw(q.v, no, 0, NULL, &gone, NULL), VAULT_OK);
    assert_non_null(verdict(q.v, t).why);
    quick_end(&q);
}

/* ---- what others would like to be a yes ---- */

static void
amend(struct vault *v, const uint8_t id[VAULT_ID], const char *field,
    const char *value)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_amend_begin(v, id, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, field, value,
                         strlen(value), NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
}

static void
a_conflict_or_a_gap_above_is_no_yes(void **state)
{
    struct quick_vault q;
    uint8_t t[VAULT_ID], no[VAULT_ID], at[VAULT_ID], chain[VAULT_ID];
    struct vault_withdrawal gone;

    (void)state;
    quick_make(&q);
    seal(q.v, "testimony", "title", "one", NULL, NULL, t);
    seal(q.v, "consent", "purpose.un", "no", t, "consent-for", no);

    /* however many steps lie between */
    seal(q.v, "file", "title", "0", t, "attachment-of", chain);
    for (int i = 0; i < 12; i++) {
        memcpy(at, chain, VAULT_ID);
        seal(q.v, "file", "title", "n", at, "derived-from", chain);
    }
    assert_non_null(verdict(q.v, chain).why);
    assert_true(verdict(q.v, chain).has_consent);

    /* an older yes does not come back when the no is destroyed */
    seal(q.v, "file", "title", "x", NULL, NULL, chain);
    seal(q.v, "consent", "purpose.un", "yes", chain, "consent-for", at);
    assert_null(verdict(q.v, chain).why);
    amend(q.v, at, "purpose.un", "no");
    assert_non_null(verdict(q.v, chain).why);
    assert_int_equal(vault_withdraw(q.v, at, 2, NULL, &gone, NULL), VAULT_OK);
    assert_non_null(verdict(q.v, chain).why);
    seal(q.v, "file", "title", "y", t, "attachment-of", chain);

    /* what it belongs to is gone: nobody knows any more */
    assert_int_equal(vault_withdraw(q.v, no, 0, NULL, &gone, NULL), VAULT_OK);
    assert_int_equal(vault_withdraw(q.v, t, 0, NULL, &gone, NULL), VAULT_OK);
    assert_non_null(verdict(q.v, chain).why);
    assert_false(verdict(q.v, chain).has_consent);
    quick_end(&q);
}

/* Each of many records belongs to all the others. */
static void
records_that_belong_to_each_other_are_looked_at_once(void **state)
{
    enum { RECORDS = 40 };
    struct quick_vault q;
    uint8_t id[RECORDS][VAULT_ID];

    (void)state;
    quick_make(&q);
    for (int i = 0; i < RECORDS; i++)
        seal(q.v, "file", "title", "n", NULL, NULL, id[i]);
    for (int i = 0; i < RECORDS; i++) {
        struct vault_sealer *s = NULL;
        struct vault_sealed out;

        assert_int_equal(vault_amend_begin(q.v, id[i], NULL, &s, NULL),
            VAULT_OK);
        for (int k = 0; k < RECORDS; k++)
            if (k != i)
                assert_int_equal(vault_seal_link(s, id[k], "derived-from",
                                     NULL),
                    VAULT_OK);
        assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    }
    assert_null(verdict(q.v, id[0]).why);
    assert_int_equal(verdict(q.v, id[0]).consents, 0);
    quick_end(&q);
}

/* A version 2 made in a copy of the vault, as it lies there. */
struct foreign {
    struct vlt_record_row row;
    struct vlt_buf meta;
    struct vlt_rk *rk;
};

static void
read_version(struct vault *v, const uint8_t id[VAULT_ID], struct foreign *f)
{
    const struct vlt_open_epoch *o = NULL;
    struct vlt_kmeta *kmeta = vlt_kmeta_new();
    uint8_t row[VLT_RECORD_WRAP];
    struct vlt_wrap wrap;

    vlt_buf_init(&f->meta, VLT_META_MAX + 16);
    f->rk = vlt_rk_new();
    assert_int_equal(vlt_read_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_record_get(v->store, id, 2, &f->row, &f->meta, NULL),
        VAULT_OK);
    assert_int_equal(vlt_wrap_get(v->store, f->row.rid, row, NULL), VAULT_OK);
    assert_int_equal(vlt_wrap_decode(&wrap, row, sizeof row, NULL), VAULT_OK);
    assert_int_equal(vlt_epoch_secret(v, wrap.epoch, &o, NULL), VAULT_OK);
    assert_int_equal(vlt_wrap_open(row, sizeof row, &o->epoch, o->e0,
                         &f->row.head, f->rk, kmeta, NULL),
        VAULT_OK);
    vlt_store_rollback(v->store);
    vlt_kmeta_free(kmeta);
}

/* Take it in beside what is there, with a line of its own. */
static void
take(struct vault *v, struct foreign *f)
{
    uint8_t stmt[32], wrap[VLT_RECORD_WRAP];
    struct vlt_entry e = {"take", f->row.head.h.id, 2, stmt, NULL, -1};
    uint64_t rid;

    vlt_record_stmt(stmt, &f->row.head);
    assert_int_equal(vlt_action_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_action_epoch(v, NULL), VAULT_OK);
    assert_int_equal(vlt_record_next_rid(v->store, &rid, NULL), VAULT_OK);
    assert_int_equal(vlt_record_put(v->store, rid, &f->row.head, f->meta.p,
                         f->meta.len, NULL),
        VAULT_OK);
    vlt_action_wrap(v, wrap, &f->row.head, f->rk);
    assert_int_equal(vlt_wrap_put(v->store, rid, wrap, NULL), VAULT_OK);
    assert_int_equal(vlt_action_leaf(v, &e, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(v, NULL), VAULT_OK);
    vlt_buf_clear(&f->meta);
    vlt_rk_free(f->rk);
}

/* Two versions of a record that neither knows of the other. */
static void
make_conflict(struct quick_vault *q, const uint8_t id[VAULT_ID],
    const char *field, const char *left, const char *right)
{
    struct vault_options alone = {.no_state = true};
    struct foreign f;
    char copy[TEMP_PATH];
    struct vault *v;

    quick_close(q);
    temp_dir_path(&q->dir, "copy", copy);
    temp_copy(q->path, copy);
    v = quick_open(q, copy, &alone);
    amend(v, id, field, right);
    read_version(v, id, &f);
    vault_close(v);
    quick_again(q);
    amend(q->v, id, field, left);
    take(q->v, &f);
}

static void
every_version_in_conflict_has_its_say(void **state)
{
    struct quick_vault q;
    uint8_t t[VAULT_ID], c[VAULT_ID], no[VAULT_ID], file[VAULT_ID];

    (void)state;
    quick_make(&q);
    /* of a consent */
    seal(q.v, "testimony", "title", "one", NULL, NULL, t);
    seal(q.v, "consent", "purpose.un", "yes", t, "consent-for", c);
    make_conflict(&q, c, "purpose.un", "yes", "no");
    assert_int_equal(verdict(q.v, t).consents, 2);
    assert_non_null(verdict(q.v, t).why);
    quick_end(&q);

    /* of what a record belongs to: only one of them names the consent */
    quick_make(&q);
    seal(q.v, "consent", "consent.id", "K-1", NULL, NULL, no);
    seal(q.v, "testimony", "title", "one", NULL, NULL, t);
    seal(q.v, "file", "title", "scan", t, "attachment-of", file);
    make_conflict(&q, t, "consent.id", "K-0", "K-1");
    assert_int_equal(verdict(q.v, file).consents, 1);
    assert_memory_equal(verdict(q.v, file).consent, no, VAULT_ID);
    quick_end(&q);
}

static void
seal_from(struct vault *v, const char *type, const char *field,
    const char *value, const char *source, const uint8_t *to,
    uint8_t id[VAULT_ID])
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_seal_begin(v, type, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, field, value,
                         strlen(value), NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE,
                         "import.source", source, strlen(source), NULL),
        VAULT_OK);
    if (to != NULL)
        assert_int_equal(vault_seal_link(s, to, "consent-for", NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    memcpy(id, out.id, VAULT_ID);
}

#define LATER \
    "11111111111111111111111111111111/44444444444444444444444444444444/1"
#define LATER_2 \
    "11111111111111111111111111111111/55555555555555555555555555555555/1"
#define THERE_2 \
    "11111111111111111111111111111111/66666666666666666666666666666666/1"

/* With a link to a record of the other vault. */
static void
seal_far(struct vault *v, const char *type, const char *value,
    const char *source, const char *to, uint8_t id[VAULT_ID])
{
    uint8_t link[2 * VAULT_ID + 4 + 11] = {0};
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_true(vlt_unhex(link, VAULT_ID, to, 2 * (size_t)VAULT_ID));
    assert_true(
        vlt_unhex(link + VAULT_ID, VAULT_ID, to + 33, 2 * (size_t)VAULT_ID));
    memcpy(link + 36, "consent-for", 11);
    assert_int_equal(vault_seal_begin(v, type, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "purpose.un",
                         value, strlen(value), NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE,
                         "import.source", source, strlen(source), NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_LINK, VAULT_VALUE, "link.1",
                         link, sizeof link, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    memcpy(id, out.id, VAULT_ID);
}

static void
a_consent_from_elsewhere_says_yes_only_for_what_is(void **state)
{
#define THERE \
    "11111111111111111111111111111111/22222222222222222222222222222222/1"
#define ELSEWHERE \
    "33333333333333333333333333333333/22222222222222222222222222222222/1"
    struct quick_vault q;
    uint8_t t[VAULT_ID], c[VAULT_ID], own[VAULT_ID], with[VAULT_ID];

    (void)state;
    quick_make(&q);
    seal(q.v, "testimony", "title", "own", NULL, NULL, own);
    seal_from(q.v, "consent", "purpose.un", "yes", THERE, own, c);
    assert_non_null(verdict(q.v, own).why);
    assert_true(verdict(q.v, own).has_consent);
    /* the person who keeps the record says that it holds */
    seal(q.v, "testimony", "title", "linked", c, "consent-for", t);
    assert_null(verdict(q.v, t).why);
    /* it came along */
    seal_from(q.v, "testimony", "title", "x", THERE, NULL, with);
    seal_from(q.v, "consent", "purpose.un", "yes", THERE, with, c);
    assert_int_equal(verdict(q.v, with).consents, 1);
    assert_null(verdict(q.v, with).why);
    /* it came along with something else */
    seal_from(q.v, "consent", "purpose.un", "yes", ELSEWHERE, with, c);
    assert_non_null(verdict(q.v, with).why);
    /* its link was never made, as the record came later: it bears all the
     * same, in either direction */
    seal_from(q.v, "testimony", "title", "x", LATER, NULL, with);
    seal_far(q.v, "consent", "no", THERE, LATER, c);
    assert_non_null(verdict(q.v, with).why);
    assert_memory_equal(verdict(q.v, with).consent, c, VAULT_ID);
    seal_far(q.v, "file", "x", LATER_2, THERE_2, with);
    assert_int_equal(verdict(q.v, with).consents, 0);
    seal_from(q.v, "consent", "purpose.un", "no", THERE_2, NULL, c);
    assert_int_equal(verdict(q.v, with).consents, 1);
    assert_non_null(verdict(q.v, with).why);
    /* a no is a no, wherever it comes from */
    seal(q.v, "testimony", "title", "own", NULL, NULL, own);
    seal_from(q.v, "consent", "purpose.un", "no", THERE, own, c);
    assert_non_null(verdict(q.v, own).why);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_counts_as_it_must),
        cmocka_unit_test(conditions_are_told),
        cmocka_unit_test(purposes_are_those_of_the_registry),
        cmocka_unit_test(a_record_has_the_consents_that_are_linked_to_it),
        cmocka_unit_test(a_conflict_or_a_gap_above_is_no_yes),
        cmocka_unit_test(records_that_belong_to_each_other_are_looked_at_once),
        cmocka_unit_test(every_version_in_conflict_has_its_say),
        cmocka_unit_test(a_consent_from_elsewhere_says_yes_only_for_what_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
