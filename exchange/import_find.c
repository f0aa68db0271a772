/* SPDX-License-Identifier: Apache-2.0 */
/* import_find.c: what is in already, and the links to it */
#include "importing.h"

#include "fail.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_NAME = 97, LINK_HEAD = 36, LINKS_MAX = 999 };

enum vault_status
import_lookup(struct import *im, const uint8_t hash[VAULT_HASH], bool *found,
    uint8_t id[VAULT_ID], struct vault_error *err)
{
    *found = false;
    memset(id, 0, VAULT_ID);
    if (im->r->vault != NULL) {
        enum vault_status st =
            vault_find_content(im->r->vault, hash, found, id, err);

        if (st != VAULT_OK || *found)
            return st;
    }
    *found = im->r->dry_run && hashset_has(&im->seen, hash);
    return VAULT_OK;
}

enum vault_status
import_resolve(struct import *im, const struct import_item *item,
    size_t *missing, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    *missing = 0;
    for (size_t i = 0; i < item->links && st == VAULT_OK; i++) {
        struct import_link *l = &item->link[i];

        if (l->here)
            continue;
        st = import_lookup(im, l->want, &l->found, l->id, err);
        *missing += !l->found;
    }
    return st;
}

/* ---- giving them to a record ---- */

/* A link from JSON Lines keeps its field. */
VAULT_CHECKED static enum vault_status
seal_named(const struct import_link *l, struct vault_sealer *s,
    const uint8_t vault[VAULT_ID], struct vault_error *err)
{
    uint8_t value[LINK_HEAD + VAULT_RELATION] = {0};
    size_t n = strlen(l->relation);

    if (l->here || !l->found)
        return vault_seal_field(s, VAULT_LINK, VAULT_VALUE, l->field, l->value,
            l->value_len, err);
    memcpy(value, vault, VAULT_ID);
    memcpy(value + VAULT_ID, l->id, VAULT_ID);
    memcpy(value + LINK_HEAD, l->relation, n);
    return vault_seal_field(s, VAULT_LINK, VAULT_VALUE, l->field, value,
        LINK_HEAD + n, err);
}

/* What a table says and nobody has yet: kept, so that nothing is lost. */
VAULT_CHECKED static enum vault_status
seal_missing(const struct import_link *l, size_t number, struct vault_sealer *s,
    struct vault_error *err)
{
    char name[FIELD_NAME];

    if (l->text == NULL)
        return VAULT_OK;
    (void)snprintf(name, sizeof name, "import.link.%zu", number);
    return vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, name, l->text,
        l->text_len, err);
}

VAULT_CHECKED static enum vault_status
seal_new(const struct import_link *l, struct vault_sealer *s,
    struct vault_error *err)
{
    enum vault_status st = vault_seal_link(s, l->id, l->relation, err);

    if (st == VAULT_E_EXISTS) /* two cells that name the same */
        return VAULT_OK;
    return st;
}

enum vault_status
import_seal_links(const struct import_item *item, struct vault_sealer *s,
    size_t missing, struct vault_error *err)
{
    static const uint8_t none[VAULT_ID];
    enum vault_status st = VAULT_OK;
    size_t number = 0;

    (void)missing;
    for (size_t i = 0; i < item->links && st == VAULT_OK; i++) {
        const struct import_link *l = &item->link[i];

        if (l->field != NULL)
            st = seal_named(l, s, item->vault != NULL ? item->vault : none,
                err);
        else if (l->found)
            st = seal_new(l, s, err);
        else
            st = seal_missing(l, ++number, s, err);
    }
    return st;
}

/* ---- later, when more have come ---- */

static bool
names_this(const struct vault_field *f, const struct import_link *l,
    const uint8_t vault[VAULT_ID])
{
    struct vault_link link;

    return vault_link_read(f, &link) &&
        memcmp(link.vault, vault, VAULT_ID) == 0 &&
        memcmp(link.record, l->id, VAULT_ID) == 0 &&
        strcmp(link.relation, l->relation) == 0 &&
        (l->field == NULL || strcmp(f->name, l->field) == 0);
}

/* How many of the links that can be made the record does not have. */
VAULT_CHECKED static enum vault_status
count_new(struct import *im, const struct import_item *item,
    const uint8_t id[VAULT_ID], size_t *made, struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st = vault_record_open(im->r->vault, id, 0, &r, err);

    *made = 0;
    if (st != VAULT_OK)
        return st;
    for (size_t i = 0; i < item->links; i++) {
        bool has = item->link[i].here || !item->link[i].found;

        for (size_t k = 0; k < vault_record_fields(r) && !has; k++) {
            struct vault_field f;

            vault_record_field(r, k, &f);
            has = names_this(&f, &item->link[i], im->vault);
        }
        *made += !has;
    }
    vault_record_close(r);
    return st;
}

/* Those that are missing are told anew. */
VAULT_CHECKED static enum vault_status
drop_missing(struct vault_sealer *s, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    char name[FIELD_NAME];

    for (int i = 1; i <= LINKS_MAX && st == VAULT_OK; i++) {
        (void)snprintf(name, sizeof name, "import.link.%d", i);
        st = vault_amend_remove(s, name, err);
    }
    return st == VAULT_E_NOT_FOUND ? VAULT_OK : st;
}

enum vault_status
import_drop_pending(struct vault_sealer *s, struct vault_error *err)
{
    enum vault_status st = drop_missing(s, err);

    if (st == VAULT_OK)
        st = vault_amend_remove(s, "import.pending", err);
    return st == VAULT_E_NOT_FOUND ? VAULT_OK : st;
}

VAULT_CHECKED static enum vault_status
amend_links(const struct import_item *item, struct vault_sealer *s,
    size_t missing, struct vault_error *err)
{
    enum vault_status st = drop_missing(s, err);

    if (st == VAULT_OK)
        st = import_seal_links(item, s, missing, err);
    if (st == VAULT_OK && missing == 0) {
        st = vault_amend_remove(s, "import.pending", err);
        st = st == VAULT_E_NOT_FOUND ? VAULT_OK : st;
    }
    if (st == VAULT_OK)
        st = vault_seal_reason(s, "import: links to what came later", err);
    return st;
}

enum vault_status
import_relink(struct import *im, const struct import_item *item,
    const uint8_t id[VAULT_ID], size_t missing, size_t *made,
    struct vault_sealed *sealed, struct vault_error *err)
{
    struct vault_sealer *s = NULL;
    enum vault_status st = count_new(im, item, id, made, err);

    if (st != VAULT_OK || (*made == 0 && missing > 0))
        return st;
    st = vault_amend_begin(im->r->vault, id, NULL, &s, err);
    if (st == VAULT_OK)
        st = amend_links(item, s, missing, err);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    return vault_seal_commit(s, sealed, err);
}
