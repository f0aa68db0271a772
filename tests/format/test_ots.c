/* SPDX-License-Identifier: Apache-2.0 */
/* test_ots.c: which hash an OpenTimestamps proof is about */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"
#include "ots.h"

/* Header, version 1, SHA-256, digest, then an attestation of some kind: as
 * python-opentimestamps writes a DetachedTimestampFile. */
#define MAGIC "004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294"
#define DIGEST \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static void
only_the_exact_head_is_taken(void **state)
{
    static const struct {
        const char *name, *hex;
        enum vault_status st;
    } rows[] = {
        {"as it should be", MAGIC "0108" DIGEST "00", VAULT_OK},
        {"nothing behind the digest", MAGIC "0108" DIGEST, VAULT_E_FORMAT},
        {"a digest cut off",
            MAGIC "0108"
                  "0001",
            VAULT_E_FORMAT},
        {"SHA-1", MAGIC "0102" DIGEST "00", VAULT_E_FORMAT},
        {"version 2", MAGIC "0208" DIGEST "00", VAULT_E_NEWER},
        {"magic alone", MAGIC, VAULT_E_FORMAT},
        {"magic cut off", "004f70656e54696d", VAULT_E_FORMAT},
        {"another magic",
            "014f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294"
            "0108" DIGEST "00",
            VAULT_E_FORMAT},
    };
    uint8_t bytes[128], digest[32];

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        size_t n = strlen(rows[i].hex) / 2;

        from_hex(bytes, n, rows[i].hex);
        if (vlt_ots_read(digest, bytes, n, NULL) != rows[i].st)
            fail_msg("%s", rows[i].name);
        if (rows[i].st == VAULT_OK)
            assert_hex(digest, sizeof digest, DIGEST);
    }
    assert_int_equal(vlt_ots_read(digest, bytes, VLT_OTS_MAX + 1, NULL),
        VAULT_E_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_exact_head_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
