/* SPDX-License-Identifier: Apache-2.0 */
/* import_vcard.c: a file of vCards, card by card */
#include "importing.h"

#include "fail.h"
#include "nmark.h"
#include "text.h"
#include "vcard.h"

#include <stdlib.h>
#include <string.h>

enum { VCARDS_MAX = 64 * 1024 * 1024 };

/* What a card is known by: its UID, in whatever field the reader keeps it. */
static const struct form_field *
uid_of(const struct form *f)
{
    static const char *const names[] = {"vcard.uid", "uid", "contact.uid"};

    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < VLT_COUNT(names); k++) {
            if (strcmp(f->field[i].name, names[k]) == 0 &&
                f->field[i].state == VAULT_VALUE)
                return &f->field[i];
        }
    }
    return NULL;
}

/* channel.N.safety */
static bool
is_safety(const char *name)
{
    static const char head[] = "channel.", tail[] = ".safety";
    const char *number = name + sizeof head - 1;

    if (strncmp(name, head, sizeof head - 1) != 0)
        return false;
    return strcmp(number + strspn(number, "0123456789"), tail) == 0;
}

/* That a channel is not safe is believed; that it is safe only when the person
 * says so, as whoever wrote the card could say it of any. */
VAULT_CHECKED static enum vault_status
doubt_safety(struct form *f, struct vault_error *err)
{
    static const char safe[] = "safe", unknown[] = "unknown";

    for (size_t i = 0; i < f->n; i++) {
        struct form_field *x = &f->field[i];
        uint8_t *value;

        if (!is_safety(x->name) || x->value_len != sizeof safe - 1 ||
            memcmp(x->value, safe, sizeof safe - 1) != 0)
            continue;
        value = vlt_memdup(unknown, sizeof unknown - 1);
        if (value == NULL)
            return vlt_fail_memory(err);
        free(x->value);
        x->value = value;
        x->value_len = sizeof unknown - 1;
    }
    return VAULT_OK;
}

static enum vault_status
put_card(void *ctx, size_t index, struct form *f, struct vault_error *err)
{
    struct import *im = ctx;
    const char *type = im->r->as != NULL ? im->r->as : "contact";
    struct import_item item = {.type = type, .form = f, .row = index + 1};
    struct import_told told = {.what = IMPORT_FAILED,
        .row = index + 1,
        .type = type,
        .form = f};
    const struct form_field *uid;
    enum vault_status st;

    if (!import_wants(im, 1))
        return VAULT_OK;
    st = form_fit(f, type, NULL, err);
    if (st == VAULT_OK && !im->r->trust_safety)
        st = doubt_safety(f, err);
    if (st != VAULT_OK)
        return st;
    if (f->n == 0 && f->mistakes == 0)
        form_note_mistake(f, "", N_("a card with something in it"));
    if (f->mistakes > 0)
        return import_failed(im, &told, err);
    uid = uid_of(f);
    item.has_id = uid != NULL;
    if (uid != NULL)
        import_key_id(im, "vcard", "", uid->value, uid->value_len, item.id);
    st = import_put(im, &item, err);
    if (st == VAULT_OK)
        st = import_step(im, index + 1, 0, NULL, err);
    return st;
}

enum vault_status
import_vcard(struct import *im, struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    st = vlt_os_read_small(im->r->source, VCARDS_MAX, &p, &n, err);
    if (st == VAULT_OK)
        st = vcard_read(p, n, put_card, im, err);
    if (p != NULL)
        vlt_wipe(p, n);
    free(p);
    return st;
}
