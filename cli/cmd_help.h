/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_help.h: help and version, also as options */
#ifndef CLI_CMD_HELP_H
#define CLI_CMD_HELP_H

#include "cmd.h"

void help_print_overview(const struct cli *c);
void help_print_command(const struct cli *c, const struct cmd *cmd);
void version_print(const struct cli *c);

#endif
