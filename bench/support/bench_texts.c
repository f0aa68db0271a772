/* SPDX-License-Identifier: Apache-2.0 */
/* bench_texts.c: invented testimonies, the same for the same number */
#include "bench_texts.h"
#include <stdio.h>

static const char *const first_names[] = {"Қайрат", "Айгүл", "گۈلنىسا",
    "پاتىگۈل", "Kairat", "Gulnisa", "王", "李", "Сергей", "Nurlan", "Дина",
    "Тоқтар", "Mehmet", "Ayşe", "Елена", "张"};
static const char *const last_names[] = {"Оразбай", "Серікқызы", "ئابدۇللا",
    "Abdulla", "小明", "伟", "Иванов", "Petrova", "Yılmaz", "Жұмабек", "Turdi",
    "رەيھان", "志强", "Kaya", "Ким", "Omarov"};
static const char *const places[] = {"Алматы", "Үрімжі", "ئۈرۈمچى", "乌鲁木齐",
    "Kashgar", "Құлжа", "伊宁", "Семей", "Ankara", "Шымкент", "خوتەن", "Астана",
    "Istanbul", "阿勒泰", "Тарбағатай", "Turpan"};
static const char *const words[] = {"camp", "school", "arrest", "police", "үй",
    "әке", "түрме", "тергеу", "письмо", "тюрьма", "дорога", "ночью", "拘留",
    "学习", "电话", "家人", "لاگېر", "ساقچى", "ئائىلە", "خەت", "brother",
    "witness", "phone", "night", "passport", "border", "letter", "hospital",
    "mother", "release", "court", "document"};

#define PICK(list, x) (list)[(x) % (sizeof(list) / sizeof(list)[0])]

static uint64_t
next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

void
bench_invent(uint64_t i, char title[BENCH_TITLE], char text[BENCH_TEXT])
{
    uint64_t seed = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    const char *a, *b;
    size_t n;
    int k;

    for (k = 0; k < 4; k++)
        next(&seed);
    a = PICK(first_names, next(&seed));
    b = PICK(last_names, next(&seed));
    (void)snprintf(title, BENCH_TITLE, "%s %s", a, b);
    a = PICK(places, next(&seed));
    b = PICK(places, next(&seed));
    n = (size_t)snprintf(text, BENCH_TEXT, "und %s %s case%llu group%llu", a, b,
        (unsigned long long)i, (unsigned long long)(i % 1000));
    for (k = 0; k < 24; k++) {
        a = PICK(words, next(&seed));
        n += (size_t)snprintf(text + n, BENCH_TEXT - n, " %s%llu", a,
            (unsigned long long)(next(&seed) % 40));
    }
    (void)snprintf(text + n, BENCH_TEXT - n, " testimony");
}

void
bench_hash(uint64_t i, uint8_t out[BENCH_HASH])
{
    uint64_t seed = (i + 1) * UINT64_C(0xd1b54a32d192ed03);
    size_t k;

    for (k = 0; k < BENCH_HASH; k++)
        out[k] = (uint8_t)next(&seed);
}
