/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_disclose.c: single fields of a record, for anyone to check */
#include "cmd.h"

#include "ask.h"
#include "fail.h"
#include "fieldjson.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "said.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vault/disclose.h>

enum { DIGITS_ASKED = 6 };

struct disclose_opts {
    const char *fields;
    const char *output;
    const char *body;
    const char *revision;
    const char *statement;
};

static const struct opt disclose_table[] = {
    {0, "fields", OPT_TEXT, "NAME,NAME",
        N_("which fields; without it only that the record exists and where "
           "it stands in the log"),
        offsetof(struct disclose_opts, fields)},
    {'o', "output", OPT_TEXT, "FILE", N_("where to; nothing is overwritten"),
        offsetof(struct disclose_opts, output)},
    {0, "body", OPT_TEXT, "FILE",
        N_("write the original beside, when the field `body` is disclosed and "
           "is not in the text itself"),
        offsetof(struct disclose_opts, body)},
    {0, "revision", OPT_TEXT, "N", N_("of an older version"),
        offsetof(struct disclose_opts, revision)},
    {0, "statement", OPT_TEXT, "STATEMENT",
        N_("of the version with this statement, as when two are in conflict"),
        offsetof(struct disclose_opts, statement)},
};

static const struct cmd_example disclose_examples[] = {
    {"sanduq disclose 5f2c0a6b77d1439e8a0c3f5b9e2d4c10 --fields "
     "event.1.date,event.1.place -o disclosure.txt",
        N_("asks to type the last digits of the id")},
    {"sanduq disclose 5f2c0a6b77d1439e8a0c3f5b9e2d4c10 --fields body -o "
     "disclosure.txt --body letter.jpg",
        N_("the original, and the proof of it")},
    {"sanduq disclose 5f2c0a6b77d1439e8a0c3f5b9e2d4c10 -o proof.txt",
        N_("only that there is such a record")},
    {"sanduq verify disclosure.txt", N_("what whoever gets it will do")},
};

/* What one run is about. */
struct work {
    struct cli *c;
    const struct disclose_opts *o;
    uint8_t id[VAULT_ID];
    char *names; /* the fields, cut apart */
    const char **name;
    size_t name_len;
    struct vault_record *r;
    struct vault_disclosure *d;
    uint64_t body_bytes;
};

/* ---- what was asked for ---- */

VAULT_CHECKED static enum vault_status
check_options(const struct work *w, struct vault_error *err)
{
    const struct disclose_opts *o = w->o;

    if (strlen(w->c->args.v[0]) != HEX_ID - 1)
        return vlt_fail_hint(err, VAULT_E_USAGE, N_("sanduq show ID prints it"),
            "what cannot be taken back asks for the whole id, all 32 digits");
    if (o->output == NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("it is no secret, and not for a terminal"),
            "-o FILE says where the disclosure goes");
    if (vlt_os_exists(o->output))
        return vlt_fail(err, VAULT_E_EXISTS, "%s is there already", o->output);
    if (o->body != NULL && vlt_os_exists(o->body))
        return vlt_fail(err, VAULT_E_EXISTS, "%s is there already", o->body);
    if (o->body != NULL && strcmp(o->body, o->output) == 0)
        return vlt_fail(err, VAULT_E_USAGE, "-o and --body name one file");
    return VAULT_OK;
}

/* Cut "A,B" apart. */
VAULT_CHECKED static enum vault_status
take_names(struct work *w, struct vault_error *err)
{
    size_t commas = 0;
    char *at;

    if (w->o->fields == NULL)
        return VAULT_OK;
    w->names = vlt_strdup(w->o->fields);
    for (at = w->names; at != NULL && *at != 0; at++)
        commas += *at == ',';
    w->name = calloc(commas + 1, sizeof *w->name);
    if (w->names == NULL || w->name == NULL)
        return vlt_fail_memory(err);
    for (at = w->names; at != NULL;) {
        char *next = strchr(at, ',');

        if (next != NULL)
            *next++ = 0;
        if (*at == 0)
            return vlt_fail(err, VAULT_E_USAGE,
                "--fields takes names with a comma between them");
        w->name[w->name_len++] = at;
        at = next;
    }
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
make(struct work *w, struct vault_error *err)
{
    struct vault_disclose_options opt = {.fields = w->name,
        .fields_len = w->name_len};
    uint8_t statement[VAULT_HASH];
    enum vault_status st;

    st = version_open(w->c, w->id, w->o->revision, w->o->statement, &w->r, err);
    if (st != VAULT_OK)
        return st;
    vault_record_statement(w->r, statement);
    opt.statement = statement;
    st = vault_disclosure_make(w->c->vault, w->id, &opt, &w->d, err);
    if (st == VAULT_OK && w->o->body != NULL &&
        !vault_disclosure_facts(w->d)->beside)
        st = vlt_fail(err, VAULT_E_USAGE,
            "--body: no original is disclosed that must lie beside");
    return st;
}

/* ---- before ---- */

static void
show_fields(struct work *w)
{
    const struct vault_disclosure_facts *f = vault_disclosure_facts(w->d);
    struct vault_field field;

    out_printf("%s\n",
        vault_disclosure_fields(w->d) > 0
            ? tr("Everyone who gets it will read this:")
            : tr("No field is disclosed; everyone who gets it will know that "
                 "this record exists"));
    for (size_t i = 0; i < vault_disclosure_fields(w->d); i++) {
        vault_disclosure_field(w->d, i, &field);
        said_field(&field, f->beside && field.type == VAULT_BODY,
            vault_record_entry(w->r)->bytes);
    }
}

static void
show_facts(const struct work *w)
{
    const struct vault_disclosure_facts *f = vault_disclosure_facts(w->d);
    char id[HEX_ID], vault[HEX_ID];

    hex_id(id, f->record);
    hex_id(vault, f->vault);
    out_printf("%s\n", tr("and with it:"));
    out_printf(tr("  record %s, version %" PRIu32 ", of vault %s"), id,
        f->version, vault);
    out_text("\n");
    out_printf(tr("  the key of that vault, %s, with its whole card"),
        f->fingerprint);
    out_text("\n");
    out_printf(tr("  the log %s, line %" PRIu64 " of %" PRIu64), f->origin,
        f->index, f->size);
    out_text("\n");
    if (f->leaves > 0) {
        out_printf(tr("  that the record has %u fields at most"), f->leaves);
        out_text("\n");
    }
}

static void
show_reach(const struct work *w)
{
    const struct vault_disclosure_facts *f = vault_disclosure_facts(w->d);

    say_warn("%s",
        tr("whoever has it can read this and prove it to anyone, the state "
           "included, for good; it cannot be taken back"));
    say_info("%s",
        tr("the other fields stay hidden; if the key is found on somebody's "
           "device, it ties the record to them"));
    if (f->foreign)
        say_warn("%s",
            tr("this is a record of another vault: did its people agree?"));
    else
        say_warn("%s",
            tr("consents on record are not looked at: did the people agree?"));
    if (f->beside && w->o->body == NULL)
        say_info("%s",
            tr("the original is not in the text: --body FILE writes it "
               "beside, or hand it on yourself"));
}

/* The end of its id, or the code that people gave it. */
static bool
names_it(const struct work *w, const char *answer)
{
    static const char *const codes[] = {"record.code", "item.code",
        "contact.code", "consent.id"};
    char hex[HEX_ID];
    struct vault_field f;
    size_t len = strlen(answer);

    hex_id(hex, w->id);
    if (len >= DIGITS_ASKED && len < sizeof hex &&
        strcmp(hex + sizeof hex - 1 - len, answer) == 0)
        return true;
    for (size_t i = 0; i < vault_record_fields(w->r); i++) {
        vault_record_field(w->r, i, &f);
        for (size_t k = 0; k < VLT_COUNT(codes); k++) {
            if (strcmp(f.name, codes[k]) == 0 && f.type == VAULT_TEXT &&
                f.value_len == len && len > 0 &&
                memcmp(f.value, answer, len) == 0)
                return true;
        }
    }
    return false;
}

VAULT_CHECKED static enum vault_status
ask(const struct work *w, struct vault_error *err)
{
    char prompt[256];
    struct vlt_buf answer;
    bool named;
    enum vault_status st;

    if (w->c->g.yes)
        return VAULT_OK;
    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt,
        tr("Type the last %d digits of the id, or the record's code, to "
           "disclose it: "),
        (int)DIGITS_ASKED);
    st = ask_line(prompt, true, N_("--yes answers the question"), &answer, err);
    named = st == VAULT_OK && names_it(w, vlt_buf_cstr(&answer));
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !named)
        return vlt_fail(err, VAULT_E_CANCELLED,
            "this is neither the end of its id nor its code");
    return st;
}

/* ---- writing ---- */

struct sink {
    struct vlt_outfile *file;
    uint64_t bytes;
};

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct sink *s = ctx;

    progress_add(n);
    s->bytes += n;
    if (vlt_os_interrupted())
        return vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    return vlt_outfile_write(s->file, p, n, err);
}

/* The original first: a disclosure that names it comes to stand beside it. */
VAULT_CHECKED static enum vault_status
write_body(struct work *w, struct vault_error *err)
{
    struct sink s = {NULL, 0};
    enum vault_status st;

    if (w->o->body == NULL)
        return VAULT_OK;
    st = vlt_outfile_begin(w->o->body, false, &s.file, err);
    if (st != VAULT_OK)
        return st;
    vlt_os_catch_interrupt();
    progress_begin(vault_record_entry(w->r)->bytes, false);
    progress_name(vlt_os_basename(w->o->body));
    st = vault_record_read(w->r, put, &s, err);
    progress_end();
    if (st != VAULT_OK) {
        vlt_outfile_discard(s.file);
        return st;
    }
    w->body_bytes = s.bytes;
    st = vlt_outfile_commit(s.file, err);
    w->c->changed = st == VAULT_OK;
    return st;
}

VAULT_CHECKED static enum vault_status
write_text(struct work *w, struct vault_error *err)
{
    size_t len;
    const char *text = vault_disclosure_text(w->d, &len);
    enum vault_status st = vlt_os_create_small(w->o->output, text, len, err);

    if (st == VAULT_OK)
        w->c->changed = true;
    return st;
}

static void
tell_json(const struct work *w)
{
    const struct vault_disclosure_facts *f = vault_disclosure_facts(w->d);
    struct vault_field field;
    struct jline j;
    size_t len;

    (void)vault_disclosure_text(w->d, &len);
    jline_begin(&j, "disclosure");
    jline_hex(&j, "id", f->record, VAULT_ID);
    jline_u64(&j, "version", f->version);
    jline_hex(&j, "vault", f->vault, VAULT_ID);
    jline_hex(&j, "statement", f->statement, VAULT_HASH);
    jline_text(&j, "fingerprint", f->fingerprint);
    jline_text(&j, "origin", f->origin);
    jline_u64(&j, "index", f->index);
    jline_u64(&j, "size", f->size);
    jline_u64(&j, "leaves", f->leaves);
    jline_bool(&j, "foreign", f->foreign);
    jline_text(&j, "path", w->o->output);
    jline_u64(&j, "bytes", len);
    if (w->o->body != NULL) {
        jline_text(&j, "body", w->o->body);
        jline_u64(&j, "body_bytes", w->body_bytes);
    }
    jline_array(&j, "fields");
    for (size_t i = 0; i < vault_disclosure_fields(w->d); i++) {
        vault_disclosure_field(w->d, i, &field);
        field_json(&j, &field);
    }
    jline_array_end(&j);
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", "disclose");
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static void
tell(const struct work *w)
{
    if (w->c->g.json) {
        tell_json(w);
        return;
    }
    say_info(tr("wrote %s; whoever has it checks it with sanduq verify"),
        w->o->output);
    if (w->o->body != NULL)
        say_info(tr("wrote %s (%" PRIu64 " bytes); it lies there unencrypted"),
            w->o->body, w->body_bytes);
}

VAULT_CHECKED static enum vault_status
disclose(struct work *w, struct vault_error *err)
{
    enum vault_status st = make(w, err);

    if (st != VAULT_OK)
        return st;
    if (!w->c->g.json) {
        show_fields(w);
        show_facts(w);
        out_flush();
    }
    show_reach(w);
    st = ask(w, err);
    if (st == VAULT_OK)
        st = write_body(w, err);
    if (st == VAULT_OK)
        st = write_text(w, err);
    if (st == VAULT_OK)
        tell(w);
    return st;
}

static enum vault_status
disclose_run(struct cli *c, struct vault_error *err)
{
    struct work w = {.c = c, .o = c->opts};
    enum vault_status st = check_options(&w, err);

    if (st == VAULT_OK)
        st = take_names(&w, err);
    if (st == VAULT_OK)
        st = unlock_open(c, err);
    if (st == VAULT_OK)
        st = hex_resolve(c, c->args.v[0], w.id, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = disclose(&w, err);
    vault_disclosure_free(w.d);
    vault_record_close(w.r);
    free(w.name);
    free(w.names);
    return st;
}

static const struct cmd disclose_cmds[] = {
    {"disclose", "ID", N_("prove single fields of a record to anyone"),
        N_("Writes a text with the fields that are named, in clear, and with "
           "all that is needed to check without any secret that the record "
           "committed to them when it was logged: for a court, a newspaper, a "
           "partner who should not get the record. The other fields stay "
           "hidden. What everyone will read and know is shown before, and "
           "asked for once more.\n\nIt is not sealed and cannot be taken "
           "back: whoever has it can prove it to anyone, the state included. "
           "It ties the record to the vault's key for good. It does not prove "
           "that what the field says is true, nor when or by whom it was "
           "written. Records of others, and parts of them, can be disclosed "
           "as well: ask those whose record it is. Unlike share and export it "
           "does not look at the consents on record.\n\nsanduq verify FILE "
           "checks it, and so can other programs: docs/format.md, "
           "section 9.5."),
        disclose_examples, VLT_COUNT(disclose_examples), disclose_table,
        VLT_COUNT(disclose_table), sizeof(struct disclose_opts), 1, 1,
        CMD_WRITES, disclose_run},
};
const struct cmd_group disclose_group = {disclose_cmds,
    VLT_COUNT(disclose_cmds)};
