/* SPDX-License-Identifier: Apache-2.0 */
/* test_device.c: machines that seal and hold no key, and what comes of them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include <sys/stat.h>
#include <unistd.h>

#include <vault/device.h>
#include <vault/disclose.h>

#include "action.h"
#include "circle.h"
#include "device_limit.h"
#include "note_rows.h"
#include "rows.h"
#include "sign.h"
#include "text.h"

enum { BODY = 30000 };

struct world {
    struct quick_vault q;
    char file[TEMP_PATH]; /* on the device */
    char copy[TEMP_PATH]; /* what a courier brings */
    char old[TEMP_PATH];
    struct vault_device_intro intro; /* without its note */
};

/* ---- the device ---- */

struct card_copy {
    char note[8192];
    size_t len;
};

static int
copy_card(void *ctx, const struct vault_card *card)
{
    struct card_copy *c = ctx;

    assert_true(card->note_len <= sizeof c->note);
    memcpy(c->note, card->note, card->note_len);
    c->len = card->note_len;
    return 0;
}

static void
keep_intro(void *ctx, const struct vault_device_intro *d)
{
    struct vault_device_intro *out = ctx;

    *out = *d;
    out->note = NULL;
    out->note_len = 0;
}

static struct vault *
opened(const struct world *w)
{
    struct vault_error err;
    struct vault *c = NULL;

    if (vault_capture_open(w->file, &w->q.opt, &c, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    return c;
}

static void
make_device(const struct world *w, const char *path)
{
    struct card_copy card = {.len = 0};
    struct vault_error err;
    struct vault *v = quick_open(&w->q, w->q.path, &w->q.opt);

    assert_int_equal(vault_cards_own(v, copy_card, &card, NULL), VAULT_OK);
    vault_close(v);
    if (vault_device_create(path, card.note, card.len, &w->q.opt, &err) !=
        VAULT_OK)
        fail_msg("%s", err.message);
}

static void
begin(struct world *w)
{
    struct vault *c;

    memset(w, 0, sizeof *w);
    quick_make(&w->q);
    quick_close(&w->q);
    temp_dir_path(&w->q.dir, "device", w->file);
    temp_dir_path(&w->q.dir, "copy", w->copy);
    temp_dir_path(&w->q.dir, "old", w->old);
    make_device(w, w->file);
    c = opened(w);
    assert_int_equal(vault_device_intro(c, keep_intro, &w->intro, NULL),
        VAULT_OK);
    vault_close(c);
}

/* One process that seals n records, the first with a body. */
static void
seal(const struct world *w, unsigned n)
{
    struct vault *c = opened(w);
    static uint8_t body[BODY];
    unsigned i;

    quick_noise(body, sizeof body, 5);
    for (i = 0; i < n; i++)
        quick_add(c, "said in the field", i == 0 ? body : NULL,
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

static void
session(const struct world *w, unsigned n)
{
    seal(w, n);
    end_session(w);
}

/* ---- the vault ---- */

static void
admit(struct world *w)
{
    struct vault_error err;
    bool changed = false;

    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    if (vault_device_admit(w->q.v, &w->intro, &changed, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_true(changed);
    quick_close(&w->q);
}

static enum vault_status
take(struct world *w, const char *path, struct vault_take_options opt,
    struct vault_taken *t, struct vault_error *err)
{
    enum vault_status st;

    memset(err, 0, sizeof *err);
    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    st = vault_take_in(w->q.v, path, &opt, t, err);
    quick_close(&w->q);
    return st;
}

static const struct vault_take_options keep = {.keep = true};

static void
expect_taken(struct world *w, unsigned sessions, unsigned records)
{
    struct vault_taken t;
    struct vault_error err;

    if (take(w, w->copy, keep, &t, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.sessions, sessions);
    assert_int_equal(t.records, records);
}

static void
expect_refused(struct world *w, enum vault_status want, const char *says)
{
    struct vault_taken t;
    struct vault_error err;
    enum vault_status st = take(w, w->copy, keep, &t, &err);

    if (st != want || strstr(err.message, says) == NULL)
        fail_msg("%s: %s", vault_status_name(st), err.message);
}

static void
expect_verdict(const char *path, const struct vault_key *key,
    enum vault_status want, const char *says)
{
    struct quick_verdict said;

    quick_verify(path, key, &said);
    if (said.st != want || (says != NULL && strstr(said.lines, says) == NULL))
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

static int
take_device(void *ctx, const struct vault_device *d)
{
    *(struct vault_device *)ctx = *d;
    return 0;
}

/* The only one there is. */
static struct vault_device
device(struct world *w)
{
    struct vault_device d;

    memset(&d, 0, sizeof d);
    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    assert_int_equal(vault_devices(w->q.v, take_device, &d, NULL), VAULT_OK);
    quick_close(&w->q);
    return d;
}

static void
revoke_device(struct world *w, const struct vault_device_last *last)
{
    struct vault_error err;

    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    if (vault_device_revoke(w->q.v, w->intro.id, last, "lost", &err) !=
        VAULT_OK)
        fail_msg("%s", err.message);
    quick_close(&w->q);
}

/* ---- making and admitting ---- */

static void
a_device_needs_a_sound_card_and_no_vault(void **state)
{
    struct card_copy card = {.len = 0};
    struct vault_capture_info info;
    struct world w;
    struct vault *v, *c;

    (void)state;
    begin(&w);
    v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_cards_own(v, copy_card, &card, NULL), VAULT_OK);
    vault_close(v);
    assert_int_equal(vault_device_create(w.file, card.note, card.len, &w.q.opt,
                         NULL),
        VAULT_E_EXISTS);
    /* in the vault's id: the signature fails */
    card.note[20] = card.note[20] == '0' ? '1' : '0';
    assert_int_equal(vault_device_create(w.copy, card.note, card.len, &w.q.opt,
                         NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(vault_device_create(w.copy, "no card", 7, &w.q.opt, NULL),
        VAULT_E_FORMAT);
    assert_int_not_equal(access(w.copy, F_OK), 0);
    seal(&w, 2);
    c = opened(&w);
    assert_int_equal(vault_capture_info(c, &info, NULL), VAULT_OK);
    assert_int_equal(info.records, 2);
    assert_int_equal(info.sessions, 1);
    assert_int_equal(info.number, 1);
    assert_true(info.running);
    assert_int_equal(info.size, 3);
    assert_string_equal(info.device, w.intro.hex);
    vault_close(c);
    expect_verdict(w.file, NULL, VAULT_OK, "device not confirmed");
    quick_end(&w.q);
}

static void
nothing_comes_in_before_the_device_is_admitted(void **state)
{
    struct vault_device_intro by_code;
    struct world w;
    char code[512];
    bool changed = true;

    (void)state;
    begin(&w);
    session(&w, 2);
    temp_copy(w.file, w.copy);
    expect_refused(&w, VAULT_E_POLICY, "not made by this vault");
    assert_int_equal(listed(&w), 0);
    /* as it is read out: in capitals, with spaces */
    assert_int_equal(strlen(w.intro.code), 74);
    (void)snprintf(code, sizeof code, "%.20s %s\n", w.intro.code,
        w.intro.code + 20);
    assert_int_equal(vault_device_read(code, strlen(code), &by_code, NULL),
        VAULT_OK);
    assert_memory_equal(by_code.first, w.intro.first, VAULT_HASH);
    assert_memory_equal(by_code.id, w.intro.id, VAULT_DEVICE);
    code[30] = code[30] == 'q' ? 'p' : 'q';
    assert_int_equal(vault_device_read(code, strlen(code), &by_code, NULL),
        VAULT_E_FORMAT);
    admit(&w);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_device_admit(w.q.v, &w.intro, &changed, NULL),
        VAULT_OK);
    assert_false(changed);
    quick_close(&w.q);
    expect_taken(&w, 1, 2);
    assert_int_equal(listed(&w), 2);
    expect_verdict(w.q.path, w.q.key, VAULT_OK, NULL);
    quick_end(&w.q);
}

/* ---- copies ---- */

static void
a_copy_is_only_read_and_each_brings_what_is_new(void **state)
{
    struct world w;
    struct vault_device d;
    uint8_t *before, *after;
    size_t n, m;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 3);
    temp_copy(w.file, w.copy);
    assert_int_equal(chmod(w.copy, 0400), 0);
    before = temp_read(w.copy, &n);
    expect_taken(&w, 1, 3);
    expect_taken(&w, 0, 0); /* twice is once */
    after = temp_read(w.copy, &m);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);
    free(before);
    free(after);
    session(&w, 1);
    session(&w, 2);
    assert_int_equal(unlink(w.copy), 0);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 2, 3);
    d = device(&w);
    assert_true(d.admitted);
    assert_int_equal(d.sessions, 3);
    assert_int_equal(d.records, 6);
    assert_int_equal(d.number, 3);
    assert_int_equal(d.size, 3);
    assert_true(d.taken > 0);
    assert_int_equal(listed(&w), 6);
    expect_verdict(w.q.path, w.q.key, VAULT_OK, NULL);
    quick_end(&w.q);
}

static void
the_devices_own_file_can_be_emptied_and_goes_on(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 1);
    seal(&w, 2);
    if (take(&w, w.file, (struct vault_take_options){0}, &t, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.records, 3);
    assert_int_equal(t.cleared, 2);
    assert_int_equal(quick_count(w.file, "SELECT count(*) FROM record"), 0);
    session(&w, 2);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 1, 2);
    assert_int_equal(device(&w).number, 3);
    expect_verdict(w.q.path, w.q.key, VAULT_OK, NULL);
    quick_end(&w.q);
}

static void
a_session_that_runs_waits_and_comes_once(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 1);
    seal(&w, 2);
    temp_copy(w.file, w.copy);
    assert_int_equal(take(&w, w.copy, keep, &t, &err), VAULT_OK);
    assert_int_equal(t.records, 1);
    assert_int_equal(t.waiting, 2);
    if (take(&w, w.copy,
            (struct vault_take_options){.keep = true, .unfinished = true}, &t,
            &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.records, 2);
    assert_int_equal(t.sessions, 0);
    assert_int_equal(listed(&w), 3);
    session(&w, 1);
    temp_copy(w.copy, w.old);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 1, 1);
    assert_int_equal(listed(&w), 4);
    /* the copy from before it ended is its beginning */
    temp_copy(w.old, w.copy);
    expect_refused(&w, VAULT_E_POLICY, "an older copy");
    expect_verdict(w.q.path, w.q.key, VAULT_OK, NULL);
    quick_end(&w.q);
}

static void
an_older_or_cut_copy_is_found_after_a_longer_one(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 1);
    temp_copy(w.file, w.old);
    session(&w, 1);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 2, 2);
    temp_copy(w.old, w.copy);
    expect_refused(&w, VAULT_E_POLICY, "an older copy");
    /* the last session cut off, and what tells of it */
    temp_copy(w.file, w.copy);
    quick_sql(w.copy,
        "DELETE FROM leaf WHERE log = 2; DELETE FROM checkpoint WHERE log = 2;"
        "DELETE FROM log WHERE n = 2; DELETE FROM wrap WHERE rid = 2;"
        "DELETE FROM segment WHERE rid = 2; DELETE FROM record WHERE rid = 2;"
        "DELETE FROM meta WHERE k IN ('session', 'session-key')");
    expect_refused(&w, VAULT_E_POLICY, "was cut off");
    /* put back on the device itself: it would sign two histories */
    temp_copy(w.old, w.file);
    assert_int_equal(take(&w, w.file, (struct vault_take_options){0}, &t, &err),
        VAULT_E_TAMPERED);
    assert_non_null(strstr(err.message, "an older copy"));
    temp_copy(w.old, w.file);
    session(&w, 1); /* session 2 once more, another one */
    temp_copy(w.file, w.copy);
    expect_refused(&w, VAULT_E_TAMPERED, "another history");
    assert_int_equal(listed(&w), 2);
    expect_verdict(w.q.path, w.q.key, VAULT_OK, NULL);
    quick_end(&w.q);
}

/* ---- what somebody did to a copy ---- */

static const struct {
    const char *name;
    const char *sql;
    enum vault_status st;
    const char *says; /* in the message, or in that of a record */
    unsigned records; /* that come in all the same, of 4 in 2 sessions */
} hostile[] = {
    {"a record deleted",
        "DELETE FROM wrap WHERE rid = 1; DELETE FROM segment WHERE rid = 1; "
        "DELETE FROM record WHERE rid = 1",
        VAULT_E_TAMPERED, "the record is missing or changed", 3},
    {"a record's metadata zeroed",
        "UPDATE record SET meta = zeroblob(length(meta)) WHERE rid = 2",
        VAULT_E_TAMPERED, "the sealed metadata were changed", 3},
    {"a segment replaced",
        "UPDATE segment SET ct = zeroblob(length(ct)) WHERE rid = 3",
        VAULT_E_TAMPERED, "a sealed body was changed", 3},
    {"a segment taken away", "DELETE FROM segment WHERE rid = 1",
        VAULT_E_TAMPERED, "segments of a body", 3},
    {"a wrap exchanged for another's",
        "UPDATE wrap SET b = (SELECT b FROM wrap WHERE rid = 2) WHERE rid = 1",
        VAULT_E_TAMPERED, "", 3},
    {"a line changed",
        "UPDATE leaf SET subj = zeroblob(32) WHERE log = 2 AND idx = 1",
        VAULT_E_TAMPERED, "", 2},
    {"a line deleted", "DELETE FROM leaf WHERE log = 2 AND idx = 2",
        VAULT_E_TAMPERED, "", 2},
    {"the first session cut out",
        "DELETE FROM leaf WHERE log = 1; DELETE FROM checkpoint WHERE log = 1;"
        "DELETE FROM log WHERE n = 1",
        VAULT_E_POLICY, "not made by this vault", 0},
    {"the last session cut off, its successor left",
        "DELETE FROM leaf WHERE log = 2; DELETE FROM checkpoint WHERE log = 2;"
        "DELETE FROM log WHERE n = 2",
        VAULT_E_TAMPERED, "does not go on", 2},
    {"a checkpoint taken from the other session",
        "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE "
        "log = 1) WHERE log = 2",
        VAULT_E_TAMPERED, "", 2},
    {"a row that no line names",
        "INSERT INTO record(rid, f, id, ver, head, meta) SELECT 99, f, "
        "zeroblob(16), ver, head, meta FROM record WHERE rid = 1",
        VAULT_E_TAMPERED, "", 4},
    {"lines of one record without number",
        "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 1099) INSERT INTO leaf SELECT 0, i, 'seal', (SELECT id FROM "
        "record WHERE rid = 1), 1, zeroblob(32), zeroblob(32), NULL FROM n",
        VAULT_E_TAMPERED, "no line of the capture file names it", 4},
    {"the card emptied", "UPDATE meta SET v = x'00' WHERE k = 'card'",
        VAULT_E_TAMPERED, "was changed", 0},
    {"the kind changed", "UPDATE meta SET v = x'7661756c74' WHERE k = 'kind'",
        VAULT_E_FORMAT, "not a capture file", 0},
};

struct bad {
    char all[4096];
};

static void
note_bad(void *ctx, const uint8_t id[VAULT_ID], const struct vault_error *why)
{
    struct bad *b = ctx;
    size_t n = strlen(b->all);

    (void)id;
    (void)snprintf(b->all + n, sizeof b->all - n, "%s\n", why->message);
}

static void
what_was_done_to_a_copy_is_found_and_keeps_out_nothing_else(void **state)
{
    struct world w;
    uint8_t *vault_bytes;
    size_t n, i;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 2);
    session(&w, 2);
    vault_bytes = temp_read(w.q.path, &n);
    w.q.opt.no_state = true;
    for (i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct bad bad = {""};
        struct vault_take_options opt = keep;
        struct vault_taken t;
        struct vault_error err;
        enum vault_status st;
        unsigned got;

        opt.bad = note_bad;
        opt.ctx = &bad;
        temp_write(w.q.path, vault_bytes, n);
        temp_copy(w.file, w.copy);
        quick_sql(w.copy, hostile[i].sql);
        st = take(&w, w.copy, opt, &t, &err);
        got = listed(&w);
        if (st != hostile[i].st || got != hostile[i].records ||
            (strstr(err.message, hostile[i].says) == NULL &&
                strstr(bad.all, hostile[i].says) == NULL))
            fail_msg("%s: %s, %u records: %s / %s", hostile[i].name,
                vault_status_name(st), got, err.message, bad.all);
    }
    temp_write(w.q.path, vault_bytes, n);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 2, 4);
    free(vault_bytes);
    quick_end(&w.q);
}

/* A copy from the middle of a session, without its key: were it taken for the
 * whole of it, what came later would never come in. */
static void
a_copy_without_a_key_is_not_the_end_of_a_session(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin(&w);
    admit(&w);
    seal(&w, 2);
    temp_copy(w.file, w.copy);
    quick_sql(w.copy, "DELETE FROM meta WHERE k = 'session-key'");
    assert_int_equal(take(&w, w.copy, keep, &t, &err), VAULT_OK);
    assert_int_equal(t.records, 0);
    assert_int_equal(t.waiting, 2);
    session(&w, 1);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 1, 3);
    /* and one that holds nothing at all is nobody's */
    quick_sql(w.copy,
        "DELETE FROM leaf; DELETE FROM checkpoint; DELETE FROM log; "
        "DELETE FROM wrap; DELETE FROM segment; DELETE FROM record; "
        "DELETE FROM node; DELETE FROM epoch; "
        "DELETE FROM meta WHERE k IN ('session', 'session-key')");
    expect_refused(&w, VAULT_E_TAMPERED, "a session that is not here");
    quick_end(&w.q);
}

#define NO_EVENT "SELECT count(*) FROM leaf WHERE evct IS NULL"

static int
note_id(void *ctx, const struct vault_entry *e)
{
    memcpy(ctx, e->id, VAULT_ID);
    return 0;
}

static int
is_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    fail_msg("%s", why->message);
    return 1;
}

static void
withdraw_first(struct world *w)
{
    struct vault_list_options all = {.since = INT64_MIN, .until = INT64_MAX};
    struct vault_withdrawal done;
    struct vault_error err;
    uint8_t id[VAULT_ID];

    assert_int_equal(vault_list(w->q.v, &all, note_id, is_bad, id, &err),
        VAULT_OK);
    if (vault_withdraw(w->q.v, id, 0, "asked", &done, &err) != VAULT_OK)
        fail_msg("%s", err.message);
}

/* On the way somebody changed what two lines say, and took a record out; the
 * next copy is sound, and brings all of it. */
static void
a_sound_copy_mends_what_a_changed_one_left(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;
    long long gone;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 2);
    temp_copy(w.file, w.copy);
    quick_sql(w.copy,
        "UPDATE leaf SET evct = zeroblob(length(evct)) WHERE idx < 2; "
        "DELETE FROM wrap WHERE rid = 2");
    assert_int_equal(take(&w, w.copy, keep, &t, &err), VAULT_E_TAMPERED);
    assert_int_equal(t.sessions, 1);
    assert_int_equal(t.records, 1);
    expect_verdict(w.q.path, w.q.key, VAULT_E_TAMPERED, "its event is gone");
    temp_copy(w.file, w.copy);
    expect_taken(&w, 0, 1);
    expect_verdict(w.q.path, w.q.key, VAULT_OK, NULL);
    expect_taken(&w, 0, 0);
    /* the lines alone, without a record beside them */
    session(&w, 1);
    temp_copy(w.file, w.copy);
    quick_sql(w.copy, "UPDATE leaf SET evct = NULL WHERE log = 2 AND idx = 1");
    assert_int_equal(take(&w, w.copy, keep, &t, &err), VAULT_E_TAMPERED);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 0, 0);
    expect_verdict(w.q.path, w.q.key, VAULT_OK, NULL);
    /* what a withdrawal took away stays away */
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    withdraw_first(&w);
    quick_close(&w.q);
    gone = quick_count(w.q.path, NO_EVENT);
    assert_true(gone > 0);
    expect_taken(&w, 0, 0);
    assert_int_equal(quick_count(w.q.path, NO_EVENT), gone);
    quick_end(&w.q);
}

static void
another_organisations_file_does_not_open(void **state)
{
    struct world w, other;
    struct vault_device_intro d;
    bool changed = false;
    struct vault *c;

    (void)state;
    begin(&w);
    begin(&other);
    session(&other, 1);
    temp_copy(other.file, w.copy);
    expect_refused(&w, VAULT_E_NO_KEY, "another organisation's");
    /* the same as its introduction */
    assert_int_equal(vault_capture_look(other.file, &w.q.opt, &c, NULL),
        VAULT_OK);
    assert_int_equal(vault_device_intro(c, keep_intro, &d, NULL), VAULT_OK);
    vault_close(c);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_device_admit(w.q.v, &d, &changed, NULL), VAULT_OK);
    quick_close(&w.q);
    expect_refused(&w, VAULT_E_NO_KEY, "another organisation's");
    quick_end(&other.q);
    quick_end(&w.q);
}

static void
put_hex(char *out, const uint8_t *p, size_t n)
{
    vlt_hex(out, p, n);
}

/* Somebody makes a file of his own for the same device id. */
static void
a_substituted_first_session_is_found(void **state)
{
    struct world w;
    struct vlt_session s;
    struct vlt_logkey *key = vlt_logkey_new();
    struct vlt_buf note;
    char sql[16384], key_hex[65], *note_hex;
    struct vault *c;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 1);
    make_device(&w, w.copy);
    assert_int_equal(vault_capture_open(w.copy, &w.q.opt, &c, NULL), VAULT_OK);
    memset(&s, 0, sizeof s);
    memset(key->b, 7, sizeof key->b);
    memcpy(s.vault, c->id, 16);
    memcpy(s.device, w.intro.id, 8);
    memset(s.session, 9, 8);
    s.number = 1;
    vlt_sign_public(s.log_key, key->b);
    memcpy(s.card, c->card.fingerprint, 32);
    vault_close(c);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_session_make(&s, key, &note, NULL), VAULT_OK);
    note_hex = malloc(2 * note.len + 1);
    put_hex(note_hex, note.p, note.len);
    put_hex(key_hex, key->b, 32);
    (void)snprintf(sql, sizeof sql,
        "UPDATE meta SET v = x'%s' WHERE k = 'session'; "
        "UPDATE meta SET v = x'%s' WHERE k = 'session-key'",
        note_hex, key_hex);
    quick_sql(w.copy, sql);
    free(note_hex);
    vlt_buf_clear(&note);
    vlt_logkey_free(key);
    temp_copy(w.copy, w.old);
    expect_refused(&w, VAULT_E_TAMPERED, "substituted");
    temp_copy(w.file, w.copy);
    expect_taken(&w, 1, 1);
    temp_copy(w.old, w.copy);
    expect_refused(&w, VAULT_E_TAMPERED, "substituted");
    quick_end(&w.q);
}

/* ---- revoked ---- */

struct counting {
    struct world *w;
    struct vault_untrusted *u;
    unsigned n;
};

static int
count_one(void *ctx, const struct vault_entry *e)
{
    struct counting *c = ctx;
    char hex[VAULT_DEVICE_HEX];
    bool is = false;

    assert_int_equal(vault_untrusted_is(c->u, e->id, e->version, &is, hex,
                         NULL),
        VAULT_OK);
    c->n += is;
    if (is)
        assert_string_equal(hex, c->w->intro.hex);
    return 0;
}

static int
none_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    fail_msg("%s", why->message);
    return 1;
}

static unsigned
count_untrusted(struct world *w)
{
    struct vault_list_options all = {.since = INT64_MIN, .until = INT64_MAX};
    struct counting c = {w, NULL, 0};

    w->q.v = quick_open(&w->q, w->q.path, &w->q.opt);
    assert_int_equal(vault_untrusted_open(w->q.v, &c.u, NULL), VAULT_OK);
    assert_int_equal(vault_list(w->q.v, &all, count_one, none_bad, &c, NULL),
        VAULT_OK);
    assert_true(c.n == 0 || vault_untrusted_any(c.u));
    vault_untrusted_close(c.u);
    quick_close(&w->q);
    return c.n;
}

/* Three sessions of two records; the second is good up to its first. */
static const struct vault_device_last middle = {.number = 2, .size = 2};

static void
what_came_in_before_is_marked_from_the_last_good_state_on(void **state)
{
    struct world w;
    struct vault_device d;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 2);
    session(&w, 2);
    session(&w, 2);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 3, 6);
    assert_int_equal(count_untrusted(&w), 0);
    revoke_device(&w,
        &(struct vault_device_last){0}); /* all that came in is good */
    assert_int_equal(count_untrusted(&w), 0);
    expect_verdict(w.q.path, w.q.key, VAULT_OK, "is revoked");
    revoke_device(&w, &middle);
    assert_int_equal(count_untrusted(&w), 3);
    expect_verdict(w.q.path, NULL, VAULT_E_POLICY, "untrusted");
    d = device(&w);
    assert_true(d.revoked);
    assert_int_equal(d.last_number, 2);
    assert_int_equal(d.last_size, 2);
    assert_int_equal(d.beyond, 3);
    /* a later state does not bring anything back */
    revoke_device(&w, &(struct vault_device_last){.number = 3});
    assert_int_equal(count_untrusted(&w), 3);
    revoke_device(&w, &(struct vault_device_last){.none = true});
    assert_int_equal(count_untrusted(&w), 6);
    assert_true(device(&w).revoked_all);
    quick_end(&w.q);
}

static void
what_is_signed_after_the_last_good_state_stays_out(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 2);
    session(&w, 1);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 2, 3);
    revoke_device(&w, &(struct vault_device_last){0});
    session(&w, 2); /* whoever has the device goes on */
    temp_copy(w.file, w.copy);
    expect_refused(&w, VAULT_E_POLICY, "revoked device");
    assert_int_equal(listed(&w), 3);
    expect_verdict(w.q.path, w.q.key, VAULT_OK, NULL);
    /* admitted again it is not, and a person cannot wave it through */
    assert_int_equal(take(&w, w.copy,
                         (struct vault_take_options){.admit = true}, &t, &err),
        VAULT_E_POLICY);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_device_admit(w.q.v, &w.intro, &(bool){false}, NULL),
        VAULT_E_POLICY);
    quick_close(&w.q);
    /* asked for, it comes in and is marked */
    assert_int_equal(take(&w, w.copy,
                         (struct vault_take_options){.keep = true,
                             .untrusted = true},
                         &t, &err),
        VAULT_E_POLICY);
    assert_int_equal(t.records, 2);
    assert_int_equal(listed(&w), 5);
    assert_int_equal(count_untrusted(&w), 2);
    expect_verdict(w.q.path, w.q.key, VAULT_E_POLICY, "untrusted");
    quick_end(&w.q);
}

/* Of a session that never comes in as a whole: the line of each record that
 * came says whose it is. */
static void
what_came_in_one_by_one_is_marked_too(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 1);
    seal(&w, 2);
    temp_copy(w.file, w.copy);
    if (take(&w, w.copy,
            (struct vault_take_options){.keep = true, .unfinished = true}, &t,
            &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.records, 3);
    assert_int_equal(count_untrusted(&w), 0);
    revoke_device(&w, &(struct vault_device_last){.number = 1});
    assert_int_equal(count_untrusted(&w), 2);
    revoke_device(&w, &(struct vault_device_last){.none = true});
    assert_int_equal(count_untrusted(&w), 3);
    quick_end(&w.q);
}

/* The note lies in clear: taking it away brings back no trust. */
static void
a_revocation_that_is_taken_away_still_counts(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 2);
    session(&w, 2);
    session(&w, 2);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 3, 6);
    revoke_device(&w, &middle);
    quick_sql(w.q.path, "DELETE FROM note WHERE kind = 'revoke'");
    assert_int_equal(count_untrusted(&w), 3);
    assert_true(device(&w).revoked);
    session(&w, 1);
    temp_copy(w.file, w.copy);
    expect_refused(&w, VAULT_E_POLICY, "revoked device");
    expect_verdict(w.q.path, NULL, VAULT_E_TAMPERED,
        "revocations that the log");
    quick_end(&w.q);
}

static void
newest_record(const char *path, uint8_t id[16])
{
    sqlite3 *db;
    sqlite3_stmt *q;

    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), 0);
    assert_int_equal(sqlite3_prepare_v2(db,
                         "SELECT id FROM record ORDER BY rid DESC LIMIT 1", -1,
                         &q, NULL),
        0);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    memcpy(id, sqlite3_column_blob(q, 0), 16);
    sqlite3_finalize(q);
    sqlite3_close(db);
}

/* One note there twice makes up for no other: the lines say which. */
/* The same text with another signature: the line names the text. */
static void
a_damaged_revocation_is_none(const struct world *w, const uint8_t id[16])
{
    struct vault_disclosure *d = NULL;
    struct vault_error err;
    char copy[TEMP_PATH];
    struct vault *v;

    temp_dir_path(&w->q.dir, "damaged", copy);
    temp_copy(w->q.path, copy);
    quick_sql(copy,
        "UPDATE note SET b = CAST(substr(b, 1, length(b) - 10) || 'AAAA' || "
        "substr(b, length(b) - 5) AS BLOB) WHERE kind = 'revoke'");
    expect_verdict(copy, NULL, VAULT_E_TAMPERED,
        "revocation that no card of this vault signed");
    assert_int_equal(vault_open(copy, &w->q.opt, &v, &err), VAULT_OK);
    assert_int_equal(vault_disclosure_prove(v, id, 0, NULL, &d, &err),
        VAULT_E_TAMPERED);
    vault_close(v);
}

static void
a_revocation_that_stands_there_for_another_is_found(void **state)
{
    struct world w;
    struct vault_disclosure *d = NULL;
    struct quick_verdict said;
    struct vault_error err;
    struct vault *v;
    uint8_t id[16];

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 2);
    session(&w, 2);
    session(&w, 2);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 3, 6);
    revoke_device(&w, &(struct vault_device_last){0});
    revoke_device(&w, &middle);
    newest_record(w.q.path, id);
    expect_verdict(w.q.path, NULL, VAULT_E_POLICY, "untrusted");
    a_damaged_revocation_is_none(&w, id);
    quick_sql(w.q.path,
        "UPDATE note SET b = (SELECT b FROM note WHERE kind = 'revoke' ORDER "
        "BY n LIMIT 1) WHERE kind = 'revoke'");
    quick_verify(w.q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    assert_non_null(strstr(said.lines, "revocations that the log names are"));
    assert_null(strstr(said.lines, "nothing here was sealed by a revoked"));
    /* and locked nobody proves what that device sealed */
    assert_int_equal(vault_open(w.q.path, &w.q.opt, &v, &err), VAULT_OK);
    assert_int_equal(vault_disclosure_prove(v, id, 0, NULL, &d, &err),
        VAULT_E_TAMPERED);
    vault_close(v);
    quick_end(&w.q);
}

/* Which records are a lost device's stands in the log of its session. */
static void
a_session_that_came_in_cannot_be_taken_out(void **state)
{
    struct world w;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 2);
    session(&w, 2);
    session(&w, 2);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 3, 6);
    revoke_device(&w, &middle);
    expect_verdict(w.q.path, NULL, VAULT_E_POLICY, "untrusted");
    quick_sql(w.q.path,
        "CREATE TEMP TABLE x AS SELECT max(n) AS n FROM log; DELETE FROM leaf "
        "WHERE log IN x; DELETE FROM node WHERE log IN x; DELETE FROM "
        "checkpoint WHERE log IN x; DELETE FROM log WHERE n IN x");
    expect_verdict(w.q.path, NULL, VAULT_E_TAMPERED,
        "logs that a line of this vault's log accepted are missing: 1");
    quick_end(&w.q);
}

/* What the revocation that is there says. */
static struct vlt_base_line
last_state(struct world *w)
{
    struct vlt_device_limits l;
    struct vlt_base_line last;
    struct vault *v = quick_open(&w->q, w->q.path, &w->q.opt);

    assert_int_equal(vlt_read_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_device_limits_own(v, &l, NULL), VAULT_OK);
    assert_int_equal(l.n, 1);
    last = l.at[0].last;
    vlt_device_limits_clear(&l);
    vlt_store_rollback(v->store);
    vault_close(v);
    return last;
}

/* A revocation that names a state which nobody looked for in the vault. */
static void
put_revocation(struct world *w, const struct vlt_base_line *last)
{
    struct vault *v = quick_open(&w->q, w->q.path, &w->q.opt);
    struct vlt_revoke r;
    struct vlt_entry e = {"revoke", NULL, 0, r.text_hash, NULL, -1};
    struct vlt_buf note;

    memset(&r, 0, sizeof r);
    memcpy(r.vault, v->id, sizeof r.vault);
    memcpy(r.device, w->intro.id, sizeof r.device);
    r.is_device = true;
    r.has_last = true;
    r.last = *last;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_revoke_make(&r, v->seed, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_action_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_note_put(v->store, "revoke", (const char *)note.p,
                         note.len, NULL),
        VAULT_OK);
    assert_int_equal(vlt_action_leaf(v, &e, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(v, NULL), VAULT_OK);
    vlt_buf_clear(&note);
    vault_close(v);
}

/* The revocation names a state within a session that came in at another
 * replica of the vault; here the beginning of that session still comes in. */
static void
the_good_beginning_of_a_session_comes_in_alone(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;
    char old_vault[TEMP_PATH];
    struct vlt_base_line last;

    (void)state;
    begin(&w);
    temp_dir_path(&w.q.dir, "old-vault", old_vault);
    w.q.opt.no_state = true;
    admit(&w);
    temp_copy(w.q.path, old_vault);
    session(&w, 2);
    session(&w, 3);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 2, 5);
    revoke_device(&w, &middle);
    last = last_state(&w);
    temp_copy(old_vault, w.q.path);
    put_revocation(&w, &last);
    assert_int_equal(take(&w, w.copy, keep, &t, &err), VAULT_E_POLICY);
    assert_int_equal(t.sessions, 1);
    assert_int_equal(t.records, 3); /* two, and the one before that state */
    assert_int_equal(t.beyond, 2);
    /* the session of that state is not in this vault: what it has of the
     * device cannot be told to lie before it */
    expect_verdict(w.q.path, w.q.key, VAULT_E_POLICY, "untrusted");
    assert_int_equal(count_untrusted(&w), 2);
    quick_end(&w.q);
}

static void
a_state_that_the_log_never_had_makes_all_of_it_untrusted(void **state)
{
    struct world w;
    struct vlt_base_line last;

    (void)state;
    begin(&w);
    admit(&w);
    session(&w, 2);
    session(&w, 2);
    session(&w, 1);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 3, 5);
    revoke_device(&w, &middle);
    assert_int_equal(count_untrusted(&w), 2);
    last = last_state(&w);
    last.checkpoint[5] ^= 1;
    put_revocation(&w, &last);
    assert_int_equal(count_untrusted(&w), 3); /* of the first, none */
    expect_verdict(w.q.path, NULL, VAULT_E_TAMPERED, "two histories");
    quick_end(&w.q);
}

/* Lines of a session that runs are not compared by a join: whoever has the
 * copy may have put others there. */
static void
lines_that_were_changed_bring_in_nothing_one_by_one(void **state)
{
    struct world w;
    struct vault_taken t;
    struct vault_error err;
    struct vault_take_options opt = {.keep = true, .unfinished = true};

    (void)state;
    begin(&w);
    admit(&w);
    seal(&w, 17); /* the node over the first sixteen lines stays as it was */
    temp_copy(w.file, w.copy);
    /* the record of line 2 under the name of line 1: both hold by themselves */
    quick_sql(w.copy,
        "UPDATE leaf SET idx = 100 WHERE idx = 1; UPDATE leaf SET idx = 1 "
        "WHERE idx = 2; UPDATE leaf SET idx = 2 WHERE idx = 100");
    assert_int_equal(take(&w, w.copy, opt, &t, &err), VAULT_E_TAMPERED);
    assert_int_equal(t.records, 0);
    assert_int_equal(listed(&w), 0);
    quick_end(&w.q);
}

static void
a_last_good_state_must_be_one_that_came_in(void **state)
{
    struct world w;
    struct vault_error err;
    struct vault_device_last last = {.number = 1, .size = 9};
    static const uint8_t nobody[VAULT_DEVICE] = {1};

    (void)state;
    begin(&w);
    admit(&w);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_device_revoke(w.q.v, w.intro.id,
                         &(struct vault_device_last){0}, NULL, &err),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_device_revoke(w.q.v, nobody,
                         &(struct vault_device_last){.none = true}, NULL, &err),
        VAULT_E_NOT_FOUND);
    quick_close(&w.q);
    session(&w, 1);
    temp_copy(w.file, w.copy);
    expect_taken(&w, 1, 1);
    w.q.v = quick_open(&w.q, w.q.path, &w.q.opt);
    assert_int_equal(vault_device_revoke(w.q.v, w.intro.id, &last, NULL, &err),
        VAULT_E_USAGE);
    quick_close(&w.q);
    assert_false(device(&w).revoked);
    quick_end(&w.q);
}

/* ---- bundles ---- */

static void
a_bundle_tells_what_a_revoked_device_sealed(void **state)
{
    struct circle c;
    struct world w;
    struct vault_receive_result r;
    struct quick_verdict said;
    struct card_copy card = {.len = 0};
    struct vault_sealed good, late;
    struct vault *f = NULL;
    struct vault_taken t;
    struct vault_error err;
    uint8_t ids[2][VAULT_ID];
    char path[TEMP_PATH];
    bool ended, changed;

    (void)state;
    circle_make(&c, 2);
    memset(&w, 0, sizeof w);
    temp_dir_path(&c.files, "device", w.file);
    assert_int_equal(vault_cards_own(c.q[0].v, copy_card, &card, NULL),
        VAULT_OK);
    assert_int_equal(vault_device_create(w.file, card.note, card.len,
                         &c.q[0].opt, NULL),
        VAULT_OK);
    assert_int_equal(vault_capture_open(w.file, &c.q[0].opt, &f, NULL),
        VAULT_OK);
    assert_int_equal(vault_device_intro(f, keep_intro, &w.intro, NULL),
        VAULT_OK);
    quick_add(f, "in time", "a", 1, &good);
    assert_int_equal(vault_capture_end(f, &ended, NULL), VAULT_OK);
    quick_add(f, "too late", "b", 1, &late);
    assert_int_equal(vault_capture_end(f, &ended, NULL), VAULT_OK);
    vault_close(f);
    assert_int_equal(vault_device_admit(c.q[0].v, &w.intro, &changed, NULL),
        VAULT_OK);
    if (vault_take_in(c.q[0].v, w.file, &keep, &t, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(vault_device_revoke(c.q[0].v, w.intro.id,
                         &(struct vault_device_last){.number = 1}, NULL, NULL),
        VAULT_OK);
    memcpy(ids[0], good.id, VAULT_ID);
    memcpy(ids[1], late.id, VAULT_ID);
    circle_share(&c,
        &(struct circle_share){.from = 0,
            .to = 1u << 1,
            .id = (const uint8_t(*)[VAULT_ID])ids,
            .n = 2},
        "both", path);
    quick_verify(path, NULL, &said);
    if (said.st != VAULT_E_POLICY || strstr(said.lines, "untrusted") == NULL)
        fail_msg("%s: %s", vault_status_name(said.st), said.lines);
    assert_int_equal(quick_count(path,
                         "SELECT count(*) FROM note WHERE kind = 'revoke'"),
        1);
    /* the chain stops at the session that the device note names */
    assert_int_equal(quick_count(path,
                         "SELECT count(*) FROM note WHERE kind = 'device'"),
        1);
    circle_take(c.q[1].v, path, &r);
    assert_int_equal(r.count.fresh, 1);
    assert_int_equal(quick_listed(c.q[1].v), 1);
    circle_end(&c);
}

/* ---- within a session ---- */

#if !defined(__SANITIZE_ADDRESS__)

/* Whether these 32 bytes, given with every bit turned, are anywhere in this
 * process. */
static bool
in_memory(const uint8_t turned[32])
{
    FILE *maps = fopen("/proc/self/maps", "r");
    FILE *mem = fopen("/proc/self/mem", "rb");
    static uint8_t page[1 << 16];
    char line[512];
    bool found = false;

    if (maps == NULL || mem == NULL)
        skip();
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to, at;
        char may[5];

        if (sscanf(line, "%lx-%lx %4s", &from, &to, may) != 3 ||
            may[0] != 'r' || strstr(line, "[v") != NULL)
            continue;
        for (at = from; !found && at < to; at += sizeof page - 64) {
            size_t n, i, k;

            if ((uintptr_t)page >= at && (uintptr_t)page < at + sizeof page)
                continue;
            if (fseek(mem, (long)at, SEEK_SET) != 0)
                break;
            n = fread(page, 1, to - at < sizeof page ? to - at : sizeof page,
                mem);
            for (i = 0; !found && i + 32 <= n; i++) {
                for (k = 0; k < 32 && (page[i + k] ^ turned[k]) == 0xff; k++)
                    ;
                found = k == 32;
            }
            if (n < sizeof page)
                break;
        }
        memset(page, 0, sizeof page);
    }
    (void)fclose(maps);
    (void)fclose(mem);
    return found;
}

static void
the_step_of_a_finished_record_is_gone_from_memory(void **state)
{
    struct world w;
    struct vault *c;
    uint8_t turned[32], now[32];
    unsigned i, k;

    (void)state;
    begin(&w);
    c = opened(&w);
    quick_add(c, "first", "a", 1, NULL);
    for (i = 0; i < 3; i++) {
        for (k = 0; k < 32; k++)
            turned[k] = (uint8_t)~c->step->b[k];
        assert_true(in_memory(turned)); /* the search finds what is there */
        quick_add(c, "next", "b", 1, NULL);
        for (k = 0; k < 32; k++)
            now[k] = (uint8_t)~c->step->b[k];
        assert_memory_not_equal(turned, now, 32);
        assert_false(in_memory(turned));
    }
    vault_close(c);
    assert_false(in_memory(now));
    quick_end(&w.q);
}

/* What was sealed is not left where it was compressed or padded: a body in
 * segments, one within the metadata, and a field. */
static void
what_was_sealed_is_gone_from_memory(void **state)
{
    static uint8_t body[BODY];
    struct world w;
    struct vault_error err;
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct vault *c;
    uint8_t turned[3][32];
    char title[33];
    unsigned round, i;

    (void)state;
    begin(&w);
    c = opened(&w);
    for (round = 0; round < 2; round++) {
        quick_noise(body, sizeof body, 77 + round);
        for (i = 0; i < 32; i++) {
            turned[0][i] = (uint8_t)~body[100 + i];
            turned[1][i] = (uint8_t)~body[sizeof body - 40 + i];
            title[i] = (char)('a' + body[i] % 26);
            turned[2][i] = (uint8_t)~title[i];
        }
        title[32] = 0;
        if (vault_seal_begin(c, "testimony", &s, &err) != VAULT_OK ||
            vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title", title, 32,
                &err) != VAULT_OK ||
            vault_seal_write(s, body, round == 0 ? sizeof body : 600, &err) !=
                VAULT_OK ||
            vault_seal_commit(s, &out, &err) != VAULT_OK)
            fail_msg("%s", err.message);
        assert_true(in_memory(turned[0]));
        memset(body, 0, sizeof body);
        memset(title, 0, sizeof title);
        for (i = 0; i < 3; i++) {
            if (in_memory(turned[i]))
                fail_msg("round %u: part %u of what was sealed", round, i);
        }
    }
    vault_close(c);
    quick_end(&w.q);
}
#endif

int
main(void)
{
    const struct CMUnitTest tests[] =
    { cmocka_unit_test(a_device_needs_a_sound_card_and_no_vault),
        cmocka_unit_test(nothing_comes_in_before_the_device_is_admitted),
        cmocka_unit_test(a_copy_is_only_read_and_each_brings_what_is_new),
        cmocka_unit_test(the_devices_own_file_can_be_emptied_and_goes_on),
        cmocka_unit_test(a_session_that_runs_waits_and_comes_once),
        cmocka_unit_test(an_older_or_cut_copy_is_found_after_a_longer_one),
        cmocka_unit_test(
            what_was_done_to_a_copy_is_found_and_keeps_out_nothing_else),
        cmocka_unit_test(a_copy_without_a_key_is_not_the_end_of_a_session),
        cmocka_unit_test(a_sound_copy_mends_what_a_changed_one_left),
        cmocka_unit_test(another_organisations_file_does_not_open),
        cmocka_unit_test(a_substituted_first_session_is_found),
        cmocka_unit_test(
            what_came_in_before_is_marked_from_the_last_good_state_on),
        cmocka_unit_test(what_is_signed_after_the_last_good_state_stays_out),
        cmocka_unit_test(a_revocation_that_is_taken_away_still_counts),
        cmocka_unit_test(a_revocation_that_stands_there_for_another_is_found),
        cmocka_unit_test(a_session_that_came_in_cannot_be_taken_out),
        cmocka_unit_test(what_came_in_one_by_one_is_marked_too),
        cmocka_unit_test(the_good_beginning_of_a_session_comes_in_alone),
        cmocka_unit_test(
            a_state_that_the_log_never_had_makes_all_of_it_untrusted),
        cmocka_unit_test(lines_that_were_changed_bring_in_nothing_one_by_one),
        cmocka_unit_test(a_last_good_state_must_be_one_that_came_in),
        cmocka_unit_test(a_bundle_tells_what_a_revoked_device_sealed),
#if !defined(__SANITIZE_ADDRESS__) /* its shadow is terabytes to look at */
        cmocka_unit_test(the_step_of_a_finished_record_is_gone_from_memory),
        cmocka_unit_test(what_was_sealed_is_gone_from_memory),
#endif
    };

    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
