/* SPDX-License-Identifier: Apache-2.0 */
/* import_batch.h: batches, and telling what is in for good */
#ifndef EXCHANGE_IMPORT_BATCH_H
#define EXCHANGE_IMPORT_BATCH_H

#include "importing.h"

/* A batch is ended at this many bytes of originals. */
enum { IMPORT_BATCH_BYTES = 16 * 1024 * 1024 };

/* What a record is told as; the rest is filled in. */
struct import_told import_told_of(const struct import_item *item,
    enum import_what what);
/* Count it and tell it.   VAULT_E_CANCELLED */
VAULT_CHECKED enum vault_status import_say(struct import *im,
    const struct import_told *t, struct vault_error *err);

/* Whether this pass is about one of the next n records. */
bool import_concerns(struct import *im, uint64_t n);
/* Keep it for a later pass; ascending, twice is once.   VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status import_note_ordinal(struct ordinals *o,
    uint64_t ordinal, struct vault_error *err);

/* Unless one runs. */
VAULT_CHECKED enum vault_status import_begin_batch(struct import *im,
    struct vault_error *err);
/* It is sealed; told when its batch has ended, which may be now. */
VAULT_CHECKED enum vault_status import_wait(struct import *im,
    const struct import_item *item, enum import_what what,
    const struct vault_sealed *sealed, struct vault_error *err);

#endif
