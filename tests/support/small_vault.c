/* SPDX-License-Identifier: Apache-2.0 */
/* small_vault.c: a small vault in a folder of its own, and reading it back */
#include "small_vault.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void __attribute__((noreturn))
give_up(const char *what, const struct vault_error *err)
{
    temp_die(what, err != NULL ? err->message : "failed");
}

static void
must(enum vault_status st, const char *what, const struct vault_error *err)
{
    if (st != VAULT_OK)
        give_up(what, err);
}

/* ---- making ---- */

void
small_vault_name(const struct small_vault *s, const char *name,
    char out[TEMP_PATH])
{
    temp_dir_path(&s->dir, name, out);
}

static void
make_folders(struct small_vault *s)
{
    if (getenv("TMPDIR") == NULL && access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 1);
    temp_dir_make(&s->dir);
    small_vault_name(s, "vault", s->home.path);
    small_vault_name(s, "state", s->state);
    if (mkdir(s->home.path, 0700) != 0 || mkdir(s->state, 0700) != 0)
        temp_die("cannot make folders in", s->dir.path);
    small_vault_name(s, "vault/small.sdq", s->path);
    small_vault_name(s, "key", s->key_path);
}

struct vault_key *
small_vault_key(const struct small_vault *s, const char *name)
{
    struct vault_key *key = vault_key_new();
    struct vault_error err = {0};
    char path[TEMP_PATH];

    small_vault_name(s, name, path);
    if (key == NULL)
        give_up("no memory", NULL);
    must(vault_keyfile_create(path, &err), path, &err);
    must(vault_key_file(key, path, &err), path, &err);
    return key;
}

struct vault_options
small_vault_options(const struct small_vault *s)
{
    struct vault_options o = {.state_dir = s->state};

    return o;
}

static void
field(struct vault_sealer *s, enum vault_field_type type,
    enum vault_field_state state, const char *name, const char *value)
{
    struct vault_error err = {0};

    must(vault_seal_field(s, type, state, name, value, strlen(value), &err),
        name, &err);
}

/* Bytes that do not shrink and are the same in every run. */
static void
noise(uint8_t *p, size_t n)
{
    uint64_t x = 88172645463325252u;
    size_t i;

    for (i = 0; i < n; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        p[i] = (uint8_t)(x >> 32);
    }
}

static void
seal_testimony(struct vault *v)
{
    static const char said[] = "I write down the hour.\n";
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct vault_error err = {0};

    must(vault_seal_begin(v, "testimony", &s, &err), "begin", &err);
    field(s, VAULT_TEXT, VAULT_VALUE, "title", "хат 01");
    field(s, VAULT_LANG_TEXT, VAULT_VALUE, "place", "kk Атырау");
    must(vault_seal_write(s, said, sizeof said - 1, &err), "write", &err);
    must(vault_seal_commit(s, &out, &err), "commit", &err);
}

void
small_vault_file(struct vault *v, const char *name, size_t n)
{
    uint8_t *body = malloc(n);
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct vault_error err = {0};

    if (body == NULL)
        give_up("no memory", NULL);
    noise(body, n);
    must(vault_seal_begin(v, "file", &s, &err), "begin", &err);
    field(s, VAULT_TEXT, VAULT_VALUE, "file.name", name);
    must(vault_seal_write(s, body, n, &err), "write", &err);
    must(vault_seal_commit(s, &out, &err), "commit", &err);
    if (out.bytes != n)
        give_up("the body has another length", NULL);
    free(body);
}

static void
seal_contact(struct vault *v)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct vault_error err = {0};

    must(vault_seal_begin(v, "contact", &s, &err), "begin", &err);
    field(s, VAULT_TEXT, VAULT_VALUE, "title", "K-01");
    field(s, VAULT_TEXT, VAULT_REFUSED, "person.phone", "");
    field(s, VAULT_DATE, VAULT_VALUE, "person.born", "gregorian 1984~");
    must(vault_seal_commit(s, &out, &err), "commit", &err);
}

enum vault_status
small_vault_note(struct vault *v, const char *title)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    enum vault_status st = vault_seal_begin(v, "note", &s, NULL);

    if (st != VAULT_OK)
        return st;
    field(s, VAULT_TEXT, VAULT_VALUE, "title", title);
    return vault_seal_commit(s, &out, NULL);
}

enum vault_status
small_vault_unlock(const struct small_vault *s, const char *path, bool state,
    struct vault **out)
{
    struct vault_options o = small_vault_options(s);
    struct vault *v = NULL;
    enum vault_status st;

    o.no_state = !state;
    st = vault_open(path, &o, &v, NULL);
    if (st == VAULT_OK)
        st = vault_unlock(v, s->key, NULL, NULL);
    if (st != VAULT_OK) {
        vault_close(v);
        return st;
    }
    *out = v;
    return VAULT_OK;
}

void
small_vault_make(struct small_vault *s, size_t notes)
{
    const struct vault_cost cost = vault_cost(VAULT_COST_FLOOR);
    struct vault_options o;
    struct vault *v = NULL;
    struct vault_error err = {0};
    size_t i;

    memset(s, 0, sizeof *s);
    make_folders(s);
    s->key = small_vault_key(s, "key");
    o = small_vault_options(s);
    must(vault_create(s->path, s->key, &cost, &o, &v, &err), "create", &err);
    seal_testimony(v);
    small_vault_file(v, "noise.bin", SMALL_BODY);
    seal_contact(v);
    for (i = 0; i < notes; i++) {
        char title[32];

        (void)snprintf(title, sizeof title, "note %zu", i);
        must(small_vault_note(v, title), title, NULL);
    }
    vault_close(v);
    small_vault_remember(s);
    if (s->records != 3 + notes)
        give_up("not every record is listed", NULL);
}

static void
forget(struct small_vault *s)
{
    size_t i;

    for (i = 0; i < s->records; i++)
        free(s->record[i].seen);
    s->records = 0;
}

void
small_vault_clear(struct small_vault *s)
{
    forget(s);
    vault_key_free(s->key);
    temp_dir_remove(&s->dir);
    memset(s, 0, sizeof *s);
}

/* ---- reading ---- */

struct text {
    uint8_t *p;
    size_t n;
    size_t cap;
};

static void
put(struct text *t, const void *p, size_t n)
{
    if (t->n + n > t->cap) {
        t->cap = 2 * (t->n + n) + 256;
        t->p = realloc(t->p, t->cap);
        if (t->p == NULL)
            give_up("no memory", NULL);
    }
    if (n > 0)
        memcpy(t->p + t->n, p, n);
    t->n += n;
}

static enum vault_status
put_piece(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)err;
    put(ctx, p, n);
    return VAULT_OK;
}

static void
put_entry(struct text *t, const struct vault_entry *e)
{
    char line[200];
    int n;

    put(t, e->id, sizeof e->id);
    n = snprintf(line, sizeof line, "%u %lld %d %llu\n", e->version,
        (long long)e->sealed, e->has_body, (unsigned long long)e->bytes);
    put(t, line, (size_t)n);
    put(t, e->type, strlen(e->type) + 1);
    put(t, e->name, strlen(e->name) + 1);
    put(t, e->media, strlen(e->media) + 1);
}

static void
put_fields(struct text *t, const struct vault_record *r)
{
    uint8_t sum[VAULT_HASH];
    struct vault_field f;
    char line[64];
    size_t i;
    int n;

    for (i = 0; i < vault_record_fields(r); i++) {
        vault_record_field(r, i, &f);
        n = snprintf(line, sizeof line, "%d %d %zu\n", (int)f.type,
            (int)f.state, f.value_len);
        put(t, line, (size_t)n);
        put(t, f.name, strlen(f.name) + 1);
        put(t, f.value, f.value_len);
    }
    n = snprintf(line, sizeof line, "versions %u\n", vault_record_versions(r));
    put(t, line, (size_t)n);
    if (vault_record_sha256(r, sum))
        put(t, sum, sizeof sum);
}

/* Everything there is to see of a record. */
static enum vault_status
see(struct vault *v, const uint8_t id[VAULT_ID], struct text *out)
{
    struct vault_record *r = NULL;
    enum vault_status st = vault_record_open(v, id, 0, &r, NULL);

    if (st != VAULT_OK)
        return st;
    put_entry(out, vault_record_entry(r));
    put_fields(out, r);
    if (vault_record_entry(r)->has_body)
        st = vault_record_read(r, put_piece, out, NULL);
    vault_record_close(r);
    return st;
}

struct listing {
    size_t n;
    size_t bad;
    uint8_t id[2 * SMALL_RECORDS_MAX][VAULT_ID];
};

static int
take_entry(void *ctx, const struct vault_entry *e)
{
    struct listing *l = ctx;

    if (l->n == 2 * SMALL_RECORDS_MAX)
        return 1;
    memcpy(l->id[l->n++], e->id, VAULT_ID);
    return 0;
}

static int
take_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    struct listing *l = ctx;

    (void)id;
    (void)version;
    (void)why;
    l->bad++;
    return 0;
}

static enum vault_status
list_all(struct vault *v, struct listing *l)
{
    struct vault_list_options lo = {NULL, INT64_MIN, INT64_MAX, 0, false, NULL,
        NULL, 0, false, false};

    memset(l, 0, sizeof *l);
    return vault_list(v, &lo, take_entry, take_bad, l, NULL);
}

void
small_vault_remember(struct small_vault *s)
{
    struct vault *v = NULL;
    struct listing l;
    size_t i;

    forget(s);
    must(small_vault_unlock(s, s->path, false, &v), "unlock", NULL);
    must(list_all(v, &l), "list", NULL);
    if (l.bad > 0 || l.n > SMALL_RECORDS_MAX)
        give_up("the list is not as it should be", NULL);
    for (i = 0; i < l.n; i++) {
        struct text t = {NULL, 0, 0};

        must(see(v, l.id[i], &t), "read", NULL);
        memcpy(s->record[i].id, l.id[i], VAULT_ID);
        s->record[i].seen = t.p;
        s->record[i].seen_len = t.n;
    }
    s->records = l.n;
    vault_close(v);
}

/* The record must be the one at this place, byte for byte. */
static enum small_reading
judge_record(const struct small_record *r, struct vault *v)
{
    struct text t = {NULL, 0, 0};
    enum small_reading is;

    if (see(v, r->id, &t) != VAULT_OK)
        is = SMALL_REFUSED;
    else if (t.n != r->seen_len || memcmp(t.p, r->seen, t.n) != 0)
        is = SMALL_WRONG;
    else
        is = SMALL_SAME;
    free(t.p);
    return is;
}

/* Listed: nothing but what was sealed, each once, in order. */
static enum small_reading
judge_list(const struct small_vault *s, struct vault *v)
{
    struct listing l;
    size_t i, at = 0;
    enum vault_status st = list_all(v, &l);

    for (i = 0; i < l.n; i++) {
        while (at < s->records && memcmp(s->record[at].id, l.id[i], 16) != 0)
            at++;
        if (at == s->records)
            return SMALL_WRONG;
        at++;
    }
    if (st != VAULT_OK || l.bad > 0)
        return SMALL_REFUSED;
    return l.n == s->records ? SMALL_SAME : SMALL_MISSING;
}

enum small_reading
small_vault_read(const struct small_vault *s, const char *path,
    const struct vault_key *key)
{
    struct vault_options o = {.no_state = true, .state_dir = s->state};
    struct vault *v = NULL;
    enum small_reading is, worst;
    size_t i;

    if (vault_open(path, &o, &v, NULL) != VAULT_OK)
        return SMALL_REFUSED;
    if (vault_unlock(v, key, NULL, NULL) != VAULT_OK) {
        vault_close(v);
        return SMALL_REFUSED;
    }
    worst = judge_list(s, v);
    for (i = 0; i < s->records && worst != SMALL_WRONG; i++) {
        is = judge_record(&s->record[i], v);
        if (is == SMALL_WRONG || (is == SMALL_REFUSED && worst == SMALL_SAME))
            worst = is;
    }
    vault_close(v);
    return worst;
}
