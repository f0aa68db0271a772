/* SPDX-License-Identifier: Apache-2.0 */
/* verify_capture.c: what a capture file has instead of a vault's own tables */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "compartment.h"
#include "fail.h"
#include "nmark.h"
#include "rows.h"
#include "verify.h"

/* ---- meta ---- */

static const struct {
    const char *k;
    size_t n; /* 0: a note */
    bool needed;
} entries[] = {
    {"kind", 7, true},
    {"vault", 16, true},
    {"suite", 4, true},
    {"min_reader", 4, true},
    {"card", 0, true},
    {"compartments", 0, false},
    {"session", 0, false},
    {"session-key", 32, false},
    {"session-time", 8, false},
    {"session-known", 8, false},
};

static enum vault_status
take_meta(void *ctx, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    unsigned *seen = ctx;
    size_t i;

    (void)v;
    for (i = 0; i < VLT_COUNT(entries); i++) {
        if (strcmp(entries[i].k, k) != 0)
            continue;
        *seen |= 1u << i;
        if (entries[i].n != 0 && n != entries[i].n)
            return vlt_fail(err, VAULT_E_TAMPERED,
                "the entry %s has another length", k);
        return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_TAMPERED, "an unknown entry in meta");
}

enum vault_status
vlt_verify_capture_meta(struct vlt_verify *v, struct vault_error *err)
{
    unsigned seen = 0;
    uint64_t must = 0;
    enum vault_status st = vlt_meta_each(v->s, take_meta, &seen, err);
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(entries); i++) {
        if (entries[i].needed && (seen & 1u << i) == 0)
            st = vlt_fail(err, VAULT_E_TAMPERED, "the entry %s is missing",
                entries[i].k);
    }
    if (st == VAULT_OK)
        st = vlt_count(v->s,
            "SELECT count(*) FROM ext WHERE substr(k, 1, 1) = '!'", &must, err);
    if (st == VAULT_OK && must > 0)
        vlt_not_seen(v, "extension", must,
            "extensions of a newer program that this one does not "
            "understand: %" PRIu64,
            must);
    return st;
}

/* ---- card ---- */

enum vault_status
vlt_verify_capture_card(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_buf note;
    enum vault_status st;

    v->card = calloc(1, sizeof *v->card);
    if (v->card == NULL)
        return vlt_fail_memory(err);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_meta_load(v->s, "card", &note, err);
    if (st == VAULT_OK)
        st = vlt_card_parse(v->card, (const char *)note.p, note.len, err);
    vlt_buf_clear(&note);
    if (st == VAULT_OK && memcmp(v->card->vault, v->id, 16) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the card is another vault's");
    if (st != VAULT_OK)
        return st;
    v->cards = 1;
    vlt_fingerprint_text(v->verdict.fingerprint, v->card->fingerprint);
    vlt_held(v, "card", 1,
        "seals to card %s, generation %" PRIu32 ", signed by itself",
        v->verdict.fingerprint, v->card->generation);
    return VAULT_OK;
}

/* ---- for whom else it seals ---- */

enum vault_status
vlt_verify_capture_compartments(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_compartments l;
    struct vlt_buf note;
    enum vault_status st;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = vlt_meta_load(v->s, "compartments", &note, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        vlt_buf_clear(&note);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vlt_compartments_check(&l, (const char *)note.p, note.len, v->card,
            err);
    vlt_buf_clear(&note);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the list of compartments is malformed");
    if (st != VAULT_OK)
        return st;
    vlt_held(v, "compartments", l.n,
        "%" PRIu64 " compartments, with the keys of %" PRIu64
        " people, signed by that card",
        (uint64_t)l.n, (uint64_t)l.keys);
    vlt_compartments_clear(&l);
    return VAULT_OK;
}

/* ---- tables that it does not use ---- */

static const struct {
    const char *sql;
    const char *what;
} unused[] = {
    {"SELECT count(*) FROM slot", N_("slots")},
    {"SELECT count(*) FROM identity", N_("identities")},
    {"SELECT count(*) FROM extract", N_("extracts")},
    {"SELECT count(*) FROM attachment", N_("attachments")},
    {"SELECT count(*) FROM note", N_("notes")},
    {"SELECT count(*) FROM local", N_("settings")},
    {"SELECT count(*) FROM page", N_("catalogue pages")},
    {"SELECT count(*) FROM record WHERE f <> 0", N_("foreign records")},
};

enum vault_status
vlt_verify_capture_planted(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    uint64_t n;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(unused); i++) {
        st = vlt_count(v->s, unused[i].sql, &n, err);
        if (st == VAULT_OK && n > 0)
            vlt_mismatch(v, "planted",
                "%-s, which a capture file never holds: %" PRIu64,
                unused[i].what, n);
    }
    return st;
}
