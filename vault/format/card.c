/* SPDX-License-Identifier: Apache-2.0 */
/* card.c: the public card of a vault's identity generation (section 4) */
#include "card.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "label.h"
#include "lines.h"
#include "sign.h"
#include "text.h"

void
vlt_identity_sign_seed(struct vlt_signkey *out, const struct vlt_seed *s,
    const uint8_t vault[16])
{
    vlt_x(s->b, VLT_L_ID_SIGN, vault, 16, out->b, sizeof out->b);
}

void
vlt_identity_kem_seed(struct vlt_kemkey *out, const struct vlt_seed *s,
    const uint8_t vault[16])
{
    vlt_x(s->b, VLT_L_ID_KEM, vault, 16, out->b, sizeof out->b);
}

void
vlt_identity_mini_seed(struct vlt_signkey *out, const struct vlt_seed *s,
    const uint8_t vault[16])
{
    vlt_x(s->b, VLT_L_ID_MINI, vault, 16, out->b, sizeof out->b);
}

void
vlt_identity_wit_seed(struct vlt_signkey *out, const struct vlt_seed *s,
    const uint8_t vault[16])
{
    vlt_x(s->b, VLT_L_ID_WIT, vault, 16, out->b, sizeof out->b);
}

static void
put_key(struct vlt_buf *out, const char *word, const uint8_t *p, size_t n)
{
    vlt_buf_put_str(out, word);
    if (p != NULL)
        vlt_lines_put_b64(out, p, n);
    else
        vlt_buf_put_str(out, "-");
    vlt_buf_put_str(out, "\n");
}

static enum vault_status
check_generation(const struct vlt_card *c, struct vault_error *err)
{
    if (c->generation == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "card: generation 0");
    if (c->has_prev != (c->generation > 1))
        return vlt_fail(err, VAULT_E_FORMAT,
            "card: generation %" PRIu32 " with the wrong predecessor",
            c->generation);
    return VAULT_OK;
}

enum vault_status
vlt_card_encode(struct vlt_buf *out, const struct vlt_card *c,
    struct vault_error *err)
{
    enum vault_status st = check_generation(c, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_put_str(out, "sanduq.v1/card\n");
    vlt_lines_put_hex(out, c->vault, sizeof c->vault);
    vlt_buf_printf(out, " %" PRIu32 "\n", c->generation);
    put_key(out, "sign ", c->sign, sizeof c->sign);
    put_key(out, "mini ", c->mini, sizeof c->mini);
    put_key(out, "kem ", c->kem, sizeof c->kem);
    put_key(out, "prev ", c->has_prev ? c->prev : NULL, sizeof c->prev);
    put_key(out, "next ", c->has_next ? c->next : NULL, sizeof c->next);
    return vlt_buf_end(out, "card", err);
}

static enum vault_status
check_keys(const struct vlt_card *c, struct vault_error *err)
{
    if (!vlt_sign_key_ok(c->sign) || !vlt_sign_key_ok(c->mini))
        return vlt_fail(err, VAULT_E_FORMAT,
            "card: a signing key that is refused");
    if (!vlt_kem_key_ok(c->kem))
        return vlt_fail(err, VAULT_E_FORMAT,
            "card: an encryption key that is refused");
    return VAULT_OK;
}

/* Read the fixed lines, check them, and give where they end. */
static enum vault_status
decode_fixed(struct vlt_card *c, struct vlt_lines *l, struct vault_error *err)
{
    struct vlt_buf again;
    enum vault_status st;

    vlt_lines_expect(l, "sanduq.v1/card\n");
    vlt_lines_hex(l, c->vault, sizeof c->vault);
    vlt_lines_expect(l, " ");
    c->generation = vlt_lines_u32(l);
    vlt_lines_expect(l, "\nsign ");
    vlt_lines_b64(l, c->sign, sizeof c->sign);
    vlt_lines_expect(l, "\nmini ");
    vlt_lines_b64(l, c->mini, sizeof c->mini);
    vlt_lines_expect(l, "\nkem ");
    vlt_lines_b64(l, c->kem, sizeof c->kem);
    vlt_lines_expect(l, "\nprev ");
    c->has_prev = vlt_lines_b64_or_none(l, c->prev, sizeof c->prev);
    vlt_lines_expect(l, "\nnext ");
    c->has_next = vlt_lines_b64_or_none(l, c->next, sizeof c->next);
    vlt_lines_expect(l, "\n");
    if (l->failed)
        return vlt_lines_end(l, "card", err);
    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = vlt_card_encode(&again, c, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, l->p, l->pos, "card", err);
    vlt_buf_clear(&again);
    return st;
}

enum vault_status
vlt_card_decode(struct vlt_card *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_card c = {0};
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    st = decode_fixed(&c, &l, err);
    if (st == VAULT_OK)
        st = vlt_lines_end_ext(&l, "card", err);
    if (st == VAULT_OK)
        st = check_keys(&c, err);
    if (st != VAULT_OK)
        return st;
    vlt_sha256(c.fingerprint, text, len);
    *out = c;
    return VAULT_OK;
}

/* The three public keys of SEED for this vault. */
static enum vault_status
fill_keys(struct vlt_card *c, const struct vlt_seed *seed,
    struct vault_error *err)
{
    struct vlt_signkey *sign = vlt_signkey_new();
    struct vlt_signkey *mini = vlt_signkey_new();
    struct vlt_kemkey *kem = vlt_kemkey_new();
    enum vault_status st = VAULT_OK;

    if (sign == NULL || mini == NULL || kem == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    vlt_identity_sign_seed(sign, seed, c->vault);
    vlt_identity_mini_seed(mini, seed, c->vault);
    vlt_identity_kem_seed(kem, seed, c->vault);
    vlt_sign_public(c->sign, sign->b);
    vlt_sign_public(c->mini, mini->b);
    vlt_kem_public(c->kem, kem->b);
out:
    vlt_signkey_free(sign);
    vlt_signkey_free(mini);
    vlt_kemkey_free(kem);
    return st;
}

/* Sign the text into out; or, with text NULL, add a line to the note there. */
static enum vault_status
sign_as(struct vlt_buf *out, const struct vlt_buf *text,
    const uint8_t vault[16], const struct vlt_seed *seed,
    struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    char name[VLT_NAME_MAX + 1];
    enum vault_status st;

    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_identity_sign_seed(key, seed, vault);
    vlt_name_sign(name, vault);
    if (text != NULL)
        st = vlt_note_sign(out, (const char *)text->p, text->len, name, key->b,
            err);
    else
        st = vlt_note_cosign(out, name, key->b, err);
    vlt_signkey_free(key);
    return st;
}

enum vault_status
vlt_card_make(struct vlt_card *c, const struct vlt_seed *seed,
    const struct vlt_seed *previous, struct vlt_buf *out,
    struct vault_error *err)
{
    struct vlt_card made = *c;
    struct vlt_buf text;
    enum vault_status st;

    assert((previous != NULL) == (c->generation > 1));
    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = fill_keys(&made, seed, err);
    if (st == VAULT_OK)
        st = vlt_card_encode(&text, &made, err);
    if (st == VAULT_OK)
        st = sign_as(out, &text, made.vault, seed, err);
    if (st == VAULT_OK && previous != NULL)
        st = sign_as(out, NULL, made.vault, previous, err);
    if (st == VAULT_OK) {
        vlt_sha256(made.fingerprint, text.p, text.len);
        *c = made;
    }
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_card_parse(struct vlt_card *out, const char *note, size_t len,
    struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_note n;
    struct vlt_card c;
    enum vault_status st;

    st = vlt_note_parse(&n, note, len, err);
    if (st == VAULT_OK)
        st = vlt_card_decode(&c, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    vlt_name_sign(name, c.vault);
    st = vlt_note_check(&n, name, c.sign, err);
    if (st == VAULT_OK)
        *out = c;
    return st;
}

static bool
continues(const struct vlt_card *card, const struct vlt_card *previous)
{
    uint8_t hash[32];

    vlt_sha256(hash, card->sign, sizeof card->sign);
    return memcmp(card->vault, previous->vault, sizeof card->vault) == 0 &&
        card->generation - 1 == previous->generation && card->has_prev &&
        memcmp(card->prev, previous->fingerprint, sizeof card->prev) == 0 &&
        (!previous->has_next || memcmp(hash, previous->next, 32) == 0);
}

enum vault_status
vlt_card_follows(const struct vlt_card *card, const char *note, size_t len,
    const struct vlt_card *previous, struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_note n;
    uint8_t hash[32];
    enum vault_status st;

    st = vlt_note_parse(&n, note, len, err);
    if (st != VAULT_OK)
        return st;
    vlt_note_text_hash(hash, &n);
    if (memcmp(hash, card->fingerprint, sizeof hash) != 0 ||
        !continues(card, previous))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "card of generation %" PRIu32
            " does not continue the card of generation %" PRIu32,
            card->generation, previous->generation);
    vlt_name_sign(name, previous->vault);
    return vlt_note_check(&n, name, previous->sign, err);
}

void
vlt_fingerprint_text(char out[VLT_FINGERPRINT_TEXT],
    const uint8_t fingerprint[32])
{
    char all[33];
    size_t i;

    vlt_bech32_bits(all, fingerprint, 160);
    for (i = 0; i < 8; i++) {
        memcpy(out + 5 * i, all + 4 * i, 4);
        out[5 * i + 4] = i < 7 ? ' ' : '\0';
    }
}

bool
vlt_card_matches_seed(const struct vlt_card *c, const struct vlt_seed *seed)
{
    struct vlt_card own = *c;

    return fill_keys(&own, seed, NULL) == VAULT_OK &&
        memcmp(own.sign, c->sign, sizeof own.sign) == 0 &&
        memcmp(own.mini, c->mini, sizeof own.mini) == 0 &&
        memcmp(own.kem, c->kem, sizeof own.kem) == 0;
}

void
vlt_card_age(char *out, const struct vlt_card *c)
{
    vlt_bech32(out, "age1pq", c->kem, sizeof c->kem);
}
