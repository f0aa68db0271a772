/* SPDX-License-Identifier: Apache-2.0 */
/* test_notice_ops.c: a request hides, a person decides, the answer comes back */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/cards.h>

#include "foreign_copy.h"
#include "notice_ops.h"
#include "pin_add.h"
#include "quick_vault.h"
#include "sent.h"

/* later than the clock of the machine, by which the vaults are made */
enum { DAY = 86400, START = 2000000000 };

/* Three vaults with one clock: `a` seals and asks, `b` holds, `c` is anyone
 * else. */
struct world {
    struct quick_vault a, b, c;
};
static int64_t now;

static int64_t
clock_of(void *ctx)
{
    (void)ctx;
    return now;
}

#define OK(call) assert_int_equal(call, VAULT_OK)

static void
make(struct quick_vault *q)
{
    quick_make(q);
    q->opt.clock = clock_of;
    quick_again(q);
}

static void
world_make(struct world *w)
{
    now = START;
    make(&w->a);
    make(&w->b);
    make(&w->c);
}

static void
world_end(struct world *w)
{
    quick_end(&w->a);
    quick_end(&w->b);
    quick_end(&w->c);
}

/* ---- what bundles would bring ---- */

struct meeting {
    struct vault *to;
    struct vlt_book *book;
};

static enum vault_status
add_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct meeting *m = ctx;

    return vlt_book_add(m->to, m->book, "card", r->card, r->card_len, err);
}

static enum vault_status
add_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct meeting *m = ctx;

    return vlt_book_add(m->to, m->book, "replica", r->note, r->note_len, err);
}

/* A line, so that the action has one. */
static void
line(struct vault *v, const char *kind)
{
    static const uint8_t subject[32];
    struct vlt_entry e = {kind, NULL, 0, subject, NULL, -1};

    OK(vlt_action_leaf(v, &e, NULL));
}

/* `to` knows the card and the log of `from`, as a bundle brings them. */
static void
meet(struct quick_vault *to, struct quick_vault *from)
{
    struct meeting m = {to->v, NULL};

    OK(vlt_action_begin(to->v, NULL));
    OK(vlt_book_load(to->v, &m.book, NULL));
    OK(vlt_store_begin(from->v->store, false, NULL));
    OK(vlt_identities(from->v->store, add_card, &m, NULL));
    OK(vlt_logs(from->v->store, add_log, &m, NULL));
    vlt_store_rollback(from->v->store);
    vlt_book_free(m.book);
    line(to->v, "merge");
    OK(vlt_action_commit(to->v, NULL));
}

/* One record that a seals, which n vaults are given. */
static void
seal(struct quick_vault *q, struct vault_sealed *out)
{
    quick_add(q->v, "what happened", "secret words", 12, out);
}

static void
note_sent(struct quick_vault *from, const struct vault_sealed *x, size_t n,
    struct quick_vault *const *to, uint8_t number)
{
    uint8_t id[1][20] = {{0}}, stmt[1][32], fp[4][32];
    struct vlt_sent s = {.time = now, .to_len = n, .n = 1};
    struct foreign_row r;
    size_t i;

    foreign_read(from->v, x->id, 1, &r);
    memcpy(stmt[0], r.stmt, 32);
    foreign_clear(&r);
    memcpy(id[0], x->id, 16);
    id[0][19] = 1;
    for (i = 0; i < n; i++)
        memcpy(fp[i], to[i]->v->card.fingerprint, 32);
    memset(s.bundle, number, sizeof s.bundle);
    memset(s.text, number, sizeof s.text);
    s.to = (const uint8_t(*)[32])fp;
    s.stmt = (const uint8_t(*)[32])stmt;
    s.id = (const uint8_t(*)[20])id;
    OK(vlt_action_begin(from->v, NULL));
    line(from->v, "share");
    OK(vlt_sent_put(from->v, &s, NULL));
    OK(vlt_action_commit(from->v, NULL));
}

/* Puts the row, then does what receiving does with requests that wait. */
static void
arrive(struct quick_vault *to, struct quick_vault *from,
    const struct foreign_row *r)
{
    struct vlt_notices *w = NULL;

    OK(vlt_action_begin(to->v, NULL));
    foreign_put(to->v, from->v, r, FOREIGN_FULL);
    OK(vlt_notices_open(to->v, &w, NULL));
    OK(vlt_notices_settle(w, NULL));
    vlt_notices_close(w);
    OK(vlt_action_commit(to->v, NULL));
}

/* a seals it, b has it. */
static void
give(struct world *w, struct vault_sealed *x)
{
    struct quick_vault *const to[] = {&w->b};
    struct foreign_row r;

    seal(&w->a, x);
    note_sent(&w->a, x, 1, to, 1);
    meet(&w->b, &w->a);
    foreign_read(w->a.v, x->id, 1, &r);
    arrive(&w->b, &w->a, &r);
    foreign_clear(&r);
}

static void
ask(struct quick_vault *q, const struct vault_sealed *x, const char *reason,
    struct vault_notice_made *out)
{
    struct vault_withdrawal done;
    uint8_t id[1][16];

    memcpy(id[0], x->id, 16);
    OK(vault_withdraw(q->v, x->id, 0, reason, &done, NULL));
    OK(vault_notice_withdraw(q->v, (const uint8_t(*)[16])id, 1, reason, out,
        NULL));
}

static struct vault_notice
take(struct quick_vault *q, const char *note)
{
    struct vault_notice n, looked;

    OK(vault_notice_check(q->v, note, strlen(note), &looked, NULL));
    OK(vault_notice_take(q->v, note, strlen(note), &n, NULL));
    assert_int_equal(looked.outcome, n.outcome);
    return n;
}

/* ---- what is there ---- */

struct listed {
    size_t n, unusual;
    struct vault_request r;
    struct vault_request_record record[4];
    char reason[64];
};

static int
keep_request(void *ctx, const struct vault_request *r)
{
    struct listed *l = ctx;
    size_t i;

    l->n++;
    l->unusual += r->unusual;
    l->r = *r;
    for (i = 0; i < r->records && i < 4; i++)
        l->record[i] = r->record[i];
    (void)snprintf(l->reason, sizeof l->reason, "%s", r->reason);
    return 0;
}

static struct listed
requests(struct quick_vault *q)
{
    struct listed l;

    memset(&l, 0, sizeof l);
    OK(vault_request_list(q->v, keep_request, &l, NULL));
    return l;
}

static size_t
lines_of(struct quick_vault *q, const char *kind)
{
    char sql[128];

    (void)snprintf(sql, sizeof sql,
        "SELECT count(*) FROM leaf WHERE kind = '%s'", kind);
    return (size_t)quick_count(q->path, sql);
}

static void
expect_sound(struct quick_vault *q)
{
    static struct quick_verdict v;

    quick_verify(q->path, q->key, &v);
    if (v.st != VAULT_OK)
        fail_msg("%s:\n%s", v.err.message, v.lines);
}

/* ---- the tests ---- */

static void
a_request_hides_at_once_and_twice_is_once(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_notice n;
    struct listed l;

    (void)state;
    world_make(&w);
    give(&w, &x);
    assert_int_equal(quick_listed(w.b.v), 1);
    ask(&w.a, &x, "she changed her mind", &m);
    assert_int_equal(m.statements, 1);
    assert_int_equal(m.bundles, 1);
    assert_int_equal(m.recipients, 1);
    now += DAY;
    n = take(&w.b, m.note);
    assert_int_equal(n.outcome, VAULT_NOTICE_TAKEN);
    assert_int_equal(n.kind, VAULT_NOTICE_WITHDRAW);
    assert_int_equal(n.held, 1);
    assert_false(n.unusual);
    assert_int_equal(quick_listed(w.b.v), 0);
    assert_int_equal(lines_of(&w.b, "ask"), 1);
    n = take(&w.b, m.note);
    assert_int_equal(n.outcome, VAULT_NOTICE_KNOWN);
    assert_int_equal(lines_of(&w.b, "ask"), 1);
    assert_int_equal(lines_of(&w.b, "drop"), 0);

    l = requests(&w.b);
    assert_int_equal(l.n, 1);
    assert_int_equal(l.r.state, VAULT_REQUEST_PENDING);
    assert_int_equal(l.r.date, START);
    assert_int_equal(l.r.received, START + DAY);
    assert_int_equal(l.r.due, START + 31 * DAY);
    assert_int_equal(l.r.records, 1);
    assert_memory_equal(l.record[0].id, x.id, 16);
    assert_string_equal(l.reason, "she changed her mind");
    assert_memory_equal(l.r.hash, m.hash, 32);
    expect_sound(&w.a);
    expect_sound(&w.b);
    vault_text_free(m.note);
    world_end(&w);
}

static void
no_trace_of_a_request_is_in_clear(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    uint8_t *all;
    size_t len = 0, i;

    (void)state;
    world_make(&w);
    give(&w, &x);
    ask(&w.a, &x, "she changed her mind", &m);
    (void)take(&w.b, m.note);
    quick_close(&w.b);
    all = temp_read(w.b.path, &len);
    for (i = 0; i + 32 <= len; i++) {
        if (memcmp(all + i, m.hash, 32) == 0)
            fail_msg("the request's hash stands at %zu", i);
        if (memcmp(all + i, "sanduq.v1/withdraw", 18) == 0)
            fail_msg("its text stands at %zu", i);
    }
    free(all);
    vault_text_free(m.note);
    world_end(&w);
}

static struct vault_decision
decide(struct quick_vault *q, const uint8_t hash[32], enum vault_answer a,
    bool at_once, enum vault_status want)
{
    struct vault_decision d = {0};
    struct vault_error err;
    enum vault_status st =
        vault_request_decide(q->v, hash, a, at_once, &d, &err);

    if (st != want)
        fail_msg("%s: %s", vault_status_name(st),
            st != VAULT_OK ? err.message : "done");
    return d;
}

struct answers {
    size_t n;
    struct vault_asked a;
    struct vault_told to[4];
};

static int
keep_asked(void *ctx, const struct vault_asked *a)
{
    struct answers *k = ctx;
    size_t i;

    k->n++;
    k->a = *a;
    for (i = 0; i < a->to_len && i < 4; i++)
        k->to[i] = a->to[i];
    return 0;
}

static struct answers
status(struct quick_vault *q, const uint8_t *id)
{
    struct answers k;

    memset(&k, 0, sizeof k);
    OK(vault_notice_status(q->v, id, keep_asked, &k, NULL));
    return k;
}

static void
nothing_is_destroyed_before_its_time_and_the_answer_comes_back(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_decision d;
    struct vault_notice n;
    struct answers s;

    (void)state;
    world_make(&w);
    give(&w, &x);
    ask(&w.a, &x, NULL, &m);
    (void)take(&w.b, m.note);
    s = status(&w.a, x.id);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.a.unanswered, 1);
    assert_int_equal(s.to[0].answer, VAULT_ANSWER_NONE);
    (void)decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, false, VAULT_E_POLICY);
    now += 30 * DAY - 1;
    (void)decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, false, VAULT_E_POLICY);
    assert_int_equal(lines_of(&w.b, "drop"), 0);
    assert_int_equal(lines_of(&w.b, "ack"), 0);
    now += 1;
    d = decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, false, VAULT_OK);
    assert_int_equal(d.destroyed, 1);
    assert_int_equal(lines_of(&w.b, "drop"), 1);
    assert_int_equal(lines_of(&w.b, "ack"), 1);
    assert_int_equal(requests(&w.b).r.state, VAULT_REQUEST_DESTROYED);
    assert_int_equal(quick_count(w.b.path,
                         "SELECT count(*) FROM record WHERE f = 1 AND meta IS "
                         "NOT NULL"),
        0);
    OK(vlt_notice_check(d.answer, d.answer_len, &w.b.v->card, NULL));

    n = take(&w.a, d.answer); /* of a card that is not known */
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    meet(&w.a, &w.b);
    n = take(&w.a, d.answer);
    assert_int_equal(n.outcome, VAULT_NOTICE_TAKEN);
    assert_int_equal(n.answer, VAULT_ANSWER_DESTROYED);
    s = status(&w.a, x.id);
    assert_int_equal(s.a.unanswered, 0);
    assert_int_equal(s.to[0].answer, VAULT_ANSWER_DESTROYED);
    assert_int_equal(s.to[0].answered, START + 30 * DAY);
    assert_int_equal(s.to[0].statements, 1);
    expect_sound(&w.a);
    expect_sound(&w.b);
    vault_text_free(d.answer);
    vault_text_free(m.note);
    world_end(&w);
}

static void
a_lost_answer_is_given_again_to_the_last_byte(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_decision d, again;

    (void)state;
    world_make(&w);
    give(&w, &x);
    ask(&w.a, &x, NULL, &m);
    (void)take(&w.b, m.note);
    d = decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, true, VAULT_OK);
    now += DAY;
    again = decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, false, VAULT_OK);
    assert_string_equal(d.answer, again.answer);
    assert_int_equal(again.destroyed, 0);
    assert_int_equal(lines_of(&w.b, "ack"), 1);
    (void)decide(&w.b, m.hash, VAULT_ANSWER_REFUSED, false, VAULT_E_USAGE);
    vault_text_free(d.answer);
    vault_text_free(again.answer);
    vault_text_free(m.note);
    world_end(&w);
}

static void
the_waiting_time_is_a_setting(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_decision d;
    uint32_t days = 0;

    (void)state;
    world_make(&w);
    give(&w, &x);
    OK(vault_waiting_days(w.b.v, &days, NULL));
    assert_int_equal(days, 30);
    assert_int_equal(vault_waiting_days_set(w.b.v, 0, NULL), VAULT_E_USAGE);
    assert_int_equal(vault_waiting_days_set(w.b.v, 3651, NULL), VAULT_E_USAGE);
    OK(vault_waiting_days_set(w.b.v, 90, NULL));
    OK(vault_waiting_days_set(w.b.v, 3, NULL));
    quick_again(&w.b);
    OK(vault_waiting_days(w.b.v, &days, NULL));
    assert_int_equal(days, 3);
    ask(&w.a, &x, NULL, &m);
    (void)take(&w.b, m.note);
    now += 3 * DAY - 1;
    (void)decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, false, VAULT_E_POLICY);
    now += 1;
    d = decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, false, VAULT_OK);
    expect_sound(&w.b);
    vault_text_free(d.answer);
    vault_text_free(m.note);
    world_end(&w);
}

static void
what_is_under_a_hold_is_never_destroyed(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_decision d;

    (void)state;
    world_make(&w);
    give(&w, &x);
    ask(&w.a, &x, NULL, &m);
    OK(vault_hold_set(w.b.v, x.id, NULL));
    assert_int_equal(vault_hold_set(w.b.v, x.id, NULL), VAULT_E_EXISTS);
    assert_int_equal(vault_hold_set(w.b.v, m.hash, NULL), VAULT_E_NOT_FOUND);
    (void)take(&w.b, m.note);
    assert_int_equal(quick_listed(w.b.v), 0);
    assert_true(requests(&w.b).record[0].hold);
    now += 400 * (int64_t)DAY;
    (void)decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, true, VAULT_E_POLICY);
    assert_int_equal(lines_of(&w.b, "drop"), 0);
    OK(vault_hold_clear(w.b.v, x.id, NULL));
    assert_int_equal(vault_hold_clear(w.b.v, x.id, NULL), VAULT_E_NOT_FOUND);
    d = decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, false, VAULT_OK);
    assert_int_equal(d.destroyed, 1);
    expect_sound(&w.b);
    vault_text_free(d.answer);
    vault_text_free(m.note);
    world_end(&w);
}

static void
refusing_shows_it_again_and_hiding_hides_it(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_decision d, second;
    struct answers s;

    (void)state;
    world_make(&w);
    give(&w, &x);
    meet(&w.a, &w.b);
    ask(&w.a, &x, NULL, &m);
    (void)take(&w.b, m.note);
    d = decide(&w.b, m.hash, VAULT_ANSWER_REFUSED, false, VAULT_OK);
    assert_int_equal(quick_listed(w.b.v), 1);
    /* in the same second: still the later one */
    second = decide(&w.b, m.hash, VAULT_ANSWER_HIDDEN, false, VAULT_OK);
    assert_int_equal(quick_listed(w.b.v), 0);
    /* they arrive the other way round */
    assert_int_equal(take(&w.a, second.answer).outcome, VAULT_NOTICE_TAKEN);
    assert_int_equal(take(&w.a, d.answer).outcome, VAULT_NOTICE_TAKEN);
    s = status(&w.a, NULL);
    assert_int_equal(s.to[0].answer, VAULT_ANSWER_HIDDEN);
    assert_int_equal(s.to[0].answered, now + 1);
    assert_int_equal(s.a.unanswered, 0);
    vault_text_free(d.answer);
    vault_text_free(second.answer);
    vault_text_free(m.note);
    world_end(&w);
}

/* A note of any kind by q, about the record that foreign_read gives. */
static char *
forge(struct quick_vault *q, enum vlt_notice_kind kind, const uint8_t of[32],
    const uint8_t stmt[32])
{
    struct vlt_notice n;
    struct vlt_buf note;
    char *out;

    vlt_notice_init(&n);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    n.kind = kind;
    memcpy(n.vault, q->v->id, 16);
    memcpy(n.card, q->v->card.fingerprint, 32);
    n.date = (uint64_t)now;
    n.records = 1;
    if (of != NULL)
        memcpy(n.of, of, 32);
    if (stmt != NULL) {
        n.stmts = 1;
        n.stmt = calloc(1, 32);
        assert_non_null(n.stmt);
        memcpy(n.stmt[0].b, stmt, 32);
    }
    OK(vlt_notice_make(&n, q->v->seed, &note, NULL));
    out = strdup(vlt_buf_cstr(&note));
    vlt_notice_clear(&n);
    vlt_buf_clear(&note);
    return out;
}

static void
nobody_else_can_ask_for_it(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct foreign_row r;
    struct vault_notice n;
    char *note, *changed;

    (void)state;
    world_make(&w);
    give(&w, &x);
    foreign_read(w.a.v, x.id, 1, &r);
    note = forge(&w.c, VLT_NOTICE_WITHDRAW, NULL, r.stmt);
    n = take(&w.b, note);
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(n.why.code, VAULT_E_NOT_FOUND); /* unknown card */
    meet(&w.b, &w.c);
    n = take(&w.b, note);
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(n.why.code, VAULT_E_POLICY);
    assert_int_equal(n.others, 1);
    free(note);

    note = forge(&w.a, VLT_NOTICE_WITHDRAW, NULL, r.stmt);
    changed = strstr(note, "date ") + 5;
    *changed = *changed == '1' ? '2' : '1';
    n = take(&w.b, note);
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(n.why.code, VAULT_E_TAMPERED);
    n = take(&w.b, "sanduq.v1/withdraw\n\n");
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(n.why.code, VAULT_E_FORMAT);
    assert_int_equal(quick_listed(w.b.v), 1);
    assert_int_equal(lines_of(&w.b, "ask"), 0);
    assert_int_equal(requests(&w.b).n, 0);
    free(note);
    foreign_clear(&r);
    world_end(&w);
}

/* A card that names the origin's vault, with another key: anyone can make it. */
static void
the_name_of_a_vault_is_not_its_key(void **state)
{
    struct vlt_seed *seed = vlt_seed_new();
    struct vlt_card card = {.generation = 1};
    struct meeting m;
    struct foreign_row r;
    struct vault_sealed x;
    struct vault_notice n;
    struct vlt_notice w1;
    struct vlt_buf note;
    struct world w;

    (void)state;
    assert_non_null(seed);
    world_make(&w);
    give(&w, &x);
    memset(seed->b, 9, 32);
    memcpy(card.vault, w.a.v->id, 16);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    OK(vlt_card_make(&card, seed, NULL, &note, NULL));
    m.to = w.b.v;
    OK(vlt_action_begin(w.b.v, NULL));
    OK(vlt_book_load(w.b.v, &m.book, NULL));
    OK(vlt_book_add(w.b.v, m.book, "card", (const char *)note.p, note.len,
        NULL));
    vlt_book_free(m.book);
    line(w.b.v, "merge");
    OK(vlt_action_commit(w.b.v, NULL));

    foreign_read(w.a.v, x.id, 1, &r);
    vlt_notice_init(&w1);
    memcpy(w1.vault, card.vault, 16);
    memcpy(w1.card, card.fingerprint, 32);
    w1.stmts = 1;
    w1.stmt = calloc(1, 32);
    assert_non_null(w1.stmt);
    memcpy(w1.stmt[0].b, r.stmt, 32);
    vlt_buf_reset(&note);
    OK(vlt_notice_make(&w1, seed, &note, NULL));
    n = take(&w.b, vlt_buf_cstr(&note));
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(n.why.code, VAULT_E_POLICY);
    assert_int_equal(n.others, 1);
    assert_int_equal(quick_listed(w.b.v), 1);
    vlt_notice_clear(&w1);
    vlt_buf_clear(&note);
    foreign_clear(&r);
    vlt_seed_free(seed);
    world_end(&w);
}

/* Both sides renew their cards between giving and asking. */
static void
the_next_card_of_a_vault_speaks_for_it(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct quick_vault *const to[] = {&w.b};
    struct vault_decision d;
    struct vault_notice n;
    struct answers s;

    (void)state;
    world_make(&w);
    give(&w, &x);
    OK(vault_card_renew(w.a.v, NULL, NULL));
    OK(vault_card_renew(w.b.v, NULL, NULL));
    note_sent(&w.a, &x, 1, to, 2); /* to b's new card, too */
    ask(&w.a, &x, NULL, &m);
    n = take(&w.b, m.note); /* the new card is not here */
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    meet(&w.b, &w.a);
    n = take(&w.b, m.note);
    assert_int_equal(n.outcome, VAULT_NOTICE_TAKEN);
    assert_int_equal(n.held, 1);
    assert_int_equal(quick_listed(w.b.v), 0);
    d = decide(&w.b, m.hash, VAULT_ANSWER_HIDDEN, false, VAULT_OK);
    meet(&w.a, &w.b);
    assert_int_equal(take(&w.a, d.answer).outcome, VAULT_NOTICE_TAKEN);
    s = status(&w.a, x.id);
    assert_int_equal(s.a.to_len, 1);
    assert_int_equal(s.a.unanswered, 0);
    assert_int_equal(s.to[0].answer, VAULT_ANSWER_HIDDEN);
    vault_text_free(d.answer);
    vault_text_free(m.note);
    world_end(&w);
}

static enum vault_status
pin_revoked(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct vlt_pin p;
    enum vault_status st;

    vlt_pin_init(&p);
    p.state = VLT_PIN_REVOKED;
    (void)snprintf(p.name, sizeof p.name, "aina");
    vlt_buf_put(&p.note, r->card, r->card_len);
    OK(vlt_card_parse(&p.card, r->card, r->card_len, err));
    st = vlt_pin_put(ctx, &p, err);
    vlt_pin_clear(&p);
    return st;
}

static void
revoke_in(struct world *w)
{
    OK(vlt_action_begin(w->b.v, NULL));
    OK(vlt_store_begin(w->a.v->store, false, NULL));
    OK(vlt_identities(w->a.v->store, pin_revoked, w->b.v, NULL));
    vlt_store_rollback(w->a.v->store);
    OK(vlt_settings_changed(w->b.v, NULL));
    OK(vlt_action_commit(w->b.v, NULL));
}

static void
a_revoked_card_asks_for_nothing(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_notice n;

    (void)state;
    world_make(&w);
    give(&w, &x);
    ask(&w.a, &x, NULL, &m);
    revoke_in(&w);
    n = take(&w.b, m.note);
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(n.why.code, VAULT_E_POLICY);
    assert_string_equal(n.name, "aina");
    assert_int_equal(quick_listed(w.b.v), 1);
    vault_text_free(m.note);
    world_end(&w);
}

/* Whoever stole the revoked key can make a card that follows it, and have it
 * passed on with a bundle of anybody's. */
static void
a_card_that_only_a_revoked_one_vouches_for_asks_for_nothing(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vlt_pin pin;
    bool changed = false;
    const char *note;
    size_t len;
    struct vlt_book *book = NULL;

    (void)state;
    world_make(&w);
    give(&w, &x);
    revoke_in(&w);
    OK(vault_card_renew(w.a.v, NULL, NULL));
    meet(&w.b, &w.a);
    ask(&w.a, &x, NULL, &m);
    assert_int_equal(take(&w.b, m.note).outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(quick_listed(w.b.v), 1);
    OK(vlt_action_begin(w.b.v, NULL));
    OK(vlt_book_load(w.b.v, &book, NULL));
    note = vlt_book_card_note(book, w.a.v->card.fingerprint, &len);
    OK(vlt_pin_add(w.b.v, note, len, NULL, true, &changed, &pin, NULL));
    vlt_pin_clear(&pin);
    vlt_book_free(book);
    OK(vlt_settings_changed(w.b.v, NULL));
    OK(vlt_action_commit(w.b.v, NULL));
    assert_int_equal(take(&w.b, m.note).outcome, VAULT_NOTICE_TAKEN);
    vault_text_free(m.note);
    world_end(&w);
}

/* A battery ran out, and the clock begins anew. */
static void
a_clock_that_is_set_right_ends_no_waiting_time(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;

    (void)state;
    world_make(&w);
    give(&w, &x);
    ask(&w.a, &x, NULL, &m);
    now = 1000;
    quick_again(&w.b);
    assert_int_equal(take(&w.b, m.note).outcome, VAULT_NOTICE_TAKEN);
    now = START + DAY;
    (void)decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, false, VAULT_E_POLICY);
    vault_text_free(m.note);
    world_end(&w);
}

/* c passed it on, and its signature brought it here: it is still a's. */
static void
who_only_passed_a_record_on_cannot_hide_it(void **state)
{
    struct world w;
    struct vault_notice n;
    struct vault_sealed x;
    struct foreign_row r;
    char *note;

    (void)state;
    world_make(&w);
    seal(&w.a, &x);
    meet(&w.b, &w.a);
    meet(&w.b, &w.c);
    foreign_read(w.a.v, x.id, 1, &r);
    memcpy(r.proof.from, w.c.v->card.fingerprint, 32);
    arrive(&w.b, &w.a, &r);
    note = forge(&w.c, VLT_NOTICE_WITHDRAW, NULL, r.stmt);
    n = take(&w.b, note);
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(n.why.code, VAULT_E_POLICY);
    assert_int_equal(quick_listed(w.b.v), 1);
    free(note);
    foreign_clear(&r);
    world_end(&w);
}

/* The request before the record: his own hides it, another's does not. */
static void
a_record_that_comes_after_its_request_is_hidden(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct foreign_row r;
    struct vault_notice n;
    char *his, *other;

    (void)state;
    world_make(&w);
    seal(&w.a, &x);
    foreign_read(w.a.v, x.id, 1, &r);
    meet(&w.b, &w.a);
    meet(&w.b, &w.c);
    other = forge(&w.c, VLT_NOTICE_WITHDRAW, NULL, r.stmt);
    n = take(&w.b, other);
    assert_int_equal(n.later, 1);
    arrive(&w.b, &w.a, &r);
    assert_int_equal(quick_listed(w.b.v), 1);
    assert_int_equal(requests(&w.b).r.later, 0);
    assert_int_equal(requests(&w.b).r.records, 0);
    (void)decide(&w.b, n.hash, VAULT_ANSWER_DESTROYED, true, VAULT_E_NOT_FOUND);

    meet(&w.c, &w.a);
    his = forge(&w.a, VLT_NOTICE_WITHDRAW, NULL, r.stmt);
    n = take(&w.c, his);
    assert_int_equal(n.outcome, VAULT_NOTICE_TAKEN);
    assert_int_equal(n.later, 1);
    arrive(&w.c, &w.a, &r);
    assert_int_equal(quick_listed(w.c.v), 0);
    assert_int_equal(requests(&w.c).r.records, 1);
    expect_sound(&w.b);
    expect_sound(&w.c);
    free(his);
    free(other);
    foreign_clear(&r);
    world_end(&w);
}

static void
a_request_is_lifted_by_who_made_it(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m, back;
    char *other;

    (void)state;
    world_make(&w);
    give(&w, &x);
    ask(&w.a, &x, NULL, &m);
    (void)take(&w.b, m.note);
    meet(&w.b, &w.c);
    other = forge(&w.c, VLT_NOTICE_WITHDRAW_REVOKED, m.hash, NULL);
    assert_int_equal(take(&w.b, other).outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(quick_listed(w.b.v), 0);
    OK(vault_notice_lift(w.a.v, x.id, &back, NULL));
    assert_int_equal(take(&w.b, back.note).outcome, VAULT_NOTICE_TAKEN);
    assert_int_equal(quick_listed(w.b.v), 1);
    assert_int_equal(requests(&w.b).r.state, VAULT_REQUEST_LIFTED);
    (void)decide(&w.b, m.hash, VAULT_ANSWER_DESTROYED, true, VAULT_E_USAGE);
    assert_true(status(&w.a, x.id).a.lifted);
    vault_text_free(back.note);
    assert_int_equal(vault_notice_lift(w.a.v, x.id, &back, NULL),
        VAULT_E_NOT_FOUND);
    free(other);
    vault_text_free(m.note);
    world_end(&w);
}

/* Record, request and lifting in each of their six orders end the same. */
static void
order_does_not_matter(void **state)
{
    static const char *const orders[] = {"rwl", "rlw", "wrl", "wlr", "lrw",
        "lwr"};
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m, back;
    struct quick_vault *const to[] = {&w.b};
    struct foreign_row r;
    size_t i, k;

    (void)state;
    world_make(&w);
    seal(&w.a, &x);
    note_sent(&w.a, &x, 1, to, 1);
    foreign_read(w.a.v, x.id, 1, &r);
    ask(&w.a, &x, NULL, &m);
    OK(vault_notice_lift(w.a.v, x.id, &back, NULL));
    for (i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        quick_end(&w.b);
        make(&w.b);
        meet(&w.b, &w.a);
        for (k = 0; k < 3; k++) {
            if (orders[i][k] == 'r')
                arrive(&w.b, &w.a, &r);
            else
                assert_int_equal(take(&w.b,
                                     orders[i][k] == 'w' ? m.note : back.note)
                                     .outcome,
                    VAULT_NOTICE_TAKEN);
        }
        assert_int_equal(quick_listed(w.b.v), 1);
        assert_int_equal(requests(&w.b).r.state, VAULT_REQUEST_LIFTED);
        assert_int_equal(requests(&w.b).r.records, 1);
        assert_int_equal(requests(&w.b).r.later, 0);
    }
    expect_sound(&w.b);
    foreign_clear(&r);
    vault_text_free(m.note);
    vault_text_free(back.note);
    world_end(&w);
}

/* ---- how much at once ---- */

/* a asks b for n of the records, by one note. */
static char *
ask_for(struct world *w, const struct foreign_row *r, size_t n)
{
    struct vlt_notice x;
    struct vlt_buf note;
    char *out;
    size_t i;

    vlt_notice_init(&x);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    x.kind = VLT_NOTICE_WITHDRAW;
    memcpy(x.vault, w->a.v->id, 16);
    memcpy(x.card, w->a.v->card.fingerprint, 32);
    vlt_random(x.id, sizeof x.id);
    x.date = (uint64_t)now;
    x.stmts = n;
    x.stmt = calloc(n, 32);
    assert_non_null(x.stmt);
    for (i = 0; i < n; i++)
        memcpy(x.stmt[i].b, r[i].stmt, 32);
    OK(vlt_notice_make(&x, w->a.v->seed, &note, NULL));
    out = strdup(vlt_buf_cstr(&note));
    vlt_notice_clear(&x);
    vlt_buf_clear(&note);
    return out;
}

enum { MANY = 50 };

static void
much_at_once_is_told_as_unusual(void **state)
{
    static const struct {
        const char *name;
        size_t held, first, second;
        int64_t apart;
        bool unusual;
    } rows[] = {
        {"one of two", 2, 1, 0, 0, false},
        {"the only one", 1, 1, 0, 0, false},
        {"two of five", 5, 2, 0, 0, false},
        {"two of four", 4, 2, 0, 0, true},
        {"twenty of fifty", MANY, 20, 0, 0, false},
        {"twenty-one of fifty", MANY, 21, 0, 0, true},
        {"twenty and one within a week", MANY, 20, 1, 7 * DAY, true},
        {"twenty and one later", MANY, 20, 1, 7 * DAY + 1, false},
    };
    struct foreign_row r[MANY];
    struct vault_sealed x[MANY];
    struct vault_notice n;
    struct world w;
    char *note;
    size_t i, k;

    (void)state;
    world_make(&w);
    OK(vault_batch_begin(w.a.v, NULL));
    for (k = 0; k < MANY; k++)
        seal(&w.a, &x[k]);
    OK(vault_batch_end(w.a.v, NULL));
    for (k = 0; k < MANY; k++)
        foreign_read(w.a.v, x[k].id, 1, &r[k]);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].name);
        quick_end(&w.b);
        make(&w.b);
        meet(&w.b, &w.a);
        OK(vlt_action_begin(w.b.v, NULL));
        for (k = 0; k < rows[i].held; k++)
            foreign_put(w.b.v, w.a.v, &r[k], FOREIGN_FULL);
        OK(vlt_action_commit(w.b.v, NULL));
        note = ask_for(&w, r, rows[i].first);
        n = take(&w.b, note);
        free(note);
        if (rows[i].second > 0) {
            assert_false(n.unusual);
            now += rows[i].apart;
            note = ask_for(&w, r + rows[i].first, rows[i].second);
            n = take(&w.b, note);
            free(note);
        }
        assert_int_equal(n.unusual, rows[i].unusual);
        assert_int_equal(requests(&w.b).unusual,
            !rows[i].unusual         ? 0
                : rows[i].second > 0 ? 2
                                     : 1);
        assert_int_equal(n.held,
            rows[i].second > 0 ? rows[i].second : rows[i].first);
    }
    for (k = 0; k < MANY; k++)
        foreign_clear(&r[k]);
    world_end(&w);
}

/* ---- asking ---- */

static void
only_what_was_given_and_withdrawn_is_asked_for(void **state)
{
    struct world w;
    struct vault_sealed x, y;
    struct vault_withdrawal done;
    struct vault_notice_made m, again;
    uint8_t id[1][16];

    (void)state;
    world_make(&w);
    give(&w, &x);
    seal(&w.a, &y);
    memcpy(id[0], x.id, 16);
    assert_int_equal(vault_notice_withdraw(w.a.v, (const uint8_t(*)[16])id, 1,
                         NULL, &m, NULL),
        VAULT_E_USAGE);
    OK(vault_withdraw(w.a.v, x.id, 0, NULL, &done, NULL));
    OK(vault_withdraw(w.a.v, y.id, 0, NULL, &done, NULL));
    OK(vault_notice_withdraw(w.a.v, (const uint8_t(*)[16])id, 1, "why", &m,
        NULL));
    assert_false(m.again);
    assert_non_null(
        strstr(m.note, "\nbundle 01010101010101010101010101010101\n"));
    assert_non_null(strstr(m.note, "\nreason d2h5\n"));
    assert_int_equal(lines_of(&w.a, "ask"), 1);
    now += DAY;
    OK(vault_notice_withdraw(w.a.v, (const uint8_t(*)[16])id, 1, "why", &again,
        NULL));
    assert_true(again.again);
    assert_string_equal(m.note, again.note);
    assert_int_equal(lines_of(&w.a, "ask"), 1);
    memcpy(id[0], y.id, 16);
    vault_text_free(again.note);
    assert_int_equal(vault_notice_withdraw(w.a.v, (const uint8_t(*)[16])id, 1,
                         NULL, &again, NULL),
        VAULT_E_NOT_FOUND);
    expect_sound(&w.a);
    vault_text_free(m.note);
    world_end(&w);
}

static void
answers_are_for_what_was_asked(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_notice n;
    char *note;

    (void)state;
    world_make(&w);
    give(&w, &x);
    meet(&w.a, &w.b);
    ask(&w.a, &x, NULL, &m);
    note = forge(&w.b, VLT_NOTICE_ACK, m.hash, m.hash); /* not that statement */
    n = take(&w.a, note);
    assert_int_equal(n.outcome, VAULT_NOTICE_REFUSED);
    assert_int_equal(n.why.code, VAULT_E_POLICY);
    free(note);
    note = forge(&w.b, VLT_NOTICE_ACK, w.b.v->card.fingerprint,
        m.hash); /* not that request */
    n = take(&w.a, note);
    assert_int_equal(n.why.code, VAULT_E_NOT_FOUND);
    free(note);
    assert_int_equal(lines_of(&w.a, "ack"), 0);
    vault_text_free(m.note);
    world_end(&w);
}

struct bundles {
    size_t n;
    int64_t receipt;
};

static int
keep_given(void *ctx, const struct vault_given *g)
{
    struct bundles *b = ctx;

    b->n++;
    assert_int_equal(g->to_len, 1);
    b->receipt = g->to[0].answered;
    return 0;
}

static void
a_receipt_counts_by_a_recipient_for_a_bundle_of_ours(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct bundles b = {0, 0};
    uint8_t text[32];
    char *note;

    (void)state;
    world_make(&w);
    give(&w, &x);
    meet(&w.a, &w.b);
    meet(&w.a, &w.c);
    memset(text, 1, 32);
    note = forge(&w.c, VLT_NOTICE_RECEIPT, text, NULL);
    assert_int_equal(take(&w.a, note).why.code, VAULT_E_POLICY);
    free(note);
    memset(text, 2, 32);
    note = forge(&w.b, VLT_NOTICE_RECEIPT, text, NULL);
    assert_int_equal(take(&w.a, note).why.code, VAULT_E_NOT_FOUND);
    free(note);
    OK(vault_given_list(w.a.v, x.id, keep_given, &b, NULL));
    assert_int_equal(b.receipt, 0);
    now += DAY;
    memset(text, 1, 32);
    note = forge(&w.b, VLT_NOTICE_RECEIPT, text, NULL);
    assert_int_equal(take(&w.a, note).outcome, VAULT_NOTICE_TAKEN);
    assert_int_equal(take(&w.a, note).outcome, VAULT_NOTICE_KNOWN);
    free(note);
    OK(vault_given_list(w.a.v, NULL, keep_given, &b, NULL));
    assert_int_equal(b.n, 2);
    assert_int_equal(b.receipt, START + DAY);
    assert_int_equal(lines_of(&w.a, "ack"), 1);
    world_end(&w);
}

/* ---- what a bundle takes along ---- */

static enum vault_status
count(void *ctx, const char *kind, const char *note, size_t len,
    struct vault_error *err)
{
    (void)note;
    (void)len;
    (void)err;
    ++*(size_t *)ctx;
    assert_non_null(kind);
    return VAULT_OK;
}

static size_t
pending(struct quick_vault *q, size_t n, struct quick_vault *const *to)
{
    uint8_t fp[4][32];
    size_t i, found = 0;

    for (i = 0; i < n; i++)
        memcpy(fp[i], to[i]->v->card.fingerprint, 32);
    OK(vlt_read_begin(q->v, NULL));
    OK(vlt_notices_pending_for(q->v, (const uint8_t(*)[32])fp, n, count, &found,
        NULL));
    vlt_store_rollback(q->v->store);
    return found;
}

static void
told(struct quick_vault *q, struct quick_vault *to, uint8_t number)
{
    uint8_t fp[1][32], text[32];

    memcpy(fp[0], to->v->card.fingerprint, 32);
    memset(text, number, sizeof text);
    OK(vlt_action_begin(q->v, NULL));
    line(q->v, "share");
    OK(vlt_notices_told(q->v, text, (const uint8_t(*)[32])fp, 1, NULL));
    OK(vlt_action_commit(q->v, NULL));
}

static void
a_bundle_takes_along_what_concerns_all_of_its_recipients(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct vault_decision d;
    struct quick_vault *const b[] = {&w.b}, *const c[] = {&w.c},
                              *const both[] = {&w.b, &w.c}, *const a[] = {&w.a};

    (void)state;
    world_make(&w);
    give(&w, &x);
    meet(&w.a, &w.b);
    assert_int_equal(pending(&w.a, 1, b), 0);
    ask(&w.a, &x, NULL, &m);
    assert_int_equal(pending(&w.a, 1, b), 1);
    assert_int_equal(pending(&w.a, 1, c), 0);
    assert_int_equal(pending(&w.a, 2, both), 0);
    told(&w.a, &w.b, 7);
    assert_int_equal(pending(&w.a, 1, b), 1); /* it may have been lost */
    assert_int_equal(pending(&w.a, 0, NULL), 0);
    assert_int_equal(status(&w.a, x.id).to[0].told, now);
    (void)take(&w.b, m.note);
    d = decide(&w.b, m.hash, VAULT_ANSWER_HIDDEN, false, VAULT_OK);
    assert_int_equal(pending(&w.b, 1, a), 1);
    assert_int_equal(pending(&w.b, 1, c), 0);
    (void)take(&w.a, d.answer);
    assert_int_equal(pending(&w.a, 1, b), 0);
    vault_text_free(d.answer);
    vault_text_free(m.note);
    world_end(&w);
}

static void
what_a_receipt_shows_to_have_arrived_is_not_sent_again(void **state)
{
    struct quick_vault *to[1];
    struct vault_notice_made m;
    struct vault_sealed x, y;
    struct world w;
    uint8_t text[32];
    char *note;

    (void)state;
    world_make(&w);
    to[0] = &w.b;
    give(&w, &x);
    meet(&w.a, &w.b);
    ask(&w.a, &x, NULL, &m);
    told(&w.a, &w.b, 7);
    seal(&w.a, &y);
    note_sent(&w.a, &y, 1, to, 7);
    memset(text, 7, sizeof text);
    note = forge(&w.b, VLT_NOTICE_RECEIPT, text, NULL);
    assert_int_equal(take(&w.a, note).outcome, VAULT_NOTICE_TAKEN);
    assert_int_equal(pending(&w.a, 1, to), 0);
    free(note);
    vault_text_free(m.note);
    world_end(&w);
}

static void
what_is_kept_of_one_signer_has_an_end(void **state)
{
    struct vlt_notices *n = NULL;
    struct vault_notice out;
    struct world w;
    uint8_t of[32] = {0};
    char *note;
    int i;

    (void)state;
    world_make(&w);
    meet(&w.b, &w.a);
    OK(vlt_action_begin(w.b.v, NULL));
    OK(vlt_notices_open(w.b.v, &n, NULL));
    for (i = 0; i <= VLT_NOTICES_MAX; i++) {
        of[0] = (uint8_t)i;
        of[1] = (uint8_t)(i >> 8);
        note = forge(&w.a, VLT_NOTICE_WITHDRAW_REVOKED, of, NULL);
        OK(vlt_notice_take(n, note, strlen(note), &out, NULL));
        assert_int_equal(out.outcome,
            i < VLT_NOTICES_MAX ? VAULT_NOTICE_TAKEN : VAULT_NOTICE_REFUSED);
        free(note);
    }
    assert_int_equal(out.why.code, VAULT_E_LIMIT);
    vlt_notices_close(n);
    vlt_action_abort(w.b.v);
    assert_int_equal(lines_of(&w.b, "ask"), 0);
    world_end(&w);
}

/* b passed it on to c: the request of a goes there too, in its own words. */
static void
a_request_goes_on_to_those_it_was_passed_on_to(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    struct foreign_row r;
    struct quick_vault *const c[] = {&w.c}, *const a[] = {&w.a};
    struct vlt_sent s = {.time = START, .to_len = 2, .n = 1};
    uint8_t id[1][20] = {{0}}, fp[2][32], stmt[1][32];

    (void)state;
    world_make(&w);
    give(&w, &x);
    foreign_read(w.a.v, x.id, 1, &r);
    memcpy(stmt[0], r.stmt, 32);
    memcpy(fp[0], w.c.v->card.fingerprint, 32);
    memcpy(fp[1], w.a.v->card.fingerprint, 32); /* back to where it was */
    s.stmt = (const uint8_t(*)[32])stmt;
    s.to = (const uint8_t(*)[32])fp;
    s.id = (const uint8_t(*)[20])id;
    OK(vlt_action_begin(w.b.v, NULL));
    line(w.b.v, "share");
    OK(vlt_sent_put(w.b.v, &s, NULL));
    OK(vlt_action_commit(w.b.v, NULL));
    ask(&w.a, &x, NULL, &m);
    (void)take(&w.b, m.note);
    assert_int_equal(pending(&w.b, 1, c), 1);
    assert_int_equal(pending(&w.b, 1, a), 0);
    meet(&w.c, &w.a);
    arrive(&w.c, &w.a, &r);
    assert_int_equal(take(&w.c, m.note).held, 1);
    assert_int_equal(quick_listed(w.c.v), 0);
    foreign_clear(&r);
    vault_text_free(m.note);
    world_end(&w);
}

static void
a_request_is_named_by_its_first_digits(void **state)
{
    struct world w;
    struct vault_sealed x;
    struct vault_notice_made m;
    uint8_t hash[32];
    char hex[65];
    size_t i;

    (void)state;
    world_make(&w);
    give(&w, &x);
    ask(&w.a, &x, NULL, &m);
    (void)take(&w.b, m.note);
    for (i = 0; i < 32; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", m.hash[i]);
    OK(vault_request_resolve(w.b.v, hex, hash, NULL));
    assert_memory_equal(hash, m.hash, 32);
    hex[6] = 0;
    OK(vault_request_resolve(w.b.v, hex, hash, NULL));
    hex[5] = 0;
    assert_int_equal(vault_request_resolve(w.b.v, hex, hash, NULL),
        VAULT_E_USAGE);
    assert_int_equal(vault_request_resolve(w.a.v, "00000000", hash, NULL),
        VAULT_E_NOT_FOUND);
    vault_text_free(m.note);
    world_end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_hides_at_once_and_twice_is_once),
        cmocka_unit_test(no_trace_of_a_request_is_in_clear),
        cmocka_unit_test(
            nothing_is_destroyed_before_its_time_and_the_answer_comes_back),
        cmocka_unit_test(a_lost_answer_is_given_again_to_the_last_byte),
        cmocka_unit_test(the_waiting_time_is_a_setting),
        cmocka_unit_test(what_is_under_a_hold_is_never_destroyed),
        cmocka_unit_test(refusing_shows_it_again_and_hiding_hides_it),
        cmocka_unit_test(nobody_else_can_ask_for_it),
        cmocka_unit_test(the_name_of_a_vault_is_not_its_key),
        cmocka_unit_test(the_next_card_of_a_vault_speaks_for_it),
        cmocka_unit_test(a_revoked_card_asks_for_nothing),
        cmocka_unit_test(who_only_passed_a_record_on_cannot_hide_it),
        cmocka_unit_test(a_clock_that_is_set_right_ends_no_waiting_time),
        cmocka_unit_test(
            a_card_that_only_a_revoked_one_vouches_for_asks_for_nothing),
        cmocka_unit_test(a_record_that_comes_after_its_request_is_hidden),
        cmocka_unit_test(a_request_is_lifted_by_who_made_it),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(much_at_once_is_told_as_unusual),
        cmocka_unit_test(only_what_was_given_and_withdrawn_is_asked_for),
        cmocka_unit_test(answers_are_for_what_was_asked),
        cmocka_unit_test(a_receipt_counts_by_a_recipient_for_a_bundle_of_ours),
        cmocka_unit_test(
            a_bundle_takes_along_what_concerns_all_of_its_recipients),
        cmocka_unit_test(
            what_a_receipt_shows_to_have_arrived_is_not_sent_again),
        cmocka_unit_test(what_is_kept_of_one_signer_has_an_end),
        cmocka_unit_test(a_request_goes_on_to_those_it_was_passed_on_to),
        cmocka_unit_test(a_request_is_named_by_its_first_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
