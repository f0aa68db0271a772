/* SPDX-License-Identifier: Apache-2.0 */
/* test_amend.c: new versions, what they carry over, and conflicts */
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
#include "record_rows.h"

enum { KIB = 1024 };

static struct vault_sealer *
begin(struct vault *v, const uint8_t id[VAULT_ID], const uint8_t *onto)
{
    struct vault_sealer *s = NULL;

    assert_int_equal(vault_amend_begin(v, id, onto, &s, NULL), VAULT_OK);
    return s;
}

static void
put(struct vault_sealer *s, const char *name, const char *value)
{
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, name, value,
                         strlen(value), NULL),
        VAULT_OK);
}

static void
amend(struct vault *v, const uint8_t id[VAULT_ID], const char *value)
{
    struct vault_sealer *s = begin(v, id, NULL);
    struct vault_sealed out;

    put(s, "note", value);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
}

/* The text of a field of a version; "" when it is not there. */
static void
field(struct vault *v, const uint8_t id[VAULT_ID], uint32_t version,
    const char *name, char out[64])
{
    struct vault_record *r = NULL;

    assert_int_equal(vault_record_open(v, id, version, &r, NULL), VAULT_OK);
    out[0] = 0;
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (strcmp(f.name, name) == 0)
            snprintf(out, 64, "%.*s", (int)f.value_len, f.value);
    }
    vault_record_close(r);
}

static void
expect_field(struct vault *v, const uint8_t id[VAULT_ID], uint32_t version,
    const char *name, const char *want)
{
    char got[64];

    field(v, id, version, name, got);
    assert_string_equal(got, want);
}

static void
expect_verify(const struct quick_vault *q, const char *path,
    enum vault_status want)
{
    for (int keyed = 0; keyed < 2; keyed++) {
        static struct quick_verdict v;

        quick_verify(path, keyed ? q->key : NULL, &v);
        if (v.st != want)
            fail_msg("%s:\n%s", vault_status_name(v.st), v.lines);
    }
}

static void
what_is_not_changed_is_carried_over(void **state)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_seal_begin(q.v, "letter", &s, NULL), VAULT_OK);
    put(s, "keep", "kept");
    put(s, "change", "old");
    put(s, "drop", "gone");
    assert_int_equal(vault_seal_field(s, (enum vault_field_type)100,
                         VAULT_VALUE, "future", "\x01\xff", 2, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    s = begin(q.v, out.id, NULL);
    put(s, "change", "new");
    put(s, "added", "more");
    assert_int_equal(vault_amend_remove(s, "drop", NULL), VAULT_OK);
    assert_int_equal(vault_amend_remove(s, "drop", NULL), VAULT_E_NOT_FOUND);
    assert_int_equal(vault_amend_remove(s, "type", NULL), VAULT_E_USAGE);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "added", "x",
                         1, NULL),
        VAULT_E_EXISTS);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    assert_int_equal(out.version, 2);
    quick_again(&q);
    expect_field(q.v, out.id, 0, "keep", "kept");
    expect_field(q.v, out.id, 0, "change", "new");
    expect_field(q.v, out.id, 0, "added", "more");
    expect_field(q.v, out.id, 0, "drop", "");
    expect_field(q.v, out.id, 0, "future", "\x01\xff");
    expect_field(q.v, out.id, 0, "type", "letter");
    expect_field(q.v, out.id, 1, "change", "old");
    expect_field(q.v, out.id, 1, "drop", "gone");
    assert_int_equal(quick_listed(q.v), 1);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK);
    quick_end(&q);
}

static void
a_body_is_not_stored_again(void **state)
{
    static const size_t sizes[] = {0, 5, 12 * KIB, 300 * KIB, 3000 * KIB};
    uint8_t *p = malloc(3000 * KIB + 1), *got;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct vault_sealed out;
        long long before;
        size_t n;

        quick_noise(p, sizes[i] + 1, i);
        quick_add(q.v, "body", p, sizes[i], &out);
        before = quick_count(q.path, "SELECT count(*) FROM segment");
        amend(q.v, out.id, "two");
        amend(q.v, out.id, "three");
        assert_int_equal(quick_count(q.path, "SELECT count(*) FROM segment"),
            before);
        got = quick_body(q.v, out.id, &n);
        assert_int_equal(n, sizes[i]);
        assert_memory_equal(got, p, n);
        free(got);
    }
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK);
    free(p);
    quick_end(&q);
}

static void
a_short_body_moves_out_when_the_fields_around_it_grow(void **state)
{
    struct vault_sealer *s;
    struct vault_sealed out;
    struct quick_vault q;
    uint8_t p[12 * KIB], more[9 * KIB], *got;
    size_t n;

    (void)state;
    quick_make(&q);
    quick_noise(p, sizeof p, 1);
    quick_noise(more, sizeof more, 2);
    quick_add(q.v, "body", p, sizeof p, &out);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM segment"), 0);
    s = begin(q.v, out.id, NULL);
    assert_int_equal(vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "raw", more,
                         sizeof more, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM segment"), 1);
    amend(q.v, out.id, "three");
    got = quick_body(q.v, out.id, &n);
    assert_int_equal(n, sizeof p);
    assert_memory_equal(got, p, n);
    free(got);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK);
    quick_end(&q);
}

static void
a_record_changed_meanwhile_is_busy_and_nothing_is_lost(void **state)
{
    struct vault_sealer *s;
    struct vault_sealed out;
    struct quick_vault q;
    struct vault *other;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", "text", 4, &out);
    s = begin(q.v, out.id, NULL);
    put(s, "note", "mine");
    other = quick_open(&q, q.path, &q.opt);
    amend(other, out.id, "theirs");
    vault_close(other);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_E_BUSY);
    expect_field(q.v, out.id, 0, "note", "theirs");
    amend(q.v, out.id, "again");
    expect_field(q.v, out.id, 0, "note", "again");
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK);
    quick_end(&q);
}

/* ---- conflicts ---- */

/* A version 2 made in a copy of the vault, as it lies there. */
struct foreign {
    struct vlt_record_row row;
    struct vlt_buf meta;
    struct vlt_rk *rk;
};

static void
read_version(struct vault *v, const uint8_t id[VAULT_ID], struct foreign *f)
{
    const struct vlt_open_epoch *o = NULL;
    struct vlt_kmeta *kmeta = vlt_kmeta_new();
    uint8_t row[VLT_RECORD_WRAP];
    struct vlt_wrap wrap;

    vlt_buf_init(&f->meta, VLT_META_MAX + 16);
    f->rk = vlt_rk_new();
    assert_int_equal(vlt_read_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_record_get(v->store, id, 2, &f->row, &f->meta, NULL),
        VAULT_OK);
    assert_int_equal(vlt_wrap_get(v->store, f->row.rid, row, NULL), VAULT_OK);
    assert_int_equal(vlt_wrap_decode(&wrap, row, sizeof row, NULL), VAULT_OK);
    assert_int_equal(vlt_epoch_secret(v, wrap.epoch, &o, NULL), VAULT_OK);
    assert_int_equal(vlt_wrap_open(row, sizeof row, &o->epoch, o->e0,
                         &f->row.head, f->rk, kmeta, NULL),
        VAULT_OK);
    vlt_store_rollback(v->store);
    vlt_kmeta_free(kmeta);
}

/* Take it in beside what is there, with a line of its own. */
static void
take(struct vault *v, struct foreign *f)
{
    uint8_t stmt[32], wrap[VLT_RECORD_WRAP];
    struct vlt_entry e = {"take", f->row.head.h.id, 2, stmt, NULL, -1};
    uint64_t rid;

    vlt_record_stmt(stmt, &f->row.head);
    assert_int_equal(vlt_action_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_action_epoch(v, NULL), VAULT_OK);
    assert_int_equal(vlt_record_next_rid(v->store, &rid, NULL), VAULT_OK);
    assert_int_equal(vlt_record_put(v->store, rid, &f->row.head, f->meta.p,
                         f->meta.len, NULL),
        VAULT_OK);
    vlt_action_wrap(v, wrap, &f->row.head, f->rk);
    assert_int_equal(vlt_wrap_put(v->store, rid, wrap, NULL), VAULT_OK);
    assert_int_equal(vlt_action_leaf(v, &e, NULL), VAULT_OK);
    assert_int_equal(vlt_action_commit(v, NULL), VAULT_OK);
    vlt_buf_clear(&f->meta);
    vlt_rk_free(f->rk);
}

static void
make_conflict(struct quick_vault *q, uint8_t id[VAULT_ID])
{
    struct vault_options alone = {.no_state = true};
    struct vault_sealed out;
    struct foreign f;
    char copy[TEMP_PATH];
    struct vault *v;

    quick_add(q->v, "one", "text", 4, &out);
    memcpy(id, out.id, VAULT_ID);
    quick_close(q);
    temp_dir_path(&q->dir, "copy", copy);
    temp_copy(q->path, copy);
    v = quick_open(q, copy, &alone);
    amend(v, id, "right");
    read_version(v, id, &f);
    vault_close(v);
    quick_again(q);
    amend(q->v, id, "left");
    take(q->v, &f);
}

struct sides {
    size_t n;
    uint8_t stmt[4][VAULT_HASH];
    size_t current;
};

static int
on_version(void *ctx, const struct vault_record_version *x)
{
    struct sides *s = ctx;

    s->current += x->current;
    if (x->conflict)
        memcpy(s->stmt[s->n++], x->statement, VAULT_HASH);
    return 0;
}

static int
on_entry(void *ctx, const struct vault_entry *e)
{
    size_t *n = ctx;

    *n += e->conflict;
    return 0;
}

static void
of_two_versions_neither_is_current_until_one_names_the_other(void **state)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct vault_record *r = NULL;
    struct sides sides = {0};
    struct quick_vault q;
    uint8_t id[VAULT_ID];
    size_t shown = 0;

    (void)state;
    quick_make(&q);
    make_conflict(&q, id);
    assert_int_equal(vault_record_history(q.v, id, on_version, &sides, NULL),
        VAULT_OK);
    assert_int_equal(sides.n, 2);
    assert_int_equal(sides.current, 0);
    assert_int_equal(vault_list(q.v, NULL, on_entry, NULL, &shown, NULL),
        VAULT_OK);
    assert_int_equal(shown, 2);
    assert_int_equal(vault_record_open(q.v, id, 0, &r, NULL),
        VAULT_E_AMBIGUOUS);
    assert_int_equal(vault_record_open(q.v, id, 2, &r, NULL),
        VAULT_E_AMBIGUOUS);
    assert_int_equal(vault_amend_begin(q.v, id, NULL, &s, NULL),
        VAULT_E_AMBIGUOUS);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(vault_record_open_statement(q.v, id, sides.stmt[i], &r,
                             NULL),
            VAULT_OK);
        assert_int_equal(vault_record_entry(r)->version, 2);
        vault_record_close(r);
    }
    expect_verify(&q, q.path, VAULT_OK);
    s = begin(q.v, id, sides.stmt[1]);
    put(s, "note", "both");
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    assert_int_equal(out.version, 3);
    expect_field(q.v, id, 0, "note", "both");
    amend(q.v, id, "later");
    expect_field(q.v, id, 0, "note", "later");
    shown = 0;
    assert_int_equal(vault_list(q.v, NULL, on_entry, NULL, &shown, NULL),
        VAULT_OK);
    assert_int_equal(shown, 0);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK);
    quick_end(&q);
}

/* ---- hostile hands ---- */

static void
a_changed_chain_of_versions_is_found(void **state)
{
    static const struct {
        const char *name;
        const char *sql;
    } rows[] = {
        {"prev of version 3 is version 1's",
            "UPDATE record SET head = CAST(substr(head, 1, 64) || (SELECT "
            "substr(head, 65, 32) FROM record AS r WHERE r.ver = 2) || "
            "substr(head, 97) AS BLOB) WHERE ver = 3"},
        {"the middle version is gone",
            "DELETE FROM wrap WHERE rid = 2; DELETE FROM record WHERE "
            "ver = 2"},
        {"the newest version is gone",
            "DELETE FROM wrap WHERE rid = 3; DELETE FROM record WHERE "
            "ver = 3"},
        {"the first version, which has the body, is gone",
            "DELETE FROM wrap WHERE rid = 1; DELETE FROM record WHERE "
            "ver = 1"},
        {"the body is another version's",
            "UPDATE record SET head = CAST(substr(head, 1, 59) || x'02' || "
            "substr(head, 61) AS BLOB) WHERE ver = 3"},
        {"the segments lie under another version",
            "UPDATE segment SET rid = 2 WHERE rid = 1"},
    };
    struct vault_options alone = {.no_state = true};
    struct vault_sealed out;
    struct vault_record *r = NULL;
    struct quick_vault q;
    uint8_t *p = malloc(300 * KIB);
    char bad[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_noise(p, 300 * KIB, 1);
    quick_add(q.v, "body", p, 300 * KIB, &out);
    amend(q.v, out.id, "two");
    amend(q.v, out.id, "three");
    quick_close(&q);
    temp_dir_path(&q.dir, "bad", bad);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vault *v;

        print_message("%s\n", rows[i].name);
        temp_copy(q.path, bad);
        quick_sql(bad, rows[i].sql);
        expect_verify(&q, bad, VAULT_E_TAMPERED);
        if (strstr(rows[i].name, "segments") != NULL)
            continue; /* reading the body finds it */
        v = quick_open(&q, bad, &alone);
        assert_int_equal(vault_record_open(v, out.id, 0, &r, NULL),
            VAULT_E_TAMPERED);
        vault_close(v);
    }
    free(p);
    quick_end(&q);
}

/* ---- links and tags ---- */

struct found {
    size_t n[3];
};

static int
on_related(void *ctx, const struct vault_related *r)
{
    struct found *f = ctx;

    assert_non_null(r->entry);
    if (r->how != VAULT_RELATED_BODY)
        assert_string_equal(r->relation, "derived-from");
    f->n[r->how]++;
    return 0;
}

static void
links_are_seen_from_both_ends(void **state)
{
    struct vault_sealed master, copy;
    struct vault_sealer *s;
    struct found f = {{0}};
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "master", "same", 4, &master);
    quick_add(q.v, "copy", "same", 4, &copy);
    s = begin(q.v, copy.id, NULL);
    assert_int_equal(vault_seal_link(s, master.id, "derived-from", NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_link(s, master.id, "derived-from", NULL),
        VAULT_E_EXISTS);
    assert_int_equal(vault_seal_link(s, copy.id, "about", NULL), VAULT_E_USAGE);
    assert_int_equal(vault_seal_link(s, master.id, "Not A Word", NULL),
        VAULT_E_USAGE);
    assert_int_equal(vault_seal_tag(s, "бірінші", NULL), VAULT_OK);
    assert_int_equal(vault_seal_tag(s, "бірінші", NULL), VAULT_E_EXISTS);
    assert_int_equal(vault_seal_tag(s, "a\nb", NULL), VAULT_E_USAGE);
    assert_int_equal(vault_seal_tag(s, "", NULL), VAULT_E_USAGE);
    assert_int_equal(vault_seal_commit(s, &copy, NULL), VAULT_OK);
    expect_field(q.v, copy.id, 0, "tag.1", "бірінші");
    assert_int_equal(vault_related(q.v, copy.id, on_related, &f, NULL),
        VAULT_OK);
    assert_int_equal(vault_related(q.v, master.id, on_related, &f, NULL),
        VAULT_OK);
    assert_int_equal(f.n[VAULT_RELATED_TO], 1);
    assert_int_equal(f.n[VAULT_RELATED_FROM], 1);
    assert_int_equal(f.n[VAULT_RELATED_BODY], 2);
    s = begin(q.v, copy.id, NULL);
    assert_int_equal(vault_amend_unlink(s, master.id, "about", NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_amend_unlink(s, master.id, NULL, NULL), VAULT_OK);
    assert_int_equal(vault_amend_untag(s, "other", NULL), VAULT_E_NOT_FOUND);
    assert_int_equal(vault_amend_untag(s, "бірінші", NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &copy, NULL), VAULT_OK);
    memset(&f, 0, sizeof f);
    assert_int_equal(vault_related(q.v, copy.id, on_related, &f, NULL),
        VAULT_OK);
    assert_int_equal(f.n[VAULT_RELATED_TO], 0);
    quick_close(&q);
    expect_verify(&q, q.path, VAULT_OK);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_changed_is_carried_over),
        cmocka_unit_test(a_body_is_not_stored_again),
        cmocka_unit_test(a_short_body_moves_out_when_the_fields_around_it_grow),
        cmocka_unit_test(
            a_record_changed_meanwhile_is_busy_and_nothing_is_lost),
        cmocka_unit_test(
            of_two_versions_neither_is_current_until_one_names_the_other),
        cmocka_unit_test(a_changed_chain_of_versions_is_found),
        cmocka_unit_test(links_are_seen_from_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
