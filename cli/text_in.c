/* SPDX-License-Identifier: Apache-2.0 */
/* text_in.c: a text that somebody sent, out of a file or standard input */
#include "text_in.h"

#include "os.h"

#include <string.h>

enum vault_status
text_in(const char *path, struct vlt_buf *out, struct vault_error *err)
{
    enum { PIECE = 4096 };
    struct vlt_file *f = NULL;
    size_t got = 1;
    enum vault_status st = strcmp(path, "-") == 0
        ? vlt_file_stdin(&f, err)
        : vlt_file_open(path, &f, err);

    vlt_buf_reset(out);
    out->max = TEXT_IN_MAX;
    while (st == VAULT_OK && got > 0) {
        uint8_t *p = vlt_buf_room(out, PIECE);

        if (p == NULL) {
            st = vlt_buf_end(out, "text", err);
            break;
        }
        out->len -= PIECE;
        st = vlt_file_read(f, p, PIECE, &got, err);
        out->len += st == VAULT_OK ? got : 0;
    }
    vlt_file_close(f);
    return st;
}
