/* SPDX-License-Identifier: Apache-2.0 */
/* threshold.h: bundles that open when some of several custodians agree */
#ifndef VAULT_THRESHOLD_H
#define VAULT_THRESHOLD_H

#include <vault/receive.h>
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
    VAULT_SHARES_LEAST = 2,   /* K at least */
    VAULT_SHARES_NEEDED = 9,  /* K at most */
    VAULT_SHARES_MOST = 15,   /* N at most */
    VAULT_SHARE_TEXT = 76,    /* characters of a share and a closing 0 */
    VAULT_SHARES_IDENTIFIER = 5 /* four letters and a closing 0 */
};

/* ---------------------------------------------------------------- making */

/* One share, as its custodian gets it. Lives during the call alone. */
struct vault_dealt {
    unsigned needed; /* K */
    unsigned shares; /* N */
    unsigned number; /* 1 to N, in the order of index */
    char index;      /* the letter that tells it from the others */
    char identifier[VAULT_SHARES_IDENTIFIER]; /* of file and dealing */
    const char *text;                         /* the secret */
    uint8_t bundle[VAULT_ID];
    uint8_t file[VAULT_HASH]; /* SHA-256 of the file, as sha256sum gives it */
    const char *path;         /* as the file will be called */
};
/*
 * In place of vault_share_to: the bundle has no other recipient. `deal` gets
 * each share while the bundle is committed: the file is complete then and has
 * no name yet, and nothing is in the vault. Another answer than VAULT_OK is the
 * commit's, and nothing was shared; a commit that fails later makes what was
 * dealt worthless. It must not wait for a person, since the vault is locked for
 * others, nor use the handle.
 *   VAULT_E_USAGE  K or N out of bounds, K above N, or there are recipients
 */
VAULT_API VAULT_CHECKED enum vault_status vault_share_to_shares(
    struct vault_share *s, unsigned needed, unsigned shares,
    enum vault_status (*deal)(void *ctx, const struct vault_dealt *d,
        struct vault_error *err),
    void *ctx, struct vault_error *err);

/* --------------------------------------------------------------- opening */

/*
 * What a run of receiving may open besides what is sealed to the vault. Shares
 * come one by one and in any order; *missing says how many more are needed, and
 * at 0 the run opens with them what they are for: call this before
 * vault_receive_add. Further shares after that must fit. The text may be typed,
 * with blanks and dashes, or stand anywhere in a longer one (a sheet).
 *   VAULT_E_FORMAT  not a share, or mistyped; the message says where
 *   VAULT_E_EXISTS  this very share was given already
 *   VAULT_E_USAGE   of another dealing
 */
VAULT_API VAULT_CHECKED enum vault_status vault_receive_share(
    struct vault_receive *r, const char *text, size_t len, unsigned *missing,
    struct vault_error *err);

/* -------------------------------------------------------------- checking */

struct vault_share_seen {
    unsigned needed; /* K */
    char index;
    char identifier[VAULT_SHARES_IDENTIFIER];
    /* The file is the one this share was dealt for: its SHA-256 begins with
     * the identifier. Another file passes once in a million. */
    bool fits;
};
/*
 * Whether a share is whole (its checksum) and of the file at `path`, which is
 * read and not opened: this needs no vault and no other share. A bundle that
 * was taken out of its courier wrap is another file.
 *   VAULT_E_FORMAT, VAULT_E_NOT_FOUND, VAULT_E_IO
 */
VAULT_API VAULT_CHECKED enum vault_status vault_share_look(const char *text,
    size_t len, const char *path, struct vault_share_seen *out,
    struct vault_error *err);

/*
 * Where in a longer text (a sheet, a file) a share begins, and how long it is:
 * the first of the 75 characters that begin with `sqr1`, alone or with blanks
 * between. False: there is none. The place lies within text.
 */
VAULT_API bool vault_share_find(const char *text, size_t len,
    const char **at, size_t *at_len);

#ifdef __cplusplus
}
#endif
#endif
