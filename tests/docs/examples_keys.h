/* SPDX-License-Identifier: Apache-2.0 */
/* examples_keys.h: labels, identity, slots, epochs: sections 1 to 5, 8 */
#ifndef TEST_EXAMPLES_KEYS_H
#define TEST_EXAMPLES_KEYS_H

#include "bytes.h"
#include "card.h"
#include "cell.h"
#include "codex32.h"
#include "doc_values.h"
#include "epoch.h"
#include "epochset.h"
#include "keyfile.h"
#include "label.h"
#include "seal.h"
#include "sign.h"
#include "slot.h"
#include "text.h"

/* ---- sections 1 to 4 ---- */

static void
do_label(void)
{
    uint8_t key[32], ctx[BYTES], out[64], info[BYTES];
    size_t n = bytes("ctx", ctx), len = 0;
    int l;

    take("key", key, 32);
    for (l = 0; l < VLT_LABEL_COUNT; l++) {
        if (strcmp(vlt_label_row((enum vlt_label)l)->name, text("label")) == 0)
            break;
    }
    assert_true(l < VLT_LABEL_COUNT);
    len = vlt_label((enum vlt_label)l, info);
    memcpy(info + len, ctx, n);
    same("info", info, len + n);
    vlt_x(key, (enum vlt_label)l, ctx, n, out, number("bytes"));
    same("out", out, number("bytes"));
}

static void
do_seal(void)
{
    uint8_t key[32], ad[16], nonce[24], out[24 + 8 + 16], plain[8], back[8];

    take("key", key, 32);
    take("ad", ad, 16);
    take("nonce", nonce, 24);
    take("plain", plain, 8);
    memcpy(out, nonce, 24);
    vlt_seal_with(out + 24, key, nonce, ad, 16, plain, 8);
    same("out", out, sizeof out);
    assert_true(vlt_unseal(back, key, ad, 16, out, sizeof out));
    assert_memory_equal(back, plain, 8);
}

static void
do_identity(void)
{
    struct vlt_seed seed;
    struct vlt_signkey sign;
    struct vlt_kemkey kem;
    uint8_t vault[16], pk[32];

    take("vault", vault, 16);
    take("seed", seed.b, 32);
    vlt_identity_sign_seed(&sign, &seed, vault);
    same("sign.seed", sign.b, 32);
    vlt_sign_public(pk, sign.b);
    same("sign.public", pk, 32);
    vlt_identity_mini_seed(&sign, &seed, vault);
    vlt_sign_public(pk, sign.b);
    same("mini.public", pk, 32);
    vlt_identity_kem_seed(&kem, &seed, vault);
    same("kem.seed", kem.b, 32);
}

static void
do_keyfile(void)
{
    struct vlt_keyfile k, back;
    char file[VLT_KEYFILE_SIZE];
    uint8_t base[32];

    take("k", k.b, 32);
    vlt_keyfile_encode(file, &k);
    same_lines(file, sizeof file);
    assert_int_equal(vlt_keyfile_decode(&back, file, sizeof file, NULL), 0);
    assert_memory_equal(back.b, k.b, 32);
    vlt_keyfile_base(base, &k);
    same("base", base, 32);
}

static void
do_slot(void)
{
    uint8_t vault[16], base[32], id[16], salt[16], nonce[24], prk[32];
    uint8_t okm[64], ad[96];
    struct vlt_vmk vmk;
    struct vlt_slot slot;

    take("vault", vault, 16);
    take("base", base, 32);
    take("id", id, 16);
    take("salt", salt, 16);
    take("nonce", nonce, 24);
    take("vmk", vmk.b, 32);
    vlt_slot_build(&slot, VLT_SLOT_KEYFILE, NULL, id, salt, nonce, vault, base,
        32, &vmk);
    same("row", slot.row, slot.len);
    vlt_hkdf_extract(prk, slot.row, 48, base, 32);
    same("prk", prk, 32);
    vlt_x(prk, VLT_L_SLOT, vault, 16, okm, 64);
    same("kek", okm, 32);
    same("commitment", okm + 32, 32);
    memcpy(ad, vault, 16);
    memcpy(ad + 16, slot.row, 80);
    same("ad", ad, 96);
    assert_true(vlt_unseal(prk, okm, ad, 96, slot.row + 80, 72));
    assert_memory_equal(prk, vmk.b, 32);
}

static void
do_slot_set(void)
{
    uint8_t vault[16], row[BYTES], hash[32], key[32], mac[32];
    struct vlt_vmk vmk;
    struct vlt_slot slot;
    size_t n = bytes("row", row);

    take("vault", vault, 16);
    take("vmk", vmk.b, 32);
    assert_int_equal(vlt_slot_decode(&slot, row, n, NULL), VAULT_OK);
    vlt_slot_set_hash(hash, (uint32_t)number("gen"), &slot, 1);
    same("hash", hash, 32);
    vlt_x(vmk.b, VLT_L_SLOTS_MAC, vault, 16, key, 32);
    same("mac.key", key, 32);
    vlt_slot_set_mac(mac, hash, &vmk, vault);
    same("mac", mac, 32);
}

static void
do_settings(void)
{
    struct vlt_settings_hash h;
    uint8_t out[32];

    vlt_settings_hash_init(&h, (uint32_t)number("gen"));
    vlt_settings_hash_final(&h, out);
    same("hash", out, 32);
}

static void
do_fingerprint(void)
{
    char shown[VLT_FINGERPRINT_TEXT], plain[VLT_FINGERPRINT_TEXT];
    uint8_t hash[32];
    size_t i, n = 0;

    take("hash", hash, 32);
    vlt_fingerprint_text(shown, hash);
    for (i = 0; shown[i] != 0; i++) {
        if (shown[i] != ' ')
            plain[n++] = shown[i];
    }
    plain[n] = 0;
    assert_string_equal(plain, text("text"));
}

/* ---- section 5 ---- */

/* An epoch of kind 1 with these bytes; wraps are not what is shown here. */
static void
make_epoch(struct vlt_epoch *e, const uint8_t header[80],
    const uint8_t commit[32], const uint8_t rcpt[64])
{
    static const uint8_t wraps[2 * VLT_EPOCH_WRAP];
    uint8_t head[VLT_EPOCH_HEAD];

    memcpy(head, header, 80);
    memcpy(head + 80, commit, 32);
    assert_int_equal(vlt_epoch_decode(e, head, sizeof head, rcpt, 64, wraps,
                         sizeof wraps, NULL),
        VAULT_OK);
}

/* The epoch whose header and E0 the example gives. */
static void
given_epoch(struct vlt_epoch *e, struct vlt_e0 *e0, const char *header_key)
{
    static const uint8_t rcpt[64];
    uint8_t header[80], commit[32];

    take(header_key, header, 80);
    take("e0", e0->b, 32);
    vlt_x(e0->b, VLT_L_EPOCH_COMMIT, header, 80, commit, 32);
    make_epoch(e, header, commit, rcpt);
    assert_true(vlt_epoch_commit_ok(e, e0));
}

static void
step_context(uint8_t out[20], const struct vlt_epoch *e, uint32_t i)
{
    memcpy(out, e->id, 16);
    vlt_store_u32(out + 16, i);
}

static void
do_rcpt(void)
{
    static const uint8_t header[80] = {'S', 'Q', 'E', '1',
        1, [75] = 2, [79] = 1};
    uint8_t epoch[16], t[32], fp[32], r[64], out[32];
    const struct vlt_part part[] = {{epoch, 16}, {t, 32}, {fp, 32}};
    struct vlt_epoch e;

    take("epoch", epoch, 16);
    take("t.0", t, 32);
    take("fingerprint.0", fp, 32);
    vlt_label_hash(r, VLT_L_RCPT, part, 3);
    same("r.0", r, 32);
    take("r.1", r + 32, 32);
    make_epoch(&e, header, out, r);
    vlt_epoch_rcpt_hash(out, &e);
    same("rcpt", out, 32);
    vlt_epoch_clear(&e);
}

static void
do_epoch_keys(void)
{
    static const uint8_t rcpt[64];
    uint8_t pk[32], hash[32], ctx[20], header[80], vault[16], id[16];
    struct vlt_epoch e, chain;
    struct vlt_step step;
    struct vlt_e0 e0;

    given_epoch(&e, &e0, "header");
    take("writer.public", pk, 32);
    take("vault", vault, 16);
    take("epoch", id, 16);
    vlt_sha256(hash, pk, 32);
    assert_memory_equal(e.writer, hash, 32);
    assert_memory_equal(e.vault, vault, 16);
    assert_memory_equal(e.id, id, 16);
    assert_int_equal(e.kind, number("kind"));
    assert_int_equal(e.n, number("n"));
    same("commit", e.head + 80, 32);
    step_context(ctx, &e, (uint32_t)number("i"));
    vlt_epoch_step(&step, &e, &e0, (uint32_t)number("i"));
    vlt_x(step.b, VLT_L_WRAP, ctx, 20, hash, 32);
    same("w", hash, 32);
    take("header", header, 80);
    header[4] = VLT_EPOCH_CAPTURE;
    make_epoch(&chain, header, hash, rcpt);
    vlt_epoch_step(&step, &chain, &e0, 1);
    same("e1", step.b, 32);
    vlt_epoch_clear(&e);
    vlt_epoch_clear(&chain);
}

static void
do_cache(void)
{
    uint8_t header[80], commit[32], r[64], vault[16], key[32], nonce[24];
    uint8_t cell[VLT_EPOCH_CACHE], ad[144], plain[40];
    struct vlt_epoch e;
    struct vlt_vmk vmk;
    struct vlt_e0 e0;
    uint64_t time = 0;

    take("header", header, 80);
    take("commit", commit, 32);
    take("r.0", r, 32);
    take("r.1", r + 32, 32);
    take("vault", vault, 16);
    take("vmk", vmk.b, 32);
    take("nonce", nonce, 24);
    take("cell", cell, sizeof cell);
    make_epoch(&e, header, commit, r);
    assert_true(vlt_epoch_cache_open(&e, cell, sizeof cell, &vmk, &e0, &time));
    same("e0", e0.b, 32);
    assert_int_equal(time, number("time"));
    vlt_x(vmk.b, VLT_L_EPOCH_CACHE, vault, 16, key, 32);
    memcpy(ad, e.head, 112);
    vlt_epoch_rcpt_hash(ad + 112, &e);
    memcpy(plain, e0.b, 32);
    vlt_store_u64(plain + 32, time);
    memcpy(cell, nonce, 24);
    vlt_seal_with(cell + 24, key, nonce, ad, 144, plain, 40);
    same("cell", cell, sizeof cell);
    vlt_epoch_clear(&e);
}

static void
do_epoch_set(void)
{
    struct vlt_epoch_mark m[3];
    uint8_t out[32];
    char key[16];
    size_t i;

    for (i = 0; i < 3; i++) {
        (void)snprintf(key, sizeof key, "id.%zu", i);
        take(key, m[i].id, 16);
        (void)snprintf(key, sizeof key, "hash.%zu", i);
        take(key, m[i].hash, 32);
    }
    vlt_epoch_set_hash(out, m, 3);
    same("set", out, 32);
}

/* ---- section 4.3, 14 ---- */

static void
do_device_code(void)
{
    uint8_t p[40];
    char code[80];

    take("device", p, 8);
    take("first", p + 8, 32);
    vlt_bech32(code, "sqd", p, sizeof p);
    assert_string_equal(code, text("code"));
}

/* What stands there, read and written again. */
static void
read_share(struct vlt_share *s, const char *key)
{
    char again[VLT_SHARE_TEXT];

    assert_int_equal(vlt_share_read(s, text(key), strlen(text(key)), NULL), 0);
    vlt_share_text(s, again);
    assert_string_equal(again, text(key));
}

static void
do_share(void)
{
    struct vlt_shares *set = vlt_shares_new();
    struct vlt_share s;
    struct vlt_recovery *key = NULL;
    uint8_t secret[32];
    char out[VLT_SHARE_TEXT];

    assert_non_null(set);
    take("secret", secret, 32);
    read_share(&s, "text.s");
    read_share(&s, "whole");
    read_share(&s, "text.a");
    assert_memory_equal(text("text.a") + 10, text("payload.a"), 52);
    assert_int_equal(vlt_shares_add(set, text("text.a"), strlen(text("text.a")),
                         NULL),
        0);
    assert_int_equal(vlt_shares_add(set, text("text.c"), strlen(text("text.c")),
                         NULL),
        0);
    assert_true(vlt_shares_at(set, 's', &s));
    vlt_share_text(&s, out);
    assert_string_equal(out, text("text.s"));
    assert_true(vlt_shares_at(set, 'd', &s));
    vlt_share_text(&s, out);
    assert_string_equal(out, text("text.d"));
    assert_int_equal(vlt_shares_join(set, &key, NULL), 0);
    assert_memory_equal(key->b, secret, 32);
    vlt_recovery_free(key);
    vlt_shares_free(set);
    set = vlt_shares_new();
    assert_non_null(set);
    assert_int_equal(vlt_shares_add(set, text("whole"), strlen(text("whole")),
                         NULL),
        0);
    assert_int_equal(vlt_shares_join(set, &key, NULL), 0);
    assert_memory_equal(key->b, secret, 32);
    vlt_recovery_free(key);
    vlt_shares_free(set);
}

#endif
