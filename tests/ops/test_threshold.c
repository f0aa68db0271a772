/* SPDX-License-Identifier: Apache-2.0 */
/* test_threshold.c: bundles that open when some of several custodians agree */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/notice.h>
#include <vault/origin.h>
#include <vault/threshold.h>

#include "circle.h"
#include "handle.h"

static struct circle c; /* v0 gives, v1 opens, v2 looks on */

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

/* ---- giving ---- */

enum { MOST = 15 };
struct kept {
    size_t n; /* calls */
    size_t shares;
    char text[MOST][VAULT_SHARE_TEXT];
    char letter[MOST];
    struct vault_dealt d; /* its pointers are not to be followed */
    char path[TEMP_PATH];
    enum vault_status answer;
};

static enum vault_status
keep(void *ctx, const struct vault_dealt *d, struct vault_error *err)
{
    struct kept *k = ctx;
    struct vault_share_view view;

    k->n++;
    k->shares = vault_shares_count(d->shares);
    for (size_t i = 0; i < k->shares; i++) {
        vault_shares_text(d->shares, i, k->text[i]);
        vault_shares_view(d->shares, i, &view);
        k->letter[i] = view.index;
        assert_int_equal(view.threshold, d->needed);
        assert_string_equal(view.set, d->identifier);
    }
    k->d = *d;
    assert_false(temp_exists(d->path)); /* it has no name yet */
    (void)snprintf(k->path, sizeof k->path, "%s", d->path);
    if (k->answer != VAULT_OK && err != NULL)
        (void)snprintf(err->message, sizeof err->message, "no paper");
    return k->answer;
}

static enum vault_status
try_give(const uint8_t id[VAULT_ID], unsigned needed, unsigned shares,
    bool courier, const char *name, struct kept *k, struct vault_error *err)
{
    const struct vault_share_options o = {.plain_container = !courier};
    struct vault_share *s = NULL;
    struct vault_shared done;
    char dest[TEMP_PATH];
    enum vault_status st;

    temp_dir_path(&c.files, name, dest);
    must(vault_share_begin(c.q[0].v, &o, &s, err), err);
    must(vault_share_to_shares(s, needed, shares, keep, k, err), err);
    must(vault_share_add(s, id, 0, err), err);
    st = vault_share_commit(s, dest, &done, err);
    if (st == VAULT_OK)
        assert_string_equal(done.path, k->path);
    free(done.path);
    free(done.minisig);
    return st;
}

static void
give(const uint8_t id[VAULT_ID], unsigned needed, unsigned shares, bool courier,
    const char *name, struct kept *k)
{
    struct vault_error err;

    memset(k, 0, sizeof *k);
    must(try_give(id, needed, shares, courier, name, k, &err), &err);
    assert_int_equal(k->n, 1);
    assert_int_equal(k->shares, shares);
}

/* ---- opening ---- */

/* Of the i-th share whose bit is set. */
static struct vault_shares *
some(const struct kept *k, unsigned which)
{
    struct vault_shares *s = vault_shares_new();
    struct vault_error err;

    assert_non_null(s);
    for (size_t i = 0; i < k->shares; i++) {
        if ((which >> i & 1) != 0)
            must(vault_shares_add(s, k->text[i], strlen(k->text[i]), NULL,
                     &err),
                &err);
    }
    return s;
}

struct seen {
    enum vault_status given; /* the shares */
    enum vault_received_state state;
    bool by_shares, courier;
    struct vault_error why;
    struct vault_receive_result done;
    char receipt[4096];
    char lines[4096];
};

static int
take_row(void *ctx, const struct vault_received *row)
{
    struct seen *s = ctx;

    s->state = row->state;
    s->by_shares = row->by_shares;
    s->courier = row->courier;
    s->why = row->why;
    if (row->receipt != NULL)
        (void)snprintf(s->receipt, sizeof s->receipt, "%.*s",
            (int)row->receipt_len, row->receipt);
    for (size_t i = 0; i < row->lines_len; i++) {
        size_t at = strlen(s->lines);

        (void)snprintf(s->lines + at, sizeof s->lines - at, "%s\n",
            row->lines[i].text.message);
    }
    return 0;
}

static void
open_with(struct vault *v, const char *path, struct vault_shares *shares,
    struct seen *s)
{
    struct vault_receive_options opt = {.receipts = true};
    struct vault_receive *r = NULL;
    struct vault_error err;

    memset(s, 0, sizeof *s);
    must(vault_receive_begin(v, &opt, &r, &err), &err);
    if (shares != NULL)
        s->given = vault_receive_shares(r, shares, &s->why);
    if (s->given == VAULT_OK) {
        must(vault_receive_add(r, path, &err), &err);
        must(vault_receive_commit(r, &s->done, &err), &err);
        must(vault_receive_each(r, take_row, s, &err), &err);
    }
    vault_receive_close(r);
    vault_shares_free(shares);
    assert_null(v->once); /* nothing of it outlives the run */
}

static long long
leaves(size_t i)
{
    return quick_count(c.q[i].path, "SELECT count(*) FROM leaf");
}

struct line {
    unsigned n;
    char with[64];
    uint8_t bundle[VAULT_ID];
};

static int
take_leaf(void *ctx, const struct vault_leaf *l)
{
    struct line *x = ctx;
    bool opened = false;

    for (size_t i = 0; i < l->fields_len; i++) {
        const struct vault_field *f = &l->fields[i];

        if (strcmp(f->name, "action") == 0)
            opened = f->value_len == 6 && memcmp(f->value, "opened", 6) == 0;
    }
    if (!opened || strcmp(l->kind, "note") != 0)
        return 0;
    x->n++;
    for (size_t i = 0; i < l->fields_len; i++) {
        const struct vault_field *f = &l->fields[i];

        if (strcmp(f->name, "with") == 0)
            (void)snprintf(x->with, sizeof x->with, "%.*s", (int)f->value_len,
                (const char *)f->value);
        if (strcmp(f->name, "bundle") == 0 && f->value_len == VAULT_ID)
            memcpy(x->bundle, f->value, VAULT_ID);
    }
    return 0;
}

static struct line
line_of(size_t i)
{
    struct line x = {0};
    struct vault_error err;

    must(vault_log(c.q[i].v, NULL, take_leaf, &x, &err), &err);
    return x;
}

static void
provenance(struct vault *v, const uint8_t id[VAULT_ID],
    char out[VAULT_OPENED_WITH])
{
    struct vault_provenance p;
    struct vault_record *r = NULL;
    struct vault_error err;

    must(vault_record_open(v, id, 0, &r, &err), &err);
    must(vault_record_provenance(r, &p, &err), &err);
    memcpy(out, p.opened_with, VAULT_OPENED_WITH);
    vault_provenance_clear(&p);
    vault_record_close(r);
}

/* ---- tests ---- */

/* Every set of two of three, and all three; one, none and the sender's own
 * vault do not do. */
static void
any_k_of_n_open_it_and_fewer_do_not(void **state)
{
    static const bool couriers[] = {false, true};
    struct vault_sealed sealed;
    struct kept k;
    struct seen s;
    size_t n = 0;

    (void)state;
    quick_add(c.q[0].v, "statement", "if I am arrested", 16, &sealed);
    for (size_t i = 0; i < 2; i++) {
        give(sealed.id, 2, 3, couriers[i], couriers[i] ? "anyc" : "any", &k);
        for (size_t v = 0; v < 2; v++) {
            open_with(c.q[v].v, k.path, NULL, &s);
            assert_int_equal(s.state, VAULT_RECEIVE_REFUSED);
            assert_int_equal(s.why.code, VAULT_E_NO_KEY);
        }
        for (unsigned which = 0; which < 8; which++) {
            bool enough = (which & (which - 1)) != 0;

            open_with(c.q[1].v, k.path, some(&k, which), &s);
            assert_int_equal(s.given, enough ? VAULT_OK : VAULT_E_NO_KEY);
            if (!enough)
                continue;
            assert_int_equal(s.state, VAULT_RECEIVE_DONE);
            assert_true(s.by_shares);
            assert_int_equal(s.courier, couriers[i]);
            assert_int_equal(s.done.count.fresh, n == 0 ? 1 : 0);
            n++;
        }
    }
    assert_int_equal(n, 8);
}

static void
opening_is_recorded_once_and_said_of_the_record(void **state)
{
    struct vault_sealed sealed;
    struct line x;
    struct kept k;
    struct seen s;
    char with[VAULT_OPENED_WITH], want[64];
    uint8_t *body;
    unsigned before;
    long long lines;
    size_t n;

    (void)state;
    quick_add(c.q[0].v, "recorded", "in my own hand", 14, &sealed);
    give(sealed.id, 3, 5, true, "recorded", &k);
    before = line_of(1).n;
    open_with(c.q[1].v, k.path, some(&k, 0x16), &s); /* the 2nd, 3rd and 5th */
    assert_int_equal(s.state, VAULT_RECEIVE_DONE);
    assert_non_null(strstr(s.lines, "opened with shares"));
    assert_non_null(strstr(s.lines, "signed by v0"));
    x = line_of(1);
    assert_int_equal(x.n, before + 1);
    assert_memory_equal(x.bundle, k.d.bundle, VAULT_ID);
    (void)snprintf(want, sizeof want, "3 of %c%c%c, %s", k.letter[1],
        k.letter[2], k.letter[4], k.d.identifier);
    assert_string_equal(x.with, want);
    provenance(c.q[1].v, sealed.id, with);
    assert_string_equal(with, want);
    body = quick_body(c.q[1].v, sealed.id, &n);
    assert_int_equal(n, 14);
    free(body);

    /* again, with the others: it was opened already */
    lines = leaves(1);
    open_with(c.q[1].v, k.path, some(&k, 0x0d), &s);
    assert_int_equal(s.done.count.already, 1);
    assert_int_equal(leaves(1), lines);
    provenance(c.q[1].v, sealed.id, with);
    assert_string_equal(with, want);

    /* what comes to one's own card is not said to be opened so */
    quick_add(c.q[0].v, "ordinary", NULL, 0, &sealed);
    circle_share(&c,
        &(struct circle_share){.from = 0,
            .to = 2,
            .id = (const uint8_t(*)[VAULT_ID])sealed.id,
            .n = 1},
        "ordinary", k.path);
    open_with(c.q[1].v, k.path, NULL, &s);
    assert_int_equal(s.state, VAULT_RECEIVE_DONE);
    assert_false(s.by_shares);
    provenance(c.q[1].v, sealed.id, with);
    assert_string_equal(with, "");
    assert_int_equal(line_of(1).n, before + 1);
}

/* The vault that opened it holds together, the sealed note included. */
static void
the_opener_s_vault_verifies(void **state)
{
    struct quick_verdict v;

    (void)state;
    quick_verify(c.q[1].path, c.q[1].key, &v);
    assert_int_equal(v.st, VAULT_OK);
    quick_verify(c.q[0].path, c.q[0].key, &v);
    assert_int_equal(v.st, VAULT_OK);
}

static void
shares_of_another_bundle_open_nothing(void **state)
{
    struct vault_sealed sealed;
    struct kept a, b;
    struct vault_shares *mixed;
    struct vault_error err;
    struct seen s;
    bool fit;
    long long lines = leaves(2);

    (void)state;
    quick_add(c.q[0].v, "one of two", NULL, 0, &sealed);
    give(sealed.id, 2, 2, true, "one", &a);
    give(sealed.id, 2, 2, false, "two", &b);
    assert_string_not_equal(a.d.identifier, b.d.identifier);
    open_with(c.q[2].v, a.path, some(&b, 3), &s);
    assert_int_equal(s.given, VAULT_OK);
    assert_int_equal(s.why.code, VAULT_E_NO_KEY);
    open_with(c.q[2].v, b.path, some(&a, 3), &s);
    assert_int_equal(s.why.code, VAULT_E_NO_KEY);
    mixed = some(&a, 1);
    assert_int_equal(vault_shares_add(mixed, b.text[1], strlen(b.text[1]), NULL,
                         &err),
        VAULT_E_USAGE);
    vault_shares_free(mixed);
    assert_int_equal(leaves(2), lines);

    /* each share says by itself which file it is of */
    must(vault_shares_fit(a.d.identifier, a.path, &fit, &err), &err);
    assert_true(fit);
    must(vault_shares_fit(b.d.identifier, b.path, &fit, &err), &err);
    assert_true(fit);
    must(vault_shares_fit(a.d.identifier, b.path, &fit, &err), &err);
    assert_false(fit);
    temp_poke(b.path, 100, 1);
    must(vault_shares_fit(b.d.identifier, b.path, &fit, &err), &err);
    assert_false(fit);
}

/* An auditor sees the same before and after, and the same as of a bundle that
 * is sealed to a card. */
static void
verify_needs_no_share_and_tells_of_none(void **state)
{
    struct quick_verdict before, after, card;
    struct vault_sealed sealed;
    struct kept k;
    struct seen s;
    char path[TEMP_PATH];
    uint8_t *a, *b;
    size_t an, bn;

    (void)state;
    quick_add(c.q[0].v, "audited", "words", 5, &sealed);
    give(sealed.id, 2, 4, false, "audited", &k);
    circle_share(&c,
        &(struct circle_share){.from = 0,
            .to = 2,
            .id = (const uint8_t(*)[VAULT_ID])sealed.id,
            .n = 1},
        "audited-card", path);
    quick_verify(k.path, NULL, &before);
    quick_verify(path, NULL, &card);
    a = temp_read(k.path, &an);
    b = temp_read(path, &bn);
    assert_int_equal(an, bn);
    free(b);
    open_with(c.q[1].v, k.path, some(&k, 9), &s);
    assert_int_equal(s.state, VAULT_RECEIVE_DONE);
    quick_verify(k.path, NULL, &after);
    assert_int_equal(before.st, VAULT_OK);
    assert_string_equal(before.lines, after.lines);
    b = temp_read(k.path, &bn);
    assert_int_equal(an, bn);
    assert_memory_equal(a, b, an);
    free(a);
    free(b);
    assert_int_equal(before.verdict.recipients, card.verdict.recipients);
    assert_int_equal(before.verdict.held, card.verdict.held);
    assert_null(strstr(before.lines, "share"));
    assert_null(strstr(before.lines, k.d.identifier));
}

static void
nothing_is_shared_when_the_shares_cannot_be_given(void **state)
{
    struct vault_sealed sealed;
    struct vault_error err;
    struct kept k = {.answer = VAULT_E_IO};
    size_t files = temp_dir_count(&c.files);
    long long lines;

    (void)state;
    quick_add(c.q[0].v, "kept", NULL, 0, &sealed);
    lines = leaves(0);
    assert_int_equal(try_give(sealed.id, 2, 3, true, "none", &k, &err),
        VAULT_E_IO);
    assert_string_equal(err.message, "no paper");
    assert_int_equal(try_give(sealed.id, 2, 3, false, "none", &k, &err),
        VAULT_E_IO);
    assert_int_equal(leaves(0), lines);
    assert_int_equal(temp_dir_count(&c.files), files);
}

/* ---- bookkeeping ---- */

struct status {
    const struct kept *k;
    unsigned found, openers;
    bool asked;
};

static int
take_given(void *ctx, const struct vault_given *g)
{
    struct status *s = ctx;
    char want[24];

    if (memcmp(g->bundle, s->k->d.bundle, VAULT_ID) != 0)
        return 0;
    (void)snprintf(want, sizeof want, "2/3 %s", s->k->d.identifier);
    for (size_t i = 0; i < g->to_len; i++) {
        if (strcmp(g->to[i].shares, want) == 0) {
            s->found++;
            assert_true(g->to[i].recipient);
        } else if (strcmp(g->to[i].name, "v1") == 0) {
            s->openers++;
            assert_false(g->to[i].recipient);
            assert_true(g->to[i].answered > 0);
        }
    }
    return 0;
}

static void
the_sender_knows_what_it_gave_and_hears_who_opened_it(void **state)
{
    struct vault_sealed sealed;
    struct kept k;
    struct seen s;
    struct status is = {.k = &k};
    struct vault_notice n;
    struct vault_error err;

    (void)state;
    quick_add(c.q[0].v, "told", NULL, 0, &sealed);
    give(sealed.id, 2, 3, true, "told", &k);
    must(vault_given_list(c.q[0].v, sealed.id, take_given, &is, &err), &err);
    assert_int_equal(is.found, 1);
    assert_int_equal(is.openers, 0);
    open_with(c.q[1].v, k.path, some(&k, 6), &s);
    assert_true(s.receipt[0] != 0);
    must(vault_notice_take(c.q[0].v, s.receipt, strlen(s.receipt), &n, &err),
        &err);
    assert_int_equal(n.outcome, VAULT_NOTICE_TAKEN);
    is.found = 0;
    must(vault_given_list(c.q[0].v, sealed.id, take_given, &is, &err), &err);
    assert_int_equal(is.found, 1);
    assert_int_equal(is.openers, 1);
}

/* ---- what is refused ---- */

static const struct {
    unsigned needed, shares;
    bool ok;
} numbers[] = {
    {2, 2, true},
    {9, 15, true},
    {9, 9, true},
    {0, 3, false},
    {1, 1, false}, /* one person alone: seal it to his card */
    {1, 3, false},
    {3, 2, false},
    {10, 15, false},
    {2, 16, false},
};

static void
only_numbers_that_can_be_dealt_and_nobody_besides(void **state)
{
    const struct vault_share_options names = {.name_recipients = true};
    const struct vault_share_options o = {0};
    struct vault_share *s = NULL;
    struct vault_error err;
    struct kept k = {0};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        must(vault_share_begin(c.q[0].v, &o, &s, &err), &err);
        if ((vault_share_to_shares(s, numbers[i].needed, numbers[i].shares,
                 keep, &k, &err) == VAULT_OK) != numbers[i].ok)
            fail_msg("%u of %u", numbers[i].needed, numbers[i].shares);
        vault_share_abort(s);
    }
    must(vault_share_begin(c.q[0].v, &o, &s, &err), &err);
    must(vault_share_to_shares(s, 2, 3, keep, &k, &err), &err);
    assert_int_equal(vault_share_to(s, "v1", &err), VAULT_E_USAGE);
    assert_int_equal(vault_share_to_shares(s, 2, 3, keep, &k, &err),
        VAULT_E_USAGE);
    vault_share_abort(s);
    must(vault_share_begin(c.q[0].v, &o, &s, &err), &err);
    must(vault_share_to(s, "v1", &err), &err);
    assert_int_equal(vault_share_to_shares(s, 2, 3, keep, &k, &err),
        VAULT_E_USAGE);
    vault_share_abort(s);
    must(vault_share_begin(c.q[0].v, &names, &s, &err), &err);
    assert_int_equal(vault_share_to_shares(s, 2, 3, keep, &k, &err),
        VAULT_E_USAGE);
    vault_share_abort(s);
    assert_int_equal(k.n, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_k_of_n_open_it_and_fewer_do_not),
        cmocka_unit_test(opening_is_recorded_once_and_said_of_the_record),
        cmocka_unit_test(the_opener_s_vault_verifies),
        cmocka_unit_test(shares_of_another_bundle_open_nothing),
        cmocka_unit_test(verify_needs_no_share_and_tells_of_none),
        cmocka_unit_test(nothing_is_shared_when_the_shares_cannot_be_given),
        cmocka_unit_test(the_sender_knows_what_it_gave_and_hears_who_opened_it),
        cmocka_unit_test(only_numbers_that_can_be_dealt_and_nobody_besides),
    };

    return cmocka_run_group_tests(tests, three_vaults, no_vaults);
}
