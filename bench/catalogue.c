/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c: what listing and finding cost in a vault of many records */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/vault.h>

#include "bench_clock.h"
#include "bench_plain.h"
#include "bench_texts.h"

/*
 *     catalogue fill N FOLDER   a vault with N invented testimonies
 *     catalogue size N FOLDER   bytes of the catalogue, and of the file
 *     catalogue ask N FOLDER    times, in a process of its own; beside them
 *                               those of plain SQLite, if it was filled
 *     catalogue plain N FOLDER  the same texts for plain SQLite and grep
 *     catalogue grow N FOLDER   times of adding; the vault grows by it
 *
 * The vault opens with a key file, so that unlocking costs no key derivation.
 */
enum { BATCH = 5000, PATH = 4096, IMPORTED = 1000, MANY = 20000 };

static void
fatal(const char *what, const struct vault_error *err)
{
    fprintf(stderr, "catalogue: %s: %s\n", what, err->message);
    exit(1);
}

/* What every third record has a link to: the one before it. */
static uint8_t before[VAULT_ID];

static void
seal(struct vault *v, uint64_t i)
{
    char title[BENCH_TITLE], text[BENCH_TEXT];
    uint8_t hash[VAULT_HASH];
    struct vault_error err;
    struct vault_sealed out;
    struct vault_sealer *s;

    bench_invent(i, title, text);
    bench_hash(i, hash);
    if (vault_seal_begin(v, "testimony", &s, &err) != VAULT_OK)
        fatal("sealing", &err);
    if (vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title", title,
            strlen(title), &err) != VAULT_OK ||
        vault_seal_field(s, VAULT_LANG_TEXT, VAULT_VALUE, "account", text,
            strlen(text), &err) != VAULT_OK ||
        (i % 50 == 0 && vault_seal_tag(s, "to check", &err) != VAULT_OK) ||
        (i % 3 == 1 && vault_seal_link(s, before, "about", &err) != VAULT_OK) ||
        vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "import.row", hash,
            sizeof hash, &err) != VAULT_OK)
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

/* ---- fill ---- */

static void
begin_batch(struct vault *v)
{
    struct vault_error err;

    if (vault_batch_begin(v, &err) != VAULT_OK)
        fatal("a batch", &err);
}

static void
end_batch(struct vault *v)
{
    struct vault_error err;

    if (vault_batch_end(v, &err) != VAULT_OK)
        fatal("a batch", &err);
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
    double start, cpu;
    uint64_t i;

    name_in(path, folder, "key");
    if (vault_keyfile_create(path, &err) != VAULT_OK)
        fatal(path, &err);
    key = read_key(folder);
    name_in(path, folder, "v.sanduq");
    if (vault_create(path, key, &cost, &opt, &v, &err) != VAULT_OK)
        fatal(path, &err);
    start = bench_now_ms();
    cpu = bench_cpu_ms();
    for (i = 0; i < n; i++) {
        if (i % BATCH == 0)
            begin_batch(v);
        seal(v, i);
        if (i % BATCH == BATCH - 1 || i == n - 1)
            end_batch(v);
    }
    start = bench_now_ms() - start;
    cpu = bench_cpu_ms() - cpu;
    printf("sealing, catalogue included: %.1f s, %.0f a second; cpu %.1f s, "
           "%.2f ms a record; memory %.1f MiB\n",
        start / 1e3, (double)n / start * 1e3, cpu / 1e3, cpu / (double)n,
        bench_peak_mib());
    vault_close(v);
    vault_key_free(key);
    return 0;
}

/* ---- size ---- */

/* Bytes of one table of the outer file, whose pages a row of `page` fills. */
static int
size(double n, const char *folder)
{
    sqlite3_stmt *st;
    sqlite3 *db;
    char path[PATH];
    double bytes = 0;
    double all = 0;

    name_in(path, folder, "v.sanduq");
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
            "SELECT count(*) * 16384.0, (SELECT page_count * page_size FROM "
            "pragma_page_count, pragma_page_size) FROM page",
            -1, &st, NULL) != SQLITE_OK)
        return 1;
    if (sqlite3_step(st) == SQLITE_ROW) {
        bytes = sqlite3_column_double(st, 0);
        all = sqlite3_column_double(st, 1);
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
    printf("catalogue: %.1f MiB, %.0f bytes a record; the file: %.1f MiB, "
           "%.0f bytes a record\n",
        bytes / 1048576, bytes / n, all / 1048576, all / n);
    return 0;
}

/* ---- ask ---- */

struct hits {
    uint64_t n;
    uint64_t most; /* 0: all */
    uint8_t id[VAULT_ID];
    int64_t sealed;
};

static int
count(void *ctx, const struct vault_entry *e)
{
    struct hits *h = ctx;

    h->n++;
    memcpy(h->id, e->id, VAULT_ID);
    h->sealed = e->sealed;
    return h->most != 0 && h->n >= h->most;
}

static void
run_list(struct vault *v, const struct vault_list_options *opt, struct hits *h)
{
    struct vault_error err;
    enum vault_status st = vault_list(v, opt, count, NULL, h, &err);

    if (st != VAULT_OK && (st != VAULT_E_CANCELLED || h->most == 0))
        fatal("listing", &err);
}

struct asking {
    uint64_t n; /* records */
    const char *folder;
    struct vault_key *key;
    struct vault_list_options opt;
    double peak; /* MiB, of the vault's rows alone */
};

/* Each round with a handle of its own: nothing is warm but the disk cache.
 * most: stop there, and do it once. */
static void
time_rows(struct asking *a, const char *what, uint64_t most, double plain)
{
    struct bench_clock t = {0};
    struct hits h;
    char rest[96];
    int i;

    bench_peak_again();
    for (i = 0; i < (most == 0 ? BENCH_ROUNDS : 1); i++) {
        struct vault *v = open_it(a->folder, a->key);

        memset(&h, 0, sizeof h);
        h.most = most;
        bench_begin(&t);
        run_list(v, &a->opt, &h);
        bench_end(&t);
        vault_close(v);
    }
    if (bench_peak_mib() > a->peak)
        a->peak = bench_peak_mib();
    i = snprintf(rest, sizeof rest, "%llu shown", (unsigned long long)h.n);
    if (plain > 0)
        (void)snprintf(rest + i, sizeof rest - (size_t)i,
            ", plain SQLite %.1f ms: %.1f times that", plain,
            bench_median(&t) / plain);
    bench_report(what, &t, rest);
}

static void
time_list(struct asking *a, const char *what, uint64_t most)
{
    time_rows(a, what, most, 0);
}

static void
time_find(struct asking *a, const char *one, const char *two)
{
    const char *const asked[] = {one, two};
    bool han = (unsigned char)one[0] >= 0xe4; /* no words to stock SQLite */
    char what[128];

    a->opt.words = asked;
    a->opt.words_len = two != NULL ? 2 : 1;
    (void)snprintf(what, sizeof what, "find %s%s%s%s", one,
        two != NULL ? " " : "", two != NULL ? two : "",
        a->opt.newest_first ? "" : ", oldest first");
    time_rows(a, what, 0,
        a->opt.newest_first && !han ? bench_plain_find(a->folder, one, two)
                                    : 0);
    a->opt.words = NULL;
    a->opt.words_len = 0;
}

static void
time_words(struct asking *a)
{
    static const char *const asked[][2] = {
        {"case77", NULL},
        {"group77", NULL},
        {"Qairat", NULL},
        {"wulumuqi", "Gulnisa"},
        {"testimony", NULL},
        {"testimony", "case77"},
        {"camp7", "school7"},
        {"testimony", "Kairat"},
        {"camp*", "school*"},
        {"case7*", NULL},
        {"c*", NULL},
        {"ca*", NULL},
        {"cas*", NULL},
        {"case77*", "group7*"},
        {"乌", NULL},
        {"习", "留"},
        {"absent", NULL},
        {"absent", "testimony"},
        {"absent*", NULL},
    };
    size_t i;

    for (i = 0; i < sizeof asked / sizeof asked[0]; i++)
        time_find(a, asked[i][0], asked[i][1]);
    a->opt.newest_first = false;
    time_find(a, "testimony", NULL);
    time_find(a, "case7*", NULL);
    time_find(a, "testimony", "case77");
    a->opt.newest_first = true;
}

/* The worst of both: what was sealed first, looked for from the end. */
static void
time_times(struct asking *a)
{
    const char *const word[] = {"testimony"};
    struct vault_list_options oldest = {.since = INT64_MIN,
        .until = INT64_MAX,
        .limit = 1};
    struct vault *v = open_it(a->folder, a->key);
    struct hits h = {0};
    int64_t end;

    run_list(v, &oldest, &h);
    end = h.sealed + 1;
    vault_close(v);
    a->opt.until = end;
    time_list(a, "list --until FIRST SECOND", 0);
    a->opt.words = word;
    a->opt.words_len = 1;
    time_list(a, "find testimony --until FIRST SECOND", 0);
    a->opt.until = INT64_MAX;
    a->opt.since = INT64_MAX - 1;
    time_list(a, "find testimony --since NEVER", 0);
    a->opt.since = INT64_MIN;
    a->opt.words_len = 0;
}

/* Without --limit: the records come in a stream. */
static void
time_streams(struct asking *a)
{
    const char *word[] = {"testimony"};

    a->opt.limit = 0;
    a->opt.words = word;
    a->opt.words_len = 1;
    time_list(a, "find testimony, the first 20,000", MANY);
    word[0] = "case7*";
    time_list(a, "find case7*, the first 20,000", MANY);
    word[0] = "group77";
    time_list(a, "find group77, all", 0);
    a->opt.limit = 50;
    a->opt.words_len = 0;
}

static int
nothing(void *ctx, const struct vault_related *other)
{
    (void)other;
    ++*(uint64_t *)ctx;
    return 0;
}

static void
time_lookups(struct asking *a)
{
    struct bench_clock open = {0}, first = {0}, content = {0}, related = {0};
    uint8_t hash[VAULT_HASH], id[VAULT_ID];
    uint64_t others = 0;
    struct vault_error err;
    bool found;
    int i;

    for (i = 0; i < BENCH_ROUNDS; i++) {
        struct vault *v;

        bench_begin(&open);
        v = open_it(a->folder, a->key);
        bench_end(&open);
        bench_hash((uint64_t)i * (a->n / BENCH_ROUNDS), hash);
        bench_begin(&first);
        if (vault_find_content(v, hash, &found, id, &err) != VAULT_OK || !found)
            fatal("a content", &err);
        bench_end(&first);
        bench_hash((uint64_t)i * (a->n / BENCH_ROUNDS) + 1, hash);
        bench_begin(&content);
        if (vault_find_content(v, hash, &found, id, &err) != VAULT_OK || !found)
            fatal("a content", &err);
        bench_end(&content);
        bench_begin(&related);
        if (vault_related(v, id, nothing, &others, &err) != VAULT_OK)
            fatal("what is related", &err);
        bench_end(&related);
        vault_close(v);
    }
    bench_report("open and unlock, beyond the KDF", &open, "");
    bench_report("a content, the first after unlock", &first, "");
    bench_report("a content, any later one", &content, "");
    bench_report("what is related to a record", &related, "");
}

static void
time_filters(struct asking *a)
{
    time_list(a, "list --limit 50", 0);
    a->opt.newest_first = false;
    time_list(a, "list --limit 50, oldest first", 0);
    a->opt.newest_first = true;
    a->opt.type = "testimony";
    time_list(a, "list -t testimony --limit 50", 0);
    a->opt.type = "letter";
    time_list(a, "list -t letter --limit 50", 0);
    a->opt.type = NULL;
    a->opt.tag = "to check";
    time_list(a, "list --tag 'to check' --limit 50", 0);
    a->opt.tag = NULL;
}

static int
ask(uint64_t n, const char *folder)
{
    struct asking a = {n, folder, read_key(folder),
        {.since = INT64_MIN,
            .until = INT64_MAX,
            .limit = 50,
            .newest_first = true},
        0};
    double grep;

    time_filters(&a);
    time_words(&a);
    grep = bench_plain_grep(folder, "testimony");
    if (grep >= 0)
        printf("%-40s %12.1f ms\n", "grep -iw testimony", grep);
    time_times(&a);
    printf("memory at its peak so far: %.1f MiB\n", a.peak);
    time_streams(&a);
    time_lookups(&a);
    printf("memory at its peak: %.1f MiB\n", a.peak);
    vault_key_free(a.key);
    return 0;
}

/* ---- grow ---- */

static void
time_adds(const char *folder, const struct vault_key *key, uint64_t from)
{
    struct bench_clock add = {0}, gone = {0};
    struct vault_withdrawal w;
    struct vault_error err;
    uint64_t bytes = 0;
    uint64_t most = 0;
    char rest[96];
    int i;

    for (i = 0; i < BENCH_ROUNDS; i++) {
        struct vault *v = open_it(folder, key);
        uint64_t was = bench_written();

        bench_begin(&add);
        seal(v, from + (uint64_t)i);
        bench_end(&add);
        was = bench_written() - was;
        bytes += was;
        most = was > most ? was : most;
        bench_begin(&gone);
        if (vault_withdraw(v, before, 0, NULL, &w, &err) != VAULT_OK)
            fatal("withdrawing", &err);
        bench_end(&gone);
        vault_close(v);
    }
    (void)snprintf(rest, sizeof rest, "%.0f KiB written, at most %.0f",
        (double)bytes / BENCH_ROUNDS / 1024, (double)most / 1024);
    bench_report("add one record, durable", &add, rest);
    bench_report("withdraw one record", &gone, "");
}

/* As an import does: each row is looked for before it is sealed. */
static void
time_import(const char *folder, const struct vault_key *key, uint64_t from,
    uint64_t rows)
{
    struct vault *v = open_it(folder, key);
    struct bench_clock t = {0};
    uint8_t hash[VAULT_HASH], id[VAULT_ID];
    struct vault_error err;
    char rest[64];
    uint64_t i;
    bool found;

    for (i = 0; i < rows * BENCH_ROUNDS; i++) {
        if (i % rows == 0) {
            bench_begin(&t);
            begin_batch(v);
        }
        bench_hash(from + i, hash);
        if (vault_find_content(v, hash, &found, id, &err) != VAULT_OK || found)
            fatal("a content", &err);
        seal(v, from + i);
        if (i % rows == rows - 1) {
            end_batch(v);
            bench_end(&t);
        }
    }
    (void)snprintf(rest, sizeof rest, "%.0f records a second of computing",
        (double)rows / bench_median(&t) * 1e3);
    bench_report(rows == IMPORTED ? "import 1,000 rows, asking for each"
                                  : "import rows, asking for each",
        &t, rest);
    vault_close(v);
}

static int
grow(uint64_t n, const char *folder)
{
    struct vault_key *key = read_key(folder);
    uint64_t from = UINT64_C(1000000000000) + (uint64_t)bench_now_ms() * 100000;

    time_adds(folder, key, from);
    time_import(folder, key, from + 1000, n < IMPORTED ? n : IMPORTED);
    printf("memory at its peak: %.1f MiB\n", bench_peak_mib());
    vault_key_free(key);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "fill") == 0)
        return fill(strtoull(argv[2], NULL, 10), argv[3]);
    if (argc == 4 && strcmp(argv[1], "size") == 0)
        return size(strtod(argv[2], NULL), argv[3]);
    if (argc == 4 && strcmp(argv[1], "ask") == 0)
        return ask(strtoull(argv[2], NULL, 10), argv[3]);
    if (argc == 4 && strcmp(argv[1], "grow") == 0)
        return grow(strtoull(argv[2], NULL, 10), argv[3]);
    if (argc == 4 && strcmp(argv[1], "plain") == 0) {
        bench_plain_fill(argv[3], strtoull(argv[2], NULL, 10));
        return 0;
    }
    fprintf(stderr,
        "usage: catalogue fill N FOLDER | size N FOLDER | plain N FOLDER | "
        "ask N FOLDER | grow N FOLDER\n");
    return 2;
}
