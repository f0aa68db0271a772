/* SPDX-License-Identifier: Apache-2.0 */
/* same.c: originals that came in while nobody could look */
#include "same.h"

#include "hex.h"
#include "out.h"
#include "tr.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKED_AT = 1000 };

struct taken {
    uint8_t (*id)[VAULT_ID]; /* newest first */
    size_t n;
    size_t at; /* the one that is asked about */
};

static int
note(void *ctx, const struct vault_entry *e)
{
    struct taken *t = ctx;
    void *p;

    if (!e->has_body)
        return 0;
    p = realloc(t->id, (t->n + 1) * sizeof *t->id);
    if (p == NULL)
        return 1;
    t->id = p;
    memcpy(t->id[t->n++], e->id, VAULT_ID);
    return 0;
}

static int
pass_over(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    (void)why;
    return 0;
}

/* A pair is told once: at the newer of the two. */
static bool
told_already(const struct taken *t, const uint8_t id[VAULT_ID])
{
    for (size_t i = 0; i < t->at; i++) {
        if (memcmp(t->id[i], id, VAULT_ID) == 0)
            return true;
    }
    return false;
}

static int
tell(void *ctx, const struct vault_related *other)
{
    const struct taken *t = ctx;
    char one[HEX_ID], two[HEX_ID];

    if (other->how != VAULT_RELATED_BODY || other->entry == NULL ||
        told_already(t, other->id))
        return 0;
    hex_id(one, t->id[t->at]);
    hex_id(two, other->id);
    say_info(tr("record %s holds the same original as record %s"), one, two);
    return 0;
}

void
same_tell(struct cli *c, uint64_t n)
{
    struct taken t = {NULL, 0, 0};
    struct vault_list_options opt = {.since = INT64_MIN,
        .until = INT64_MAX,
        .limit = n < LOOKED_AT ? n : LOOKED_AT,
        .newest_first = true};

    if (n == 0 || c->g.quiet)
        return;
    if (vault_list(c->vault, &opt, note, pass_over, &t, NULL) == VAULT_OK) {
        for (t.at = 0; t.at < t.n; t.at++)
            (void)!vault_related(c->vault, t.id[t.at], tell, &t, NULL);
    }
    free(t.id);
}
