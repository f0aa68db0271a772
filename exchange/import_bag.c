/* SPDX-License-Identifier: Apache-2.0 */
/* import_bag.c: the records of a BagIt bag, once the bag is whole */
#include "importing.h"

#include "bagit.h"
#include "fail.h"
#include "nmark.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The first fault, to be told when the bag is refused. */
struct first {
    char path[256];
    const char *text;
};

static int
note_first(void *ctx, const struct bagit_finding *f)
{
    struct first *first = ctx;

    if (f->only_said || first->text != NULL)
        return 0;
    first->text = f->text;
    (void)snprintf(first->path, sizeof first->path, "%s",
        f->path[0] != 0 ? f->path : f->file);
    return 0;
}

VAULT_CHECKED static enum vault_status
check(const char *folder, struct vault_error *err)
{
    struct first first = {"", NULL};
    struct bagit_result result = {0};
    enum vault_status st =
        bagit_check(folder, note_first, &first, &result, err);

    if (st != VAULT_E_TAMPERED || first.text == NULL)
        return st;
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        N_("ask for the bag again; what is whole in it can be looked at with "
           "any other program"),
        "the bag is not whole: %s: %s; faults: %" PRIu64, first.path,
        first.text, result.faults);
}

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
        st = check(im->r->source, err);
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
