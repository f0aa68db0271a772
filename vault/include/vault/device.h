/* SPDX-License-Identifier: Apache-2.0 */
/* vault/device.h: machines that seal to a vault's card and hold no key for it */
#ifndef VAULT_DEVICE_H
#define VAULT_DEVICE_H

#include <vault/cards.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A capture device has a capture file and nothing else: no vault, no secret
 * that opens what was sealed. It has an id of its own and a log of its own,
 * one session after the other, each signed for by the one before. The vault's
 * side admits it by the hash of its first session note, which two people
 * compare, and can say from which state on it is not trusted any more.
 * docs/format.md, sections 4.3 and 4.4.
 */
enum {
    VAULT_DEVICE = 8,       /* bytes of an id */
    VAULT_DEVICE_HEX = 17,  /* of an id or session, and 0 */
    VAULT_DEVICE_CODE = 80, /* "sqd1...", and 0 */
    VAULT_DEVICE_ALL = 0    /* size of a last good state: the whole session */
};

/* ---- on the device: no secret, no vault ---- */

/*
 * Make a capture file at `path` that seals to this card: a note (see
 * vault_card_read) of n bytes whose fingerprint the caller has compared. The
 * file appears under its name only when complete; it is used with
 * vault_capture_open.
 *   VAULT_E_EXISTS, and as vault_card_read
 */
VAULT_API VAULT_CHECKED enum vault_status vault_device_create(const char *path,
    const void *card, size_t n, const struct vault_options *opt,
    struct vault_error *err);

/* As vault_capture_open, but the file is only read: a copy that somebody
 * brought. Its handle takes what asks, not what seals. */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_look(const char *path,
    const struct vault_options *opt, struct vault **out,
    struct vault_error *err);

/*
 * What the vault's side needs to admit a device. The `code` is id and hash
 * with a checksum, to be sent in a short message or read out; letters and
 * digits are the first 160 bits of the hash, to be compared.
 */
struct vault_device_intro {
    uint8_t id[VAULT_DEVICE];
    uint8_t first[VAULT_HASH]; /* H(session note text) */
    char hex[VAULT_DEVICE_HEX];
    char code[VAULT_DEVICE_CODE];
    char letters[VAULT_FINGERPRINT];
    char digits[VAULT_FINGERPRINT_DIGITS];
    const char *note; /* that session note; NULL when only a code was read */
    size_t note_len;
};
/*
 * Of an open capture file: by the earliest session that is in it. `fn` is
 * called once; its strings are borrowed.
 *   VAULT_E_TAMPERED, VAULT_E_NO_KEY (it holds no session at all)
 */
/* Whether a handle is one of a capture file. */
VAULT_API bool vault_is_capture(const struct vault *v);
VAULT_API VAULT_CHECKED enum vault_status vault_device_intro(struct vault *c,
    void (*fn)(void *ctx, const struct vault_device_intro *intro), void *ctx,
    struct vault_error *err);

/* What a capture file says of itself, for anybody to read. */
struct vault_capture_info {
    uint8_t vault[VAULT_ID]; /* of the vault that it seals to */
    uint32_t generation;     /* of that vault's card */
    char fingerprint[VAULT_FINGERPRINT];
    uint8_t key[VAULT_HASH]; /* the same, whole */
    char device[VAULT_DEVICE_HEX];
    uint64_t records;  /* that lie in it */
    uint64_t sessions; /* ended or running, that lie in it */
    uint32_t number;   /* of the running or next session */
    bool running;
    bool locked; /* no session key any more: nothing can be sealed to it */
    char session[VAULT_DEVICE_HEX]; /* the running one; "" */
    uint64_t size;                  /* lines of the running one */
    uint64_t bytes;                 /* of the file */
};
/*   VAULT_E_USAGE (no capture file), VAULT_E_TAMPERED */
VAULT_API VAULT_CHECKED enum vault_status vault_capture_info(struct vault *c,
    struct vault_capture_info *out, struct vault_error *err);

/* ---- on the vault's side: unlocked ---- */

/*
 * What an introduction holds that came as a file (a session note) or as a
 * code. Nothing is said of who made it. Borrows from p.
 *   VAULT_E_FORMAT    neither
 *   VAULT_E_TAMPERED  a first session note that its own key did not sign
 */
VAULT_API VAULT_CHECKED enum vault_status vault_device_read(const void *p,
    size_t n, struct vault_device_intro *out, struct vault_error *err);
/*
 * Admit the device: a note by this vault's card that it begins with this
 * session. *changed: it was not admitted by that session before.
 *   VAULT_E_POLICY    it is revoked, or it seals to another card than one of
 *                     this vault's
 *   VAULT_E_TAMPERED  the vault knows a device of this id that begins with
 *                     another first session
 */
VAULT_API VAULT_CHECKED enum vault_status vault_device_admit(struct vault *v,
    const struct vault_device_intro *intro, bool *changed,
    struct vault_error *err);

struct vault_device {
    uint8_t id[VAULT_DEVICE];
    char hex[VAULT_DEVICE_HEX];
    bool admitted;             /* a note by a card of this vault names it */
    uint8_t first[VAULT_HASH]; /* of the note that names it; zeros */
    char letters[VAULT_FINGERPRINT];
    /* what is in the vault of it */
    uint64_t sessions;
    uint64_t records; /* lines that sealed one */
    uint32_t number;  /* of the newest session; 0: none came in yet */
    char session[VAULT_DEVICE_HEX];
    uint64_t size; /* lines of that session */
    int64_t taken; /* when it came in, by the vault's log; -1: unknown */
    bool revoked;
    bool revoked_all;     /* nothing that it signed is trusted */
    uint32_t last_number; /* session of the last good state; 0: unknown here */
    char last_session[VAULT_DEVICE_HEX];
    uint64_t last_size;
    uint64_t beyond; /* of `records`, those after the last good state */
};
/* Every device that a note or a session in the vault names, by id. Stops when
 * fn answers not 0 (VAULT_E_CANCELLED). */
VAULT_API VAULT_CHECKED enum vault_status vault_devices(struct vault *v,
    int (*fn)(void *ctx, const struct vault_device *d), void *ctx,
    struct vault_error *err);

/* The last good state of a device that is revoked. */
struct vault_device_last {
    bool none; /* nothing that it ever signed is trusted */
    /* a signed checkpoint that the device gave out; else by number */
    const char *checkpoint;
    size_t checkpoint_len;
    uint32_t number; /* of a session that is in the vault; 0: the newest */
    uint64_t size;   /* of that session's log; VAULT_DEVICE_ALL */
};
/*
 * Revoke a device from a state on: a note by this vault's card, and a line
 * `revoke`. What the device signed after that state is not taken in any more,
 * and what is here of it is shown as untrusted. It cannot be taken back; of
 * several revocations of one device the earliest state counts.
 *   VAULT_E_NOT_FOUND  no such device, or that state is not in the vault
 *   VAULT_E_USAGE      the session does not have so many lines
 *   VAULT_E_TAMPERED   the checkpoint does not fit the log that came in
 */
VAULT_API VAULT_CHECKED enum vault_status vault_device_revoke(struct vault *v,
    const uint8_t id[VAULT_DEVICE], const struct vault_device_last *last,
    const char *reason, struct vault_error *err);

/*
 * Which records were sealed by a revoked device after its last good state.
 * Opened once for many questions; v must outlive it. It answers for the state
 * of the vault at that moment.
 */
struct vault_untrusted;
VAULT_API VAULT_CHECKED enum vault_status vault_untrusted_open(struct vault *v,
    struct vault_untrusted **out, struct vault_error *err);
/* Whether there is a revoked device at all. */
VAULT_API bool vault_untrusted_any(const struct vault_untrusted *u);
/* version 0: any. *device, when *out: which one, VAULT_DEVICE_HEX bytes. */
VAULT_API VAULT_CHECKED enum vault_status vault_untrusted_is(
    struct vault_untrusted *u, const uint8_t id[VAULT_ID], uint32_t version,
    bool *out, char device[VAULT_DEVICE_HEX], struct vault_error *err);
VAULT_API void vault_untrusted_close(struct vault_untrusted *u);

#ifdef __cplusplus
}
#endif
#endif
