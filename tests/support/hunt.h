/* SPDX-License-Identifier: Apache-2.0 */
/* hunt.h: every offset of what a thief holds, tried as every kind of key */
#ifndef TEST_HUNT_H
#define TEST_HUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A hunt has a quarry, the sealed things of one or more containers, and
 * searches whatever it is given for a key to any of them: 32 bytes (64 for the
 * base of a slot of kind 3) at every offset, and the texts that such bytes are
 * written as: base64, hex and codex32. Each is tried as each kind below, on
 * each thing that such a key would open.
 *
 * Two things are passed over, and cannot be keys: bytes tried before, and 32
 * bytes of which fewer than 20 differ (of random ones less than one in 10^13
 * are so; most of a memory is).
 *
 * What cannot be read ends the program (temp_dir.h). One hunt is for one
 * thread.
 */
enum hunt_kind {
    HUNT_VMK,      /* vault master key */
    HUNT_VMK_PART, /* what is derived from it: MAC, cells, cache, foreign */
    HUNT_KEK,      /* key of a slot */
    HUNT_BASE,     /* what a passphrase, key file or recovery key comes to */
    HUNT_KEYFILE,  /* the bytes of a key file */
    HUNT_SEED,     /* of an identity */
    HUNT_KEM,      /* X-Wing seed */
    HUNT_E0,       /* secret of an epoch */
    HUNT_STEP,     /* Ei of a chain, from any i */
    HUNT_WRAP_KEY, /* Wi, or the key of an event or manifest */
    HUNT_SHARED,   /* X-Wing's shared secret, or HPKE's key, of a wrap */
    HUNT_RK,       /* record key, or XK */
    HUNT_META,     /* K_meta, or the key of an extract */
    HUNT_KB,       /* key of a body */
    HUNT_CK,       /* key of the catalogue */
    HUNT_OPENING,  /* all above open something; those below only sign */
    HUNT_SIGN = HUNT_OPENING, /* Ed25519 seed of a card */
    HUNT_LOG,                 /* Ed25519 seed of a log */
    HUNT_KINDS
};
const char *hunt_kind_name(enum hunt_kind k);

struct hunt;
struct hunt *hunt_new(void);
void hunt_free(struct hunt *h);

/* All that is sealed in the container at `path` becomes quarry. */
void hunt_target(struct hunt *h, const char *path);
/*
 * Only records, with their bodies and the wraps that lie beside them, and of
 * these only those whose ids are given (16 bytes each): what was destroyed
 * later. `wraps` false: as if nobody had kept those. The epochs' own rows are
 * no quarry, but their secrets are known when they are seen.
 */
void hunt_target_records(struct hunt *h, const char *path,
    const uint8_t (*id)[16], size_t n, bool wraps);

/* These records, which stand, are none: their keys are not what is hunted. */
void hunt_spare_records(struct hunt *h, const uint8_t (*id)[16], size_t n);
/* Public keys (1,216 and 32 bytes) of an identity whose card is in no file; its
 * vault id is zeros. */
void hunt_target_identity(struct hunt *h, const uint8_t *kem,
    const uint8_t *sign);
/* Everything that follows from this key file, computed from the containers
 * that are quarry, is searched too: what a bearer can be made to give out. The
 * search looks at what else there is. Gives how many keys there were. */
size_t hunt_bearer(struct hunt *h, const char *container, const char *keyfile);

/*
 * Take what is sealed in this container (not what lies beside it in clear) as
 * tried: a key that lies in its own ciphertext would be found by nobody. For
 * runs that must be short.
 */
void hunt_pass_over(struct hunt *h, const char *path);

/*
 * Search n bytes at every `step`-th offset (1: all) and, as most keys in a
 * memory are aligned, at every thirty-second. Texts are searched at every offset.
 * `name` says in findings where they are from; it is borrowed.
 */
void hunt_bytes(struct hunt *h, const char *name, const void *p, size_t n,
    size_t step);
void hunt_file(struct hunt *h, const char *path, size_t step);
/* Every file in the folder and in those below it. */
void hunt_folder(struct hunt *h, const char *path, size_t step);
/* A passphrase the bearer knows (NFC), on every slot that takes one, alone and
 * with every key file that was found so far. */
void hunt_passphrase(struct hunt *h, const char *words);

/* How often a key of this kind was found; all kinds that open something. */
size_t hunt_count(const struct hunt *h, enum hunt_kind k);
size_t hunt_opened(const struct hunt *h);
/* How many things are sealed, how many windows were tried. */
size_t hunt_things(const struct hunt *h);
size_t hunt_tried(const struct hunt *h);
/* What was found, a line each, at most 20; "" when nothing was. */
const char *hunt_report(const struct hunt *h);

#endif
