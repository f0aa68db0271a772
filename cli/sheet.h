/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h: shares on sheets: to print, or to copy by hand */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include "bytes.h"
#include "cmd.h"

#include <vault/recover.h>

/*
 * A sheet holds one share and says what it is, never which vault it is for
 * unless a label says so. Each is a secret.
 */
struct sheet_set {
    const struct vault_shares *shares;
    unsigned threshold; /* 1: the sheet opens alone */
    bool bundle;        /* of a bundle, for its custodians; else of a vault */
    const char *label;  /* NULL: none; shown as it is */
    int64_t time;
};

/*
 * One file each in a new folder (or an empty one), 0600, that appears when
 * all are written: share-SET-INDEX.html, or .txt with `text`.
 *   VAULT_E_EXISTS
 */
VAULT_CHECKED enum vault_status sheet_folder(const struct cli *c,
    const struct sheet_set *s, const char *dir, bool text,
    struct vault_error *err);

/*
 * One after the other on the terminal, each typed back in part. `missing`
 * says what else there is, when there is no terminal (N_()).
 *   VAULT_E_USAGE  not typed back, or nobody to ask
 */
VAULT_CHECKED enum vault_status sheet_terminal(const struct sheet_set *s,
    const char *missing, struct vault_error *err);

/* What the file of the i-th share holds. */
VAULT_CHECKED enum vault_status sheet_html(const struct sheet_set *s, size_t i,
    struct vlt_buf *out, struct vault_error *err);
VAULT_CHECKED enum vault_status sheet_text(const struct sheet_set *s, size_t i,
    struct vlt_buf *out, struct vault_error *err);

#endif
