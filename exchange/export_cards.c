/* SPDX-License-Identifier: Apache-2.0 */
/* export_cards.c: contacts as cards */
#include "export_plan.h"

#include "fail.h"
#include "os.h"
#include "vcard.h"

#include <stdlib.h>
#include <string.h>

enum { CARD_MAX = 64 * 1024 * 1024 };

/* Fields with names that last. */
struct card_fields {
    struct vault_field *f;
    char (*name)[97];
    size_t n;
};

static void
fields_clear(struct card_fields *c)
{
    free(c->f);
    free(c->name);
}

VAULT_CHECKED static enum vault_status
fields_of(const struct vault_record *r, struct card_fields *c,
    struct vault_error *err)
{
    c->n = vault_record_fields(r);
    c->f = calloc(c->n + 1, sizeof *c->f);
    c->name = calloc(c->n + 1, sizeof *c->name);
    if (c->f == NULL || c->name == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < c->n; i++) {
        vault_record_field(r, i, &c->f[i]);
        memcpy(c->name[i], c->f[i].name, strlen(c->f[i].name) + 1);
        c->f[i].name = c->name[i];
    }
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
write_card(struct export *e, const struct vault_record *r, struct vlt_buf *out,
    struct vault_error *err)
{
    struct card_fields c = {0};
    enum vault_status st = fields_of(r, &c, err);

    if (st == VAULT_OK)
        st = vcard_write(out, c.f, c.n, e->opt.all_channels, err);
    fields_clear(&c);
    return st;
}

enum vault_status
export_count_withheld(struct export *e, const struct vault_record *r,
    struct vault_error *err)
{
    struct card_fields c = {0};
    struct vcard_withheld w = {0};
    enum vault_status st = VAULT_OK;

    if (e->opt.all_channels)
        return VAULT_OK;
    st = fields_of(r, &c, err);
    if (st == VAULT_OK)
        st = vcard_withheld(c.f, c.n, &w, err);
    if (st == VAULT_OK) {
        e->counts.withheld_channels += w.channels;
        e->counts.withheld_fields += w.fields;
    }
    fields_clear(&c);
    return st;
}

VAULT_CHECKED static enum vault_status
put_card(struct export *e, const struct export_item *i, struct vlt_outfile *f,
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    struct vlt_buf card;
    enum vault_status st =
        vault_record_open_statement(e->v, i->id, i->statement, &r, err);

    vlt_buf_init(&card, CARD_MAX);
    if (st == VAULT_OK)
        st = write_card(e, r, &card, err);
    if (st == VAULT_OK)
        st = vlt_outfile_write(f, card.p, card.len, err);
    vlt_buf_clear(&card);
    vault_record_close(r);
    return st;
}

enum vault_status
export_to_cards(struct export *e, struct vlt_outfile *f,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < e->items; i++) {
        st = put_card(e, &e->item[i], f, err);
        if (st == VAULT_OK && vlt_os_interrupted())
            st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    }
    return st;
}
