/* SPDX-License-Identifier: Apache-2.0 */
/* effort.h: how much of a long walk a test takes */
#ifndef TEST_EFFORT_H
#define TEST_EFFORT_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * A test that walks over many cases of one kind (every byte, every pair of
 * sizes, every operation) says here how large its steps are: as usual, and
 * with SANDUQ_EFFORT=short, which the daily tests with sanitizers set. There
 * each case costs five to ten times as much, and what is looked for is on
 * every path, not in every case. Each program that includes this file is a
 * slow test too, NAME_usual, with sanitizers and the usual steps
 * (scripts/soak).
 */
static inline size_t
effort_step(size_t usual, size_t brief)
{
    const char *e = getenv("SANDUQ_EFFORT");

    return e != NULL && strcmp(e, "short") == 0 ? brief : usual;
}

#endif
