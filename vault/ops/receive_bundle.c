/* SPDX-License-Identifier: Apache-2.0 */
/* receive_bundle.c: a bundle judged line by line, before it is taken in */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "receiving.h"
#include "text.h"

enum { ORIGINS = 64 };

/* Whose records came along, and what their cards are to the vault. */
struct origin {
    uint8_t fingerprint[32];
    enum vault_received_signer is;
    char name[256];
    uint64_t records;
};
struct judging {
    struct vault_receive *r;
    struct vlt_rfile *f;
    struct vlt_bundle *b;
    struct vlt_rcards *cards;
    size_t origins;
    struct origin origin[ORIGINS];
    struct origin rest; /* for which there was no room: told as not known */
    uint64_t sound, waits, shut, untrusted;
};

/* ---- opening ---- */

static enum vault_status
open_bundle(struct judging *j, struct vault_error *err)
{
    struct vlt_rfile *f = j->f;
    char hex[33];
    enum vault_status st = vlt_bundle_open(f->inner, &j->r->v->opt, &j->b, err);

    if (st != VAULT_OK)
        return st;
    memcpy(f->from, j->b->sender.fingerprint, sizeof f->from);
    memcpy(f->row.key, f->from, sizeof f->row.key);
    memcpy(f->text_hash, j->b->text.text_hash, sizeof f->text_hash);
    memcpy(f->bundle, j->b->text.bundle, sizeof f->bundle);
    f->entries = j->b->text.records;
    vlt_fingerprint_text(f->row.fingerprint, f->from);
    vlt_hex(hex, f->bundle, sizeof f->bundle);
    return vlt_rline(f, VAULT_HELD, "structure", 1, err,
        "bundle %s: structure, signature and recipients are as signed", hex);
}

/* ---- cards and logs ---- */

static enum vault_status
take_note(void *ctx, const char *kind, const char *note, size_t len,
    struct vault_error *err)
{
    struct judging *j = ctx;

    return strcmp(kind, "card") == 0 ? vlt_rcards_add(j->cards, note, len, err)
                                     : VAULT_OK;
}

static enum vault_status
read_notes(struct judging *j, struct vault_error *err)
{
    uint64_t bad = 0;
    enum vault_status st = vlt_bundle_notes(j->b, take_note, j, &bad, err);

    if (st == VAULT_OK && bad > 0)
        st = vlt_rline(j->f, VAULT_NOT_SEEN, "note", bad, err,
            "cards and notes in it that do not hold, which prove nothing: "
            "%" PRIu64,
            bad);
    return st;
}

/* ---- who signed it ---- */

static enum vault_status
tell_signer(struct judging *j, struct vault_error *err)
{
    struct vlt_rfile *f = j->f;
    const char *key = f->row.fingerprint;

    switch (f->row.signer) {
    case VAULT_SIGNER_OWN:
        return vlt_rline(f, VAULT_HELD, "card", 1, err,
            "signed by this vault itself (%s)", key);
    case VAULT_SIGNER_COMPARED:
        return vlt_rline(f, VAULT_HELD, "card", 1, err,
            "signed by %s: %s (compared)", f->name, key);
    case VAULT_SIGNER_CONTINUES:
        return vlt_rline(f, VAULT_NOT_SEEN, "card", 1, err,
            "signed by %s, another generation of %s's card: continues, not "
            "compared",
            key, f->name);
    default:
        return vlt_rline(f, VAULT_NOT_SEEN, "card", 1, err,
            "signed by %s (not compared); the card lies in the same file, "
            "which says nothing about who it is",
            key);
    }
}

static enum vault_status
judge_signer(struct judging *j, struct vault_error *err)
{
    struct vlt_rfile *f = j->f;
    struct vault_error why;

    vlt_error_clear(&why);
    f->row.signer = vlt_rcards_judge(j->cards, &j->b->sender, f->name, &why);
    f->row.name = f->name;
    if (f->row.signer != VAULT_SIGNER_REVOKED &&
        f->row.signer != VAULT_SIGNER_REFUSED)
        return tell_signer(j, err);
    if (err != NULL)
        *err = why;
    return why.code;
}

/* ---- whose records ---- */

static struct origin *
origin_of(struct judging *j, const struct vlt_card *card,
    struct vault_error *why)
{
    struct origin *o;
    size_t i;

    for (i = 0; i < j->origins; i++) {
        if (memcmp(j->origin[i].fingerprint, card->fingerprint, 32) == 0)
            return &j->origin[i];
    }
    o = &j->rest;
    if (j->origins < ORIGINS) {
        o = &j->origin[j->origins++];
        memset(o, 0, sizeof *o);
        memcpy(o->fingerprint, card->fingerprint, 32);
    }
    o->is = vlt_rcards_judge(j->cards, card, o->name, why);
    return o;
}

/* A card that claims a known vault's id and does not belong to it: what it
 * vouches for does not hold, whoever passed it on. */
static enum vault_status
judge_origin(struct judging *j, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct vault_error why;
    struct origin *o;

    if (r->card == NULL)
        return VAULT_OK;
    vlt_error_clear(&why);
    o = origin_of(j, r->card, &why);
    o->records++;
    if (o->is != VAULT_SIGNER_REFUSED)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_TAMPERED, "its origin's card is refused: %s",
        why.code != VAULT_OK ? why.message : o->name);
}

static enum vault_status
tell_origin(struct judging *j, const struct origin *o, struct vault_error *err)
{
    const char *through =
        j->f->row.name[0] != 0 ? j->f->row.name : j->f->row.fingerprint;
    char key[VLT_FINGERPRINT_TEXT];

    vlt_fingerprint_text(key, o->fingerprint);
    if (memcmp(o->fingerprint, j->f->from, 32) == 0)
        return VAULT_OK;
    switch (o->is) {
    case VAULT_SIGNER_OWN:
        return vlt_rline(j->f, VAULT_HELD, "origin", o->records, err,
            "records of this vault itself: %" PRIu64 ", through %s", o->records,
            through);
    case VAULT_SIGNER_COMPARED:
        return vlt_rline(j->f, VAULT_HELD, "origin", o->records, err,
            "records of %s: %s (compared), %" PRIu64 ", through %s", o->name,
            key, o->records, through);
    case VAULT_SIGNER_REVOKED:
        return vlt_rline(j->f, VAULT_NOT_SEEN, "origin", o->records, err,
            "records of %s, whose card was revoked: %" PRIu64 ", through %s",
            key, o->records, through);
    default:
        return vlt_rline(j->f, VAULT_NOT_SEEN, "origin", o->records, err,
            "records of %s (not compared): %" PRIu64 ", through %s", key,
            o->records, through);
    }
}

/* ---- its records ---- */

static enum vault_status
bad_record(struct judging *j, const struct vlt_bundle_record *r,
    const struct vault_error *why, struct vault_error *err)
{
    j->f->row.count.bad++;
    return vlt_rline_why(j->f, "record", r->row.head.h.id,
        r->row.head.h.version, why, err);
}

/* With this vault's key, to the last byte of its body; *x is the caller's to
 * clear. */
static enum vault_status
open_record(struct judging *j, const struct vlt_bundle_record *r,
    struct vlt_extract *x, struct vault_error *err)
{
    struct vlt_rk *rk = NULL;
    struct vlt_xk *xk = NULL;
    struct vlt_meta m;
    enum vault_status st = VAULT_OK;

    if (r->use == VLT_ENTRY_FULL) {
        st = vlt_bundle_open_record(j->b, r, true, &rk, &m, err);
        if (st == VAULT_OK)
            vlt_meta_clear(&m);
    } else if (r->use == VLT_ENTRY_PART) {
        st = vlt_bundle_open_part(j->b, r, true, &xk, x, err);
    }
    vlt_rk_free(rk);
    vlt_xk_free(xk);
    return st;
}

static enum vault_status
count_record(struct judging *j, const struct vlt_bundle_record *r,
    const struct vlt_extract *x, struct vault_error *err)
{
    uint64_t bad = j->f->row.count.bad;
    struct vlt_rlook look;
    struct vault_error why;
    bool adds;
    enum vault_status st = vlt_read_begin(j->r->v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_receive_count(j->r->v, j->f, r, x, &look, &adds, err);
    vlt_store_rollback(j->r->v->store);
    if (st != VAULT_OK || j->f->row.count.bad == bad)
        return st;
    (void)vlt_fail(&why, VAULT_E_TAMPERED,
        "a record of another origin has this id here; it is not taken in");
    return vlt_rline_why(j->f, "id", r->row.head.h.id, r->row.head.h.version,
        &why, err);
}

static enum vault_status
judge_opened(struct judging *j, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct vault_error why;
    struct vlt_extract x;
    enum vault_status st;

    vlt_error_clear(&why);
    vlt_extract_init(&x);
    st = open_record(j, r, &x, &why);
    if (st == VAULT_OK)
        st = judge_origin(j, r, &why);
    if (st == VAULT_OK) {
        j->sound++;
        st = count_record(j, r, &x, &why);
    } else if (st == VAULT_E_NO_KEY) {
        j->shut++;
        st = VAULT_OK;
    } else if (vlt_rfile_fault(st)) {
        j->f->row.why = why;
        st = bad_record(j, r, &why, &why);
    }
    vlt_extract_clear(&x);
    if (st != VAULT_OK && err != NULL)
        *err = why;
    return st;
}

static enum vault_status
judge_record(void *ctx, const struct vlt_bundle_record *r,
    struct vault_error *err)
{
    struct judging *j = ctx;

    if (!vlt_progress(&j->r->v->opt, 0, 0, false))
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    if (r->status == VAULT_E_NOT_FOUND) {
        j->waits++;
        return VAULT_OK;
    }
    if (r->status != VAULT_OK)
        return bad_record(j, r, &r->why, err);
    if (r->untrusted) {
        j->untrusted++;
        return VAULT_OK;
    }
    return judge_opened(j, r, err);
}

static enum vault_status
tell_records(struct judging *j, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    if (j->sound > 0)
        st = vlt_rline(j->f, VAULT_HELD, "record", j->sound, err,
            "entries that open and are what was signed and logged: %" PRIu64,
            j->sound);
    if (st == VAULT_OK && j->waits > 0)
        st = vlt_rline(j->f, VAULT_NOT_SEEN, "record", j->waits, err,
            "entries that wait for something that is not in this file: "
            "%" PRIu64 "; they are not taken in",
            j->waits);
    if (st == VAULT_OK && j->untrusted > 0)
        st = vlt_rline(j->f, VAULT_NOT_AS_ASKED, "untrusted", j->untrusted, err,
            "entries sealed by a revoked device after its last good state: "
            "%" PRIu64 "; they are not taken in",
            j->untrusted);
    if (st == VAULT_OK && j->shut > 0)
        st = vlt_rline(j->f, VAULT_NOT_SEEN, "record", j->shut, err,
            "entries sealed to others in a compartment: %" PRIu64
            "; they are not taken in",
            j->shut);
    if (st == VAULT_OK && j->f->row.count.waits > 0)
        st = vlt_rline(j->f, VAULT_NOT_SEEN, "record", j->f->row.count.waits,
            err,
            "versions of this vault's own records that follow one that is not "
            "here: %" PRIu64 "; receive it again when that came back",
            j->f->row.count.waits);
    for (i = 0; st == VAULT_OK && i < j->origins; i++)
        st = tell_origin(j, &j->origin[i], err);
    if (st == VAULT_OK && j->rest.records > 0)
        st = vlt_rline(j->f, VAULT_NOT_SEEN, "origin", j->rest.records, err,
            "records of still other vaults, too many to be told one by one: "
            "%" PRIu64,
            j->rest.records);
    return st;
}

static enum vault_status
read_records(struct judging *j, struct vault_error *err)
{
    struct vault_receive_counts *n = &j->f->row.count;
    uint64_t clash;
    enum vault_status st = vlt_bundle_records(j->b, judge_record, j, err);

    if (st == VAULT_OK)
        st = tell_records(j, err);
    if (st != VAULT_OK)
        return st;
    clash = n->records - n->fresh - n->more - n->already - n->gone - n->waits;
    if (n->bad > clash)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "records in it that do not hold: %" PRIu64
            "; nothing of it is taken in",
            n->bad - clash);
    return VAULT_OK;
}

/* ---- logs ---- */

static enum vault_status
judge_logs(struct judging *j, struct vault_error *err)
{
    struct vault *v = j->r->v;
    struct vlt_rlogs *l = NULL;
    struct vlt_rmerged m;
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_rlogs_load(v, &l, err);
    if (st == VAULT_OK)
        st = vlt_rlogs_merge(v, l, j->b, j->cards, false, &m, err);
    vlt_rlogs_free(l);
    vlt_store_rollback(v->store);
    if (st != VAULT_OK)
        return st;
    return vlt_rline(j->f, VAULT_HELD, "log", m.logs, err,
        "logs whose states fit what is known: %" PRIu64
        ", new of them: %" PRIu64,
        m.logs, m.fresh);
}

/* ---- notices: judged when the records are in that they are about ---- */

static enum vault_status
count_notice(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    uint64_t *n = ctx;

    (void)note;
    (void)len;
    (void)err;
    ++*n;
    return VAULT_OK;
}

static enum vault_status
tell_notices(struct judging *j, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st = vlt_bundle_notices(j->b, count_notice, &n, err);

    if (st != VAULT_OK || n == 0)
        return st;
    return vlt_rline(j->f, VAULT_NOT_SEEN, "notice", n, err,
        "requests, answers and receipts in it, which are looked at when it is "
        "taken in: %" PRIu64,
        n);
}

/* ---- the whole ---- */

static enum vault_status
unlock(struct judging *j, struct vault_error *err)
{
    struct vault *v = j->r->v;
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_rcards_load(v, &j->cards, err);
    if (st == VAULT_OK)
        st = read_notes(j, err);
    if (st == VAULT_OK)
        st = judge_signer(j, err);
    if (st == VAULT_OK)
        st = vlt_bundle_unlock(j->b, v, err);
    vlt_store_rollback(v->store);
    if (st != VAULT_OK)
        return st;
    if (vlt_receive_by_shares(j->r, j->f, j->b))
        return vlt_rline(j->f, VAULT_HELD, "wrap", strlen(j->r->once->indices),
            err,
            "opened with shares %s of %s (needed: %u), by whoever signed it "
            "sealed to all who hold them together; once it is taken in, the "
            "log says so",
            j->r->once->indices, j->r->once->id, j->r->once->needed);
    return vlt_rline(j->f, VAULT_HELD, "wrap", 1, err,
        "sealed to this vault, by whoever signed it");
}

/* What the sender says goes over to the row. */
static enum vault_status
keep_said(struct judging *j, struct vault_error *err)
{
    j->f->said = j->b->said;
    vlt_fields_init(&j->b->said);
    return vlt_rfile_said(j->f, err);
}

static enum vault_status
judge(struct judging *j, struct vault_error *err)
{
    enum vault_status st = open_bundle(j, err);

    if (st == VAULT_OK)
        st = unlock(j, err);
    if (st == VAULT_OK)
        st = keep_said(j, err);
    if (st == VAULT_OK)
        st = read_records(j, err);
    if (st == VAULT_OK)
        st = judge_logs(j, err);
    if (st == VAULT_OK)
        st = tell_notices(j, err);
    return st;
}

enum vault_status
vlt_rfile_bundle(struct vault_receive *r, struct vlt_rfile *f,
    struct vault_error *err)
{
    struct judging *j = calloc(1, sizeof *j);
    enum vault_status st;

    if (j == NULL)
        return vlt_fail_memory(err);
    j->r = r;
    j->f = f;
    st = judge(j, err);
    vlt_bundle_close(j->b);
    vlt_rcards_free(j->cards);
    free(j);
    if (st == VAULT_OK)
        f->row.state = f->row.signer == VAULT_SIGNER_OWN ||
                f->row.signer == VAULT_SIGNER_COMPARED
            ? VAULT_RECEIVE_READY
            : VAULT_RECEIVE_UNKNOWN;
    return st;
}
