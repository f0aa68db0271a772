/* SPDX-License-Identifier: Apache-2.0 */
/* cosigned_show.c: how much of the logs is countersigned, and by whom */
#include "cosigned_show.h"

#include "jline_out.h"
#include "out.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>
#include <vault/witness.h>

static void
print_json(const struct vault_cosigned *s)
{
    struct jline j;

    jline_begin(&j, "cosigned");
    jline_text(&j, "origin", s->origin);
    jline_u64(&j, "size", s->size);
    jline_u64(&j, "of", s->of);
    jline_text(&j, "key", s->key);
    jline_text(&j, "name", s->name);
    jline_bool(&j, "held", s->held);
    jline_bool(&j, "compared", s->compared);
    jline_time(&j, "time", s->time);
    jline_end(&j);
}

struct showing {
    const struct cli *c;
    bool any;
};

static int
show_one(void *ctx, const struct vault_cosigned *s)
{
    struct showing *x = ctx;
    char when[WHEN_SIZE];

    if (x->c->g.json) {
        print_json(s);
        return 0;
    }
    if (!x->any)
        out_printf("%s\n", tr("Countersigned"));
    x->any = true;
    out_printf("  %" PRIu64 "/%" PRIu64 "  ", s->size, s->of);
    if (s->held) {
        when_local(when, s->time);
        out_safe(s->name, strlen(s->name), 0);
        out_printf("  %s  ", when);
        out_text(s->compared ? tr("the signature holds, by a key that was "
                                  "compared")
                             : tr("the signature holds, by a key that was "
                                  "not compared"));
    } else {
        out_safe(s->key, strlen(s->key), 0);
        out_text("  ");
        out_text(tr("not checked: the key is not known here"));
    }
    out_printf("  %s\n", s->origin);
    return 0;
}

enum vault_status
cosigned_print(struct cli *c, struct vault_error *err)
{
    struct showing x = {c, false};

    return vault_cosigned(c->vault, show_one, &x, err);
}
