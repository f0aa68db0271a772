/* SPDX-License-Identifier: Apache-2.0 */
/* verify_tlogproof.c: a bare tlog-proof, with the line and the log it is of */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "checkpoint.h"
#include "cosignature.h"
#include "fail.h"
#include "leaf.h"
#include "log_notes.h"
#include "session.h"
#include "tlogproof.h"
#include "tree.h"
#include "verify_text.h"
#include "verify_witness.h"

/* One on its way: from what was given beside it to what follows. */
struct work {
    struct vlt_verify *v;
    struct vlt_tlogproof proof;
    struct vlt_checkpoint point;
    struct vlt_leaf leaf;
    bool has_leaf;
    uint8_t key[32]; /* of the log */
    bool has_key;    /* and somebody vouches for it: a person, or a card */
    bool path;       /* it leads from the leaf to the root */
    bool is_signed;  /* the checkpoint, by that key */
};

/* ---- the line ---- */

static void
say_leaf(struct work *w)
{
    struct vault_finding f;

    memset(&f, 0, sizeof f);
    f.level = VAULT_HELD;
    f.kind = "leaf";
    f.count = 1;
    f.has_record = w->leaf.has_record;
    memcpy(f.record, w->leaf.record, sizeof f.record);
    f.version = w->leaf.version;
    vlt_held_as(w->v, &f, "the line given is of kind %s, in the exact form",
        w->leaf.kind);
    w->v->verdict.records = w->leaf.has_record;
}

static enum vault_status
take_leaf(struct work *w, struct vault_error *err)
{
    const char *given = w->v->opt->leaf;
    enum vault_status st;

    if (given == NULL)
        return VAULT_OK;
    st = vlt_leaf_decode(&w->leaf, given, strlen(given), err);
    if (st == VAULT_E_FORMAT)
        return vlt_fail(err, st, "what --leaf gives is no line of a log");
    if (st != VAULT_OK)
        return st;
    w->has_leaf = true;
    say_leaf(w);
    return VAULT_OK;
}

static enum vault_status
check_path(struct work *w, struct vault_error *err)
{
    const struct vlt_tlogproof *p = &w->proof;
    uint8_t hash[32];

    if (!w->has_leaf) {
        vlt_not_as_asked(w->v, "inclusion",
            "the path was not checked: the line itself is not here; --leaf "
            "gives it");
        return VAULT_OK;
    }
    vlt_leaf_text_hash(hash, &w->leaf);
    if (!vlt_inclusion_ok(p->index, w->point.size, hash, p->path, p->n,
            w->point.root))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the line given does not stand at that place of the tree that the "
            "checkpoint speaks of");
    w->path = true;
    vlt_held(w->v, "inclusion", 1,
        "the path leads from the line given, at %" PRIu64
        ", to the root in the checkpoint",
        p->index);
    return VAULT_OK;
}

/* ---- the log's key ---- */

/* A vkey says whose key it is by itself: who gives it vouches for it. */
static enum vault_status
take_vkey(struct work *w, const char *given, size_t len,
    struct vault_error *err)
{
    struct vlt_vkey k;
    enum vault_status st;

    while (len > 0 && (given[len - 1] == '\n' || given[len - 1] == '\r'))
        len--;
    st = vlt_vkey_decode(&k, given, len, err);
    if (st == VAULT_E_FORMAT)
        return vlt_fail(err, st,
            "what --log gives is neither a log's key (vkey) nor its notes");
    if (st != VAULT_OK)
        return st;
    if (strcmp(k.name, w->point.origin) != 0 || k.type != VLT_VKEY_ED25519) {
        vlt_not_as_asked(w->v, "signer",
            "the key given is that of another log: %s", k.name);
        return VAULT_OK;
    }
    memcpy(w->key, k.pk, sizeof w->key);
    w->has_key = true;
    vlt_held(w->v, "log", 1, "log %s: its key is the one that was given",
        w->point.origin);
    if (w->v->opt->cards_len > 0)
        vlt_not_as_asked(w->v, "signer",
            "the card given was not compared: a bare key names none; the notes "
            "of the log do");
    return VAULT_OK;
}

/* Behind the signature lines of the note at p. */
static size_t
note_length(const char *p, size_t len)
{
    static const char dash[] = "\xe2\x80\x94 ";
    const size_t n = sizeof dash - 1;
    size_t at = 0;

    while (at + 1 < len && (p[at] != '\n' || p[at + 1] != '\n'))
        at++;
    at += 2;
    while (at + n <= len && memcmp(p + at, dash, n) == 0) {
        const char *lf = memchr(p + at, '\n', len - at);

        if (lf == NULL)
            return len;
        at = (size_t)(lf - p) + 1;
    }
    return at < len ? at : len;
}

struct notes {
    size_t n;
    struct vlt_text_part note[VLT_DISCLOSURE_NOTES];
};

static enum vault_status
split(struct notes *l, const char *given, size_t len, struct vault_error *err)
{
    while (len > 0) {
        size_t one = note_length(given, len);

        if (l->n == VLT_DISCLOSURE_NOTES)
            return vlt_fail(err, VAULT_E_LIMIT, "too many notes of one log");
        l->note[l->n++] = (struct vlt_text_part){given, one};
        given += one;
        len -= one;
    }
    return VAULT_OK;
}

/* The card that the last note names: a replica's, or a device's. */
static enum vault_status
named_card(const struct notes *l, uint8_t out[32], struct vault_error *err)
{
    const struct vlt_text_part *last = &l->note[l->n - 1];
    struct vlt_replica r;
    struct vlt_device d;
    enum vault_status st;

    if (l->n > 1) {
        st = vlt_device_parse(&d, last->p, last->len, err);
        if (st == VAULT_OK)
            memcpy(out, d.card, 32);
        return st;
    }
    st = vlt_replica_parse(&r, last->p, last->len, err);
    if (st == VAULT_OK) {
        memcpy(out, r.card, 32);
        vlt_replica_clear(&r);
    }
    return st;
}

static enum vault_status
judge_notes(struct work *w, const struct notes *l, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    struct vlt_noted_log log;
    struct vlt_card card;
    uint8_t fingerprint[32];
    enum vault_status st = named_card(l, fingerprint, err);

    if (st != VAULT_OK)
        return st;
    vlt_fingerprint_text(v->verdict.fingerprint, fingerprint);
    if (!vlt_given_card(v, fingerprint, &card)) {
        vlt_not_as_asked(v, "signer",
            "signature not checked: the notes of the log name the card %s; "
            "give that card with --card",
            v->verdict.fingerprint);
        return VAULT_OK;
    }
    st = vlt_log_notes_check(&log, l->note, l->n, &card, err);
    if (st != VAULT_OK)
        return st;
    if (strcmp(log.origin, w->point.origin) != 0) {
        vlt_not_as_asked(v, "signer", "the notes given are of another log: %s",
            log.origin);
        return VAULT_OK;
    }
    memcpy(w->key, log.key, sizeof w->key);
    w->has_key = true;
    v->verdict.compared = true;
    vlt_held(v, "log", l->n,
        "log %s: its key is signed for by the card that was given (%s)",
        log.origin, v->verdict.fingerprint);
    return VAULT_OK;
}

static enum vault_status
take_notes(struct work *w, const char *given, size_t len,
    struct vault_error *err)
{
    struct notes *l = calloc(1, sizeof *l);
    enum vault_status st;

    if (l == NULL)
        return vlt_fail_memory(err);
    st = split(l, given, len, err);
    if (st == VAULT_OK)
        st = judge_notes(w, l, err);
    free(l);
    return st;
}

static enum vault_status
take_log(struct work *w, struct vault_error *err)
{
    const char *given = w->v->opt->log;
    static const char notes[] = "sanduq.v1/";

    if (given == NULL && vlt_wit_log_key(w->v, w->point.origin, w->key)) {
        w->has_key = true;
        vlt_held(w->v, "log", 1,
            "log %s: its key is the one that the policy names",
            w->point.origin);
        return VAULT_OK;
    }
    if (given == NULL) {
        vlt_not_as_asked(w->v, "signer",
            "signature not checked: the log's key is not here; --log gives it, "
            "a disclosure or an audit pack brings it along");
        return VAULT_OK;
    }
    return strncmp(given, notes, sizeof notes - 1) == 0
        ? take_notes(w, given, strlen(given), err)
        : take_vkey(w, given, strlen(given), err);
}

static enum vault_status
check_signature(struct work *w, struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st;

    if (!w->has_key)
        return VAULT_OK; /* said before */
    st = vlt_note_parse(&n, w->proof.checkpoint, w->proof.checkpoint_len, err);
    if (st == VAULT_OK)
        st = vlt_note_check(&n, w->point.origin, w->key, err);
    if (st != VAULT_OK)
        return st;
    w->is_signed = true;
    vlt_held(w->v, "checkpoint", w->point.size,
        "the checkpoint over %" PRIu64 " lines is signed by the log's key",
        w->point.size);
    return VAULT_OK;
}

/* ---- what follows from it ---- */

static void
say_limits(struct work *w)
{
    struct vlt_verify *v = w->v;

    if (!w->path || !w->is_signed)
        return;
    v->verdict.placed = true;
    vlt_held(v, "conclude", 1,
        "so whoever held this log key committed to this line before the "
        "checkpoint was signed");
    if (w->leaf.has_record)
        vlt_not_seen(v, "conclude", 0,
            "what the record holds, and whether it was changed or withdrawn "
            "later");
    vlt_not_seen(v, "revoked", 0,
        "whether the card or the device was revoked since, and other logs of "
        "this vault");
}

/* Only of a checkpoint that the log's key signed. */
static enum vault_status
check_witness(struct work *w, struct vault_error *err)
{
    enum vault_status st;

    if (!w->is_signed)
        return VAULT_OK;
    st = vlt_wit_alone(w->v, w->point.origin, w->key, w->proof.checkpoint,
        w->proof.checkpoint_len, err);
    return st == VAULT_OK ? vlt_wit_alone_end(w->v, err) : st;
}

static enum vault_status
each(struct work *w, struct vault_error *err)
{
    static const struct {
        const char *kind;
        enum vault_status (*fn)(struct work *w, struct vault_error *err);
    } part[] = {
        {"leaf", take_leaf},
        {"inclusion", check_path},
        {"log", take_log},
        {"checkpoint", check_signature},
        {"witness", check_witness},
    };
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(part); i++) {
        vlt_error_clear(&why);
        st = vlt_judge(w->v, part[i].kind, part[i].fn(w, &why), &why, err);
    }
    if (st == VAULT_OK)
        say_limits(w);
    return st;
}

enum vault_status
vlt_verify_tlogproof(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct work w;
    struct vlt_note n;
    enum vault_status st;

    memset(&w, 0, sizeof w);
    w.v = v;
    st = vlt_tlogproof_decode(&w.proof, text, len, err);
    if (st == VAULT_OK)
        st =
            vlt_note_parse(&n, w.proof.checkpoint, w.proof.checkpoint_len, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&w.point, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    vlt_held(v, "structure", 1, "a text of kind %-s, in the exact form",
        v->verdict.text);
    vlt_held(v, "checkpoint", w.point.size,
        "it speaks of log %s with %" PRIu64 " lines", w.point.origin,
        w.point.size);
    if (w.proof.index >= w.point.size)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "line %" PRIu64 " of %" PRIu64 ": there is none", w.proof.index,
            w.point.size);
    return each(&w, err);
}
