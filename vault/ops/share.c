/* SPDX-License-Identifier: Apache-2.0 */
/* share.c: beginning a bundle: what is said, to whom, and which fields */
#include "sharing.h"
#include "untrusted.h"

#include <stdlib.h>
#include <string.h>

#include "codex32.h"
#include "fail.h"
#include "own_revoke.h"

/* ---- options, copied ---- */

static void
free_names(struct vlt_share_names *l)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        free(l->name[i]);
    free(l->name);
    free(l->met);
}

static enum vault_status
copy_names(struct vlt_share_names *out, const char *const *name, size_t n,
    struct vault_error *err)
{
    out->name = calloc(n + 1, sizeof *out->name);
    out->met = calloc(n + 1, sizeof *out->met);
    if (out->name == NULL || out->met == NULL)
        return vlt_fail_memory(err);
    for (out->n = 0; out->n < n; out->n++) {
        if (!vlt_field_name_ok(name[out->n], strlen(name[out->n])))
            return vlt_fail(err, VAULT_E_USAGE, "\"%s\" is no name of a field",
                name[out->n]);
        out->name[out->n] = vlt_strdup(name[out->n]);
        if (out->name[out->n] == NULL)
            return vlt_fail_memory(err);
    }
    return VAULT_OK;
}

/* Texts of the manifest and the log. */
static const char **
text_at(struct vault_share_options *o, size_t i)
{
    const char **all[] = {&o->letter, &o->purpose, &o->limits, &o->reply,
        &o->reason};

    return i < VLT_COUNT(all) ? all[i] : NULL;
}

static enum vault_status
copy_texts(struct vault_share *s, const struct vault_share_options *o,
    struct vault_error *err)
{
    struct vault_share_options given = *o;
    size_t i;

    s->o = *o;
    for (i = 0; text_at(&s->o, i) != NULL; i++)
        *text_at(&s->o, i) = NULL;
    for (i = 0; text_at(&given, i) != NULL; i++) {
        const char *from = *text_at(&given, i);

        if (from == NULL)
            continue;
        s->text[i] = vlt_strdup(from);
        if (s->text[i] == NULL)
            return vlt_fail_memory(err);
        *text_at(&s->o, i) = s->text[i];
    }
    s->o.passphrase = NULL;
    if (o->passphrase == NULL)
        return VAULT_OK;
    s->passphrase = vlt_guarded_copy(o->passphrase, o->passphrase_len);
    return s->passphrase != NULL ? VAULT_OK : vlt_fail_memory(err);
}

void
vault_share_abort(struct vault_share *s)
{
    size_t i;

    if (s == NULL)
        return;
    for (i = 0; i < VLT_COUNT(s->text); i++) {
        if (s->text[i] != NULL)
            vlt_wipe(s->text[i], strlen(s->text[i]));
        free(s->text[i]);
    }
    for (i = 0; i < s->recipients; i++)
        vlt_pin_clear(&s->pin[i]);
    free(s->pin);
    vlt_recovery_free(s->deal.secret);
    free_names(&s->only);
    free_names(&s->without);
    vlt_guarded_free(s->passphrase);
    free(s->had);
    free(s->item);
    free(s->slot);
    vlt_share_away_clear(s);
    vault_untrusted_close(s->untrusted);
    free(s);
}

/* ---- which fields ---- */

static bool
matches(const struct vlt_share_names *l, const char *name, size_t len)
{
    bool any = false;
    size_t i, n;

    for (i = 0; i < l->n; i++) {
        n = strlen(l->name[i]);
        if (n > len || memcmp(l->name[i], name, n) != 0 ||
            (n < len && name[n] != '.'))
            continue;
        l->met[i] = true;
        any = true;
    }
    return any;
}

enum vault_status
vlt_share_names_met(const struct vault_share *s, struct vault_error *err)
{
    const struct vlt_share_names *l = &s->without;
    size_t i;

    for (i = 0; i < l->n; i++) {
        if (!l->met[i])
            return vlt_fail_hint(err, VAULT_E_USAGE,
                "sanduq show ID prints the fields of a record",
                "no record that was chosen has a field %s: it would be "
                "withheld from nobody, and nothing was shared",
                l->name[i]);
    }
    return VAULT_OK;
}

static bool
is(const char *name, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(name, word, len) == 0;
}

bool
vlt_share_chooses(const struct vault_share *s)
{
    return s->only.n > 0 || s->without.n > 0;
}

bool
vlt_share_shows(const struct vault_share *s, const char *name, size_t len)
{
    if (matches(&s->without, name, len))
        return false;
    return s->only.n == 0 || is(name, len, "type") ||
        is(name, len, "time.sealed") || matches(&s->only, name, len);
}

enum vault_status
vault_share_begin(struct vault *v, const struct vault_share_options *o,
    struct vault_share **out, struct vault_error *err)
{
    struct vault_share *s;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_need_vault(v, err);
    if (st != VAULT_OK)
        return st;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return vlt_fail_memory(err);
    s->v = v;
    st = copy_texts(s, o, err);
    if (st == VAULT_OK)
        st = copy_names(&s->only, o->only, o->only_n, err);
    if (st == VAULT_OK)
        st = copy_names(&s->without, o->without, o->without_n, err);
    if (st == VAULT_OK && matches(&s->without, "type", 4))
        st = vlt_fail(err, VAULT_E_USAGE,
            "the type of a record is always shown: without it nobody can "
            "list the record");
    if (st == VAULT_OK)
        *out = s;
    else
        vault_share_abort(s);
    return st;
}

/* ---- recipients ---- */

/* Whether this card may be sealed to. */
static enum vault_status
judge_pin(const struct vault_share *s, const struct vlt_pin *p,
    struct vault_error *err)
{
    switch (p->state) {
    case VLT_PIN_KNOWN:
        return VAULT_OK;
    case VLT_PIN_REVOKED:
        return vlt_fail(err, VAULT_E_POLICY,
            "the card of \"%s\" was revoked: nothing is sealed to it", p->name);
    case VLT_PIN_REFUSED:
        return vlt_fail_hint(err, VAULT_E_POLICY,
            "ask its owner in person which card is the right one",
            "two cards claim to follow that of \"%s\": somebody else may have "
            "its key, and nothing is sealed to it",
            p->name);
    case VLT_PIN_CONTINUES:
    case VLT_PIN_UNKNOWN:
        break;
    }
    if (s->o.allow_unconfirmed)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "compare the fingerprint with its owner and confirm the card first, or "
        "say --allow-unconfirmed",
        "nobody has compared the card of \"%s\" with its owner", p->name);
}

/* No vault twice: its newest card is the one that counts. */
static enum vault_status
judge_twice(const struct vault_share *s, const struct vlt_pin *p,
    struct vault_error *err)
{
    size_t i;

    for (i = 0; i < s->recipients; i++) {
        if (memcmp(s->pin[i].card.vault, p->card.vault, 16) == 0)
            return vlt_fail(err, VAULT_E_EXISTS,
                "\"%s\" is named twice among the recipients", p->name);
    }
    return VAULT_OK;
}

static enum vault_status
push_pin(struct vault_share *s, struct vlt_pin *p, struct vault_error *err)
{
    struct vlt_pin *more;

    more = realloc(s->pin, (s->recipients + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    s->pin = more;
    more[s->recipients++] = *p;
    vlt_pin_init(p);
    return VAULT_OK;
}

enum vault_status
vault_share_to(struct vault_share *s, const char *name, struct vault_error *err)
{
    struct vlt_pin p;
    enum vault_status st;

    if (s->sealed)
        return vlt_fail(err, VAULT_E_USAGE,
            "recipients come before the first record");
    if (s->deal.needed > 0)
        return vlt_fail_hint(err, VAULT_E_USAGE, "make two bundles",
            "what is sealed to shares has no other recipient: whoever else "
            "opened it would need none of them");
    st = vlt_read_begin(s->v, err);
    if (st != VAULT_OK)
        return st;
    vlt_pin_init(&p);
    st = vlt_own_card_usable(s->v, err);
    if (st == VAULT_OK)
        st = vlt_pin_by_name(s->v, name, &p, err);
    vlt_store_rollback(s->v->store);
    if (st == VAULT_OK)
        st = judge_twice(s, &p, err);
    if (st == VAULT_OK)
        st = judge_pin(s, &p, err);
    if (st == VAULT_OK)
        st = push_pin(s, &p, err);
    vlt_pin_clear(&p);
    return st;
}

enum vault_status
vlt_share_pins_again(const struct vault_share *s, struct vault_error *err)
{
    struct vlt_pin p;
    size_t i;
    enum vault_status st = vlt_own_card_usable(s->v, err);

    if (s->deal.needed > 0)
        return st; /* drawn for it: nobody can have revoked it */
    for (i = 0; st == VAULT_OK && i < s->recipients; i++) {
        vlt_pin_init(&p);
        st = vlt_pin_by_fingerprint(s->v, s->pin[i].card.fingerprint, &p, err);
        if (st == VAULT_OK)
            st = judge_pin(s, &p, err);
        vlt_pin_clear(&p);
    }
    return st;
}

size_t
vault_share_recipients(const struct vault_share *s)
{
    return s->recipients;
}

void
vault_share_recipient(const struct vault_share *s, size_t i,
    struct vault_share_recipient *out)
{
    const struct vlt_pin *p = &s->pin[i];

    out->name = p->name;
    vlt_fingerprint_text(out->fingerprint, p->card.fingerprint);
    out->pin = p->state == VLT_PIN_KNOWN ? VAULT_SHARE_KNOWN
        : p->state == VLT_PIN_CONTINUES  ? VAULT_SHARE_CONTINUES
                                         : VAULT_SHARE_UNKNOWN;
}

enum vault_status
vlt_share_fingerprints(const struct vault_share *s, uint8_t (**out)[32],
    struct vault_error *err)
{
    uint8_t(*to)[32] = calloc(s->recipients, sizeof *to);
    size_t i;

    if (to == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < s->recipients; i++)
        memcpy(to[i], s->pin[i].card.fingerprint, 32);
    *out = to;
    return VAULT_OK;
}
