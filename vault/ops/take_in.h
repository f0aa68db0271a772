/* SPDX-License-Identifier: Apache-2.0 */
/* take_in.h: the parts of taking a capture file into its vault */
#ifndef VLT_TAKE_IN_H
#define VLT_TAKE_IN_H

#include "action.h"

/* One session of the capture file. */
struct vlt_taken_session {
    struct vlt_session s;
    struct vlt_own_log log; /* n in the file, origin, log key, newest state */
    struct vlt_buf note;
    bool known;         /* in the vault, with all its lines */
    uint64_t vault_log; /* its number there, when known */
    uint64_t bad;       /* records and events that do not hold */
    uint64_t good;      /* its first lines, up to the last good state of a
                         * revoked device; UINT64_MAX: all of them */
};

struct vlt_taking {
    struct vault *v;
    struct vault *c;
    struct vault_take_options opt;
    size_t n;
    struct vlt_taken_session *at; /* ascending by number */
    /* So many of them follow each other and fit the vault; `broken` says what
     * is wrong with the rest, or with what is not in the list: VAULT_OK when
     * nothing is. */
    size_t whole;
    struct vault_error broken;
    bool running;   /* the last of them has not ended */
    bool has_drawn; /* the next one is drawn */
    struct vlt_session drawn;
    struct vlt_buf drawn_note;
    struct vault_taken out;
};

/* Read the file's sessions; what does not hold sets t->whole and t->broken. */
VAULT_CHECKED enum vault_status vlt_take_load(struct vlt_taking *t,
    struct vault_error *err);
void vlt_take_clear(struct vlt_taking *t);
/* From session i on, nothing comes in by itself. */
void vlt_take_break(struct vlt_taking *t, size_t i,
    const struct vault_error *why);
/*
 * Hold them against what the vault knows of the device: sets `known`, and
 * t->whole and t->broken where they do not fit: VAULT_E_POLICY for a device
 * that the vault does not know, VAULT_E_TAMPERED for an older copy, another
 * history or a gap.
 * *admit: the first unknown session (or the drawn one) is to be admitted by
 * a device note of its own.
 */
VAULT_CHECKED enum vault_status vlt_take_compare(struct vlt_taking *t,
    bool *admit, struct vault_error *err);
/*
 * Up to where each session is trusted: sets `good`. With opt.admit a file of a
 * revoked device is refused (VAULT_E_POLICY). Needs vlt_read_begin.
 */
VAULT_CHECKED enum vault_status vlt_take_limits(struct vlt_taking *t,
    struct vault_error *err);
/* Store a device note for the one that begins with `first`. */
VAULT_CHECKED enum vault_status vlt_take_admit(struct vault *v,
    const struct vlt_session *first, struct vault_error *err);

/*
 * Within an action of t->v and a snapshot of t->c. Each record is judged
 * alone: one that does not hold is told, counted in t->out.bad and s->bad, and
 * stays; so is a sealed event that was changed, whose line comes in without.
 */
/* Log, lines, records.   what is wrong with the lines: nothing may be kept */
VAULT_CHECKED enum vault_status vlt_take_session(struct vlt_taking *t,
    struct vlt_taken_session *s, struct vault_error *err);
/* Only the records that its first `lines` lines name, each by itself. */
VAULT_CHECKED enum vault_status vlt_take_lines(struct vlt_taking *t,
    struct vlt_taken_session *s, uint64_t lines, struct vault_error *err);
/* Of a session that the vault has: the records that it has not. */
VAULT_CHECKED enum vault_status vlt_take_rest(struct vlt_taking *t,
    struct vlt_taken_session *s, struct vault_error *err);
/* Whether there is a sound one among them; needs no action. */
VAULT_CHECKED enum vault_status vlt_take_look(struct vlt_taking *t,
    struct vlt_taken_session *s, bool *more, struct vault_error *err);
/* One record by its row, whatever the lines say. */
VAULT_CHECKED enum vault_status vlt_take_loose(struct vlt_taking *t,
    uint64_t rid, const struct vlt_record_head *head, struct vault_error *err);

/*
 * Whether the vault holds what was signed, or has withdrawn it: with its keys,
 * fields and all segments. Needs vlt_read_begin or an action. Only then does
 * the copy in the capture file go.
 */
VAULT_CHECKED enum vault_status vlt_take_held(struct vault *v,
    const uint8_t id[16], uint32_t version, const uint8_t stmt[32], bool *out,
    struct vault_error *err);

/* What is wrong with a session's lines keeps it out, and what follows it. */
bool vlt_take_keeps_out(enum vault_status st);
/* What it came to, after everything that could be done was done; with
 * opt.admit the file is put aside when something in it does not hold. */
VAULT_CHECKED enum vault_status vlt_take_conclude(struct vlt_taking *t,
    const char *path, struct vault_error *err);

/* take_rest.c: after the sessions; see vault_take_in. */
/* Tell the rows that no line names. */
VAULT_CHECKED enum vault_status vlt_take_unnamed(struct vlt_taking *t,
    struct vault_error *err);
/* Take in every record of the file that holds by itself. */
VAULT_CHECKED enum vault_status vlt_take_salvage(struct vlt_taking *t,
    struct vault_error *err);
/* Destroy in the file what the vault has. */
VAULT_CHECKED enum vault_status vlt_take_empty(struct vlt_taking *t,
    struct vault_error *err);

#endif
