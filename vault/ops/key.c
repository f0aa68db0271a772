/* SPDX-License-Identifier: Apache-2.0 */
/* key.c: what opens a vault, as the caller offers it */
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "handle.h"
#include "kdf.h"
#include "keyfile.h"
#include "nfc.h"
#include "os.h"

struct vault_key *
vault_key_new(void)
{
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return NULL;
    return calloc(1, sizeof(struct vault_key));
}

void
vault_key_free(struct vault_key *key)
{
    if (key == NULL)
        return;
    vlt_guarded_free(key->pass);
    vlt_keyfile_free(key->keyfile);
    vlt_recovery_free(key->recovery);
    free(key);
}

struct vlt_offer
vlt_key_offer(const struct vault_key *key)
{
    return (struct vlt_offer){.pass = key->pass,
        .keyfile = key->keyfile,
        .recovery = key->recovery};
}

enum vault_status
vault_key_passphrase(struct vault_key *key, const void *p, size_t n,
    struct vault_error *err)
{
    struct vlt_guarded *nfc = NULL;
    enum vault_status st = vlt_passphrase_nfc(p, n, &nfc, err);

    if (st != VAULT_OK)
        return st;
    vlt_guarded_free(key->pass);
    key->pass = nfc;
    return VAULT_OK;
}

enum vault_status
vault_key_file(struct vault_key *key, const char *path, struct vault_error *err)
{
    struct vlt_keyfile *k = NULL;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    st = vlt_os_read_small(path, 4096, &p, &n, err);
    if (st == VAULT_E_LIMIT)
        st = vlt_fail_hint(err, VAULT_E_SECRET,
            "only key files that sanduq made are taken",
            "%s is not a Sanduq key file", path);
    if (st != VAULT_OK)
        goto out;
    k = vlt_keyfile_new();
    if (k == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    st = vlt_keyfile_decode(k, p, n, NULL);
    if (st != VAULT_OK) {
        st = vlt_fail_hint(err, VAULT_E_SECRET,
            "only key files that sanduq made are taken",
            "%s is not a Sanduq key file", path);
        goto out;
    }
    vlt_keyfile_free(key->keyfile);
    key->keyfile = k;
    k = NULL;
out:
    vlt_keyfile_free(k);
    if (p != NULL)
        vlt_wipe(p, n);
    free(p);
    return st;
}

enum vault_status
vault_keyfile_create(const char *path, struct vault_error *err)
{
    char text[VLT_KEYFILE_SIZE];
    struct vlt_keyfile *k;
    enum vault_status st = vlt_crypto_init(err);

    if (st != VAULT_OK)
        return st;
    k = vlt_keyfile_new();
    if (k == NULL)
        return vlt_fail_memory(err);
    vlt_random(k->b, sizeof k->b);
    vlt_keyfile_encode(text, k);
    st = vlt_os_create_small(path, text, sizeof text, err);
    vlt_wipe(text, sizeof text);
    vlt_keyfile_free(k);
    return st;
}

void
vault_passphrase_generate(char out[30])
{
    uint8_t b;
    int i;
    int at = 0;

    for (i = 0; i < 24; i++) {
        if (i > 0 && i % 4 == 0)
            out[at++] = '-';
        do
            vlt_random(&b, 1);
        while (b >= 250); /* no digit is likelier than another */
        out[at++] = (char)('0' + b % 10);
    }
    out[at] = 0;
    vlt_wipe(&b, 1);
}

struct vault_cost
vault_cost(enum vault_cost_level level)
{
    struct vault_cost c = {VLT_KDF_T_MIN, VLT_KDF_M_MIN_KIB};
    uint64_t quarter = vlt_os_memory() / 4 / 1024;

    if (level == VAULT_COST_STRONG) {
        c.passes = 4;
        c.memory_kib = 1024 * 1024;
    } else if (level == VAULT_COST_STANDARD) {
        c.memory_kib = 512 * 1024;
        if (quarter != 0 && quarter < c.memory_kib)
            c.memory_kib = (uint32_t)quarter;
        if (c.memory_kib < VLT_KDF_M_MIN_KIB)
            c.memory_kib = VLT_KDF_M_MIN_KIB;
    }
    return c;
}
