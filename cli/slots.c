/* SPDX-License-Identifier: Apache-2.0 */
/* slots.c: showing the ways to unlock */
#include "slots.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "text.h"
#include "tr.h"

#include <inttypes.h>
#include <string.h>
#include <vault/recover.h>

const char *
slots_kind(enum vault_slot_kind kind)
{
    switch (kind) {
    case VAULT_SLOT_PASSPHRASE:
        return tr("a passphrase");
    case VAULT_SLOT_KEYFILE:
        return tr("a key file");
    case VAULT_SLOT_BOTH:
        return tr("a passphrase and a key file together");
    case VAULT_SLOT_RECOVERY:
        return tr("recovery shares");
    case VAULT_SLOT_IDENTITY:
        return tr("the key of another vault");
    }
    return tr("a way this version does not know");
}

/* The words of scripts. */
static const char *
kind_word(enum vault_slot_kind kind)
{
    static const char *const words[] = {"unknown", "passphrase", "keyfile",
        "both", "recovery", "identity"};

    return (size_t)kind < VLT_COUNT(words) ? words[kind] : words[0];
}

static bool
has_passphrase(enum vault_slot_kind kind)
{
    return kind == VAULT_SLOT_PASSPHRASE || kind == VAULT_SLOT_BOTH;
}

static bool
has_more(enum vault_slot_kind kind)
{
    return kind == VAULT_SLOT_RECOVERY || kind == VAULT_SLOT_IDENTITY;
}

static void
json_about(struct jline *j, const struct vault_slot_about *a)
{
    if (a->set[0] != 0) {
        jline_text(j, "set", a->set);
        jline_u64(j, "threshold", a->threshold);
        jline_u64(j, "total", a->total);
    }
    if (a->has_card) {
        jline_text(j, "fingerprint", a->letters);
        if (a->name[0] != 0)
            jline_text(j, "name", a->name);
    }
    if (a->known)
        jline_time(j, "since", a->since);
}

static void
print_about(const struct vault_slot_about *a)
{
    if (a->set[0] != 0) {
        out_text("  ");
        out_printf(tr("(set %s, any %u of %u)"), a->set, a->threshold,
            a->total);
    }
    if (a->has_card) {
        out_text("  ");
        out_safe(a->name, strlen(a->name), 0);
        out_printf(" %s", a->letters);
    }
}

static int
print_json(const struct vault_slot *s, const struct vault_slot_about *a)
{
    struct jline j;

    jline_begin(&j, "slot");
    jline_hex(&j, "slot", s->id, sizeof s->id);
    jline_text(&j, "kind", kind_word(s->kind));
    if (has_passphrase(s->kind)) {
        jline_u64(&j, "passes", s->cost.passes);
        jline_u64(&j, "memory_kib", s->cost.memory_kib);
    }
    jline_bool(&j, "cost_ok", s->cost_ok);
    jline_bool(&j, "opened", s->opened);
    json_about(&j, a);
    jline_end(&j);
    return 0;
}

static int
print_one(const struct cli *c, const struct vault_slot *s)
{
    struct vault_slot_about about = {0};
    char id[HEX_ID];

    /* what cannot be told is left out */
    if (c->vault != NULL && vault_unlocked(c->vault) && has_more(s->kind) &&
        vault_slot_about(c->vault, s->id, &about, NULL) != VAULT_OK)
        memset(&about, 0, sizeof about);
    if (c->g.json)
        return print_json(s, &about);
    hex_id(id, s->id);
    out_printf("  %s  %s", id, slots_kind(s->kind));
    if (has_passphrase(s->kind)) {
        out_text("  ");
        out_printf(tr("(%u passes over %u MiB)"), s->cost.passes,
            s->cost.memory_kib / 1024);
    }
    print_about(&about);
    if (!s->cost_ok)
        out_printf("  %s", tr("refused: its cost is out of bounds"));
    if (s->opened)
        out_printf("  %s", tr("used just now"));
    out_text("\n");
    return 0;
}

/* All of them first: what is known of one is read in another transaction. */
struct all_slots {
    size_t n;
    struct vault_slot slot[32];
};

static int
keep_one(void *ctx, const struct vault_slot *s)
{
    struct all_slots *all = ctx;

    if (all->n < VLT_COUNT(all->slot))
        all->slot[all->n++] = *s;
    return 0;
}

enum vault_status
slots_print(struct cli *c, struct vault_error *err)
{
    struct all_slots all = {0};
    enum vault_status st = vault_slots(c->vault, keep_one, &all, err);

    for (size_t i = 0; i < all.n; i++)
        (void)print_one(c, &all.slot[i]);
    return st;
}

/* What is looked for, and the one found. */
struct search {
    const uint8_t *id; /* NULL: the one that opened */
    struct vault_slot slot;
    bool found;
};

static int
match(void *ctx, const struct vault_slot *s)
{
    struct search *q = ctx;

    if (q->id != NULL ? memcmp(s->id, q->id, VAULT_ID) == 0 : s->opened) {
        q->slot = *s;
        q->found = true;
    }
    return 0;
}

enum vault_status
slots_find(struct cli *c, const char *id, struct vault_slot *out,
    struct vault_error *err)
{
    uint8_t raw[VAULT_ID];
    struct search q = {.id = raw};
    enum vault_status st;

    if (!vlt_unhex(raw, sizeof raw, id, strlen(id)))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq key list shows the whole ids"),
            "\"%s\" is not the whole id of a way to unlock (32 digits)", id);
    st = vault_slots(c->vault, match, &q, err);
    if (st == VAULT_OK && !q.found)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            N_("sanduq key list shows the whole ids"),
            "there is no way to unlock with the id %s", id);
    if (st == VAULT_OK)
        *out = q.slot;
    return st;
}

enum vault_status
slots_opened(struct cli *c, struct vault_slot *out, struct vault_error *err)
{
    struct search q = {0};
    enum vault_status st = vault_slots(c->vault, match, &q, err);

    if (st == VAULT_OK && !q.found)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "the way that unlocked this vault is not known");
    if (st == VAULT_OK)
        *out = q.slot;
    return st;
}
