/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_list.c: what is in the vault, and finding it by words */
#include "cmd.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "utf.h"
#include "when.h"

#include <vault/device.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct list_opts {
    const char *type;
    const char *since;
    const char *until;
    const char *limit;
    const char *sort;
    const char *tag;
};

/* The same for both commands. */
static const struct opt list_table[] = {
    {'t', "type", OPT_TEXT, "TYPE", N_("only records of this type"),
        offsetof(struct list_opts, type)},
    {0, "since", OPT_TEXT, "DATE",
        N_("sealed on this day or later: YYYY-MM-DD, or a time such as "
           "2031-11-04T09:00:00Z"),
        offsetof(struct list_opts, since)},
    {0, "until", OPT_TEXT, "DATE", N_("sealed before this day"),
        offsetof(struct list_opts, until)},
    {0, "limit", OPT_TEXT, "N", N_("at most so many"),
        offsetof(struct list_opts, limit)},
    {0, "sort", OPT_CHOICE, "newest|oldest", N_("the newest first, or last"),
        offsetof(struct list_opts, sort)},
    {0, "tag", OPT_TEXT, "TAG", N_("only records with this tag"),
        offsetof(struct list_opts, tag)},
};

static const struct cmd_example find_examples[] = {
    {"sanduq find Qairat Almaty",
        N_("records with both, also as Қайрат, "
           "Kayrat or قايرات, Алматы")},
    {"sanduq find 'Алмат*' -t testimony",
        N_("words that begin so, in testimonies")},
    {"sanduq find wulumuqi", N_("乌鲁木齐 by its sound")},
    {"sanduq find",
        N_("asks for the words, which then stand in no shell "
           "history and no list of processes")},
};

static const struct cmd_example list_examples[] = {
    {"sanduq list", N_("everything, the newest first")},
    {"sanduq list -t testimony --since 2031-01-01",
        N_("testimonies sealed this year")},
    {"sanduq list --json | jq -r .id", N_("ids for a script")},
};

enum {
    ID_COLUMNS = 12,
    WHEN_COLUMNS = 23,
    TYPE_COLUMNS = 9,
    SIZE_COLUMNS = 10
};

struct list {
    const struct cli *c;
    struct vault_untrusted *untrusted;
    int name_columns; /* 0: as many as it takes */
    uint64_t shown, bad;
};

static void
put_right(const char *s, int columns)
{
    for (int n = utf_columns(s, strlen(s)); n < columns; n++)
        out_text(" ");
    out_text(s);
}

static void
print_head(const struct list *l)
{
    (void)l;
    out_column(tr("ID"), ID_COLUMNS, false);
    out_text("  ");
    out_column(tr("SEALED"), WHEN_COLUMNS, false);
    out_text("  ");
    out_column(tr("TYPE"), TYPE_COLUMNS, false);
    out_text("  ");
    put_right(tr("SIZE"), SIZE_COLUMNS);
    out_printf("  %s\n", tr("NAME"));
}

/* Nothing more is known of it here. */
static void
print_away(const struct vault_entry *e)
{
    out_column("-", TYPE_COLUMNS, false);
    out_text("  ");
    put_right("-", SIZE_COLUMNS);
    out_text("  ");
    out_printf(tr("(sealed to the compartment %s: cannot be opened here)"),
        e->compartment);
    out_text("\n");
}

/* Of a revoked device, after its last good state; device is "" otherwise. A
 * question that fails has no answer that could be trusted. */
static void
device_of(const struct list *l, const struct vault_entry *e,
    char device[VAULT_DEVICE_HEX])
{
    bool is = false;

    device[0] = 0;
    if (l->untrusted != NULL && !e->foreign &&
        vault_untrusted_is(l->untrusted, e->id, 0, &is, device, NULL) !=
            VAULT_OK)
        (void)snprintf(device, VAULT_DEVICE_HEX, "?");
}

static void
print_row(const struct list *l, const struct vault_entry *e, const char *device)
{
    char id[HEX_SHORT], when[WHEN_SIZE], size[SIZE_TEXT] = "-";

    hex_short(id, e->id);
    when_local(when, e->sealed);
    if (e->has_body)
        size_text(size, e->bytes);
    out_column(id, ID_COLUMNS, false);
    out_text("  ");
    out_column(when, WHEN_COLUMNS, false);
    out_text("  ");
    if (e->compartment != NULL) {
        print_away(e);
        return;
    }
    out_column(e->type, TYPE_COLUMNS, true);
    out_text("  ");
    put_right(size, SIZE_COLUMNS);
    out_text("  ");
    if (device[0] != 0)
        out_printf("[%s] ", tr("UNTRUSTED"));
    if (l->name_columns > 0 &&
        utf_columns(e->name, strlen(e->name)) > l->name_columns)
        out_column(e->name, l->name_columns, true);
    else
        out_column(e->name, 0, false);
    out_text("\n");
}

static void
print_json(const struct vault_entry *e, const char *device)
{
    struct jline j;

    jline_begin(&j, "record");
    jline_hex(&j, "id", e->id, VAULT_ID);
    jline_u64(&j, "version", e->version);
    jline_text(&j, "record_type", e->type);
    jline_text(&j, "name", e->name);
    jline_text(&j, "media", e->media);
    jline_time(&j, "sealed", e->sealed);
    if (e->has_body)
        jline_u64(&j, "bytes", e->bytes);
    if (e->compartment != NULL)
        jline_text(&j, "compartment", e->compartment);
    if (e->foreign) {
        jline_bool(&j, "foreign", true);
        jline_bool(&j, "partial", e->partial);
        jline_hex(&j, "origin", e->origin, VAULT_ID);
    }
    if (device[0] != 0) {
        jline_bool(&j, "untrusted", true);
        jline_text(&j, "device", device);
    }
    jline_end(&j);
}

static int
print_entry(void *ctx, const struct vault_entry *e)
{
    struct list *l = ctx;
    char device[VAULT_DEVICE_HEX];

    device_of(l, e, device);
    if (l->c->g.json)
        print_json(e, device);
    else if (l->shown == 0)
        print_head(l);
    if (!l->c->g.json)
        print_row(l, e, device);
    l->shown++;
    return vlt_os_interrupted() ? 1 : 0;
}

static int
print_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    struct list *l = ctx;
    struct jline j;
    char hex[HEX_ID], message[512];

    l->bad++;
    hex_id(hex, id);
    say_message(why, message, sizeof message);
    say_warn(tr("record %s, version %" PRIu32 ": %s"), hex, version, message);
    if (!l->c->g.json)
        return 0;
    jline_begin(&j, "failed");
    jline_text(&j, "id", hex);
    jline_u64(&j, "version", version);
    jline_text(&j, "code", vault_status_name(why->code));
    jline_text(&j, "message", message);
    jline_end(&j);
    return 0;
}

VAULT_CHECKED static enum vault_status
read_options(const struct list_opts *o, struct vault_list_options *v,
    struct vault_error *err)
{
    *v = (struct vault_list_options){.type = o->type,
        .tag = o->tag,
        .since = INT64_MIN,
        .until = INT64_MAX,
        .newest_first = true};
    if (o->since != NULL && !when_parse(o->since, &v->since))
        return vlt_fail(err, VAULT_E_USAGE,
            "--since takes a day or a time, not \"%s\"", o->since);
    if (o->until != NULL && !when_parse(o->until, &v->until))
        return vlt_fail(err, VAULT_E_USAGE,
            "--until takes a day or a time, not \"%s\"", o->until);
    if (o->limit != NULL &&
        (!vlt_parse_u64(&v->limit, o->limit, strlen(o->limit)) ||
            v->limit == 0))
        return vlt_fail(err, VAULT_E_USAGE,
            "--limit takes a number from 1 on, not \"%s\"", o->limit);
    if (o->sort != NULL)
        v->newest_first = strcmp(o->sort, "newest") == 0;
    return VAULT_OK;
}

static void
tell_end(const struct list *l)
{
    struct jline j;

    if (!l->c->g.json) {
        if (l->shown == 0 && l->bad == 0)
            say_info("%s", tr("nothing fits"));
        return;
    }
    jline_begin(&j, "summary");
    jline_text(&j, "command", l->c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)l->c->exit);
    jline_u64(&j, "records", l->shown);
    jline_u64(&j, "failed", l->bad);
    jline_end(&j);
}

static enum vault_status
show_list(struct cli *c, const struct vault_list_options *opt,
    struct vault_error *err)
{
    struct list l = {.c = c};
    int columns = vlt_tty_is(1) ? vlt_tty_columns(1) : 0;
    enum vault_status st = unlock(c, err);

    if (st != VAULT_OK)
        return st;
    if (columns > 0) {
        columns -= ID_COLUMNS + WHEN_COLUMNS + TYPE_COLUMNS + SIZE_COLUMNS + 8;
        l.name_columns = columns < 12 ? 12 : columns;
    }
    vlt_os_catch_interrupt();
    st = vault_untrusted_open(c->vault, &l.untrusted, err);
    if (st == VAULT_OK)
        st = vault_list(c->vault, opt, print_entry, print_bad, &l, err);
    vault_untrusted_close(l.untrusted);
    if (l.bad > 0)
        c->exit = vault_status_exit(VAULT_E_TAMPERED);
    if (st == VAULT_OK)
        tell_end(&l);
    return st;
}

static enum vault_status
list_run(struct cli *c, struct vault_error *err)
{
    struct vault_list_options opt;
    enum vault_status st = read_options(c->opts, &opt, err);

    return st == VAULT_OK ? show_list(c, &opt, err) : st;
}

static enum vault_status
find_run(struct cli *c, struct vault_error *err)
{
    struct vault_list_options opt;
    struct vlt_buf answer;
    const char *asked;
    enum vault_status st = read_options(c->opts, &opt, err);

    if (st != VAULT_OK)
        return st;
    opt.words = c->args.v;
    opt.words_len = c->args.n;
    if (c->args.n > 0)
        return show_list(c, &opt, err);
    vlt_buf_init(&answer, ASK_MAX);
    st = ask_line(tr("Words to look for: "), true,
        N_("say which words to look for: sanduq find WORDS..."), &answer, err);
    asked = vlt_buf_cstr(&answer);
    opt.words = &asked;
    opt.words_len = 1;
    if (st == VAULT_OK)
        st = show_list(c, &opt, err);
    vlt_buf_clear(&answer);
    return st;
}

static const struct cmd list_cmds[] = {
    {"list", "", N_("what is in the vault"),
        N_("One line for each record: the beginning of its id, when it was "
           "sealed, type, size and name. Marks such as \\u202e in a name "
           "stand for characters that cannot be seen or that change the "
           "order of others."),
        list_examples, VLT_COUNT(list_examples), list_table,
        VLT_COUNT(list_table), sizeof(struct list_opts), 0, 0, 0, list_run},
    {"find", "[WORDS...]", N_("records by the words in them"),
        N_("One line for each record in whose texts all the words stand: "
           "title, file name, account, names, places, dates, tags, whatever "
           "was written down. What is in the sealed files themselves is not "
           "searched. Case, accents and the script do not matter: a Kazakh "
           "name is found in Cyrillic, Latin and Arabic letters, an Uyghur "
           "one in Arabic, Latin and Cyrillic ones, a Russian one in Latin "
           "ones, and Chinese by its characters, simplified or traditional, "
           "or in pinyin with or without tones. A word with * after it is "
           "the beginning of one.\n\n"
           "Each record is opened before it is shown. One that cannot be "
           "opened is told, whatever was looked for."),
        find_examples, VLT_COUNT(find_examples), list_table,
        VLT_COUNT(list_table), sizeof(struct list_opts), 0, SIZE_MAX, 0,
        find_run},
};
const struct cmd_group list_group = {list_cmds, VLT_COUNT(list_cmds)};
