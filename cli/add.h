/* SPDX-License-Identifier: Apache-2.0 */
/* add.h: sealing one thing after another, small ones in groups */
#ifndef CLI_ADD_H
#define CLI_ADD_H

#include "cmd.h"
#include "form.h"

/* A record that is sealed; within a batch not yet for good. */
struct add_done {
    struct vault_sealed sealed;
    const char *path; /* NULL: a form without a file */
};
enum { ADD_GROUP = 64 };

struct add {
    /* What is asked for. */
    struct cli *c;
    const struct form *form;
    const char *type;        /* NULL: file or note */
    const char *name;        /* NULL: the file's own */
    bool again;              /* seal also what is there already */
    const char *compartment; /* NULL: as the type is bound */
    /* Begin each record; NULL: vault_seal_begin with `type`. */
    enum vault_status (*begin)(struct add *a, struct vault_sealer **out,
        struct vault_error *err);
    void *ctx; /* of begin */
    /* How far it has come. */
    bool in_batch;
    struct add_done waiting[ADD_GROUP]; /* until the batch has ended */
    size_t waiting_len;
    uint64_t waiting_bytes;
    uint64_t began_ms;
    uint64_t added, failed, bytes, same, away;
    struct opt_list originals; /* paths sealed for good */
    uint8_t *piece;            /* what was read last */
};

/*
 * Look at every path before anyone is asked for a passphrase. The bad ones
 * are told when their turn comes, unless all are bad.
 *   the status of the first bad path, when none is good
 */
VAULT_CHECKED enum vault_status add_check_paths(struct add *a,
    struct vault_error *err);

/* Everything; tells what went in and what not. */
VAULT_CHECKED enum vault_status add_all(struct add *a, struct vault_error *err);

void add_clear(struct add *a);

#endif
