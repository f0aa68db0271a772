/* SPDX-License-Identifier: Apache-2.0 */
/* receive_age.c: age files: a courier's bundle, or a document from anyone */
#include <vault/agefile.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "pack.h"
#include "receiving.h"

enum { PIECE = 256 * 1024, LOOK = 100 };

struct vlt_rage {
    struct vlt_file *file;
    struct vault_age_in *in;
    struct vault *v;
    uint64_t done; /* of the file */
};

/* ---- opening ---- */

static enum vault_status
source(void *ctx, void *p, size_t max, size_t *n, struct vault_error *err)
{
    struct vlt_rage *a = ctx;
    enum vault_status st = vlt_file_read(a->file, p, max, n, err);

    if (st != VAULT_OK)
        return st;
    a->done += *n;
    if (!vlt_progress(&a->v->opt, a->done, 0, false))
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

void
vlt_rage_close(struct vlt_rage *a)
{
    if (a == NULL)
        return;
    vault_age_in_free(a->in);
    vlt_file_close(a->file);
    free(a);
}

/* *wants: it has a passphrase, and none is known yet. */
static enum vault_status
open_once(struct vault *v, const struct vlt_rfile *f, struct vlt_rage **out,
    bool *wants, struct vault_error *err)
{
    struct vlt_rage *a = calloc(1, sizeof *a);
    enum vault_status st;

    *wants = false;
    if (a == NULL)
        return vlt_fail_memory(err);
    a->v = v;
    st = vlt_file_open_plain(f->path, &a->file, err);
    if (st == VAULT_OK)
        st = vault_age_open(v, f->pass != NULL ? f->pass->p : NULL,
            f->pass != NULL ? f->pass->len : 0, source, a, wants, &a->in, err);
    if (st != VAULT_OK) {
        vlt_rage_close(a);
        return st;
    }
    *out = a;
    return VAULT_OK;
}

/* What the caller knows, kept for the second reading of a document. */
static enum vault_status
ask(struct vault_receive *r, struct vlt_rfile *f, struct vault_error *err)
{
    enum vault_status st;

    if (r->opt.passphrase == NULL)
        return vlt_fail(err, VAULT_E_NO_KEY, "it is sealed with a passphrase");
    r->asking = f;
    st = r->opt.passphrase(r->opt.ctx, r, f->path, err);
    r->asking = NULL;
    if (st == VAULT_OK && f->pass == NULL)
        st = vlt_fail(err, VAULT_E_SECRET, "no passphrase was given");
    return st;
}

enum vault_status
vault_receive_passphrase(struct vault_receive *r, const void *p, size_t n,
    struct vault_error *err)
{
    if (r->asking == NULL || n == 0)
        return vlt_fail(err, VAULT_E_USAGE, "the passphrase is empty");
    vlt_guarded_free(r->asking->pass);
    r->asking->pass = vlt_guarded_copy(p, n);
    return r->asking->pass != NULL ? VAULT_OK : vlt_fail_memory(err);
}

enum vault_status
vlt_rage_open(struct vault_receive *r, struct vlt_rfile *f,
    struct vlt_rage **out, struct vault_error *err)
{
    bool wants;
    enum vault_status st = open_once(r->v, f, out, &wants, err);

    if (st != VAULT_E_LOCKED || !wants)
        return st;
    vlt_error_clear(err);
    st = ask(r, f, err);
    return st == VAULT_OK ? open_once(r->v, f, out, &wants, err) : st;
}

enum vault_status
vlt_rage_read(struct vlt_rage *a, void *p, size_t max, size_t *n,
    struct vault_error *err)
{
    return vault_age_read(a->in, p, max, n, err);
}

enum vault_status
vlt_rage_fill(struct vlt_rage *a, void *p, size_t max, size_t *n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t got = 1;

    *n = 0;
    while (st == VAULT_OK && got > 0 && *n < max) {
        st = vault_age_read(a->in, (uint8_t *)p + *n, max - *n, &got, err);
        *n += st == VAULT_OK ? got : 0;
    }
    return st;
}

/* ---- what is in it ---- */

/* Length of the container whose first bytes these are; 0: it is none. */
static uint64_t
container_length(const uint8_t *p, size_t n)
{
    uint64_t page;

    if (n < LOOK || memcmp(p, "SQLite format 3", 16) != 0 ||
        vlt_load_u32(p + 68) != VLT_APPLICATION_ID)
        return 0;
    page = (uint64_t)p[16] << 8 | p[17];
    if (page != VLT_PAGE && page != VLT_PAGE_SMALL)
        return 0;
    return page * vlt_load_u32(p + 28);
}

/* A stream on its way to the disk: the container, then zeros only. */
struct laying {
    struct vlt_outfile *out;
    uint64_t length;
    uint64_t seen;
};

static enum vault_status
lay(struct laying *l, const uint8_t *p, size_t n, struct vault_error *err)
{
    size_t take = 0;
    size_t i;
    enum vault_status st = VAULT_OK;

    if (l->seen < l->length)
        take = n < l->length - l->seen ? n : (size_t)(l->length - l->seen);
    if (take > 0)
        st = vlt_outfile_write(l->out, p, take, err);
    for (i = take; st == VAULT_OK && i < n; i++) {
        if (p[i] != 0)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "something stands behind the bundle in its age file");
    }
    l->seen += n;
    return st;
}

static enum vault_status
lay_all(struct vlt_rage *a, struct laying *l, uint8_t *piece, size_t n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    while (st == VAULT_OK && n > 0) {
        st = lay(l, piece, n, err);
        if (st == VAULT_OK)
            st = vlt_rage_fill(a, piece, PIECE, &n, err);
    }
    if (st == VAULT_OK && l->seen != vlt_padme(l->length))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the bundle in its age file is cut, or not padded as it should be");
    return st;
}

/*
 * The bundle beside the vault, under a name that the next run clears. It is
 * sealed as it was made; only the layer that hid its shape is off.
 */
static enum vault_status
courier(struct vault_receive *r, struct vlt_rfile *f, struct vlt_rage *a,
    uint64_t length, uint8_t *piece, size_t n, struct vault_error *err)
{
    struct laying l = {.length = length};
    enum vault_status st = vlt_temp_begin(r->temp_base, &f->temp, err);

    if (st == VAULT_OK)
        st = vlt_outfile_begin(f->temp.name, false, &l.out, err);
    if (st != VAULT_OK)
        return st;
    st = lay_all(a, &l, piece, n, err);
    if (st != VAULT_OK) {
        vlt_outfile_discard(l.out);
        return st;
    }
    st = vlt_outfile_commit(l.out, err);
    if (st != VAULT_OK)
        return st;
    f->inner = f->temp.name;
    f->row.courier = true;
    f->row.kind = VAULT_RECEIVED_BUNDLE;
    return VAULT_OK;
}

/* Read to the end, and keep nothing: whether all of it holds. */
static enum vault_status
document(struct vlt_rfile *f, struct vlt_rage *a, uint8_t *piece, size_t n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    f->row.kind = VAULT_RECEIVED_DOCUMENT;
    while (st == VAULT_OK && n > 0) {
        f->row.bytes += n;
        st = vlt_rage_fill(a, piece, PIECE, &n, err);
    }
    if (st != VAULT_OK)
        return st;
    f->row.state = VAULT_RECEIVE_READY;
    return vlt_rline(f, VAULT_NOT_SEEN, "signer", 1, err,
        "opens, and is whole; sender not authenticated: anyone who has this "
        "vault's card can have made it");
}

enum vault_status
vlt_rfile_age(struct vault_receive *r, struct vlt_rfile *f,
    struct vault_error *err)
{
    uint8_t *piece = malloc(PIECE);
    struct vlt_rage *a = NULL;
    uint64_t length;
    size_t n = 0;
    enum vault_status st = piece == NULL ? vlt_fail_memory(err) : VAULT_OK;

    if (st == VAULT_OK)
        st = vlt_rage_open(r, f, &a, err);
    if (st == VAULT_OK)
        st = vlt_rage_fill(a, piece, PIECE, &n, err);
    if (st == VAULT_OK) {
        length = container_length(piece, n);
        st = length > 0 ? courier(r, f, a, length, piece, n, err)
                        : document(f, a, piece, n, err);
    }
    vlt_rage_close(a);
    if (piece != NULL)
        vlt_wipe(piece, PIECE);
    free(piece);
    return st;
}
