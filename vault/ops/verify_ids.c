/* SPDX-License-Identifier: Apache-2.0 */
/* verify_ids.c: what rows and lines say under one record id, read once */
#include "verify_ids.h"
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "hash.h"
#include "secret.h"
#include "verify_pairs.h"

enum { BUCKETS = 4096, FEW = 64, SPACE = 96 << 20 };

struct place {
    uint32_t version;
    uint64_t log;
    uint64_t idx;
};

struct vlt_id_seen {
    uint8_t id[16];
    struct vlt_id_seen *next;
    enum vault_status st; /* what reading its lines came to */
    struct vault_error why;
    size_t lines;
    struct vlt_pairs named;  /* by lines that count; version 0; sorted */
    struct vlt_pairs number; /* the versions that those name; hash 0; sorted */
    struct vlt_pairs gone;   /* withdrawn: version and subject; sorted */
    struct vlt_pairs row;    /* sorted */
    size_t places;           /* of `withdraw` lines; sorted */
    struct place *place;
    bool asked; /* the versions were read */
    enum vault_status versions_st;
    struct vault_error versions_why;
    struct vlt_version_rows versions;
    uint32_t covered; /* up to which version a line with version 0 withdraws; 0:
                       * none does */
};

struct vlt_ids {
    uint8_t key[16];
    struct vlt_id_seen *few; /* the last one with few lines and rows */
    size_t space;            /* that the others take */
    struct vlt_id_seen *bucket[BUCKETS];
};

/* ---- reading one id ---- */

static int
by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->version != y->version)
        return x->version < y->version ? -1 : 1;
    if (x->log != y->log)
        return x->log < y->log ? -1 : 1;
    return x->idx < y->idx ? -1 : x->idx > y->idx;
}

struct reading {
    struct vlt_verify *v;
    struct vlt_id_seen *i;
};

/* In a vault a record that came from a session counts by its `take` line:
 * otherwise one that did not hold could be planted later. */
static bool
counts(const struct vlt_verify *v, uint64_t log)
{
    const struct vlt_seen_log *l = vlt_seen_log_find(v, log);

    if (v->audit)
        return l != NULL && !l->session;
    return v->capture || l == NULL || !l->session;
}

static enum vault_status
keep_place(struct vlt_id_seen *i, const struct vlt_leaf_row *r,
    struct vault_error *err)
{
    struct place *more = i->place;

    if ((i->places & (i->places - 1)) == 0)
        more =
            realloc(more, (i->places == 0 ? 1 : 2 * i->places) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    i->place = more;
    more[i->places++] = (struct place){r->leaf.version, r->log, r->idx};
    return vlt_pairs_add(&i->gone, r->leaf.version, r->leaf.subject, false,
        err);
}

static enum vault_status
take_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct reading *x = ctx;
    struct vlt_id_seen *i = x->i;
    enum vault_status st;

    i->lines++;
    if (strcmp(r->leaf.kind, "withdraw") == 0)
        return keep_place(i, r, err);
    if ((strcmp(r->leaf.kind, "seal") != 0 &&
            strcmp(r->leaf.kind, "take") != 0) ||
        !counts(x->v, r->log))
        return VAULT_OK;
    st = vlt_pairs_add(&i->named, 0, r->leaf.subject, false, err);
    return st == VAULT_OK
        ? vlt_pairs_add(&i->number, r->leaf.version, NULL, false, err)
        : st;
}

static enum vault_status
take_row(void *ctx, const struct vlt_id_row *r, struct vault_error *err)
{
    struct reading *x = ctx;
    bool own = r->own;
    uint8_t stmt[32];

    if (x->v->audit)
        own = own && memcmp(r->head->h.origin, x->v->id, 16) == 0;
    vlt_record_stmt(stmt, r->head);
    return vlt_pairs_add(&x->i->row, r->version, stmt, own, err);
}

static bool
speaks_of_file(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_LIMIT;
}

static enum vault_status
read_id(struct vlt_verify *v, struct vlt_id_seen *i, struct vault_error *err)
{
    struct reading x = {v, i};
    enum vault_status st;

    vlt_error_clear(&i->why);
    i->st = vlt_leaves_of(v->s, i->id, take_line, &x, &i->why);
    if (i->st != VAULT_OK && !speaks_of_file(i->st)) {
        if (err != NULL)
            *err = i->why;
        return i->st;
    }
    st = vlt_record_rows_of(v->s, i->id, take_row, &x, err);
    vlt_pairs_settle(&i->named, true);
    vlt_pairs_settle(&i->number, true);
    vlt_pairs_settle(&i->gone, true);
    vlt_pairs_settle(&i->row, false);
    if (i->places > 0)
        qsort(i->place, i->places, sizeof *i->place, by_place);
    return st;
}

/* ---- the cache ---- */

static void
drop(struct vlt_id_seen *i)
{
    if (i == NULL)
        return;
    free(i->named.at);
    free(i->number.at);
    free(i->gone.at);
    free(i->row.at);
    free(i->place);
    vlt_version_rows_clear(&i->versions);
    free(i);
}

static void
drop_all(struct vlt_ids *ids)
{
    struct vlt_id_seen *i, *next;
    size_t k;

    for (k = 0; k < BUCKETS; k++) {
        for (i = ids->bucket[k]; i != NULL; i = next) {
            next = i->next;
            drop(i);
        }
        ids->bucket[k] = NULL;
    }
    ids->space = 0;
}

void
vlt_ids_free(struct vlt_ids *ids)
{
    if (ids == NULL)
        return;
    drop(ids->few);
    drop_all(ids);
    free(ids);
}

/* Keyed, so that nobody chooses ids that share one. */
static struct vlt_id_seen **
bucket_of(struct vlt_ids *ids, const uint8_t id[16])
{
    const struct vlt_part part[] = {{ids->key, sizeof ids->key}, {id, 16}};
    uint8_t hash[32];

    vlt_sha256_parts(hash, part, VLT_COUNT(part));
    return &ids->bucket[vlt_load_u32(hash) % BUCKETS];
}

static size_t
space_of(const struct vlt_id_seen *i)
{
    return sizeof *i + i->places * sizeof *i->place +
        (i->named.n + i->number.n + i->gone.n + i->row.n) * sizeof *i->named.at;
}

static void
keep(struct vlt_ids *ids, struct vlt_id_seen *i)
{
    struct vlt_id_seen **bucket = bucket_of(ids, i->id);

    if (i->lines + i->row.n <= FEW) {
        drop(ids->few);
        ids->few = i;
        return;
    }
    if (ids->space + space_of(i) > SPACE)
        drop_all(ids);
    ids->space += space_of(i);
    i->next = *bucket;
    *bucket = i;
}

static enum vault_status
begin(struct vlt_verify *v, struct vault_error *err)
{
    if (v->ids != NULL)
        return VAULT_OK;
    v->ids = calloc(1, sizeof *v->ids);
    if (v->ids == NULL)
        return vlt_fail_memory(err);
    vlt_random(v->ids->key, sizeof v->ids->key);
    return VAULT_OK;
}

static struct vlt_id_seen *
known(struct vlt_ids *ids, const uint8_t id[16])
{
    struct vlt_id_seen *i = ids->few;

    if (i != NULL && memcmp(i->id, id, sizeof i->id) == 0)
        return i;
    i = *bucket_of(ids, id);
    while (i != NULL && memcmp(i->id, id, sizeof i->id) != 0)
        i = i->next;
    return i;
}

enum vault_status
vlt_id_look(struct vlt_verify *v, const uint8_t id[16],
    struct vlt_id_seen **out, struct vault_error *err)
{
    struct vlt_id_seen *i;
    enum vault_status st = begin(v, err);

    if (st != VAULT_OK)
        return st;
    i = known(v->ids, id);
    if (i == NULL) {
        i = calloc(1, sizeof *i);
        if (i == NULL)
            return vlt_fail_memory(err);
        memcpy(i->id, id, sizeof i->id);
        st = read_id(v, i, err);
        if (st == VAULT_OK)
            keep(v->ids, i);
        else
            drop(i);
    }
    if (st != VAULT_OK)
        return st;
    *out = i;
    if (i->st != VAULT_OK && err != NULL)
        *err = i->why;
    return i->st;
}

/* ---- questions ---- */

bool
vlt_id_named(const struct vlt_id_seen *i, const uint8_t stmt[32])
{
    return vlt_pairs_has(&i->named, 0, stmt);
}

bool
vlt_id_named_otherwise(const struct vlt_id_seen *i, uint32_t version)
{
    return vlt_pairs_has(&i->number, version, NULL);
}

size_t
vlt_id_rows(const struct vlt_id_seen *i, uint32_t version,
    const uint8_t stmt[32], bool *own)
{
    size_t first, k, n = vlt_pairs_count(&i->row, version, stmt, &first);

    *own = false;
    for (k = first; k < first + n && !*own; k++)
        *own = i->row.at[k].own;
    return n;
}

/* The first place that is not before this one. */
static size_t
place_from(const struct vlt_id_seen *i, const struct place *key)
{
    size_t low = 0, high = i->places;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (by_place(&i->place[mid], key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* Of the places of one version, sorted by log, the first and the last tell. */
static bool
any_after(const struct vlt_id_seen *i, uint32_t version, uint64_t log,
    uint64_t idx)
{
    const struct place from = {version, 0, 0};
    const struct place to = {version, UINT64_MAX, UINT64_MAX};
    size_t first = place_from(i, &from), end = place_from(i, &to);

    return first < end &&
        (i->place[first].log != log || i->place[end - 1].log != log ||
            i->place[end - 1].idx > idx);
}

bool
vlt_id_withdrawn_after(const struct vlt_id_seen *i, uint32_t version,
    uint64_t log, uint64_t idx)
{
    return any_after(i, 0, log, idx) || any_after(i, version, log, idx);
}

/* The hash over the statements up to each version, against each line that has
 * version 0. */
static uint32_t
covered_by(const struct vlt_id_seen *i)
{
    const struct vlt_version_rows *l = &i->versions;
    uint32_t up_to = 0;
    uint8_t hash[32];
    size_t k;

    for (k = 0; k < l->n; k++) {
        struct vlt_version_rows part = {k + 1, l->v};
        uint32_t version = l->v[k].head.h.version;

        if (k + 1 < l->n && l->v[k + 1].head.h.version == version)
            continue;
        vlt_withdrawal_subject(&part, hash);
        if (vlt_pairs_has(&i->gone, 0, hash))
            up_to = version;
    }
    return up_to;
}

static void
ask_versions(struct vlt_verify *v, struct vlt_id_seen *i)
{
    vlt_error_clear(&i->versions_why);
    i->versions_st =
        vlt_record_versions(v->s, i->id, &i->versions, &i->versions_why);
    i->asked = i->versions_st == VAULT_OK || speaks_of_file(i->versions_st);
    if (i->versions_st != VAULT_OK)
        return;
    if (v->ids->few != i)
        v->ids->space += i->versions.n * sizeof *i->versions.v;
    i->covered = covered_by(i);
}

enum vault_status
vlt_id_versions(struct vlt_verify *v, struct vlt_id_seen *i,
    const struct vlt_version_rows **out, struct vault_error *err)
{
    if (!i->asked)
        ask_versions(v, i);
    if (i->versions_st != VAULT_OK && err != NULL)
        *err = i->versions_why;
    *out = &i->versions;
    return i->versions_st;
}

enum vault_status
vlt_id_withdrawn(struct vlt_verify *v, struct vlt_id_seen *i, uint32_t version,
    const uint8_t stmt[32], bool *out, struct vault_error *err)
{
    const struct vlt_version_rows *rows;
    enum vault_status st;

    *out = version != 0 && vlt_pairs_has(&i->gone, version, stmt);
    if (*out || i->gone.n == 0 || i->gone.at[0].version != 0)
        return VAULT_OK;
    st = vlt_id_versions(v, i, &rows, err);
    if (st == VAULT_OK)
        *out = i->covered > 0 && version <= i->covered;
    return st;
}
