/* SPDX-License-Identifier: Apache-2.0 */
/* tarout.h: a tar archive as a stream: ustar, pax where that is not enough */
#ifndef EXCHANGE_TAROUT_H
#define EXCHANGE_TAROUT_H

#include "bytes.h"

/*
 * POSIX.1-2001. The same calls give the same bytes: owner 0, no names of users,
 * files 0600. Names are relative, split by /, UTF-8; one that is longer than
 * 100 bytes or not ASCII stands in a pax header, as does a size of 8 GiB or
 * more. {0} with put and ctx set is the start.
 */
struct tar_out {
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err);
    void *ctx;
    uint64_t left; /* of the file that is being written */
    unsigned pad;  /* behind it */
};

/* A folder, with all that are below it; 0700. */
VAULT_CHECKED enum vault_status tar_folder(struct tar_out *t, const char *name,
    int64_t mtime, struct vault_error *err);
/* A file of exactly `size` bytes, which tar_put gives; then tar_close. */
VAULT_CHECKED enum vault_status tar_open(struct tar_out *t, const char *name,
    uint64_t size, int64_t mtime, struct vault_error *err);
/* VAULT_E_TAMPERED  more than was said, or fewer */
VAULT_CHECKED enum vault_status tar_put(struct tar_out *t, const void *p,
    size_t n, struct vault_error *err);
VAULT_CHECKED enum vault_status tar_close(struct tar_out *t,
    struct vault_error *err);
/* A whole file. */
VAULT_CHECKED enum vault_status tar_file(struct tar_out *t, const char *name,
    const void *p, size_t n, int64_t mtime, struct vault_error *err);
/* The end of the archive. */
VAULT_CHECKED enum vault_status tar_end(struct tar_out *t,
    struct vault_error *err);

#endif
