/* SPDX-License-Identifier: Apache-2.0 */
/* stamp_claim.c: what time evidence says of itself, and the state it is about */
#include "stamp_claim.h"
#include <inttypes.h>
#include <string.h>
#include "fail.h"
#include "ots.h"
#include "stamp_rows.h"

static enum vault_status
read_token(struct vlt_stamp_claim *out, const void *b, size_t n,
    struct vault_error *err)
{
    struct vlt_rfc3161 a;
    enum vault_status st = vlt_rfc3161_read(&a, b, n, err);

    if (st != VAULT_OK)
        return st;
    if (a.token == NULL)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the authority's answer is a refusal: it holds no token");
    if (!a.sha256)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the time token is over another hash than SHA-256");
    memcpy(out->imprint, a.imprint, sizeof out->imprint);
    memcpy(out->policy, a.policy, sizeof out->policy);
    memcpy(out->serial, a.serial, sizeof out->serial);
    out->time = a.time;
    return VAULT_OK;
}

enum vault_status
vlt_stamp_claim_read(struct vlt_stamp_claim *out, const char *kind,
    const void *b, size_t n, struct vault_error *err)
{
    struct vlt_stamp_claim c;
    enum vault_status st = VAULT_OK;

    memset(&c, 0, sizeof c);
    c.time = -1;
    c.known = true;
    if (strcmp(kind, "tsr") == 0)
        st = read_token(&c, b, n, err);
    else if (strcmp(kind, "ots") == 0)
        st = vlt_ots_read(c.imprint, b, n, err);
    else
        c.known = false;
    if (st == VAULT_OK)
        *out = c;
    return st;
}

bool
vlt_stamp_claim_fits(const void *b, size_t n)
{
    struct vlt_stamp_claim c;

    return vlt_stamp_claim_read(&c, vlt_ots_is(b, n) ? "ots" : "tsr", b, n,
               NULL) == VAULT_OK;
}

enum vault_status
vlt_stamp_state_set(struct vlt_stamp_state *out, const char *note, size_t len,
    uint64_t size, struct vault_error *err)
{
    enum vault_status st;

    if ((const uint8_t *)note != out->note.p) {
        vlt_buf_reset(&out->note);
        vlt_buf_put(&out->note, note, len);
        st = vlt_buf_end(&out->note, "checkpoint", err);
        if (st != VAULT_OK)
            return st;
    }
    st = vlt_note_parse(&out->parsed, (const char *)out->note.p, out->note.len,
        err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&out->point, out->parsed.text,
            out->parsed.text_len, err);
    if (st == VAULT_OK && out->point.size != size)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the checkpoint at %" PRIu64 " is of another size", size);
    if (st == VAULT_OK)
        vlt_note_text_hash(out->hash, &out->parsed);
    return st == VAULT_E_FORMAT
        ? vlt_fail(err, VAULT_E_TAMPERED,
              "the checkpoint at %" PRIu64 " is malformed", size)
        : st;
}

enum vault_status
vlt_stamp_state_load(struct vlt_stamp_state *out, struct vlt_store *s,
    uint64_t log, uint64_t size, struct vault_error *err)
{
    enum vault_status st = vlt_checkpoint_at(s, log, size, &out->note, err);

    return st == VAULT_OK ? vlt_stamp_state_set(out, (const char *)out->note.p,
                                out->note.len, size, err)
                          : st;
}
