/* SPDX-License-Identifier: Apache-2.0 */
/* receive_tell.h: what a person or a script is told about received files */
#ifndef CLI_RECEIVE_TELL_H
#define CLI_RECEIVE_TELL_H

#include <vault/receive.h>

#include "cmd.h"

/* What stood in one file, line by line: for people, before anything is
 * decided. */
void receive_tell_lines(const struct vault_received *row);
/* What was added to them from line `from` on, by taking it in. */
void receive_tell_more(const struct vault_received *row, size_t from);
/* The table at the end: one line per file. For vault_receive_each. */
void receive_tell_head(void);
int receive_tell_row(void *ctx, const struct vault_received *row);
/* The same for scripts: `finding` lines, then one `file`. ctx: struct cli.
 * `receipt` names the file it was written to, or is NULL. */
void receive_tell_json(const struct vault_received *row, const char *receipt);
/* The exit status that one file asks for, 0 none. `named`: on the command
 * line, and not found in a folder. */
int receive_exit(const struct vault_received *row, bool named);

#endif
