/* SPDX-License-Identifier: Apache-2.0 */
/* test_catalogue: what the catalogue proposes is what walking finds, in
 * batches, in other processes and after damage too */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <sqlite3.h>
#include <unistd.h>

#include "catalogue_inner.h"
#include "catalogue_ops.h"
#include "quick_vault.h"

enum { MANY = 300 };

static void
add(struct vault *v, const char *title, const uint8_t *hash, const uint8_t *to,
    struct vault_sealed *out)
{
    struct vault_sealer *s;

    assert_int_equal(vault_seal_begin(v, "note", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title",
                         title, strlen(title), NULL),
        VAULT_OK);
    if (hash != NULL)
        assert_int_equal(vault_seal_field(s, VAULT_BYTES, VAULT_VALUE,
                             "import.row", hash, 32, NULL),
            VAULT_OK);
    if (to != NULL)
        assert_int_equal(vault_seal_link(s, to, "about", NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, out, NULL), VAULT_OK);
}

static void
hash_of(int i, uint8_t out[32])
{
    crypto_hash_sha256(out, (const unsigned char *)&i, sizeof i);
}

static bool
known(struct vault *v, const uint8_t hash[32])
{
    uint8_t id[16];
    bool found = false;

    assert_int_equal(vault_find_content(v, hash, &found, id, NULL), VAULT_OK);
    return found;
}

/* ---- listing ---- */

struct names {
    size_t n;
    char name[MANY + 8][40];
};

static int
take(void *ctx, const struct vault_entry *e)
{
    struct names *s = ctx;

    assert_true(s->n < MANY + 8);
    (void)snprintf(s->name[s->n++], sizeof s->name[0], "%s", e->name);
    return 0;
}

static void
list(struct vault *v, const char *words, uint64_t limit, bool down, bool walk,
    struct names *out)
{
    struct vault_list_options opt = {.since = INT64_MIN,
        .until = INT64_MAX,
        .limit = limit,
        .newest_first = down,
        .words = &words,
        .words_len = words != NULL,
        .walk = walk};

    memset(out, 0, sizeof *out);
    assert_int_equal(vault_list(v, &opt, take, NULL, out, NULL), VAULT_OK);
}

static void
same_as_walking(struct vault *v, const char *words, size_t n)
{
    static const uint64_t limits[] = {0, 1, 63, 64, 65, 200};
    struct names asked, walked;
    size_t i;
    int down;

    for (i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        for (down = 0; down < 2; down++) {
            size_t want = limits[i] != 0 && limits[i] < n ? limits[i] : n;

            list(v, words, limits[i], down, false, &asked);
            list(v, words, limits[i], down, true, &walked);
            if (asked.n != want || memcmp(&asked, &walked, sizeof asked) != 0)
                fail_msg("%s, at most %llu: %zu found, %zu there",
                    words != NULL ? words : "all",
                    (unsigned long long)limits[i], asked.n, walked.n);
        }
    }
}

static void
many_pages_of_proposals_hang_together(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;
    char title[40];
    int i;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 0; i < MANY; i++) {
        (void)snprintf(title, sizeof title, "%s number%d лагерь%d",
            i % 3 == 0 ? "third" : "other", i, i % 7);
        add(q.v, title, NULL, NULL, &out);
    }
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    same_as_walking(q.v, NULL, MANY);
    same_as_walking(q.v, "third", MANY / 3);
    same_as_walking(q.v, "number*", MANY);
    same_as_walking(q.v, "number2*", 111);
    same_as_walking(q.v, "n* t*", 100);
    same_as_walking(q.v, "lager3", (MANY + 3) / 7);
    same_as_walking(q.v, "ЛАГ*", MANY);
    same_as_walking(q.v, "lag*", MANY);
    same_as_walking(q.v, "absent*", 0);
    quick_end(&q);
}

/* Of a word of more than twelve letters too much is proposed, not shown. */
static void
the_beginning_of_a_long_word_is_told_from_another(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;

    (void)state;
    quick_make(&q);
    add(q.v, "administration", NULL, NULL, &out);
    add(q.v, "administrateur", NULL, NULL, &out);
    add(q.v, "administrate", NULL, NULL, &out);
    add(q.v, "мемлекеттілігіміз", NULL, NULL, &out);
    add(q.v, "мемлекеттілік", NULL, NULL, &out);
    same_as_walking(q.v, "administrat*", 3);
    same_as_walking(q.v, "administrati*", 1);
    same_as_walking(q.v, "administratio*", 1);
    same_as_walking(q.v, "administration*", 1);
    same_as_walking(q.v, "administrationx*", 0);
    same_as_walking(q.v, "мемлекеттілі*", 2);
    same_as_walking(q.v, "мемлекеттіліг*", 1);
    same_as_walking(q.v, "memlekettilig*", 1);
    quick_end(&q);
}

/* ---- times, by the rows of the catalogue alone ---- */

enum { ROWS = 5000 };

static int64_t
time_of(int rid)
{
    if (rid % 911 == 0)
        return -1; /* not known */
    return 1000000 + 10 * rid + (rid % 5 == 0 ? 700 : 0);
}

static bool
is_always(int rid)
{
    return rid % 50 == 7;
}

static void
compare_times(struct vlt_catalogue *c, const char *match, int64_t since,
    int64_t until, bool down)
{
    struct vlt_proposal p = {match, since, until, down ? INT64_MAX : 0, down};
    struct vlt_entry_row e[100];
    int rid = down ? ROWS : 1;
    bool end = false;
    size_t n, i;

    while (!end) {
        assert_int_equal(vlt_catalogue_propose(c, &p, e, 100, &n, &end, NULL),
            VAULT_OK);
        assert_true(n > 0 || end);
        for (i = 0; i < n; i++) {
            while (!is_always(rid) &&
                (time_of(rid) < since || time_of(rid) >= until ||
                    (match != NULL && rid % 3 != 0)))
                rid += down ? -1 : 1;
            assert_int_equal(e[i].rid, rid);
            rid += down ? -1 : 1;
            p.from = e[i].rid;
        }
    }
    for (; rid > 0 && rid <= ROWS; rid += down ? -1 : 1)
        assert_false(is_always(rid) ||
            (time_of(rid) >= since && time_of(rid) < until &&
                (match == NULL || rid % 3 == 0)));
}

static void
fill_times(struct vlt_catalogue *c)
{
    struct vlt_tokenset words, none;
    int rid;

    vlt_tokenset_init(&words);
    vlt_tokenset_init(&none);
    assert_int_equal(vlt_tokenset_add(&words, "third", 5, NULL), VAULT_OK);
    for (rid = 1; rid <= ROWS; rid++) {
        struct vlt_entry_row e = {(uint64_t)rid, {0}, 1, is_always(rid),
            time_of(rid)};

        assert_int_equal(vlt_catalogue_put(c, &e, rid % 3 == 0 ? &words : &none,
                             NULL),
            VAULT_OK);
    }
    assert_int_equal(vlt_catalogue_flush(c, NULL), VAULT_OK);
    vlt_tokenset_clear(&words);
    vlt_tokenset_clear(&none);
}

static long long
inner_count(struct vlt_catalogue *c, const char *sql)
{
    sqlite3_stmt *st;
    bool row;

    assert_int_equal(vlt_inner_stmt(c, sql, &st, NULL), VAULT_OK);
    assert_int_equal(vlt_inner_step(c, st, &row, NULL), VAULT_OK);
    assert_true(row);
    return sqlite3_column_int64(st, 0);
}

static void
times_bound_the_rows_and_lose_none(void **state)
{
    static const int64_t at[] = {INT64_MIN, -1, 0, 1000000, 1000010, 1010240,
        1020000, 1020480, 1040000, 1050000, 1050700, 1050701, 2000000,
        INT64_MAX};
    enum { TIMES = sizeof at / sizeof at[0] };
    struct quick_vault q;
    struct vlt_catalogue *c;
    struct vlt_cell *ck = vlt_cell_new();
    struct vlt_tokenset none;
    int a, b, k;

    (void)state;
    quick_make(&q);
    assert_non_null(ck);
    vlt_random(ck->b, sizeof ck->b);
    assert_int_equal(vlt_store_begin(q.v->store, true, NULL), VAULT_OK);
    assert_int_equal(vlt_catalogue_open(q.v->store, ck, VLT_CATALOGUE_NEW, &c,
                         NULL),
        VAULT_OK);
    fill_times(c);
    for (a = 0; a < TIMES; a++) {
        for (b = 0; b < TIMES; b++) {
            for (k = 0; k < 4; k++)
                compare_times(c, k % 2 ? "\"third\"" : NULL, at[a], at[b],
                    k / 2);
        }
    }
    /* of what is taken out no time stays */
    vlt_tokenset_init(&none);
    for (k = 1; k < 1024; k++) {
        if (k % 3 != 0)
            assert_int_equal(vlt_catalogue_drop(c, (uint64_t)k, &none, NULL),
                VAULT_OK);
    }
    vlt_tokenset_clear(&none);
    assert_int_equal(inner_count(c, "SELECT lo FROM span WHERE b = 0"),
        time_of(3));
    assert_int_equal(inner_count(c, "SELECT hi FROM span WHERE b = 0"),
        time_of(1020));
    vlt_catalogue_close(c);
    vlt_store_rollback(q.v->store);
    vlt_cell_free(ck);
    quick_end(&q);
}

/* ---- what is related ---- */

struct related {
    size_t n;
    uint8_t id[MANY][16];
};

static int
take_related(void *ctx, const struct vault_related *r)
{
    struct related *l = ctx;

    if (r->how == VAULT_RELATED_TO)
        return 0;
    assert_int_equal(r->how, VAULT_RELATED_FROM);
    assert_string_equal(r->relation, "about");
    assert_non_null(r->entry);
    assert_true(l->n < MANY);
    memcpy(l->id[l->n++], r->id, 16);
    return 0;
}

static void
related(struct vault *v, const uint8_t id[16], size_t n)
{
    struct related l = {0};

    assert_int_equal(vault_related(v, id, take_related, &l, NULL), VAULT_OK);
    assert_int_equal(l.n, n);
}

static void
all_that_link_to_a_record_are_told(void **state)
{
    static const char *const damage[] = {"UPDATE page SET b = zeroblob(16328) "
                                         "WHERE n > 1",
        "DELETE FROM page WHERE n > 1",
        "DELETE FROM page; INSERT INTO ext(k, n, b) VALUES('!later', 0, "
        "x'00')"};
    struct quick_vault q;
    struct vault_sealed one, two, out, last;
    struct vault_sealer *s;
    struct vault_withdrawal w;
    size_t k;
    int i;

    (void)state;
    quick_make(&q);
    add(q.v, "one", NULL, NULL, &one);
    add(q.v, "two", NULL, NULL, &two);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 0; i < 150; i++)
        add(q.v, "other", NULL, i % 3 == 0 ? two.id : one.id, &out);
    add(q.v, "last", NULL, one.id, &last);
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    related(q.v, one.id, 101);
    related(q.v, two.id, 50);
    related(q.v, last.id, 0);
    /* one is withdrawn, another names somebody else from now on */
    assert_int_equal(vault_withdraw(q.v, last.id, 0, NULL, &w, NULL), VAULT_OK);
    related(q.v, one.id, 100);
    assert_int_equal(vault_amend_begin(q.v, out.id, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(vault_amend_unlink(s, one.id, NULL, NULL), VAULT_OK);
    assert_int_equal(vault_seal_link(s, two.id, "about", NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    related(q.v, one.id, 99);
    related(q.v, two.id, 51);
    for (k = 0; k < sizeof damage / sizeof damage[0]; k++) {
        quick_close(&q);
        quick_sql(q.path, damage[k]);
        quick_again(&q);
        related(q.v, one.id, 99);
        related(q.v, two.id, 51);
    }
    quick_end(&q);
}

/* ---- contents, within a group and outside ---- */

static void
contents_of_a_group_are_known_before_it_ends(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;
    struct vault_sealer *s;
    uint8_t hash[32], other[32];
    uint64_t pages;
    int i;

    (void)state;
    quick_make(&q);
    hash_of(-1, hash);
    add(q.v, "before", hash, NULL, &out);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 0; i < MANY; i++) {
        hash_of(i, hash);
        assert_false(known(q.v, hash));
        add(q.v, "row", hash, NULL, &out);
        assert_true(known(q.v, hash));
        hash_of(i / 2, hash);
        assert_true(known(q.v, hash));
        hash_of(-1, hash);
        assert_true(known(q.v, hash));
    }
    /* nothing of it is written before the end */
    assert_int_equal(vlt_count(q.v->store, "SELECT count(*) FROM page", &pages,
                         NULL),
        VAULT_OK);
    assert_true(pages < 16);
    /* of a record that is amended both versions are rows of this group */
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    hash_of(MANY - 1, hash);
    hash_of(MANY, other);
    assert_true(known(q.v, hash));
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    assert_int_equal(vault_amend_begin(q.v, out.id, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "import.row",
                         other, 32, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    assert_true(known(q.v, other));
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    assert_true(known(q.v, other));
    /* a group that is given up leaves nothing */
    hash_of(MANY + 1, hash);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    add(q.v, "row", hash, NULL, &out);
    assert_true(known(q.v, hash));
    vault_batch_abort(q.v);
    assert_false(known(q.v, hash));
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    add(q.v, "other", other, NULL, &out);
    assert_false(known(q.v, hash));
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    assert_false(known(q.v, hash));
    quick_end(&q);
}

/* ---- pages of another time ---- */

static void
as_walking(struct vault *v, const char *words, bool down)
{
    struct names asked, walked;

    list(v, words, 0, down, false, &asked);
    list(v, words, 0, down, true, &walked);
    assert_int_equal(asked.n, walked.n);
    assert_memory_equal(&asked, &walked, sizeof asked);
}

static void
one_old_page_among_new_ones_is_found_out(void **state)
{
    struct quick_vault q;
    struct vault_sealed out, gone[20];
    struct vault_withdrawal w;
    struct vault_options alone;
    char sql[4096], title[40], whole[TEMP_PATH];
    uint8_t hash[32], id[16];
    long long pages;
    bool found;
    FILE *f;
    int i;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 0; i < 200; i++) {
        (void)snprintf(title, sizeof title, "camp case%d", i);
        hash_of(i, hash);
        add(q.v, title, hash, NULL, i % 10 == 0 ? &gone[i / 10] : &out);
    }
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    quick_close(&q);
    (void)snprintf(sql, sizeof sql, "%s.pages", q.path);
    f = fopen(sql, "wb");
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    (void)snprintf(sql, sizeof sql,
        "ATTACH '%s.pages' AS s; CREATE TABLE s.old AS SELECT n, b FROM page",
        q.path);
    quick_sql(q.path, sql);
    quick_again(&q);
    for (i = 0; i < 20; i++)
        assert_int_equal(vault_withdraw(q.v, gone[i].id, 0, NULL, &w, NULL),
            VAULT_OK);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 200; i < 260; i++) {
        (void)snprintf(title, sizeof title, "camp case%d", i);
        add(q.v, title, NULL, NULL, &out);
    }
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    quick_close(&q);
    temp_dir_path(&q.dir, "whole", whole);
    temp_copy(q.path, whole);
    pages = quick_count(q.path, "SELECT max(n) FROM page");
    alone = q.opt;
    for (i = -1; i <= pages; i++) { /* the map too */
        temp_copy(whole, q.path);
        (void)snprintf(sql, sizeof sql,
            "ATTACH '%s.pages' AS s; UPDATE page SET b = (SELECT b FROM s.old "
            "WHERE n = %d) WHERE n = %d AND EXISTS(SELECT 1 FROM s.old "
            "WHERE n = %d)",
            q.path, i, i, i);
        quick_sql(q.path, sql);
        q.v = quick_open(&q, q.path, &alone);
        as_walking(q.v, NULL, true);
        as_walking(q.v, "camp", false);
        as_walking(q.v, "case1*", true);
        hash_of(10, hash); /* of what was withdrawn */
        assert_int_equal(vault_find_content(q.v, hash, &found, id, NULL),
            VAULT_OK);
        assert_false(found);
        quick_close(&q);
    }
    quick_end(&q);
}

/* ---- another process ---- */

struct other {
    const struct quick_vault *q;
    int round;
};

/* Its status is what went wrong; none of the parent's handle is used. */
static void
other_writes(void *ctx)
{
    const struct other *o = ctx;
    struct vault_options opt = o->q->opt;
    struct vault_sealed out;
    struct names s;
    struct vault *v;
    char title[40];
    uint8_t hash[32];

    opt.no_state = true;
    opt.state_dir = NULL;
    v = quick_open(o->q, o->q->path, &opt);
    list(v, "phantom", 0, true, false, &s);
    if (s.n != 0)
        _exit(10);
    list(v, "ours", 0, true, false, &s);
    if (s.n != (size_t)o->round)
        _exit(11);
    (void)snprintf(title, sizeof title, "theirs %d", o->round);
    hash_of(1000 + o->round, hash);
    add(v, title, hash, NULL, &out);
    vault_close(v);
}

static void
two_processes_lose_and_resurrect_nothing(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;
    struct quick_verdict verdict;
    struct names s;
    uint8_t phantom[32], theirs[32];
    int i;

    (void)state;
    quick_make(&q);
    add(q.v, "first", NULL, NULL, &out);
    for (i = 0; i < 3; i++) {
        struct other o = {&q, i};
        char title[40];

        hash_of(2000 + i, phantom);
        hash_of(1000 + i, theirs);
        /* we write rows and pages, commit inside, ask, and roll back */
        assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
        add(q.v, "phantom", phantom, NULL, &out);
        assert_int_equal(vlt_catalogue_follow(q.v, NULL), VAULT_OK);
        assert_true(known(q.v, phantom));
        add(q.v, "phantom", NULL, NULL, &out);
        assert_false(known(q.v, theirs));
        vault_batch_abort(q.v);
        /* they commit */
        assert_int_equal(quick_child(other_writes, &o), 0);
        /* we search and write */
        list(q.v, "phantom", 0, true, false, &s);
        assert_int_equal(s.n, 0);
        list(q.v, "theirs", 0, true, false, &s);
        assert_int_equal(s.n, i + 1);
        (void)snprintf(title, sizeof title, "ours %d", i);
        assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
        add(q.v, title, NULL, NULL, &out);
        assert_false(known(q.v, phantom));
        assert_true(known(q.v, theirs));
        assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
        same_as_walking(q.v, "ours", (size_t)i + 1);
        same_as_walking(q.v, "theirs", (size_t)i + 1);
        same_as_walking(q.v, "phantom", 0);
        same_as_walking(q.v, NULL, 2 * (size_t)i + 3);
    }
    quick_close(&q);
    quick_verify(q.path, q.key, &verdict);
    assert_int_equal(verdict.st, VAULT_OK);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_pages_of_proposals_hang_together),
        cmocka_unit_test(the_beginning_of_a_long_word_is_told_from_another),
        cmocka_unit_test(times_bound_the_rows_and_lose_none),
        cmocka_unit_test(all_that_link_to_a_record_are_told),
        cmocka_unit_test(contents_of_a_group_are_known_before_it_ends),
        cmocka_unit_test(one_old_page_among_new_ones_is_found_out),
        cmocka_unit_test(two_processes_lose_and_resurrect_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
