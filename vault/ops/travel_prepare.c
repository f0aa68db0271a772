/* SPDX-License-Identifier: Apache-2.0 */
/* travel_prepare.c: a file for the way, that its bearer cannot open */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <vault/travel.h>

#include "action.h"
#include "challenge.h"
#include "fail.h"
#include "hash.h"
#include "os.h"
#include "renew.h"
#include "settings.h"
#include "state.h"
#include "statefolder.h"
#include "travel_file.h"

static_assert((int)VAULT_TRAVEL_WAYS <= (int)VLT_SLOT_MAX &&
        (int)VAULT_TRAVEL_WAYS == (int)VLT_PLAN_WAYS,
    "every way has its slot, and its line in the plan");

struct preparing {
    struct vault *v;
    const char *path;
    const struct vault_travel_options *o;
    vault_challenge_fn challenge;
    void *ctx;
    struct vlt_card card[VAULT_TRAVEL_WAYS]; /* of the ways that have one */
    struct vlt_renew_way way[VAULT_TRAVEL_WAYS];
    struct vlt_renewed done;
    struct vault *made; /* the travel file, unlocked */
    struct vlt_plan plan;
    bool planned; /* it is on the disk */
};

/* ---- what there must be ---- */

/* What opens the travel file is given only to a card that was compared. */
static enum vault_status
hq_card(struct vault *v, const char *name, struct vlt_card *out,
    struct vault_error *err)
{
    char own[VLT_PIN_NAME + 1];
    struct vlt_pin p;
    enum vault_status st = vlt_pin_name(name, own, err);

    if (st == VAULT_OK)
        st = vlt_read_begin(v, err);
    if (st != VAULT_OK)
        return st;
    vlt_pin_init(&p);
    st = vlt_pin_by_name(v, own, &p, err);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK && p.state != VLT_PIN_KNOWN)
        st = vlt_fail_hint(err, VAULT_E_POLICY,
            "compare its fingerprint with its owner: sanduq card add",
            "the card of \"%s\" is %s: nothing is sealed to it that opens a "
            "vault",
            p.name, vlt_pin_state_word(p.state));
    if (st == VAULT_OK)
        *out = p.card;
    vlt_pin_clear(&p);
    return st;
}

static enum vault_status
check_way(struct preparing *k, size_t i, struct vault_error *err)
{
    const struct vault_travel_way *w = &k->o->way[i];
    enum vault_status st;

    if (w->card != NULL && w->shares == NULL) {
        st = hq_card(k->v, w->card, &k->card[i], err);
        k->way[i] = (struct vlt_renew_way){.card = &k->card[i]};
        return st;
    }
    if (w->card != NULL || w->shares == NULL || w->shares->recovery == NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "a way back is shares or a card: its bearer holds neither a "
            "passphrase nor a key file");
    k->way[i] = (struct vlt_renew_way){.key = w->shares};
    return VAULT_OK;
}

static enum vault_status
free_name(const char *path, struct vault_error *err)
{
    if (path == NULL || !vlt_os_exists(path))
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
        "%s exists already; it was not touched", path);
}

static enum vault_status
check(struct preparing *k, struct vault_error *err)
{
    char plan[VLT_TRAVEL_PATH];
    enum vault_status st = vlt_need_unlocked(k->v, err);
    size_t i;

    if (st == VAULT_OK && (k->o->ways == 0 || k->o->ways > VAULT_TRAVEL_WAYS))
        st = vlt_fail(err, VAULT_E_USAGE,
            "a way back is needed: the card of headquarters, or shares");
    if (st == VAULT_OK)
        st = free_name(k->path, err);
    if (st == VAULT_OK)
        st = free_name(k->o->capture, err);
    if (st == VAULT_OK)
        st = vlt_travel_name(k->path, ".travel", plan, err);
    if (st == VAULT_OK)
        st = free_name(plan, err);
    for (i = 0; st == VAULT_OK && i < k->o->ways; i++)
        st = check_way(k, i, err);
    return st;
}

/* ---- the plan: what is here, as only the unlocked vault can say ---- */

static enum vault_status
leave(struct vlt_plan *p, const char *word, const char *path,
    struct vault_error *err)
{
    char full[VLT_TRAVEL_PATH];
    enum vault_status st = vlt_os_absolute(path, full, sizeof full, err);

    return st == VAULT_OK ? vlt_plan_leave(p, word, full, err) : st;
}

/* And what it is when the path goes by a link: the link may go first. */
static enum vault_status
leave_real(struct vlt_plan *p, const char *word, const char *path,
    struct vault_error *err)
{
    char real[VLT_TRAVEL_PATH];
    enum vault_status st = leave(p, word, path, err);

    if (st == VAULT_OK && vlt_os_exists(path) && !vlt_os_is_file(path))
        st = vlt_os_real(path, real, sizeof real, err);
    else
        return st;
    return st == VAULT_OK ? leave(p, word, real, err) : st;
}

static enum vault_status
state_where(const struct vault *v, char out[VLT_TRAVEL_PATH],
    struct vault_error *err)
{
    char name[18] = "/";
    enum vault_status st =
        vlt_state_folder(v->state_dir, out, VLT_TRAVEL_PATH, err);
    size_t n = strlen(out);

    if (st != VAULT_OK)
        return st;
    vlt_state_name(name + 1, v->vmk, v->id);
    if (n + sizeof name > VLT_TRAVEL_PATH)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the state folder's path is too long");
    memcpy(out + n, name, sizeof name);
    return VAULT_OK;
}

static enum vault_status
leave_state(struct vlt_plan *p, const struct vault *v, struct vault_error *err)
{
    char path[VLT_TRAVEL_PATH] = "", lock[VLT_TRAVEL_PATH];
    enum vault_status st = state_where(v, path, err);

    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = leave(p, "state", path, err);
    if (st == VAULT_OK)
        st = vlt_travel_name(path, ".staging", lock, err);
    return st == VAULT_OK ? leave(p, "lock", lock, err) : st;
}

static enum vault_status
begin_plan(struct vlt_plan *p, const struct vault *v, const uint8_t card[32],
    uint32_t generation, struct vault_error *err)
{
    char capture[VLT_TRAVEL_PATH];
    enum vault_status st;

    memcpy(p->vault, v->id, sizeof p->vault);
    p->generation = generation;
    memcpy(p->card, card, sizeof p->card);
    p->made = vlt_now(v) < 0 ? 0 : vlt_now(v);
    st = leave_real(p, "vault", v->path, err);
    if (st == VAULT_OK)
        st = vlt_travel_name(v->path, ".capture", capture, err);
    if (st == VAULT_OK)
        st = leave_real(p, "capture", capture, err);
    return st == VAULT_OK ? leave_state(p, v, err) : st;
}

/* ---- a challenge ---- */

static enum vault_status
make_challenge(struct vlt_plan_way *w, const uint8_t vault[16],
    const struct vlt_slot *slot, const struct vlt_card *to, struct vlt_buf *out,
    struct vault_error *err)
{
    struct vlt_challenge c = {0};
    enum vault_status st;

    memcpy(c.vault, vault, sizeof c.vault);
    memcpy(c.slot, slot->id, sizeof c.slot);
    vlt_sha256(c.row, slot->row, slot->len);
    st = vlt_challenge_make(&c, to, w->expect, err);
    if (st == VAULT_OK)
        st = vlt_challenge_encode(out, &c, err);
    return st;
}

/* Made, kept in the plan, and only then handed out: an answer to a challenge
 * that nobody remembers would be worth nothing. */
static enum vault_status
ask(struct preparing *k, size_t i, const struct vlt_slot *slot,
    struct vlt_buf *text, struct vault_error *err)
{
    struct vlt_plan_way *w = &k->plan.way[k->plan.ways];

    memset(w, 0, sizeof *w);
    memcpy(w->slot, slot->id, sizeof w->slot);
    w->card = k->o->way[i].card != NULL;
    w->asked = k->plan.made;
    w->proved = !w->card && k->o->way[i].typed ? k->plan.made : -1;
    k->plan.ways++;
    return w->card ? make_challenge(w, k->v->id, slot, &k->card[i], text, err)
                   : VAULT_OK;
}

static const struct vlt_slot *
slot_of(const struct vlt_slot_set *set, const uint8_t id[16])
{
    size_t i;

    for (i = 0; i < set->n; i++) {
        if (memcmp(set->slot[i].id, id, 16) == 0)
            return &set->slot[i];
    }
    return NULL;
}

static enum vault_status
hand_out(struct preparing *k, const struct vlt_buf *text,
    struct vault_error *err)
{
    size_t i;

    for (i = 0; i < k->o->ways; i++) {
        if (k->o->way[i].card != NULL && k->challenge != NULL &&
            k->challenge(k->ctx, k->o->way[i].card, (const char *)text[i].p,
                text[i].len) != 0)
            return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    return VAULT_OK;
}

static enum vault_status
challenges(struct preparing *k, struct vault_error *err)
{
    struct vlt_buf text[VAULT_TRAVEL_WAYS];
    struct vlt_travel_seen seen;
    enum vault_status st = vlt_travel_see(k->path, &seen, err);
    size_t i;

    for (i = 0; i < k->o->ways; i++)
        vlt_buf_init(&text[i], VLT_FIXED_MAX);
    for (i = 0; st == VAULT_OK && i < k->o->ways; i++) {
        const struct vlt_slot *slot = slot_of(&seen.slots, k->done.slot[i]);

        st = slot == NULL
            ? vlt_fail(err, VAULT_E_INTERNAL, "the new slot is missing")
            : ask(k, i, slot, &text[i], err);
    }
    if (st == VAULT_OK)
        st = vlt_plan_store(k->path, &k->plan, err);
    k->planned = st == VAULT_OK;
    if (st == VAULT_OK)
        st = hand_out(k, text, err);
    for (i = 0; i < k->o->ways; i++)
        vlt_buf_clear(&text[i]);
    return st;
}

/* ---- the whole ---- */

/* Whether the slot in the file is what was meant is looked at in the file. */
static enum vault_status
try_shares(struct preparing *k, struct vault_error *err)
{
    struct vault_options opt = k->v->opt;
    struct vault *v = NULL;
    enum vault_status st = VAULT_OK;
    size_t i;

    opt.no_state = true;
    for (i = 0; st == VAULT_OK && i < k->o->ways; i++) {
        if (k->o->way[i].shares == NULL)
            continue;
        st = vault_open(k->path, &opt, &v, err);
        if (st == VAULT_OK)
            st = vault_unlock(v, k->o->way[i].shares, k->done.slot[i], err);
        vault_close(v);
        v = NULL;
    }
    return st;
}

static enum vault_status
plan_all(struct preparing *k, struct vault_error *err)
{
    size_t i;
    enum vault_status st =
        begin_plan(&k->plan, k->v, k->done.card, k->done.generation, err);

    if (st == VAULT_OK && k->o->key_file != NULL)
        st = leave_real(&k->plan, "keyfile", k->o->key_file, err);
    for (i = 0; st == VAULT_OK && i < k->o->folders_len; i++)
        st = leave(&k->plan, "folder", k->o->folders[i], err);
    return st == VAULT_OK ? challenges(k, err) : st;
}

/* The travel file is there, and nobody was told of it. Without its plan or its
 * capture file it goes again, so that the sheets made for it open nothing. */
static enum vault_status
add_rest(struct preparing *k, struct vault_error *err)
{
    bool captured = false;
    enum vault_status st = VAULT_OK;

    if (k->o->capture != NULL) {
        st = vault_capture_create(k->made, k->o->capture, err);
        captured = st == VAULT_OK;
    }
    vault_close(k->made);
    k->made = NULL;
    if (st == VAULT_OK)
        st = try_shares(k, err);
    if (st == VAULT_OK)
        st = plan_all(k, err);
    if (st == VAULT_OK || k->planned)
        return st;
    (void)!vlt_os_destroy(k->path, NULL);
    if (captured)
        (void)!vlt_os_destroy(k->o->capture, NULL);
    return st;
}

static enum vault_status
make(struct preparing *k, struct vault_error *err)
{
    struct vlt_renew_options ro = {.way = k->way,
        .ways = k->o->ways,
        .records = k->o->ids_len > 0 ? VLT_RENEW_CHOSEN : VLT_RENEW_NONE,
        .id = k->o->ids,
        .ids = k->o->ids_len,
        .no_state = true,
        .again = k->o->again,
        .action = "travel",
        .reason = k->o->reason};
    enum vault_status st =
        vlt_renew_write(k->v, k->path, &ro, &k->done, &k->made, err);

    return st == VAULT_OK ? add_rest(k, err) : st;
}

static void
tell(const struct preparing *k, struct vault_travel_made *out)
{
    size_t i;

    memset(out, 0, sizeof *out);
    out->generation = k->done.generation;
    vlt_fingerprint_text(out->fingerprint, k->done.card);
    out->versions = k->done.versions;
    out->slots = k->done.slots;
    for (i = 0; i < k->done.slots; i++) {
        memcpy(out->slot[i], k->done.slot[i], VAULT_ID);
        out->proved += k->o->way[i].shares != NULL && k->o->way[i].typed;
    }
}

enum vault_status
vault_travel_prepare(struct vault *v, const char *path,
    const struct vault_travel_options *o, vault_challenge_fn challenge,
    void *ctx, struct vault_travel_made *out, struct vault_error *err)
{
    struct preparing *k = calloc(1, sizeof *k);
    enum vault_status st;

    if (k == NULL)
        return vlt_fail_memory(err);
    k->v = v;
    k->path = path;
    k->o = o;
    k->challenge = challenge;
    k->ctx = ctx;
    vlt_plan_init(&k->plan);
    st = check(k, err);
    if (st == VAULT_OK)
        st = make(k, err);
    if (st == VAULT_OK)
        tell(k, out);
    vlt_plan_clear(&k->plan);
    free(k);
    return st;
}

/* ---- asking once more ---- */

static enum vault_status
choose(const struct vlt_travel_seen *seen, const uint8_t *id,
    const struct vlt_slot **out, struct vault_error *err)
{
    size_t i, n = 0;

    for (i = 0; i < seen->slots.n; i++) {
        const struct vlt_slot *s = &seen->slots.slot[i];

        if (s->kind != VLT_SLOT_IDENTITY ||
            (id != NULL && memcmp(id, s->id, 16) != 0))
            continue;
        *out = s;
        n++;
    }
    if (n == 0)
        return vlt_fail(err, VAULT_E_NO_KEY,
            "no card of others opens this travel file");
    if (n > 1)
        return vlt_fail_hint(err, VAULT_E_AMBIGUOUS,
            "name one with --slot ID; see: sanduq key list",
            "%zu slots are for cards of others", n);
    return VAULT_OK;
}

/* An answer by whoever cannot open the slot would prove nothing. */
static enum vault_status
check_asked(struct vault *v, const struct vlt_travel_seen *seen,
    const struct vlt_slot *slot, const struct vlt_card *to, const char *name,
    struct vault_error *err)
{
    uint8_t vault[16];
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_renew_to(v, seen->card, slot->id, vault, err);
    vlt_store_rollback(v->store);
    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "ask with the vault that the travel file was made from, in its "
            "newest copy",
            "this vault's log does not say whose card that slot is for");
    if (st == VAULT_OK && memcmp(vault, to->vault, sizeof vault) != 0)
        st = vlt_fail_hint(err, VAULT_E_POLICY,
            "its answer would not show that anybody can open the travel file",
            "the card of \"%s\" is not the one that this slot was made for",
            name);
    return st;
}

/* The plan as it is, or a new one that knows no way yet. */
static enum vault_status
plan_of(const struct vault *v, const char *path,
    const struct vlt_travel_seen *seen, struct vlt_plan *out,
    struct vault_error *err)
{
    enum vault_status st = vlt_plan_load(path, out, err);

    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        return begin_plan(out, v, seen->card, seen->generation, err);
    }
    if (st == VAULT_OK &&
        (memcmp(out->vault, seen->vault, 16) != 0 ||
            memcmp(out->card, seen->card, 32) != 0))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the plan beside %s is of another file", path);
    return st;
}

static enum vault_status
ask_again(struct vault *v, const char *path, const struct vlt_slot *slot,
    const struct vlt_card *to, struct vlt_plan *p, struct vlt_buf *text,
    struct vault_error *err)
{
    struct vlt_plan_way *w = vlt_plan_way_of(p, slot->id);
    enum vault_status st;

    if (w == NULL) {
        if (p->ways >= VLT_PLAN_WAYS)
            return vlt_fail(err, VAULT_E_LIMIT, "there are too many ways back");
        w = &p->way[p->ways++];
        memset(w, 0, sizeof *w);
        memcpy(w->slot, slot->id, sizeof w->slot);
    }
    w->card = true;
    w->asked = vlt_now(v) < 0 ? 0 : vlt_now(v);
    w->proved = -1;
    st = make_challenge(w, v->id, slot, to, text, err);
    return st == VAULT_OK ? vlt_plan_store(path, p, err) : st;
}

enum vault_status
vault_travel_ask(struct vault *v, const char *path, const char *card,
    const uint8_t *slot, vault_challenge_fn challenge, void *ctx,
    struct vault_error *err)
{
    const struct vlt_slot *chosen = NULL;
    struct vlt_travel_seen seen;
    struct vlt_plan p;
    struct vlt_buf text;
    struct vlt_card to;
    enum vault_status st = vlt_need_unlocked(v, err);

    vlt_plan_init(&p);
    vlt_buf_init(&text, VLT_FIXED_MAX);
    if (st == VAULT_OK)
        st = vlt_travel_see(path, &seen, err);
    if (st == VAULT_OK &&
        (seen.kit || memcmp(seen.vault, v->id, 16) != 0 ||
            seen.generation <= v->card.generation))
        st = vlt_fail(err, VAULT_E_USAGE,
            "%s is not a travel file of this vault", path);
    if (st == VAULT_OK)
        st = choose(&seen, slot, &chosen, err);
    if (st == VAULT_OK)
        st = hq_card(v, card, &to, err);
    if (st == VAULT_OK)
        st = check_asked(v, &seen, chosen, &to, card, err);
    if (st == VAULT_OK)
        st = plan_of(v, path, &seen, &p, err);
    if (st == VAULT_OK)
        st = ask_again(v, path, chosen, &to, &p, &text, err);
    if (st == VAULT_OK && challenge != NULL &&
        challenge(ctx, card, (const char *)text.p, text.len) != 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    vlt_buf_clear(&text);
    vlt_plan_clear(&p);
    return st;
}
