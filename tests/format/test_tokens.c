/* SPDX-License-Identifier: Apache-2.0 */
/* test_tokens: one word in its spellings is found by any of them */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tokens.h"

static bool
finds(const char *words, const char *text)
{
    struct vlt_query *q;
    bool out = false;

    assert_int_equal(vlt_query_new(&q, NULL), VAULT_OK);
    assert_int_equal(vlt_query_words(q, words, NULL), VAULT_OK);
    assert_int_equal(vlt_query_holds_text(q, text, strlen(text), &out, NULL),
        VAULT_OK);
    vlt_query_free(q);
    return out;
}

/* Spellings of one name or word: each must find every other. */
static const char *const same[][8] = {
    /* Kazakh: Cyrillic, Latin 2021, BGN/PCGN, passport, Arabic */
    {"Қайрат", "Qairat", "Qayrat", "Kairat", "Kayrat", "قايرات"},
    {"Маңғыстау", "Mañğystau", "Mangghystau", "Mangystau", "ماڭعىستاۋ"},
    {"Шымкент", "Şymkent", "Shymkent"},
    {"Жәнібек", "Jänibek", "Zhanibek", "Djanibek", "Janibek", "جانىبەك"},
    {"Нұрсұлтан", "Nūrsūltan", "Nursultan", "نۇرسۇلتان"},
    {"Өскемен", "Öskemen", "Oskemen"},
    {"Әуезов", "Äuezov", "Auezov"},
    {"Алматы", "Almaty", "الماتى"},
    {"Түркістан", "Türkıstan", "Turkistan", "Türkistan", "تۇركىستان"},
    {"Үрімжі", "Ürımjı", "Ürimji", "Urimzhi", "ءۇرىمجى"},
    {"Айгүл", "Aigül", "Aygul", "Aigul", "ايگۇل"},
    {"Әлихан", "Älihan", "Alikhan", "Alihan"},
    {"Ермек", "Yermek", "Ermek", "ەرمەك"},
    {"Қызылорда", "Qyzylorda", "Kyzylorda", "قىزىلوردا"},
    /* Uyghur: Arabic, ULY, Cyrillic, without dots */
    {"گۈلنىسا", "Gülnisa", "Гүлниса", "Gulnisa"},
    {"ئۈرۈمچى", "Ürümchi", "Үрүмчи", "Urumchi", "Ürümqi", "Urumqi"},
    {"قەشقەر", "Qeshqer", "Қәшқәр"},
    {"پاتىگۈل", "Patigül", "Патигүл", "Patigul"},
    {"خوتەن", "Xoten", "Хотән", "Khoten"},
    {"ئاقسۇ", "Aqsu", "Ақсу", "Aksu", "اقسۋ"},
    {"ئابدۇللا", "Abdulla", "Абдулла"},
    {"مەھەممەت", "Mehemmet", "Мәһәммәт"},
    {"تۇرسۇنئاي", "Tursunay", "Турсунай", "Tursunai"},
    {"ئۇيغۇر", "Uyghur", "Уйғур", "Uygur"},
    /* Russian: Cyrillic, BGN/PCGN, what newspapers write */
    {"Дмитрий", "Dmitriy", "Dmitrii", "Dmitry"},
    {"Хрущёв", "Khrushchev", "Хрущев"},
    {"Щербаков", "Shcherbakov"},
    {"Юрий", "Yuriy", "Yurii", "Yury"},
    {"Цой", "Tsoy", "Tsoi"},
    {"Назарбаев", "Nazarbayev", "Nazarbaev"},
    {"Чернышевский", "Chernyshevskiy", "Chernyshevsky"},
    /* Chinese: simplified, traditional, pinyin with and without tones */
    {"乌鲁木齐", "烏魯木齊", "wulumuqi", "Wūlǔmùqí", "wu1lu3mu4qi2"},
    {"新疆", "xinjiang", "Xīnjiāng", "xin1jiang1"},
    {"西安", "Xi'an", "Xī'ān"},
    {"绿", "lü", "lv4", "lǜ"},
    {"重庆", "chongqing", "Chóngqìng"},
    {"维吾尔", "維吾爾", "weiwuer", "Wéiwú'ěr"},
    {"和田", "hetian", "Hétián", "he2tian2"},
    {"喀什", "kashi", "Kāshí"},
    {"张伟", "張偉", "zhangwei", "Zhāngwěi"},
    /* case and accents */
    {"École", "école", "ECOLE", "ecole"},
    {"Straße", "STRASSE", "strasse"},
};

static bool
is_pinyin(const char *s)
{
    static const char *const only[] = {"wulumuqi", "Wūlǔmùqí", "wu1lu3mu4qi2",
        "xinjiang", "Xīnjiāng", "xin1jiang1", "Xi'an", "Xī'ān", "lü", "lv4",
        "lǜ", "chongqing", "Chóngqìng", "weiwuer", "Wéiwú'ěr", "hetian",
        "Hétián", "he2tian2", "kashi", "Kāshí", "zhangwei", "Zhāngwěi"};
    size_t i;

    for (i = 0; i < sizeof only / sizeof only[0]; i++) {
        if (strcmp(only[i], s) == 0)
            return true;
    }
    return false;
}

static void
each_spelling_finds_every_other(void **state)
{
    size_t i, a, b;
    int bad = 0;

    (void)state;
    for (i = 0; i < sizeof same / sizeof same[0]; i++) {
        for (a = 0; a < 8 && same[i][a] != NULL; a++) {
            for (b = 0; b < 8 && same[i][b] != NULL; b++) {
                /* a record in pinyin is looked for as it is written there */
                if (is_pinyin(same[i][b]) && a != b)
                    continue;
                if (!finds(same[i][a], same[i][b])) {
                    print_error("%s does not find %s\n", same[i][a],
                        same[i][b]);
                    bad++;
                }
            }
        }
    }
    assert_int_equal(bad, 0);
}

static void
what_is_not_there_is_not_found(void **state)
{
    static const char *const rows[][2] = {
        {"鲁乌", "乌鲁木齐"},         /* the characters, in another order */
        {"乌齐", "乌鲁木齐"},         /* not next to each other */
        {"乌,鲁", "乌齐"},            /* one of two is missing */
        {"wu3lu3mu4qi2", "乌鲁木齐"}, /* another tone */
        {"muwu", "乌鲁木齐"},
        {"Кайрат Жанибек", "Қайрат"}, /* both words are asked for */
        {"Kair", "Kairat"},           /* a beginning, without a star */
        {"airat*", "Kairat"}, {"Патигүл", "Кайрат"},
        {"room77", "room7"},   /* doubled digits stay two */
        {".t.note", "letter"}, /* marks of the catalogue's own mean nothing */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (finds(rows[i][0], rows[i][1]))
            fail_msg("%s finds %s", rows[i][0], rows[i][1]);
    }
}

static void
beginnings_and_several_words_are_found(void **state)
{
    static const char *const rows[][2] = {
        {"Kair*", "Kairat"}, {"Алмат*", "жил в Алматыда"},
        {"Almat*", "Алматыда"}, {"Kairat Almaty", "Алматы, 2031: Қайрат"},
        {"2031", "Алматы, 2031: Қайрат"}, {"٢٠٣١", "2031"},
        {"木齐", "在乌鲁木齐市"}, {"王小明", "Wang Xiaoming"},
        {"王小明", "wangxiaoming"}, {"don't", "I don’t know"},
        {"乌鲁", "乌\xe2\x80\x8b鲁"}, /* a blank that cannot be seen */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!finds(rows[i][0], rows[i][1]))
            fail_msg("%s does not find %s", rows[i][0], rows[i][1]);
    }
}

static void
questions_without_words_or_with_too_many_are_refused(void **state)
{
    struct vlt_query *q;
    char many[4096] = "";
    int i;

    (void)state;
    for (i = 0; i < 33; i++)
        (void)snprintf(many + strlen(many), 16, "w%d ", i);
    assert_int_equal(vlt_query_new(&q, NULL), VAULT_OK);
    assert_int_equal(vlt_query_words(q, " ,.*", NULL), VAULT_E_USAGE);
    assert_int_equal(vlt_query_words(q, "a\xff", NULL), VAULT_E_USAGE);
    vlt_query_free(q);
    assert_int_equal(vlt_query_new(&q, NULL), VAULT_OK);
    assert_int_equal(vlt_query_words(q, many, NULL), VAULT_E_LIMIT);
    vlt_query_free(q);
}

struct count {
    size_t n;
    size_t longest;
};

static enum vault_status
count(void *ctx, const char *token, size_t n, struct vault_error *err)
{
    struct count *c = ctx;

    (void)err;
    assert_null(memchr(token, ' ', n));
    assert_null(memchr(token, '"', n));
    c->n++;
    if (n > c->longest)
        c->longest = n;
    return VAULT_OK;
}

static void
long_words_are_cut_alike_in_texts_and_questions(void **state)
{
    char text[3000];
    struct count c = {0, 0};

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    assert_true(finds(text, text));
    assert_int_equal(vlt_text_tokens(text, sizeof text - 1, count, &c, NULL),
        VAULT_OK);
    assert_true(c.n <= 2 && c.longest < VLT_TOKEN);
}

/* A text of Han characters has no blanks: pieces of it stay joined. */
static void
pieces_of_a_long_text_stay_together(void **state)
{
    static char text[60000];
    size_t i;

    (void)state;
    for (i = 0; i + 3 < sizeof text - 12; i += 3)
        memcpy(text + i, i / 3 % 2 == 0 ? "乌" : "鲁", 3);
    text[i] = 0;
    assert_true(finds("乌鲁乌", text));
    assert_false(finds("乌乌", text));
    assert_false(finds("鲁鲁", text));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_spelling_finds_every_other),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(beginnings_and_several_words_are_found),
        cmocka_unit_test(questions_without_words_or_with_too_many_are_refused),
        cmocka_unit_test(long_words_are_cut_alike_in_texts_and_questions),
        cmocka_unit_test(pieces_of_a_long_text_stay_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
