/* SPDX-License-Identifier: Apache-2.0 */
/* info.c: what a locked vault tells about itself */
#include <string.h>
#include "fail.h"
#include "handle.h"
#include "hash.h"
#include "pack.h"
#include "nfc.h"
#include "rows.h"

const char *
vault_version(void)
{
    return VLT_VERSION;
}

void
vault_versions(struct vault_versions *out)
{
    out->sanduq = VLT_VERSION;
    out->libsodium = vlt_crypto_version();
    out->sqlite = vlt_sqlite_version();
    out->zstd = vlt_zstd_version();
    out->utf8proc = vlt_utf8proc_version();
    out->format = VLT_USER_VERSION;
    out->sha256 = vlt_crypto_sha256();
}

static enum vault_status
newest_card(void *ctx, const struct vlt_identity_row *r,
    struct vault_error *err)
{
    struct vault_info *out = ctx;
    struct vlt_card card;
    enum vault_status st = vlt_card_parse(&card, r->card, r->card_len, err);

    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the vault's card is malformed");
    if (st != VAULT_OK)
        return st;
    out->generation = card.generation;
    vlt_fingerprint_text(out->fingerprint, card.fingerprint);
    return VAULT_OK;
}

static enum vault_status
count_all(struct vlt_store *s, struct vault_info *out, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st;

    /* by the index: there may be many rows */
    st = vlt_count(s, "SELECT count(*) FROM record WHERE id IS NOT NULL",
        &out->versions, err);
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT count(*) FROM record", &n, err);
    out->foreign = n > out->versions ? n - out->versions : 0;
    n = 0;
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT count(*) FROM leaf", &out->leaves, err);
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT count(*) FROM leaf WHERE kind = 'withdraw'",
            &out->withdrawn, err);
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT sum(length(ct)) FROM segment",
            &out->body_bytes, err);
    if (st == VAULT_OK)
        st = vlt_count(s, "SELECT count(*) FROM slot", &n, err);
    out->slots = (uint32_t)n;
    if (st == VAULT_OK)
        st = vlt_store_bytes(s, &out->file_bytes, err);
    return st;
}

static void
newest_log(const struct vlt_own_logs *logs, struct vault_info *out)
{
    const struct vlt_own_log *best = NULL;
    size_t i;

    for (i = 0; i < logs->n; i++) {
        if (!logs->log[i].session &&
            (best == NULL ||
                logs->log[i].replica.number > best->replica.number))
            best = &logs->log[i];
    }
    if (best == NULL)
        return;
    memcpy(out->origin, best->origin, sizeof best->origin);
    out->size = best->size;
    memcpy(out->root, best->root, 32);
    out->logs = (uint32_t)logs->n;
}

enum vault_status
vault_info(struct vault *v, struct vault_info *out, struct vault_error *err)
{
    struct vlt_own_logs logs = {0, NULL};
    struct vault_info info;
    enum vault_status st;

    memset(&info, 0, sizeof info);
    info.kind = "vault";
    info.format = v->store->user_version;
    info.created = -1;
    info.older = v->older;
    memcpy(info.id, v->id, sizeof info.id);
    st = vlt_need_vault(v, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, false, err);
    if (st != VAULT_OK)
        return st;
    st = count_all(v->store, &info, err);
    if (st == VAULT_OK)
        st = vlt_identities(v->store, newest_card, &info, err);
    if (st == VAULT_OK)
        st = vlt_own_logs_load(v->store, v->id, &logs, err);
    if (st == VAULT_OK)
        newest_log(&logs, &info);
    vlt_own_logs_clear(&logs);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK)
        *out = info;
    return st;
}
