/* SPDX-License-Identifier: Apache-2.0 */
/* help.c: help texts out of the tables of commands */
#include "help.h"

#include "fail.h"
#include "tr.h"
#include "utf.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 78, NAME_COLUMNS = 23, OPTION_COLUMNS = 30 };

static const struct {
    const char *name;
    const char *summary;
    const char *text;
} topics[] = {
    {"exit-status", N_("what the exit statuses mean"),
        N_("0    done\n"
           "1    failed: reading or writing, disk full, made by a newer "
           "Sanduq, or one of several files could not be read\n"
           "2    asked for something that cannot be\n"
           "3    the evidence does not match: tampered with, forged, or "
           "damaged\n"
           "4    cannot unlock: wrong passphrase, or no key for this\n"
           "5    busy: another program writes to the vault\n"
           "6    sound, but not as asked for: another signer than --card "
           "says, or one that is not known; not of the history of --since, or "
           "an older copy; not as --policy, --witness or --witnessed ask; a "
           "signature with nothing here to check it; records sealed by what "
           "was revoked; a bundle or a part that is not whole; a request, an "
           "answer or a card that was refused\n"
           "7    not found\n"
           "130  interrupted, or the answer was no\n"
           "verify without --card ends with 0 when everything holds, and "
           "says that the signer was not compared.")},
    {"passphrases",
        N_("where passphrases come from, and what they are "
           "worth"),
        N_("sanduq init draws 24 digits in six groups. Every keyboard can "
           "type them, and no list of words helps to guess them. Write them "
           "down and keep the paper apart from the vault: without the "
           "passphrase nobody can open it.\n"
           "\n"
           "A passphrase of your own has 12 characters or more. Take five or "
           "more words that have nothing to do with each other. Names, "
           "dates, verses and rows of the keyboard are tried first. No "
           "program can tell how good a passphrase is; this one refuses only "
           "the worst.\n"
           "\n"
           "A passphrase is asked on the terminal, or read with "
           "--passphrase-fd N, --passphrase-file FILE or "
           "--passphrase-command CMD; one line end behind it is cut off. It "
           "is never taken from the command line or from a variable, where "
           "other programs can read it.\n"
           "\n"
           "Whoever forces you to say the passphrase opens the vault. There "
           "is no second passphrase that shows less: a lie that can be found "
           "out is dangerous for you.")},
    {"words", N_("what the words used here mean, and do not mean"),
        N_("unchanged since it was sealed: the bytes are those that were "
           "sealed. It does not say that they are true.\n"
           "\n"
           "signed by KEY (compared): by the key you named with --card. (not "
           "compared): by some key; anyone can make a vault that agrees with "
           "itself.\n"
           "\n"
           "detectable by whoever holds an earlier checkpoint: history can "
           "be rewritten by whoever has the keys, but not unnoticed by those "
           "who keep an older checkpoint of the same log.\n"
           "\n"
           "draft: the format of this vault may still change.\n"
           "\n"
           "A mark such as \\u202e or \\u001b in a name stands for a "
           "character that cannot be seen or could mislead you.")},
};

/* One paragraph line: words until it is full. */
static void
wrap_line(struct vlt_buf *b, const char *s, size_t n, int indent, int columns)
{
    int used = 0;

    for (size_t i = 0; i < n;) {
        size_t end = i;
        int w;

        while (end < n && s[end] != ' ')
            end++;
        w = utf_columns(s + i, end - i);
        if (used > 0 && indent + used + 1 + w > columns) {
            vlt_buf_put_u8(b, '\n');
            used = 0;
        }
        for (int k = 0; used == 0 && k < indent; k++)
            vlt_buf_put_u8(b, ' ');
        if (used > 0)
            vlt_buf_put_u8(b, ' ');
        vlt_buf_put(b, s + i, end - i);
        used += w + (used > 0);
        /* blanks inside a line are kept: tables in topics */
        i = end < n ? end + 1 : end;
        while (i < n && s[i] == ' ') {
            vlt_buf_put_u8(b, ' ');
            used++;
            i++;
        }
    }
    vlt_buf_put_u8(b, '\n');
}

void
help_wrap(struct vlt_buf *b, const char *text, int indent, int columns)
{
    while (*text != 0) {
        size_t n = strcspn(text, "\n");

        wrap_line(b, text, n, indent, columns);
        text += n + (text[n] == '\n');
    }
}

static void
pad(struct vlt_buf *b, const char *s, int columns)
{
    vlt_buf_put_str(b, s);
    for (int n = utf_columns(s, strlen(s)); n < columns; n++)
        vlt_buf_put_u8(b, ' ');
}

static void
overview_line(void *ctx, const struct cmd *cmd)
{
    struct vlt_buf *b = ctx;

    if ((cmd->flags & CMD_HIDDEN) != 0)
        return;
    vlt_buf_put_str(b, "  ");
    pad(b, cmd->name, NAME_COLUMNS);
    vlt_buf_put_str(b, tr(cmd->summary));
    vlt_buf_put_u8(b, '\n');
}

void
help_overview(struct vlt_buf *b)
{
    vlt_buf_put_str(b,
        tr("sanduq keeps evidence encrypted, and shows when it "
           "was changed"));
    vlt_buf_put_str(b,
        "\n\n  sanduq init evidence.sanduq\n"
        "  sanduq -V evidence.sanduq add letter.jpg\n"
        "  sanduq -V evidence.sanduq list\n"
        "  sanduq verify evidence.sanduq\n\n");
    cmd_each(overview_line, b);
    vlt_buf_put_u8(b, '\n');
    for (size_t i = 0; i < VLT_COUNT(topics); i++) {
        char line[64];

        (void)snprintf(line, sizeof line, "help %s", topics[i].name);
        vlt_buf_put_str(b, "  ");
        pad(b, line, NAME_COLUMNS + 2);
        vlt_buf_put_str(b, tr(topics[i].summary));
        vlt_buf_put_u8(b, '\n');
    }
    vlt_buf_put_u8(b, '\n');
    vlt_buf_put_str(b, tr("sanduq help COMMAND says everything about one"));
    vlt_buf_put_u8(b, '\n');
}

static void
put_options(struct vlt_buf *b, const struct opt *opt, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct vlt_buf line;
        const char *help = tr(opt[i].help);
        int w;

        vlt_buf_init(&line, 256);
        if (opt[i].letter != 0)
            vlt_buf_printf(&line, "  -%c, ", opt[i].letter);
        else
            vlt_buf_put_str(&line, "      ");
        vlt_buf_printf(&line, "--%s", opt[i].name);
        if (opt[i].arg != NULL)
            vlt_buf_printf(&line, " %s", opt[i].arg);
        pad(b, vlt_buf_cstr(&line), OPTION_COLUMNS);
        w = utf_columns(vlt_buf_cstr(&line), line.len);
        if (w < OPTION_COLUMNS &&
            OPTION_COLUMNS + 2 + utf_columns(help, strlen(help)) <= COLUMNS) {
            vlt_buf_printf(b, "  %s\n", help);
        } else {
            vlt_buf_put_u8(b, '\n');
            help_wrap(b, help, 10, COLUMNS);
        }
        vlt_buf_clear(&line);
    }
}

void
help_command(struct vlt_buf *b, const struct cmd *cmd)
{
    vlt_buf_printf(b, "sanduq %s: %s\n\n", cmd->name, tr(cmd->summary));
    for (size_t i = 0; i < cmd->examples_len; i++) {
        vlt_buf_printf(b, "  %s\n", cmd->examples[i].line);
        help_wrap(b, tr(cmd->examples[i].what), 6, COLUMNS);
    }
    vlt_buf_put_str(b, "\n");
    vlt_buf_printf(b, "%s: sanduq [%s] %s%s%s\n\n", tr("usage"), tr("options"),
        cmd->name, cmd->args[0] != 0 ? " " : "", cmd->args);
    help_wrap(b, tr(cmd->text), 0, COLUMNS);
    if (cmd->opts_len > 0) {
        vlt_buf_printf(b, "\n%s\n", tr("Options"));
        put_options(b, cmd->opts, cmd->opts_len);
    }
    vlt_buf_printf(b, "\n%s\n", tr("Options of every command"));
    put_options(b, cmd_globals, cmd_globals_len);
}

const char *
help_topic(const char *name)
{
    for (size_t i = 0; i < VLT_COUNT(topics); i++) {
        if (strcmp(topics[i].name, name) == 0)
            return tr(topics[i].text);
    }
    return NULL;
}
