/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_device_intro: what introduces a device reads back as it is shown */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <vault/device.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vault_device_intro d, again;

    if (vault_device_read(data, size, &d, NULL) != VAULT_OK)
        return 0;
    if (vault_device_read(d.code, strlen(d.code), &again, NULL) != VAULT_OK ||
        memcmp(d.id, again.id, sizeof d.id) != 0 ||
        memcmp(d.first, again.first, sizeof d.first) != 0 ||
        strcmp(d.code, again.code) != 0 || again.note != NULL)
        abort();
    if (d.note != NULL &&
        (d.note_len > size || (const uint8_t *)d.note != data))
        abort();
    if (!vault_fingerprint_is(d.first, d.letters) ||
        !vault_fingerprint_is(d.first, d.digits))
        abort();
    return 0;
}
