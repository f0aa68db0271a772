/* SPDX-License-Identifier: Apache-2.0 */
/* key_traces.h: whether bytes of what opens a vault are left in a file */
#ifndef TEST_KEY_TRACES_H
#define TEST_KEY_TRACES_H

#include <stddef.h>
#include <stdint.h>

/* Every 8 bytes in a row of every cell that opens something, sorted. */
struct key_traces {
    size_t n, room;
    uint64_t *v;
};
/* Those of the container at path: slots, seeds, caches, settings, the keys in
 * meta. */
void key_traces_add(struct key_traces *t, const char *path);
/* Those of each value that this query gives. */
void key_traces_ask(struct key_traces *t, const char *path, const char *sql);
/* How many of them the file holds, at any place. */
size_t key_traces_in(const struct key_traces *t, const char *path);
void key_traces_clear(struct key_traces *t);

#endif
