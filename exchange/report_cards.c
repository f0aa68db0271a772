/* SPDX-License-Identifier: Apache-2.0 */
/* report_cards.c: whose keys signed it, to be compared by eye, ear or camera */
#include "report_inner.h"

#include "fail.h"
#include "html_qr.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { QR_MM = 34 };

static void
put_heading(struct report_page *p, const struct report_card *c)
{
    html_open(&p->h, "h3");
    html_textf(&p->h,
        c->own ? p->w->tr("Card of this vault, generation %" PRIu32)
               : p->w->tr("Card of another vault, generation %" PRIu32),
        c->generation);
    html_close_line(&p->h);
}

static void
put_state(struct report_page *p, const struct report_card *c)
{
    html_open(&p->h, "p");
    if (c->state == VAULT_EV_HELD)
        html_text(&p->h, p->w->tr("in good form, signed by itself"));
    else
        page_state(p, c->state);
    html_text(&p->h, "; ");
    html_text(&p->h,
        c->compared
            ? p->w->tr("compared: it is a card that was given for this check")
            : p->w->tr("NOT COMPARED with a card from elsewhere"));
    html_close_line(&p->h);
}

static void
put_card(struct report_page *p, const struct report_card *c, size_t i)
{
    char id[32];
    struct vault_error err;

    (void)snprintf(id, sizeof id, "qr-%zu", i);
    html_open(&p->h, "div");
    html_attr(&p->h, "class", "card");
    html_open(&p->h, "div");
    if (html_qr(&p->h, id, p->w->tr("QR code of the fingerprint in letters"),
            QR_MM, c->letters, strlen(c->letters), &err) != VAULT_OK)
        html_text(&p->h, "?");
    html_close_line(&p->h);
    html_open(&p->h, "div");
    put_heading(p, c);
    html_line(&p->h, "span", "key", c->letters);
    html_line(&p->h, "span", "dig", c->digits);
    put_state(p, c);
    html_close(&p->h);
    html_close_line(&p->h);
}

/* Those of the vault, or those of others, as they were found. */
static void
put_all(struct report_page *p, bool own)
{
    for (size_t i = 0; i < p->r->cards; i++) {
        if (p->r->card[i].own == own)
            put_card(p, &p->r->card[i], i);
    }
}

void
report_put_cards(struct report_page *p)
{
    page_section(p, "cards", p->w->tr("Who signed"));
    if (p->r->cards == 0) {
        html_line(&p->h, "p", NULL,
            p->w->tr("No card was found that could be shown."));
        page_section_end(p);
        return;
    }
    html_line(&p->h, "p", NULL,
        p->w->tr("A card is a key, not a person. Compare these letters or "
                 "digits with what its owner reads to you, by voice or face to "
                 "face, or with a card that you have from elsewhere. A card "
                 "that came with the file says nothing about who."));
    put_all(p, true);
    put_all(p, false);
    page_more(p, p->r->cards, p->r->cards_all);
    page_section_end(p);
}
