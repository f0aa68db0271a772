/* SPDX-License-Identifier: Apache-2.0 */
/* said.h: what a text says, shown without believing it */
#ifndef CLI_SAID_H
#define CLI_SAID_H

#include "cmd.h"

#include "bytes.h"

/*
 * One field of a disclosure for people: a body by its length and hash, and by
 * its text when it is a short one and is all there. Everything harmless.
 */
void said_field(const struct vault_field *f, bool beside, uint64_t bytes);
/* A line of verify about one value, or a `said` line with --json. */
void said_print(const struct cli *c, const struct vault_said *s);
/* The sentence that verify ends with about a text that holds. `asked`: a card
 * was given. */
void said_sentence(const struct vault_verdict *d, bool asked,
    struct vlt_buf *out);

#endif
