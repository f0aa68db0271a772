/* SPDX-License-Identifier: Apache-2.0 */
/* import_folder.c: every file of a folder and of the folders in it */
#include "importing.h"

#include "fail.h"
#include "nmark.h"
#include "safe.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

struct walk {
    struct import *im;
    const char *root;
    uint64_t done; /* files */
    struct vault_error *err;
};

VAULT_CHECKED static enum vault_status
pass_over(struct walk *w, const char *path, const struct vault_error *why)
{
    struct import_told told = {.what = IMPORT_PASSED, .path = path, .why = why};

    return import_tell(w->im, &told, w->err);
}

/* The vault itself, and what stands beside it. */
static bool
is_avoided(const struct walk *w, const char *full)
{
    const struct import_request *r = w->im->r;

    for (size_t i = 0; i < r->avoid_len; i++) {
        if (vlt_os_same_file(full, r->avoid[i]) == 1)
            return true;
    }
    return false;
}

/* What the path says, as a field; a path that is no text gets marks, and its
 * bytes beside it. */
VAULT_CHECKED static enum vault_status
put_path(struct form *f, const char *path, struct vault_error *err)
{
    size_t n = strlen(path);
    struct vlt_buf b;
    enum vault_status st;

    if (vlt_utf8_valid((const uint8_t *)path, n))
        return form_put(f, "file.path", VAULT_TEXT, VAULT_VALUE, path, n, err);
    vlt_buf_init(&b, 10 * n + 1);
    safe_put(&b, path, n, 0);
    st = vlt_buf_end(&b, "path", err);
    if (st == VAULT_OK)
        st = form_put(f, "file.path", VAULT_TEXT, VAULT_VALUE, b.p, b.len, err);
    if (st == VAULT_OK)
        st = form_put(f, "file.path.raw", VAULT_BYTES, VAULT_VALUE, path, n,
            err);
    vlt_buf_clear(&b);
    return st;
}

/* Whether it is a regular file; what is none is told. */
VAULT_CHECKED static enum vault_status
look_at(struct walk *w, const char *path, bool *good)
{
    struct import_told told = {.what = IMPORT_FAILED, .path = path};
    struct vlt_file *file = NULL;
    struct vault_error why = {0};
    enum vault_status st = vlt_file_open_below(w->root, path, &file, &why);

    vlt_file_close(file);
    *good = st == VAULT_OK;
    if (st == VAULT_OK)
        return st;
    if (st == VAULT_E_USAGE) {
        w->im->ordinal++;
        return pass_over(w, path, &why);
    }
    told.why = &why;
    return import_failed(w->im, &told, w->err);
}

VAULT_CHECKED static enum vault_status
put_file(struct walk *w, const char *path)
{
    const char *as = w->im->r->as;
    struct form form = {0};
    struct import_item item = {.type = as != NULL ? as : "file",
        .form = &form,
        .folder = w->root,
        .path = path,
        .place = path,
        .by_body = true};
    bool good = false;
    enum vault_status st;

    if (!import_wants(w->im, 1))
        return VAULT_OK;
    st = look_at(w, path, &good);
    if (st != VAULT_OK || !good)
        return st;
    st = put_path(&form, path, w->err);
    if (st == VAULT_OK)
        st = import_put(w->im, &item, w->err);
    form_clear(&form);
    return st;
}

VAULT_CHECKED static enum vault_status
visit_file(struct walk *w, const char *path)
{
    struct vault_error why = {0};
    char *full = names_join(w->root, path);
    enum vault_status st;

    if (full == NULL)
        return vlt_fail_memory(w->err);
    if (is_avoided(w, full)) {
        (void)!vlt_fail(&why, VAULT_E_USAGE, "%s is the vault itself", path);
        st = pass_over(w, path, &why);
    } else {
        st = put_file(w, path);
    }
    free(full);
    if (st == VAULT_OK)
        st = import_step(w->im, ++w->done, 0, path, w->err);
    return st;
}

VAULT_CHECKED static enum vault_status visit_folder(struct walk *w,
    const char *path, int depth);

VAULT_CHECKED static enum vault_status
visit(struct walk *w, const char *folder, const struct name *name, int depth)
{
    char *path = names_join(folder, name->s);
    enum vault_status st;

    if (path == NULL)
        return vlt_fail_memory(w->err);
    st = name->is_dir ? visit_folder(w, path, depth + 1) : visit_file(w, path);
    free(path);
    return st;
}

VAULT_CHECKED static enum vault_status
fail_folder(struct walk *w, const char *path, const struct vault_error *why)
{
    struct import_told told = {.what = IMPORT_FAILED, .path = path, .why = why};

    return import_tell(w->im, &told, w->err);
}

/* NOLINTNEXTLINE(misc-no-recursion): at most DEPTH_MAX folders deep */
static enum vault_status
visit_folder(struct walk *w, const char *path, int depth)
{
    struct names names = {0};
    struct vault_error why = {0};
    char *full = path[0] != 0 ? names_join(w->root, path) : vlt_strdup(w->root);
    enum vault_status st;

    if (full == NULL)
        return vlt_fail_memory(w->err);
    st = depth <= DEPTH_MAX ? names_list(full, &names, &why)
                            : vlt_fail(&why, VAULT_E_LIMIT,
                                  "more than %d folders deep", (int)DEPTH_MAX);
    free(full);
    if (st != VAULT_OK)
        return fail_folder(w, path, &why);
    for (size_t i = 0; i < names.n && st == VAULT_OK; i++)
        st = visit(w, path, &names.v[i], depth);
    names_clear(&names);
    return st;
}

enum vault_status
import_folder(struct import *im, struct vault_error *err)
{
    struct walk w = {.im = im, .root = im->r->source, .err = err};

    return visit_folder(&w, "", 0);
}
