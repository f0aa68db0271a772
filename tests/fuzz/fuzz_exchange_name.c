/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_name.c: a file name of others stays in the folder */
#include "safe.h"
#include "utf.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char once[SAFE_NAME], twice[SAFE_NAME];
    size_t len;

    safe_name(once, (const char *)data, size, "record");
    len = strlen(once);
    if (len == 0 || strchr(".- ", once[0]) != NULL ||
        strchr(". ", once[len - 1]) != NULL ||
        strpbrk(once, "/\\:*?\"<>|") != NULL)
        abort();
    for (size_t i = 0; i < len;) {
        uint32_t cp = 0;
        size_t n = utf_next(once + i, len - i, &cp);

        if (n == 0 || !utf_plain(cp))
            abort();
        i += n;
    }
    safe_name(twice, once, len, "record");
    if (strcmp(once, twice) != 0)
        abort();
    return 0;
}
