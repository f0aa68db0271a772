/* SPDX-License-Identifier: Apache-2.0 */
/* threshold.h: bundles that open when some of several custodians agree */
#ifndef VAULT_THRESHOLD_H
#define VAULT_THRESHOLD_H

#include <vault/receive.h>
#include <vault/recover.h>
#include <vault/share.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A threshold bundle is sealed to nobody's card, but to an identity that was
 * drawn for it alone. Its secret is dealt as N shares (codex32) and kept
 * nowhere: any K of them open the file, K - 1 say nothing about it, and nor the
 * sender nor anybody else opens it without them. From outside it is a bundle
 * like any other.
 *
 * Texts of shares are secrets. Whoever has K of them and the file opens it, and
 * nobody learns of it: what is recorded is recorded in the opener's vault.
 */

enum {
    VAULT_SHARES_LEAST = 2,  /* K at least */
    VAULT_SHARES_NEEDED = 9, /* K at most */
    VAULT_SHARES_MOST = 15   /* N at most */
};

/* ---------------------------------------------------------------- making */

/* What was dealt, for the sheets of its custodians. */
struct vault_dealt {
    unsigned needed;                   /* K */
    const struct vault_shares *shares; /* all N; during the call alone */
    char identifier[VAULT_SHARE_SET];  /* of file and dealing: on each share */
    uint8_t bundle[VAULT_ID];
    uint8_t file[VAULT_HASH]; /* SHA-256 of the file, as sha256sum gives it */
    const char *path;         /* as the file will be called */
};
/*
 * In place of vault_share_to: the bundle has no other recipient. `deal` gets
 * the shares, once, while the bundle is committed: the file is complete then and has
 * no name yet, and nothing is in the vault. Another answer than VAULT_OK is the
 * commit's, and nothing was shared; a commit that fails later makes what was
 * dealt worthless. It must not wait for a person, since the vault is locked for
 * others, nor use the handle.
 *   VAULT_E_USAGE  K or N out of bounds, K above N, or there are recipients
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_share_to_shares(struct vault_share *s, unsigned needed, unsigned shares,
    enum vault_status (
        *deal)(void *ctx, const struct vault_dealt *d, struct vault_error *err),
    void *ctx, struct vault_error *err);

/* --------------------------------------------------------------- opening */

/*
 * Give a run of receiving these shares, before its first file. What they were
 * dealt for opens then, besides what is sealed to the vault. Once a run.
 *   VAULT_E_NO_KEY  not enough shares
 *   VAULT_E_USAGE   they do not belong together; or there are files already
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_receive_shares(struct vault_receive *r, const struct vault_shares *shares,
    struct vault_error *err);

/* -------------------------------------------------------------- checking */

/*
 * Whether shares of this dealing (`set` of a view) were dealt for the file at
 * `path`: it is read and not opened, and no secret is needed. Another file fits
 * once in a million. A bundle that was taken out of its courier wrap is another
 * file, which the same shares open.
 *   VAULT_E_NOT_FOUND, VAULT_E_IO
 *   VAULT_E_USAGE  a link, folder, device or pipe
 */
VAULT_API VAULT_CHECKED enum vault_status
vault_shares_fit(const char set[VAULT_SHARE_SET], const char *path, bool *fit,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif
#endif
