/* SPDX-License-Identifier: Apache-2.0 */
/* note_file.c: writing a signed note to where it was asked for */
#include "withdraw_more.h"

#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "tr.h"

#include <string.h>

enum vault_status
note_file_begin(const struct cli *c, const char *path, struct note_file *out,
    struct vault_error *err)
{
    struct note_file f = {.c = c};
    enum vault_status st = VAULT_OK;

    if (strcmp(path, "-") != 0)
        st = vlt_outfile_begin(path, false, &f.file, err);
    if (st == VAULT_E_EXISTS && err != NULL)
        err->hint = N_("name another file; nothing was written over");
    if (st == VAULT_OK)
        *out = f;
    return st;
}

enum vault_status
note_file_end(struct note_file *f, const char *type, const char *note,
    size_t len, struct vault_error *err)
{
    struct jline j;
    enum vault_status st;

    if (f->file != NULL) {
        st = vlt_outfile_write(f->file, note, len, err);
        if (st == VAULT_OK) {
            st = vlt_outfile_commit(f->file, err);
            f->file = NULL;
        }
        return st;
    }
    if (!f->c->g.json) {
        out_bytes(note, len);
        return VAULT_OK;
    }
    jline_begin(&j, type);
    jline_text_n(&j, "note", note, len);
    jline_end(&j);
    return VAULT_OK;
}

void
note_file_discard(struct note_file *f)
{
    vlt_outfile_discard(f->file);
    f->file = NULL;
}
