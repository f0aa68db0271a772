/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_stamp.c: time evidence that others give for a state of the log */
#include "cmd.h"

#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "stamp_show.h"
#include "tr.h"
#include "unlocking.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <vault/stamp.h>

struct stamp_opts {
    const char *output;
    const char *log;
    bool text;
};

static const struct opt request_table[] = {
    {'o', "output", OPT_TEXT, "PATH|-", N_("where to; - is standard output"),
        offsetof(struct stamp_opts, output)},
    {0, "log", OPT_TEXT, "LOG",
        N_("about the log of this name, or of these last 16 digits of it"),
        offsetof(struct stamp_opts, log)},
    {0, "text", OPT_FLAG, NULL,
        N_("the text that is to be stamped instead: for ots stamp, or another "
           "program"),
        offsetof(struct stamp_opts, text)},
};

static const struct cmd_example request_examples[] = {
    {"sanduq log stamp request -o state.tsq",
        N_("a question for an authority (RFC 3161), 59 bytes")},
    {"sanduq log stamp request --text -o state.txt",
        N_("then: ots stamp state.txt makes state.txt.ots")},
};
static const struct cmd_example attach_examples[] = {
    {"sanduq log stamp attach state.tsr", N_("what the authority answered")},
    {"sanduq log stamp attach state.txt.ots", N_("or an OpenTimestamps proof")},
};
static const struct cmd_example list_examples[] = {
    {"sanduq log stamp list evidence.sanduq", N_("needs no secret")},
};
static const struct cmd_example export_examples[] = {
    {"sanduq log stamp export times evidence.pack",
        N_("then openssl ts -verify and ots verify judge them")},
};

/* ---- asking ---- */

static void
request_json(const struct vault_stamp_request *r, const char *path)
{
    struct jline j;

    jline_begin(&j, "stamp-request");
    jline_text(&j, "origin", r->origin);
    jline_u64(&j, "size", r->size);
    jline_hex(&j, "sha256", r->imprint, sizeof r->imprint);
    if (path != NULL) {
        jline_text(&j, "path", path);
    } else {
        jline_text_n(&j, "text", r->text, r->text_len);
        jline_hex(&j, "request", r->request, sizeof r->request);
    }
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", "log stamp request");
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static void
tell_request(const struct cli *c, const struct vault_stamp_request *r,
    const char *path)
{
    if (c->g.json) {
        request_json(r, path);
        return;
    }
    if (path == NULL)
        return;
    say_info(tr("%s is about the first %" PRIu64 " lines of log %s"), path,
        r->size, r->origin);
    say_info("%s",
        tr("whoever gets it learns one hash, and where it was sent from"));
    say_hint(N_("sanduq log stamp attach takes what comes back"));
}

VAULT_CHECKED static enum vault_status
write_request(struct cli *c, struct vlt_outfile *file,
    const struct vault_stamp_request *r, struct vault_error *err)
{
    const struct stamp_opts *o = c->opts;
    const void *p = o->text ? (const void *)r->text : r->request;
    size_t n = o->text ? r->text_len : sizeof r->request;
    enum vault_status st;

    if (file == NULL) {
        if (!c->g.json)
            out_bytes(p, n);
        return VAULT_OK;
    }
    st = vlt_outfile_write(file, p, n, err);
    if (st != VAULT_OK) {
        vlt_outfile_discard(file);
        return st;
    }
    return vlt_outfile_commit(file, err);
}

static enum vault_status
request_run(struct cli *c, struct vault_error *err)
{
    const struct stamp_opts *o = c->opts;
    bool to_file = o->output != NULL && strcmp(o->output, "-") != 0;
    struct vlt_outfile *file = NULL;
    struct vault_stamp_request r;
    enum vault_status st = VAULT_OK;

    if (!to_file && !o->text && !c->g.json && vlt_tty_is(1))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("-o FILE writes a file; --text shows what it is about"),
            "a request is no text, and standard output is a terminal");
    st = unlock_open(c, err);
    if (st == VAULT_OK && unlock_given(c))
        st = unlock(c, err);
    if (st == VAULT_OK && to_file)
        st = vlt_outfile_begin(o->output, false, &file, err);
    if (st == VAULT_E_EXISTS && err != NULL)
        err->hint = N_("name another file; nothing was written over");
    if (st == VAULT_OK)
        st = vault_stamp_request(c->vault, o->log, &r, err);
    if (st != VAULT_OK) {
        vlt_outfile_discard(file);
        return st;
    }
    st = write_request(c, file, &r, err);
    c->changed = st == VAULT_OK;
    if (st == VAULT_OK)
        tell_request(c, &r, to_file ? o->output : NULL);
    return st;
}

/* ---- keeping ---- */

static void
attached_json(const struct vault_stamp_attached *a)
{
    struct jline j;

    jline_begin(&j, "stamp");
    jline_text(&j, "evidence", a->kind);
    jline_text(&j, "origin", a->origin);
    jline_u64(&j, "size", a->size);
    jline_bool(&j, "fits", true);
    jline_bool(&j, "already", a->known);
    if (a->policy[0] != 0) {
        jline_time(&j, "claims", a->time);
        jline_text(&j, "policy", a->policy);
        jline_text(&j, "serial", a->serial);
    }
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", "log stamp attach");
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static void
tell_attached(const struct cli *c, const struct vault_stamp_attached *a)
{
    char when[WHEN_SIZE];

    if (c->g.json) {
        attached_json(a);
        return;
    }
    if (a->known)
        out_printf(tr("was there already: about the first %" PRIu64
                      " lines of log %s\n"),
            a->size, a->origin);
    else
        out_printf(tr("kept: about the first %" PRIu64 " lines of log %s\n"),
            a->size, a->origin);
    if (a->policy[0] == 0)
        return;
    when_utc(when, a->time);
    out_printf(tr("it claims %s (policy %s, serial %s); whether its issuer "
                  "signed that was not judged\n"),
        when, a->policy, a->serial);
}

static enum vault_status
attach_run(struct cli *c, struct vault_error *err)
{
    struct vault_stamp_attached a;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    st = vlt_os_read_small(c->args.v[0], VAULT_STAMP_MAX, &p, &n, err);
    if (st == VAULT_OK)
        st = unlock_open(c, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_stamp_attach(c->vault, p, n, &a, err);
    free(p);
    if (st != VAULT_OK)
        return st;
    c->changed = !a.known;
    tell_attached(c, &a);
    return VAULT_OK;
}

/* ---- what lies in a file ---- */

/* The word of the command line in this place, or the vault that -V names. */
VAULT_CHECKED static enum vault_status
file_at(const struct cli *c, size_t i, char *out, size_t size,
    struct vault_error *err)
{
    if (c->args.n <= i)
        return unlock_path(c, out, size, err);
    if (strlen(c->args.v[i]) >= size)
        return vlt_fail(err, VAULT_E_LIMIT, "a path that is too long");
    memcpy(out, c->args.v[i], strlen(c->args.v[i]) + 1);
    return VAULT_OK;
}

static enum vault_status
list_run(struct cli *c, struct vault_error *err)
{
    char path[4096];
    enum vault_status st = file_at(c, 0, path, sizeof path, err);

    return st == VAULT_OK ? stamps_list(c, path, err) : st;
}

static enum vault_status
export_run(struct cli *c, struct vault_error *err)
{
    char path[4096];
    enum vault_status st = file_at(c, 1, path, sizeof path, err);

    if (st == VAULT_OK)
        st = stamps_export(c, path, c->args.v[0], err);
    c->changed = st == VAULT_OK;
    return st;
}

static const struct cmd stamp_cmds[] = {
    {"log stamp request", "", N_("ask others to witness when the log was so"),
        N_("Writes a question for a time stamping authority (RFC 3161) about "
           "the newest state of the log; how it gets there is up to you. The "
           "state is marked, so that it is still here when the answer comes. "
           "An answer says that this state existed before a time, if its "
           "issuer is honest: of the lines up to here, and of no later one. "
           "Needs no passphrase."),
        request_examples, VLT_COUNT(request_examples), request_table,
        VLT_COUNT(request_table), sizeof(struct stamp_opts), 0, 0, CMD_WRITES,
        request_run},
    {"log stamp attach", "FILE", N_("keep the time evidence that came back"),
        N_("Takes what an authority answered (RFC 3161, DER), a token alone, "
           "or an .ots proof, finds the state of the log that it is about, and "
           "keeps it there: a line of the log names it. What is about no state "
           "that is stored here is refused. Whether the issuer signed it is "
           "not judged; sanduq log stamp export and stock tools do that."),
        attach_examples, VLT_COUNT(attach_examples), NULL, 0, 0, 1, 1,
        CMD_WRITES, attach_run},
    {"log stamp list", "[FILE]", N_("the time evidence in a file"),
        N_("Of a vault, a bundle or an audit pack; needs no secret, and checks "
           "nothing but what each is about. sanduq verify checks the log."),
        list_examples, VLT_COUNT(list_examples), NULL, 0, 0, 0, 1, 0, list_run},
    {"log stamp export", "DIR [FILE]",
        N_("write the time evidence out, for stock tools"),
        N_("Makes the folder DIR. For each: N.txt, the text that was stamped; "
           "N.checkpoint, the same with its signatures; and N.tsr or "
           "N.txt.ots. Then openssl ts -verify -data N.txt -in N.tsr -CAfile "
           "AUTHORITY.pem and ots verify N.txt.ots judge what this program "
           "does not. Needs no secret."),
        export_examples, VLT_COUNT(export_examples), NULL, 0, 0, 1, 2, 0,
        export_run},
};
const struct cmd_group stamp_group = {stamp_cmds, VLT_COUNT(stamp_cmds)};
