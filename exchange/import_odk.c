/* SPDX-License-Identifier: Apache-2.0 */
/* import_odk.c: ODK submissions, wherever they lie in a folder */
#include "importing.h"

#include "fail.h"
#include "import_submission.h"
#include "nmark.h"
#include "odk.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 8, LOOK_MAX = 32 };

struct odk_walk {
    struct import *im;
    struct submissions all;
    struct vault_error *err;
};
/* A folder, its names, and which of them are spoken for. */
struct odk_folder {
    const char *path;  /* to open */
    const char *below; /* in the source; "" */
    struct names names;
    bool *used;
};

static bool
is_xml(const struct name *name)
{
    size_t n = strlen(name->s);
    const char *end = n > 4 ? name->s + n - 4 : "";

    return !name->is_dir && name->s[0] != '.' && end[0] == '.' &&
        (end[1] == 'x' || end[1] == 'X') && (end[2] == 'm' || end[2] == 'M') &&
        (end[3] == 'l' || end[3] == 'L');
}

static bool
has_xml(const struct names *l)
{
    for (size_t i = 0; i < l->n; i++) {
        if (is_xml(&l->v[i]))
            return true;
    }
    return false;
}

/* ---- whether a folder is one of ODK ---- */

static bool
looks(const char *folder, const char *name)
{
    char *path = names_join(folder, name);
    uint8_t *p = NULL;
    size_t n = 0;
    bool so = false;

    if (path != NULL &&
        vlt_os_read_small(path, ODK_MAX, &p, &n, NULL) == VAULT_OK)
        so = odk_looks(p, n);
    if (p != NULL)
        vlt_wipe(p, n);
    free(p);
    free(path);
    return so;
}

/* One of the XML files in it, or of the first of many, is a submission. */
static bool
any_looks(const char *folder, const struct names *l)
{
    for (size_t i = 0, looked = 0; i < l->n && looked < LOOK_MAX; i++) {
        if (!is_xml(&l->v[i]))
            continue;
        looked++;
        if (looks(folder, l->v[i].s))
            return true;
    }
    return false;
}

/* What a folder in the folder is: with a submission, with XML, with none. */
enum sub { SUB_NONE, SUB_XML, SUB_ODK };

static enum sub
sub_of(const char *folder, const char *name, bool look)
{
    char *path = names_join(folder, name);
    struct names l = {0};
    enum sub sub = SUB_NONE;

    if (path != NULL && names_list(path, &l, NULL) == VAULT_OK && has_xml(&l))
        sub = look && any_looks(path, &l) ? SUB_ODK : SUB_XML;
    names_clear(&l);
    free(path);
    return sub;
}

/* Nothing but folders, each with XML in it, and one with a submission. */
static bool
holds_folders(const char *path, const struct names *l)
{
    bool odk = false;

    for (size_t i = 0; i < l->n; i++) {
        enum sub sub;

        if (l->v[i].s[0] == '.')
            continue;
        if (!l->v[i].is_dir)
            return false;
        sub = sub_of(path, l->v[i].s, !odk);
        if (sub == SUB_NONE)
            return false;
        odk = odk || sub == SUB_ODK;
    }
    return odk;
}

static bool
has_instances(const struct names *l)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].is_dir && strcmp(l->v[i].s, "instances") == 0)
            return true;
    }
    return false;
}

bool
import_is_odk(const char *folder)
{
    char *instances = names_join(folder, "instances");
    struct names l = {0}, m = {0};
    bool so = false;

    if (instances != NULL && names_list(folder, &l, NULL) == VAULT_OK) {
        so = any_looks(folder, &l) || holds_folders(folder, &l);
        for (size_t i = 0; i < l.n && !so; i++)
            so = !l.v[i].is_dir && strcmp(l.v[i].s, "submission.xml") == 0;
        if (!so && has_instances(&l) &&
            names_list(instances, &m, NULL) == VAULT_OK)
            so = holds_folders(instances, &m);
    }
    names_clear(&m);
    names_clear(&l);
    free(instances);
    return so;
}

/* ---- going through one ---- */

static void
note_used(void *ctx, const char *file)
{
    struct odk_folder *f = ctx;

    for (size_t i = 0; i < f->names.n; i++) {
        if (strcmp(f->names.v[i].s, file) == 0)
            f->used[i] = true;
    }
}

static void
ignore_used(void *ctx, const char *file)
{
    (void)ctx;
    (void)file;
}

VAULT_CHECKED static enum vault_status
pass_over(struct odk_walk *w, const struct odk_folder *f, const char *name)
{
    char *shown = names_join(f->below, name);
    struct vault_error why = {0};
    struct import_told told = {.what = IMPORT_PASSED,
        .path = shown,
        .why = &why};
    enum vault_status st;

    if (shown == NULL)
        return vlt_fail_memory(w->err);
    (void)!vlt_fail(&why, VAULT_E_USAGE, "%s: no submission beside it names it",
        shown);
    st = import_tell(w->im, &told, w->err);
    free(shown);
    return st;
}

VAULT_CHECKED static enum vault_status
put_submissions(struct odk_walk *w, struct odk_folder *f)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < f->names.n && st == VAULT_OK; i++) {
        struct submission_place at = {f->path, f->names.v[i].s, f->below};

        if (!is_xml(&f->names.v[i]))
            continue;
        f->used[i] = true;
        st = submissions_put(&w->all, &at, note_used, f, w->err);
        if (st == VAULT_OK)
            st = import_step(w->im, w->all.read, 0, at.file, w->err);
    }
    return st;
}

VAULT_CHECKED static enum vault_status visit(struct odk_walk *w,
    const char *path, const char *below, int depth);

VAULT_CHECKED static enum vault_status
visit_below(struct odk_walk *w, const struct odk_folder *f, const char *name,
    int depth)
{
    char *path = names_join(f->path, name);
    char *below = names_join(f->below, name);
    enum vault_status st = path != NULL && below != NULL
        ? visit(w, path, below, depth + 1)
        : vlt_fail_memory(w->err);

    free(path);
    free(below);
    return st;
}

/* Folders, and what is left over. Of the folder of ODK Collect itself only
 * the instances: what else is there belongs to the program. */
VAULT_CHECKED static enum vault_status
put_rest(struct odk_walk *w, const struct odk_folder *f, int depth)
{
    bool only = depth == 0 && !has_xml(&f->names) && has_instances(&f->names);
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < f->names.n && st == VAULT_OK; i++) {
        const struct name *name = &f->names.v[i];

        if (f->used[i])
            continue;
        if (name->is_dir && (!only || strcmp(name->s, "instances") == 0))
            st = visit_below(w, f, name->s, depth);
        else
            st = pass_over(w, f, name->s);
    }
    return st;
}

VAULT_CHECKED static enum vault_status
fail_folder(struct odk_walk *w, const char *below, const struct vault_error *e)
{
    struct import_told told = {.what = IMPORT_FAILED, .path = below, .why = e};

    return import_tell(w->im, &told, w->err);
}

/* NOLINTNEXTLINE(misc-no-recursion): at most DEPTH_MAX folders deep */
static enum vault_status
visit(struct odk_walk *w, const char *path, const char *below, int depth)
{
    struct odk_folder f = {.path = path, .below = below};
    struct vault_error why = {0};
    enum vault_status st = depth <= DEPTH_MAX
        ? names_list(path, &f.names, &why)
        : vlt_fail(&why, VAULT_E_LIMIT, "more than %d folders deep",
              (int)DEPTH_MAX);

    if (st != VAULT_OK)
        return fail_folder(w, below, &why);
    f.used = calloc(f.names.n + 1, sizeof *f.used);
    st = f.used != NULL ? put_submissions(w, &f) : vlt_fail_memory(w->err);
    if (st == VAULT_OK)
        st = put_rest(w, &f, depth);
    free(f.used);
    names_clear(&f.names);
    return st;
}

VAULT_CHECKED static enum vault_status
put_one(struct odk_walk *w)
{
    const char *source = w->im->r->source;
    char *folder = names_folder(source);
    struct submission_place at = {folder, vlt_os_basename(source), ""};
    enum vault_status st = folder != NULL
        ? submissions_put(&w->all, &at, ignore_used, NULL, w->err)
        : vlt_fail_memory(w->err);

    free(folder);
    return st;
}

enum vault_status
import_odk(struct import *im, struct vault_error *err)
{
    struct odk_walk w = {.im = im, .err = err};
    enum vault_status st = submissions_begin(&w.all, im, err);

    if (st == VAULT_OK)
        st = vlt_os_is_dir(im->r->source) ? visit(&w, im->r->source, "", 0)
                                          : put_one(&w);
    if (st == VAULT_OK && w.all.read == 0)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "%s holds no submission: no .xml in it, nor in the folders in it",
            im->r->source);
    if (st == VAULT_OK)
        st = submissions_tell_unseen(&w.all, err);
    submissions_end(&w.all);
    return st;
}
