/* SPDX-License-Identifier: Apache-2.0 */
/* capture_create.h: making a capture file, and making room for a new one */
#ifndef VLT_CAPTURE_CREATE_H
#define VLT_CAPTURE_CREATE_H

#include "handle.h"
#include "tempname.h"

/*
 * A capture file for the unlocked vault, complete, under a name of its own
 * beside `path`; the vault has noted the device. The caller names or removes
 * the file and ends *out.
 */
VAULT_CHECKED enum vault_status vlt_capture_prepare(struct vault *v,
    const char *path, struct vlt_temp *out, struct vault_error *err);

/*
 * Before a vault is made at `vault` that will have its capture file at `path`:
 * one that lies there, to which nothing was ever sealed, goes. One that was
 * used stays; when the vault that it belongs to is still without its name,
 * because the making was interrupted, it gets it.
 *   VAULT_E_EXISTS  something is there that stays
 */
VAULT_CHECKED enum vault_status vlt_capture_make_way(const char *path,
    const char *vault, const struct vault_options *opt,
    struct vault_error *err);

#endif
