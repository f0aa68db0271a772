/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.c: JSON of others, in memory that is wiped */
#include "form_json.h"

#include "piece.h"

json_t *
json_read(const char *text, size_t n, size_t flags, json_error_t *why)
{
    json_set_alloc_funcs(piece_new, piece_free);
    json_object_seed(0);
    return json_loadb(text, n, JSON_REJECT_DUPLICATES | flags, why);
}
