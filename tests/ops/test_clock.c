/* SPDX-License-Identifier: Apache-2.0 */
/* test_clock: what is sealed under a clock that cannot be right says so */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "quick_vault.h"

enum { DAY = 86400 };
#define NOON INT64_C(1950000000) /* in 2031 */

static int64_t hands;

static int64_t
clock_of(void *ctx)
{
    (void)ctx;
    return hands;
}

/* What a record and its line of the log say of the clock. */
struct seen {
    char doubt[32];
    int64_t known, sealed;
    char line[32];
    int64_t line_known;
};

static int64_t
number(const struct vault_field *f)
{
    uint64_t v = 0;

    for (size_t i = 0; i < 8; i++)
        v = v << 8 | f->value[i];
    return (int64_t)v;
}

static int
take_line(void *ctx, const struct vault_leaf *l)
{
    struct seen *s = ctx;

    (void)snprintf(s->line, sizeof s->line, "%s", l->clock);
    s->line_known = l->clock_known;
    return 0;
}

static void
look(struct vault *v, const uint8_t id[VAULT_ID], struct seen *s)
{
    struct vault_record *r = NULL;

    memset(s, 0, sizeof *s);
    s->known = s->line_known = -1;
    assert_int_equal(vault_record_open(v, id, 0, &r, NULL), VAULT_OK);
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (strcmp(f.name, "time.doubt") == 0)
            (void)snprintf(s->doubt, sizeof s->doubt, "%.*s", (int)f.value_len,
                (const char *)f.value);
        if (strcmp(f.name, "time.known") == 0)
            s->known = number(&f);
        if (strcmp(f.name, "time.sealed") == 0)
            s->sealed = number(&f);
    }
    vault_record_close(r);
    assert_int_equal(vault_log(v, id, take_line, s, NULL), VAULT_OK);
}

/* Unlock with the clock at `now`, seal one note, look at it. */
static void
seal_at(struct quick_vault *q, int64_t now, enum vault_clock said,
    struct seen *s, struct vault_sealed *sealed)
{
    struct vault_sealed mine;

    hands = now;
    q->opt.clock = clock_of;
    q->opt.clock_said = said;
    quick_again(q);
    quick_add(q->v, "a note", NULL, 0, &mine);
    look(q->v, mine.id, s);
    assert_int_equal(s->sealed, now);
    if (sealed != NULL)
        *sealed = mine;
}

static void
a_clock_put_back_is_marked_until_it_has_caught_up(void **unused)
{
    struct quick_vault q;
    struct vault_sealed sealed;
    struct seen s;

    (void)unused;
    quick_make(&q);
    seal_at(&q, NOON, VAULT_CLOCK_UNSAID, &s, &sealed);
    assert_string_equal(s.doubt, "");
    assert_string_equal(s.line, "");
    assert_null(sealed.clock_doubt);
    seal_at(&q, NOON - DAY, VAULT_CLOCK_UNSAID, &s, &sealed);
    assert_string_equal(s.doubt, "behind");
    assert_string_equal(s.line, "behind");
    assert_int_equal(s.known, NOON);
    assert_int_equal(s.line_known, NOON);
    assert_string_equal(sealed.clock_doubt, "behind");
    assert_int_equal(sealed.clock_known, NOON);
    /* the line before this one has the wrong time; what it knew counts */
    seal_at(&q, NOON - DAY + 100, VAULT_CLOCK_UNSAID, &s, NULL);
    assert_string_equal(s.doubt, "behind");
    assert_int_equal(s.known, NOON);
    /* clocks are set right by seconds all the time */
    seal_at(&q, NOON - 60, VAULT_CLOCK_UNSAID, &s, NULL);
    assert_string_equal(s.doubt, "");
    seal_at(&q, NOON + 1, VAULT_CLOCK_UNSAID, &s, NULL);
    assert_string_equal(s.doubt, "");
    quick_end(&q);
}

static void
a_clock_of_no_time_is_implausible(void **unused)
{
    static const struct {
        int64_t now;
        const char *doubt;
    } rows[] = {{INT64_C(1767225600), ""}, {INT64_C(1767225599), "implausible"},
        {0, "implausible"}, {-5, "implausible"},
        {INT64_C(4102444800), "implausible"}};
    struct quick_vault q;
    struct seen s;

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hands = rows[i].now;
        memset(&q, 0, sizeof q);
        quick_make(&q);
        quick_close(&q);
        /* a machine that knows nothing of later times */
        q.opt.no_state = true;
        quick_again(&q);
        seal_at(&q, rows[i].now, VAULT_CLOCK_UNSAID, &s, NULL);
        if (rows[i].doubt[0] != 0)
            assert_string_equal(s.doubt, rows[i].doubt);
        else
            assert_string_not_equal(s.doubt, "implausible");
        quick_end(&q);
    }
}

/* A clock that once stood in 2090 must not cast doubt for ever. */
static void
a_person_may_say_that_the_clock_is_right_or_not(void **unused)
{
    struct quick_vault q;
    struct seen s;

    (void)unused;
    quick_make(&q);
    seal_at(&q, NOON + 1000 * (int64_t)DAY, VAULT_CLOCK_UNSAID, &s, NULL);
    seal_at(&q, NOON, VAULT_CLOCK_UNSAID, &s, NULL);
    assert_string_equal(s.doubt, "behind");
    seal_at(&q, NOON + 1, VAULT_CLOCK_RIGHT, &s, NULL);
    assert_string_equal(s.doubt, "");
    assert_string_equal(s.line, "checked");
    seal_at(&q, NOON + 2, VAULT_CLOCK_UNSAID, &s, NULL);
    assert_string_equal(s.doubt, "");
    seal_at(&q, NOON + 3, VAULT_CLOCK_DOUBTFUL, &s, NULL);
    assert_string_equal(s.doubt, "said");
    assert_string_equal(s.line, "said");
    seal_at(&q, NOON + 4, VAULT_CLOCK_UNSAID, &s, NULL);
    assert_string_equal(s.doubt, "");
    quick_end(&q);
}

/* The mark is of one sealing: a new version has its own, or none. */
static void
a_new_version_does_not_carry_the_mark_on(void **unused)
{
    struct vault_sealer *m = NULL;
    struct vault_sealed sealed;
    struct quick_vault q;
    struct seen s;

    (void)unused;
    quick_make(&q);
    seal_at(&q, NOON, VAULT_CLOCK_DOUBTFUL, &s, &sealed);
    assert_string_equal(s.doubt, "said");
    q.opt.clock_said = VAULT_CLOCK_UNSAID;
    quick_again(&q);
    assert_int_equal(vault_amend_begin(q.v, sealed.id, NULL, &m, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(m, VAULT_TEXT, VAULT_VALUE, "time.doubt",
                         "said", 4, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vault_seal_commit(m, &sealed, NULL), VAULT_OK);
    look(q.v, sealed.id, &s);
    assert_string_equal(s.doubt, "");
    quick_end(&q);
}

/* Locked, the capture file remembers the hour of its latest session, also
 * after it was taken in and emptied. */
static void
a_capture_file_knows_the_latest_hour(void **unused)
{
    struct quick_vault q;
    struct vault_sealed sealed;
    struct vault_taken taken;
    struct vault *c = NULL;
    char capture[TEMP_PATH];
    struct seen s;

    (void)unused;
    quick_make(&q);
    q.opt.clock = clock_of;
    hands = NOON;
    quick_again(&q);
    temp_dir_path(&q.dir, "v.capture", capture);
    assert_int_equal(vault_capture_create(q.v, capture, NULL), VAULT_OK);
    quick_close(&q);
    for (int round = 0; round < 3; round++) {
        hands = round == 0 ? NOON : NOON - DAY + round;
        assert_int_equal(vault_capture_open(capture, &q.opt, &c, NULL),
            VAULT_OK);
        quick_add(c, "locked", NULL, 0, &sealed);
        vault_close(c);
        if (round == 0)
            assert_null(sealed.clock_doubt);
        else
            assert_string_equal(sealed.clock_doubt, "behind");
        q.v = quick_open(&q, q.path, &q.opt);
        assert_int_equal(vault_take_in(q.v, capture, NULL, &taken, NULL),
            VAULT_OK);
        assert_int_equal(taken.records, 1);
        look(q.v, sealed.id, &s);
        assert_string_equal(s.doubt, round == 0 ? "" : "behind");
        if (round > 0)
            assert_int_equal(s.known, NOON - NOON % 3600);
        quick_close(&q);
    }
    quick_end(&q);
}

/* For tests/cli/clock.sh: a vault whose log has seen a time ten days from
 * now. */
static int
make(const char *path, const char *keyfile)
{
    struct vault_options opt = {.clock = clock_of};
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_key *key = vault_key_new();
    struct vault *v = NULL;
    enum vault_status st = vault_keyfile_create(keyfile, NULL);

    hands = (int64_t)time(NULL) + 10 * (int64_t)DAY;
    if (st == VAULT_OK)
        st = vault_key_file(key, keyfile, NULL);
    if (st == VAULT_OK)
        st = vault_create(path, key, &cost, &opt, &v, NULL);
    vault_close(v);
    vault_key_free(key);
    return st == VAULT_OK ? 0 : 1;
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_put_back_is_marked_until_it_has_caught_up),
        cmocka_unit_test(a_clock_of_no_time_is_implausible),
        cmocka_unit_test(a_person_may_say_that_the_clock_is_right_or_not),
        cmocka_unit_test(a_new_version_does_not_carry_the_mark_on),
        cmocka_unit_test(a_capture_file_knows_the_latest_hour),
    };

    if (argc == 4 && strcmp(argv[1], "make") == 0)
        return make(argv[2], argv[3]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
