/* SPDX-License-Identifier: Apache-2.0 */
/* fault_body.c: bodies whose every byte follows from their name */
#include "fault_body.h"
#include "fault_disk.h"

void
fault_body(const char *name, size_t at, uint8_t *out, size_t n)
{
    uint64_t key = 1;
    uint64_t word = 0;
    uint64_t state;
    size_t i;

    for (; *name != 0; name++)
        key = key * 257 + (uint8_t)*name;
    for (i = 0; i < n; i++) {
        if (i == 0 || (at + i) % 8 == 0) {
            state = key + (at + i) / 8;
            word = fault_random(&state);
        }
        out[i] = (uint8_t)(word >> ((at + i) % 8 * 8));
    }
}
