/* SPDX-License-Identifier: Apache-2.0 */
/* seized.h: a machine as it is when it is taken away, and what is tried on it */
#ifndef TEST_SEIZED_H
#define TEST_SEIZED_H

#include <stdbool.h>
#include <vault/vault.h>

#include "hunt.h"
#include "temp_dir.h"

/*
 * HOME holds all that lies on the disk of one machine: vault, capture file,
 * state files, temporary files ($TMPDIR points there). SAFE is elsewhere: the
 * key file, memory images, what the test itself keeps. Whatever touches a
 * secret runs in a process of its own (seized_do), so that this one, which
 * hunts, never had one, and a memory image shows one process only.
 */
struct seized {
    struct temp_dir home, safe;
    char vault[TEMP_PATH];   /* HOME/v.sanduq */
    char capture[TEMP_PATH]; /* HOME/v.capture */
    char state[TEMP_PATH];
    char key[TEMP_PATH];    /* SAFE/key */
    char during[TEMP_PATH]; /* SAFE/during: memory while at work */
    char after[TEMP_PATH];  /* SAFE/after: memory of the finished process */
    struct vault_options opt;
};

/* The folders; no vault yet. */
void seized_begin(struct seized *s);
void seized_end(struct seized *s);
/* SAFE/name, HOME/name */
void seized_safe(const struct seized *s, const char *name, char out[TEMP_PATH]);
void seized_home(const struct seized *s, const char *name, char out[TEMP_PATH]);

/* In a process of its own; its failure ends this one. */
void seized_do(void (*fn)(struct seized *s), struct seized *s);

/* For use there. Failures end the process. */
void seized_must(enum vault_status st, const struct vault_error *err);
/* A vault opened by the key file, unlocked; made if it is not there. */
struct vault *seized_unlock(struct seized *s);
struct vault *seized_unlock_file(struct seized *s, const char *path);
struct vault *seized_capture(struct seized *s);

/* A record with a body of n letters (0: none); above 40,000 it lies in
 * segments. */
void seized_add(struct vault *v, const char *title, size_t n, uint64_t seed,
    struct vault_sealed *out);

/*
 * Hunt through HOME, and through both memory images where there are any. The
 * steps are those of the effort of this run: see seized_step. Says how much it
 * tried.
 */
void seized_hunt(struct seized *s, struct hunt *h);
/* 1 in the slow tests; else a step that takes seconds. */
size_t seized_step(void);

#endif
