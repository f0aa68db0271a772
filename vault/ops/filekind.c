/* SPDX-License-Identifier: Apache-2.0 */
/* filekind.c: what a file is, before anything is done with it */
#include <vault/filekind.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "os.h"
#include "rows.h"
#include "store.h"

enum { HEAD = 100, APPLICATION_ID_AT = 68 };

static bool
begins(const uint8_t *p, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(p, with, strlen(with)) == 0;
}

static enum vault_file_kind
by_word(const char *kind)
{
    if (strcmp(kind, "vault") == 0)
        return VAULT_FILE_VAULT;
    if (strcmp(kind, "capture") == 0)
        return VAULT_FILE_CAPTURE;
    if (strcmp(kind, "bundle") == 0)
        return VAULT_FILE_BUNDLE;
    if (strcmp(kind, "audit") == 0)
        return VAULT_FILE_AUDIT;
    return VAULT_FILE_CONTAINER;
}

/* A damaged one is a container all the same. */
static enum vault_file_kind
container(const char *path)
{
    struct vlt_store_options so = {VLT_STORE_PRESENT, 0, NULL, NULL};
    struct vlt_store *s = NULL;
    struct vlt_buf kind;
    enum vault_file_kind k = VAULT_FILE_CONTAINER;

    if (vlt_store_open(path, &so, &s, NULL) != VAULT_OK)
        return k;
    vlt_buf_init(&kind, 16);
    if (vlt_store_begin(s, false, NULL) == VAULT_OK &&
        vlt_meta_load(s, "kind", &kind, NULL) == VAULT_OK)
        k = by_word(vlt_buf_cstr(&kind));
    vlt_buf_clear(&kind);
    vlt_store_close(s);
    return k;
}

/* Of a link, folder, device or pipe nothing is read: *n is 0. */
static enum vault_status
read_head(const char *path, uint8_t head[HEAD], size_t *n,
    struct vault_error *err)
{
    struct vlt_file *f = NULL;
    size_t got = 1;
    enum vault_status st = vlt_file_open_plain(path, &f, err);

    *n = 0;
    if (st == VAULT_E_USAGE) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    while (st == VAULT_OK && got > 0 && *n < HEAD) {
        st = vlt_file_read(f, head + *n, HEAD - *n, &got, err);
        *n += st == VAULT_OK ? got : 0;
    }
    vlt_file_close(f);
    return st;
}

enum vault_status
vault_file_kind(const char *path, enum vault_file_kind *out,
    struct vault_error *err)
{
    uint8_t head[HEAD];
    size_t n = 0;
    enum vault_status st = read_head(path, head, &n, err);

    if (st != VAULT_OK)
        return st;
    *out = VAULT_FILE_OTHER;
    if (begins(head, n, "age-encryption.org/") ||
        begins(head, n, "-----BEGIN AGE ENCRYPTED FILE-----"))
        *out = VAULT_FILE_AGE;
    else if (begins(head, n, "sanduq.v1/"))
        *out = VAULT_FILE_TEXT;
    else if (n == HEAD && begins(head, n, "SQLite format 3") &&
        vlt_load_u32(head + APPLICATION_ID_AT) == VLT_APPLICATION_ID)
        *out = container(path);
    return VAULT_OK;
}
