/* SPDX-License-Identifier: Apache-2.0 */
/* rekey_new.c: everything that stands, into a new file (level 3) */
#include <vault/rekey.h>
#include <string.h>
#include "card.h"
#include "fail.h"
#include "renew.h"

enum vault_status
vault_rekey_new(struct vault *v, const char *path,
    const struct vault_rekey_options *o, struct vault_rekeyed *out,
    struct vault_error *err)
{
    struct vlt_renew_way way[VLT_SLOT_MAX];
    struct vlt_renew_options r = {.way = way,
        .records = VLT_RENEW_ALL,
        .keep_seeds = o->keep_seeds,
        .again = o->again,
        .action = "renew",
        .reason = o->reason};
    struct vlt_renewed done;
    enum vault_status st;

    memset(way, 0, sizeof way);
    if (o->ways > VLT_SLOT_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "at most %d ways to unlock",
            (int)VLT_SLOT_MAX);
    for (; r.ways < o->ways; r.ways++) {
        way[r.ways].key = o->way[r.ways].key;
        way[r.ways].cost = o->way[r.ways].cost;
    }
    st = vlt_renew_write(v, path, &r, &done, NULL, err);
    if (st != VAULT_OK)
        return st;
    memset(out, 0, sizeof *out);
    out->wraps = done.wraps;
    out->events = done.events;
    out->epochs_left = done.left_epochs;
    out->wraps_left = done.left_wraps;
    out->generation = done.generation;
    vlt_fingerprint_text(out->fingerprint, done.card);
    out->versions = done.versions;
    out->others = done.others;
    out->file_bytes = done.file_bytes;
    return VAULT_OK;
}
