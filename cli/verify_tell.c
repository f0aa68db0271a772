/* SPDX-License-Identifier: Apache-2.0 */
/* verify_tell.c: what verify found, in words and for scripts */
#include "verify_tell.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "safe.h"
#include "said.h"
#include "tr.h"
#include "verify_keep.h"

#include <inttypes.h>
#include <string.h>

/* ---- lines ---- */

static const char *
level_word(enum vault_finding_level level)
{
    static const char *const words[] = {"held", "failed", "not-seen",
        "not-as-asked"};

    return (size_t)level < VLT_COUNT(words) ? words[level] : "other";
}

const char *
verify_level_text(enum vault_finding_level level)
{
    switch (level) {
    case VAULT_HELD:
        return tr("holds");
    case VAULT_FAILED:
        return tr("DOES NOT MATCH");
    case VAULT_NOT_SEEN:
        return tr("not known");
    case VAULT_NOT_AS_ASKED:
        return tr("NOT AS ASKED");
    }
    return "?";
}

static void
finding_json(const struct vault_finding *f, const char *message)
{
    struct jline j;

    jline_begin(&j, "finding");
    jline_text(&j, "level", level_word(f->level));
    jline_text(&j, "kind", f->kind);
    if (f->has_record) {
        jline_hex(&j, "id", f->record, VAULT_ID);
        jline_u64(&j, "version", f->version);
    }
    jline_u64(&j, "count", f->count);
    if (f->level != VAULT_HELD)
        jline_text(&j, "code", vault_status_name(f->text.code));
    jline_text(&j, "message", message);
    jline_end(&j);
}

static void
finding_text(const struct vault_finding *f, const char *message)
{
    char id[HEX_ID];

    out_text("  ");
    out_column(verify_level_text(f->level), 15, false);
    out_text(" ");
    if (f->has_record) {
        hex_id(id, f->record);
        out_printf(tr("record %s, version %" PRIu32), id, f->version);
        out_text(": ");
    }
    out_safe(message, strlen(message), SAFE_BACKSLASH);
    out_text("\n");
}

int
verify_tell_finding(void *ctx, const struct vault_finding *f)
{
    struct verify_tell *t = ctx;
    char message[1024];

    if ((size_t)f->level < VLT_COUNT(t->count))
        t->count[f->level]++;
    say_message(&f->text, message, sizeof message);
    if (t->report != NULL)
        report_finding(t->report, f, message);
    if (t->c->g.json)
        finding_json(f, message);
    else if (!t->c->g.quiet || f->level != VAULT_HELD)
        finding_text(f, message);
    return vlt_os_interrupted() ? 1 : 0;
}

int
verify_tell_save(void *ctx, const char *state, size_t len)
{
    const struct verify_tell *t = ctx;

    /* what was judged is judged: verify_keep_tell says that it failed */
    (void)verify_keep_save(t->keep, state, len);
    return 0;
}

int
verify_tell_said(void *ctx, const struct vault_said *what)
{
    const struct verify_tell *t = ctx;

    if (t->report != NULL)
        report_said(t->report, what);
    said_print(t->c, what);
    return vlt_os_interrupted() ? 1 : 0;
}

/* ---- the end ---- */

/* Nothing sealed is in it, so nothing is said of that. */
static void
audit_sentence(const struct verify_tell *t, const struct vault_verdict *d,
    struct vlt_buf *out)
{
    if (d->compared)
        vlt_buf_printf(out,
            tr("the log is unchanged since it was signed, and the records are "
               "logged, as their heads say; signed by %s (compared)"),
            d->fingerprint);
    else if (t->asked)
        vlt_buf_printf(out,
            tr("the log is unchanged since it was signed, and the records are "
               "logged, as their heads say; signed by %s (compared: not the "
               "key that was asked for)"),
            d->fingerprint);
    else
        vlt_buf_printf(out,
            tr("the log is unchanged since it was signed, and the records are "
               "logged, as their heads say; signed by %s (not compared)"),
            d->fingerprint);
}

static void
container_sentence(const struct verify_tell *t, const struct vault_verdict *d,
    struct vlt_buf *out)
{
    const char *key = d->fingerprint[0] != 0 ? d->fingerprint : tr("nobody");

    if (d->partly)
        vlt_buf_printf(out,
            d->compared ? tr("what is new since the saved state is unchanged "
                             "since it was sealed; signed by %s (compared); "
                             "the rest was not looked at again")
                : t->asked
                ? tr("what is new since the saved state is unchanged since it "
                     "was sealed; signed by %s (compared: not the key that "
                     "was asked for); the rest was not looked at again")
                : tr("what is new since the saved state is unchanged since it "
                     "was sealed; signed by %s (not compared); the rest was "
                     "not looked at again"),
            key);
    else if (d->capture)
        vlt_buf_printf(out,
            d->compared ? tr("unchanged since it was sealed; sealed for %s "
                             "(compared)")
                        : tr("unchanged since it was sealed; sealed for %s "
                             "(not compared)"),
            key);
    else if (d->compared)
        vlt_buf_printf(out,
            tr("unchanged since it was sealed; signed by %s (compared)"), key);
    else if (t->asked)
        vlt_buf_printf(out,
            tr("unchanged since it was sealed; signed by %s (compared: not "
               "the key that was asked for)"),
            key);
    else
        vlt_buf_printf(out,
            tr("unchanged since it was sealed; signed by %s (not compared)"),
            key);
}

void
verify_sentence(const struct verify_tell *t, const struct vault_verdict *d,
    struct vlt_buf *out)
{
    if (t->c->exit == vault_status_exit(VAULT_E_TAMPERED))
        vlt_buf_put_str(out, tr("the evidence does not match"));
    else if (d->text != NULL)
        said_sentence(d, t->asked, out);
    else if (d->audit)
        audit_sentence(t, d, out);
    else
        container_sentence(t, d, out);
}

static void
say_not_compared(const struct verify_tell *t, const struct vault_verdict *d)
{
    if (d->compared || t->asked)
        return;
    if (d->bundle)
        say_hint(N_("the signer was not compared: --card says whose bundle it "
                    "should be; anyone can make one that agrees with itself"));
    else if (d->text == NULL)
        say_hint(N_("the signer was not compared: --card says whose file it "
                    "should be; anyone can make a vault that agrees with "
                    "itself"));
    else if (t->c->exit == 0)
        say_hint(N_("the signer was not compared: --card says whose it should "
                    "be; anyone can make a vault that agrees with itself"));
}

static void
tell_people(const struct verify_tell *t, const char *path,
    const struct vault_verdict *d)
{
    struct vlt_buf b;

    vlt_buf_init(&b, 4096);
    verify_sentence(t, d, &b);
    out_safe(path, strlen(path), SAFE_BACKSLASH);
    out_printf(": %s\n", vlt_buf_cstr(&b));
    vlt_buf_clear(&b);
    if (t->c->exit == vault_status_exit(VAULT_E_TAMPERED)) {
        say_hint(N_("what does not match stands in the lines above"));
        return;
    }
    if (d->bundle)
        out_printf(tr("%" PRIu64 " whole, %" PRIu64 " in part, %" PRIu64
                      " heads only; for at most %" PRIu32 " recipients\n"),
            d->whole, d->partial, d->heads, d->recipients);
    if (d->text == NULL && t->c->exit == vault_status_exit(VAULT_E_POLICY))
        say_warn("%s",
            tr("it holds, but it is not what was asked for; see the lines "
               "above"));
    say_not_compared(t, d);
}

static void
tell_script(const struct verify_tell *t, const char *path,
    const struct vault_verdict *d)
{
    struct jline j;

    jline_begin(&j, "summary");
    jline_text(&j, "command", "verify");
    jline_u64(&j, "exit", (uint64_t)t->c->exit);
    jline_text(&j, "path", path);
    if (d->text != NULL)
        jline_text(&j, "text", d->text);
    jline_u64(&j, "held", t->count[VAULT_HELD]);
    jline_u64(&j, "failed", t->count[VAULT_FAILED]);
    jline_u64(&j, "not_seen", t->count[VAULT_NOT_SEEN]);
    jline_u64(&j, "not_as_asked", t->count[VAULT_NOT_AS_ASKED]);
    jline_u64(&j, "records", d->records);
    jline_u64(&j, "leaves", d->leaves);
    jline_text(&j, "fingerprint", d->fingerprint);
    jline_bool(&j, "compared", d->compared);
    jline_bool(&j, "unlocked", d->unlocked);
    jline_bool(&j, "partly", d->partly);
    jline_bool(&j, "saved", t->keep != NULL && t->keep->saved);
    jline_u64(&j, "cosignatures", d->cosignatures);
    jline_u64(&j, "stamps", d->stamps);
    if (d->witnessed >= 0)
        jline_time(&j, "witnessed", d->witnessed);
    jline_bool(&j, "bundle", d->bundle);
    jline_bool(&j, "audit", d->audit);
    if (d->bundle) {
        jline_u64(&j, "whole", d->whole);
        jline_u64(&j, "partial", d->partial);
        jline_u64(&j, "heads", d->heads);
        jline_u64(&j, "recipients", d->recipients);
    }
    if (t->report_path != NULL)
        jline_text(&j, "report", t->report_path);
    jline_end(&j);
}

void
verify_tell_end(const struct verify_tell *t, const char *path,
    const struct vault_verdict *d)
{
    if (t->c->g.json)
        tell_script(t, path, d);
    else
        tell_people(t, path, d);
    if (t->report_path != NULL)
        say_info(tr("report: %s"), t->report_path);
}
