/* SPDX-License-Identifier: Apache-2.0 */
/* share_words.c: lists of fields, the letter and the passphrase of a bundle */
#include "share_words.h"

#include "ask.h"
#include "fail.h"
#include "newkey.h"
#include "os.h"
#include "tr.h"
#include "weak.h"

#include <stdlib.h>
#include <string.h>

void
share_names_clear(struct share_names *l)
{
    free(l->text);
    free(l->name);
}

enum vault_status
share_names_of(struct share_names *out, const struct opt_list *given,
    struct vault_error *err)
{
    size_t bytes = 1, most = 1, at = 0;

    for (size_t i = 0; i < given->n; i++)
        bytes += strlen(given->v[i]) + 1;
    most += bytes;
    out->text = calloc(1, bytes);
    out->name = calloc(most, sizeof *out->name);
    if (out->text == NULL || out->name == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < given->n; i++) {
        const char *p = given->v[i];

        for (; *p != 0; p += *p == ',') {
            size_t n = strcspn(p, ",");

            memcpy(out->text + at, p, n);
            out->name[out->n++] = out->text + at;
            at += n + 1;
            p += n;
        }
    }
    return VAULT_OK;
}

enum vault_status
share_letter(const char *path, struct vlt_buf *out, struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    if (path == NULL)
        return VAULT_OK;
    st = vlt_os_read_small(path, SHARE_LETTER_MAX, &p, &n, err);
    if (st != VAULT_OK)
        return st;
    if (memchr(p, 0, n) != NULL)
        st = vlt_fail(err, VAULT_E_USAGE, "%s is no text", path);
    vlt_buf_put(out, p, n);
    vlt_wipe(p, n);
    free(p);
    return st == VAULT_OK ? vlt_buf_end(out, "letter", err) : st;
}

enum vault_status
share_passphrase(bool ask, struct pass_from from, struct vlt_buf *out,
    struct vault_error *err)
{
    enum vault_status st;

    if (ask)
        return newkey_ask_twice(N_("--courier-passphrase-fd, "
                                   "--courier-passphrase-file or "
                                   "--courier-passphrase-command gives it"),
            out, err);
    if (!pass_given(&from))
        return VAULT_OK;
    st = pass_read(&from, out, err);
    return st == VAULT_OK ? weak_refuse((const char *)out->p, out->len, err)
                          : st;
}
