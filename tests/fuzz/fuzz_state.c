/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_state: state files, sealed well, so that what is in them counts */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "label.h"
#include "seal.h"
#include "state.h"

enum { PLAIN = VLT_STATE_FILE - VLT_SEAL_EXTRA };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool begun;
    static const struct vlt_vmk vmk = {{3}};
    static const uint8_t vault[16] = {4};
    uint8_t plain[PLAIN] = {0}, again[PLAIN], file[VLT_STATE_FILE], key[32],
            name[8];
    struct vlt_state s;

    if (!begun && vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    begun = true;
    if (vlt_state_open(&s, data, size, &vmk, vault, NULL) == VAULT_OK)
        abort(); /* nobody finds a seal by chance */
    memcpy(plain, data, size < sizeof plain ? size : sizeof plain);
    vlt_x(vmk.b, VLT_L_STATE, vault, sizeof vault, key, sizeof key);
    vlt_x(vmk.b, VLT_L_STATE_NAME, vault, sizeof vault, name, sizeof name);
    vlt_seal(file, key, name, sizeof name, plain, sizeof plain);
    if (vlt_state_open(&s, file, sizeof file, &vmk, vault, NULL) != VAULT_OK)
        return 0;
    vlt_state_seal(file, &s, &vmk);
    if (!vlt_unseal(again, key, name, sizeof name, file, sizeof file) ||
        memcmp(again, plain, sizeof plain) != 0)
        abort();
    vlt_state_clear(&s);
    return 0;
}
