/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c: what listing and finding cost in a vault of many records */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <vault/vault.h>

/*
 *     catalogue fill N FOLDER   a vault with N invented testimonies
 *     catalogue ask FOLDER      times, in a process of its own
 *
 * The vault opens with a key file, so that unlocking costs no key derivation.
 */
enum { BATCH = 5000, PATH = 4096, ROUNDS = 7 };

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

static void
fatal(const char *what, const struct vault_error *err)
{
    fprintf(stderr, "catalogue: %s: %s\n", what, err->message);
    exit(1);
}

static double
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t
next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

/* What this process computed, whatever else the machine does. */
static double
cpu_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* About thirty words of an account, one of them nearly unique. */
static void
invent(uint64_t i, char *title, size_t title_size, char *text, size_t size)
{
    uint64_t seed = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    size_t n;
    int k;

    for (k = 0; k < 4; k++)
        next(&seed);
    (void)snprintf(title, title_size, "%s %s", PICK(first_names, next(&seed)),
        PICK(last_names, next(&seed)));
    n = (size_t)snprintf(text, size, "und %s %s case%llu group%llu",
        PICK(places, next(&seed)), PICK(places, next(&seed)),
        (unsigned long long)i, (unsigned long long)(i % 1000));
    for (k = 0; k < 24; k++)
        n += (size_t)snprintf(text + n, size - n, " %s%llu",
            PICK(words, next(&seed)), (unsigned long long)(next(&seed) % 40));
    (void)snprintf(text + n, size - n, " testimony");
}

/* As of a row of a table that was imported. */
static void
row_hash(uint64_t i, uint8_t out[VAULT_HASH])
{
    uint64_t seed = (i + 1) * UINT64_C(0xd1b54a32d192ed03);
    size_t k;

    for (k = 0; k < VAULT_HASH; k++)
        out[k] = (uint8_t)next(&seed);
}

/* What every third record has a link to: the one before it. */
static uint8_t before[VAULT_ID];

static void
seal(struct vault *v, uint64_t i)
{
    uint8_t hash[VAULT_HASH];
    char title[256], text[4096];
    struct vault_error err;
    struct vault_sealed out;
    struct vault_sealer *s;

    invent(i, title, sizeof title, text, sizeof text);
    if (vault_seal_begin(v, "testimony", &s, &err) != VAULT_OK)
        fatal("sealing", &err);
    if (vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title", title,
            strlen(title), &err) != VAULT_OK ||
        vault_seal_field(s, VAULT_LANG_TEXT, VAULT_VALUE, "account", text,
            strlen(text), &err) != VAULT_OK ||
        (i % 50 == 0 &&
            vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "tag.1", "to check", 8,
                &err) != VAULT_OK))
        fatal("a field", &err);
    row_hash(i, hash);
    if (vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "import.row", hash,
            sizeof hash, &err) != VAULT_OK ||
        (i % 3 == 1 && vault_seal_link(s, before, "about", &err) != VAULT_OK))
        fatal("a field", &err);
    if (vault_seal_commit(s, &out, &err) != VAULT_OK)
        fatal("sealing", &err);
    memcpy(before, out.id, VAULT_ID);
}

static void
name_in(char out[PATH], const char *folder, const char *name)
{
    (void)snprintf(out, PATH, "%s/%s", folder, name);
}

static struct vault_key *
read_key(const char *folder)
{
    char path[PATH];
    struct vault_error err;
    struct vault_key *key = vault_key_new();

    name_in(path, folder, "key");
    if (key == NULL || vault_key_file(key, path, &err) != VAULT_OK)
        fatal("the key file", &err);
    return key;
}

static int
fill(uint64_t n, const char *folder)
{
    struct vault_options opt = {.state_dir = folder};
    struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_error err;
    struct vault_key *key;
    struct vault *v;
    char path[PATH];
    double start;
    uint64_t i;

    name_in(path, folder, "key");
    if (vault_keyfile_create(path, &err) != VAULT_OK)
        fatal(path, &err);
    key = read_key(folder);
    name_in(path, folder, "v.sanduq");
    if (vault_create(path, key, &cost, &opt, &v, &err) != VAULT_OK)
        fatal(path, &err);
    start = now_ms();
    for (i = 0; i < n; i++) {
        if (i % BATCH == 0 && vault_batch_begin(v, &err) != VAULT_OK)
            fatal("a batch", &err);
        seal(v, i);
        if ((i % BATCH == BATCH - 1 || i == n - 1) &&
            vault_batch_end(v, &err) != VAULT_OK)
            fatal("a batch", &err);
    }
    printf("%-36s %9.1f s, %.0f a second\n", "sealing, catalogue included",
        (now_ms() - start) / 1e3, (double)n / (now_ms() - start) * 1e3);
    vault_close(v);
    vault_key_free(key);
    return 0;
}

struct hits {
    uint64_t n;
};

static int
count(void *ctx, const struct vault_entry *e)
{
    struct hits *h = ctx;

    (void)e;
    h->n++;
    return 0;
}

struct times {
    double ms[ROUNDS];  /* by the wall */
    double cpu[ROUNDS]; /* of this process */
    double start, cpu_start;
};

static void
begin(struct times *t)
{
    t->start = now_ms();
    t->cpu_start = cpu_ms();
}

static void
end(struct times *t, int round)
{
    t->ms[round] = now_ms() - t->start;
    t->cpu[round] = cpu_ms() - t->cpu_start;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void
report(const char *what, struct times *t, const char *rest)
{
    qsort(t->ms, ROUNDS, sizeof t->ms[0], by_size);
    qsort(t->cpu, ROUNDS, sizeof t->cpu[0], by_size);
    printf("%-36s %8.1f ms (%.1f to %.1f), computing %6.1f ms%s\n", what,
        t->ms[ROUNDS / 2], t->ms[0], t->ms[ROUNDS - 1], t->cpu[ROUNDS / 2],
        rest);
}

static struct vault *
open_it(const char *folder, const struct vault_key *key)
{
    struct vault_options opt = {.state_dir = folder};
    struct vault_error err;
    struct vault *v;
    char path[PATH];

    name_in(path, folder, "v.sanduq");
    if (vault_open(path, &opt, &v, &err) != VAULT_OK ||
        vault_unlock(v, key, NULL, &err) != VAULT_OK)
        fatal(path, &err);
    return v;
}

/* Each round with a handle of its own: nothing is warm but the disk. */
static void
time_list(const char *folder, const struct vault_key *key, const char *what,
    const struct vault_list_options *opt)
{
    struct vault_error err;
    struct times t;
    char rest[64];
    struct hits h;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        struct vault *v = open_it(folder, key);

        begin(&t);
        h.n = 0;
        if (vault_list(v, opt, count, NULL, &h, &err) != VAULT_OK)
            fatal(what, &err);
        end(&t, i);
        vault_close(v);
    }
    (void)snprintf(rest, sizeof rest, "  %llu shown", (unsigned long long)h.n);
    report(what, &t, rest);
}

static void
time_find(const char *folder, const struct vault_key *key, const char *one,
    const char *two)
{
    const char *const asked[] = {one, two};
    struct vault_list_options opt = {.since = INT64_MIN,
        .until = INT64_MAX,
        .limit = 50,
        .newest_first = true,
        .words = asked,
        .words_len = two != NULL ? 2 : 1};
    char what[128];

    (void)snprintf(what, sizeof what, "find %s %s", one,
        two != NULL ? two : "");
    time_list(folder, key, what, &opt);
}

static void
time_rest(const char *folder, const struct vault_key *key)
{
    struct times unlock, add;
    int i;

    for (i = 0; i < ROUNDS; i++) {
        struct vault *v;

        begin(&unlock);
        v = open_it(folder, key);
        end(&unlock, i);
        begin(&add);
        seal(v, UINT64_C(10000000) + (uint64_t)i);
        end(&add, i);
        vault_close(v);
    }
    report("open and unlock, beyond the KDF", &unlock, "");
    report("seal one record, durable", &add, "");
}

static int
ask(const char *folder)
{
    struct vault_list_options opt = {.since = INT64_MIN,
        .until = INT64_MAX,
        .limit = 50,
        .newest_first = true};
    struct vault_key *key = read_key(folder);
    struct rusage use;

    time_list(folder, key, "list --limit 50", &opt);
    opt.type = "testimony";
    time_list(folder, key, "list -t testimony --limit 50", &opt);
    opt.type = NULL;
    opt.tag = "to check";
    time_list(folder, key, "list --tag 'to check' --limit 50", &opt);
    time_find(folder, key, "case77", NULL);
    time_find(folder, key, "group77", NULL);
    time_find(folder, key, "Qairat", NULL);
    time_find(folder, key, "wulumuqi", "Gulnisa");
    time_find(folder, key, "testimony", NULL);
    time_find(folder, key, "testimony", "case77");
    time_find(folder, key, "case7*", NULL);
    time_find(folder, key, "absent", NULL);
    getrusage(RUSAGE_SELF, &use);
    printf("%-36s %9.1f MiB\n", "memory at its peak so far",
        (double)use.ru_maxrss / 1024);
    time_rest(folder, key);
    getrusage(RUSAGE_SELF, &use);
    printf("%-36s %9.1f MiB\n", "memory at its peak",
        (double)use.ru_maxrss / 1024);
    vault_key_free(key);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "fill") == 0)
        return fill(strtoull(argv[2], NULL, 10), argv[3]);
    if (argc == 3 && strcmp(argv[1], "ask") == 0)
        return ask(argv[2]);
    fprintf(stderr, "usage: catalogue fill N FOLDER | ask FOLDER\n");
    return 2;
}
