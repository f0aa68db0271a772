/* SPDX-License-Identifier: Apache-2.0 */
/* misuse.h: a caller's mistake ends the process (inside crypto/ only) */
#ifndef VLT_MISUSE_H
#define VLT_MISUSE_H

#include <sodium.h>

/*
 * An assert that release builds keep: with a key or a label in the wrong place
 * it is better to stop than to seal something.
 */
#define VLT_MUST(true_here) ((true_here) ? (void)0 : sodium_misuse())

#endif
