/* SPDX-License-Identifier: Apache-2.0 */
/* test_vcard.c: cards of phones and of others become contacts */
#include "vcard.h"

#include "fail.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Everything that came, one line a field: "0 name.1=text"; of a type other
 * than text "0 note.1(lang)=..."; mistakes as "0 !field: expected". */
struct seen {
    struct vlt_buf text;
    size_t cards;
    size_t mistakes;
    size_t fields;
};

static const char *
type_name(enum vault_field_type t)
{
    static const char *const words[] = {"?", "", "(bytes)", "(time)", "(link)",
        "(body)", "(date)", "(lang)", "(number)"};

    return (unsigned)t < VLT_COUNT(words) ? words[t] : "(new)";
}

static void
put_value(struct vlt_buf *b, const struct form_field *x)
{
    if (x->type == VAULT_NUMBER && x->value_len == 8)
        vlt_buf_printf(b, "%" PRIu64, vlt_load_u64(x->value));
    else if (x->value_len > 0)
        vlt_buf_put(b, x->value, x->value_len);
}

static enum vault_status
look(void *ctx, size_t index, struct form *f, struct vault_error *err)
{
    struct seen *s = ctx;

    (void)err;
    assert_int_equal(index, s->cards);
    s->cards++;
    s->mistakes += f->mistakes;
    s->fields += f->n;
    for (size_t i = 0; i < f->n; i++) {
        vlt_buf_printf(&s->text, "%zu %s%s=", index, f->field[i].name,
            type_name(f->field[i].type));
        put_value(&s->text, &f->field[i]);
        vlt_buf_put_u8(&s->text, '\n');
    }
    for (size_t i = 0; i < f->mistakes; i++)
        vlt_buf_printf(&s->text, "%zu !%s: %s\n", index, f->mistake[i].field,
            f->mistake[i].expected);
    return VAULT_OK;
}

static void
seen_init(struct seen *s)
{
    memset(s, 0, sizeof *s);
    vlt_buf_init(&s->text, 64 * 1024 * 1024);
}

static void
check_n(const char *card, size_t n, const char *expected)
{
    struct vault_error err = {0};
    struct seen s;

    seen_init(&s);
    assert_int_equal(vcard_read(card, n, look, &s, &err), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&s.text), expected);
    vlt_buf_clear(&s.text);
}

static void
check(const char *card, const char *expected)
{
    check_n(card, strlen(card), expected);
}

#define CARD(lines)   "BEGIN:VCARD\r\nVERSION:4.0\r\n" lines "END:VCARD\r\n"
#define CARD3(lines)  "BEGIN:VCARD\r\nVERSION:3.0\r\n" lines "END:VCARD\r\n"
#define CARD21(lines) "BEGIN:VCARD\r\nVERSION:2.1\r\n" lines "END:VCARD\r\n"

static void
names_in_several_scripts_keep_their_language(void **state)
{
    (void)state;
    check(CARD("FN;LANGUAGE=kk;ALTID=1:Ойдан Күмісай\r\n"
               "FN;LANGUAGE=\"zh-Hans\";ALTID=1;PREF=1:虚构某\r\n"
               "FN:توقۇلما\r\n"
               "N:Ойдан;Күмісай;Қосымша,Аты;;\r\n"
               "NICKNAME:Kümüş\\, Kız,Gül\r\n"),
        "0 name.1=Ойдан Күмісай\n"
        "0 name.1.language=kk\n"
        "0 name.preferred=虚构某\n"
        "0 name.2=虚构某\n"
        "0 name.2.language=zh-Hans\n"
        "0 name.3=توقۇلما\n"
        "0 name.family=Ойдан\n"
        "0 name.given=Күмісай\n"
        "0 name.additional=Қосымша,Аты\n"
        "0 name.4=Kümüş, Kız\n"
        "0 name.4.kind=nickname\n"
        "0 name.5=Gül\n"
        "0 name.5.kind=nickname\n");
}

static void
channels_are_of_unknown_safety_unless_the_card_says(void **state)
{
    (void)state;
    check(CARD(
              "FN:A\r\n"
              "TEL;VALUE=uri;PREF=1;TYPE=\"voice,home\":tel:+1-202-555-0143\r\n"
              "TEL;TYPE=cell;X-SANDUQ-SAFE=safe;X-SANDUQ-HOURS=\"19:00, ^'"
              "late^'^nnot Friday\":+44 1632 960123\r\n"
              "EMAIL;TYPE=work:a@sample.invalid\r\n"
              "IMPP:xmpp:erkinjan@sample.invalid\r\n"
              "URL:http://sample.invalid/a?b=1;c\r\n"),
        "0 name.1=A\n"
        "0 channel.1.address=+1-202-555-0143\n"
        "0 channel.1.type=telephone\n"
        "0 channel.1.safety=unknown\n"
        "0 channel.1.use=voice,home\n"
        "0 channel.1.pref=1\n"
        "0 channel.2.address=+44 1632 960123\n"
        "0 channel.2.type=mobile\n"
        "0 channel.2.safety=safe\n"
        "0 channel.2.hours=19:00, \"late\"\nnot Friday\n"
        "0 channel.3.address=a@sample.invalid\n"
        "0 channel.3.type=email\n"
        "0 channel.3.safety=unknown\n"
        "0 channel.3.use=work\n"
        "0 channel.4.address=xmpp:erkinjan@sample.invalid\n"
        "0 channel.4.type=messenger\n"
        "0 channel.4.safety=unknown\n"
        "0 channel.5.address=http://sample.invalid/a?b=1;c\n"
        "0 channel.5.type=other\n"
        "0 channel.5.safety=unknown\n");
}

static void
an_escaped_uri_is_read_as_it_is_meant(void **state)
{
    (void)state;
    check(CARD3("item1.URL;type=pref:http\\://sample.invalid/\r\n"),
        "0 channel.1.address=http://sample.invalid/\n"
        "0 channel.1.type=other\n"
        "0 channel.1.safety=unknown\n"
        "0 channel.1.pref=1\n"
        "0 channel.1.group=item1\n");
}

static void
a_channel_that_says_safe_and_unsafe_is_unsafe(void **state)
{
    (void)state;
    check(CARD("EMAIL;X-SANDUQ-SAFE=unsafe;X-SANDUQ-SAFE=safe:a@x.invalid\r\n"
               "EMAIL;X-SANDUQ-SAFE=yes:b@x.invalid\r\n"),
        "0 channel.1.address=a@x.invalid\n"
        "0 channel.1.type=email\n"
        "0 channel.1.safety=unsafe\n"
        "0 channel.2.address=b@x.invalid\n"
        "0 channel.2.type=email\n"
        "0 channel.2.safety=unknown\n");
}

static void
an_address_is_one_text_and_its_parts(void **state)
{
    (void)state;
    check(
        CARD("ADR;TYPE=home:;;123 Main Street;Any Town;CA;91921-1234;U.S.A.\r\n"
             "ADR:;;Көше 5\\, 3 пәтер;;;;\r\n"
             "ADR:;;;;;;\r\n"),
        "0 channel.1.address=123 Main Street, Any Town, CA, 91921-1234, U.S.A.\n"
        "0 channel.1.adr.street=123 Main Street\n"
        "0 channel.1.adr.locality=Any Town\n"
        "0 channel.1.adr.region=CA\n"
        "0 channel.1.adr.code=91921-1234\n"
        "0 channel.1.adr.country=U.S.A.\n"
        "0 channel.1.type=post\n"
        "0 channel.1.safety=unknown\n"
        "0 channel.1.use=home\n"
        "0 channel.2.address=Көше 5, 3 пәтер\n"
        "0 channel.2.type=post\n"
        "0 channel.2.safety=unknown\n");
}

static void
the_preferred_language_is_the_one_to_speak(void **state)
{
    (void)state;
    check(CARD("LANG;PREF=2:ru\r\nLANG;PREF=1:kk\r\nLANG:zh-Hans\r\n"
               "LANG:not a tag\r\n"),
        "0 language.other.1=ru\n"
        "0 language=kk\n"
        "0 language.other.2=zh-Hans\n"
        "0 vcard.lang.1=not a tag\n");
}

/* The dates of RFC 6350, 4.3.1 and 6.2.5, and of RFC 2426. */
static void
a_birth_date_keeps_how_precise_it_is(void **state)
{
    static const struct {
        const char *line;
        const char *expected;
    } rows[] = {
        {"BDAY:19960415\r\n", "0 birth.date(date)=gregorian 1996-04-15\n"},
        {"BDAY;VALUE=date:1996-04-15\r\n",
            "0 birth.date(date)=gregorian 1996-04-15\n"},
        {"BDAY:1985-04\r\n", "0 birth.date(date)=gregorian 1985-04\n"},
        {"BDAY:1985\r\n", "0 birth.date(date)=gregorian 1985\n"},
        {"BDAY:--0415\r\n", "0 vcard.bday.1=--0415\n"},
        {"BDAY;19531015T231000Z\r\n",
            "0 !BDAY: a property, a colon and a "
            "value\n"},
        {"BDAY:19531015T231000Z\r\n", "0 vcard.bday.1=19531015T231000Z\n"},
        {"BDAY:19960230\r\n", "0 vcard.bday.1=19960230\n"},
        {"BDAY;VALUE=text:circa 1800\r\n",
            "0 vcard.bday.1=circa 1800\n0 vcard.bday.1.params=;VALUE=text\n"},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        char card[256];

        print_message("%s", rows[i].line);
        (void)snprintf(card, sizeof card, CARD("%s"), rows[i].line);
        check(card, rows[i].expected);
    }
}

static void
what_no_form_has_is_kept(void **state)
{
    (void)state;
    check(CARD("UID:urn:uuid:00000000-0000-4000-8000-000000000001\r\n"
               "KIND:individual\r\n"
               "NOTE;LANGUAGE=en:Two\\nlines\\, one\\; note\\\\.\r\n"
               "NOTE:虚构样本\r\n"
               "ORG:ABC\\, Inc.;North American Division;Marketing\r\n"
               "RELATED;VALUE=text;TYPE=friend,kin:K-01\r\n"
               "TITLE:Доктор\\, к.м.н.\r\n"
               "item1.X-ABLABEL:_$!<Other>!$_\r\n"
               "item1.TEL:+1\r\n"
               "CATEGORIES:a\\,b,c\r\n"
               "CATEGORIES;PID=1.1:d\r\n"
               "PRODID:-//x//y\r\n"),
        "0 vcard.uid=urn:uuid:00000000-0000-4000-8000-000000000001\n"
        "0 vcard.kind=individual\n"
        "0 note.1(lang)=en Two\nlines, one; note\\.\n"
        "0 note.2(lang)=und 虚构样本\n"
        "0 organisation.1=ABC, Inc.\n"
        "0 organisation.1.unit.1=North American Division\n"
        "0 organisation.1.unit.2=Marketing\n"
        "0 related.1=K-01\n"
        "0 related.1.type=friend,kin\n"
        "0 vcard.title.1=Доктор, к.м.н.\n"
        "0 vcard.x-ablabel.1=_$!<Other>!$_\n"
        "0 vcard.x-ablabel.1.group=item1\n"
        "0 channel.1.address=+1\n"
        "0 channel.1.type=telephone\n"
        "0 channel.1.safety=unknown\n"
        "0 channel.1.group=item1\n"
        "0 vcard.categories.1=a\\,b,c\n"
        "0 vcard.categories.2=d\n"
        "0 vcard.categories.2.params=;PID=1.1\n");
}

static void
a_picture_in_the_card_becomes_bytes(void **state)
{
    (void)state;
    check(CARD("PHOTO:data:image/png;base64,aGVs\r\n bG8=\r\n"),
        "0 photo.1(bytes)=hello\n0 photo.1.media=image/png\n");
    check(CARD3("PHOTO;ENCODING=b;TYPE=JPEG:aGVsbG8=\r\n"),
        "0 photo.1(bytes)=hello\n0 photo.1.media=image/jpeg\n");
    check(CARD21("PHOTO;GIF;ENCODING=BASE64:\r\n aGVs\r\n  bG8=\r\n\r\n"),
        "0 photo.1(bytes)=hello\n0 photo.1.media=image/gif\n");
    /* What is no base64, and what lies elsewhere, stays as it was written. */
    check(CARD("PHOTO:data:image/png;base64,aGVsb!8=\r\n"),
        "0 vcard.photo.1=data:image/png;base64,aGVsb!8=\n");
    check(CARD("PHOTO:http://sample.invalid/a.gif\r\n"),
        "0 vcard.photo.1=http://sample.invalid/a.gif\n");
}

static void
lines_are_unfolded_inside_characters_too(void **state)
{
    /* Ш is d0 a8: the line is broken between its two bytes. */
    (void)state;
    check("\xef\xbb\xbf"
          "begin:vcard\nVersion:3.0\nfn:\xd0\n \xa8\xd0\xb0\n"
          "note:a\r\n\t b\nend:vcard\n",
        "0 name.1=Ша\n0 note.1(lang)=und a b\n");
}

static void
quoted_printable_of_old_phones_is_read_exactly(void **state)
{
    (void)state;
    check(CARD21("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9E=D0=B9;"
                 "=D0=9A=\r\n=D2=AF;;;\r\n"
                 "FN;CHARSET=UTF-8;QUOTED-PRINTABLE:=D0=9E=D0=B9, =5C\r\n"
                 "TEL;CELL;PREF:+7\r\n"
                 "ADR;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;a=0D=0A"
                 "b\\;c;;;;\r\n"
                 "NOTE:C:\\new, x\r\n"),
        "0 name.family=Ой\n"
        "0 name.given=Кү\n"
        "0 name.1=Ой, \\\n"
        "0 channel.1.address=+7\n"
        "0 channel.1.type=mobile\n"
        "0 channel.1.safety=unknown\n"
        "0 channel.1.pref=1\n"
        "0 channel.2.address=a\nb;c\n"
        "0 channel.2.type=post\n"
        "0 channel.2.safety=unknown\n"
        "0 channel.2.use=home\n"
        "0 note.1(lang)=und C:\\new, x\n");
}

static void
a_bad_card_says_why_and_the_others_are_read(void **state)
{
#define WHOLE "a whole quoted-printable text\n"
#define UTF8  "a text in UTF-8 without control characters\n"
    static const struct {
        const char *cards;
        const char *expected;
    } rows[] = {
        {CARD21("FN;ENCODING=QUOTED-PRINTABLE:=D0=9E=\r\n") CARD("FN:B\r\n"),
            "0 !FN: " WHOLE "1 name.1=B\n"},
        {CARD21("FN;ENCODING=QUOTED-PRINTABLE:=D0=9\r\n"), "0 !FN: " WHOLE},
        {CARD21("FN;ENCODING=QUOTED-PRINTABLE:=XY\r\n"), "0 !FN: " WHOLE},
        {CARD21("FN;ENCODING=QUOTED-PRINTABLE:=FF=FE\r\n"), "0 !FN: " UTF8},
        {CARD21("FN;ENCODING=QUOTED-PRINTABLE:a=00b\r\n"), "0 !FN: " UTF8},
        {CARD21("FN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=CE\r\n"),
            "0 !FN: a text in UTF-8; export the card again as vCard 3.0 or "
            "4.0\n"},
        {CARD("FN:\xd0\r\n") CARD("FN:B\r\n"), "0 !FN: " UTF8 "1 name.1=B\n"},
        {CARD("FN:a\rTEL:1\r\n"), "0 !FN: " UTF8},
        {CARD("FN:a\x1b[2Jb\r\n"), "0 !FN: " UTF8},
        {CARD("no colon\r\nFN:A\r\n"),
            "0 name.1=A\n0 !NO: a property, a colon and a value\n"},
        {CARD("FN;=x:A\r\n"), "0 !FN: a parameter with a name\n"},
        {"BEGIN:VCARD\r\nVERSION:5.0\r\nEND:VCARD\r\n",
            "0 !VERSION: 2.1, 3.0 or 4.0\n"},
        {"BEGIN:VCARD\r\nFN:A\r\n" CARD("FN:B\r\n"),
            "0 name.1=A\n0 !: END:VCARD before the next card begins\n"
            "1 name.1=B\n"},
        {CARD("FN:A\r\n") "junk\r\nmore junk\r\n" CARD("FN:B\r\n"),
            "0 name.1=A\n1 !: BEGIN:VCARD, where a card begins\n2 name.1=B\n"},
        {"BEGIN:VCARD\r\nFN:A",
            "0 name.1=A\n0 !: END:VCARD; the file ends "
            "within this card\n"},
    };
    static const char nul[] = "BEGIN:VCARD\nFN:a\0b\nEND:VCARD\n";

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s", rows[i].cards);
        check(rows[i].cards, rows[i].expected);
    }
    check_n(nul, sizeof nul - 1, "0 !FN: " UTF8);
}

static void
a_card_cannot_set_what_the_program_sets(void **state)
{
    (void)state;
    check(CARD("X-SANDUQ-FIELD;X-NAME=import.key;X-TYPE=text:x\r\n"
               "X-SANDUQ-FIELD;X-NAME=type;X-TYPE=text:letter\r\n"
               "X-SANDUQ-FIELD;X-NAME=UPPER;X-TYPE=text:x\r\n"
               "X-SANDUQ-FIELD;X-NAME=link.1;X-TYPE=link;X-FORM=base64:AAAA\r\n"
               "X-SANDUQ-FIELD;X-NAME=a;X-TYPE=date:tomorrow\r\n"
               "X-SANDUQ-FIELD;X-NAME=b;X-TYPE=number:1e3\r\n"
               "X-SANDUQ-FIELD;X-NAME=c;X-TYPE=lang:no-tag\r\n"
               "X-SANDUQ-FIELD;X-TYPE=text:x\r\n"
               "X-SANDUQ-FIELD;X-NAME=lost.days;X-TYPE=number:30\r\n"),
        "0 lost.days(number)=30\n"
        "0 !import.key: another name; this one is set by the program\n"
        "0 !type: another name; this one is set by the program\n"
        "0 !UPPER: a name of a-z, 0-9, dot and dash, at most 96 of them\n"
        "0 !link.1: another name; this one is set by the program\n"
        "0 !a: a value of its type\n"
        "0 !b: a value of its type\n"
        "0 !c: a value of its type\n"
        "0 !X-SANDUQ-FIELD: the name of a field\n");
}

static void
what_is_no_card_is_refused(void **state)
{
    static const struct {
        const char *file;
        size_t n;
    } rows[] = {{"", 0}, {"\r\n\r\n", 4}, {"FN:A\r\n", 6}, {"hello", 5},
        {"\xff\xfe"
         "B\0E\0",
            6},
        {"\xef\xbb\xbf", 3}, {"\0B\0E", 4}, {"{\"a\":1}", 7}};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct vault_error err = {0};
        struct seen s;

        seen_init(&s);
        assert_int_equal(vcard_read(rows[i].file, rows[i].n, look, &s, &err),
            VAULT_E_FORMAT);
        assert_int_equal(s.cards, 0);
        assert_true(err.message[0] != 0);
        vlt_buf_clear(&s.text);
    }
}

static enum vault_status
stop(void *ctx, size_t index, struct form *f, struct vault_error *err)
{
    (void)f;
    (void)err;
    *(size_t *)ctx = index + 1;
    return index == 1 ? VAULT_E_CANCELLED : VAULT_OK;
}

static void
the_callback_can_stop(void **state)
{
    static const char cards[] =
        CARD("FN:A\r\n") CARD("FN:B\r\n") CARD("FN:C\r\n");
    size_t n = 0;

    (void)state;
    assert_int_equal(vcard_read(cards, sizeof cards - 1, stop, &n, NULL),
        VAULT_E_CANCELLED);
    assert_int_equal(n, 2);
}

/* ---- large and hostile ---- */

static void
repeat(struct vlt_buf *b, const char *s, size_t times)
{
    for (size_t i = 0; i < times; i++)
        vlt_buf_put_str(b, s);
}

static void
read_all(const struct vlt_buf *b, struct seen *s)
{
    seen_init(s);
    assert_false(b->failed);
    assert_int_equal(vcard_read(b->p, b->len, look, s, NULL), VAULT_OK);
}

static void
a_line_of_a_megabyte_and_many_cards_are_read(void **state)
{
    struct vlt_buf b;
    struct seen s;

    (void)state;
    vlt_buf_init(&b, 64 * 1024 * 1024);
    vlt_buf_put_str(&b, "BEGIN:VCARD\r\nVERSION:4.0\r\nNOTE:");
    repeat(&b, "0123456789", 50000);
    repeat(&b, "\r\n 0123456789", 50000);
    vlt_buf_put_str(&b, "\r\nEND:VCARD\r\n");
    read_all(&b, &s);
    assert_int_equal(s.text.len, strlen("0 note.1(lang)=und \n") + 1000000);
    vlt_buf_clear(&s.text);

    vlt_buf_reset(&b);
    repeat(&b, CARD("FN:A\r\nTEL:+1\r\n"), 100000);
    read_all(&b, &s);
    assert_int_equal(s.cards, 100000);
    assert_int_equal(s.fields, 400000);
    assert_int_equal(s.mistakes, 0);
    vlt_buf_clear(&s.text);
    vlt_buf_clear(&b);
}

static void
a_card_has_at_most_a_thousand_fields(void **state)
{
    static const char *const lines[] = {"X-A:1\r\n", "TEL:1\r\n", "FN:1\r\n",
        "LANG:kk\r\n", "NOTE:1\r\n", "NICKNAME:1,2,3,4,5\r\n"};
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, 64 * 1024 * 1024);
    for (size_t i = 0; i < VLT_COUNT(lines); i++) {
        struct seen s;

        vlt_buf_reset(&b);
        vlt_buf_put_str(&b, "BEGIN:VCARD\r\n");
        repeat(&b, lines[i], 20000);
        vlt_buf_put_str(&b, "END:VCARD\r\n");
        read_all(&b, &s);
        assert_int_equal(s.fields, VCARD_FIELDS);
        assert_int_equal(s.mistakes, 1);
        vlt_buf_clear(&s.text);
    }
    vlt_buf_clear(&b);
}

static void
too_many_parameters_mistakes_or_bytes_are_told(void **state)
{
    struct vlt_buf b;
    struct seen s;

    (void)state;
    vlt_buf_init(&b, 64 * 1024 * 1024);
    vlt_buf_put_str(&b, "BEGIN:VCARD\nFN");
    repeat(&b, ";A=1", 33);
    vlt_buf_put_str(&b, ":x\n");
    repeat(&b, "::\n", 5000);
    vlt_buf_put_str(&b, "END:VCARD\n");
    read_all(&b, &s);
    assert_int_equal(s.fields, 0);
    assert_int_equal(s.mistakes, 100);
    vlt_buf_clear(&s.text);

    vlt_buf_reset(&b);
    vlt_buf_put_str(&b, "BEGIN:VCARD\nPHOTO:data:;base64,");
    repeat(&b, "AAAA", VCARD_PHOTO / 3 + 2);
    vlt_buf_put_str(&b, "\nFN:A\nEND:VCARD\n");
    read_all(&b, &s);
    assert_string_equal(vlt_buf_cstr(&s.text),
        "0 name.1=A\n0 !photo: a picture of at most 4 MiB\n");
    vlt_buf_clear(&s.text);

    vlt_buf_reset(&b);
    vlt_buf_put_str(&b, "BEGIN:VCARD\nX-A:");
    repeat(&b, "AAAAAAAA", 1024 * 1024 + 1);
    vlt_buf_put_str(&b, "\nEND:VCARD\n");
    read_all(&b, &s);
    assert_int_equal(s.fields, 0);
    assert_int_equal(s.mistakes, 1);
    vlt_buf_clear(&s.text);
    vlt_buf_clear(&b);
}

static void
a_line_beyond_the_ceiling_ends_the_reading(void **state)
{
    struct vlt_buf b;
    struct seen s;

    (void)state;
    vlt_buf_init(&b, 64 * 1024 * 1024);
    vlt_buf_put_str(&b, "BEGIN:VCARD\nNOTE:");
    repeat(&b, "AAAAAAAAAAAAAAAA", 1024 * 1024);
    seen_init(&s);
    assert_int_equal(vcard_read(b.p, b.len, look, &s, NULL), VAULT_E_LIMIT);
    vlt_buf_clear(&b);
    vlt_buf_clear(&s.text);
}

/* ---- the sample contacts ---- */

static enum vault_status
fit(void *ctx, size_t index, struct form *f, struct vault_error *err)
{
    enum vault_status st = form_fit(f, "contact", NULL, err);

    assert_int_equal(st, VAULT_OK);
    for (size_t i = 0; i < f->mistakes; i++)
        print_message("%zu %s: %s\n", index, f->mistake[i].field,
            f->mistake[i].expected);
    assert_int_equal(f->mistakes, 0);
    return look(ctx, index, f, err);
}

static void
the_sample_contacts_are_read_completely(void **state)
{
    char path[1024], file[8192];
    struct seen s;
    FILE *in;
    size_t n;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/fixtures/evidence/contacts.vcf",
        getenv("SRC"));
    in = fopen(path, "rb");
    assert_non_null(in);
    n = fread(file, 1, sizeof file, in);
    (void)fclose(in);
    seen_init(&s);
    assert_int_equal(vcard_read(file, n, fit, &s, NULL), VAULT_OK);
    assert_int_equal(s.cards, 4);
    assert_non_null(strstr(vlt_buf_cstr(&s.text),
        "1 vcard.uid=urn:uuid:00000000-0000-4000-8000-000000000002\n"
        "1 name.1=توقۇلما ئەركىنجان\n"
        "1 name.1.language=ug\n"
        "1 name.family=توقۇلما\n"
        "1 name.given=ئەركىنجان\n"
        "1 language=ug\n"
        "1 channel.1.address=+44-1632-960123\n"
        "1 channel.1.type=telephone\n"
        "1 channel.1.safety=unknown\n"
        "1 channel.1.use=text\n"
        "1 channel.2.address=xmpp:erkinjan@sample.invalid\n"
        "1 channel.2.type=messenger\n"
        "1 channel.2.safety=unknown\n"
        "1 related.1=U-03\n"
        "1 related.1.type=friend\n"
        "1 note.1(lang)=und Invented sample contact. Unsafe channel: do not "
        "call, write only.\n"
        "1 vcard.rev.1=20311106T120000Z\n"
        "1 name.1.script=Arab\n"));
    vlt_buf_clear(&s.text);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_in_several_scripts_keep_their_language),
        cmocka_unit_test(channels_are_of_unknown_safety_unless_the_card_says),
        cmocka_unit_test(an_escaped_uri_is_read_as_it_is_meant),
        cmocka_unit_test(a_channel_that_says_safe_and_unsafe_is_unsafe),
        cmocka_unit_test(an_address_is_one_text_and_its_parts),
        cmocka_unit_test(the_preferred_language_is_the_one_to_speak),
        cmocka_unit_test(a_birth_date_keeps_how_precise_it_is),
        cmocka_unit_test(what_no_form_has_is_kept),
        cmocka_unit_test(a_picture_in_the_card_becomes_bytes),
        cmocka_unit_test(lines_are_unfolded_inside_characters_too),
        cmocka_unit_test(quoted_printable_of_old_phones_is_read_exactly),
        cmocka_unit_test(a_bad_card_says_why_and_the_others_are_read),
        cmocka_unit_test(a_card_cannot_set_what_the_program_sets),
        cmocka_unit_test(what_is_no_card_is_refused),
        cmocka_unit_test(the_callback_can_stop),
        cmocka_unit_test(a_line_of_a_megabyte_and_many_cards_are_read),
        cmocka_unit_test(a_card_has_at_most_a_thousand_fields),
        cmocka_unit_test(too_many_parameters_mistakes_or_bytes_are_told),
        cmocka_unit_test(a_line_beyond_the_ceiling_ends_the_reading),
        cmocka_unit_test(the_sample_contacts_are_read_completely),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
