/* SPDX-License-Identifier: Apache-2.0 */
/* hunt_quarry.c: reading the sealed things out of a container, by plain SQL */
#include "hunt_quarry.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "label.h"
#include "leaf.h"
#include "temp_dir.h"
#include "text.h"

#define PUSH(q, name, value)                                            \
    do {                                                                \
        (q)->name =                                                     \
            realloc((q)->name, ((q)->name##s + 1) * sizeof *(q)->name); \
        if ((q)->name == NULL)                                          \
            temp_die("no memory", #name);                               \
        (q)->name[(q)->name##s++] = (value);                            \
    } while (0)

struct loading {
    struct quarry *q;
    const char *path;
    sqlite3 *db;
    uint8_t vault[16];
    char kind[16];
};

static sqlite3_stmt *
ask(struct loading *l, const char *sql)
{
    sqlite3_stmt *st = NULL;

    if (sqlite3_prepare_v2(l->db, sql, -1, &st, NULL) != SQLITE_OK)
        temp_die(sqlite3_errmsg(l->db), sql);
    return st;
}

static struct quarry_blob
blob(sqlite3_stmt *st, int column)
{
    struct quarry_blob b = {NULL, (size_t)sqlite3_column_bytes(st, column)};
    const void *p = sqlite3_column_blob(st, column);

    if (p == NULL || b.n == 0)
        return (struct quarry_blob){NULL, 0};
    b.p = malloc(b.n);
    if (b.p == NULL)
        temp_die("no memory", "blob");
    memcpy(b.p, p, b.n);
    return b;
}

static struct quarry_blob
cut(const void *p, size_t n)
{
    struct quarry_blob b = {malloc(n), n};

    if (b.p == NULL)
        temp_die("no memory", "cut");
    memcpy(b.p, p, n);
    return b;
}

static void
must(enum vault_status st, const struct vault_error *err, const char *what)
{
    if (st != VAULT_OK)
        temp_die(err->message, what);
}

/* ---- the vault as a whole ---- */

static struct quarry_blob
meta(struct loading *l, const char *key)
{
    sqlite3_stmt *st = ask(l, "SELECT v FROM meta WHERE k = ?");
    struct quarry_blob b = {NULL, 0};

    (void)sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
    if (sqlite3_step(st) == SQLITE_ROW)
        b = blob(st, 0);
    sqlite3_finalize(st);
    return b;
}

static uint32_t
meta_u32(struct loading *l, const char *key)
{
    struct quarry_blob b = meta(l, key);
    uint32_t v = 0;

    for (size_t i = 0; i < b.n && i < 4; i++)
        v = v << 8 | b.p[i];
    free(b.p);
    return v;
}

static void
load_slots(struct loading *l, struct quarry_vault *v)
{
    struct vlt_slot all[VLT_SLOT_MAX];
    sqlite3_stmt *st = ask(l, "SELECT b FROM slot ORDER BY id");
    struct quarry_blob mac = meta(l, "slots-mac");
    struct vault_error err;
    size_t n = 0;

    while (n < VLT_SLOT_MAX && sqlite3_step(st) == SQLITE_ROW) {
        struct quarry_slot s;

        memcpy(s.vault, l->vault, 16);
        must(vlt_slot_decode(&s.slot, sqlite3_column_blob(st, 0),
                 (size_t)sqlite3_column_bytes(st, 0), &err),
            &err, "slot");
        all[n++] = s.slot;
        PUSH(l->q, slot, s);
    }
    sqlite3_finalize(st);
    v->has_slots = mac.n == 32;
    if (v->has_slots) {
        memcpy(v->slots_mac, mac.p, 32);
        vlt_slot_set_hash(v->slots_hash, meta_u32(l, "slots-gen"), all, n);
    }
    free(mac.p);
}

static struct quarry_blob
first_page(struct loading *l)
{
    sqlite3_stmt *st = ask(l, "SELECT b FROM page WHERE n = 1");
    struct quarry_blob b = {NULL, 0};

    if (sqlite3_step(st) == SQLITE_ROW)
        b = blob(st, 0);
    sqlite3_finalize(st);
    return b;
}

static void
load_vault(struct loading *l)
{
    struct quarry_vault v = {.has_slots = false};

    memcpy(v.id, l->vault, 16);
    load_slots(l, &v);
    v.ck = meta(l, "catalogue");
    v.ck_gen = meta_u32(l, "catalogue-gen");
    v.page = first_page(l);
    PUSH(l->q, vault, v);
}

/* The same card without SEED, in a capture file: once is enough. */
static bool
known_card(const struct quarry *q, const struct quarry_card *c)
{
    for (size_t i = 0; i < q->cards; i++)
        if (c->seed.n == 0 &&
            memcmp(q->card[i].card.fingerprint, c->card.fingerprint, 32) == 0)
            return true;
    return false;
}

static void
load_cards(struct loading *l)
{
    sqlite3_stmt *st = ask(l,
        "SELECT card, seed FROM identity UNION ALL "
        "SELECT CAST(v AS TEXT), NULL FROM meta WHERE k = 'card'");
    struct vault_error err;

    while (sqlite3_step(st) == SQLITE_ROW) {
        struct quarry_card c;

        must(vlt_card_parse(&c.card, (const char *)sqlite3_column_text(st, 0),
                 (size_t)sqlite3_column_bytes(st, 0), &err),
            &err, "card");
        c.seed = blob(st, 1);
        if (!known_card(l->q, &c))
            PUSH(l->q, card, c);
    }
    sqlite3_finalize(st);
}

/* The log key stands in the first lines of the note that certifies it. */
static void
load_logs(struct loading *l)
{
    sqlite3_stmt *st = ask(l,
        "SELECT note FROM log UNION ALL "
        "SELECT CAST(v AS TEXT) FROM meta WHERE k = 'session'");

    while (sqlite3_step(st) == SQLITE_ROW) {
        const char *t = (const char *)sqlite3_column_text(st, 0);
        const char *at = strstr(t, "\nlog ");
        struct quarry_log g;
        size_t n = 0;

        if (at == NULL || !vlt_unb64(g.pk, 32, &n, at + 5, VLT_B64_32) ||
            n != 32)
            temp_die("no log key in the note", t);
        PUSH(l->q, log, g);
    }
    sqlite3_finalize(st);
}

/* ---- epochs and what lies under them ---- */

static void
load_epochs(struct loading *l)
{
    sqlite3_stmt *st = ask(l, "SELECT head, rcpt, wraps, cache FROM epoch");
    struct vault_error err;

    while (sqlite3_step(st) == SQLITE_ROW) {
        struct quarry_epoch e = {.steps = 0};

        must(vlt_epoch_decode(&e.e, sqlite3_column_blob(st, 0),
                 (size_t)sqlite3_column_bytes(st, 0),
                 sqlite3_column_blob(st, 1),
                 (size_t)sqlite3_column_bytes(st, 1),
                 sqlite3_column_blob(st, 2),
                 (size_t)sqlite3_column_bytes(st, 2), &err),
            &err, "epoch");
        vlt_epoch_rcpt_hash(e.rcpt, &e.e);
        e.cache = blob(st, 3);
        if (e.e.kind == VLT_EPOCH_BUNDLE)
            e.manifest = meta(l, "manifest");
        PUSH(l->q, epoch, e);
    }
    sqlite3_finalize(st);
}

static void
push_wrap(struct quarry *q, const uint8_t *row, size_t n,
    const struct vlt_record_head *head)
{
    struct quarry_step s = {.event = false};

    if (n != VLT_RECORD_WRAP)
        temp_die("not a wrap", "row");
    memcpy(s.epoch, row, 16);
    s.i = (uint32_t)row[16] << 24 | (uint32_t)row[17] << 16 |
        (uint32_t)row[18] << 8 | row[19];
    memcpy(s.ad, head->header, 96);
    memcpy(s.ad + 96, head->commit, 32);
    memcpy(s.ad + 128, row, 24);
    s.ad_len = 152;
    s.ct = cut(row + 24, 72);
    PUSH(q, step, s);
}

static struct quarry_blob
first_chunk(struct loading *l, int64_t rid, bool *final)
{
    sqlite3_stmt *st = ask(l, "SELECT ct FROM segment WHERE rid = ? AND n = 0");
    struct quarry_blob b = {NULL, 0};

    (void)sqlite3_bind_int64(st, 1, rid);
    if (sqlite3_step(st) == SQLITE_ROW)
        b = blob(st, 0);
    sqlite3_finalize(st);
    *final = b.n <= VLT_CHUNK_SEALED;
    if (!*final)
        b.n = VLT_CHUNK_SEALED;
    return b;
}

static bool
wanted(const uint8_t *id, const uint8_t (*list)[16], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(id, list[i], 16) == 0)
            return true;
    return list == NULL;
}

static void
load_records(struct loading *l, const uint8_t (*id)[16], size_t n, bool wraps)
{
    sqlite3_stmt *st = ask(l,
        "SELECT r.rid, r.head, r.meta, w.b FROM record r "
        "LEFT JOIN wrap w ON w.rid = r.rid WHERE r.f = 0");
    struct vlt_record_head head;
    struct vault_error err;

    while (sqlite3_step(st) == SQLITE_ROW) {
        struct quarry_record r;

        must(vlt_record_head_decode(&head, sqlite3_column_blob(st, 1),
                 (size_t)sqlite3_column_bytes(st, 1), &err),
            &err, "record");
        if (!wanted(head.h.id, id, n))
            continue;
        memcpy(r.id, head.h.id, 16);
        vlt_sha256(r.hash, head.header, sizeof head.header);
        memcpy(r.commit, head.commit, 32);
        r.meta = blob(st, 2);
        r.chunk = first_chunk(l, sqlite3_column_int64(st, 0), &r.chunk_final);
        PUSH(l->q, record, r);
        if (wraps && sqlite3_column_bytes(st, 3) > 0)
            push_wrap(l->q, sqlite3_column_blob(st, 3),
                (size_t)sqlite3_column_bytes(st, 3), &head);
    }
    sqlite3_finalize(st);
}

static void
load_extracts(struct loading *l)
{
    sqlite3_stmt *st = ask(l,
        "SELECT r.head, x.wrap, x.b FROM extract x "
        "JOIN record r ON r.rid = x.rid WHERE r.f = 0");
    struct vlt_record_head head;
    struct vault_error err;

    while (sqlite3_step(st) == SQLITE_ROW) {
        struct quarry_extract x;

        must(vlt_record_head_decode(&head, sqlite3_column_blob(st, 0),
                 (size_t)sqlite3_column_bytes(st, 0), &err),
            &err, "record");
        vlt_record_stmt(x.stmt, &head);
        x.ct = blob(st, 2);
        PUSH(l->q, extract, x);
        push_wrap(l->q, sqlite3_column_blob(st, 1),
            (size_t)sqlite3_column_bytes(st, 1), &head);
    }
    sqlite3_finalize(st);
}

static void
load_events(struct loading *l)
{
    sqlite3_stmt *st = ask(l,
        "SELECT kind, id, ver, subj, ev, evct FROM leaf "
        "WHERE evct IS NOT NULL");

    while (sqlite3_step(st) == SQLITE_ROW) {
        struct quarry_step s = {.event = true};
        struct vlt_leaf f = {.has_record = sqlite3_column_bytes(st, 1) == 16};
        const uint8_t *ct = sqlite3_column_blob(st, 5);

        memcpy(f.kind, sqlite3_column_text(st, 0),
            (size_t)sqlite3_column_bytes(st, 0) + 1);
        if (f.has_record)
            memcpy(f.record, sqlite3_column_blob(st, 1), 16);
        f.version = (uint32_t)sqlite3_column_int64(st, 2);
        memcpy(f.subject, sqlite3_column_blob(st, 3), 32);
        memcpy(f.event, sqlite3_column_blob(st, 4), 32);
        vlt_leaf_text_hash(s.ad, &f);
        s.ad_len = 32;
        memcpy(s.epoch, ct, 16);
        s.i = (uint32_t)ct[16] << 24 | (uint32_t)ct[17] << 16 |
            (uint32_t)ct[18] << 8 | ct[19];
        s.ct = cut(ct + 20, (size_t)sqlite3_column_bytes(st, 5) - 20);
        PUSH(l->q, step, s);
    }
    sqlite3_finalize(st);
}

static void
push_cell(struct loading *l, int label, const void *ad, size_t ad_len,
    struct quarry_blob ct)
{
    struct quarry_cell c = {.label = label, .ad_len = ad_len, .ct = ct};

    memcpy(c.vault, l->vault, 16);
    memcpy(c.ad, ad, ad_len);
    PUSH(l->q, cell, c);
}

/* One of each kind is enough: they have one key. */
static void
load_cells(struct loading *l)
{
    sqlite3_stmt *st = ask(l, "SELECT id, rev, b FROM local LIMIT 1");
    uint8_t ad[64];
    size_t n;

    if (sqlite3_step(st) == SQLITE_ROW) {
        n = vlt_row_ad(ad, "local", (uint64_t)sqlite3_column_int64(st, 0));
        for (int i = 0; i < 8; i++)
            ad[n++] = (uint8_t)((uint64_t)sqlite3_column_int64(st, 1) >>
                (56 - 8 * i));
        push_cell(l, VLT_L_LOCAL, ad, n, blob(st, 2));
    }
    sqlite3_finalize(st);
    st = ask(l, "SELECT rid, head FROM record WHERE f = 1 LIMIT 1");
    if (sqlite3_step(st) == SQLITE_ROW) {
        n = vlt_row_ad(ad, "head", (uint64_t)sqlite3_column_int64(st, 0));
        push_cell(l, VLT_L_FOREIGN, ad, n, blob(st, 1));
    }
    sqlite3_finalize(st);
}

/* How far each chain goes that something lies under. */
static void
count_steps(struct quarry *q)
{
    for (size_t k = 0; k < q->steps; k++)
        for (size_t e = 0; e < q->epochs; e++)
            if (memcmp(q->epoch[e].e.id, q->step[k].epoch, 16) == 0 &&
                q->epoch[e].steps <= q->step[k].i)
                q->epoch[e].steps = q->step[k].i + 1;
}

static void
open_file(struct loading *l, struct quarry *q, const char *path)
{
    struct quarry_blob id;

    memset(l, 0, sizeof *l);
    l->q = q;
    l->path = path;
    if (sqlite3_open_v2(path, &l->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        temp_die(sqlite3_errmsg(l->db), path);
    id = meta(l, "vault");
    if (id.n != 16)
        temp_die("not a container", path);
    memcpy(l->vault, id.p, 16);
    free(id.p);
}

void
quarry_load(struct quarry *q, const char *path)
{
    struct loading l;

    open_file(&l, q, path);
    load_vault(&l);
    load_cards(&l);
    load_logs(&l);
    load_epochs(&l);
    load_records(&l, NULL, 0, true);
    load_extracts(&l);
    load_events(&l);
    load_cells(&l);
    sqlite3_close(l.db);
    count_steps(q);
}

static void
only_used_epochs(struct quarry *q)
{
    for (size_t i = 0; i < q->epochs;) {
        bool used = false;

        for (size_t k = 0; k < q->steps; k++)
            used = used || memcmp(q->step[k].epoch, q->epoch[i].e.id, 16) == 0;
        if (used) {
            i++;
            continue;
        }
        vlt_epoch_clear(&q->epoch[i].e);
        q->epoch[i] = q->epoch[--q->epochs];
    }
}

void
quarry_load_records(struct quarry *q, const char *path, const uint8_t (*id)[16],
    size_t n, bool wraps)
{
    struct loading l;
    size_t before = q->records;

    open_file(&l, q, path);
    if (wraps) {
        load_epochs(&l);
        for (size_t i = 0; i < q->epochs; i++) {
            free(q->epoch[i].cache.p);
            q->epoch[i].cache = (struct quarry_blob){NULL, 0};
            q->epoch[i].e.n = 0; /* its memory is freed all the same */
        }
    }
    load_records(&l, id, n, wraps);
    sqlite3_close(l.db);
    count_steps(q);
    only_used_epochs(q);
    if (q->records == before)
        temp_die("none of these records is in it", path);
}

void
quarry_spare(struct quarry *q, const uint8_t (*id)[16], size_t n)
{
    for (size_t i = 0; i < q->records;) {
        if (!wanted(q->record[i].id, id, n)) {
            i++;
            continue;
        }
        free(q->record[i].meta.p);
        free(q->record[i].chunk.p);
        q->record[i] = q->record[--q->records];
    }
}

void
quarry_identity(struct quarry *q, const uint8_t *kem, const uint8_t *sign)
{
    struct quarry_card c;

    memset(&c, 0, sizeof c);
    memcpy(c.card.kem, kem, VLT_KEM_PK);
    memcpy(c.card.sign, sign, 32);
    PUSH(q, card, c);
}

void
quarry_sealed(const char *path,
    void (*fn)(void *ctx, const uint8_t *p, size_t n), void *ctx)
{
    static const char *const sealed[] = {"SELECT b FROM page",
        "SELECT ct FROM segment", "SELECT wraps FROM epoch",
        "SELECT rcpt FROM epoch", "SELECT meta FROM record",
        "SELECT evct FROM leaf", "SELECT b FROM extract", "SELECT b FROM local",
        "SELECT b FROM note WHERE f = 1"};
    struct quarry none = {0};
    struct loading l;

    open_file(&l, &none, path);
    for (size_t i = 0; i < sizeof sealed / sizeof sealed[0]; i++) {
        sqlite3_stmt *st = ask(&l, sealed[i]);

        while (sqlite3_step(st) == SQLITE_ROW)
            if (sqlite3_column_bytes(st, 0) > 0)
                fn(ctx, sqlite3_column_blob(st, 0),
                    (size_t)sqlite3_column_bytes(st, 0));
        sqlite3_finalize(st);
    }
    sqlite3_close(l.db);
}

/* Zeros, not freed noise: the next process to be hunted is forked from here. */
static void
wipe(struct quarry_blob *b)
{
    if (b->n != 0)
        explicit_bzero(b->p, b->n);
    free(b->p);
}

void
quarry_clear(struct quarry *q)
{
    size_t i;

    for (i = 0; i < q->vaults; i++) {
        free(q->vault[i].ck.p);
        wipe(&q->vault[i].page);
    }
    for (i = 0; i < q->cards; i++)
        free(q->card[i].seed.p);
    for (i = 0; i < q->epochs; i++) {
        vlt_epoch_clear(&q->epoch[i].e);
        free(q->epoch[i].cache.p);
        free(q->epoch[i].manifest.p);
    }
    for (i = 0; i < q->steps; i++)
        free(q->step[i].ct.p);
    for (i = 0; i < q->records; i++) {
        wipe(&q->record[i].meta);
        wipe(&q->record[i].chunk);
    }
    for (i = 0; i < q->extracts; i++)
        free(q->extract[i].ct.p);
    for (i = 0; i < q->cells; i++)
        free(q->cell[i].ct.p);
    free(q->vault);
    free(q->slot);
    free(q->card);
    free(q->epoch);
    free(q->step);
    free(q->record);
    free(q->extract);
    free(q->cell);
    free(q->log);
    memset(q, 0, sizeof *q);
}

size_t
quarry_things(const struct quarry *q)
{
    return q->vaults + q->slots + q->cards + q->epochs + q->steps + q->records +
        q->extracts + q->cells + q->logs;
}
