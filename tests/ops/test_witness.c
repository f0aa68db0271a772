/* SPDX-License-Identifier: Apache-2.0 */
/* test_witness.c: what a witness signs when somebody means harm */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/witness.h>

#include "addcheckpoint.h"
#include "checkpoint.h"
#include "cosignature.h"
#include "quick_vault.h"
#include "replica.h"
#include "secret.h"
#include "session.h"
#include "sign.h"
#include "tree.h"

enum { LEAVES = 32, RESULTS = 600 };

/* Somebody whose card is pinned and compared, and who may make anything. */
struct foe {
    struct vlt_seed *seed;
    struct vlt_card card;
    struct vlt_buf note;
};
struct world {
    struct quick_vault q;
    struct foe foe;
    struct vlt_hash32 leaf[LEAVES];
    struct vlt_buf text; /* of requests and notes */
    size_t n;
    struct {
        enum vault_judged what;
        uint64_t kept;
        bool answer;
    } got[RESULTS];
};

static void
must(enum vault_status st, const char *what)
{
    if (st != VAULT_OK)
        temp_die(what, vault_status_name(st));
}

static void
foe_make(struct foe *f, uint8_t fill)
{
    memset(f, 0, sizeof *f);
    f->seed = vlt_seed_new();
    assert_non_null(f->seed);
    memset(f->seed->b, fill, 32);
    memset(f->card.vault, 0xf0, 16);
    f->card.generation = 1;
    vlt_buf_init(&f->note, VLT_NOTE_MAX);
    must(vlt_card_make(&f->card, f->seed, NULL, &f->note, NULL), "card");
}

static void
foe_clear(struct foe *f)
{
    vlt_seed_free(f->seed);
    vlt_buf_clear(&f->note);
}

static int
setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    bool changed;

    assert_non_null(w);
    quick_make(&w->q);
    foe_make(&w->foe, 7);
    must(vault_pin_add(w->q.v, w->foe.note.p, w->foe.note.len, "foe", true,
             NULL, NULL, NULL),
        "pin");
    must(vault_witness_begin(w->q.v, false, &changed, NULL), "begin");
    for (unsigned i = 0; i < LEAVES; i++)
        memset(w->leaf[i].b, (int)i + 1, 32);
    vlt_buf_init(&w->text, VLT_TEXTS_MAX);
    *state = w;
    return 0;
}

static int
teardown(void **state)
{
    struct world *w = *state;

    vlt_buf_clear(&w->text);
    foe_clear(&w->foe);
    quick_end(&w->q);
    free(w);
    return 0;
}

/* ---- what is made ---- */

static void
log_key(uint8_t seed[32], unsigned log, uint8_t fill)
{
    memset(seed, fill, 32);
    seed[0] = (uint8_t)log;
    seed[1] = (uint8_t)(log >> 8);
}

static void
log_id(uint8_t id[8], unsigned log)
{
    memset(id, 0xc0, 8);
    id[6] = (uint8_t)(log >> 8);
    id[7] = (uint8_t)log;
}

static void
put_replica(struct world *w, const struct foe *signer, unsigned log,
    uint8_t fill)
{
    struct vlt_replica r;
    struct vlt_buf note;
    uint8_t key[32];

    memset(&r, 0, sizeof r);
    log_key(key, log, fill);
    memcpy(r.vault, w->foe.card.vault, 16);
    log_id(r.replica, log);
    r.number = log + 1;
    vlt_sign_public(r.log_key, key);
    memcpy(r.card, w->foe.card.fingerprint, 32);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_replica_make(&r, signer->seed, &note, NULL), "replica");
    vlt_buf_put(&w->text, note.p, note.len);
    vlt_buf_clear(&note);
}

/* The first `size` leaves, the one at `twist` (if any) another one. */
static void
leaves_root(const struct world *w, uint64_t size, uint64_t twist,
    uint8_t root[32])
{
    struct vlt_hash32 other;
    struct vlt_edge e;

    memset(other.b, 0xee, 32);
    vlt_edge_init(&e);
    for (uint64_t i = 0; i < size; i++)
        must(vlt_edge_add(&e, i == twist ? other.b : w->leaf[i % LEAVES].b,
                 NULL),
            "leaf");
    vlt_edge_root(&e, root);
}

struct maker {
    const struct world *w;
    uint64_t twist;
};

static enum vault_status
give_leaf(void *ctx, uint64_t i, uint8_t out[32], struct vault_error *err)
{
    const struct maker *m = ctx;

    (void)err;
    if (i == m->twist)
        memset(out, 0xee, 32);
    else
        memcpy(out, m->w->leaf[i % LEAVES].b, 32);
    return VAULT_OK;
}

static enum vault_status
give_node(void *ctx, unsigned level, uint64_t i, uint8_t out[32], bool *found,
    struct vault_error *err)
{
    (void)ctx;
    (void)level;
    (void)i;
    (void)out;
    (void)err;
    *found = false;
    return VAULT_OK;
}

#define NONE UINT64_MAX

struct request {
    unsigned log;
    uint64_t old, size, twist;
    uint8_t fill;     /* of the key that signs */
    uint64_t claimed; /* size in the checkpoint; 0: size */
};

static void
put_request(struct world *w, const struct request *r)
{
    struct maker m = {w, r->twist};
    const struct vlt_tree_io io = {&m, give_leaf, give_node, NULL};
    struct vlt_hash32 path[VLT_PROOF_MAX];
    struct vlt_checkpoint c;
    struct vlt_ask *ask = calloc(1, sizeof *ask);
    struct vlt_buf text, note;
    uint8_t key[32], id[8];

    assert_non_null(ask);
    memset(&c, 0, sizeof c);
    log_id(id, r->log);
    log_key(key, r->log, r->fill);
    vlt_name_origin(c.origin, w->foe.card.vault, id);
    c.size = r->claimed != 0 ? r->claimed : r->size;
    leaves_root(w, r->size, r->twist, c.root);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_checkpoint_encode(&text, &c, NULL), "checkpoint");
    must(vlt_note_sign(&note, (char *)text.p, text.len, c.origin, key, NULL),
        "sign");
    ask->old = r->old;
    if (r->old > 0 && r->old < r->size)
        must(vlt_tree_consistency(&io, r->old, r->size, path, &ask->n, NULL),
            "proof");
    memcpy(ask->path, path, ask->n * sizeof path[0]);
    ask->checkpoint = (char *)note.p;
    ask->checkpoint_len = note.len;
    must(vlt_ask_encode(&w->text, ask, NULL), "request");
    vlt_buf_clear(&note);
    vlt_buf_clear(&text);
    free(ask);
}

/* ---- what comes of it ---- */

static int
take(void *ctx, const struct vault_judged_result *r)
{
    struct world *w = ctx;

    assert_true(w->n < RESULTS);
    w->got[w->n].what = r->what;
    w->got[w->n].kept = r->kept;
    w->got[w->n].answer = r->answer != NULL && r->what == VAULT_JUDGED_SIGNED;
    assert_int_equal(r->why == NULL, r->what == VAULT_JUDGED_SIGNED);
    w->n++;
    return 0;
}

/* Hand in what was put together; *text is empty then. */
static enum vault_status
hand_in(struct world *w)
{
    enum vault_status st;

    w->n = 0;
    st = vault_witness_sign(w->q.v, (char *)w->text.p, w->text.len, take, w,
        NULL);
    vlt_buf_reset(&w->text);
    return st;
}

static int
count_seen(void *ctx, const struct vault_seen_log *l)
{
    (void)l;
    ++*(unsigned *)ctx;
    return 0;
}

static unsigned
seen(struct world *w)
{
    unsigned n = 0;

    must(vault_witness_seen(w->q.v, count_seen, &n, NULL), "seen");
    return n;
}

/* ---- the tests ---- */

static void
one_request_after_the_other_in_this_order(void **state)
{
    static const struct {
        const char *what;
        struct request r;
        enum vault_judged want;
    } row[] = {
        {"no note", {1, 0, 3, NONE, 9, 0}, VAULT_JUDGED_UNKNOWN},
        {"first, but from 2", {0, 2, 3, NONE, 9, 0}, VAULT_JUDGED_OLD},
        {"first, by another key", {0, 0, 3, NONE, 8, 0}, VAULT_JUDGED_FORGED},
        {"first", {0, 0, 3, NONE, 9, 0}, VAULT_JUDGED_SIGNED},
        {"again", {0, 0, 3, NONE, 9, 0}, VAULT_JUDGED_SIGNED},
        {"another state", {0, 0, 3, 1, 9, 0}, VAULT_JUDGED_FORK},
        {"another state, old 3", {0, 3, 3, 1, 9, 0}, VAULT_JUDGED_FORK},
        {"shorter", {0, 0, 2, NONE, 9, 0}, VAULT_JUDGED_SHRUNK},
        {"longer, from 2", {0, 2, 9, NONE, 9, 0}, VAULT_JUDGED_OLD},
        {"longer, from 0", {0, 0, 9, NONE, 9, 0}, VAULT_JUDGED_OLD},
        {"longer, by another key", {0, 3, 9, NONE, 8, 0}, VAULT_JUDGED_FORGED},
        {"longer, changed before", {0, 3, 9, 1, 9, 0}, VAULT_JUDGED_BAD},
        {"old beyond the size", {0, 9, 4, NONE, 9, 0}, VAULT_JUDGED_BAD},
        {"another size than the root's", {0, 3, 9, NONE, 9, 8},
            VAULT_JUDGED_BAD},
        {"beyond all sizes", {0, 3, 9, NONE, 9, UINT64_MAX}, VAULT_JUDGED_BAD},
        {"longer, changed behind", {0, 3, 9, 5, 9, 0}, VAULT_JUDGED_SIGNED},
        {"the other one, too late", {0, 3, 9, NONE, 9, 0}, VAULT_JUDGED_FORK},
        {"the first once more", {0, 0, 3, NONE, 9, 0}, VAULT_JUDGED_SHRUNK},
    };
    struct world *w = *state;

    put_replica(w, &w->foe, 0, 9);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        put_request(w, &row[i].r);
    /* all in one file */
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->n, sizeof row / sizeof row[0]);
    for (size_t i = 0; i < w->n; i++) {
        print_message("%s\n", row[i].what);
        assert_int_equal(w->got[i].what, row[i].want);
        assert_int_equal(w->got[i].answer, row[i].want == VAULT_JUDGED_SIGNED);
    }
    assert_int_equal(seen(w), 1);
    /* and one by one, to a witness that remembers them: the same at the end */
    put_request(w, &(struct request){0, 9, 20, 5, 9, 0});
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->got[0].what, VAULT_JUDGED_SIGNED);
    put_request(w, &(struct request){0, 9, 20, NONE, 9, 0});
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->got[0].what, VAULT_JUDGED_FORK);
}

static void
a_size_without_entries_is_never_signed(void **state)
{
    struct world *w = *state;

    put_replica(w, &w->foe, 0, 9);
    put_request(w, &(struct request){0, 0, 0, NONE, 9, 0});
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->got[0].what, VAULT_JUDGED_BAD);
    assert_int_equal(seen(w), 0);
}

static void
the_key_of_a_log_stays_what_it_was(void **state)
{
    struct world *w = *state;

    put_replica(w, &w->foe, 0, 9);
    put_request(w, &(struct request){0, 0, 3, NONE, 9, 0});
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->got[0].what, VAULT_JUDGED_SIGNED);
    put_replica(w, &w->foe, 0, 8); /* the card says another key now */
    put_request(w, &(struct request){0, 3, 4, NONE, 8, 0});
    put_request(w, &(struct request){0, 0, 3, 1, 8, 0});
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->got[0].what, VAULT_JUDGED_FORGED);
    assert_int_equal(w->got[1].what, VAULT_JUDGED_FORGED);
}

static void
nobody_else_speaks_for_a_vault(void **state)
{
    struct world *w = *state;
    struct foe stranger;

    foe_make(&stranger, 5);
    put_replica(w, &stranger, 0, 9);
    put_request(w, &(struct request){0, 0, 3, NONE, 9, 0});
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->got[0].what, VAULT_JUDGED_FORGED);
    assert_int_equal(seen(w), 0);
    foe_clear(&stranger);
}

/* ---- sessions ---- */

static void
put_session(struct world *w, unsigned log, unsigned before, uint32_t number,
    uint8_t signer, uint8_t first[32])
{
    struct vlt_session s;
    struct vlt_logkey *k = vlt_logkey_new();
    struct vlt_buf note;
    uint8_t key[32];

    assert_non_null(k);
    memset(&s, 0, sizeof s);
    memcpy(s.vault, w->foe.card.vault, 16);
    memset(s.device, 0xde, 8);
    log_id(s.session, log);
    s.number = number;
    log_key(key, log, 9);
    vlt_sign_public(s.log_key, key);
    memcpy(s.card, w->foe.card.fingerprint, 32);
    s.has_base = number > 1;
    if (s.has_base) {
        log_id(s.base.replica, before);
        s.base.size = 2;
    }
    log_key(k->b, s.has_base ? before : log, signer);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_session_make(&s, k, &note, NULL), "session");
    vlt_buf_put(&w->text, note.p, note.len);
    if (first != NULL)
        memcpy(first, s.text_hash, 32);
    vlt_buf_clear(&note);
    vlt_logkey_free(k);
}

static void
put_device(struct world *w, const struct foe *signer, const uint8_t first[32])
{
    struct vlt_device d;
    struct vlt_buf note;

    memset(&d, 0, sizeof d);
    memcpy(d.vault, w->foe.card.vault, 16);
    memset(d.device, 0xde, 8);
    memcpy(d.card, w->foe.card.fingerprint, 32);
    memcpy(d.first, first, 32);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_device_make(&d, signer->seed, &note, NULL), "device");
    vlt_buf_put(&w->text, note.p, note.len);
    vlt_buf_clear(&note);
}

static void
put_three(struct world *w)
{
    for (unsigned i = 0; i < 3; i++)
        put_request(w, &(struct request){i, 0, 2, NONE, 9, 0});
}

static void
are(struct world *w, enum vault_judged a, enum vault_judged b,
    enum vault_judged c)
{
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->got[0].what, a);
    assert_int_equal(w->got[1].what, b);
    assert_int_equal(w->got[2].what, c);
}

static void
a_session_counts_by_the_chain_from_its_device_note(void **state)
{
    struct world *w = *state;
    struct foe stranger;
    uint8_t first[32];

    foe_make(&stranger, 5);
    /* the second is signed by another key than the first's */
    put_three(w);
    put_session(w, 0, 0, 1, 9, first);
    put_session(w, 1, 0, 2, 8, NULL);
    put_session(w, 2, 1, 3, 9, NULL);
    put_device(w, &w->foe, first);
    are(w, VAULT_JUDGED_SIGNED, VAULT_JUDGED_FORGED, VAULT_JUDGED_UNKNOWN);
    /* the device note is a stranger's */
    put_three(w);
    put_session(w, 0, 0, 1, 9, first);
    put_session(w, 1, 0, 2, 9, NULL);
    put_session(w, 2, 1, 3, 9, NULL);
    put_device(w, &stranger, first);
    are(w, VAULT_JUDGED_SIGNED, VAULT_JUDGED_FORGED, VAULT_JUDGED_UNKNOWN);
    /* one is missing */
    put_three(w);
    put_session(w, 0, 0, 1, 9, first);
    put_session(w, 2, 1, 3, 9, NULL);
    put_device(w, &w->foe, first);
    are(w, VAULT_JUDGED_SIGNED, VAULT_JUDGED_UNKNOWN, VAULT_JUDGED_UNKNOWN);
    /* all is as it must be; the last first */
    put_session(w, 2, 1, 3, 9, NULL);
    put_session(w, 1, 0, 2, 9, NULL);
    put_session(w, 0, 0, 1, 9, first);
    put_device(w, &w->foe, first);
    put_three(w);
    are(w, VAULT_JUDGED_SIGNED, VAULT_JUDGED_SIGNED, VAULT_JUDGED_SIGNED);
    foe_clear(&stranger);
}

/* ---- bounds ---- */

static void
five_hundred_logs_of_a_vault_and_no_more(void **state)
{
    struct world *w = *state;

    for (unsigned i = 0; i <= VAULT_WITNESSED_LOGS; i++) {
        put_request(w, &(struct request){i, 0, 1, NONE, 9, 0});
        put_replica(w, &w->foe, i, 9);
    }
    assert_int_equal(hand_in(w), VAULT_OK);
    for (unsigned i = 0; i < VAULT_WITNESSED_LOGS; i++)
        assert_int_equal(w->got[i].what, VAULT_JUDGED_SIGNED);
    assert_int_equal(w->got[VAULT_WITNESSED_LOGS].what, VAULT_JUDGED_UNKNOWN);
    assert_int_equal(seen(w), VAULT_WITNESSED_LOGS);
    /* those that are known go on */
    put_request(w, &(struct request){7, 1, 2, NONE, 9, 0});
    assert_int_equal(hand_in(w), VAULT_OK);
    assert_int_equal(w->got[0].what, VAULT_JUDGED_SIGNED);
}
static void
a_text_holds_no_more_requests_than_can_be_judged(void **state)
{
    struct world *w = *state;

    for (unsigned i = 0; i <= VAULT_WITNESS_REQUESTS; i++)
        vlt_buf_put_str(&w->text, "old 0\n\nx\n\n\xe2\x80\x94 a AAAAAAA=\n");
    assert_int_equal(hand_in(w), VAULT_E_LIMIT);
    assert_int_equal(w->n, 0);
}

static void
thirty_two_witnesses_and_no_more(void **state)
{
    struct world *w = *state;
    struct vault_witness_key key;
    struct vlt_vkey k;
    bool changed;

    for (unsigned i = 0; i <= VAULT_WITNESSES; i++) {
        char name[16], text[VLT_VKEY_TEXT];
        uint8_t seed[32] = {(uint8_t)i}, pk[32];

        (void)snprintf(name, sizeof name, "w%u", i);
        vlt_sign_public(pk, seed);
        must(vlt_vkey_make(&k, "w.example", VLT_VKEY_COSIGNATURE, pk, NULL),
            "vkey");
        vlt_vkey_text(text, &k);
        must(vault_witness_key_read(text, strlen(text), &key, NULL), "key");
        assert_int_equal(vault_witness_pin(w->q.v, name, &key, false, false,
                             &changed, NULL),
            i < VAULT_WITNESSES ? VAULT_OK : VAULT_E_LIMIT);
    }
    must(vault_witness_quorum(w->q.v, VAULT_WITNESSES, NULL), "quorum");
    assert_int_equal(vault_witness_unpin(w->q.v, "w0", NULL), VAULT_E_USAGE);
    assert_int_equal(vault_witness_quorum(w->q.v, VAULT_WITNESSES + 1, NULL),
        VAULT_E_USAGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            one_request_after_the_other_in_this_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_size_without_entries_is_never_signed,
            setup, teardown),
        cmocka_unit_test_setup_teardown(the_key_of_a_log_stays_what_it_was,
            setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_else_speaks_for_a_vault, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            a_session_counts_by_the_chain_from_its_device_note, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            five_hundred_logs_of_a_vault_and_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_text_holds_no_more_requests_than_can_be_judged, setup, teardown),
        cmocka_unit_test_setup_teardown(thirty_two_witnesses_and_no_more, setup,
            teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
