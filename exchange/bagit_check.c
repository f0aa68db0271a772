/* SPDX-License-Identifier: Apache-2.0 */
/* bagit_check.c: whether a folder is a complete and valid bag */
#include "bagit.h"

#include "bagit_text.h"
#include "fail.h"
#include "nmark.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILES_MAX = 1000000,
    DEPTH_MAX = 64,
    TAG_MAX = 256 * 1024 * 1024,
    SUMS = 2,
    PIECE = 64 * 1024
};

static const struct {
    const char *name;
    enum vault_hash_kind kind;
} sums[SUMS] = {{"sha256", VAULT_SHA256}, {"sha512", VAULT_SHA512}};

/* A file that lies in the folder. */
struct member {
    char *path;
    bool payload;
    bool named[SUMS]; /* in the manifest with this sum */
    uint8_t sum256[VAULT_SHA256];
    uint8_t sum512[VAULT_SHA512];
};
struct check {
    const char *folder;
    int (*fn)(void *ctx, const struct bagit_finding *f);
    void *ctx;
    struct vault_error *err;
    struct member *member;
    size_t n, room;
    bool has[SUMS]; /* there is a payload manifest with it */
    struct bagit_result result;
    bool not_a_bag;
    char under[BAGIT_PATH]; /* while walking */
    int depth;
};

VAULT_CHECKED static enum vault_status
tell(struct check *c, const struct bagit_finding *f)
{
    c->result.faults += !f->only_said;
    if (c->fn != NULL && c->fn(c->ctx, f) != 0)
        return vlt_fail(c->err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
fault(struct check *c, enum bagit_fault what, const char *file, uint64_t line,
    const char *path, const char *text)
{
    struct bagit_finding f = {what, false, file, line, path, text};

    return tell(c, &f);
}

/* ---- what lies in the folder ---- */

static enum vault_status walk_entry(void *ctx, const char *name, bool is_dir);

VAULT_CHECKED static enum vault_status
full_path(const struct check *c, const char *path, char out[2 * BAGIT_PATH])
{
    int n = snprintf(out, 2 * BAGIT_PATH, "%s/%s", c->folder, path);

    return n > 0 && n < 2 * BAGIT_PATH
        ? VAULT_OK
        : vlt_fail(c->err, VAULT_E_LIMIT, "the path %s is too long", path);
}

VAULT_CHECKED static enum vault_status
walk_folder(struct check *c)
{
    char path[2 * BAGIT_PATH];
    enum vault_status st;

    if (c->depth == DEPTH_MAX)
        return vlt_fail(c->err, VAULT_E_LIMIT,
            "the folders of this bag are more than %d deep", (int)DEPTH_MAX);
    st = full_path(c, c->under[0] != 0 ? c->under : ".", path);
    if (st != VAULT_OK)
        return st;
    c->depth++;
    st = vlt_os_listdir(path, walk_entry, c, c->err);
    c->depth--;
    return st;
}

VAULT_CHECKED static enum vault_status
add_member(struct check *c, const char *path)
{
    struct member *m;

    if (c->n == FILES_MAX)
        return vlt_fail(c->err, VAULT_E_LIMIT,
            "this folder holds more than %d files", (int)FILES_MAX);
    if (c->n == c->room) {
        size_t room = c->room == 0 ? 256 : 2 * c->room;

        m = realloc(c->member, room * sizeof *m);
        if (m == NULL)
            return vlt_fail_memory(c->err);
        c->member = m;
        c->room = room;
    }
    m = &c->member[c->n];
    memset(m, 0, sizeof *m);
    m->path = vlt_strdup(path);
    if (m->path == NULL)
        return vlt_fail_memory(c->err);
    m->payload = strncmp(path, "data/", 5) == 0;
    c->n++;
    return VAULT_OK;
}

static enum vault_status
walk_entry(void *ctx, const char *name, bool is_dir)
{
    struct check *c = ctx;
    size_t old = strlen(c->under);
    size_t n = strlen(name);
    enum vault_status st;

    if (old + n + 2 > sizeof c->under)
        return vlt_fail(c->err, VAULT_E_LIMIT, "the path %s is too long", name);
    if (old > 0)
        c->under[old] = '/';
    memcpy(c->under + old + (old > 0), name, n + 1);
    st = is_dir ? walk_folder(c) : add_member(c, c->under);
    c->under[old] = 0;
    return st;
}

static int
by_path(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    return strcmp(x->path, y->path);
}

static int
path_is(const void *key, const void *b)
{
    const struct member *y = b;

    return strcmp(key, y->path);
}

static struct member *
find_member(const struct check *c, const char *path)
{
    return c->n == 0
        ? NULL
        : bsearch(path, c->member, c->n, sizeof *c->member, path_is);
}

/* ---- text files ---- */

/* A whole tag file; *out NULL when there is none. The caller frees it. */
VAULT_CHECKED static enum vault_status
read_tag(struct check *c, const char *name, struct vlt_buf *out, bool *there)
{
    char path[2 * BAGIT_PATH];
    struct vlt_file *f = NULL;
    size_t got = 1;
    enum vault_status st = full_path(c, name, path);

    *there = find_member(c, name) != NULL;
    vlt_buf_init(out, TAG_MAX);
    if (!*there || st != VAULT_OK)
        return st;
    if (vlt_file_open_plain(path, &f, c->err) != VAULT_OK) {
        *there = false;
        c->not_a_bag = true;
        return fault(c, BAGIT_NO_FILE, "", 0, name,
            N_("it cannot be read, or is a link, device or pipe"));
    }
    while (st == VAULT_OK && got > 0) {
        uint8_t *to = vlt_buf_room(out, PIECE);

        if (to == NULL) {
            st = vlt_buf_end(out, name, c->err);
            break;
        }
        st = vlt_file_read(f, to, PIECE, &got, c->err);
        out->len -= PIECE - (st == VAULT_OK ? got : 0);
    }
    vlt_file_close(f);
    if (st == VAULT_OK && !vlt_utf8_valid(out->p, out->len))
        st = fault(c, BAGIT_ENCODING, name, 0, "",
            N_("this tag file is not UTF-8"));
    if (st != VAULT_OK)
        vlt_buf_clear(out);
    return st;
}

VAULT_CHECKED static enum vault_status
check_declaration(struct check *c)
{
    struct vlt_buf b;
    bool there = false;
    enum vault_status st = read_tag(c, "bagit.txt", &b, &there);
    enum bagit_declared d;

    if (st != VAULT_OK)
        return st;
    d = there ? bagit_read_declaration((const char *)b.p, b.len)
              : BAGIT_DECLARED_BADLY;
    vlt_buf_clear(&b);
    c->not_a_bag = d != BAGIT_DECLARED;
    if (!there)
        return fault(c, BAGIT_DECLARATION, "bagit.txt", 0, "",
            N_("there is none: this folder is not a bag"));
    if (d == BAGIT_DECLARED_BADLY)
        return fault(c, BAGIT_DECLARATION, "bagit.txt", 0, "",
            N_("it does not hold the two lines that it must"));
    if (d == BAGIT_DECLARED_VERSION)
        return fault(c, BAGIT_VERSION, "bagit.txt", 0, "",
            N_("this version of BagIt is not read here, only 0.97 and 1.0"));
    if (d == BAGIT_DECLARED_ENCODING)
        return fault(c, BAGIT_ENCODING, "bagit.txt", 0, "",
            N_("its tag files are in another encoding than UTF-8"));
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
compare_oxum(struct check *c, const char *value, size_t len)
{
    uint64_t bytes, files;

    if (!bagit_read_oxum(value, len, &bytes, &files))
        return fault(c, BAGIT_INFO, "bag-info.txt", 0, "",
            N_("its Payload-Oxum is not two numbers"));
    if (bytes != c->result.bytes || files != c->result.files)
        return fault(c, BAGIT_OXUM, "bag-info.txt", 0, "",
            N_("the payload has another size than it says"));
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
check_info(struct check *c)
{
    const char *value = NULL;
    size_t len = 0, count = 0;
    struct vlt_buf b;
    bool there = false;
    enum vault_status st = read_tag(c, "bag-info.txt", &b, &there);

    if (st != VAULT_OK || !there)
        return st;
    if (!bagit_find_info((const char *)b.p, b.len, "Payload-Oxum", &value, &len,
            &count))
        st = fault(c, BAGIT_INFO, "bag-info.txt", 0, "",
            N_("a line of it has no label"));
    else if (count > 1)
        st = fault(c, BAGIT_INFO, "bag-info.txt", 0, "",
            N_("it has more than one Payload-Oxum"));
    else if (count == 1)
        st = compare_oxum(c, value, len);
    vlt_buf_clear(&b);
    return st;
}

/* ---- manifests ---- */

VAULT_CHECKED static enum vault_status
take_line(struct check *c, const char *file, uint64_t number, size_t which,
    bool tags, const char *line, size_t n)
{
    uint8_t sum[BAGIT_SUM_MAX];
    char path[BAGIT_PATH];
    struct member *m;
    enum bagit_line kind =
        bagit_read_line(line, n, sums[which].kind, sum, path);

    if (kind == BAGIT_LINE_BAD)
        return fault(c, BAGIT_LINE, file, number, "",
            N_("it is not a sum and a path"));
    if (kind == BAGIT_LINE_OUTSIDE || (strncmp(path, "data/", 5) == 0) == tags)
        return fault(c, BAGIT_OUTSIDE, file, number, path,
            N_("the path leads out of where it must be"));
    m = find_member(c, path);
    if (m == NULL)
        return fault(c, BAGIT_MISSING, file, number, path,
            N_("the file is missing"));
    if (m->named[which])
        return fault(c, BAGIT_DUPLICATE, file, number, path,
            N_("the file stands there twice"));
    m->named[which] = true;
    memcpy(which == 0 ? m->sum256 : m->sum512, sum, sums[which].kind);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
check_manifest(struct check *c, const char *file, size_t which, bool tags)
{
    const char *p, *line;
    uint64_t number = 0;
    struct vlt_buf b;
    bool there = false;
    size_t n;
    enum vault_status st = read_tag(c, file, &b, &there);

    if (st != VAULT_OK)
        return st;
    p = (const char *)b.p;
    while (st == VAULT_OK && b.len > 0 &&
        bagit_next_line(&p, (const char *)b.p + b.len, &line, &n))
        st = take_line(c, file, ++number, which, tags, line, n);
    vlt_buf_clear(&b);
    return st;
}

/* The algorithm of a file named HEAD-ALGORITHM.txt. */
static bool
manifest_of(const char *path, const char *head, char out[32])
{
    size_t n = strlen(path), k = strlen(head);

    if (strncmp(path, head, k) != 0 || n < k + 5 || n - k - 4 >= 32 ||
        strcmp(path + n - 4, ".txt") != 0 || strchr(path, '/') != NULL)
        return false;
    memcpy(out, path + k, n - k - 4);
    out[n - k - 4] = 0;
    return true;
}

VAULT_CHECKED static enum vault_status
check_one(struct check *c, const char *path, const char *head, bool tags)
{
    struct bagit_finding said = {BAGIT_ALGORITHM, true, path, 0, "",
        N_("sums of this kind are not compared here")};
    char algorithm[32];

    if (!manifest_of(path, head, algorithm))
        return VAULT_OK;
    for (size_t i = 0; i < SUMS; i++) {
        if (strcmp(algorithm, sums[i].name) != 0)
            continue;
        if (!tags)
            c->has[i] = true;
        return check_manifest(c, path, i, tags);
    }
    return tell(c, &said);
}

VAULT_CHECKED static enum vault_status
check_manifests(struct check *c)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < c->n; i++) {
        st = check_one(c, c->member[i].path, "manifest-", false);
        if (st == VAULT_OK)
            st = check_one(c, c->member[i].path, "tagmanifest-", true);
    }
    if (st == VAULT_OK && !c->has[0] && !c->has[1]) {
        c->not_a_bag = true;
        st = fault(c, BAGIT_NO_MANIFEST, "", 0, "",
            N_("it has no payload manifest with SHA-256 or SHA-512"));
    }
    c->result.sha256 = c->has[0];
    c->result.sha512 = c->has[1];
    return st;
}

/* ---- sums ---- */

VAULT_CHECKED static enum vault_status
hash_file(struct check *c, struct vlt_file *f, struct vault_hash *h[SUMS],
    uint64_t *bytes)
{
    uint8_t *piece = malloc(PIECE);
    enum vault_status st = VAULT_OK;
    size_t got = 1;

    if (piece == NULL)
        return vlt_fail_memory(c->err);
    *bytes = 0;
    while (st == VAULT_OK && got > 0) {
        st = vlt_file_read(f, piece, PIECE, &got, c->err);
        for (size_t i = 0; st == VAULT_OK && i < SUMS; i++) {
            if (h[i] != NULL)
                vault_hash_update(h[i], piece, got);
        }
        *bytes += st == VAULT_OK ? got : 0;
        if (vlt_os_interrupted())
            st = vlt_fail(c->err, VAULT_E_CANCELLED, "interrupted");
    }
    vlt_wipe(piece, PIECE);
    free(piece);
    return st;
}

VAULT_CHECKED static enum vault_status
compare_sums(struct check *c, const struct member *m,
    struct vault_hash *h[SUMS])
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < SUMS; i++) {
        uint8_t got[BAGIT_SUM_MAX];

        if (h[i] == NULL)
            continue;
        vault_hash_final(h[i], got);
        if (memcmp(got, i == 0 ? m->sum256 : m->sum512, sums[i].kind) != 0)
            st = fault(c, BAGIT_SUM, "", 0, m->path,
                i == 0 ? N_("its SHA-256 is another than the manifest says")
                       : N_("its SHA-512 is another than the manifest says"));
    }
    return st;
}

VAULT_CHECKED static enum vault_status
check_sums(struct check *c, struct member *m)
{
    struct vault_hash *h[SUMS] = {NULL, NULL};
    char path[2 * BAGIT_PATH];
    struct vlt_file *f = NULL;
    uint64_t bytes = 0;
    enum vault_status st = full_path(c, m->path, path);

    if (st == VAULT_OK && vlt_file_open_plain(path, &f, c->err) != VAULT_OK)
        return fault(c, BAGIT_NO_FILE, "", 0, m->path,
            N_("it cannot be read, or is a link, device or pipe"));
    for (size_t i = 0; st == VAULT_OK && i < SUMS; i++) {
        if (m->named[i] && (h[i] = vault_hash_new(sums[i].kind)) == NULL)
            st = vlt_fail_memory(c->err);
    }
    if (st == VAULT_OK)
        st = hash_file(c, f, h, &bytes);
    if (st == VAULT_OK)
        st = compare_sums(c, m, h);
    if (m->payload) {
        c->result.files++;
        c->result.bytes += bytes;
    }
    vault_hash_free(h[0]);
    vault_hash_free(h[1]);
    vlt_file_close(f);
    return st;
}

VAULT_CHECKED static enum vault_status
check_member(struct check *c, struct member *m)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && m->payload && i < SUMS; i++) {
        if (c->has[i] && !m->named[i])
            st = fault(c, BAGIT_EXTRA, "", 0, m->path,
                i == 0 ? N_("it does not stand in the manifest of SHA-256")
                       : N_("it does not stand in the manifest of SHA-512"));
    }
    if (st == VAULT_OK && (m->payload || m->named[0] || m->named[1]))
        st = check_sums(c, m);
    return st;
}

/* ---- all of it ---- */

VAULT_CHECKED static enum vault_status
check_all(struct check *c)
{
    enum vault_status st = walk_folder(c);

    if (st == VAULT_OK && c->n > 0)
        qsort(c->member, c->n, sizeof *c->member, by_path);
    if (st == VAULT_OK)
        st = check_declaration(c);
    if (st == VAULT_OK && find_member(c, "fetch.txt") != NULL) {
        c->not_a_bag = true;
        st = fault(c, BAGIT_FETCH, "fetch.txt", 0, "",
            N_("parts of this bag lie elsewhere; nothing is ever fetched"));
    }
    if (st == VAULT_OK && !c->not_a_bag)
        st = check_manifests(c);
    for (size_t i = 0; st == VAULT_OK && !c->not_a_bag && i < c->n; i++)
        st = check_member(c, &c->member[i]);
    if (st == VAULT_OK && !c->not_a_bag)
        st = check_info(c);
    return st;
}

enum vault_status
bagit_check(const char *folder,
    int (*fn)(void *ctx, const struct bagit_finding *f), void *ctx,
    struct bagit_result *out, struct vault_error *err)
{
    struct check *c = calloc(1, sizeof *c);
    enum vault_status st;

    if (c == NULL)
        return vlt_fail_memory(err);
    c->folder = folder;
    c->fn = fn;
    c->ctx = ctx;
    c->err = err;
    st = check_all(c);
    if (st == VAULT_OK) {
        *out = c->result;
        if (c->not_a_bag)
            st = vlt_fail(err, VAULT_E_FORMAT,
                "%s is not a bag that can be read here", folder);
        else if (c->result.faults > 0)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "%s is not a complete and valid bag", folder);
    }
    for (size_t i = 0; i < c->n; i++)
        free(c->member[i].path);
    free(c->member);
    free(c);
    return st;
}
