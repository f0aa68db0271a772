/* SPDX-License-Identifier: Apache-2.0 */
/* test_consent_foreign.c: what consents that came from others say of records */
#include "consent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "action.h"
#include "foreign_copy.h"
#include "settings.h"

static struct quick_vault theirs, ours;

static int
two_vaults(void **state)
{
    (void)state;
    quick_make(&theirs);
    quick_make(&ours);
    return 0;
}

static int
no_vaults(void **state)
{
    (void)state;
    quick_end(&theirs);
    quick_end(&ours);
    return 0;
}

/* A record of this type; with a consent's answer, and a link, if there are. */
static void
seal(struct vault *v, const char *type, const char *answer,
    const uint8_t *linked, struct vault_sealed *out)
{
    struct vault_sealer *s = NULL;

    assert_int_equal(vault_seal_begin(v, type, &s, NULL), VAULT_OK);
    if (answer != NULL)
        assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE,
                             "purpose.un", answer, strlen(answer), NULL),
            VAULT_OK);
    if (linked != NULL)
        assert_int_equal(vault_seal_link(s, linked, "consent-for", NULL),
            VAULT_OK);
    assert_int_equal(vault_seal_commit(s, out, NULL), VAULT_OK);
}

/* How many consents bear on it, and whether all say yes. */
static void
expect(const uint8_t id[VAULT_ID], size_t consents, bool yes)
{
    struct consent_book *b = NULL;
    struct consent_verdict v;
    struct vault_record *r = NULL;
    uint64_t unreadable = 0;

    assert_int_equal(consent_book_load(ours.v, "un", 1951549200, &b,
                         &unreadable, NULL),
        VAULT_OK);
    assert_int_equal(vault_record_open(ours.v, id, 0, &r, NULL), VAULT_OK);
    consent_judge(b, r, &v, NULL, NULL);
    assert_int_equal(v.consents, consents);
    if (yes != (v.why == NULL))
        fail_msg("%s", v.why != NULL ? v.why : "a yes");
    vault_record_close(r);
    consent_book_free(b);
}

static void
their_consent_counts_for_their_record(void **state)
{
    struct vault_sealed record, yes, no;

    (void)state;
    seal(theirs.v, "testimony", NULL, NULL, &record);
    seal(theirs.v, "consent", "yes", record.id, &yes);
    foreign_copy(ours.v, theirs.v, record.id, 1);
    expect(record.id, 0, true);
    foreign_copy(ours.v, theirs.v, yes.id, 1);
    expect(record.id, 1, true);
    seal(theirs.v, "consent", "no", record.id, &no);
    foreign_copy(ours.v, theirs.v, no.id, 1);
    expect(record.id, 2, false);
}

static void
their_yes_is_none_for_a_record_of_ones_own(void **state)
{
    struct vault_sealed own, copy, yes;

    (void)state;
    seal(ours.v, "testimony", NULL, NULL, &own);
    /* they know its id, as they were given it */
    foreign_copy(theirs.v, ours.v, own.id, 1);
    seal(theirs.v, "consent", "yes", own.id, &yes);
    foreign_copy(ours.v, theirs.v, yes.id, 1);
    expect(own.id, 1, false);
    /* but one's own consent for a copy of theirs is one */
    seal(theirs.v, "testimony", NULL, NULL, &copy);
    foreign_copy(ours.v, theirs.v, copy.id, 1);
    seal(ours.v, "consent", "yes", copy.id, &yes);
    expect(copy.id, 1, true);
}

static void
a_consent_that_was_not_given_along_is_no_yes(void **state)
{
    struct vault_sealed record, yes;
    struct vault_withdrawal done;

    (void)state;
    seal(theirs.v, "consent", "yes", NULL, &yes);
    seal(theirs.v, "testimony", NULL, yes.id, &record);
    foreign_copy(ours.v, theirs.v, record.id, 1);
    expect(record.id, 1, false);
    foreign_copy(ours.v, theirs.v, yes.id, 1);
    expect(record.id, 1, true);
    assert_int_equal(vault_withdraw(ours.v, yes.id, 0, NULL, &done, NULL),
        VAULT_OK);
    expect(record.id, 1, false);
}

#define WITH_TWO(f) cmocka_unit_test_setup_teardown(f, two_vaults, no_vaults)

/* What ends it may be among what was withheld. */
static void
a_consent_that_is_here_in_part_is_no_yes(void **state)
{
    static const char *const parts[] = {"type", "purpose.un", "link.1", NULL};
    static const char *const rest[] = {"withdrawal.date", NULL};
    struct vault_sealer *s = NULL;
    struct vault_sealed record, yes;
    struct foreign_row row;

    (void)state;
    seal(theirs.v, "testimony", NULL, NULL, &record);
    foreign_copy(ours.v, theirs.v, record.id, 1);
    assert_int_equal(vault_seal_begin(theirs.v, "consent", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "purpose.un",
                         "yes", 3, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE,
                         "withdrawal.date", "2026-05-01", 10, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_link(s, record.id, "consent-for", NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &yes, NULL), VAULT_OK);
    foreign_read(theirs.v, yes.id, 1, &row);
    (void)foreign_put_part(ours.v, theirs.v, &row, parts);
    expect(record.id, 1, false);
    (void)foreign_put_part(ours.v, theirs.v, &row, rest);
    expect(record.id, 1, false);
    foreign_clear(&row);
}

static void
hide(const uint8_t id[VAULT_ID])
{
    struct foreign_row row;
    struct vlt_fields f;
    uint64_t at = 0;

    foreign_read(theirs.v, id, 1, &row);
    vlt_fields_init(&f);
    assert_int_equal(vlt_fields_add_text(&f, "kind", "hidden", NULL), VAULT_OK);
    assert_int_equal(vlt_fields_add_text(&f, "state", "pending", NULL),
        VAULT_OK);
    assert_int_equal(vlt_fields_add(&f, VLT_FIELD_BYTES, VLT_STATE_VALUE,
                         "stmts", row.stmt, 32, NULL),
        VAULT_OK);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    assert_int_equal(vlt_setting_put(ours.v, &at, &f, NULL), VAULT_OK);
    assert_int_equal(vlt_settings_changed(ours.v, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
    vlt_fields_clear(&f);
    foreign_clear(&row);
}

/* A request hides it, and whoever forced it would have the record go out. */
static void
a_consent_that_is_hidden_is_no_yes(void **state)
{
    struct vault_sealed yes, first, no, second;

    (void)state;
    seal(theirs.v, "file", NULL, NULL, &first);
    seal(theirs.v, "file", NULL, NULL, &second);
    seal(theirs.v, "consent", "no", first.id, &no);
    seal(theirs.v, "consent", "yes", second.id, &yes);
    foreign_copy(ours.v, theirs.v, first.id, 1);
    foreign_copy(ours.v, theirs.v, second.id, 1);
    foreign_copy(ours.v, theirs.v, no.id, 1);
    foreign_copy(ours.v, theirs.v, yes.id, 1);
    expect(first.id, 1, false);
    expect(second.id, 1, true);
    hide(no.id);
    hide(yes.id);
    expect(first.id, 1, false);
    expect(second.id, 1, false);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TWO(their_consent_counts_for_their_record),
        WITH_TWO(their_yes_is_none_for_a_record_of_ones_own),
        WITH_TWO(a_consent_that_was_not_given_along_is_no_yes),
        WITH_TWO(a_consent_that_is_here_in_part_is_no_yes),
        WITH_TWO(a_consent_that_is_hidden_is_no_yes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
