/* SPDX-License-Identifier: Apache-2.0 */
/* form_file.c: a form from a JSON file or standard input */
#include "form_file.h"

#include "fail.h"
#include "os.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 65536 };

VAULT_CHECKED static enum vault_status
read_stdin(struct vlt_buf *b, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    size_t got = 1;
    enum vault_status st = vlt_file_stdin(&f, err);

    while (st == VAULT_OK && got > 0) {
        uint8_t *p = vlt_buf_room(b, PIECE);

        if (p == NULL) {
            st = vlt_buf_end(b, "form", err);
            break;
        }
        b->len -= PIECE;
        st = vlt_file_read(f, p, PIECE, &got, err);
        b->len += st == VAULT_OK ? got : 0;
    }
    vlt_file_close(f);
    return st;
}

enum vault_status
form_read_file(struct form *f, const char *path, struct vault_error *err)
{
    struct vlt_buf b;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    vlt_buf_init(&b, FORM_MAX + PIECE);
    if (strcmp(path, "-") == 0) {
        st = read_stdin(&b, err);
        if (st == VAULT_OK)
            st = form_add_json(f, vlt_buf_cstr(&b), b.len, err);
    } else {
        st = vlt_os_read_small(path, FORM_MAX, &p, &n, err);
        if (st == VAULT_OK)
            st = form_add_json(f, (const char *)p, n, err);
        if (p != NULL)
            vlt_wipe(p, n);
        free(p);
    }
    vlt_buf_clear(&b);
    return st;
}
