/* SPDX-License-Identifier: Apache-2.0 */
/* card_show.c: cards read, shown and written by the card commands */
#include "card_show.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- kept ---- */

void
card_kept_init(struct card_kept *k)
{
    memset(k, 0, sizeof *k);
    vlt_buf_init(&k->note, CARD_FILE_MAX);
    vlt_buf_init(&k->revocation, CARD_FILE_MAX);
}

void
card_kept_clear(struct card_kept *k)
{
    vlt_buf_clear(&k->note);
    vlt_buf_clear(&k->revocation);
    k->any = false;
}

enum vault_status
card_keep(struct card_kept *k, const struct vault_card *card,
    struct vault_error *err)
{
    enum vault_status st;

    vlt_buf_reset(&k->note);
    vlt_buf_reset(&k->revocation);
    vlt_buf_put(&k->note, card->note, card->note_len);
    if (card->revocation != NULL)
        vlt_buf_put(&k->revocation, card->revocation, card->revocation_len);
    st = vlt_buf_end(&k->note, "card", err);
    if (st == VAULT_OK)
        st = vlt_buf_end(&k->revocation, "card", err);
    if (st != VAULT_OK)
        return st;
    k->card = *card;
    (void)snprintf(k->name, sizeof k->name, "%s", card->name);
    k->card.name = k->name;
    k->card.note = (const char *)k->note.p;
    k->card.revocation =
        card->revocation != NULL ? (const char *)k->revocation.p : NULL;
    k->any = true;
    return VAULT_OK;
}

/* ---- found ---- */

struct search {
    struct card_kept *out;
    struct vault_error *err;
    enum vault_status st;
};

static int
keep_own(void *ctx, const struct vault_card *card)
{
    struct search *s = ctx;

    s->st = card_keep(s->out, card, s->err); /* the last one is the newest */
    return s->st != VAULT_OK;
}

static void
keep_named(void *ctx, const struct vault_card *card)
{
    (void)keep_own(ctx, card);
}

enum vault_status
card_find(struct cli *c, const char *name, struct card_kept *out,
    struct vault_error *err)
{
    struct search s = {out, err, VAULT_OK};
    enum vault_status st = name == NULL ? unlock_open(c, err) : unlock(c, err);

    if (st == VAULT_OK)
        st = name == NULL ? vault_cards_own(c->vault, keep_own, &s, err)
                          : vault_pin_find(c->vault, name, keep_named, &s, err);
    return s.st != VAULT_OK ? s.st : st;
}

/* ---- files ---- */

static enum vault_status
read_stdin(struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    uint8_t buf[4096];
    size_t n = 1;
    enum vault_status st = vlt_file_stdin(&f, err);

    while (st == VAULT_OK && n > 0) {
        st = vlt_file_read(f, buf, sizeof buf, &n, err);
        if (st == VAULT_OK) {
            vlt_buf_put(out, buf, n);
            st = vlt_buf_end(out, "card", err);
        }
    }
    vlt_file_close(f);
    return st;
}

enum vault_status
card_read_file(const char *path, struct vlt_buf *out, struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    if (strcmp(path, "-") == 0)
        return read_stdin(out, err);
    st = vlt_os_read_small(path, CARD_FILE_MAX, &p, &n, err);
    if (st == VAULT_OK) {
        vlt_buf_put(out, p, n);
        st = vlt_buf_end(out, "card", err);
    }
    free(p);
    return st;
}

enum vault_status
card_write_file(struct cli *c, const char *path, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_outfile *f = NULL;
    enum vault_status st;

    if (path == NULL || strcmp(path, "-") == 0) {
        out_bytes(p, n);
        return VAULT_OK;
    }
    st = vlt_outfile_begin(path, false, &f, err);
    if (st == VAULT_OK)
        st = vlt_outfile_write(f, p, n, err);
    if (st == VAULT_OK)
        st = vlt_outfile_commit(f, err);
    else
        vlt_outfile_discard(f);
    c->changed = c->changed || st == VAULT_OK;
    return st;
}

/* ---- shown ---- */

const char *
card_state(const struct vault_card *card)
{
    static const char *const words[] = {
        [VAULT_CARD_OWN] = N_("this vault's own"),
        [VAULT_CARD_KNOWN] = N_("compared by you"),
        [VAULT_CARD_CONTINUES] = N_("continues, not confirmed"),
        [VAULT_CARD_UNKNOWN] = N_("not compared"),
        [VAULT_CARD_REFUSED] =
            N_("REFUSED: two cards claim to continue one; its key is stolen"),
        [VAULT_CARD_REVOKED] = N_("REVOKED by its own key"),
        [VAULT_CARD_UNPINNED] = N_("not pinned here"),
    };

    if (card->revocation != NULL)
        return tr(words[VAULT_CARD_REVOKED]);
    return tr(words[card->state]);
}

static void
row(const char *label, const char *value)
{
    out_text("  ");
    out_column(label, 16, false);
    out_text(" ");
    out_safe(value, strlen(value), 0);
    out_text("\n");
}

void
card_print(const struct vault_card *card)
{
    char hex[HEX_ID], generation[16];

    hex_id(hex, card->vault);
    (void)snprintf(generation, sizeof generation, "%" PRIu32, card->generation);
    if (card->name[0] != '\0')
        row(tr("name"), card->name);
    row(tr("fingerprint"), card->letters);
    row(tr("read out"), card->digits);
    row(tr("state"), card_state(card));
    row(tr("vault"), hex);
    row(tr("generation"), generation);
}

void
card_json(const struct vault_card *card, bool note)
{
    struct jline j;

    jline_begin(&j, "card");
    if (card->name[0] != '\0')
        jline_text(&j, "name", card->name);
    jline_text(&j, "state", vault_card_state_word(card->state));
    jline_bool(&j, "revoked", card->revocation != NULL);
    jline_hex(&j, "vault", card->vault, VAULT_ID);
    jline_u64(&j, "generation", card->generation);
    jline_hex(&j, "fingerprint", card->fingerprint, VAULT_HASH);
    jline_text(&j, "letters", card->letters);
    jline_text(&j, "digits", card->digits);
    if (note)
        jline_text_n(&j, "note", card->note, card->note_len);
    jline_end(&j);
}

void
card_end(const struct cli *c)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_end(&j);
}
