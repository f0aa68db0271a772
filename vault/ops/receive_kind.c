/* SPDX-License-Identifier: Apache-2.0 */
/* receive_kind.c: what a file is that somebody gave */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "receiving.h"
#include "rows.h"

/* ---- containers ---- */

static enum vault_status
take_kind(void *ctx, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    char *kind = ctx;

    (void)err;
    if (strcmp(k, "kind") == 0 && n < 16 && memchr(v, 0, n) == NULL) {
        memcpy(kind, v, n);
        kind[n] = 0;
    }
    return VAULT_OK;
}

static enum vault_status
read_meta(struct vlt_store *s, char kind[16], uint8_t vault[16],
    struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(s, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_meta_each(s, take_kind, kind, err);
    if (st == VAULT_OK)
        st = vlt_meta_get(s, "vault", vault, 16, err);
    vlt_store_rollback(s);
    return st;
}

static enum vault_status
container(struct vault_receive *r, struct vlt_rfile *f, struct vault_error *err)
{
    struct vlt_store_options so =
        vlt_handle_store_options(r->v, VLT_STORE_READ);
    struct vlt_store *s = NULL;
    uint8_t vault[16];
    char kind[16] = "";
    enum vault_status st = vlt_store_open(f->path, &so, &s, err);

    if (st != VAULT_OK)
        return st;
    st = read_meta(s, kind, vault, err);
    vlt_store_close(s);
    if (st != VAULT_OK)
        return st;
    if (strcmp(kind, "bundle") == 0) {
        f->row.kind = VAULT_RECEIVED_BUNDLE;
        return VAULT_OK;
    }
    if (strcmp(kind, "capture") == 0 && memcmp(vault, r->v->id, 16) == 0) {
        f->row.kind = VAULT_RECEIVED_CAPTURE;
        return vlt_fail(err, VAULT_E_USAGE,
            "a capture file of this vault: it is taken in behind the rest");
    }
    if (strcmp(kind, "capture") == 0)
        return vlt_fail_hint(err, VAULT_E_NO_KEY,
            "its owner takes it into that vault and shares the records",
            "the capture file of another vault: only that vault opens it");
    if (strcmp(kind, "vault") == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "open it with -V; its owner gives a bundle with sanduq share",
            "a vault, which is not received");
    if (strcmp(kind, "audit") == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "sanduq verify checks it; records come in a bundle",
            "an audit pack, which holds nothing to take in");
    return vlt_fail(err, VAULT_E_USAGE,
        "another container (%s), which is not received", kind);
}

/* ---- texts ---- */

static const struct {
    const char *word;
    enum vault_received_kind kind;
} texts[] = {
    {"withdraw", VAULT_RECEIVED_NOTICE},
    {"withdraw-revoked", VAULT_RECEIVED_NOTICE},
    {"ack", VAULT_RECEIVED_NOTICE},
    {"receipt", VAULT_RECEIVED_NOTICE},
    {"revoke", VAULT_RECEIVED_REVOKE},
    {"card", VAULT_RECEIVED_CARD},
};

static bool
first_line_is(const uint8_t *p, size_t n, const char *word)
{
    size_t len = strlen(word);

    return n > 10 + len && memcmp(p, "sanduq.v1/", 10) == 0 &&
        memcmp(p + 10, word, len) == 0 && p[10 + len] == '\n';
}

static enum vault_status
text(struct vlt_rfile *f, const uint8_t *p, size_t n, struct vault_error *err)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(texts); i++) {
        if (!first_line_is(p, n, texts[i].word))
            continue;
        if (n > VLT_RECEIVE_TEXT)
            return vlt_fail(err, VAULT_E_FORMAT, "the text is too long");
        f->row.kind = texts[i].kind;
        f->row.word = texts[i].word;
        vlt_buf_put(&f->note, p, n);
        return vlt_buf_end(&f->note, "note", err);
    }
    if (first_line_is(p, n, "disclosure"))
        return vlt_fail_hint(err, VAULT_E_USAGE, "sanduq verify checks it",
            "a disclosure, which is not received");
    return vlt_fail(err, VAULT_E_USAGE, "nothing that is received");
}

/* ---- the first bytes ---- */

static bool
is_age(const uint8_t *p, size_t n)
{
    static const char binary[] = "age-encryption.org/";
    static const char armor[] = "-----BEGIN AGE ENCRYPTED FILE-----";

    while (n > 0 && (*p == '\n' || *p == '\r' || *p == ' ' || *p == '\t')) {
        p++;
        n--;
    }
    return (n >= sizeof binary - 1 &&
               memcmp(p, binary, sizeof binary - 1) == 0) ||
        (n >= sizeof armor - 1 && memcmp(p, armor, sizeof armor - 1) == 0);
}

static bool
is_container(const uint8_t *p, size_t n)
{
    return n >= 100 && memcmp(p, "SQLite format 3", 16) == 0 &&
        vlt_load_u32(p + 68) == VLT_APPLICATION_ID;
}

static enum vault_status
read_head(const char *path, uint8_t *p, size_t max, size_t *n,
    struct vault_error *err)
{
    struct vlt_file *file = NULL;
    size_t got = 1;
    enum vault_status st = vlt_file_open_plain(path, &file, err);

    *n = 0;
    while (st == VAULT_OK && got > 0 && *n < max) {
        st = vlt_file_read(file, p + *n, max - *n, &got, err);
        *n += st == VAULT_OK ? got : 0;
    }
    vlt_file_close(file);
    return st;
}

enum vault_status
vlt_rfile_kind(struct vault_receive *r, struct vlt_rfile *f, bool *age,
    struct vault_error *err)
{
    size_t max = VLT_RECEIVE_TEXT + 1;
    uint8_t *p = malloc(max);
    struct vault_error why;
    size_t n = 0;
    enum vault_status st;

    *age = false;
    if (p == NULL)
        return vlt_fail_memory(err);
    vlt_error_clear(&why);
    st = read_head(f->path, p, max, &n, &why);
    if (st == VAULT_OK && is_age(p, n))
        *age = true;
    else if (st == VAULT_OK && is_container(p, n))
        st = container(r, f, &why);
    else if (st == VAULT_OK)
        st = text(f, p, n, &why);
    free(p);
    if (st == VAULT_OK)
        return st;
    if (st == VAULT_E_USAGE || st == VAULT_E_IO || st == VAULT_E_FORMAT)
        vlt_rfile_leave(f, &why);
    else if (vlt_rfile_fault(st))
        vlt_rfile_refuse(f, &why);
    else {
        if (err != NULL)
            *err = why;
        return st;
    }
    return VAULT_OK;
}
