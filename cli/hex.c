/* SPDX-License-Identifier: Apache-2.0 */
/* hex.c: ids as people and scripts write them */
#include "hex.h"

#include "capturing.h"
#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"

#include <string.h>

enum { CANDIDATES = 10 };

void
hex_id(char out[HEX_ID], const uint8_t id[VAULT_ID])
{
    vlt_hex(out, id, VAULT_ID);
}

void
hex_hash(char out[HEX_HASH], const uint8_t hash[VAULT_HASH])
{
    vlt_hex(out, hash, VAULT_HASH);
}

void
hex_short(char out[HEX_SHORT], const uint8_t id[VAULT_ID])
{
    vlt_hex(out, id, (HEX_SHORT - 1) / 2);
}

static void
tell_candidate(const struct cli *c, const uint8_t id[VAULT_ID])
{
    struct jline j;
    char text[HEX_ID];

    hex_id(text, id);
    if (!c->g.json) {
        say_warn(tr("it could be %s"), text);
        return;
    }
    jline_begin(&j, "candidate");
    jline_text(&j, "id", text);
    jline_end(&j);
}

VAULT_CHECKED static enum vault_status
resolve(struct cli *c, const char *prefix, uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    uint8_t found[CANDIDATES][VAULT_ID];
    size_t n = 0;
    enum vault_status st;

    st = vault_resolve(c->vault, prefix, found, CANDIDATES, &n, err);
    if (st == VAULT_OK)
        memcpy(id, found[0], VAULT_ID);
    for (size_t i = 0; st == VAULT_E_AMBIGUOUS && i < n && i < CANDIDATES; i++)
        tell_candidate(c, found[i]);
    return st;
}

enum vault_status
hex_resolve(struct cli *c, const char *prefix, uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    enum vault_status st = resolve(c, prefix, id, err);

    /* sealed while it was locked: unlocking brings it in; the ids of others'
     * records are known only then */
    if (vault_unlocked(c->vault) ||
        (st != VAULT_E_LOCKED &&
            (st != VAULT_E_NOT_FOUND || !capture_holds(c, prefix))))
        return st;
    vlt_error_clear(err);
    st = unlock(c, err);
    return st == VAULT_OK ? resolve(c, prefix, id, err) : st;
}
