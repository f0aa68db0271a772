/* SPDX-License-Identifier: Apache-2.0 */
/* receive_files.h: the files that a person names, and those in their folders */
#ifndef CLI_RECEIVE_FILES_H
#define CLI_RECEIVE_FILES_H

#include "cmd.h"

struct receive_files {
    char **v;
    bool *named; /* on the command line */
    size_t n;
};

/*
 * Each file in `named`, and all that lie in the folders in it, in the order of
 * names, so that two runs say the same. Links, pipes and devices are not
 * looked into, nor what lies deeper than 32 folders; both are told. *out
 * begins empty and is the caller's to clear, whatever is answered.
 *   VAULT_E_NOT_FOUND  there is no file
 */
VAULT_CHECKED enum vault_status receive_files_find(const struct opt_list *named,
    struct receive_files *out, struct vault_error *err);
void receive_files_clear(struct receive_files *p);

#endif
