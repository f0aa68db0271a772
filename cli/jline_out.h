/* SPDX-License-Identifier: Apache-2.0 */
/* jline_out.h: JSON Lines on standard output */
#ifndef CLI_JLINE_OUT_H
#define CLI_JLINE_OUT_H

#include "jline.h"

/* Close the line and write it to standard output; frees. */
void jline_end(struct jline *j);

#endif
