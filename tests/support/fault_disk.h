/* SPDX-License-Identifier: Apache-2.0 */
/* fault_disk.h: a disk that keeps each unsynced write apart and may lose it */
#ifndef FAULT_DISK_H
#define FAULT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "folder_image.h"

/*
 * The one disk of this process: a real folder, and beside it a memory of what
 * would be on the medium: for each file its bytes at the last sync and every
 * write and truncation since; for the folder every name made or removed since
 * the folder itself was synced. fault_vfs.h feeds it. What the program writes
 * past SQLite (state files, renaming) is taken as durable at once, since it
 * syncs for itself.
 *
 * Operations that count: write, truncate, sync, delete, and making a file;
 * under FAULT_READ reads instead. They are counted from fault_disk_plan on.
 */
enum fault_kind {
    FAULT_NONE,
    FAULT_CUT,        /* power goes at operation n */
    FAULT_ERROR_ONCE, /* operation n fails, the next one works */
    FAULT_ERROR_FROM, /* n and all after it fail */
    FAULT_FULL_ONCE,  /* the same, with "disk full" for writes */
    FAULT_FULL_FROM,
    FAULT_READ_ONCE, /* the n-th read fails */
    FAULT_READ_FROM
};
/* What a power cut leaves of the operations that no sync covers. */
enum fault_policy {
    FAULT_LOSE_ALL,
    FAULT_KEEP_ALL, /* as a killed process leaves it */
    FAULT_KEEP_SOME /* each may be whole, lost, or in pieces of 512 bytes,
                       old, new or noise */
};

/* Take the folder as it is now as durable and watch it; FAULT_NONE. */
void fault_disk_begin(const char *folder);
void fault_disk_plan(enum fault_kind kind, unsigned n);
/* Whether the planned operation was reached. */
bool fault_disk_hit(void);
/* Operations counted since fault_disk_plan. */
unsigned fault_disk_ops(void);

/*
 * What the disk holds now, or held when the power went; watching ends. The
 * same wreck can be laid out many times.
 */
struct fault_wreck;
struct fault_wreck *fault_disk_end(void);
void fault_wreck_lay(const struct fault_wreck *w, enum fault_policy policy,
    uint64_t seed);
/* How many operations no sync covered. */
size_t fault_wreck_loose(const struct fault_wreck *w);
void fault_wreck_free(struct fault_wreck *w);

/*
 * To try the harness itself: syncs that do nothing. FAULT_LIE_DATA for
 * files, FAULT_LIE_NAMES for the folder.
 */
enum fault_lie { FAULT_HONEST, FAULT_LIE_DATA = 1, FAULT_LIE_NAMES = 2 };
void fault_disk_lie(enum fault_lie lie);

/* splitmix64, for everything in these tests that is drawn. */
uint64_t fault_random(uint64_t *state);

/* ---- for fault_vfs.c ---- */

struct fault_node; /* one file, whatever its name */
enum fault_gate {
    FAULT_PASS,
    FAULT_FAIL,  /* answer with an error, do nothing */
    FAULT_SHORT, /* answer with an error, do half of it */
    FAULT_DIES,  /* record it, then fault_disk_die, then an error */
    FAULT_DEAD   /* answer with an error */
};
enum fault_gate fault_disk_gate(bool read);
bool fault_disk_dead(void);
bool fault_disk_says_full(void);
void fault_disk_die(void);
/* The file that now has this path; NULL when nothing is watched. `made`: it
 * was made just now. */
struct fault_node *fault_node_at(const char *path, bool made);
void fault_node_write(struct fault_node *f, const void *p, size_t n,
    int64_t off);
void fault_node_truncate(struct fault_node *f, int64_t size);
void fault_node_sync(struct fault_node *f);
/* To be called before the name goes. */
void fault_disk_deleted(const char *path);
void fault_disk_sync_names(void);

#endif
