/* SPDX-License-Identifier: Apache-2.0 */
/* test_find: the catalogue proposes, the record decides; nothing lost, nothing
 * resurrected, nothing left of what was withdrawn */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <sqlite3.h>

#include "catalogue_inner.h"
#include "catalogue_ops.h"
#include "pagevfs.h"
#include "quick_vault.h"

enum { SEEN = 128 };

struct seen {
    size_t n;
    size_t bad;
    char name[SEEN][64];
};

static int
take(void *ctx, const struct vault_entry *e)
{
    struct seen *s = ctx;

    assert_true(s->n < SEEN);
    (void)snprintf(s->name[s->n++], sizeof s->name[0], "%s", e->name);
    return 0;
}

static int
take_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    struct seen *s = ctx;

    (void)id;
    (void)version;
    assert_int_equal(why->code, VAULT_E_TAMPERED);
    s->bad++;
    return 0;
}

/* What is found, newest first; words NULL: everything. */
static void
find(struct vault *v, const char *words, const char *type, const char *tag,
    struct seen *s)
{
    struct vault_list_options opt = {.type = type,
        .since = INT64_MIN,
        .until = INT64_MAX,
        .newest_first = true,
        .tag = tag,
        .words = &words,
        .words_len = words != NULL};

    memset(s, 0, sizeof *s);
    assert_int_equal(vault_list(v, &opt, take, take_bad, s, NULL), VAULT_OK);
}

/* The same by opening every record. */
static void
find_walking(struct vault *v, const char *words, struct seen *s)
{
    struct vault_list_options opt = {.since = INT64_MIN,
        .until = INT64_MAX,
        .newest_first = true,
        .words = &words,
        .words_len = words != NULL,
        .walk = true};

    memset(s, 0, sizeof *s);
    assert_int_equal(vault_list(v, &opt, take, take_bad, s, NULL), VAULT_OK);
}

static void
assert_found(struct vault *v, const char *words, size_t n, const char *first)
{
    struct seen s, walked;

    find(v, words, NULL, NULL, &s);
    find_walking(v, words, &walked);
    if (s.n != n || (n > 0 && strcmp(s.name[0], first) != 0))
        fail_msg("%s: %zu found, the first is %s", words, s.n, s.name[0]);
    assert_int_equal(s.bad, 0);
    assert_int_equal(walked.n, n);
    assert_memory_equal(s.name, walked.name, sizeof s.name);
}

/* Whether the catalogue covers everything as it stands. */
static bool
covered(struct vault *v)
{
    struct vlt_catalogue *c = NULL;
    bool yes;

    assert_int_equal(vlt_catalogue_read(v, false, &c, NULL), VAULT_OK);
    yes = c != NULL;
    vlt_catalogue_close(c);
    vlt_store_rollback(v->store);
    return yes;
}

static void
add_text(struct vault *v, const char *title, const char *text, const char *tag,
    struct vault_sealed *out)
{
    struct vault_sealer *s;

    assert_int_equal(vault_seal_begin(v, "testimony", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title",
                         title, strlen(title), NULL),
        VAULT_OK);
    if (text != NULL)
        assert_int_equal(vault_seal_field(s, VAULT_LANG_TEXT, VAULT_VALUE,
                             "account", text, strlen(text), NULL),
            VAULT_OK);
    if (tag != NULL)
        assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "tag.1",
                             tag, strlen(tag), NULL),
            VAULT_OK);
    assert_int_equal(vault_seal_commit(s, out, NULL), VAULT_OK);
}

/* ---- finding ---- */

static void
words_are_found_in_six_languages_and_other_spellings(void **state)
{
    static const struct {
        const char *title;
        const char *text;
        const char *by[6];
    } rows[] = {
        {"kk", "kk Қайрат Маңғыстауда тұрады",
            {"қайрат", "Qairat", "Kayrat", "قايرات", "Mangystau*"}},
        {"ug", "ug گۈلنىسا ئۈرۈمچىدە تۇغۇلغان",
            {"گۈلنىسا", "Gülnisa", "Гүлниса", "gulnisa", "Urumchide"}},
        {"zh", "zh 他被关押在乌鲁木齐市看守所",
            {"乌鲁木齐", "烏魯木齊", "wulumuqi", "Wūlǔmùqí", "kan1shou3suo3",
                "看守所"}},
        {"ru", "ru Сергей Хрущёв приехал из Чернышевска",
            {"хрущев", "Khrushchev", "Chernyshevsk*", "СЕРГЕЙ", "Sergey",
                "Sergei"}},
        {"en", "en The witness saw John’s brother",
            {"witness", "johns", "Brother", "wit*", "SAW", "the brother"}},
        {"tr", "tr Şüpheli İstanbul’da görüldü",
            {"şüpheli", "supheli", "istanbulda", "Shupheli", "goruldu"}},
    };
    struct quick_vault q;
    struct vault_sealed out;
    size_t i, k;

    (void)state;
    quick_make(&q);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
        add_text(q.v, rows[i].title, rows[i].text, NULL, &out);
    assert_true(covered(q.v));
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (k = 0; k < 6 && rows[i].by[k] != NULL; k++)
            assert_found(q.v, rows[i].by[k], 1, rows[i].title);
    }
    assert_found(q.v, "乌齐", 0, "");
    assert_found(q.v, "nobody", 0, "");
    quick_end(&q);
}

static void
type_tag_and_words_hold_together(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;
    struct seen s;

    (void)state;
    quick_make(&q);
    add_text(q.v, "one camp", NULL, "To Check", &out);
    add_text(q.v, "two camp", NULL, NULL, &out);
    quick_add(q.v, "three camp", "x", 1, &out); /* a type of its own */
    find(q.v, "camp", NULL, NULL, &s);
    assert_int_equal(s.n, 3);
    find(q.v, "camp", "testimony", NULL, &s);
    assert_int_equal(s.n, 2);
    assert_string_equal(s.name[0], "two camp");
    find(q.v, NULL, NULL, "to  CHECK", &s);
    assert_int_equal(s.n, 1);
    assert_string_equal(s.name[0], "one camp");
    find(q.v, "camp one", "testimony", "to check", &s);
    assert_int_equal(s.n, 1);
    find(q.v, "two", NULL, "to check", &s);
    assert_int_equal(s.n, 0);
    find(q.v, NULL, "nothing", NULL, &s);
    assert_int_equal(s.n, 0);
    quick_end(&q);
}

static void
pages_of_many_hits_hang_together(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;
    struct seen s;
    char title[32];
    int i;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 0; i < 100; i++) {
        (void)snprintf(title, sizeof title, "camp %d", i);
        add_text(q.v, title, NULL, NULL, &out);
    }
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    assert_true(covered(q.v));
    find(q.v, "camp", "testimony", NULL, &s);
    assert_int_equal(s.n, 100);
    for (i = 0; i < 100; i++) {
        (void)snprintf(title, sizeof title, "camp %d", 99 - i);
        assert_string_equal(s.name[i], title);
    }
    quick_end(&q);
}

/* Keep the pages as they are now, beside the vault. The vault is closed. */
static void
keep_pages(const struct quick_vault *q, char side[TEMP_PATH + 8])
{
    char sql[1024];
    FILE *f;

    (void)snprintf(side, TEMP_PATH + 8, "%s.pages", q->path);
    f = fopen(side, "wb");
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    (void)snprintf(sql, sizeof sql,
        "ATTACH '%s' AS s; CREATE TABLE s.p AS SELECT n, b FROM page", side);
    quick_sql(q->path, sql);
}

static long long
pages_changed(const struct quick_vault *q, const char *side)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    char sql[1024];
    long long n;

    assert_int_equal(sqlite3_open(q->path, &db), SQLITE_OK);
    (void)snprintf(sql, sizeof sql, "ATTACH '%s' AS s", side);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                         "SELECT count(*) FROM page p LEFT "
                         "JOIN s.p o ON o.n = p.n WHERE o.b IS NOT p.b",
                         -1, &st, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return n;
}

static void
an_add_writes_few_pages_of_many(void **state)
{
    struct quick_vault q;
    struct vault_sealed out;
    char title[32], side[TEMP_PATH + 8];
    long long pages, changed;
    int i;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 0; i < 3000; i++) {
        (void)snprintf(title, sizeof title, "name%d camp%d", i, i * 7);
        add_text(q.v, title, NULL, NULL, &out);
    }
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    quick_close(&q);
    keep_pages(&q, side);
    pages = quick_count(q.path, "SELECT count(*) FROM page");
    quick_again(&q);
    add_text(q.v, "one more", NULL, NULL, &out);
    assert_true(covered(q.v));
    quick_close(&q);
    changed = pages_changed(&q, side);
    print_message("%lld pages, %lld changed by one more record\n", pages,
        changed);
    assert_true(pages > 20 && changed > 0 && changed <= 12);
    quick_again(&q);
    assert_found(q.v, "one more", 1, "one more");
    quick_end(&q);
}

/* ---- damage ---- */

static void
fill_ten(struct quick_vault *q)
{
    struct vault_sealed out;
    char title[32];
    int i;

    quick_make(q);
    for (i = 0; i < 10; i++) {
        (void)snprintf(title, sizeof title, "camp %d", i);
        add_text(q->v, title, NULL, NULL, &out);
    }
}

static void
a_damaged_page_is_found_out_and_the_catalogue_made_anew(void **state)
{
    static const char *const damage[] = {
        "UPDATE page SET b = zeroblob(length(b)) WHERE n = %d",
        "UPDATE page SET b = x'00' WHERE n = %d",
        "DELETE FROM page WHERE n = %d",
        "UPDATE page SET b = (SELECT b FROM page WHERE n = 1 + %d %% 5)",
        "UPDATE page SET n = 1000000 + n WHERE n = %d",
        "UPDATE meta SET v = zeroblob(72) WHERE k = 'catalogue' AND %d > 0",
        "DELETE FROM meta WHERE k LIKE 'catalogue%%' AND %d > 0",
        "UPDATE meta SET v = x'00000009' WHERE k = 'catalogue-gen' AND %d",
    };
    struct quick_vault q;
    struct vault_sealed out;
    char sql[160];
    long long pages;
    size_t k;
    int n;

    (void)state;
    fill_ten(&q);
    pages = quick_count(q.path, "SELECT count(*) FROM page");
    for (k = 0; k < sizeof damage / sizeof damage[0]; k++) {
        for (n = 1; n <= pages; n++) {
            quick_close(&q);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            (void)snprintf(sql, sizeof sql, damage[k], n);
#pragma GCC diagnostic pop
            quick_sql(q.path, sql);
            quick_again(&q);
            assert_found(q.v, "camp", 10, "camp 9");
            assert_found(q.v, "camp 3", 1, "camp 3");
            if (k > 4)
                break;
        }
    }
    /* and a record goes in beside a damaged one */
    quick_close(&q);
    quick_sql(q.path, "UPDATE page SET b = zeroblob(length(b))");
    quick_again(&q);
    add_text(q.v, "camp ten", NULL, NULL, &out);
    assert_false(covered(q.v));
    assert_found(q.v, "ten", 1, "camp ten");
    assert_true(covered(q.v));
    quick_end(&q);
}

static void
old_pages_put_back_show_no_wrong_record(void **state)
{
    struct quick_vault q;
    struct vault_sealed out, gone;
    struct vault_withdrawal w;
    char sql[1024], side[TEMP_PATH + 8];

    (void)state;
    fill_ten(&q);
    add_text(q.v, "camp secret", NULL, NULL, &gone);
    quick_close(&q);
    keep_pages(&q, side);
    quick_again(&q);
    assert_int_equal(vault_withdraw(q.v, gone.id, 0, NULL, &w, NULL), VAULT_OK);
    add_text(q.v, "camp later", NULL, NULL, &out);
    assert_found(q.v, "secret", 0, "");
    assert_found(q.v, "later", 1, "camp later");
    quick_close(&q);
    (void)snprintf(sql, sizeof sql,
        "ATTACH '%s' AS s; DELETE FROM page; "
        "INSERT INTO page SELECT n, b FROM s.p",
        side);
    quick_sql(q.path, sql);
    quick_again(&q);
    assert_found(q.v, "secret", 0, "");
    assert_found(q.v, "later", 1, "camp later");
    assert_found(q.v, "camp", 11, "camp later");
    quick_end(&q);
}

static void
a_record_that_was_taken_away_is_told(void **state)
{
    struct quick_vault q;
    struct seen s;

    (void)state;
    fill_ten(&q);
    quick_close(&q);
    quick_sql(q.path, "DELETE FROM record WHERE rid = 5");
    quick_again(&q);
    find(q.v, "camp", NULL, NULL, &s);
    assert_int_equal(s.n, 9);
    assert_int_equal(s.bad, 1);
    quick_end(&q);
}

/* Whoever writes into the file can have the catalogue made anew from lines that
 * he changed: deep in the log, where unlocking does not look. */
static void
a_withdrawal_that_nobody_signed_hides_no_record(void **state)
{
    static const struct vault_note note = {.reason = "nothing"};
    struct quick_vault q;
    struct seen s;
    int i;

    (void)state;
    fill_ten(&q);
    for (i = 0; i < 40; i++)
        assert_int_equal(vault_log_note(q.v, &note, NULL), VAULT_OK);
    quick_close(&q);
    quick_sql(q.path,
        "UPDATE leaf SET kind = 'withdraw', ver = 1, id = (SELECT id FROM "
        "record WHERE rid = 5), subj = (SELECT subj FROM leaf WHERE kind = "
        "'seal' AND id = (SELECT id FROM record WHERE rid = 5)) WHERE idx = 20 "
        "AND kind = 'note'");
    assert_int_equal(quick_count(q.path,
                         "SELECT count(*) FROM leaf WHERE kind = 'withdraw'"),
        1);
    quick_sql(q.path, "DELETE FROM page");
    quick_again(&q);
    find(q.v, "camp", NULL, NULL, &s);
    assert_int_equal(s.n, 9);
    assert_int_equal(s.bad, 1);
    quick_end(&q);
}

static void
a_vault_without_a_catalogue_gets_one(void **state)
{
    struct quick_vault q;

    (void)state;
    fill_ten(&q);
    quick_close(&q);
    quick_sql(q.path, "DELETE FROM page");
    quick_sql(q.path, "DELETE FROM meta WHERE k LIKE 'catalogue%'");
    quick_again(&q);
    assert_false(covered(q.v));
    assert_found(q.v, "camp 7", 1, "camp 7");
    assert_true(covered(q.v));
    quick_end(&q);
}

/* While another program writes, and when the vault must not be written, the
 * records themselves are asked. */
static void
without_leave_to_write_the_records_are_walked(void **state)
{
    struct quick_vault q;

    (void)state;
    fill_ten(&q);
    quick_close(&q);
    quick_sql(q.path, "DELETE FROM page");
    quick_sql(q.path, "INSERT INTO ext(k, n, b) VALUES('!later', 0, x'00')");
    quick_again(&q);
    assert_found(q.v, "camp 7", 1, "camp 7");
    assert_false(covered(q.v));
    quick_end(&q);
}

/* ---- two programs ---- */

static void
a_rollback_resurrects_nothing_and_loses_nothing(void **state)
{
    struct quick_vault q;
    struct vault_options other;
    struct vault *b;
    struct vault_sealed out;
    struct quick_verdict verdict;
    uint8_t hash[32] = {0}, id[16];
    bool found;
    int round;

    (void)state;
    fill_ten(&q);
    other = q.opt;
    other.no_state = true;
    other.state_dir = NULL;
    b = quick_open(&q, q.path, &other);
    for (round = 0; round < 3; round++) {
        char title[32];

        /* A writes rows and pages, commits inside, and goes back */
        assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
        add_text(q.v, "phantom", NULL, NULL, &out);
        assert_int_equal(vault_find_content(q.v, hash, &found, id, NULL),
            VAULT_OK);
        assert_false(found);
        vault_batch_abort(q.v);
        /* B commits other pages */
        (void)snprintf(title, sizeof title, "from b %d", round);
        add_text(b, title, NULL, NULL, &out);
        /* A searches and writes */
        assert_found(q.v, "phantom", 0, "");
        assert_found(q.v, title, 1, title);
        (void)snprintf(title, sizeof title, "from a %d", round);
        add_text(q.v, title, NULL, NULL, &out);
        assert_found(b, title, 1, title);
        assert_found(b, "phantom", 0, "");
        assert_true(covered(q.v));
        assert_true(covered(b));
    }
    assert_found(q.v, "from", 6, "from a 2");
    vault_close(b);
    quick_close(&q);
    quick_verify(q.path, q.key, &verdict);
    assert_int_equal(verdict.st, VAULT_OK);
    quick_end(&q);
}

/* ---- withdrawal ---- */

/* Call fn for the plaintext of every row of `page` from `first` on: below 1
 * is the map. */
static void
each_page(struct vault *v, int first,
    void (*fn)(void *ctx, const uint8_t *p, size_t n), void *ctx)
{
    struct vlt_cell *ck;
    sqlite3_stmt *st;

    assert_int_equal(vlt_store_begin(v->store, false, NULL), VAULT_OK);
    assert_int_equal(vlt_catalogue_key(v, &ck, NULL), VAULT_OK);
    assert_int_equal(sqlite3_prepare_v2(v->store->db,
                         "SELECT n, b FROM page "
                         "WHERE n >= ?",
                         -1, &st, NULL),
        SQLITE_OK);
    sqlite3_bind_int(st, 1, first);
    while (sqlite3_step(st) == SQLITE_ROW) {
        uint8_t plain[VLT_INNER_BYTES];
        const uint8_t *b = sqlite3_column_blob(st, 1);
        uint64_t n = (uint64_t)sqlite3_column_int64(st, 0);
        uint8_t ad[8];
        unsigned long long len;
        int i;

        for (i = 0; i < 8; i++)
            ad[i] = (uint8_t)(n >> (56 - 8 * i));
        assert_int_equal(sqlite3_column_bytes(st, 1), VLT_INNER_SEALED);
        /* by libsodium, not by the code under test */
        assert_int_equal(crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &len,
                             NULL, b + 24, VLT_INNER_SEALED - 24, ad, 8, b,
                             ck->b),
            0);
        fn(ctx, plain, sizeof plain);
    }
    sqlite3_finalize(st);
    vlt_cell_free(ck);
    vlt_store_rollback(v->store);
}

struct needle {
    const char *text;
    size_t n;
    unsigned hits;
};

static void
look_for(void *ctx, const uint8_t *p, size_t n)
{
    struct needle *d = ctx;
    size_t i;

    for (i = 0; i + d->n <= n; i++)
        d->hits += memcmp(p + i, d->text, d->n) == 0;
}

static unsigned
pages_with(struct vault *v, const void *text, size_t n)
{
    struct needle d = {text, n, 0};

    each_page(v, -1000, look_for, &d);
    return d.hits;
}

static void
what_is_withdrawn_leaves_no_token(void **state)
{
    static const char *const words[] = {"zzqtopsecret", "qwjx", "ыыъподвал",
        "yyieipodval", "ieipodval", "鑫焱", "xinyan"};
    struct quick_vault q;
    struct vault_sealed out, gone;
    struct vault_sealer *s;
    struct vault_withdrawal w;
    char title[64];
    size_t k;
    int i;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (i = 0; i < 2000; i++) {
        (void)snprintf(title, sizeof title, "word%d zzqn%d zzqz%d", i, i * 3,
            i);
        add_text(q.v, title, NULL, NULL, &out);
        if (i == 1000)
            add_text(q.v, "zzqtopsecret qwjx", "ru ыыъподвал 鑫焱", "zzqtagged",
                &gone);
    }
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    /* its words stand in an older version too */
    assert_int_equal(vault_amend_begin(q.v, gone.id, NULL, &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "place",
                         "zzqplace", 8, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    assert_found(q.v, "zzqtopsecret", 1, "zzqtopsecret qwjx");
    assert_true(pages_with(q.v, gone.id, 16) > 0);
    assert_true(pages_with(q.v, "qwjx", 4) > 0);
    assert_int_equal(vault_withdraw(q.v, gone.id, 0, "asked", &w, NULL),
        VAULT_OK);
    assert_true(covered(q.v));
    assert_found(q.v, "zzqtopsecret", 0, "");
    for (k = 0; k < sizeof words / sizeof words[0]; k++)
        assert_int_equal(pages_with(q.v, words[k], strlen(words[k])), 0);
    /* FTS5 keeps what a word does not share with the one before it */
    assert_int_equal(pages_with(q.v, "topsecret", 9), 0);
    assert_int_equal(pages_with(q.v, "qtagged", 7), 0);
    assert_int_equal(pages_with(q.v, "qplace", 6), 0);
    assert_int_equal(pages_with(q.v, "place", 5), 0);
    assert_int_equal(pages_with(q.v, gone.id, 16), 0);
    assert_found(q.v, "word77", 1, "word77 zzqn231 zzqz77");
    quick_end(&q);
}

/* n words of twenty digits, the same for the same seed. */
static void
digits(char *out, uint64_t seed, int n)
{
    char *p = out;
    int i;

    p += sprintf(p, "en");
    for (i = 0; i < n; i++) {
        uint8_t noise[10];
        int k;

        quick_noise(noise, sizeof noise, seed * 1000 + (uint64_t)i);
        p += sprintf(p, " zz");
        for (k = 0; k < 10; k++)
            p += sprintf(p, "%02x", noise[k]);
    }
}

/* FTS5 keeps beginnings of words to tell its pages apart. */
static void
no_beginning_of_a_withdrawn_word_divides_pages(void **state)
{
    enum { RECORDS = 12, WORDS = 500 };
    static char live[RECORDS][WORDS * 24], gone[WORDS * 24];
    struct quick_vault q;
    struct vault_sealed out, sealed;
    struct vault_withdrawal w;
    struct vlt_catalogue *c = NULL;
    sqlite3_stmt *st;
    unsigned dividers = 0;
    int i;

    (void)state;
    quick_make(&q);
    digits(gone, 77, WORDS);
    for (i = 0; i < RECORDS; i++) {
        digits(live[i], (uint64_t)i, WORDS);
        add_text(q.v, "live", live[i], NULL, &out);
        if (i == RECORDS / 2)
            add_text(q.v, "gone", gone, NULL, &sealed);
    }
    assert_int_equal(vault_withdraw(q.v, sealed.id, 0, NULL, &w, NULL),
        VAULT_OK);
    assert_int_equal(vlt_catalogue_read(q.v, false, &c, NULL), VAULT_OK);
    assert_non_null(c);
    assert_int_equal(sqlite3_prepare_v2(c->db,
                         "SELECT substr(term, 2) FROM "
                         "word_idx WHERE length(term) > 4",
                         -1, &st, NULL),
        SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        char needle[64];
        bool alive = false;

        (void)snprintf(needle, sizeof needle, " %.*s",
            sqlite3_column_bytes(st, 0),
            (const char *)sqlite3_column_blob(st, 0));
        for (i = 0; i < RECORDS; i++)
            alive = alive || strstr(live[i], needle) != NULL;
        dividers++;
        if (!alive && strstr(gone, needle) != NULL)
            fail_msg("%s still divides pages", needle);
    }
    assert_true(dividers > 20);
    sqlite3_finalize(st);
    vlt_catalogue_close(c);
    vlt_store_rollback(q.v->store);
    quick_end(&q);
}

/* SQLite's file format, section 1.6: between the pointers of a b-tree page
 * and its cells lies nothing. */
static void
gap_is_empty(void *ctx, const uint8_t *p, size_t n)
{
    size_t *gaps = ctx;
    size_t at = memcmp(p, "SQLite format 3", 16) == 0 ? 100 : 0;
    size_t head = p[at] == 2 || p[at] == 5 ? 12 : 8;
    size_t from = at + head + 2 * (size_t)(p[at + 3] << 8 | p[at + 4]);
    size_t to = (size_t)(p[at + 5] << 8 | p[at + 6]);

    if (p[at] != 2 && p[at] != 5 && p[at] != 10 && p[at] != 13)
        return;
    for (; from < to && to <= n; from++) {
        assert_int_equal(p[from], 0);
        ++*gaps;
    }
}

/* Rows that SQLite moves leave copies in the room it does not use. */
static void
what_moved_between_pages_leaves_no_copy(void **state)
{
    enum { RECORDS = 3000, GONE = 40 };
    static struct vault_sealed sealed[RECORDS];
    struct quick_vault q;
    struct vault_withdrawal w;
    struct vlt_cell *ck;
    uint8_t hash[16];
    char body[32];
    size_t gaps = 0;
    int i;

    (void)state;
    quick_make(&q);
    for (i = 0; i < RECORDS; i++) {
        if (i % 500 == 0)
            assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
        (void)snprintf(body, sizeof body, "body %d", i);
        quick_add(q.v, "title", body, strlen(body), &sealed[i]);
        if (i % 500 == 499)
            assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    }
    for (i = 0; i < GONE; i++)
        assert_int_equal(vault_withdraw(q.v, sealed[i * 7].id, 0, NULL, &w,
                             NULL),
            VAULT_OK);
    assert_true(covered(q.v));
    assert_int_equal(vlt_store_begin(q.v->store, false, NULL), VAULT_OK);
    assert_int_equal(vlt_catalogue_key(q.v, &ck, NULL), VAULT_OK);
    vlt_store_rollback(q.v->store);
    for (i = 0; i < GONE; i++) {
        vlt_catalogue_content_hash(hash, ck, sealed[i * 7].sha256);
        assert_int_equal(pages_with(q.v, hash, 16), 0);
        assert_int_equal(pages_with(q.v, sealed[i * 7].id, 16), 0);
    }
    each_page(q.v, 1, gap_is_empty, &gaps);
    assert_true(gaps > 10000);
    vlt_catalogue_content_hash(hash, ck, sealed[1].sha256);
    assert_true(pages_with(q.v, hash, 16) > 0);
    vlt_cell_free(ck);
    quick_end(&q);
}

static void
an_older_version_withdrawn_leaves_the_newer_one_to_be_found(void **state)
{
    struct quick_vault q;
    struct vault_sealed first, second;
    struct vault_sealer *s;
    struct vault_withdrawal w;

    (void)state;
    fill_ten(&q);
    add_text(q.v, "zzqmistake", NULL, NULL, &first);
    assert_int_equal(vault_amend_begin(q.v, first.id, NULL, &s, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title",
                         "corrected", 9, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &second, NULL), VAULT_OK);
    assert_found(q.v, "zzqmistake", 0, "");
    assert_found(q.v, "corrected", 1, "corrected");
    assert_int_equal(vault_withdraw(q.v, first.id, 1, NULL, &w, NULL),
        VAULT_OK);
    assert_true(covered(q.v));
    assert_found(q.v, "corrected", 1, "corrected");
    assert_int_equal(pages_with(q.v, "qmistake", 8), 0);
    /* and the newest withdrawn brings back the one before, if it stands */
    assert_found(q.v, "camp", 10, "camp 9");
    quick_end(&q);
}

/* ---- memory ---- */

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
/* How often n bytes stand in the memory that this process may write, but for
 * its stack. */
static unsigned
memory_with(const char *text, size_t n)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    unsigned hits = 0;

    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        char mode[5];
        const char *p;

        if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 ||
            strncmp(mode, "rw", 2) != 0 || strstr(line, "[stack]") != NULL)
            continue;
        for (p = (const char *)from; p + n <= (const char *)to; p++) {
            p = memchr(p, text[0], (size_t)((const char *)to - p) - n + 1);
            if (p == NULL)
                break;
            hits += memcmp(p, text, n) == 0;
        }
    }
    assert_int_equal(fclose(maps), 0);
    return hits;
}

static void
no_word_stays_in_memory_when_the_vault_is_closed(void **state)
{
    static const unsigned char hidden[] = {0x3f, 0x2c, 0x30, 0x30, 0x37, 0x26,
        0x3b, 0x20, 0x31}; /* a word, each byte changed */
    struct quick_vault q;
    struct vault_sealed out;
    char word[sizeof hidden + 1], text[32];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof hidden; i++)
        word[i] = (char)(hidden[i] ^ 0x55);
    word[sizeof hidden] = 0;
    (void)snprintf(text, sizeof text, "en %s", word);
    quick_make(&q);
    add_text(q.v, "title", text, NULL, &out);
    assert_found(q.v, word, 1, "title");
    quick_close(&q);
    assert_int_equal(memory_with(word, sizeof hidden), 0);
    quick_end(&q);
}
#endif

/* ---- content ---- */

static void
a_content_is_known_by_its_hash(void **state)
{
    struct quick_vault q;
    struct vault_sealed a, b;
    uint8_t hash[32], id[16];
    bool found = false;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "first", "body one", 8, &a);
    crypto_hash_sha256(hash, (const unsigned char *)"body one", 8);
    assert_int_equal(vault_find_content(q.v, hash, &found, id, NULL), VAULT_OK);
    assert_true(found);
    assert_memory_equal(id, a.id, 16);
    assert_int_equal(pages_with(q.v, hash, 32), 0);
    assert_int_equal(pages_with(q.v, hash, 8), 0);
    crypto_hash_sha256(hash, (const unsigned char *)"body two", 8);
    assert_int_equal(vault_find_content(q.v, hash, &found, id, NULL), VAULT_OK);
    assert_false(found);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    quick_add(q.v, "second", "body two", 8, &b);
    assert_int_equal(vault_find_content(q.v, hash, &found, id, NULL), VAULT_OK);
    assert_true(found);
    assert_memory_equal(id, b.id, 16);
    vault_batch_abort(q.v);
    assert_int_equal(vault_find_content(q.v, hash, &found, id, NULL), VAULT_OK);
    assert_false(found);
    quick_end(&q);
}

/* Many at once are answered as one by one, also within a batch. */
static void
many_contents_are_asked_for_at_once(void **state)
{
    static const char *const bodies[] = {"none", "body one", "", "body two"};
    struct vault_content c[4] = {0};
    struct vault_hash *h;
    struct quick_vault q;
    struct vault_sealed a, b;

    (void)state;
    quick_make(&q);
    h = vault_hash_new(VAULT_SHA256);
    assert_non_null(h);
    for (size_t i = 0; i < 4; i++) {
        uint8_t want[32];

        vault_hash_update(h, bodies[i], strlen(bodies[i]));
        vault_hash_final(h, c[i].sha256);
        crypto_hash_sha256(want, (const unsigned char *)bodies[i],
            strlen(bodies[i]));
        assert_memory_equal(c[i].sha256, want, 32);
    }
    vault_hash_free(h);
    quick_add(q.v, "first", "body one", 8, &a);
    assert_int_equal(vault_find_contents(q.v, c, 4, NULL), VAULT_OK);
    assert_false(c[0].found || c[2].found || c[3].found);
    assert_true(c[1].found);
    assert_memory_equal(c[1].id, a.id, 16);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    quick_add(q.v, "second", "body two", 8, &b);
    assert_int_equal(vault_find_contents(q.v, c, 4, NULL), VAULT_OK);
    assert_true(c[1].found && c[3].found);
    assert_false(c[0].found || c[2].found);
    assert_memory_equal(c[3].id, b.id, 16);
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    assert_int_equal(vault_find_contents(q.v, NULL, 0, NULL), VAULT_OK);
    quick_end(&q);
}

/* Anybody can seal to a public card: a row of that kind must not keep the
 * same content out of the vault. */
static void
a_planted_row_does_not_make_a_content_known(void **state)
{
    struct quick_vault q, other;
    struct vault_options alone;
    char side[TEMP_PATH], sql[3 * TEMP_PATH];
    uint8_t hash[32], id[16];
    bool found = true;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "first", "body one", 8, NULL);
    quick_close(&q);
    temp_dir_path(&q.dir, "side", side);
    temp_copy(q.path, side);
    alone = q.opt;
    alone.no_state = true;
    other = q;
    other.v = quick_open(&other, side, &alone);
    quick_add(other.v, "second", "body two", 8, NULL);
    quick_close(&other);
    (void)snprintf(sql, sizeof sql,
        "ATTACH '%s' AS s; DELETE FROM page; INSERT OR IGNORE INTO record "
        "SELECT * FROM s.record; INSERT OR IGNORE INTO wrap SELECT * FROM "
        "s.wrap; INSERT OR IGNORE INTO epoch SELECT * FROM s.epoch",
        side);
    quick_sql(q.path, sql);
    q.v = quick_open(&q, q.path, &q.opt);
    crypto_hash_sha256(hash, (const unsigned char *)"body two", 8);
    assert_int_equal(vault_find_content(q.v, hash, &found, id, NULL), VAULT_OK);
    assert_false(found);
    crypto_hash_sha256(hash, (const unsigned char *)"body one", 8);
    assert_int_equal(vault_find_content(q.v, hash, &found, id, NULL), VAULT_OK);
    assert_true(found);
    quick_end(&q);
}

/* A field import.* with a file's hash tells what an import made of it, and
 * keeps the file itself out of no `add`. */
static void
a_planted_import_hash_keeps_no_original_out(void **state)
{
    static const char body[] = "the letter itself";
    struct vault_sealed sealed;
    struct vault_sealer *s = NULL;
    struct quick_vault q;
    uint8_t hash[32];
    int again;

    (void)state;
    quick_make(&q);
    crypto_hash_sha256(hash, (const unsigned char *)body, sizeof body - 1);
    assert_int_equal(vault_seal_begin(q.v, "note", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_field(s, VAULT_BYTES, VAULT_VALUE,
                         "import.file", hash, sizeof hash, NULL),
        VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &sealed, NULL), VAULT_OK);
    for (again = 0; again < 2; again++) {
        assert_int_equal(vault_seal_begin(q.v, "file", &s, NULL), VAULT_OK);
        assert_int_equal(vault_seal_write(s, body, sizeof body - 1, NULL),
            VAULT_OK);
        vault_seal_unless_known(s);
        assert_int_equal(vault_seal_commit(s, &sealed, NULL), VAULT_OK);
        /* kept out by itself only, when it is here */
        assert_int_equal(sealed.known, again == 1);
    }
    assert_int_equal(quick_listed(q.v), 2);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] =
    { cmocka_unit_test(words_are_found_in_six_languages_and_other_spellings),
        cmocka_unit_test(type_tag_and_words_hold_together),
        cmocka_unit_test(pages_of_many_hits_hang_together),
        cmocka_unit_test(an_add_writes_few_pages_of_many),
        cmocka_unit_test(
            a_damaged_page_is_found_out_and_the_catalogue_made_anew),
        cmocka_unit_test(old_pages_put_back_show_no_wrong_record),
        cmocka_unit_test(a_record_that_was_taken_away_is_told),
        cmocka_unit_test(a_withdrawal_that_nobody_signed_hides_no_record),
        cmocka_unit_test(a_vault_without_a_catalogue_gets_one),
        cmocka_unit_test(without_leave_to_write_the_records_are_walked),
        cmocka_unit_test(a_rollback_resurrects_nothing_and_loses_nothing),
        cmocka_unit_test(what_is_withdrawn_leaves_no_token),
        cmocka_unit_test(no_beginning_of_a_withdrawn_word_divides_pages),
        cmocka_unit_test(what_moved_between_pages_leaves_no_copy),
        cmocka_unit_test(
            an_older_version_withdrawn_leaves_the_newer_one_to_be_found),
        cmocka_unit_test(a_content_is_known_by_its_hash),
        cmocka_unit_test(a_planted_import_hash_keeps_no_original_out),
        cmocka_unit_test(many_contents_are_asked_for_at_once),
        cmocka_unit_test(a_planted_row_does_not_make_a_content_known),
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__)
        cmocka_unit_test(no_word_stays_in_memory_when_the_vault_is_closed),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
