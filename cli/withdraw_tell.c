/* SPDX-License-Identifier: Apache-2.0 */
/* withdraw_tell.c: what a withdrawal reaches, and what it did */
#include "withdraw_more.h"

#include "jline_out.h"
#include "out.h"
#include "tr.h"

#include <inttypes.h>

void
withdraw_reach(bool foreign, int level)
{
    if (foreign) {
        say_info("%s",
            tr("this is a copy of somebody else's record: nothing is declared "
               "withdrawn; its keys, fields and original are destroyed here, "
               "for good"));
        say_info("%s",
            tr("what stays: its sealed head and proof, so that it does not "
               "come in again, and a line in the custody log; what the vault "
               "that sealed it and others hold is not reached"));
        if (level > 1)
            rekey_reach(level);
        return;
    }
    say_info("%s",
        tr("this destroys here, for good: keys, fields, original and the "
           "texts in the custody log"));
    say_info("%s",
        tr("what stays: that a record of these padded sizes was sealed, when "
           "and between which others, and that it was withdrawn"));
    if (level > 1) {
        rekey_reach(level);
        return;
    }
    say_info("%s",
        tr("what it does not reach: backups and other copies of this vault, "
           "files given out, and old pages on this medium; whoever recovers "
           "such a page and can unlock the vault may read it"));
}

static void
tell_json(const uint8_t id[VAULT_ID], uint32_t version, size_t copies,
    int level, const struct vault_withdrawal *d)
{
    struct jline j;

    jline_begin(&j, "withdrawn");
    jline_hex(&j, "id", id, VAULT_ID);
    jline_u64(&j, "version", version);
    jline_u64(&j, "level", (uint64_t)level);
    jline_bool(&j, "foreign", d->foreign);
    jline_u64(&j, "versions", d->versions);
    jline_u64(&j, "bodies", d->bodies);
    jline_u64(&j, "bytes", d->bytes);
    jline_u64(&j, "kept", d->kept);
    jline_u64(&j, "events", d->events);
    jline_u64(&j, "copies", copies);
    jline_end(&j);
}

void
withdraw_tell(const struct cli *c, const uint8_t id[VAULT_ID], uint32_t version,
    size_t copies, int level, const struct vault_withdrawal *d)
{
    char size[SIZE_TEXT];

    if (c->g.json) {
        tell_json(id, version, copies, level, d);
        return;
    }
    size_text(size, d->bytes);
    if (d->foreign)
        say_info(tr("others sealed it: nothing is declared; destroyed here: "
                    "the copies of %" PRIu64 " versions, %" PRIu64
                    " originals (%s)"),
            d->versions, d->bodies, size);
    else
        say_info(tr("declared withdrawn; destroyed here: %" PRIu64
                    " versions, %" PRIu64 " originals (%s), %" PRIu64
                    " texts of the log"),
            d->versions, d->bodies, size, d->events);
    if (d->kept > 0)
        say_warn("%s",
            tr("the original stays: another version of this "
               "record needs it"));
    say_info("%s",
        tr("old pages may survive on flash, in backups, in copies and in "
           "unused parts of this file; sanduq verify says if a row of it "
           "is left"));
}
