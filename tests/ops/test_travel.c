/* SPDX-License-Identifier: Apache-2.0 */
/* test_travel.c: a file its bearer cannot open, and the ways back into it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <vault/notice.h>
#include <vault/recover.h>
#include <vault/travel.h>

#include "circle.h"

/* Vault 0 travels, vault 1 is headquarters, vault 2 knows neither. */
struct trip {
    struct circle c;
    char path[TEMP_PATH];
    char capture[TEMP_PATH];
    struct vault_recovery *shares; /* 2 of 3 */
    struct vault_key *key;         /* of two of them */
    char challenge[8192];
    size_t len;
    struct vault_travel_made made;
};

static int64_t later_by; /* of the clock below */

static int64_t
later(void *ctx)
{
    (void)ctx;
    return (int64_t)time(NULL) + later_by;
}

static int
keep_challenge(void *ctx, const char *card, const char *text, size_t len)
{
    struct trip *t = ctx;

    assert_string_equal(card, "v1");
    assert_true(len < sizeof t->challenge);
    memcpy(t->challenge, text, len);
    t->challenge[len] = '\0';
    t->len = len;
    return 0;
}

/* A key of the shares i and j. */
static struct vault_key *
key_of(const struct vault_recovery *r, size_t i, size_t j)
{
    const struct vault_shares *all = vault_recovery_shares(r);
    struct vault_shares *two = vault_shares_new();
    struct vault_key *key = vault_key_new();
    char text[VAULT_SHARE_TEXT];

    assert_non_null(two);
    assert_non_null(key);
    vault_shares_text(all, i, text);
    assert_int_equal(vault_shares_add(two, text, strlen(text), NULL, NULL),
        VAULT_OK);
    vault_shares_text(all, j, text);
    assert_int_equal(vault_shares_add(two, text, strlen(text), NULL, NULL),
        VAULT_OK);
    assert_int_equal(vault_key_shares(key, two, NULL), VAULT_OK);
    vault_shares_free(two);
    return key;
}

static void
trip_make(struct trip *t, bool typed)
{
    struct vault_travel_way way[2] = {{.card = "v1"}, {.typed = typed}};
    struct vault_travel_options o = {.way = way, .ways = 2};
    struct vault_error err = {0};

    memset(t, 0, sizeof *t);
    circle_make(&t->c, 3);
    temp_dir_path(&t->c.files, "trip.sanduq", t->path);
    snprintf(t->capture, sizeof t->capture, "%.490s.capture", t->path);
    assert_int_equal(vault_recovery_deal(2, 3, &t->shares, NULL), VAULT_OK);
    t->key = key_of(t->shares, 0, 2);
    way[1].shares = t->key;
    o.capture = t->capture;
    if (vault_travel_prepare(t->c.q[0].v, t->path, &o, keep_challenge, t,
            &t->made, &err) != VAULT_OK)
        fail_msg("%s", err.message);
}

static void
trip_end(struct trip *t)
{
    vault_recovery_free(t->shares);
    vault_key_free(t->key);
    circle_end(&t->c);
}

/* ---- finish ---- */

struct seen {
    struct vault_travel_state state;
    struct vault_error err;
    char lines[8192]; /* "key|trace WORD PATH\n", "way proved|not|late\n" */
};

static int
take_left(void *ctx, const struct vault_travel_left *l)
{
    struct seen *s = ctx;
    size_t n = strlen(s->lines);

    (void)snprintf(s->lines + n, sizeof s->lines - n, "%s %s %s%s\n",
        l->key ? "key" : "trace", l->word, l->path, l->bearer ? " bearer" : "");
    return 0;
}

static int
take_way(void *ctx, const struct vault_travel_back *b)
{
    struct seen *s = ctx;
    size_t n = strlen(s->lines);

    (void)snprintf(s->lines + n, sizeof s->lines - n, "way %s %s\n",
        b->kind == VAULT_SLOT_RECOVERY ? "shares" : "card",
        b->proved < 0 ? "not"
            : b->late ? "late"
                      : "proved");
    return 0;
}

static enum vault_status
finish(const struct trip *t, const char *answer, const struct vault_key *key,
    struct seen *out)
{
    struct vault_travel_look look = {.answer = answer,
        .answer_len = answer != NULL ? strlen(answer) : 0,
        .shares = key,
        .state_dir = t->c.q[0].state,
        .way = take_way,
        .left = take_left,
        .ctx = out,
        .clock = later};

    memset(out, 0, sizeof *out);
    return vault_travel_finish(t->path, &look, &out->state, &out->err);
}

static void
finds(const struct seen *s, const char *what)
{
    if (strstr(s->lines, what) == NULL)
        fail_msg("no \"%s\" in:\n%s", what, s->lines);
}

static char *
answer_of(struct vault *hq, const char *challenge)
{
    struct vault_error err = {0};
    char *text = NULL;
    size_t len = 0;

    if (vault_challenge_answer(hq, challenge, strlen(challenge), &text, &len,
            &err) != VAULT_OK)
        fail_msg("%s", err.message);
    return text;
}

/* The old vault and all of it, as the commands that finish names would. */
static void
remove_all(struct trip *t)
{
    vault_close(t->c.q[0].v);
    t->c.q[0].v = NULL;
    assert_int_equal(unlink(t->c.q[0].path), 0);
    for (;;) {
        struct seen s;
        char *line, path[TEMP_PATH];

        assert_int_equal(finish(t, NULL, NULL, &s), VAULT_OK);
        line = strstr(s.lines, "key ");
        if (line == NULL)
            return;
        assert_int_equal(sscanf(line, "key %*s %511s", path), 1);
        assert_int_equal(unlink(path), 0);
    }
}

/* ---- tests ---- */

static void
nothing_of_the_old_vault_opens_the_travel_file(void **state)
{
    struct trip t;
    struct vault *v = NULL;
    struct vault_error err;

    (void)state;
    trip_make(&t, true);
    assert_int_equal(t.made.generation, 2);
    assert_int_equal(t.made.versions, 0);
    assert_int_equal(t.made.proved, 1);
    assert_int_equal(vault_open(t.path, &t.c.q[0].opt, &v, NULL), VAULT_OK);
    assert_int_equal(vault_unlock(v, t.c.q[0].key, NULL, &err), VAULT_E_NO_KEY);
    vault_close(v);
    /* two slots, for shares and a card; no epoch, record or setting of old */
    assert_int_equal(quick_count(t.path, "SELECT count(*) FROM slot"), 2);
    assert_int_equal(quick_count(t.path, "SELECT count(*) FROM record"), 0);
    assert_int_equal(quick_count(t.path, "SELECT count(*) FROM local"), 0);
    assert_int_equal(quick_count(t.path, "SELECT count(*) FROM log"), 1);
    assert_int_equal(
        quick_count(t.path,
            "SELECT count(*) FROM identity WHERE seed IS NOT NULL"),
        1);
    trip_end(&t);
}

static void
a_way_back_that_its_bearer_holds_is_refused(void **state)
{
    struct vault_travel_way way = {0};
    struct vault_travel_options o = {.way = &way, .ways = 1};
    struct vault_travel_made made;
    struct circle c;
    char path[TEMP_PATH];

    (void)state;
    circle_make(&c, 2);
    temp_dir_path(&c.files, "trip.sanduq", path);
    way.shares = c.q[0].key; /* a key file */
    assert_int_equal(vault_travel_prepare(c.q[0].v, path, &o, NULL, NULL, &made,
                         NULL),
        VAULT_E_USAGE);
    o.ways = 0;
    assert_int_equal(vault_travel_prepare(c.q[0].v, path, &o, NULL, NULL, &made,
                         NULL),
        VAULT_E_USAGE);
    o.ways = 1;
    way = (struct vault_travel_way){.card = "nobody"};
    assert_int_equal(vault_travel_prepare(c.q[0].v, path, &o, NULL, NULL, &made,
                         NULL),
        VAULT_E_NOT_FOUND);
    circle_pin(c.q[0].v, c.q[1].v, "v1", true);
    assert_false(temp_exists(path));
    circle_end(&c);
}

/* The sheets were made before it: when it says that nothing came of it, they
 * open nothing. */
static void
what_could_not_be_completed_is_not_there(void **state)
{
    struct vault_travel_way way = {.typed = true};
    struct vault_travel_options o = {.way = &way, .ways = 1};
    struct vault_travel_made made;
    struct vault_recovery *r = NULL;
    struct vault_key *key;
    struct circle c;
    char path[TEMP_PATH], capture[TEMP_PATH];

    (void)state;
    circle_make(&c, 1);
    temp_dir_path(&c.files, "trip.sanduq", path);
    temp_dir_path(&c.files, "none/trip.sanduq.capture", capture);
    assert_int_equal(vault_recovery_deal(2, 3, &r, NULL), VAULT_OK);
    key = key_of(r, 0, 1);
    way.shares = key;
    o.capture = capture;
    assert_int_not_equal(vault_travel_prepare(c.q[0].v, path, &o, NULL, NULL,
                             &made, NULL),
        VAULT_OK);
    assert_false(temp_exists(path));
    vault_key_free(key);
    vault_recovery_free(r);
    circle_end(&c);
}

static void
a_card_that_nobody_compared_is_no_way_back(void **state)
{
    struct vault_travel_way way = {.card = "shady"};
    struct vault_travel_options o = {.way = &way, .ways = 1};
    struct vault_travel_made made;
    struct quick_vault a, b;
    char path[TEMP_PATH];

    (void)state;
    quick_make(&a);
    quick_make(&b);
    circle_pin(a.v, b.v, "shady", false);
    temp_dir_path(&a.dir, "trip.sanduq", path);
    assert_int_equal(vault_travel_prepare(a.v, path, &o, NULL, NULL, &made,
                         NULL),
        VAULT_E_POLICY);
    assert_false(temp_exists(path));
    quick_end(&a);
    quick_end(&b);
}

static void
finish_waits_until_nothing_here_opens_the_vault(void **state)
{
    struct trip t;
    struct seen s;
    char *answer;

    (void)state;
    trip_make(&t, false);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    assert_false(s.state.finished);
    assert_int_equal(s.state.proved, 0);
    finds(&s, "way card not");
    finds(&s, "way shares not");
    finds(&s, "key vault ");
    finds(&s, "key state ");
    answer = answer_of(t.c.q[1].v, t.challenge);
    assert_int_equal(finish(&t, answer, NULL, &s), VAULT_OK);
    vault_text_free(answer);
    assert_true(s.state.answered);
    assert_int_equal(s.state.proved, 1);
    assert_false(s.state.finished); /* the vault is still here */
    remove_all(&t);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    assert_true(s.state.finished);
    assert_int_equal(s.state.keys, 0);
    /* and again: what was proved stays so */
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    assert_true(s.state.finished);
    trip_end(&t);
}

/* Removing everything first must not look like the end of it. */
static void
without_a_way_back_it_is_never_finished(void **state)
{
    struct trip t;
    struct seen s;

    (void)state;
    trip_make(&t, false);
    remove_all(&t);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    assert_int_equal(s.state.keys, 0);
    assert_false(s.state.finished);
    assert_int_equal(finish(&t, NULL, t.key, &s), VAULT_OK);
    finds(&s, "way shares proved");
    assert_true(s.state.finished);
    trip_end(&t);
}

static void
a_copy_anywhere_it_looks_keeps_it_unfinished(void **state)
{
    struct trip t;
    struct seen s;
    char copy[TEMP_PATH], share[TEMP_PATH], text[2 * VAULT_SHARE_PRINT + 16];
    char print[VAULT_SHARE_PRINT];

    (void)state;
    trip_make(&t, true);
    temp_dir_path(&t.c.files, "holiday.jpg", copy);
    temp_copy(t.c.q[0].path, copy);
    remove_all(&t); /* the copy too: its bearer opens it */
    assert_false(temp_exists(copy));
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    assert_true(s.state.finished);
    /* one share is a trace, two of a dealing that needs two are a key */
    temp_dir_path(&t.c.files, "a.txt", share);
    vault_shares_print(vault_recovery_shares(t.shares), 0, print);
    temp_write(share, print, strlen(print));
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    finds(&s, "trace share ");
    assert_true(s.state.finished);
    (void)snprintf(text, sizeof text, "x %s\n\n", print);
    vault_shares_print(vault_recovery_shares(t.shares), 1, print);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s",
        print);
    temp_write(share, text, strlen(text));
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    finds(&s, "key share ");
    assert_false(s.state.finished);
    trip_end(&t);
}

static void
an_answer_counts_for_ninety_days(void **state)
{
    struct trip t;
    struct seen s;
    char *answer;

    (void)state;
    trip_make(&t, false);
    answer = answer_of(t.c.q[1].v, t.challenge);
    later_by = 89LL * 86400;
    assert_int_equal(finish(&t, answer, NULL, &s), VAULT_OK);
    finds(&s, "way card proved");
    assert_int_equal(s.state.proved, 1);
    later_by = 91LL * 86400;
    assert_int_equal(finish(&t, answer, NULL, &s), VAULT_OK);
    finds(&s, "way card late");
    assert_int_equal(s.state.proved, 0);
    later_by = -3LL * 86400; /* set back: its age is not known */
    assert_int_equal(finish(&t, answer, NULL, &s), VAULT_OK);
    assert_int_equal(s.state.proved, 0);
    later_by = 0;
    vault_text_free(answer);
    trip_end(&t);
}

static void
a_wrong_answer_proves_nothing(void **state)
{
    struct trip t;
    struct seen s;
    char *answer, *other, wrong[8192];

    (void)state;
    trip_make(&t, false);
    answer = answer_of(t.c.q[1].v, t.challenge);
    /* somebody who has no key makes one up */
    (void)snprintf(wrong, sizeof wrong, "%s", answer);
    other = strstr(wrong, "\nanswer ") + 8;
    other[3] = other[3] == 'A' ? 'B' : 'A';
    assert_int_equal(finish(&t, wrong, NULL, &s), VAULT_E_POLICY);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    assert_int_equal(s.state.proved, 0);
    /* the answer to an older challenge, once it was asked anew */
    assert_int_equal(vault_travel_ask(t.c.q[0].v, t.path, "v1", NULL,
                         keep_challenge, &t, &s.err),
        VAULT_OK);
    assert_int_equal(finish(&t, answer, NULL, &s), VAULT_E_POLICY);
    vault_text_free(answer);
    answer = answer_of(t.c.q[1].v, t.challenge);
    assert_int_equal(finish(&t, answer, NULL, &s), VAULT_OK);
    assert_int_equal(s.state.proved, 1);
    vault_text_free(answer);
    assert_int_equal(finish(&t, "nonsense", NULL, &s), VAULT_E_FORMAT);
    /* the keys of another dealing */
    {
        struct vault_recovery *r = NULL;
        struct vault_key *key;

        assert_int_equal(vault_recovery_deal(2, 3, &r, NULL), VAULT_OK);
        key = key_of(r, 0, 1);
        assert_int_equal(finish(&t, NULL, key, &s), VAULT_E_SECRET);
        vault_key_free(key);
        vault_recovery_free(r);
    }
    trip_end(&t);
}

/* Its answer would come, and prove nothing: it cannot open the slot. */
static void
nobody_else_is_asked_about_a_slot(void **state)
{
    struct trip t;
    struct seen s;
    char *answer;

    (void)state;
    trip_make(&t, false);
    answer = answer_of(t.c.q[1].v, t.challenge);
    assert_int_equal(vault_travel_ask(t.c.q[0].v, t.path, "v2", NULL, NULL,
                         NULL, &s.err),
        VAULT_E_POLICY);
    /* the challenge before stands */
    assert_int_equal(finish(&t, answer, NULL, &s), VAULT_OK);
    assert_int_equal(s.state.proved, 1);
    vault_text_free(answer);
    trip_end(&t);
}

static void
only_headquarters_answers(void **state)
{
    struct vault_asker who;
    struct vault_error err;
    struct trip t;
    char *text = NULL;
    size_t len = 0;

    (void)state;
    trip_make(&t, false);
    assert_int_equal(vault_challenge_answer(t.c.q[2].v, t.challenge, t.len,
                         &text, &len, &err),
        VAULT_E_NO_KEY);
    assert_int_equal(vault_challenge_look(t.c.q[1].v, t.challenge, t.len, &who,
                         &err),
        VAULT_OK);
    assert_string_equal(who.name, "v0");
    assert_int_equal(who.state, VAULT_CARD_KNOWN);
    assert_true(who.pinned > 0);
    assert_int_equal(who.generation, 1);
    assert_memory_equal(who.slot, t.made.slot[0], VAULT_ID);
    /* a request to unlock is not answered by this, nor the other way round */
    assert_int_equal(vault_regain_look(t.c.q[1].v, t.challenge, t.len, &who,
                         &err),
        VAULT_E_FORMAT);
    trip_end(&t);
}

/* A challenge made before the card was renewed is still answered. */
static void
an_older_card_of_headquarters_still_answers(void **state)
{
    struct vault_asker who;
    struct trip t;
    struct seen s;
    char *answer;

    (void)state;
    trip_make(&t, false);
    assert_int_equal(vault_card_renew(t.c.q[1].v, NULL, NULL), VAULT_OK);
    assert_int_equal(vault_challenge_look(t.c.q[1].v, t.challenge, t.len, &who,
                         NULL),
        VAULT_OK);
    assert_int_equal(who.generation, 1);
    answer = answer_of(t.c.q[1].v, t.challenge);
    assert_int_equal(finish(&t, answer, NULL, &s), VAULT_OK);
    assert_true(s.state.answered);
    vault_text_free(answer);
    trip_end(&t);
}

static void
shares_open_it_again(void **state)
{
    struct trip t;
    struct vault *v = NULL;
    struct vault_options opt;

    (void)state;
    trip_make(&t, true);
    opt = t.c.q[0].opt;
    opt.no_state = true;
    assert_int_equal(vault_open(t.path, &opt, &v, NULL), VAULT_OK);
    assert_int_equal(vault_unlock(v, t.key, NULL, NULL), VAULT_OK);
    vault_close(v);
    trip_end(&t);
}

/* ---- over a distance ---- */

struct call {
    struct vault *v; /* the travel file, locked */
    struct vault_regain *r;
    const char *text;
    size_t len;
    char letters[VAULT_FINGERPRINT], digits[VAULT_FINGERPRINT_DIGITS];
};

static void
call_make(struct call *k, const struct trip *t)
{
    memset(k, 0, sizeof *k);
    assert_int_equal(vault_open(t->path, &t->c.q[0].opt, &k->v, NULL),
        VAULT_OK);
    assert_int_equal(vault_regain_new(k->v, NULL, &k->r, NULL), VAULT_OK);
    k->text = vault_regain_text(k->r, &k->len);
    vault_regain_hash(k->r, k->letters, k->digits);
}

static void
call_end(struct call *k)
{
    vault_regain_free(k->r);
    vault_close(k->v);
}

static long long
notes(struct trip *t)
{
    return quick_count(t->c.q[1].path,
        "SELECT count(*) FROM leaf WHERE kind = 'note'");
}

static void
headquarters_opens_it_for_who_it_has_heard(void **state)
{
    struct vault_error err = {0};
    struct trip t;
    struct call k;
    char *text = NULL;
    size_t len = 0;

    (void)state;
    trip_make(&t, false);
    call_make(&k, &t);
    /* what was heard must be this request's number, whole */
    assert_int_equal(vault_regain_grant(t.c.q[1].v, k.text, k.len, "12345",
                         NULL, &text, &len, &err),
        VAULT_E_POLICY);
    assert_int_equal(notes(&t), 0);
    assert_null(text);
    assert_int_equal(vault_regain_grant(t.c.q[2].v, k.text, k.len, k.digits,
                         NULL, &text, &len, &err),
        VAULT_E_NO_KEY);
    assert_int_equal(vault_regain_grant(t.c.q[1].v, k.text, k.len, k.digits,
                         "by telephone", &text, &len, &err),
        VAULT_OK);
    assert_int_equal(notes(&t), 1); /* written down before it is given */
    assert_int_equal(vault_unlock_regained(k.v, k.r, text, len, &err),
        VAULT_OK);
    assert_true(vault_unlocked(k.v));
    vault_text_free(text);
    call_end(&k);
    trip_end(&t);
}

/* A thief with a copy of the file sends his own request in the place of the
 * bearer's: the number read out is not its number. And an answer to one
 * request opens nothing for another. */
static void
a_request_put_in_its_place_is_noticed(void **state)
{
    struct vault_error err = {0};
    struct trip t;
    struct call k, thief;
    char *text = NULL;
    size_t len = 0;

    (void)state;
    trip_make(&t, false);
    call_make(&k, &t);
    call_make(&thief, &t);
    assert_int_equal(vault_regain_grant(t.c.q[1].v, thief.text, thief.len,
                         k.digits, NULL, &text, &len, &err),
        VAULT_E_POLICY);
    assert_int_equal(vault_regain_grant(t.c.q[1].v, k.text, k.len, k.letters,
                         NULL, &text, &len, &err),
        VAULT_OK);
    assert_int_equal(vault_unlock_regained(thief.v, thief.r, text, len, &err),
        VAULT_E_NO_KEY);
    assert_false(vault_unlocked(thief.v));
    vault_text_free(text);
    call_end(&k);
    call_end(&thief);
    trip_end(&t);
}

static void
the_secret_may_wait_in_a_file(void **state)
{
    struct vault_error err = {0};
    struct vault_regain *r = NULL;
    struct trip t;
    struct call k;
    char path[TEMP_PATH], *text = NULL;
    size_t len = 0;

    (void)state;
    trip_make(&t, false);
    call_make(&k, &t);
    temp_dir_path(&t.c.files, "secret", path);
    assert_int_equal(vault_regain_save(k.r, path, NULL), VAULT_OK);
    assert_int_equal(vault_regain_save(k.r, path, NULL), VAULT_E_EXISTS);
    assert_int_equal(vault_regain_grant(t.c.q[1].v, k.text, k.len, k.digits,
                         NULL, &text, &len, &err),
        VAULT_OK);
    assert_int_equal(vault_regain_load(path, &r, &err), VAULT_OK);
    assert_int_equal(vault_unlock_regained(t.c.q[2].v, r, text, len, &err),
        VAULT_E_USAGE);
    assert_int_equal(vault_unlock_regained(k.v, r, text, len, &err), VAULT_OK);
    vault_regain_free(r);
    vault_text_free(text);
    assert_int_equal(vault_regain_load(t.c.q[0].keyfile, &r, &err),
        VAULT_E_FORMAT);
    call_end(&k);
    trip_end(&t);
}

/* Headquarters that lies, or was forced to: another key than the vault's. */
static void
a_key_of_another_vault_does_not_unlock(void **state)
{
    struct vault_error err = {0};
    struct trip t;
    struct call k;
    char *text = NULL;
    size_t len = 0;

    (void)state;
    trip_make(&t, false);
    call_make(&k, &t);
    assert_int_equal(vault_regain_grant(t.c.q[1].v, k.text, k.len, k.digits,
                         NULL, &text, &len, &err),
        VAULT_OK);
    /* the slot set that the MAC is over was changed meanwhile */
    vault_close(k.v);
    quick_sql(t.path, "UPDATE meta SET v = zeroblob(32) WHERE k = 'slots-mac'");
    assert_int_equal(vault_open(t.path, &t.c.q[0].opt, &k.v, NULL), VAULT_OK);
    assert_int_equal(vault_unlock_regained(k.v, k.r, text, len, &err),
        VAULT_E_TAMPERED);
    assert_false(vault_unlocked(k.v));
    vault_text_free(text);
    call_end(&k);
    trip_end(&t);
}

static void
a_plan_that_was_changed_is_refused(void **state)
{
    struct trip t;
    struct seen s;
    char plan[TEMP_PATH];
    uint8_t *p;
    size_t n;

    (void)state;
    trip_make(&t, true);
    snprintf(plan, sizeof plan, "%.490s.travel", t.path);
    p = temp_read(plan, &n);
    temp_write(plan, p, n - 1);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_E_TAMPERED);
    p[20] = p[20] == 'a' ? 'b' : 'a'; /* of another vault */
    temp_write(plan, p, n);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_E_TAMPERED);
    free(p);
    assert_int_equal(unlink(plan), 0);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    assert_false(s.state.planned);
    assert_false(s.state.finished);
    /* made anew by asking once more */
    assert_int_equal(vault_travel_ask(t.c.q[0].v, t.path, "v1", NULL,
                         keep_challenge, &t, NULL),
        VAULT_OK);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    assert_true(s.state.planned);
    finds(&s, "key vault ");
    trip_end(&t);
}

/* A passphrase put into the travel file is one that its bearer can be forced
 * to give. */
static void
a_way_in_for_the_bearer_is_a_key(void **state)
{
    struct trip t;
    struct seen s;
    struct vault *v = NULL;
    struct vault_options opt;
    uint8_t id[VAULT_ID];

    (void)state;
    trip_make(&t, true);
    opt = t.c.q[0].opt;
    opt.no_state = true;
    assert_int_equal(vault_open(t.path, &opt, &v, NULL), VAULT_OK);
    assert_int_equal(vault_unlock(v, t.key, NULL, NULL), VAULT_OK);
    assert_int_equal(vault_slot_add(v, t.c.q[2].key, &(struct vault_cost){0},
                         id, NULL),
        VAULT_OK);
    vault_close(v);
    assert_int_equal(finish(&t, NULL, NULL, &s), VAULT_OK);
    finds(&s, " bearer");
    trip_end(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_the_old_vault_opens_the_travel_file),
        cmocka_unit_test(a_way_back_that_its_bearer_holds_is_refused),
        cmocka_unit_test(what_could_not_be_completed_is_not_there),
        cmocka_unit_test(a_card_that_nobody_compared_is_no_way_back),
        cmocka_unit_test(finish_waits_until_nothing_here_opens_the_vault),
        cmocka_unit_test(without_a_way_back_it_is_never_finished),
        cmocka_unit_test(a_copy_anywhere_it_looks_keeps_it_unfinished),
        cmocka_unit_test(an_answer_counts_for_ninety_days),
        cmocka_unit_test(a_wrong_answer_proves_nothing),
        cmocka_unit_test(nobody_else_is_asked_about_a_slot),
        cmocka_unit_test(only_headquarters_answers),
        cmocka_unit_test(an_older_card_of_headquarters_still_answers),
        cmocka_unit_test(shares_open_it_again),
        cmocka_unit_test(headquarters_opens_it_for_who_it_has_heard),
        cmocka_unit_test(a_request_put_in_its_place_is_noticed),
        cmocka_unit_test(the_secret_may_wait_in_a_file),
        cmocka_unit_test(a_key_of_another_vault_does_not_unlock),
        cmocka_unit_test(a_plan_that_was_changed_is_refused),
        cmocka_unit_test(a_way_in_for_the_bearer_is_a_key),
    };

    /* many small vaults, nothing here is about what a disk loses */
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
