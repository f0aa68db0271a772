/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_get.c: the original bytes, back again */
#include "cmd.h"

#include "device_show.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "safe.h"
#include "strip.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct get_opts {
    const char *output;
    bool force;
    bool strip;
    const char *revision;
    const char *statement;
};

static const struct opt get_table[] = {
    {'o', "output", OPT_TEXT, "PATH|-",
        N_("where to; - is standard output. Else a file of the original's "
           "name in the folder you are in"),
        offsetof(struct get_opts, output)},
    {0, "force", OPT_FLAG, NULL, N_("write over a file that is there"),
        offsetof(struct get_opts, force)},
    {0, "strip", OPT_FLAG, NULL,
        N_("leave embedded metadata out of the copy (JPEG, PNG, PDF), and "
           "say what that was"),
        offsetof(struct get_opts, strip)},
    {0, "revision", OPT_TEXT, "N", N_("of an older version"),
        offsetof(struct get_opts, revision)},
    {0, "statement", OPT_TEXT, "STATEMENT",
        N_("of the version with this statement, as when two are in conflict"),
        offsetof(struct get_opts, statement)},
};

static const struct cmd_example get_examples[] = {
    {"sanduq get 5f2c0a", N_("a file of the original's name, here")},
    {"sanduq get 5f2c0a -o /media/stick/letter.jpg", N_("or elsewhere")},
    {"sanduq get 5f2c0a -o - | mpv -", N_("into another program")},
    {"sanduq get 5f2c0a -o for-press.jpg --strip",
        N_("without camera, place and times")},
};

/* Where the bytes go: a file, or standard output (harmless on a terminal). */
struct sink {
    struct vlt_outfile *file;
    bool terminal;
    struct safe_stream stream;
    const struct cli *c;
    const uint8_t *id;
    uint64_t bytes; /* written */
};

/* For --strip: the original goes into memory first. */
static int
step(size_t n)
{
    progress_add(n);
    return vlt_os_interrupted();
}

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct sink *s = ctx;
    struct vlt_buf b;

    s->bytes += n;
    if (s->file != NULL)
        return vlt_outfile_write(s->file, p, n, err);
    if (!s->terminal) {
        out_bytes(p, n);
        return VAULT_OK;
    }
    vlt_buf_init(&b, 10 * n + 64);
    safe_stream_put(&s->stream, &b, p, n, false);
    out_bytes(b.p, b.len);
    vlt_buf_clear(&b);
    return VAULT_OK;
}

static enum vault_status
take(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    if (step(n) != 0)
        return vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    return put(ctx, p, n, err);
}

/* One kind of thing that the copy does not have. */
static int
tell_removed(void *ctx, const char *what, uint64_t bytes)
{
    const struct sink *s = ctx;
    char size[SIZE_TEXT];
    struct jline j;

    if (s->c->g.json) {
        jline_begin(&j, "removed");
        jline_hex(&j, "id", s->id, VAULT_ID);
        jline_text(&j, "what", what);
        jline_u64(&j, "bytes", bytes);
        jline_end(&j);
        return 0;
    }
    size_text(size, bytes);
    if (bytes > 0)
        say_info(tr("left out: %s (%s)"), tr(what), size);
    else
        say_info(tr("left out: %s"), tr(what));
    return 0;
}

/* The body, or the copy of it without metadata. */
VAULT_CHECKED static enum vault_status
read_into(struct vault_record *r, struct sink *s, struct vault_error *err)
{
    const struct get_opts *o = s->c->opts;
    struct strip_out out = {put, s};

    s->id = vault_record_entry(r)->id;
    if (o->strip)
        return strip_record(r, &out, tell_removed, s, step, err);
    return vault_record_read(r, take, s, err);
}

static bool
is_text(const char *media)
{
    return strncmp(media, "text/", 5) == 0 ||
        strcmp(media, "application/json") == 0;
}

VAULT_CHECKED static enum vault_status
write_stdout(const struct cli *c, struct vault_record *r,
    struct vault_error *err)
{
    struct sink s = {.terminal = vlt_tty_is(1),
        .stream = {.flags = SAFE_BLOCK},
        .c = c};
    struct vlt_buf b;
    enum vault_status st;

    if (s.terminal && !is_text(vault_record_entry(r)->media))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("-o FILE writes a file; -o - | PROGRAM hands it on"),
            "this is no text, and standard output is a terminal");
    st = read_into(r, &s, err);
    if (st == VAULT_OK && s.terminal) {
        vlt_buf_init(&b, 64);
        safe_stream_put(&s.stream, &b, "", 0, true);
        out_bytes(b.p, b.len);
        vlt_buf_clear(&b);
    }
    return st;
}

VAULT_CHECKED static enum vault_status
write_file(const struct cli *c, struct vault_record *r, const char *path,
    uint64_t *bytes, struct vault_error *err)
{
    const struct get_opts *o = c->opts;
    struct sink s = {.c = c};
    enum vault_status st;

    st = vlt_outfile_begin(path, o->force, &s.file, err);
    if (st == VAULT_E_EXISTS && err != NULL)
        err->hint = N_("-o names another file, --force writes over it");
    if (st == VAULT_OK)
        st = read_into(r, &s, err);
    if (st != VAULT_OK) {
        vlt_outfile_discard(s.file);
        return st;
    }
    *bytes = s.bytes;
    return vlt_outfile_commit(s.file, err);
}

/* The original's name, made into one that can do no harm here. */
static void
choose_name(const struct vault_entry *e, char out[SAFE_NAME])
{
    char fallback[SAFE_NAME], id[HEX_SHORT];

    hex_short(id, e->id);
    (void)snprintf(fallback, sizeof fallback, "record-%s", id);
    safe_name(out, e->name, strlen(e->name), fallback);
}

static void
warn_of_device(const struct cli *c, const struct vault_entry *e)
{
    char device[VAULT_DEVICE_HEX];

    if (device_untrusted(c, e, device) && device[0] == '?')
        say_warn("%s", device_unknown());
    else if (device[0] != 0)
        say_warn(tr("UNTRUSTED: sealed by device %s, which is revoked, after "
                    "its last good state: whoever had the device then can "
                    "have made it"),
            device);
}

static void
tell_json(const struct vault_record *r, const char *path, uint64_t bytes,
    bool strip)
{
    uint8_t sha[VAULT_HASH];
    struct jline j;

    jline_begin(&j, "file");
    jline_hex(&j, "id", vault_record_entry(r)->id, VAULT_ID);
    jline_text(&j, "path", path);
    jline_u64(&j, "bytes", bytes);
    if (strip)
        jline_bool(&j, "stripped", true);
    if (vault_record_sha256(r, sha))
        jline_hex(&j, strip ? "original_sha256" : "sha256", sha, sizeof sha);
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", "get");
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static void
tell_end(const struct cli *c, const struct vault_record *r, const char *path,
    uint64_t bytes)
{
    const struct get_opts *o = c->opts;

    warn_of_device(c, vault_record_entry(r));
    if (!c->g.json) {
        if (o->strip)
            say_info("%s",
                tr("what can be seen in it is still there; look at the copy "
                   "before you hand it on"));
        if (path != NULL)
            say_info(tr("wrote %s (%" PRIu64 " bytes); it lies there "
                        "unencrypted"),
                path, bytes);
        return;
    }
    if (path != NULL) /* else standard output holds the original alone */
        tell_json(r, path, bytes, o->strip);
}

VAULT_CHECKED static enum vault_status
get_record(struct cli *c, struct vault_record *r, struct vault_error *err)
{
    const struct get_opts *o = c->opts;
    const struct vault_entry *e = vault_record_entry(r);
    char name[SAFE_NAME];
    const char *path = o->output;
    uint64_t bytes = 0;
    enum vault_status st;

    if (!e->has_body)
        return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            N_("sanduq show ID prints its fields"),
            "this record has no original, only fields");
    choose_name(e, name);
    if (path == NULL)
        path = name;
    vlt_os_catch_interrupt();
    progress_begin(e->bytes, false);
    progress_name(name);
    if (strcmp(path, "-") == 0) {
        path = NULL;
        st = write_stdout(c, r, err);
    } else {
        st = write_file(c, r, path, &bytes, err);
    }
    progress_end();
    c->changed = st == VAULT_OK && path != NULL;
    if (st == VAULT_OK)
        tell_end(c, r, path, bytes);
    return st;
}

static enum vault_status
get_run(struct cli *c, struct vault_error *err)
{
    const struct get_opts *o = c->opts;
    struct vault_record *r = NULL;
    uint8_t id[VAULT_ID];
    bool to_stdout = o->output != NULL && strcmp(o->output, "-") == 0;
    enum vault_status st;

    if (c->g.json && to_stdout)
        return vlt_fail(err, VAULT_E_USAGE,
            "standard output can hold the original or JSON, not both");
    if (o->output != NULL && !to_stdout && !o->force &&
        vlt_os_exists(o->output))
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            N_("-o names another file, --force writes over it"),
            "%s is there already", o->output);
    st = unlock_open(c, err);
    if (st == VAULT_OK)
        st = hex_resolve(c, c->args.v[0], id, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = version_open(c, id, o->revision, o->statement, &r, err);
    if (st == VAULT_OK)
        st = get_record(c, r, err);
    vault_record_close(r);
    return st;
}

static const struct cmd get_cmds[] = {
    {"get", "ID", N_("the original, bit for bit"),
        N_("The bytes are checked to the last one before the file appears "
           "under its name. A name that others chose is made safe: no "
           "folders, no hidden or device names. With -o - each piece is "
           "checked before it is written, and the exit status says at the "
           "end whether all of it was there.\n\n"
           "--strip writes a copy of a JPEG, PNG or PDF without Exif, place, "
           "authors, times, small pictures, attachments, scripts and earlier "
           "versions, and lists them. Nothing is drawn anew, so all that can "
           "be seen stays: names, faces, stamps, the dots that a printer "
           "leaves, what the camera's sensor does to each picture. Look at "
           "the copy before it leaves your hands. Whatever cannot be read "
           "with certainty is refused and nothing is written. The sealed "
           "original keeps everything."),
        get_examples, VLT_COUNT(get_examples), get_table, VLT_COUNT(get_table),
        sizeof(struct get_opts), 1, 1, CMD_WRITES, get_run},
};
const struct cmd_group get_group = {get_cmds, VLT_COUNT(get_cmds)};
