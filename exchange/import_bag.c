/* SPDX-License-Identifier: Apache-2.0 */
/* import_bag.c: the records of a BagIt bag, once the bag is whole */
#include "importing.h"

#include "bagit.h"
#include "fail.h"
#include "nmark.h"

#include <stdlib.h>

enum vault_status
import_bag(struct import *im, struct vault_error *err)
{
    char *data = names_join(im->r->source, "data");
    char *lines = names_join(im->r->source, "data/records.jsonl");
    enum vault_status st = VAULT_OK;

    if (data == NULL || lines == NULL)
        st = vlt_fail_memory(err);
    /* once is enough: each original is hashed again when it is sealed */
    if (st == VAULT_OK && im->pass == 1)
        st = bagit_check(im->r->source, err);
    if (st == VAULT_OK && !vlt_os_exists(lines))
        st = vlt_fail_hint(err, VAULT_E_FORMAT,
            N_("its files can be taken in with --from folder"),
            "the bag holds no data/records.jsonl; it is not one of Sanduq's");
    if (st == VAULT_OK)
        st = import_lines_of(im, lines, data, err);
    free(lines);
    free(data);
    return st;
}
