/* SPDX-License-Identifier: Apache-2.0 */
/* fault_disk.c: a disk that keeps each unsynced write apart and may lose it */
#include "fault_disk.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SECTOR = 512, PATH_SIZE = 4096 };

struct change {
    struct change *next;
    bool truncate;
    int64_t off; /* the size, when truncating */
    size_t n;
    uint8_t p[];
};

struct fault_node {
    struct fault_node *next;
    ino_t ino;
    bool gone; /* deleted: its number may be another file's by now */
    uint8_t *p;
    size_t n; /* durable bytes */
    struct change *first, **last;
};

struct renaming {
    struct renaming *next; /* the one before */
    bool made;
    char name[FOLDER_NAME];
    struct fault_node *file;
};

struct fault_wreck {
    char folder[PATH_SIZE];
    struct fault_node *nodes;
    struct renaming *newest;
    struct folder_image image; /* names and unwatched files */
};

static struct {
    bool watching, dead, hit, pictured;
    enum fault_kind kind;
    enum fault_lie lie;
    unsigned at, ops;
    struct fault_wreck *w;
} disk;

static void *
fresh(size_t n)
{
    void *p = calloc(1, n);

    if (p == NULL)
        folder_die("no memory", "");
    return p;
}

uint64_t
fault_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* ---- the plan ---- */

void
fault_disk_begin(const char *folder)
{
    assert(!disk.watching);
    disk.w = fresh(sizeof *disk.w);
    snprintf(disk.w->folder, sizeof disk.w->folder, "%s", folder);
    disk.watching = true;
    disk.dead = disk.pictured = false;
    fault_disk_plan(FAULT_NONE, 0);
}

void
fault_disk_plan(enum fault_kind kind, unsigned n)
{
    disk.kind = kind;
    disk.at = n;
    disk.ops = 0;
    disk.hit = false;
}

bool
fault_disk_hit(void)
{
    return disk.hit;
}

unsigned
fault_disk_ops(void)
{
    return disk.ops;
}

void
fault_disk_lie(enum fault_lie lie)
{
    disk.lie = lie;
}

bool
fault_disk_dead(void)
{
    return disk.dead;
}

bool
fault_disk_says_full(void)
{
    return disk.kind == FAULT_FULL_ONCE || disk.kind == FAULT_FULL_FROM;
}

static bool
from_on(enum fault_kind kind)
{
    return kind == FAULT_ERROR_FROM || kind == FAULT_FULL_FROM ||
        kind == FAULT_READ_FROM;
}

enum fault_gate
fault_disk_gate(bool read)
{
    bool of_reads =
        disk.kind == FAULT_READ_ONCE || disk.kind == FAULT_READ_FROM;

    if (disk.dead)
        return FAULT_DEAD;
    if (!disk.watching || disk.kind == FAULT_NONE || read != of_reads)
        return FAULT_PASS;
    disk.ops++;
    if (disk.ops < disk.at || (disk.ops > disk.at && !from_on(disk.kind)))
        return FAULT_PASS;
    disk.hit = true;
    if (disk.kind == FAULT_CUT)
        return FAULT_DIES;
    return disk.ops % 2 == 0 ? FAULT_SHORT : FAULT_FAIL;
}

/* The names, and the files that SQLite does not write, as they are now:
 * what the program does to them later reaches no disk. */
static void
picture(void)
{
    if (disk.pictured)
        return;
    folder_image_load(&disk.w->image, disk.w->folder);
    disk.pictured = true;
}

void
fault_disk_die(void)
{
    picture();
    disk.dead = true;
}

struct fault_wreck *
fault_disk_end(void)
{
    struct fault_wreck *w = disk.w;

    assert(disk.watching);
    picture();
    disk.watching = disk.dead = false;
    disk.w = NULL;
    return w;
}

/* ---- files ---- */

static const char *
relative(const char *path)
{
    size_t n = strlen(disk.w->folder);

    if (strncmp(path, disk.w->folder, n) != 0 || path[n] != '/')
        folder_die("outside of the watched folder:", path);
    return path + n + 1;
}

static struct fault_node *
by_number(const struct fault_wreck *w, ino_t ino)
{
    struct fault_node *f;

    for (f = w->nodes; f != NULL; f = f->next) {
        if (!f->gone && f->ino == ino)
            return f;
    }
    return NULL;
}

static void
read_durable(struct fault_node *f, const char *path, size_t n)
{
    FILE *in = fopen(path, "rb");

    f->p = fresh(n + 1);
    f->n = n;
    if (in == NULL || fread(f->p, 1, n, in) != n)
        folder_die("cannot read", path);
    fclose(in);
}

static void
name_changed(struct fault_node *f, const char *path, bool made)
{
    struct renaming *r = fresh(sizeof *r);

    r->made = made;
    r->file = f;
    snprintf(r->name, sizeof r->name, "%s", relative(path));
    r->next = disk.w->newest;
    disk.w->newest = r;
}

struct fault_node *
fault_node_at(const char *path, bool made)
{
    struct fault_node *f;
    struct stat st;

    if (!disk.watching)
        return NULL;
    if (stat(path, &st) != 0)
        folder_die("cannot read", path);
    f = by_number(disk.w, st.st_ino);
    if (f != NULL && !made)
        return f;
    if (f != NULL)
        f->gone = true;
    f = fresh(sizeof *f);
    f->ino = st.st_ino;
    f->last = &f->first;
    f->next = disk.w->nodes;
    disk.w->nodes = f;
    if (made)
        name_changed(f, path, true);
    else
        read_durable(f, path, (size_t)st.st_size);
    return f;
}

static void
changed(struct fault_node *f, bool truncate, int64_t off, const void *p,
    size_t n)
{
    struct change *c = fresh(sizeof *c + n);

    c->truncate = truncate;
    c->off = off;
    c->n = n;
    if (n > 0)
        memcpy(c->p, p, n);
    *f->last = c;
    f->last = &c->next;
}

void
fault_node_write(struct fault_node *f, const void *p, size_t n, int64_t off)
{
    if (f != NULL && disk.watching)
        changed(f, false, off, p, n);
}

void
fault_node_truncate(struct fault_node *f, int64_t size)
{
    if (f != NULL && disk.watching)
        changed(f, true, size, NULL, 0);
}

static void
resize(uint8_t **p, size_t *n, size_t to)
{
    uint8_t *q = realloc(*p, to + 1);

    if (q == NULL)
        folder_die("no memory", "");
    if (to > *n)
        memset(q + *n, 0, to - *n);
    *p = q;
    *n = to;
}

static void
write_into(uint8_t **p, size_t *n, int64_t off, const uint8_t *from, size_t len)
{
    if ((size_t)off + len > *n)
        resize(p, n, (size_t)off + len);
    memcpy(*p + off, from, len);
}

static void
apply(uint8_t **p, size_t *n, const struct change *c)
{
    if (c->truncate)
        resize(p, n, (size_t)c->off);
    else
        write_into(p, n, c->off, c->p, c->n);
}

void
fault_node_sync(struct fault_node *f)
{
    struct change *c;

    if (f == NULL || !disk.watching || (disk.lie & FAULT_LIE_DATA) != 0)
        return;
    while ((c = f->first) != NULL) {
        apply(&f->p, &f->n, c);
        f->first = c->next;
        free(c);
    }
    f->last = &f->first;
}

void
fault_disk_deleted(const char *path)
{
    struct fault_node *f = fault_node_at(path, false);

    if (f == NULL)
        return;
    name_changed(f, path, false);
    f->gone = true;
}

static void
forget_names(struct fault_wreck *w)
{
    struct renaming *r;

    while ((r = w->newest) != NULL) {
        w->newest = r->next;
        free(r);
    }
}

void
fault_disk_sync_names(void)
{
    if (disk.watching && (disk.lie & FAULT_LIE_NAMES) == 0)
        forget_names(disk.w);
}

/* ---- what is left ---- */

static void
tear(uint8_t **p, size_t *n, const struct change *c, uint64_t *rng)
{
    uint8_t noise[SECTOR];
    size_t at = 0;
    size_t len;
    size_t k;
    uint64_t draw;

    while (at < c->n) {
        len = SECTOR - ((size_t)c->off + at) % SECTOR;
        len = len < c->n - at ? len : c->n - at;
        draw = fault_random(rng) % 8;
        for (k = 0; draw == 0 && k < len; k++)
            noise[k] = (uint8_t)fault_random(rng);
        if (draw < 4)
            write_into(p, n, c->off + (int64_t)at,
                draw == 0 ? noise : c->p + at, len);
        at += len;
    }
}

static void
survive(const struct fault_node *f, enum fault_policy policy, uint64_t *rng,
    uint8_t **p, size_t *n)
{
    const struct change *c;
    uint64_t draw;

    *p = fresh(f->n + 1);
    *n = f->n;
    if (f->n > 0)
        memcpy(*p, f->p, f->n);
    for (c = f->first; c != NULL && policy != FAULT_LOSE_ALL; c = c->next) {
        draw = policy == FAULT_KEEP_ALL ? 0 : fault_random(rng) % 3;
        if (draw == 0)
            apply(p, n, c);
        else if (draw == 1 && !c->truncate)
            tear(p, n, c, rng);
    }
}

static void
undo_names(const struct fault_wreck *w, struct folder_image *out,
    enum fault_policy policy, uint64_t *rng)
{
    const struct renaming *r;
    uint8_t *p;
    size_t n;

    for (r = w->newest; r != NULL; r = r->next) {
        if (policy == FAULT_KEEP_ALL ||
            (policy == FAULT_KEEP_SOME && fault_random(rng) % 2 == 0))
            continue;
        if (r->made) {
            folder_image_remove(out, r->name);
        } else {
            survive(r->file, policy, rng, &p, &n);
            folder_image_put(out, r->name, p, n);
        }
    }
}

void
fault_wreck_lay(const struct fault_wreck *w, enum fault_policy policy,
    uint64_t seed)
{
    struct folder_image out;
    const struct fault_node *f;
    uint64_t rng = seed;
    uint8_t *p;
    size_t n;
    size_t i;

    folder_image_copy(&out, &w->image);
    for (i = 0; i < out.n; i++) {
        f = by_number(w, out.file[i].ino);
        if (f == NULL)
            continue;
        survive(f, policy, &rng, &p, &n);
        free(out.file[i].p);
        out.file[i].p = p;
        out.file[i].n = n;
    }
    undo_names(w, &out, policy, &rng);
    folder_image_lay(&out, w->folder);
    folder_image_clear(&out);
}

size_t
fault_wreck_loose(const struct fault_wreck *w)
{
    const struct renaming *r;
    const struct fault_node *f;
    const struct change *c;
    size_t n = 0;

    for (r = w->newest; r != NULL; r = r->next)
        n++;
    for (f = w->nodes; f != NULL; f = f->next) {
        for (c = f->first; c != NULL; c = c->next)
            n++;
    }
    return n;
}

void
fault_wreck_free(struct fault_wreck *w)
{
    struct fault_node *f;
    struct change *c;

    if (w == NULL)
        return;
    while ((f = w->nodes) != NULL) {
        w->nodes = f->next;
        while ((c = f->first) != NULL) {
            f->first = c->next;
            free(c);
        }
        free(f->p);
        free(f);
    }
    forget_names(w);
    folder_image_clear(&w->image);
    free(w);
}
