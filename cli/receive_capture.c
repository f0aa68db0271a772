/* SPDX-License-Identifier: Apache-2.0 */
/* receive_capture.c: what a capture device sealed, taken in from a copy */
#include "receive_capture.h"

#include "capturing.h"
#include "device_show.h"
#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "same.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <string.h>

/* What does not match counts before what is not as asked for. */
static void
set_exit(struct cli *c, enum vault_status st)
{
    int status = vault_status_exit(st);

    if (status == vault_status_exit(VAULT_E_TAMPERED) || c->exit == 0)
        c->exit = status != 0 ? status : c->exit;
}

/* ---- the device ---- */

struct knowing {
    const struct vault_device_intro *intro;
    bool known; /* a note names it, or some of it came in */
};

static int
match_device(void *ctx, const struct vault_device *d)
{
    struct knowing *k = ctx;

    k->known = k->known ||
        (memcmp(d->id, k->intro->id, VAULT_DEVICE) == 0 &&
            (d->admitted || d->sessions > 0));
    return 0;
}

/* Of these, the one that --accept names. */
static const char *
accepted(const struct receive_capture *r, const struct vault_device_intro *d)
{
    for (size_t i = 0; i < r->accept->n; i++) {
        if (vault_fingerprint_is(d->first, r->accept->v[i]))
            return r->accept->v[i];
    }
    return NULL;
}

VAULT_CHECKED static enum vault_status
introduce(const struct cli *c, const char *path, struct device_kept *out,
    struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    struct vault *file = NULL;
    enum vault_status st = vault_capture_look(path, &opt, &file, err);

    if (st == VAULT_OK)
        st = vault_device_intro(file, device_keep, out, err);
    if (st == VAULT_OK && out->failed)
        st = vlt_fail_memory(err);
    vault_close(file);
    return st;
}

/* One that nobody admitted is shown, and compared by a person or not at all. */
VAULT_CHECKED static enum vault_status
admit_new(struct cli *c, const struct receive_capture *r,
    const struct vault_device_intro *d, struct vault_error *err)
{
    const char *given = accepted(r, d);
    bool compared = false, changed = false;
    enum vault_status st = VAULT_OK;

    say_warn(tr("device %s is not known here; its fingerprint is %s (%s)"),
        d->hex, d->letters, d->digits);
    if (r->dry_run)
        return vlt_fail(err, VAULT_E_POLICY,
            "nobody admitted the device: nothing of it would be taken in");
    if (given == NULL && c->g.yes)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            N_("--yes does not compare: --accept with its fingerprint does, or "
               "sanduq device admit"),
            "nobody admitted the device: nothing of it was taken in");
    st = device_compare(c, d, given, &compared, err);
    if (st == VAULT_E_USAGE) /* no terminal */
        return vlt_fail_hint(err, VAULT_E_POLICY,
            N_("compare it with whoever has the device, then --accept the "
               "fingerprint; or sanduq device admit with its code"),
            "nobody admitted the device: nothing of it was taken in");
    if (st == VAULT_OK && !compared)
        st = vlt_fail(err, VAULT_E_POLICY,
            "nobody admitted the device: nothing of it was taken in");
    if (st == VAULT_OK)
        st = vault_device_admit(c->vault, d, &changed, err);
    c->changed = c->changed || changed;
    return st;
}

VAULT_CHECKED static enum vault_status
admit(struct cli *c, const struct receive_capture *r, const char *path,
    struct vault_error *err)
{
    struct device_kept k = {0};
    struct knowing known = {&k.d, false};
    enum vault_status st = introduce(c, path, &k, err);

    if (st == VAULT_E_NO_KEY) { /* no session at all: nothing to admit */
        vlt_error_clear(err);
        return VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vault_devices(c->vault, match_device, &known, err);
    if (st == VAULT_OK && !known.known)
        st = admit_new(c, r, &k.d, err);
    device_kept_clear(&k);
    return st;
}

/* ---- what came of it ---- */

static void
tell_text(const char *path, const struct vault_taken *t)
{
    say_info(trn("%s: %" PRIu64 " record taken in",
                 "%s: %" PRIu64 " records taken in", t->records),
        path, t->records);
    if (t->waiting > 0)
        say_warn(trn("%s: %" PRIu64 " record waits: its session had not ended "
                     "when this copy was made, and whoever has the copy can "
                     "sign in it",
                     "%s: %" PRIu64
                     " records wait: their session had not ended "
                     "when this copy was made, and whoever has the copy can "
                     "sign in it",
                     t->waiting),
            path, t->waiting);
    if (t->waiting > 0)
        say_hint(N_("sanduq capture end on the device, then a new copy; or "
                    "--unfinished takes its records in one by one"));
}

static void
tell_json(const char *path, const struct vault_taken *t, enum vault_status st)
{
    struct jline j;

    jline_begin(&j, "capture");
    jline_text(&j, "path", path);
    jline_u64(&j, "sessions", t->sessions);
    jline_u64(&j, "records", t->records);
    jline_u64(&j, "waiting", t->waiting);
    jline_u64(&j, "beyond", t->beyond);
    jline_u64(&j, "bad", t->bad);
    jline_bool(&j, "older", t->older);
    jline_u64(&j, "strangers", t->strangers);
    jline_u64(&j, "readable", t->readable);
    if (st != VAULT_OK)
        jline_text(&j, "code", vault_status_name(st));
    jline_end(&j);
}

VAULT_CHECKED static enum vault_status
take(struct cli *c, struct receive_capture *r, const char *path,
    struct vault_taken *taken, struct vault_error *err)
{
    struct vault_take_options opt = {.keep = !r->empty,
        .unfinished = r->unfinished && !r->empty,
        .untrusted = r->untrusted};
    enum vault_status st = capture_take(c, path, &opt, taken, err);

    r->records += taken->records;
    c->changed = c->changed || taken->records > 0 || taken->sessions > 0;
    same_tell(c, taken->records);
    return st;
}

void
receive_capture(struct cli *c, struct receive_capture *r, const char *path)
{
    struct vault_taken taken = {0};
    struct vault_error why = {0};
    enum vault_status st = admit(c, r, path, &why);

    if (st == VAULT_OK && r->dry_run) {
        say_info(tr("%s: of a device that is admitted; a copy is looked into "
                    "when it is taken in"),
            path);
        return;
    }
    if (st == VAULT_OK)
        st = take(c, r, path, &taken, &why);
    if (c->g.json)
        tell_json(path, &taken, st);
    else
        tell_text(path, &taken);
    if (st == VAULT_OK)
        return;
    say_error(&why);
    set_exit(c, st);
}
