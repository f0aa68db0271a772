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
VAULT_CHECKED static enum vault_status
write_card(struct export *e, const struct vault_record *r, struct vlt_buf *out,
    struct vault_error *err)
{
    size_t n = vault_record_fields(r);
    struct vault_field *f = calloc(n + 1, sizeof *f);
    char(*name)[97] = calloc(n + 1, sizeof *name);
    enum vault_status st;

    if (f == NULL || name == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        vault_record_field(r, i, &f[i]);
        memcpy(name[i], f[i].name, strlen(f[i].name) + 1);
        f[i].name = name[i];
    }
    st = vcard_write(out, f, n, e->opt.all_channels, err);
out:
    free(f);
    free(name);
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
