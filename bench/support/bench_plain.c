/* SPDX-License-Identifier: Apache-2.0 */
/* bench_plain.c: the same texts without a vault, to compare with */
#include "bench_plain.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench_clock.h"
#include "bench_texts.h"

enum { PATH = 4096, BATCH = 5000 };

static void
fatal(const char *what)
{
    fprintf(stderr, "plain: %s\n", what);
    exit(1);
}

static void
run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fatal(sqlite3_errmsg(db));
}

static void
put(sqlite3_stmt *st, uint64_t i, const char *title, const char *text)
{
    sqlite3_bind_int64(st, 1, (sqlite3_int64)i + 1);
    sqlite3_bind_text(st, 2, title, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, text, -1, SQLITE_STATIC);
    if (sqlite3_step(st) != SQLITE_DONE)
        fatal("inserting");
    sqlite3_reset(st);
}

void
bench_plain_fill(const char *folder, uint64_t n)
{
    char path[PATH], title[BENCH_TITLE], text[BENCH_TEXT];
    sqlite3_stmt *row, *words;
    sqlite3 *db = NULL;
    uint64_t i;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/plain.txt", folder);
    f = fopen(path, "w");
    (void)snprintf(path, sizeof path, "%s/plain.db", folder);
    if (f == NULL || sqlite3_open(path, &db) != SQLITE_OK)
        fatal(path);
    run(db, "CREATE TABLE rec(id INTEGER PRIMARY KEY, title TEXT, text TEXT)");
    run(db,
        "CREATE VIRTUAL TABLE word USING fts5(title, text, content='rec', "
        "content_rowid='id')");
    run(db, "BEGIN");
    if (sqlite3_prepare_v2(db, "INSERT INTO rec VALUES(?, ?, ?)", -1, &row,
            NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
            "INSERT INTO word(rowid, title, text) VALUES(?, ?, ?)", -1, &words,
            NULL) != SQLITE_OK)
        fatal(sqlite3_errmsg(db));
    for (i = 0; i < n; i++) {
        bench_invent(i, title, text);
        put(row, i, title, text);
        put(words, i, title, text);
        fprintf(f, "%llu\t%s\t%s\n", (unsigned long long)i, title, text);
        if (i % BATCH == BATCH - 1)
            run(db, "COMMIT; BEGIN");
    }
    run(db, "COMMIT");
    sqlite3_finalize(row);
    sqlite3_finalize(words);
    sqlite3_close(db);
    if (fclose(f) != 0)
        fatal("plain.txt");
}

static sqlite3 *
open_plain(const char *folder)
{
    char path[PATH];
    sqlite3 *db;

    (void)snprintf(path, sizeof path, "%s/plain.db", folder);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK)
        return db;
    sqlite3_close(db);
    return NULL;
}

static void
find(sqlite3 *db, const char *match)
{
    sqlite3_stmt *st;

    if (sqlite3_prepare_v2(db,
            "SELECT r.id, r.title FROM word w JOIN rec r ON r.id = w.rowid "
            "WHERE w.word MATCH ? ORDER BY w.rowid DESC LIMIT 50",
            -1, &st, NULL) != SQLITE_OK)
        fatal(sqlite3_errmsg(db));
    sqlite3_bind_text(st, 1, match, -1, SQLITE_STATIC);
    while (sqlite3_step(st) == SQLITE_ROW)
        ;
    sqlite3_finalize(st);
}

double
bench_plain_find(const char *folder, const char *one, const char *two)
{
    struct bench_clock t = {0};
    char match[256];
    int i;

    (void)snprintf(match, sizeof match, "%s %s", one, two != NULL ? two : "");
    for (i = 0; i < BENCH_ROUNDS; i++) {
        sqlite3 *db = open_plain(folder);

        if (db == NULL)
            return -1;
        bench_begin(&t);
        find(db, match);
        bench_end(&t);
        sqlite3_close(db);
    }
    return bench_median(&t);
}

double
bench_plain_grep(const char *folder, const char *word)
{
    char command[PATH + 128];
    double start = bench_now_ms();

    (void)snprintf(command, sizeof command,
        "test -e '%s/plain.txt' && grep -iw '%s' '%s/plain.txt' >'%s/grep.out'",
        folder, word, folder, folder);
    /* the words are those of the benchmark itself */
    if (system(command) != 0) /* NOLINT(cert-env33-c) */
        return -1;
    return bench_now_ms() - start;
}
