/* SPDX-License-Identifier: Apache-2.0 */
/* add.c: sealing one thing after another, small ones in groups */
#include "add.h"

#include "card_show.h"
#include "clocks.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "safe.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"

#include <vault/cards.h>
#include <vault/compartments.h>
#include <vault/filekind.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 256 * 1024,
    HEAD = 4096, /* what vault_media_type looks at */
    SMALL = 4 * 1024 * 1024,
    GROUP_BYTES = 8 * 1024 * 1024,
    GROUP_MS = 1000,
    SHOWN_ORIGINALS = 10
};

/* One thing while it is sealed. */
struct source {
    struct vlt_file *file; /* NULL: no body */
    const char *path;      /* NULL: no body; "-": standard input */
    const char *name;      /* NULL: none is kept */
    size_t got;            /* in a->piece */
    bool bad;              /* failed for its own reasons, not the vault's */
};

/* By its name: NAME.draft-... of this vault. */
static bool
is_draft(const char *path, const char *vault)
{
    const char *name = vlt_os_basename(path);
    const char *base = vlt_os_basename(vault);
    size_t n = strlen(base);

    return strncmp(name, base, n) == 0 && strncmp(name + n, ".draft-", 7) == 0;
}

VAULT_CHECKED static enum vault_status
check_path(const char *path, const char *vault, struct vault_error *err)
{
    enum vault_file_kind kind;
    enum vault_status st;
    char capture[4096];
    int n;

    if (strcmp(path, "-") == 0)
        return VAULT_OK;
    if (!vlt_os_exists(path))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "%s is not there", path);
    if (vlt_os_is_dir(path))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("name the files in it, as in sanduq add FOLDER/*"),
            "%s is a folder", path);
    if (vlt_os_same_file(path, vault) == 1)
        return vlt_fail(err, VAULT_E_USAGE, "%s is the vault itself", path);
    if (is_draft(path, vault))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq form resume goes on with it"),
            "%s is an unfinished form", path);
    st = vault_file_kind(path, &kind, err);
    if (st != VAULT_OK)
        return st;
    if (kind == VAULT_FILE_BUNDLE)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq receive takes in what is in it"), "%s is a bundle",
            path);
    n = snprintf(capture, sizeof capture, "%s.capture", vault);
    if (n > 0 && (size_t)n < sizeof capture &&
        vlt_os_same_file(path, capture) == 1)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("unlocking the vault takes in what is in it"),
            "%s is the vault's capture file", path);
    return VAULT_OK;
}

/* A card may be evidence; to be pinned it goes another way. */
static void
warn_of_card(const char *path)
{
    struct vault_card card;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_file_kind kind = VAULT_FILE_OTHER;

    if (vault_file_kind(path, &kind, NULL) == VAULT_OK &&
        kind == VAULT_FILE_AUDIT)
        say_warn(tr("%s is an audit pack: it is sealed as it is; sanduq verify "
                    "checks it"),
            path);
    if (vlt_os_is_file(path) &&
        vlt_os_read_small(path, CARD_FILE_MAX, &p, &n, NULL) == VAULT_OK &&
        vault_card_read(p, n, &card, NULL) == VAULT_OK)
        say_warn(tr("%s is a card: it is sealed as it is; sanduq card add "
                    "pins it under a name"),
            path);
    free(p);
}

/* What is in an age file is not known without the key; the name tells. */
static void
warn_of_courier(const char *path)
{
    static const char ending[] = ".bundle.age";
    size_t n = strlen(path);

    if (n < sizeof ending ||
        strcmp(path + n - (sizeof ending - 1), ending) != 0)
        return;
    say_warn(tr("%s is a bundle, by its name: it is sealed as it is; sanduq "
                "receive takes in what is in it"),
        path);
}

enum vault_status
add_check_paths(struct add *a, struct vault_error *err)
{
    char vault[4096];
    struct vault_error why;
    size_t bad = 0;
    enum vault_status first = VAULT_OK;
    enum vault_status st;

    st = unlock_path(a->c, vault, sizeof vault, err);
    if (st != VAULT_OK)
        return st;
    for (size_t i = 0; i < a->c->args.n; i++) {
        st = check_path(a->c->args.v[i], vault, &why);
        if (st == VAULT_OK)
            return VAULT_OK;
        if (bad++ == 0) {
            first = st;
            if (err != NULL)
                *err = why;
        } else {
            say_error(&why);
        }
    }
    return bad > 0 ? first : VAULT_OK;
}

static void
tell_failed(struct add *a, const char *path, const struct vault_error *why)
{
    char message[512];
    struct jline j;

    a->failed++;
    a->c->exit = 1;
    say_error(why);
    if (!a->c->g.json)
        return;
    say_message(why, message, sizeof message);
    jline_begin(&j, "failed");
    jline_text(&j, "path", path);
    jline_text(&j, "code", vault_status_name(why->code));
    jline_text(&j, "message", message);
    jline_end(&j);
}

static void
tell_added(const struct add *a, const struct add_done *d)
{
    struct jline j;
    char id[HEX_ID];

    hex_id(id, d->sealed.id);
    if (!a->c->g.json) {
        out_printf("%s\n", id);
        return;
    }
    jline_begin(&j, "record");
    jline_text(&j, "id", id);
    jline_u64(&j, "version", d->sealed.version);
    if (d->sealed.has_body)
        jline_hex(&j, "sha256", d->sealed.sha256, VAULT_HASH);
    jline_u64(&j, "bytes", d->sealed.bytes);
    jline_u64(&j, "stored", d->sealed.stored);
    if (d->sealed.compartment[0] != 0) {
        jline_text(&j, "compartment", d->sealed.compartment);
        jline_bool(&j, "away", d->sealed.away);
    }
    if (d->sealed.clock_doubt != NULL)
        clock_json(&j, d->sealed.clock_doubt, d->sealed.clock_known);
    if (d->path != NULL)
        jline_text(&j, "path", d->path);
    jline_end(&j);
}

/* The first of them: a person must know that it is gone from here. */
static void
tell_away(struct add *a, const struct add_done *d)
{
    if (!d->sealed.away || a->away++ > 0)
        return;
    say_warn(tr("sealed to the compartment %s: nobody can open it here any "
                "more, only its members"),
        d->sealed.compartment);
}

/* What is there already, and was not sealed once more. */
static void
tell_same(const struct add *a, const struct add_done *d)
{
    struct jline j;
    char id[HEX_ID];

    hex_id(id, d->sealed.id);
    say_info(tr("%s is in the vault already, as record %s; it was not added "
                "(--again seals it once more)"),
        d->path, id);
    if (!a->c->g.json)
        return;
    jline_begin(&j, "same");
    jline_text(&j, "id", id);
    jline_hex(&j, "sha256", d->sealed.sha256, VAULT_HASH);
    jline_text(&j, "path", d->path);
    jline_end(&j);
}

/* These records are in the vault for good. */
VAULT_CHECKED static enum vault_status
settle(struct add *a, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < a->waiting_len && st == VAULT_OK; i++) {
        const struct add_done *d = &a->waiting[i];

        if (d->sealed.known) {
            tell_same(a, d);
            a->same++;
        } else {
            tell_added(a, d);
            if (a->added == 0) /* it is the same for all of them */
                clock_warn(&d->sealed);
            tell_away(a, d);
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
    warn_of_card(path);
    warn_of_courier(path);
    st = check_path(path, vault, err);
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
        tell_failed(a, path, err);
        return VAULT_OK;
    }
    return st;
}

static void
tell_originals(const struct add *a)
{
    size_t n = a->originals.n;

    if (n == 0)
        return;
    say_info("%s",
        tr("the originals still lie unencrypted on this disk; removing them "
           "does not wipe flash memory:"));
    for (size_t i = 0; i < n && i < SHOWN_ORIGINALS; i++)
        say_info("  %s", a->originals.v[i]);
    if (n > SHOWN_ORIGINALS)
        say_info(trn("  and %zu more", "  and %zu more", n - SHOWN_ORIGINALS),
            n - SHOWN_ORIGINALS);
}

static void
tell_end(const struct add *a)
{
    struct jline j;

    if (!a->c->g.json) {
        tell_originals(a);
        return;
    }
    jline_begin(&j, "summary");
    jline_text(&j, "command", a->c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)a->c->exit);
    jline_bool(&j, "locked", !vault_unlocked(a->c->vault));
    jline_u64(&j, "added", a->added);
    jline_u64(&j, "same", a->same);
    jline_u64(&j, "failed", a->failed);
    jline_u64(&j, "bytes", a->bytes);
    jline_array(&j, "originals");
    for (size_t i = 0; i < a->originals.n; i++)
        jline_text(&j, NULL, a->originals.v[i]);
    jline_array_end(&j);
    jline_end(&j);
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
    tell_originals(a);
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
        tell_end(a);
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
