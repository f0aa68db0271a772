/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_ops.h: keeping the catalogue beside the records, and asking it */
#ifndef VLT_CATALOGUE_OPS_H
#define VLT_CATALOGUE_OPS_H

#include "catalogue.h"
#include "handle.h"
#include "meta.h"

/*
 * docs/format.md section 8.5. The catalogue is derived: it follows the lines
 * of the logs, and is made anew from the records whenever it is missing,
 * damaged or another version's. It proposes; whoever asks it opens the record
 * before believing it. No trouble of its own keeps a record out.
 */

/*
 * Within an action, before its commit: take in what the logs say since. The
 * answer is VAULT_OK whatever happens to the catalogue, unless the action
 * itself cannot go on.
 */
VAULT_CHECKED enum vault_status vlt_catalogue_follow(struct vault *v,
    struct vault_error *err);
/*
 * Within an action, while the record can still be opened: no page keeps a
 * word of it, of no version. When that cannot be done word by word, the whole
 * catalogue goes, to be made anew by the next reader. What versions stand at
 * the commit comes back with it.
 */
VAULT_CHECKED enum vault_status vlt_catalogue_remove(struct vault *v,
    const uint8_t id[16], struct vault_error *err);

/*
 * Begin a read transaction and a session in it. *out NULL: there is no
 * catalogue to be had that covers all (another program is writing, the vault
 * must not be written): walk the records. It is brought up to date or made
 * anew first when that is needed and `mend`. The caller closes the session,
 * then ends the transaction.
 */
VAULT_CHECKED enum vault_status vlt_catalogue_read(struct vault *v, bool mend,
    struct vlt_catalogue **out, struct vault_error *err);

/*
 * A session within the running action. It covers every line but those of the
 * own log from *mark on, which are this action's own.
 *   any status but VAULT_OK  there is no such catalogue
 */
VAULT_CHECKED enum vault_status vlt_catalogue_before(struct vault *v,
    struct vlt_catalogue **out, uint64_t *mark, struct vault_error *err);
/* The same within any transaction, covering all that the checkpoints speak
 * of. */
VAULT_CHECKED enum vault_status vlt_catalogue_now(struct vault *v,
    struct vlt_catalogue **out, struct vault_error *err);
/* Make it anew, after it turned out damaged. Needs no transaction. */
VAULT_CHECKED enum vault_status vlt_catalogue_renew(struct vault *v);

/* The key of the pages.   VAULT_E_NOT_FOUND, VAULT_E_TAMPERED */
VAULT_CHECKED enum vault_status vlt_catalogue_key(struct vault *v,
    struct vlt_cell **out, struct vault_error *err);
/* A new one, of the next generation, stored in `meta`. */
VAULT_CHECKED enum vault_status vlt_catalogue_new_key(struct vault *v,
    struct vlt_cell **out, struct vault_error *err);
/* The hash under which contents are compared: means nothing without the
 * key. */
void vlt_catalogue_content_hash(uint8_t out[16], const struct vlt_cell *ck,
    const uint8_t sha256[32]);

/* Bring the entries of one record up to what its rows and lines say. */
VAULT_CHECKED enum vault_status vlt_catalogue_index(struct vault *v,
    struct vlt_catalogue *c, const struct vlt_cell *ck, const uint8_t id[16],
    struct vault_error *err);
/* What is kept of one row; readable false: it does not open. away: it is
 * sealed to a compartment without this vault, and nothing of it is kept but
 * which record it is. */
struct vlt_indexed {
    struct vlt_meta meta; /* the caller's to clear when readable */
    struct vlt_record_head head;
    bool readable;
    bool away;
};
VAULT_CHECKED enum vault_status vlt_catalogue_open_row(struct vault *v,
    uint64_t rid, struct vlt_indexed *out, struct vault_error *err);
/* And its words, with their beginnings. */
VAULT_CHECKED enum vault_status vlt_catalogue_words(struct vault *v,
    uint64_t rid, struct vlt_tokenset *words, struct vlt_indexed *out,
    struct vault_error *err);
/* Call fn for each content of a row: its body's hash, and its fields
 * `import.*` of 32 bytes. */
VAULT_CHECKED enum vault_status vlt_contents(const struct vlt_indexed *x,
    enum vault_status (
        *fn)(void *ctx, const uint8_t sha256[32], struct vault_error *err),
    void *ctx, struct vault_error *err);

/*
 * Whether a current version has this original, and in which record. Unlike
 * vault_find_content no field import.* counts: whoever can plant one must not
 * keep a file out. Only the catalogue is asked.
 */
VAULT_CHECKED enum vault_status vlt_find_original(struct vault *v,
    const uint8_t sha256[32], bool *found, uint8_t id[16],
    struct vault_error *err);

#endif
