/* SPDX-License-Identifier: Apache-2.0 */
/* verify_evidence.h: the facts behind the lines, for whoever asked for them */
#ifndef VLT_VERIFY_EVIDENCE_H
#define VLT_VERIFY_EVIDENCE_H

#include <vault/evidence.h>
#include "bundle_read.h"
#include "card.h"
#include "verify.h"

/* Hand on a fact; afterwards v->stopped says whether to go on. Nothing when
 * none are asked for. */
void vlt_tell_fact(struct vlt_verify *v, const struct vault_evidence *e);
/* Of a kind, with everything else empty and times unknown. */
struct vault_evidence vlt_fact(enum vault_evidence_kind kind,
    enum vault_evidence_state state);
void vlt_tell_card(struct vlt_verify *v, const struct vlt_card *card,
    enum vault_evidence_state state, const void *note, size_t len);

/*
 * Cards, logs, their lines and checkpoints: in the read transaction that they
 * were judged in. Records: at the end, when their bodies were judged as well.
 *   VAULT_E_BUSY  the file was changed by somebody in between
 */
VAULT_CHECKED enum vault_status vlt_verify_facts(struct vlt_verify *v,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_verify_record_facts(struct vlt_verify *v,
    struct vault_error *err);
/* All of a bundle, when everything in it was judged. */
VAULT_CHECKED enum vault_status vlt_verify_bundle_facts(struct vlt_verify *v,
    struct vlt_bundle *b, struct vault_error *err);
/* Cards and logs of other vaults in an audit pack. */
void vlt_verify_other_facts(struct vlt_verify *v, struct vlt_bundle *b);
/* What a disclosure brings of its log. Strings are borrowed. */
struct vlt_disclosed_log {
    const char *origin;
    bool session;
    uint32_t number;
    uint64_t size; /* of the checkpoint */
    uint8_t root[32];
    const char *note; /* the checkpoint */
    size_t note_len;
};
/* When all of it was judged; d is NULL when its log could not be read. */
void vlt_verify_disclosure_facts(struct vlt_verify *v,
    const struct vlt_disclosed_log *d, const struct vlt_leaf *leaf,
    uint64_t index);

#endif
