/* SPDX-License-Identifier: Apache-2.0 */
/* test_compartment.c: compartments as a setting, and as a signed text */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compartment.h"
#include "known.h"
#include "lines.h"
#include "note.h"
#include "secret.h"

#define VAULT_HEX "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
#define CARD      "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define ONE       "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define TWO       "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="
/* of "identities" and "case 12", by base64(1) */
#define NAME      "aWRlbnRpdGllcw=="
#define OTHER     "Y2FzZSAxMg=="
#define HEAD      "sanduq.v1/compartments\n" VAULT_HEX " " CARD "\ngen 7\n"

/* 1,216 bytes of n in base64: 405 times three, and one. */
static const char *
kem(uint8_t n)
{
    static char text[2][1625];
    char *out = text[n & 1];
    struct vlt_buf b;
    uint8_t raw[VLT_KEM_PK];

    memset(raw, n, sizeof raw);
    vlt_buf_init(&b, 2048);
    vlt_lines_put_b64(&b, raw, sizeof raw);
    assert_int_equal(b.len, 1624);
    memcpy(out, vlt_buf_cstr(&b), 1625);
    vlt_buf_clear(&b);
    return out;
}

/* K1 and K2 stand for key lines. */
static size_t
spell(char out[16384], const char *text)
{
    size_t n = 0;

    for (; *text != 0; text++) {
        if (text[0] == 'K' && (text[1] == '1' || text[1] == '2')) {
            n += (size_t)sprintf(out + n, "key %s %s\n",
                text[1] == '1' ? ONE : TWO, kem(text[1] == '1' ? 2 : 3));
            text++;
        } else {
            out[n++] = *text;
        }
    }
    out[n] = 0;
    return n;
}

static void
only_the_exact_text_is_read(void **state)
{
    static const struct {
        const char *what, *text;
        enum vault_status st;
    } rows[] = {
        {"one",
            HEAD "K1compartment " NAME " away\nmember " ONE "\ntype contact\n",
            VAULT_OK},
        {"two, in order",
            HEAD "K1K2compartment " OTHER " own\nmember " TWO
                 "\ncompartment " NAME " away\nmember " ONE "\nmember " TWO
                 "\ntype contact\ntype letter\n",
            VAULT_OK},
        {"nobody left", HEAD "compartment " NAME " away\ntype contact\n",
            VAULT_OK},
        {"an ext line", HEAD "compartment " NAME " away\next a YQ==\n",
            VAULT_OK},
        {"an ext line that must be understood",
            HEAD "compartment " NAME " away\next !a YQ==\n", VAULT_E_NEWER},
        {"none", HEAD, VAULT_E_FORMAT},
        {"keys out of order",
            HEAD "K2K1compartment " NAME " away\nmember " ONE "\nmember " TWO
                 "\n",
            VAULT_E_FORMAT},
        {"a key twice", HEAD "K1K1compartment " NAME " away\nmember " ONE "\n",
            VAULT_E_FORMAT},
        {"a key of nobody",
            HEAD "K1K2compartment " NAME " away\nmember " ONE "\n",
            VAULT_E_FORMAT},
        {"a member without a key",
            HEAD "K1compartment " NAME " away\nmember " ONE "\nmember " TWO
                 "\n",
            VAULT_E_FORMAT},
        {"members out of order",
            HEAD "K1K2compartment " NAME " away\nmember " TWO "\nmember " ONE
                 "\n",
            VAULT_E_FORMAT},
        {"types out of order",
            HEAD "compartment " NAME " away\ntype letter\ntype contact\n",
            VAULT_E_FORMAT},
        {"a type in two places",
            HEAD "compartment " OTHER " away\ntype contact\ncompartment " NAME
                 " away\ntype contact\n",
            VAULT_E_FORMAT},
        {"no word", HEAD "compartment " NAME " away\ntype Contact\n",
            VAULT_E_FORMAT},
        {"names out of order",
            HEAD "compartment " NAME " away\ncompartment " OTHER " away\n",
            VAULT_E_FORMAT},
        {"default away", /* "default" */
            HEAD "K1compartment ZGVmYXVsdA== away\nmember " ONE "\n",
            VAULT_E_FORMAT},
        {"default without members", HEAD "compartment ZGVmYXVsdA== own\n",
            VAULT_E_FORMAT},
        {"default with a type",
            HEAD "K1compartment ZGVmYXVsdA== own\nmember " ONE "\ntype a\n",
            VAULT_E_FORMAT},
        {"default", HEAD "K1compartment ZGVmYXVsdA== own\nmember " ONE "\n",
            VAULT_OK},
        {"neither own nor away", HEAD "compartment " NAME " gone\n",
            VAULT_E_FORMAT},
        {"no last LF", HEAD "compartment " NAME " away", VAULT_E_FORMAT},
        {"a name that is no text", HEAD "compartment /w== away\n",
            VAULT_E_FORMAT},
        {"a name with a 0", HEAD "compartment AA== away\n", VAULT_E_FORMAT},
    };
    struct vlt_compartments l;
    char text[16384];
    size_t i, n;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum vault_status st;

        n = spell(text, rows[i].text);
        st = vlt_compartments_decode(&l, text, n, NULL);
        if (st != rows[i].st)
            fail_msg("%s: %s", rows[i].what, vault_status_name(st));
        if (st == VAULT_OK)
            vlt_compartments_clear(&l);
        if (st == VAULT_OK && strncmp(rows[i].what, "an ext", 6) != 0)
            assert_int_not_equal(vlt_compartments_decode(&l, text, n - 1, NULL),
                VAULT_OK);
    }
}

static void
only_its_own_card_speaks_for_it(void **state)
{
    struct vlt_card card = {.generation = 1}, other = {.generation = 1};
    struct vlt_seed *seed = vlt_seed_new(), *two = vlt_seed_new();
    struct vlt_compartments l, back;
    struct vlt_buf note, c;
    char text[16384];
    size_t n;

    (void)state;
    memset(two->b, 9, 32);
    from_hex(card.vault, 16, VAULT_HEX);
    from_hex(other.vault, 16, VAULT_HEX);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    vlt_buf_init(&c, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(&card, seed, NULL, &c, NULL), VAULT_OK);
    vlt_buf_reset(&c);
    assert_int_equal(vlt_card_make(&other, two, NULL, &c, NULL), VAULT_OK);
    n = spell(text, HEAD "K1compartment " NAME " away\nmember " ONE "\n");
    assert_int_equal(vlt_compartments_decode(&l, text, n, NULL), VAULT_OK);
    memcpy(l.card, card.fingerprint, 32);
    assert_int_equal(vlt_compartments_make(&l, seed, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_compartments_check(&back, (const char *)note.p,
                         note.len, &card, NULL),
        VAULT_OK);
    assert_int_equal(back.gen, 7);
    assert_string_equal(back.at[0].name, "identities");
    assert_false(back.at[0].own);
    assert_memory_equal(back.key[0].kem, l.key[0].kem, VLT_KEM_PK);
    vlt_compartments_clear(&back);
    assert_int_equal(vlt_compartments_check(&back, (const char *)note.p,
                         note.len, &other, NULL),
        VAULT_E_TAMPERED);
    /* the right card is named, and another one signed */
    vlt_buf_reset(&note);
    assert_int_equal(vlt_compartments_make(&l, two, &note, NULL), VAULT_OK);
    assert_int_equal(vlt_compartments_check(&back, (const char *)note.p,
                         note.len, &card, NULL),
        VAULT_E_TAMPERED);
    vlt_compartments_clear(&l);
    vlt_buf_clear(&note);
    vlt_buf_clear(&c);
    vlt_seed_free(seed);
    vlt_seed_free(two);
}

/* ---- the setting ---- */

static void
make_row(struct vlt_fields *f, const char *name, const char *own,
    const char *type)
{
    uint8_t member[32];

    memset(member, 5, sizeof member);
    vlt_fields_init(f);
    assert_int_equal(vlt_fields_add_text(f, "kind", "compartment", NULL),
        VAULT_OK);
    assert_int_equal(vlt_fields_add_text(f, "name", name, NULL), VAULT_OK);
    assert_int_equal(vlt_fields_add_text(f, "own", own, NULL), VAULT_OK);
    assert_int_equal(vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE,
                         "member.1", member, 32, NULL),
        VAULT_OK);
    if (type != NULL)
        assert_int_equal(vlt_fields_add_text(f, "type.1", type, NULL),
            VAULT_OK);
}

static void
a_row_is_what_it_should_be_or_is_refused(void **state)
{
    static const struct {
        const char *what, *name, *own, *type, *drop, *more;
        enum vault_status st;
    } rows[] = {
        {"good", "a", "no", "contact", NULL, NULL, VAULT_OK},
        {"more fields are kept aside", "a", "no", NULL, NULL, "zz", VAULT_OK},
        {"no name", "a", "no", NULL, "name", NULL, VAULT_E_FORMAT},
        {"no own", "a", "no", NULL, "own", NULL, VAULT_E_FORMAT},
        {"no member", "a", "no", NULL, "member.1", NULL, VAULT_E_FORMAT},
        {"another own", "a", "maybe", NULL, NULL, NULL, VAULT_E_FORMAT},
        {"no word", "a", "no", "C", NULL, NULL, VAULT_E_FORMAT},
        {"since without to", "a", "no", NULL, NULL, "since", VAULT_E_FORMAT},
        {"default with a type", "default", "yes", "a", NULL, NULL,
            VAULT_E_FORMAT},
        {"default away", "default", "no", NULL, NULL, NULL, VAULT_E_FORMAT},
        {"default", "default", "yes", NULL, "member.1", NULL, VAULT_OK},
    };
    struct vlt_compartment c, again;
    struct vlt_fields f, g;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum vault_status st;

        make_row(&f, rows[i].name, rows[i].own, rows[i].type);
        if (rows[i].drop != NULL)
            vlt_fields_remove(&f, rows[i].drop);
        if (rows[i].more != NULL)
            assert_int_equal(vlt_fields_add_i64(&f, VLT_FIELD_TIME,
                                 rows[i].more, 3, NULL),
                VAULT_OK);
        st = vlt_compartment_read(&c, &f, NULL);
        if (st != rows[i].st)
            fail_msg("%s: %s", rows[i].what, vault_status_name(st));
        vlt_fields_init(&g);
        if (st == VAULT_OK) {
            assert_int_equal(vlt_compartment_fields(&g, &c, NULL), VAULT_OK);
            assert_int_equal(vlt_compartment_read(&again, &g, NULL), VAULT_OK);
            assert_memory_equal(&c, &again, sizeof c);
        }
        vlt_fields_clear(&g);
        vlt_fields_clear(&f);
    }
}

static void
lists_stay_in_order_and_within_their_bounds(void **state)
{
    struct vlt_compartment c = {.own = false};
    uint8_t member[32] = {0};
    int i;

    (void)state;
    for (i = 0; i < VLT_COMPARTMENT_MEMBERS; i++) {
        member[0] = (uint8_t)(i * 7);
        assert_int_equal(vlt_compartment_member_add(&c, member, NULL),
            VAULT_OK);
        assert_int_equal(vlt_compartment_member_add(&c, member, NULL),
            VAULT_OK);
    }
    assert_int_equal(c.members, VLT_COMPARTMENT_MEMBERS);
    for (i = 1; i < VLT_COMPARTMENT_MEMBERS; i++)
        assert_true(memcmp(c.member[i - 1], c.member[i], 32) < 0);
    member[0] = 1;
    assert_int_equal(vlt_compartment_member_add(&c, member, NULL),
        VAULT_E_LIMIT);
    assert_int_equal(vlt_compartment_type_add(&c, "letter", NULL), VAULT_OK);
    assert_int_equal(vlt_compartment_type_add(&c, "contact", NULL), VAULT_OK);
    assert_int_equal(vlt_compartment_type_add(&c, "9", NULL), VAULT_E_USAGE);
    assert_string_equal(c.type[0], "contact");
    assert_string_equal(c.type[1], "letter");
}

static int
set_up(void **state)
{
    (void)state;
    return vlt_crypto_init(NULL) == VAULT_OK ? 0 : 1;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_exact_text_is_read),
        cmocka_unit_test(only_its_own_card_speaks_for_it),
        cmocka_unit_test(a_row_is_what_it_should_be_or_is_refused),
        cmocka_unit_test(lists_stay_in_order_and_within_their_bounds),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
