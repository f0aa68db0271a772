/* SPDX-License-Identifier: Apache-2.0 */
/* weak.c: passphrases that anyone would try first */
#include "weak.h"

#include "bytes.h"
#include "fail.h"
#include "tr.h"
#include "utf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Digits and signs that a weak passphrase may hold besides weak words. */
enum { FREE_MOST = 10, WALK_LEAST = 3, DISTINCT_LEAST = 5 };

/* clang-format off */
/* Top words of leaked lists and what these users would think of first. */
static const char *const words[] = {
    /* English */
    "password", "passphrase", "pass", "letmein", "welcome", "iloveyou",
    "love", "you", "admin", "secret", "sunshine", "princess", "football",
    "monkey", "dragon", "master", "login", "hello", "freedom", "test",
    "changeme", "change", "sanduq", "vault", "evidence", "my", "the", "is",
    "shadow", "superman", "batman", "trustno", "god", "allah", "jesus",
    "america", "london", "summer", "winter", "spring", "autumn",
    /* Russian, also typed with the Latin layout on */
    "пароль", "мой", "привет", "любовь", "люблю", "тебя", "я", "солнышко",
    "солнце", "наташа", "максим", "андрей", "сергей", "марина", "мама",
    "папа", "россия", "москва", "свобода", "секрет", "тайна", "админ",
    "сундук", "ключ", "gfhjkm", "ghbdtn", "k.,jdm", "parol", "privet",
    /* Kazakh */
    "құпиясөз", "құпия", "сөз", "кілтсөз", "қазақстан", "қазақ", "қазақша",
    "алматы", "астана", "сәлем", "сәлеметсіз", "махаббат", "сүйемін", "мен",
    "сені", "анашым", "ана", "ата", "бостандық", "еркіндік", "отан",
    "атажұрт", "сандық", "алаш", "абай", "qupiasoz", "qupiya", "qazaqstan",
    "kazakhstan", "qazaq", "almaty", "astana", "salem", "atajurt", "alash",
    /* Uyghur */
    "پارول", "مەخپىي", "نومۇر", "ئۇيغۇر", "شىنجاڭ", "ئۈرۈمچى", "سالام",
    "مۇھەببەت", "ۋەتەن", "ئانا", "ئاتا", "قەشقەر", "ئەركىنلىك", "ساندۇق",
    "شەرقىي", "تۈركىستان", "parol", "mexpiy", "nomur", "uyghur", "uygur",
    "shinjang", "urumchi", "ürümchi", "salam", "weten", "qeshqer", "kashgar",
    "erkinlik", "sherqiy", "türkistan", "turkistan",
    /* Chinese and Pinyin */
    "密码", "口令", "我的", "我", "爱", "你", "我爱你", "你好", "新疆",
    "乌鲁木齐", "喀什", "哈萨克", "维吾尔", "中国", "北京", "上海", "自由",
    "mima", "wode", "woaini", "woai", "nihao", "xinjiang", "wulumuqi",
    "zhongguo", "beijing", "shanghai", "ziyou", "aini",
    /* Turkish */
    "parola", "şifre", "sifre", "benim", "galatasaray", "fenerbahçe",
    "fenerbahce", "beşiktaş", "besiktas", "trabzonspor", "türkiye",
    "turkiye", "istanbul", "ankara", "seni", "seviyorum", "aşkım", "askim",
    "merhaba", "özgürlük", "ozgurluk", "sandık", "sandik", "vatan", "anne",
};

/* Rows of keyboards, also columns; and alphabets. Walked either way. */
static const char *const walks[] = {
    "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "1234567890-=",
    "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "abcdefghijklmnopqrstuvwxyz", "qwertyuıopğü", "asdfghjklşi",
    "zxcvbnmöç", "fgğıodrnhpqw", "qwertzuiop", "azertyuiop",
    "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
    "йфяцычувскамепинртгоьшлбщдюзж", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "әіңғ", "үұқөһ", "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "چۋېرتيۇڭوپ", "ھسداەىقكل", "زشغۈبنم", "ضصثقفغعهخحجد", "شسيبلاتنمكط",
};
/* clang-format on */

struct text {
    uint32_t *cp;
    size_t n;
};

static uint32_t
lower(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
        (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    if (c == 0x130)
        return 'i';
    if ((c >= 0x100 && c <= 0x177) ||
        (c >= 0x460 && c <= 0x52f && !(c >= 0x482 && c <= 0x489) &&
            !(c >= 0x4c0 && c <= 0x4cf)))
        return c | 1;
    return c;
}

/* Lower case without white space; false without memory. */
static bool
text_init(struct text *t, const char *s, size_t n)
{
    t->n = 0;
    t->cp = malloc((n + 1) * sizeof *t->cp);
    if (t->cp == NULL)
        return false;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        size_t len = utf_next(s + i, n - i, &cp);

        i += len == 0 ? 1 : len;
        if (len > 0 && cp != ' ' && cp != '\t' && cp != 0xa0)
            t->cp[t->n++] = lower(cp);
        else if (len == 0)
            t->cp[t->n++] = 0xfffd;
    }
    return true;
}

static void
text_clear(struct text *t)
{
    vlt_wipe(t->cp, t->n * sizeof *t->cp);
    free(t->cp);
}

/* How many characters of t from `at` on this word takes; 0 when it differs. */
static size_t
word_at(const struct text *t, size_t at, const char *word)
{
    size_t n = strlen(word);
    size_t taken = 0;

    for (size_t i = 0; i < n; taken++) {
        uint32_t cp = 0;

        i += utf_next(word + i, n - i, &cp);
        if (at + taken >= t->n || t->cp[at + taken] != cp)
            return 0;
    }
    return taken;
}

/* The longest walk along `row` (step 1 or -1) that begins at `at`. */
static size_t
walk_at(const struct text *t, size_t at, const uint32_t *row, size_t n,
    int step)
{
    size_t longest = 0;

    for (size_t from = 0; from < n; from++) {
        size_t r = from;
        size_t k = 0;

        while (at + k < t->n && t->cp[at + k] == row[r]) {
            k++;
            if ((step > 0 && r + 1 == n) || (step < 0 && r == 0))
                break;
            r = step > 0 ? r + 1 : r - 1;
        }
        if (k > longest)
            longest = k;
    }
    return longest;
}

static size_t
longest_walk(const struct text *t, size_t at)
{
    size_t longest = 1;

    while (at + longest < t->n && t->cp[at + longest] == t->cp[at])
        longest++; /* the same key again and again */
    for (size_t w = 0; w < VLT_COUNT(walks); w++) {
        uint32_t row[64];
        size_t n = 0;
        size_t len = strlen(walks[w]);

        for (size_t i = 0; i < len && n < VLT_COUNT(row); n++)
            i += utf_next(walks[w] + i, len - i, &row[n]);
        for (int step = -1; step <= 1; step += 2) {
            size_t k = walk_at(t, at, row, n, step);

            longest = k > longest ? k : longest;
        }
    }
    return longest;
}

/* A digit or a sign: what people put around a word. */
static bool
is_free(uint32_t c)
{
    return c < 0x80 && !(c >= 'a' && c <= 'z');
}

/*
 * Whether the text is words, walks and at most FREE_MOST digits and signs.
 * least[i]: the fewest of these with which the first i characters are
 * covered.
 */
static bool
is_common(const struct text *t)
{
    size_t *least = malloc((t->n + 1) * sizeof *least);
    bool common;

    if (least == NULL)
        return false;
    for (size_t i = 0; i <= t->n; i++)
        least[i] = i == 0 ? 0 : SIZE_MAX;
    for (size_t i = 0; i < t->n; i++) {
        size_t walk;

        if (least[i] == SIZE_MAX)
            continue;
        if (is_free(t->cp[i]) && least[i] + 1 < least[i + 1])
            least[i + 1] = least[i] + 1;
        for (size_t w = 0; w < VLT_COUNT(words); w++) {
            size_t k = word_at(t, i, words[w]);

            if (k > 0 && least[i] < least[i + k])
                least[i + k] = least[i];
        }
        walk = longest_walk(t, i);
        for (size_t k = WALK_LEAST; k <= walk; k++) {
            if (least[i] < least[i + k])
                least[i + k] = least[i];
        }
    }
    common = least[t->n] <= FREE_MOST;
    free(least);
    return common;
}

static bool
is_repetition(const struct text *t)
{
    uint32_t seen[DISTINCT_LEAST];
    size_t distinct = 0;

    for (size_t i = 0; i < t->n && distinct < DISTINCT_LEAST; i++) {
        size_t k = 0;

        while (k < distinct && seen[k] != t->cp[i])
            k++;
        if (k == distinct)
            seen[distinct++] = t->cp[i];
    }
    vlt_wipe(seen, sizeof seen);
    return distinct < DISTINCT_LEAST;
}

enum vault_status
weak_refuse(const char *s, size_t n, struct vault_error *err)
{
    static const char hint[] =
        N_("take the one that is drawn for you, or five words that have "
           "nothing to do with each other");
    struct text t;
    enum vault_status st = VAULT_OK;

    if (utf_count(s, n) < WEAK_LEAST)
        return vlt_fail_hint(err, VAULT_E_USAGE, hint,
            "this passphrase is too short: %d characters are the least",
            WEAK_LEAST);
    if (!text_init(&t, s, n))
        return vlt_fail_memory(err);
    if (is_repetition(&t))
        st = vlt_fail_hint(err, VAULT_E_USAGE, hint,
            "this passphrase repeats a few characters");
    else if (is_common(&t))
        st = vlt_fail_hint(err, VAULT_E_USAGE, hint,
            "this passphrase is made of what is tried first: common words, "
            "rows of the keyboard, a year");
    text_clear(&t);
    return st;
}
