/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_channel.c: the ways to reach the person of a card, and its picture */
#include "vcard_card.h"

#include "fail.h"
#include "nmark.h"
#include "text.h"
#include "vcard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const channel_params[] = {"VALUE", "TYPE", "PREF",
    "X-SANDUQ-N", "X-SANDUQ-SAFE", "X-SANDUQ-HOURS", "X-SANDUQ-TYPE", NULL};

/* The types of a channel, but not what its own type says already. */
static void
put_use(struct vcard_card *c, const char *base, const struct vcard_prop *p)
{
    static const char *const said[] = {"cell", "pref", "internet"};
    char name[VCARD_FIELD];
    struct vlt_buf b, one;

    vlt_buf_init(&b, FORM_MAX);
    vlt_buf_init(&one, FORM_MAX);
    for (size_t i = 0; vcard_param(p, "TYPE", i, &one); i++) {
        bool skip = one.len == 0 || one.failed;

        if (i == VCARD_VALUES) {
            vcard_mistake(c, "TYPE", vcard_too_many);
            break;
        }
        for (size_t k = 0; k < VLT_COUNT(said) && !skip; k++)
            skip = vcard_is((struct vcard_text){(const char *)one.p, one.len},
                said[k]);
        for (size_t k = 0; k < one.len; k++)
            if (one.p[k] >= 'A' && one.p[k] <= 'Z')
                one.p[k] = (uint8_t)(one.p[k] - 'A' + 'a');
        if (!skip && b.len > 0)
            vlt_buf_put_u8(&b, ',');
        if (!skip)
            vlt_buf_put(&b, one.p, one.len);
        vlt_buf_reset(&one);
    }
    if (b.len > 0 && !b.failed)
        vcard_put(c, vcard_name(name, base, "use"), VAULT_TEXT, b.p, b.len);
    vlt_buf_clear(&b);
    vlt_buf_clear(&one);
}

/* Everything of a channel but its address. */
static void
put_channel(struct vcard_card *c, const char *base, const char *type,
    const struct vcard_prop *p)
{
    static const char *const words[] = {"safe", "unsafe"};
    char name[VCARD_FIELD], pref[16];
    const char *safety = "unknown";

    if (type != NULL)
        vcard_put(c, vcard_name(name, base, "type"), VAULT_TEXT, type,
            strlen(type));
    for (size_t i = 0; i < VLT_COUNT(words); i++)
        if (vcard_param_has(p, "X-SANDUQ-SAFE", words[i]))
            safety = words[i]; /* of both the worse one */
    vcard_put(c, vcard_name(name, base, "safety"), VAULT_TEXT, safety,
        strlen(safety));
    vcard_put_values(c, base, "hours", p, "X-SANDUQ-HOURS");
    put_use(c, base, p);
    (void)snprintf(pref, sizeof pref, "%u", vcard_pref(p));
    if (strcmp(pref, "0") != 0)
        vcard_put(c, vcard_name(name, base, "pref"), VAULT_TEXT, pref,
            strlen(pref));
    vcard_put_rest(c, base, p, channel_params);
}

static void
next_channel(struct vcard_card *c, const struct vcard_prop *p, char *base)
{
    vcard_number(c, p, "channel", "safety", &c->channels, base);
}

static void
take_tel(struct vcard_card *c, const struct vcard_prop *p)
{
    char base[VCARD_FIELD], name[VCARD_FIELD];
    struct vcard_text t = p->value;
    bool uri = t.n > 4 && vcard_is((struct vcard_text){t.p, 4}, "tel:");

    next_channel(c, p, base);
    if (uri)
        t = (struct vcard_text){t.p + 4, t.n - 4};
    vcard_put_meant(c, vcard_name(name, base, "address"), t);
    put_channel(c, base,
        vcard_param_has(p, "TYPE", "CELL") ? "mobile" : "telephone", p);
}

/* Some programs escape URIs too (http\://); a URI has no backslash. */
static void
take_plain(struct vcard_card *c, const struct vcard_prop *p, const char *type)
{
    char base[VCARD_FIELD], name[VCARD_FIELD];

    next_channel(c, p, base);
    vcard_put_meant(c, vcard_name(name, base, "address"), p->value);
    put_channel(c, base, type, p);
}

/* A channel that has no property: its type is one of the registry's. */
static void
take_own_channel(struct vcard_card *c, const struct vcard_prop *p)
{
    char base[VCARD_FIELD], name[VCARD_FIELD];

    next_channel(c, p, base);
    vcard_put_meant(c, vcard_name(name, base, "address"), p->value);
    vcard_put_values(c, base, "type", p, "X-SANDUQ-TYPE");
    put_channel(c, base, NULL, p);
}

/* The parts that are not empty, in their order, with commas between. */
static void
take_adr(struct vcard_card *c, const struct vcard_prop *p)
{
    struct vcard_text rest = p->value, part[7] = {{NULL, 0}};
    char base[VCARD_FIELD], name[VCARD_FIELD];
    bool only_street = true;
    struct vlt_buf b;

    vlt_buf_init(&b, FORM_MAX);
    for (size_t i = 0; i < 7 && vcard_component(&rest, ';', &part[i]); i++) {
        only_street = only_street && (i == 2 || part[i].n == 0);
        if (part[i].n > 0 && b.len > 0)
            vlt_buf_put_str(&b, ", ");
        vcard_unescape(&b, part[i]);
    }
    if (b.len > 0 && !b.failed) {
        next_channel(c, p, base);
        vcard_put(c, vcard_name(name, base, "address"), VAULT_TEXT, b.p, b.len);
        for (size_t i = 0; i < 7 && !only_street; i++)
            if (part[i].n > 0)
                vcard_put_meant(c, vcard_name(name, base, vcard_adr[i]),
                    part[i]);
        put_channel(c, base, "post", p);
    }
    vlt_buf_clear(&b);
}

bool
vcard_take_channel(struct vcard_card *c, const struct vcard_prop *p)
{
    bool tel = strcmp(p->name, "TEL") == 0;
    bool email = strcmp(p->name, "EMAIL") == 0;
    bool impp = strcmp(p->name, "IMPP") == 0;
    bool url = strcmp(p->name, "URL") == 0;
    bool adr = strcmp(p->name, "ADR") == 0;
    bool own = strcmp(p->name, "X-SANDUQ-CHANNEL") == 0;

    if (!tel && !email && !impp && !url && !adr && !own)
        return false;
    if (p->value.n == 0)
        return true;
    if (tel)
        take_tel(c, p);
    else if (adr)
        take_adr(c, p);
    else if (own)
        take_own_channel(c, p);
    else
        take_plain(c, p, email ? "email" : impp ? "messenger" : "other");
    return true;
}

/* ---- the picture ---- */

/* data:MEDIA;base64, in front: its length, and what MEDIA is. */
static size_t
data_uri(struct vcard_text t, struct vcard_text *media)
{
    const char *comma = t.n > 0 ? memchr(t.p, ',', t.n) : NULL;
    size_t n = comma != NULL ? (size_t)(comma - t.p) : 0;

    if (n < 12 || !vcard_is((struct vcard_text){t.p, 5}, "data:") ||
        !vcard_is((struct vcard_text){comma - 7, 7}, ";base64"))
        return 0;
    *media = (struct vcard_text){t.p + 5, n - 12};
    return n + 1;
}

/* image/jpeg of what an older card calls JPEG. */
static void
put_media(struct vcard_card *c, const char *base, struct vcard_text media,
    const struct vcard_prop *p)
{
    static const char *const types[] = {"JPEG", "PNG", "GIF", "WEBP"};
    char name[VCARD_FIELD], text[32] = "";

    vcard_name(name, base, "media");
    for (size_t i = 0; i < VLT_COUNT(types) && media.n == 0; i++) {
        if (!vcard_param_has(p, "TYPE", types[i]))
            continue;
        (void)snprintf(text, sizeof text, "image/%s", types[i]);
        for (char *s = text; *s != 0; s++)
            if (*s >= 'A' && *s <= 'Z')
                *s = (char)(*s - 'A' + 'a');
        media = (struct vcard_text){text, strlen(text)};
    }
    if (media.n > 0)
        vcard_put(c, name, VAULT_TEXT, media.p, media.n);
}

/* Without the white space that old cards have in it. */
static bool
unb64(struct vcard_text t, uint8_t *out, size_t max, size_t *n)
{
    struct vlt_buf b;
    bool ok;

    vlt_buf_init(&b, FORM_MAX);
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] != ' ' && t.p[i] != '\t')
            vlt_buf_put_u8(&b, (uint8_t)t.p[i]);
    ok = !b.failed && b.len > 0 &&
        vlt_unb64(out, max, n, (const char *)b.p, b.len);
    vlt_buf_clear(&b);
    return ok;
}

static void
put_photo(struct vcard_card *c, const uint8_t *bytes, size_t n,
    struct vcard_text media, const struct vcard_prop *p)
{
    static const char *const used[] = {"VALUE", "ENCODING", "TYPE",
        "X-SANDUQ-N", NULL};
    unsigned *last = vcard_count(c, "photo");
    char base[VCARD_FIELD];

    if (last == NULL)
        return;
    vcard_number(c, p, "photo", NULL, last, base);
    vcard_put(c, base, VAULT_BYTES, bytes, n);
    put_media(c, base, media, p);
    vcard_put_rest(c, base, p, used);
}

bool
vcard_take_photo(struct vcard_card *c, const struct vcard_prop *p)
{
    struct vcard_text media = {NULL, 0}, t = p->value;
    size_t n = 0, head = data_uri(t, &media);
    uint8_t *bytes;
    bool ok;

    if (head == 0 && !vcard_param_has(p, "ENCODING", "b") &&
        !vcard_param_has(p, "ENCODING", "BASE64") &&
        !vcard_param_has(p, "TYPE", "BASE64"))
        return false;
    t = (struct vcard_text){t.p + head, t.n - head};
    if (t.n / 4 * 3 > VCARD_PHOTO) {
        vcard_mistake(c, "photo", N_("a picture of at most 4 MiB"));
        return true;
    }
    bytes = malloc(t.n + 1);
    ok = bytes != NULL && unb64(t, bytes, t.n, &n);
    if (bytes == NULL)
        c->st = vlt_fail_memory(c->err);
    if (ok)
        put_photo(c, bytes, n, media, p);
    if (bytes != NULL)
        vlt_wipe(bytes, t.n);
    free(bytes);
    return ok; /* else kept as it was written */
}
