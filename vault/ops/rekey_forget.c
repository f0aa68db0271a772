/* SPDX-License-Identifier: Apache-2.0 */
/* rekey_forget.c: who may still seal to an old card */
#include <vault/rekey.h>
#include <string.h>
#include "fail.h"
#include "handle.h"
#include "note_rows.h"
#include "settings.h"

struct asking {
    int (*fn)(void *ctx, const struct vault_card_holder *h);
    void *ctx;
    char last[256];
};

static enum vault_status
tell(struct asking *a, const struct vault_card_holder *h,
    struct vault_error *err)
{
    return a->fn(a->ctx, h) == 0
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
}

static enum vault_status
take_device(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct vault_card_holder h = {.name = NULL};
    struct vlt_device d;

    if (vlt_device_parse(&d, note, len, NULL) != VAULT_OK)
        return VAULT_OK; /* verify names it */
    memcpy(h.device, d.device, sizeof h.device);
    return tell(ctx, &h, err);
}

/* Generations of one person's card stand one after the other. */
static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct asking *a = ctx;
    struct vault_card_holder h = {.name = p->name};

    if (strcmp(a->last, p->name) == 0)
        return VAULT_OK;
    memcpy(a->last, p->name, sizeof a->last);
    return tell(a, &h, err);
}

enum vault_status
vault_card_holders(struct vault *v,
    int (*fn)(void *ctx, const struct vault_card_holder *h), void *ctx,
    struct vault_error *err)
{
    struct asking a = {fn, ctx, ""};
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_notes(v->store, "device", take_device, &a, err);
    if (st == VAULT_OK)
        st = vlt_pins(v, take_pin, &a, err);
    vlt_store_rollback(v->store);
    return st;
}
