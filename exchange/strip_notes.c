/* SPDX-License-Identifier: Apache-2.0 */
/* strip_notes.c: what was left out of a copy, summed up by kind */
#include "strip_notes.h"

#include <string.h>

void
strip_note(struct strip_notes *s, const char *what, uint64_t bytes)
{
    size_t i = 0;

    while (i < s->n && strcmp(s->note[i].what, what) != 0)
        i++;
    if (i == STRIP_NOTES)
        return;
    if (i == s->n) {
        s->note[i].what = what;
        s->note[i].bytes = 0;
        s->n++;
    }
    s->note[i].bytes += bytes;
}
