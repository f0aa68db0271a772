/* SPDX-License-Identifier: Apache-2.0 */
/* temp_dir.h: a folder of one test's own, and what lies in it */
#ifndef TEST_TEMP_DIR_H
#define TEST_TEMP_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEMP_PATH = 512 };

/*
 * All functions end the program with status 2, having said why, when the
 * system does not do what they ask of it: a test without its files has
 * nothing to say.
 */
struct temp_dir {
    char path[TEMP_PATH];
};

/* A new, empty folder in $TMPDIR or /tmp. */
void temp_dir_make(struct temp_dir *d);
/* Remove it with everything in it. */
void temp_dir_remove(struct temp_dir *d);
/* out = FOLDER/name */
void temp_dir_path(const struct temp_dir *d, const char *name,
    char out[TEMP_PATH]);
/* How many entries the folder has. */
size_t temp_dir_count(const struct temp_dir *d);

/*
 * Everything that a program could have changed in a folder: for each entry
 * its name, inode, mode, size, time of change in nanoseconds and bytes, as
 * text in a fixed order. The caller frees it.
 */
char *temp_dir_picture(const struct temp_dir *d);

/* Whole files. The caller frees what is read. */
uint8_t *temp_read(const char *path, size_t *n);
void temp_write(const char *path, const void *p, size_t n);
void temp_copy(const char *from, const char *to);
bool temp_exists(const char *path);
/* Set one byte. */
void temp_poke(const char *path, uint64_t at, uint8_t byte);

/* Say why and end the program with status 2. */
void temp_die(const char *what, const char *about) __attribute__((noreturn));

#endif
