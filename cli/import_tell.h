/* SPDX-License-Identifier: Apache-2.0 */
/* import_tell.h: what a person or a script is told about an import */
#ifndef CLI_IMPORT_TELL_H
#define CLI_IMPORT_TELL_H

#include "cmd.h"
#include "import.h"

/* What the callbacks know. */
struct import_telling {
    struct cli *c;
    bool dry_run;
    uint64_t done; /* shown so far */
    uint64_t away; /* went to a compartment without this vault */
};
/* Callbacks of struct import_request; ctx is a struct import_telling. */
int import_tell_one(void *ctx, const struct import_told *t);
int import_tell_step(void *ctx, uint64_t done, uint64_t total,
    const char *name);
/* The counts; sets the exit status. */
void import_tell_end(const struct import_telling *r,
    const struct import_counts *n);

#endif
