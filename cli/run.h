/* SPDX-License-Identifier: Apache-2.0 */
/* run.h: one run of the program, from its arguments to its exit status */
#ifndef CLI_RUN_H
#define CLI_RUN_H

/* argv without the program's name. */
int run(int argc, char *const *argv);

#endif
