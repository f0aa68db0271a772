/* SPDX-License-Identifier: Apache-2.0 */
/* icc_clean.c: a colour profile with its colours and nothing else */
#include "icc_clean.h"

#include "fail.h"

#include <string.h>

/* ICC.1:2022, 7.2 and 7.3. */
enum { HEADER = 128, TAG = 12, TAGS_MAX = 100, KEPT_MAX = 64 };

struct kept {
    uint32_t name, from, size; /* in the source */
    uint32_t to;               /* in the copy */
};
struct icc {
    const uint8_t *p;
    size_t n;
    struct kept kept[KEPT_MAX];
    size_t count;
};

static bool
is_colour(const uint8_t *name)
{
    static const char names[][5] = {"wtpt", "bkpt", "rXYZ", "gXYZ", "bXYZ",
        "rTRC", "gTRC", "bTRC", "kTRC", "chad", "lumi", "A2B0", "A2B1", "A2B2",
        "B2A0", "B2A1", "B2A2", "gamt", "D2B0", "D2B1", "D2B2", "D2B3", "B2D0",
        "B2D1", "B2D2", "B2D3", "cicp"};

    for (size_t i = 0; i < VLT_COUNT(names); i++) {
        if (memcmp(names[i], name, 4) == 0)
            return true;
    }
    return false;
}

/* How many bytes of this element mean something; 0: not to be kept. */
static uint32_t
used(const uint8_t *p, uint32_t n)
{
    static const uint8_t numbers[] = {1, 3, 4, 5, 7}; /* of a curve's kind */
    static const char whole[][5] = {"mft1", "mft2", "mAB ", "mBA ", "mpet"};
    uint64_t want = 0;

    if (n < 12)
        return 0;
    if (memcmp(p, "XYZ ", 4) == 0)
        want = 20;
    else if (memcmp(p, "sf32", 4) == 0)
        want = 8 + 36;
    else if (memcmp(p, "cicp", 4) == 0)
        want = 12;
    else if (memcmp(p, "curv", 4) == 0)
        want = 12 + 2 * (uint64_t)vlt_load_u32(p + 8);
    else if (memcmp(p, "para", 4) == 0 && p[8] == 0 && p[9] < 5)
        want = 12u + 4u * numbers[p[9]];
    for (size_t i = 0; i < VLT_COUNT(whole); i++) {
        if (memcmp(p, whole[i], 4) == 0)
            want = n;
    }
    return want <= n ? (uint32_t)want : 0;
}

/* Read the table; false when it leads outside or a colour is not known. */
static bool
choose(struct icc *c)
{
    uint32_t tags = vlt_load_u32(c->p + HEADER);

    if (tags > TAGS_MAX || HEADER + 4 + (size_t)tags * TAG > c->n)
        return false;
    for (uint32_t i = 0; i < tags; i++) {
        const uint8_t *t = c->p + HEADER + 4 + (size_t)i * TAG;
        struct kept k = {vlt_load_u32(t), vlt_load_u32(t + 4),
            vlt_load_u32(t + 8), 0};

        if (!is_colour(t))
            continue;
        if (k.from > c->n || k.size > c->n - k.from || c->count == KEPT_MAX)
            return false;
        k.size = used(c->p + k.from, k.size);
        if (k.size == 0)
            return false;
        c->kept[c->count++] = k;
    }
    return c->count > 0;
}

static void
put_header(const struct icc *c, struct vlt_buf *out)
{
    static const uint8_t date[12] = {0x07, 0xd0, 0, 1, 0, 1};

    vlt_buf_put_zero(out, 4 + 4);    /* size, set at the end; module */
    vlt_buf_put(out, c->p + 8, 4);   /* version */
    vlt_buf_put(out, c->p + 12, 12); /* class, colours, connection */
    vlt_buf_put(out, date, sizeof date);
    vlt_buf_put_str(out, "acsp");
    vlt_buf_put_zero(out, 24); /* system, flags, maker, model */
    vlt_buf_put_zero(out, 3);
    vlt_buf_put_u8(out, c->p[67] & 3);  /* intent */
    vlt_buf_put(out, c->p + 68, 12);    /* light */
    vlt_buf_put_zero(out, HEADER - 80); /* creator, sum, reserved */
}

/* The two texts that a profile must have, empty; in the copy at `at`. */
static const uint8_t no_text_2[92] = {'d', 'e', 's', 'c', 0, 0, 0, 0, 0, 0, 0,
    1};
static const uint8_t no_notice_2[12] = {'t', 'e', 'x', 't'};
static const uint8_t no_text_4[16] = {'m', 'l', 'u', 'c', 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 12};

static void
put_tag(struct vlt_buf *out, const char *name, size_t at, size_t size)
{
    vlt_buf_put(out, name, 4);
    vlt_buf_put_u32(out, (uint32_t)at);
    vlt_buf_put_u32(out, (uint32_t)size);
}

/* Give each element its place; those that were shared stay shared. */
static size_t
place(struct icc *c, size_t at)
{
    for (size_t i = 0; i < c->count; i++) {
        size_t j = 0;

        while (j < i && c->kept[j].from != c->kept[i].from)
            j++;
        c->kept[i].to = j < i ? c->kept[j].to : (uint32_t)at;
        if (j == i)
            at += (c->kept[i].size + 3u) & ~(size_t)3;
    }
    return at;
}

static void
put_elements(const struct icc *c, struct vlt_buf *out, size_t start)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct kept *k = &c->kept[i];

        if (out->len - start != k->to)
            continue; /* shared with an earlier one */
        vlt_buf_put(out, c->p + k->from, k->size);
        vlt_buf_put_zero(out, (0u - k->size) & 3);
    }
}

bool
icc_clean(const uint8_t *p, size_t n, struct vlt_buf *out)
{
    struct icc c = {.p = p, .n = n};
    size_t start = out->len, texts, end;
    bool v4;

    if (n < HEADER + 4 || n > ICC_MAX || memcmp(p + 36, "acsp", 4) != 0 ||
        !choose(&c))
        return false;
    v4 = p[8] >= 4;
    texts = HEADER + 4 + (c.count + 2) * TAG;
    end = place(&c, texts + (v4 ? 16 : 92 + 12));
    put_header(&c, out);
    vlt_buf_put_u32(out, (uint32_t)c.count + 2);
    put_tag(out, "desc", texts, v4 ? 16 : 91);
    put_tag(out, "cprt", v4 ? texts : texts + 92, v4 ? 16 : 9);
    for (size_t i = 0; i < c.count; i++) {
        uint8_t name[4];

        vlt_store_u32(name, c.kept[i].name);
        put_tag(out, (const char *)name, c.kept[i].to, c.kept[i].size);
    }
    vlt_buf_put(out, v4 ? no_text_4 : no_text_2, v4 ? 16 : 92);
    vlt_buf_put(out, no_notice_2, v4 ? 0 : 12);
    put_elements(&c, out, start);
    if (out->failed || out->len - start != end)
        return false;
    vlt_store_u32(out->p + start, (uint32_t)end);
    return true;
}
