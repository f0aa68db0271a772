/* SPDX-License-Identifier: Apache-2.0 */
/* header.h: the first 100 bytes of an SQLite file, checked by ourselves */
#ifndef VLT_HEADER_H
#define VLT_HEADER_H

#include <stdint.h>
#include <vault/error.h>

enum { VLT_DB_HEADER = 100 };

struct vlt_db_header {
    uint32_t page_size;
    uint32_t pages;
    uint32_t user_version;
};

/*
 * What can be told before SQLite acts on the file, and again afterwards:
 * magic, application id, no WAL, reserved bytes, encoding, auto-vacuum
 * (docs/format.md, container). `file_size` < 0: not compared with the page
 * count (a journal may still have to be played back).
 *   VAULT_E_FORMAT    not a Sanduq container
 *   VAULT_E_NEWER     a later user_version
 *   VAULT_E_TAMPERED  a container with a header that this format never has
 */
VAULT_CHECKED enum vault_status vlt_db_header_check(const uint8_t
                                                        h[VLT_DB_HEADER],
    int64_t file_size, struct vlt_db_header *out, struct vault_error *err);

#endif
