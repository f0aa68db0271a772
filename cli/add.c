/* SPDX-License-Identifier: Apache-2.0 */
/* add.c: sealing one thing after another, small ones in groups */
#include "adding.h"

#include "clocks.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "safe.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"

#include <vault/compartments.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 256 * 1024,
    HEAD = 4096, /* what vault_media_type looks at */
    SMALL = 4 * 1024 * 1024,
    GROUP_BYTES = 8 * 1024 * 1024,
    GROUP_MS = 1000
};

/* One thing while it is sealed. */
struct source {
    struct vlt_file *file; /* NULL: no body */
    const char *path;      /* NULL: no body; "-": standard input */
    const char *name;      /* NULL: none is kept */
    size_t got;            /* in a->piece */
    bool bad;              /* failed for its own reasons, not the vault's */
};

/* These records are in the vault for good. */
VAULT_CHECKED static enum vault_status
settle(struct add *a, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < a->waiting_len && st == VAULT_OK; i++) {
        const struct add_done *d = &a->waiting[i];

        if (d->sealed.known) {
            add_tell_same(a, d);
            a->same++;
        } else {
            add_tell_added(a, d);
            if (a->added == 0) /* it is the same for all of them */
                clock_warn(&d->sealed);
            add_tell_away(a, d);
            a->added++;
            a->bytes += d->sealed.bytes;
            a->c->changed = true;
        }
        if (d->path != NULL && strcmp(d->path, "-") != 0)
            st = opt_list_add(&a->originals, d->path, err);
    }
    a->waiting_len = 0;
    a->waiting_bytes = 0;
    out_flush();
    return st;
}

VAULT_CHECKED static enum vault_status
end_batch(struct add *a, struct vault_error *err)
{
    enum vault_status st;

    if (!a->in_batch)
        return settle(a, err);
    a->in_batch = false;
    st = vault_batch_end(a->c->vault, err);
    if (st != VAULT_OK) {
        a->waiting_len = 0;
        return st;
    }
    return settle(a, err);
}

VAULT_CHECKED static enum vault_status
begin_batch(struct add *a, struct vault_error *err)
{
    enum vault_status st;

    if (a->in_batch)
        return VAULT_OK;
    st = vault_batch_begin(a->c->vault, err);
    a->in_batch = st == VAULT_OK;
    a->began_ms = vlt_os_ticks_ms();
    return st;
}

static bool
batch_is_full(const struct add *a)
{
    return a->waiting_len == ADD_GROUP || a->waiting_bytes >= GROUP_BYTES ||
        vlt_os_ticks_ms() - a->began_ms >= GROUP_MS;
}

VAULT_CHECKED static enum vault_status
field_i64(struct vault_sealer *s, const char *name, int64_t v,
    struct vault_error *err)
{
    uint8_t raw[8];

    vlt_store_u64(raw, (uint64_t)v);
    return vault_seal_field(s, VAULT_TIME, VAULT_VALUE, name, raw, sizeof raw,
        err);
}

/* The name as text. On some systems a name can be any bytes: then marks
 * stand for what is no text, and the bytes are kept beside it. */
VAULT_CHECKED static enum vault_status
field_name(struct vault_sealer *s, const char *name, struct vault_error *err)
{
    size_t n = strlen(name);
    struct vlt_buf b;
    enum vault_status st;

    if (vlt_utf8_valid((const uint8_t *)name, n))
        return vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "file.name", name,
            n, err);
    vlt_buf_init(&b, 10 * n + 1);
    safe_put(&b, name, n, 0);
    st = vlt_buf_end(&b, "name", err);
    if (st == VAULT_OK)
        st = vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "file.name", b.p,
            b.len, err);
    if (st == VAULT_OK)
        st = vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "file.name.raw",
            name, n, err);
    vlt_buf_clear(&b);
    return st;
}

VAULT_CHECKED static enum vault_status
file_fields(const struct add *a, const struct source *src,
    struct vault_sealer *s, struct vault_error *err)
{
    const char *media = vault_media_type(a->piece, src->got, src->name);
    int64_t mtime = vlt_file_mtime(src->file);
    enum vault_status st = VAULT_OK;

    if (src->name != NULL)
        st = field_name(s, src->name, err);
    if (st == VAULT_OK)
        st = vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "file.media", media,
            strlen(media), err);
    if (st == VAULT_OK && mtime > 0 && strcmp(src->path, "-") != 0)
        st = field_i64(s, "file.modified", mtime, err);
    return st;
}

/* Fill the piece up to `least` bytes, unless the source ends before. */
VAULT_CHECKED static enum vault_status
read_piece(struct add *a, struct source *src, size_t least,
    struct vault_error *err)
{
    size_t got = 1;
    enum vault_status st = VAULT_OK;

    src->got = 0;
    while (st == VAULT_OK && got > 0 && src->got < least) {
        st = vlt_file_read(src->file, a->piece + src->got, PIECE - src->got,
            &got, err);
        src->got += st == VAULT_OK ? got : 0;
    }
    src->bad = st != VAULT_OK;
    return st;
}

/* The body, whose first piece is read already. */
VAULT_CHECKED static enum vault_status
write_body(struct add *a, struct source *src, struct vault_sealer *s,
    struct vault_error *err)
{
    int64_t size = vlt_file_size(src->file);
    uint64_t total = 0;
    enum vault_status st = VAULT_OK;

    /* An empty file has a body too: nothing is written, but it is said. */
    do {
        st = vault_seal_write(s, a->piece, src->got, err);
        total += src->got;
        progress_add(src->got);
        if (st == VAULT_OK && vlt_os_interrupted())
            st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
        if (st == VAULT_OK && src->got > 0)
            st = read_piece(a, src, PIECE, err);
    } while (st == VAULT_OK && src->got > 0);
    if (st == VAULT_OK && size >= 0 && (uint64_t)size != total)
        say_warn(tr("%s had %" PRId64 " bytes when it was opened and %" PRIu64
                    " were read: it changed meanwhile"),
            src->path, size, total);
    return st;
}

VAULT_CHECKED static enum vault_status
seal(struct add *a, struct source *src, struct vault_sealed *sealed,
    struct vault_error *err)
{
    const char *type = a->type != NULL ? a->type
        : src->file != NULL            ? "file"
                                       : "note";
    struct vault_sealer *s = NULL;
    enum vault_status st;

    st = a->begin != NULL ? a->begin(a, &s, err)
                          : vault_seal_begin(a->c->vault, type, &s, err);
    if (st == VAULT_OK && a->compartment != NULL)
        st = vault_seal_compartment(s, a->compartment, true, err);
    if (st == VAULT_OK)
        st = form_seal(a->form, s, err);
    if (st == VAULT_OK && src->file != NULL)
        st = file_fields(a, src, s, err);
    if (st == VAULT_OK && src->file != NULL)
        st = write_body(a, src, s, err);
    if (st == VAULT_OK && src->file != NULL && a->begin == NULL && !a->again)
        vault_seal_unless_known(s);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    return vault_seal_commit(s, sealed, err);
}

/* Seal, in a group when it is known to be small. */
VAULT_CHECKED static enum vault_status
add_source(struct add *a, struct source *src, struct vault_error *err)
{
    int64_t size = src->file != NULL ? vlt_file_size(src->file) : 0;
    bool small = size >= 0 && size <= SMALL;
    struct add_done done = {.path = src->path};
    enum vault_status st = VAULT_OK;

    if (src->file != NULL)
        st = read_piece(a, src, HEAD, err);
    if (st == VAULT_OK)
        st = small ? begin_batch(a, err) : end_batch(a, err);
    if (st == VAULT_OK)
        st = seal(a, src, &done.sealed, err);
    if (st != VAULT_OK)
        return st;
    a->waiting[a->waiting_len++] = done;
    a->waiting_bytes += done.sealed.bytes;
    if (!a->in_batch || batch_is_full(a))
        st = end_batch(a, err);
    return st;
}

VAULT_CHECKED static enum vault_status
add_path(struct add *a, const char *path, struct vault_error *err)
{
    bool stdin_wanted = strcmp(path, "-") == 0;
    struct source src = {.path = path, .name = a->name};
    char vault[4096];
    enum vault_status st;

    st = unlock_path(a->c, vault, sizeof vault, err);
    if (st != VAULT_OK)
        return st;
    add_warn_of(path);
    st = add_check_path(path, vault, err);
    if (st == VAULT_OK)
        st = stdin_wanted ? vlt_file_stdin(&src.file, err)
                          : vlt_file_open(path, &src.file, err);
    src.bad = st != VAULT_OK;
    if (st == VAULT_OK) {
        if (src.name == NULL && !stdin_wanted)
            src.name = vlt_os_basename(path);
        progress_name(src.name != NULL ? src.name : path);
        if (a->c->args.n == 1 && vlt_file_size(src.file) > 0)
            progress_total((uint64_t)vlt_file_size(src.file));
        st = add_source(a, &src, err);
    }
    vlt_file_close(src.file);
    if (st != VAULT_OK && src.bad) {
        add_tell_failed(a, path, err);
        return VAULT_OK;
    }
    return st;
}

/* It ends early: keep what is complete, and say what that is. */
static void
stop(struct add *a, enum vault_status st)
{
    struct vault_error ignored;

    if (a->in_batch && st == VAULT_E_CANCELLED) {
        if (end_batch(a, &ignored) != VAULT_OK)
            say_error(&ignored);
    } else if (a->in_batch) {
        vault_batch_abort(a->c->vault);
        a->in_batch = false;
    }
    if (a->added > 0)
        say_warn(trn("%" PRIu64 " record is sealed and stays",
                     "%" PRIu64 " records are sealed and stay", a->added),
            a->added);
    add_tell_originals(a);
}

enum vault_status
add_all(struct add *a, struct vault_error *err)
{
    struct source form = {0};
    enum vault_status st = VAULT_OK;

    a->piece = malloc(PIECE);
    if (a->piece == NULL)
        return vlt_fail_memory(err);
    vlt_os_catch_interrupt();
    progress_begin(0, false);
    if (a->c->args.n == 0)
        st = add_source(a, &form, err);
    for (size_t i = 0; i < a->c->args.n && st == VAULT_OK; i++) {
        st = add_path(a, a->c->args.v[i], err);
        if (st == VAULT_OK && vlt_os_interrupted())
            st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    }
    if (st == VAULT_OK)
        st = end_batch(a, err);
    progress_end();
    if (st == VAULT_OK)
        add_tell_end(a);
    else
        stop(a, st);
    return st;
}

void
add_clear(struct add *a)
{
    if (a->piece != NULL)
        vlt_wipe(a->piece, PIECE);
    free(a->piece);
    a->piece = NULL;
    opt_list_clear(&a->originals);
}
