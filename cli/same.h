/* SPDX-License-Identifier: Apache-2.0 */
/* same.h: originals that came in while nobody could look */
#ifndef CLI_SAME_H
#define CLI_SAME_H

#include "cmd.h"

/*
 * Of the `n` records (1,000 at most) that were taken in last, say which hold an original that
 * another record has too, bit for bit: add could not know it while the vault
 * was locked. Nothing is changed, and nothing is said when it cannot be
 * asked.
 */
void same_tell(struct cli *c, uint64_t n);

#endif
