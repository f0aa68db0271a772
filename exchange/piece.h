/* SPDX-License-Identifier: Apache-2.0 */
/* piece.h: memory for libraries that parse, wiped when it is freed */
#ifndef EXCHANGE_PIECE_H
#define EXCHANGE_PIECE_H

#include <stddef.h>

/*
 * malloc, realloc and free for a library that takes them: what it holds may
 * be a testimony. A piece that grows is wiped where it was.
 */
void *piece_new(size_t n);
void *piece_again(void *q, size_t n);
void piece_free(void *q);

#endif
