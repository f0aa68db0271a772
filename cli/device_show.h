/* SPDX-License-Identifier: Apache-2.0 */
/* device_show.h: capture devices and their files, shown */
#ifndef CLI_DEVICE_SHOW_H
#define CLI_DEVICE_SHOW_H

#include "cmd.h"

#include <vault/device.h>

/* What introduces a device: id, code, and both forms of the fingerprint. */
void device_intro_print(const struct vault_device_intro *d);
/* A line `device`; `path` may be NULL. */
void device_intro_json(const struct vault_device_intro *d, const char *path);

/* An introduction kept beyond the call that gave it. {0} is empty. */
struct device_kept {
    struct vault_device_intro d; /* its note points into the next */
    char *note;
    bool failed;
};
/* For vault_device_intro; ctx is a struct device_kept. */
void device_keep(void *ctx, const struct vault_device_intro *d);
void device_kept_clear(struct device_kept *k);

/* Whether a revoked device sealed it after its last good state, or nobody can
 * tell; `device` then says which, or "?", and else is "". */
bool device_untrusted(const struct cli *c, const struct vault_entry *e,
    char device[VAULT_DEVICE_HEX]);
/* What is said in place of "a revoked device sealed it" when it is "?". */
const char *device_unknown(void);

/* sanduq info of a capture file. */
VAULT_CHECKED enum vault_status device_info(struct cli *c,
    struct vault_error *err);

/*
 * Whether a person compared the hash of its first session: --fingerprint said
 * it, or it is asked for.   VAULT_E_POLICY  it is another
 */
VAULT_CHECKED enum vault_status device_compare(const struct cli *c,
    const struct vault_device_intro *d, const char *given, bool *compared,
    struct vault_error *err);

#endif
