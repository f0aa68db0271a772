/* SPDX-License-Identifier: Apache-2.0 */
/* test_share.c: what a bundle holds, for whom, and what the vault keeps of it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/cards.h>

#include "action.h"
#include "bundle_read.h"
#include "circle.h"
#include "fnote.h"
#include "handle.h"
#include "os.h"
#include "sent.h"
#include "settings.h"

enum { LONG = 3 * 1024 * 1024 };

static struct circle c;

static int
three_vaults(void **state)
{
    (void)state;
    circle_make(&c, 3);
    return 0;
}

static int
no_vaults(void **state)
{
    (void)state;
    circle_end(&c);
    return 0;
}

static void
must(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        fail_msg("%s: %s", vault_status_name(st), err->message);
}

/* A record with a body and fields that are somebody's. */
static void
add(struct vault *v, const char *title, const void *body, size_t n,
    struct vault_sealed *out)
{
    struct vault_sealer *s = NULL;
    struct vault_error err;

    must(vault_seal_begin(v, "note", &s, &err), &err);
    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title", title,
             strlen(title), &err),
        &err);
    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "name.given",
             "withheld-given", 14, &err),
        &err);
    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "name.family",
             "withheld-family", 15, &err),
        &err);
    if (body != NULL)
        must(vault_seal_write(s, body, n, &err), &err);
    must(vault_seal_commit(s, out, &err), &err);
}

static void
amend(struct vault *v, const uint8_t id[VAULT_ID], const char *value)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct vault_error err;

    must(vault_amend_begin(v, id, NULL, &s, &err), &err);
    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "comment", value,
             strlen(value), &err),
        &err);
    must(vault_seal_commit(s, &out, &err), &err);
}

/* ---- giving ---- */

static void
begin(size_t from, const struct vault_share_options *o, unsigned to,
    struct vault_share **out)
{
    struct vault_error err;
    char name[24];

    must(vault_share_begin(c.q[from].v, o, out, &err), &err);
    for (size_t i = 0; i < c.n; i++) {
        (void)snprintf(name, sizeof name, "v%zu", i);
        if ((to >> i & 1) != 0)
            must(vault_share_to(*out, name, &err), &err);
    }
}

static void
finish(struct vault_share *s, const char *name, char path[TEMP_PATH],
    struct vault_shared *done)
{
    struct vault_shared own;
    struct vault_error err;
    char dest[TEMP_PATH];

    temp_dir_path(&c.files, name, dest);
    if (done == NULL)
        done = &own;
    must(vault_share_commit(s, dest, done, &err), &err);
    (void)snprintf(path, TEMP_PATH, "%s", done->path);
    free(done->path);
    done->path = NULL;
    if (done == &own)
        free(own.minisig);
}

static void
give(size_t from, unsigned to, const uint8_t id[VAULT_ID], const char *name,
    char path[TEMP_PATH])
{
    const struct vault_share_options o = {.plain_container = true};
    struct vault_share *s = NULL;
    struct vault_error err;

    begin(from, &o, to, &s);
    must(vault_share_add(s, id, 0, &err), &err);
    finish(s, name, path, NULL);
}

/* ---- what is in a file ---- */

struct counted {
    unsigned whole, part, heads, bad;
    uint64_t segments;
    struct vault_error why;
};

static enum vault_status
count_record(void *ctx, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct counted *n = ctx;

    (void)err;
    n->whole += r->use == VLT_ENTRY_FULL;
    n->part += r->use == VLT_ENTRY_PART;
    n->heads += r->use == VLT_ENTRY_HEAD;
    n->segments += r->segments;
    if (r->status != VAULT_OK) {
        n->bad++;
        n->why = r->why;
    }
    return VAULT_OK;
}

/* Everything an auditor checks without a secret holds. */
static void
audit(const char *path, struct counted *n)
{
    struct vlt_bundle *b = NULL;
    struct vault_error err;

    memset(n, 0, sizeof *n);
    must(vlt_bundle_open(path, &c.q[0].opt, &b, &err), &err);
    must(vlt_bundle_records(b, count_record, n, &err), &err);
    if (n->bad > 0)
        fail_msg("%s", n->why.message);
    vlt_bundle_close(b);
}

static bool
opens_for(size_t i, const char *path)
{
    struct vlt_bundle *b = NULL;
    struct vault_error err;
    enum vault_status st;

    must(vlt_bundle_open(path, &c.q[i].opt, &b, &err), &err);
    st = vlt_bundle_unlock(b, c.q[i].v, &err);
    assert_true(st == VAULT_OK || st == VAULT_E_NO_KEY);
    vlt_bundle_close(b);
    return st == VAULT_OK;
}

static uint8_t *
file_of(const char *path, size_t *n)
{
    uint8_t *p = NULL;
    struct vault_error err;

    must(vlt_os_read_small(path, 64 * 1024 * 1024, &p, n, &err), &err);
    return p;
}

static bool
contains(const uint8_t *p, size_t n, const void *what, size_t len)
{
    for (size_t i = 0; i + len <= n; i++) {
        if (p[i] == *(const uint8_t *)what && memcmp(p + i, what, len) == 0)
            return true;
    }
    return false;
}

/* ---- tests ---- */

static void
a_bundle_holds_what_an_auditor_checks(void **unused)
{
    struct vault_sealed a;
    struct counted n;
    char path[TEMP_PATH];
    uint8_t *body = malloc(LONG);

    (void)unused;
    assert_non_null(body);
    quick_noise(body, LONG, 1);
    add(c.q[0].v, "long", body, LONG, &a);
    give(0, 2, a.id, "one", path);
    audit(path, &n);
    assert_int_equal(n.whole, 1);
    assert_int_equal(n.heads, 0);
    assert_true(n.segments >= 3);
    assert_true(opens_for(1, path));
    assert_false(opens_for(2, path));
    assert_false(opens_for(0, path)); /* not even its sender */
    free(body);
}

static void
only_rows_of_a_bundle_are_in_it(void **unused)
{
    static const char *const none[] = {"slot", "identity", "leaf", "node",
        "staging", "attachment", "local", "page", "ext"};
    struct vault_sealed a;
    char path[TEMP_PATH], sql[128];

    (void)unused;
    add(c.q[0].v, "rows", "text", 4, &a);
    give(0, 2, a.id, "rows", path);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", none[i]);
        assert_int_equal(quick_count(path, sql), 0);
    }
    assert_int_equal(quick_count(path, "SELECT count(*) FROM epoch"), 1);
    assert_int_equal(quick_count(path,
                         "SELECT count(*) FROM epoch WHERE cache IS NULL AND "
                         "length(wraps) = 4800 AND length(rcpt) = 128"),
        1);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM note WHERE f = 1"),
        0);
    assert_int_equal(quick_count(path, "PRAGMA page_size"), 4096);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM meta"), 6);
}

static void
nothing_in_it_names_a_recipient(void **unused)
{
    struct vault_sealed a;
    char path[TEMP_PATH], hex[33];
    uint8_t *p;
    size_t n;

    (void)unused;
    add(c.q[0].v, "names", "text", 4, &a);
    give(0, 6, a.id, "names", path);
    p = file_of(path, &n);
    for (size_t i = 1; i < 3; i++) {
        const struct vlt_card *card = &c.q[i].v->card;

        for (size_t k = 0; k < 16; k++)
            (void)snprintf(hex + 2 * k, 3, "%02x", card->vault[k]);
        assert_false(contains(p, n, card->vault, 16));
        assert_false(contains(p, n, card->fingerprint, 32));
        assert_false(contains(p, n, card->kem, 32));
        assert_false(contains(p, n, card->sign, 32));
        assert_false(contains(p, n, hex, 32));
    }
    free(p);
}

static void
the_number_of_recipients_is_padded(void **unused)
{
    static const char wraps[] = "SELECT length(wraps) / 1200 FROM epoch";
    struct vault_sealed a;
    char one[TEMP_PATH], two[TEMP_PATH];

    (void)unused;
    add(c.q[0].v, "padded", "text", 4, &a);
    give(0, 2, a.id, "for-one", one);
    give(0, 6, a.id, "for-two", two);
    assert_int_equal(quick_count(one, wraps), 4);
    assert_int_equal(quick_count(two, wraps), 4);
}

/* By pieces of 16 bytes. */
static void
two_bundles_of_the_same_share_no_wrap(void **unused)
{
    struct vault_sealed a;
    char one[TEMP_PATH], two[TEMP_PATH];
    uint8_t *p, *q;
    size_t n, m;

    (void)unused;
    add(c.q[0].v, "twice", "text", 4, &a);
    give(0, 2, a.id, "twice-1", one);
    give(0, 2, a.id, "twice-2", two);
    p = file_of(one, &n);
    q = file_of(two, &m);
    {
        struct vlt_bundle *b = NULL, *d = NULL;
        struct vault_error err;

        must(vlt_bundle_open(one, &c.q[0].opt, &b, &err), &err);
        must(vlt_bundle_open(two, &c.q[0].opt, &d, &err), &err);
        for (size_t i = 0; i < 4; i++) {
            const uint8_t *w = b->epoch.epoch.wraps + i * VLT_EPOCH_WRAP;

            assert_true(contains(p, n, w, VLT_EPOCH_WRAP / 8));
            for (size_t at = 0; at < VLT_EPOCH_WRAP; at += 16)
                assert_false(contains(q, m, w + at, 16));
        }
        assert_memory_not_equal(b->epoch.epoch.id, d->epoch.epoch.id, 16);
        assert_memory_not_equal(b->text.bundle, d->text.bundle, 16);
        vlt_bundle_close(b);
        vlt_bundle_close(d);
    }
    free(p);
    free(q);
}

static void
every_earlier_version_travels_as_its_head(void **unused)
{
    struct vault_sealed a;
    struct counted n;
    char path[TEMP_PATH];
    uint8_t *body = malloc(LONG);

    (void)unused;
    assert_non_null(body);
    quick_noise(body, LONG, 2);
    add(c.q[0].v, "versions", body, LONG, &a);
    amend(c.q[0].v, a.id, "two");
    amend(c.q[0].v, a.id, "three");
    give(0, 2, a.id, "versions", path);
    audit(path, &n);
    assert_int_equal(n.whole, 1);
    assert_int_equal(n.heads, 2);
    assert_true(n.segments >= 3);
    /* under the row of the version that made the body */
    assert_int_equal(quick_count(path,
                         "SELECT count(DISTINCT rid) FROM segment"),
        1);
    assert_int_equal(quick_count(path,
                         "SELECT ver FROM record JOIN segment USING (rid) "
                         "LIMIT 1"),
        1);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM proof"), 1);
    free(body);
}

static void
withheld_fields_stay_withheld(void **unused)
{
    static const char *const without[] = {"name", "body"};
    const struct vault_share_options o = {.plain_container = true,
        .without = without,
        .without_n = 2};
    struct vault_share *s = NULL;
    struct vault_share_plan plan;
    struct vault_sealed a;
    struct vault_error err;
    struct counted n;
    char path[TEMP_PATH];
    uint8_t *body = malloc(LONG);

    (void)unused;
    assert_non_null(body);
    quick_noise(body, LONG, 3);
    add(c.q[0].v, "in part", body, LONG, &a);
    begin(0, &o, 2, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    vault_share_plan(s, &plan);
    assert_int_equal(plan.part, 1);
    assert_int_equal(plan.originals, 0);
    finish(s, "part", path, NULL);
    audit(path, &n);
    assert_int_equal(n.part, 1);
    assert_int_equal(n.segments, 0);
    assert_int_equal(quick_count(path,
                         "SELECT count(*) FROM record WHERE meta IS NOT NULL"),
        0);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM wrap"), 0);
    assert_int_equal(quick_count(path, "SELECT count(*) FROM extract"), 1);
    free(body);
}

struct shown {
    struct vlt_bundle *b;
    char names[512];
};

static enum vault_status
open_part(void *ctx, const struct vlt_bundle_record *r, struct vault_error *err)
{
    struct shown *s = ctx;
    struct vlt_extract x;
    struct vlt_xk *xk = NULL;

    must(vlt_bundle_open_part(s->b, r, true, &xk, &x, err), err);
    for (size_t i = 0; i < x.fields.n; i++) {
        strncat(s->names, x.fields.f[i].name, x.fields.f[i].name_len);
        strcat(s->names, " ");
    }
    vlt_extract_clear(&x);
    vlt_xk_free(xk);
    return VAULT_OK;
}

static void
only_what_is_named_is_shown(void **unused)
{
    static const char *const only[] = {"name"};
    static const char *const without[] = {"name.family"};
    const struct vault_share_options o = {.plain_container = true,
        .only = only,
        .only_n = 1,
        .without = without,
        .without_n = 1};
    struct vault_share *s = NULL;
    struct vault_sealed a;
    struct vault_error err;
    struct shown shown = {.names = ""};
    char path[TEMP_PATH];

    (void)unused;
    add(c.q[0].v, "names only", "text", 4, &a);
    begin(0, &o, 2, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    finish(s, "only", path, NULL);
    must(vlt_bundle_open(path, &c.q[1].opt, &shown.b, &err), &err);
    must(vlt_bundle_unlock(shown.b, c.q[1].v, &err), &err);
    must(vlt_bundle_records(shown.b, open_part, &shown, &err), &err);
    assert_string_equal(shown.names, "name.given time.sealed type ");
    vlt_bundle_close(shown.b);
}

/* A slip of the pen would give away what was to be withheld. */
static void
a_name_that_withholds_nothing_is_refused(void **unused)
{
    static const char *const without[] = {"name.family", "nmae.given"};
    struct vault_share_options o = {.plain_container = true,
        .without = without,
        .without_n = 2};
    struct vault_share *s = NULL;
    struct vault_shared done;
    struct vault_sealed a;
    struct vault_error err;
    char path[TEMP_PATH];

    (void)unused;
    add(c.q[0].v, "a slip", "text", 4, &a);
    begin(0, &o, 2, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    temp_dir_path(&c.q[0].dir, "slip.bundle", path);
    assert_int_equal(vault_share_commit(s, path, &done, &err), VAULT_E_USAGE);
    assert_false(vlt_os_exists(path));
    o.without_n = 1;
    begin(0, &o, 2, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    finish(s, "slip", path, NULL);
}

static void
the_type_cannot_be_withheld(void **unused)
{
    static const char *const without[] = {"type"};
    const struct vault_share_options o = {.without = without, .without_n = 1};
    struct vault_share *s = NULL;

    (void)unused;
    assert_int_equal(vault_share_begin(c.q[0].v, &o, &s, NULL), VAULT_E_USAGE);
}

static void
a_record_without_the_fields_is_left_out(void **unused)
{
    static const char *const only[] = {"testimony.text"};
    const struct vault_share_options o = {.only = only, .only_n = 1};
    struct vault_share *s = NULL;
    struct vault_share_plan plan;
    struct vault_sealed a;
    struct vault_error err;

    (void)unused;
    add(c.q[0].v, "bare", NULL, 0, &a);
    begin(0, &o, 2, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    vault_share_plan(s, &plan);
    assert_int_equal(plan.bare, 1);
    assert_int_equal(plan.whole + plan.part, 0);
    assert_int_equal(vault_share_commit(s, "nothing", &(struct vault_shared){0},
                         &err),
        VAULT_E_USAGE);
}

static uint64_t
new_for(size_t from, unsigned to, bool again)
{
    const struct vault_share_options o = {.plain_container = true};
    struct vault_share *s = NULL;
    struct vault_share_plan plan;
    struct vault_error err;

    begin(from, &o, to, &s);
    must(vault_share_add_list(s, NULL, again, &err), &err);
    vault_share_plan(s, &plan);
    vault_share_abort(s);
    return plan.whole + plan.part;
}

static void
new_is_what_not_every_recipient_had(void **unused)
{
    const struct vault_share_options o = {.plain_container = true};
    struct vault_share *s = NULL;
    struct vault_sealed a, b;
    struct vault_error err;
    char path[TEMP_PATH];

    (void)unused;
    assert_int_equal(new_for(1, 1, false), 0);
    add(c.q[1].v, "first", "1", 1, &a);
    add(c.q[1].v, "second", "2", 1, &b);
    assert_int_equal(new_for(1, 1, false), 2);
    give(1, 1, a.id, "new-1", path);
    assert_int_equal(new_for(1, 1, false), 1);
    assert_int_equal(new_for(1, 4, false), 2);
    assert_int_equal(new_for(1, 5, false), 2);
    assert_int_equal(new_for(1, 1, true), 2);
    begin(1, &o, 5, &s);
    must(vault_share_add_list(s, NULL, false, &err), &err);
    finish(s, "new-2", path, NULL);
    assert_int_equal(new_for(1, 5, false), 0);
    amend(c.q[1].v, a.id, "later");
    assert_int_equal(new_for(1, 5, false), 1);
}

static void
what_was_given_in_part_is_new_when_given_whole(void **unused)
{
    static const char *const only[] = {"title"};
    const struct vault_share_options o = {.plain_container = true,
        .only = only,
        .only_n = 1};
    struct vault_share *s = NULL;
    struct vault_sealed a;
    struct vault_error err;
    char path[TEMP_PATH];
    uint64_t before = new_for(2, 1, false);

    (void)unused;
    add(c.q[2].v, "part first", "1", 1, &a);
    begin(2, &o, 1, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    finish(s, "part-first", path, NULL);
    assert_int_equal(new_for(2, 1, false), before + 1);
    give(2, 1, a.id, "then-whole", path);
    assert_int_equal(new_for(2, 1, false), before);
}

static unsigned shares, sents;

static enum vault_status
count_share(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    const uint8_t *text = ctx;

    (void)err;
    shares += strcmp(r->leaf.kind, "share") == 0 &&
        memcmp(r->leaf.subject, text, 32) == 0;
    return VAULT_OK;
}

static enum vault_status
count_sent(void *ctx, const struct vlt_sent *s, struct vault_error *err)
{
    const struct vault_shared *done = ctx;

    (void)err;
    if (memcmp(s->bundle, done->bundle, 16) == 0) {
        sents++;
        assert_int_equal(s->to_len, 2);
        assert_int_equal(s->n, 1);
        assert_memory_equal(s->text, done->text, 32);
    }
    return VAULT_OK;
}

static void
the_vault_says_what_was_given_to_whom(void **unused)
{
    const struct vault_share_options o = {.plain_container = true};
    struct vault_share *s = NULL;
    struct vault_shared done;
    struct vault_sealed a;
    struct vault_error err;
    struct quick_verdict verdict;
    char path[TEMP_PATH];
    struct vault *v = c.q[0].v;

    (void)unused;
    add(v, "logged", "1", 1, &a);
    begin(0, &o, 6, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    finish(s, "logged", path, &done);
    must(vlt_read_begin(v, &err), &err);
    shares = sents = 0;
    must(vlt_leaves(v->store, v->log_n, 0, count_share, done.text, &err), &err);
    must(vlt_sents(v, count_sent, &done, &err), &err);
    vlt_store_rollback(v->store);
    assert_int_equal(shares, 1);
    assert_int_equal(sents, 1);
    quick_verify(c.q[0].path, c.q[0].key, &verdict);
    assert_int_equal(verdict.st, VAULT_OK);
}

static void
nothing_is_overwritten_and_nothing_is_left_behind(void **unused)
{
    const struct vault_share_options o = {.plain_container = true};
    struct vault_share *s = NULL;
    struct vault_shared done;
    struct vault_sealed a;
    struct vault_error err;
    char path[TEMP_PATH], again[TEMP_PATH];
    uint64_t before;

    (void)unused;
    add(c.q[0].v, "over", "1", 1, &a);
    before = new_for(0, 2, false);
    temp_dir_path(&c.files, "over.bundle", again);
    must(vlt_os_create_small(again, "mine", 4, &err), &err);
    begin(0, &o, 2, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    temp_dir_path(&c.files, "over", path);
    assert_int_equal(vault_share_commit(s, path, &done, &err), VAULT_E_EXISTS);
    assert_int_equal(new_for(0, 2, false), before);
    {
        size_t n;
        uint8_t *p = file_of(again, &n);

        assert_int_equal(n, 4);
        free(p);
    }
}

static void
the_pin_of_a_card_matters(void **unused)
{
    struct vault_share_options o = {.plain_container = true};
    struct vault_share *s = NULL;
    struct vault_share_recipient r;
    struct vault_error err;

    (void)unused;
    circle_pin(c.q[0].v, c.q[0].v == c.q[1].v ? c.q[2].v : c.q[1].v, "v1",
        true);
    must(vault_share_begin(c.q[0].v, &o, &s, &err), &err);
    assert_int_equal(vault_share_to(s, "nobody", &err), VAULT_E_NOT_FOUND);
    must(vault_share_to(s, "v1", &err), &err);
    assert_int_equal(vault_share_to(s, "v1", &err), VAULT_E_EXISTS);
    vault_share_recipient(s, 0, &r);
    assert_string_equal(r.name, "v1");
    assert_int_equal(r.pin, VAULT_SHARE_KNOWN);
    vault_share_abort(s);
}

static int
keep_note(void *ctx, const char *note, size_t len)
{
    struct vlt_buf *b = ctx;

    vlt_buf_put(b, note, len);
    return 0;
}

static void
revoke(struct vault *v, struct vault *of)
{
    struct vault_error err;
    struct vlt_buf note;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vault_card_revocation(of, 0, keep_note, &note, &err), &err);
    must(vault_card_revoke(v, note.p, note.len, NULL, NULL, &err), &err);
    vlt_buf_clear(&note);
}

static void
a_card_that_nobody_compared_is_asked_for_and_a_revoked_one_never_taken(
    void **unused)
{
    const struct vault_share_options strict = {.plain_container = true};
    const struct vault_share_options loose = {.plain_container = true,
        .allow_unconfirmed = true};
    struct vault_share *s = NULL;
    struct vault_share_recipient r;
    struct vault_shared done;
    struct vault_sealed a;
    struct quick_vault extra;
    struct vault_error err;
    char path[TEMP_PATH];
    uint64_t before;

    (void)unused;
    quick_make(&extra);
    circle_pin(c.q[0].v, extra.v, "extra", false);
    add(c.q[0].v, "for extra", "1", 1, &a);
    must(vault_share_begin(c.q[0].v, &strict, &s, &err), &err);
    assert_int_equal(vault_share_to(s, "extra", &err), VAULT_E_POLICY);
    vault_share_abort(s);
    must(vault_share_begin(c.q[0].v, &loose, &s, &err), &err);
    must(vault_share_to(s, "extra", &err), &err);
    vault_share_recipient(s, 0, &r);
    assert_int_equal(r.pin, VAULT_SHARE_UNKNOWN);
    must(vault_share_add(s, a.id, 0, &err), &err);
    /* the card is revoked while somebody reads the list */
    revoke(c.q[0].v, extra.v);
    before = new_for(0, 2, false);
    temp_dir_path(&c.files, "revoked", path);
    assert_int_equal(vault_share_commit(s, path, &done, &err), VAULT_E_POLICY);
    temp_dir_path(&c.files, "revoked.bundle", path);
    assert_false(vlt_os_exists(path));
    assert_int_equal(new_for(0, 2, false), before);
    must(vault_share_begin(c.q[0].v, &loose, &s, &err), &err);
    assert_int_equal(vault_share_to(s, "extra", &err), VAULT_E_POLICY);
    vault_share_abort(s);
    quick_end(&extra);
}

/* ---- passing on ---- */

static void
receive(size_t i, const char *path)
{
    struct vault_receive_result r;
    struct vault_error err;

    must(circle_receive(c.q[i].v, &path, 1, &r, &err), &err);
}

/* The stored bytes of one column of the only record of a bundle. */
static void
column(const char *path, uint8_t **head, struct vlt_buf *meta)
{
    struct vlt_bundle *b = NULL;
    struct vault_error err;
    struct vlt_record_row row;

    must(vlt_bundle_open(path, &c.q[0].opt, &b, &err), &err);
    vlt_buf_init(meta, VLT_META_MAX + 16);
    must(vlt_record_by_rid(b->store, 1, &row, meta, &err), &err);
    *head = malloc(VLT_RECORD_HEAD);
    assert_non_null(*head);
    vlt_record_head_encode(*head, &row.head);
    vlt_bundle_close(b);
}

static void
what_is_passed_on_is_what_its_origin_signed(void **unused)
{
    struct vault_sealed a;
    struct counted n;
    struct vlt_buf meta[2];
    uint8_t *head[2];
    char one[TEMP_PATH], two[TEMP_PATH];
    uint8_t *body = malloc(LONG);
    uint64_t back = new_for(1, 1, false);

    (void)unused;
    assert_non_null(body);
    quick_noise(body, LONG, 5);
    add(c.q[0].v, "passed on", body, LONG, &a);
    give(0, 2, a.id, "first-hand", one);
    receive(1, one);
    /* its origin has it: nothing to give back */
    assert_int_equal(new_for(1, 1, false), back);
    give(1, 4, a.id, "second-hand", two);
    audit(two, &n);
    assert_int_equal(n.whole, 1);
    assert_true(n.segments >= 3);
    column(one, &head[0], &meta[0]);
    column(two, &head[1], &meta[1]);
    assert_memory_equal(head[0], head[1], VLT_RECORD_HEAD);
    assert_int_equal(meta[0].len, meta[1].len);
    assert_memory_equal(meta[0].p, meta[1].p, meta[0].len);
    for (size_t i = 0; i < 2; i++) {
        free(head[i]);
        vlt_buf_clear(&meta[i]);
    }
    receive(2, two);
    {
        size_t len = 0;
        uint8_t *got = quick_body(c.q[2].v, a.id, &len);

        assert_int_equal(len, LONG);
        assert_memory_equal(got, body, LONG);
        free(got);
    }
    free(body);
}

static void
shown_to(size_t i, const char *path, const char *want)
{
    struct shown shown = {.names = ""};
    struct vault_error err;

    must(vlt_bundle_open(path, &c.q[i].opt, &shown.b, &err), &err);
    must(vlt_bundle_unlock(shown.b, c.q[i].v, &err), &err);
    must(vlt_bundle_records(shown.b, open_part, &shown, &err), &err);
    assert_string_equal(shown.names, want);
    vlt_bundle_close(shown.b);
}

static void
give_fields(size_t from, unsigned to, const char *const *only, size_t only_n,
    const uint8_t id[VAULT_ID], const char *name, char path[TEMP_PATH])
{
    const struct vault_share_options o = {.plain_container = true,
        .only = only,
        .only_n = only_n};
    struct vault_share *s = NULL;
    struct vault_error err;

    begin(from, &o, to, &s);
    must(vault_share_add(s, id, 0, &err), &err);
    finish(s, name, path, NULL);
}

static void
a_part_is_passed_on_in_part_and_never_more(void **unused)
{
    static const char *const names[] = {"name"};
    static const char *const given[] = {"name.given"};
    static const char *const title[] = {"title", "body"};
    struct vault_sealed a;
    struct counted n;
    char path[TEMP_PATH];

    (void)unused;
    add(c.q[0].v, "a part", "text", 4, &a);
    give_fields(0, 2, names, 1, a.id, "part-1", path);
    receive(1, path);
    give(1, 4, a.id, "part-2", path); /* all that is here */
    audit(path, &n);
    assert_int_equal(n.part, 1);
    shown_to(2, path, "name.family name.given time.sealed type ");
    give_fields(1, 4, given, 1, a.id, "part-3", path);
    shown_to(2, path, "name.given time.sealed type ");
    /* another part of the same comes in: both are passed on as one */
    give_fields(0, 2, title, 2, a.id, "part-4", path);
    receive(1, path);
    give(1, 4, a.id, "part-5", path);
    audit(path, &n);
    assert_int_equal(n.part, 1);
    shown_to(2, path, "body name.family name.given time.sealed title type ");
}

static void
hide(struct vault *v, const uint8_t id[VAULT_ID])
{
    struct vault_error err;
    struct vault_record *r = NULL;
    struct vlt_fields f;
    uint8_t stmt[VAULT_HASH];
    uint64_t n = 0;

    must(vault_record_open(v, id, 0, &r, &err), &err);
    vault_record_statement(r, stmt);
    vault_record_close(r);
    vlt_fields_init(&f);
    must(vlt_fields_add_text(&f, "kind", "hidden", &err), &err);
    must(vlt_fields_add_text(&f, "state", "pending", &err), &err);
    must(vlt_fields_add(&f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "stmts", stmt,
             sizeof stmt, &err),
        &err);
    must(vlt_action_begin(v, &err), &err);
    must(vlt_setting_put(v, &n, &f, &err), &err);
    must(vlt_settings_changed(v, &err), &err);
    must(vlt_action_commit(v, &err), &err);
    vlt_fields_clear(&f);
}

static void
what_its_origin_took_back_is_not_passed_on(void **unused)
{
    const struct vault_share_options o = {.plain_container = true};
    struct vault_share *s = NULL;
    struct vault_shared done;
    struct vault_sealed a;
    struct vault_error err;
    char path[TEMP_PATH];

    (void)unused;
    add(c.q[0].v, "taken back", "1", 1, &a);
    give(0, 2, a.id, "taken-back", path);
    receive(1, path);
    begin(1, &o, 4, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    hide(c.q[1].v, a.id);
    temp_dir_path(&c.files, "too-late", path);
    assert_int_equal(vault_share_commit(s, path, &done, &err),
        VAULT_E_NOT_FOUND);
    begin(1, &o, 4, &s);
    assert_int_equal(vault_share_add(s, a.id, 0, &err), VAULT_E_NOT_FOUND);
    vault_share_abort(s);
}

/* ---- what comes in between ---- */

static int
stop(void *ctx, const struct vault_progress *p)
{
    (void)ctx;
    (void)p;
    return 1;
}

/* Somebody takes the name while the bundle is written. */
static int
take_name(void *ctx, const struct vault_progress *p)
{
    (void)p;
    (void)!vlt_os_create_small(ctx, "theirs", 6, NULL);
    return 0;
}

static enum vault_status
give_with(int (*progress)(void *ctx, const struct vault_progress *p), void *ctx,
    const uint8_t id[VAULT_ID], const char *name, bool courier,
    struct vault_error *err)
{
    const struct vault_share_options o = {.plain_container = !courier};
    struct vault *v = c.q[0].v;
    struct vault_options before = v->opt;
    struct vault_share *s = NULL;
    struct vault_shared done;
    char dest[TEMP_PATH];
    enum vault_status st;

    begin(0, &o, 2, &s);
    must(vault_share_add(s, id, 0, err), err);
    temp_dir_path(&c.files, name, dest);
    v->opt.progress = progress;
    v->opt.ctx = ctx;
    st = vault_share_commit(s, dest, &done, err);
    v->opt = before;
    free(done.path);
    return st;
}

/* How many files of this folder are containers in clear. */
static unsigned bare;

static enum vault_status
count_bare(void *ctx, const char *name, bool is_dir)
{
    char path[TEMP_PATH];
    uint8_t head[16] = {0};
    FILE *f;

    (void)ctx;
    if (is_dir)
        return VAULT_OK;
    temp_dir_path(&c.files, name, path);
    f = fopen(path, "rb");
    if (f == NULL)
        return VAULT_OK;
    if (fread(head, 1, sizeof head, f) == sizeof head &&
        memcmp(head, "SQLite format 3", sizeof head) == 0)
        bare += strstr(name, ".new") != NULL;
    (void)fclose(f);
    return VAULT_OK;
}

static int
look_for_bare(void *ctx, const struct vault_progress *p)
{
    (void)ctx;
    (void)p;
    (void)!vlt_os_listdir(c.files.path, count_bare, NULL, NULL);
    return 0;
}

static unsigned leftovers;

static enum vault_status
count_leftover(void *ctx, const char *name, bool is_dir)
{
    (void)ctx;
    (void)is_dir;
    leftovers += strstr(name, ".new") != NULL;
    return VAULT_OK;
}

/* What lay on a medium once can be found on it later. */
static void
under_a_courier_wrap_the_medium_never_sees_the_container(void **unused)
{
    struct vault_sealed a;
    struct vault_error err;

    (void)unused;
    add(c.q[0].v, "unseen", "1", 1, &a);
    bare = 0;
    must(give_with(look_for_bare, NULL, a.id, "unseen", false, &err), &err);
    assert_true(bare > 0); /* it would be seen */
    bare = 0;
    must(give_with(look_for_bare, NULL, a.id, "unseen", true, &err), &err);
    assert_int_equal(bare, 0);
    leftovers = 0;
    must(vlt_os_listdir(c.q[0].dir.path, count_leftover, NULL, &err), &err);
    assert_int_equal(leftovers, 0);
}

/* Consent was asked of the vault as it was when the records were chosen. */
static void
what_another_program_changed_meanwhile_is_looked_at_again(void **unused)
{
    const struct vault_share_options o = {.plain_container = true};
    struct vault *other;
    struct vault_share *s = NULL;
    struct vault_shared done;
    struct vault_sealed a, b;
    struct vault_error err;
    char path[TEMP_PATH];

    (void)unused;
    add(c.q[0].v, "before", "1", 1, &a);
    temp_dir_path(&c.files, "meanwhile", path);
    begin(0, &o, 2, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    other = quick_open(&c.q[0], c.q[0].path, &c.q[0].opt);
    add(other, "meanwhile", "2", 1, &b);
    vault_close(other);
    assert_int_equal(vault_share_commit(s, path, &done, &err), VAULT_E_BUSY);
    begin(0, &o, 2, &s);
    must(vault_share_add(s, a.id, 0, &err), &err);
    finish(s, "meanwhile", path, NULL);
}

static void
what_was_stopped_leaves_nothing_and_says_nothing(void **unused)
{
    struct vault_sealed a;
    struct vault_error err;
    struct quick_verdict verdict;
    char path[TEMP_PATH];
    uint64_t before;

    (void)unused;
    add(c.q[0].v, "stopped", "1", 1, &a);
    before = new_for(0, 2, false);
    for (int courier = 0; courier < 2; courier++) {
        assert_int_equal(give_with(stop, NULL, a.id, "stopped", courier != 0,
                             &err),
            VAULT_E_CANCELLED);
        quick_again(&c.q[0]); /* a handle that was stopped stays so */
        assert_int_equal(new_for(0, 2, false), before);
    }
    temp_dir_path(&c.files, "stopped.bundle", path);
    assert_false(vlt_os_exists(path));
    leftovers = 0;
    must(vlt_os_listdir(c.files.path, count_leftover, NULL, &err), &err);
    must(vlt_os_listdir(c.q[0].dir.path, count_leftover, NULL, &err), &err);
    assert_int_equal(leftovers, 0);
    quick_verify(c.q[0].path, c.q[0].key, &verdict);
    assert_int_equal(verdict.st, VAULT_OK);
}

static void
what_was_recorded_and_not_delivered_can_be_given_again(void **unused)
{
    struct vault_sealed a;
    struct vault_error err;
    struct counted n;
    char path[TEMP_PATH];
    uint64_t before;
    uint8_t *p;
    size_t len;

    (void)unused;
    add(c.q[0].v, "undelivered", "1", 1, &a);
    before = new_for(0, 2, false);
    temp_dir_path(&c.files, "undelivered.bundle", path);
    assert_int_equal(give_with(take_name, path, a.id, "undelivered", false,
                         &err),
        VAULT_E_EXISTS);
    assert_non_null(err.hint);
    assert_non_null(strstr(err.hint, "--again"));
    p = file_of(path, &len);
    assert_int_equal(len, 6);
    free(p);
    assert_int_equal(new_for(0, 2, false), before - 1);
    give(0, 2, a.id, "delivered", path);
    audit(path, &n);
    assert_int_equal(n.whole, 1);
}

/* ---- other ways that records came ---- */

static void
a_record_sealed_while_locked_is_proved_by_the_line_that_took_it_in(
    void **unused)
{
    struct vault *capture = NULL;
    struct vault_taken taken;
    struct vault_sealed a;
    struct vault_error err;
    struct counted n;
    char at[TEMP_PATH], path[TEMP_PATH];

    (void)unused;
    temp_dir_path(&c.files, "v0.capture", at);
    must(vault_capture_create(c.q[0].v, at, &err), &err);
    must(vault_capture_open(at, &c.q[0].opt, &capture, &err), &err);
    add(capture, "captured", "1", 1, &a);
    vault_close(capture);
    must(vault_take_in(c.q[0].v, at, NULL, &taken, &err), &err);
    give(0, 2, a.id, "captured", path);
    audit(path, &n);
    assert_int_equal(n.whole, 1);
    assert_int_equal(quick_count(path,
                         "SELECT count(*) FROM proof WHERE kind = 'take'"),
        1);
}

/* ---- what the recipients are told ---- */

static void
told(const char *path, struct vlt_fields *out)
{
    struct vlt_bundle *b = NULL;
    struct vault_error err;

    must(vlt_bundle_open(path, &c.q[1].opt, &b, &err), &err);
    must(vlt_bundle_unlock(b, c.q[1].v, &err), &err);
    *out = b->said;
    vlt_fields_init(&b->said);
    vlt_bundle_close(b);
}

static void
recipients_are_told_what_was_said_and_no_more(void **unused)
{
    struct vault_share_options o = {.plain_container = true,
        .letter = "Read it first.",
        .purpose = "court",
        .limits = "Not for the press.",
        .reply = "By the same way."};
    struct vault_share *s = NULL;
    struct vault_sealed a;
    struct vault_error err;
    struct vlt_fields l;
    char path[TEMP_PATH];

    (void)unused;
    add(c.q[0].v, "letter", "1", 1, &a);
    for (int named = 0; named < 2; named++) {
        o.name_recipients = named != 0;
        begin(0, &o, 6, &s);
        must(vault_share_add(s, a.id, 0, &err), &err);
        finish(s, named ? "named" : "unnamed", path, NULL);
        told(path, &l);
        assert_int_equal(l.n, named ? 7 : 5);
        assert_memory_equal(vlt_fields_find(&l, "letter")->value,
            "Read it first.", 14);
        assert_memory_equal(vlt_fields_find(&l, "purpose")->value, "court", 5);
        if (named)
            assert_memory_equal(vlt_fields_find(&l, "recipient.2")->value,
                c.q[2].v->card.fingerprint, 32);
        vlt_fields_clear(&l);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_holds_what_an_auditor_checks),
        cmocka_unit_test(only_rows_of_a_bundle_are_in_it),
        cmocka_unit_test(nothing_in_it_names_a_recipient),
        cmocka_unit_test(the_number_of_recipients_is_padded),
        cmocka_unit_test(two_bundles_of_the_same_share_no_wrap),
        cmocka_unit_test(every_earlier_version_travels_as_its_head),
        cmocka_unit_test(withheld_fields_stay_withheld),
        cmocka_unit_test(only_what_is_named_is_shown),
        cmocka_unit_test(a_name_that_withholds_nothing_is_refused),
        cmocka_unit_test(the_type_cannot_be_withheld),
        cmocka_unit_test(a_record_without_the_fields_is_left_out),
        cmocka_unit_test(new_is_what_not_every_recipient_had),
        cmocka_unit_test(what_was_given_in_part_is_new_when_given_whole),
        cmocka_unit_test(the_vault_says_what_was_given_to_whom),
        cmocka_unit_test(nothing_is_overwritten_and_nothing_is_left_behind),
        cmocka_unit_test(the_pin_of_a_card_matters),
        cmocka_unit_test(
            a_card_that_nobody_compared_is_asked_for_and_a_revoked_one_never_taken),
        cmocka_unit_test(what_is_passed_on_is_what_its_origin_signed),
        cmocka_unit_test(a_part_is_passed_on_in_part_and_never_more),
        cmocka_unit_test(what_its_origin_took_back_is_not_passed_on),
        cmocka_unit_test(
            under_a_courier_wrap_the_medium_never_sees_the_container),
        cmocka_unit_test(
            what_another_program_changed_meanwhile_is_looked_at_again),
        cmocka_unit_test(what_was_stopped_leaves_nothing_and_says_nothing),
        cmocka_unit_test(
            what_was_recorded_and_not_delivered_can_be_given_again),
        cmocka_unit_test(
            a_record_sealed_while_locked_is_proved_by_the_line_that_took_it_in),
        cmocka_unit_test(recipients_are_told_what_was_said_and_no_more),
    };

    return cmocka_run_group_tests_name("share", tests, three_vaults, no_vaults);
}
