/* SPDX-License-Identifier: Apache-2.0 */
/* vault/drafts.h: unfinished forms, kept sealed beside the vault */
#ifndef VAULT_DRAFTS_H
#define VAULT_DRAFTS_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A draft is a file of its own beside the vault, PATH.draft-<32 hex digits>,
 * sealed to the vault's card: whoever keeps it needs no secret, only the
 * unlocked vault reads it. It is no evidence: it stands in no log, no
 * signature covers it, `verify` does not look at it. Anybody who can write
 * beside the vault can put one there, put an older one back, or take one
 * away. So what comes out of it is a proposal: a program shows all of it to a
 * person before it seals any of it, and says so.
 *
 * docs/format.md, section 8.6.
 */
struct vault_draft;

enum vault_draft_flag {
    VAULT_DRAFT_UNFINISHED = 1, /* the answer to the last question goes on */
    VAULT_DRAFT_SEALING = 2     /* what comes next is that it becomes a record:
                                   the record may be there already */
};

/* A name beside the vault that a draft would have; nothing of it was read. */
struct vault_draft_file {
    uint8_t id[VAULT_ID];
    const char *path; /* borrowed, until fn returns */
};
/*
 * The drafts of the vault at `path`, in no order. Opens no vault and needs
 * none. Stops when fn answers not 0 (VAULT_E_CANCELLED).
 */
VAULT_API VAULT_CHECKED enum vault_status vault_drafts(const char *path,
    int (*fn)(void *ctx, const struct vault_draft_file *file), void *ctx,
    struct vault_error *err);

/*
 * Begin a draft of a record of `type`, beside the vault at `path`. v is that
 * vault unlocked, or its capture file; it must outlive the draft. Nothing is
 * written before vault_draft_keep.
 *   VAULT_E_LOCKED, VAULT_E_USAGE (type)
 */
VAULT_API VAULT_CHECKED enum vault_status vault_draft_begin(struct vault *v,
    const char *path, const char *type, struct vault_draft **out,
    struct vault_error *err);
/*
 * Open a draft, to show it and to go on with it.
 *   VAULT_E_LOCKED
 *   VAULT_E_NOT_FOUND  there is none with this id
 *   VAULT_E_FORMAT     not a draft, cut short or malformed
 *   VAULT_E_POLICY     of another vault
 *   VAULT_E_TAMPERED   it does not open: changed, damaged, or sealed to
 *                      another key; or its name is not its own
 *   VAULT_E_NEWER, VAULT_E_LIMIT, VAULT_E_IO (a link, no regular file)
 * The file is left as it is, whatever the answer.
 */
VAULT_API VAULT_CHECKED enum vault_status vault_draft_open(struct vault *v,
    const char *path, const uint8_t id[VAULT_ID], struct vault_draft **out,
    struct vault_error *err);
/* Forgets it here; its file stays. NULL is fine. */
VAULT_API void vault_draft_close(struct vault_draft *d);

/*
 * Keep these fields instead of those before; `last` is the name of the
 * question that was answered last, "" for none; `flags` as above. When it
 * returns VAULT_OK they are on the disk, sealed, and what was there before is
 * overwritten and removed; after a crash the one or the other is there whole.
 *   VAULT_E_USAGE, VAULT_E_LIMIT (1024 fields, 16 MiB), VAULT_E_IO
 */
VAULT_API VAULT_CHECKED enum vault_status vault_draft_keep(struct vault_draft
                                                               *d,
    const struct vault_field *fields, size_t n, const char *last,
    unsigned flags, struct vault_error *err);
/*
 * Overwrite and remove the draft with this id of the vault at `path`, read or
 * not; needs no vault. Other copies and old blocks of the medium may keep it,
 * sealed. What is not a draft is never touched. Nothing there is VAULT_OK.
 *   VAULT_E_FORMAT     what has this name is not a draft
 *   VAULT_E_IO         a link, no regular file, or it cannot be overwritten
 */
VAULT_API VAULT_CHECKED enum vault_status vault_draft_destroy(const char *path,
    const uint8_t id[VAULT_ID], struct vault_error *err);

/* What is in it; borrowed until the next keep or close. */
VAULT_API const uint8_t *vault_draft_id(const struct vault_draft *d);
VAULT_API const char *vault_draft_path(const struct vault_draft *d);
VAULT_API bool vault_draft_kept(const struct vault_draft *d); /* on the disk */
VAULT_API const char *vault_draft_type(const struct vault_draft *d);
VAULT_API const char *vault_draft_last(const struct vault_draft *d);
VAULT_API unsigned vault_draft_flags(const struct vault_draft *d);
/* By the clock of the machine that kept it, as the draft says. */
VAULT_API int64_t vault_draft_begun(const struct vault_draft *d);
VAULT_API int64_t vault_draft_time(const struct vault_draft *d);
VAULT_API size_t vault_draft_fields(const struct vault_draft *d);
VAULT_API void vault_draft_field(const struct vault_draft *d, size_t i,
    struct vault_field *out);

#ifdef __cplusplus
}
#endif
#endif
