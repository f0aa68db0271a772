/* SPDX-License-Identifier: Apache-2.0 */
/* help.h: help texts out of the tables of commands */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "bytes.h"
#include "cmd.h"

/* All commands, one line each. */
void help_overview(struct vlt_buf *b);
/* Everything about one, examples first. */
void help_command(struct vlt_buf *b, const struct cmd *cmd);
/* A topic ("exit-status"), a whole text. NULL when there is none. */
const char *help_topic(const char *name);
/* Wrap a text of paragraphs at `columns`, each line after `indent` blanks. */
void help_wrap(struct vlt_buf *b, const char *text, int indent, int columns);

#endif
