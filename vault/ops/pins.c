/* SPDX-License-Identifier: Apache-2.0 */
/* pins.c: cards of other vaults, pinned under local names */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "nmark.h"
#include "settings.h"

static const char *const words[] = {
    [VLT_PIN_KNOWN] = N_("known"),
    [VLT_PIN_CONTINUES] = N_("continues"),
    [VLT_PIN_UNKNOWN] = N_("unknown"),
    [VLT_PIN_REFUSED] = N_("refused"),
    [VLT_PIN_REVOKED] = N_("revoked"),
};

const char *
vlt_pin_state_word(enum vlt_pin_state s)
{
    return words[s];
}

void
vlt_pin_init(struct vlt_pin *p)
{
    memset(p, 0, sizeof *p);
    p->pinned = -1;
    vlt_buf_init(&p->note, VLT_NOTE_MAX);
    vlt_buf_init(&p->revoke, VLT_NOTE_MAX);
}

void
vlt_pin_clear(struct vlt_pin *p)
{
    vlt_buf_clear(&p->note);
    vlt_buf_clear(&p->revoke);
    memset(&p->card, 0, sizeof p->card);
    p->id = 0;
}

enum vault_status
vlt_pin_copy(struct vlt_pin *out, const struct vlt_pin *p,
    struct vault_error *err)
{
    struct vlt_pin c;
    enum vault_status st;

    vlt_pin_init(&c);
    vlt_buf_put(&c.note, p->note.p, p->note.len);
    vlt_buf_put(&c.revoke, p->revoke.p, p->revoke.len);
    st = vlt_buf_end(&c.note, "card", err);
    if (st == VAULT_OK)
        st = vlt_buf_end(&c.revoke, "revocation", err);
    if (st != VAULT_OK) {
        vlt_pin_clear(&c);
        return st;
    }
    c.id = p->id;
    memcpy(c.name, p->name, sizeof c.name);
    c.state = p->state;
    c.confirmed = p->confirmed;
    c.pinned = p->pinned;
    c.card = p->card;
    *out = c;
    return VAULT_OK;
}

/* A text field of 1 to max bytes, NULL when there is none such. */
static const struct vlt_field *
text_of(const struct vlt_fields *f, const char *name, size_t max)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    if (x == NULL || x->type != VLT_FIELD_TEXT || x->state != VLT_STATE_VALUE ||
        x->value_len == 0 || x->value_len > max)
        return NULL;
    return x;
}

static bool
read_state(const struct vlt_field *f, enum vlt_pin_state *out)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(words); i++) {
        if (f->value_len == strlen(words[i]) &&
            memcmp(f->value, words[i], f->value_len) == 0) {
            *out = (enum vlt_pin_state)i;
            return true;
        }
    }
    return false;
}

static enum vault_status
read_pin(struct vlt_pin *p, const struct vlt_setting *s,
    struct vault_error *err)
{
    const struct vlt_field *note = text_of(&s->f, "note", VLT_NOTE_MAX);
    const struct vlt_field *name = text_of(&s->f, "name", sizeof p->name - 1);
    const struct vlt_field *state = text_of(&s->f, "state", 16);
    const struct vlt_field *revoke = text_of(&s->f, "revoke", VLT_NOTE_MAX);
    int64_t confirmed = 0;

    if (note == NULL || name == NULL || state == NULL ||
        !read_state(state, &p->state) ||
        !vlt_fields_i64(&s->f, "confirmed", &confirmed) ||
        vlt_card_parse(&p->card, (const char *)note->value, note->value_len,
            NULL) != VAULT_OK)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the pinned card in setting %" PRIu64 " is malformed", s->id);
    p->id = s->id;
    p->confirmed = confirmed != 0;
    (void)vlt_fields_i64(&s->f, "pinned", &p->pinned);
    memcpy(p->name, name->value, name->value_len);
    p->name[name->value_len] = '\0';
    vlt_buf_put(&p->note, note->value, note->value_len);
    if (revoke != NULL)
        vlt_buf_put(&p->revoke, revoke->value, revoke->value_len);
    return vlt_buf_end(&p->note, "card", err);
}

struct walk {
    enum vault_status (
        *fn)(void *ctx, const struct vlt_pin *p, struct vault_error *err);
    void *ctx;
};

static enum vault_status
take_setting(void *ctx, const struct vlt_setting *s, struct vault_error *err)
{
    const struct walk *w = ctx;
    struct vlt_pin p;
    enum vault_status st;

    vlt_pin_init(&p);
    st = read_pin(&p, s, err);
    if (st == VAULT_OK)
        st = w->fn(w->ctx, &p, err);
    vlt_pin_clear(&p);
    return st;
}

enum vault_status
vlt_pins(struct vault *v,
    enum vault_status (
        *fn)(void *ctx, const struct vlt_pin *p, struct vault_error *err),
    void *ctx, struct vault_error *err)
{
    struct walk w = {fn, ctx};

    return vlt_settings(v, "card", take_setting, &w, err);
}

/* Who is looked for: by name when that is given. */
struct search {
    const char *name;
    const uint8_t *fingerprint;
    bool found;
    struct vlt_pin best;
};

static enum vault_status
match(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct search *s = ctx;
    struct vlt_pin copy;
    enum vault_status st;

    if (s->name != NULL ? !vlt_pin_name_same(s->name, p->name)
                        : memcmp(s->fingerprint, p->card.fingerprint, 32) != 0)
        return VAULT_OK;
    if (s->found && s->best.card.generation > p->card.generation)
        return VAULT_OK;
    st = vlt_pin_copy(&copy, p, err);
    if (st != VAULT_OK)
        return st;
    vlt_pin_clear(&s->best);
    s->best = copy;
    s->found = true;
    return VAULT_OK;
}

static enum vault_status
search(struct vault *v, struct search *s, struct vlt_pin *out,
    struct vault_error *err)
{
    enum vault_status st;

    vlt_pin_init(&s->best);
    st = vlt_pins(v, match, s, err);
    if (st == VAULT_OK && s->found) {
        *out = s->best;
        return VAULT_OK;
    }
    vlt_pin_clear(&s->best);
    if (st != VAULT_OK)
        return st;
    if (s->name != NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no card is pinned as \"%s\"",
            s->name);
    return vlt_fail(err, VAULT_E_NOT_FOUND, "this card is not pinned");
}

enum vault_status
vlt_pin_by_fingerprint(struct vault *v, const uint8_t fingerprint[32],
    struct vlt_pin *out, struct vault_error *err)
{
    struct search s = {.fingerprint = fingerprint};

    return search(v, &s, out, err);
}

enum vault_status
vlt_pin_by_name(struct vault *v, const char *name, struct vlt_pin *out,
    struct vault_error *err)
{
    struct search s = {.name = name};

    return search(v, &s, out, err);
}

static enum vault_status
add_texts(struct vlt_fields *f, const struct vlt_pin *p,
    struct vault_error *err)
{
    enum vault_status st = vlt_fields_add_text(f, "kind", "card", err);

    if (st == VAULT_OK)
        st = vlt_fields_add(f, VLT_FIELD_TEXT, VLT_STATE_VALUE, "note",
            p->note.p, p->note.len, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(f, "name", p->name, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_text(f, "state", vlt_pin_state_word(p->state), err);
    if (st == VAULT_OK && p->revoke.len > 0)
        st = vlt_fields_add(f, VLT_FIELD_TEXT, VLT_STATE_VALUE, "revoke",
            p->revoke.p, p->revoke.len, err);
    return st;
}

enum vault_status
vlt_pin_put(struct vault *v, struct vlt_pin *p, struct vault_error *err)
{
    struct vlt_fields f;
    enum vault_status st;

    if (p->id == 0)
        p->pinned = vlt_now(v);
    vlt_fields_init(&f);
    st = add_texts(&f, p, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&f, VLT_FIELD_NUMBER, "confirmed",
            p->confirmed ? 1 : 0, err);
    if (st == VAULT_OK && p->pinned >= 0)
        st = vlt_fields_add_i64(&f, VLT_FIELD_TIME, "pinned", p->pinned, err);
    if (st == VAULT_OK)
        st = vlt_setting_put(v, &p->id, &f, err);
    vlt_fields_clear(&f);
    return st;
}
