/* SPDX-License-Identifier: Apache-2.0 */
/* strip_notes.h: what was left out of a copy, summed up by kind */
#ifndef EXCHANGE_STRIP_NOTES_H
#define EXCHANGE_STRIP_NOTES_H

#include <stddef.h>
#include <stdint.h>

enum { STRIP_NOTES = 96 }; /* more than there are kinds */

struct strip_notes {
    size_t n;
    struct {
        const char *what; /* N_(), a literal */
        uint64_t bytes;
    } note[STRIP_NOTES];
};

/* Add to the kind with the same words, or begin it. */
void strip_note(struct strip_notes *s, const char *what, uint64_t bytes);

#endif
