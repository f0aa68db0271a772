/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c: what the log says of one record version (section 6.5) */
#include "statement.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "fail.h"
#include "hash.h"
#include "lines.h"
#include "text.h"

enum { TEXT_MAX = 320 }; /* 289 bytes for versions 2 to 9; 9 digits more */

static size_t
build(char out[TEXT_MAX], const struct vlt_statement *s)
{
    char origin[33], record[33], content[VLT_B64_32 + 1];
    char cipher[VLT_B64_32 + 1], key[VLT_B64_32 + 1];
    char prev[VLT_B64_32 + 1] = "-";
    int n;

    vlt_hex(origin, s->origin, 16);
    vlt_hex(record, s->record, 16);
    vlt_b64(content, s->content, 32);
    vlt_b64(cipher, s->cipher, 32);
    vlt_b64(key, s->key, 32);
    if (s->has_prev)
        vlt_b64(prev, s->prev, 32);
    n = snprintf(out, TEXT_MAX,
        "sanduq.v1/record\n"
        "%s\n"
        "%s %" PRIu32 "\n"
        "content %s\n"
        "cipher %s\n"
        "key %s\n"
        "prev %s\n",
        origin, record, s->version, content, cipher, key, prev);
    assert(n > 0 && n < TEXT_MAX);
    return (size_t)n;
}

static enum vault_status
check(const struct vlt_statement *s, struct vault_error *err)
{
    if (s->version == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "statement: version 0");
    if (s->has_prev != (s->version > 1))
        return vlt_fail(err, VAULT_E_FORMAT,
            "statement: version %" PRIu32 " with the wrong predecessor",
            s->version);
    return VAULT_OK;
}

enum vault_status
vlt_statement_encode(struct vlt_buf *out, const struct vlt_statement *s,
    struct vault_error *err)
{
    char text[TEXT_MAX];
    enum vault_status st = check(s, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_put(out, text, build(text, s));
    return vlt_buf_end(out, "statement", err);
}

enum vault_status
vlt_statement_decode(struct vlt_statement *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_statement s = {0};
    struct vlt_lines l;
    struct vlt_buf again;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, "sanduq.v1/record\n");
    vlt_lines_hex(&l, s.origin, 16);
    vlt_lines_expect(&l, "\n");
    vlt_lines_hex(&l, s.record, 16);
    vlt_lines_expect(&l, " ");
    s.version = vlt_lines_u32(&l);
    vlt_lines_expect(&l, "\ncontent ");
    vlt_lines_b64(&l, s.content, 32);
    vlt_lines_expect(&l, "\ncipher ");
    vlt_lines_b64(&l, s.cipher, 32);
    vlt_lines_expect(&l, "\nkey ");
    vlt_lines_b64(&l, s.key, 32);
    vlt_lines_expect(&l, "\nprev ");
    s.has_prev = vlt_lines_b64_or_none(&l, s.prev, 32);
    vlt_lines_expect(&l, "\n");
    st = vlt_lines_end(&l, "statement", err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&again, TEXT_MAX);
    st = vlt_statement_encode(&again, &s, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "statement", err);
    vlt_buf_clear(&again);
    if (st == VAULT_OK)
        *out = s;
    return st;
}

void
vlt_statement_hash(uint8_t out[32], const struct vlt_statement *s)
{
    char text[TEXT_MAX];

    vlt_sha256(out, text, build(text, s));
}
