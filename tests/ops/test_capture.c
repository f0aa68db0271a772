/* SPDX-License-Identifier: Apache-2.0 */
/* test_capture.c: sealing while locked, and taking in at the next unlocking */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "action.h"
#include "quick_vault.h"

enum { BIG = 9 * 1024 * 1024 };

struct world {
    struct quick_vault q;
    char capture[TEMP_PATH];
    char copy[TEMP_PATH];
};

static void
begin(struct world *w)
{
    struct vault_error err;

    quick_make(&w->q);
    temp_dir_path(&w->q.dir, "v.capture", w->capture);
    temp_dir_path(&w->q.dir, "copy", w->copy);
    if (vault_capture_create(w->q.v, w->capture, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    quick_close(&w->q);
}

static struct vault *
opened(const struct world *w)
{
    struct vault *c = NULL;
    struct vault_error err;

    if (vault_capture_open(w->capture, &w->q.opt, &c, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    return c;
}

/* One process that seals n records, the first with a body. */
static void
seal(const struct world *w, unsigned n)
{
    struct vault *c = opened(w);
    uint8_t body[30000];
    unsigned i;

    quick_noise(body, sizeof body, 5);
    for (i = 0; i < n; i++)
        quick_add(c, "said while locked", i == 0 ? body : NULL,
            i == 0 ? sizeof body : 0, NULL);
    vault_close(c);
}

static void
end_session(const struct world *w)
{
    struct vault *c = opened(w);
    bool ended = false;

    assert_int_equal(vault_capture_end(c, &ended, NULL), VAULT_OK);
    assert_true(ended);
    vault_close(c);
}

static enum vault_status
take(struct world *w, bool admit, struct vault_taken *t,
    struct vault_error *err)
{
    enum vault_status st;

    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    st = vault_take_in(w->q.v, w->capture,
        &(struct vault_take_options){.admit = admit}, t, err);
    quick_close(&w->q);
    return st;
}

static void
expect_taken(struct world *w, unsigned sessions, unsigned records)
{
    struct vault_taken t;
    struct vault_error err;

    if (take(w, false, &t, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.sessions, sessions);
    assert_int_equal(t.records, records);
}

static void
expect_refused(struct world *w, enum vault_status want)
{
    struct vault_taken t;
    struct vault_error err;
    enum vault_status st = take(w, false, &t, &err);

    if (st != want)
        fail_msg("%s: %s", vault_status_name(st), err.message);
    assert_int_equal(t.records, 0);
    assert_int_equal(t.cleared, 0);
}

static void
expect_verdict(const char *path, const struct vault_key *key,
    enum vault_status want)
{
    struct quick_verdict said;

    quick_verify(path, key, &said);
    if (said.st != want)
        fail_msg("%s: %s", vault_status_name(said.st), said.lines);
}

static unsigned
listed(struct world *w)
{
    unsigned n;

    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    n = quick_listed(w->q.v);
    quick_close(&w->q);
    return n;
}

static void
what_was_sealed_while_locked_is_in_the_vault_after_unlocking(void **state)
{
    struct world w;
    struct vault_sealed big;
    uint8_t *body = malloc(BIG), *back, *before, *after;
    struct vault *c;
    size_t n, before_n, after_n;

    (void)state;
    begin(&w);
    quick_noise(body, BIG, 7);
    before = temp_read(w.q.path, &before_n);
    seal(&w, 3);
    c = opened(&w);
    quick_add(c, "large", body, BIG, &big);
    vault_close(c);
    after = temp_read(w.q.path, &after_n);
    assert_int_equal(before_n, after_n);
    assert_memory_equal(before, after, before_n);
    expect_verdict(w.capture, NULL, VAULT_OK);
    expect_taken(&w, 1, 4);
    assert_int_equal(listed(&w), 4);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    back = quick_body(w.q.v, big.id, &n);
    assert_int_equal(n, BIG);
    assert_memory_equal(back, body, BIG);
    quick_close(&w.q);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    expect_verdict(w.capture, NULL, VAULT_OK);
    assert_int_equal(
        quick_count(w.capture,
            "SELECT (SELECT count(*) FROM "
            "record) + (SELECT count(*) FROM segment) + (SELECT count(*) FROM "
            "leaf) + (SELECT count(*) FROM epoch) + (SELECT count(*) FROM "
            "staging) + (SELECT count(*) FROM wrap)"),
        0);
    free(before);
    free(after);
    free(back);
    free(body);
    quick_end(&w.q);
}

static void
taking_in_twice_is_once(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    expect_taken(&w, 0, 0);
    seal(&w, 2);
    /* as after a crash between the vault's commit and the clearing */
    end_session(&w);
    temp_copy(w.capture, w.copy);
    expect_taken(&w, 1, 2);
    temp_copy(w.copy, w.capture);
    expect_taken(&w, 0, 0);
    assert_int_equal(listed(&w), 2);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    seal(&w, 1);
    expect_taken(&w, 1, 1);
    assert_int_equal(listed(&w), 3);
    quick_end(&w.q);
}

static void
sessions_follow_each_other_across_takings(void **state)
{
    struct world w;
    int i;

    (void)state;
    begin(&w);
    for (i = 0; i < 3; i++) {
        seal(&w, 1);
        end_session(&w);
        seal(&w, 2);
        expect_verdict(w.capture, NULL, VAULT_OK);
        expect_taken(&w, 2, 3);
    }
    assert_int_equal(listed(&w), 9);
    assert_int_equal(quick_count(w.q.path, "SELECT count(*) FROM log"), 7);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    quick_end(&w.q);
}

static void
a_session_ends_at_the_first_use_after_twelve_hours(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    seal(&w, 1);
    seal(&w, 1);
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM log"), 1);
    quick_sql(w.capture,
        "UPDATE meta SET v = x'0000000000000e10' WHERE "
        "k = 'session-time'");
    seal(&w, 1);
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM log"), 2);
    expect_verdict(w.capture, NULL, VAULT_OK);
    expect_taken(&w, 2, 3);
    quick_end(&w.q);
}

static void
each_process_has_an_epoch_and_each_record_a_step(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    seal(&w, 5);
    seal(&w, 5);
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM epoch"), 2);
    assert_int_equal(quick_count(w.capture,
                         "SELECT count(*) FROM epoch "
                         "WHERE substr(head, 5, 1) = x'03' AND cache IS NULL"),
        2);
    assert_int_equal(quick_count(w.capture,
                         "SELECT count(DISTINCT substr(b, 1, 20)) FROM wrap"),
        10);
    quick_end(&w.q);
}

static void
a_thousand_records_of_one_process_need_a_second_epoch(void **state)
{
    struct world w;
    struct vault *c;
    int i;

    (void)state;
    begin(&w);
    c = opened(&w);
    assert_int_equal(vault_batch_begin(c, NULL), VAULT_OK);
    for (i = 0; i < 1100; i++)
        quick_add(c, "one of many", NULL, 0, NULL);
    assert_int_equal(vault_batch_end(c, NULL), VAULT_OK);
    vault_close(c);
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM epoch"), 2);
    expect_verdict(w.capture, NULL, VAULT_OK);
    expect_taken(&w, 1, 1100);
    assert_int_equal(listed(&w), 1100);
    quick_end(&w.q);
}

/* ---- what a capture file does not do ---- */

static int
count_entry(void *ctx, const struct vault_entry *e)
{
    (void)e;
    ++*(int *)ctx;
    return 0;
}

static void
a_capture_file_cannot_be_read_back(void **state)
{
    struct world w;
    struct vault_sealed sealed;
    struct vault_record *r = NULL;
    struct vault_info info;
    struct vault *c, *v = NULL;
    int n = 0;

    (void)state;
    begin(&w);
    c = opened(&w);
    quick_add(c, "x", "y", 1, &sealed);
    assert_int_equal(vault_list(c, NULL, count_entry, NULL, &n, NULL),
        VAULT_E_LOCKED);
    assert_int_equal(vault_record_open(c, sealed.id, 0, &r, NULL),
        VAULT_E_LOCKED);
    assert_int_equal(vault_unlock(c, w.q.key, NULL, NULL), VAULT_E_USAGE);
    assert_int_equal(vault_info(c, &info, NULL), VAULT_E_USAGE);
    assert_int_equal(n, 0);
    vault_close(c);
    assert_int_equal(vault_open(w.capture, &w.q.opt, &v, NULL), VAULT_E_FORMAT);
    assert_int_equal(vault_capture_open(w.q.path, &w.q.opt, &v, NULL),
        VAULT_E_FORMAT);
    expect_verdict(w.capture, w.q.key, VAULT_E_USAGE);
    quick_end(&w.q);
}

/* The 32 bytes of the session key, found in the file by their bytes. */
static void
key_of(const struct world *w, uint8_t out[32])
{
    char sql[240];
    int i;

    for (i = 0; i < 32; i++) {
        (void)snprintf(sql, sizeof sql,
            "SELECT (instr('0123456789ABCDEF', "
            "substr(hex(v), %d, 1)) - 1) * 16 + instr('0123456789ABCDEF', "
            "substr(hex(v), %d, 1)) - 1 FROM meta WHERE k = 'session-key'",
            2 * i + 1, 2 * i + 2);
        out[i] = (uint8_t)quick_count(w->capture, sql);
    }
}

static bool
holds(const char *path, const uint8_t key[32])
{
    size_t n, i;
    uint8_t *file = temp_read(path, &n);
    bool found = false;

    for (i = 0; i + 32 <= n && !found; i++)
        found = memcmp(file + i, key, 32) == 0;
    free(file);
    return found;
}

static void
an_old_session_key_is_not_in_the_file_any_more(void **state)
{
    struct world w;
    uint8_t key[32];

    (void)state;
    begin(&w);
    seal(&w, 1);
    key_of(&w, key);
    assert_true(holds(w.capture, key));
    end_session(&w);
    assert_false(holds(w.capture, key));
    quick_end(&w.q);
}

/* ---- what somebody else does to the file ---- */

static void
an_older_copy_of_the_file_is_found(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    temp_copy(w.capture, w.copy); /* session 1 drawn */
    seal(&w, 1);
    expect_taken(&w, 1, 1);
    temp_copy(w.copy, w.capture);
    expect_refused(&w, VAULT_E_TAMPERED);
    seal(&w, 1); /* another session 1 */
    expect_refused(&w, VAULT_E_TAMPERED);
    assert_int_equal(listed(&w), 1);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    quick_end(&w.q);
}

static void
a_running_session_that_was_put_back_is_found(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    seal(&w, 1);
    temp_copy(w.capture, w.copy);
    seal(&w, 1);
    expect_taken(&w, 1, 2);
    temp_copy(w.copy, w.capture);
    expect_refused(&w, VAULT_E_TAMPERED);
    seal(&w, 3);
    expect_refused(&w, VAULT_E_TAMPERED);
    assert_int_equal(listed(&w), 2);
    quick_end(&w.q);
}

static void
a_session_cut_out_of_the_file_is_found(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    seal(&w, 1);
    end_session(&w);
    seal(&w, 1);
    quick_sql(w.capture,
        "DELETE FROM leaf WHERE log = 1; DELETE FROM record "
        "WHERE rid = 1; DELETE FROM wrap WHERE rid = 1; DELETE FROM "
        "checkpoint WHERE log = 1; DELETE FROM log WHERE n = 1; DELETE FROM "
        "node WHERE log = 1");
    expect_refused(&w, VAULT_E_POLICY);
    quick_end(&w.q);
}

/* Ids of what does not hold, in the order in which it is told. */
struct told {
    unsigned n;
    uint8_t id[16][VAULT_ID];
};

static void
note_bad(void *ctx, const uint8_t id[VAULT_ID], const struct vault_error *why)
{
    struct told *t = ctx;

    assert_int_equal(why->code, VAULT_E_TAMPERED);
    if (t->n < 16 && id != NULL)
        memcpy(t->id[t->n], id, VAULT_ID);
    t->n++;
}

static enum vault_status
take_told(struct world *w, bool admit, struct vault_taken *t, struct told *told)
{
    struct vault_take_options opt = {.admit = admit,
        .bad = note_bad,
        .ctx = told};
    enum vault_status st;

    memset(told, 0, sizeof *told);
    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    st = vault_take_in(w->q.v, w->capture, &opt, t, NULL);
    quick_close(&w->q);
    assert_int_equal(told->n, t->bad);
    return st;
}

/* An auditor without any secret sees what a vault's sessions logged and what
 * is not in it. */
static void
expect_missing(const struct world *w, unsigned absent, unsigned silent)
{
    struct quick_verdict said;
    unsigned records = 0;
    unsigned events = 0;
    const char *at;

    quick_verify(w->q.path, NULL, &said);
    for (at = said.lines; (at = strstr(at, "did not come in: taken")); at++)
        records++;
    for (at = said.lines; (at = strstr(at, "its event is gone")); at++)
        events++;
    if (records != absent || events != silent ||
        said.verdict.failed != absent + silent ||
        said.st != (absent + silent > 0 ? VAULT_E_TAMPERED : VAULT_OK))
        fail_msg("%u absent, %u silent: %s", absent, silent, said.lines);
}

struct lost {
    unsigned n;
    uint8_t id[16][VAULT_ID];
};

static int
note_lost(void *ctx, const struct vault_finding *f)
{
    struct lost *l = ctx;

    if (f->level == VAULT_FAILED && f->has_record && l->n < 16)
        memcpy(l->id[l->n++], f->record, VAULT_ID);
    return 0;
}

/* What verify names can be declared withdrawn by that id, once. */
static void
declare_withdrawn(struct world *w, unsigned want)
{
    struct vault_verify_options opt = {0};
    struct vault_verdict verdict;
    struct vault_withdrawal done;
    struct lost l = {0};
    size_t n = 0;
    unsigned i;

    (void)!vault_verify(w->q.path, &opt, note_lost, &l, &verdict, NULL);
    assert_int_equal(l.n, want);
    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    for (i = 0; i < l.n; i++) {
        assert_int_equal(vault_absent(w->q.v, l.id[i], &n, NULL), VAULT_OK);
        assert_int_equal(n, 1);
        assert_int_equal(vault_withdraw_absent(w->q.v, l.id[i],
                             "lost on its "
                             "way",
                             &done, NULL),
            VAULT_OK);
        assert_int_equal(done.versions, 1);
        assert_int_equal(vault_withdraw_absent(w->q.v, l.id[i], NULL, &done,
                             NULL),
            VAULT_E_NOT_FOUND);
    }
    quick_close(&w->q);
}

static void
lines_and_records_changed_in_the_file_are_found_and_keep_out_no_other(
    void **state)
{
    static const struct {
        const char *sql;
        bool fits; /* what was done to it does not matter */
        unsigned taken, bad;
        /* lines in the vault whose record did not come in, and whose event;
         * of the last nobody can say anything but that it is gone */
        unsigned absent, silent;
    } harm[] = {
        {"DELETE FROM record WHERE rid = 2", false, 2, 1, 1, 0},
        {"DELETE FROM wrap WHERE rid = 2", false, 2, 1, 1, 0},
        {"UPDATE wrap SET b = zeroblob(96) WHERE rid = 2", false, 2, 1, 1, 0},
        {"UPDATE record SET meta = zeroblob(length(meta)) WHERE rid = 1", false,
            2, 1, 1, 0},
        {"UPDATE record SET meta = NULL WHERE rid = 1", false, 2, 1, 1, 0},
        {"UPDATE record SET head = zeroblob(224) WHERE rid = 3", false, 2, 2, 1,
            0},
        {"UPDATE segment SET ct = zeroblob(length(ct))", false, 2, 1, 1, 0},
        {"DELETE FROM segment", false, 2, 1, 1, 0},
        {"UPDATE leaf SET evct = zeroblob(length(evct)) WHERE idx = 1", false,
            3, 1, 0, 1},
        {"UPDATE leaf SET evct = NULL WHERE idx = 0", false, 3, 1, 0, 1},
        {"DELETE FROM epoch", false, 0, 7, 3, 4},
        {"UPDATE epoch SET wraps = zeroblob(length(wraps))", false, 0, 7, 3, 4},
        {"INSERT INTO record SELECT 77, f, id, ver, head, meta FROM record "
         "WHERE rid = 1",
            true, 3, 0, 0, 0},
        {"INSERT INTO record SELECT 77, f, zeroblob(16), ver, CAST(substr(head, "
         "1, 24) || zeroblob(16) || substr(head, 41) AS BLOB), meta FROM record "
         "WHERE rid = 1",
            false, 3, 1, 0, 0},
        {"UPDATE epoch SET cache = zeroblob(80)", true, 3, 0, 0, 0},
        {"DELETE FROM leaf WHERE idx = 2", false, 0, 1, 0, 0},
        {"UPDATE leaf SET subj = zeroblob(32) WHERE idx = 1", false, 0, 1, 0,
            0},
        {"UPDATE leaf SET kind = 'withdraw' WHERE idx = 1", false, 0, 0, 0, 0},
        {"UPDATE checkpoint SET note = replace(note, '4', '5')", false, 0, 0, 0,
            0},
        {"UPDATE meta SET v = zeroblob(32) WHERE k = 'session-key'", false, 0,
            0, 0, 0},
        {"INSERT INTO meta VALUES('session', x'00')", false, 3, 0, 0, 0},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct world w;
        struct vault_taken t;
        struct told told;
        enum vault_status want = harm[i].fits ? VAULT_OK : VAULT_E_TAMPERED;

        begin(&w);
        seal(&w, 3);
        quick_sql(w.capture, harm[i].sql);
        if (take_told(&w, false, &t, &told) != want ||
            t.records != harm[i].taken || t.bad != harm[i].bad ||
            listed(&w) != harm[i].taken)
            fail_msg("%s: %u taken in, %u bad", harm[i].sql,
                (unsigned)t.records, (unsigned)t.bad);
        expect_missing(&w, harm[i].absent, harm[i].silent);
        /* nothing twice, and nothing forgotten */
        if (take_told(&w, false, &t, &told) != want || t.records != 0 ||
            t.bad != harm[i].bad)
            fail_msg("%s: again: %u taken in, %u bad", harm[i].sql,
                (unsigned)t.records, (unsigned)t.bad);
        /* somebody decides, and capturing goes on */
        (void)take_told(&w, true, &t, &told);
        if (t.bad + t.records + listed(&w) < 3 ||
            (t.aside == 0) != harm[i].fits)
            fail_msg("%s: admitted: %u taken in, %u bad", harm[i].sql,
                (unsigned)t.records, (unsigned)t.bad);
        declare_withdrawn(&w, harm[i].absent);
        /* the event of a withdrawn record's line may be gone; three of the
         * four are those of the records */
        expect_missing(&w, 0,
            harm[i].silent > harm[i].absent ? harm[i].silent - harm[i].absent
                                            : 0);
        seal(&w, 1);
        expect_taken(&w, 1, 1);
        quick_end(&w.q);
    }
}

static void
what_is_bad_in_one_session_keeps_out_none_before_or_after(void **state)
{
    struct world w;
    struct vault_taken t;
    struct told told;
    int i;

    (void)state;
    begin(&w);
    for (i = 0; i < 3; i++) {
        seal(&w, 2);
        end_session(&w);
    }
    temp_copy(w.capture, w.copy);
    quick_sql(w.capture,
        "UPDATE record SET meta = zeroblob(length(meta)) WHERE rid = 4");
    assert_int_equal(take_told(&w, false, &t, &told), VAULT_E_TAMPERED);
    assert_int_equal(t.sessions, 3);
    assert_int_equal(t.records, 5);
    assert_int_equal(t.cleared, 1); /* the one before it */
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM wrap"), 1);
    expect_missing(&w, 1, 0);
    seal(&w, 1);
    assert_int_equal(take_told(&w, false, &t, &told), VAULT_E_TAMPERED);
    assert_int_equal(t.records, 1);
    assert_int_equal(told.n, 1);
    /* whoever looks into it finds what was there, and puts it back */
    quick_sql(w.capture, "DELETE FROM record WHERE rid = 4");
    {
        char sql[2 * TEMP_PATH];

        (void)snprintf(sql, sizeof sql,
            "ATTACH '%s' AS x; INSERT INTO record SELECT * FROM x.record WHERE "
            "rid = 4; DETACH x",
            w.copy);
        quick_sql(w.capture, sql);
    }
    expect_taken(&w, 0, 1);
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM log"), 0);
    assert_int_equal(listed(&w), 7);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    expect_verdict(w.capture, NULL, VAULT_OK);
    quick_end(&w.q);
}

static void
what_never_came_in_is_withdrawn_by_its_line_and_spares_what_is_here(
    void **state)
{
    struct world w;
    struct vault *c;
    struct vault_sealed said;
    struct vault_withdrawal done;
    struct vault_taken t;
    struct told told;
    char sql[2 * TEMP_PATH], hex[2 * VAULT_ID + 1];
    size_t n = 0;
    int i;

    (void)state;
    begin(&w);
    c = opened(&w);
    quick_add(c, "taken out of the file", "word", 4, &said);
    vault_close(c);
    for (i = 0; i < VAULT_ID; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", said.id[i]);
    temp_copy(w.capture, w.copy);
    (void)snprintf(sql, sizeof sql,
        "DELETE FROM wrap; DELETE FROM record WHERE id = x'%s'", hex);
    quick_sql(w.capture, sql);
    assert_int_equal(take_told(&w, false, &t, &told), VAULT_E_TAMPERED);
    expect_missing(&w, 1, 0);

    /* its row, planted later, is not what came in */
    (void)snprintf(sql, sizeof sql,
        "ATTACH '%s' AS x; INSERT INTO record SELECT * FROM x.record; "
        "DETACH x",
        w.copy);
    temp_copy(w.q.path, w.capture);
    quick_sql(w.capture, sql);
    expect_verdict(w.capture, NULL, VAULT_E_TAMPERED);

    declare_withdrawn(&w, 1);
    expect_missing(&w, 0, 0);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);

    /* and does not come in any more; the file that holds it is emptied */
    temp_copy(w.copy, w.capture);
    end_session(&w);
    assert_int_equal(take_told(&w, true, &t, &told), VAULT_OK);
    assert_int_equal(t.records, 0);
    assert_int_equal(told.n, 0);
    assert_int_equal(listed(&w), 0);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);

    /* an ordinary record is none of these */
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    quick_add(w.q.v, "here", "word", 4, &said);
    assert_int_equal(vault_absent(w.q.v, said.id, &n, NULL), VAULT_OK);
    assert_int_equal(n, 0);
    assert_int_equal(vault_withdraw_absent(w.q.v, said.id, NULL, &done, NULL),
        VAULT_E_NOT_FOUND);
    quick_close(&w.q);
    assert_int_equal(listed(&w), 1);
    quick_end(&w.q);
}

/* Whoever found the file signs a line for a record that the vault has, with
 * another content: its key lies in clear. */
static void
forge_line(const struct world *w, const uint8_t id[VAULT_ID])
{
    static const uint8_t stmt[32] = {0x66};
    struct vlt_entry e = {"seal", id, 1, stmt, NULL, -1};
    struct vault *c = opened(w);

    assert_int_equal(vlt_action_begin(c, NULL), VAULT_OK);
    assert_int_equal(vlt_action_leaf(c, &e, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(c, NULL), VAULT_OK);
    vault_close(c);
}

static void
a_forged_line_about_a_record_neither_hides_nor_destroys_it(void **state)
{
    struct world w;
    struct vault_sealed said;
    struct vault_withdrawal done;
    struct vault_record *r = NULL;
    struct vault_taken t;
    struct told told;
    size_t n = 0;

    (void)state;
    begin(&w);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    quick_add(w.q.v, "genuine", "word", 4, &said);
    quick_close(&w.q);
    forge_line(&w, said.id);
    assert_int_equal(take_told(&w, false, &t, &told), VAULT_E_TAMPERED);
    assert_int_equal(told.n, 1);
    assert_memory_equal(told.id[0], said.id, VAULT_ID);
    expect_missing(&w, 1, 0);
    assert_int_equal(listed(&w), 1);

    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_absent(w.q.v, said.id, &n, NULL), VAULT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(vault_withdraw_absent(w.q.v, said.id, "forged", &done,
                         NULL),
        VAULT_OK);
    assert_int_equal(done.versions, 1);
    assert_int_equal(done.events, 1);
    assert_int_equal(vault_record_open(w.q.v, said.id, 0, &r, NULL), VAULT_OK);
    vault_record_close(r);
    quick_close(&w.q);
    assert_int_equal(listed(&w), 1);
    expect_missing(&w, 0, 0);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);

    /* the record itself can still be withdrawn */
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_withdraw(w.q.v, said.id, 0, NULL, &done, NULL),
        VAULT_OK);
    quick_close(&w.q);
    assert_int_equal(listed(&w), 0);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    expect_taken(&w, 0, 0); /* and the file is emptied in silence */
    quick_end(&w.q);
}

static void
of_an_older_copy_what_is_new_comes_in_when_admitted(void **state)
{
    struct world w;
    struct vault_taken t;
    struct told told;
    char aside[TEMP_PATH];

    (void)state;
    begin(&w);
    seal(&w, 2);
    temp_copy(w.capture, w.copy);
    seal(&w, 1);
    expect_taken(&w, 1, 3);
    temp_copy(w.copy, w.capture);
    seal(&w, 3); /* the same session, another history */
    expect_refused(&w, VAULT_E_TAMPERED);
    assert_int_equal(take_told(&w, true, &t, &told), VAULT_OK);
    assert_int_equal(t.records, 3);
    assert_int_equal(t.already, 2);
    assert_int_equal(t.bad, 0);
    assert_int_equal(t.aside, 1);
    assert_int_equal(listed(&w), 6);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    /* the file that was put aside seals no more, and holds nothing that opens */
    temp_dir_path(&w.q.dir, "v.capture.1", aside);
    assert_int_equal(quick_count(aside,
                         "SELECT (SELECT count(*) FROM wrap) + (SELECT count(*)"
                         " FROM meta WHERE k = 'session-key')"),
        0);
    assert_int_equal(quick_count(aside, "SELECT count(*) FROM record"), 5);
    /* put back once more: nothing comes in twice */
    temp_copy(w.copy, w.capture);
    assert_int_equal(take_told(&w, true, &t, &told), VAULT_OK);
    assert_int_equal(t.records, 0);
    assert_int_equal(t.already, 2);
    assert_int_equal(t.aside, 2);
    assert_int_equal(listed(&w), 6);
    seal(&w, 1);
    expect_taken(&w, 1, 1);
    quick_end(&w.q);
}

/* Whom it seals to, or the whole structure: what was sealed before comes in. */
static void
a_file_with_an_exchanged_card_gives_what_was_sealed_to_the_vault(void **state)
{
    static const char *const harm[] = {
        "UPDATE meta SET v = x'00' WHERE k = 'card'",
        "DELETE FROM meta WHERE k = 'card'",
        "UPDATE meta SET v = zeroblob(16) WHERE k = 'vault'",
        "PRAGMA user_version=7",
        "CREATE TABLE more(x)",
    };
    const size_t open = 3; /* the first so many still open */
    size_t i;

    (void)state;
    for (i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct world w;
        struct vault *c = NULL;
        struct vault_taken t;
        struct told told;
        enum vault_status st;

        begin(&w);
        seal(&w, 3);
        quick_sql(w.capture, harm[i]);
        st = vault_capture_open(w.capture, &w.q.opt, &c, NULL);
        if (st == VAULT_E_NEWER) { /* nothing is judged by an older program */
            quick_end(&w.q);
            continue;
        }
        if (st != VAULT_E_TAMPERED)
            fail_msg("%s: %s", harm[i], vault_status_name(st));
        expect_refused(&w, VAULT_E_TAMPERED);
        st = take_told(&w, true, &t, &told);
        if (st != VAULT_OK || t.records != (i < open ? 3 : 0))
            fail_msg("%s: admitted: %s", harm[i], vault_status_name(st));
        assert_int_equal(t.aside, 1);
        expect_verdict(w.q.path, w.q.key, VAULT_OK);
        seal(&w, 1);
        expect_taken(&w, 1, 1);
        quick_end(&w.q);
    }
}

/* The copy in the file may be the last one. */
static void
what_the_vault_has_damaged_is_kept_in_the_file(void **state)
{
    struct world w;
    struct vault_taken t;
    struct told told;

    (void)state;
    begin(&w);
    seal(&w, 3);
    end_session(&w);
    temp_copy(w.capture, w.copy);
    expect_taken(&w, 1, 3);
    quick_sql(w.q.path, "DELETE FROM wrap WHERE rid = 2");
    temp_copy(w.copy, w.capture);
    assert_int_equal(take_told(&w, false, &t, &told), VAULT_E_TAMPERED);
    assert_int_equal(told.n, 1);
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM wrap"), 1);
    /* not with a decision either */
    assert_int_equal(take_told(&w, true, &t, &told), VAULT_E_TAMPERED);
    assert_int_equal(t.aside, 1);
    temp_dir_path(&w.q.dir, "v.capture.1", w.copy);
    assert_int_equal(quick_count(w.copy, "SELECT count(*) FROM wrap"), 1);
    quick_end(&w.q);
}

static void
a_withdrawn_record_does_not_come_back_from_an_older_copy(void **state)
{
    struct world w;
    struct vault *c;
    struct vault_sealed said;
    struct vault_withdrawal done;
    struct vault_taken t;
    struct told told;

    (void)state;
    begin(&w);
    c = opened(&w);
    quick_add(c, "to be withdrawn", "word", 4, &said);
    vault_close(c);
    temp_copy(w.capture, w.copy);
    expect_taken(&w, 1, 1);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_withdraw(w.q.v, said.id, 0, NULL, &done, NULL),
        VAULT_OK);
    quick_close(&w.q);
    temp_copy(w.copy, w.capture);
    assert_int_equal(take_told(&w, true, &t, &told), VAULT_OK);
    assert_int_equal(t.records, 0);
    assert_int_equal(listed(&w), 0);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    quick_end(&w.q);
}

static void
after_a_session_whose_lines_were_changed_the_rest_waits_for_a_decision(
    void **state)
{
    struct world w;
    struct vault_taken t;
    struct told told;
    int i;

    (void)state;
    begin(&w);
    for (i = 0; i < 3; i++) {
        seal(&w, 2);
        end_session(&w);
    }
    quick_sql(w.capture,
        "UPDATE leaf SET subj = zeroblob(32) WHERE log = 2 AND idx = 2");
    assert_int_equal(take_told(&w, false, &t, &told), VAULT_E_TAMPERED);
    assert_int_equal(t.sessions, 1);
    assert_int_equal(t.records, 2);
    assert_int_equal(take_told(&w, true, &t, &told), VAULT_E_TAMPERED);
    assert_int_equal(t.records, 4); /* the record itself was not touched */
    assert_int_equal(t.bad, 1);     /* a line that no record fits */
    assert_int_equal(listed(&w), 6);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    seal(&w, 1);
    expect_taken(&w, 1, 1);
    quick_end(&w.q);
}

/* The line that nothing was planted is not told beside it. */
static void
a_revocation_in_a_capture_file_is_planted(void **state)
{
    struct quick_verdict said;
    struct world w;

    (void)state;
    begin(&w);
    seal(&w, 1);
    quick_sql(w.capture, "INSERT INTO note VALUES(1, 0, 'revoke', x'00')");
    quick_verify(w.capture, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_non_null(strstr(said.lines, "revocations that no line names: 1"));
    assert_null(strstr(said.lines, "no rows that the log does not name"));
    quick_end(&w.q);
}

static void
verifying_a_capture_file_finds_what_was_changed(void **state)
{
    static const char *const harm[] = {
        "DELETE FROM record WHERE rid = 2",
        "DELETE FROM leaf WHERE idx = 2",
        "UPDATE record SET meta = zeroblob(length(meta)) WHERE rid = 1",
        "UPDATE leaf SET subj = zeroblob(32) WHERE idx = 1",
        "UPDATE leaf SET kind = 'withdraw' WHERE idx = 1",
        "UPDATE leaf SET evct = NULL WHERE idx = 1",
        "INSERT INTO record SELECT 77, f, id, ver, head, meta FROM record "
        "WHERE rid = 1",
        "UPDATE checkpoint SET note = replace(note, '4', '5')",
        "UPDATE meta SET v = zeroblob(32) WHERE k = 'session-key'",
        "INSERT INTO meta VALUES('more', x'00')",
        "INSERT INTO note VALUES(1, 0, 'device', x'00')",
        "INSERT INTO slot VALUES(zeroblob(16), x'00')",
        "UPDATE epoch SET cache = zeroblob(80)",
        "UPDATE epoch SET head = CAST(x'5351453101' || substr(head, 6) AS "
        "BLOB)",
        "DELETE FROM meta WHERE k = 'card'",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct world w;
        struct quick_verdict said;

        begin(&w);
        seal(&w, 3);
        expect_verdict(w.capture, NULL, VAULT_OK);
        quick_sql(w.capture, harm[i]);
        quick_verify(w.capture, NULL, &said);
        if (said.st != VAULT_E_TAMPERED)
            fail_msg("%s: %s", harm[i], said.lines);
        quick_end(&w.q);
    }
}

static void
a_session_planted_in_the_vault_is_found(void **state)
{
    static const char *const harm[] = {
        /* no line took it in */
        "UPDATE leaf SET kind = 'note' WHERE log = 1 AND kind = 'join'",
        /* a session withdraws something */
        "UPDATE leaf SET kind = 'withdraw' WHERE log = 2 AND idx = 1",
        "DELETE FROM log WHERE n = 2",
        "DELETE FROM checkpoint WHERE log = 2",
        "UPDATE note SET b = CAST(x'20' || substr(b, 2) AS BLOB)",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct world w;
        struct quick_verdict said;

        begin(&w);
        seal(&w, 2);
        expect_taken(&w, 1, 2);
        expect_verdict(w.q.path, NULL, VAULT_OK);
        quick_sql(w.q.path, harm[i]);
        quick_verify(w.q.path, NULL, &said);
        if (said.st != VAULT_E_TAMPERED)
            fail_msg("%s: %s", harm[i], said.lines);
        quick_end(&w.q);
    }
}

static void
without_the_device_note_the_device_is_not_confirmed(void **state)
{
    struct world w;
    struct quick_verdict said;

    (void)state;
    begin(&w);
    seal(&w, 2);
    expect_taken(&w, 1, 2);
    quick_verify(w.q.path, NULL, &said);
    assert_null(strstr(said.lines, "device not confirmed"));
    quick_sql(w.q.path, "DELETE FROM note");
    quick_verify(w.q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_OK);
    assert_non_null(strstr(said.lines, "device not confirmed"));
    assert_int_equal(listed(&w), 2);
    quick_end(&w.q);
}

static void
a_file_of_an_unknown_device_is_taken_in_only_when_admitted(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin(&w);
    quick_sql(w.q.path, "DELETE FROM note");
    seal(&w, 2);
    expect_refused(&w, VAULT_E_POLICY);
    assert_int_equal(listed(&w), 0);
    if (take(&w, true, &t, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.records, 2);
    expect_verdict(w.q.path, w.q.key, VAULT_OK);
    seal(&w, 1);
    expect_taken(&w, 1, 1);
    quick_end(&w.q);
}

static void
an_empty_file_of_an_unknown_device_is_admitted_only_when_asked(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin(&w);
    quick_sql(w.q.path, "DELETE FROM note");
    expect_refused(&w, VAULT_E_POLICY);
    assert_int_equal(quick_count(w.q.path, "SELECT count(*) FROM note"), 0);
    if (take(&w, true, &t, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(quick_count(w.q.path, "SELECT count(*) FROM note"), 1);
    seal(&w, 1);
    expect_taken(&w, 1, 1);
    quick_end(&w.q);
}

static void
an_emptied_file_tells_that_the_vault_is_an_older_copy(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    temp_copy(w.q.path, w.copy);
    seal(&w, 2);
    expect_taken(&w, 1, 2);
    temp_copy(w.copy, w.q.path);
    expect_refused(&w, VAULT_E_POLICY);
    quick_end(&w.q);
}

static void
a_vault_put_back_from_an_older_copy_takes_in_what_is_admitted(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;
    struct quick_verdict said;

    (void)state;
    begin(&w);
    temp_copy(w.q.path, w.copy);
    seal(&w, 2);
    expect_taken(&w, 1, 2);
    temp_copy(w.copy, w.q.path);
    seal(&w, 1); /* session 2; session 1 is lost with the newer vault */
    expect_refused(&w, VAULT_E_POLICY);
    if (take(&w, true, &t, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.records, 1);
    assert_int_equal(listed(&w), 1);
    quick_verify(w.q.path, w.q.key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
    quick_end(&w.q);
}

/* An older copy put back after its session came in: it stays as it is, and
 * must not keep what the vault destroys. */
static void
a_withdrawal_reaches_a_capture_file_that_was_put_back(void **state)
{
    struct world w;
    struct vault *c;
    struct vault_sealed said;
    struct vault_withdrawal done;
    struct vault_error err;
    uint8_t *body = malloc(BIG);
    bool held = false;

    (void)state;
    begin(&w);
    seal(&w, 1);
    c = opened(&w);
    quick_noise(body, BIG, 7);
    quick_add(c, "large", body, BIG, &said);
    vault_close(c);
    free(body);
    temp_copy(w.capture, w.copy);
    expect_taken(&w, 1, 2);
    temp_copy(w.copy, w.capture);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    if (vault_withdraw(w.q.v, said.id, 0, NULL, &done, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    quick_close(&w.q);
    if (vault_capture_withdraw(w.capture, &w.q.opt, said.id, 0, &held, &err) !=
        VAULT_OK)
        fail_msg("%s", err.message);
    assert_true(held);
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM wrap"), 1);
    /* of the other record */
    assert_int_equal(quick_count(w.capture, "SELECT count(*) FROM segment"), 1);
    assert_int_equal(quick_count(w.capture,
                         "SELECT count(*) FROM record WHERE meta IS NOT NULL"),
        1);
    assert_int_equal(quick_count(w.capture,
                         "SELECT count(*) FROM leaf WHERE evct IS NOT NULL"),
        2);
    if (vault_capture_withdraw(w.capture, &w.q.opt, said.id, 0, &held, &err) !=
        VAULT_OK)
        fail_msg("%s", err.message);
    assert_false(held);
    quick_end(&w.q);
}

static void
a_file_that_seals_to_somebody_else_is_refused(void **state)
{
    struct world w, other;
    struct vault *c;
    bool ours = true;

    (void)state;
    begin(&w);
    begin(&other);
    seal(&other, 1);
    temp_copy(other.capture, w.capture);
    c = opened(&w);
    assert_int_equal(vault_capture_belongs(c, w.q.path, &ours, NULL), VAULT_OK);
    assert_false(ours);
    assert_int_equal(vault_capture_belongs(c, other.q.path, &ours, NULL),
        VAULT_OK);
    assert_true(ours);
    vault_close(c);
    expect_refused(&w, VAULT_E_TAMPERED);
    expect_taken(&other, 1, 1);
    quick_end(&w.q);
    quick_end(&other.q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            what_was_sealed_while_locked_is_in_the_vault_after_unlocking),
        cmocka_unit_test(taking_in_twice_is_once),
        cmocka_unit_test(sessions_follow_each_other_across_takings),
        cmocka_unit_test(a_session_ends_at_the_first_use_after_twelve_hours),
        cmocka_unit_test(each_process_has_an_epoch_and_each_record_a_step),
        cmocka_unit_test(a_thousand_records_of_one_process_need_a_second_epoch),
        cmocka_unit_test(a_capture_file_cannot_be_read_back),
        cmocka_unit_test(an_old_session_key_is_not_in_the_file_any_more),
        cmocka_unit_test(an_older_copy_of_the_file_is_found),
        cmocka_unit_test(a_running_session_that_was_put_back_is_found),
        cmocka_unit_test(a_session_cut_out_of_the_file_is_found),
        cmocka_unit_test(
            lines_and_records_changed_in_the_file_are_found_and_keep_out_no_other),
        cmocka_unit_test(
            what_is_bad_in_one_session_keeps_out_none_before_or_after),
        cmocka_unit_test(
            what_never_came_in_is_withdrawn_by_its_line_and_spares_what_is_here),
        cmocka_unit_test(
            a_forged_line_about_a_record_neither_hides_nor_destroys_it),
        cmocka_unit_test(of_an_older_copy_what_is_new_comes_in_when_admitted),
        cmocka_unit_test(
            a_file_with_an_exchanged_card_gives_what_was_sealed_to_the_vault),
        cmocka_unit_test(what_the_vault_has_damaged_is_kept_in_the_file),
        cmocka_unit_test(
            a_withdrawn_record_does_not_come_back_from_an_older_copy),
        cmocka_unit_test(
            after_a_session_whose_lines_were_changed_the_rest_waits_for_a_decision),
        cmocka_unit_test(verifying_a_capture_file_finds_what_was_changed),
        cmocka_unit_test(a_revocation_in_a_capture_file_is_planted),
        cmocka_unit_test(a_session_planted_in_the_vault_is_found),
        cmocka_unit_test(without_the_device_note_the_device_is_not_confirmed),
        cmocka_unit_test(
            a_file_of_an_unknown_device_is_taken_in_only_when_admitted),
        cmocka_unit_test(
            an_empty_file_of_an_unknown_device_is_admitted_only_when_asked),
        cmocka_unit_test(an_emptied_file_tells_that_the_vault_is_an_older_copy),
        cmocka_unit_test(
            a_vault_put_back_from_an_older_copy_takes_in_what_is_admitted),
        cmocka_unit_test(a_withdrawal_reaches_a_capture_file_that_was_put_back),
        cmocka_unit_test(a_file_that_seals_to_somebody_else_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
