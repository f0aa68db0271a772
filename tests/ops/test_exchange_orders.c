/* SPDX-License-Identifier: Apache-2.0 */
/* test_exchange_orders.c: any order of any number of bundles from any number of
 * people gives the same records and the same answers
 *
 * Five vaults seal, amend, withdraw, give all or parts of what they have to
 * each other, pass on, and receive; some receives are stopped or killed on the
 * way and done again. At the end everyone has got every bundle that is for
 * him, each in an order of his own, and all must see the same.
 *
 *     test_exchange_orders [--rounds N] [--seed S]
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vault/notice.h>
#include "circle.h"
#include "fault_disk.h"

enum { VAULTS = 5, EVENTS = 40, POOL = 64, RECORDS = 64, LATE = 16 };

static unsigned rounds = 1;
static uint64_t first_seed = 1;

struct parcel { /* a bundle or a notice, on its way */
    char path[TEMP_PATH];
    unsigned to;   /* who is to have it */
    unsigned have; /* who has it */
};
struct record {
    uint8_t id[VAULT_ID];
    size_t of;
    bool withdrawn;
    bool twin; /* amended in two copies of its vault */
};
struct world {
    struct circle c;
    uint64_t rng;
    struct parcel pool[POOL];
    size_t parcels;
    struct record record[RECORDS];
    size_t records;
    unsigned stops; /* interrupted receives */
    unsigned kills;
};

static unsigned
draw(struct world *w, unsigned n)
{
    return (unsigned)(fault_random(&w->rng) % n);
}

/* ---- what people do ---- */

static void
must(enum vault_status st, const struct vault_error *err, const char *what)
{
    if (st != VAULT_OK)
        temp_die(err->message, what);
}

static void
text(struct vault_sealer *s, const char *name, const char *value)
{
    struct vault_error err;

    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, name, value,
             strlen(value), &err),
        &err, name);
}

static void
fill(struct world *w, struct vault_sealer *s, unsigned body)
{
    struct vault_error err;
    char value[64];
    uint8_t *p;

    (void)snprintf(value, sizeof value, "%016" PRIx64, fault_random(&w->rng));
    text(s, "text", value);
    (void)snprintf(value, sizeof value, "place %u", draw(w, 1000));
    text(s, "place", value);
    if (body == 0)
        return;
    p = malloc(body);
    if (p == NULL)
        temp_die("no memory", "body");
    quick_noise(p, body, fault_random(&w->rng));
    must(vault_seal_write(s, p, body, &err), &err, "body");
    free(p);
}

static void
seal_one(struct world *w, size_t at)
{
    static const unsigned bodies[] = {0, 0, 200, 60000};
    struct vault_sealer *s = NULL;
    struct vault_sealed done;
    struct vault_error err;
    char title[32];

    if (w->records == RECORDS)
        return;
    must(vault_seal_begin(w->c.q[at].v, "note", &s, &err), &err, "seal");
    (void)snprintf(title, sizeof title, "record %zu", w->records);
    text(s, "title", title);
    fill(w, s, bodies[draw(w, 4)]);
    must(vault_seal_commit(s, &done, &err), &err, "seal");
    memcpy(w->record[w->records].id, done.id, VAULT_ID);
    w->record[w->records].withdrawn = false;
    w->record[w->records].twin = false;
    w->record[w->records++].of = at;
}

/* One of this vault's own that stands; NULL. */
static struct record *
own(struct world *w, size_t at)
{
    size_t i, k = draw(w, RECORDS);

    for (i = 0; i < w->records; i++) {
        struct record *r = &w->record[(i + k) % w->records];

        if (r->of == at && !r->withdrawn && !r->twin)
            return r;
    }
    return NULL;
}

static void
amend_one(struct world *w, size_t at)
{
    struct record *r = own(w, at);
    struct vault_sealer *s = NULL;
    struct vault_sealed done;
    struct vault_error err;

    if (r == NULL)
        return;
    must(vault_amend_begin(w->c.q[at].v, r->id, NULL, &s, &err), &err, "amend");
    fill(w, s, draw(w, 3) == 0 ? 70000 : 0);
    must(vault_seal_commit(s, &done, &err), &err, "amend");
}

static void
send(struct world *w, size_t from, unsigned to, const char *path)
{
    struct parcel *p = &w->pool[w->parcels++];

    (void)snprintf(p->path, sizeof p->path, "%s", path);
    p->to = to;
    p->have = 1u << from;
}

static int
take_id(void *ctx, const struct vault_entry *e)
{
    struct {
        uint8_t (*id)[VAULT_ID];
        size_t n;
    } *l = ctx;

    if (l->n < RECORDS && (l->n == 0 || memcmp(l->id[l->n - 1], e->id, 16)))
        memcpy(l->id[l->n++], e->id, VAULT_ID);
    return 0;
}

/* Everyone is to have it: then all must agree at the end. Own records, and
 * those that others gave. */
static void
share_some(struct world *w, size_t at)
{
    uint8_t id[RECORDS][VAULT_ID], chosen[RECORDS][VAULT_ID];
    struct {
        uint8_t (*id)[VAULT_ID];
        size_t n;
    } all = {id, 0};
    struct circle_share s = {.from = at, .to = (1u << VAULTS) - 1};
    struct vault_error err;
    char name[32], path[TEMP_PATH];
    size_t i;

    if (w->parcels == POOL)
        return;
    must(vault_list(w->c.q[at].v, NULL, take_id, NULL, &all, &err), &err,
        "list");
    s.to &= ~(1u << at);
    s.id = (const uint8_t(*)[VAULT_ID])chosen;
    for (i = 0; i < all.n; i++) {
        if (draw(w, 3) == 0)
            continue;
        memcpy(chosen[s.n++], id[i], VAULT_ID);
    }
    if (s.n == 0)
        return;
    s.only = draw(w, 3) == 0 ? (draw(w, 2) == 0 ? "text" : "place") : NULL;
    s.courier = draw(w, 4) == 0;
    (void)snprintf(name, sizeof name, "parcel-%zu", w->parcels);
    circle_share(&w->c, &s, name, path);
    send(w, at, s.to, path);
}

static void
withdraw_one(struct world *w, size_t at)
{
    struct record *r = own(w, at);
    struct vault_withdrawal gone;
    struct vault_notice_made made;
    struct vault_error err;
    char name[32], path[TEMP_PATH];
    enum vault_status st;

    if (r == NULL || w->parcels == POOL)
        return;
    must(vault_withdraw(w->c.q[at].v, r->id, 0, "asked", &gone, &err), &err,
        "withdraw");
    r->withdrawn = true;
    st = vault_notice_withdraw(w->c.q[at].v,
        (const uint8_t(*)[VAULT_ID]) & r->id, 1, "asked", &made, &err);
    if (st == VAULT_E_NOT_FOUND)
        return; /* nobody was given it */
    must(st, &err, "notice");
    (void)snprintf(name, sizeof name, "parcel-%zu", w->parcels);
    temp_dir_path(&w->c.files, name, path);
    temp_write(path, made.note, made.len);
    vault_text_free(made.note);
    send(w, at, ((1u << VAULTS) - 1) & ~(1u << at), path);
}

/*
 * The vault is put back from a copy on another machine, and both go on: two
 * versions of one record that do not know of each other. The origin itself is
 * given no copy of the other's: it must not agree with anyone but itself.
 */
static void
split(struct world *w, size_t at)
{
    struct quick_vault *q = &w->c.q[at];
    struct record *r = own(w, at);
    struct quick_vault twin = *q;
    struct vault_sealer *s = NULL;
    struct vault_sealed done;
    struct vault_error err;
    struct circle_share share = {.from = at,
        .to = ((1u << VAULTS) - 1) & ~(1u << at),
        .n = 1};
    char path[2][TEMP_PATH];
    size_t i;

    if (r == NULL || w->parcels + 2 > POOL)
        return;
    quick_close(q);
    temp_dir_path(&q->dir, "twin.sanduq", twin.path);
    temp_dir_path(&q->dir, "twin-state", twin.state);
    temp_copy(q->path, twin.path);
    twin.opt.state_dir = twin.state;
    share.id = (const uint8_t(*)[VAULT_ID]) & r->id;
    for (i = 0; i < 2; i++) {
        struct quick_vault *one = i == 0 ? q : &twin;
        struct vault *v = quick_open(one, one->path, &one->opt);
        char name[32];

        must(vault_amend_begin(v, r->id, NULL, &s, &err), &err, "amend");
        fill(w, s, 0);
        must(vault_seal_commit(s, &done, &err), &err, "amend");
        q->v = v;
        (void)snprintf(name, sizeof name, "parcel-%zu", w->parcels);
        circle_share(&w->c, &share, name, path[i]);
        vault_close(v);
        send(w, at, share.to, path[i]);
    }
    q->v = quick_open(q, q->path, &q->opt);
    r->twin = true;
}

/* ---- receiving, not always to the end ---- */

struct stop {
    unsigned left;
    bool kill;
};

static int
stop_here(void *ctx, const struct vault_progress *p)
{
    struct stop *s = ctx;

    (void)p;
    if (s->left > 0 && --s->left > 0)
        return 0;
    if (s->kill)
        (void)kill(getpid(), SIGKILL);
    return 1;
}

struct killed {
    struct quick_vault *q;
    const char *const *path;
    size_t n;
    unsigned after;
};

static void
receive_and_die(void *ctx)
{
    struct killed *k = ctx;
    struct stop s = {k->after, true};
    struct vault_options opt = k->q->opt;
    struct vault_receive_result done;
    struct vault_error err;
    struct vault *v;

    opt.progress = stop_here;
    opt.ctx = &s;
    v = quick_open(k->q, k->q->path, &opt);
    (void)!circle_receive(v, k->path, k->n, &done, &err);
    _exit(0);
}

static void
interrupt(struct world *w, size_t at, const char *const *path, size_t n)
{
    struct quick_vault *q = &w->c.q[at];
    unsigned most = 1u << (1 + draw(w, 6));
    struct stop s = {1 + draw(w, most), false};
    struct vault_options opt = q->opt;
    struct vault_receive_result done;
    struct vault_error err;
    struct vault *v;

    quick_close(q);
    if (draw(w, 2) == 0) {
        struct killed k = {q, path, n, s.left};

        w->kills += quick_child(receive_and_die, &k) == 256 + SIGKILL;
    } else {
        opt.progress = stop_here;
        opt.ctx = &s;
        v = quick_open(q, q->path, &opt);
        w->stops +=
            circle_receive(v, path, n, &done, &err) == VAULT_E_CANCELLED;
        vault_close(v);
    }
    q->v = quick_open(q, q->path, &q->opt);
}

static void
take_group(struct world *w, size_t at, const size_t *which, size_t n)
{
    const char *path[LATE];
    struct vault_receive_result done;
    struct vault_error err;

    for (size_t i = 0; i < n; i++)
        path[i] = w->pool[which[i]].path;
    if (draw(w, 2) == 0)
        interrupt(w, at, path, n);
    must(circle_receive(w->c.q[at].v, path, n, &done, &err), &err, "receive");
    assert_int_equal(done.count.bad, 0);
    for (size_t i = 0; i < n; i++)
        w->pool[which[i]].have |= 1u << at;
}

/* Up to `most` of what is on its way to this vault, in any order, some of it
 * once more. */
static bool
receive_some(struct world *w, size_t at, unsigned most)
{
    size_t waiting[POOL], n = 0, i;
    unsigned take;

    for (i = 0; i < w->parcels; i++) {
        const struct parcel *p = &w->pool[i];

        if ((p->to >> at & 1) != 0 &&
            ((p->have >> at & 1) == 0 || draw(w, 12) == 0))
            waiting[n++] = i;
    }
    for (i = n; i > 1; i--) {
        size_t k = draw(w, (unsigned)i), t = waiting[i - 1];

        waiting[i - 1] = waiting[k];
        waiting[k] = t;
    }
    take = 1 + draw(w, most);
    if (take > n)
        take = (unsigned)n;
    if (take > 0)
        take_group(w, at, waiting, take);
    return n > 0;
}

static bool
all_there(const struct world *w, size_t at)
{
    for (size_t i = 0; i < w->parcels; i++) {
        if ((w->pool[i].to >> at & 1) != 0 && (w->pool[i].have >> at & 1) == 0)
            return false;
    }
    return true;
}

/* ---- the end ---- */

/* What all but its origin see of a vault's records. */
static void
compare_origin(struct world *w, size_t of)
{
    uint8_t id[VAULT_ID];
    char *first = NULL, *other;
    size_t at;

    circle_id(w->c.q[of].v, id);
    for (at = 0; at < VAULTS; at++) {
        if (at == of)
            continue;
        other = circle_picture(w->c.q[at].v, id, NULL);
        if (first == NULL)
            first = other;
        else {
            if (strcmp(first, other) != 0)
                print_error("of v%zu, in v%zu:\n%s\ninstead of\n%s\n", of, at,
                    other, first);
            assert_string_equal(first, other);
            free(other);
        }
    }
    free(first);
}

/* Nothing that is hidden is listed, wherever the request came first. */
static void
withdrawn_are_hidden(struct world *w)
{
    for (size_t i = 0; i < w->records; i++) {
        if (!w->record[i].withdrawn)
            continue;
        for (size_t at = 0; at < VAULTS; at++) {
            struct vault_record *r = NULL;

            assert_int_equal(vault_record_open(w->c.q[at].v, w->record[i].id, 0,
                                 &r, NULL),
                VAULT_E_NOT_FOUND);
        }
    }
}

/* Receiving everything once more adds no line. */
static void
twice_is_once(struct world *w, size_t at)
{
    struct quick_vault *q = &w->c.q[at];
    long long before, after;
    size_t i;

    before = quick_count(q->path, "SELECT count(*) FROM leaf");
    for (i = 0; i < w->parcels; i++) {
        if ((w->pool[i].to >> at & 1) != 0)
            circle_take(q->v, w->pool[i].path, NULL);
    }
    after = quick_count(q->path, "SELECT count(*) FROM leaf");
    assert_int_equal(before, after);
}

/* Both versions of a record that was split are shown, as a conflict. */
static void
splits_are_shown(struct world *w)
{
    for (size_t i = 0; i < w->records; i++) {
        struct vault_record *r = NULL;
        size_t at = w->record[i].of == 0 ? 1 : 0;

        if (w->record[i].twin)
            assert_int_equal(vault_record_open(w->c.q[at].v, w->record[i].id, 0,
                                 &r, NULL),
                VAULT_E_AMBIGUOUS);
    }
}

static void
one_round(uint64_t seed)
{
    static struct world w;
    struct quick_verdict verdict;
    size_t i;

    memset(&w, 0, sizeof w);
    w.rng = seed;
    circle_make(&w.c, VAULTS);
    for (i = 0; i < EVENTS; i++) {
        size_t at = draw(&w, VAULTS);
        unsigned what = draw(&w, 12);

        if (i == EVENTS / 2)
            split(&w, at);
        if (what < 2 || w.records < VAULTS)
            seal_one(&w, w.records < VAULTS ? w.records : at);
        else if (what < 4)
            amend_one(&w, at);
        else if (what < 8)
            share_some(&w, at);
        else if (what == 8)
            withdraw_one(&w, at);
        else
            (void)receive_some(&w, at, 3);
    }
    for (i = 0; i < VAULTS; i++) {
        while (!all_there(&w, i))
            (void)receive_some(&w, i, 5);
    }
    for (i = 0; i < VAULTS; i++)
        compare_origin(&w, i);
    withdrawn_are_hidden(&w);
    splits_are_shown(&w);
    twice_is_once(&w, draw(&w, VAULTS));
    for (i = 0; i < VAULTS; i++) {
        quick_verify(w.c.q[i].path, w.c.q[i].key, &verdict);
        if (verdict.st != VAULT_OK)
            print_error("%s", verdict.lines);
        assert_int_equal(verdict.st, VAULT_OK);
    }
    print_message("seed %" PRIu64 ": %zu records, %zu parcels, %u stopped, %u "
                  "killed\n",
        seed, w.records, w.parcels, w.stops, w.kills);
    circle_end(&w.c);
}

static void
any_order_gives_the_same(void **state)
{
    (void)state;
    for (unsigned i = 0; i < rounds; i++)
        one_round(first_seed + i);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_gives_the_same),
    };

    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--rounds") == 0)
            rounds = (unsigned)strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--seed") == 0)
            first_seed = strtoull(argv[i + 1], NULL, 10);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
