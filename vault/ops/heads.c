/* SPDX-License-Identifier: Apache-2.0 */
/* heads.c: the newest state of every own log, checked before it is used */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "handle.h"
#include "hash.h"
#include "note_rows.h"
#include "text.h"

enum { LOGS_MAX = 1 << 20, CARDS_MAX = 1024 };

/* The cards of this vault, to find the one a replica note names. */
struct cards {
    const uint8_t *vault;
    size_t n;
    struct vlt_card *card;
};

static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct cards *c = ctx;
    struct vlt_card *more;
    enum vault_status st;

    if (c->n >= CARDS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "too many cards");
    more = realloc(c->card, (c->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    c->card = more;
    st = vlt_card_parse(&c->card[c->n], r->card, r->card_len, err);
    if (st == VAULT_OK &&
        (c->card[c->n].generation != r->gen ||
            memcmp(c->card[c->n].vault, c->vault, 16) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the card of generation %u is another's", r->gen);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the card of generation %u is malformed", r->gen);
    if (st == VAULT_OK)
        c->n++;
    return st;
}

struct loading {
    struct vlt_store *s;
    struct cards cards;
    struct vlt_own_logs *out;
    const struct vlt_own_logs *known; /* read before by this process, or NULL */
    size_t at; /* the log whose row comes next, in the second walk */
};

enum vault_status
vlt_session_as_replica(struct vlt_replica *out, const struct vlt_session *s,
    struct vault_error *err)
{
    memset(out, 0, sizeof *out);
    out->base = calloc(1, sizeof *out->base);
    if (out->base == NULL)
        return vlt_fail_memory(err);
    memcpy(out->vault, s->vault, sizeof out->vault);
    memcpy(out->replica, s->session, sizeof out->replica);
    out->number = s->number;
    memcpy(out->log_key, s->log_key, sizeof out->log_key);
    memcpy(out->card, s->card, sizeof out->card);
    memcpy(out->text_hash, s->text_hash, sizeof out->text_hash);
    out->bases = s->has_base;
    out->base[0] = s->base;
    return VAULT_OK;
}

/* What the note said when it was parsed: a key is looked at once. */
static void
as_session(struct vlt_session *out, const struct vlt_own_log *log)
{
    memset(out, 0, sizeof *out);
    memcpy(out->vault, log->replica.vault, sizeof out->vault);
    memcpy(out->device, log->device, sizeof out->device);
    memcpy(out->session, log->replica.replica, sizeof out->session);
    out->number = log->replica.number;
    memcpy(out->log_key, log->replica.log_key, sizeof out->log_key);
    memcpy(out->card, log->replica.card, sizeof out->card);
    memcpy(out->text_hash, log->replica.text_hash, sizeof out->text_hash);
    out->has_base = log->replica.bases == 1;
    out->base = log->replica.base[0];
}

/* The same log as it was read before, by the bytes of its note. */
static const struct vlt_own_log *
known_log(const struct loading *l, const struct vlt_own_log *as)
{
    const struct vlt_own_log *log =
        l->known != NULL ? vlt_own_log_find(l->known, as->n) : NULL;

    return log != NULL && log->session == as->session &&
            memcmp(log->note_hash, as->note_hash, 32) == 0
        ? log
        : NULL;
}

static enum vault_status
copy_replica(struct vlt_replica *out, const struct vlt_replica *r,
    struct vault_error *err)
{
    struct vlt_base_line *base = calloc(r->bases + 1, sizeof *base);

    if (base == NULL)
        return vlt_fail_memory(err);
    memcpy(base, r->base, r->bases * sizeof *base);
    *out = *r;
    out->base = base;
    return VAULT_OK;
}

static enum vault_status
parse_session(struct vlt_own_log *log, const struct vlt_own_log *known,
    const struct vlt_log_row *r, struct vault_error *err)
{
    struct vlt_session s;
    enum vault_status st = VAULT_OK;

    if (known != NULL)
        as_session(&s, known);
    else
        st = vlt_session_parse(&s, r->note, r->note_len, err);
    if (st != VAULT_OK)
        return st;
    memcpy(log->device, s.device, sizeof log->device);
    return vlt_session_as_replica(&log->replica, &s, err);
}

static enum vault_status
parse_note(const struct loading *l, struct vlt_own_log *log,
    const struct vlt_log_row *r, struct vault_error *err)
{
    const struct vlt_own_log *known;

    vlt_sha256(log->note_hash, r->note, r->note_len);
    log->session = vlt_session_is(r->note, r->note_len);
    known = known_log(l, log);
    if (log->session)
        return parse_session(log, known, r, err);
    return known != NULL
        ? copy_replica(&log->replica, &known->replica, err)
        : vlt_replica_parse(&log->replica, r->note, r->note_len, err);
}

/* A session is checked later, by the one before it. */
static enum vault_status
check_by_card(const struct loading *l, const struct vlt_own_log *log,
    const struct vlt_log_row *r, struct vault_error *err)
{
    size_t i;

    for (i = 0; i < l->cards.n; i++) {
        if (memcmp(l->cards.card[i].fingerprint, log->replica.card, 32) == 0)
            return log->session || known_log(l, log) != NULL
                ? VAULT_OK
                : vlt_replica_check(r->note, r->note_len, &l->cards.card[i],
                      err);
    }
    return vlt_fail(err, VAULT_E_TAMPERED,
        "log %" PRIu64 ": signed under a card that is not here", r->n);
}

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct loading *l = ctx;
    struct vlt_own_log *more, *log;
    char origin[VLT_NAME_MAX + 1];
    enum vault_status st;

    if (l->out->n >= LOGS_MAX)
        return vlt_fail(err, VAULT_E_TAMPERED, "too many logs");
    more = realloc(l->out->log, (l->out->n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    l->out->log = more;
    log = &more[l->out->n];
    memset(log, 0, sizeof *log);
    log->n = r->n;
    st = parse_note(l, log, r, err);
    if (st == VAULT_E_FORMAT)
        st = vlt_fail(err, VAULT_E_TAMPERED, "log %" PRIu64 ": malformed note",
            r->n);
    if (st != VAULT_OK)
        return st;
    l->out->n++;
    vlt_name_origin(origin, l->cards.vault, log->replica.replica);
    if (memcmp(log->replica.vault, l->cards.vault, 16) != 0 ||
        strlen(origin) != r->origin_len ||
        memcmp(origin, r->origin, r->origin_len) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": the note is another log's", r->n);
    memcpy(log->origin, origin, sizeof origin);
    return check_by_card(l, log, r, err);
}

/* known: the same log as it was read before, or NULL. */
static enum vault_status
load_checkpoint(struct vlt_store *s, const struct vlt_own_log *known,
    struct vlt_own_log *log, struct vault_error *err)
{
    struct vlt_checkpoint_row row;
    struct vlt_checkpoint cp;
    struct vlt_note note;
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = vlt_checkpoint_newest(s, log->n, &row, &text, err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&note, row.note, row.note_len, err);
    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&cp, note.text, note.text_len, err);
    if (st == VAULT_OK)
        vlt_sha256(log->point_hash, row.note, row.note_len);
    if (st == VAULT_OK &&
        (known == NULL || memcmp(known->point_hash, log->point_hash, 32) != 0))
        st = vlt_note_check(&note, log->origin, log->replica.log_key, err);
    if (st == VAULT_OK &&
        (strcmp(cp.origin, log->origin) != 0 || cp.size != row.size ||
            cp.size == 0))
        st = vlt_fail(err, VAULT_E_TAMPERED, "the checkpoint is another's");
    if (st == VAULT_OK) {
        log->size = cp.size;
        memcpy(log->root, cp.root, 32);
        vlt_note_text_hash(log->checkpoint, &note);
    }
    vlt_buf_clear(&text);
    if (st == VAULT_E_FORMAT || st == VAULT_E_NOT_FOUND)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": no well-formed checkpoint", log->n);
    return st;
}

/* Leaves that no checkpoint covers were put there by somebody else. */
static enum vault_status
check_head(struct vlt_store *s, const struct vlt_own_log *known,
    struct vlt_own_log *log, struct vault_error *err)
{
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    uint8_t root[32];
    uint64_t leaves;
    enum vault_status st;

    st = load_checkpoint(s, known, log, err);
    if (st == VAULT_OK)
        st = vlt_leaf_count(s, log->n, &leaves, err);
    if (st != VAULT_OK)
        return st;
    if (leaves != log->size)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": %" PRIu64
            " leaves, but the checkpoint speaks of %" PRIu64,
            log->n, leaves, log->size);
    vlt_log_tree_io(&tree, s, log->n, false, &io);
    st = vlt_tree_root(&io, log->size, root, err);
    if (st == VAULT_OK && memcmp(root, log->root, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": the leaves do not give the signed root", log->n);
    return st;
}

enum vault_status
vlt_own_log_head(struct vlt_store *s, struct vlt_own_log *log,
    struct vault_error *err)
{
    return check_head(s, NULL, log, err);
}

/* ---- sessions: each signed by the one before it ---- */

/* They came in one after the other: it is most often the one before. */
static const struct vlt_own_log *
session_before(const struct vlt_own_logs *logs, size_t at)
{
    const struct vlt_own_log *of = &logs->log[at];
    size_t i;

    for (i = 0; i < logs->n; i++) {
        const struct vlt_own_log *log =
            &logs->log[(at + logs->n - 1 - i) % logs->n];

        if (log->session && memcmp(log->device, of->device, 8) == 0 &&
            memcmp(log->replica.replica, of->replica.base[0].replica, 8) == 0 &&
            log->replica.number + 1 == of->replica.number)
            return log;
    }
    return NULL;
}

struct anchor {
    const struct vlt_session *session;
    const struct cards *cards;
    bool found;
};

static enum vault_status
take_device(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct anchor *a = ctx;
    struct vlt_device d;
    size_t i;

    (void)err;
    if (vlt_device_parse(&d, note, len, NULL) != VAULT_OK ||
        memcmp(d.device, a->session->device, 8) != 0 ||
        memcmp(d.first, a->session->text_hash, 32) != 0)
        return VAULT_OK;
    for (i = 0; i < a->cards->n && !a->found; i++)
        a->found =
            vlt_device_check(note, len, &a->cards->card[i], NULL) == VAULT_OK;
    return VAULT_OK;
}

static bool
is_known(const struct loading *l, const struct vlt_own_log *log)
{
    return log->session && known_log(l, log) != NULL;
}

/* A session whose predecessor is not here must be one that a device note
 * begins with. */
static enum vault_status
check_session(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct loading *l = ctx;
    const struct vlt_own_log *before;
    struct vlt_session s;
    struct anchor a = {&s, &l->cards, false};
    size_t at = l->at++;
    enum vault_status st = VAULT_OK;

    if (at >= l->out->n || l->out->log[at].n != r->n)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": its row changed while it was read", r->n);
    if (!l->out->log[at].session)
        return VAULT_OK;
    as_session(&s, &l->out->log[at]);
    before = s.has_base ? session_before(l->out, at) : NULL;
    if (before == NULL && s.has_base) {
        st = vlt_notes(l->s, "device", take_device, &a, err);
        if (st == VAULT_OK && !a.found)
            st = vlt_fail(err, VAULT_E_TAMPERED,
                "log %" PRIu64 ": a session that follows none that is here",
                r->n);
        return st;
    }
    /* signed by one whose note is the same, too */
    if (!is_known(l, &l->out->log[at]) ||
        (before != NULL && !is_known(l, before)))
        st = vlt_session_check_as(&s, r->note, r->note_len,
            before != NULL ? before->replica.log_key : NULL, err);
    if (st == VAULT_OK && before != NULL &&
        (before->size != s.base.size ||
            memcmp(before->checkpoint, s.base.checkpoint, 32) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": the session before it ended otherwise", r->n);
    return st;
}

static enum vault_status
check_sessions(struct loading *l, struct vault_error *err)
{
    bool replica = false;
    bool session = false;
    uint64_t n = 0;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; i < l->out->n; i++) {
        session = session || l->out->log[i].session;
        replica = replica || !l->out->log[i].session;
    }
    if (!replica)
        return vlt_fail(err, VAULT_E_TAMPERED, "the vault has no log");
    if (session)
        st = vlt_logs(l->s, check_session, l, err);
    if (st == VAULT_OK && session)
        st = vlt_count(l->s,
            "SELECT count(*) FROM leaf WHERE kind IN "
            "('card', 'settings', 'slots') AND log IN (SELECT n FROM log "
            "WHERE substr(note, 1, 17) = 'sanduq.v1/session')",
            &n, err);
    if (st == VAULT_OK && n > 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "a session speaks of cards, settings or slots");
    return st;
}

enum vault_status
vlt_own_logs_load_again(struct vlt_store *s, const uint8_t vault[16],
    const struct vlt_own_logs *known, struct vlt_own_logs *out,
    struct vault_error *err)
{
    struct vlt_own_logs logs = {0, NULL};
    struct loading l = {s, {vault, 0, NULL}, &logs, known, 0};
    enum vault_status st;
    size_t i;

    st = vlt_identities(s, take_card, &l.cards, err);
    if (st == VAULT_OK)
        st = vlt_logs(s, take_log, &l, err);
    for (i = 0; st == VAULT_OK && i < logs.n; i++) {
        struct vlt_own_log *log = &logs.log[i];

        st = check_head(s, known_log(&l, log), log, err);
    }
    if (st == VAULT_OK)
        st = check_sessions(&l, err);
    free(l.cards.card);
    if (st != VAULT_OK) {
        vlt_own_logs_clear(&logs);
        return st;
    }
    *out = logs;
    return VAULT_OK;
}

enum vault_status
vlt_own_logs_load(struct vlt_store *s, const uint8_t vault[16],
    struct vlt_own_logs *out, struct vault_error *err)
{
    return vlt_own_logs_load_again(s, vault, NULL, out, err);
}

void
vlt_own_logs_clear(struct vlt_own_logs *l)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        vlt_replica_clear(&l->log[i].replica);
    free(l->log);
    l->log = NULL;
    l->n = 0;
}

const struct vlt_own_log *
vlt_own_log_find(const struct vlt_own_logs *l, uint64_t n)
{
    size_t low = 0;
    size_t high = l->n;

    while (low < high) { /* they are read in the order of their numbers */
        size_t mid = low + (high - low) / 2;

        if (l->log[mid].n == n)
            return &l->log[mid];
        if (l->log[mid].n < n)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

enum vault_status
vlt_own_leaf_check(struct vlt_store *s, const struct vlt_own_log *log,
    uint64_t idx, const struct vlt_leaf *leaf, struct vault_error *err)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    uint8_t hash[32];
    size_t n = 0;
    enum vault_status st;

    if (idx >= log->size)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "leaf %" PRIu64 " lies beyond the checkpoint", idx);
    vlt_leaf_text_hash(hash, leaf);
    vlt_log_tree_io(&tree, s, log->n, false, &io);
    st = vlt_tree_inclusion(&io, idx, log->size, path, &n, err);
    if (st == VAULT_OK &&
        !vlt_inclusion_ok(idx, log->size, hash, path, n, log->root))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "leaf %" PRIu64 " is not in the signed log", idx);
    return st;
}

static enum vault_status
add_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct vlt_edge *e = ctx;
    uint8_t hash[32];

    if (r->idx != e->size)
        return vlt_fail(err, VAULT_E_TAMPERED, "leaf %" PRIu64 " is missing",
            e->size);
    vlt_leaf_text_hash(hash, &r->leaf);
    return vlt_edge_add(e, hash, err);
}

enum vault_status
vlt_own_log_scan(struct vlt_store *s, const struct vlt_own_log *log,
    struct vault_error *err)
{
    struct vlt_edge e;
    uint8_t root[32];
    enum vault_status st;

    vlt_edge_init(&e);
    st = vlt_leaves(s, log->n, 0, add_leaf, &e, err);
    if (st != VAULT_OK)
        return st;
    vlt_edge_root(&e, root);
    if (e.size != log->size || memcmp(root, log->root, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "log %" PRIu64 ": the leaves do not give the signed root", log->n);
    return VAULT_OK;
}
