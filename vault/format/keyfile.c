/* SPDX-License-Identifier: Apache-2.0 */
/* keyfile.c: the key files this program makes, the only ones it takes */
#include "keyfile.h"
#include "fail.h"
#include "label.h"
#include "text.h"

#include <string.h>

static const char first_line[] = "sanduq.v1/keyfile\n";
enum { FIRST = sizeof first_line - 1, LAST = VLT_KEYFILE_SIZE - 1 };

void
vlt_keyfile_encode(char out[VLT_KEYFILE_SIZE], const struct vlt_keyfile *k)
{
    memcpy(out, first_line, FIRST);
    vlt_b64(out + FIRST, k->b, sizeof k->b);
    out[LAST] = '\n'; /* over the closing 0 */
}

enum vault_status
vlt_keyfile_decode(struct vlt_keyfile *out, const void *p, size_t n,
    struct vault_error *err)
{
    const char *s = p;
    uint8_t key[32];
    size_t got = 0;
    enum vault_status st = VAULT_OK;

    if (n != VLT_KEYFILE_SIZE || memcmp(s, first_line, FIRST) != 0 ||
        s[LAST] != '\n' ||
        !vlt_unb64(key, sizeof key, &got, s + FIRST, VLT_B64_32) ||
        got != sizeof key)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "this is not a key file made by this program");
    else
        memcpy(out->b, key, sizeof key);
    vlt_wipe(key, sizeof key);
    return st;
}

void
vlt_keyfile_base(uint8_t out[32], const struct vlt_keyfile *k)
{
    const struct vlt_part part = {k->b, sizeof k->b};

    vlt_label_hash(out, VLT_L_KEYFILE, &part, 1);
}
