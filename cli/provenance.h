/* SPDX-License-Identifier: Apache-2.0 */
/* provenance.h: whose record it is, and through whose hands it came */
#ifndef CLI_PROVENANCE_H
#define CLI_PROVENANCE_H

#include "cmd.h"
#include "jline_out.h"

/* For people, behind the fields; nothing for this vault's own. What cannot be
 * read is told and nothing more. */
void provenance_print(struct cli *c, const struct vault_record *r);
/* The same as a member `provenance`. */
void provenance_json(struct cli *c, const struct vault_record *r,
    struct jline *j);

#endif
