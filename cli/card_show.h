/* SPDX-License-Identifier: Apache-2.0 */
/* card_show.h: cards read, shown and written by the card commands */
#ifndef CLI_CARD_SHOW_H
#define CLI_CARD_SHOW_H

#include "bytes.h"
#include "cmd.h"

#include <vault/cards.h>

enum { CARD_FILE_MAX = 64 * 1024 };

/* A card kept beyond the callback that gave it. {0} is empty. */
struct card_kept {
    struct vault_card card; /* strings point into the members below */
    struct vlt_buf note;
    struct vlt_buf revocation;
    char name[VAULT_PIN_NAME + 1];
    bool any;
};
void card_kept_init(struct card_kept *k);
void card_kept_clear(struct card_kept *k);
VAULT_CHECKED enum vault_status card_keep(struct card_kept *k,
    const struct vault_card *card, struct vault_error *err);

/*
 * The vault's newest own card (works locked), or with a name the newest card
 * pinned under it (unlocks).   VAULT_E_NOT_FOUND
 */
VAULT_CHECKED enum vault_status card_find(struct cli *c, const char *name,
    struct card_kept *out, struct vault_error *err);
/* A small file, or standard input for "-", into the empty buffer out. */
VAULT_CHECKED enum vault_status card_read_file(const char *path,
    struct vlt_buf *out, struct vault_error *err);
/* Bytes to a new file, or to standard output for NULL and "-". */
VAULT_CHECKED enum vault_status card_write_file(struct cli *c, const char *path,
    const void *p, size_t n, struct vault_error *err);

/* For people: both forms of the fingerprint, and what is known of it. */
void card_print(const struct vault_card *card);
/* In words; translated. */
const char *card_state(const struct vault_card *card);
/* A line `card`. */
void card_json(const struct vault_card *card, bool note);
/* The line `summary` with nothing of its own. */
void card_end(const struct cli *c);

#endif
