/* SPDX-License-Identifier: Apache-2.0 */
/* vault/panic.h: destroying at once what opens a vault, and coming back */
#ifndef VAULT_PANIC_H
#define VAULT_PANIC_H

#include <vault/filekind.h>
#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Panic works locked, without a passphrase, and takes as long for 1 GiB as
 * for 1 MiB. It destroys what opens a vault: ways to unlock, sealed identity
 * secrets, cached epoch secrets, the catalogue's key, the settings (contacts,
 * compartments), the session key of the capture file beside it, and the state
 * files of this machine. Records and logs stay as they are and verify without
 * a secret; nothing in the file opens them any more. A kit or a complete copy
 * kept elsewhere does.
 *
 * A link is followed: what it leads to is the vault, and what lies beside
 * either name belongs to it.
 *
 * Bytes are overwritten where they lie. On flash, on copying file systems and
 * in snapshots and backups old ones may survive; with them, whoever has the
 * passphrase opens what they hold.
 */

/* What panic would find. Nothing is changed, no secret is needed. */
struct vault_panic_look {
    bool readable; /* a container of this program whose tables can be read;
                      else only its removal is possible */
    enum vault_file_kind kind; /* VAULT_FILE_CONTAINER: a kit, or unreadable */
    uint8_t id[VAULT_ID];
    bool destroyed;      /* nothing that opens it is left in it already */
    uint32_t slots;      /* ways to unlock, of every kind */
    uint32_t recovery;   /* of them: recovery keys (shares) */
    uint32_t identities; /* of them: another vault's identity */
    bool capture;        /* NAME.capture lies beside it */
    uint32_t drafts;     /* NAME.draft-... beside it: sealed to its card */
    uint32_t states;     /* state files of this machine, of whatever vault */
    uint32_t copies;     /* containers in its folder that can still open the
                            vault: copies and kits; panic leaves them alone */
};
/*
 * copy is told each of those copies (path borrowed); another answer than 0
 * stops looking. May be NULL. A folder with very many files is not looked
 * through to its end.
 *   VAULT_E_NOT_FOUND, VAULT_E_FORMAT (nothing of this program), VAULT_E_IO
 */
VAULT_API VAULT_CHECKED enum vault_status vault_panic_look(const char *path,
    const struct vault_options *opt, int (*copy)(void *ctx, const char *path),
    void *ctx, struct vault_panic_look *out, struct vault_error *err);

struct vault_panicked {
    bool keys;         /* what opens it was in the file and is destroyed */
    uint32_t slots;    /* of these: ways to unlock */
    uint32_t seeds;    /* sealed identity secrets */
    uint32_t caches;   /* epoch secrets */
    uint32_t settings; /* rows of contacts, compartments ... */
    bool session;      /* session key of the capture file */
    uint32_t states;   /* state files of this machine */
    bool removed;      /* the file is gone, with capture file and drafts */
    bool overwritten;  /* its bytes are, even where its name stays */
    uint32_t failed;   /* things that could not be done; the first is err */
};
/*
 * Do it. `remove`: the files go as well (vault, capture file, drafts): their
 * beginning is overwritten, then they are cut to nothing and unlinked, and so
 * is a link that named the vault. With opt->no_state the state files stay.
 * What fails keeps nothing else from being destroyed, and *out says what was
 * done whatever the answer. VAULT_OK: all of it is on the disk, and nothing of
 * it opens.
 *   VAULT_E_NOT_FOUND, VAULT_E_FORMAT (nothing of this program)
 *   VAULT_E_BUSY      another program holds the file: opt->busy_ms passed
 *   VAULT_E_TAMPERED  its tables cannot be read: only `remove` does something
 */
VAULT_API VAULT_CHECKED enum vault_status vault_panic(const char *path,
    const struct vault_options *opt, bool remove, struct vault_panicked *out,
    struct vault_error *err);

/*
 * Whether a vault holds nothing any more that opens it (panic, or somebody
 * destroyed as much). Works locked.
 */
VAULT_API VAULT_CHECKED enum vault_status vault_keys_gone(struct vault *v,
    bool *out, struct vault_error *err);

/*
 * vault_restore_kit, and what it came to. After panic a kit from before the
 * last change of the ways to unlock is taken too (its ways to unlock are then
 * logged anew), and settings that it does not hold as the log names them last
 * are logged as empty: contacts have to be pinned and compared again.
 *   as vault_restore_kit
 */
struct vault_restored {
    bool settings_lost; /* contacts, compartments and holds are gone */
    bool older_slots;   /* the kit's ways to unlock were not the newest */
};
VAULT_API VAULT_CHECKED enum vault_status vault_restore_keys(const char *kit,
    const char *path, const struct vault_key *key,
    const struct vault_options *opt, struct vault_restored *out,
    struct vault_error *err);

#ifdef __cplusplus
}
#endif

#endif
