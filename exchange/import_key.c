/* SPDX-License-Identifier: Apache-2.0 */
/* import_key.c: hashes by which imported records are known again */
#include "importing.h"

#include "fail.h"

#include <stdlib.h>
#include <string.h>

/* Each part with its length in front, so that no two lists of parts are the
 * same bytes. */
static void
add(struct import *im, const void *p, size_t n)
{
    uint8_t len[8];

    vlt_store_u64(len, n);
    vault_hash_update(im->keys, len, sizeof len);
    if (n > 0)
        vault_hash_update(im->keys, p, n);
}

static void
add_text(struct import *im, const char *s)
{
    add(im, s, strlen(s));
}

/*
 * Half of SHA-512. The vault looks for SHA-256 of originals and for these
 * alike: were these SHA-256 too, a file with the bytes that a key is made of
 * would keep out the record with that key.
 */
static void
finish(struct import *im, uint8_t out[VAULT_HASH])
{
    uint8_t whole[VAULT_SHA512];

    vault_hash_final(im->keys, whole);
    memcpy(out, whole, VAULT_HASH);
    vlt_wipe(whole, sizeof whole);
}

void
import_key_id(struct import *im, const char *kind, const char *table,
    const void *key, size_t n, uint8_t out[VAULT_HASH])
{
    add_text(im, "sanduq/import/id/v1");
    add_text(im, kind);
    add_text(im, table);
    add(im, key, n);
    finish(im, out);
}

void
import_key_pending(struct import *im, const uint8_t key[VAULT_HASH],
    uint8_t out[VAULT_HASH])
{
    add_text(im, "sanduq/import/pending/v1");
    add(im, key, VAULT_HASH);
    finish(im, out);
}

static int
by_name(const void *a, const void *b)
{
    const struct form_field *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

static void
add_field(struct import *im, const struct form_field *f)
{
    uint8_t head[2] = {(uint8_t)f->type, (uint8_t)f->state};

    add_text(im, f->name);
    add(im, head, sizeof head);
    add(im, f->value, f->value_len);
}

/* The order of the columns does not count. */
VAULT_CHECKED static enum vault_status
add_fields(struct import *im, const struct form *f, struct vault_error *err)
{
    const struct form_field **all = calloc(f->n + 1, sizeof(void *));

    if (all == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < f->n; i++)
        all[i] = &f->field[i];
    qsort(all, f->n, sizeof(void *), by_name);
    for (size_t i = 0; i < f->n; i++)
        add_field(im, all[i]);
    free(all);
    return VAULT_OK;
}

enum vault_status
import_key_content(struct import *im, const struct import_item *item,
    const uint8_t *sha256, uint8_t out[VAULT_HASH], struct vault_error *err)
{
    enum vault_status st;

    add_text(im, "sanduq/import/key/v1");
    add_text(im, item->type);
    add(im, item->id, item->has_id ? VAULT_HASH : 0);
    add(im, sha256, sha256 != NULL ? VAULT_HASH : 0);
    st = add_fields(im, item->form, err);
    for (size_t i = 0; i < item->links; i++) {
        add_text(im, item->link[i].relation);
        add(im, item->link[i].want, VAULT_HASH);
    }
    finish(im, out);
    return st;
}
