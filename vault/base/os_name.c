/* SPDX-License-Identifier: Apache-2.0 */
/* os_name.c: names that a file written here must not get */
#include "os.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "bytes.h"

/* What SQLite puts behind a container's name for files that it plays back into
 * it, and removes. */
static const char *const endings[] = {"-journal", "-wal", "-shm"};

/* Where a container says what it is: docs/format.md, section 8.1. */
enum { MARK_AT = 68, MARK = 4 };

static bool
ends_alike(const char *s, const char *end)
{
    for (; *end != 0; s++, end++) {
        char c = *s;

        if (c >= 'A' && c <= 'Z') /* file systems that know no capitals */
            c = (char)(c - 'A' + 'a');
        if (c != *end)
            return false;
    }
    return true;
}

/* How long the name before such an ending is; 0: it has none. */
static size_t
before_ending(const char *path)
{
    size_t n = strlen(path), i;

    for (i = 0; i < VLT_COUNT(endings); i++) {
        size_t e = strlen(endings[i]);

        if (n > e && ends_alike(path + n - e, endings[i]))
            return n - e;
    }
    return 0;
}

static bool
is_container(const char *path)
{
    struct vlt_file *f = NULL;
    char head[MARK_AT + MARK];
    size_t n = 0, got = 1;

    if (vlt_file_open_plain(path, &f, NULL) != VAULT_OK)
        return false;
    while (n < sizeof head && got > 0 &&
        vlt_file_read(f, head + n, sizeof head - n, &got, NULL) == VAULT_OK)
        n += got;
    vlt_file_close(f);
    return n == sizeof head && memcmp(head + MARK_AT, "SDQ1", MARK) == 0;
}

enum vault_status
vlt_os_check_name(const char *path, struct vault_error *err)
{
    size_t n = before_ending(path);
    enum vault_status st = VAULT_OK;
    char *of;

    if (n == 0)
        return VAULT_OK;
    of = vlt_strdup(path);
    if (of == NULL)
        return vlt_fail_memory(err);
    of[n] = 0;
    if (is_container(of))
        st = vlt_fail_hint(err, VAULT_E_USAGE, "take another name",
            "%s is a name under which files of %s itself come and go: what is "
            "written there is taken for one of them, and removed",
            path, of);
    free(of);
    return st;
}
