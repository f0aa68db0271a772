/* SPDX-License-Identifier: Apache-2.0 */
/* import_queue.c: records that wait for their batch, with all that is theirs */
#include "importing.h"

#include "fail.h"

#include <stdlib.h>
#include <string.h>

static void
clear_one(struct import_queued *q)
{
    for (size_t i = 0; i < q->item.links; i++) {
        const struct import_link *l = &q->item.link[i];

        free((void *)l->field);
        free((void *)l->value);
        if (l->text != NULL)
            vlt_wipe((void *)l->text, l->text_len);
        free((void *)l->text);
    }
    free(q->item.link);
    free((void *)q->item.type);
    free((void *)q->item.folder);
    free((void *)q->item.path);
    free((void *)q->item.kept_path);
    free((void *)q->item.place);
    form_clear(&q->form);
}

void
import_queue_clear(struct import *im)
{
    for (size_t i = 0; i < im->queued; i++)
        clear_one(&im->queue[i]);
    im->queued = 0;
    im->queued_bytes = 0;
}

/* NULL stays NULL; *ok false without memory. */
static void *
copy(const void *p, size_t n, bool *ok)
{
    void *q = p != NULL ? vlt_memdup(p, n) : NULL;

    *ok = *ok && (p == NULL || q != NULL);
    return q;
}

static char *
copy_text(const char *s, bool *ok)
{
    return copy(s, s != NULL ? strlen(s) + 1 : 0, ok);
}

static bool
copy_links(struct import_item *to, const struct import_item *from)
{
    bool ok = true;

    to->links = 0;
    to->link = calloc(from->links + 1, sizeof *to->link);
    if (to->link == NULL)
        return false;
    for (size_t i = 0; i < from->links; i++) {
        struct import_link *l = &to->link[to->links++];

        *l = from->link[i];
        l->field = copy_text(from->link[i].field, &ok);
        l->value = copy(from->link[i].value, from->link[i].value_len, &ok);
        l->text = copy(from->link[i].text, from->link[i].text_len, &ok);
    }
    return ok;
}

VAULT_CHECKED static enum vault_status
copy_form(struct import *im, struct import_queued *q, const struct form *from,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < from->n && st == VAULT_OK; i++) {
        const struct form_field *f = &from->field[i];

        st = form_put_set(&q->form, f->name, f->type, f->state, f->value,
            f->value_len, err);
        im->queued_bytes += f->value_len;
    }
    q->item.form = &q->form;
    return st;
}

enum vault_status
import_queue_add(struct import *im, const struct import_item *item,
    uint64_t ordinal, uint64_t bytes, struct vault_error *err)
{
    struct import_queued *q = &im->queue[im->queued];
    bool ok = true;
    enum vault_status st;

    memset(q, 0, sizeof *q);
    q->item = *item;
    q->ordinal = ordinal;
    q->bytes = bytes;
    q->item.type = copy_text(item->type, &ok);
    q->item.folder = copy_text(item->folder, &ok);
    q->item.path = copy_text(item->path, &ok);
    q->item.kept_path = copy_text(item->kept_path, &ok);
    q->item.place = copy_text(item->place, &ok);
    ok = copy_links(&q->item, item) && ok;
    st = copy_form(im, q, item->form, err);
    im->queued++; /* cleared with the others, whatever the outcome */
    im->queued_bytes += bytes;
    return ok ? st : vlt_fail_memory(err);
}
