/* SPDX-License-Identifier: Apache-2.0 */
/* receive_document.c: what anyone sealed with age becomes a record */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "receiving.h"
#include "text.h"

enum { PIECE = 256 * 1024 };

/* The name of the age file, without its ending. */
static enum vault_status
name_field(struct vault_sealer *s, const char *path, char **name,
    struct vault_error *err)
{
    const char *base = vlt_os_basename(path);
    size_t n = strlen(base);

    if (n > 4 && strcmp(base + n - 4, ".age") == 0)
        n -= 4;
    *name = calloc(1, n + 1);
    if (*name == NULL)
        return vlt_fail_memory(err);
    memcpy(*name, base, n);
    if (n == 0 || !vlt_utf8_valid((const uint8_t *)base, n))
        return VAULT_OK; /* the record does without */
    return vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "file.name", *name, n,
        err);
}

static enum vault_status
text_field(struct vault_sealer *s, const char *name, const char *value,
    struct vault_error *err)
{
    return vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, name, value,
        strlen(value), err);
}

/* Each piece is authenticated; that all of it is there, only the last says,
 * and nothing is sealed before. */
static enum vault_status
write_all(struct vault_sealer *s, struct vlt_rage *a, const char *name,
    uint8_t *piece, struct vault_error *err)
{
    size_t n = 0;
    enum vault_status st = vlt_rage_fill(a, piece, PIECE, &n, err);

    if (st == VAULT_OK)
        st = text_field(s, "file.media", vault_media_type(piece, n, name), err);
    if (st == VAULT_OK && n == 0)
        st = vault_seal_write(s, piece, 0, err);
    while (st == VAULT_OK && n > 0) {
        st = vault_seal_write(s, piece, n, err);
        if (st == VAULT_OK)
            st = vlt_rage_fill(a, piece, PIECE, &n, err);
    }
    return st;
}

static enum vault_status
seal(struct vault_receive *r, struct vlt_rfile *f, struct vlt_rage *a,
    uint8_t *piece, struct vault_error *err)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed done;
    char *name = NULL;
    enum vault_status st = vault_seal_begin(r->v, "file", &s, err);

    if (st != VAULT_OK)
        return st;
    st = name_field(s, f->path, &name, err);
    if (st == VAULT_OK)
        st = text_field(s, "source.sender", "not authenticated", err);
    if (st == VAULT_OK)
        st = write_all(s, a, name, piece, err);
    free(name);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    vault_seal_unless_known(s);
    st = vault_seal_commit(s, &done, err);
    if (st != VAULT_OK)
        return st;
    memcpy(f->row.id, done.id, sizeof f->row.id);
    f->row.bytes = done.bytes;
    f->row.count.records = 1;
    f->row.count.fresh = !done.known;
    f->row.count.already = done.known;
    return VAULT_OK;
}

enum vault_status
vlt_receive_document(struct vault_receive *r, struct vlt_rfile *f,
    struct vault_error *err)
{
    uint8_t *piece = malloc(PIECE);
    struct vlt_rage *a = NULL;
    enum vault_status st = piece == NULL ? vlt_fail_memory(err) : VAULT_OK;

    if (st == VAULT_OK)
        st = vlt_rage_open(r, f, &a, err);
    if (st == VAULT_OK)
        st = seal(r, f, a, piece, err);
    vlt_rage_close(a);
    if (piece != NULL)
        vlt_wipe(piece, PIECE);
    free(piece);
    return st;
}
