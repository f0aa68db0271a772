/* SPDX-License-Identifier: Apache-2.0 */
/* state_bench.c: saved states of a vault, also one that knows only its making */
#include "state_bench.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "leaf.h"
#include "tree.h"

static void
must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "state_bench: %s\n", what);
    exit(2);
}

struct saving {
    char *text;
};

static int
keep(void *ctx, const char *state, size_t len)
{
    struct saving *s = ctx;

    s->text = calloc(1, len + 1);
    must(s->text != NULL, "no memory");
    memcpy(s->text, state, len);
    return 0;
}

char *
state_of(const char *path)
{
    return state_again(path, NULL);
}

char *
state_again(const char *path, const char *state)
{
    struct saving s = {NULL};
    struct vault_verify_options opt = {.save = keep,
        .state = state,
        .state_len = state != NULL ? strlen(state) : 0};
    struct vault_verdict verdict;
    enum vault_status st = vault_verify(path, &opt, NULL, &s, &verdict, NULL);

    return st == VAULT_OK || st == VAULT_E_POLICY ? s.text : NULL;
}

/* One line of log 1, as its hash and its kind. */
static void
add_line(sqlite3_stmt *st, struct vlt_edge *e, struct vlt_checked_log *log)
{
    struct vlt_leaf leaf;
    uint8_t hash[32];

    memset(&leaf, 0, sizeof leaf);
    (void)snprintf(leaf.kind, sizeof leaf.kind, "%s",
        (const char *)sqlite3_column_text(st, 0));
    must(sqlite3_column_type(st, 1) == SQLITE_NULL, "a line of a record");
    memcpy(leaf.subject, sqlite3_column_blob(st, 2), 32);
    memcpy(leaf.event, sqlite3_column_blob(st, 3), 32);
    vlt_leaf_text_hash(hash, &leaf);
    must(vlt_edge_add(e, hash, NULL) == VAULT_OK, "a line");
    if (strcmp(leaf.kind, "slots") == 0)
        memcpy(log->slots, leaf.subject, 32);
    if (strcmp(leaf.kind, "settings") == 0)
        memcpy(log->settings, leaf.subject, 32);
}

static void
read_lines(const char *path, uint64_t lines, struct vlt_edge *e,
    struct vlt_checked_log *log)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;

    vlt_edge_init(e);
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
            sqlite3_prepare_v2(db,
                "SELECT kind, id, subj, ev FROM leaf WHERE log = 1 AND "
                "idx < ? ORDER BY idx",
                -1, &st, NULL) == SQLITE_OK,
        "opening");
    sqlite3_bind_int64(st, 1, (sqlite3_int64)lines);
    while (sqlite3_step(st) == SQLITE_ROW)
        add_line(st, e, log);
    sqlite3_finalize(st);
    sqlite3_close(db);
    must(e->size == lines, "lines");
}

char *
state_early(const char *path, uint64_t lines)
{
    char *now = state_of(path), *text;
    struct vlt_verifystate s;
    struct vlt_buf out;
    struct vlt_edge e;
    size_t i = 0;
    unsigned k;

    must(now != NULL &&
            vlt_verifystate_decode(&s, now, strlen(now), NULL) == VAULT_OK &&
            s.logs == 1,
        "a state of one log");
    read_lines(path, lines, &e, s.log);
    s.log->size = lines;
    s.log->edges = vlt_edge_count(lines);
    for (k = 0; k < VLT_TREE_LEVELS; k++) {
        if (lines >> k & 1)
            s.log->edge[i++] = e.at[k];
    }
    s.records = 0;
    s.withdrawn = 0;
    memset(s.row, 0, sizeof s.row);
    vlt_buf_init(&out, VLT_VERIFYSTATE_MAX);
    must(vlt_verifystate_encode(&out, &s, NULL) == VAULT_OK, "encoding");
    text = strdup(vlt_buf_cstr(&out));
    vlt_buf_clear(&out);
    vlt_verifystate_clear(&s);
    free(now);
    return text;
}

enum vault_status
state_verify(const char *path, const char *state,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out)
{
    struct vault_verify_options opt = {.state = state,
        .state_len = strlen(state)};
    struct vault_error err;

    return vault_verify(path, &opt, fn, ctx, out, &err);
}
