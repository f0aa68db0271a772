/* SPDX-License-Identifier: Apache-2.0 */
/* share_words.h: lists of fields, the letter and the passphrase of a bundle */
#ifndef CLI_SHARE_WORDS_H
#define CLI_SHARE_WORDS_H

#include "bytes.h"
#include "opt.h"
#include "pass.h"

enum { SHARE_LETTER_MAX = 512 * 1024 };

/* `a,b` and `a` `b` are the same; the names lie in `text`. */
struct share_names {
    char *text;
    const char **name;
    size_t n;
};
VAULT_CHECKED enum vault_status share_names_of(struct share_names *out,
    const struct opt_list *given, struct vault_error *err);
void share_names_clear(struct share_names *l); /* an empty one is fine */

/* The file's text appended to out; path NULL: none.
 *   VAULT_E_USAGE, VAULT_E_LIMIT, VAULT_E_NOT_FOUND, VAULT_E_IO */
VAULT_CHECKED enum vault_status share_letter(const char *path,
    struct vlt_buf *out, struct vault_error *err);
/* Asked for twice, or read; nothing when neither is wanted. out is wiped by
 * its owner.   VAULT_E_USAGE: a weak one */
VAULT_CHECKED enum vault_status share_passphrase(bool ask,
    struct pass_from from, struct vlt_buf *out, struct vault_error *err);

#endif
