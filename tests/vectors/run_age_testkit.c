/* SPDX-License-Identifier: Apache-2.0 */
/* run_age_testkit: the test kit of C2SP age: where each file must fail */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "age.h"
#include "agetext.h"
#include "deflate.h"
#include "hash.h"
#include "json_vectors.h"
#include "text.h"

enum { MOST = 64 * 1024 * 1024, KEYS = 8, READ = 66000 };

/* One file of the kit, and what its text says about it. */
struct kit {
    const char *expect;
    const char *payload; /* SHA-256 in hex, NULL when none comes */
    bool armored;
    struct vlt_kemkey *kem[KEYS];
    size_t kems;
    uint8_t x25519[KEYS][32];
    size_t x25519s;
    struct vlt_guarded *passphrase;
    struct vlt_buf file;
    bool known; /* no key of the text is unknown */
};

/* ---- reading a case ---- */

static bool
take_identity(struct kit *k, const char *value)
{
    size_t n = strlen(value);

    if (k->kems == KEYS || k->x25519s == KEYS)
        return false;
    if (vlt_age_x25519_identity(k->x25519[k->x25519s], value, n)) {
        k->x25519s++;
        return true;
    }
    k->kem[k->kems] = vlt_kemkey_new();
    return k->kem[k->kems] != NULL &&
        vlt_age_hybrid_identity(k->kem[k->kems++]->b, value, n);
}

static void
take_line(struct kit *k, const char *key, const char *value, bool *zlib)
{
    bool ok = true;

    if (strcmp(key, "expect") == 0)
        k->expect = value;
    else if (strcmp(key, "payload") == 0)
        k->payload = value;
    else if (strcmp(key, "armored") == 0)
        k->armored = strcmp(value, "yes") == 0;
    else if (strcmp(key, "compressed") == 0)
        ok = *zlib = strcmp(value, "zlib") == 0;
    else if (strcmp(key, "identity") == 0)
        ok = take_identity(k, value);
    else if (strcmp(key, "passphrase") == 0 && k->passphrase == NULL)
        k->passphrase = vlt_guarded_copy(value, strlen(value));
    else
        ok = strcmp(key, "file key") == 0 || strcmp(key, "comment") == 0;
    k->known = k->known && ok;
}

/* Lines "key: value" up to an empty one; then the file. */
static bool
read_case(struct kit *k, char *p, size_t n)
{
    char *end = p + n;
    bool zlib = false;

    k->known = true;
    while (p < end && *p != '\n') {
        char *lf = memchr(p, '\n', (size_t)(end - p));
        char *colon = lf != NULL ? strstr(p, ": ") : NULL;

        if (colon == NULL || colon > lf)
            return false;
        *lf = *colon = '\0';
        take_line(k, p, colon + 2, &zlib);
        p = lf + 1;
    }
    if (p == end || k->expect == NULL)
        return false;
    p++;
    vlt_buf_init(&k->file, MOST);
    if (zlib)
        return inflate_all((uint8_t *)p, (size_t)(end - p), &k->file);
    vlt_buf_put(&k->file, p, (size_t)(end - p));
    return !k->file.failed;
}

static void
clear_case(struct kit *k)
{
    for (size_t i = 0; i < k->kems; i++)
        vlt_kemkey_free(k->kem[i]);
    vlt_guarded_free(k->passphrase);
    vlt_buf_clear(&k->file);
    *k = (struct kit){0};
}

/* ---- running it ---- */

struct pieces {
    const uint8_t *p;
    size_t left;
    size_t piece;
};

static enum vault_status
give(void *ctx, void *p, size_t max, size_t *n, struct vault_error *err)
{
    struct pieces *s = ctx;

    (void)err;
    *n = max < s->piece ? max : s->piece;
    if (*n > s->left)
        *n = s->left;
    if (*n > 0)
        memcpy(p, s->p, *n);
    s->p += *n;
    s->left -= *n;
    return VAULT_OK;
}

static const char *
stage_name(enum vlt_age_stage stage)
{
    static const char *const names[] = {
        [VLT_AGE_FINE] = "success",
        [VLT_AGE_HEADER] = "header failure",
        [VLT_AGE_HMAC] = "HMAC failure",
        [VLT_AGE_NO_MATCH] = "no match",
        [VLT_AGE_ARMOR] = "armor failure",
        [VLT_AGE_PAYLOAD] = "payload failure",
    };

    return names[stage];
}

/* All that comes out before the end or the failure, hashed. */
static enum vlt_age_stage
decrypt(struct kit *k, size_t piece, char hash[65], bool *armored)
{
    struct pieces s = {k->file.p, k->file.len, piece};
    enum vlt_age_stage stage = VLT_AGE_FINE;
    struct vlt_age_identities who = {.kem = (const struct vlt_kemkey *const *)
                                                k->kem,
        .kems = k->kems,
        .x25519 = (const uint8_t(*)[32])k->x25519,
        .x25519s = k->x25519s,
        .passphrase = k->passphrase,
        .stage = &stage};
    struct vlt_age_in *in = NULL;
    struct vlt_sha256 h;
    uint8_t digest[32], plain[READ];
    size_t room = piece == 1 ? 5000 : READ; /* less than a chunk, and more */
    size_t n = 1;

    vlt_sha256_init(&h);
    if (vlt_age_open(&in, give, &s, &who, NULL) == VAULT_OK)
        *armored = vlt_age_armored(in);
    while (in != NULL && n > 0 &&
        vlt_age_read(in, plain, room, &n, NULL) == VAULT_OK)
        vlt_sha256_update(&h, plain, n);
    vlt_sha256_final(&h, digest);
    vlt_hex(hash, digest, sizeof digest);
    if (in != NULL)
        stage = vlt_age_stage(in);
    vlt_age_in_free(in);
    return stage;
}

static void
run_case(struct vec_run *run, struct kit *k, const char *name)
{
    static const size_t piece[] = {SIZE_MAX, 1, 4097};
    char nothing[65], hash[65];
    bool armored = k->armored;
    uint8_t digest[32];

    vlt_sha256(digest, NULL, 0);
    vlt_hex(nothing, digest, sizeof digest);
    for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++) {
        enum vlt_age_stage stage = decrypt(k, piece[i], hash, &armored);
        const char *want = k->payload != NULL ? k->payload : nothing;

        vec_case(run,
            strcmp(stage_name(stage), k->expect) == 0 && armored == k->armored,
            "%s: %s, not %s", name, stage_name(stage), k->expect);
        vec_case(run, strcmp(hash, want) == 0, "%s: payload %s, not %s", name,
            hash, want);
    }
}

static size_t
load(const char *path, char **out)
{
    FILE *f = fopen(path, "rb");
    char *p = malloc(MOST + 1);
    size_t n = f != NULL && p != NULL ? fread(p, 1, MOST, f) : 0;

    if (n == 0)
        exit(2);
    p[n] = '\0';
    fclose(f);
    *out = p;
    return n;
}

static void
run_file(struct vec_run *run, const char *name)
{
    struct kit k = {0};
    char path[2048];
    char *text = NULL;
    size_t n;

    snprintf(path, sizeof path, "%s/%s", run->folder, name);
    n = load(path, &text);
    if (!read_case(&k, text, n))
        vec_case(run, false, "%s: cannot be read", name);
    else if (!k.known)
        vec_skip(run, 1);
    else
        run_case(run, &k, name);
    clear_case(&k);
    free(text);
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    const struct dirent *e;
    unsigned files = 0;
    DIR *d;

    if (!vec_open(&run, argc, argv, "age/testkit", "x25519_grease"))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    d = opendir(run.folder);
    while (d != NULL && (e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        run_file(&run, e->d_name);
        files++;
    }
    if (d != NULL)
        closedir(d);
    printf("%u files\n", files);
    return vec_end(&run);
}
