/* SPDX-License-Identifier: Apache-2.0 */
/* test_cards.c: who a vault is to others, and who others are to it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/cards.h>
#include <vault/drafts.h>

#include "fingerprint.h"
#include "own_revoke.h"
#include "quick_vault.h"
#include "revoke.h"
#include "settings.h"
#include "sign.h"

/* What is told of a card, kept. */
struct told {
    unsigned n;
    enum vault_card_state state;
    char name[80];
    uint32_t generation;
    uint8_t fingerprint[32];
    char note[8192];
    size_t len;
    bool revoked;
};

static void
keep(void *ctx, const struct vault_card *c)
{
    struct told *t = ctx;

    t->n++;
    t->state = c->state;
    snprintf(t->name, sizeof t->name, "%s", c->name);
    t->generation = c->generation;
    memcpy(t->fingerprint, c->fingerprint, 32);
    memcpy(t->note, c->note, c->note_len);
    t->len = c->note_len;
    t->revoked = c->revocation != NULL;
}

static int
keep_last(void *ctx, const struct vault_card *c)
{
    keep(ctx, c);
    return 0;
}

static struct told
own_card(struct vault *v)
{
    struct told t = {0};

    assert_int_equal(vault_cards_own(v, keep_last, &t, NULL), VAULT_OK);
    return t;
}

static enum vault_status
pin(struct vault *v, const struct told *card, const char *name, bool compared,
    struct told *out)
{
    struct told t = {0};
    enum vault_status st =
        vault_pin_add(v, card->note, card->len, name, compared, keep, &t, NULL);

    if (out != NULL)
        *out = t;
    return st;
}

static void
expect_pin(struct vault *v, const struct told *card, const char *name,
    bool compared, enum vault_card_state state)
{
    struct vault_error err;
    struct told t = {0};

    if (vault_pin_add(v, card->note, card->len, name, compared, keep, &t,
            &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.state, state);
}

struct all {
    char s[1024];
};

static int
join(void *ctx, const struct vault_card *c)
{
    struct all *a = ctx;
    size_t at = strlen(a->s);

    snprintf(a->s + at, sizeof a->s - at, "%s %d %s\n", c->name,
        (int)c->generation, vault_card_state_word(c->state));
    return 0;
}

static void
expect_pins(struct vault *v, const char *want)
{
    struct all a = {""};

    assert_int_equal(vault_pins(v, join, &a, NULL), VAULT_OK);
    assert_string_equal(a.s, want);
}

static void
expect_sound(const struct quick_vault *q)
{
    struct quick_verdict said;

    quick_verify(q->path, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
    quick_verify(q->path, q->key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
}

static void
expect_tampered(const struct quick_vault *q)
{
    struct vault_options opt = {.no_state = true};
    struct quick_verdict said;
    struct vault *v = NULL;

    quick_verify(q->path, NULL, &said);
    if (said.st != VAULT_E_TAMPERED)
        fail_msg("verify: %s", said.lines);
    assert_int_equal(vault_open(q->path, &opt, &v, NULL), VAULT_OK);
    assert_int_equal(vault_unlock(v, q->key, NULL, NULL), VAULT_E_TAMPERED);
    vault_close(v);
}

static void
copy_file(const char *from, const char *to)
{
    static uint8_t buf[4 * 1024 * 1024];
    FILE *a = fopen(from, "rb");
    FILE *b = fopen(to, "wb");
    size_t n;

    assert_non_null(a);
    assert_non_null(b);
    while ((n = fread(buf, 1, sizeof buf, a)) > 0)
        assert_int_equal(fwrite(buf, 1, n, b), n);
    fclose(a);
    assert_int_equal(fclose(b), 0);
}

/* ---- fingerprints ---- */

static void
a_fingerprint_is_ten_numbers_that_anybody_can_read_out(void **state)
{
    static const uint8_t fp[32] = {0, 0, 0xff, 0xff, 1, 2, 10, 11, 12, 13, 14,
        15, 16, 17, 18, 19, 20, 21, 22, 23, 0xaa};
    static const struct {
        const char *typed;
        bool is, ends;
    } rows[] = {
        {"00000 65535 00258 02571 03085 03599 04113 04627 05141 05655", true,
            false},
        {"00000655350025802571030850359904113046270514105655", true, false},
        {"00000-65535-00258-02571-03085 03599 04113 04627 05141 05655", true,
            false},
        {"00000 65535 00258 02571 03085 03599 04113 04627 05141 05656", false,
            false},
        {"00000 65535 00258 02571 03085 03599 04113 04627 05141", false, false},
        {"05655", false, true},
        {"5655", false, false},
        {"۰۵۶۵۵", false, true}, /* Persian */
        {"٠٥٦٥٥", false, true}, /* Arabic */
        {"༠༥༦༥༥", false, true}, /* Tibetan */
        {"05141", false, false},
        {"", false, false},
        {"qqqq llll qypq 5pzc rpcy g3zz ygcz 5v9k", false, false},
        {"0000ffff01020a0b0c0d0e0f1011121314151617aa0000000000000000000000",
            true, false},
    };
    char digits[VLT_FINGERPRINT_DIGITS];

    (void)state;
    vlt_fingerprint_digits(digits, fp);
    assert_string_equal(digits, rows[0].typed);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (vault_fingerprint_is(fp, rows[i].typed) != rows[i].is ||
            vault_fingerprint_ends(fp, rows[i].typed) != rows[i].ends)
            fail_msg("%s", rows[i].typed);
    }
}

static void
the_own_card_is_shown_locked_and_says_what_the_vault_says(void **state)
{
    struct vault_options opt = {.no_state = true};
    struct quick_vault q;
    struct vault_card c;
    struct vault_info info;
    struct vault *v = NULL;
    struct told t;
    char age[VAULT_CARD_AGE], spoken[VAULT_FINGERPRINT];

    (void)state;
    quick_make(&q);
    quick_close(&q);
    assert_int_equal(vault_open(q.path, &opt, &v, NULL), VAULT_OK);
    t = own_card(v);
    assert_int_equal(vault_info(v, &info, NULL), VAULT_OK);
    vault_close(v);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.state, VAULT_CARD_OWN);
    assert_int_equal(vault_card_read(t.note, t.len, &c, NULL), VAULT_OK);
    assert_int_equal(c.state, VAULT_CARD_UNPINNED);
    assert_string_equal(c.letters, info.fingerprint);
    assert_memory_equal(c.vault, info.id, VAULT_ID);
    assert_int_equal(vault_card_age(&c, age, NULL), VAULT_OK);
    assert_memory_equal(age, "age1pq1", 7);
    for (size_t i = 0; i <= strlen(c.letters); i++)
        spoken[i] = c.letters[i] == ' ' ? '-'
            : c.letters[i] >= 'a' && c.letters[i] <= 'z'
            ? (char)(c.letters[i] - 'a' + 'A')
            : c.letters[i];
    assert_true(vault_fingerprint_is(c.fingerprint, spoken));
    assert_true(vault_fingerprint_is(c.fingerprint, c.digits));
    assert_true(vault_fingerprint_ends(c.fingerprint,
        c.letters + strlen(c.letters) - 4));
    t.note[40] = (char)(t.note[40] ^ 0x20); /* a digit of the vault's id */
    assert_int_equal(vault_card_read(t.note, t.len, &c, NULL), VAULT_E_FORMAT);
    t.note[40] = (char)(t.note[40] ^ 0x20);
    t.note[t.len - 20] = t.note[t.len - 20] == 'A' ? 'B' : 'A';
    assert_int_equal(vault_card_read(t.note, t.len, &c, NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(vault_card_read("", 0, &c, NULL), VAULT_E_FORMAT);
    quick_end(&q);
}

/* ---- pinning ---- */

static void
cards_are_pinned_under_names_and_confirmed(void **state)
{
    struct quick_vault a, b, c;
    struct told of_b, of_c, mine;
    uint64_t n = 0;

    (void)state;
    quick_make(&a);
    quick_make(&b);
    quick_make(&c);
    of_b = own_card(b.v);
    of_c = own_card(c.v);
    mine = own_card(a.v);
    expect_pins(a.v, "");
    assert_int_equal(pin(a.v, &mine, "me", true, NULL), VAULT_E_USAGE);
    assert_int_equal(pin(a.v, &of_b, NULL, true, NULL), VAULT_E_NOT_FOUND);
    expect_pin(a.v, &of_b, "Асыл", false, VAULT_CARD_UNKNOWN);
    expect_pins(a.v, "Асыл 1 unknown\n");
    expect_pin(a.v, &of_b, "Асыл", false, VAULT_CARD_UNKNOWN);
    expect_pin(a.v, &of_b, NULL, true, VAULT_CARD_KNOWN);
    expect_pin(a.v, &of_b, NULL, false, VAULT_CARD_KNOWN);
    assert_int_equal(pin(a.v, &of_c, "Асыл", true, NULL), VAULT_E_EXISTS);
    assert_int_equal(pin(a.v, &of_c, "АСЫЛ", true, NULL), VAULT_E_EXISTS);
    assert_int_equal(pin(a.v, &of_c, "Асыл\xe2\x80\x8b", true, NULL),
        VAULT_E_EXISTS); /* a space of no width */
    assert_int_equal(pin(a.v, &of_b, "other", true, NULL), VAULT_E_USAGE);
    expect_pin(a.v, &of_c, "Bahar", true, VAULT_CARD_KNOWN);
    quick_again(&a);
    expect_pins(a.v, "Bahar 1 known\nАсыл 1 known\n");
    assert_int_equal(vault_pin_remove(a.v, "bahar", NULL, &n, NULL), VAULT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(vault_pin_remove(a.v, "bahar", NULL, &n, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_pin_remove(a.v, NULL, of_b.fingerprint, &n, NULL),
        VAULT_OK);
    expect_pins(a.v, "");
    quick_close(&a);
    expect_sound(&a);
    quick_end(&a);
    quick_end(&b);
    quick_end(&c);
}

static void
names_have_one_form(void **state)
{
    static const struct {
        const char *given, *want; /* NULL: refused */
    } rows[] = {
        {"Aina", "Aina"},
        {"A", "A"},
        {"Ae\xcc\x81", "A\xc3\xa9"}, /* composed */
        {"two words", "two words"},
        {"ئايگۈل", "ئايگۈل"},
        {"", NULL},
        {" Aina", NULL},
        {"Aina ", NULL},
        {"-v", NULL},
        {"a\nb", NULL},
        {"a\tb", NULL},
        {"a\x7f", NULL},
        {"a\xc2\x85", NULL}, /* C1 */
        {"a\xe2\x80\xae"
         "b",
            NULL},              /* turns the line around */
        {"\xe2\x80\x8d", NULL}, /* nothing to be seen */
        {"a\xff", NULL},
        {"0123456789012345678901234567890123456789012345678901234567890123",
            "0123456789012345678901234567890123456789012345678901234567890123"},
        {"01234567890123456789012345678901234567890123456789012345678901234",
            NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[VLT_PIN_NAME + 1] = "unchanged";
        enum vault_status st = vlt_pin_name(rows[i].given, out, NULL);

        if (st != (rows[i].want != NULL ? VAULT_OK : VAULT_E_USAGE) ||
            strcmp(out, rows[i].want != NULL ? rows[i].want : "unchanged") != 0)
            fail_msg("%s: %d %s", rows[i].given, (int)st, out);
    }
}

/* ---- the next card ---- */

static void
renew(struct quick_vault *q)
{
    struct vault_error err;

    if (vault_card_renew(q->v, "the laptop was away", &err) != VAULT_OK)
        fail_msg("%s", err.message);
}

static void
a_successor_continues_until_it_is_compared(void **state)
{
    struct quick_vault a, b;
    struct vlt_pin p;
    struct told first, second, third;

    (void)state;
    quick_make(&a);
    quick_make(&b);
    first = own_card(b.v);
    renew(&b);
    second = own_card(b.v);
    renew(&b);
    third = own_card(b.v);
    assert_int_equal(third.generation, 3);

    /* not compared: nothing continues what is not known */
    expect_pin(a.v, &first, "B", false, VAULT_CARD_UNKNOWN);
    expect_pin(a.v, &second, NULL, false, VAULT_CARD_UNKNOWN);
    expect_pin(a.v, &first, NULL, true, VAULT_CARD_KNOWN);
    assert_int_equal(vault_pin_remove(a.v, NULL, second.fingerprint,
                         &(uint64_t){0}, NULL),
        VAULT_OK);
    /* a gap tells nothing, unless a person compared */
    assert_int_equal(pin(a.v, &third, "B", false, NULL), VAULT_E_POLICY);
    expect_pin(a.v, &second, "b", false, VAULT_CARD_CONTINUES);
    expect_pin(a.v, &third, NULL, false, VAULT_CARD_CONTINUES);
    expect_pins(a.v, "B 1 known\nB 2 continues\nB 3 continues\n");
    expect_pin(a.v, &third, NULL, true, VAULT_CARD_KNOWN);
    assert_int_equal(vlt_read_begin(a.v, NULL), VAULT_OK);
    assert_int_equal(vlt_pin_by_name(a.v, "B", &p, NULL), VAULT_OK);
    assert_int_equal(p.card.generation, 3);
    assert_true(p.confirmed);
    vlt_pin_clear(&p);
    assert_int_equal(vlt_pin_by_fingerprint(a.v, second.fingerprint, &p, NULL),
        VAULT_OK);
    assert_int_equal(p.state, VLT_PIN_CONTINUES);
    vlt_pin_clear(&p);
    vlt_store_rollback(a.v->store);
    quick_close(&a);
    expect_sound(&a);
    quick_end(&a);
    quick_end(&b);
}

/* Two vault files that were one, each renewed: the key is in two hands. */
static void
two_successors_of_one_card_refuse_both(void **state)
{
    struct quick_vault a, b;
    struct told first, one, other, next;
    struct vault *copy;
    char path[TEMP_PATH];
    struct vault_options alone = {.no_state = true};

    (void)state;
    for (int order = 0; order < 2; order++) {
        quick_make(&a);
        quick_make(&b);
        first = own_card(b.v);
        quick_close(&b);
        temp_dir_path(&b.dir, "copy.sanduq", path);
        copy_file(b.path, path);
        quick_again(&b);
        renew(&b);
        one = own_card(b.v);
        renew(&b);
        next = own_card(b.v);
        copy = quick_open(&b, path, &alone);
        assert_int_equal(vault_card_renew(copy, NULL, NULL), VAULT_OK);
        other = own_card(copy);
        vault_close(copy);

        expect_pin(a.v, &first, "B", true, VAULT_CARD_KNOWN);
        if (order == 0) {
            expect_pin(a.v, &one, "B", true, VAULT_CARD_KNOWN);
            expect_pin(a.v, &next, "B", true, VAULT_CARD_KNOWN);
            expect_pin(a.v, &other, "B", true, VAULT_CARD_REFUSED);
            expect_pins(a.v,
                "B 1 known\nB 2 refused\nB 2 refused\nB 3 refused\n");
        } else {
            expect_pin(a.v, &other, "B", false, VAULT_CARD_CONTINUES);
            expect_pin(a.v, &one, "B", false, VAULT_CARD_REFUSED);
            expect_pins(a.v, "B 1 known\nB 2 refused\nB 2 refused\n");
        }
        assert_int_equal(pin(a.v, &one, "B", true, NULL), VAULT_E_POLICY);
        assert_int_equal(pin(a.v, &other, "B", true, NULL), VAULT_E_POLICY);
        quick_close(&a);
        expect_sound(&a);
        quick_end(&a);
        quick_end(&b);
    }
}

/* A card of any making: vault id, generation, what it hangs on. */
static struct told
make_card(const uint8_t vault[16], uint32_t generation, uint8_t with,
    const struct told *prev, uint8_t prev_with, uint8_t next_with)
{
    struct vlt_seed *seed = vlt_seed_new();
    struct vlt_seed *before = vlt_seed_new();
    struct vlt_signkey *key = vlt_signkey_new();
    struct vlt_card c = {.generation = generation};
    struct vlt_buf note;
    struct told t = {0};
    uint8_t pk[32];

    memset(seed->b, with, 32);
    memset(before->b, prev_with, 32);
    memcpy(c.vault, vault, 16);
    c.has_prev = prev != NULL;
    if (prev != NULL)
        memcpy(c.prev, prev->fingerprint, 32);
    if (next_with != 0) {
        struct vlt_seed *next = vlt_seed_new();

        memset(next->b, next_with, 32);
        vlt_identity_sign_seed(key, next, vault);
        vlt_sign_public(pk, key->b);
        vlt_sha256(c.next, pk, 32);
        c.has_next = true;
        vlt_seed_free(next);
    }
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(&c, seed, prev != NULL ? before : NULL,
                         &note, NULL),
        VAULT_OK);
    memcpy(t.note, note.p, note.len);
    t.len = note.len;
    memcpy(t.fingerprint, c.fingerprint, 32);
    vlt_buf_clear(&note);
    vlt_signkey_free(key);
    vlt_seed_free(before);
    vlt_seed_free(seed);
    return t;
}

static void
what_does_not_continue_a_card_does_not_get_its_name(void **state)
{
    static const uint8_t id[16] = {9, 9};
    struct quick_vault a;
    struct told first = make_card(id, 1, 1, NULL, 0, 0);
    struct told forged = make_card(id, 1, 7, NULL, 0, 0);
    struct told good = make_card(id, 2, 2, &first, 1, 0);
    struct told unsigned_ = make_card(id, 2, 3, &first, 7, 0);
    struct told other = make_card(id, 2, 4, &forged, 7, 0);

    (void)state;
    quick_make(&a);
    expect_pin(a.v, &first, "B", true, VAULT_CARD_KNOWN);
    assert_int_equal(pin(a.v, &forged, "B", true, NULL), VAULT_E_TAMPERED);
    assert_int_equal(pin(a.v, &unsigned_, "B", true, NULL), VAULT_E_TAMPERED);
    assert_int_equal(pin(a.v, &other, "B", true, NULL), VAULT_E_TAMPERED);
    expect_pin(a.v, &good, "B", false, VAULT_CARD_CONTINUES);
    /* nor does one that claims to, once there is one: that is no compromise */
    assert_int_equal(pin(a.v, &unsigned_, "B", true, NULL), VAULT_E_TAMPERED);
    assert_int_equal(pin(a.v, &other, "B", true, NULL), VAULT_E_TAMPERED);
    expect_pins(a.v, "B 1 known\nB 2 continues\n");
    quick_end(&a);
}

static void
a_card_that_fixed_the_next_one_has_no_other_successor(void **state)
{
    static const uint8_t id[16] = {9, 8};
    struct quick_vault a;
    struct told first = make_card(id, 1, 1, NULL, 0, 5);
    struct told thief = make_card(id, 2, 6, &first, 1, 0);
    struct told good = make_card(id, 2, 5, &first, 1, 0);

    (void)state;
    quick_make(&a);
    expect_pin(a.v, &first, "B", true, VAULT_CARD_KNOWN);
    assert_int_equal(pin(a.v, &thief, "B", true, NULL), VAULT_E_TAMPERED);
    expect_pin(a.v, &good, "B", false, VAULT_CARD_CONTINUES);
    /* the thief cannot ruin it afterwards either */
    assert_int_equal(pin(a.v, &thief, "B", true, NULL), VAULT_E_TAMPERED);
    expect_pins(a.v, "B 1 known\nB 2 continues\n");
    quick_end(&a);
}

static void
an_older_card_comes_in_beside_the_one_that_names_it(void **state)
{
    static const uint8_t id[16] = {9, 7};
    struct quick_vault a;
    struct told first = make_card(id, 1, 1, NULL, 0, 0);
    struct told forged = make_card(id, 1, 7, NULL, 0, 0);
    struct told second = make_card(id, 2, 2, &first, 1, 0);

    (void)state;
    quick_make(&a);
    expect_pin(a.v, &second, "B", true, VAULT_CARD_KNOWN);
    assert_int_equal(pin(a.v, &forged, NULL, true, NULL), VAULT_E_TAMPERED);
    expect_pin(a.v, &first, NULL, false, VAULT_CARD_UNKNOWN);
    expect_pins(a.v, "B 1 unknown\nB 2 known\n");
    quick_end(&a);
}

/* ---- a vault whose card was renewed ---- */

static void
expect_body(struct vault *v, const struct vault_sealed *s, const char *want)
{
    size_t n = 0;
    uint8_t *p = quick_body(v, s->id, &n);

    assert_int_equal(n, strlen(want));
    assert_memory_equal(p, want, n);
    free(p);
}

static void
everything_opens_after_a_renewal(void **state)
{
    struct vault_options alone = {.no_state = true};
    struct quick_vault q;
    struct vault_sealed one, two;
    struct vault *v;
    struct told t;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", "before", 6, &one);
    renew(&q);
    quick_add(q.v, "two", "after", 5, &two);
    expect_body(q.v, &one, "before");
    quick_again(&q);
    expect_body(q.v, &one, "before");
    expect_body(q.v, &two, "after");
    t = own_card(q.v);
    assert_int_equal(t.n, 2);
    assert_int_equal(t.generation, 2);
    quick_close(&q);
    expect_sound(&q);
    /* also without the caches, which is how another machine may find it */
    quick_sql(q.path, "UPDATE epoch SET cache = NULL");
    v = quick_open(&q, q.path, &alone);
    expect_body(v, &one, "before");
    expect_body(v, &two, "after");
    quick_add(v, "three", "more", 4, NULL);
    assert_int_equal(vault_card_renew(v, NULL, NULL), VAULT_OK);
    expect_body(v, &one, "before");
    expect_body(v, &two, "after");
    vault_close(v);
    expect_sound(&q);
    quick_end(&q);
}

static void
expect_draft(const struct quick_vault *q, const uint8_t id[VAULT_ID])
{
    struct vault_draft *d = NULL;
    struct vault_field f;

    assert_int_equal(vault_draft_open(q->v, q->path, id, &d, NULL), VAULT_OK);
    vault_draft_field(d, 0, &f);
    assert_int_equal(f.value_len, 4);
    assert_memory_equal(f.value, "half", 4);
    vault_draft_close(d);
}

static void
a_draft_that_was_kept_before_opens(void **state)
{
    const struct vault_field f = {VAULT_TEXT, VAULT_VALUE, "text",
        (const uint8_t *)"half", 4};
    struct quick_vault q;
    struct vault_draft *d = NULL;
    uint8_t id[VAULT_ID];

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_draft_begin(q.v, q.path, "note", &d, NULL),
        VAULT_OK);
    assert_int_equal(vault_draft_keep(d, &f, 1, "text", 0, NULL), VAULT_OK);
    memcpy(id, vault_draft_id(d), VAULT_ID);
    vault_draft_close(d);
    renew(&q);
    expect_draft(&q, id);
    renew(&q);
    quick_again(&q);
    expect_draft(&q, id);
    quick_end(&q);
}

/* A thief with the old SEED finds nothing that he can open after it. */
struct old_key {
    struct vault *v;
    unsigned opened, shut;
};

static enum vault_status
try_old_key(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct old_key *o = ctx;
    struct vlt_e0 *e0 = NULL;

    (void)err;
    if (vlt_epoch_open(&r->epoch, o->v->past[0].kem,
            o->v->past[0].card.fingerprint, &e0, NULL) == VAULT_OK)
        o->opened++;
    else
        o->shut++;
    vlt_e0_free(e0);
    return VAULT_OK;
}

static void
what_comes_after_is_sealed_to_the_new_card(void **state)
{
    struct quick_vault q;
    struct old_key o = {0};
    struct vault *second;

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", NULL, 0, NULL);
    second = quick_open(&q, q.path, &q.opt);
    quick_add(second, "two", NULL, 0, NULL);
    renew(&q);
    quick_add(q.v, "three", NULL, 0, NULL);
    /* a handle that was open all the while sees it too */
    quick_add(second, "four", NULL, 0, NULL);
    assert_int_equal(second->card.generation, 2);
    assert_int_equal(quick_listed(second), 4);
    vault_close(second);
    quick_again(&q);
    quick_add(q.v, "five", NULL, 0, NULL);
    o.v = q.v;
    assert_int_equal(vlt_read_begin(q.v, NULL), VAULT_OK);
    assert_int_equal(vlt_epochs(q.v->store, try_old_key, &o, NULL), VAULT_OK);
    vlt_store_rollback(q.v->store);
    assert_int_equal(o.opened, 1);
    assert_int_equal(o.shut, 1);
    quick_close(&q);
    expect_sound(&q);
    quick_end(&q);
}

static void
a_generation_that_is_taken_away_is_missed(void **state)
{
    static const char *const defects[] = {
        "DELETE FROM identity WHERE gen = 3",
        "DELETE FROM identity WHERE gen = 2",
        "DELETE FROM identity WHERE gen = 1",
        "DELETE FROM identity WHERE gen > 1",
        "UPDATE identity SET seed = (SELECT seed FROM identity WHERE gen = 1)",
        "UPDATE identity SET card = (SELECT card FROM identity WHERE gen = 2) "
        "WHERE gen = 3",
    };
    struct quick_vault q;

    (void)state;
    for (size_t i = 0; i < sizeof defects / sizeof *defects; i++) {
        struct vault_options opt = {.no_state = true};
        struct vault *v = NULL;

        quick_make(&q);
        renew(&q);
        renew(&q);
        quick_close(&q);
        quick_sql(q.path, defects[i]);
        if (strstr(defects[i], "seed") == NULL) {
            expect_tampered(&q);
        } else {
            assert_int_equal(vault_open(q.path, &opt, &v, NULL), VAULT_OK);
            assert_int_equal(vault_unlock(v, q.key, NULL, NULL),
                VAULT_E_TAMPERED);
            vault_close(v);
        }
        quick_end(&q);
    }
}

static void
a_kit_brings_every_generation_back(void **state)
{
    struct vault_options opt = {.no_state = true};
    struct quick_vault q;
    struct vault_sealed one, two;
    struct vault *v;
    char kit[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", "before", 6, &one);
    renew(&q);
    quick_add(q.v, "two", "after", 5, &two);
    temp_dir_path(&q.dir, "kit", kit);
    assert_int_equal(vault_backup_kit(q.v, kit, NULL), VAULT_OK);
    quick_close(&q);
    quick_sql(q.path,
        "DELETE FROM slot; UPDATE identity SET seed = zeroblob(72); "
        "UPDATE epoch SET cache = NULL");
    assert_int_equal(vault_restore_kit(kit, q.path, q.key, &opt, NULL),
        VAULT_OK);
    v = quick_open(&q, q.path, &opt);
    expect_body(v, &one, "before");
    expect_body(v, &two, "after");
    vault_close(v);
    expect_sound(&q);
    quick_end(&q);
}

static void
seal_locked(const struct quick_vault *q, const char *capture, const char *title)
{
    struct vault *c = NULL;
    bool ended;

    assert_int_equal(vault_capture_open(capture, &q->opt, &c, NULL), VAULT_OK);
    quick_add(c, title, "locked", 6, NULL);
    assert_int_equal(vault_capture_end(c, &ended, NULL), VAULT_OK);
    vault_close(c);
}

static void
a_capture_file_of_the_old_card_comes_in_and_is_renewed(void **state)
{
    struct quick_vault q;
    struct vault_taken taken;
    struct vault_error err;
    struct vault *c = NULL;
    struct told t;
    char path[TEMP_PATH], key[VAULT_FINGERPRINT];
    bool renewed = true;

    (void)state;
    quick_make(&q);
    temp_dir_path(&q.dir, "v.capture", path);
    assert_int_equal(vault_capture_renew(q.v, path, &renewed, NULL), VAULT_OK);
    assert_false(renewed); /* there is none */
    assert_int_equal(vault_capture_create(q.v, path, NULL), VAULT_OK);
    assert_int_equal(vault_capture_renew(q.v, path, &renewed, NULL), VAULT_OK);
    assert_false(renewed); /* it is of the newest card */
    seal_locked(&q, path, "before");
    renew(&q);
    seal_locked(&q, path, "between");
    assert_int_equal(vault_capture_renew(q.v, path, &renewed, NULL), VAULT_OK);
    assert_false(renewed); /* something waits in it */
    if (vault_take_in(q.v, path, NULL, &taken, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(taken.records, 2);
    assert_int_equal(quick_listed(q.v), 2);
    assert_int_equal(vault_capture_renew(q.v, path, &renewed, NULL), VAULT_OK);
    assert_true(renewed);
    assert_int_equal(vault_capture_open(path, &q.opt, &c, NULL), VAULT_OK);
    vault_capture_fingerprint(c, key);
    vault_close(c);
    t = own_card(q.v);
    assert_true(vault_fingerprint_is(t.fingerprint, key));
    seal_locked(&q, path, "after");
    quick_again(&q);
    if (vault_take_in(q.v, path, NULL, &taken, &err) != VAULT_OK)
        fail_msg("%s", err.message);
    assert_int_equal(taken.records, 1);
    assert_int_equal(quick_listed(q.v), 3);
    quick_close(&q);
    expect_sound(&q);
    quick_end(&q);
}

/* ---- revoked ---- */

struct text {
    char s[4096];
    size_t n;
};

static int
copy_note(void *ctx, const char *note, size_t len)
{
    struct text *t = ctx;

    memcpy(t->s, note, len);
    t->n = len;
    return 0;
}

static struct text
revocation(struct quick_vault *q, uint32_t generation)
{
    struct text t = {"", 0};

    assert_int_equal(vault_card_revocation(q->v, generation, copy_note, &t,
                         NULL),
        VAULT_OK);
    return t;
}

static void
a_revocation_marks_a_pinned_card(void **state)
{
    struct quick_vault a, b;
    struct told first, second, t = {0};
    struct text note, changed;

    (void)state;
    quick_make(&a);
    quick_make(&b);
    first = own_card(b.v);
    note = revocation(&b, 0);
    assert_int_equal(vault_card_revoke(a.v, note.s, note.n, keep, &t, NULL),
        VAULT_E_NOT_FOUND);
    renew(&b);
    second = own_card(b.v);
    expect_pin(a.v, &first, "B", true, VAULT_CARD_KNOWN);
    expect_pin(a.v, &second, "B", false, VAULT_CARD_CONTINUES);
    changed = note; /* last character of the text's second line */
    *strstr(changed.s, "card 1") = 'k';
    assert_int_equal(vault_card_revoke(a.v, changed.s, changed.n, NULL, NULL,
                         NULL),
        VAULT_E_FORMAT);
    changed = note;
    strstr(changed.s, "card 1")[5] = '2'; /* another card's, not signed by it */
    assert_int_equal(vault_card_revoke(a.v, changed.s, changed.n, NULL, NULL,
                         NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(vault_card_revoke(a.v, note.s, note.n, keep, &t, NULL),
        VAULT_OK);
    assert_string_equal(t.name, "B");
    assert_int_equal(t.state, VAULT_CARD_REVOKED);
    assert_true(t.revoked);
    /* what only its key vouched for is as unknown as before */
    expect_pins(a.v, "B 1 revoked\nB 2 unknown\n");
    assert_int_equal(vault_card_revoke(a.v, note.s, note.n, NULL, NULL, NULL),
        VAULT_OK);
    assert_int_equal(pin(a.v, &first, "B", true, NULL), VAULT_E_POLICY);
    expect_pin(a.v, &second, "B", true, VAULT_CARD_KNOWN);
    expect_pins(a.v, "B 1 revoked\nB 2 known\n");
    quick_close(&a);
    expect_sound(&a);
    quick_end(&a);
    quick_end(&b);
}

static void
a_vault_whose_own_card_is_revoked_says_so(void **state)
{
    struct quick_vault q;
    struct quick_verdict said;
    struct text note, second;
    struct told t;

    (void)state;
    quick_make(&q);
    note = revocation(&q, 1);
    assert_memory_equal(note.s, "sanduq.v1/revoke\n", 17);
    assert_non_null(strstr(note.s, " card 1\nlast -\n\n"));
    renew(&q);
    second = revocation(&q, 1);
    assert_int_equal(second.n, note.n); /* an older generation signs its own */
    assert_memory_equal(second.s, note.s, note.n);
    assert_int_equal(vault_card_revocation(q.v, 3, copy_note, &second, NULL),
        VAULT_E_NOT_FOUND);
    quick_add(q.v, "one", NULL, 0, NULL);
    assert_int_equal(vault_card_revoke(q.v, note.s, note.n, NULL, NULL, NULL),
        VAULT_OK);
    assert_int_equal(vault_card_revoke(q.v, note.s, note.n, NULL, NULL, NULL),
        VAULT_OK);
    t = own_card(q.v);
    assert_false(t.revoked); /* generation 2 */
    assert_int_equal(vlt_read_begin(q.v, NULL), VAULT_OK);
    assert_int_equal(vlt_own_card_usable(q.v, NULL), VAULT_OK);
    vlt_store_rollback(q.v->store);
    second = revocation(&q, 2);
    assert_int_equal(vault_card_revoke(q.v, second.s, second.n, NULL, NULL,
                         NULL),
        VAULT_OK);
    assert_true(own_card(q.v).revoked);
    assert_int_equal(vlt_read_begin(q.v, NULL), VAULT_OK);
    assert_int_equal(vlt_own_card_usable(q.v, NULL), VAULT_E_POLICY);
    vlt_store_rollback(q.v->store);
    quick_add(q.v, "two", NULL, 0, NULL);
    quick_again(&q);
    assert_int_equal(quick_listed(q.v), 2);
    quick_close(&q);
    expect_sound(&q);
    quick_verify(q.path, NULL, &said);
    assert_non_null(strstr(said.lines, "card of generation 1 is revoked"));
    assert_int_equal(quick_count(q.path,
                         "SELECT count(*) FROM leaf WHERE kind = 'revoke'"),
        2);
    quick_sql(q.path, "DELETE FROM note WHERE kind = 'revoke'");
    quick_verify(q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    quick_end(&q);
}

static void
a_planted_revocation_is_found(void **state)
{
    struct quick_vault q;
    struct quick_verdict said;
    struct text note;
    char sql[4096], hex[3000];

    (void)state;
    quick_make(&q);
    note = revocation(&q, 1); /* signed by the right key, and in no line */
    for (size_t i = 0; i < note.n; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned)(uint8_t)note.s[i]);
    quick_close(&q);
    snprintf(sql, sizeof sql,
        "INSERT INTO note(f, kind, b) VALUES(0, 'revoke', x'%s')", hex);
    quick_sql(q.path, sql);
    quick_verify(q.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_fingerprint_is_ten_numbers_that_anybody_can_read_out),
        cmocka_unit_test(
            the_own_card_is_shown_locked_and_says_what_the_vault_says),
        cmocka_unit_test(cards_are_pinned_under_names_and_confirmed),
        cmocka_unit_test(names_have_one_form),
        cmocka_unit_test(a_successor_continues_until_it_is_compared),
        cmocka_unit_test(two_successors_of_one_card_refuse_both),
        cmocka_unit_test(what_does_not_continue_a_card_does_not_get_its_name),
        cmocka_unit_test(a_card_that_fixed_the_next_one_has_no_other_successor),
        cmocka_unit_test(an_older_card_comes_in_beside_the_one_that_names_it),
        cmocka_unit_test(everything_opens_after_a_renewal),
        cmocka_unit_test(a_draft_that_was_kept_before_opens),
        cmocka_unit_test(what_comes_after_is_sealed_to_the_new_card),
        cmocka_unit_test(a_generation_that_is_taken_away_is_missed),
        cmocka_unit_test(a_kit_brings_every_generation_back),
        cmocka_unit_test(
            a_capture_file_of_the_old_card_comes_in_and_is_renewed),
        cmocka_unit_test(a_revocation_marks_a_pinned_card),
        cmocka_unit_test(a_vault_whose_own_card_is_revoked_says_so),
        cmocka_unit_test(a_planted_revocation_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
