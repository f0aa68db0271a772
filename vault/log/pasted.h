/* SPDX-License-Identifier: Apache-2.0 */
/* pasted.h: checkpoints in what a person typed off paper or got by messenger */
#ifndef VLT_PASTED_H
#define VLT_PASTED_H

#include "checkpoint.h"

/*
 * docs/format.md section 1.9. A checkpoint of this program's logs has an
 * origin, a root and a signature of fixed lengths; only the size is a word of
 * its own. What mail and chat put between lines (`>`, spaces, CR, characters
 * that cannot be seen, broken lines, words around it) leaves no doubt about
 * what was meant. The signature may be absent: three lines can be typed from
 * paper.
 */
enum { VLT_PASTED_MAX = 256 * 1024, VLT_PASTED_SIG = 68 };
struct vlt_pasted {
    struct vlt_checkpoint cp;
    bool has_signature; /* by the log's own name; others are passed over */
    uint8_t signature[VLT_PASTED_SIG]; /* key id and signature */
};
/*
 * The first one at or behind *at, which moves behind it. Exact notes are read
 * the same way.
 *   VAULT_E_NOT_FOUND  none is left
 *   VAULT_E_FORMAT     one begins, and is cut or damaged; *at is behind its
 *                      beginning
 *   VAULT_E_LIMIT      longer than VLT_PASTED_MAX
 */
VAULT_CHECKED enum vault_status vlt_pasted_next(struct vlt_pasted *out,
    const char *text, size_t len, size_t *at, struct vault_error *err);
/* As an exact signed note, appended to out; it must have a signature. */
VAULT_CHECKED enum vault_status vlt_pasted_note(struct vlt_buf *out,
    const struct vlt_pasted *p, struct vault_error *err);

#endif
