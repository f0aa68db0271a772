/* SPDX-License-Identifier: Apache-2.0 */
/* byte_walk.h: one byte of a small vault at a time is changed and judged */
#ifndef TEST_BYTE_WALK_H
#define TEST_BYTE_WALK_H

#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "small_vault.h"

/* What a byte of the file is for. */
enum part {
    PART_HEADER,   /* the first 100 bytes */
    PART_PTRMAP,   /* entries of the pointer map */
    PART_FREELIST, /* head of the list of free pages */
    PART_PAGE,     /* head of a b-tree page */
    PART_POINTER,  /* array of cell pointers */
    PART_CELL,     /* the first bytes of a cell: sizes, keys, record header */
    PART_OVERFLOW, /* number of the next overflow page */
    PART_CONTENT,  /* the rest of the cells, freed blocks, overflow pages */
    PART_UNUSED,   /* between pointers and cells, beyond the maps, free pages */
    PARTS
};
static const char *const part_name[PARTS] = {"header", "pointer map",
    "free list", "page head", "cell pointer", "cell head", "overflow link",
    "content", "unused"};

/* How a change came out. */
enum outcome {
    SEEN_KEYLESS,  /* vault_verify without a secret reports it */
    SEEN_WITH_KEY, /* only with the secret: wraps, epochs, event texts */
    HARMLESS,      /* all that was sealed is shown to be whole */
    OUTCOMES
};

struct byte_walk {
    struct small_vault s;
    int fd;
    uint8_t *good;
    size_t n;
    uint8_t *part; /* enum part, one for each byte */
    uint64_t count[PARTS][OUTCOMES];
    uint64_t reads[SMALL_WRONG + 1];
    uint64_t turns;
    double slowest; /* seconds for one judgement */
};

static inline uint32_t
be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t
be32(const uint8_t *p)
{
    return be16(p) << 16 | be16(p + 2);
}

static inline void
mark(struct byte_walk *w, size_t from, size_t n, enum part part)
{
    assert_true(from + n <= w->n);
    memset(w->part + from, (int)part, n);
}

static inline void
mark_btree(struct byte_walk *w, size_t page, size_t size, size_t head)
{
    const uint8_t *p = w->good + page + head;
    size_t len = p[0] == 2 || p[0] == 5 ? 12 : 8;
    size_t cells = be16(p + 3);
    size_t content = be16(p + 5);
    size_t used = head + len + 2 * cells;
    size_t i;

    mark(w, page + content, size - content, PART_CONTENT);
    mark(w, page + head, len, PART_PAGE);
    mark(w, page + head + len, 2 * cells, PART_POINTER);
    mark(w, page + used, content - used, PART_UNUSED);
    for (i = 0; i < cells; i++) {
        size_t cell = be16(p + len + 2 * i);

        mark(w, page + cell, cell + 16 < size ? 16 : size - cell, PART_CELL);
    }
}

/* Docs: sqlite.org/fileformat2.html, sections 1.3 to 1.8. */
static inline void
mark_all(struct byte_walk *w)
{
    size_t size = be16(w->good + 16);
    size_t pages = w->n / size;
    size_t trunk = be32(w->good + 32);
    size_t i;

    assert_int_equal(size, 16384);
    assert_true(pages < size / 5);
    memset(w->part, PART_CONTENT, w->n);
    mark_btree(w, 0, size, 100);
    mark(w, 0, 100, PART_HEADER);
    mark(w, size, size, PART_UNUSED);
    mark(w, size, 5 * (pages - 2), PART_PTRMAP);
    for (i = 2; i < pages; i++) {
        int type = w->good[size + 5 * (i - 2)];

        if (type == 2)
            mark(w, i * size, size, PART_UNUSED);
        else if (type == 3 || type == 4)
            mark(w, i * size, 4, PART_OVERFLOW);
        else
            mark_btree(w, i * size, size, 0);
    }
    assert_true(trunk > 0);
    mark(w, (trunk - 1) * size, 8 + 4 * be32(w->good + (trunk - 1) * size + 4),
        PART_FREELIST);
}

/* A vault seldom has free pages: let SQLite itself make some. */
static inline void
make_free_pages(const char *path)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
            "CREATE TABLE x(b); INSERT INTO x VALUES(zeroblob(100000)); "
            "DROP TABLE x",
            NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline void
byte_walk_begin(struct byte_walk *w)
{
    memset(w, 0, sizeof *w);
    small_vault_make(&w->s, 0);
    make_free_pages(w->s.path);
    w->good = temp_read(w->s.path, &w->n);
    w->part = malloc(w->n);
    assert_non_null(w->part);
    mark_all(w);
    w->fd = open(w->s.path, O_RDWR);
    assert_true(w->fd >= 0);
}

/* Nothing that looked at the vault has changed it. */
static inline void
byte_walk_end(struct byte_walk *w)
{
    size_t n;
    uint8_t *now = temp_read(w->s.path, &n);

    assert_int_equal(n, w->n);
    assert_memory_equal(now, w->good, n);
    free(now);
    (void)close(w->fd);
    free(w->good);
    free(w->part);
    small_vault_clear(&w->s);
}

static inline double
seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline void
put_byte(struct byte_walk *w, size_t at, uint8_t b)
{
    assert_int_equal(pwrite(w->fd, &b, 1, (off_t)at), 1);
}

static inline enum vault_status
verify(struct byte_walk *w, const struct vault_key *key,
    struct vault_error *err)
{
    struct vault_verify_options o = {.key = key};
    struct vault_verdict verdict;
    double begun = seconds();
    enum vault_status st =
        vault_verify(w->s.path, &o, NULL, NULL, &verdict, err);

    if (seconds() - begun > w->slowest)
        w->slowest = seconds() - begun;
    assert_int_equal(st, err->code);
    assert_true((verdict.failed > 0) == (st == VAULT_E_TAMPERED));
    return st;
}

/* A reader makes a damaged catalogue anew: put the file back as it was. */
static inline void
put_back(struct byte_walk *w)
{
    uint8_t *now = malloc(w->n);

    assert_non_null(now);
    if (lseek(w->fd, 0, SEEK_END) != (off_t)w->n ||
        pread(w->fd, now, w->n, 0) != (ssize_t)w->n ||
        memcmp(now, w->good, w->n) != 0) {
        assert_int_equal(ftruncate(w->fd, (off_t)w->n), 0);
        assert_int_equal(pwrite(w->fd, w->good, w->n, 0), (ssize_t)w->n);
    }
    free(now);
}

static inline void
read_and_count(struct byte_walk *w, size_t at, uint8_t mask, bool whole)
{
    enum small_reading is = small_vault_read(&w->s, w->s.path, w->s.key);

    w->reads[is]++;
    if (is == SMALL_WRONG || (whole && is != SMALL_SAME))
        fail_msg("byte %zu ^ %02x (%s): reading gives %d", at, mask,
            part_name[w->part[at]], (int)is);
}

/*
 * Refused without a secret, else with it, else everything reads back as it
 * was. Refused or not, no reader is given anything that was not sealed:
 * `thorough` asks that of refused ones too.
 */
static inline enum outcome
judge(struct byte_walk *w, size_t at, uint8_t mask, bool thorough)
{
    struct vault_error err = {0};
    enum vault_status st = verify(w, NULL, &err);

    if (st != VAULT_OK) {
        if (st != VAULT_E_TAMPERED && st != VAULT_E_FORMAT &&
            st != VAULT_E_NEWER)
            fail_msg("byte %zu ^ %02x (%s): %s: %s", at, mask,
                part_name[w->part[at]], vault_status_name(st), err.message);
        if (thorough)
            read_and_count(w, at, mask, false);
        return SEEN_KEYLESS;
    }
    /* what lies between pointers and cells is read by nobody */
    if (w->part[at] == PART_UNUSED && !thorough)
        return HARMLESS;
    st = verify(w, w->s.key, &err);
    if (st != VAULT_OK && st != VAULT_E_TAMPERED)
        fail_msg("byte %zu ^ %02x (%s), with key: %s: %s", at, mask,
            part_name[w->part[at]], vault_status_name(st), err.message);
    read_and_count(w, at, mask, st == VAULT_OK);
    return st == VAULT_OK ? HARMLESS : SEEN_WITH_KEY;
}

static inline void
change_byte(struct byte_walk *w, size_t at, uint8_t mask)
{
    enum outcome is;

    put_byte(w, at, (uint8_t)(w->good[at] ^ mask));
    is = judge(w, at, mask, w->turns++ % 16 == 0);
    put_back(w);
    w->count[w->part[at]][is]++;
}

static inline bool
is_structure(const struct byte_walk *w, size_t at)
{
    return w->part[at] <= PART_OVERFLOW;
}

static inline void
byte_walk_tell(const struct byte_walk *w)
{
    int i;

    printf("%-14s %10s %10s %10s\n", "", "keyless", "with key", "harmless");
    for (i = 0; i < PARTS; i++)
        printf("%-14s %10llu %10llu %10llu\n", part_name[i],
            (unsigned long long)w->count[i][SEEN_KEYLESS],
            (unsigned long long)w->count[i][SEEN_WITH_KEY],
            (unsigned long long)w->count[i][HARMLESS]);
    printf("read back: %llu same, %llu refused, %llu not listed; slowest "
           "verify %.0f ms\n",
        (unsigned long long)w->reads[SMALL_SAME],
        (unsigned long long)w->reads[SMALL_REFUSED],
        (unsigned long long)w->reads[SMALL_MISSING], 1000 * w->slowest);
}

#endif
