/* SPDX-License-Identifier: Apache-2.0 */
/* ots.c: the head of an OpenTimestamps proof: which hash it is about */
#include "ots.h"
#include <string.h>
#include "bytes.h"
#include "fail.h"

static const uint8_t magic[] = {0x00, 'O', 'p', 'e', 'n', 'T', 'i', 'm', 'e',
    's', 't', 'a', 'm', 'p', 's', 0x00, 0x00, 'P', 'r', 'o', 'o', 'f', 0x00,
    0xbf, 0x89, 0xe2, 0xe8, 0x84, 0xe8, 0x92, 0x94};
enum { VERSION = 1, OP_SHA256 = 0x08 };

bool
vlt_ots_is(const void *p, size_t len)
{
    return len >= sizeof magic && memcmp(p, magic, sizeof magic) == 0;
}

enum vault_status
vlt_ots_read(uint8_t digest[32], const void *p, size_t len,
    struct vault_error *err)
{
    struct vlt_reader r;
    uint8_t version, op, found[32];

    if (len > VLT_OTS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "an OpenTimestamps proof of %zu bytes is longer than is kept", len);
    if (!vlt_ots_is(p, len))
        return vlt_fail(err, VAULT_E_FORMAT, "this is no OpenTimestamps proof");
    vlt_reader_init(&r, p, len);
    (void)vlt_read_span(&r, sizeof magic);
    version = vlt_read_u8(&r);
    op = vlt_read_u8(&r);
    vlt_read_fixed(&r, found, sizeof found);
    if (!r.failed && version != VERSION)
        return vlt_fail(err, VAULT_E_NEWER,
            "an OpenTimestamps proof of version %u", version);
    if (r.failed || vlt_read_left(&r) == 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the OpenTimestamps proof is cut off");
    if (op != OP_SHA256)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the OpenTimestamps proof is over another hash than SHA-256");
    memcpy(digest, found, sizeof found);
    return VAULT_OK;
}
