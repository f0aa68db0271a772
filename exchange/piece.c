/* SPDX-License-Identifier: Apache-2.0 */
/* piece.c: memory for libraries that parse, wiped when it is freed */
#include "piece.h"

#include "bytes.h"

#include <stdlib.h>
#include <string.h>

/* The size stands in front. */
union piece {
    size_t n;
    max_align_t align;
};

void *
piece_new(size_t n)
{
    union piece *p;

    if (n > SIZE_MAX - sizeof *p)
        return NULL;
    p = malloc(sizeof *p + n);
    if (p == NULL)
        return NULL;
    p->n = n;
    return p + 1;
}

void
piece_free(void *q)
{
    union piece *p = q;

    if (p == NULL)
        return;
    p--;
    vlt_wipe(p + 1, p->n);
    free(p);
}

void *
piece_again(void *q, size_t n)
{
    union piece *p = q;
    void *more = piece_new(n);

    if (more == NULL || p == NULL)
        return more;
    p--;
    memcpy(more, q, p->n < n ? p->n : n);
    piece_free(q);
    return more;
}
