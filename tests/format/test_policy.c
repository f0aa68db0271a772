/* SPDX-License-Identifier: Apache-2.0 */
/* test_policy.c: C2SP tlog-policy: what it allows, and what satisfies it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail.h"
#include "policy.h"
#include "secret.h"
#include "sign.h"
#include "text.h"

/* Keys by which the texts below are filled in: @0 .. @9 witnesses, @L and @M
 * logs, @D the key of @0 under another name, @P one of type 06 (ML-DSA-44). */
enum { WITNESSES = 10, ROOM = 64 * 1024 };
static struct vlt_vkey witness[WITNESSES], logs[2], twice;
static char post_quantum[4096];

static void
make_key(struct vlt_vkey *k, const char *name, uint8_t type, uint8_t n)
{
    uint8_t seed[32] = {n}, pk[32];

    vlt_sign_public(pk, seed);
    assert_int_equal(vlt_vkey_make(k, name, type, pk, NULL), VAULT_OK);
}

static int
setup(void **state)
{
    uint8_t key[1 + 1312] = {6, 1, 2, 3}, id[4];
    char name[32], hex[9], b64[VLT_B64_SIZE(sizeof key) + 1];
    uint8_t i;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    for (i = 0; i < WITNESSES; i++) {
        snprintf(name, sizeof name, "witness.example/%u", i);
        make_key(&witness[i], name, VLT_VKEY_COSIGNATURE, (uint8_t)(i + 1));
    }
    make_key(&logs[0], "log.example/one", VLT_VKEY_ED25519, 100);
    make_key(&logs[1], "log.example/two", VLT_VKEY_ED25519, 101);
    make_key(&twice, "impostor.example", VLT_VKEY_COSIGNATURE, 1);
    vlt_note_key_id(id, "pq.example", 6, key + 1, sizeof key - 1);
    vlt_hex(hex, id, 4);
    vlt_b64(b64, key, sizeof key);
    snprintf(post_quantum, sizeof post_quantum, "pq.example+%s+%s", hex, b64);
    return 0;
}

/* The text with the keys in it. */
static size_t
fill(char out[ROOM], const char *text)
{
    char vkey[VLT_VKEY_TEXT];
    size_t n = 0;

    for (; *text != 0; text++) {
        const char *put = vkey;

        if (*text != '@') {
            out[n++] = *text;
            continue;
        }
        text++;
        if (*text == 'P')
            put = post_quantum;
        else if (*text == 'D')
            vlt_vkey_text(vkey, &twice);
        else if (*text == 'L' || *text == 'M')
            vlt_vkey_text(vkey, &logs[*text == 'M']);
        else
            vlt_vkey_text(vkey, &witness[*text - '0']);
        n += (size_t)snprintf(out + n, ROOM - n, "%s", put);
    }
    out[n] = 0;
    return n;
}

static enum vault_status
read_policy(struct vlt_policy *p, const char *text, struct vault_error *err)
{
    static char filled[ROOM];
    size_t n = fill(filled, text);

    return vlt_policy_parse(p, filled, n, err);
}

static const char example[] = "log @L\n"
                              "\n"
                              "witness X1 @1\n"
                              "witness X2 @2\n"
                              "witness X3 @3\n"
                              "group X-witnesses 2 X1 X2 X3\n"
                              "\n"
                              "witness Y1 @4\n"
                              "witness Y2 @5\n"
                              "witness Y3 @6\n"
                              "group Y-witnesses any Y1 Y2 Y3\n"
                              "\n"
                              "group X-and-Y all X-witnesses Y-witnesses\n"
                              "quorum X-and-Y\n";

/* ---- what is taken ---- */

static void
well_formed_policies_are_taken(void **state)
{
    static const struct {
        const char *name, *text;
        size_t logs, nodes;
    } good[] = {
        {"the specification's example", example, 1, 9},
        {"the smallest", "quorum none\n", 0, 0},
        {"one witness", "witness a @0\nquorum a\n", 0, 1},
        {"blanks and remarks",
            "\n# remark\n\t # another\n\twitness \t a  @0  \t https://a/ \n\n"
            "   quorum\ta\t\n",
            0, 1},
        {"addresses of any kind",
            "log @L https://log.example/\nwitness a @0 \xd1\x8f.example\n"
            "quorum a\n",
            1, 1},
        {"keywords as names",
            "witness all @0\nwitness any @1\nwitness quorum @2\n"
            "group group 2 all any\nquorum group\n",
            0, 4},
        {"names of any octets",
            "witness \xe2\x84\xaa @0\nwitness K @1\nwitness \x80 @2\n"
            "group \xff all \x80 K \xe2\x84\xaa\nquorum \xff\n",
            0, 4},
        {"logs and witnesses behind the quorum",
            "witness a @0\nquorum a\nlog @L\nwitness b @1\n", 1, 2},
        {"the quorum is a member too",
            "witness a @0\ngroup g any a\nquorum a\n", 0, 2},
        {"keys of another type", "witness a @P\nwitness b @0\nquorum b\n", 0,
            2},
        {"two logs", "log @L\nlog @M\nquorum none\n", 2, 0},
        {"no witness at all, but a name", "witness none-such @0\nquorum none\n",
            0, 1},
    };
    struct vlt_policy p;
    struct vault_error err;
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(good); i++) {
        vlt_error_clear(&err);
        if (read_policy(&p, good[i].text, &err) != VAULT_OK)
            fail_msg("%s: %s", good[i].name, err.message);
        if (p.logs != good[i].logs || p.nodes != good[i].nodes)
            fail_msg("%s: %zu logs, %zu nodes", good[i].name, p.logs, p.nodes);
        vlt_policy_clear(&p);
    }
}

static void
everything_else_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *name, *text, *says;
    } bad[] = {
        {"nothing", "", "no quorum"},
        {"no quorum", "witness a @0\n", "no quorum"},
        {"two quorums", "quorum none\nquorum none\n", "line 2"},
        {"no final line feed", "witness a @0\nquorum a", "line 2"},
        {"a carriage return", "witness a @0\r\nquorum a\n", "line 1"},
        {"a control character", "\n\nquorum none\n\x01", "line 4"},
        {"DEL", "quorum none\n# \x7f\n", "line 2"},
        {"another word", "\nmonitor x\nquorum none\n", "line 2"},
        {"a capital", "Quorum none\n", "line 1"},
        {"a remark behind", "witness a @0 https://a # no\nquorum a\n",
            "line 1"},
        {"a log without key", "log\nquorum none\n", "line 1"},
        {"a log with two addresses", "log @L a b\nquorum none\n", "line 1"},
        {"a log that is none", "log garbage\nquorum none\n", "line 1"},
        {"a witness as a log", "log @0\nquorum none\n", "line 1"},
        {"a log as a witness", "witness a @L\nquorum a\n", "line 1"},
        {"a log twice", "log @L\n\nlog @L https://a\nquorum none\n", "line 3"},
        {"a witness without key", "witness a\nquorum a\n", "line 1"},
        {"a witness without name", "witness @0\nquorum none\n", "line 1"},
        {"one key under two names", "witness a @0\nwitness b @D\nquorum a\n",
            "line 2"},
        {"one key twice", "witness a @0\nwitness b @0\nquorum a\n", "line 2"},
        {"one key of another type twice",
            "witness a @P\nwitness b @P\nquorum a\n", "line 2"},
        {"a name twice", "witness a @0\nwitness a @1\nquorum a\n", "line 2"},
        {"a name of both", "witness a @0\ngroup a any a\nquorum a\n", "line 2"},
        {"a witness named none", "witness none @0\nquorum none\n", "line 1"},
        {"a group named none", "witness a @0\ngroup none any a\nquorum none\n",
            "line 2"},
        {"none as member", "witness a @0\ngroup g any none a\nquorum g\n",
            "line 2"},
        {"a group of nobody", "group g any\nquorum none\n", "line 1"},
        {"a group of nobody, all", "group g all\nquorum none\n", "line 1"},
        {"a group without number", "group g\nquorum none\n", "line 1"},
        {"0 of 1", "witness a @0\ngroup g 0 a\nquorum g\n", "line 2"},
        {"2 of 1", "witness a @0\ngroup g 2 a\nquorum g\n", "line 2"},
        {"-1 of 1", "witness a @0\ngroup g -1 a\nquorum g\n", "line 2"},
        {"01 of 1", "witness a @0\ngroup g 01 a\nquorum g\n", "line 2"},
        {"1x of 1", "witness a @0\ngroup g 1x a\nquorum g\n", "line 2"},
        {"2^64 + 1 of 1",
            "witness a @0\ngroup g 18446744073709551617 a\nquorum g\n",
            "line 2"},
        {"a member that is unknown", "group g any a\nquorum g\n", "line 1"},
        {"a member that comes later", "group g any a\nwitness a @0\nquorum g\n",
            "line 1"},
        {"itself as member", "witness a @0\ngroup g any g\nquorum a\n",
            "line 2"},
        {"a member twice", "witness a @0\ngroup g 2 a a\nquorum g\n", "line 2"},
        {"a member of two",
            "witness a @0\ngroup g any a\ngroup h any a\nquorum g\n", "line 3"},
        {"a quorum that is unknown", "quorum a\n", "line 1"},
        {"a quorum that comes later", "quorum a\nwitness a @0\n", "line 1"},
        {"a quorum of two", "witness a @0\nquorum a a\n", "line 2"},
        {"a quorum of nothing", "quorum\n", "line 1"},
        {"a Kelvin for a K", "witness K @0\nquorum \xe2\x84\xaa\n", "line 2"},
        {"a no-break space",
            "witness\xc2\xa0"
            "a @0\nquorum none\n",
            "line 1"},
    };
    struct vlt_policy p;
    struct vault_error err;
    enum vault_status st;
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(bad); i++) {
        vlt_error_clear(&err);
        st = read_policy(&p, bad[i].text, &err);
        if (st != VAULT_E_FORMAT)
            fail_msg("%s: status %d", bad[i].name, (int)st);
        if (strstr(err.message, bad[i].says) == NULL)
            fail_msg("%s: %s", bad[i].name, err.message);
    }
}

static void
a_key_id_of_another_key_is_refused(void **state)
{
    static char text[ROOM];
    struct vlt_policy p;
    char *at;
    size_t n;

    (void)state;
    n = fill(text, "witness a @0\nquorum a\n");
    at = strchr(text, '+') + 1;
    *at = *at == '0' ? '1' : '0';
    assert_int_equal(vlt_policy_parse(&p, text, n, NULL), VAULT_E_FORMAT);
}

static void
a_zero_byte_ends_nothing(void **state)
{
    static const char text[] = "quorum none\n\0quorum a\n";
    struct vlt_policy p;

    (void)state;
    assert_int_equal(vlt_policy_parse(&p, text, sizeof text - 1, NULL),
        VAULT_E_FORMAT);
    assert_int_equal(vlt_policy_parse(&p, text, 12, NULL), VAULT_OK);
    vlt_policy_clear(&p);
}

/* ---- sizes ---- */

static void
many_are_taken_and_too_many_refused(void **state)
{
    char *text = malloc(2 * VLT_POLICY_MAX), vkey[VLT_VKEY_TEXT], name[32];
    struct vlt_policy p;
    struct vlt_vkey k;
    bool *held;
    size_t n, i, lines;

    (void)state;
    assert_non_null(text);
    for (lines = VLT_POLICY_MANY; lines <= VLT_POLICY_MANY + 1; lines++) {
        n = 0;
        for (i = 0; i < lines; i++) {
            uint8_t seed[32] = {(uint8_t)i, (uint8_t)(i >> 8), 1}, pk[32];

            vlt_sign_public(pk, seed);
            snprintf(name, sizeof name, "w%zu", i);
            assert_int_equal(vlt_vkey_make(&k, name, VLT_VKEY_COSIGNATURE, pk,
                                 NULL),
                VAULT_OK);
            vlt_vkey_text(vkey, &k);
            n += (size_t)sprintf(text + n, "witness %s %s\n", name, vkey);
        }
        n += (size_t)sprintf(text + n, "group all 1024");
        for (i = 0; i < lines; i++)
            n += (size_t)sprintf(text + n, " w%zu", i);
        n += (size_t)sprintf(text + n, "\nquorum all\n");
        if (lines > VLT_POLICY_MANY) {
            assert_int_equal(vlt_policy_parse(&p, text, n, NULL),
                VAULT_E_LIMIT);
            break;
        }
        assert_int_equal(vlt_policy_parse(&p, text, n, NULL), VAULT_OK);
        held = calloc(p.nodes, sizeof *held);
        for (i = 0; i + 1 < lines; i++)
            held[i] = true;
        assert_false(vlt_policy_quorum(&p, held));
        held[lines - 1] = true;
        assert_true(vlt_policy_quorum(&p, held));
        free(held);
        vlt_policy_clear(&p);
    }
    free(text);
}

static void
one_mebibyte_is_read_and_one_byte_more_is_not(void **state)
{
    char *text = malloc(VLT_POLICY_MAX + 1);
    struct vlt_policy p;

    (void)state;
    assert_non_null(text);
    memset(text, '#', VLT_POLICY_MAX + 1);
    memcpy(text, "quorum none\n", 12);
    text[VLT_POLICY_MAX - 1] = '\n';
    assert_int_equal(vlt_policy_parse(&p, text, VLT_POLICY_MAX, NULL),
        VAULT_OK);
    vlt_policy_clear(&p);
    text[VLT_POLICY_MAX] = '\n';
    assert_int_equal(vlt_policy_parse(&p, text, VLT_POLICY_MAX + 1, NULL),
        VAULT_E_LIMIT);
    memset(text, '\n', VLT_POLICY_MAX); /* a million lines */
    memcpy(text + VLT_POLICY_MAX - 12, "quorum none\n", 12);
    assert_int_equal(vlt_policy_parse(&p, text, VLT_POLICY_MAX, NULL),
        VAULT_OK);
    vlt_policy_clear(&p);
    free(text);
}

static void
names_have_a_limit(void **state)
{
    static char text[ROOM], filled[ROOM];
    struct vlt_policy p;
    size_t len;

    (void)state;
    for (len = VLT_POLICY_NAME; len <= VLT_POLICY_NAME + 1; len++) {
        char name[VLT_POLICY_NAME + 2];

        memset(name, 'n', len);
        name[len] = 0;
        snprintf(text, sizeof text, "witness %s @0\nquorum %s\n", name, name);
        assert_int_equal(vlt_policy_parse(&p, filled, fill(filled, text), NULL),
            len <= VLT_POLICY_NAME ? VAULT_OK : VAULT_E_LIMIT);
        if (len <= VLT_POLICY_NAME)
            vlt_policy_clear(&p);
    }
}

/* ---- what satisfies it ---- */

/* Whether the witnesses named in `who` (words) are enough. */
static bool
enough(const char *text, const char *who)
{
    bool held[64] = {false}, is;
    struct vlt_policy p;
    char words[128];
    char *w;
    size_t i;

    assert_int_equal(read_policy(&p, text, NULL), VAULT_OK);
    snprintf(words, sizeof words, "%s", who);
    for (w = strtok(words, " "); w != NULL; w = strtok(NULL, " ")) {
        for (i = 0; i < p.nodes && strcmp(p.node[i].name, w) != 0; i++)
            ;
        assert_true(i < p.nodes);
        held[i] = true;
    }
    is = vlt_policy_quorum(&p, held);
    vlt_policy_clear(&p);
    return is;
}

static void
the_quorum_is_that_of_the_specification(void **state)
{
    static const char nested[] = "witness a @0\nwitness b @1\nwitness c @2\n"
                                 "group inner any b c\n"
                                 "group outer all a inner\nquorum outer\n";

    (void)state;
    assert_true(enough(example, "X1 X2 Y1"));
    assert_true(enough(example, "X3 X2 Y3"));
    assert_true(enough(example, "X1 X2 X3 Y1 Y2 Y3"));
    assert_false(enough(example, "X1 Y1 Y2 Y3"));
    assert_false(enough(example, "X1 X2 X3"));
    assert_false(enough(example, ""));
    assert_true(enough(nested, "a c"));
    assert_false(enough(nested, "a"));
    assert_false(enough(nested, "b c"));
    assert_true(enough("quorum none\n", ""));
    assert_true(enough("witness a @0\nquorum none\n", ""));
    assert_true(enough("witness a @0\nquorum a\n", "a"));
    assert_false(enough("witness a @0\nwitness b @1\nquorum a\n", "b"));
}

static void
witnesses_are_found_by_name_and_key(void **state)
{
    struct vlt_policy p;
    struct vlt_vkey k = witness[2];

    (void)state;
    assert_int_equal(read_policy(&p, example, NULL), VAULT_OK);
    assert_string_equal(p.node[vlt_policy_witness(&p, &k)].name, "X2");
    assert_true(vlt_policy_witness(&p, &witness[9]) == VLT_POLICY_NONE);
    k.pk[0] ^= 1;
    assert_true(vlt_policy_witness(&p, &k) == VLT_POLICY_NONE);
    assert_true(vlt_policy_witness(&p, &twice) == VLT_POLICY_NONE);
    vlt_policy_clear(&p);
    assert_int_equal(read_policy(&p, "witness a @P\nquorum a\n", NULL),
        VAULT_OK);
    assert_false(p.node[0].key.usable);
    assert_int_equal(p.node[0].key.type, 6);
    vlt_policy_clear(&p);
}

static void
logs_are_found_by_origin_and_key(void **state)
{
    struct vlt_policy p;

    (void)state;
    assert_int_equal(read_policy(&p, "log @L\nquorum none\n", NULL), VAULT_OK);
    assert_int_equal(vlt_policy_log(&p, "log.example/one", logs[0].pk),
        VLT_POLICY_NAMED);
    assert_int_equal(vlt_policy_log(&p, "log.example/one", logs[1].pk),
        VLT_POLICY_OTHER);
    assert_int_equal(vlt_policy_log(&p, "log.example/two", logs[0].pk),
        VLT_POLICY_UNNAMED);
    vlt_policy_clear(&p);
    assert_int_equal(read_policy(&p, "quorum none\n", NULL), VAULT_OK);
    assert_int_equal(vlt_policy_log(&p, "log.example/one", logs[0].pk),
        VLT_POLICY_ANY);
    vlt_policy_clear(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_policies_are_taken),
        cmocka_unit_test(everything_else_is_refused_with_its_line),
        cmocka_unit_test(a_key_id_of_another_key_is_refused),
        cmocka_unit_test(a_zero_byte_ends_nothing),
        cmocka_unit_test(many_are_taken_and_too_many_refused),
        cmocka_unit_test(one_mebibyte_is_read_and_one_byte_more_is_not),
        cmocka_unit_test(names_have_a_limit),
        cmocka_unit_test(the_quorum_is_that_of_the_specification),
        cmocka_unit_test(witnesses_are_found_by_name_and_key),
        cmocka_unit_test(logs_are_found_by_origin_and_key),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
