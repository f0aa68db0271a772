/* SPDX-License-Identifier: Apache-2.0 */
/* filekind.h: what a file is, before anything is done with it */
#ifndef VAULT_FILEKIND_H
#define VAULT_FILEKIND_H

#include <vault/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum vault_file_kind {
    VAULT_FILE_OTHER, /* nothing of this program */
    VAULT_FILE_VAULT,
    VAULT_FILE_CAPTURE,
    VAULT_FILE_BUNDLE,
    VAULT_FILE_CONTAINER, /* another one of this program: a kit, or damaged */
    VAULT_FILE_AGE,       /* sealed with age, binary or armored */
    VAULT_FILE_TEXT,      /* a text of this program: card, disclosure ... */
    VAULT_FILE_AUDIT      /* an audit pack: log and heads, nothing sealed */
};
/*
 * What the file says it is: opened for reading only, nothing is checked, so it
 * is a name to choose a command by and no more. A container whose structure is
 * not sound is VAULT_FILE_CONTAINER; a link, folder, device or pipe is
 * VAULT_FILE_OTHER, and nothing is read from it.
 *   VAULT_E_NOT_FOUND, VAULT_E_IO
 */
VAULT_API VAULT_CHECKED enum vault_status vault_file_kind(const char *path,
    enum vault_file_kind *out, struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
