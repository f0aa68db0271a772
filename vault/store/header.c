/* SPDX-License-Identifier: Apache-2.0 */
/* header.c: the first 100 bytes of an SQLite file, checked by ourselves */
#include "header.h"
#include <stdbool.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "store.h"

static bool
zeros(const uint8_t *p, size_t n)
{
    while (n > 0 && *p == 0) {
        p++;
        n--;
    }
    return n == 0;
}

/* A container has both marks; with one of them it is a damaged one. */
static enum vault_status
check_marks(const uint8_t *h, struct vault_error *err)
{
    bool magic = memcmp(h, "SQLite format 3", 16) == 0;
    bool ours = vlt_load_u32(h + 68) == VLT_APPLICATION_ID;

    if (magic && ours)
        return VAULT_OK;
    if (!magic && !ours)
        return vlt_fail(err, VAULT_E_FORMAT, "not a Sanduq container");
    if (!ours && zeros(h + 68, 4))
        return vlt_fail(err, VAULT_E_FORMAT,
            "an SQLite database, but not a Sanduq container");
    return vlt_fail(err, VAULT_E_TAMPERED,
        "the container's first bytes were changed");
}

enum vault_status
vlt_db_header_check(const uint8_t h[VLT_DB_HEADER], int64_t file_size,
    struct vlt_db_header *out, struct vault_error *err)
{
    uint32_t page_size = (uint32_t)h[16] << 8 | h[17];
    enum vault_status st = check_marks(h, err);

    if (st != VAULT_OK)
        return st;
    if (h[18] != 1 || h[19] != 1)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the container asks for a write-ahead log, which ours never do");
    if (page_size != VLT_PAGE && page_size != VLT_PAGE_SMALL)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a page size of %u, which our containers never have", page_size);
    if (h[20] != 0 || h[21] != 64 || h[22] != 32 || h[23] != 32 ||
        vlt_load_u32(h + 44) != 4 || vlt_load_u32(h + 56) != 1 ||
        vlt_load_u32(h + 52) == 0 || vlt_load_u32(h + 64) == 0 ||
        !zeros(h + 72, 20))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the container's header was changed");
    if (vlt_load_u32(h + 60) > VLT_USER_VERSION_MAX)
        return vlt_fail_hint(err, VAULT_E_NEWER,
            "use the program it was made with, or a newer one",
            "format version %u is newer than this program",
            vlt_load_u32(h + 60));
    if (file_size >= 0 &&
        (memcmp(h + 24, h + 92, 4) != 0 ||
            (int64_t)vlt_load_u32(h + 28) * page_size != file_size))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the container was cut off or extended");
    out->page_size = page_size;
    out->pages = vlt_load_u32(h + 28);
    out->user_version = vlt_load_u32(h + 60);
    return VAULT_OK;
}
