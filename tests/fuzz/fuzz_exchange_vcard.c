/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_vcard.c: any file gives contacts or a refusal; a contact
 * written as a card is the same contact when it is read again */
#include "vcard.h"

#include <stdlib.h>
#include <string.h>

struct pass {
    struct vlt_buf card;
    struct form first; /* borrowed: what the second must be */
    size_t cards;
};

static struct vault_field *
fields_of(const struct form *f)
{
    struct vault_field *all = calloc(f->n + 1, sizeof *all);

    if (all == NULL)
        abort();
    for (size_t i = 0; i < f->n; i++)
        all[i] = (struct vault_field){f->field[i].type, f->field[i].state,
            f->field[i].name, f->field[i].value, f->field[i].value_len};
    return all;
}

static void
check_same(const struct form *a, const struct form *b)
{
    if (a->n != b->n)
        abort();
    for (size_t i = 0; i < a->n; i++) {
        const struct form_field *x = &a->field[i], *y = NULL;

        for (size_t k = 0; k < b->n && y == NULL; k++)
            if (strcmp(b->field[k].name, x->name) == 0)
                y = &b->field[k];
        if (y == NULL || y->type != x->type || y->state != x->state ||
            y->value_len != x->value_len ||
            (x->value_len > 0 && memcmp(x->value, y->value, x->value_len) != 0))
            abort();
    }
}

static enum vault_status
again(void *ctx, size_t index, struct form *f, struct vault_error *err)
{
    struct pass *p = ctx;

    (void)index;
    p->cards++;
    if (form_fit(f, "contact", NULL, err) != VAULT_OK)
        return VAULT_E_MEMORY;
    if (f->mistakes > 0)
        abort();
    check_same(&p->first, f);
    return VAULT_OK;
}

/* Lines end in CRLF, none is longer than 75 octets. */
static void
check_lines(const struct vlt_buf *card)
{
    size_t line = 0;

    for (size_t i = 0; i < card->len; i++) {
        if (card->p[i] == '\n' && (i == 0 || card->p[i - 1] != '\r'))
            abort();
        if (card->p[i] != '\r')
            continue;
        if (i + 1 >= card->len || card->p[i + 1] != '\n' || i - line > 75)
            abort();
        line = i + 2;
    }
    if (line != card->len)
        abort();
}

/* Parameters that were not read from their own property but made up in an
 * X-SANDUQ-FIELD can say what the property never could. */
static bool made_up;

static bool
has_made_up(const struct form *f)
{
    for (size_t i = 0; made_up && i < f->n; i++)
        if (strstr(f->field[i].name, ".params") != NULL)
            return true;
    return false;
}

static enum vault_status
once(void *ctx, size_t index, struct form *f, struct vault_error *err)
{
    struct pass p = {.first = *f};
    struct vault_field *all;

    (void)ctx;
    (void)index;
    if (form_fit(f, "contact", NULL, err) != VAULT_OK || f->mistakes > 0)
        return VAULT_OK;
    p.first = *f;
    all = fields_of(f);
    for (int everything = 0; everything < 2; everything++) {
        vlt_buf_init(&p.card, FORM_MAX);
        if (vcard_write(&p.card, all, f->n, everything != 0, NULL) != VAULT_OK)
            abort();
        check_lines(&p.card);
        if (everything != 0 && !has_made_up(f) &&
            (vcard_read(p.card.p, p.card.len, again, &p, NULL) != VAULT_OK ||
                p.cards != 1))
            abort();
        vlt_buf_clear(&p.card);
    }
    free(all);
    return VAULT_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char own[] = "x-name";
    enum vault_status st;

    made_up = false;
    for (size_t i = 0; i + sizeof own - 1 <= size && !made_up; i++) {
        size_t k = 0;

        while (k < sizeof own - 1 && (data[i + k] | 0x20) == (own[k] | 0x20))
            k++;
        made_up = k == sizeof own - 1;
    }
    st = vcard_read(data, size, once, NULL, NULL);
    if (st != VAULT_OK && st != VAULT_E_FORMAT)
        abort();
    return 0;
}
