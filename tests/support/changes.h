/* SPDX-License-Identifier: Apache-2.0 */
/* changes.h: every text that is one byte away from a given one */
#ifndef TEST_CHANGES_H
#define TEST_CHANGES_H

#include <stddef.h>

/*
 * Call `with` for each text made from `text` by removing, inserting or
 * replacing one byte at any place, by doubling a line, and by appending.
 * The bytes put in are those that break exact forms: NUL, TAB, LF, VT, FF,
 * CR, space, DEL, digits, signs, letters of both cases, base64's own and a
 * byte that is no UTF-8. The text passed stands in memory of its own size.
 */
void each_change(const char *text, size_t len,
    void (*with)(void *ctx, const char *changed, size_t len), void *ctx);

#endif
