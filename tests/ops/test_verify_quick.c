/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify_quick.c: the quick pass says what the walk would say */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"
#include "quick_vault.h"
#include "rows.h"
#include "verify_ids.h"
#include "verify_quick.h"

enum { RECORDS = 40, MANY = 600 };

/* Both ways over one file: what each found. */
struct both {
    bool plain;
    uint64_t failed; /* lines of the walk */
    struct vlt_record_walk quick;
    struct vlt_record_walk walk;
};

static void
begin(struct vlt_verify *v, const char *path,
    const struct vault_verify_options *opt)
{
    const struct vlt_store_options so = {VLT_STORE_READ, 0, NULL, NULL};

    memset(v, 0, sizeof *v);
    v->opt = opt;
    assert_int_equal(vlt_store_open(path, &so, &v->s, NULL), VAULT_OK);
    assert_int_equal(vlt_store_begin(v->s, false, NULL), VAULT_OK);
    assert_int_equal(vlt_meta_get(v->s, "vault", v->id, 16, NULL), VAULT_OK);
    assert_int_equal(vlt_verify_cards(v, NULL), VAULT_OK);
    assert_int_equal(vlt_verify_logs(v, NULL), VAULT_OK);
}

static void
end(struct vlt_verify *v)
{
    size_t i;

    for (i = 0; i < v->logs; i++)
        vlt_replica_clear(&v->log[i].replica);
    free(v->log);
    free(v->card);
    vlt_ids_free(v->ids);
    vlt_quick_free(v->quick);
    vlt_pool_free(v->pool);
    vlt_store_close(v->s);
}

static void
look(const char *path, unsigned threads, struct both *b)
{
    const struct vault_verify_options opt = {.threads = threads};
    struct vlt_verify v;
    struct vault_error why;
    uint64_t before;
    size_t i;

    memset(b, 0, sizeof *b);
    begin(&v, path, &opt);
    assert_int_equal(vlt_quick_records(v.quick, &b->quick, &b->plain, NULL),
        VAULT_OK);
    before = v.verdict.failed;
    b->walk.v = &v;
    if (vlt_records(v.s, 0, false, INT64_MAX, vlt_walk_record, &b->walk,
            &why) != VAULT_OK)
        b->failed++;
    for (i = 0; i < v.logs; i++)
        assert_int_equal(vlt_leaves(v.s, v.log[i].n, 0, vlt_walk_line, &v,
                             NULL),
            VAULT_OK);
    b->failed += v.verdict.failed - before;
    end(&v);
}

/* A vault with versions, bodies, withdrawals; what is done to a copy of it. */
static const struct {
    const char *name;
    const char *sql;
    bool plain;
} changes[] = {
    {"nothing", "SELECT 1", true},
    {"a record is deleted", "DELETE FROM record WHERE rid = 5", false},
    {"the last record is deleted",
        "DELETE FROM record WHERE rid = (SELECT max(rid) FROM record)", false},
    {"some bytes of a head",
        "UPDATE record SET head = CAST(substr(head, 1, 99) || "
        "x'01020304' || substr(head, 104) AS BLOB) WHERE rid = 7",
        false},
    {"a content root",
        "UPDATE record SET head = CAST(substr(head, 1, 128) || zeroblob(32) || "
        "substr(head, 161) AS BLOB) WHERE rid = 7",
        false},
    {"the end of metadata",
        "UPDATE record SET meta = CAST(substr(meta, 1, length(meta) - 4) || "
        "x'01020304' AS BLOB) WHERE rid = 9",
        false},
    {"metadata are gone", "UPDATE record SET meta = NULL WHERE rid = 9", false},
    {"a row twice",
        "INSERT INTO record(f, id, ver, head, meta) SELECT f, id, ver, head, "
        "meta FROM record WHERE rid = 5",
        false},
    {"a row twice, the other one less",
        "INSERT INTO record(rid, f, id, ver, head, meta) SELECT 999, f, id, "
        "ver, head, meta FROM record WHERE rid = 5; DELETE FROM record WHERE "
        "rid = 6",
        false},
    {"a row below zero",
        "INSERT INTO record SELECT -5, f, id, ver, head, meta FROM record "
        "WHERE rid = 5",
        false},
    {"a row elsewhere",
        "UPDATE wrap SET rid = 5000 WHERE rid = 5; UPDATE record SET rid = "
        "5000 WHERE rid = 5",
        true},
    {"another's row", "UPDATE record SET f = 1 WHERE rid = 5", false},
    {"a wrap is gone", "DELETE FROM wrap WHERE rid = 5", true},
    {"a wrap of nothing", "INSERT INTO wrap SELECT 6000, b FROM wrap LIMIT 1",
        false},
    {"a wrap below zero", "INSERT INTO wrap SELECT -1, b FROM wrap LIMIT 1",
        false},
    {"a short wrap", "UPDATE wrap SET b = x'00' WHERE rid = 5", false},
    {"an event is gone",
        "UPDATE leaf SET evct = NULL WHERE idx = (SELECT min(idx) FROM leaf "
        "WHERE kind = 'seal')",
        false},
    {"an event of no record is gone",
        "UPDATE leaf SET evct = NULL WHERE kind = 'slots'", false},
    {"a withdrawn record has a wrap again",
        "INSERT INTO wrap SELECT r.rid, w.b FROM record AS r, wrap AS w WHERE "
        "r.meta IS NULL LIMIT 1",
        false},
    {"a withdrawn record has metadata again",
        "UPDATE record SET meta = zeroblob(1040) WHERE meta IS NULL", false},
    {"a line of no log",
        "INSERT INTO leaf SELECT 77, idx, kind, id, ver, subj, ev, evct FROM "
        "leaf WHERE kind = 'seal'",
        false},
};

static void
amend(struct vault *v, const uint8_t id[VAULT_ID])
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_amend_begin(v, id, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "note", "new",
                         3, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_reason(s, "it had to", NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
}

/* Every tenth changed, some with a body, some withdrawn. */
static void
fill(struct quick_vault *q)
{
    struct vault_withdrawal done;
    struct vault_sealed out;
    unsigned i;

    quick_make(q);
    for (i = 0; i < RECORDS; i++) {
        quick_add(q->v, "one", i % 4 == 0 ? "a body" : NULL, i % 4 == 0 ? 6 : 0,
            &out);
        if (i % 10 == 0)
            amend(q->v, out.id);
        if (i % 12 == 11)
            assert_int_equal(vault_withdraw(q->v, out.id, i % 24 == 11, NULL,
                                 &done, NULL),
                VAULT_OK);
    }
    quick_close(q);
}

static void
what_the_walk_would_tell_is_not_plain(void **state)
{
    struct quick_vault q;
    char copy[TEMP_PATH];
    struct both b;
    size_t i;
    unsigned threads;

    (void)state;
    fill(&q);
    temp_dir_path(&q.dir, "copy.sanduq", copy);
    for (i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        temp_copy(q.path, copy);
        quick_sql(copy, changes[i].sql);
        for (threads = 1; threads <= 4; threads += 3) {
            look(copy, threads, &b);
            if (b.plain && b.failed > 0)
                fail_msg("%s: plain, and the walk tells of it",
                    changes[i].name);
            if (b.plain != changes[i].plain)
                fail_msg("%s: plain is %d", changes[i].name, b.plain);
            if (!b.plain)
                continue;
            assert_int_equal(b.quick.own, b.walk.own);
            assert_int_equal(b.quick.foreign, b.walk.foreign);
            assert_int_equal(b.quick.no_wrap, b.walk.no_wrap);
            assert_int_equal(b.quick.withdrawn, b.walk.withdrawn);
        }
    }
    quick_end(&q);
}

/* The same lines in the same order, whoever hashes. */
static void
threads_change_no_line(void **state)
{
    struct vault_verify_options one = {.threads = 1}, four = {.threads = 4};
    struct quick_verdict a, b;
    struct quick_vault q;
    char copy[TEMP_PATH];
    size_t i;

    (void)state;
    fill(&q);
    temp_dir_path(&q.dir, "copy.sanduq", copy);
    for (i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        temp_copy(q.path, copy);
        quick_sql(copy, changes[i].sql);
        quick_verify_with(copy, &one, &a);
        quick_verify_with(copy, &four, &b);
        assert_int_equal(a.st, b.st);
        assert_string_equal(a.lines, b.lines);
        assert_memory_equal(&a.verdict, &b.verdict, sizeof a.verdict);
    }
    quick_end(&q);
}

static int
take_fact(void *ctx, const struct vault_evidence *e)
{
    unsigned *failed = ctx;

    *failed += e->kind == VAULT_EV_RECORD && e->state == VAULT_EV_FAILED;
    return 0;
}

/* What a look beside the walk finds is told by the walk alone: several threads
 * keep no list together. */
static void
many_failures_in_many_threads_are_told_once(void **state)
{
    struct vault_verify_options opt = {.evidence = take_fact};
    struct vault_verdict d;
    struct quick_vault q;
    unsigned threads, failed, i;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 0; i < MANY; i++)
        quick_add(q.v, "one", NULL, 0, NULL);
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    quick_close(&q);
    quick_sql(q.path,
        "UPDATE leaf SET evct = NULL WHERE kind = 'seal'; "
        "UPDATE record SET meta = zeroblob(length(meta))");
    for (threads = 1; threads <= 4; threads += 3) {
        opt.threads = threads;
        failed = 0;
        assert_int_equal(vault_verify(q.path, &opt, NULL, &failed, &d, NULL),
            VAULT_E_TAMPERED);
        assert_int_equal(failed, MANY);
        assert_int_equal(d.failed, 2 * MANY); /* and a line each */
    }
    quick_end(&q);
}

/* Bodies of several segments among many small ones. */
static const struct {
    const char *name;
    const char *sql;
    unsigned lines; /* about bodies */
} bodies[] = {
    {"nothing", "SELECT 1", 0},
    {"some bytes of one segment",
        "UPDATE segment SET ct = CAST(substr(ct, 1, 500) || "
        "x'00010203' || substr(ct, 505) AS BLOB) WHERE rid = 2 AND n = 1",
        1},
    {"the end of a body and of a small one",
        "UPDATE segment SET ct = CAST(substr(ct, 1, length(ct) - 4) || "
        "x'01020304' AS BLOB) WHERE (rid = 2 AND n = 2) OR rid = 40",
        2},
    {"a segment is gone", "DELETE FROM segment WHERE rid = 2 AND n = 1", 1},
    {"one is short", "UPDATE segment SET ct = x'00' WHERE rid = 2 AND n = 1",
        1},
    {"two are swapped",
        "UPDATE segment SET n = 9 WHERE rid = 2 AND n = 0; UPDATE segment SET "
        "n = 0 WHERE rid = 2 AND n = 1; UPDATE segment SET n = 1 WHERE rid = 2 "
        "AND n = 9",
        1},
    {"those of two records are swapped",
        "UPDATE segment SET rid = 999 WHERE rid = 30; UPDATE segment SET rid = "
        "30 WHERE rid = 31; UPDATE segment SET rid = 31 WHERE rid = 999",
        2},
    {"one more",
        "INSERT INTO segment(rid, n, ct) SELECT rid, 1, ct FROM segment WHERE "
        "rid = 50",
        1},
    {"one where none belongs",
        "INSERT INTO segment(rid, n, ct) SELECT 1, 0, ct FROM segment WHERE "
        "rid = 50",
        1},
    {"all are changed", "UPDATE segment SET ct = zeroblob(length(ct))", 100},
};

static void
fill_bodies(struct quick_vault *q)
{
    enum { LARGE = 2 * 1048576 + 300000, SMALL = 20000 };
    struct vault_sealed out;
    uint8_t *p = malloc(LARGE);
    unsigned i;

    assert_non_null(p);
    quick_make(q);
    assert_int_equal(vault_batch_begin(q->v, NULL), VAULT_OK);
    for (i = 0; i < 101; i++) {
        quick_noise(p, LARGE, i);
        if (i == 0)
            quick_add(q->v, "none", NULL, 0, &out);
        else
            quick_add(q->v, "some", p, i == 1 || i == 60 ? LARGE : SMALL, &out);
    }
    assert_int_equal(vault_batch_end(q->v, NULL), VAULT_OK);
    quick_close(q);
    free(p);
}

static unsigned
count(const char *in, const char *what)
{
    unsigned n = 0;

    for (in = strstr(in, what); in != NULL; in = strstr(in + 1, what))
        n++;
    return n;
}

static void
a_changed_body_is_told_whoever_hashes_it(void **state)
{
    static const unsigned threads[] = {1, 2, 5};
    struct vault_verify_options opt = {0};
    struct quick_verdict said, first;
    struct quick_vault q;
    char copy[TEMP_PATH];
    size_t i, t;

    (void)state;
    fill_bodies(&q);
    temp_dir_path(&q.dir, "copy.sanduq", copy);
    for (i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        temp_copy(q.path, copy);
        quick_sql(copy, bodies[i].sql);
        for (t = 0; t < sizeof threads / sizeof threads[0]; t++) {
            opt.threads = threads[t];
            quick_verify_with(copy, &opt, &said);
            if (t == 0)
                first = said;
            assert_string_equal(said.lines, first.lines);
        }
        if (said.verdict.failed != bodies[i].lines ||
            (said.st == VAULT_OK) != (bodies[i].lines == 0) ||
            (strstr(said.lines, "100 sealed bodies") != NULL) !=
                (bodies[i].lines == 0))
            fail_msg("%s: %u lines: %s", bodies[i].name,
                (unsigned)said.verdict.failed, said.lines);
        assert_int_equal(count(said.lines, " body: ") > 0, true);
    }
    quick_end(&q);
}

/* More items than are put together at once, and a body longer than what one
 * thread reads at once: what is wrong on either side of the seams is told. */
static const struct {
    const char *name;
    const char *sql;
    unsigned lines;
    const char *words;
} seams[] = {
    {"nothing", "SELECT 1", 0, "600 sealed bodies"},
    {"the end of the long one, and one behind the seam",
        "UPDATE segment SET ct = CAST(substr(ct, 1, length(ct) - 4) || "
        "x'01020304' AS BLOB) WHERE rid = 3 AND n = 36; "
        "DELETE FROM segment WHERE rid = 560",
        2, "0 segments of the body instead of 1"},
    {"two of it are swapped, far from each other",
        "UPDATE segment SET n = 99 WHERE rid = 3 AND n = 1; "
        "UPDATE segment SET n = 1 WHERE rid = 3 AND n = 35; "
        "UPDATE segment SET n = 35 WHERE rid = 3 AND n = 99",
        1, "the sealed body was changed"},
    {"one of it is short, and large",
        "UPDATE segment SET ct = zeroblob(70000) WHERE rid = 3 AND n = 34", 1,
        "table segment, column 1"},
};

static void
fill_seams(struct quick_vault *q)
{
    enum { LONG = 36 * 1048576 + 5000 };
    struct vault_sealed out;
    uint8_t *p = malloc(LONG);
    unsigned i;

    assert_non_null(p);
    quick_noise(p, LONG, 7);
    quick_make(q);
    assert_int_equal(vault_batch_begin(q->v, NULL), VAULT_OK);
    for (i = 0; i < MANY; i++)
        quick_add(q->v, "one", p + i, i == 2 ? LONG - i : 17000, &out);
    assert_int_equal(vault_batch_end(q->v, NULL), VAULT_OK);
    quick_close(q);
    free(p);
}

static void
what_is_read_at_once_ends_within_a_body(void **state)
{
    struct vault_verify_options one = {.threads = 1}, three = {.threads = 3};
    struct quick_verdict a, b;
    struct quick_vault q;
    char copy[TEMP_PATH];
    size_t i;

    (void)state;
    fill_seams(&q);
    temp_dir_path(&q.dir, "copy.sanduq", copy);
    for (i = 0; i < sizeof seams / sizeof seams[0]; i++) {
        temp_copy(q.path, copy);
        quick_sql(copy, seams[i].sql);
        quick_verify_with(copy, &one, &a);
        quick_verify_with(copy, &three, &b);
        assert_string_equal(a.lines, b.lines);
        if (a.verdict.failed != seams[i].lines ||
            strstr(a.lines, seams[i].words) == NULL)
            fail_msg("%s: %u lines: %s", seams[i].name,
                (unsigned)a.verdict.failed, a.lines);
    }
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_walk_would_tell_is_not_plain),
        cmocka_unit_test(threads_change_no_line),
        cmocka_unit_test(many_failures_in_many_threads_are_told_once),
        cmocka_unit_test(a_changed_body_is_told_whoever_hashes_it),
        cmocka_unit_test(what_is_read_at_once_ends_within_a_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
