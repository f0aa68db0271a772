/* SPDX-License-Identifier: Apache-2.0 */
/* outtree.c: a folder of files that are hashed as they are written */
#include "outtree.h"

#include "bagit.h"
#include "fail.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { SUMS = 2, TAGS_MAX = 1024 * 1024 };

static const enum vault_hash_kind kinds[SUMS] = {VAULT_SHA256, VAULT_SHA512};
static const char *const manifests[SUMS] = {"manifest-sha256.txt",
    "manifest-sha512.txt"};
static const char *const tag_manifests[SUMS] = {"tagmanifest-sha256.txt",
    "tagmanifest-sha512.txt"};

struct tree_file {
    struct vlt_file *f;
    struct vault_hash *hash[SUMS];
    uint64_t bytes;
    char *name;
};
struct tree {
    struct vlt_outdir *dir;
    bool bag;
    size_t sums; /* 1 or 2 */
    struct tree_file *list[SUMS];
    struct vlt_buf tags[SUMS];
    uint64_t bytes, files;
};

static void
file_free(struct tree_file *f)
{
    if (f == NULL)
        return;
    vlt_file_close(f->f);
    for (size_t i = 0; i < SUMS; i++)
        vault_hash_free(f->hash[i]);
    free(f->name);
    free(f);
}

enum vault_status
tree_open(struct tree *t, const char *name, struct tree_file **out,
    struct vault_error *err)
{
    struct tree_file *f = calloc(1, sizeof *f);
    struct vlt_file *file = NULL;
    enum vault_status st = VAULT_OK;

    if (f == NULL)
        return vlt_fail_memory(err);
    f->name = vlt_strdup(name);
    for (size_t i = 0; i < SUMS && i < t->sums; i++) {
        f->hash[i] = vault_hash_new(kinds[i]);
        if (f->hash[i] == NULL)
            st = vlt_fail_memory(err);
    }
    if (f->name == NULL)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = vlt_outdir_create(t->dir, name, &file, err);
    f->f = file;
    if (st != VAULT_OK) {
        file_free(f);
        return st;
    }
    *out = f;
    return VAULT_OK;
}

enum vault_status
tree_put(struct tree_file *f, const void *p, size_t n, struct vault_error *err)
{
    for (size_t i = 0; i < SUMS; i++) {
        if (f->hash[i] != NULL)
            vault_hash_update(f->hash[i], p, n);
    }
    f->bytes += n;
    return n > 0 ? vlt_file_write(f->f, p, n, err) : VAULT_OK;
}

static void
put_sum(const struct tree *t, struct vlt_buf *b, const uint8_t *sum, size_t n,
    const char *name)
{
    char hex[2 * VAULT_SHA512 + 1];

    vlt_hex(hex, sum, n);
    vlt_buf_printf(b, "%s  ", hex);
    if (t->bag)
        bagit_put_name(b, name);
    else
        vlt_buf_put_str(b, name);
    vlt_buf_put_u8(b, '\n');
}

/* The i-th sum of a file that is closed, into its list. */
VAULT_CHECKED static enum vault_status
list_sum(struct tree *t, const struct tree_file *f, size_t i,
    enum tree_sort sort, const uint8_t *sum, struct vault_error *err)
{
    struct vlt_buf line;
    enum vault_status st;

    if (sort == TREE_TAG) {
        put_sum(t, &t->tags[i], sum, kinds[i], f->name);
        return vlt_buf_end(&t->tags[i], "list of sums", err);
    }
    vlt_buf_init(&line, 8192);
    put_sum(t, &line, sum, kinds[i], f->name);
    st = vlt_buf_end(&line, "list of sums", err);
    if (st == VAULT_OK)
        st = tree_put(t->list[i], line.p, line.len, err);
    vlt_buf_clear(&line);
    return st;
}

enum vault_status
tree_close(struct tree *t, struct tree_file *f, enum tree_sort sort,
    uint8_t *sha256, uint64_t *bytes, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < SUMS && i < t->sums && st == VAULT_OK; i++) {
        uint8_t sum[VAULT_SHA512] = {0};

        vault_hash_final(f->hash[i], sum);
        if (i == 0 && sha256 != NULL)
            memcpy(sha256, sum, VAULT_HASH);
        st = list_sum(t, f, i, sort, sum, err);
    }
    if (bytes != NULL)
        *bytes = f->bytes;
    if (sort == TREE_PAYLOAD) {
        t->bytes += f->bytes;
        t->files++;
    }
    file_free(f);
    return st;
}

void
tree_drop(struct tree *t, struct tree_file *f)
{
    if (f == NULL)
        return;
    vlt_outdir_drop(t->dir, f->name);
    file_free(f);
}

enum vault_status
tree_tag(struct tree *t, const char *name, const void *p, size_t n,
    struct vault_error *err)
{
    struct tree_file *f = NULL;
    enum vault_status st = tree_open(t, name, &f, err);

    if (st == VAULT_OK)
        st = tree_put(f, p, n, err);
    if (st != VAULT_OK) {
        tree_drop(t, f);
        return st;
    }
    return tree_close(t, f, TREE_TAG, NULL, NULL, err);
}

enum vault_status
tree_begin(struct vlt_outdir *d, bool bag, struct tree **out,
    struct vault_error *err)
{
    struct tree *t = calloc(1, sizeof *t);
    enum vault_status st = VAULT_OK;

    if (t == NULL) {
        (void)vlt_outdir_discard(d);
        return vlt_fail_memory(err);
    }
    t->dir = d;
    t->bag = bag;
    t->sums = bag ? 2 : 1;
    for (size_t i = 0; i < SUMS && i < t->sums && st == VAULT_OK; i++) {
        vlt_buf_init(&t->tags[i], TAGS_MAX);
        st = tree_open(t, bag ? manifests[i] : "SHA256SUMS", &t->list[i], err);
    }
    if (st != VAULT_OK) {
        (void)tree_discard(t);
        return st;
    }
    *out = t;
    return VAULT_OK;
}

uint64_t
tree_bytes(const struct tree *t)
{
    return t->bytes;
}

uint64_t
tree_files(const struct tree *t)
{
    return t->files;
}

enum vault_status
tree_end_payload(struct tree *t, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < SUMS && i < t->sums && st == VAULT_OK; i++) {
        struct tree_file *f = t->list[i];

        t->list[i] = NULL;
        st = tree_close(t, f, TREE_TAG, NULL, NULL, err);
    }
    return st;
}

enum vault_status
tree_tag_sums(struct tree *t, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < SUMS && i < t->sums && st == VAULT_OK; i++) {
        struct tree_file *f = NULL;

        st = tree_open(t, tag_manifests[i], &f, err);
        if (st == VAULT_OK)
            st = tree_put(f, t->tags[i].p, t->tags[i].len, err);
        file_free(f);
    }
    return st;
}

static void
tree_free(struct tree *t)
{
    for (size_t i = 0; i < SUMS; i++) {
        file_free(t->list[i]);
        vlt_buf_clear(&t->tags[i]);
    }
    free(t);
}

enum vault_status
tree_commit(struct tree *t, const char *last, struct vault_error *err)
{
    struct vlt_outdir *d = t->dir;

    tree_free(t);
    return vlt_outdir_commit(d, last, err);
}

bool
tree_discard(struct tree *t)
{
    struct vlt_outdir *d;

    if (t == NULL)
        return true;
    d = t->dir;
    tree_free(t);
    return vlt_outdir_discard(d);
}

const char *
tree_path(const struct tree *t)
{
    return vlt_outdir_path(t->dir);
}
