/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_days.c: days in order, and within four digits of a year */
#include "days.h"

#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t first = 0, last = 0;

    if (days_of(data, size, &first, &last) &&
        (first > last || first < -719529 || last > 2932896))
        abort();
    return 0;
}
