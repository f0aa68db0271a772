/* SPDX-License-Identifier: Apache-2.0 */
/* hotjournal.h: whose interrupted write a journal beside a container holds */
#ifndef VLT_HOTJOURNAL_H
#define VLT_HOTJOURNAL_H

#include "store.h"

/*
 * SQLite plays any journal that lies beside a file back into it, another
 * file's too: pages of another container then stand among its own. So before
 * a file with a journal is opened for writing, the journal is played back in
 * memory. It is refused when the file as it lies there is a whole container
 * and what would come out is none, or one of another vault or kind, or one
 * that is not of the same or the last commit. What
 * cannot be judged (the file is damaged either way, or somebody is writing to
 * it) is left to SQLite.
 *   VAULT_E_TAMPERED  it would destroy the file; nothing was touched
 */
VAULT_CHECKED enum vault_status vlt_hot_journal_check(const char *path,
    const struct vlt_store_options *opt, struct vault_error *err);

#endif
