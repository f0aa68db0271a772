/* SPDX-License-Identifier: Apache-2.0 */
/* verify_report.c: verify --report FILE.html */
#include "verify_report.h"

#include "fail.h"
#include "os.h"
#include "progress.h"
#include "tr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1024 * 1024, PROGRAM_TEXT = 256, PATH = 4096 };

/* All of a file, in the order of its bytes. */
VAULT_CHECKED static enum vault_status
hash_file(const char *path, uint8_t hash[VAULT_HASH], uint64_t *bytes,
    struct vault_error *err)
{
    struct vault_hash *h = NULL;
    uint8_t *p = NULL;
    struct vlt_file *f = NULL;
    size_t got = 1;
    enum vault_status st;

    *bytes = 0;
    if (vlt_os_is_special(path))
        return vlt_fail(err, VAULT_E_USAGE,
            "a report needs a file that can be read more than once");
    h = vault_hash_new(VAULT_SHA256);
    p = malloc(PIECE);
    st = h != NULL && p != NULL ? vlt_file_open(path, &f, err)
                                : vlt_fail_memory(err);
    while (st == VAULT_OK && got > 0) {
        st = vlt_file_read(f, p, PIECE, &got, err);
        if (st != VAULT_OK)
            break;
        vault_hash_update(h, p, got);
        *bytes += got;
        progress_add(got);
        if (vlt_os_interrupted())
            st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    }
    if (st == VAULT_OK)
        vault_hash_final(h, hash);
    vlt_file_close(f);
    vault_hash_free(h);
    free(p);
    return st;
}

static bool
has_journal(const char *path)
{
    char name[PATH + sizeof "-journal"];

    return snprintf(name, sizeof name, "%s-journal", path) < (int)sizeof name &&
        vlt_os_exists(name);
}

static const struct report_words *
words(void)
{
    static struct report_words w = {NULL, tr, trn};

    w.code = tr_code();
    return &w;
}

enum vault_status
verify_report_begin(struct verify_report *r, const char *out, const char *path,
    struct vault_error *err)
{
    enum vault_status st;

    if (strcmp(out, "-") == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "a report needs a file: the findings go to standard output");
    st = vlt_outfile_begin(out, false, &r->file, err);
    if (st == VAULT_E_EXISTS && err != NULL)
        err->hint = N_("name another file: a report is written over nothing");
    if (st != VAULT_OK)
        return st;
    r->report = report_new(words());
    if (r->report == NULL)
        return vlt_fail_memory(err);
    r->about.begun = vlt_os_time();
    r->about.journal = has_journal(path);
    progress_begin(0, false);
    progress_name(vlt_os_basename(path));
    st = hash_file(path, r->about.sha256, &r->about.bytes, err);
    progress_end();
    return st;
}

/* That what was hashed is what was verified: the bytes before are those after.
 */
VAULT_CHECKED static enum vault_status
look_again(struct verify_report *r, const char *path, struct vault_error *err)
{
    uint8_t hash[VAULT_HASH];
    uint64_t bytes;
    enum vault_status st;

    progress_begin(r->about.bytes, false);
    progress_name(vlt_os_basename(path));
    st = hash_file(path, hash, &bytes, err);
    progress_end();
    r->about.changed = st == VAULT_OK &&
        (bytes != r->about.bytes ||
            memcmp(hash, r->about.sha256, sizeof hash) != 0);
    return st;
}

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    return vlt_outfile_write(ctx, p, n, err);
}

static void
program_text(char *out, size_t size)
{
    struct vault_versions v;

    vault_versions(&v);
    (void)snprintf(out, size, "sanduq %s (libsodium %s, SQLite %s, zstd %s)",
        v.sanduq, v.libsodium, v.sqlite, v.zstd);
}

enum vault_status
verify_report_end(struct verify_report *r, const struct verify_tell *t,
    const char *path, const struct report_asked *asked, size_t n,
    const struct vault_verdict *d, struct vault_error *err)
{
    struct report_about *a = &r->about;
    struct vlt_outfile *file = r->file;
    char program[PROGRAM_TEXT];
    struct vlt_buf sentence;
    enum vault_status st;

    if (r->report == NULL)
        return VAULT_OK;
    vlt_buf_init(&sentence, PATH);
    verify_sentence(t, d, &sentence);
    program_text(program, sizeof program);
    a->name = vlt_os_basename(path);
    a->program = program;
    a->asked = asked;
    a->asked_len = n;
    a->exit = t->c->exit;
    a->sentence = vlt_buf_cstr(&sentence);
    a->verdict = d;
    st = look_again(r, path, err);
    a->ended = vlt_os_time();
    if (st == VAULT_OK)
        st = report_write(r->report, a, put, r->file, err);
    if (st == VAULT_OK) {
        r->file = NULL;
        st = vlt_outfile_commit(file, err);
    }
    vlt_buf_clear(&sentence);
    return st;
}

void
verify_report_clear(struct verify_report *r)
{
    vlt_outfile_discard(r->file);
    report_free(r->report);
    memset(r, 0, sizeof *r);
}
