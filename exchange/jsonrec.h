/* SPDX-License-Identifier: Apache-2.0 */
/* jsonrec.h: one line of JSON as a record on its way in */
#ifndef EXCHANGE_JSONREC_H
#define EXCHANGE_JSONREC_H

#include "form.h"

/* No line is longer. */
enum { JSONREC_MAX = FORM_MAX };

/*
 * A line is either what `export` wrote (docs/json.md, "Records in JSON
 * Lines"): then every field is as it was sealed, `exchanged` is true and the
 * record that it was is known; or a form of anyone's making, an object of
 * name: value as in --fields, whose type is its member "record_type", its
 * member "type" or the type that was asked for. Its fields are not yet
 * brought into the shape of their type (form_fit).
 */
struct jsonrec {
    char type[FORM_TYPE + 1]; /* "" when nothing said it */
    bool passed;              /* neither: a summary, a progress line */
    bool exchanged;
    uint8_t vault[VAULT_ID], id[VAULT_ID];
    uint32_t version;
    bool has_sealed;
    int64_t sealed;
    struct form form; /* with file.name and the like, when exchanged */
    char *file;       /* the body's path; NULL without */
    bool has_sha256;
    uint8_t sha256[VAULT_HASH];
};

/*
 * `as`: the type when the line says none; NULL. What is wrong with members is
 * noted in the form.
 *   VAULT_E_FORMAT  not JSON, or no object; the place is told
 *   VAULT_E_LIMIT   longer than JSONREC_MAX
 */
VAULT_CHECKED enum vault_status jsonrec_read(const char *line, size_t n,
    const char *as, struct jsonrec *out, struct vault_error *err);
void jsonrec_clear(struct jsonrec *r); /* wipes */

#endif
