/* SPDX-License-Identifier: Apache-2.0 */
/* regain_ops.c: asking headquarters for a vault that nobody here can open */
#include <stdlib.h>
#include <string.h>
#include <vault/travel.h>

#include "fail.h"
#include "fingerprint.h"
#include "hash.h"
#include "os.h"
#include "regain.h"
#include "unlock.h"

struct vault_regain {
    struct vlt_request_key key;
    struct vlt_buf text;
};

static struct vault_regain *
regain_new(void)
{
    struct vault_regain *r = calloc(1, sizeof *r);

    if (r != NULL)
        vlt_buf_init(&r->text, VLT_FIXED_MAX);
    return r;
}

void
vault_regain_free(struct vault_regain *r)
{
    if (r == NULL)
        return;
    vlt_kemkey_free(r->key.kem);
    vlt_buf_clear(&r->text);
    free(r);
}

const char *
vault_regain_text(const struct vault_regain *r, size_t *len)
{
    *len = r->text.len;
    return r->text.len > 0 ? (const char *)r->text.p : "";
}

void
vault_regain_hash(const struct vault_regain *r, char letters[VAULT_FINGERPRINT],
    char digits[VAULT_FINGERPRINT_DIGITS])
{
    vlt_fingerprint_text(letters, r->key.request);
    vlt_fingerprint_digits(digits, r->key.request);
}

/* ---- the request ---- */

/* The one slot for a card that is meant. */
static enum vault_status
choose(const struct vlt_slot_set *set, const uint8_t *id,
    const struct vlt_slot **out, struct vault_error *err)
{
    const struct vlt_slot *found = NULL;
    size_t i, n = 0;

    for (i = 0; i < set->n; i++) {
        const struct vlt_slot *s = &set->slot[i];

        if (s->kind != VLT_SLOT_IDENTITY ||
            (id != NULL && memcmp(id, s->id, sizeof s->id) != 0))
            continue;
        found = s;
        n++;
    }
    if (n == 0)
        return vlt_fail_hint(err, VAULT_E_NO_KEY,
            "see who can unlock: sanduq key list",
            id != NULL ? "no slot for a card has this id"
                       : "no card of others opens this vault");
    if (n > 1)
        return vlt_fail_hint(err, VAULT_E_AMBIGUOUS,
            "name one with --slot ID; see: sanduq key list",
            "%zu slots are for cards of others", n);
    *out = found;
    return VAULT_OK;
}

static enum vault_status
write_text(struct vault_regain *r, const struct vlt_slot *slot,
    struct vault_error *err)
{
    struct vlt_unlock_request q = {0};
    enum vault_status st;

    memcpy(q.vault, r->key.vault, sizeof q.vault);
    memcpy(q.slot, slot->id, sizeof q.slot);
    memcpy(q.row, slot->row, sizeof q.row);
    vlt_kem_public(q.kem, r->key.kem->b);
    st = vlt_unlock_request_encode(&r->text, &q, err);
    if (st == VAULT_OK)
        vlt_sha256(r->key.request, r->text.p, r->text.len);
    return st;
}

static enum vault_status
load_slots(struct vault *v, struct vlt_slot_set *set, struct vault_error *err)
{
    enum vault_status st = vlt_need_vault(v, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_slots_load(v->store, true, set, err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_regain_new(struct vault *v, const uint8_t *slot,
    struct vault_regain **out, struct vault_error *err)
{
    const struct vlt_slot *chosen = NULL;
    struct vlt_slot_set set;
    struct vault_regain *r;
    enum vault_status st = load_slots(v, &set, err);

    if (st == VAULT_OK)
        st = choose(&set, slot, &chosen, err);
    if (st != VAULT_OK)
        return st;
    r = regain_new();
    if (r == NULL)
        return vlt_fail_memory(err);
    memcpy(r->key.vault, v->id, sizeof r->key.vault);
    memcpy(r->key.slot, chosen->id, sizeof r->key.slot);
    r->key.kem = vlt_kemkey_new();
    if (r->key.kem == NULL) {
        st = vlt_fail_memory(err);
    } else {
        vlt_random(r->key.kem->b, sizeof r->key.kem->b);
        st = write_text(r, chosen, err);
    }
    if (st != VAULT_OK) {
        vault_regain_free(r);
        return st;
    }
    *out = r;
    return VAULT_OK;
}

/* ---- its secret in a file ---- */

enum vault_status
vault_regain_save(const struct vault_regain *r, const char *path,
    struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_FIXED_MAX);
    st = vlt_request_key_encode(&text, &r->key, err);
    if (st == VAULT_OK)
        st = vlt_os_create_small(path, text.p, text.len, err);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vault_regain_load(const char *path, struct vault_regain **out,
    struct vault_error *err)
{
    struct vault_regain *r = regain_new();
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    if (r == NULL)
        return vlt_fail_memory(err);
    st = vlt_os_read_small(path, VLT_FIXED_MAX, &p, &n, err);
    if (st == VAULT_E_LIMIT)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "%s is not the key of a request that this program made", path);
    if (st == VAULT_OK)
        st = vlt_request_key_decode(&r->key, (const char *)p, n, err);
    if (p != NULL)
        vlt_wipe(p, n);
    free(p);
    if (st != VAULT_OK) {
        vault_regain_free(r);
        return st;
    }
    *out = r;
    return VAULT_OK;
}

/* ---- the answer ---- */

static enum vault_status
check_unlocked(struct vault *v, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_unlock_check(v, err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_unlock_regained(struct vault *v, const struct vault_regain *r,
    const void *raw, size_t n, struct vault_error *err)
{
    struct vlt_unlock_text u;
    enum vault_status st = vlt_unlock_read(&u, raw, n, err);

    if (st == VAULT_OK && memcmp(v->id, r->key.vault, sizeof v->id) != 0)
        st = vlt_fail(err, VAULT_E_USAGE,
            "the request was made for another vault");
    if (st == VAULT_OK)
        st = vlt_secrets_new(v, err);
    if (st == VAULT_OK)
        st = vlt_unlock_open(v->vmk, &u, r->key.request, r->key.kem, err);
    if (st == VAULT_OK)
        st = check_unlocked(v, err);
    if (st != VAULT_OK) {
        vault_lock(v);
        return st;
    }
    memcpy(v->slot, r->key.slot, sizeof v->slot);
    return VAULT_OK;
}
