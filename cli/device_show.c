/* SPDX-License-Identifier: Apache-2.0 */
/* device_show.c: capture devices and their files, shown */
#include "device_show.h"

#include "ask.h"
#include "bytes.h"
#include "capturing.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
row(const char *label, const char *value)
{
    out_text("  ");
    out_column(label, 22, false);
    out_text(" ");
    out_safe(value, strlen(value), 0);
    out_text("\n");
}

static void
row_number(const char *label, uint64_t n)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRIu64, n);
    row(label, text);
}

void
device_intro_print(const struct vault_device_intro *d)
{
    row(tr("device"), d->hex);
    row(tr("code"), d->code);
    row(tr("its fingerprint"), d->letters);
    row(tr("read out"), d->digits);
}

static void
intro_members(struct jline *j, const struct vault_device_intro *d)
{
    jline_text(j, "device", d->hex);
    jline_text(j, "code", d->code);
    jline_hex(j, "first", d->first, VAULT_HASH);
    jline_text(j, "letters", d->letters);
    jline_text(j, "digits", d->digits);
}

void
device_intro_json(const struct vault_device_intro *d, const char *path)
{
    struct jline j;

    jline_begin(&j, "introduction");
    intro_members(&j, d);
    if (path != NULL)
        jline_text(&j, "path", path);
    jline_end(&j);
}

void
device_keep(void *ctx, const struct vault_device_intro *d)
{
    struct device_kept *k = ctx;

    k->d = *d;
    k->d.note = NULL;
    if (d->note == NULL)
        return;
    k->note = vlt_memdup(d->note, d->note_len);
    k->failed = k->note == NULL;
    k->d.note = k->note;
}

void
device_kept_clear(struct device_kept *k)
{
    free(k->note);
    memset(k, 0, sizeof *k);
}

/* ---- a capture file ---- */

static void
info_text(const struct vault_capture_info *i)
{
    char hex[HEX_ID], size[SIZE_TEXT];

    out_printf("%s\n", tr("Capture file"));
    row(tr("seals to the card"), i->fingerprint);
    row_number(tr("key generation"), i->generation);
    hex_id(hex, i->vault);
    row(tr("of the vault"), hex);
    size_text(size, i->bytes);
    row(tr("file"), size);
    row_number(tr("records in it"), i->records);
    row_number(tr("sessions in it"), i->sessions);
    if (i->locked) {
        row(tr("session"), tr("its key is gone: nothing can be sealed to it"));
        return;
    }
    row_number(i->running ? tr("running session") : tr("next session"),
        i->number);
    if (i->running)
        row_number(tr("its entries"), i->size);
    out_printf("%s\n", tr("How its device is admitted"));
}

static void
info_json(const struct vault_capture_info *i,
    const struct vault_device_intro *d)
{
    struct jline j;

    jline_begin(&j, "info");
    jline_text(&j, "kind", "capture");
    jline_hex(&j, "vault", i->vault, VAULT_ID);
    jline_u64(&j, "generation", i->generation);
    jline_text(&j, "fingerprint", i->fingerprint);
    jline_u64(&j, "file_bytes", i->bytes);
    jline_u64(&j, "records", i->records);
    jline_u64(&j, "sessions", i->sessions);
    jline_bool(&j, "sealable", !i->locked);
    jline_bool(&j, "running", i->running);
    jline_u64(&j, "number", i->number);
    jline_u64(&j, "size", i->size);
    if (d != NULL)
        intro_members(&j, d);
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", "info");
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

enum vault_status
device_info(struct cli *c, struct vault_error *err)
{
    struct vault_capture_info info = {0};
    struct device_kept k = {0};
    bool introduced = false;
    enum vault_status st = capture_open(c, err);

    if (st == VAULT_OK)
        st = vault_capture_info(c->vault, &info, err);
    if (st == VAULT_OK) {
        st = vault_device_intro(c->vault, device_keep, &k, err);
        introduced = st == VAULT_OK;
        if (st == VAULT_E_NO_KEY)
            st = VAULT_OK;
    }
    if (st == VAULT_OK && c->g.json)
        info_json(&info, introduced ? &k.d : NULL);
    else if (st == VAULT_OK)
        info_text(&info);
    if (st == VAULT_OK && !c->g.json && introduced)
        device_intro_print(&k.d);
    if (st == VAULT_OK)
        say_info("%s",
            tr("all of this can be read by whoever holds the file, and nothing "
               "of what was sealed; it was not checked here, sanduq verify "
               "does that"));
    device_kept_clear(&k);
    return st;
}

/* ---- comparing ---- */

static enum vault_status
ask_compared(const struct vault_device_intro *d, bool *compared,
    struct vault_error *err)
{
    struct vlt_buf answer;
    enum vault_status st;

    say_info("%s",
        tr("compare its fingerprint with whoever has the device: sanduq info "
           "shows it there; over the telephone, or face to face, not the way "
           "the file came by"));
    vlt_buf_init(&answer, ASK_MAX);
    st = ask_line(tr("Its last group, when they read out the same (nothing: "
                     "not compared): "),
        true,
        N_("--fingerprint with what they read out, or sanduq device admit "
           "with the code of the device"),
        &answer, err);
    if (st == VAULT_OK && answer.len > 0) {
        *compared = vault_fingerprint_ends(d->first, vlt_buf_cstr(&answer)) ||
            vault_fingerprint_is(d->first, vlt_buf_cstr(&answer));
        if (!*compared)
            st = vlt_fail(err, VAULT_E_POLICY,
                "that is not the last group of its fingerprint: the device "
                "was not admitted");
    }
    vlt_buf_clear(&answer);
    return st;
}

enum vault_status
device_compare(const struct cli *c, const struct vault_device_intro *d,
    const char *given, bool *compared, struct vault_error *err)
{
    *compared = false;
    if (given == NULL && c->g.yes) {
        *compared = true;
        say_warn(tr("device %s is admitted as compared: --yes said so"),
            d->hex);
        return VAULT_OK;
    }
    if (given == NULL)
        return ask_compared(d, compared, err);
    *compared = vault_fingerprint_is(d->first, given);
    if (*compared)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        N_("somebody may have put another file in its place: ask whoever has "
           "the device over another way"),
        "the device does not have that fingerprint: it was not admitted");
}

const char *
device_unknown(void)
{
    return tr("whether a revoked device sealed it could not be found out now: "
              "do not rely on it before that is known");
}

bool
device_untrusted(const struct cli *c, const struct vault_entry *e,
    char device[VAULT_DEVICE_HEX])
{
    struct vault_untrusted *u = NULL;
    bool is = false;
    enum vault_status st = vault_untrusted_open(c->vault, &u, NULL);

    device[0] = 0;
    if (st == VAULT_OK)
        st = vault_untrusted_is(u, e->id, 0, &is, device, NULL);
    vault_untrusted_close(u);
    if (st != VAULT_OK)
        (void)snprintf(device, VAULT_DEVICE_HEX, "?");
    if (e->foreign)
        device[0] = 0;
    return device[0] != 0;
}
