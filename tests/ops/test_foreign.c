/* SPDX-License-Identifier: Apache-2.0 */
/* test_foreign.c: records of others in everything one does with a vault */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "foreign_copy.h"
#include "history.h"
#include "receiving.h"
#include "settings.h"

enum { SEGMENTED = 3 * 1024 * 1024 };

/* Two vaults: `theirs` seals, `ours` gets copies. */
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

static void
amend(struct vault *v, const uint8_t id[VAULT_ID], const uint8_t *stmt,
    const char *value)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_amend_begin(v, id, stmt, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "note", value,
                         strlen(value), NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
}

static void
expect_field(struct vault *v, const uint8_t id[VAULT_ID], const char *name,
    const char *want)
{
    struct vault_record *r = NULL;
    struct vault_error err;
    struct vault_field f;
    bool found = false;

    if (vault_record_open(v, id, 0, &r, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        vault_record_field(r, i, &f);
        if (strcmp(f.name, name) != 0)
            continue;
        found = true;
        assert_non_null(want);
        assert_int_equal(f.value_len, strlen(want));
        assert_memory_equal(f.value, want, f.value_len);
    }
    assert_int_equal(found, want != NULL);
    vault_record_close(r);
}

static void
expect_body(struct vault *v, const uint8_t id[VAULT_ID], const uint8_t *want,
    size_t n)
{
    size_t len = 0;
    uint8_t *got = quick_body(v, id, &len);

    assert_int_equal(len, n);
    assert_memory_equal(got, want, n);
    free(got);
}

static void
expect_open(struct vault *v, const uint8_t id[VAULT_ID], uint32_t version,
    enum vault_status want, const char *says)
{
    struct vault_record *r = NULL;
    struct vault_error err;
    enum vault_status st = vault_record_open(v, id, version, &r, &err);

    if (st != want || (says != NULL && strstr(err.message, says) == NULL))
        fail_msg("%s: %s", vault_status_name(st), err.message);
    vault_record_close(r);
}

static int
count(void *ctx, const struct vault_entry *e)
{
    assert_non_null(e->name);
    ++*(unsigned *)ctx;
    return 0;
}

static int
bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    fail_msg("%s", why->message);
    return 0;
}

/* How many are found, through the catalogue and by walking: the same. */
static unsigned
found(struct vault *v, const char *words)
{
    struct vault_list_options opt = {.since = INT64_MIN,
        .until = INT64_MAX,
        .words = &words,
        .words_len = words != NULL};
    unsigned n = 0;
    unsigned walked = 0;

    assert_int_equal(vault_list(v, &opt, count, bad, &n, NULL), VAULT_OK);
    opt.walk = true;
    assert_int_equal(vault_list(v, &opt, count, bad, &walked, NULL), VAULT_OK);
    assert_int_equal(n, walked);
    return n;
}

static void
forget_catalogue(void)
{
    quick_close(&ours);
    quick_sql(ours.path, "DELETE FROM page");
    ours.v = quick_open(&ours, ours.path, &ours.opt);
}

static void
expect_verified(enum vault_status want, const char *line)
{
    static struct quick_verdict v;

    quick_close(&ours);
    quick_verify(ours.path, ours.key, &v);
    if (v.st != want || (line != NULL && strstr(v.lines, line) == NULL))
        fail_msg("%s (%s), wanted \"%s\" in:\n%s", vault_status_name(v.st),
            v.err.message, line != NULL ? line : "", v.lines);
    ours.v = quick_open(&ours, ours.path, &ours.opt);
}

/* ---- whole records ---- */

static void
a_copy_is_listed_found_opened_and_read(void **state)
{
    uint8_t *p = malloc(SEGMENTED);
    struct vault_sealed small, middle, large, own;
    struct vault_record *r = NULL;
    const struct vault_entry *e;

    (void)state;
    quick_noise(p, SEGMENTED, 1);
    quick_add(theirs.v, "small apple", "text", 4, &small);
    quick_add(theirs.v, "middle apple", p, 300 * 1024, &middle);
    quick_add(theirs.v, "large pear", p, SEGMENTED, &large);
    quick_add(ours.v, "own apple", "mine", 4, &own);
    foreign_copy(ours.v, theirs.v, small.id, 1);
    foreign_copy(ours.v, theirs.v, middle.id, 1);
    foreign_copy(ours.v, theirs.v, large.id, 1);
    for (int i = 0; i < 3; i++) {
        if (i == 1)
            quick_again(&ours);
        if (i == 2)
            forget_catalogue();
        assert_int_equal(found(ours.v, NULL), 4);
        assert_int_equal(found(ours.v, "apple"), 3);
        assert_int_equal(found(ours.v, "pear"), 1);
        expect_body(ours.v, small.id, (const uint8_t *)"text", 4);
        expect_body(ours.v, middle.id, p, 300 * 1024);
        expect_body(ours.v, large.id, p, SEGMENTED);
        expect_body(ours.v, own.id, (const uint8_t *)"mine", 4);
        assert_int_equal(vault_record_open(ours.v, large.id, 0, &r, NULL),
            VAULT_OK);
        e = vault_record_entry(r);
        assert_true(e->foreign);
        assert_false(e->partial);
        assert_memory_equal(e->origin, theirs.v->id, VAULT_ID);
        assert_int_equal(vault_record_versions(r), 1);
        vault_record_close(r);
        assert_int_equal(vault_record_open(ours.v, own.id, 0, &r, NULL),
            VAULT_OK);
        e = vault_record_entry(r);
        assert_false(e->foreign);
        assert_memory_equal(e->origin, ours.v->id, VAULT_ID);
        vault_record_close(r);
    }
    free(p);
}

static void
the_newest_version_is_current_whatever_came_first(void **state)
{
    static const unsigned order[][3] = {{1, 2, 3}, {3, 2, 1}, {2, 3, 1}};
    struct foreign_row row[4];
    struct vault_sealed one;

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        quick_add(theirs.v, "first", NULL, 0, &one);
        amend(theirs.v, one.id, NULL, "second");
        amend(theirs.v, one.id, NULL, "third");
        for (uint32_t n = 1; n <= 3; n++)
            foreign_read(theirs.v, one.id, n, &row[n]);
        for (size_t i = 0; i < 3; i++) {
            (void)foreign_put(ours.v, theirs.v, &row[order[k][i]],
                FOREIGN_FULL);
            /* one that waits for what it follows is not shown */
            if (i == 0 && order[k][0] > 1)
                expect_open(ours.v, one.id, 0, VAULT_E_NOT_FOUND, "waits");
        }
        expect_field(ours.v, one.id, "note", "third");
        assert_int_equal(found(ours.v, "first third"), k + 1);
        assert_int_equal(found(ours.v, "second"), 0);
        for (uint32_t n = 1; n <= 3; n++)
            foreign_clear(&row[n]);
    }
    assert_int_equal(found(ours.v, NULL), 3);
    forget_catalogue();
    assert_int_equal(found(ours.v, "first third"), 3);
    assert_int_equal(found(ours.v, NULL), 3);
}

static void
a_head_counts_by_the_version_that_names_it(void **state)
{
    uint8_t *p = malloc(300 * 1024);
    struct foreign_row v1, v2;
    struct vault_sealed one;
    uint64_t rid;

    (void)state;
    quick_noise(p, 300 * 1024, 2);
    quick_add(theirs.v, "with a body", p, 300 * 1024, &one);
    amend(theirs.v, one.id, NULL, "same body");
    foreign_read(theirs.v, one.id, 1, &v1);
    foreign_read(theirs.v, one.id, 2, &v2);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    rid = foreign_put(ours.v, theirs.v, &v1, FOREIGN_HEAD);
    for (uint64_t i = 0; i < vlt_segments(v1.head.h.body_padded); i++) {
        size_t len = vlt_segment_size(v1.head.h.body_padded, i);
        uint8_t *s = malloc(len);

        assert_int_equal(vlt_read_begin(theirs.v, NULL), VAULT_OK);
        assert_int_equal(vlt_segment_get(theirs.v->store, v1.rid, i, s, len,
                             NULL),
            VAULT_OK);
        vlt_store_rollback(theirs.v->store);
        assert_int_equal(vlt_foreign_segment_put(ours.v, rid, i, s, len, NULL),
            VAULT_OK);
        free(s);
    }
    (void)foreign_put(ours.v, theirs.v, &v2, FOREIGN_FULL);
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
    expect_body(ours.v, one.id, p, 300 * 1024);
    expect_field(ours.v, one.id, "note", "same body");
    expect_open(ours.v, one.id, 1, VAULT_E_NOT_FOUND, "only the head");
    assert_int_equal(found(ours.v, "body"), 1);
    /* and then the whole of it comes */
    foreign_finish(ours.v, theirs.v, &v1, rid);
    expect_open(ours.v, one.id, 1, VAULT_OK, NULL);
    assert_int_equal(found(ours.v, "body"), 1);
    foreign_clear(&v1);
    foreign_clear(&v2);
    free(p);
}

/* ---- parts ---- */

static void
parts_add_up_and_the_whole_replaces_them(void **state)
{
    static const char *const title[] = {"type", "title", NULL};
    static const char *const note[] = {"note", "title", NULL};
    static const char *const body[] = {"body", NULL};
    uint8_t *p = malloc(300 * 1024);
    struct vault_record *r = NULL;
    struct vault_sealed one;
    struct foreign_row row;
    uint64_t rid;

    (void)state;
    quick_noise(p, 300 * 1024, 3);
    quick_add(theirs.v, "quince", p, 300 * 1024, &one);
    amend(theirs.v, one.id, NULL, "walnut");
    foreign_copy(ours.v, theirs.v, one.id, 0);
    foreign_read(theirs.v, one.id, 1, &row);
    (void)foreign_put(ours.v, theirs.v, &row, FOREIGN_HEAD);
    foreign_clear(&row);
    foreign_read(theirs.v, one.id, 2, &row);
    rid = foreign_put_part(ours.v, theirs.v, &row, title);
    expect_field(ours.v, one.id, "title", "quince");
    expect_field(ours.v, one.id, "note", NULL);
    assert_int_equal(found(ours.v, "quince"), 1);
    assert_int_equal(found(ours.v, "walnut"), 0);
    assert_int_equal(vault_record_open(ours.v, one.id, 0, &r, NULL), VAULT_OK);
    assert_true(vault_record_entry(r)->partial);
    assert_false(vault_record_entry(r)->has_body);
    vault_record_close(r);

    assert_int_equal(foreign_put_part(ours.v, theirs.v, &row, note), rid);
    assert_int_equal(quick_count(ours.path, "SELECT count(*) FROM extract"), 2);
    expect_field(ours.v, one.id, "note", "walnut");
    assert_int_equal(found(ours.v, "quince walnut"), 1);
    /* what shows nothing new is not kept */
    assert_int_equal(foreign_put_part(ours.v, theirs.v, &row, title), rid);
    assert_int_equal(quick_count(ours.path, "SELECT count(*) FROM extract"), 2);

    assert_int_equal(foreign_put_part(ours.v, theirs.v, &row, body), rid);
    forget_catalogue();
    assert_int_equal(found(ours.v, "quince walnut"), 1);

    foreign_finish(ours.v, theirs.v, &row, rid);
    assert_int_equal(quick_count(ours.path, "SELECT count(*) FROM extract"), 0);
    assert_int_equal(vault_record_open(ours.v, one.id, 0, &r, NULL), VAULT_OK);
    assert_false(vault_record_entry(r)->partial);
    vault_record_close(r);
    assert_int_equal(found(ours.v, "quince walnut"), 1);
    assert_int_equal(found(ours.v, NULL), 1);
    foreign_clear(&row);
    free(p);
}

static void
a_body_shown_in_a_part_is_read_to_its_hash(void **state)
{
    static const char *const body[] = {"body", NULL};
    uint8_t *p = malloc(SEGMENTED);
    struct vault_sealed large, small;
    struct foreign_row row;

    (void)state;
    quick_noise(p, SEGMENTED, 4);
    quick_add(theirs.v, "large", p, SEGMENTED, &large);
    quick_add(theirs.v, "small", p, 400, &small);
    foreign_read(theirs.v, large.id, 1, &row);
    (void)foreign_put_part(ours.v, theirs.v, &row, body);
    foreign_clear(&row);
    foreign_read(theirs.v, small.id, 1, &row);
    (void)foreign_put_part(ours.v, theirs.v, &row, body);
    foreign_clear(&row);
    expect_body(ours.v, large.id, p, SEGMENTED);
    expect_body(ours.v, small.id, p, 400);
    expect_field(ours.v, small.id, "title", NULL);
    free(p);
}

/* ---- dropping ---- */

static enum vlt_foreign_state
known(const struct foreign_row *row)
{
    enum vlt_foreign_state state = VLT_FOREIGN_NEW;
    uint64_t rid = 0;

    assert_int_equal(vlt_read_begin(ours.v, NULL), VAULT_OK);
    assert_int_equal(vlt_foreign_known(ours.v, &row->head, row->stmt, &state,
                         &rid, NULL),
        VAULT_OK);
    vlt_store_rollback(ours.v->store);
    return state;
}

static void
what_was_dropped_is_gone_and_does_not_come_in_again(void **state)
{
    uint8_t *p = malloc(300 * 1024);
    struct vault_withdrawal done;
    struct vault_sealed one, two;
    struct foreign_row row;
    struct vault_error why;

    (void)state;
    quick_noise(p, 300 * 1024, 5);
    quick_add(theirs.v, "pomegranate", p, 300 * 1024, &one);
    quick_add(theirs.v, "other", NULL, 0, &two);
    foreign_read(theirs.v, one.id, 1, &row);
    assert_int_equal(known(&row), VLT_FOREIGN_NEW);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    foreign_copy(ours.v, theirs.v, two.id, 1);
    assert_int_equal(known(&row), VLT_FOREIGN_FULL);
    assert_int_equal(found(ours.v, "pomegranate"), 1);
    assert_int_equal(vault_withdraw(ours.v, one.id, 0, "asked to", &done, NULL),
        VAULT_OK);
    assert_true(done.foreign);
    assert_int_equal(done.versions, 1);
    assert_int_equal(done.bodies, 1);
    assert_int_equal(known(&row), VLT_FOREIGN_DROPPED);
    assert_true(vlt_foreign_refused(known(&row), &why));
    assert_int_equal(quick_count(ours.path, "SELECT count(*) FROM segment"), 0);
    assert_int_equal(quick_count(ours.path, "SELECT count(*) FROM wrap"), 1);
    assert_int_equal(quick_count(ours.path,
                         "SELECT count(*) FROM record WHERE meta IS NULL"),
        1);
    assert_int_equal(quick_count(ours.path,
                         "SELECT count(*) FROM leaf WHERE kind = 'drop'"),
        1);
    for (int i = 0; i < 2; i++) {
        expect_open(ours.v, one.id, 0, VAULT_E_NOT_FOUND, "destroyed");
        assert_int_equal(found(ours.v, "pomegranate"), 0);
        assert_int_equal(found(ours.v, NULL), 1);
        forget_catalogue();
    }
    assert_int_equal(vault_withdraw(ours.v, one.id, 0, NULL, &done, NULL),
        VAULT_E_NOT_FOUND);
    foreign_clear(&row);
    free(p);
}

static void
a_body_goes_with_the_last_version_that_reads_it(void **state)
{
    uint8_t *p = malloc(300 * 1024);
    struct vault_withdrawal done;
    struct vault_sealed one;

    (void)state;
    quick_noise(p, 300 * 1024, 6);
    quick_add(theirs.v, "one", p, 300 * 1024, &one);
    amend(theirs.v, one.id, NULL, "two");
    foreign_copy(ours.v, theirs.v, one.id, 2);
    assert_int_equal(vault_withdraw(ours.v, one.id, 1, NULL, &done, NULL),
        VAULT_OK);
    expect_body(ours.v, one.id, p, 300 * 1024);
    assert_int_equal(vault_withdraw(ours.v, one.id, 2, NULL, &done, NULL),
        VAULT_OK);
    assert_int_equal(quick_count(ours.path, "SELECT count(*) FROM segment"), 0);
    expect_open(ours.v, one.id, 0, VAULT_E_NOT_FOUND, "destroyed");
    free(p);
}

/* ---- own and other origins ---- */

static void
what_this_vault_withdrew_never_comes_back(void **state)
{
    struct vault_withdrawal done;
    struct vault_sealed one, two;
    struct foreign_row row;

    (void)state;
    quick_add(ours.v, "mine", NULL, 0, &one);
    quick_add(ours.v, "mine too", NULL, 0, &two);
    foreign_read(ours.v, one.id, 1, &row);
    assert_int_equal(known(&row), VLT_FOREIGN_OWN);
    assert_int_equal(vault_withdraw(ours.v, one.id, 0, NULL, &done, NULL),
        VAULT_OK);
    assert_false(done.foreign);
    assert_int_equal(known(&row), VLT_FOREIGN_WITHDRAWN);
    row.head.h.origin[0] ^= 1;
    assert_int_equal(known(&row), VLT_FOREIGN_OTHER_ORIGIN);
    foreign_clear(&row);
}

static void
an_id_belongs_to_one_origin(void **state)
{
    struct vault_sealed one;
    struct foreign_row row;

    (void)state;
    quick_add(theirs.v, "first", NULL, 0, &one);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    foreign_read(theirs.v, one.id, 1, &row);
    row.head.h.origin[0] ^= 1;
    vlt_record_header_encode(row.head.header, &row.head.h);
    vlt_record_stmt(row.stmt, &row.head);
    assert_int_equal(known(&row), VLT_FOREIGN_OTHER_ORIGIN);
    foreign_clear(&row);
}

/* ---- what people do with a record ---- */

static void
nobody_but_its_owner_makes_a_new_version(void **state)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed one;
    struct vault_error err;

    (void)state;
    quick_add(theirs.v, "first", NULL, 0, &one);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    assert_int_equal(vault_amend_begin(ours.v, one.id, NULL, &s, &err),
        VAULT_E_USAGE);
    assert_non_null(strstr(err.hint, "amends"));
}

struct told {
    unsigned to, from, body;
    unsigned read; /* with an entry */
};

static int
on_related(void *ctx, const struct vault_related *x)
{
    struct told *t = ctx;

    t->to += x->how == VAULT_RELATED_TO;
    t->from += x->how == VAULT_RELATED_FROM;
    t->body += x->how == VAULT_RELATED_BODY;
    t->read += x->entry != NULL;
    return 0;
}

static void
expect_related(struct vault *v, const uint8_t id[VAULT_ID], unsigned to,
    unsigned from, unsigned body)
{
    struct told t = {0, 0, 0, 0};

    assert_int_equal(vault_related(v, id, on_related, &t, NULL), VAULT_OK);
    assert_int_equal(t.to, to);
    assert_int_equal(t.from, from);
    assert_int_equal(t.body, body);
    assert_int_equal(t.read, to + from + body);
}

static void
links_lead_from_and_to_copies(void **state)
{
    struct vault_sealed a, b, own;
    struct vault_sealer *s = NULL;

    (void)state;
    quick_add(theirs.v, "a", "same", 4, &a);
    quick_add(theirs.v, "b", NULL, 0, &b);
    assert_int_equal(vault_amend_begin(theirs.v, b.id, NULL, &s, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_link(s, a.id, "about", NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &b, NULL), VAULT_OK);
    foreign_copy(ours.v, theirs.v, a.id, 1);
    foreign_copy(ours.v, theirs.v, b.id, 2);
    assert_int_equal(vault_seal_begin(ours.v, "note", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_link(s, a.id, "amends", NULL), VAULT_OK);
    assert_int_equal(vault_seal_write(s, "same", 4, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &own, NULL), VAULT_OK);
    for (int i = 0; i < 2; i++) {
        expect_related(ours.v, a.id, 0, 2, 1);
        expect_related(ours.v, b.id, 1, 0, 0);
        expect_related(ours.v, own.id, 1, 0, 1);
        forget_catalogue();
    }
    assert_int_equal(vault_amend_begin(ours.v, own.id, NULL, &s, NULL),
        VAULT_OK);
    assert_int_equal(vault_amend_unlink(s, a.id, NULL, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &own, NULL), VAULT_OK);
    expect_related(ours.v, a.id, 0, 1, 1);
}

static void
an_id_is_resolved_once_the_vault_is_open(void **state)
{
    struct vault_sealed one, own;
    uint8_t id[4][VAULT_ID];
    char hex[2 * VAULT_ID + 1];
    struct vault *locked = NULL;
    size_t n = 0;

    (void)state;
    quick_add(theirs.v, "one", NULL, 0, &one);
    quick_add(ours.v, "own", NULL, 0, &own);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    for (size_t i = 0; i < VAULT_ID; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", one.id[i]);
    assert_int_equal(vault_open(ours.path, &ours.opt, &locked, NULL), VAULT_OK);
    assert_int_equal(vault_resolve(locked, hex, id, 4, &n, NULL),
        VAULT_E_LOCKED);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(vault_resolve(ours.v, hex, id, 4, &n, NULL), VAULT_OK);
        assert_memory_equal(id[0], one.id, VAULT_ID);
        hex[8] = 0;
        assert_int_equal(vault_resolve(ours.v, hex, id, 1, &n, NULL), VAULT_OK);
        assert_memory_equal(id[0], one.id, VAULT_ID);
        forget_catalogue();
    }
    for (size_t i = 0; i < VAULT_ID; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", own.id[i]);
    assert_int_equal(vault_resolve(locked, hex, id, 4, &n, NULL), VAULT_OK);
    vault_close(locked);
}

static void
an_original_that_came_from_others_is_known(void **state)
{
    uint8_t hash[VAULT_HASH], id[VAULT_ID];
    struct vault_sealed one;
    bool is = false;

    (void)state;
    quick_add(theirs.v, "one", "the very words", 14, &one);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    vlt_sha256(hash, "the very words", 14);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(vault_find_content(ours.v, hash, &is, id, NULL),
            VAULT_OK);
        assert_true(is);
        assert_memory_equal(id, one.id, VAULT_ID);
        forget_catalogue();
    }
}

static void
a_hidden_record_is_as_if_it_were_not_there(void **state)
{
    struct vault_sealed one, two;
    struct foreign_row row;
    struct vlt_fields f;
    uint64_t id = 0;

    (void)state;
    quick_add(theirs.v, "one", "body", 4, &one);
    quick_add(theirs.v, "two", NULL, 0, &two);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    foreign_copy(ours.v, theirs.v, two.id, 1);
    assert_int_equal(found(ours.v, NULL), 2);
    foreign_read(theirs.v, one.id, 1, &row);
    vlt_fields_init(&f);
    assert_int_equal(vlt_fields_add_text(&f, "kind", "hidden", NULL), VAULT_OK);
    assert_int_equal(vlt_fields_add_text(&f, "state", "pending", NULL),
        VAULT_OK);
    assert_int_equal(vlt_fields_add(&f, VLT_FIELD_BYTES, VLT_STATE_VALUE,
                         "stmts", row.stmt, 32, NULL),
        VAULT_OK);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    assert_int_equal(vlt_setting_put(ours.v, &id, &f, NULL), VAULT_OK);
    assert_int_equal(vlt_settings_changed(ours.v, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(found(ours.v, NULL), 1);
        assert_int_equal(found(ours.v, "one"), 0);
        expect_open(ours.v, one.id, 0, VAULT_E_NOT_FOUND, "hidden");
        forget_catalogue();
    }
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    assert_int_equal(vlt_setting_delete(ours.v, id, NULL), VAULT_OK);
    assert_int_equal(vlt_settings_changed(ours.v, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
    assert_int_equal(found(ours.v, "one"), 1);
    vlt_fields_clear(&f);
    foreign_clear(&row);
}

static int
on_version(void *ctx, const struct vault_record_version *x)
{
    unsigned *n = ctx;

    ++*n;
    assert_true(x->foreign);
    assert_true(x->logged);
    assert_int_equal(x->received, 1700000000);
    assert_int_equal(x->current, x->version == 2);
    return 0;
}

static void
its_history_says_when_it_came(void **state)
{
    struct vault_sealed one;
    struct vault_info info;
    unsigned n = 0;

    (void)state;
    quick_add(theirs.v, "one", NULL, 0, &one);
    amend(theirs.v, one.id, NULL, "two");
    foreign_copy(ours.v, theirs.v, one.id, 2);
    assert_int_equal(vault_record_history(ours.v, one.id, on_version, &n, NULL),
        VAULT_OK);
    assert_int_equal(n, 2);
    assert_int_equal(vault_info(ours.v, &info, NULL), VAULT_OK);
    assert_int_equal(info.versions, 0);
    assert_int_equal(info.foreign, 2);
}

static void
an_action_that_fails_leaves_nothing(void **state)
{
    struct vault_sealed one, two;
    struct foreign_row row;

    (void)state;
    quick_add(theirs.v, "one", NULL, 0, &one);
    quick_add(theirs.v, "two", NULL, 0, &two);
    foreign_copy(ours.v, theirs.v, two.id, 1);
    foreign_read(theirs.v, one.id, 1, &row);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    (void)foreign_put(ours.v, theirs.v, &row, FOREIGN_FULL);
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
    assert_int_equal(known(&row), VLT_FOREIGN_FULL);
    foreign_clear(&row);
    quick_add(theirs.v, "three", NULL, 0, &one);
    foreign_read(theirs.v, one.id, 1, &row);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    (void)foreign_put(ours.v, theirs.v, &row, FOREIGN_FULL);
    vlt_action_abort(ours.v);
    assert_int_equal(known(&row), VLT_FOREIGN_NEW);
    expect_open(ours.v, one.id, 0, VAULT_E_NOT_FOUND, NULL);
    assert_int_equal(found(ours.v, NULL), 2);
    foreign_clear(&row);
}

static void
expect_first_catalogue(void)
{
    assert_int_equal(quick_count(ours.path,
                         "SELECT count(*) FROM meta WHERE k = 'catalogue-gen' "
                         "AND v = x'00000001'"),
        1);
}

/* Each kind of change is followed; none of them costs a new catalogue. */
static void
the_catalogue_follows_and_is_not_made_anew(void **state)
{
    static const char *const title[] = {"title", NULL};
    static const char *const type[] = {"type", NULL};
    struct vault_withdrawal done;
    struct vault_sealed own, one, two, three;
    struct foreign_row row;
    uint64_t rid;

    (void)state;
    quick_add(ours.v, "own", NULL, 0, &own);
    quick_add(theirs.v, "one", "body", 4, &one);
    quick_add(theirs.v, "two", "other", 5, &two);
    quick_add(theirs.v, "three", "last", 4, &three);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    expect_first_catalogue();
    foreign_read(theirs.v, two.id, 1, &row);
    rid = foreign_put_part(ours.v, theirs.v, &row, type);
    assert_int_equal(found(ours.v, "two"), 0);
    expect_first_catalogue();
    (void)foreign_put_part(ours.v, theirs.v, &row, title);
    assert_int_equal(found(ours.v, "two"), 1);
    expect_first_catalogue();
    foreign_finish(ours.v, theirs.v, &row, rid);
    assert_int_equal(found(ours.v, "two"), 1);
    expect_first_catalogue();
    foreign_clear(&row);
    /* parts and whole in one action */
    foreign_read(theirs.v, three.id, 1, &row);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    rid = foreign_put_part(ours.v, theirs.v, &row, type);
    (void)foreign_put_part(ours.v, theirs.v, &row, title);
    foreign_finish(ours.v, theirs.v, &row, rid);
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
    assert_int_equal(found(ours.v, "three"), 1);
    expect_first_catalogue();
    foreign_clear(&row);
    assert_int_equal(vault_withdraw(ours.v, two.id, 0, NULL, &done, NULL),
        VAULT_OK);
    assert_int_equal(found(ours.v, "two"), 0);
    assert_int_equal(found(ours.v, NULL), 3);
    expect_first_catalogue();
    quick_add(ours.v, "own too", NULL, 0, &own);
    assert_int_equal(found(ours.v, "own"), 2);
    expect_first_catalogue();
}

/* In a batch the catalogue is asked for the contents that are in it. */
static void
a_batch_knows_what_came_from_others(void **state)
{
    struct vault_sealed one, own;
    uint8_t hash[VAULT_HASH], id[VAULT_ID];
    struct vault_content c;

    (void)state;
    quick_add(theirs.v, "one", "some words", 10, &one);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    vlt_sha256(hash, "some words", 10);
    assert_int_equal(vault_batch_begin(ours.v, NULL), VAULT_OK);
    quick_add(ours.v, "own", "others", 6, &own);
    memcpy(c.sha256, hash, sizeof hash);
    assert_int_equal(vault_find_contents(ours.v, &c, 1, NULL), VAULT_OK);
    assert_true(c.found);
    memcpy(id, c.id, sizeof id);
    assert_memory_equal(id, one.id, VAULT_ID);
    assert_int_equal(vault_batch_end(ours.v, NULL), VAULT_OK);
}

static int
count_statements(void *ctx, const struct vault_record_version *x)
{
    *(unsigned *)ctx += x->conflict;
    return 0;
}

/* Two copies of their vault each made a second version. */
static void
two_second_versions_are_in_conflict_in_any_order(void **state)
{
    struct vault_options other = {.no_state = true};
    char path[TEMP_PATH];
    struct vault_sealed one;
    struct foreign_row row[2];
    struct vault *copy;
    uint8_t *p;
    size_t n = 0;

    (void)state;
    quick_add(theirs.v, "first", NULL, 0, &one);
    quick_close(&theirs);
    p = temp_read(theirs.path, &n);
    temp_dir_path(&theirs.dir, "copy.sanduq", path);
    temp_write(path, p, n);
    free(p);
    theirs.v = quick_open(&theirs, theirs.path, &theirs.opt);
    copy = quick_open(&theirs, path, &other);
    amend(theirs.v, one.id, NULL, "here");
    amend(copy, one.id, NULL, "there");
    foreign_copy(ours.v, theirs.v, one.id, 1);
    foreign_read(theirs.v, one.id, 2, &row[0]);
    foreign_read(copy, one.id, 2, &row[1]);
    for (int i = 0; i < 2; i++) {
        unsigned sides = 0;

        (void)foreign_put(ours.v, i == 0 ? copy : theirs.v, &row[1 - i],
            FOREIGN_FULL);
        assert_int_equal(vault_record_history(ours.v, one.id, count_statements,
                             &sides, NULL),
            VAULT_OK);
        assert_int_equal(sides, 2 * i);
        expect_open(ours.v, one.id, 0, i == 0 ? VAULT_OK : VAULT_E_AMBIGUOUS,
            NULL);
        assert_int_equal(found(ours.v, "first"), i + 1);
    }
    forget_catalogue();
    assert_int_equal(found(ours.v, "first"), 2);
    expect_verified(VAULT_OK, "3 record versions of others");
    foreign_clear(&row[0]);
    foreign_clear(&row[1]);
    vault_close(copy);
}

/*
 * Others decide how many versions of one record stand in conflict. Counted is
 * how often a row is opened, by looking whether each is here, putting it, and
 * taking all of them into the catalogue: some times each, and not as often as
 * there are others.
 */
static void
many_versions_in_conflict_cost_each_row_a_few_looks(void **state)
{
    enum { MANY = 40 };
    struct vault_options other = {.no_state = true};
    char path[TEMP_PATH], title[24];
    struct vault_sealed one;
    struct foreign_row row[MANY];
    struct vlt_rlook look;
    struct vault *copy;
    uint64_t before;
    uint8_t *p;
    size_t n = 0;

    (void)state;
    quick_add(theirs.v, "first", NULL, 0, &one);
    quick_close(&theirs);
    p = temp_read(theirs.path, &n);
    temp_dir_path(&theirs.dir, "copy.sanduq", path);
    theirs.v = quick_open(&theirs, theirs.path, &theirs.opt);
    foreign_copy(ours.v, theirs.v, one.id, 1);
    assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
    for (int i = 0; i < MANY; i++) {
        temp_write(path, p, n);
        copy = quick_open(&theirs, path, &other);
        (void)snprintf(title, sizeof title, "side %d", i);
        amend(copy, one.id, NULL, title);
        foreign_read(copy, one.id, 2, &row[i]);
        foreign_know(ours.v, copy);
        vault_close(copy);
    }
    free(p);
    before = ours.v->rows_opened;
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(vlt_receive_look(ours.v, &row[i].head, row[i].stmt,
                             &look, NULL),
            VAULT_OK);
        assert_int_equal(look.here, VLT_HERE_NOT);
        (void)foreign_put(ours.v, theirs.v, &row[i], FOREIGN_FULL);
        assert_int_equal(vlt_receive_look(ours.v, &row[i].head, row[i].stmt,
                             &look, NULL),
            VAULT_OK);
        assert_int_equal(look.here, VLT_HERE_WHOLE);
    }
    assert_int_equal(vlt_action_commit(ours.v, NULL), VAULT_OK);
    if (ours.v->rows_opened - before > 10 * MANY)
        fail_msg("rows opened for %d versions: %llu", MANY,
            (unsigned long long)(ours.v->rows_opened - before));
    /* and once more each, when they are received again */
    before = ours.v->rows_opened;
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(vlt_read_begin(ours.v, NULL), VAULT_OK);
        assert_int_equal(vlt_receive_look(ours.v, &row[i].head, row[i].stmt,
                             &look, NULL),
            VAULT_OK);
        vlt_store_rollback(ours.v->store);
        assert_int_equal(look.here, VLT_HERE_WHOLE);
        foreign_clear(&row[i]);
    }
    assert_in_range(ours.v->rows_opened - before, MANY, 2 * MANY);
    assert_int_equal(found(ours.v, NULL), MANY);
    expect_open(ours.v, one.id, 0, VAULT_E_AMBIGUOUS, NULL);
    expect_verified(VAULT_OK, "41 record versions of others");
}

/* What an action put is not believed after it was given up: its row numbers
 * are given to others. */
static void
a_row_that_was_given_up_is_forgotten(void **state)
{
    struct vault_sealed one, two;
    struct foreign_row row[2];
    struct vlt_rlook look;

    (void)state;
    quick_add(theirs.v, "one", NULL, 0, &one);
    quick_add(theirs.v, "two", NULL, 0, &two);
    foreign_read(theirs.v, one.id, 1, &row[0]);
    foreign_read(theirs.v, two.id, 1, &row[1]);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(vlt_action_begin(ours.v, NULL), VAULT_OK);
        (void)foreign_put(ours.v, theirs.v, &row[i], FOREIGN_FULL);
        assert_int_equal(vlt_receive_look(ours.v, &row[i].head, row[i].stmt,
                             &look, NULL),
            VAULT_OK);
        assert_int_equal(look.here, VLT_HERE_WHOLE);
        vlt_action_abort(ours.v);
        assert_int_equal(vlt_read_begin(ours.v, NULL), VAULT_OK);
        assert_int_equal(vlt_receive_look(ours.v, &row[i].head, row[i].stmt,
                             &look, NULL),
            VAULT_OK);
        vlt_store_rollback(ours.v->store);
        assert_int_equal(look.here, VLT_HERE_NOT);
    }
    foreign_clear(&row[0]);
    foreign_clear(&row[1]);
}

#define WITH_TWO(f) cmocka_unit_test_setup_teardown(f, two_vaults, no_vaults)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_TWO(a_copy_is_listed_found_opened_and_read),
        WITH_TWO(the_newest_version_is_current_whatever_came_first),
        WITH_TWO(a_head_counts_by_the_version_that_names_it),
        WITH_TWO(parts_add_up_and_the_whole_replaces_them),
        WITH_TWO(a_body_shown_in_a_part_is_read_to_its_hash),
        WITH_TWO(what_was_dropped_is_gone_and_does_not_come_in_again),
        WITH_TWO(a_body_goes_with_the_last_version_that_reads_it),
        WITH_TWO(what_this_vault_withdrew_never_comes_back),
        WITH_TWO(an_id_belongs_to_one_origin),
        WITH_TWO(nobody_but_its_owner_makes_a_new_version),
        WITH_TWO(links_lead_from_and_to_copies),
        WITH_TWO(an_id_is_resolved_once_the_vault_is_open),
        WITH_TWO(an_original_that_came_from_others_is_known),
        WITH_TWO(a_hidden_record_is_as_if_it_were_not_there),
        WITH_TWO(its_history_says_when_it_came),
        WITH_TWO(an_action_that_fails_leaves_nothing),
        WITH_TWO(the_catalogue_follows_and_is_not_made_anew),
        WITH_TWO(a_batch_knows_what_came_from_others),
        WITH_TWO(two_second_versions_are_in_conflict_in_any_order),
        WITH_TWO(many_versions_in_conflict_cost_each_row_a_few_looks),
        WITH_TWO(a_row_that_was_given_up_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
