/* SPDX-License-Identifier: Apache-2.0 */
/* query_parts.h: a question while it is put together and asked */
#ifndef VLT_QUERY_PARTS_H
#define VLT_QUERY_PARTS_H

#include "tokens.h"

enum { VLT_QUERY_HAN = 64 };

struct vlt_query_token {
    char text[VLT_TOKEN];
    size_t n;
    bool star; /* the beginning of a token */
    bool seen;
};
/* One way to spell a word: all these tokens. */
struct vlt_query_way {
    size_t word;
    size_t first, n; /* tokens */
};
/* A record answers it when of every word one way is there. The ways stand in
 * the order of their words. */
struct vlt_query {
    size_t words;
    size_t ways;
    size_t tokens;
    bool full; /* something did not fit */
    struct vlt_query_way way[VLT_QUERY_WAYS];
    struct vlt_query_token token[VLT_QUERY_TOKENS];
    /* Han characters on their way in */
    uint32_t han[VLT_QUERY_HAN];
    size_t hans;
};

#endif
