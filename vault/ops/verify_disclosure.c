/* SPDX-License-Identifier: Apache-2.0 */
/* verify_disclosure.c: a disclosure, from its values to the card */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "disclosure.h"
#include "fail.h"
#include "hash.h"
#include "log_notes.h"
#include "os.h"
#include "tree.h"
#include "verify_evidence.h"
#include "verify_text.h"
#include "verify_witness.h"

/* One disclosure on its way from the values to the card. */
struct work {
    struct vlt_verify *v;
    struct vlt_disclosure d;
    struct vlt_noted_log log;
    struct vlt_checkpoint point;
    bool has_log;
    bool has_point;
};

/* ---- the fields ---- */

static enum vault_status
check_fields(struct work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t k;

    for (k = 0; st == VAULT_OK && k < w->d.fields.n; k++)
        st = vlt_disclosure_check_field(&w->d, k, err);
    if (st != VAULT_OK)
        return st;
    if (w->d.fields.n == 0)
        vlt_held(w->v, "field", 0,
            "no field is disclosed: this is the proof of one record");
    else
        vlt_held(w->v, "field", w->d.fields.n,
            "fields disclosed: %zu; each is what the statement commits to at "
            "its place",
            w->d.fields.n);
    return VAULT_OK;
}

static enum vault_status
check_leaf(struct work *w, struct vault_error *err)
{
    enum vault_status st = vlt_disclosure_check_leaf(&w->d, err);

    if (st == VAULT_OK)
        vlt_held(w->v, "leaf", 1, "the line `%s` of the log names this record",
            w->d.leaf.kind);
    return st;
}

/* ---- the log ---- */

static enum vault_status
check_card(struct work *w, struct vault_error *err)
{
    struct vlt_verify *v = w->v;
    enum vault_status st;

    v->card = calloc(1, sizeof *v->card);
    if (v->card == NULL)
        return vlt_fail_memory(err);
    st = vlt_card_parse(v->card, w->d.card.p, w->d.card.len, err);
    if (st != VAULT_OK)
        return st;
    v->cards = 1;
    vlt_fingerprint_text(v->verdict.fingerprint, v->card->fingerprint);
    if (memcmp(v->card->vault, w->d.statement.origin, 16) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the card is that of another vault than the record's");
    vlt_held(v, "card", 1,
        "card %s, generation %u, of the record's vault, signed by itself",
        v->verdict.fingerprint, v->card->generation);
    return VAULT_OK;
}

static enum vault_status
check_notes(struct work *w, struct vault_error *err)
{
    enum vault_status st;

    if (w->v->cards == 0)
        return VAULT_OK; /* said before: there is no card to check with */
    st = vlt_log_notes_check(&w->log, w->d.note, w->d.notes, w->v->card, err);
    if (st != VAULT_OK)
        return st;
    w->has_log = true;
    if (w->log.session)
        vlt_held(w->v, "log", w->d.notes,
            "log %s: session %" PRIu32 " of a device that the card names, each "
            "session signed by the one before it",
            w->log.origin, w->log.number);
    else
        vlt_held(w->v, "log", 1, "log %s: its key is signed for by the card",
            w->log.origin);
    return VAULT_OK;
}

static enum vault_status
check_point(struct work *w, struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st;

    st =
        vlt_note_parse(&n, w->d.tlog.checkpoint, w->d.tlog.checkpoint_len, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&w->point, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    w->has_point = true;
    if (!w->has_log)
        return VAULT_OK; /* said before: no key to check it with */
    if (strcmp(w->point.origin, w->log.origin) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the checkpoint is that of another log: %s", w->point.origin);
    st = vlt_note_check(&n, w->log.origin, w->log.key, err);
    if (st == VAULT_OK)
        vlt_held(w->v, "checkpoint", w->point.size,
            "the checkpoint over %" PRIu64 " lines is signed by the log's key",
            w->point.size);
    return st;
}

static enum vault_status
check_inclusion(struct work *w, struct vault_error *err)
{
    const struct vlt_tlogproof *p = &w->d.tlog;
    uint8_t hash[32];

    if (!w->has_point)
        return VAULT_OK;
    vlt_leaf_text_hash(hash, &w->d.leaf);
    if (!vlt_inclusion_ok(p->index, w->point.size, hash, p->path, p->n,
            w->point.root))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the line is not in the tree that the checkpoint signs");
    vlt_held(w->v, "inclusion", 1,
        "it is line %" PRIu64 " of the %" PRIu64 " that were signed", p->index,
        w->point.size);
    return VAULT_OK;
}

/* Only of a state that the log's key signed: everything else had its line. */
static enum vault_status
check_witness(struct work *w, struct vault_error *err)
{
    enum vault_status st;

    if (!w->has_log || !w->has_point || w->v->verdict.failed > 0)
        return VAULT_OK;
    st = vlt_wit_alone(w->v, w->log.origin, w->log.key, w->d.tlog.checkpoint,
        w->d.tlog.checkpoint_len, err);
    return st == VAULT_OK ? vlt_wit_alone_end(w->v, err) : st;
}

/* ---- the body that lies beside ---- */

static const struct vlt_disclosed *
body_of(const struct vlt_disclosure *d)
{
    size_t k;

    for (k = 0; k < d->fields.n; k++) {
        if (d->fields.f[k].type == VLT_FIELD_BODY &&
            d->fields.f[k].state == VLT_STATE_VALUE)
            return &d->at[k];
    }
    return NULL;
}

static enum vault_status
hash_file(const struct vlt_verify *v, const char *path, uint8_t hash[32],
    uint64_t *len, struct vault_error *err)
{
    static const size_t piece = 1024 * 1024;
    struct vlt_file *f = NULL;
    struct vlt_sha256 h;
    uint8_t *p = malloc(piece);
    size_t got = 1;
    enum vault_status st =
        p != NULL ? vlt_file_open(path, &f, err) : vlt_fail_memory(err);

    vlt_sha256_init(&h);
    *len = 0;
    while (st == VAULT_OK && got > 0) {
        struct vault_progress now = {*len, 0, false};

        st = vlt_file_read(f, p, piece, &got, err);
        if (st == VAULT_OK)
            vlt_sha256_update(&h, p, got);
        *len += st == VAULT_OK ? got : 0;
        if (st == VAULT_OK && v->opt->progress != NULL &&
            v->opt->progress(v->ctx, &now) != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    vlt_sha256_final(&h, hash);
    vlt_file_close(f);
    free(p);
    return st;
}

static enum vault_status
check_body(struct work *w, struct vault_error *err)
{
    const struct vlt_disclosed *at = body_of(&w->d);
    uint8_t hash[32];
    uint64_t len;
    enum vault_status st;

    if (w->v->opt->body == NULL) {
        if (at != NULL && at->beside)
            vlt_not_seen(w->v, "body", at->length,
                "the original lies beside as a file of %" PRIu64
                " bytes, which was not looked at: --body gives it",
                at->length);
        return VAULT_OK;
    }
    if (at == NULL) {
        vlt_not_as_asked(w->v, "body", "no original is disclosed here");
        return VAULT_OK;
    }
    st = hash_file(w->v, w->v->opt->body, hash, &len, err);
    if (st != VAULT_OK)
        return st;
    if (len != at->length || memcmp(hash, at->hash, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the file is not the original that is disclosed");
    vlt_held(w->v, "body", len,
        "the file of %" PRIu64 " bytes is the original that is disclosed, bit "
        "for bit",
        len);
    return VAULT_OK;
}

/* ---- what follows from it ---- */

/* threats.md: what an auditor may and may not conclude. */
static void
say_limits(struct work *w)
{
    struct vlt_verify *v = w->v;

    vlt_held(v, "conclude", 1,
        "so whoever held this log key committed to the record, and to what is "
        "disclosed of it, before the checkpoint was signed");
    if (w->d.fields.n > 0)
        vlt_not_seen(v, "conclude", 0,
            "whether it is true, whether other fields of the record contradict "
            "it, and whether the sealed record holds the same");
    vlt_not_seen(v, "conclude", 0,
        "who the person was, when it was, and whether the record was changed "
        "or withdrawn later");
    vlt_not_seen(v, "revoked", 0,
        "whether the card or the device was revoked since, and other logs of "
        "this vault");
}

static void
say_fields(struct work *w)
{
    char name[VLT_FIELD_NAME + 1];
    size_t k;

    for (k = 0; k < w->d.fields.n; k++) {
        const struct vlt_field *f = &w->d.fields.f[k];
        struct vault_said s = {.proved = true,
            .disclosed = true,
            .beside = w->d.at[k].beside,
            .bytes = w->d.at[k].length};

        memcpy(name, f->name, f->name_len);
        name[f->name_len] = 0;
        s.field.type = (enum vault_field_type)f->type;
        s.field.state = (enum vault_field_state)f->state;
        s.field.name = name;
        s.field.value = f->value;
        s.field.value_len = f->value_len;
        vlt_say(w->v, &s);
    }
}

static enum vault_status
each(struct work *w, struct vault_error *err)
{
    static const struct {
        const char *kind;
        enum vault_status (*fn)(struct work *w, struct vault_error *err);
    } part[] = {
        {"field", check_fields},
        {"leaf", check_leaf},
        {"card", check_card},
        {"log", check_notes},
        {"checkpoint", check_point},
        {"inclusion", check_inclusion},
        {"witness", check_witness},
        {"body", check_body},
    };
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < VLT_COUNT(part); i++) {
        vlt_error_clear(&why);
        st = part[i].fn(w, &why);
        if (part[i].fn == check_body && st == VAULT_E_NOT_FOUND) {
            if (err != NULL)
                *err = why; /* a file that was named and is not there */
            return st;
        }
        st = vlt_judge(w->v, part[i].kind, st, &why, err);
    }
    return st == VAULT_OK ? vlt_verify_asked(w->v, err) : st;
}

/* A finding of its own with the record's name, so that scripts find it. */
static void
say_record(struct work *w)
{
    struct vault_finding f;

    memset(&f, 0, sizeof f);
    f.level = VAULT_HELD;
    f.kind = "structure";
    f.count = 1;
    f.has_record = true;
    memcpy(f.record, w->d.statement.record, sizeof f.record);
    f.version = w->d.statement.version;
    vlt_held_as(w->v, &f, "a disclosure, in the exact form");
    w->v->verdict.records = 1;
    memcpy(w->v->id, w->d.statement.origin, sizeof w->v->id);
}

static void
tell_facts(struct work *w)
{
    struct vlt_disclosed_log d = {.origin = w->log.origin,
        .session = w->log.session,
        .number = w->log.number,
        .size = w->point.size,
        .note = w->d.tlog.checkpoint,
        .note_len = w->d.tlog.checkpoint_len};

    memcpy(d.root, w->point.root, sizeof d.root);
    vlt_verify_disclosure_facts(w->v, w->has_log && w->has_point ? &d : NULL,
        &w->d.leaf, w->d.tlog.index);
}

enum vault_status
vlt_verify_disclosure(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct work w;
    struct vault_error why;
    enum vault_status st;

    memset(&w, 0, sizeof w);
    w.v = v;
    vlt_error_clear(&why);
    vlt_disclosure_init(&w.d);
    st = vlt_disclosure_decode(&w.d, text, len, &why);
    if (st == VAULT_E_NEWER || st == VAULT_E_MEMORY) {
        if (err != NULL)
            *err = why;
        return st;
    }
    if (st != VAULT_OK)
        return vlt_judge(v, "structure", st, &why, err);
    say_record(&w);
    st = each(&w, err);
    if (st == VAULT_OK && v->verdict.failed == 0) {
        say_limits(&w);
        say_fields(&w);
    }
    if (st == VAULT_OK)
        tell_facts(&w);
    vlt_disclosure_clear(&w.d);
    return st;
}
