/* SPDX-License-Identifier: Apache-2.0 */
/* vault/audit.h: an audit pack, for who shall check and not read */
#ifndef VAULT_AUDIT_H
#define VAULT_AUDIT_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An audit pack is a file with the custody log of a vault and the heads of its
 * records, about 0.4 kB a record: no ciphertext, no wrap, nothing that any key
 * opens. Whoever has it sees what vault_verify sees of a vault without a
 * secret, but for the sealed bytes themselves: which records are logged,
 * present or withdrawn, by which logs, cards and devices, in which order. It
 * shows ids, sizes and order, so it is no public document.
 * docs/format.md, section 9.4.
 */
struct vault_packed {
    uint64_t records;   /* own record versions, withdrawn ones counted */
    uint64_t withdrawn; /* of them */
    uint64_t lines;     /* of all own logs */
    uint64_t logs;      /* own ones, sessions of devices counted */
    uint64_t sessions;
    uint64_t cards;
    uint64_t checkpoints;
    uint64_t others; /* record versions of other vaults, with their proofs */
    uint64_t heads;  /* and heads that only precede one of these */
    uint64_t left;   /* versions of others that stayed out: dropped, hidden by a
                      * request, or this vault's own come back */
    uint64_t bytes;  /* of the file */
};

/* One other vault whose records would go along. */
struct vault_pack_other {
    uint8_t vault[VAULT_ID];
    uint64_t records;                    /* versions */
    char fingerprint[VAULT_FINGERPRINT]; /* of a card that its logs stand
                                          * under; "" when it is not here */
};

/*
 * What `others` below would show: every other vault whose records are here and
 * would go along, ascending by id. fn answers 0 to go on. Nothing is written.
 *   VAULT_E_LOCKED
 *   VAULT_E_USAGE      a capture file
 *   VAULT_E_CANCELLED  fn, or the handle's progress, asked to stop
 */
VAULT_API VAULT_CHECKED enum vault_status vault_pack_others(struct vault *v,
    int (*fn)(void *ctx, const struct vault_pack_other *o), void *ctx,
    struct vault_error *err);
/*
 * Write the pack to a new file: 0600, and under its name only when it is
 * complete, synced and was judged as a reader would judge it. Works locked;
 * with `others` (records of other vaults go along, which maps who works with
 * whom) it needs unlocking. Nothing in the vault changes.
 *   VAULT_E_EXISTS    path is there already; it was not touched
 *   VAULT_E_LOCKED    `others`, and it is locked
 *   VAULT_E_USAGE     a capture file
 *   VAULT_E_TAMPERED  the vault does not match its own log: vault_verify says
 *                     what; no file was made
 *   VAULT_E_CANCELLED, VAULT_E_IO ...
 */
VAULT_API VAULT_CHECKED enum vault_status vault_pack_make(struct vault *v,
    const char *path, bool others, struct vault_packed *out,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
