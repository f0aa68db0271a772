/* SPDX-License-Identifier: Apache-2.0 */
/* feed.h: a file of others, byte by byte */
#ifndef EXCHANGE_FEED_H
#define EXCHANGE_FEED_H

#include "os.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FEED_SIZE = 65536 };

/*
 * Reads ahead FEED_SIZE bytes and no more. feed_open and feed_bytes borrow
 * what they are given; feed_clear wipes what was read.
 */
struct feed {
    struct vlt_file *file; /* NULL: only what is in buf */
    uint8_t *buf;
    size_t pos, len;
    bool ended;
    uint64_t taken; /* bytes that were read from the file */
    enum vault_status st;
    struct vault_error *err; /* where a failed read is told */
};

VAULT_CHECKED enum vault_status feed_open(struct feed *f, struct vlt_file *file,
    struct vault_error *err);
/* Over bytes in memory: at most FEED_SIZE are taken at a time too. */
VAULT_CHECKED enum vault_status feed_bytes(struct feed *f, const void *p,
    size_t n, struct vault_error *err);
void feed_clear(struct feed *f);

/* The next byte without taking it; -1 at the end or after a failure, which
 * f->st tells apart. */
int feed_peek(struct feed *f);
int feed_take(struct feed *f);
/* Bytes read ahead, for a look at the beginning. */
const uint8_t *feed_ahead(struct feed *f, size_t *n);

#endif
