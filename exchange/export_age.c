/* SPDX-License-Identifier: Apache-2.0 */
/* export_age.c: records as a tar within an age file, sealed as it is made */
#include "export_plan.h"

#include "fail.h"
#include "os.h"
#include "tarout.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vault/agefile.h>
#include <vault/disclose.h>

enum { LINE_MAX = 64 * 1024 * 1024, SUMS_MAX = 4096, README_MAX = 4096 };
#define TOP "sanduq-export/"

/* Of one record's folder. */
struct folder {
    char path[EXPORT_NAME]; /* with TOP and a slash at its end */
    int64_t time;
    struct vlt_buf sums;
};

struct sealing {
    struct export *e;
    struct vault_age_out *age;
    struct tar_out tar;
    uint8_t (*id)[VAULT_ID]; /* of all records, ascending */
};

/* ---- streams, one into the other ---- */

static enum vault_status
to_file(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    return vlt_outfile_write(ctx, p, n, err);
}

static enum vault_status
to_age(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    return vault_age_write(ctx, p, n, err);
}

/* What an original came to, and into the archive when there is one. */
struct body {
    struct vault_hash *hash;
    uint64_t bytes;
    struct tar_out *tar;
};

static enum vault_status
take(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct body *b = ctx;

    vault_hash_update(b->hash, p, n);
    b->bytes += n;
    return b->tar != NULL ? tar_put(b->tar, p, n, err) : VAULT_OK;
}

/* ---- a record's folder ---- */

static void
add_sum(struct folder *d, const uint8_t sha256[VAULT_HASH], const char *name)
{
    char hex[2 * VAULT_HASH + 1];

    vlt_hex(hex, sha256, VAULT_HASH);
    vlt_buf_printf(&d->sums, "%s  %s\n", hex, name);
}

VAULT_CHECKED static enum vault_status
put_text(struct sealing *s, struct folder *d, const char *name, const void *p,
    size_t n, struct vault_error *err)
{
    char path[EXPORT_NAME + 16];
    uint8_t sha256[VAULT_HASH];
    struct vault_hash *h = vault_hash_new(VAULT_SHA256);

    if (h == NULL)
        return vlt_fail_memory(err);
    vault_hash_update(h, p, n);
    vault_hash_final(h, sha256);
    vault_hash_free(h);
    add_sum(d, sha256, name);
    (void)snprintf(path, sizeof path, "%s%s", d->path, name);
    return tar_file(&s->tar, path, p, n, d->time, err);
}

/*
 * An archive says how long a file is before its bytes come. What is sealed is
 * known; what is left of an original without its metadata, or whether a
 * damaged one is left out, is known when it was read once.
 */
VAULT_CHECKED static enum vault_status
measure(struct sealing *s, struct vault_record *r, struct export_body *b,
    struct vault_error *err)
{
    struct body first = {vault_hash_new(VAULT_SHA256), 0, NULL};
    enum vault_status st;

    if (first.hash == NULL)
        return vlt_fail_memory(err);
    st = export_original(s->e, r, take, &first, false, err);
    vault_hash_final(first.hash, b->sha256);
    vault_hash_free(first.hash);
    b->bytes = first.bytes;
    return st;
}

VAULT_CHECKED static enum vault_status
put_original(struct sealing *s, struct folder *d, struct vault_record *r,
    const struct export_body *b, struct vault_error *err)
{
    struct body body = {vault_hash_new(VAULT_SHA256), 0, &s->tar};
    char path[2 * EXPORT_NAME];
    uint8_t sha256[VAULT_HASH];
    enum vault_status st;

    if (body.hash == NULL)
        return vlt_fail_memory(err);
    (void)snprintf(path, sizeof path, "%sfiles/", d->path);
    st = tar_folder(&s->tar, path, d->time, err);
    (void)snprintf(path, sizeof path, "%s%s", d->path, b->file);
    if (st == VAULT_OK)
        st = tar_open(&s->tar, path, b->bytes, d->time, err);
    if (st == VAULT_OK)
        st = export_original(s->e, r, take, &body, true, err);
    if (st == VAULT_OK)
        st = tar_close(&s->tar, err);
    vault_hash_final(body.hash, sha256);
    vault_hash_free(body.hash);
    if (st == VAULT_OK && memcmp(sha256, b->sha256, VAULT_HASH) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "an original does not match");
    add_sum(d, b->sha256, b->file);
    return st;
}

VAULT_CHECKED static enum vault_status
put_line(struct sealing *s, struct folder *d, const struct vault_record *r,
    const struct export_body *b, struct vault_error *err)
{
    struct vlt_buf line;
    enum vault_status st;

    vlt_buf_init(&line, LINE_MAX);
    st = export_line(s->e, r, b, &line, err);
    if (st == VAULT_OK)
        st = put_text(s, d, "record.jsonl", line.p, line.len, err);
    vlt_buf_clear(&line);
    return st;
}

/* Names of all fields: who may read them may prove them. Not the body of a
 * copy without its metadata: a small one would stand in the proof whole. */
VAULT_CHECKED static enum vault_status
make_proof(struct sealing *s, const struct vault_record *r,
    struct vault_disclosure **out, struct vault_error *err)
{
    size_t n = vault_record_fields(r);
    struct vault_disclose_options o = {0};
    uint8_t statement[VAULT_HASH];
    char **name = calloc(n + 1, sizeof *name);
    enum vault_status st = VAULT_OK;

    if (name == NULL)
        return vlt_fail_memory(err);
    vault_record_statement(r, statement);
    o.statement = statement;
    o.fields = (const char *const *)name;
    for (size_t i = 0; st == VAULT_OK && i < n; i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (s->e->opt.strip && f.type == VAULT_BODY)
            continue;
        name[o.fields_len] = vlt_strdup(f.name);
        if (name[o.fields_len++] == NULL)
            st = vlt_fail_memory(err);
    }
    if (st == VAULT_OK)
        st = vault_disclosure_make(s->e->v, vault_record_entry(r)->id, &o, out,
            err);
    for (size_t i = 0; i < n; i++)
        free(name[i]);
    free(name);
    return st;
}

/* A record that is too long to be told twice has the proof of its statement. */
VAULT_CHECKED static enum vault_status
put_proof(struct sealing *s, struct folder *d, const struct vault_record *r,
    struct vault_error *err)
{
    struct vault_disclose_options o = {0};
    struct vault_disclosure *proof = NULL;
    uint8_t statement[VAULT_HASH];
    const char *text;
    size_t n = 0;
    enum vault_status st = make_proof(s, r, &proof, err);

    if (st == VAULT_E_LIMIT) {
        vault_record_statement(r, statement);
        o.statement = statement;
        st = vault_disclosure_make(s->e->v, vault_record_entry(r)->id, &o,
            &proof, err);
    }
    if (st != VAULT_OK)
        return st;
    text = vault_disclosure_text(proof, &n);
    st = put_text(s, d, "proof.txt", text, n, err);
    vault_disclosure_free(proof);
    return st;
}

VAULT_CHECKED static enum vault_status
put_folder(struct sealing *s, struct folder *d, struct vault_record *r,
    const struct export_body *b, struct vault_error *err)
{
    char path[EXPORT_NAME + 16];
    enum vault_status st = tar_folder(&s->tar, d->path, d->time, err);

    if (st == VAULT_OK && b->file[0] != 0)
        st = put_original(s, d, r, b, err);
    if (st == VAULT_OK)
        st = put_line(s, d, r, b, err);
    if (st == VAULT_OK)
        st = put_proof(s, d, r, err);
    if (st == VAULT_OK)
        st = vlt_buf_end(&d->sums, "list of sums", err);
    (void)snprintf(path, sizeof path, "%sSHA256SUMS", d->path);
    if (st == VAULT_OK)
        st = tar_file(&s->tar, path, d->sums.p, d->sums.len, d->time, err);
    return st;
}

/* The body of a record that goes out, or *skip when it is left out. */
VAULT_CHECKED static enum vault_status
find_body(struct sealing *s, struct vault_record *r, struct export_body *b,
    bool *skip, struct vault_error *err)
{
    const struct export_options *o = &s->e->opt;
    enum vault_status st = VAULT_OK;

    (void)vault_record_sha256(r, b->sha256);
    b->bytes = vault_record_entry(r)->bytes;
    if (o->strip || o->skip_refused)
        st = measure(s, r, b, err);
    *skip = st != VAULT_OK && export_leave_out(s->e, r, st);
    if (!*skip)
        return st;
    vlt_error_clear(err);
    return VAULT_OK;
}

static int
compare(const void *a, const void *b)
{
    return memcmp(a, b, VAULT_ID);
}

/* Two versions in conflict have one id; and somebody may have given a record
 * of his own the id of another vault's. No file may lie over another. */
static bool
is_shared(const struct sealing *s, const uint8_t id[VAULT_ID])
{
    size_t n = s->e->items;
    const uint8_t(*at)[VAULT_ID] = bsearch(id, s->id, n, VAULT_ID, compare);
    size_t i =
        at != NULL ? (size_t)(at - (const uint8_t(*)[VAULT_ID])s->id) : n;

    return i < n &&
        ((i > 0 && compare(s->id[i - 1], id) == 0) ||
            (i + 1 < n && compare(s->id[i + 1], id) == 0));
}

VAULT_CHECKED static enum vault_status
put_record(struct sealing *s, const struct export_item *i,
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    struct export_body b = {.file = ""};
    struct folder d;
    bool skip = false;
    enum vault_status st =
        vault_record_open_statement(s->e->v, i->id, i->statement, &r, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&d.sums, SUMS_MAX);
    d.time = vault_record_entry(r)->sealed;
    memcpy(d.path, TOP, sizeof TOP);
    export_folder_name(d.path + sizeof TOP - 1, r, is_shared(s, i->id));
    if (i->original) {
        export_inner_name(b.file, r);
        st = find_body(s, r, &b, &skip, err);
    }
    if (st == VAULT_OK && !skip)
        st = put_folder(s, &d, r, &b, err);
    vlt_buf_clear(&d.sums);
    vault_record_close(r);
    return st;
}

/* ---- the whole ---- */

VAULT_CHECKED static enum vault_status
put_readme(struct sealing *s, struct vault_error *err)
{
    static const char text[] =
        "Records out of the evidence vault %s, exported by %s\n"
        "for the purpose \"%s\".\n\n"
        "Each folder is one record:\n"
        "  files/        the original, if the record has one\n"
        "  record.jsonl  its fields, as JSON\n"
        "  proof.txt     what proves that the record is in the vault's log and\n"
        "                that these are its fields: statement, line of the log,\n"
        "                path to a signed checkpoint, cards. Nothing secret is\n"
        "                needed to check it:\n"
        "                sanduq verify proof.txt --body files/NAME\n"
        "  SHA256SUMS    sha256sum -c SHA256SUMS\n\n"
        "Who reads this decrypted it: from here on nothing protects it. The age\n"
        "file around it does not say who made it; only the signatures in the\n"
        "proofs say whose log it is.\n";
    char id[2 * VAULT_ID + 1];
    struct vlt_buf b;
    enum vault_status st;

    vlt_hex(id, s->e->vault, VAULT_ID);
    vlt_buf_init(&b, README_MAX);
    vlt_buf_printf(&b, text, id, s->e->opt.agent, s->e->opt.purpose);
    st = vlt_buf_end(&b, "list of what is in it", err);
    if (st == VAULT_OK)
        st = tar_folder(&s->tar, TOP, s->e->opt.now, err);
    if (st == VAULT_OK)
        st =
            tar_file(&s->tar, TOP "README.txt", b.p, b.len, s->e->opt.now, err);
    vlt_buf_clear(&b);
    return st;
}

VAULT_CHECKED static enum vault_status
collect_ids(struct sealing *s, struct vault_error *err)
{
    const struct export *e = s->e;

    s->id = calloc(e->items + 1, sizeof *s->id);
    if (s->id == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < e->items; i++)
        memcpy(s->id[i], e->item[i].id, VAULT_ID);
    qsort(s->id, e->items, sizeof *s->id, compare);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
put_all(struct sealing *s, struct vault_error *err)
{
    enum vault_status st = put_readme(s, err);

    for (size_t i = 0; st == VAULT_OK && i < s->e->items; i++) {
        st = put_record(s, &s->e->item[i], err);
        if (st == VAULT_OK && vlt_os_interrupted())
            st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    }
    return st == VAULT_OK ? tar_end(&s->tar, err) : st;
}

enum vault_status
export_to_age(struct export *e, struct vlt_outfile *f, struct vault_error *err)
{
    struct sealing s = {.e = e};
    enum vault_status st = collect_ids(&s, err);

    if (st == VAULT_OK)
        st = vault_age_begin(e->opt.age_to, false, to_file, f, &s.age, err);
    s.tar.put = to_age;
    s.tar.ctx = s.age;
    if (st == VAULT_OK)
        st = put_all(&s, err);
    if (st == VAULT_OK)
        st = vault_age_finish(s.age, err);
    vault_age_out_free(s.age);
    free(s.id);
    return st;
}
