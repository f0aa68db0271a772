/* SPDX-License-Identifier: Apache-2.0 */
/* compartment_text.c: compartments in clear, signed, for a capture file */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compartment.h"
#include "fail.h"
#include "lines.h"
#include "note.h"
#include "sign.h"
#include "text.h"

#define FIRST "sanduq.v1/compartments\n"

enum { KEYS_MAX = VLT_COMPARTMENT_MEMBERS };

void
vlt_compartments_init(struct vlt_compartments *l)
{
    memset(l, 0, sizeof *l);
}

void
vlt_compartments_clear(struct vlt_compartments *l)
{
    free(l->key);
    free(l->at);
    memset(l, 0, sizeof *l);
}

const struct vlt_recipient *
vlt_compartments_key(const struct vlt_compartments *l,
    const uint8_t fingerprint[32])
{
    size_t i;

    for (i = 0; i < l->keys; i++) {
        if (memcmp(l->key[i].fingerprint, fingerprint, 32) == 0)
            return &l->key[i];
    }
    return NULL;
}

/* ---- written ---- */

static void
put_one(struct vlt_buf *out, const struct vlt_compartment *c)
{
    size_t i;

    vlt_buf_put_str(out, "compartment ");
    vlt_lines_put_b64(out, (const uint8_t *)c->name, strlen(c->name));
    vlt_buf_put_str(out, c->own ? " own\n" : " away\n");
    for (i = 0; i < c->members; i++) {
        vlt_buf_put_str(out, "member ");
        vlt_lines_put_b64(out, c->member[i], 32);
        vlt_buf_put_str(out, "\n");
    }
    for (i = 0; i < c->types; i++) {
        vlt_buf_put_str(out, "type ");
        vlt_buf_put_str(out, c->type[i]);
        vlt_buf_put_str(out, "\n");
    }
}

enum vault_status
vlt_compartments_encode(struct vlt_buf *out, const struct vlt_compartments *l,
    struct vault_error *err)
{
    char gen[16];
    size_t i;

    vlt_buf_put_str(out, FIRST);
    vlt_lines_put_hex(out, l->vault, sizeof l->vault);
    vlt_buf_put_str(out, " ");
    vlt_lines_put_b64(out, l->card, sizeof l->card);
    vlt_buf_put_str(out, "\ngen ");
    (void)snprintf(gen, sizeof gen, "%u", (unsigned)l->gen);
    vlt_buf_put_str(out, gen);
    vlt_buf_put_str(out, "\n");
    for (i = 0; i < l->keys; i++) {
        vlt_buf_put_str(out, "key ");
        vlt_lines_put_b64(out, l->key[i].fingerprint, 32);
        vlt_buf_put_str(out, " ");
        vlt_lines_put_b64(out, l->key[i].kem, sizeof l->key[i].kem);
        vlt_buf_put_str(out, "\n");
    }
    for (i = 0; i < l->n; i++)
        put_one(out, &l->at[i]);
    return vlt_buf_end(out, "list of compartments", err);
}

/* ---- read ---- */

static void
read_key(struct vlt_lines *l, struct vlt_compartments *c)
{
    struct vlt_recipient *k = &c->key[c->keys];

    if (c->keys == KEYS_MAX) {
        vlt_lines_fail(l);
        return;
    }
    vlt_lines_expect(l, "key ");
    vlt_lines_b64(l, k->fingerprint, 32);
    vlt_lines_expect(l, " ");
    vlt_lines_b64(l, k->kem, sizeof k->kem);
    vlt_lines_expect(l, "\n");
    if (c->keys > 0 && memcmp(k[-1].fingerprint, k->fingerprint, 32) >= 0)
        vlt_lines_fail(l);
    c->keys++;
}

/* base64 of 1 to 64 bytes, whose number is not known before. */
static void
read_name(struct vlt_lines *l, char out[VLT_COMPARTMENT_NAME + 1])
{
    struct vlt_lines again = *l;
    size_t len, n = 0;
    const char *word = vlt_lines_word(&again, &len);

    if (again.failed || !vlt_lines_b64_ok(word, len, &n) ||
        n > VLT_COMPARTMENT_NAME) {
        vlt_lines_fail(l);
        return;
    }
    vlt_lines_b64(l, (uint8_t *)out, n);
    out[n] = 0;
    if (strlen(out) != n || !vlt_utf8_valid((const uint8_t *)out, n))
        vlt_lines_fail(l);
}

static void
read_members(struct vlt_lines *l, struct vlt_compartment *c)
{
    while (!l->failed && vlt_lines_at(l, "member ")) {
        uint8_t *at = c->member[c->members];

        if (c->members == VLT_COMPARTMENT_MEMBERS) {
            vlt_lines_fail(l);
            return;
        }
        vlt_lines_expect(l, "member ");
        vlt_lines_b64(l, at, 32);
        vlt_lines_expect(l, "\n");
        if (c->members > 0 && memcmp(c->member[c->members - 1], at, 32) >= 0)
            vlt_lines_fail(l);
        c->members++;
    }
}

static void
read_types(struct vlt_lines *l, struct vlt_compartment *c)
{
    while (!l->failed && vlt_lines_at(l, "type ")) {
        const char *word;
        size_t len;

        vlt_lines_expect(l, "type ");
        word = vlt_lines_word(l, &len);
        vlt_lines_expect(l, "\n");
        if (c->types == VLT_COMPARTMENT_TYPES ||
            !vlt_compartment_type_ok(word, len)) {
            vlt_lines_fail(l);
            return;
        }
        memcpy(c->type[c->types], word, len);
        c->type[c->types][len] = 0;
        if (c->types > 0 &&
            strcmp(c->type[c->types - 1], c->type[c->types]) >= 0)
            vlt_lines_fail(l);
        c->types++;
    }
}

static void
read_one(struct vlt_lines *l, struct vlt_compartments *all)
{
    struct vlt_compartment *c = &all->at[all->n];

    if (all->n == VLT_COMPARTMENTS_MAX) {
        vlt_lines_fail(l);
        return;
    }
    vlt_lines_expect(l, "compartment ");
    read_name(l, c->name);
    c->own = vlt_lines_at(l, " own\n");
    vlt_lines_expect(l, c->own ? " own\n" : " away\n");
    read_members(l, c);
    read_types(l, c);
    if ((vlt_compartment_is_default(c) &&
            (!c->own || c->types > 0 || c->members == 0)) ||
        (all->n > 0 && strcmp(c[-1].name, c->name) >= 0))
        vlt_lines_fail(l);
    all->n++;
}

/* Each member has a key, each key a member, and no type two places. */
static bool
hangs_together(const struct vlt_compartments *l)
{
    size_t used[KEYS_MAX] = {0};
    size_t i, k, m;

    for (i = 0; i < l->n; i++) {
        for (m = 0; m < l->at[i].members; m++) {
            const struct vlt_recipient *r =
                vlt_compartments_key(l, l->at[i].member[m]);

            if (r == NULL)
                return false;
            used[r - l->key]++;
        }
        for (m = 0; m < l->at[i].types; m++) {
            for (k = 0; k < i; k++) {
                if (vlt_compartment_type(&l->at[k], l->at[i].type[m]) <
                    l->at[k].types)
                    return false;
            }
        }
    }
    for (i = 0; i < l->keys; i++) {
        if (used[i] == 0)
            return false;
    }
    return l->n > 0;
}

static enum vault_status
read_all(struct vlt_compartments *c, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, FIRST);
    vlt_lines_hex(&l, c->vault, sizeof c->vault);
    vlt_lines_expect(&l, " ");
    vlt_lines_b64(&l, c->card, sizeof c->card);
    vlt_lines_expect(&l, "\ngen ");
    c->gen = vlt_lines_u32(&l);
    vlt_lines_expect(&l, "\n");
    while (!l.failed && vlt_lines_at(&l, "key "))
        read_key(&l, c);
    while (!l.failed && vlt_lines_at(&l, "compartment "))
        read_one(&l, c);
    if (!l.failed && !hangs_together(c))
        vlt_lines_fail(&l);
    if (l.failed)
        return vlt_lines_end(&l, "list of compartments", err);
    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = vlt_compartments_encode(&again, c, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, l.pos, "list of compartments", err);
    vlt_buf_clear(&again);
    return st == VAULT_OK ? vlt_lines_end_ext(&l, "list of compartments", err)
                          : st;
}

enum vault_status
vlt_compartments_decode(struct vlt_compartments *out, const char *text,
    size_t len, struct vault_error *err)
{
    struct vlt_compartments c;
    enum vault_status st;

    vlt_compartments_init(&c);
    c.key = calloc(KEYS_MAX, sizeof *c.key);
    c.at = calloc(VLT_COMPARTMENTS_MAX, sizeof *c.at);
    st = c.key == NULL || c.at == NULL ? vlt_fail_memory(err)
                                       : read_all(&c, text, len, err);
    if (st == VAULT_OK)
        *out = c;
    else
        vlt_compartments_clear(&c);
    return st;
}

/* ---- signed ---- */

enum vault_status
vlt_compartments_make(const struct vlt_compartments *l,
    const struct vlt_seed *seed, struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    char name[VLT_NAME_MAX + 1];
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = key == NULL ? vlt_fail_memory(err)
                     : vlt_compartments_encode(&text, l, err);
    if (st == VAULT_OK) {
        vlt_identity_sign_seed(key, seed, l->vault);
        vlt_name_sign(name, l->vault);
        st = vlt_note_sign(out, (const char *)text.p, text.len, name, key->b,
            err);
    }
    vlt_buf_clear(&text);
    vlt_signkey_free(key);
    return st;
}

enum vault_status
vlt_compartments_check(struct vlt_compartments *out, const char *note,
    size_t len, const struct vlt_card *card, struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_compartments c;
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st == VAULT_OK)
        st = vlt_compartments_decode(&c, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    vlt_name_sign(name, card->vault);
    if (memcmp(c.vault, card->vault, sizeof c.vault) != 0 ||
        memcmp(c.card, card->fingerprint, sizeof c.card) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the list of compartments is another vault's or card's");
    if (st == VAULT_OK)
        st = vlt_note_check(&n, name, card->sign, err);
    if (st == VAULT_OK)
        *out = c;
    else
        vlt_compartments_clear(&c);
    return st;
}
