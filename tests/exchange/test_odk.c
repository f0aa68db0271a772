/* SPDX-License-Identifier: Apache-2.0 */
/* test_odk.c: what a phone was told in the field becomes fields */
#include "odk.h"

#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One line a field, name=text. */
static void
render(struct vlt_buf *b, const struct odk_submission *s)
{
    for (size_t i = 0; i < s->form.n; i++) {
        const struct form_field *x = &s->form.field[i];

        assert_int_equal(x->type, VAULT_TEXT);
        assert_int_equal(x->state, VAULT_VALUE);
        assert_true(strlen(x->name) <= 96);
        vlt_buf_printf(b, "%s=", x->name);
        vlt_buf_put(b, x->value, x->value_len);
        vlt_buf_put_u8(b, '\n');
    }
    for (size_t i = 0; i < s->form.mistakes; i++)
        vlt_buf_printf(b, "!%s\n", s->form.mistake[i].field);
    for (size_t i = 0; i < s->medias; i++)
        vlt_buf_printf(b, "file %s\n", s->media[i]);
}

static void
check_n(const char *xml, size_t n, const char *expected)
{
    struct vault_error err = {0};
    struct odk_submission s;
    enum vault_status st;
    struct vlt_buf b;

    st = odk_read(xml, n, &s, &err);
    if (st != VAULT_OK)
        print_message("%s\n", err.message);
    assert_int_equal(st, VAULT_OK);
    vlt_buf_init(&b, 64 * 1024 * 1024);
    render(&b, &s);
    assert_string_equal(vlt_buf_cstr(&b), expected);
    vlt_buf_clear(&b);
    odk_clear(&s);
}

static void
check(const char *xml, const char *expected)
{
    check_n(xml, strlen(xml), expected);
}

static void
refuse_n(const char *xml, size_t n, enum vault_status expected,
    const char *words)
{
    struct vault_error err = {0};
    struct odk_submission s;

    memset(&s, 0x5a, sizeof s);
    assert_int_equal(odk_read(xml, n, &s, &err), expected);
    if (strstr(err.message, words) == NULL)
        print_message("%s\n", err.message);
    assert_non_null(strstr(err.message, words));
    assert_int_equal(*(unsigned char *)&s, 0x5a); /* nothing was given */
}

static void
refuse(const char *xml, enum vault_status expected, const char *words)
{
    refuse_n(xml, strlen(xml), expected, words);
}

/* Written by hand after the ODK XForms specification. */
static const char sample[] =
    "<?xml version='1.0' ?>"
    "<data id=\"testimony_v3\" version=\"2031110401\" "
    "xmlns:orx=\"http://openrosa.org/xforms\" "
    "xmlns:jr=\"http://openrosa.org/javarosa\">"
    "<start>2031-11-04T09:00:00.000+05:00</start>"
    "<First_Name>Күмісай</First_Name>"
    "<interview><date>2031-11-04</date><place>Жоқбел</place>"
    "<languages>kk zh ug</languages><empty/><blank> \n </blank></interview>"
    "<where>43.2389 76.8897 0.0 4.5</where>"
    "<path>43.2389 76.8897 0.0 0.0; 43.24 -76.89 1.0 0.0;</path>"
    "<event><what>алып кетті</what><when>2029-10</when></event>"
    "<event><what>打</what><photo>1762225200000.jpg</photo>"
    "<event><what>x</what></event></event>"
    "<event><what>گۇۋاھ</what><photo>1762225200000.jpg</photo></event>"
    "<voice>дауыс 01.AMR</voice>"
    "<text>line one\n&lt;two&gt; &amp; three</text>"
    "<orx:meta><orx:instanceID>uuid:00000000-0000-4000-8000-000000000009"
    "</orx:instanceID><orx:instanceName>K-09</orx:instanceName>"
    "<audit>audit.csv</audit></orx:meta></data>";

static void
answers_become_fields_named_by_their_path(void **state)
{
    struct odk_submission s;

    (void)state;
    check(sample,
        "submission.form=testimony_v3\n"
        "submission.version=2031110401\n"
        "submission.instance=uuid:00000000-0000-4000-8000-000000000009\n"
        "odk.start=2031-11-04T09:00:00.000+05:00\n"
        "odk.first-name=Күмісай\n"
        "odk.interview.date=2031-11-04\n"
        "odk.interview.place=Жоқбел\n"
        "odk.interview.languages=kk zh ug\n"
        "odk.where.location=43.2389 76.8897 0.0 4.5\n"
        "odk.path.location=43.2389 76.8897 0.0 0.0; 43.24 -76.89 1.0 0.0;\n"
        "odk.event.what=алып кетті\n"
        "odk.event.when=2029-10\n"
        "odk.event.2.what=打\n"
        "odk.event.2.photo=1762225200000.jpg\n"
        "odk.event.2.event.what=x\n"
        "odk.event.3.what=گۇۋاھ\n"
        "odk.event.3.photo=1762225200000.jpg\n"
        "odk.voice=дауыс 01.AMR\n"
        "odk.text=line one\n<two> & three\n"
        "odk.meta.instancename=K-09\n"
        "odk.meta.audit=audit.csv\n"
        "file 1762225200000.jpg\n"
        "file дауыс 01.AMR\n"
        "file audit.csv\n");
    assert_int_equal(odk_read(sample, strlen(sample), &s, NULL), VAULT_OK);
    assert_string_equal(s.form_id, "testimony_v3");
    assert_string_equal(s.version, "2031110401");
    assert_string_equal(s.instance_id,
        "uuid:00000000-0000-4000-8000-000000000009");
    odk_clear(&s);
}

static void
the_instance_may_stand_in_an_attribute(void **state)
{
    (void)state;
    check("<d id='f' instanceID='uuid:1' submissionDate='2031-11-04T09:00:00Z'"
          " isComplete='true'><q>a</q></d>",
        "submission.form=f\n"
        "submission.instance=uuid:1\n"
        "submission.submissiondate=2031-11-04T09:00:00Z\n"
        "submission.iscomplete=true\n"
        "odk.q=a\n");
    check("<d id='f' xmlns='http://x'><meta><instanceID> uuid:2\n"
          "</instanceID></meta></d>",
        "submission.form=f\nsubmission.instance=uuid:2\n");
    check("<d id='f'/>", "submission.form=f\n");
}

/* The digests are FNV-1a of the spelling, by its published definition. */
static void
names_that_fold_to_the_same_are_kept_apart(void **state)
{
    (void)state;
    check("<d id='f'><name>1</name><Name>2</Name><NAME>3</NAME><a_b>4</a_b>"
          "<a-b>5</a-b><a.b>6</a.b><Only>7</Only><Only>8</Only></d>",
        "submission.form=f\n"
        "odk.name=1\n"
        "odk.name-x0fe07306=2\n"
        "odk.name-x52ba8a26=3\n"
        "odk.a-b-x1ba46871=4\n"
        "odk.a-b=5\n"
        "odk.a-b-x108bf50c=6\n"
        "odk.only=7\n"
        "odk.only.2=8\n");
    check("<d id='f'><аты>1</аты><x:q xmlns:x='u' x:at='2' b='3'>4</x:q></d>",
        "submission.form=f\n"
        "odk.u430u442u44b=1\n"
        "odk.q=4\n"
        "odk.q.at-at=2\n"
        "odk.q.at-b=3\n");
}

static void
a_long_path_is_cut_and_kept_apart(void **state)
{
    char a[91], xml[1024];
    struct odk_submission s;

    (void)state;
    memset(a, 'a', 90);
    a[90] = 0;
    (void)snprintf(xml, sizeof xml,
        "<d id='f'><%s><bbb>1</bbb><bbbb>2</bbbb><bbbb>3</bbbb></%s></d>", a,
        a);
    assert_int_equal(odk_read(xml, strlen(xml), &s, NULL), VAULT_OK);
    assert_int_equal(s.form.n, 4);
    assert_int_equal(s.form.mistakes, 0);
    for (size_t i = 1; i < 4; i++)
        assert_int_equal(strlen(s.form.field[i].name), 96);
    assert_string_not_equal(s.form.field[1].name, s.form.field[2].name);
    assert_string_not_equal(s.form.field[2].name, s.form.field[3].name);
    odk_clear(&s);
}

static void
only_plain_file_names_are_media(void **state)
{
    static const char *const texts[] = {"../a.jpg", "/a.jpg", "a\\b.jpg",
        "C:a.jpg", ".jpg", ".a.jpg", "jpg", "a.exe", "a.jpg.", "a\nb.jpg",
        "see \xe2\x80\xaegpj.jpg"};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(texts); i++) {
        struct odk_submission s;
        char xml[256];

        (void)snprintf(xml, sizeof xml, "<d id='f'><q>%s</q></d>", texts[i]);
        print_message("%s\n", xml);
        assert_int_equal(odk_read(xml, strlen(xml), &s, NULL), VAULT_OK);
        assert_int_equal(s.form.n, 2);
        assert_int_equal(s.medias, 0);
        odk_clear(&s);
    }
}

static void
what_is_not_four_decimals_is_no_position(void **state)
{
    static const char *const texts[] = {"1 2 3 4", "1.0 2.0 3.0",
        "91.0 2.0 3.0 4.0", "1.0 181.0 3.0 4.0", "1.0 2.0 3.0 4.0x",
        "1.0 2.0 3.0 4.", "1.0  2.0 3.0 4.0", "-.0 1.0 1.0 1.0"};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(texts); i++) {
        char xml[256], expected[256];

        (void)snprintf(xml, sizeof xml, "<d id='f'><q>%s</q></d>", texts[i]);
        (void)snprintf(expected, sizeof expected,
            "submission.form=f\nodk.q=%s\n", texts[i]);
        check(xml, expected);
    }
}

static void
what_is_no_plain_submission_is_refused(void **state)
{
    static const struct {
        const char *xml;
        enum vault_status st;
        const char *words;
    } rows[] = {
        {"", VAULT_E_FORMAT, "no well-formed XML"},
        {"hello", VAULT_E_FORMAT, "no well-formed XML"},
        {"<d id='f'>", VAULT_E_FORMAT, "no well-formed XML"},
        {"<d id='f'></d><d/>", VAULT_E_FORMAT, "no well-formed XML"},
        {"<d id='f'>&nbsp;</d>", VAULT_E_FORMAT, "no well-formed XML"},
        {"<d id='f'>\x01</d>", VAULT_E_FORMAT, "no well-formed XML"},
        {"<d id='f'>\xff</d>", VAULT_E_FORMAT, "no well-formed XML"},
        {"<d id='f'>&#0;</d>", VAULT_E_FORMAT, "no well-formed XML"},
        {"<?xml version='1.0' encoding='windows-1251'?><d id='f'/>",
            VAULT_E_FORMAT, "encoding"},
        {"<html><body/></html>", VAULT_E_FORMAT, "no form id"},
        {"<d id=' '/>", VAULT_E_FORMAT, "no form id"},
        {"<!DOCTYPE d><d id='f'/>", VAULT_E_FORMAT, "DOCTYPE"},
        {"<!DOCTYPE d SYSTEM 'file:///etc/passwd'><d id='f'/>", VAULT_E_FORMAT,
            "DOCTYPE"},
        {"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
         "<d id='f'><q>&x;</q></d>",
            VAULT_E_FORMAT, "DOCTYPE"},
        {"<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>"
         "<!ENTITY c '&b;&b;&b;&b;'><!ENTITY e '&c;&c;&c;&c;'>]>"
         "<d id='f'><q>&e;&e;&e;</q></d>",
            VAULT_E_FORMAT, "DOCTYPE"},
        {"<data id='f' version='1' encrypted='yes' "
         "xmlns='http://opendatakit.org/submissions'>"
         "<base64EncryptedKey>AAAA</base64EncryptedKey>"
         "<orx:meta xmlns:orx='http://openrosa.org/xforms'>"
         "<orx:instanceID>uuid:1</orx:instanceID></orx:meta>"
         "<media><file>a.jpg.enc</file></media>"
         "<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>"
         "<base64EncryptedElementSignature>AA</base64EncryptedElementSignature>"
         "</data>",
            VAULT_E_FORMAT, "encrypted by ODK"},
        {"<d id='f' encrypted='yes'/>", VAULT_E_FORMAT, "encrypted by ODK"},
        {"<data id='f'><base64EncryptedKey>AAAA</base64EncryptedKey></data>",
            VAULT_E_FORMAT, "encrypted by ODK"},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].xml);
        refuse(rows[i].xml, rows[i].st, rows[i].words);
    }
    refuse_n("<d id='f'>a\0b</d>", 17, VAULT_E_FORMAT, "no well-formed XML");
}

static void
utf_16_and_a_mark_in_front_are_read(void **state)
{
    static const char le[] = "\xff\xfe<\0d\0 \0i\0d\0=\0'\0f\0'\0>\0<\0q\0>\0"
                             "\x4d\x04<\0/\0q\0>\0<\0/\0d\0>";

    (void)state;
    check("\xef\xbb\xbf<d id='f'><q>a</q></d>", "submission.form=f\nodk.q=a\n");
    check_n(le, sizeof le, "submission.form=f\nodk.q=э\n");
}

/* ---- large and hostile ---- */

static void
repeat(struct vlt_buf *b, const char *s, size_t times)
{
    for (size_t i = 0; i < times; i++)
        vlt_buf_put_str(b, s);
}

static void
check_big(const char *head, const char *piece, size_t times, const char *tail,
    enum vault_status st, const char *words)
{
    struct vlt_buf b;

    vlt_buf_init(&b, 64 * 1024 * 1024);
    vlt_buf_put_str(&b, head);
    repeat(&b, piece, times);
    vlt_buf_put_str(&b, tail);
    assert_false(b.failed);
    refuse_n((const char *)b.p, b.len, st, words);
    vlt_buf_clear(&b);
}

static void
ceilings_are_told(void **state)
{
    (void)state;
    check_big("<d id='f'>", "<a>", 100000, "", VAULT_E_LIMIT, "64 deep");
    check_big("<d id='f'>", "<A/>", 100000, "</d>", VAULT_E_LIMIT,
        "10000 elements");
    check_big("<d id='f'>", "<a>1</a>", 1000, "</d>", VAULT_E_LIMIT,
        "1000 answers");
    check_big("<d id='f'>", "0123456789abcdef", 1024 * 1024, "</d>",
        VAULT_E_LIMIT, "16 MiB");
}

static void
every_spelling_of_a_name_is_looked_at_in_good_time(void **state)
{
    struct odk_submission s;
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, 64 * 1024 * 1024);
    vlt_buf_put_str(&b, "<d id='f'>");
    for (unsigned i = 0; i < 9990; i++)
        vlt_buf_printf(&b, "<%c%c%c%c%c%c%c%c%c%c%c%c%c%c/>", "aA"[i & 1],
            "bB"[i >> 1 & 1], "cC"[i >> 2 & 1], "dD"[i >> 3 & 1],
            "eE"[i >> 4 & 1], "fF"[i >> 5 & 1], "gG"[i >> 6 & 1],
            "hH"[i >> 7 & 1], "iI"[i >> 8 & 1], "jJ"[i >> 9 & 1],
            "kK"[i >> 10 & 1], "lL"[i >> 11 & 1], "mM"[i >> 12 & 1],
            "nN"[i >> 13 & 1]);
    vlt_buf_put_str(&b, "</d>");
    assert_int_equal(odk_read(b.p, b.len, &s, NULL), VAULT_OK);
    assert_int_equal(s.form.n, 1);
    odk_clear(&s);
    vlt_buf_clear(&b);
}

static void
a_long_answer_is_whole(void **state)
{
    struct odk_submission s;
    struct vlt_buf b;

    (void)state;
    vlt_buf_init(&b, 64 * 1024 * 1024);
    vlt_buf_put_str(&b, "<d id='f'><q>");
    repeat(&b, "0123456&amp;9\n", 100000);
    vlt_buf_put_str(&b, "</q></d>");
    assert_int_equal(odk_read(b.p, b.len, &s, NULL), VAULT_OK);
    assert_int_equal(s.form.field[1].value_len, 1000000);
    assert_memory_equal(s.form.field[1].value + 999990, "0123456&9\n", 10);
    odk_clear(&s);
    vlt_buf_clear(&b);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_become_fields_named_by_their_path),
        cmocka_unit_test(the_instance_may_stand_in_an_attribute),
        cmocka_unit_test(names_that_fold_to_the_same_are_kept_apart),
        cmocka_unit_test(a_long_path_is_cut_and_kept_apart),
        cmocka_unit_test(only_plain_file_names_are_media),
        cmocka_unit_test(what_is_not_four_decimals_is_no_position),
        cmocka_unit_test(what_is_no_plain_submission_is_refused),
        cmocka_unit_test(utf_16_and_a_mark_in_front_are_read),
        cmocka_unit_test(ceilings_are_told),
        cmocka_unit_test(every_spelling_of_a_name_is_looked_at_in_good_time),
        cmocka_unit_test(a_long_answer_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
