/* SPDX-License-Identifier: Apache-2.0 */
/* outtree.h: a folder of files that are hashed as they are written */
#ifndef EXCHANGE_OUTTREE_H
#define EXCHANGE_OUTTREE_H

#include "bytes.h"
#include "os.h"

#include <vault/vault.h>

/*
 * Files of two sorts: what is handed over (the payload), whose sums go into
 * lists that are written along with it, and what speaks about it (tags),
 * whose sums are kept in memory until tree_tag_sums. Names are relative,
 * split by /, and safe (safe.h). With `bag` there are lists for SHA-256 and
 * SHA-512, in the names and with the percent-encoding of RFC 8493; else one,
 * SHA256SUMS, that sha256sum -c reads.
 */
struct tree;
struct tree_file;
enum tree_sort { TREE_PAYLOAD, TREE_TAG };

/* Takes d over, also when it fails. */
VAULT_CHECKED enum vault_status tree_begin(struct vlt_outdir *d, bool bag,
    struct tree **out, struct vault_error *err);
VAULT_CHECKED enum vault_status tree_open(struct tree *t, const char *name,
    struct tree_file **out, struct vault_error *err);
VAULT_CHECKED enum vault_status tree_put(struct tree_file *f, const void *p,
    size_t n, struct vault_error *err);
/* Frees f whatever happens. sha256 (32 bytes) and bytes may be NULL. */
VAULT_CHECKED enum vault_status tree_close(struct tree *t, struct tree_file *f,
    enum tree_sort sort, uint8_t *sha256, uint64_t *bytes,
    struct vault_error *err);
/* Give up on a file: it is removed. NULL is fine. */
void tree_drop(struct tree *t, struct tree_file *f);
/* A whole tag file. */
VAULT_CHECKED enum vault_status tree_tag(struct tree *t, const char *name,
    const void *p, size_t n, struct vault_error *err);
/* Of the payload so far. */
uint64_t tree_bytes(const struct tree *t);
uint64_t tree_files(const struct tree *t);
/* No more payload: its lists are closed and become tags. */
VAULT_CHECKED enum vault_status tree_end_payload(struct tree *t,
    struct vault_error *err);
/* The lists over the tags, for a bag; nothing after them. */
VAULT_CHECKED enum vault_status tree_tag_sums(struct tree *t,
    struct vault_error *err);
/* The folder appears; `last` as in vlt_outdir_commit. Frees t. */
VAULT_CHECKED enum vault_status tree_commit(struct tree *t, const char *last,
    struct vault_error *err);
/* Everything is removed; false when something is left. NULL is fine. */
bool tree_discard(struct tree *t);
const char *tree_path(const struct tree *t);

#endif
