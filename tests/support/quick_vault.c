/* SPDX-License-Identifier: Apache-2.0 */
/* quick_vault.c: a vault opened by a key file, made in no time */
#include "quick_vault.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
must(enum vault_status st, const struct vault_error *err, const char *what)
{
    if (st != VAULT_OK)
        temp_die(err->message, what);
}

void
quick_make(struct quick_vault *q)
{
    struct vault_error err;

    memset(q, 0, sizeof *q);
    temp_dir_make(&q->dir);
    temp_dir_path(&q->dir, "v.sanduq", q->path);
    temp_dir_path(&q->dir, "key", q->keyfile);
    temp_dir_path(&q->dir, "state", q->state);
    q->opt.state_dir = q->state;
    must(vault_keyfile_create(q->keyfile, &err), &err, "key file");
    q->key = vault_key_new();
    if (q->key == NULL)
        temp_die("no memory", "key");
    must(vault_key_file(q->key, q->keyfile, &err), &err, "key file");
    must(vault_create(q->path, q->key, &(struct vault_cost){0, 0}, &q->opt,
             &q->v, &err),
        &err, "vault_create");
}

struct vault *
quick_open(const struct quick_vault *q, const char *path,
    const struct vault_options *opt)
{
    struct vault_error err;
    struct vault *v = NULL;

    must(vault_open(path, opt, &v, &err), &err, "vault_open");
    must(vault_unlock(v, q->key, NULL, &err), &err, "vault_unlock");
    return v;
}

void
quick_close(struct quick_vault *q)
{
    vault_close(q->v);
    q->v = NULL;
}

void
quick_again(struct quick_vault *q)
{
    quick_close(q);
    q->v = quick_open(q, q->path, &q->opt);
}

void
quick_end(struct quick_vault *q)
{
    quick_close(q);
    vault_key_free(q->key);
    q->key = NULL;
    temp_dir_remove(&q->dir);
}

void
quick_add(struct vault *v, const char *title, const void *p, size_t n,
    struct vault_sealed *out)
{
    struct vault_sealed own;
    struct vault_sealer *s = NULL;
    struct vault_error err;

    must(vault_seal_begin(v, "note", &s, &err), &err, "vault_seal_begin");
    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title", title,
             strlen(title), &err),
        &err, "vault_seal_field");
    if (p != NULL)
        must(vault_seal_write(s, p, n, &err), &err, "vault_seal_write");
    must(vault_seal_commit(s, out != NULL ? out : &own, &err), &err,
        "vault_seal_commit");
}

struct bytes {
    uint8_t *p;
    size_t n, room;
};

static enum vault_status
collect(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct bytes *b = ctx;

    (void)err;
    if (b->n + n > b->room) {
        b->room = 2 * (b->n + n);
        b->p = realloc(b->p, b->room);
    }
    if (b->p == NULL)
        temp_die("no memory", "body");
    memcpy(b->p + b->n, p, n);
    b->n += n;
    return VAULT_OK;
}

uint8_t *
quick_body(struct vault *v, const uint8_t id[VAULT_ID], size_t *n)
{
    struct bytes b = {calloc(1, 1), 0, 1};
    struct vault_record *r = NULL;
    struct vault_error err;

    must(vault_record_open(v, id, 0, &r, &err), &err, "vault_record_open");
    must(vault_record_read(r, collect, &b, &err), &err, "vault_record_read");
    vault_record_close(r);
    *n = b.n;
    return b.p;
}

static int
count_entry(void *ctx, const struct vault_entry *entry)
{
    (void)entry;
    ++*(unsigned *)ctx;
    return 0;
}

unsigned
quick_listed(struct vault *v)
{
    struct vault_error err;
    unsigned n = 0;

    must(vault_list(v, NULL, count_entry, NULL, &n, &err), &err, "vault_list");
    return n;
}

static int
take_line(void *ctx, const struct vault_finding *f)
{
    static const char *const level[] = {"HELD", "FAILED", "NOT_SEEN",
        "NOT_AS_ASKED"};
    struct quick_verdict *v = ctx;
    size_t at = strlen(v->lines);

    (void)snprintf(v->lines + at, sizeof v->lines - at, "%s %s: %s\n",
        level[f->level], f->kind, f->text.message);
    return 0;
}

void
quick_verify_with(const char *path, const struct vault_verify_options *opt,
    struct quick_verdict *out)
{
    memset(out, 0, sizeof *out);
    out->st = vault_verify(path, opt, take_line, out, &out->verdict, &out->err);
}

void
quick_verify(const char *path, const struct vault_key *key,
    struct quick_verdict *out)
{
    struct vault_verify_options opt;

    memset(&opt, 0, sizeof opt);
    opt.key = key;
    quick_verify_with(path, &opt, out);
}

static sqlite3 *
plain(const char *path)
{
    sqlite3 *db;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        temp_die(sqlite3_errmsg(db), path);
    return db;
}

void
quick_sql(const char *path, const char *sql)
{
    sqlite3 *db = plain(path);

    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        temp_die(sqlite3_errmsg(db), sql);
    sqlite3_close(db);
}

long long
quick_count(const char *path, const char *sql)
{
    sqlite3 *db = plain(path);
    sqlite3_stmt *st;
    long long n;

    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK ||
        sqlite3_step(st) != SQLITE_ROW)
        temp_die(sqlite3_errmsg(db), sql);
    n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return n;
}

void
quick_noise(uint8_t *p, size_t n, uint64_t seed)
{
    uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

    for (size_t i = 0; i < n; i++) { /* xorshift64* */
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        p[i] = (uint8_t)((x * UINT64_C(0x2545f4914f6cdd1d)) >> 56);
    }
}

int
quick_child(void (*fn)(void *ctx), void *ctx)
{
    int status = 0;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid < 0)
        temp_die("fork", "child");
    if (pid == 0) {
        fn(ctx);
        _exit(0);
    }
    if (waitpid(pid, &status, 0) != pid)
        temp_die("waitpid", "child");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}
