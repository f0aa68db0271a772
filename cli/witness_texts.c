/* SPDX-License-Identifier: Apache-2.0 */
/* witness_texts.c: requests to witnesses, and their answers */
#include "witness_cmds.h"

#include "card_show.h"
#include "code_out.h"
#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>
#include <vault/witness.h>

static bool
to_out(const char *output)
{
    return output == NULL || strcmp(output, "-") == 0;
}

static enum vault_status
check_out(const struct cli *c, const char *output, bool qr,
    struct vault_error *err)
{
    if (c->g.json && qr && to_out(output))
        return vlt_fail(err, VAULT_E_USAGE,
            "--json and a code on standard output exclude each other");
    return VAULT_OK;
}

/* All files, one after the other. */
static enum vault_status
read_files(const struct cli *c, struct vlt_buf *out, struct vault_error *err)
{
    enum { PIECE = 64 * 1024 };
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < c->args.n; i++) {
        struct vlt_file *f = NULL;
        size_t got = 1;

        st = strcmp(c->args.v[i], "-") == 0
            ? vlt_file_stdin(&f, err)
            : vlt_file_open(c->args.v[i], &f, err);
        while (st == VAULT_OK && got > 0) {
            uint8_t *p = vlt_buf_room(out, PIECE);

            if (p == NULL) {
                st = vlt_buf_end(out, "text", err);
                break;
            }
            out->len -= PIECE;
            st = vlt_file_read(f, p, PIECE, &got, err);
            out->len += st == VAULT_OK ? got : 0;
        }
        vlt_file_close(f);
        vlt_buf_put_str(out, "\n");
    }
    return st == VAULT_OK ? vlt_buf_end(out, "text", err) : st;
}

/* ---- ask ---- */

static int
keep_text(void *ctx, const char *text, size_t len)
{
    struct vlt_buf *b = ctx;

    vlt_buf_put(b, text, len);
    return b->failed;
}

static enum vault_status
ask_options(const struct cli *c, struct vault_ask_options *a,
    struct vault_error *err)
{
    const struct witness_ask_opts *o = c->opts;

    a->all = o->all;
    a->origin = o->log;
    a->has_old = o->old != NULL;
    if (o->log != NULL && strlen(o->log) < 6)
        return vlt_fail(err, VAULT_E_USAGE,
            "--log takes at least the last six characters of an origin");
    if (o->old != NULL && !vlt_parse_u64(&a->old, o->old, strlen(o->old)))
        return vlt_fail(err, VAULT_E_USAGE, "--old takes a number");
    return check_out(c, o->output, o->qr, err);
}

static enum vault_status
put_request(struct cli *c, const struct vlt_buf *text, uint64_t logs,
    struct vault_error *err)
{
    const struct witness_ask_opts *o = c->opts;
    const char *name = c->args.v[0];
    struct jline j;
    enum vault_status st = VAULT_OK;

    if (c->g.json) {
        jline_begin(&j, "request");
        jline_text(&j, "name", name);
        jline_u64(&j, "logs", logs);
        jline_text_n(&j, "text", text->p, text->len);
        jline_end(&j);
    }
    if (logs == 0) {
        say_info(tr("\"%s\" has countersigned all there is"), name);
        return VAULT_OK;
    }
    if (!(c->g.json && to_out(o->output)))
        st = code_write(c, o->output, o->qr, text->p, text->len, err);
    if (st == VAULT_OK)
        say_info(tr("give it to \"%s\" over any way: sanduq witness sign; "
                    "sanduq witness take takes the answer in"),
            name);
    return st;
}

enum vault_status
witness_ask_run(struct cli *c, struct vault_error *err)
{
    struct vault_ask_options a = {0};
    struct vlt_buf text;
    uint64_t logs = 0;
    enum vault_status st = ask_options(c, &a, err);

    vlt_buf_init(&text, VAULT_WITNESS_TEXT);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_witness_ask(c->vault, c->args.v[0], &a, keep_text, &text,
            &logs, err);
    if (st == VAULT_OK)
        st = put_request(c, &text, logs, err);
    vlt_buf_clear(&text);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

/* ---- sign ---- */

static const char *const judged[] = {
    [VAULT_JUDGED_SIGNED] = "signed",
    [VAULT_JUDGED_OLD] = "old",
    [VAULT_JUDGED_SHRUNK] = "shrunk",
    [VAULT_JUDGED_FORK] = "fork",
    [VAULT_JUDGED_UNKNOWN] = "unknown",
    [VAULT_JUDGED_FORGED] = "forged",
    [VAULT_JUDGED_BAD] = "bad",
};

struct answers {
    struct cli *c;
    struct vlt_buf text;
    uint64_t n, count;
};

static void
judged_json(const struct vault_judged_result *r)
{
    char message[1024];
    struct jline j;

    jline_begin(&j, "judged");
    jline_text(&j, "what", judged[r->what]);
    jline_text(&j, "origin", r->origin);
    jline_u64(&j, "size", r->size);
    jline_u64(&j, "old", r->old);
    jline_u64(&j, "kept", r->kept);
    jline_text(&j, "name", r->name);
    jline_bool(&j, "first", r->first);
    if (r->why != NULL) {
        say_message(r->why, message, sizeof message);
        jline_text(&j, "code", vault_status_name(r->why->code));
        jline_text(&j, "message", message);
    }
    if (r->answer != NULL)
        jline_text_n(&j, "answer", r->answer, r->answer_len);
    if (r->before != NULL)
        jline_text_n(&j, "before", r->before, r->before_len);
    jline_end(&j);
}

static void
judged_text(const struct vault_judged_result *r)
{
    struct vault_error shown;

    if (r->why == NULL) {
        say_info(r->first
                ? tr("\"%s\": %" PRIu64 " entries of %s, signed for the "
                     "first time")
                : tr("\"%s\": %" PRIu64 " entries of %s, signed"),
            r->name, r->size, r->origin);
        return;
    }
    if (r->name[0] != 0)
        say_warn(tr("not signed: %s, of \"%s\""), r->origin, r->name);
    else
        say_warn(tr("not signed: %s"), r->origin);
    shown = *r->why;
    say_error(&shown);
}

static int
take_judged(void *ctx, const struct vault_judged_result *r)
{
    struct answers *a = ctx;
    int exit = r->why == NULL ? 0 : vault_status_exit(r->why->code);

    a->count++;
    a->n += r->answer != NULL;
    if (r->answer != NULL)
        vlt_buf_put(&a->text, r->answer, r->answer_len);
    /* evidence that does not match outweighs what only cannot be signed */
    if (exit != 0 && exit != vault_status_exit(VAULT_E_TAMPERED))
        exit = vault_status_exit(VAULT_E_POLICY);
    if (exit != 0 && a->c->exit != vault_status_exit(VAULT_E_TAMPERED))
        a->c->exit = exit;
    if (a->c->g.json)
        judged_json(r);
    judged_text(r);
    return a->text.failed;
}

enum vault_status
witness_sign_run(struct cli *c, struct vault_error *err)
{
    const struct witness_out_opts *o = c->opts;
    struct answers a = {.c = c};
    struct vlt_buf text;
    enum vault_status st = check_out(c, o->output, o->qr, err);

    vlt_buf_init(&text, VAULT_WITNESS_TEXT);
    vlt_buf_init(&a.text, VAULT_WITNESS_TEXT);
    if (st == VAULT_OK)
        st = read_files(c, &text, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_witness_sign(c->vault, (const char *)text.p, text.len,
            take_judged, &a, err);
    if (st == VAULT_OK)
        c->changed = true;
    if (st == VAULT_OK && a.n > 0 && !(c->g.json && to_out(o->output)))
        st = code_write(c, o->output, o->qr, a.text.p, a.text.len, err);
    if (st == VAULT_OK && a.n > 0)
        say_info("%s", tr("give the answer back over any way"));
    vlt_buf_clear(&a.text);
    vlt_buf_clear(&text);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

/* ---- take ---- */

static const char *const taken[] = {
    [VAULT_LINE_TAKEN] = "taken",
    [VAULT_LINE_HAD] = "had",
    [VAULT_LINE_OLD] = "old",
    [VAULT_LINE_STRANGER] = "stranger",
    [VAULT_LINE_STRAY] = "stray",
    [VAULT_LINE_CLOCK] = "clock",
};

static void
taken_json(const struct vault_line_result *r)
{
    struct jline j;

    jline_begin(&j, "answer");
    jline_text(&j, "what", taken[r->what]);
    jline_text(&j, "witness", r->witness);
    jline_bool(&j, "compared", r->compared);
    jline_text(&j, "origin", r->origin);
    jline_u64(&j, "size", r->size);
    jline_time(&j, "time", r->time);
    jline_end(&j);
}

static void
taken_text(const struct vault_line_result *r)
{
    char when[WHEN_SIZE];

    switch (r->what) {
    case VAULT_LINE_TAKEN:
    case VAULT_LINE_HAD:
        when_local(when, r->time);
        say_info(r->what == VAULT_LINE_TAKEN
                ? tr("\"%s\" countersigned %" PRIu64 " entries of %s on %s")
                : tr("\"%s\", %" PRIu64 " entries of %s on %s: was here "
                     "already"),
            r->witness, r->size, r->origin, when);
        if (!r->compared)
            say_warn(tr("the key of \"%s\" was not compared with the person"),
                r->witness);
        break;
    case VAULT_LINE_OLD:
        say_warn(tr("not signed: the witness says that it has signed %" PRIu64
                    " entries of %s"),
            r->size, r->origin);
        say_hint(N_("sanduq witness ask NAME --old N, with that number, and "
                    "--log with the end of the origin"));
        break;
    case VAULT_LINE_STRANGER:
        say_warn(tr("by a key that is not pinned, not taken: %s"), r->witness);
        say_hint(N_("sanduq witness init NAME KEY pins a witness; a witness "
                    "who renewed their card has a new key (--renewed)"));
        break;
    case VAULT_LINE_STRAY:
        say_warn(tr("\"%s\" signed a state that is not in this vault, or the "
                    "line was changed: not taken"),
            r->witness);
        say_hint(N_("a state that was never asked for is not kept; sanduq "
                    "witness ask makes a new request"));
        break;
    case VAULT_LINE_CLOCK:
        say_warn(tr("\"%s\" signed for a time at which there was no such log: "
                    "not taken"),
            r->witness);
        say_hint(N_("their machine's clock is wrong: once it is right, they "
                    "can sign the same request again"));
        break;
    }
}

static int
take_result(void *ctx, const struct vault_line_result *r)
{
    struct cli *c = ctx;

    if (c->g.json)
        taken_json(r);
    taken_text(r);
    if (r->what == VAULT_LINE_TAKEN)
        c->changed = true;
    else if (r->what != VAULT_LINE_HAD)
        c->exit = vault_status_exit(VAULT_E_POLICY);
    return 0;
}

enum vault_status
witness_take_run(struct cli *c, struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VAULT_WITNESS_TEXT);
    st = read_files(c, &text, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_witness_take(c->vault, (const char *)text.p, text.len,
            take_result, c, err);
    vlt_buf_clear(&text);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}
