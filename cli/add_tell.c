/* SPDX-License-Identifier: Apache-2.0 */
/* add_tell.c: what is said of each thing that was sealed, and at the end */
#include "adding.h"

#include "clocks.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "tr.h"

enum { SHOWN_ORIGINALS = 10 };

void
add_tell_failed(struct add *a, const char *path, const struct vault_error *why)
{
    char message[512];
    struct jline j;

    a->failed++;
    a->c->exit = 1;
    say_error(why);
    if (!a->c->g.json)
        return;
    say_message(why, message, sizeof message);
    jline_begin(&j, "failed");
    jline_text(&j, "path", path);
    jline_text(&j, "code", vault_status_name(why->code));
    jline_text(&j, "message", message);
    jline_end(&j);
}

void
add_tell_added(const struct add *a, const struct add_done *d)
{
    struct jline j;
    char id[HEX_ID];

    hex_id(id, d->sealed.id);
    if (!a->c->g.json) {
        out_printf("%s\n", id);
        return;
    }
    jline_begin(&j, "record");
    jline_text(&j, "id", id);
    jline_u64(&j, "version", d->sealed.version);
    if (d->sealed.has_body)
        jline_hex(&j, "sha256", d->sealed.sha256, VAULT_HASH);
    jline_u64(&j, "bytes", d->sealed.bytes);
    jline_u64(&j, "stored", d->sealed.stored);
    if (d->sealed.compartment[0] != 0) {
        jline_text(&j, "compartment", d->sealed.compartment);
        jline_bool(&j, "away", d->sealed.away);
    }
    if (d->sealed.clock_doubt != NULL)
        clock_json(&j, d->sealed.clock_doubt, d->sealed.clock_known);
    if (d->path != NULL)
        jline_text(&j, "path", d->path);
    jline_end(&j);
}

/* The first of them: a person must know that it is gone from here. */
void
add_tell_away(struct add *a, const struct add_done *d)
{
    if (!d->sealed.away || a->away++ > 0)
        return;
    say_warn(tr("sealed to the compartment %s: nobody can open it here any "
                "more, only its members"),
        d->sealed.compartment);
}

/* What is there already, and was not sealed once more. */
void
add_tell_same(const struct add *a, const struct add_done *d)
{
    struct jline j;
    char id[HEX_ID];

    hex_id(id, d->sealed.id);
    say_info(tr("%s is in the vault already, as record %s; it was not added "
                "(--again seals it once more)"),
        d->path, id);
    if (!a->c->g.json)
        return;
    jline_begin(&j, "same");
    jline_text(&j, "id", id);
    jline_hex(&j, "sha256", d->sealed.sha256, VAULT_HASH);
    jline_text(&j, "path", d->path);
    jline_end(&j);
}

void
add_tell_originals(const struct add *a)
{
    size_t n = a->originals.n;

    if (n == 0)
        return;
    say_info("%s",
        tr("the originals still lie unencrypted on this disk; removing them "
           "does not wipe flash memory:"));
    for (size_t i = 0; i < n && i < SHOWN_ORIGINALS; i++)
        say_info("  %s", a->originals.v[i]);
    if (n > SHOWN_ORIGINALS)
        say_info(trn("  and %zu more", "  and %zu more", n - SHOWN_ORIGINALS),
            n - SHOWN_ORIGINALS);
}

void
add_tell_end(const struct add *a)
{
    struct jline j;

    if (!a->c->g.json) {
        add_tell_originals(a);
        return;
    }
    jline_begin(&j, "summary");
    jline_text(&j, "command", a->c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)a->c->exit);
    jline_bool(&j, "locked", !vault_unlocked(a->c->vault));
    jline_u64(&j, "added", a->added);
    jline_u64(&j, "same", a->same);
    jline_u64(&j, "failed", a->failed);
    jline_u64(&j, "bytes", a->bytes);
    jline_array(&j, "originals");
    for (size_t i = 0; i < a->originals.n; i++)
        jline_text(&j, NULL, a->originals.v[i]);
    jline_array_end(&j);
    jline_end(&j);
}
