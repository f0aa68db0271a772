/* SPDX-License-Identifier: Apache-2.0 */
/* run_cctv_mlkem768: the ML-KEM-768 half of X-Wing at its edges */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "json_vectors.h"
#include "kem.h"
#include "secret.h"

enum { PK = 1184, SK = 2400, CT = 1088 };

/* The bytes of the line "key = hex". */
static struct vec_bytes
value(struct vec_run *run, const char *text, const char *key)
{
    size_t n = strlen(key);

    for (const char *at = text; at != NULL && *at != '\0';) {
        if (strncmp(at, key, n) == 0 && strncmp(at + n, " = ", 3) == 0)
            return vec_hex_of(run, at + n + 3, strcspn(at + n + 3, "\r\n"));
        at = strchr(at, '\n');
        if (at != NULL)
            at++;
    }
    return vec_hex_of(run, "", 0);
}

static bool
encapsulates(struct vec_run *run, const char *text)
{
    struct vec_bytes ek = value(run, text, "ek");
    struct vec_bytes m = value(run, text, "m");
    struct vec_bytes c = value(run, text, "c");
    struct vec_bytes k = value(run, text, "K");
    uint8_t ct[CT];
    uint8_t ss[32];

    return ek.n == PK && m.n == 32 &&
        crypto_kem_mlkem768_enc_deterministic(ct, ss, ek.p, m.p) == 0 &&
        vec_same(ct, sizeof ct, c.p, c.n) && vec_same(ss, sizeof ss, k.p, k.n);
}

static bool
decapsulates(struct vec_run *run, const char *text)
{
    struct vec_bytes dk = value(run, text, "dk");
    struct vec_bytes c = value(run, text, "c");
    struct vec_bytes k = value(run, text, "K");
    uint8_t ss[32];

    return dk.n == SK && c.n == CT &&
        crypto_kem_mlkem768_dec(ss, c.p, dk.p) == 0 &&
        vec_same(ss, sizeof ss, k.p, k.n);
}

/*
 * One line of the modulus file: a key with one coefficient that is not
 * reduced. With a sound X25519 part it is an X-Wing key, which neither
 * vlt_kem_key_ok nor vlt_hpke_seal may take.
 */
static bool
refuses(struct vec_run *run, const char *hex, const uint8_t x25519[32])
{
    struct vec_bytes ek = vec_hex_of(run, hex, strcspn(hex, "\r\n"));
    uint8_t pk[VLT_KEM_PK];
    uint8_t out[VLT_HPKE_EXTRA + 1];

    if (ek.n != PK)
        return false;
    memcpy(pk, ek.p, PK);
    memcpy(pk + PK, x25519, 32);
    return !vlt_kem_key_ok(pk) &&
        vlt_hpke_seal(out, pk, NULL, 0, "x", 1, NULL) == VAULT_E_FORMAT;
}

static void
modulus(struct vec_run *run)
{
#if defined(_WIN32)
    printf("modulus: skipped, packed with gzip\n");
    vec_skip(run, 780);
#else
    const char *path = vec_path(run, "modulus_ML-KEM-768.txt.gz");
    static const uint8_t seed[32] = {7};
    uint8_t pk[VLT_KEM_PK];
    char command[1200];
    char line[2 * PK + 8];
    unsigned lines = 0;
    FILE *f;

    if (strchr(path, '\'') != NULL ||
        snprintf(command, sizeof command, "gzip -dc '%s'", path) >=
            (int)sizeof command ||
        (f = popen(command, "r")) == NULL) {
        printf("modulus: skipped, cannot be unpacked here\n");
        vec_skip(run, 780);
        return;
    }
    vlt_kem_public(pk, seed);
    while (fgets(line, sizeof line, f) != NULL) {
        struct vec_run own = {0};

        vec_case(run, refuses(&own, line, pk + PK), "modulus line %u", lines);
        vec_drop(&own);
        lines++;
    }
    vec_case(run, pclose(f) == 0 && lines == 780, "modulus: %u lines", lines);
#endif
}

/*
 * 10,000 tests drawn from SHAKE-128 of nothing, hashed. README.md there gives
 * the scheme with the hash of the draft; this is the hash for the final FIPS
 * 203, from TestAccumulated of Go's crypto/mlkem (which leaves dk out).
 */
static bool
accumulated(struct vec_run *run)
{
    struct vec_bytes want = vec_hex_of(run,
        "8a518cc63da366322a8e7a818c7a0d63483cb3528d34a4cf42f35d5ad73f22fc", 64);
    crypto_xof_shake128_state in;
    crypto_xof_shake128_state sum;
    uint8_t seed[64];
    uint8_t m[32];
    uint8_t junk[CT];
    uint8_t pk[PK];
    uint8_t sk[SK];
    uint8_t ct[CT];
    uint8_t k[32];
    uint8_t back[32];
    bool ok = true;

    crypto_xof_shake128_init(&in);
    crypto_xof_shake128_init(&sum);
    for (int i = 0; ok && i < 10000; i++) {
        crypto_xof_shake128_squeeze(&in, seed, sizeof seed);
        crypto_xof_shake128_squeeze(&in, m, sizeof m);
        crypto_xof_shake128_squeeze(&in, junk, sizeof junk);
        crypto_kem_mlkem768_seed_keypair(pk, sk, seed);
        ok = crypto_kem_mlkem768_enc_deterministic(ct, k, pk, m) == 0 &&
            crypto_kem_mlkem768_dec(back, ct, sk) == 0 &&
            memcmp(k, back, sizeof k) == 0 &&
            crypto_kem_mlkem768_dec(back, junk, sk) == 0;
        crypto_xof_shake128_update(&sum, pk, sizeof pk);
        crypto_xof_shake128_update(&sum, ct, sizeof ct);
        crypto_xof_shake128_update(&sum, k, sizeof k);
        crypto_xof_shake128_update(&sum, back, sizeof back);
    }
    crypto_xof_shake128_squeeze(&sum, k, sizeof k);
    return ok && vec_same(k, sizeof k, want.p, want.n);
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    const char *text;

    if (!vec_open(&run, argc, argv, "cctv-mlkem768", "strcmp_ML-KEM-768.txt"))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    text = vec_text(&run, "intermediate_ML-KEM-768.txt");
    vec_case(&run, encapsulates(&run, text), "intermediate: enc");
    vec_case(&run, decapsulates(&run, text), "intermediate: dec");
    text = vec_text(&run, "unluckysample_ML-KEM-768.txt");
    vec_case(&run, encapsulates(&run, text), "unlucky sample: enc");
    vec_case(&run, decapsulates(&run, text), "unlucky sample: dec");
    text = vec_text(&run, "strcmp_ML-KEM-768.txt");
    vec_case(&run, decapsulates(&run, text), "strcmp: dec");
    modulus(&run);
    vec_case(&run, accumulated(&run), "10,000 accumulated tests");
    printf("keys from d and z are skipped: these two files follow the draft, "
           "where d is hashed alone\n");
    vec_skip(&run, 2);
    return vec_end(&run);
}
