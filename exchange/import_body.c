/* SPDX-License-Identifier: Apache-2.0 */
/* import_body.c: the originals of what is imported */
#include "importing.h"

#include "fail.h"
#include "nmark.h"
#include "safe.h"
#include "text.h"

#include <string.h>

enum { PIECE = 256 * 1024 };

/* Fill the piece, unless the file ends before. */
VAULT_CHECKED static enum vault_status
read_piece(struct import *im, struct vlt_file *f, size_t *len,
    struct vault_error *err)
{
    size_t got = 1;
    enum vault_status st = VAULT_OK;

    *len = 0;
    while (st == VAULT_OK && got > 0 && *len < PIECE) {
        st = vlt_file_read(f, im->piece + *len, PIECE - *len, &got, err);
        *len += st == VAULT_OK ? got : 0;
    }
    im->file_fault = im->file_fault || st != VAULT_OK;
    return st;
}

enum vault_status
import_body_hash(struct import *im, const char *folder, const char *path,
    uint8_t out[VAULT_HASH], uint64_t *bytes, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    size_t n = 1;
    enum vault_status st = vlt_file_open_below(folder, path, &f, err);

    *bytes = 0;
    while (st == VAULT_OK && n > 0) {
        st = read_piece(im, f, &n, err);
        if (st == VAULT_OK)
            vault_hash_update(im->hash, im->piece, n);
        *bytes += n;
        if (st == VAULT_OK)
            st = import_step(im, 0, 0, path, err);
    }
    vault_hash_final(im->hash, out);
    vlt_file_close(f);
    return st;
}

/* ---- what the file says of itself ---- */

/* A name may be any bytes: then marks stand for what is no text, and the
 * bytes are kept beside it. */
VAULT_CHECKED static enum vault_status
seal_name(struct vault_sealer *s, const char *field, const char *raw,
    const char *name, struct vault_error *err)
{
    size_t n = strlen(name);
    struct vlt_buf b;
    enum vault_status st;

    if (vlt_utf8_valid((const uint8_t *)name, n))
        return vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, field, name, n,
            err);
    vlt_buf_init(&b, 10 * n + 1);
    safe_put(&b, name, n, 0);
    st = vlt_buf_end(&b, "name", err);
    if (st == VAULT_OK)
        st = vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, field, b.p, b.len,
            err);
    if (st == VAULT_OK)
        st = vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, raw, name, n, err);
    vlt_buf_clear(&b);
    return st;
}

VAULT_CHECKED static enum vault_status
seal_file_fields(const struct import *im, const struct import_item *item,
    const struct vlt_file *f, size_t n, struct vault_sealer *s,
    struct vault_error *err)
{
    const char *slash = strrchr(item->path, '/');
    const char *name = slash != NULL ? slash + 1 : item->path;
    const char *media = vault_media_type(im->piece, n, name);
    int64_t mtime = vlt_file_mtime(f);
    uint8_t raw[8];
    enum vault_status st =
        seal_name(s, "file.name", "file.name.raw", name, err);

    if (st == VAULT_OK && item->kept_path != NULL)
        st = seal_name(s, "file.path", "file.path.raw", item->kept_path, err);
    if (st == VAULT_OK)
        st = vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "file.media", media,
            strlen(media), err);
    vlt_store_u64(raw, (uint64_t)mtime);
    if (st == VAULT_OK && mtime > 0)
        st = vault_seal_field(s, VAULT_TIME, VAULT_VALUE, "file.modified", raw,
            sizeof raw, err);
    return st;
}

/* ---- its bytes ---- */

VAULT_CHECKED static enum vault_status
write_all(struct import *im, const struct import_item *item, struct vlt_file *f,
    size_t n, struct vault_sealer *s, struct vault_error *err)
{
    uint8_t hash[VAULT_HASH];
    enum vault_status st = VAULT_OK;

    /* an empty file has a body too: nothing is written, but it is said */
    do {
        vault_hash_update(im->hash, im->piece, n);
        st = vault_seal_write(s, im->piece, n, err);
        if (st == VAULT_OK)
            st = import_step(im, 0, 0, item->path, err);
        if (st == VAULT_OK && n > 0)
            st = read_piece(im, f, &n, err);
    } while (st == VAULT_OK && n > 0);
    vault_hash_final(im->hash, hash);
    if (st == VAULT_OK && memcmp(hash, item->sha256, VAULT_HASH) != 0) {
        im->file_fault = true;
        st = vlt_fail_hint(err, VAULT_E_BUSY, N_("import it again"),
            "%s changed while it was read", item->path);
    }
    return st;
}

enum vault_status
import_body_seal(struct import *im, const struct import_item *item,
    struct vault_sealer *s, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    size_t n = 0;
    enum vault_status st =
        vlt_file_open_below(item->folder, item->path, &f, err);

    im->file_fault = st != VAULT_OK;
    if (st == VAULT_OK)
        st = read_piece(im, f, &n, err);
    if (st == VAULT_OK && !item->named)
        st = seal_file_fields(im, item, f, n, s, err);
    if (st == VAULT_OK)
        st = write_all(im, item, f, n, s, err);
    vlt_file_close(f);
    return st;
}
