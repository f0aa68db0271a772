/* SPDX-License-Identifier: Apache-2.0 */
/* bucket.h: the padded sizes least, 2 least, 4 least ... most */
#ifndef VLT_BUCKET_H
#define VLT_BUCKET_H

#include <stddef.h>

/*
 * The smallest of least x 2^k that holds n bytes, 0 when that is more than
 * most. A decoder compares with it, as a padded length that is not the
 * smallest allowed is refused (section 17).
 */
static inline size_t
vlt_bucket(size_t n, size_t least, size_t most)
{
    size_t b = least;

    while (b < n && b < most)
        b *= 2;
    return b >= n && b <= most ? b : 0;
}

#endif
