/* SPDX-License-Identifier: Apache-2.0 */
/* draft_files.c: the files of drafts: their names, replaced without a gap */
#include "draft_files.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vault/drafts.h>
#include "bytes.h"
#include "draft.h"
#include "fail.h"
#include "os.h"
#include "text.h"

#define MIDDLE ".draft-"
#define NEXT   ".next"

enum { ID_HEX = 32 };

/* ---- names ---- */

static char *
joined(const char *vault, const char *hex, const char *end)
{
    size_t n = strlen(vault) + sizeof MIDDLE - 1 + ID_HEX + strlen(end) + 1;
    char *s = malloc(n);

    if (s != NULL)
        (void)snprintf(s, n, "%s%s%s%s", vault, MIDDLE, hex, end);
    return s;
}

enum vault_status
vlt_draft_names_make(struct vlt_draft_names *out, const char *vault,
    const uint8_t id[16], struct vault_error *err)
{
    struct vlt_draft_names n;
    char hex[ID_HEX + 1];

    vlt_hex(hex, id, 16);
    n.path = joined(vault, hex, "");
    n.next = joined(vault, hex, NEXT);
    if (n.path == NULL || n.next == NULL) {
        vlt_draft_names_clear(&n);
        return vlt_fail_memory(err);
    }
    *out = n;
    return VAULT_OK;
}

void
vlt_draft_names_clear(struct vlt_draft_names *n)
{
    free(n->path);
    free(n->next);
    n->path = NULL;
    n->next = NULL;
}

struct listing {
    const char *vault;
    const char *base; /* its last component */
    int (*fn)(void *ctx, const struct vault_draft_file *file);
    void *ctx;
    bool stopped;
};

/* The id in a name; *next: it is the newer one of two. */
static bool
id_of(const char *base, const char *name, uint8_t id[16], bool *next)
{
    size_t n = strlen(base);
    const size_t m = sizeof MIDDLE - 1;
    const char *end;

    if (strncmp(name, base, n) != 0 || strncmp(name + n, MIDDLE, m) != 0 ||
        strlen(name + n + m) < ID_HEX)
        return false;
    end = name + n + m + ID_HEX;
    *next = strcmp(end, NEXT) == 0;
    return (*next || *end == 0) && vlt_unhex(id, 16, name + n + m, ID_HEX);
}

static enum vault_status
list_one(void *ctx, const char *name, bool is_dir)
{
    struct listing *l = ctx;
    struct vlt_draft_names names;
    struct vault_draft_file file;
    bool next = false;
    enum vault_status st;

    if (is_dir || !id_of(l->base, name, file.id, &next))
        return VAULT_OK;
    st = vlt_draft_names_make(&names, l->vault, file.id, NULL);
    if (st != VAULT_OK)
        return st;
    file.path = next ? names.next : names.path;
    /* Of two with one id the newer is told. */
    if ((next || !vlt_os_exists(names.next)) && l->fn(l->ctx, &file) != 0) {
        l->stopped = true;
        st = VAULT_E_CANCELLED;
    }
    vlt_draft_names_clear(&names);
    return st;
}

/* The folder of a path, fresh; NULL without memory. */
static char *
folder_of(const char *path)
{
    size_t n = (size_t)(vlt_os_basename(path) - path);
    char *s = malloc(n + 2);

    if (s == NULL)
        return NULL;
    memcpy(s, path, n);
    /* "x/" is "x/.": the root folder stays what it is */
    s[n] = '.';
    s[n + 1] = 0;
    return s;
}

enum vault_status
vault_drafts(const char *path,
    int (*fn)(void *ctx, const struct vault_draft_file *file), void *ctx,
    struct vault_error *err)
{
    struct listing l = {path, vlt_os_basename(path), fn, ctx, false};
    char *folder = folder_of(path);
    enum vault_status st;

    if (folder == NULL)
        return vlt_fail_memory(err);
    st = vlt_os_listdir(folder, list_one, &l, err);
    free(folder);
    if (st == VAULT_E_MEMORY)
        return vlt_fail_memory(err);
    return l.stopped ? vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked")
                     : st;
}

/* ---- reading, storing, destroying ---- */

static enum vault_status
read_one(const char *path, uint8_t **p, size_t *len, struct vault_error *err)
{
    if (!vlt_os_is_file(path))
        return vlt_fail(err, VAULT_E_IO,
            "%s is a link, or no regular file; it was not followed", path);
    return vlt_os_read_small(path, VLT_DRAFT_FILE_MOST, p, len, err);
}

enum vault_status
vlt_draft_load(const struct vlt_draft_names *n, uint8_t **p, size_t *len,
    struct vault_error *err)
{
    if (vlt_os_exists(n->next))
        return read_one(n->next, p, len, err);
    if (!vlt_os_exists(n->path))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "%s is not there", n->path);
    return read_one(n->path, p, len, err);
}

/* One that was being overwritten when the program ended: zeros where a draft
 * begins, and a draft's length. */
static bool
is_zeroed(uint8_t *p, size_t n)
{
    static const uint8_t zero[VLT_DRAFT_HEADER];
    struct vlt_draft d;

    if (n < sizeof zero || memcmp(p, zero, sizeof zero) != 0)
        return false;
    memcpy(p, "SQD1", 4);
    vlt_draft_init(&d);
    return vlt_draft_peek(&d, p, n, NULL) == VAULT_OK;
}

/* Only what was written as a draft is overwritten: the name may be another
 * file's too, such as a link to the vault that somebody put there. */
static enum vault_status
destroy_one(const char *path, struct vault_error *err)
{
    struct vlt_draft d;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    if (!vlt_os_exists(path))
        return VAULT_OK;
    st = read_one(path, &p, &n, err);
    if (st != VAULT_OK)
        return st;
    vlt_draft_init(&d);
    st = vlt_draft_peek(&d, p, n, NULL);
    if (st == VAULT_E_FORMAT && is_zeroed(p, n))
        st = VAULT_OK;
    free(p);
    if (st == VAULT_E_FORMAT)
        return vlt_fail_hint(err, st,
            "look at it, and remove it yourself if it is not yours",
            "%s is not a whole draft; it was not touched", path);
    return vlt_os_destroy(path, err);
}

enum vault_status
vlt_draft_store(const struct vlt_draft_names *n, bool kept, const void *p,
    size_t len, struct vault_error *err)
{
    enum vault_status st;

    if (!kept)
        return vlt_os_create_small(n->path, p, len, err);
    /* what a crash left half way has to make room */
    st = vlt_os_exists(n->next) ? vlt_os_replace(n->next, p, len, err)
                                : vlt_os_create_small(n->next, p, len, err);
    if (st != VAULT_OK)
        return st;
    /* From here on the answers are safe: what is not overwritten any more is
     * sealed, and goes all the same. */
    if (destroy_one(n->path, NULL) != VAULT_OK && vlt_os_exists(n->path))
        return vlt_fail(err, VAULT_E_IO, "%s cannot be replaced; %s is newer",
            n->path, n->next);
    return vlt_os_rename_new(n->next, n->path, err);
}

enum vault_status
vault_draft_destroy(const char *path, const uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    struct vlt_draft_names names;
    enum vault_status st = vlt_draft_names_make(&names, path, id, err);

    if (st != VAULT_OK)
        return st;
    st = destroy_one(names.path, err);
    if (st == VAULT_OK)
        st = destroy_one(names.next, err);
    vlt_draft_names_clear(&names);
    return st;
}
