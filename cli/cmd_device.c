/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_device.c: capture devices, on the side of the vault */
#include "cmd.h"

#include "ask.h"
#include "capturing.h"
#include "card_show.h"
#include "device_show.h"
#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"
#include "when.h"

#include <vault/filekind.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INTRO_MAX = 64 * 1024 };

struct admit_opts {
    const char *fingerprint;
};
struct revoke_opts {
    const char *last;
    const char *reason;
};

/* ---- list ---- */

static const char *
state_text(const struct vault_device *d)
{
    if (d->revoked)
        return d->revoked_all ? tr("revoked, nothing of it is trusted")
                              : tr("revoked");
    return d->admitted ? tr("admitted") : tr("not confirmed");
}

static void
print_device(const struct vault_device *d)
{
    char when[WHEN_SIZE];

    out_printf("%s  ", d->hex);
    out_column(state_text(d), 14, false);
    out_printf("  %8" PRIu64 "  %7" PRIu64 "  ", d->sessions, d->records);
    if (d->number > 0) {
        when_local(when, d->taken);
        out_printf(tr("session %" PRIu32 ", entries: %" PRIu64 ", came in %s"),
            d->number, d->size, when);
    } else {
        out_text(tr("nothing came in yet"));
    }
    out_text("\n");
    if (d->revoked && !d->revoked_all) {
        out_text("    ");
        out_printf(tr("last good state: session %" PRIu32 " (%s), entries: "
                      "%" PRIu64 "; records here that come after it: %" PRIu64),
            d->last_number, d->last_session, d->last_size, d->beyond);
        out_text("\n");
    } else if (d->revoked) {
        out_text("    ");
        out_printf(tr("records here of it: %" PRIu64), d->beyond);
        out_text("\n");
    }
}

static void
json_device(const struct vault_device *d)
{
    struct jline j;

    jline_begin(&j, "device");
    jline_text(&j, "device", d->hex);
    jline_bool(&j, "admitted", d->admitted);
    if (d->admitted) {
        jline_hex(&j, "first", d->first, VAULT_HASH);
        jline_text(&j, "letters", d->letters);
    }
    jline_u64(&j, "sessions", d->sessions);
    jline_u64(&j, "records", d->records);
    jline_u64(&j, "number", d->number);
    jline_text(&j, "session", d->session);
    jline_u64(&j, "size", d->size);
    jline_time(&j, "taken", d->taken);
    jline_bool(&j, "revoked", d->revoked);
    if (d->revoked) {
        jline_bool(&j, "revoked_all", d->revoked_all);
        jline_u64(&j, "last_number", d->last_number);
        jline_text(&j, "last_session", d->last_session);
        jline_u64(&j, "last_size", d->last_size);
        jline_u64(&j, "untrusted", d->beyond);
    }
    jline_end(&j);
}

struct listing {
    bool json;
    size_t n;
};

static int
list_device(void *ctx, const struct vault_device *d)
{
    struct listing *l = ctx;

    if (!l->json && l->n == 0)
        out_printf("%-16s  %-14s  %8s  %7s  %s\n", tr("DEVICE"), tr("STATE"),
            tr("SESSIONS"), tr("RECORDS"), tr("NEWEST"));
    l->n++;
    if (l->json)
        json_device(d);
    else
        print_device(d);
    return vlt_os_interrupted() ? 1 : 0;
}

static enum vault_status
list_run(struct cli *c, struct vault_error *err)
{
    struct listing l = {c->g.json, 0};
    enum vault_status st = unlock(c, err);

    if (st == VAULT_OK)
        st = vault_devices(c->vault, list_device, &l, err);
    if (st == VAULT_OK && l.n == 0)
        say_info("%s", tr("no device is known here"));
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

/* ---- admit ---- */

/* A capture file, the file that introduces a device, or its code. */
VAULT_CHECKED static enum vault_status
read_given(const struct cli *c, const char *given, struct device_kept *out,
    bool *file, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    enum vault_file_kind kind = VAULT_FILE_OTHER;
    struct vault_device_intro d;
    struct vault *capture = NULL;
    struct vlt_buf text;
    enum vault_status st;

    *file = vlt_os_exists(given) || strcmp(given, "-") == 0;
    if (*file && vault_file_kind(given, &kind, NULL) == VAULT_OK &&
        kind == VAULT_FILE_CAPTURE) {
        st = vault_capture_look(given, &opt, &capture, err);
        if (st == VAULT_OK)
            st = vault_device_intro(capture, device_keep, out, err);
        vault_close(capture);
        return st;
    }
    vlt_buf_init(&text, INTRO_MAX);
    st = VAULT_OK;
    if (*file)
        st = card_read_file(given, &text, err);
    else
        vlt_buf_put(&text, given, strlen(given));
    if (st == VAULT_OK)
        st = vault_device_read(text.p, text.len, &d, err);
    if (st == VAULT_OK)
        device_keep(out, &d);
    vlt_buf_clear(&text);
    return st;
}

/* Whoever types the code has had it read out. */
VAULT_CHECKED static enum vault_status
confirm(const struct cli *c, const struct vault_device_intro *d, bool file,
    bool *yes, struct vault_error *err)
{
    const struct admit_opts *o = c->opts;

    if (file || o->fingerprint != NULL)
        return device_compare(c, d, o->fingerprint, yes, err);
    *yes = true;
    return ask_sure(c,
        tr("Admit it? What is sealed on it from its first session on comes in "
           "as this vault's own."),
        err);
}

static enum vault_status
admit_run(struct cli *c, struct vault_error *err)
{
    struct device_kept k = {0};
    bool file = false, yes = false;
    enum vault_status st = read_given(c, c->args.v[0], &k, &file, err);

    if (st == VAULT_OK && k.failed)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK && !c->g.json)
        device_intro_print(&k.d);
    if (st == VAULT_OK)
        st = confirm(c, &k.d, file, &yes, err);
    if (st == VAULT_OK && !yes)
        st = vlt_fail(err, VAULT_E_CANCELLED,
            "it was not compared, and not admitted");
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_device_admit(c->vault, &k.d, &c->changed, err);
    if (st == VAULT_OK && c->g.json)
        device_intro_json(&k.d, NULL);
    if (st == VAULT_OK) {
        say_info(c->changed ? tr("device %s is admitted: sanduq receive takes "
                                 "in its file")
                            : tr("device %s was admitted already"),
            k.d.hex);
        card_end(c);
    }
    device_kept_clear(&k);
    return st;
}

/* ---- revoke ---- */

/* NUMBER or NUMBER/SIZE. */
static bool
read_number(const char *s, struct vault_device_last *out)
{
    char *end = NULL;
    unsigned long long n, size = 0;

    if (*s < '1' || *s > '9')
        return false;
    n = strtoull(s, &end, 10);
    if (*end == '/' && end[1] >= '1' && end[1] <= '9')
        size = strtoull(end + 1, &end, 10);
    if (*end != 0 || n > UINT32_MAX)
        return false;
    out->number = (uint32_t)n;
    out->size = size;
    return true;
}

VAULT_CHECKED static enum vault_status
read_last(const struct revoke_opts *o, struct vlt_buf *file,
    struct vault_device_last *out, struct vault_error *err)
{
    enum vault_status st;

    if (o->last == NULL)
        return VAULT_OK;
    if (strcmp(o->last, "none") == 0) {
        out->none = true;
        return VAULT_OK;
    }
    if (!vlt_os_exists(o->last)) {
        if (read_number(o->last, out))
            return VAULT_OK;
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("a file with a checkpoint of the device, the number of a "
               "session, NUMBER/ENTRIES, or none"),
            "\"%s\" names no last good state", o->last);
    }
    st = card_read_file(o->last, file, err);
    out->checkpoint = (const char *)file->p;
    out->checkpoint_len = file->len;
    return st;
}

VAULT_CHECKED static enum vault_status
ask_revoke(const struct cli *c, const char *hex,
    const struct vault_device_last *last, struct vault_error *err)
{
    struct vlt_buf answer;
    bool same;
    enum vault_status st;

    say_warn(last->none
            ? tr("nothing that device %s ever signed is trusted from now on: "
                 "what is here of it is marked, and nothing more of it comes "
                 "in. It cannot be taken back")
            : tr("what device %s signed after its last good state is not "
                 "trusted from now on: what is here of that is marked, and "
                 "nothing more of it comes in. It cannot be taken back"),
        hex);
    if (c->g.yes)
        return VAULT_OK;
    vlt_buf_init(&answer, ASK_MAX);
    st = ask_line(tr("Type the device's id to revoke it: "), true,
        N_("--yes answers the question"), &answer, err);
    same = st == VAULT_OK && strcmp(vlt_buf_cstr(&answer), hex) == 0;
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !same)
        st = vlt_fail(err, VAULT_E_CANCELLED, "that is not its id");
    return st;
}

struct finding {
    const char *hex;
    bool found;
    struct vault_device d;
};

static int
find_device(void *ctx, const struct vault_device *d)
{
    struct finding *f = ctx;

    if (strcmp(d->hex, f->hex) == 0) {
        f->found = true;
        f->d = *d;
    }
    return 0;
}

VAULT_CHECKED static enum vault_status
tell_revoked(const struct cli *c, const char *hex, struct vault_error *err)
{
    struct finding f = {.hex = hex};
    enum vault_status st = vault_devices(c->vault, find_device, &f, err);

    if (st != VAULT_OK || !f.found)
        return st;
    if (c->g.json)
        json_device(&f.d);
    else
        print_device(&f.d);
    say_info("%s",
        tr("others learn of it with the next bundle (sanduq share)"));
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
revoke(struct cli *c, const uint8_t id[VAULT_DEVICE], struct vlt_buf *file,
    struct vault_error *err)
{
    const struct revoke_opts *o = c->opts;
    struct vault_device_last last = {0};
    struct vlt_buf reason;
    enum vault_status st = read_last(o, file, &last, err);

    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = ask_revoke(c, c->args.v[0], &last, err);
    if (st != VAULT_OK)
        return st;
    st = version_reason(o->reason, tr("Why is it revoked? "), &reason, err);
    if (st == VAULT_OK)
        st = vault_device_revoke(c->vault, id, &last,
            reason.len > 0 ? vlt_buf_cstr(&reason) : NULL, err);
    vlt_buf_clear(&reason);
    return st;
}

static enum vault_status
revoke_run(struct cli *c, struct vault_error *err)
{
    const char *hex = c->args.v[0];
    uint8_t id[VAULT_DEVICE];
    struct vlt_buf file;
    enum vault_status st;

    if (!vlt_unhex(id, sizeof id, hex, strlen(hex)))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq device list shows the whole ids"),
            "\"%s\" is not the whole id of a device (16 digits)", hex);
    vlt_buf_init(&file, INTRO_MAX);
    st = revoke(c, id, &file, err);
    vlt_buf_clear(&file);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    st = tell_revoked(c, hex, err);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

/* ---- the commands ---- */

static const struct opt admit_table[] = {
    {0, "fingerprint", OPT_TEXT, "TEXT",
        N_("what was read out to you on the device, in letters or digits: its "
           "first session must have it"),
        offsetof(struct admit_opts, fingerprint)},
};
static const struct opt revoke_table[] = {
    {0, "last", OPT_TEXT, "STATE",
        N_("the last good state: a file with a checkpoint of the device, the "
           "number of a session, NUMBER/ENTRIES, or none; without it, the "
           "newest state that came in"),
        offsetof(struct revoke_opts, last)},
    {0, "reason", OPT_ASK, "TEXT",
        N_("why; it stands in the log, sealed; without TEXT you are asked"),
        offsetof(struct revoke_opts, reason)},
};

static const struct cmd_example list_examples[] = {
    {"sanduq device list", N_("devices, what came in of them, and when")},
};
static const struct cmd_example admit_examples[] = {
    {"sanduq device admit sqd1…",
        N_("by the code that was read out on the device")},
    {"sanduq device admit field.capture --fingerprint \"12345 ...\"",
        N_("by a copy of its file, and what was read out")},
};
static const struct cmd_example revoke_examples[] = {
    {"sanduq device revoke 0123456789abcdef --reason \"taken at the border\"",
        N_("what came in so far stays good")},
    {"sanduq device revoke 0123456789abcdef --last monday.checkpoint",
        N_("good up to what it had on Monday")},
};

static const struct cmd device_cmds[] = {
    {"device list", "", N_("the capture devices that the vault knows"),
        N_("Also the capture file beside the vault is a device. Sessions and "
           "records are those that came into the vault."),
        list_examples, VLT_COUNT(list_examples), NULL, 0, 0, 0, 0, 0, list_run},
    {"device admit", "FILE|CODE",
        N_("take a device made with capture init for the vault's own"),
        N_("FILE is a copy of its capture file, or the file that sanduq "
           "capture introduce wrote; CODE is what that or sanduq info prints "
           "on the device. Of a file the fingerprint is to be compared with "
           "whoever has the device, over another way than the file came by; "
           "the code carries all of it, so it is to come from that person.\n\n"
           "From then on sanduq receive takes in what the device sealed. What "
           "is in a file whose device nobody admitted is not taken in."),
        admit_examples, VLT_COUNT(admit_examples), admit_table,
        VLT_COUNT(admit_table), sizeof(struct admit_opts), 1, 1, CMD_WRITES,
        admit_run},
    {"device revoke", "ID", N_("a device that is lost, from a state on"),
        N_("Whoever has a device can seal more on it, as the device. Sessions "
           "that have ended he cannot change, and nothing that was sealed can "
           "he read. A revocation says up to which state of its log the "
           "device is trusted; it goes along with every bundle. What was "
           "signed after that state is refused by sanduq receive (or taken in "
           "with --untrusted), and verify, show and list mark it. The vault "
           "must have that state. It cannot be taken back; a second one can "
           "only name an earlier state."),
        revoke_examples, VLT_COUNT(revoke_examples), revoke_table,
        VLT_COUNT(revoke_table), sizeof(struct revoke_opts), 1, 1, CMD_WRITES,
        revoke_run},
};
const struct cmd_group device_group = {device_cmds, VLT_COUNT(device_cmds)};
