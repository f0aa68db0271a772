/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify_since.c: a saved state, and looking at what is new only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vault/cards.h>
#include <vault/stamp.h>

#include "insider.h"
#include "quick_vault.h"
#include "read_count.h"
#include "state_bench.h"

enum { FEW = 20, MANY = 400, NEW = 10, LINES = 16384 };

struct said {
    struct vault_verdict d;
    enum vault_status st;
    char lines[LINES]; /* "level kind: message\n" */
};

static int
take_line(void *ctx, const struct vault_finding *f)
{
    static const char *const word[] = {"held", "failed", "not-seen",
        "not-as-asked"};
    struct said *s = ctx;
    size_t n = strlen(s->lines);

    (void)snprintf(s->lines + n, sizeof s->lines - n, "%s %s: %s\n",
        word[f->level], f->kind, f->text.message);
    return 0;
}

static struct said *
verify(const char *path, const char *state)
{
    static struct said s;

    memset(&s, 0, sizeof s);
    s.st = state_verify(path, state, take_line, &s, &s.d);
    return &s;
}

static void
expect(const struct said *s, enum vault_status st, bool partly,
    const char *line)
{
    if (s->st != st || s->d.partly != partly ||
        (line != NULL && strstr(s->lines, line) == NULL))
        fail_msg("%s%s, wanted %s%s with \"%s\":\n%s", vault_status_name(s->st),
            s->d.partly ? ", partly" : "", vault_status_name(st),
            partly ? ", partly" : "", line != NULL ? line : "", s->lines);
}

static void
add(struct vault *v, unsigned n, bool body)
{
    uint8_t p[40000];
    unsigned i;

    for (i = 0; i < n; i++) {
        quick_noise(p, sizeof p, i);
        quick_add(v, "a line", body ? p : NULL, body ? sizeof p : 0, NULL);
    }
}

/* ---- what is new ---- */

static void
only_what_is_new_is_looked_at_and_said_to_be_so(void **state)
{
    struct quick_vault q;
    struct said *s;
    char *was;

    (void)state;
    quick_make(&q);
    add(q.v, FEW, true);
    quick_close(&q);
    was = state_of(q.path);
    s = verify(q.path, was);
    expect(s, VAULT_OK, true, "held log: ");
    assert_int_equal(s->d.records, 0);
    quick_again(&q);
    add(q.v, NEW, true);
    quick_close(&q);
    s = verify(q.path, was);
    expect(s, VAULT_OK, true,
        "held record: 10 new record versions: each logged, present");
    expect(s, VAULT_OK, true,
        "not-seen before: 24 lines and 20 record versions were checked until");
    expect(s, VAULT_OK, true, "held body: 10 sealed bodies (");
    expect(s, VAULT_OK, true, "not-seen structure: ");
    assert_int_equal(s->d.records, NEW);
    assert_int_equal(s->d.leaves, NEW);
    assert_null(strstr(s->lines, "held structure"));
    free(was);
    quick_end(&q);
}

/* The state that comes of looking twice at parts is that of looking once at
 * all, but for when that was. */
static void
a_state_of_two_steps_is_that_of_one(void **state)
{
    struct quick_vault q;
    struct vlt_verifystate a, b;
    char *was, *text;

    (void)state;
    quick_make(&q);
    add(q.v, 3, false);
    quick_close(&q);
    was = state_of(q.path);
    quick_again(&q);
    add(q.v, 4, true);
    quick_close(&q);
    text = state_of(q.path);
    assert_int_equal(vlt_verifystate_decode(&a, text, strlen(text), NULL), 0);
    free(text);
    text = state_again(q.path, was);
    assert_non_null(text);
    assert_int_equal(vlt_verifystate_decode(&b, text, strlen(text), NULL), 0);
    assert_true(b.whole <= a.whole);
    b.whole = a.whole;
    b.time = a.time;
    assert_int_equal(a.records, b.records);
    assert_memory_equal(a.row, b.row, sizeof a.row);
    assert_int_equal(a.log->size, b.log->size);
    assert_memory_equal(a.log->edge, b.log->edge, 32 * a.log->edges);
    expect(verify(q.path, text), VAULT_OK, true, NULL);
    vlt_verifystate_clear(&a);
    vlt_verifystate_clear(&b);
    free(text);
    free(was);
    quick_end(&q);
}

static uint64_t
reads_for(unsigned old, uint64_t *whole)
{
    struct quick_vault q;
    struct vault_verify_options opt = {0};
    struct vault_verdict d;
    char *was;
    uint64_t n;

    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    add(q.v, old, false);
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    quick_close(&q);
    was = state_of(q.path);
    quick_again(&q);
    add(q.v, NEW, false);
    quick_close(&q);
    (void)read_count_take();
    expect(verify(q.path, was), VAULT_OK, true, NULL);
    n = read_count_take();
    assert_int_equal(vault_verify(q.path, &opt, NULL, NULL, &d, NULL), 0);
    *whole = read_count_take();
    free(was);
    quick_end(&q);
    return n;
}

/* Counted in pages, as time says little on a busy machine. */
static void
it_costs_what_is_new_and_not_what_is_old(void **state)
{
    uint64_t few_whole, many_whole;
    uint64_t few = reads_for(FEW, &few_whole);
    uint64_t many = reads_for(MANY, &many_whole);

    (void)state;
    print_message("pages: %llu of %llu, and %llu of %llu\n",
        (unsigned long long)few, (unsigned long long)few_whole,
        (unsigned long long)many, (unsigned long long)many_whole);
    assert_true(many_whole > 2 * many);
    assert_true(many < few + 12);
}

/* ---- what does not fit ---- */

static void
a_state_of_another_vault_or_a_damaged_one_is_told(void **state)
{
    struct quick_vault q, other;
    char *was;

    (void)state;
    quick_make(&q);
    quick_make(&other);
    quick_close(&q);
    quick_close(&other);
    was = state_of(other.path);
    expect(verify(q.path, was), VAULT_E_POLICY, false,
        "not-as-asked since: the saved state is of another vault");
    was[60] ^= 1;
    expect(verify(q.path, was), VAULT_E_USAGE, false, NULL);
    was[0] ^= 1;
    expect(verify(q.path, was), VAULT_E_USAGE, false, NULL);
    free(was);
    quick_end(&q);
    quick_end(&other);
}

/* A vault, and its copy with its state: both go on. */
static void
a_fork_and_an_older_copy_are_told(void **state)
{
    struct quick_vault q;
    char older[TEMP_PATH], fork[TEMP_PATH];
    struct vault *v;
    char *was;

    (void)state;
    quick_make(&q);
    add(q.v, 5, false);
    quick_close(&q);
    temp_dir_path(&q.dir, "older", older);
    temp_dir_path(&q.dir, "fork", fork);
    temp_copy(q.path, older);
    temp_copy(q.path, fork);
    /* the fork keeps the state files as they are now: another folder */
    {
        struct vault_options opt = q.opt;
        char state_b[TEMP_PATH], cmd[3 * TEMP_PATH];

        temp_dir_path(&q.dir, "state-b", state_b);
        (void)snprintf(cmd, sizeof cmd, "cp -r '%s' '%s'", q.state, state_b);
        assert_int_equal(system(cmd), 0);
        opt.state_dir = state_b;
        v = quick_open(&q, fork, &opt);
        add(v, 2, false);
        vault_close(v);
    }
    quick_again(&q);
    add(q.v, 1, false);
    quick_close(&q);
    was = state_of(q.path);
    expect(verify(older, was), VAULT_E_POLICY, false,
        "not-as-asked rollback: log ");
    expect(verify(fork, was), VAULT_E_TAMPERED, false, "failed fork: log ");
    free(was);
    /* of what both have in common, either is a continuation */
    was = state_of(older);
    expect(verify(fork, was), VAULT_OK, true, NULL);
    expect(verify(q.path, was), VAULT_OK, true, NULL);
    free(was);
    quick_end(&q);
}

/* ---- withdrawn since ---- */

static void
an_old_record_that_was_withdrawn_must_be_gone(void **state)
{
    struct quick_vault q;
    struct vault_sealed sealed;
    struct vault_withdrawal done;
    char *was, kept[TEMP_PATH], sql[3 * TEMP_PATH];
    uint8_t body[70000];
    static const struct {
        const char *name, *sql;
    } back[] = {
        {"its metadata",
            "UPDATE record SET meta = (SELECT o.meta FROM old."
            "record AS o WHERE o.rid = record.rid) WHERE rid = 1"},
        {"its wrap", "INSERT INTO wrap SELECT * FROM old.wrap WHERE rid = 1"},
        {"its body",
            "INSERT INTO segment SELECT * FROM old.segment WHERE rid = 1"},
        {"its row, taken away", "DELETE FROM record WHERE rid = 1"},
        {"its row, as another's", "UPDATE record SET f = 1 WHERE rid = 1"},
        {"the text of its line",
            "UPDATE leaf SET evct = (SELECT o.evct FROM old.leaf AS o WHERE "
            "o.log = leaf.log AND o.idx = leaf.idx) WHERE ver = 1 AND kind = "
            "'seal' AND evct IS NULL"},
    };

    (void)state;
    quick_make(&q);
    quick_noise(body, sizeof body, 1);
    quick_add(q.v, "withdrawn later", body, sizeof body, &sealed);
    add(q.v, 3, true);
    quick_close(&q);
    temp_dir_path(&q.dir, "kept", kept);
    temp_copy(q.path, kept);
    was = state_of(q.path);
    quick_again(&q);
    assert_int_equal(vault_withdraw(q.v, sealed.id, 0, "asked", &done, NULL),
        VAULT_OK);
    quick_close(&q);
    expect(verify(q.path, was), VAULT_OK, true,
        "held withdrawn: 1 record versions declared withdrawn since");
    for (size_t i = 0; i < sizeof back / sizeof back[0]; i++) {
        char good[TEMP_PATH];

        temp_dir_path(&q.dir, "good", good);
        temp_copy(q.path, good);
        (void)snprintf(sql, sizeof sql, "ATTACH '%s' AS old; %s", kept,
            back[i].sql);
        quick_sql(q.path, sql);
        print_message("%s\n", back[i].name);
        expect(verify(q.path, was), VAULT_E_TAMPERED, false, "withdrawn, and");
        temp_copy(good, q.path);
    }
    free(was);
    quick_end(&q);
}

/* ---- other machines, capture files ---- */

static void
a_new_log_and_its_records_are_new(void **state)
{
    struct quick_vault q;
    struct vault_options opt;
    struct vault *v;
    char *was;

    (void)state;
    quick_make(&q);
    add(q.v, 4, false);
    quick_close(&q);
    was = state_of(q.path);
    opt = q.opt;
    opt.no_state = true;
    v = quick_open(&q, q.path, &opt);
    add(v, 2, true);
    vault_close(v);
    expect(verify(q.path, was), VAULT_OK, true, ", which is new: ");
    quick_again(&q); /* which joins it */
    add(q.v, 1, true);
    quick_close(&q);
    expect(verify(q.path, was), VAULT_OK, true,
        "held record: 3 new record versions");
    quick_sql(q.path, "DELETE FROM log WHERE n = 2");
    assert_int_equal(verify(q.path, was)->st, VAULT_E_TAMPERED);
    free(was);
    quick_end(&q);
}

static void
a_capture_file_and_what_was_taken_in_of_it_are_judged_so_too(void **state)
{
    struct quick_vault q;
    struct vault_taken t;
    struct vault *c = NULL;
    char capture[TEMP_PATH], good[TEMP_PATH];
    char *was, *before;

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "v.capture", capture);
    assert_int_equal(vault_capture_create(q.v, capture, NULL), VAULT_OK);
    add(q.v, 2, false);
    quick_close(&q);
    before = state_of(q.path);
    assert_int_equal(vault_capture_open(capture, &q.opt, &c, NULL), VAULT_OK);
    add(c, 2, true);
    was = state_of(capture);
    assert_non_null(was);
    add(c, 3, true);
    vault_close(c);
    expect(verify(capture, was), VAULT_OK, true,
        "held record: 3 new record versions");
    expect(verify(capture, before), VAULT_E_POLICY, false, "log-gone: ");
    expect(verify(capture, before), VAULT_E_POLICY, false,
        "not-as-asked since: the saved state is of another kind of file");
    assert_null(strstr(verify(capture, before)->lines, "held whole: "));
    quick_again(&q);
    assert_int_equal(vault_take_in(q.v, capture,
                         &(struct vault_take_options){.admit = true}, &t, NULL),
        VAULT_OK);
    assert_int_equal(t.records, 5);
    quick_close(&q);
    expect(verify(q.path, before), VAULT_OK, true,
        "held record: 5 new record versions");
    expect(verify(q.path, before), VAULT_OK, true, "held session: 1");
    temp_dir_path(&q.dir, "good", good);
    temp_copy(q.path, good);
    quick_sql(q.path, "DELETE FROM record WHERE rid = 4");
    assert_int_equal(verify(q.path, before)->st, VAULT_E_TAMPERED);
    /* the session alone, which only the line that took it in names */
    temp_copy(good, q.path);
    quick_sql(q.path,
        "DELETE FROM leaf WHERE log = 2; DELETE FROM node WHERE log = 2; "
        "DELETE FROM checkpoint WHERE log = 2; DELETE FROM log WHERE n = 2");
    expect(verify(q.path, before), VAULT_E_TAMPERED, false,
        "failed log: logs that a line of this vault's log accepted");
    free(was);
    free(before);
    quick_end(&q);
}

/* ---- what is new, changed ---- */

static void
new_rows_that_were_changed_are_found(void **state)
{
    static const char *const changes[] = {
        "UPDATE segment SET ct = zeroblob(length(ct)) WHERE rid = 23",
        "DELETE FROM segment WHERE rid = 23",
        "UPDATE record SET meta = zeroblob(length(meta)) WHERE rid = 25",
        "UPDATE record SET meta = NULL WHERE rid = 25",
        "DELETE FROM record WHERE rid = 22",
        "UPDATE record SET rid = -4 WHERE rid = 22",
        "UPDATE record SET rid = 900 WHERE rid = 22",
        "UPDATE record SET f = 1 WHERE rid = 22",
        "INSERT INTO record(f, id, ver, head, meta) SELECT f, id, ver, head, "
        "meta FROM record WHERE rid = 22",
        "INSERT INTO record(f, id, ver, head, meta) SELECT f, id, ver, head, "
        "meta FROM record WHERE rid = 2",
        "INSERT INTO wrap SELECT 500, b FROM wrap WHERE rid = 22",
        "INSERT INTO segment(rid, n, ct) SELECT 500, 0, ct FROM segment "
        "WHERE rid = 23",
        "DELETE FROM leaf WHERE idx = 28",
        "UPDATE leaf SET subj = zeroblob(32) WHERE idx = 28",
        "UPDATE leaf SET evct = NULL WHERE idx = 28",
        "UPDATE checkpoint SET size = size - 1",
        "DELETE FROM checkpoint",
        "INSERT INTO leaf SELECT log, idx + 1, kind, id, ver, subj, ev, evct "
        "FROM leaf WHERE idx = (SELECT max(idx) FROM leaf)",
        "INSERT INTO leaf SELECT 9, idx, kind, id, ver, subj, ev, evct FROM "
        "leaf WHERE idx = 2",
        "INSERT INTO leaf SELECT log, -1, kind, id, ver, subj, ev, evct FROM "
        "leaf WHERE idx = 2",
        "INSERT INTO node VALUES(1, 4, 90, zeroblob(32))",
        "INSERT INTO node VALUES(1, 3, 0, zeroblob(32))",
        "INSERT INTO node VALUES(2, 4, 0, zeroblob(32))",
        "UPDATE node SET h = zeroblob(32) WHERE lvl = 4 AND idx = 1",
        "INSERT INTO note VALUES(1, 0, 'revoke', x'00')",
        "INSERT INTO attachment VALUES(1, 1, 34, 'ots', x'00')",
        "INSERT INTO extract VALUES(1, 1, zeroblob(96), zeroblob(300))",
        "INSERT INTO proof VALUES(1, 1, 1, 0, 'seal', zeroblob(32), x'')",
        "INSERT INTO epoch SELECT 9, zeroblob(16), head, rcpt, wraps, cache "
        "FROM epoch",
        "INSERT INTO local VALUES(1, 1, zeroblob(296))",
        "DELETE FROM slot",
        /* new rows that belong to old records, or stand before all others */
        "INSERT INTO segment(rid, n, ct) SELECT 5, 1, ct FROM segment WHERE "
        "rid = 23",
        "INSERT INTO segment(s, rid, n, ct) SELECT -1, 5, 1, ct FROM segment "
        "WHERE rid = 23",
        "INSERT INTO segment(s, rid, n, ct) SELECT 0, 500, 0, ct FROM segment "
        "WHERE rid = 23",
        "INSERT INTO wrap SELECT -1, b FROM wrap WHERE rid = 22",
        "INSERT INTO extract VALUES(-1, 1, zeroblob(96), zeroblob(300))",
        "INSERT INTO attachment VALUES(-1, 1, 34, 'ots', x'00')",
        "INSERT INTO epoch SELECT -1, zeroblob(16), head, rcpt, wraps, cache "
        "FROM epoch",
        "INSERT INTO note VALUES(-1, 1, '', x'00')",
        "INSERT INTO staging VALUES(5)",
        "INSERT INTO staging VALUES(25)",
        "INSERT INTO meta VALUES('more', x'00')",
        "UPDATE identity SET card = replace(card, 'mini ', 'mini A')",
    };
    struct quick_vault q;
    char good[TEMP_PATH];
    char *was;
    size_t i;

    (void)state;
    quick_make(&q);
    add(q.v, FEW, true);
    quick_close(&q);
    was = state_of(q.path);
    quick_again(&q);
    add(q.v, NEW, true);
    quick_close(&q);
    temp_dir_path(&q.dir, "good", good);
    temp_copy(q.path, good);
    expect(verify(q.path, was), VAULT_OK, true, NULL);
    for (i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct said *s;

        temp_copy(good, q.path);
        quick_sql(q.path, changes[i]);
        s = verify(q.path, was);
        if (s->st != VAULT_E_TAMPERED)
            fail_msg("%s: %s\n%s", changes[i], vault_status_name(s->st),
                s->lines);
    }
    free(was);
    quick_end(&q);
}

/* Sealed, and withdrawn before the state was saved. */
static void
withdrawn_before(struct quick_vault *q, char good[TEMP_PATH],
    uint8_t secret[32])
{
    struct vault_withdrawal done;
    struct vault_sealed out;
    uint8_t p[40000];

    quick_make(q);
    add(q->v, 3, true);
    quick_noise(p, sizeof p, 9);
    quick_add(q->v, "one", p, sizeof p, &out);
    insider_key(q->v, secret);
    quick_close(q);
    temp_dir_path(&q->dir, "good", good);
    temp_copy(q->path, good);
    quick_again(q);
    assert_int_equal(vault_withdraw(q->v, out.id, 0, "wrong", &done, NULL), 0);
    quick_close(q);
}

/* What a withdrawal of long ago destroyed does not come back: neither beside
 * its tombstone, nor as a record that a new line names once more. */
static void
what_was_withdrawn_before_does_not_come_back(void **state)
{
    static const char *const back[] = {
        "INSERT INTO wrap SELECT * FROM o.wrap WHERE rid = 4",
        "INSERT INTO segment SELECT * FROM o.segment WHERE rid = 4",
        "DELETE FROM record WHERE rid = 4; "
        "INSERT INTO record SELECT 50, f, id, ver, head, meta FROM o.record "
        "WHERE rid = 4; INSERT INTO wrap SELECT 50, b FROM o.wrap WHERE rid = "
        "4; INSERT INTO segment(rid, n, ct) SELECT 50, n, ct FROM o.segment "
        "WHERE rid = 4; INSERT INTO leaf SELECT log, (SELECT max(idx) + 1 FROM "
        "leaf), kind, id, ver, subj, ev, evct FROM o.leaf WHERE id = (SELECT "
        "id FROM o.record WHERE rid = 4)",
    };
    char good[TEMP_PATH], last[TEMP_PATH], sql[2048], *was;
    struct quick_vault q;
    uint8_t secret[32];
    size_t i;

    (void)state;
    withdrawn_before(&q, good, secret);
    was = state_of(q.path);
    temp_dir_path(&q.dir, "last", last);
    temp_copy(q.path, last);
    for (i = 0; i < sizeof back / sizeof back[0]; i++) {
        temp_copy(last, q.path);
        (void)snprintf(sql, sizeof sql, "ATTACH '%s' AS o; %s", good, back[i]);
        quick_sql(q.path, sql);
        insider_sign(q.path, 1, secret);
        expect(verify(q.path, was), VAULT_E_TAMPERED, false, NULL);
    }
    free(was);
    quick_end(&q);
}

static int
take_note(void *ctx, const char *note, size_t len)
{
    assert_true(len < 4096);
    memcpy(ctx, note, len + 1);
    return 0;
}

/* Old nodes are not compared with their lines then: a root that is computed
 * from one that was changed must not be believed. */
static void
a_root_from_changed_nodes_is_not_believed(void **state)
{
    struct vault_verify_options opt = {0};
    struct quick_verdict said;
    struct quick_vault q;
    char note[4096], *was, *forged;
    const char *since = note;
    uint8_t secret[32];

    (void)state;
    quick_make(&q);
    add(q.v, FEW, false);
    assert_int_equal(vault_log_checkpoints(q.v, take_note, note, NULL), 0);
    insider_key(q.v, secret);
    quick_close(&q);
    was = state_of(q.path);
    quick_again(&q);
    add(q.v, NEW, false);
    quick_close(&q);
    opt.state = was;
    opt.state_len = strlen(was);
    opt.since = &since;
    opt.since_len = 1;
    quick_verify_with(q.path, &opt, &said);
    assert_int_equal(said.st, VAULT_OK);
    assert_true(said.verdict.partly);
    assert_non_null(strstr(said.lines, "HELD since: "));
    quick_sql(q.path, "UPDATE node SET h = zeroblob(32) WHERE idx = 0");
    expect(verify(q.path, was), VAULT_OK, true, NULL);
    quick_verify_with(q.path, &opt, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_false(said.verdict.partly);
    assert_null(strstr(said.lines, "FAILED fork: the key"));
    /* nor when the key has signed what they give */
    forged = insider_checkpoint(q.path, FEW + 4, secret);
    since = forged;
    quick_verify_with(q.path, &opt, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_false(said.verdict.partly);
    free(forged);
    free(was);
    quick_end(&q);
}

/* A good successor, signed by the key before, that no line names. */
static void
a_card_of_no_line_is_found(void **state)
{
    struct vault_options opt;
    struct quick_vault q;
    struct vault *v;
    char copy[TEMP_PATH], sql[3 * TEMP_PATH], *was;

    (void)state;
    quick_make(&q);
    add(q.v, 2, false);
    quick_close(&q);
    was = state_of(q.path);
    temp_dir_path(&q.dir, "renewed", copy);
    temp_copy(q.path, copy);
    opt = q.opt;
    opt.no_state = true;
    v = quick_open(&q, copy, &opt);
    assert_int_equal(vault_card_renew(v, NULL, NULL), VAULT_OK);
    vault_close(v);
    expect(verify(copy, was), VAULT_OK, false, "held whole: ");
    (void)snprintf(sql, sizeof sql,
        "ATTACH '%s' AS o; INSERT INTO identity SELECT gen, card, NULL FROM "
        "o.identity WHERE gen = 2",
        copy);
    quick_sql(q.path, sql);
    expect(verify(q.path, was), VAULT_E_TAMPERED, false, "failed planted: ");
    free(was);
    quick_end(&q);
}

static void
with_a_key_everything_is_looked_at(void **state)
{
    struct quick_vault q;
    struct vault_verify_options opt = {0};
    struct quick_verdict said;
    char *was;

    (void)state;
    quick_make(&q);
    add(q.v, 3, false);
    quick_close(&q);
    was = state_of(q.path);
    opt.state = was;
    opt.state_len = strlen(was);
    opt.key = q.key;
    quick_verify_with(q.path, &opt, &said);
    assert_int_equal(said.st, VAULT_OK);
    assert_false(said.verdict.partly);
    assert_int_equal(said.verdict.records, 3);
    assert_non_null(strstr(said.lines, "HELD since: "));
    assert_non_null(strstr(said.lines, "HELD content: 3"));
    free(was);
    quick_end(&q);
}

/* Time evidence over the state that is there: an OpenTimestamps proof. */
static void
attach_proof(struct vault *v)
{
    static const uint8_t magic[] =
        "\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
        "\x01\x08";
    struct vault_stamp_request r;
    struct vault_stamp_attached a;
    uint8_t b[sizeof magic + 32];

    assert_int_equal(vault_stamp_request(v, NULL, &r, NULL), VAULT_OK);
    memcpy(b, magic, sizeof magic - 1);
    memcpy(b + sizeof magic - 1, r.imprint, 32);
    b[sizeof b - 1] = 1;
    assert_int_equal(vault_stamp_attach(v, b, sizeof b, &a, NULL), VAULT_OK);
}

/* What the quick look cannot know of it says so; the whole look finds it. */
static const struct {
    const char *name, *sql;
    enum vault_status since;
} among_the_old[] = {
    {"a note", "INSERT INTO note VALUES(4294967297, 0, 'device', x'78')",
        VAULT_OK},
    {"a note as of a record, numbered below all that are new",
        "INSERT INTO note SELECT 4294967296 + max(rid), 1, 'device', x'78' "
        "FROM record",
        VAULT_OK},
    {"a note as of a record, numbered above them",
        "INSERT INTO note SELECT 4294967297 + max(rid), 1, 'device', x'78' "
        "FROM record",
        VAULT_E_TAMPERED},
    {"time evidence that was changed",
        "UPDATE attachment SET b = CAST(substr(b, 1, length(b) - 1) || x'02' "
        "AS BLOB)",
        VAULT_OK},
    {"time evidence that was taken away", "DELETE FROM attachment", VAULT_OK},
    /* their signatures are looked at all the same */
    {"a checkpoint that nobody signed",
        "INSERT INTO checkpoint SELECT log, 4, 1, replace(note, char(10) || "
        "size || char(10), char(10) || '4' || char(10)) FROM checkpoint "
        "ORDER BY size DESC LIMIT 1",
        VAULT_E_TAMPERED},
};

static void
what_is_changed_among_the_old_is_told_as_not_looked_at(void **state)
{
    struct vault_verify_options opt = {0};
    struct quick_verdict said;
    char good[TEMP_PATH], *was;
    struct quick_vault q;
    size_t i;

    (void)state;
    quick_make(&q);
    add(q.v, 3, false);
    attach_proof(q.v);
    quick_close(&q);
    was = state_of(q.path);
    expect(verify(q.path, was), VAULT_OK, true, NULL);
    temp_dir_path(&q.dir, "good", good);
    temp_copy(q.path, good);
    for (i = 0; i < sizeof among_the_old / sizeof among_the_old[0]; i++) {
        bool partly = among_the_old[i].since == VAULT_OK;

        temp_copy(good, q.path);
        quick_sql(q.path, among_the_old[i].sql);
        quick_verify_with(q.path, &opt, &said);
        if (said.st != VAULT_E_TAMPERED)
            fail_msg("%s: %s", among_the_old[i].name, said.lines);
        expect(verify(q.path, was), among_the_old[i].since, partly,
            partly ? "not-seen before: whether what was checked then is still "
                     "in the file, unchanged (lines, records, notes, older "
                     "checkpoints, time evidence)"
                   : "failed ");
    }
    free(was);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_new_is_looked_at_and_said_to_be_so),
        cmocka_unit_test(a_state_of_two_steps_is_that_of_one),
        cmocka_unit_test(it_costs_what_is_new_and_not_what_is_old),
        cmocka_unit_test(a_state_of_another_vault_or_a_damaged_one_is_told),
        cmocka_unit_test(a_fork_and_an_older_copy_are_told),
        cmocka_unit_test(an_old_record_that_was_withdrawn_must_be_gone),
        cmocka_unit_test(a_new_log_and_its_records_are_new),
        cmocka_unit_test(
            a_capture_file_and_what_was_taken_in_of_it_are_judged_so_too),
        cmocka_unit_test(new_rows_that_were_changed_are_found),
        cmocka_unit_test(what_was_withdrawn_before_does_not_come_back),
        cmocka_unit_test(a_root_from_changed_nodes_is_not_believed),
        cmocka_unit_test(a_card_of_no_line_is_found),
        cmocka_unit_test(with_a_key_everything_is_looked_at),
        cmocka_unit_test(
            what_is_changed_among_the_old_is_told_as_not_looked_at),
    };

    read_count_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
