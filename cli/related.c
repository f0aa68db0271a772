/* SPDX-License-Identifier: Apache-2.0 */
/* related.c: showing what a record has to do with others */
#include "related.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "tr.h"

#include <string.h>

enum { CHAIN_MAX = 32, RELATION_COLUMNS = 16 };

struct telling {
    const struct cli *c;
    bool copies;
    size_t n;
};

static const char *
how_word(enum vault_related_how how)
{
    switch (how) {
    case VAULT_RELATED_TO:
        return "to";
    case VAULT_RELATED_FROM:
        return "from";
    case VAULT_RELATED_BODY:
        return "same-original";
    }
    return "other";
}

static void
print_json(const struct vault_related *r)
{
    struct jline j;

    jline_begin(&j, "related");
    jline_text(&j, "how", how_word(r->how));
    if (r->how != VAULT_RELATED_BODY)
        jline_text(&j, "relation", r->relation);
    jline_hex(&j, "id", r->id, VAULT_ID);
    jline_bool(&j, "readable", r->entry != NULL);
    if (r->entry != NULL) {
        jline_text(&j, "record_type", r->entry->type);
        jline_text(&j, "name", r->entry->name);
    }
    jline_end(&j);
}

static void
print_who(const uint8_t id[VAULT_ID], const struct vault_entry *e)
{
    char hex[HEX_ID];

    hex_id(hex, id);
    out_printf(" %s  ", hex);
    if (e == NULL) {
        out_text(tr("(withdrawn, or not here)"));
    } else {
        out_safe(e->type, strlen(e->type), 0);
        out_text("  ");
        out_safe(e->name, strlen(e->name), 0);
    }
    out_text("\n");
}

static void
print_text(const struct vault_related *r)
{
    const char *relation =
        r->how == VAULT_RELATED_BODY ? tr("same original") : r->relation;

    out_text(r->how == VAULT_RELATED_TO    ? "  -> "
            : r->how == VAULT_RELATED_FROM ? "  <- "
                                           : "  == ");
    out_column(relation, RELATION_COLUMNS, false);
    print_who(r->id, r->entry);
}

static int
tell(void *ctx, const struct vault_related *r)
{
    struct telling *t = ctx;

    if (t->copies && r->how == VAULT_RELATED_TO)
        return vlt_os_interrupted() ? 1 : 0;
    if (t->n++ == 0 && !t->c->g.json && !t->copies)
        out_printf("%s\n", tr("Links"));
    if (t->c->g.json)
        print_json(r);
    else
        print_text(r);
    return vlt_os_interrupted() ? 1 : 0;
}

/* ---- the chain of copies ---- */

/* What this record was derived from. */
static bool
find_source(const struct vault_record *r, struct vault_link *out)
{
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (vault_link_read(&f, out) &&
            strcmp(out->relation, "derived-from") == 0)
            return true;
    }
    return false;
}

/* Each copy names what it was made from; a circle ends where it began. */
static void
print_chain(struct cli *c, const uint8_t id[VAULT_ID])
{
    uint8_t seen[CHAIN_MAX][VAULT_ID];
    struct vault_link link;
    size_t n = 0;
    bool more = true;

    memcpy(link.record, id, VAULT_ID);
    while (more && n < CHAIN_MAX) {
        struct vault_record *r = NULL;

        for (size_t i = 0; i < n; i++)
            more = more && memcmp(seen[i], link.record, VAULT_ID) != 0;
        if (!more)
            break;
        memcpy(seen[n++], link.record, VAULT_ID);
        if (vault_record_open(c->vault, link.record, 0, &r, NULL) != VAULT_OK)
            r = NULL;
        if (n == 2)
            out_printf("%s\n", tr("Derived from, up to the master"));
        if (n > 1) {
            out_column("", 2 * (int)n - 2, false);
            print_who(link.record, r != NULL ? vault_record_entry(r) : NULL);
        }
        more = r != NULL && find_source(r, &link);
        vault_record_close(r);
    }
}

enum vault_status
related_print(struct cli *c, const uint8_t id[VAULT_ID], bool copies, size_t *n,
    struct vault_error *err)
{
    struct telling t = {c, copies, 0};
    enum vault_status st = vault_related(c->vault, id, tell, &t, err);

    if (st == VAULT_OK && !copies && !c->g.json)
        print_chain(c, id);
    if (st == VAULT_OK && n != NULL)
        *n = t.n;
    return st;
}
