/* SPDX-License-Identifier: Apache-2.0 */
/* witness_judge.c: whether a witness may sign the state of a log */
#include "nmark.h"
#include "witness_judge.h"
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "text.h"
#include "tree.h"

/* ---- what is known here ---- */

static enum vault_status
take_card(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct vlt_judging *j = ctx;
    struct vlt_judge_card *more = j->card, *c;

    if ((j->cards & (j->cards - 1)) == 0)
        more = realloc(more, (j->cards == 0 ? 1 : 2 * j->cards) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    j->card = more;
    c = &more[j->cards++];
    memset(c, 0, sizeof *c);
    memcpy(c->name, p->name, vlt_utf8_cut(p->name, VLT_PIN_NAME));
    c->state = p->state;
    c->card = p->card;
    return VAULT_OK;
}

enum vault_status
vlt_judging_load(struct vlt_judging *j, struct vault *v,
    struct vault_error *err)
{
    enum vault_status st;

    j->v = v;
    st = vlt_pins(v, take_card, j, err);
    return st == VAULT_OK ? vlt_seens_load(v, &j->seens, err) : st;
}

void
vlt_judging_clear(struct vlt_judging *j)
{
    vlt_intros_clear(&j->intros);
    vlt_seens_clear(&j->seens);
    free(j->card);
    j->card = NULL;
    j->cards = 0;
}

static const struct vlt_judge_card *
newest_card(const struct vlt_judging *j, const uint8_t vault[16])
{
    const struct vlt_judge_card *best = NULL;
    size_t i;

    for (i = 0; i < j->cards; i++) {
        const struct vlt_judge_card *c = &j->card[i];

        if (memcmp(c->card.vault, vault, 16) == 0 &&
            (best == NULL || c->card.generation > best->card.generation))
            best = c;
    }
    return best;
}

/* ---- the judgement ---- */

/* What came of it, and why: d->why was just filled. */
static void
judged(struct vlt_judged *d, enum vault_judged what, enum vault_status st)
{
    d->what = what;
    assert(st != VAULT_OK && d->why.code == st);
    (void)st;
}

/* sanduq.invalid/<vault>/<replica or session> */
static bool
our_origin(const char *origin, uint8_t vault[16], uint8_t id[8])
{
    static const char first[] = "sanduq.invalid/";
    size_t n = sizeof first - 1;

    return strlen(origin) == n + 32 + 1 + 16 && memcmp(origin, first, n) == 0 &&
        origin[n + 32] == '/' && vlt_unhex(vault, 16, origin + n, 32) &&
        vlt_unhex(id, 8, origin + n + 33, 16);
}

/* The newest card of the log's vault must not have fallen out of trust; of a
 * log that is new the card that speaks for it is looked at by itself. */
static bool
still_trusted(struct vlt_judged *d, const struct vlt_judge_card *c, bool is_new)
{
    if (c == NULL)
        judged(d, VAULT_JUDGED_UNKNOWN,
            vlt_fail_hint(&d->why, VAULT_E_POLICY,
                "sanduq card add pins it again",
                "no card of the vault of this log is pinned any more"));
    else if (c->state == VLT_PIN_REVOKED || c->state == VLT_PIN_REFUSED ||
        (c->state == VLT_PIN_UNKNOWN && !is_new))
        judged(d, VAULT_JUDGED_UNKNOWN,
            vlt_fail_hint(&d->why, VAULT_E_POLICY,
                "ask the person for the card that is right now, over another "
                "way",
                "the card of \"%s\" is %-s", c->name,
                vlt_pin_state_word(c->state)));
    else
        return true;
    return false;
}

static enum vault_status
judge_new(struct vlt_judging *j, struct vlt_judged *d, const uint8_t vault[16],
    const uint8_t id[8], struct vlt_seen **out, struct vault_error *err)
{
    uint8_t key[32];
    enum vault_status st = vlt_judge_admit(j, vault, id, key, &d->why);

    if (st == VAULT_E_MEMORY || st == VAULT_E_IO)
        return vlt_fail_memory(err);
    if (st != VAULT_OK) {
        d->what =
            st == VAULT_E_TAMPERED ? VAULT_JUDGED_FORGED : VAULT_JUDGED_UNKNOWN;
        return VAULT_OK;
    }
    if (vlt_seens_of(&j->seens, vault) >= VAULT_WITNESSED_LOGS) {
        judged(d, VAULT_JUDGED_UNKNOWN,
            vlt_fail(&d->why, VAULT_E_LIMIT,
                "%d logs of this vault were signed for: no more",
                VAULT_WITNESSED_LOGS));
        return VAULT_OK;
    }
    st = vlt_seens_add(&j->seens, out, err);
    if (st != VAULT_OK)
        return st;
    d->first = true;
    memcpy((*out)->vault, vault, 16);
    memcpy((*out)->key, key, 32);
    memcpy((*out)->origin, d->c.origin, sizeof d->c.origin);
    return VAULT_OK;
}

/* What the request says of itself. */
static bool
sound(struct vlt_judged *d)
{
    if (d->c.size == 0 || d->c.size > INT64_MAX || d->ask.old > d->c.size) {
        judged(d, VAULT_JUDGED_BAD,
            vlt_fail(&d->why, VAULT_E_FORMAT,
                "a state of %" PRIu64 " entries cannot follow one of %" PRIu64,
                d->c.size, d->ask.old));
        return false;
    }
    if (d->ask.old == 0 && d->ask.n > 0) {
        judged(d, VAULT_JUDGED_BAD,
            vlt_fail(&d->why, VAULT_E_FORMAT,
                "a proof from a state without entries"));
        return false;
    }
    return true;
}

/* Both go to whoever keeps them: with a state that does not agree, or whose
 * proof does not. */
static enum vault_status
keep_before(struct vlt_judged *d, const struct vlt_seen *s,
    struct vault_error *err)
{
    vlt_buf_put(&d->before, s->note.p, s->note.len);
    return vlt_buf_end(&d->before, "checkpoint", err);
}

/* Against what was signed before. At the same size and root it is signed again:
 * the answer may have been lost. */
static enum vault_status
judge_next(struct vlt_judged *d, const struct vlt_seen *s,
    struct vault_error *err)
{
    if (d->c.size < s->size) {
        judged(d, VAULT_JUDGED_SHRUNK,
            vlt_fail_hint(&d->why, VAULT_E_POLICY,
                "an older request, or the log was set back: do not take it for "
                "the log's state",
                "the log shrank: %" PRIu64 " entries, and %" PRIu64
                " were signed before",
                d->c.size, s->size));
    } else if (d->c.size == s->size) {
        if (memcmp(d->c.root, s->root, 32) == 0)
            return VAULT_OK;
        judged(d, VAULT_JUDGED_FORK,
            vlt_fail_hint(&d->why, VAULT_E_TAMPERED,
                "keep the request: with the state signed before it is evidence. "
                "The log's key signed both: tampering, or a machine that was "
                "restored together with its state",
                "a fork: another state of %" PRIu64
                " entries was signed before",
                s->size));
        return keep_before(d, s, err);
    } else if (d->ask.old != s->size) {
        judged(d, VAULT_JUDGED_OLD,
            vlt_fail_hint(&d->why, VAULT_E_POLICY,
                "give the answer back: it says from where to prove",
                "%" PRIu64
                " entries were signed before, and the request begins "
                "at %" PRIu64 "%-s",
                s->size, d->ask.old,
                d->ask.old > s->size
                    ? N_("; if that was signed here, this vault is an older copy")
                    : ""));
    } else if (s->size > 0 &&
        !vlt_consistency_ok(s->size, d->c.size, s->root, d->c.root, d->ask.path,
            d->ask.n)) {
        judged(d, VAULT_JUDGED_BAD,
            vlt_fail_hint(&d->why, VAULT_E_FORMAT,
                "ask for the request once more, and keep both: a proof that "
                "was changed on its way does this. When no request ever "
                "follows, the log may have two histories",
                "the proof does not show that the state of %" PRIu64
                " entries follows from that of %" PRIu64
                ", which was signed before: damaged, or of another history",
                d->c.size, s->size));
        return keep_before(d, s, err);
    }
    return VAULT_OK;
}

static enum vault_status
keep(struct vlt_judging *j, struct vlt_judged *d, const struct vlt_note *n,
    struct vlt_seen *s, struct vault_error *err)
{
    d->what = VAULT_JUDGED_SIGNED;
    if (s->size == d->c.size && s->id != 0)
        return VAULT_OK;
    s->size = d->c.size;
    memcpy(s->root, d->c.root, 32);
    s->time = vlt_now(j->v);
    s->changed = true;
    /* as evidence of what the log signed */
    return vlt_note_single(&s->note, n, s->origin, s->key, err);
}

static enum vault_status
judge_log(struct vlt_judging *j, struct vlt_judged *d, const uint8_t vault[16],
    const uint8_t id[8], struct vault_error *err)
{
    struct vlt_seen *s = vlt_seens_find(&j->seens, d->c.origin);
    const struct vlt_judge_card *c = newest_card(j, vault);
    struct vlt_note n;
    enum vault_status st = VAULT_OK;

    if (c != NULL)
        memcpy(d->name, c->name, sizeof d->name);
    /* one that was never pinned is told as such by what admits a log */
    if ((s != NULL || c != NULL) && !still_trusted(d, c, s == NULL))
        return VAULT_OK;
    if (s == NULL)
        st = judge_new(j, d, vault, id, &s, err);
    if (st != VAULT_OK || s == NULL)
        return st;
    d->kept = s->size;
    st = vlt_note_parse(&n, d->ask.checkpoint, d->ask.checkpoint_len, err);
    if (st != VAULT_OK)
        return st;
    if (vlt_note_check(&n, d->c.origin, s->key, NULL) != VAULT_OK)
        judged(d, VAULT_JUDGED_FORGED,
            vlt_fail(&d->why, VAULT_E_TAMPERED,
                "not signed by the key of this log"));
    else if (sound(d))
        st = judge_next(d, s, err);
    if (st == VAULT_OK && d->why.code == VAULT_OK)
        return keep(j, d, &n, s, err);
    if (st == VAULT_OK && d->first) /* nothing was signed: not known either */
        vlt_buf_clear(&j->seens.at[--j->seens.n].note);
    return st;
}

enum vault_status
vlt_judge_request(struct vlt_judging *j, struct vlt_judged *d,
    struct vault_error *err)
{
    uint8_t vault[16], id[8];
    struct vlt_note n;
    enum vault_status st =
        vlt_note_parse(&n, d->ask.checkpoint, d->ask.checkpoint_len, err);

    if (st != VAULT_OK)
        return st;
    d->text = n.text;
    d->text_len = n.text_len;
    vlt_error_clear(&d->why);
    st = vlt_checkpoint_decode(&d->c, n.text, n.text_len, &d->why);
    if (st == VAULT_E_FORMAT) { /* extension lines, say: the others go on */
        judged(d, VAULT_JUDGED_BAD, st);
        return VAULT_OK;
    }
    if (st != VAULT_OK) {
        if (err != NULL)
            *err = d->why;
        return st;
    }
    if (!our_origin(d->c.origin, vault, id))
        judged(d, VAULT_JUDGED_UNKNOWN,
            vlt_fail(&d->why, VAULT_E_POLICY, "not the log of a vault"));
    else if (memcmp(vault, j->v->id, 16) == 0)
        judged(d, VAULT_JUDGED_UNKNOWN,
            vlt_fail_hint(&d->why, VAULT_E_POLICY,
                "ask another person, who has a vault of their own",
                "this is a log of this vault itself: nobody is a witness for "
                "themselves"));
    else
        return judge_log(j, d, vault, id, err);
    return VAULT_OK;
}
