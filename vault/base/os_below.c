/* SPDX-License-Identifier: Apache-2.0 */
/* os_below.c: relative paths that stay below their folder */
#include "os.h"

#include <string.h>

/* What would end a part, or begin a stream or a drive, on Windows. */
#if defined(_WIN32)
static const char forbidden[] = "\\:";
#else
static const char forbidden[] = "";
#endif

bool
vlt_os_is_below(const char *path)
{
    if (strpbrk(path, forbidden) != NULL)
        return false;
    for (;;) {
        size_t n = strcspn(path, "/");

        if (n == 0 || (n == 1 && path[0] == '.') ||
            (n == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        if (path[n] == 0)
            return true;
        path += n + 1;
    }
}
