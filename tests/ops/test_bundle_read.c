/* SPDX-License-Identifier: Apache-2.0 */
/* test_bundle_read.c: bundles of strangers: what holds, and every defect */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "bundle_defects.h"
#include "bundle_read.h"
#include "label.h"
#include "made_bundle.h"
#include "quick_vault.h"
#include "revoke.h"

struct world {
    struct quick_vault q; /* the recipient */
    char path[TEMP_PATH];
    char second[TEMP_PATH];
    struct made_bundle b;
};

static struct world w;

static void
begin(void)
{
    quick_make(&w.q);
    temp_dir_path(&w.q.dir, "x.bundle", w.path);
    temp_dir_path(&w.q.dir, "y.bundle", w.second);
    made_all(&w.b, &w.q.v->card);
}

static void
end(void)
{
    made_end(&w.b);
    quick_end(&w.q);
}

/* ---- what reading gives ---- */

struct seen {
    unsigned n, whole, part, heads;
    unsigned ok, tampered, waiting, opened, shut;
    struct vlt_bundle *b;
    char why[512]; /* of the first that is not sound */
};

static enum vault_status
look(void *ctx, const struct vlt_bundle_record *r, struct vault_error *err)
{
    struct seen *s = ctx;
    struct vlt_rk *rk = NULL;
    struct vlt_xk *xk = NULL;
    struct vlt_extract x;
    struct vlt_meta m;
    enum vault_status st = VAULT_OK;

    s->n++;
    s->whole += r->use == VLT_ENTRY_FULL;
    s->part += r->use == VLT_ENTRY_PART;
    s->heads += r->use == VLT_ENTRY_HEAD;
    s->ok += r->status == VAULT_OK;
    s->tampered += r->status == VAULT_E_TAMPERED;
    s->waiting += r->status == VAULT_E_NOT_FOUND;
    if (r->status != VAULT_OK && s->why[0] == 0)
        (void)snprintf(s->why, sizeof s->why, "%s", r->why.message);
    assert_true(r->status == VAULT_OK || r->why.message[0] != 0);
    if (s->b->e0 == NULL)
        return VAULT_OK;
    if (r->use == VLT_ENTRY_FULL)
        st = vlt_bundle_open_record(s->b, r, true, &rk, &m, NULL);
    if (r->use == VLT_ENTRY_PART)
        st = vlt_bundle_open_part(s->b, r, true, &xk, &x, NULL);
    s->opened += st == VAULT_OK && r->use != VLT_ENTRY_HEAD;
    s->shut += st != VAULT_OK;
    if (rk != NULL)
        vlt_meta_clear(&m);
    if (xk != NULL)
        vlt_extract_clear(&x);
    vlt_rk_free(rk);
    vlt_xk_free(xk);
    (void)err;
    return VAULT_OK;
}

/* Open, unlock if there is a vault, walk. */
static enum vault_status
read_bundle(const char *path, struct vault *v, struct seen *s,
    struct vault_error *err)
{
    enum vault_status st;

    memset(s, 0, sizeof *s);
    st = vlt_bundle_open(path, NULL, &s->b, err);
    if (st != VAULT_OK)
        return st;
    if (v != NULL)
        st = vlt_bundle_unlock(s->b, v, err);
    if (st == VAULT_OK)
        st = vlt_bundle_records(s->b, look, s, err);
    vlt_bundle_close(s->b);
    return st;
}

static void
expect_fine(void)
{
    struct vault_error err = {0};
    struct seen s;

    if (read_bundle(w.path, w.q.v, &s, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    if (s.ok != s.n)
        fail_msg("%s", s.why);
}

static void
a_bundle_in_which_all_holds_is_read_and_opened(void **state)
{
    struct vault_error err = {0};
    struct seen s;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    if (read_bundle(w.path, w.q.v, &s, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_string_equal(s.why, "");
    assert_int_equal(s.n, MADE_ALL);
    assert_int_equal(s.ok, MADE_ALL);
    assert_int_equal(s.whole, 7);
    assert_int_equal(s.part, 2);
    assert_int_equal(s.heads, 2);
    assert_int_equal(s.opened, 9);
    assert_int_equal(s.shut, 0);
    end();
}

/* ---- each record's proof, for whoever keeps it ---- */

static enum vault_status
check_proof(void *ctx, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    unsigned *n = ctx;
    struct vlt_tlogproof p;
    struct vlt_checkpoint cp;
    struct vlt_note note;
    uint8_t hash[32];

    (void)err;
    if (!r->has_proof) {
        assert_int_equal(r->use, VLT_ENTRY_HEAD);
        return VAULT_OK;
    }
    ++*n;
    assert_int_equal(vlt_tlogproof_decode(&p, (const char *)r->proof.p,
                         r->proof.len, NULL),
        0);
    assert_int_equal(vlt_note_parse(&note, p.checkpoint, p.checkpoint_len,
                         NULL),
        0);
    assert_int_equal(vlt_checkpoint_decode(&cp, note.text, note.text_len, NULL),
        0);
    vlt_leaf_text_hash(hash, &r->leaf);
    assert_memory_equal(r->leaf.subject, r->stmt, 32);
    assert_true(vlt_inclusion_ok(p.index, cp.size, hash, p.path, p.n, cp.root));
    assert_string_equal(cp.origin, r->origin);
    assert_memory_equal(r->card->vault, r->row.head.h.origin, 16);
    assert_true(r->log_note_len > 0);
    return VAULT_OK;
}

static void
each_record_comes_with_a_proof_that_anyone_can_check(void **state)
{
    struct vlt_bundle *b = NULL;
    unsigned n = 0;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    assert_int_equal(vlt_bundle_open(w.path, NULL, &b, NULL), 0);
    assert_int_equal(vlt_bundle_records(b, check_proof, &n, NULL), 0);
    assert_int_equal(n, MADE_ALL - 1);
    /* and once more from the same handle */
    n = 0;
    assert_int_equal(vlt_bundle_records(b, check_proof, &n, NULL), 0);
    assert_int_equal(n, MADE_ALL - 1);
    vlt_bundle_close(b);
    end();
}

struct kinds {
    char list[128];
};

static enum vault_status
take_note(void *ctx, const char *kind, const char *note, size_t len,
    struct vault_error *err)
{
    struct kinds *k = ctx;

    (void)err;
    assert_memory_equal(note, "sanduq.v1/", 10);
    assert_true(len > 100);
    (void)strncat(k->list, kind, 20);
    (void)strncat(k->list, " ", 2);
    return VAULT_OK;
}

static void
notes_come_cards_first_and_sessions_in_order(void **state)
{
    struct vlt_bundle *b = NULL;
    struct kinds k = {""};
    uint64_t bad = 7;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    assert_int_equal(vlt_bundle_open(w.path, NULL, &b, NULL), 0);
    assert_int_equal(b->cards, 2);
    assert_int_equal(b->forks, 0);
    assert_int_equal(vlt_bundle_notes(b, take_note, &k, &bad, NULL), 0);
    assert_string_equal(k.list,
        "card card replica replica session session device ");
    assert_int_equal(bad, 0);
    vlt_bundle_close(b);
    end();
}

static void
nobody_but_its_recipient_opens_it(void **state)
{
    struct made_person stranger;
    struct vault_error err = {0};
    struct seen s;

    (void)state;
    begin();
    made_person(&stranger);
    w.b.to = &stranger.card;
    made_write(&w.b, w.path);
    assert_int_equal(read_bundle(w.path, NULL, &s, &err), VAULT_OK);
    assert_int_equal(s.ok, MADE_ALL);
    assert_int_equal(read_bundle(w.path, w.q.v, &s, &err), VAULT_E_NO_KEY);
    made_person_clear(&stranger);
    end();
}

/* ---- rows changed behind the sender's back ---- */

static unsigned failures;

static void
wrong(const struct defect *d, enum vault_status st, const char *why)
{
    failures++;
    print_message("%s: %s: %s\n", d->name, vault_status_name(st), why);
}

/* What is wrong is found, and told as what it is; nothing may crash. */
static void
judge_defect(const struct defect *d)
{
    enum vault_status told = d->st != VAULT_OK ? d->st : d->record;
    struct vault_error err = {0};
    struct quick_verdict said;
    struct seen s;
    enum vault_status st;

    temp_copy(w.path, w.second);
    quick_sql(w.second, d->sql);
    st = read_bundle(w.second, NULL, &s, &err);
    if (st != d->st)
        wrong(d, st, st == VAULT_OK ? s.why : err.message);
    else if (st == VAULT_OK &&
        ((d->record == VAULT_OK) != (s.ok == s.n) ||
            (d->record == BAD) != (s.tampered > 0) ||
            (d->record == GONE) != (s.waiting > 0)))
        wrong(d, st, s.why);
    if (told == GONE)
        told = VAULT_E_POLICY;
    if (told == VAULT_E_LIMIT)
        told = BAD;
    quick_verify(w.second, NULL, &said);
    if (said.st != told)
        wrong(d, said.st, said.lines);
    st = read_bundle(w.second, w.q.v, &s, &err);
    if (st != d->st)
        wrong(d, st, "with a key");
}

static void
each_changed_row_is_found(void **state)
{
    size_t i;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    expect_fine();
    failures = 0;
    for (i = 0; i < sizeof defects / sizeof defects[0]; i++)
        judge_defect(&defects[i]);
    assert_int_equal(failures, 0);
    end();
}

static void
every_cut_and_every_changed_page_gives_a_status(void **state)
{
    struct vault_error err = {0};
    struct seen s;
    uint8_t *p;
    size_t n, i;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    p = temp_read(w.path, &n);
    for (i = 0; i < n; i += i < 100 ? 1 : 4096 + i / 20) {
        temp_write(w.second, p, i);
        assert_int_not_equal(read_bundle(w.second, NULL, &s, &err), VAULT_OK);
    }
    for (i = 0; i < n; i += i < 100 ? 1 : 2777) {
        p[i] ^= 0xff;
        temp_write(w.second, p, n);
        (void)!read_bundle(w.second, w.q.v, &s, &err);
        p[i] ^= 0xff;
    }
    free(p);
    end();
}

/* ---- what the sender lies about, signed ---- */

static void
expect_refused(enum vault_status want, enum vault_status record)
{
    struct vault_error err = {0};
    struct seen s;
    enum vault_status st;

    made_write(&w.b, w.path);
    st = read_bundle(w.path, NULL, &s, &err);
    if (st != want)
        fail_msg("%s: %s", vault_status_name(st), err.message);
    if (st == VAULT_OK && record == BAD)
        assert_true(s.tampered > 0);
    if (st == VAULT_OK && record == GONE)
        assert_true(s.waiting > 0 && s.tampered == 0);
}

static void
a_bundle_signed_by_another_key_is_refused(void **state)
{
    (void)state;
    begin();
    w.b.signer = w.b.other.seed;
    expect_refused(BAD, VAULT_OK);
    end();
}

static void
an_epoch_that_another_wrote_is_refused(void **state)
{
    (void)state;
    begin();
    w.b.writer = &w.b.other;
    expect_refused(BAD, VAULT_OK);
    end();
}

/* E0 sealed once more, for a recipient whom the sender did not choose. */
static void
reseal(struct made_bundle *b)
{
    uint8_t info[32 + 144], plain[64];
    size_t n = vlt_label(VLT_L_EPOCH, info);

    memcpy(info + n, b->epoch.head, VLT_EPOCH_HEAD);
    vlt_epoch_rcpt_hash(info + n + VLT_EPOCH_HEAD, &b->epoch);
    memcpy(plain, b->e0->b, 32);
    vlt_random(plain + 32, 32);
    assert_int_equal(vlt_hpke_seal(b->epoch.wraps, w.q.v->card.kem, info,
                         n + VLT_EPOCH_HEAD + 32, plain, sizeof plain, NULL),
        0);
}

static void
what_was_meant_for_someone_else_is_refused(void **state)
{
    struct made_person meant;
    struct vault_error err = {0};
    struct seen s;

    (void)state;
    begin();
    made_person(&meant);
    w.b.to = &meant.card;
    w.b.after_epoch = reseal;
    made_write(&w.b, w.path);
    assert_int_equal(read_bundle(w.path, NULL, &s, &err), VAULT_OK);
    assert_int_equal(read_bundle(w.path, w.q.v, &s, &err), VAULT_E_TAMPERED);
    made_person_clear(&meant);
    end();
}

static void
one_more(struct made_bundle *b)
{
    b->text.records++;
}

static void
another_log(struct made_bundle *b)
{
    memcpy(b->text.log, b->log[1].point_hash, 32);
}

static void
another_manifest(struct made_bundle *b)
{
    b->text.manifest[0] ^= 1;
}

static void
lines_that_do_not_fit_the_rows_are_refused(void **state)
{
    static void (*const lies[])(
        struct made_bundle * b) = {one_more, another_log, another_manifest};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        begin();
        w.b.before_signing = lies[i];
        expect_refused(BAD, VAULT_OK);
        end();
    }
}

static int
add(const struct made_person *origin, int log, uint8_t use, int after)
{
    struct made_what what = {origin, log, use, after, 0, -1};

    return made_record(&w.b, &what);
}

/* A record that says it comes from another vault, in the sender's own log. */
static void
a_forged_origin_is_refused(void **state)
{
    (void)state;
    begin();
    (void)add(&w.b.other, 0, VLT_ENTRY_FULL, -1);
    made_point(&w.b, 0, 0);
    expect_refused(VAULT_OK, BAD);
    end();
}

/* The same in a log that claims to be the other vault's. */
static void
a_log_that_its_vault_did_not_sign_proves_nothing(void **state)
{
    int log;

    (void)state;
    begin();
    log = made_replica(&w.b, &w.b.other, &w.b.sender);
    (void)add(&w.b.other, log, VLT_ENTRY_FULL, -1);
    made_point(&w.b, log, log);
    expect_refused(VAULT_OK, BAD);
    end();
}

static void
a_checkpoint_by_another_key_proves_nothing(void **state)
{
    (void)state;
    begin();
    made_point(&w.b, 1, 0);
    expect_refused(VAULT_OK, BAD);
    end();
}

static void
a_version_without_the_one_before_waits(void **state)
{
    struct made_record head;

    (void)state;
    begin();
    head = w.b.record[2];
    w.b.record[2] = w.b.record[--w.b.records];
    w.b.record[w.b.records] = head; /* freed at the end */
    expect_refused(VAULT_OK, GONE);
    end();
}

static void
a_session_that_follows_none_proves_nothing(void **state)
{
    const uint8_t other[8] = {9};
    int log;

    (void)state;
    begin();
    log = made_session(&w.b, &w.b.sender, other, 2);
    (void)add(&w.b.sender, log, VLT_ENTRY_FULL, -1);
    made_point(&w.b, log, log);
    expect_refused(VAULT_OK, BAD);
    end();
}

static void
a_session_that_went_on_after_its_end_has_no_next(void **state)
{
    (void)state;
    begin();
    (void)add(&w.b.sender, 2, VLT_ENTRY_FULL, -1);
    made_point(&w.b, 2, 2);
    expect_refused(VAULT_OK, BAD);
    end();
}

/* Another person's card for the same vault and generation. */
static void
two_cards_of_one_generation_speak_for_nothing(void **state)
{
    struct made_person forged;
    struct vlt_buf note;
    struct vlt_card card;
    struct vlt_bundle *b = NULL;

    (void)state;
    begin();
    made_person(&forged);
    card = forged.card;
    memcpy(card.vault, w.b.other.card.vault, 16);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(&card, forged.seed, NULL, &note, NULL), 0);
    made_note(&w.b, "card", note.p, note.len);
    expect_refused(VAULT_OK, BAD);
    assert_int_equal(vlt_bundle_open(w.path, NULL, &b, NULL), 0);
    assert_int_equal(b->forks, 1);
    vlt_bundle_close(b);
    vlt_buf_clear(&note);
    made_person_clear(&forged);
    end();
}

/* The second generation of the sender's card signs; the first made its log. */
static void
sign_with_second(bool first_lies_beside, enum vault_status want)
{
    struct made_person *s = &w.b.sender, first;
    struct vault_error err = {0};
    struct seen seen;

    begin();
    first = *s;
    s->seed = vlt_seed_new();
    vlt_random(s->seed->b, 32);
    s->card.generation = 2;
    s->card.has_prev = true;
    memcpy(s->card.prev, first.card.fingerprint, 32);
    vlt_buf_init(&s->note, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(&s->card, s->seed, first.seed, &s->note,
                         NULL),
        0);
    if (first_lies_beside)
        made_note(&w.b, "card", first.note.p, first.note.len);
    made_write(&w.b, w.path);
    if (read_bundle(w.path, NULL, &seen, &err) != want)
        fail_msg("%s", err.message);
    assert_true(want != VAULT_OK || seen.ok == MADE_ALL);
    made_person_clear(&first);
    end();
}

static void
a_later_generation_needs_those_before_it(void **state)
{
    (void)state;
    sign_with_second(false, VAULT_E_TAMPERED);
    sign_with_second(true, VAULT_OK);
}

static void
put_revocation(const struct made_person *of, const struct made_person *by)
{
    struct vlt_revoke r;
    struct vlt_buf note;

    memset(&r, 0, sizeof r);
    memcpy(r.vault, of->card.vault, 16);
    r.generation = 1;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_revoke_make(&r, by->seed, &note, NULL), 0);
    made_note(&w.b, "revoke", note.p, note.len);
    vlt_buf_clear(&note);
}

static void
a_revoked_card_is_told_and_only_its_own_key_revokes_it(void **state)
{
    struct quick_verdict said;

    (void)state;
    begin();
    put_revocation(&w.b.sender, &w.b.other);
    put_revocation(&w.b.other, &w.b.other);
    made_write(&w.b, w.path);
    quick_verify(w.path, NULL, &said);
    assert_int_equal(said.st, VAULT_OK);
    assert_non_null(strstr(said.lines, "NOT_SEEN revoked"));
    end();
    begin();
    put_revocation(&w.b.sender, &w.b.sender);
    made_write(&w.b, w.path);
    quick_verify(w.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_POLICY);
    end();
}

/* ---- wraps and contents that the sender lies about ---- */

static void
swap(void *a, void *b, size_t n)
{
    uint8_t *x = a, *y = b, held;

    while (n-- > 0) {
        held = *x;
        *x++ = *y;
        *y++ = held;
    }
}

static void
swap_wraps(struct made_bundle *b)
{
    swap(b->record[0].wrap, b->record[1].wrap, VLT_RECORD_WRAP);
}

/* With its wrap: what one record shows, under another's head. */
static void
swap_extracts(struct made_bundle *b)
{
    swap(b->record[7].wrap, b->record[8].wrap, VLT_RECORD_WRAP);
    swap(&b->record[7].extract, &b->record[8].extract, sizeof(struct vlt_buf));
}

static void
change_extract(struct made_bundle *b)
{
    b->record[7].extract.p[20] ^= 1;
}

static void
signed_lies_are_found_by_whoever_opens(void **state)
{
    static void (*const lies[])(
        struct made_bundle * b) = {swap_wraps, swap_extracts, change_extract};
    struct vault_verify_options opt = {.key = NULL};
    struct quick_verdict said;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        begin();
        w.b.after_wraps = lies[i];
        made_write(&w.b, w.path);
        quick_verify(w.path, NULL, &said);
        assert_int_equal(said.st, VAULT_OK);
        opt.key = w.q.key;
        opt.vault = w.q.path;
        quick_verify_with(w.path, &opt, &said);
        assert_int_equal(said.st, VAULT_E_TAMPERED);
        end();
    }
}

/* The log names a content that the ciphertext does not hold. */
static void
a_record_whose_content_is_another_does_not_open(void **state)
{
    struct made_record *r;
    struct vault_error err = {0};
    struct seen s;

    (void)state;
    begin();
    r = &w.b.record[0];
    r->head.content[0] ^= 1;
    vlt_record_stmt(r->stmt, &r->head);
    made_log_again(&w.b, 0);
    made_point(&w.b, 0, 0);
    made_write(&w.b, w.path);
    if (read_bundle(w.path, w.q.v, &s, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(s.ok, s.n);
    assert_int_equal(s.shut, 1);
    end();
}

/* ---- compartments ---- */

static void
read_apart(const struct vlt_card *to, unsigned opened)
{
    struct vault_error err = {0};
    struct seen s;

    w.b.apart_to = to;
    w.b.apart = 0;
    made_write(&w.b, w.path);
    if (read_bundle(w.path, w.q.v, &s, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(s.ok, MADE_ALL);
    assert_int_equal(s.opened, opened);
    assert_int_equal(s.shut, 9 - opened);
}

static void
a_record_of_a_compartment_travels_with_its_epoch(void **state)
{
    struct quick_verdict said;
    struct made_person others;

    (void)state;
    begin();
    read_apart(&w.q.v->card, 9);
    end();
    begin();
    made_person(&others);
    read_apart(&others.card, 8);
    quick_sql(w.path, "DELETE FROM epoch WHERE e = 2");
    quick_verify(w.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    made_person_clear(&others);
    end();
    begin();
    w.b.apart_to = &w.q.v->card;
    w.b.apart = 2; /* a head: nothing names the epoch */
    expect_refused(BAD, VAULT_OK);
    end();
}

/* ---- much of everything ---- */

#define MANY                                                                  \
    "WITH RECURSIVE i(x) AS (SELECT 100 UNION ALL SELECT x + 1 FROM i WHERE " \
    "x < 4000) "
#define OTHER_HEAD \
    "CAST(substr(head, 1, 128) || randomblob(32) || substr(head, 161) AS BLOB)"

/* Each would take long if the work grew with the square of the rows. */
static void
thousands_of_anything_take_no_longer_than_they_are_many(void **state)
{
    static const char *const many[] = {
        /* one id and version, one proof each in one log */
        MANY "INSERT INTO record SELECT x, f, id, ver, " OTHER_HEAD
             ", NULL FROM record, i WHERE rid = 3; " MANY
             "INSERT INTO proof SELECT x, log, size, idx, kind, ev, path FROM "
             "proof, i WHERE rid = 1",
        /* all lean on one version and on one body */
        MANY "INSERT INTO record SELECT x, f, id, ver, " OTHER_HEAD
             ", NULL FROM record, i WHERE rid = 6",
        /* extracts of one record */
        MANY "INSERT INTO extract(rid, wrap, b) SELECT rid, wrap, b FROM "
             "extract, i WHERE rid = 8",
        /* notes that nobody signed, and one card again and again */
        MANY "INSERT INTO note(f, kind, b) SELECT f, 'revoke', b FROM note, i "
             "WHERE n = 2",
        MANY "INSERT INTO note(f, kind, b) SELECT f, 'device', b FROM note, i "
             "WHERE kind = 'device'",
        /* logs that begin nowhere */
        MANY "INSERT INTO log(origin, note) SELECT origin || x, note FROM log, "
             "i WHERE n = 4",
    };
    size_t i;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    for (i = 0; i < sizeof many / sizeof many[0]; i++) {
        struct vault_error err = {0};
        struct seen s;
        clock_t from;

        temp_copy(w.path, w.second);
        quick_sql(w.second, many[i]);
        from = clock();
        (void)!read_bundle(w.second, w.q.v, &s, &err);
        if (clock() - from > 10 * CLOCKS_PER_SEC)
            fail_msg("number %zu took too long", i);
    }
    end();
}

/* ---- what verify says ---- */

static void
verify_says_whole_part_and_heads(void **state)
{
    struct vault_verify_options opt = {.key = NULL};
    struct quick_verdict v;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    quick_verify(w.path, NULL, &v);
    if (v.st != VAULT_OK)
        fail_msg("%s", v.lines);
    assert_non_null(strstr(v.lines, "7 whole, 2 in part, 2 heads only"));
    assert_non_null(strstr(v.lines, "not compared with a card"));
    assert_true(v.verdict.bundle);
    assert_false(v.verdict.unlocked);
    assert_int_equal(v.verdict.recipients, 4);
    assert_null(strstr(v.lines, "verified"));
    opt.key = w.q.key;
    quick_verify_with(w.path, &opt, &v);
    assert_int_equal(v.st, VAULT_E_USAGE);
    opt.vault = w.q.path;
    quick_verify_with(w.path, &opt, &v);
    if (v.st != VAULT_OK)
        fail_msg("%s %s", v.lines, v.err.message);
    assert_true(v.verdict.unlocked);
    assert_non_null(strstr(v.lines, "9 record versions opened"));
    end();
}

static void
verify_compares_the_signer_and_says_since_is_not_for_bundles(void **state)
{
    const char *cards[1], *since[] = {"x"};
    struct vault_verify_options opt = {.cards = cards, .cards_len = 1};
    struct quick_verdict v;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    cards[0] = vlt_buf_cstr(&w.b.sender.note);
    quick_verify_with(w.path, &opt, &v);
    assert_int_equal(v.st, VAULT_OK);
    assert_true(v.verdict.compared);
    cards[0] = vlt_buf_cstr(&w.b.other.note);
    quick_verify_with(w.path, &opt, &v);
    assert_int_equal(v.st, VAULT_E_POLICY);
    assert_non_null(strstr(v.lines, "(compared)")); /* as an origin */
    opt.cards_len = 0;
    opt.since = since;
    opt.since_len = 1;
    quick_verify_with(w.path, &opt, &v);
    assert_int_equal(v.st, VAULT_E_POLICY);
    end();
}

/* Each costs a look at all of them: a record of many would stop everything. */
static void
more_versions_of_one_record_than_anyone_makes_are_refused(void **state)
{
    struct vault_error err = {0};
    struct seen s;

    (void)state;
    begin();
    made_write(&w.b, w.path);
    quick_sql(w.path,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 1024) INSERT INTO record SELECT 1000 + i, f, id, ver, head, NULL "
        "FROM record, n WHERE rid = 1");
    assert_int_equal(read_bundle(w.path, NULL, &s, &err), VAULT_E_LIMIT);
    assert_non_null(strstr(err.message, "versions of one record"));
    end();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            more_versions_of_one_record_than_anyone_makes_are_refused),
        cmocka_unit_test(a_bundle_in_which_all_holds_is_read_and_opened),
        cmocka_unit_test(each_record_comes_with_a_proof_that_anyone_can_check),
        cmocka_unit_test(notes_come_cards_first_and_sessions_in_order),
        cmocka_unit_test(nobody_but_its_recipient_opens_it),
        cmocka_unit_test(each_changed_row_is_found),
        cmocka_unit_test(every_cut_and_every_changed_page_gives_a_status),
        cmocka_unit_test(a_bundle_signed_by_another_key_is_refused),
        cmocka_unit_test(an_epoch_that_another_wrote_is_refused),
        cmocka_unit_test(what_was_meant_for_someone_else_is_refused),
        cmocka_unit_test(lines_that_do_not_fit_the_rows_are_refused),
        cmocka_unit_test(a_forged_origin_is_refused),
        cmocka_unit_test(a_log_that_its_vault_did_not_sign_proves_nothing),
        cmocka_unit_test(a_checkpoint_by_another_key_proves_nothing),
        cmocka_unit_test(a_version_without_the_one_before_waits),
        cmocka_unit_test(a_session_that_follows_none_proves_nothing),
        cmocka_unit_test(a_session_that_went_on_after_its_end_has_no_next),
        cmocka_unit_test(two_cards_of_one_generation_speak_for_nothing),
        cmocka_unit_test(a_later_generation_needs_those_before_it),
        cmocka_unit_test(
            a_revoked_card_is_told_and_only_its_own_key_revokes_it),
        cmocka_unit_test(signed_lies_are_found_by_whoever_opens),
        cmocka_unit_test(a_record_whose_content_is_another_does_not_open),
        cmocka_unit_test(a_record_of_a_compartment_travels_with_its_epoch),
        cmocka_unit_test(
            thousands_of_anything_take_no_longer_than_they_are_many),
        cmocka_unit_test(verify_says_whole_part_and_heads),
        cmocka_unit_test(
            verify_compares_the_signer_and_says_since_is_not_for_bundles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
