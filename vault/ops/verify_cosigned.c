/* SPDX-License-Identifier: Apache-2.0 */
/* verify_cosigned.c: keys of witnesses, and the signature lines they made */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "checkpoint.h"
#include "clock.h"
#include "fail.h"
#include "os.h"
#include "text.h"
#include "verify_evidence.h"
#include "verify_witness.h"
#include "witnessed.h"

enum { KEYS_MAX = 4096, CARDS_MAX = 1024 };

/* ---- keys ---- */

/* As it is called in the policy, or here; else the key's own name. */
static void
name_key(const struct vlt_wit *w, struct vlt_wit_key *k, const char *name)
{
    if (k->node != VLT_POLICY_NONE)
        name = w->policy.node[k->node].name;
    if (name == NULL || !vlt_name_ok(name, strlen(name)))
        name = k->vkey.name;
    memcpy(k->shown, name, strlen(name) + 1);
}

enum vault_status
vlt_wit_key_add(struct vlt_wit *w, const struct vlt_vkey *k,
    enum vlt_wit_from from, const char *name, struct vault_error *err)
{
    struct vlt_wit_key *more, *at;
    size_t i;

    for (i = 0; i < w->keys; i++) {
        if (memcmp(w->key[i].vkey.pk, k->pk, 32) == 0 &&
            strcmp(w->key[i].vkey.name, k->name) == 0)
            return VAULT_OK;
    }
    if (w->keys >= KEYS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "more than %d keys of witnesses",
            (int)KEYS_MAX);
    more = realloc(w->key, (w->keys + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    w->key = more;
    at = &more[w->keys++];
    memset(at, 0, sizeof *at);
    at->vkey = *k;
    at->from = from;
    at->node =
        w->has_policy ? vlt_policy_witness(&w->policy, k) : VLT_POLICY_NONE;
    name_key(w, at, name);
    return VAULT_OK;
}

/* One line of what --witness gave. */
static enum vault_status
take_vkey(struct vlt_wit *w, const char *line, size_t len,
    struct vault_error *err)
{
    struct vlt_vkey k;
    enum vault_status st = vlt_vkey_decode(&k, line, len, NULL);

    if (st == VAULT_E_NEWER)
        return vlt_fail(err, VAULT_E_USAGE,
            "the key given for a witness is of a type that this program can "
            "not check");
    if (st != VAULT_OK)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "it is one line NAME+8 DIGITS+BASE64, as sanduq witness init "
            "prints it; a card will do for what a witness says it has seen",
            "this is no key of a witness");
    if (k.type != VLT_VKEY_COSIGNATURE)
        return vlt_fail(err, VAULT_E_USAGE,
            "the key of a log, not of a witness: %s", k.name);
    return vlt_wit_key_add(w, &k, VLT_WIT_GIVEN, NULL, err);
}

static bool
take_card(struct vlt_wit *w, const char *given)
{
    struct vlt_card card, *more;

    if (w->cards >= CARDS_MAX ||
        vlt_card_parse(&card, given, strlen(given), NULL) != VAULT_OK)
        return false;
    more = realloc(w->card, (w->cards + 1) * sizeof *more);
    if (more == NULL)
        return false;
    w->card = more;
    more[w->cards++] = card;
    return true;
}

/* A card, or lines with a key each; empty ones and remarks aside. */
static enum vault_status
take_witness(struct vlt_wit *w, const char *given, struct vault_error *err)
{
    const char *end;
    enum vault_status st = VAULT_OK;
    size_t before = w->keys, len;
    bool any = false;

    if (take_card(w, given))
        return VAULT_OK;
    for (; st == VAULT_OK && *given != 0; given = *end == 0 ? end : end + 1) {
        end = given + strcspn(given, "\n");
        len = (size_t)(end - given);
        while (len > 0 && (given[len - 1] == '\r' || given[len - 1] == ' '))
            len--;
        if (len == 0 || *given == '#')
            continue;
        any = true;
        st = take_vkey(w, given, len, err);
    }
    if (st == VAULT_OK && !any && w->keys == before)
        st = take_vkey(w, "", 0, err);
    return st;
}

/* ---- what the caller gave ---- */

enum vault_status
vlt_wit_policy_add(struct vlt_wit *w, const char *text, enum vlt_wit_from from,
    struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st;
    size_t i;

    vlt_error_clear(&why);
    st = vlt_policy_parse(&w->policy, text, strlen(text), &why);
    if (st != VAULT_OK && err != NULL) {
        *err = why;
        if (st == VAULT_E_FORMAT)
            err->code = VAULT_E_USAGE;
    }
    if (st != VAULT_OK)
        return st == VAULT_E_FORMAT ? VAULT_E_USAGE : st;
    w->has_policy = true;
    w->held = calloc(w->policy.nodes + 1, sizeof *w->held);
    if (w->held == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < w->keys; i++)
        w->key[i].node = vlt_policy_witness(&w->policy, &w->key[i].vkey);
    for (i = 0; st == VAULT_OK && i < w->policy.nodes; i++) {
        if (!w->policy.node[i].group && w->policy.node[i].key.usable)
            st = vlt_wit_key_add(w, &w->policy.node[i].key.vkey, from, NULL,
                err);
    }
    return st;
}

/* Its form only: another text there is a mistake, and no evidence. */
static enum vault_status
look_at_seen(const char *text, struct vault_error *err)
{
    struct vlt_witnessed said;
    enum vault_status st = vlt_witnessed_parse(&said, text, strlen(text), NULL);

    if (st == VAULT_E_FORMAT)
        return vlt_fail(err, VAULT_E_USAGE,
            "--witnessed: this is not what a witness says it has seen");
    if (st != VAULT_OK)
        return vlt_fail_memory(err);
    vlt_witnessed_clear(&said);
    return VAULT_OK;
}

enum vault_status
vlt_wit_begin(struct vlt_verify *v, struct vault_error *err)
{
    struct vlt_wit *w = calloc(1, sizeof *w);
    enum vault_status st = VAULT_OK;
    size_t i;

    if (w == NULL)
        return vlt_fail_memory(err);
    v->wit = w;
    w->now = vlt_os_time();
    w->time_all = -1;
    w->policy.quorum = VLT_POLICY_NONE;
    if (v->opt->policy != NULL)
        st = vlt_wit_policy_add(w, v->opt->policy, VLT_WIT_POLICY, err);
    for (i = 0; st == VAULT_OK && i < v->opt->witnesses_len; i++)
        st = take_witness(w, v->opt->witnesses[i], err);
    for (i = 0; st == VAULT_OK && i < v->opt->cards_len; i++)
        (void)take_card(w, v->opt->cards[i]);
    for (i = 0; st == VAULT_OK && i < v->opt->witnessed_len; i++)
        st = look_at_seen(v->opt->witnessed[i], err);
    return st;
}

void
vlt_wit_end(struct vlt_verify *v)
{
    if (v->wit == NULL)
        return;
    vlt_policy_clear(&v->wit->policy);
    free(v->wit->key);
    free(v->wit->held);
    free(v->wit->card);
    free(v->wit->state);
    free(v->wit);
    v->wit = NULL;
}

bool
vlt_wit_log_key(const struct vlt_verify *v, const char *origin, uint8_t out[32])
{
    const struct vlt_policy *p = v->wit == NULL ? NULL : &v->wit->policy;
    size_t i;

    for (i = 0; p != NULL && i < p->logs; i++) {
        if (p->log[i].usable && strcmp(p->log[i].vkey.name, origin) == 0) {
            memcpy(out, p->log[i].vkey.pk, 32);
            return true;
        }
    }
    return false;
}

/* ---- one checkpoint ---- */

/* The vault that a log is of, as its own witness: whoever wrote the log made
 * that signature too. */
static bool
is_self(const struct vlt_vkey *k, const char *origin, const uint8_t key[32])
{
    const char *slash = strrchr(origin, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - origin) + 1;

    if (memcmp(k->pk, key, 32) == 0)
        return true;
    return len > 0 && strncmp(k->name, origin, len) == 0 &&
        strcmp(k->name + len, "witness") == 0;
}

struct lines {
    struct vlt_verify *v;
    const struct vlt_note *n;
    const char *origin;
    const uint8_t *key;
    struct vlt_wit_point *out;
};

/* Facts go out when all lines of the note are known to hold or not. */
static void
tell_line(const struct lines *l, const struct vlt_note_line *line,
    const struct vlt_wit_key *k, enum vault_evidence_state state, uint64_t time)
{
    struct vault_evidence e = vlt_fact(VAULT_EV_COSIGNATURE, state);
    char name[VLT_NAME_MAX + 1], vkey[VLT_VKEY_TEXT];
    size_t len = line->name_len <= VLT_NAME_MAX
        ? line->name_len
        : vlt_utf8_cut(line->name, VLT_NAME_MAX);

    if (l->v->wit->again)
        return;
    memcpy(name, line->name, len);
    name[len] = 0;
    e.origin = l->origin;
    e.size = l->out->size;
    memcpy(e.hash, l->out->root, 32);
    e.word = name;
    if (k != NULL) {
        vlt_vkey_text(vkey, &k->vkey);
        e.vkey = vkey;
        e.in_policy = k->node != VLT_POLICY_NONE;
    }
    if (state == VAULT_EV_HELD)
        e.time = (int64_t)time;
    vlt_tell_fact(l->v, &e);
}

/* Which known key made line i, if one did. VAULT_E_NOT_FOUND: none is named;
 * VAULT_E_TAMPERED: *k is named, and none that is made it. */
static enum vault_status
who_signed(const struct lines *l, size_t i, struct vlt_wit_key **k,
    uint64_t *time, struct vault_error *err)
{
    struct vlt_wit *w = l->v->wit;
    enum vault_status found = VAULT_E_NOT_FOUND, st;
    size_t j;

    for (j = 0; j < w->keys; j++) {
        if (memcmp(w->key[j].vkey.key_id, l->n->line[i].key_id, 4) != 0)
            continue;
        st = vlt_cosignature_check(l->n, i, &w->key[j].vkey, time, err);
        if (st == VAULT_E_NOT_FOUND)
            continue;
        *k = &w->key[j];
        if (st != VAULT_E_TAMPERED)
            return st;
        found = st;
    }
    return found;
}

/* One line that holds. */
static void
count_line(const struct lines *l, struct vlt_wit_key *k, int64_t time)
{
    struct vlt_wit_point *out = l->out;
    struct vlt_wit *w = l->v->wit;

    out->held++;
    out->future += time > w->now;
    if (out->time < 0 || time < out->time)
        out->time = time;
    if (k->node != VLT_POLICY_NONE)
        w->held[k->node] = true;
    if (k->lines == 0 || out->size > k->size ||
        (out->size == k->size && time < k->time)) {
        k->size = out->size;
        k->time = time;
    }
    k->lines++;
}

/* What each line is, before any of them counts. */
struct judged {
    enum vault_status st;
    struct vlt_wit_key *k;
    uint64_t time;
    bool own, self;
    bool early; /* it holds, and names a time before there was such a log */
};

static enum vault_status
judge_lines(const struct lines *l, struct judged *j, struct vault_error *err)
{
    size_t len = strlen(l->origin);
    size_t i;

    for (i = 0; i < l->n->lines; i++) {
        const struct vlt_note_line *line = &l->n->line[i];

        j[i].own =
            line->name_len == len && memcmp(line->name, l->origin, len) == 0;
        if (j[i].own)
            continue; /* the log's own, which was judged before */
        j[i].st = who_signed(l, i, &j[i].k, &j[i].time, NULL);
        if (j[i].st == VAULT_E_TAMPERED && l->out->bad == NULL)
            l->out->bad = j[i].k;
        if (j[i].st != VAULT_OK && j[i].st != VAULT_E_TAMPERED &&
            j[i].st != VAULT_E_NOT_FOUND)
            return vlt_fail_memory(err);
        j[i].self =
            j[i].st == VAULT_OK && is_self(&j[i].k->vkey, l->origin, l->key);
        j[i].early = j[i].st == VAULT_OK && !j[i].self &&
            j[i].time < (uint64_t)VLT_CLOCK_FLOOR;
    }
    return VAULT_OK;
}

/* The same line twice says nothing more. */
static bool
is_again(const struct judged *j, size_t i)
{
    size_t k;

    for (k = 0; k < i; k++) {
        if (j[k].st == VAULT_OK && j[k].k == j[i].k && j[k].time == j[i].time)
            return true;
    }
    return false;
}

static void
count_lines(const struct lines *l, const struct judged *j)
{
    size_t i;

    for (i = 0; i < l->n->lines; i++) {
        enum vault_evidence_state state = VAULT_EV_UNKNOWN;

        if (j[i].own)
            continue;
        if (j[i].st == VAULT_E_TAMPERED)
            state = VAULT_EV_FAILED;
        else if (j[i].st == VAULT_OK && !j[i].self && !j[i].early &&
            l->out->bad == NULL)
            state = VAULT_EV_HELD;
        l->out->unknown += j[i].st == VAULT_E_NOT_FOUND;
        l->out->self += j[i].self;
        l->out->early += j[i].early;
        if (state == VAULT_EV_HELD && !is_again(j, i))
            count_line(l, j[i].k, (int64_t)j[i].time);
        tell_line(l, &l->n->line[i], j[i].k, state, j[i].time);
    }
}

enum vault_status
vlt_wit_lines(struct vlt_verify *v, const char *origin, const uint8_t key[32],
    const char *note, size_t len, struct vlt_wit_point *out,
    struct vault_error *err)
{
    struct judged j[VLT_NOTE_LINES];
    struct vlt_checkpoint cp;
    struct vlt_note n;
    struct lines l = {v, &n, origin, key, out};
    struct vlt_wit *w = v->wit;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&cp, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    memset(out, 0, sizeof *out);
    memset(j, 0, sizeof j);
    out->size = cp.size;
    memcpy(out->root, cp.root, 32);
    out->time = -1;
    if (w->has_policy)
        memset(w->held, 0, w->policy.nodes * sizeof *w->held);
    st = judge_lines(&l, j, err);
    if (st != VAULT_OK)
        return st;
    count_lines(&l, j);
    v->verdict.cosignatures += out->held;
    out->quorum = w->has_policy && vlt_policy_quorum(&w->policy, w->held) &&
        out->bad == NULL;
    return VAULT_OK;
}
