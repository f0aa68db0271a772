/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c: JSON of others, in memory that is wiped */
#include "form_json.h"

#include "bytes.h"

#include <stdlib.h>

/*
 * What jansson holds may be a testimony: wiped when it is freed. The size
 * stands in front of each piece.
 */
union piece {
    size_t n;
    max_align_t align;
};

static void *
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

static void
piece_free(void *q)
{
    union piece *p = q;

    if (p == NULL)
        return;
    p--;
    vlt_wipe(p + 1, p->n);
    free(p);
}

json_t *
json_read(const char *text, size_t n, size_t flags, json_error_t *why)
{
    json_set_alloc_funcs(piece_new, piece_free);
    json_object_seed(0);
    return json_loadb(text, n, JSON_REJECT_DUPLICATES | flags, why);
}
