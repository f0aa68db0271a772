/* SPDX-License-Identifier: Apache-2.0 */
/* verify_tell.h: what verify found, in words and for scripts */
#ifndef CLI_VERIFY_TELL_H
#define CLI_VERIFY_TELL_H

#include "cmd.h"

#include "bytes.h"

#include "report.h"

/*
 * What verify needs while it tells. The callbacks of vault_verify all have it
 * as their ctx.
 */
struct verify_tell {
    struct cli *c;
    bool asked;            /* a card was given */
    uint64_t count[4];     /* lines, by level */
    bool evidence;         /* print the facts, too */
    struct report *report; /* --report: hears everything; or NULL */
    const char *report_path;
    struct verify_keep *keep; /* --save-state */
};

/* "holds", "DOES NOT MATCH" ... in the user's language. */
const char *verify_level_text(enum vault_finding_level level);
/* The sentence that the command ends with, without a line feed. */
void verify_sentence(const struct verify_tell *t, const struct vault_verdict *d,
    struct vlt_buf *out);

/* For vault_verify: ctx is the struct verify_tell. */
int verify_tell_finding(void *ctx, const struct vault_finding *f);
int verify_tell_save(void *ctx, const char *state, size_t len);
int verify_tell_said(void *ctx, const struct vault_said *what);
/* With --evidence: an `evidence` line. */
int verify_tell_fact(void *ctx, const struct vault_evidence *e);
/* The last lines; c->exit is set. */
void verify_tell_end(const struct verify_tell *t, const char *path,
    const struct vault_verdict *d);

#endif
