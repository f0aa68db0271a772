/* SPDX-License-Identifier: Apache-2.0 */
/* ageheader.c: the grammar of age's header, and the MAC over it */
#include "ageheader.h"
#include "hash.h"
#include "kdf.h"
#include "text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char version_line[] = "age-encryption.org/v1\n";
enum {
    COLUMNS = 64,
    ARGS = 3, /* as many as a type we know has */
    WORK_ANY_ABOVE = 255
};

/* ---- lines ---- */

/* One line without its LF, NULL when there is none. */
static const char *
next_line(struct vlt_age_header *h, size_t *len)
{
    const char *line = h->p + h->pos;
    const char *lf = memchr(line, '\n', h->len - h->pos);

    if (lf == NULL)
        return NULL;
    *len = (size_t)(lf - line);
    h->pos += *len + 1;
    return line;
}

/* The arguments of "-> a b c". */
struct args {
    size_t n;
    struct {
        const char *p;
        size_t len;
    } arg[ARGS];
};

static bool
read_args(struct args *a, const char *line, size_t len)
{
    size_t at = 3, start;

    if (len < 3 || memcmp(line, "-> ", 3) != 0)
        return false;
    for (a->n = 0; at <= len; at++) {
        start = at;
        while (at < len && line[at] > 0x20 && line[at] < 0x7f)
            at++;
        if (at == start || (at < len && line[at] != ' '))
            return false;
        if (a->n < ARGS) {
            a->arg[a->n].p = line + start;
            a->arg[a->n].len = at - start;
        }
        a->n++;
    }
    return a->n > 0;
}

/* The body: canonical base64 in lines of 64, the last one shorter. Keeps it
 * when it is VLT_AGE_BODY bytes; *size is how long it is. */
static bool
read_body(struct vlt_age_header *h, uint8_t body[VLT_AGE_BODY], size_t *size)
{
    uint8_t bytes[COLUMNS / 4 * 3];
    const char *line;
    size_t len, n;

    *size = 0;
    do {
        line = next_line(h, &len);
        if (line == NULL || len > COLUMNS ||
            !vlt_unb64_bare(bytes, sizeof bytes, &n, line, len))
            return false;
        *size += n;
    } while (len == COLUMNS);
    if (*size == VLT_AGE_BODY)
        memcpy(body, bytes, VLT_AGE_BODY);
    return true;
}

/* ---- stanzas ---- */

static bool
is_arg(const struct args *a, const char *name)
{
    return a->arg[0].len == strlen(name) &&
        memcmp(a->arg[0].p, name, strlen(name)) == 0;
}

/* "^[1-9][0-9]*$"; what is above every bound is one number. */
static bool
read_work(unsigned *work, const char *p, size_t len)
{
    unsigned n = 0;
    size_t i;

    if (len == 0 || p[0] == '0')
        return false;
    for (i = 0; i < len; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        n = n * 10 + (unsigned)(p[i] - '0');
        if (n > WORK_ANY_ABOVE)
            n = WORK_ANY_ABOVE;
    }
    *work = n;
    return true;
}

static const struct {
    const char *name;
    size_t args;
    size_t share;
} kinds[] = {
    [VLT_AGE_X25519] = {"X25519", 2, 32},
    [VLT_AGE_SCRYPT] = {"scrypt", 3, 16},
    [VLT_AGE_HYBRID] = {"mlkem768x25519", 2, 1120},
};

static bool
read_known(struct vlt_age_stanza *s, const struct args *a, size_t body_len)
{
    size_t n = 0;

    s->work = 0;
    return a->n == kinds[s->kind].args && body_len == VLT_AGE_BODY &&
        vlt_unb64_bare(s->share, kinds[s->kind].share, &n, a->arg[1].p,
            a->arg[1].len) &&
        n == kinds[s->kind].share &&
        (s->kind != VLT_AGE_SCRYPT ||
            read_work(&s->work, a->arg[2].p, a->arg[2].len));
}

static enum vlt_age_kind
kind_of(const struct args *a)
{
    if (is_arg(a, kinds[VLT_AGE_X25519].name))
        return VLT_AGE_X25519;
    if (is_arg(a, kinds[VLT_AGE_SCRYPT].name))
        return VLT_AGE_SCRYPT;
    if (is_arg(a, kinds[VLT_AGE_HYBRID].name))
        return VLT_AGE_HYBRID;
    return VLT_AGE_FOREIGN;
}

bool
vlt_age_header_begin(struct vlt_age_header *h, const void *p, size_t n)
{
    *h = (struct vlt_age_header){.p = p, .len = n};
    if (n < sizeof version_line - 1 ||
        memcmp(p, version_line, sizeof version_line - 1) != 0)
        return false;
    h->pos = sizeof version_line - 1;
    return true;
}

bool
vlt_age_header_next(struct vlt_age_header *h, struct vlt_age_stanza *s,
    bool *more)
{
    struct args a = {0};
    size_t len, body_len;
    const char *line;

    *more = h->len - h->pos < 3 || memcmp(h->p + h->pos, "---", 3) != 0;
    if (!*more) /* and a passphrase stands alone */
        return h->stanzas == 1 || (h->stanzas > 1 && !h->scrypt);
    line = next_line(h, &len);
    if (line == NULL || !read_args(&a, line, len) ||
        !read_body(h, s->body, &body_len))
        return false;
    s->kind = kind_of(&a);
    if (s->kind != VLT_AGE_FOREIGN && !read_known(s, &a, body_len))
        return false;
    h->stanzas++;
    h->scrypt = h->scrypt || s->kind == VLT_AGE_SCRYPT;
    return true;
}

bool
vlt_age_header_mac(const struct vlt_age_header *h, uint8_t mac[VLT_AGE_MAC],
    size_t *covered)
{
    size_t left = h->len - h->pos, n = 0;
    const char *line = h->p + h->pos;

    if (left != 4 + VLT_B64_BARE(VLT_AGE_MAC) + 1 ||
        memcmp(line, "--- ", 4) != 0 || line[left - 1] != '\n' ||
        !vlt_unb64_bare(mac, VLT_AGE_MAC, &n, line + 4, left - 5))
        return false;
    *covered = h->pos + 3;
    return true;
}

/* ---- writing ---- */

static void
put_b64(struct vlt_buf *out, const uint8_t *p, size_t n)
{
    char text[VLT_B64_SIZE(1120) + 1];

    vlt_buf_put(out, text, vlt_b64_bare(text, p, n));
}

void
vlt_age_header_start(struct vlt_buf *out)
{
    vlt_buf_put_str(out, version_line);
}

void
vlt_age_header_put(struct vlt_buf *out, const struct vlt_age_stanza *s)
{
    assert(s->kind != VLT_AGE_FOREIGN);
    vlt_buf_printf(out, "-> %s ", kinds[s->kind].name);
    put_b64(out, s->share, kinds[s->kind].share);
    if (s->kind == VLT_AGE_SCRYPT)
        vlt_buf_printf(out, " %u", s->work);
    vlt_buf_put_str(out, "\n");
    put_b64(out, s->body, sizeof s->body); /* 43 columns: one short line */
    vlt_buf_put_str(out, "\n");
}

void
vlt_age_header_end(struct vlt_buf *out, const uint8_t key[VLT_AGE_KEY])
{
    uint8_t mac[VLT_AGE_MAC];

    vlt_buf_put_str(out, "---");
    if (out->failed)
        return;
    vlt_age_header_hmac(mac, key, out->p, out->len);
    vlt_buf_put_str(out, " ");
    put_b64(out, mac, sizeof mac);
    vlt_buf_put_str(out, "\n");
}

void
vlt_age_header_hmac(uint8_t mac[VLT_AGE_MAC], const uint8_t key[VLT_AGE_KEY],
    const void *p, size_t n)
{
    uint8_t prk[32], under[32];

    vlt_hkdf_extract(prk, NULL, 0, key, VLT_AGE_KEY);
    vlt_hkdf_expand(under, sizeof under, prk, "header", 6);
    vlt_hmac(mac, under, sizeof under, p, n);
    vlt_wipe(prk, sizeof prk);
    vlt_wipe(under, sizeof under);
}
