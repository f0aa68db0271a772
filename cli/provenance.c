/* SPDX-License-Identifier: Apache-2.0 */
/* provenance.c: whose record it is, and through whose hands it came */
#include "provenance.h"

#include "fail.h"
#include "hex.h"
#include "out.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <vault/cards.h>
#include <vault/origin.h>

/* Who it is to this vault: by the card that signed, or by the vault's id. */
struct who {
    const uint8_t *fingerprint; /* NULL: any card of `vault` */
    const uint8_t *vault;
    char name[VAULT_PIN_NAME + 1];
    bool own;
    bool compared;
    bool doubted; /* revoked or refused */
};

static int
take_card(void *ctx, const struct vault_card *card)
{
    struct who *w = ctx;

    if (w->fingerprint != NULL
            ? memcmp(card->fingerprint, w->fingerprint, VAULT_HASH) != 0
            : memcmp(card->vault, w->vault, VAULT_ID) != 0)
        return 0;
    (void)snprintf(w->name, sizeof w->name, "%s", card->name);
    w->own = w->own || card->state == VAULT_CARD_OWN;
    w->compared = w->compared || card->state == VAULT_CARD_KNOWN;
    w->doubted = w->doubted || card->state == VAULT_CARD_REVOKED ||
        card->state == VAULT_CARD_REFUSED;
    return 0;
}

static void
look_up(struct cli *c, struct who *w)
{
    struct vault_error ignored;

    (void)!vault_cards_own(c->vault, take_card, w, &ignored);
    (void)!vault_pins(c->vault, take_card, w, &ignored);
}

static const char *
standing(const struct who *w)
{
    if (w->own)
        return tr("this vault itself");
    if (w->doubted)
        return tr("revoked or refused");
    return w->compared ? tr("compared") : tr("not compared");
}

/* False: it is this vault's own, or what is kept of it cannot be read. */
static bool
load(struct cli *c, const struct vault_record *r, struct vault_provenance *p,
    struct who *of, struct who *from, uint8_t origin[VAULT_ID])
{
    struct vault_error why;

    if (!vault_record_entry(r)->foreign)
        return false;
    if (vault_record_provenance(r, p, &why) != VAULT_OK) {
        say_error(&why);
        return false;
    }
    vault_record_origin(r, origin);
    *of = (struct who){.vault = origin};
    *from = (struct who){.fingerprint = p->from};
    if (p->origin_holds)
        look_up(c, of);
    else
        of->doubted = true; /* it has the vault's id, and not its card */
    look_up(c, from);
    return true;
}

/* ---- for people ---- */

static void
print_origin(const struct vault_record *r, const struct vault_provenance *p,
    const struct who *of, const uint8_t origin[VAULT_ID])
{
    char hex[HEX_ID];

    hex_id(hex, origin);
    out_printf(tr("Sealed by another vault: %s"), hex);
    out_text(of->name[0] != 0 ? ", " : "");
    out_safe(of->name, strlen(of->name), 0);
    out_printf(" (%s)\n", standing(of));
    if (vault_record_entry(r)->partial)
        out_printf("%s\n", tr("Only some of its fields are here."));
    if (p->proved)
        out_printf(tr("Its line: %" PRIu64 " of %" PRIu64 " in %s"), p->index,
            p->size, p->log);
    else
        out_text(tr("No line of its own came along; a later version names it"));
    out_text("\n");
}

void
provenance_print(struct cli *c, const struct vault_record *r)
{
    struct vault_provenance p;
    struct who of, from;
    uint8_t origin[VAULT_ID];
    char hex[HEX_ID], when[WHEN_SIZE];

    if (!load(c, r, &p, &of, &from, origin))
        return;
    print_origin(r, &p, &of, origin);
    when_local(when, p.received);
    if (p.has_bundle) {
        hex_id(hex, p.bundle);
        out_printf(tr("Received %s through %s"), when, p.from_text);
        out_text(from.name[0] != 0 ? ", " : "");
        out_safe(from.name, strlen(from.name), 0);
        out_printf(" (%s), ", standing(&from));
        out_printf(tr("in bundle %s"), hex);
        out_text("\n");
        if (p.opened_with[0] != 0)
            out_printf(tr("Sealed to shares, and opened with %s\n"),
                p.opened_with);
    }
    vault_provenance_clear(&p);
}

/* ---- for scripts ---- */

static void
put_who(struct jline *j, const char *key, const struct who *w)
{
    jline_object(j, key);
    if (w->name[0] != 0)
        jline_text(j, "name", w->name);
    jline_bool(j, "own", w->own);
    jline_bool(j, "compared", w->compared);
    jline_bool(j, "doubted", w->doubted);
    jline_object_end(j);
}

void
provenance_json(struct cli *c, const struct vault_record *r, struct jline *j)
{
    struct vault_provenance p;
    struct who of, from;
    uint8_t origin[VAULT_ID];

    if (!load(c, r, &p, &of, &from, origin))
        return;
    jline_object(j, "provenance");
    jline_hex(j, "vault", origin, VAULT_ID);
    put_who(j, "origin", &of);
    jline_bool(j, "partial", vault_record_entry(r)->partial);
    jline_time(j, "received", p.received);
    if (p.has_bundle) {
        jline_hex(j, "bundle", p.bundle, VAULT_ID);
        jline_text(j, "fingerprint", p.from_text);
        put_who(j, "through", &from);
        if (p.opened_with[0] != 0)
            jline_text(j, "opened_with", p.opened_with);
    }
    jline_bool(j, "proved", p.proved);
    if (p.proved) {
        jline_text(j, "log", p.log);
        jline_u64(j, "index", p.index);
        jline_u64(j, "size", p.size);
    }
    jline_object_end(j);
    vault_provenance_clear(&p);
}
