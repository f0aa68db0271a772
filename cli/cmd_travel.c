/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_travel.c: crossing a border with a file that its bearer cannot open */
#include "cmd.h"

#include "fail.h"
#include "tr.h"
#include "travel_cmds.h"

#include <stddef.h>

static const struct opt prepare_table[] = {
    {0, "to", OPT_LIST, "NAME",
        N_("headquarters, a pinned card that was compared: it opens the "
           "travel file again; more than one may be named"),
        offsetof(struct travel_prepare_opts, to)},
    {0, "shares", OPT_LIST, "K/N",
        N_("shares for people who stay behind, K of which open it again"),
        offsetof(struct travel_prepare_opts, shares)},
    {0, "with", OPT_LIST, "ID",
        N_("a record that goes along (the whole id); none does unless it is "
           "named"),
        offsetof(struct travel_prepare_opts, with)},
    {'o', "output", OPT_TEXT, "FILE|-",
        N_("where the challenge to headquarters goes; else NEW.challenge"),
        offsetof(struct travel_prepare_opts, output)},
    {0, "sheets", OPT_TEXT, "FOLDER",
        N_("write the sheets of the shares there; else they are shown on the "
           "terminal"),
        offsetof(struct travel_prepare_opts, sheets)},
    {0, "text", OPT_FLAG, NULL, N_("sheets as text instead of HTML"),
        offsetof(struct travel_prepare_opts, text)},
    {0, "ask", OPT_FLAG, NULL,
        N_("ask headquarters once more about a travel file that is there"),
        offsetof(struct travel_prepare_opts, ask)},
    {0, "no-capture", OPT_FLAG, NULL,
        N_("no capture file for what is collected on the way"),
        offsetof(struct travel_prepare_opts, no_capture)},
    {0, "again", OPT_FLAG, NULL,
        N_("also when a file with the next card was made before: whoever "
           "sees both cards refuses both"),
        offsetof(struct travel_prepare_opts, again)},
    {0, "way", OPT_TEXT, "ID",
        N_("with --ask: which way to unlock of the travel file, when it has "
           "several for cards"),
        offsetof(struct travel_prepare_opts, slot)},
    {0, "reason", OPT_ASK, "TEXT",
        N_("why, kept in the custody log; without a text you are asked"),
        offsetof(struct travel_prepare_opts, reason)},
};
static const struct opt answer_table[] = {
    {'o', "output", OPT_TEXT, "FILE|-", N_("where the answer goes"),
        offsetof(struct travel_answer_opts, output)},
};
static const struct opt finish_table[] = {
    {0, "answer", OPT_TEXT, "FILE|-", N_("what headquarters answered"),
        offsetof(struct travel_finish_opts, answer)},
    {0, "type-shares", OPT_FLAG, NULL,
        N_("ask for shares, to prove that they open the travel file"),
        offsetof(struct travel_finish_opts, type_shares)},
    {0, "look", OPT_LIST, "FOLDER",
        N_("look into this folder too (not below it)"),
        offsetof(struct travel_finish_opts, look)},
};

static const struct cmd_example prepare_examples[] = {
    {"sanduq travel prepare trip.sanduq --to office",
        N_("makes the travel file, and a challenge for the office")},
    {"sanduq travel prepare trip.sanduq --shares 2/3 --sheets /media/stick/s",
        N_("for three people who stay, any two of whom open it again")},
    {"sanduq travel prepare trip.sanduq --ask --to office -o again.txt",
        N_("the answer is too old, or was lost")},
};
static const struct cmd_example answer_examples[] = {
    {"sanduq travel answer challenge.txt -o answer.txt",
        N_("at headquarters")},
};
static const struct cmd_example finish_examples[] = {
    {"sanduq travel finish trip.sanduq --answer answer.txt",
        N_("is the way back proved, and what is still on this machine")},
    {"sanduq travel finish trip.sanduq --look /media/stick",
        N_("the same, and what lies on the stick")},
};

static const struct cmd travel_cmds[] = {
    {"travel prepare", "NEW",
        N_("a file to travel with, that its bearer cannot open"),
        N_("Writes a new file of this vault with keys of its own, which exist "
           "nowhere else. Headquarters' card or shares in other hands open it, "
           "and you do not: what cannot be opened cannot be forced open. It "
           "holds no records unless they are named, and none of the old keys, "
           "contacts or settings. The capture file beside it takes what you "
           "collect on the way.\n\nNothing is removed. The way back is proved "
           "before anything else goes: shares are typed in, or headquarters "
           "answers a challenge. The answer may come days before you leave "
           "(90 at most), so that nothing is needed on the day itself.\n\nIt "
           "does not protect what older copies of the vault hold: destroy "
           "them, or leave them in safe hands. See: sanduq travel finish."),
        prepare_examples, VLT_COUNT(prepare_examples), prepare_table,
        VLT_COUNT(prepare_table), sizeof(struct travel_prepare_opts), 1, 1,
        CMD_WRITES, travel_prepare_run},
    {"travel answer", "CHALLENGE",
        N_("at headquarters: show that this vault has the key"),
        N_("Shows whose travel file the challenge is about and writes the "
           "answer. The answer opens nothing. What unlocks a vault is another "
           "thing: sanduq recover --grant.\n\nWhoever holds a file, or a copy "
           "of one, can make a challenge, and a person can be forced to."),
        answer_examples, VLT_COUNT(answer_examples), answer_table,
        VLT_COUNT(answer_table), sizeof(struct travel_answer_opts), 1, 1, 0,
        travel_answer_run},
    {"travel finish", "NEW [SHARE...]",
        N_("before the border: what is still on this machine"),
        N_("Compares headquarters' answer, or tries the shares in these "
           "files, and lists every key and every trace of the vault that this "
           "program can find here, with the command that removes it. Ends "
           "with status 0 only when a way back is proved and nothing here "
           "opens the vault, else with 6 and NOT FINISHED. Needs no "
           "passphrase and removes nothing itself.\n\nIt cannot know of "
           "copies elsewhere, backups, snapshots, cloud folders, other "
           "accounts of this machine, or what flash memory keeps of removed "
           "files."),
        finish_examples, VLT_COUNT(finish_examples), finish_table,
        VLT_COUNT(finish_table), sizeof(struct travel_finish_opts), 1, 16,
        CMD_WRITES, travel_finish_run},
};
const struct cmd_group travel_group = {travel_cmds, VLT_COUNT(travel_cmds)};
