/* SPDX-License-Identifier: Apache-2.0 */
/* asker.c: headquarters' side: who asks, and the key that it is sealed to */
#include "asker.h"

#include <string.h>

#include "fail.h"
#include "fingerprint.h"
#include "settings.h"
#include "text.h"

/* The newest card that is pinned of one vault. */
struct looking {
    struct vault_asker *to;
    uint32_t best;
};

static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    static const enum vault_card_state states[] = {
        [VLT_PIN_KNOWN] = VAULT_CARD_KNOWN,
        [VLT_PIN_CONTINUES] = VAULT_CARD_CONTINUES,
        [VLT_PIN_UNKNOWN] = VAULT_CARD_UNKNOWN,
        [VLT_PIN_REFUSED] = VAULT_CARD_REFUSED,
        [VLT_PIN_REVOKED] = VAULT_CARD_REVOKED,
    };
    struct looking *l = ctx;

    (void)err;
    if (memcmp(p->card.vault, l->to->vault, VAULT_ID) != 0 ||
        p->card.generation < l->best)
        return VAULT_OK;
    l->best = p->card.generation;
    memset(l->to->name, 0, sizeof l->to->name);
    memcpy(l->to->name, p->name, vlt_utf8_cut(p->name, VAULT_PIN_NAME));
    l->to->state = states[p->state];
    l->to->pinned = p->pinned;
    vlt_fingerprint_text(l->to->fingerprint, p->card.fingerprint);
    return VAULT_OK;
}

enum vault_status
vlt_asker_fill(struct vault *v, struct vault_asker *out,
    const uint8_t vault[16], const uint8_t slot[16], const uint8_t hash[32],
    struct vault_error *err)
{
    struct looking l = {out, 0};
    enum vault_status st;

    memset(out, 0, sizeof *out);
    out->state = VAULT_CARD_UNPINNED;
    out->pinned = -1;
    memcpy(out->vault, vault, VAULT_ID);
    memcpy(out->slot, slot, VAULT_ID);
    memcpy(out->hash, hash, VAULT_HASH);
    vlt_fingerprint_text(out->letters, hash);
    vlt_fingerprint_digits(out->digits, hash);
    st = vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_pins(v, take_pin, &l, err);
    vlt_store_rollback(v->store);
    return st;
}

uint32_t
vlt_asker_generation(const struct vault *v, const uint8_t fingerprint[32])
{
    const struct vlt_card *card = vlt_own_card(v, fingerprint);

    return card != NULL ? card->generation : 0;
}

enum vault_status
vlt_text_give(struct vlt_buf *from, char **text, size_t *len,
    struct vault_error *err)
{
    char *copy = vlt_strdup(vlt_buf_cstr(from));

    if (copy == NULL)
        return vlt_fail_memory(err);
    *text = copy;
    *len = from->len;
    return VAULT_OK;
}
