/* SPDX-License-Identifier: Apache-2.0 */
/* epochs.c: secrets of stored epochs, and the events sealed under them */
#include <string.h>
#include "cell.h"
#include "fail.h"
#include "handle.h"

/*
 * One try costs about 0.15 ms. What is ours opens at one of the first few
 * wraps nearly always; a row of 4,096 that are for nobody costs 0.6 s, and a
 * file may hold many, named by many records.
 */
enum { TRIED_MAX = 8192, FEW = 64 };

static void
forget(struct vlt_open_epoch *o)
{
    vlt_epoch_clear(&o->epoch);
    vlt_e0_free(o->e0);
    o->e0 = NULL;
}

void
vlt_epochs_forget(struct vault *v)
{
    size_t i;

    for (i = 0; i < v->open_epochs; i++)
        forget(&v->open_epoch[i]);
    memset(v->open_epoch, 0, sizeof v->open_epoch);
    v->open_epochs = 0;
    v->next_epoch = 0;
    v->shut_epochs = 0;
}

/* Make room: the oldest goes when all places are taken. */
static struct vlt_open_epoch *
place(struct vault *v)
{
    struct vlt_open_epoch *o;

    if (v->open_epochs < VLT_OPEN_EPOCHS)
        return &v->open_epoch[v->open_epochs++];
    o = &v->open_epoch[v->next_epoch];
    v->next_epoch = (v->next_epoch + 1) % VLT_OPEN_EPOCHS;
    forget(o);
    return o;
}

/* Newest first: a vault that was never renewed has one key. */
enum vault_status
vlt_epoch_own_open(struct vault *v, const struct vlt_epoch *e,
    struct vlt_e0 **out, struct vault_error *err)
{
    const struct vault *own = v->keys != NULL ? v->keys : v;
    enum vault_status st =
        vlt_epoch_open(e, own->kem, own->card.fingerprint, out, err);
    size_t i;

    if (st == VAULT_E_NO_KEY)
        v->wraps_tried += e->n;
    for (i = 0; st == VAULT_E_NO_KEY && i < own->pasts; i++) {
        if (own->past[i].kem == NULL)
            continue;
        vlt_error_clear(err);
        st = vlt_epoch_open(e, own->past[i].kem, own->past[i].card.fingerprint,
            out, err);
        if (st == VAULT_E_NO_KEY)
            v->wraps_tried += e->n;
    }
    return st;
}

enum vault_status
vlt_epoch_row_open(struct vault *v, const struct vlt_epoch_row *row,
    struct vlt_e0 **out, struct vault_error *err)
{
    uint64_t time;
    struct vlt_e0 *e0;

    if (row->has_cache && v->vmk != NULL) {
        e0 = vlt_e0_new();
        if (e0 == NULL)
            return vlt_fail_memory(err);
        if (vlt_epoch_cache_open(&row->epoch, row->cache, sizeof row->cache,
                v->vmk, e0, &time)) {
            *out = e0;
            return VAULT_OK;
        }
        vlt_e0_free(e0);
    }
    if (row->epoch.n > FEW && v->wraps_tried + row->epoch.n > TRIED_MAX)
        return vlt_fail(err, VAULT_E_NO_KEY,
            "too many wraps that are for nobody were tried before this epoch");
    return vlt_epoch_own_open(v, &row->epoch, out, err);
}

static enum vault_status
shut(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_NO_KEY,
        "no wrap of this epoch is for this key");
}

static bool
is_shut(const struct vault *v, const uint8_t id[16])
{
    size_t i;

    for (i = 0; i < v->shut_epochs && i < VLT_SHUT_EPOCHS; i++) {
        if (memcmp(v->shut_epoch[i], id, 16) == 0)
            return true;
    }
    return false;
}

static enum vault_status
open_noted(struct vault *v, const struct vlt_epoch_row *row, struct vlt_e0 **e0,
    struct vault_error *err)
{
    enum vault_status st = vlt_epoch_row_open(v, row, e0, err);

    if (st == VAULT_E_NO_KEY)
        memcpy(v->shut_epoch[v->shut_epochs++ % VLT_SHUT_EPOCHS], row->epoch.id,
            16);
    return st;
}

enum vault_status
vlt_epoch_secret(struct vault *v, const uint8_t id[16],
    const struct vlt_open_epoch **out, struct vault_error *err)
{
    struct vlt_open_epoch *o;
    struct vlt_epoch_row row;
    struct vlt_e0 *e0 = NULL;
    enum vault_status st;
    size_t i;

    for (i = 0; i < v->open_epochs; i++) {
        if (memcmp(v->open_epoch[i].epoch.id, id, 16) == 0) {
            *out = &v->open_epoch[i];
            return VAULT_OK;
        }
    }
    if (is_shut(v, id))
        return shut(err);
    st = vlt_epoch_by_id(v->store, id, &row, err);
    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail(err, VAULT_E_TAMPERED, "the epoch it names is missing");
    if (st != VAULT_OK)
        return st;
    /* a vault keeps one of kind 4 only when it is for others (section 11);
     * what comes in from a capture file is tried */
    st = row.epoch.kind == VLT_EPOCH_COMPARTMENT && v->vmk != NULL
        ? shut(err)
        : open_noted(v, &row, &e0, err);
    if (st != VAULT_OK) {
        vlt_epoch_row_clear(&row);
        return st;
    }
    o = place(v);
    o->epoch = row.epoch; /* ours from here on */
    memset(&row.epoch, 0, sizeof row.epoch);
    o->e0 = e0;
    *out = o;
    return VAULT_OK;
}

enum vault_status
vlt_event_read(struct vault *v, const struct vlt_leaf_row *leaf,
    struct vlt_fields *out, struct vault_error *err)
{
    const struct vlt_open_epoch *o;
    uint8_t epoch[16];
    uint8_t hash[32];
    uint32_t i;
    enum vault_status st;

    if (leaf->evct == NULL)
        return vlt_fail(err, VAULT_E_TAMPERED, "a leaf's event is missing");
    st = vlt_event_peek(epoch, &i, leaf->evct, leaf->evct_len, err);
    if (st == VAULT_OK)
        st = vlt_epoch_secret(v, epoch, &o, err);
    if (st != VAULT_OK)
        return st == VAULT_E_FORMAT
            ? vlt_fail(err, VAULT_E_TAMPERED, "a leaf's event is malformed")
            : st;
    vlt_leaf_text_hash(hash, &leaf->leaf);
    return vlt_event_open(out, leaf->evct, leaf->evct_len, &o->epoch, o->e0,
        hash, leaf->leaf.event, err);
}
