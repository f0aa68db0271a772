/* SPDX-License-Identifier: Apache-2.0 */
/* travel_file.c: the plan beside a travel file, and what is read of the latter */
#include "travel_file.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "os.h"

#define PLAN ".travel"

enum vault_status
vlt_travel_name(const char *path, const char *suffix, char out[VLT_TRAVEL_PATH],
    struct vault_error *err)
{
    size_t n = strlen(path), more = strlen(suffix) + 1;

    if (n + more > VLT_TRAVEL_PATH)
        return vlt_fail(err, VAULT_E_LIMIT, "the path is too long");
    memcpy(out, path, n);
    memcpy(out + n, suffix, more);
    return VAULT_OK;
}

enum vault_status
vlt_plan_load(const char *travel, struct vlt_plan *out, struct vault_error *err)
{
    char path[VLT_TRAVEL_PATH];
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st = vlt_travel_name(travel, PLAN, path, err);

    if (st == VAULT_OK)
        st = vlt_os_read_small(path, VLT_PLAN_MAX, &p, &n, err);
    if (st == VAULT_OK)
        st = vlt_plan_decode(out, (const char *)p, n, err);
    free(p);
    if (st == VAULT_E_FORMAT || (st == VAULT_E_LIMIT && p == NULL))
        st = vlt_fail_hint(err, VAULT_E_TAMPERED,
            "move it away; what it knew has to be looked for by hand",
            "%s is not the plan that this program wrote", path);
    return st;
}

enum vault_status
vlt_plan_store(const char *travel, const struct vlt_plan *p,
    struct vault_error *err)
{
    char path[VLT_TRAVEL_PATH];
    struct vlt_buf text;
    enum vault_status st = vlt_travel_name(travel, PLAN, path, err);

    vlt_buf_init(&text, VLT_PLAN_MAX);
    if (st == VAULT_OK)
        st = vlt_plan_encode(&text, p, err);
    if (st == VAULT_OK)
        st = vlt_os_replace(path, text.p, text.len, err);
    vlt_buf_clear(&text);
    return st;
}

struct vlt_plan_way *
vlt_plan_way_of(struct vlt_plan *p, const uint8_t slot[16])
{
    size_t i;

    for (i = 0; i < p->ways; i++) {
        if (memcmp(p->way[i].slot, slot, 16) == 0)
            return &p->way[i];
    }
    return NULL;
}

static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct vlt_travel_seen *s = ctx;
    struct vlt_card card;
    enum vault_status st = vlt_card_parse(&card, r->card, r->card_len, err);

    if (st == VAULT_OK && card.generation > s->generation) {
        s->generation = card.generation;
        memcpy(s->card, card.fingerprint, sizeof s->card);
    }
    return st;
}

static enum vault_status
read_seen(struct vlt_store *s, const char *path, struct vlt_travel_seen *out,
    struct vault_error *err)
{
    struct vlt_buf kind;
    enum vault_status st;

    vlt_buf_init(&kind, 16);
    st = vlt_meta_load(s, "kind", &kind, err);
    out->kit = strcmp(vlt_buf_cstr(&kind), "kit") == 0;
    if (st == VAULT_OK && !out->kit &&
        strcmp(vlt_buf_cstr(&kind), "vault") != 0)
        st = vlt_fail(err, VAULT_E_FORMAT, "%s is not a vault", path);
    vlt_buf_clear(&kind);
    if (st == VAULT_OK)
        st = vlt_meta_get(s, "vault", out->vault, sizeof out->vault, err);
    if (st == VAULT_OK)
        st = vlt_slots_load(s, true, &out->slots, err);
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT count(*) FROM identity WHERE seed NOT NULL",
            &out->seeds, err);
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT count(*) FROM epoch WHERE cache NOT NULL",
            &out->caches, err);
    return st == VAULT_OK ? vlt_identities(s, take_card, out, err) : st;
}

enum vault_status
vlt_travel_see(const char *path, struct vlt_travel_seen *out,
    struct vault_error *err)
{
    struct vlt_store_options so = {VLT_STORE_READ, 0, NULL, NULL};
    struct vlt_store *s = NULL;
    enum vault_status st = vlt_crypto_init(err);

    memset(out, 0, sizeof *out);
    if (st == VAULT_OK)
        st = vlt_store_open(path, &so, &s, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_store_begin(s, false, err);
    if (st == VAULT_OK) {
        st = read_seen(s, path, out, err);
        vlt_store_rollback(s);
    }
    vlt_store_close(s);
    return st;
}

bool
vlt_travel_seals_to(const char *capture, const uint8_t card[32])
{
    struct vlt_store_options so = {VLT_STORE_READ, 0, NULL, NULL};
    struct vlt_store *s = NULL;
    struct vlt_buf kind, note;
    struct vlt_card c;
    bool same = false;

    if (vlt_store_open(capture, &so, &s, NULL) != VAULT_OK)
        return false;
    vlt_buf_init(&kind, 16);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    if (vlt_store_begin(s, false, NULL) == VAULT_OK) {
        same = vlt_meta_load(s, "kind", &kind, NULL) == VAULT_OK &&
            strcmp(vlt_buf_cstr(&kind), "capture") == 0 &&
            vlt_meta_load(s, "card", &note, NULL) == VAULT_OK &&
            vlt_card_parse(&c, (const char *)note.p, note.len, NULL) ==
                VAULT_OK &&
            memcmp(c.fingerprint, card, sizeof c.fingerprint) == 0;
        vlt_store_rollback(s);
    }
    vlt_buf_clear(&note);
    vlt_buf_clear(&kind);
    vlt_store_close(s);
    return same;
}
