/* SPDX-License-Identifier: Apache-2.0 */
/* test_receive.c: what others gave is judged first, and comes in at once */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vault/agefile.h>
#include <vault/notice.h>
#include "circle.h"
#include "receiving.h"
#include "text.h"

/* One run, row by row. */
struct seen {
    enum vault_status st;
    struct vault_receive_result done;
    struct vault_error err;
    size_t n;
    struct vault_received row[8]; /* no pointer in it is to be followed */
    char receipt[4096];
    char why[8][512];
    char lines[8][4096];
};

static int
take_row(void *ctx, const struct vault_received *row)
{
    struct seen *s = ctx;

    (void)snprintf(s->why[s->n], sizeof s->why[0], "%s", row->why.message);
    s->lines[s->n][0] = 0;
    for (size_t i = 0; i < row->lines_len; i++) {
        size_t at = strlen(s->lines[s->n]);

        (void)snprintf(s->lines[s->n] + at, sizeof s->lines[0] - at, "%s\n",
            row->lines[i].text.message);
    }
    if (row->receipt != NULL)
        (void)snprintf(s->receipt, sizeof s->receipt, "%.*s",
            (int)row->receipt_len, row->receipt);
    s->row[s->n++] = *row;
    return 0;
}

static void
run(struct vault *v, const char *const *path, size_t n, const char *accept,
    bool receipts, struct seen *s)
{
    struct vault_receive_options opt = {.receipts = receipts};
    struct vault_receive *r = NULL;

    memset(s, 0, sizeof *s);
    assert_int_equal(vault_receive_begin(v, &opt, &r, &s->err), VAULT_OK);
    s->st = VAULT_OK;
    for (size_t i = 0; s->st == VAULT_OK && i < n; i++)
        s->st = vault_receive_add(r, path[i], &s->err);
    if (s->st == VAULT_OK && accept != NULL)
        s->st = vault_receive_accept(r, accept, &s->err);
    if (s->st == VAULT_OK)
        s->st = vault_receive_commit(r, &s->done, &s->err);
    assert_int_equal(vault_receive_each(r, take_row, s, NULL), VAULT_OK);
    vault_receive_close(r);
}

static void
run_one(struct vault *v, const char *path, struct seen *s)
{
    run(v, &path, 1, NULL, false, s);
}

static long long
lines_of(const struct quick_vault *q)
{
    return quick_count(q->path, "SELECT count(*) FROM leaf");
}

static void
give(struct circle *c, size_t from, size_t to, const uint8_t id[VAULT_ID],
    const char *only, const char *name, char path[TEMP_PATH])
{
    struct circle_share s = {.from = from,
        .to = 1u << to,
        .id = (const uint8_t(*)[VAULT_ID])id,
        .n = 1,
        .only = only};

    circle_share(c, &s, name, path);
}

/* A note with two texts and a body of n bytes. */
static void
seal(struct vault *v, size_t n, struct vault_sealed *out)
{
    struct vault_sealer *s = NULL;
    uint8_t *p = malloc(n + 1);

    assert_non_null(p);
    quick_noise(p, n, n);
    assert_int_equal(vault_seal_begin(v, "note", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title", "t",
                         1, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "text",
                         "said", 4, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "place",
                         "there", 5, NULL),
        VAULT_OK);
    if (n > 0)
        assert_int_equal(vault_seal_write(s, p, n, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, out, NULL), VAULT_OK);
    free(p);
}

/* ---- tests ---- */

static void
twice_is_once_and_adds_no_line(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct seen s;
    char path[TEMP_PATH];
    uint8_t *body;
    long long lines;
    size_t n;

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 200000, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    run_one(c.q[1].v, path, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.row[0].signer, VAULT_SIGNER_COMPARED);
    assert_int_equal(s.done.count.fresh, 1);
    lines = lines_of(&c.q[1]);
    body = quick_body(c.q[1].v, sealed.id, &n);
    assert_int_equal(n, 200000);
    free(body);
    run_one(c.q[1].v, path, &s);
    assert_int_equal(s.done.count.fresh, 0);
    assert_int_equal(s.done.count.already, 1);
    assert_int_equal(lines_of(&c.q[1]), lines);
    assert_int_equal(quick_listed(c.q[1].v), 1);
    circle_end(&c);
}

static void
parts_add_up_and_the_whole_replaces_them(void **state)
{
    static const int orders[3][3] = {{0, 1, 2}, {1, 0, 2}, {2, 0, 1}};
    struct circle c;
    struct vault_sealed sealed;
    struct seen s;
    char path[3][TEMP_PATH];
    char *first = NULL, *other;
    size_t i, k;

    (void)state;
    circle_make(&c, 4);
    seal(c.q[0].v, 100000, &sealed);
    for (k = 0; k < 3; k++) {
        static const char *const only[] = {"text", "place", NULL};
        struct circle_share share = {.from = 0,
            .to = 14,
            .id = (const uint8_t(*)[VAULT_ID]) & sealed.id,
            .n = 1,
            .only = only[k]};
        char name[24];

        (void)snprintf(name, sizeof name, "part-%zu", k);
        circle_share(&c, &share, name, path[k]);
    }
    for (i = 0; i < 3; i++) {
        for (k = 0; k < 3; k++) {
            run_one(c.q[1 + i].v, path[orders[i][k]], &s);
            assert_int_equal(s.st, VAULT_OK);
            if (s.row[0].state != VAULT_RECEIVE_DONE)
                print_error("%s", s.lines[0]);
            assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
        }
        other = circle_picture(c.q[1 + i].v, NULL, NULL);
        if (first != NULL)
            assert_string_equal(first, other);
        else
            assert_non_null(strstr(other, " place:"));
        free(first);
        first = other;
    }
    /* the last one had the whole first: the parts brought nothing */
    assert_int_equal(s.done.count.already, 1);
    assert_int_equal(s.done.count.more, 0);
    free(first);
    circle_end(&c);
}

static void
what_was_changed_comes_in_not_at_all_and_keeps_no_other_out(void **state)
{
    struct circle c;
    struct vault_sealed one, two;
    struct seen s;
    char path[2][TEMP_PATH];
    const char *both[2] = {path[0], path[1]};

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 100000, &one);
    seal(c.q[0].v, 0, &two);
    give(&c, 0, 1, one.id, NULL, "a", path[0]);
    give(&c, 0, 1, two.id, NULL, "b", path[1]);
    quick_sql(path[0],
        "UPDATE segment SET ct = zeroblob(length(ct)) WHERE n = 0");
    run(c.q[1].v, both, 2, NULL, false, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_REFUSED);
    assert_int_equal(s.row[0].why.code, VAULT_E_TAMPERED);
    assert_int_equal(s.row[1].state, VAULT_RECEIVE_DONE);
    assert_int_equal(quick_listed(c.q[1].v), 1);
    assert_int_equal(quick_count(c.q[1].path,
                         "SELECT count(*) FROM record WHERE f = 1"),
        1);
    circle_end(&c);
}

static void
a_signer_nobody_compared_needs_a_decision(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct vault_info info;
    struct seen s;
    char path[TEMP_PATH];
    const char *one = path;

    (void)state;
    circle_make(&c, 1);
    quick_make(&c.q[1]); /* knows nobody */
    c.n = 2;
    circle_pin(c.q[0].v, c.q[1].v, "v1", true);
    seal(c.q[0].v, 0, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    run_one(c.q[1].v, path, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_UNKNOWN);
    assert_int_equal(s.row[0].signer, VAULT_SIGNER_UNKNOWN);
    assert_int_equal(quick_listed(c.q[1].v), 0);
    assert_int_equal(vault_info(c.q[0].v, &info, NULL), VAULT_OK);
    assert_string_equal(info.fingerprint, s.row[0].fingerprint);
    /* another key, or a part of the key, is no decision */
    run(c.q[1].v, &one, 1, "zzzz", false, &s);
    assert_int_equal(s.st, VAULT_E_NOT_FOUND);
    run(c.q[1].v, &one, 1, info.fingerprint, false, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(quick_listed(c.q[1].v), 1);
    circle_end(&c);
}

static void
nothing_is_taken_in_that_is_for_somebody_else(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct seen s;
    char path[TEMP_PATH];

    (void)state;
    circle_make(&c, 3);
    seal(c.q[0].v, 0, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    run_one(c.q[2].v, path, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_REFUSED);
    assert_int_equal(s.row[0].why.code, VAULT_E_NO_KEY);
    circle_end(&c);
}

static void
what_comes_back_is_here_already_and_never_after_its_withdrawal(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct vault_withdrawal gone;
    struct seen s;
    char path[TEMP_PATH], back[TEMP_PATH];

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 0, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    circle_take(c.q[1].v, path, NULL);
    give(&c, 1, 0, sealed.id, NULL, "back", back);
    run_one(c.q[0].v, back, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.done.count.already, 1);
    assert_int_equal(vault_withdraw(c.q[0].v, sealed.id, 0, NULL, &gone, NULL),
        VAULT_OK);
    run_one(c.q[0].v, back, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.done.count.gone, 1);
    assert_int_equal(s.done.count.fresh, 0);
    assert_int_equal(quick_listed(c.q[0].v), 0);
    circle_end(&c);
}

/* The vault is put back from an older copy: what others were given since comes
 * back, a new record and a new version alike. */
static void
what_was_lost_here_comes_back(void **state)
{
    struct circle c;
    struct vault_sealed first, second, amended;
    struct vault_sealer *sealer = NULL;
    struct vault_record *r = NULL;
    struct seen s;
    char copy[TEMP_PATH], path[3][TEMP_PATH];

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 100000, &first);
    temp_dir_path(&c.q[0].dir, "copy", copy);
    quick_close(&c.q[0]);
    temp_copy(c.q[0].path, copy);
    c.q[0].v = quick_open(&c.q[0], c.q[0].path, &c.q[0].opt);
    seal(c.q[0].v, 0, &second);
    assert_int_equal(vault_amend_begin(c.q[0].v, first.id, NULL, &sealer, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(sealer, VAULT_TEXT, VAULT_VALUE, "text",
                         "corrected", 9, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(sealer, &amended, NULL), VAULT_OK);
    give(&c, 0, 1, first.id, NULL, "a", path[0]);
    give(&c, 0, 1, second.id, NULL, "b", path[1]);
    circle_take(c.q[1].v, path[0], NULL);
    circle_take(c.q[1].v, path[1], NULL);
    quick_close(&c.q[0]);
    temp_copy(copy, c.q[0].path);
    c.q[0].v = quick_open(&c.q[0], c.q[0].path, &c.q[0].opt);
    give(&c, 1, 0, first.id, NULL, "back-a", path[0]);
    give(&c, 1, 0, second.id, NULL, "back-b", path[1]);
    run_one(c.q[0].v, path[1], &s);
    assert_int_equal(s.done.count.fresh, 1);
    assert_int_equal(quick_listed(c.q[0].v), 2);
    run_one(c.q[0].v, path[0], &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.done.count.fresh, 1);
    assert_int_equal(vault_record_open(c.q[0].v, first.id, 0, &r, NULL),
        VAULT_OK);
    assert_int_equal(vault_record_entry(r)->version, 2);
    vault_record_close(r);
    circle_end(&c);
}

static void
what_was_destroyed_here_does_not_come_in_again(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct vault_withdrawal gone;
    struct seen s;
    char path[TEMP_PATH];

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 100000, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    circle_take(c.q[1].v, path, NULL);
    assert_int_equal(vault_withdraw(c.q[1].v, sealed.id, 0, NULL, &gone, NULL),
        VAULT_OK);
    run_one(c.q[1].v, path, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.done.count.gone, 1);
    assert_int_equal(quick_listed(c.q[1].v), 0);
    assert_int_equal(quick_count(c.q[1].path, "SELECT count(*) FROM segment"),
        0);
    circle_end(&c);
}

static void
a_record_of_another_origin_keeps_its_id(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct vlt_record_row row;
    struct vlt_rlook look;
    struct vault_error err;
    uint8_t stmt[32];
    char path[TEMP_PATH];

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 0, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    circle_take(c.q[1].v, path, NULL);
    for (size_t i = 0; i < 2; i++) {
        struct vault *v = c.q[i].v;

        assert_int_equal(vlt_read_begin(c.q[0].v, &err), VAULT_OK);
        assert_int_equal(vlt_record_get(c.q[0].v->store, sealed.id, 1, &row,
                             NULL, &err),
            VAULT_OK);
        vlt_store_rollback(c.q[0].v->store);
        row.head.h.origin[3] ^= 1;
        vlt_record_header_encode(row.head.header, &row.head.h);
        vlt_record_stmt(stmt, &row.head);
        assert_int_equal(vlt_read_begin(v, &err), VAULT_OK);
        assert_int_equal(vlt_receive_look(v, &row.head, stmt, &look, &err),
            VAULT_OK);
        vlt_store_rollback(v->store);
        assert_int_equal(look.here, VLT_HERE_ANOTHER);
    }
    circle_end(&c);
}

static void
two_histories_of_one_log_are_refused(void **state)
{
    struct circle c;
    struct vault_sealed one, two;
    struct quick_vault twin;
    struct seen s;
    char path[2][TEMP_PATH], from[TEMP_PATH], cmd[5 * TEMP_PATH];
    const char *both[2] = {path[0], path[1]};

    (void)state;
    circle_make(&c, 2);
    /* the machine is restored with its state: the same log key twice */
    twin = c.q[0];
    quick_close(&c.q[0]);
    temp_dir_path(&c.q[0].dir, "copy", from);
    (void)snprintf(cmd, sizeof cmd, "mkdir '%s' && cp -r '%s' '%s' '%s'", from,
        c.q[0].path, c.q[0].state, from);
    assert_int_equal(system(cmd), 0);
    (void)snprintf(twin.path, sizeof twin.path, "%.400s/v.sanduq", from);
    (void)snprintf(twin.state, sizeof twin.state, "%.400s/state", from);
    twin.opt.state_dir = twin.state;
    c.q[0].v = quick_open(&c.q[0], c.q[0].path, &c.q[0].opt);
    seal(c.q[0].v, 0, &one);
    give(&c, 0, 1, one.id, NULL, "a", path[0]);
    quick_close(&c.q[0]);
    twin.v = quick_open(&twin, twin.path, &twin.opt);
    seal(twin.v, 0, &two);
    c.q[0].v = twin.v;
    give(&c, 0, 1, two.id, NULL, "b", path[1]);
    /* neither is known yet: the second does not go with the first */
    run(c.q[1].v, both, 2, NULL, false, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.row[1].state, VAULT_RECEIVE_REFUSED);
    assert_int_equal(quick_listed(c.q[1].v), 1);
    run_one(c.q[1].v, path[1], &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_REFUSED);
    assert_int_equal(s.row[0].why.code, VAULT_E_TAMPERED);
    assert_non_null(strstr(s.why[0], "two histories"));
    assert_int_equal(quick_listed(c.q[1].v), 1);
    circle_end(&c);
}

static void
requests_hide_what_comes_later(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct vault_withdrawal gone;
    struct vault_notice_made made;
    struct seen s;
    char path[TEMP_PATH], request[TEMP_PATH];

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 0, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    assert_int_equal(vault_withdraw(c.q[0].v, sealed.id, 0, NULL, &gone, NULL),
        VAULT_OK);
    assert_int_equal(vault_notice_withdraw(c.q[0].v,
                         (const uint8_t(*)[VAULT_ID]) & sealed.id, 1, "asked",
                         &made, NULL),
        VAULT_OK);
    temp_dir_path(&c.files, "request", request);
    temp_write(request, made.note, made.len);
    vault_text_free(made.note);
    run_one(c.q[1].v, request, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.done.notices, 1);
    run_one(c.q[1].v, path, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(quick_listed(c.q[1].v), 0);
    circle_end(&c);
}

static void
a_receipt_goes_back_and_is_made_once(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct seen s, again;
    char path[TEMP_PATH], receipt[TEMP_PATH];
    const char *one = path;
    long long lines;

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 0, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    run(c.q[1].v, &one, 1, NULL, true, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(strncmp(s.receipt, "sanduq.v1/receipt\n", 18), 0);
    lines = lines_of(&c.q[1]);
    run(c.q[1].v, &one, 1, NULL, true, &again);
    assert_string_equal(s.receipt, again.receipt);
    assert_int_equal(lines_of(&c.q[1]), lines);
    temp_dir_path(&c.files, "receipt", receipt);
    temp_write(receipt, s.receipt, strlen(s.receipt));
    run_one(c.q[0].v, receipt, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.row[0].count.fresh, 1);
    lines = lines_of(&c.q[0]);
    run_one(c.q[0].v, receipt, &s);
    assert_int_equal(s.row[0].count.already, 1);
    assert_int_equal(lines_of(&c.q[0]), lines);
    circle_end(&c);
}

/* ---- age ---- */

static enum vault_status
append(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    FILE *f = ctx;

    (void)err;
    return fwrite(p, 1, n, f) == n ? VAULT_OK : VAULT_E_IO;
}

static void
age_file(struct vault *to, const char *path, const void *p, size_t n)
{
    struct vault_age_to *whom = vault_age_to_new();
    struct vault_age_out *out = NULL;
    char recipient[VLT_CARD_AGE_TEXT];
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_non_null(whom);
    vlt_card_age(recipient, &to->card);
    assert_int_equal(vault_age_to_add(whom, recipient, NULL), VAULT_OK);
    assert_int_equal(vault_age_begin(whom, false, append, f, &out, NULL),
        VAULT_OK);
    assert_int_equal(vault_age_write(out, p, n, NULL), VAULT_OK);
    assert_int_equal(vault_age_finish(out, NULL), VAULT_OK);
    vault_age_out_free(out);
    vault_age_to_free(whom);
    fclose(f);
}

static void
anyones_age_file_becomes_a_record(void **state)
{
    struct quick_vault q;
    struct vault_record *r = NULL;
    struct vault_field f;
    struct seen s;
    char path[TEMP_PATH];
    uint8_t *plain = malloc(300000), *body;
    bool sender = false;
    size_t n;

    (void)state;
    assert_non_null(plain);
    quick_make(&q);
    quick_noise(plain, 300000, 7);
    temp_dir_path(&q.dir, "letter.txt.age", path);
    age_file(q.v, path, plain, 300000);
    run_one(q.v, path, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.row[0].kind, VAULT_RECEIVED_DOCUMENT);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_int_equal(s.done.documents, 1);
    body = quick_body(q.v, s.row[0].id, &n);
    assert_int_equal(n, 300000);
    assert_memory_equal(body, plain, n);
    free(body);
    assert_int_equal(vault_record_open(q.v, s.row[0].id, 0, &r, NULL),
        VAULT_OK);
    assert_string_equal(vault_record_entry(r)->name, "letter.txt");
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        vault_record_field(r, i, &f);
        sender = sender ||
            (strcmp(f.name, "source.sender") == 0 && f.value_len == 17 &&
                memcmp(f.value, "not authenticated", 17) == 0);
    }
    assert_true(sender);
    vault_record_close(r);
    run_one(q.v, path, &s);
    assert_int_equal(s.row[0].count.already, 1);
    assert_int_equal(quick_listed(q.v), 1);
    /* cut off: refused, and nothing of it sealed */
    assert_int_equal(truncate(path, 200000), 0);
    run_one(q.v, path, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_REFUSED);
    assert_int_equal(s.row[0].why.code, VAULT_E_TAMPERED);
    assert_int_equal(quick_listed(q.v), 1);
    free(plain);
    quick_end(&q);
}

static void
a_couriers_bundle_leaves_nothing_beside_the_vault(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct circle_share share = {.from = 0, .to = 2, .n = 1, .courier = true};
    struct seen s;
    char path[TEMP_PATH];
    size_t entries;

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 100000, &sealed);
    share.id = (const uint8_t(*)[VAULT_ID]) & sealed.id;
    circle_share(&c, &share, "a", path);
    entries = temp_dir_count(&c.q[1].dir);
    run_one(c.q[1].v, path, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    assert_true(s.row[0].courier);
    assert_int_equal(s.done.count.fresh, 1);
    assert_int_equal(temp_dir_count(&c.q[1].dir), entries);
    circle_end(&c);
}

/* ---- what is not received ---- */

static void
what_is_none_of_these_is_left_with_the_reason(void **state)
{
    struct circle c;
    struct seen s;
    char text[TEMP_PATH], capture[TEMP_PATH], other[TEMP_PATH],
        missing[TEMP_PATH];
    const char *all[6] = {text, capture, other, NULL, missing, NULL};

    (void)state;
    circle_make(&c, 2);
    temp_dir_path(&c.files, "text", text);
    temp_write(text, "only text\n", 10);
    temp_dir_path(&c.files, "missing", missing);
    temp_dir_path(&c.q[1].dir, "own.capture", capture);
    temp_dir_path(&c.q[0].dir, "other.capture", other);
    assert_int_equal(vault_capture_create(c.q[1].v, capture, NULL), VAULT_OK);
    assert_int_equal(vault_capture_create(c.q[0].v, other, NULL), VAULT_OK);
    all[3] = c.q[0].path;
    run(c.q[1].v, all, 5, NULL, false, &s);
    assert_int_equal(s.st, VAULT_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s.row[i].state,
            i == 2 ? VAULT_RECEIVE_REFUSED : VAULT_RECEIVE_LEFT);
    assert_int_equal(s.row[0].kind, VAULT_RECEIVED_OTHER);
    assert_int_equal(s.row[1].kind, VAULT_RECEIVED_CAPTURE);
    assert_non_null(strstr(s.why[2], "capture file of another vault"));
    assert_non_null(strstr(s.why[3], "a vault"));
    assert_int_equal(s.row[4].why.code, VAULT_E_NOT_FOUND);
    circle_end(&c);
}

/* ---- cards ---- */

static void
card_of(struct vlt_buf *note, struct vlt_card *card, const uint8_t vault[16],
    uint32_t generation, uint8_t seed, const struct vlt_card *before,
    uint8_t seed_before)
{
    struct vlt_seed *s = vlt_seed_new(), *p = vlt_seed_new();

    assert_non_null(s);
    assert_non_null(p);
    memset(s->b, seed, 32);
    memset(p->b, seed_before, 32);
    memset(card, 0, sizeof *card);
    memcpy(card->vault, vault, 16);
    card->generation = generation;
    if (before != NULL) {
        card->has_prev = true;
        memcpy(card->prev, before->fingerprint, 32);
    }
    vlt_buf_init(note, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(card, s, before != NULL ? p : NULL, note,
                         NULL),
        VAULT_OK);
    vlt_seed_free(s);
    vlt_seed_free(p);
}

static enum vault_received_signer
judge(struct vault *v, const struct vlt_card *card, const struct vlt_buf *note)
{
    struct vlt_rcards *cards = NULL;
    struct vault_error why;
    char name[256];
    enum vault_received_signer s;

    assert_int_equal(vlt_read_begin(v, NULL), VAULT_OK);
    assert_int_equal(vlt_rcards_load(v, &cards, NULL), VAULT_OK);
    assert_int_equal(vlt_rcards_add(cards, (const char *)note->p, note->len,
                         NULL),
        VAULT_OK);
    s = vlt_rcards_judge(cards, card, name, &why);
    vlt_rcards_free(cards);
    vlt_store_rollback(v->store);
    return s;
}

static void
a_card_with_a_known_vaults_id_must_belong_to_it(void **state)
{
    struct circle c;
    struct vlt_buf note, next;
    struct vlt_card card, second;

    (void)state;
    circle_make(&c, 2);
    /* its own key, and the id of a vault that was compared */
    card_of(&note, &card, c.q[1].v->id, 1, 1, NULL, 0);
    assert_int_equal(judge(c.q[0].v, &card, &note), VAULT_SIGNER_REFUSED);
    vlt_buf_clear(&note);
    card_of(&next, &second, c.q[1].v->id, 2, 2, &card, 1);
    assert_int_equal(judge(c.q[0].v, &second, &next), VAULT_SIGNER_REFUSED);
    vlt_buf_clear(&next);
    /* this vault's own id */
    card_of(&note, &card, c.q[0].v->id, 1, 1, NULL, 0);
    assert_int_equal(judge(c.q[0].v, &card, &note), VAULT_SIGNER_REFUSED);
    vlt_buf_clear(&note);
    /* a vault that nobody knows */
    card_of(&note, &card, (const uint8_t *)"0123456789abcdef", 1, 1, NULL, 0);
    assert_int_equal(judge(c.q[0].v, &card, &note), VAULT_SIGNER_UNKNOWN);
    vlt_buf_clear(&note);
    circle_end(&c);
}

/* ---- interrupted ---- */

struct dying {
    struct quick_vault *q;
    const char *path;
    unsigned after;
};

static int
die(void *ctx, const struct vault_progress *p)
{
    unsigned *left = ctx;

    (void)p;
    if (--*left == 0)
        (void)kill(getpid(), SIGKILL);
    return 0;
}

static void
receive_and_die(void *ctx)
{
    struct dying *d = ctx;
    struct vault_options opt = d->q->opt;
    struct vault_receive_result done;
    struct vault_error err;
    struct vault *v = quick_open(d->q, d->q->path, &d->q->opt);

    vault_close(v);
    opt.progress = die;
    opt.ctx = &d->after;
    v = quick_open(d->q, d->q->path, &opt);
    (void)!circle_receive(v, &d->path, 1, &done, &err);
    vault_close(v);
}

/* Killed at any step, the vault is as before or as after, and the next run
 * clears what lay beside it. */
static void
killed_at_any_step_it_is_before_or_after(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct circle_share share = {.from = 0, .to = 2, .n = 1, .courier = true};
    struct dying d;
    struct quick_verdict verdict;
    struct seen s;
    char path[TEMP_PATH];
    size_t entries;
    unsigned step = 1, n;
    int ended = 0;

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 2500000, &sealed);
    share.id = (const uint8_t(*)[VAULT_ID]) & sealed.id;
    circle_share(&c, &share, "a", path);
    quick_close(&c.q[1]);
    entries = temp_dir_count(&c.q[1].dir);
    for (n = 1; ended == 0; n += step) {
        d = (struct dying){&c.q[1], path, n};
        ended = quick_child(receive_and_die, &d) != 256 + SIGKILL;
        step = 1 + n / 6;
        quick_verify(c.q[1].path, c.q[1].key, &verdict);
        assert_int_equal(verdict.st, VAULT_OK);
        c.q[1].v = quick_open(&c.q[1], c.q[1].path, &c.q[1].opt);
        assert_true(quick_listed(c.q[1].v) <= 1);
        if (quick_listed(c.q[1].v) == 1)
            assert_int_equal(quick_count(c.q[1].path,
                                 "SELECT count(*) FROM segment"),
                3);
        quick_close(&c.q[1]);
    }
    assert_true(n > 8);
    c.q[1].v = quick_open(&c.q[1], c.q[1].path, &c.q[1].opt);
    run_one(c.q[1].v, path, &s);
    assert_int_equal(s.st, VAULT_OK);
    assert_int_equal(s.done.count.already, 1);
    quick_close(&c.q[1]);
    assert_int_equal(temp_dir_count(&c.q[1].dir), entries);
    circle_end(&c);
}

/* A thief cannot read which note is which, and can take any away. */
static void
a_note_that_was_taken_away_is_missed(void **state)
{
    struct circle c;
    struct vault_sealed sealed;
    struct quick_verdict d;
    struct seen s;
    char path[TEMP_PATH], sql[200];
    const char *one = path;
    long long last;

    (void)state;
    circle_make(&c, 2);
    seal(c.q[0].v, 10, &sealed);
    give(&c, 0, 1, sealed.id, NULL, "a", path);
    run(c.q[1].v, &one, 1, NULL, true, &s);
    assert_int_equal(s.row[0].state, VAULT_RECEIVE_DONE);
    quick_close(&c.q[1]);
    quick_verify(c.q[1].path, c.q[1].key, &d);
    assert_int_equal(d.verdict.failed, 0);
    /* the receipt is the last, and the state of the log before it */
    last = quick_count(c.q[1].path,
        "SELECT max(n) FROM note WHERE f = 1 AND n < 4294967296");
    for (int i = 0; i < 2; i++) {
        (void)snprintf(sql, sizeof sql, "DELETE FROM note WHERE n = %lld",
            last - i);
        quick_sql(c.q[1].path, sql);
        quick_verify(c.q[1].path, c.q[1].key, &d);
        assert_int_equal(d.verdict.failed, 1);
        (void)snprintf(sql, sizeof sql, "taken away from outside: %d", i + 1);
        assert_non_null(strstr(d.lines, sql));
    }
    quick_again(&c.q[1]);
    circle_end(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twice_is_once_and_adds_no_line),
        cmocka_unit_test(parts_add_up_and_the_whole_replaces_them),
        cmocka_unit_test(
            what_was_changed_comes_in_not_at_all_and_keeps_no_other_out),
        cmocka_unit_test(a_signer_nobody_compared_needs_a_decision),
        cmocka_unit_test(nothing_is_taken_in_that_is_for_somebody_else),
        cmocka_unit_test(
            what_comes_back_is_here_already_and_never_after_its_withdrawal),
        cmocka_unit_test(what_was_lost_here_comes_back),
        cmocka_unit_test(what_was_destroyed_here_does_not_come_in_again),
        cmocka_unit_test(a_record_of_another_origin_keeps_its_id),
        cmocka_unit_test(two_histories_of_one_log_are_refused),
        cmocka_unit_test(requests_hide_what_comes_later),
        cmocka_unit_test(a_receipt_goes_back_and_is_made_once),
        cmocka_unit_test(a_note_that_was_taken_away_is_missed),
        cmocka_unit_test(anyones_age_file_becomes_a_record),
        cmocka_unit_test(a_couriers_bundle_leaves_nothing_beside_the_vault),
        cmocka_unit_test(what_is_none_of_these_is_left_with_the_reason),
        cmocka_unit_test(a_card_with_a_known_vaults_id_must_belong_to_it),
        cmocka_unit_test(killed_at_any_step_it_is_before_or_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
