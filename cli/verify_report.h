/* SPDX-License-Identifier: Apache-2.0 */
/* verify_report.h: verify --report FILE.html */
#ifndef CLI_VERIFY_REPORT_H
#define CLI_VERIFY_REPORT_H

#include "report.h"
#include "verify_tell.h"

/*
 * The report of one run. {0} is none: then every function does nothing. The
 * file appears under its name when it is complete, after the verdict is known.
 */
struct verify_report {
    struct report *report;
    struct vlt_outfile *file;
    struct report_about about;
};

/*
 * Begin the file, and read the one that is verified once, for its hash.
 *   VAULT_E_EXISTS  something is there already
 *   VAULT_E_USAGE   what is verified cannot be read twice
 */
VAULT_CHECKED enum vault_status verify_report_begin(struct verify_report *r,
    const char *out, const char *path, struct vault_error *err);
/* Write it; t->c->exit is set. `asked` is borrowed. */
VAULT_CHECKED enum vault_status verify_report_end(struct verify_report *r,
    const struct verify_tell *t, const char *path,
    const struct report_asked *asked, size_t n, const struct vault_verdict *d,
    struct vault_error *err);
/* Whatever was begun and not ended is gone. */
void verify_report_clear(struct verify_report *r);

#endif
