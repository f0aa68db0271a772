/* SPDX-License-Identifier: Apache-2.0 */
/* small_vault.h: a small vault in a folder of its own, and reading it back */
#ifndef TEST_SMALL_VAULT_H
#define TEST_SMALL_VAULT_H

#include <stddef.h>
#include <stdint.h>
#include <vault/vault.h>
#include "temp_dir.h"

/*
 * FOLDER/vault/small.sdq   the vault, alone in its folder
 * FOLDER/key, key-2        key files; `key` opens it (no Argon2 to wait for)
 * FOLDER/state             the state files
 *
 * Three records: a testimony whose short body lies within its metadata, a
 * file of SMALL_BODY random bytes in segments, a contact that has only
 * fields; then `notes` more of fields only. Everything goes through the
 * public interface. A function that cannot do its work ends the process:
 * these are tools of tests, not tests.
 */
enum { SMALL_BODY = 300 * 1024, SMALL_RECORDS_MAX = 64 };

/* What a reader of the vault sees of one record, as one string of bytes. */
struct small_record {
    uint8_t id[VAULT_ID];
    uint8_t *seen;
    size_t seen_len;
};
struct small_vault {
    struct temp_dir dir;
    struct temp_dir home; /* FOLDER/vault */
    char path[TEMP_PATH];
    char key_path[TEMP_PATH];
    char state[TEMP_PATH];
    struct vault_key *key;
    size_t records;
    struct small_record record[SMALL_RECORDS_MAX];
};

/* In $TMPDIR, else in /dev/shm where there is one, else in /tmp. */
void small_vault_make(struct small_vault *s, size_t notes);
/* Removes the folder and all that lies in it. */
void small_vault_clear(struct small_vault *s);
/* FOLDER/NAME */
void small_vault_name(const struct small_vault *s, const char *name,
    char out[TEMP_PATH]);
/* A new key file FOLDER/NAME, read. */
struct vault_key *small_vault_key(const struct small_vault *s,
    const char *name);
/* Options with this vault's state folder. */
struct vault_options small_vault_options(const struct small_vault *s);
/* Open and unlock with the first key; an answer other than VAULT_OK leaves
 * *out alone. `state` false: keeps and reads no state file. */
enum vault_status small_vault_unlock(const struct small_vault *s,
    const char *path, bool state, struct vault **out);
/* Seal one more note (fields only) whose title is `title`. */
enum vault_status small_vault_note(struct vault *v, const char *title);
/* Seal a file of n bytes that do not shrink. */
void small_vault_file(struct vault *v, const char *name, size_t n);
/* Look at everything in the vault again and keep it as what is right. */
void small_vault_remember(struct small_vault *s);

/*
 * Read the file at `path` as a user would: unlock, list, open each record
 * that should be there, read fields and bodies.
 *   SMALL_SAME     everything is there and as it was
 *   SMALL_REFUSED  unlocking or some record was refused; what was given is
 *                  as it was
 *   SMALL_MISSING  nothing was refused, and a record is not listed
 *   SMALL_WRONG    something was given that was never sealed
 */
enum small_reading { SMALL_SAME, SMALL_REFUSED, SMALL_MISSING, SMALL_WRONG };
enum small_reading small_vault_read(const struct small_vault *s,
    const char *path, const struct vault_key *key);

#endif
