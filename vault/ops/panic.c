/* SPDX-License-Identifier: Apache-2.0 */
/* panic.c: what opens a vault, destroyed at once, here and beside it */
#include <vault/panic.h>
#include <stdio.h>
#include <string.h>
#include <vault/drafts.h>
#include "destroy_rows.h"
#include "draft_files.h"
#include "fail.h"
#include "handle.h"
#include "os.h"
#include "statefolder.h"

enum { PATH_SIZE = 4096, HEAD = 4 * 1024 * 1024 };

/* What goes on when something fails: the first failure is the answer. */
struct panic {
    const char *path;
    const char *link; /* the name that was given, when it is a link; or NULL */
    const struct vault_options *opt;
    struct vault_panicked out;
    enum vault_status st;
    struct vault_error *err;
};

static void
note(struct panic *p, enum vault_status st, const struct vault_error *why)
{
    if (st == VAULT_OK)
        return;
    if (p->out.failed++ > 0)
        return;
    p->st = st;
    if (p->err != NULL)
        *p->err = *why;
}

/* ---- keys in a container ---- */

/* What a container is and whether something opens it. */
struct glance {
    uint8_t id[16];
    bool gone;
    struct vlt_slot_set slots;
};

static enum vault_status
glance(const char *path, struct glance *g, struct vault_error *err)
{
    struct vlt_store_options so = {VLT_STORE_READ, 0, NULL, NULL};
    struct vlt_store *s = NULL;
    enum vault_status st = vlt_store_open(path, &so, &s, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(s, false, err);
    if (st == VAULT_OK)
        st = vlt_meta_get(s, "vault", g->id, sizeof g->id, err);
    if (st == VAULT_OK)
        st = vlt_keys_gone(s, &g->gone, err);
    if (st == VAULT_OK)
        st = vlt_slots_load(s, true, &g->slots, err);
    vlt_store_close(s);
    return st;
}

static enum vault_status
destroy_in(const char *path, const struct vault_options *opt,
    struct vlt_destroyed *done, struct vault_error *err)
{
    struct vlt_store_options so = {VLT_STORE_WRITE, opt->busy_ms, NULL, NULL};
    struct vlt_store *s = NULL;
    enum vault_status st;

    vlt_os_let_write(path);
    st = vlt_store_open(path, &so, &s, err);
    if (st == VAULT_OK)
        st = vlt_destroy_keys(s, done, err);
    vlt_store_close(s);
    return st;
}

static void
add_done(struct vault_panicked *out, const struct vlt_destroyed *d)
{
    out->slots += (uint32_t)d->slots;
    out->seeds += (uint32_t)d->seeds;
    out->caches += (uint32_t)d->caches;
    out->settings += (uint32_t)d->settings;
    out->session = out->session || d->sessions > 0;
}

static void
destroy_keys(struct panic *p)
{
    struct vlt_destroyed d = {0, 0, 0, 0, 0, 0};
    struct vault_error why;
    enum vault_status st = destroy_in(p->path, p->opt, &d, &why);

    add_done(&p->out, &d);
    p->out.keys = st == VAULT_OK && (d.slots > 0 || d.seeds > 0);
    note(p, st, &why);
}

/* A link is followed by nothing here: the capture file is a file. */
static bool
beside(const char *path, const char *suffix, char out[PATH_SIZE])
{
    int n = snprintf(out, PATH_SIZE, "%s%s", path, suffix);

    return n > 0 && n < PATH_SIZE && vlt_os_is_file(out);
}

static void
destroy_session(struct panic *p, const char *path)
{
    struct vlt_destroyed d = {0, 0, 0, 0, 0, 0};
    char capture[PATH_SIZE];
    enum vault_file_kind kind = VAULT_FILE_OTHER;
    struct vault_error why;
    struct glance g;
    enum vault_status st;

    if (!beside(path, ".capture", capture))
        return;
    st = vault_file_kind(capture, &kind, &why);
    if (st == VAULT_OK && kind == VAULT_FILE_CAPTURE)
        st = destroy_in(capture, p->opt, &d, &why);
    else if (st == VAULT_OK && kind == VAULT_FILE_CONTAINER)
        st = glance(capture, &g, &why); /* it cannot be read, or is a kit */
    add_done(&p->out, &d);
    note(p, st, &why);
}

/* ---- state files ---- */

/* Their names tell nothing without the vault's key, so all of them go. A lock
 * that somebody holds stays: it is an empty file. */
static enum vault_status
destroy_state(void *ctx, const char *path, bool lock, struct vault_error *err)
{
    struct panic *p = ctx;
    struct vlt_lock *held = NULL;
    struct vault_error why;
    enum vault_status st;

    (void)err;
    if (lock) {
        if (vlt_os_trylock(path, &held, NULL) == VAULT_OK)
            (void)!vlt_os_unlink(path, NULL);
        vlt_os_unlock(held);
        return VAULT_OK;
    }
    st = vlt_os_destroy(path, &why);
    if (st == VAULT_OK)
        p->out.states++;
    note(p, st, &why);
    return VAULT_OK;
}

static void
destroy_states(struct panic *p)
{
    struct vault_error why;
    enum vault_status st;

    if (p->opt->no_state)
        return;
    st = vlt_state_files(p->opt->state_dir, destroy_state, p, &why);
    note(p, st, &why);
}

/* ---- the files themselves ---- */

struct removing {
    struct panic *p;
    const char *path;
};

static int
remove_draft(void *ctx, const struct vault_draft_file *file)
{
    const struct removing *r = ctx;
    struct panic *p = r->p;
    struct vlt_draft_names names;
    struct vault_error why;
    enum vault_status st =
        vlt_draft_names_make(&names, r->path, file->id, &why);

    note(p, st, &why);
    if (st != VAULT_OK)
        return 0;
    note(p, vlt_os_destroy_head(names.path, HEAD, &why), &why);
    note(p, vlt_os_destroy_head(names.next, HEAD, &why), &why);
    vlt_draft_names_clear(&names);
    return 0;
}

static void
remove_beside(struct panic *p, const char *of, const char *suffix)
{
    struct vault_error why;
    char path[PATH_SIZE];

    if (beside(of, suffix, path))
        note(p, vlt_os_destroy_head(path, HEAD, &why), &why);
}

/* What lies beside a name of the vault: it is put there by that name. */
static void
remove_around(struct panic *p, const char *path)
{
    struct removing r = {p, path};
    struct vault_error why;

    note(p, vault_drafts(path, remove_draft, &r, &why), &why);
    remove_beside(p, path, ".capture-journal");
    remove_beside(p, path, ".capture");
    remove_beside(p, path, "-journal");
}

/* The vault last: as long as it is there, its name says what else there is. */
static void
remove_files(struct panic *p)
{
    enum vault_file_kind kind = VAULT_FILE_OTHER;
    struct vault_error why;
    enum vault_status st;

    remove_around(p, p->path);
    if (p->link != NULL)
        remove_around(p, p->link);
    st = vlt_os_destroy_head(p->path, HEAD, &why);
    note(p, st, &why);
    p->out.removed = !vlt_os_exists(p->path);
    if (p->out.removed)
        p->out.overwritten = st == VAULT_OK;
    else
        p->out.overwritten =
            vault_file_kind(p->path, &kind, &why) == VAULT_OK &&
            kind == VAULT_FILE_OTHER;
    if (p->link != NULL && p->out.removed)
        note(p, vlt_os_unlink(p->link, &why), &why);
}

/* A link is followed: every other command works through it, and what it is
 * asked for is the vault. */
static enum vault_status
follow(const char *path, char real[PATH_SIZE], const char **out,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    *out = path;
    if (!vlt_os_exists(path) || vlt_os_is_file(path))
        return VAULT_OK;
    st = vlt_os_real(path, real, PATH_SIZE, err);
    *out = real;
    return st;
}

/* Nothing but a container of this program is touched. */
static enum vault_status
check_kind(const char *path, enum vault_file_kind *kind,
    struct vault_error *err)
{
    enum vault_status st = vault_file_kind(path, kind, err);

    if (st != VAULT_OK || *kind == VAULT_FILE_VAULT ||
        *kind == VAULT_FILE_CAPTURE || *kind == VAULT_FILE_CONTAINER)
        return st;
    return vlt_fail(err, VAULT_E_FORMAT,
        "%s is neither a vault nor a capture file nor a kit; it was not "
        "touched",
        path);
}

enum vault_status
vault_panic(const char *path, const struct vault_options *opt, bool remove,
    struct vault_panicked *out, struct vault_error *err)
{
    static const struct vault_options none;
    struct panic p = {.opt = opt != NULL ? opt : &none, .err = err};
    enum vault_file_kind kind = VAULT_FILE_OTHER;
    char real[PATH_SIZE];
    enum vault_status st = follow(path, real, &p.path, err);

    if (st == VAULT_OK)
        st = check_kind(p.path, &kind, err);
    if (st != VAULT_OK)
        return st;
    p.link = p.path != path ? path : NULL;
    destroy_keys(&p);
    destroy_session(&p, p.path);
    if (p.link != NULL)
        destroy_session(&p, p.link);
    destroy_states(&p);
    if (remove)
        remove_files(&p);
    *out = p.out;
    return p.st;
}

/* ---- looking first ---- */

enum { FILES_MOST = 10000, LOOK_MS = 400 };

struct looking {
    const char *path;
    struct vault_panic_look *out;
    char folder[PATH_SIZE];
    int (*copy)(void *ctx, const char *path);
    void *ctx;
    unsigned files;
    uint64_t until;
    bool stopped;
};

static enum vault_status
take_neighbour(void *ctx, const char *name, bool is_dir)
{
    struct looking *l = ctx;
    enum vault_file_kind kind;
    struct glance g;
    char path[PATH_SIZE];
    int n;

    if (is_dir || l->stopped || ++l->files > FILES_MOST ||
        vlt_os_ticks_ms() > l->until)
        return VAULT_OK;
    n = snprintf(path, sizeof path, "%s%s", l->folder, name);
    if (n < 0 || n >= (int)sizeof path ||
        vault_file_kind(path, &kind, NULL) != VAULT_OK ||
        (kind != VAULT_FILE_VAULT && kind != VAULT_FILE_CONTAINER) ||
        vlt_os_same_file(path, l->path) != 0 ||
        glance(path, &g, NULL) != VAULT_OK || g.gone ||
        memcmp(g.id, l->out->id, 16) != 0)
        return VAULT_OK;
    l->out->copies++;
    l->stopped = l->copy != NULL && l->copy(l->ctx, path) != 0;
    return VAULT_OK;
}

static void
look_around(struct looking *l)
{
    char capture[PATH_SIZE];
    size_t n = strlen(l->path) - strlen(vlt_os_basename(l->path));

    l->out->capture = beside(l->path, ".capture", capture);
    if (!l->out->readable || n >= sizeof l->folder)
        return;
    memcpy(l->folder, l->path, n);
    l->folder[n] = 0;
    l->until = vlt_os_ticks_ms() + LOOK_MS;
    (void)!vlt_os_listdir(n > 0 ? l->folder : ".", take_neighbour, l, NULL);
}

static int
count_draft(void *ctx, const struct vault_draft_file *file)
{
    (void)file;
    ++*(uint32_t *)ctx;
    return 0;
}

static enum vault_status
count_state(void *ctx, const char *path, bool lock, struct vault_error *err)
{
    (void)path;
    (void)err;
    *(uint32_t *)ctx += !lock;
    return VAULT_OK;
}

enum vault_status
vault_panic_look(const char *path, const struct vault_options *opt,
    int (*copy)(void *ctx, const char *path), void *ctx,
    struct vault_panic_look *out, struct vault_error *err)
{
    struct vault_panic_look look;
    struct looking l = {.out = &look, .copy = copy, .ctx = ctx};
    char real[PATH_SIZE], capture[PATH_SIZE];
    struct glance g;
    enum vault_status st;
    size_t i;

    memset(&look, 0, sizeof look);
    memset(&g, 0, sizeof g);
    st = follow(path, real, &l.path, err);
    if (st == VAULT_OK)
        st = check_kind(l.path, &look.kind, err);
    if (st != VAULT_OK)
        return st;
    look.readable = glance(l.path, &g, NULL) == VAULT_OK;
    memcpy(look.id, g.id, 16);
    look.destroyed = look.readable && g.gone;
    look.slots = (uint32_t)(g.slots.n + g.slots.damaged);
    for (i = 0; i < g.slots.n; i++) {
        look.recovery += g.slots.slot[i].kind == VLT_SLOT_RECOVERY;
        look.identities += g.slots.slot[i].kind == VLT_SLOT_IDENTITY;
    }
    look_around(&l);
    (void)!vault_drafts(l.path, count_draft, &look.drafts, NULL);
    if (l.path != path) {
        look.capture = look.capture || beside(path, ".capture", capture);
        (void)!vault_drafts(path, count_draft, &look.drafts, NULL);
    }
    if (opt == NULL || !opt->no_state)
        (void)!vlt_state_files(opt != NULL ? opt->state_dir : NULL, count_state,
            &look.states, NULL);
    *out = look;
    return VAULT_OK;
}

enum vault_status
vault_keys_gone(struct vault *v, bool *out, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(v->store, false, err);

    if (st == VAULT_OK)
        st = vlt_keys_gone(v->store, out, err);
    vlt_store_rollback(v->store);
    return st;
}
