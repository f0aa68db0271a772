/* SPDX-License-Identifier: Apache-2.0 */
/* import_submission.h: one ODK submission and its media into the vault */
#ifndef EXCHANGE_IMPORT_SUBMISSION_H
#define EXCHANGE_IMPORT_SUBMISSION_H

#include "import_rows.h"

struct submissions {
    struct import *im;
    bool mapped;
    struct rows rows;
    bool *seen; /* for each column of the mapping: some answer had its name */
    size_t columns;
    uint64_t read; /* submissions so far, in this pass */
};
/* Where a submission lies. */
struct submission_place {
    const char *folder, *file;
    const char *below; /* path of the folder in the source, for people */
};

/* With the mapping of the request, if there is one.   VAULT_E_USAGE */
VAULT_CHECKED enum vault_status submissions_begin(struct submissions *s,
    struct import *im, struct vault_error *err);
/*
 * The submission as one record, or as the mapping says, and a `file` for each
 * of its media, linked to it. What is wrong with it or with a file is told.
 * `names`: called with each file that it names.
 */
VAULT_CHECKED enum vault_status submissions_put(struct submissions *s,
    const struct submission_place *at,
    void (*names)(void *ctx, const char *file), void *ctx,
    struct vault_error *err);
/* Tell which columns of the mapping no submission had. */
VAULT_CHECKED enum vault_status submissions_tell_unseen(struct submissions *s,
    struct vault_error *err);
void submissions_end(struct submissions *s);

#endif
