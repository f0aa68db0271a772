/* SPDX-License-Identifier: Apache-2.0 */
/* import_find.c: what is in already, and the links to it */
#include "importing.h"

#include "fail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vault/device.h>

enum { FIELD_NAME = 97, LINK_HEAD = 36, LINKS_MAX = 999 };

bool
import_blind(const struct import *im)
{
    return im->r->vault != NULL && vault_is_capture(im->r->vault);
}

VAULT_CHECKED static enum vault_status
keep(struct import *im, const struct vault_content *c, size_t n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < n && st == VAULT_OK; i++)
        st = recall_put(&im->recall, c[i].sha256, c[i].found ? c[i].id : NULL,
            err);
    return st;
}

enum vault_status
import_lookup(struct import *im, const uint8_t hash[VAULT_HASH], bool *found,
    uint8_t id[VAULT_ID], struct vault_error *err)
{
    const struct recall_entry *e = recall_get(&im->recall, hash);
    struct vault_content one = {.found = false};
    enum vault_status st = VAULT_OK;

    *found = e != NULL && e->found;
    memset(id, 0, VAULT_ID);
    if (*found)
        memcpy(id, e->id, VAULT_ID);
    if (e != NULL || im->r->vault == NULL || import_blind(im))
        return VAULT_OK;
    memcpy(one.sha256, hash, VAULT_HASH);
    st = vault_find_contents(im->r->vault, &one, 1, err);
    if (st != VAULT_OK)
        return st;
    *found = one.found;
    if (one.found)
        memcpy(id, one.id, VAULT_ID);
    return keep(im, &one, 1, err);
}

/* ---- many at once ---- */

struct asking {
    struct vault_content *c;
    size_t n, room;
};

/* What is known to be here stays so; what was not here is asked again. */
static bool
want(struct import *im, struct asking *a, const uint8_t hash[VAULT_HASH])
{
    const struct recall_entry *e = recall_get(&im->recall, hash);

    if (e != NULL && (e->found || im->r->dry_run))
        return true;
    if (a->n == a->room) {
        size_t room = a->room > 0 ? 2 * a->room : 256;
        struct vault_content *all = realloc(a->c, room * sizeof *all);

        if (all == NULL)
            return false;
        a->c = all;
        a->room = room;
    }
    memset(&a->c[a->n], 0, sizeof a->c[0]);
    memcpy(a->c[a->n++].sha256, hash, VAULT_HASH);
    return true;
}

/* Whether it is here by what was asked so far. */
static bool
is_here(struct import *im, const uint8_t hash[VAULT_HASH])
{
    const struct recall_entry *e = recall_get(&im->recall, hash);

    return e != NULL && e->found;
}

static bool
want_key(struct import *im, struct asking *a, const struct import_item *item)
{
    bool ok = want(im, a, item->key);

    if (item->by_body && !im->r->again)
        ok = want(im, a, item->sha256) && ok;
    return ok;
}

/* What is left to ask once it is known whether the record is here. */
static bool
want_rest(struct import *im, struct asking *a, const struct import_item *item)
{
    uint8_t pending[VAULT_HASH];
    bool here = is_here(im, item->key), ok = true;

    if (item->has_id && !here)
        ok = want(im, a, item->id);
    for (size_t i = 0; i < item->links && (!here || im->pass == 3); i++) {
        if (!item->link[i].here)
            ok = want(im, a, item->link[i].want) && ok;
    }
    if (item->links > 0 && here) {
        import_key_pending(im, item->key, pending);
        ok = want(im, a, pending) && ok;
    }
    return ok;
}

VAULT_CHECKED static enum vault_status
ask(struct import *im,
    bool (*wants)(struct import *, struct asking *, const struct import_item *),
    struct vault_error *err)
{
    struct asking a = {0};
    bool ok = true;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < im->queued && ok; i++)
        ok = wants(im, &a, &im->queue[i].item);
    if (!ok)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = vault_find_contents(im->r->vault, a.c, a.n, err);
    if (st == VAULT_OK)
        st = keep(im, a.c, a.n, err);
    free(a.c);
    return st;
}

enum vault_status
import_ask_ahead(struct import *im, struct vault_error *err)
{
    enum vault_status st;

    if (im->r->vault == NULL || import_blind(im))
        return VAULT_OK;
    /* found again when they are needed */
    if (!im->r->dry_run && im->recall.n > RECALL_MAX / 2)
        recall_clear(&im->recall);
    st = ask(im, want_key, err);
    if (st == VAULT_OK)
        st = ask(im, want_rest, err);
    return st;
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
            st =
                seal_named(l, s, item->vault != NULL ? item->vault : none, err);
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
