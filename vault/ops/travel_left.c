/* SPDX-License-Identifier: Apache-2.0 */
/* travel_left.c: what in a folder belongs to a vault, without its secret */
#include "travel_left.h"

#include <stdlib.h>
#include <string.h>
#include <vault/filekind.h>

#include "bytes.h"
#include "codex32.h"
#include "fail.h"
#include "os.h"
#include "text.h"
#include "travel_file.h"

enum {
    SEEN_MAX = 4096, /* things told */
    SHARE_FILES = 512,
    TEXT_MAX = 512 * 1024 /* what is longer is no sheet and no text of ours */
};

/* Files that hold a share, until it is known how many of its dealing. */
struct share_file {
    char *path;
    char id[5];
    uint8_t threshold;
    char index;
};
struct vlt_share_sets {
    size_t n;
    struct share_file at[SHARE_FILES];
};

enum vault_status
vlt_left_begin(struct vlt_left_walk *w, struct vault_error *err)
{
    w->sets = calloc(1, sizeof *w->sets);
    return w->sets != NULL ? VAULT_OK : vlt_fail_memory(err);
}

void
vlt_left_end(struct vlt_left_walk *w)
{
    size_t i;

    for (i = 0; i < w->seens; i++)
        free(w->seen[i]);
    free(w->seen);
    w->seen = NULL;
    w->seens = 0;
    for (i = 0; w->sets != NULL && i < w->sets->n; i++)
        free(w->sets->at[i].path);
    free(w->sets);
    w->sets = NULL;
}

/* ---- each once ---- */

static bool
excepted(const struct vlt_left_walk *w, const char *path)
{
    size_t i;

    for (i = 0; i < w->excepts; i++) {
        if (strcmp(w->except[i], path) == 0 ||
            vlt_os_same_file(w->except[i], path) == 1)
            return true;
    }
    return false;
}

static bool
seen(const struct vlt_left_walk *w, const char *path)
{
    size_t i;

    for (i = 0; i < w->seens; i++) {
        if (strcmp(w->seen[i], path) == 0)
            return true;
    }
    return false;
}

static enum vault_status
remember(struct vlt_left_walk *w, const char *path, struct vault_error *err)
{
    char **more;

    w->full = w->seens >= SEEN_MAX;
    if (w->full)
        return vlt_fail(err, VAULT_E_LIMIT,
            "more than %d files here are of this vault", (int)SEEN_MAX);
    more = realloc(w->seen, (w->seens + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    w->seen = more;
    more[w->seens] = vlt_strdup(path);
    if (more[w->seens] == NULL)
        return vlt_fail_memory(err);
    w->seens++;
    return VAULT_OK;
}

static enum vault_status
tell(struct vlt_left_walk *w, const struct vault_travel_left *l,
    struct vault_error *err)
{
    enum vault_status st;

    if (seen(w, l->path))
        return VAULT_OK;
    st = remember(w, l->path, err);
    if (st != VAULT_OK)
        return st;
    if (l->key)
        w->keys++;
    else
        w->traces++;
    if (w->tell != NULL && w->tell(w->ctx, l) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    return VAULT_OK;
}

/* ---- containers ---- */

static size_t
bearer_ways(const struct vlt_slot_set *set)
{
    size_t i, n = 0;

    for (i = 0; i < set->n; i++)
        n += set->slot[i].kind == VLT_SLOT_PASSPHRASE ||
            set->slot[i].kind == VLT_SLOT_KEYFILE ||
            set->slot[i].kind == VLT_SLOT_BOTH;
    return n;
}

/* What cannot be looked at may be anything: until it can, or is gone, nobody
 * knows that nothing here opens the vault. */
static enum vault_status
unread(struct vlt_left_walk *w, const char *path, struct vault_error *err)
{
    const struct vault_travel_left l = {.path = path,
        .word = "unread",
        .key = true};

    vlt_error_clear(err);
    if (seen(w, path))
        return VAULT_OK;
    w->unread++;
    return tell(w, &l, err);
}

/* Also when the folders above keep it from being seen. */
static bool
there(const char *path)
{
    return vlt_os_exists(path) || vlt_os_same_file(path, path) < 0;
}

/* A vault or kit. A slot that does not decode may open by another program. */
static enum vault_status
a_vault(struct vlt_left_walk *w, const char *path, struct vault_error *err)
{
    struct vault_travel_left l = {.path = path};
    struct vlt_travel_seen s;
    enum vault_status st = vlt_travel_see(path, &s, err);

    if (st != VAULT_OK)
        return st;
    if (memcmp(s.vault, w->vault, 16) != 0) {
        w->other = true;
        w->others += !s.kit && bearer_ways(&s.slots) > 0;
        return VAULT_OK;
    }
    l.word = s.kit ? "kit" : "vault";
    l.ways = bearer_ways(&s.slots) + s.slots.damaged;
    l.seeds = s.seeds;
    l.epochs = s.caches;
    l.key = l.ways > 0;
    return tell(w, &l, err);
}

/* Any other container: of this vault by what it says, with a session key or
 * without. */
static enum vault_status
other_container(struct vlt_left_walk *w, const char *path,
    enum vault_file_kind kind, struct vault_error *err)
{
    struct vlt_store_options so = {VLT_STORE_PRESENT, 0, NULL, NULL};
    struct vault_travel_left l = {.path = path};
    struct vlt_store *s = NULL;
    uint8_t id[16], key[32];
    enum vault_status st = vlt_store_open(path, &so, &s, err);

    if (st != VAULT_OK)
        return st;
    l.word = kind == VAULT_FILE_CAPTURE ? "capture"
        : kind == VAULT_FILE_BUNDLE     ? "bundle"
                                        : "container";
    st = vlt_store_begin(s, false, err);
    if (st == VAULT_OK) {
        st = vlt_meta_get(s, "vault", id, sizeof id, err);
        l.key =
            vlt_meta_get(s, "session-key", key, sizeof key, NULL) == VAULT_OK;
        vlt_wipe(key, sizeof key);
        vlt_store_rollback(s);
    }
    vlt_store_close(s);
    if (st == VAULT_OK && memcmp(id, w->vault, 16) == 0)
        return tell(w, &l, err);
    if (st != VAULT_OK && st != VAULT_E_NOT_FOUND)
        return st;
    vlt_error_clear(err);
    w->other = st == VAULT_OK;
    return VAULT_OK;
}

/* ---- texts ---- */

static bool
starts(const uint8_t *p, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(p, with, strlen(with)) == 0;
}

/* The word for a text by its first line, NULL when it is of no interest. */
static const char *
text_word(const uint8_t *p, size_t n)
{
    static const char *const texts[] = {"sanduq.v1/challenge\n",
        "sanduq.v1/answer\n", "sanduq.v1/unlock-request\n",
        "sanduq.v1/unlock\n", "sanduq.v1/travel\n"};
    size_t i;

    if (starts(p, n, "sanduq.v1/keyfile\n") ||
        starts(p, n, "sanduq.v1/request-key\n"))
        return "keyfile";
    for (i = 0; i < VLT_COUNT(texts); i++) {
        if (starts(p, n, texts[i]))
            return "text";
    }
    return NULL;
}

static enum vault_status
keep_share(struct vlt_left_walk *w, const char *path,
    const struct vlt_share *share, struct vault_error *err)
{
    struct share_file *f = &w->sets->at[w->sets->n];
    size_t i;

    for (i = 0; i < w->sets->n; i++) {
        if (strcmp(w->sets->at[i].path, path) == 0 &&
            strcmp(w->sets->at[i].id, share->id) == 0 &&
            w->sets->at[i].index == share->index)
            return VAULT_OK;
    }
    w->full = w->sets->n >= SHARE_FILES;
    if (w->full)
        return vlt_fail(err, VAULT_E_LIMIT, "more than %d shares lie here",
            (int)SHARE_FILES);
    f->path = vlt_strdup(path);
    if (f->path == NULL)
        return vlt_fail_memory(err);
    memcpy(f->id, share->id, sizeof f->id);
    f->threshold = share->threshold;
    f->index = share->index;
    w->sets->n++;
    return VAULT_OK;
}

/* Bytes from p on that a share with its spaces and dashes may take. */
static size_t
share_length(const uint8_t *p, size_t n)
{
    size_t i, letters = 0;

    for (i = 0; i < n && letters < VLT_SHARE_TEXT - 1; i++)
        letters += p[i] > 0x20 && p[i] != '-';
    return i;
}

static enum vault_status
look_for_shares(struct vlt_left_walk *w, const char *path, const uint8_t *p,
    size_t n, struct vault_error *err)
{
    struct vlt_guarded *room = vlt_guarded_new(sizeof(struct vlt_share));
    struct vlt_share *share;
    enum vault_status st = VAULT_OK;
    size_t i;

    if (room == NULL)
        return vlt_fail_memory(err);
    share = (struct vlt_share *)room->p;
    for (i = 0; st == VAULT_OK && n >= VLT_SHARE_TEXT - 1 && i + 4 <= n; i++) {
        if (memcmp(p + i, "sqr1", 4) != 0 && memcmp(p + i, "SQR1", 4) != 0)
            continue;
        if (vlt_share_read(share, (const char *)p + i,
                share_length(p + i, n - i), NULL) == VAULT_OK)
            st = keep_share(w, path, share, err);
    }
    vlt_guarded_free(room);
    return st;
}

/* The secret of a request about this vault: with headquarters' answer, which
 * goes over a bad line, it opens the vault. */
static bool
request_key(const struct vlt_left_walk *w, const uint8_t *p, size_t n)
{
    static const char first[] = "sanduq.v1/request-key\n";
    char hex[33];

    vlt_hex(hex, w->vault, 16);
    return starts(p, n, first) &&
        starts(p + sizeof first - 1, n - (sizeof first - 1), hex);
}

static enum vault_status
a_text(struct vlt_left_walk *w, const char *path, struct vault_error *err)
{
    struct vault_travel_left l = {.path = path};
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st = vlt_os_read_small(path, TEXT_MAX, &p, &n, err);

    if (st == VAULT_E_LIMIT) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    l.word = text_word(p, n);
    l.key = request_key(w, p, n);
    if (l.word != NULL)
        st = tell(w, &l, err);
    else
        st = look_for_shares(w, path, p, n, err);
    vlt_wipe(p, n);
    free(p);
    return st;
}

/* How many different shares of the same dealing lie here. */
static size_t
together(const struct vlt_share_sets *sets, const struct share_file *f)
{
    size_t i, k, n = 0;

    for (i = 0; i < sets->n; i++) {
        bool first = strcmp(sets->at[i].id, f->id) == 0 &&
            sets->at[i].threshold == f->threshold;

        for (k = 0; first && k < i; k++)
            first = strcmp(sets->at[k].id, f->id) != 0 ||
                sets->at[k].threshold != f->threshold ||
                sets->at[k].index != sets->at[i].index;
        n += first;
    }
    return n;
}

enum vault_status
vlt_left_shares(struct vlt_left_walk *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < w->sets->n; i++) {
        const struct share_file *f = &w->sets->at[i];
        struct vault_travel_left l = {.path = f->path,
            .word = "share",
            .key = together(w->sets, f) >= f->threshold};

        st = tell(w, &l, err);
    }
    return st;
}

/* ---- a folder ---- */

static enum vault_status
look_at_file(struct vlt_left_walk *w, const char *path, struct vault_error *err)
{
    enum vault_file_kind kind = VAULT_FILE_OTHER;
    enum vault_status st = vault_file_kind(path, &kind, err);

    if (st != VAULT_OK)
        return st;
    switch (kind) {
    case VAULT_FILE_AGE:
        return VAULT_OK;
    case VAULT_FILE_VAULT:
    case VAULT_FILE_CONTAINER:
        st = a_vault(w, path, err);
        if (st != VAULT_E_FORMAT)
            return st;
        vlt_error_clear(err);
        return other_container(w, path, kind, err);
    case VAULT_FILE_CAPTURE:
    case VAULT_FILE_BUNDLE:
    case VAULT_FILE_AUDIT:
        return other_container(w, path, kind, err);
    case VAULT_FILE_OTHER:
    case VAULT_FILE_TEXT:
        break;
    }
    return a_text(w, path, err);
}

/* What a file brings along is no reason to stop: a bound that it breaks makes
 * it unread. */
static bool
grave(const struct vlt_left_walk *w, enum vault_status st)
{
    return st == VAULT_E_MEMORY || st == VAULT_E_CANCELLED ||
        (st == VAULT_E_LIMIT && w->full);
}

/* A link is looked at where it leads, and that is what is told: the vault
 * opens by way of the link too. A file found by two ways is told once. Of
 * folders, pipes and devices nothing is read. */
static enum vault_status
look_at(struct vlt_left_walk *w, const char *path, struct vault_error *err)
{
    char real[VLT_TRAVEL_PATH];
    struct vault_error why = {0};
    enum vault_status st;

    w->other = false;
    st = vlt_os_real(path, real, sizeof real, &why);
    if (st == VAULT_E_NOT_FOUND)
        return VAULT_OK; /* it leads nowhere */
    if (st != VAULT_OK)
        return unread(w, path, err);
    if (!vlt_os_is_file(real) || excepted(w, real) || seen(w, real))
        return VAULT_OK;
    path = real;
    st = look_at_file(w, path, &why);
    if (st == VAULT_OK)
        return VAULT_OK;
    if (!grave(w, st))
        return unread(w, path, err);
    if (err != NULL)
        *err = why;
    return st;
}

struct listing {
    struct vlt_left_walk *w;
    const char *folder;
    struct vault_error *err;
};

static enum vault_status
take_entry(void *ctx, const char *name, bool is_dir)
{
    struct listing *l = ctx;
    char path[VLT_TRAVEL_PATH], tail[VLT_TRAVEL_PATH] = "/";
    size_t n = strlen(name);

    if (is_dir)
        return VAULT_OK;
    if (n + 2 > sizeof tail)
        return unread(l->w, l->folder, l->err);
    memcpy(tail + 1, name, n + 1);
    if (vlt_travel_name(l->folder, tail, path, NULL) != VAULT_OK)
        return unread(l->w, l->folder, l->err);
    if (excepted(l->w, path) || seen(l->w, path))
        return VAULT_OK;
    return look_at(l->w, path, l->err);
}

enum vault_status
vlt_left_folder(struct vlt_left_walk *w, const char *folder,
    struct vault_error *err)
{
    struct vault_error why = {0};
    struct listing l = {w, folder, &why};
    enum vault_status st;

    if (!vlt_os_is_dir(folder))
        return vlt_os_same_file(folder, folder) < 0 ? unread(w, folder, err)
                                                    : VAULT_OK;
    st = vlt_os_listdir(folder, take_entry, &l, &why);
    if (st == VAULT_E_IO || st == VAULT_E_NOT_FOUND)
        return unread(w, folder, err);
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

/* The name it is told by, whatever way the plan has: path itself when it is
 * not there, or leads nowhere. */
static const char *
real_name(const char *path, char room[VLT_TRAVEL_PATH])
{
    return vlt_os_real(path, room, VLT_TRAVEL_PATH, NULL) == VAULT_OK ? room
                                                                      : path;
}

enum vault_status
vlt_left_known(struct vlt_left_walk *w, const char *path, const char *word,
    bool key, struct vault_error *err)
{
    char room[VLT_TRAVEL_PATH];
    const struct vault_travel_left l = {.path = real_name(path, room),
        .word = word,
        .key = key};

    return there(path) && !excepted(w, path) ? tell(w, &l, err) : VAULT_OK;
}

enum vault_status
vlt_left_named(struct vlt_left_walk *w, const char *path, const char *word,
    struct vault_error *err)
{
    char room[VLT_TRAVEL_PATH];
    const struct vault_travel_left l = {.path = real_name(path, room),
        .word = word,
        .key = true};
    enum vault_status st;

    if (!there(path) || excepted(w, path) || seen(w, l.path))
        return VAULT_OK;
    st = look_at(w, path, err);
    if (st != VAULT_OK || w->other || seen(w, l.path))
        return st;
    return vlt_os_is_file(l.path) ? tell(w, &l, err) : VAULT_OK;
}
