/* SPDX-License-Identifier: Apache-2.0 */
/* test_keyfile: key files this program makes, the only ones it takes */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "known.h"

#include "doc_example.h"
#include "keyfile.h"

static const char good[] = "sanduq.v1/keyfile\n"
                           "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

static void
the_example_of_the_format_is_met(void **unused)
{
    struct vlt_keyfile k, back;
    char text[VLT_KEYFILE_SIZE];
    uint8_t base[32];

    (void)unused;
    doc_hex(k.b, 32, "keyfile", "k");
    vlt_keyfile_base(base, &k);
    assert_hex(base, 32, doc_text("keyfile", "base"));
    vlt_keyfile_encode(text, &k);
    assert_memory_equal(text, "sanduq.v1/keyfile\n", 18);
    assert_int_equal(vlt_keyfile_decode(&back, text, sizeof text, NULL),
        VAULT_OK);
    assert_memory_equal(back.b, k.b, 32);
}

static void
the_bytes_are_those_of_base64(void **unused)
{
    struct vlt_keyfile k;
    char text[VLT_KEYFILE_SIZE];

    (void)unused;
    assert_int_equal(vlt_keyfile_decode(&k, good, sizeof good - 1, NULL),
        VAULT_OK);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(k.b[i], i);
    vlt_keyfile_encode(text, &k);
    assert_memory_equal(text, good, sizeof text);
}

static const struct {
    const char *name;
    const char *text;
} refused[] = {
    {"empty", ""},
    {"one byte short",
        "sanduq.v1/keyfile\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},
    {"one byte long",
        "sanduq.v1/keyfile\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n"},
    {"CR LF",
        "sanduq.v1/keyfile\r\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\r\n"},
    {"another first line",
        "sanduq.v2/keyfile\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"},
    {"unused bits set",
        "sanduq.v1/keyfile\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n"},
    {"no padding",
        "sanduq.v1/keyfile\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A\n"},
    {"a space",
        "sanduq.v1/keyfile\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBka "
        "xwdHh8=\n"},
    {"no last LF",
        "sanduq.v1/keyfile\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=="},
};

static void
anything_else_is_refused(void **unused)
{
    struct vlt_keyfile k = {{7}};

    (void)unused;
    for (size_t i = 0; i < ROWS(refused); i++) {
        print_message("%s\n", refused[i].name);
        assert_int_equal(vlt_keyfile_decode(&k, refused[i].text,
                             strlen(refused[i].text), NULL),
            VAULT_E_FORMAT);
        assert_int_equal(k.b[0], 7);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_format_is_met),
        cmocka_unit_test(the_bytes_are_those_of_base64),
        cmocka_unit_test(anything_else_is_refused),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
