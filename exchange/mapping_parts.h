/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_parts.h: a mapping file while it is read */
#ifndef EXCHANGE_MAPPING_PARTS_H
#define EXCHANGE_MAPPING_PARTS_H

#include "form_json.h"
#include "mapping.h"

/* Where one is in the file, for mistakes: records[1].columns.NAME */
struct mapping_reading {
    struct mapping *m;
    const char *as;
    size_t record; /* its number */
    bool many;     /* there is an array of them */
    struct vault_error *err;
};

/* Note that this member was expected to be something else. part or name may
 * be empty. */
void mapping_mistake(const struct mapping_reading *r, const char *part,
    const char *name, const char *expected);

/* Only these members may be there. `words` is split by |. */
void mapping_only(const struct mapping_reading *r, json_t *object,
    const char *part, const char *words);
/* A member that is a text, lent by the file; NULL when it is not there, or no
 * text. */
const char *mapping_text(const struct mapping_reading *r, const json_t *object,
    const char *part, const char *name);
/* An object of text: text; of the member "states" only texts that are one. */
const json_t *mapping_words(const struct mapping_reading *r, json_t *object,
    const char *part, const char *member);

/* The members key, links and columns of a record. What is wrong in them is
 * noted; only what stops everything is no VAULT_OK. */
VAULT_CHECKED enum vault_status mapping_read_key(const struct mapping_reading
                                                     *r,
    const json_t *v, struct map_key *key);
VAULT_CHECKED enum vault_status mapping_read_links(const struct mapping_reading
                                                       *r,
    json_t *object, struct map_record *out);
VAULT_CHECKED enum vault_status mapping_read_columns(
    const struct mapping_reading *r, json_t *object, struct map_record *out);

#endif
