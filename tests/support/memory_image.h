/* SPDX-License-Identifier: Apache-2.0 */
/* memory_image.h: all of this process's memory as it is now, in a file */
#ifndef TEST_MEMORY_IMAGE_H
#define TEST_MEMORY_IMAGE_H

#include <stdbool.h>

/*
 * More than a core dump would have: also what is marked as not for dumps, as
 * libsodium's pages are. Every mapping that can be read and written, or that is
 * no file's, byte for byte, read through /proc/self/mem; pages that were never
 * touched are left out. False where that cannot be done: no Linux, or a
 * sanitizer, whose own memory is as large as the address space.
 */
bool memory_image(const char *path);

#endif
