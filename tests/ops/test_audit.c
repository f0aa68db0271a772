/* SPDX-License-Identifier: Apache-2.0 */
/* test_audit.c: packs for auditors, and proofs of single records */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sqlite3.h>

#include <vault/audit.h>
#include <vault/disclose.h>

#include "circle.h"
#include "insider.h"
#include "leaf.h"
#include "record.h"
#include "text.h"
#include "tlogproof.h"

enum { OWN = 4 };

/* Vault 0 has four records (one amended, one withdrawn) and two of vault 1. */
struct world {
    struct circle c;
    struct vault *v; /* of vault 0 */
    uint8_t own[OWN][VAULT_ID];
    uint8_t theirs[2][VAULT_ID];
    char pack[TEMP_PATH];
};
static struct world w;

static void
must(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        fail_msg("%s", err->message);
}

static void
amend(struct vault *v, const uint8_t id[VAULT_ID])
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct vault_error err;

    must(vault_amend_begin(v, id, NULL, &s, &err), &err);
    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "comment", "x", 1, &err),
        &err);
    must(vault_seal_commit(s, &out, &err), &err);
}

static void
begin(void)
{
    const struct circle_share give = {.from = 1,
        .to = 1,
        .id = (const uint8_t(*)[VAULT_ID])w.theirs,
        .n = 2};
    struct vault_receive_result got;
    struct vault_withdrawal gone;
    struct vault_sealed out;
    struct vault_error err;
    char path[TEMP_PATH];
    size_t i;

    memset(&w, 0, sizeof w);
    circle_make(&w.c, 2);
    w.v = w.c.q[0].v;
    for (i = 0; i < OWN; i++) {
        quick_add(w.v, "own", "text", i, &out);
        memcpy(w.own[i], out.id, VAULT_ID);
    }
    amend(w.v, w.own[1]);
    must(vault_withdraw(w.v, w.own[2], 0, "asked", &gone, &err), &err);
    for (i = 0; i < 2; i++) {
        quick_add(w.c.q[1].v, "theirs", "text", i, &out);
        memcpy(w.theirs[i], out.id, VAULT_ID);
    }
    amend(w.c.q[1].v, w.theirs[1]);
    circle_share(&w.c, &give, "given", path);
    circle_take(w.v, path, &got);
    temp_dir_path(&w.c.files, "x.audit", w.pack);
}

static void
end(void)
{
    circle_end(&w.c);
}

/* A locked handle on vault 0. */
static struct vault *
locked(void)
{
    struct vault *v = NULL;
    struct vault_error err;

    must(vault_open(w.c.q[0].path, &w.c.q[0].opt, &v, &err), &err);
    return v;
}

static struct quick_verdict *
judged(const char *path)
{
    static struct quick_verdict said;

    quick_verify(path, NULL, &said);
    return &said;
}

/* ---- packs ---- */

static void
a_locked_vault_is_packed_and_stays_as_it_is(void **state)
{
    struct vault *v;
    struct vault_packed done;
    struct vault_error err;
    struct quick_verdict *said;
    struct stat s;
    char *before, *after;

    (void)state;
    begin();
    v = locked();
    before = temp_dir_picture(&w.c.q[0].dir);
    must(vault_pack_make(v, w.pack, false, &done, &err), &err);
    after = temp_dir_picture(&w.c.q[0].dir);
    assert_string_equal(before, after);
    free(before);
    free(after);
    vault_close(v);
    assert_int_equal(done.records, OWN + 1);
    assert_int_equal(done.withdrawn, 1);
    assert_int_equal(done.others, 0);
    assert_int_equal(stat(w.pack, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_int_equal(s.st_size, done.bytes);
    assert_int_equal(done.lines,
        quick_count(w.c.q[0].path, "SELECT count(*) FROM leaf"));
    said = judged(w.pack);
    assert_int_equal(said->st, VAULT_OK);
    assert_true(said->verdict.audit);
    assert_int_equal(said->verdict.records, OWN + 1);
    assert_int_equal(said->verdict.leaves, done.lines);
    assert_int_equal(said->verdict.foreign, 0);
    assert_null(strstr(said->lines, "unchanged since it was sealed"));
    end();
}

static void
what_a_pack_says_of_the_log_is_what_the_vault_says(void **state)
{
    static struct quick_verdict vault;
    struct vault_packed done;
    struct vault_error err;
    const char *at;

    (void)state;
    begin();
    must(vault_pack_make(w.v, w.pack, true, &done, &err), &err);
    quick_verify(w.c.q[0].path, NULL, &vault);
    judged(w.pack);
    /* card and log: the same lines */
    for (at = vault.lines; at != NULL && *at != 0; at = strchr(at, '\n') + 1) {
        char line[1024];
        size_t n = (size_t)(strchr(at, '\n') - at);

        if (strncmp(at, "held card", 9) != 0 && strncmp(at, "held log", 8) != 0)
            continue;
        (void)snprintf(line, sizeof line, "%.*s", (int)n, at);
        if (strstr(judged(w.pack)->lines, line) == NULL)
            fail_msg("no line %s", line);
    }
    assert_int_equal(judged(w.pack)->verdict.foreign, 3);
    assert_int_equal(done.others, 2);
    assert_int_equal(done.heads, 1);
    assert_int_equal(done.left, 0);
    end();
}

static void
a_pack_comes_over_no_file_and_of_no_other_kind(void **state)
{
    struct vault_packed done;
    struct vault_error err;
    struct vault *v;

    (void)state;
    begin();
    temp_write(w.pack, "mine", 4);
    assert_int_equal(vault_pack_make(w.v, w.pack, false, &done, &err),
        VAULT_E_EXISTS);
    temp_dir_path(&w.c.files, "y.audit", w.pack);
    v = locked();
    assert_int_equal(vault_pack_make(v, w.pack, true, &done, &err),
        VAULT_E_LOCKED);
    assert_int_equal(vault_pack_others(v, NULL, NULL, &err), VAULT_E_LOCKED);
    vault_close(v);
    assert_false(temp_exists(w.pack));
    end();
}

static void
a_vault_that_was_changed_gives_no_pack(void **state)
{
    static const char *const sql[] = {
        "DELETE FROM record WHERE f = 0 AND rid = 1",
        "UPDATE record SET meta = NULL WHERE f = 0 AND rid = 1",
        "UPDATE record SET head = zeroblob(224) WHERE f = 0 AND rid = 1",
        "INSERT INTO note(n, f, kind, b) VALUES(999, 0, 'device', x'00')",
        "DELETE FROM leaf WHERE idx = 2",
        "UPDATE leaf SET subj = zeroblob(32) WHERE idx = 3",
        "UPDATE checkpoint SET note = replace(note, 'a', 'b')",
        "DELETE FROM identity",
    };
    struct vault_packed done;
    struct vault_error err;
    size_t i, files;
    char kept[TEMP_PATH];

    (void)state;
    begin();
    quick_close(&w.c.q[0]);
    temp_dir_path(&w.c.files, "kept", kept);
    temp_copy(w.c.q[0].path, kept);
    files = temp_dir_count(&w.c.files);
    for (i = 0; i < sizeof sql / sizeof *sql; i++) {
        struct vault *v;
        enum vault_status st;

        temp_copy(kept, w.c.q[0].path);
        quick_sql(w.c.q[0].path, sql[i]);
        v = locked();
        st = vault_pack_make(v, w.pack, false, &done, &err);
        if (st != VAULT_E_TAMPERED)
            fail_msg("%s: %s", sql[i], vault_status_name(st));
        vault_close(v);
        assert_int_equal(temp_dir_count(&w.c.files), files);
    }
    temp_copy(kept, w.c.q[0].path);
    end();
}

static int
stop(void *ctx, const struct vault_progress *p)
{
    unsigned *left = ctx;

    (void)p;
    return *left == 0 || --*left == 0;
}

static void
a_stopped_pack_leaves_nothing(void **state)
{
    struct vault_options opt;
    struct vault_packed done;
    struct vault_error err;
    struct vault_sealed out;
    struct vault *v = NULL;
    unsigned left = 1, n;
    size_t files;

    (void)state;
    begin();
    for (n = 0; n < 70; n++)
        quick_add(w.v, "more", NULL, 0, &out);
    files = temp_dir_count(&w.c.files);
    opt = w.c.q[0].opt;
    opt.progress = stop;
    opt.ctx = &left;
    must(vault_open(w.c.q[0].path, &opt, &v, &err), &err);
    assert_int_equal(vault_pack_make(v, w.pack, false, &done, &err),
        VAULT_E_CANCELLED);
    assert_int_equal(temp_dir_count(&w.c.files), files);
    left = UINT32_MAX;
    must(vault_pack_make(v, w.pack, false, &done, &err), &err);
    vault_close(v);
    end();
}

/* ---- records of others ---- */

struct told {
    size_t n;
    struct vault_pack_other o[4];
    int answer;
};

static int
take_other(void *ctx, const struct vault_pack_other *o)
{
    struct told *t = ctx;

    assert_true(t->n < 4);
    t->o[t->n++] = *o;
    return t->answer;
}

static void
what_others_would_show_is_told_before(void **state)
{
    struct told t = {0};
    struct vault_error err;
    struct vault_info info;
    uint8_t id[VAULT_ID];

    (void)state;
    begin();
    must(vault_pack_others(w.v, take_other, &t, &err), &err);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.o[0].records, 2);
    circle_id(w.c.q[1].v, id);
    assert_memory_equal(t.o[0].vault, id, VAULT_ID);
    must(vault_info(w.c.q[1].v, &info, &err), &err);
    assert_string_equal(t.o[0].fingerprint, info.fingerprint);
    t.answer = 1;
    t.n = 0;
    assert_int_equal(vault_pack_others(w.v, take_other, &t, &err),
        VAULT_E_CANCELLED);
    end();
}

/* The newest head of another vault in the pack, and its statement. */
static void
their_head(struct vlt_record_head *head, uint8_t stmt[32])
{
    sqlite3 *db;
    sqlite3_stmt *q;

    assert_int_equal(sqlite3_open_v2(w.pack, &db, SQLITE_OPEN_READONLY, NULL),
        0);
    assert_int_equal(sqlite3_prepare_v2(db,
                         "SELECT head FROM record ORDER BY rid DESC LIMIT 1",
                         -1, &q, NULL),
        0);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    must(vlt_record_head_decode(head, sqlite3_column_blob(q, 0),
             (size_t)sqlite3_column_bytes(q, 0), NULL),
        NULL);
    vlt_record_stmt(stmt, head);
    sqlite3_finalize(q);
    sqlite3_close(db);
}

/* A line of the vault's own log about it, signed by the log's key: a row of
 * another vault does not stand for the one that is missing. */
static void
an_own_line_needs_an_own_row(void **state)
{
    struct vlt_record_head head;
    struct vault_packed done;
    struct vault_error err;
    struct quick_verdict *said;
    uint8_t secret[32], stmt[32];
    char sql[1024], id[33], subj[65];

    (void)state;
    begin();
    must(vault_pack_make(w.v, w.pack, true, &done, &err), &err);
    assert_int_equal(judged(w.pack)->st, VAULT_OK);
    insider_key(w.v, secret);
    their_head(&head, stmt);
    vlt_hex(id, head.h.id, 16);
    vlt_hex(subj, stmt, 32);
    (void)snprintf(sql, sizeof sql,
        "INSERT INTO leaf SELECT log, idx + 1, 'seal', x'%s', %u, x'%s', ev, "
        "NULL FROM leaf WHERE log = 1 ORDER BY idx DESC LIMIT 1",
        id, (unsigned)head.h.version, subj);
    quick_sql(w.pack, sql);
    insider_sign(w.pack, 1, secret);
    quick_sql(w.pack, "DELETE FROM node");
    said = judged(w.pack);
    assert_int_equal(said->st, VAULT_E_TAMPERED);
    assert_non_null(strstr(said->lines,
        "FAILED record: logged, not withdrawn, and not here"));
    assert_null(strstr(said->lines, "FAILED log: "));
    end();
}

/* Its copy was destroyed because somebody asked for it. */
static void
what_was_destroyed_here_does_not_go_along(void **state)
{
    struct vault_packed done;
    struct vault_withdrawal gone;
    struct vault_error err;
    struct told t = {0};

    (void)state;
    begin();
    must(vault_withdraw(w.v, w.theirs[0], 0, "asked", &gone, &err), &err);
    must(vault_pack_others(w.v, take_other, &t, &err), &err);
    assert_int_equal(t.o[0].records, 1);
    must(vault_pack_make(w.v, w.pack, true, &done, &err), &err);
    assert_int_equal(done.others, 1);
    assert_int_equal(done.heads, 1);
    assert_int_equal(done.left, 1);
    assert_int_equal(judged(w.pack)->st, VAULT_OK);
    end();
}

/* ---- proofs ---- */

static struct vault_disclosure *
proved(struct vault *v, size_t i, uint32_t version)
{
    struct vault_disclosure *d = NULL;
    struct vault_error err;

    must(vault_disclosure_prove(v, w.own[i], version, NULL, &d, &err), &err);
    return d;
}

static void
a_proof_is_the_same_locked_and_unlocked(void **state)
{
    struct vault_disclosure *a, *b;
    struct vault *v;
    size_t n, m;
    const char *p, *q;

    (void)state;
    begin();
    v = locked();
    a = proved(v, 1, 0);
    b = proved(w.v, 1, 0);
    p = vault_disclosure_text(a, &n);
    q = vault_disclosure_text(b, &m);
    assert_int_equal(n, m);
    assert_memory_equal(p, q, n);
    assert_int_equal(vault_disclosure_facts(a)->version, 2);
    assert_false(vault_disclosure_facts(a)->withdrawn);
    assert_int_equal(vault_disclosure_fields(a), 0);
    vault_disclosure_free(a);
    vault_disclosure_free(b);
    vault_close(v);
    end();
}

static void
a_withdrawn_record_is_proved_and_said_to_be_so(void **state)
{
    struct vault_disclosure *d;
    struct vault *v;

    (void)state;
    begin();
    v = locked();
    d = proved(v, 2, 0);
    assert_true(vault_disclosure_facts(d)->withdrawn);
    vault_disclosure_free(d);
    vault_close(v);
    end();
}

static void
what_is_not_there_is_not_proved(void **state)
{
    static const uint8_t none[VAULT_ID];
    uint8_t stmt[VAULT_HASH] = {0};
    struct vault_disclosure *d = NULL;
    struct vault_error err;
    struct vault *v;

    (void)state;
    begin();
    v = locked();
    assert_int_equal(vault_disclosure_prove(v, w.own[0], 2, NULL, &d, &err),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_disclosure_prove(v, w.own[0], 0, stmt, &d, &err),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_disclosure_prove(v, none, 0, NULL, &d, &err),
        VAULT_E_LOCKED);
    assert_int_equal(vault_disclosure_prove(v, w.theirs[0], 0, NULL, &d, &err),
        VAULT_E_LOCKED);
    assert_int_equal(vault_disclosure_prove(w.v, none, 0, NULL, &d, &err),
        VAULT_E_NOT_FOUND);
    must(vault_disclosure_prove(w.v, w.theirs[0], 0, NULL, &d, &err), &err);
    assert_true(vault_disclosure_facts(d)->foreign);
    vault_disclosure_free(d);
    vault_close(v);
    end();
}

static void
stock_texts_are_the_proof_itself(void **state)
{
    struct vault_disclosure *d;
    struct vlt_tlogproof p;
    struct vlt_leaf leaf;
    struct vault_error err;
    char text[4096];
    const char *s;
    size_t n;

    (void)state;
    begin();
    d = proved(w.v, 0, 0);
    must(vault_disclosure_stock(d, VAULT_STOCK_PROOF, &s, &n, &err), &err);
    assert_true(n < sizeof text);
    memcpy(text, s, n);
    must(vlt_tlogproof_decode(&p, text, n, &err), &err);
    assert_int_equal(p.index, vault_disclosure_facts(d)->index);
    must(vault_disclosure_stock(d, VAULT_STOCK_LEAF, &s, &n, &err), &err);
    must(vlt_leaf_decode(&leaf, s, n, &err), &err);
    assert_memory_equal(leaf.record, w.own[0], VAULT_ID);
    must(vault_disclosure_stock(d, VAULT_STOCK_LOG, &s, &n, &err), &err);
    assert_int_equal(s[n - 1], '\n');
    assert_memory_equal(s, vault_disclosure_facts(d)->origin,
        strlen(vault_disclosure_facts(d)->origin));
    vault_disclosure_free(d);
    end();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_locked_vault_is_packed_and_stays_as_it_is),
        cmocka_unit_test(what_a_pack_says_of_the_log_is_what_the_vault_says),
        cmocka_unit_test(a_pack_comes_over_no_file_and_of_no_other_kind),
        cmocka_unit_test(a_vault_that_was_changed_gives_no_pack),
        cmocka_unit_test(a_stopped_pack_leaves_nothing),
        cmocka_unit_test(what_others_would_show_is_told_before),
        cmocka_unit_test(an_own_line_needs_an_own_row),
        cmocka_unit_test(what_was_destroyed_here_does_not_go_along),
        cmocka_unit_test(a_proof_is_the_same_locked_and_unlocked),
        cmocka_unit_test(a_withdrawn_record_is_proved_and_said_to_be_so),
        cmocka_unit_test(what_is_not_there_is_not_proved),
        cmocka_unit_test(stock_texts_are_the_proof_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
