/* SPDX-License-Identifier: Apache-2.0 */
/* receive_age.c: age files: a courier's bundle, or a document from anyone */
#include <stdlib.h>
#include <string.h>
#include "age.h"
#include "fail.h"
#include "identity_keys.h"
#include "pack.h"
#include "receiving.h"
#include "text.h"

enum { PIECE = 256 * 1024, LOOK = 100 };

struct vlt_rage {
    struct vlt_file *file;
    struct vlt_age_in *in;
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
    vlt_age_in_free(a->in);
    vlt_file_close(a->file);
    free(a);
}

static enum vault_status
open_with(struct vault *v, const char *path,
    const struct vlt_age_identities *who, struct vlt_rage **out,
    struct vault_error *err)
{
    struct vlt_rage *a = calloc(1, sizeof *a);
    enum vault_status st;

    if (a == NULL)
        return vlt_fail_memory(err);
    a->v = v;
    st = vlt_file_open_plain(path, &a->file, err);
    if (st == VAULT_OK)
        st = vlt_age_open(&a->in, source, a, who, err);
    if (st != VAULT_OK) {
        vlt_rage_close(a);
        return st;
    }
    *out = a;
    return VAULT_OK;
}

struct trying {
    struct vault *v;
    const char *path;
    struct vlt_rage *a;
    enum vault_status st;
    struct vault_error why;
};

/* One generation's key. Ends the walk when there is nothing more to try. */
static enum vault_status
try_kem(void *ctx, const struct vlt_kemkey *kem, const uint8_t fingerprint[32],
    struct vault_error *err)
{
    struct trying *t = ctx;
    struct vlt_age_identities who = {.kem = &kem, .kems = 1};

    (void)fingerprint;
    vlt_error_clear(&t->why);
    t->st = open_with(t->v, t->path, &who, &t->a, &t->why);
    if (t->st == VAULT_E_NO_KEY)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_EXISTS, "tried");
}

static enum vault_status
open_with_keys(struct vault *v, const char *path, struct vlt_rage **out,
    struct vault_error *err)
{
    struct trying t = {.v = v, .path = path, .st = VAULT_E_NO_KEY};
    enum vault_status st;

    (void)vlt_fail(&t.why, VAULT_E_NO_KEY, "sealed to somebody else");
    st = vlt_kem_keys(v, try_kem, &t, err);
    if (st != VAULT_OK && st != VAULT_E_EXISTS)
        return st;
    if (err != NULL)
        *err = t.why;
    if (t.st == VAULT_OK)
        *out = t.a;
    return t.st;
}

/* ---- one with a passphrase ---- */

static const char scrypt_start[] = "age-encryption.org/v1\n-> scrypt ";

/* The first bytes, out of the armor if there is one. */
static bool
wants_passphrase(const char *path)
{
    static const char armor[] = "-----BEGIN AGE ENCRYPTED FILE-----";
    struct vlt_file *file = NULL;
    uint8_t p[512], raw[64];
    size_t n = 0, got = 1;
    char *line = NULL;

    if (vlt_file_open_plain(path, &file, NULL) != VAULT_OK)
        return false;
    while (got > 0 && n < sizeof p - 1) {
        if (vlt_file_read(file, p + n, sizeof p - 1 - n, &got, NULL) !=
            VAULT_OK)
            break;
        n += got;
    }
    vlt_file_close(file);
    p[n] = 0;
    if (n >= sizeof scrypt_start - 1 &&
        memcmp(p, scrypt_start, sizeof scrypt_start - 1) == 0)
        return true;
    line = strstr((char *)p, armor);
    if (line == NULL)
        return false;
    line += sizeof armor - 1;
    line += strspn(line, "\r\n");
    return strcspn(line, "\r\n") == 64 &&
        vlt_unb64(raw, sizeof raw, &n, line, 64) &&
        n >= sizeof scrypt_start - 1 &&
        memcmp(raw, scrypt_start, sizeof scrypt_start - 1) == 0;
}

static enum vault_status
ask(struct vault_receive *r, struct vlt_rfile *f, struct vault_error *err)
{
    struct vault_key *key;
    enum vault_status st;

    if (r->opt.passphrase == NULL)
        return vlt_fail(err, VAULT_E_NO_KEY, "it is sealed with a passphrase");
    key = vault_key_new();
    if (key == NULL)
        return vlt_fail_memory(err);
    st = r->opt.passphrase(r->opt.ctx, f->path, key, err);
    if (st == VAULT_OK && key->pass == NULL)
        st = vlt_fail(err, VAULT_E_SECRET, "no passphrase was given");
    if (st == VAULT_OK) {
        f->pass = vlt_guarded_copy(key->pass->p, key->pass->len);
        if (f->pass == NULL)
            st = vlt_fail_memory(err);
    }
    vault_key_free(key);
    return st;
}

enum vault_status
vlt_rage_open(struct vault_receive *r, struct vlt_rfile *f,
    struct vlt_rage **out, struct vault_error *err)
{
    struct vlt_age_identities who;
    enum vault_status st = VAULT_OK;

    if (f->pass == NULL && !wants_passphrase(f->path))
        return open_with_keys(r->v, f->path, out, err);
    if (f->pass == NULL)
        st = ask(r, f, err);
    if (st != VAULT_OK)
        return st;
    memset(&who, 0, sizeof who);
    who.passphrase = f->pass;
    return open_with(r->v, f->path, &who, out, err);
}

enum vault_status
vlt_rage_read(struct vlt_rage *a, void *p, size_t max, size_t *n,
    struct vault_error *err)
{
    return vlt_age_read(a->in, p, max, n, err);
}

enum vault_status
vlt_rage_fill(struct vlt_rage *a, void *p, size_t max, size_t *n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t got = 1;

    *n = 0;
    while (st == VAULT_OK && got > 0 && *n < max) {
        st = vlt_age_read(a->in, (uint8_t *)p + *n, max - *n, &got, err);
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
