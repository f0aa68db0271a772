/* SPDX-License-Identifier: Apache-2.0 */
/* folder_image.h: the files of a folder, held in memory and laid out again */
#ifndef FOLDER_IMAGE_H
#define FOLDER_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Regular files of a folder and of its folders one level down ("state/x").
 * Every function ends the test program when the system refuses something.
 */
enum { FOLDER_NAME = 256 };

struct folder_file {
    char name[FOLDER_NAME]; /* relative to the folder */
    ino_t ino;              /* at the time of loading */
    uint8_t *p;
    size_t n;
};
struct folder_image {
    struct folder_file *file;
    size_t n;
};

void folder_image_load(struct folder_image *out, const char *folder);
/* Make the folder hold these files and no others. */
void folder_image_lay(const struct folder_image *i, const char *folder);
/* Takes p over. Replaces what has this name. */
void folder_image_put(struct folder_image *i, const char *name, uint8_t *p,
    size_t n);
void folder_image_remove(struct folder_image *i, const char *name);
/* NULL when there is none. */
struct folder_file *folder_image_find(const struct folder_image *i,
    const char *name);
/* Same names, same bytes. */
bool folder_image_equal(const struct folder_image *a,
    const struct folder_image *b);
void folder_image_copy(struct folder_image *out,
    const struct folder_image *from);
void folder_image_clear(struct folder_image *i);

/* A new private folder for a test, on a memory disk where there is one; its
 * absolute path without links. */
void folder_make_temp(char *out, size_t size);
/* Remove the folder and what the functions above could have put there. */
void folder_remove(const char *folder);

/* Say what went wrong and end the program. */
_Noreturn void folder_die(const char *what, const char *name);

#endif
