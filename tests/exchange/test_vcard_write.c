/* SPDX-License-Identifier: Apache-2.0 */
/* test_vcard_write.c: contacts become cards, and tell no more than they may */
#include "vcard.h"

#include "fail.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T(name, text)                                           \
    {                                                           \
        VAULT_TEXT, VAULT_VALUE, name, (const uint8_t *)(text), \
            sizeof(text) - 1                                    \
    }
#define X(type, name, bytes)                                                 \
    {                                                                        \
        type, VAULT_VALUE, name, (const uint8_t *)(bytes), sizeof(bytes) - 1 \
    }

static void
check(const struct vault_field *fields, size_t n, bool all,
    const char *expected)
{
    struct vault_error err = {0};
    struct vlt_buf b;

    vlt_buf_init(&b, FORM_MAX);
    assert_int_equal(vcard_write(&b, fields, n, all, &err), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&b), expected);
    vlt_buf_clear(&b);
}

static const struct vault_field person[] = {
    T("birth.date", ""), /* of another type than the card's */
    T("channel.1.address", "+1-202-555-0143"),
    T("channel.1.safety", "unsafe"),
    T("channel.1.type", "telephone"),
    T("channel.10.address", "xmpp:a@sample.invalid"),
    T("channel.10.safety", "safe"),
    T("channel.10.type", "messenger"),
    T("channel.2.address", "+44-1632-960123"),
    T("channel.2.code-word", "алма"),
    T("channel.2.hours", "19:00 to 21:00"),
    T("channel.2.safety", "safe"),
    T("channel.2.type", "mobile"),
    T("channel.3.address", "a@sample.invalid"),
    T("channel.3.safety", "unknown"),
    T("channel.3.type", "email"),
    T("channel.4.address", "b@sample.invalid"),
    T("channel.4.type", "email"),
    X(VAULT_LINK, "link.1", "0123456789abcdef0123456789abcdef\0\0\0\1about"),
    T("language", "kk"),
    T("language.other.1", "ru"),
    T("name.1", "Ойдан Күмісай"),
    T("name.1.language", "kk"),
    T("name.1.script", "Cyrl"),
    T("name.2", "Вымышленная, Кумисай; \\"),
    T("name.2.language", "ru"),
    T("name.family", "Ойдан"),
    T("name.given", "Күмісай"),
    X(VAULT_LANG_TEXT, "note.1", "en call\nnever"),
    X(VAULT_LANG_TEXT, "relation", "en Sister"),
    T("vcard.uid", "urn:uuid:00000000-0000-4000-8000-000000000001"),
    T("vcard.x-wechat.1", "hidden"),
};

/* Written by hand from RFC 6350. */
static void
only_safe_channels_names_and_languages_are_told(void **state)
{
    struct vcard_withheld kept = {0, 0};

    (void)state;
    check(person, VLT_COUNT(person), false,
        "BEGIN:VCARD\r\n"
        "VERSION:4.0\r\n"
        "UID:urn:uuid:00000000-0000-4000-8000-000000000001\r\n"
        "FN;ALTID=1;LANGUAGE=kk:Ойдан Күмісай\r\n"
        "FN;ALTID=1;LANGUAGE=ru:Вымышленная\\, Кумисай\\; \\\\\r\n"
        "N:Ойдан;Күмісай;;;\r\n"
        "LANG;PREF=1:kk\r\n"
        "LANG;PREF=2:ru\r\n"
        "TEL;TYPE=cell;X-SANDUQ-SAFE=safe;X-SANDUQ-HOURS=\"19:00 to 21:00\";"
        "VALUE=uri:\r\n"
        " tel:+44-1632-960123\r\n"
        "IMPP;X-SANDUQ-SAFE=safe:xmpp:a@sample.invalid\r\n"
        "END:VCARD\r\n");
    assert_int_equal(vcard_withheld(person, VLT_COUNT(person), &kept, NULL),
        VAULT_OK);
    assert_int_equal(kept.channels, 3);
    /* birth.date, link.1, note.1, relation, vcard.x-wechat.1 */
    assert_int_equal(kept.fields, 5);
}

static void
nobody_who_must_not_be_contacted_is_reachable(void **state)
{
    static const struct vault_field fields[] = {T("name.1", "A"),
        T("do-not-contact", "yes"), T("channel.1.type", "email"),
        T("channel.1.address", "a@sample.invalid"),
        T("channel.1.safety", "safe")};

    (void)state;
    check(fields, VLT_COUNT(fields), false,
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\nEND:VCARD\r\n");
}

static void
with_everything_each_field_is_told(void **state)
{
    (void)state;
    check(person, VLT_COUNT(person), true,
        "BEGIN:VCARD\r\n"
        "VERSION:4.0\r\n"
        "UID:urn:uuid:00000000-0000-4000-8000-000000000001\r\n"
        "FN;ALTID=1;LANGUAGE=kk:Ойдан Күмісай\r\n"
        "FN;ALTID=1;LANGUAGE=ru:Вымышленная\\, Кумисай\\; \\\\\r\n"
        "N:Ойдан;Күмісай;;;\r\n"
        "LANG;PREF=1:kk\r\n"
        "LANG;PREF=2:ru\r\n"
        "TEL;X-SANDUQ-SAFE=unsafe;VALUE=uri:tel:+1-202-555-0143\r\n"
        "TEL;TYPE=cell;X-SANDUQ-SAFE=safe;X-SANDUQ-HOURS=\"19:00 to 21:00\";"
        "VALUE=uri:\r\n"
        " tel:+44-1632-960123\r\n"
        "EMAIL;X-SANDUQ-SAFE=unknown:a@sample.invalid\r\n"
        "EMAIL:b@sample.invalid\r\n"
        "IMPP;X-SANDUQ-N=10;X-SANDUQ-SAFE=safe:xmpp:a@sample.invalid\r\n"
        "NOTE;LANGUAGE=en:call\\nnever\r\n"
        "X-WECHAT:hidden\r\n"
        "X-SANDUQ-FIELD;X-NAME=birth.date;X-TYPE=text:\r\n"
        "X-SANDUQ-FIELD;X-NAME=channel.2.code-word;X-TYPE=text:алма\r\n"
        "X-SANDUQ-FIELD;X-NAME=relation;X-TYPE=lang:en Sister\r\n"
        "END:VCARD\r\n");
}

static void
a_card_always_has_a_name(void **state)
{
    static const struct vault_field code[] = {T("contact.code", "C-7,a")};
    static const struct vault_field nick[] = {T("name.1", "Gül"),
        T("name.1.kind", "nickname")};
    static const struct vault_field preferred[] = {T("name.1", "A"),
        T("name.preferred", "B")};
    static const struct vault_field same[] = {T("name.1", "A"),
        T("name.1.kind", "passport"), T("name.2", "B"),
        T("name.preferred", "B")};

    (void)state;
    check(NULL, 0, false,
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN;X-SANDUQ-NAME=none:?\r\n"
        "END:VCARD\r\n");
    check(code, 1, false,
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN;X-SANDUQ-NAME=none:C-7\\,a\r\n"
        "END:VCARD\r\n");
    check(nick, 2, false,
        "BEGIN:VCARD\r\nVERSION:4.0\r\nNICKNAME:Gül\r\n"
        "FN;X-SANDUQ-NAME=none:?\r\nEND:VCARD\r\n");
    check(preferred, 2, false,
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\n"
        "FN;PREF=1;X-SANDUQ-NAME=preferred:B\r\nEND:VCARD\r\n");
    check(same, 4, false,
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN;X-SANDUQ-KIND=passport:A\r\n"
        "FN;PREF=1:B\r\nEND:VCARD\r\n");
}

static void
every_line_is_folded_between_characters(void **state)
{
    static const char *const letters[] = {"a", "ж", "虚", "𠀀"};
    char text[600];

    (void)state;
    for (size_t k = 0; k < VLT_COUNT(letters); k++) {
        for (size_t n = 1; n < 100; n++) {
            struct vault_field name = {VAULT_TEXT, VAULT_VALUE, "name.1",
                (const uint8_t *)text, n * strlen(letters[k])};
            struct vlt_buf b;
            size_t line = 0;

            for (size_t i = 0; i < n; i++)
                memcpy(text + i * strlen(letters[k]), letters[k],
                    strlen(letters[k]));
            vlt_buf_init(&b, FORM_MAX);
            assert_int_equal(vcard_write(&b, &name, 1, false, NULL), VAULT_OK);
            for (size_t i = 0; i < b.len; i++) {
                if (b.p[i] != '\r')
                    continue;
                assert_int_equal(b.p[i + 1], '\n');
                assert_true(i - line <= 75);
                assert_true(vlt_utf8_valid(b.p + line, i - line));
                line = i + 2;
            }
            assert_int_equal(line, b.len);
            vlt_buf_clear(&b);
        }
    }
}

/* No field can end its line and begin another. */
static void
a_value_cannot_begin_a_line_of_its_own(void **state)
{
#define EVIL "x\r\nTEL:+1\nTEL:+2\rTEL:+3"
    static const struct vault_field fields[] = {T("name.1", EVIL),
        T("name.1.language", "en\nTEL:+4"), T("name.family", "\nTEL:+5"),
        T("name.1.params", ";A=\"\nTEL:+6\""), T("name.1.group", "a\nTEL:+7"),
        T("channel.1.type", "email"), T("channel.1.address", EVIL),
        T("channel.1.safety", "safe"), T("channel.2.type", "other"),
        T("channel.2.address", "http:\nTEL:+8"), T("channel.2.safety", "safe"),
        T("channel.2.hours", "\nTEL:+9"), T("channel.2.use", "a\nTEL:+0"),
        T("vcard.x-a.1", "\nTEL:+1"), T("vcard.x-b.1", "v"),
        T("vcard.x-b.1.params", ":\"TEL:+1"), T("vcard.x-c.1.params", ";A=\""),
        T("vcard.x-c.1", "v"), X(VAULT_LANG_TEXT, "note.1", "en\nTEL:+1 x"),
        X(VAULT_LANG_TEXT, "note.2", "en \r\nTEL:+1"),
        T("photo.1.media", "a\nTEL:+1"), X(VAULT_BYTES, "photo.1", "\nTEL"),
        T("vcard.x-d.1.params", ";A=\"\nTEL:+6\""), T("vcard.x-d.1", "v"),
        T("vcard.uid", "\nTEL:+1"), T("vcard.tel.1", "+2")};
    struct vlt_buf b;

    (void)state;
    for (int all = 0; all < 2; all++) {
        const char *s;

        vlt_buf_init(&b, FORM_MAX);
        assert_int_equal(vcard_write(&b, fields, VLT_COUNT(fields), all, NULL),
            VAULT_OK);
        s = vlt_buf_cstr(&b);
        print_message("%s", s);
        assert_null(strstr(s, "\nTEL"));
        assert_null(strstr(s, "\rTEL"));
        vlt_buf_clear(&b);
    }
}

/* ---- there and back ---- */

static int
by_name(const void *a, const void *b)
{
    const struct form_field *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* All fields in their order, without a word on where they stood. */
static void
put_sorted(struct vlt_buf *b, struct form *f)
{
    if (f->n > 0)
        qsort(f->field, f->n, sizeof *f->field, by_name);
    for (size_t i = 0; i < f->n; i++) {
        vlt_buf_printf(b, "%s %d %d ", f->field[i].name, (int)f->field[i].type,
            (int)f->field[i].state);
        if (f->field[i].value_len > 0)
            vlt_buf_put(b, f->field[i].value, f->field[i].value_len);
        vlt_buf_put_u8(b, '\n');
    }
}

struct round {
    struct vlt_buf fields;
    struct vlt_buf card; /* written from them */
};

static enum vault_status
once(void *ctx, size_t index, struct form *f, struct vault_error *err)
{
    struct round *r = ctx;
    struct vault_field all[VCARD_FIELDS + 100];

    (void)index;
    assert_int_equal(form_fit(f, "contact", NULL, err), VAULT_OK);
    for (size_t i = 0; i < f->mistakes; i++)
        print_message("%s: %s\n", f->mistake[i].field, f->mistake[i].expected);
    assert_int_equal(f->mistakes, 0);
    for (size_t i = 0; i < f->n; i++)
        all[i] = (struct vault_field){f->field[i].type, f->field[i].state,
            f->field[i].name, f->field[i].value, f->field[i].value_len};
    assert_int_equal(vcard_write(&r->card, all, f->n, true, err), VAULT_OK);
    put_sorted(&r->fields, f);
    return VAULT_OK;
}

static void
round_init(struct round *r)
{
    vlt_buf_init(&r->fields, FORM_MAX);
    vlt_buf_init(&r->card, FORM_MAX);
}

static void
round_clear(struct round *r)
{
    vlt_buf_clear(&r->fields);
    vlt_buf_clear(&r->card);
}

static void
card_form_card_form(const char *cards, size_t n)
{
    struct round a, b;

    round_init(&a);
    round_init(&b);
    assert_int_equal(vcard_read(cards, n, once, &a, NULL), VAULT_OK);
    assert_int_equal(vcard_read(a.card.p, a.card.len, once, &b, NULL),
        VAULT_OK);
    if (strcmp(vlt_buf_cstr(&a.fields), vlt_buf_cstr(&b.fields)) != 0)
        print_message("%s", vlt_buf_cstr(&a.card));
    assert_string_equal(vlt_buf_cstr(&a.fields), vlt_buf_cstr(&b.fields));
    assert_string_equal(vlt_buf_cstr(&a.card), vlt_buf_cstr(&b.card));
    round_clear(&a);
    round_clear(&b);
}

#define CARD(lines) "BEGIN:VCARD\r\nVERSION:4.0\r\n" lines "END:VCARD\r\n"

static void
the_sample_contacts_come_back_as_they_were(void **state)
{
    char path[1024], file[8192];
    FILE *in;
    size_t n;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/fixtures/evidence/contacts.vcf",
        getenv("SRC"));
    in = fopen(path, "rb");
    assert_non_null(in);
    n = fread(file, 1, sizeof file, in);
    (void)fclose(in);
    card_form_card_form(file, n);
}

static void
what_cards_can_hold_comes_back(void **state)
{
    static const char *const cards[] = {
        CARD("FN;LANGUAGE=kk:Ой\r\nFN;PREF=1;LANGUAGE=\"!\":B\r\n"
             "FN;PREF=1:C\r\nNICKNAME:a\\,b,c\r\nFN:D\r\n"),
        CARD("FN:A\r\nitem1.TEL;TYPE=\"a;b\",home;PID=1.1;PREF=7:+1 2\\;ext=3"
             "\r\nitem1.X-ABLABEL:_$!<x>!$_\r\nTEL;VALUE=uri:sip:a@b\r\n"
             "TEL;TYPE=cell,fax;VALUE=uri:tel:+1;ext=5\r\n"),
        CARD("FN:A\r\nIMPP:not a uri\r\nURL:www.x.invalid\r\nURL:http\\://x\r\n"
             "EMAIL;TYPE=internet,PREF:a\\,b@x\r\n"),
        CARD("FN:A\r\nADR;LABEL=\"x^ny\":1;2;3,3;4;5;6;7\r\nADR:a\r\n"
             "ADR:;;only\\nstreet\r\nADR;TYPE=work:;;;Town;;;\r\n"),
        CARD("N:a;b;c;d;e\r\nN;LANGUAGE=x:f;g\r\n"),
        CARD("LANG:kk\r\nLANG:kk\r\nLANG;TYPE=work;PREF=3:zh-hans-cn\r\n"
             "LANG:!\r\n"),
        CARD("FN:A\r\nBDAY:19960415\r\nBDAY:1996\r\nBDAY:--0415\r\n"
             "BDAY;VALUE=text:x\r\n"),
        CARD("FN:A\r\nORG:a\\;b;c;;d\r\nORG:;x\r\nNOTE;LANGUAGE=!:x\r\n"
             "NOTE;LANGUAGE=zh:\\n\\n\r\nRELATED:urn:uuid:1\r\n"
             "RELATED;VALUE=text:a\\,b\r\n"),
        CARD(
            "FN:A\r\nPHOTO:data:;base64,AAAA\r\nPHOTO:x\r\n"
            "PHOTO:data:image/png;base64,!\r\nPHOTO;ENCODING=b;TYPE=PNG:AAAA\r\n"),
        CARD(
            "FN:A\r\nGENDER:F\r\nKEY;MEDIATYPE=application/pgp-keys:http://x\r\n"
            "X-A;X-B=\"^n^'^^;,:\":\\,\\;\\n\r\nX-A:1\r\nX-A:2\r\nx-a:3\r\n"
            "CLIENTPIDMAP:1;urn:uuid:1\r\nUID:a\r\nUID:b\r\nTITLE:x\\,y\r\n"
            "REV:1\r\nGEO:geo:1,2\r\nA.GEO:geo:3,4\r\n"),
        CARD("N;ENCOD;VALUE=xING=QUOTED-PRINTABLE:=D0=9E=D0=B9=D0=B4=D0=B0=D0="
             "BD=D0=BD\r\nFN;CHARSET=UTF-8:A\r\n"),
        CARD("FN;X-SANDUQ-N=3:A\r\nFN:B\r\nFN;X-SANDUQ-N=2:C\r\n"
             "FN;X-SANDUQ-N=3:D\r\nTEL;X-SANDUQ-N=999:1\r\n"),
        CARD("FN:A\r\nX-SANDUQ-FIELD;X-NAME=lost.days;X-TYPE=number:-30\r\n"
             "X-SANDUQ-FIELD;X-NAME=delete-by;X-TYPE=date:islamic 1450-09\r\n"
             "X-SANDUQ-FIELD;X-NAME=relation;X-STATE=refused;X-TYPE=lang:\r\n"
             "X-SANDUQ-FIELD;X-NAME=x;X-TYPE=77;X-FORM=base64:AP8=\r\n"
             "X-SANDUQ-FIELD;X-NAME=y;X-TYPE=bytes;X-FORM=base64:\r\n"
             "X-SANDUQ-FIELD;X-NAME=z;X-TYPE=text;X-FORM=base64:AQ==\r\n"
             "X-SANDUQ-FIELD;X-NAME=channel.7.hours;X-TYPE=text:x\r\n"
             "X-SANDUQ-CHANNEL;X-SANDUQ-TYPE=visit;X-SANDUQ-SAFE=safe:x\\,y\r\n"
             "X-SANDUQ-CHANNEL:y\r\n"),
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-"
        "PRINTABLE:=D0=9E;=D0=9A\r\nTEL;CELL;PREF;X-Y=1:+7\r\nX-Z;HOME:a\\b;c,"
        "d\r\nEND:VCARD\r\n",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nPHOTO;ENCODING=b:!!\r\n"
        "BDAY;VALUE=date:1996-04-15\r\nADR;TYPE=dom,home:;;a;b\r\n"
        "AGENT;VALUE=uri:CID:x\r\nEND:VCARD\r\n",
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(cards); i++) {
        print_message("%s", cards[i]);
        card_form_card_form(cards[i], strlen(cards[i]));
    }
}

/* For vcard_outside.sh: the person as a card. */
static int
print_card(bool all)
{
    struct vlt_buf b;
    int bad;

    vlt_buf_init(&b, FORM_MAX);
    bad = vcard_write(&b, person, VLT_COUNT(person), all, NULL) != VAULT_OK;
    bad = bad || fwrite(b.p, 1, b.len, stdout) != b.len || fflush(stdout) != 0;
    vlt_buf_clear(&b);
    return bad;
}

int
main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_safe_channels_names_and_languages_are_told),
        cmocka_unit_test(nobody_who_must_not_be_contacted_is_reachable),
        cmocka_unit_test(with_everything_each_field_is_told),
        cmocka_unit_test(a_card_always_has_a_name),
        cmocka_unit_test(every_line_is_folded_between_characters),
        cmocka_unit_test(a_value_cannot_begin_a_line_of_its_own),
        cmocka_unit_test(the_sample_contacts_come_back_as_they_were),
        cmocka_unit_test(what_cards_can_hold_comes_back),
    };

    if (argc == 2 && strcmp(argv[1], "--safe") == 0)
        return print_card(false);
    if (argc == 2 && strcmp(argv[1], "--all") == 0)
        return print_card(true);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
