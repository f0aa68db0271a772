/* SPDX-License-Identifier: Apache-2.0 */
/* hunt.c: walking over bytes and texts, and what was found in them */
#include "hunt.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "hunt_loot.h"
#include "keyfile.h"
#include "nfc.h"
#include "temp_dir.h"
#include "text.h"

enum { KEY = 32, DIFFERENT = 20, LINES = 20, REPORT = 8192 };

struct hunt {
    struct quarry q;
    size_t count[HUNT_KINDS];
    size_t tried;
    size_t lines;
    char report[REPORT];
    /* of what was tried: an open table of 64 bits each, 0 is free */
    uint64_t *seen;
    size_t room, used;
    /* key files that were found */
    uint8_t keyfile[8][32];
    size_t keyfiles;
};

static const char *const names[HUNT_KINDS] = {"vault master key",
    "key under the vault master key", "key of a slot", "base of a slot",
    "key file", "SEED", "X-Wing seed", "E0", "step of a chain",
    "key of a wrap, event or manifest", "shared secret of HPKE", "record key",
    "K_meta", "key of a body", "key of the catalogue", "Ed25519 seed of a card",
    "Ed25519 seed of a log"};

const char *
hunt_kind_name(enum hunt_kind k)
{
    return names[k];
}

struct hunt *
hunt_new(void)
{
    struct hunt *h = calloc(1, sizeof *h);

    if (h == NULL || vlt_crypto_init(NULL) != VAULT_OK)
        temp_die("does not start", "hunt");
    return h;
}

void
hunt_target(struct hunt *h, const char *path)
{
    quarry_load(&h->q, path);
}

void
hunt_target_records(struct hunt *h, const char *path, const uint8_t (*id)[16],
    size_t n, bool wraps)
{
    quarry_load_records(&h->q, path, id, n, wraps);
}

void
hunt_spare_records(struct hunt *h, const uint8_t (*id)[16], size_t n)
{
    quarry_spare(&h->q, id, n);
}

void
hunt_target_identity(struct hunt *h, const uint8_t *kem, const uint8_t *sign)
{
    quarry_identity(&h->q, kem, sign);
}

/* ---- what was tried before ---- */

static uint64_t
mix(const uint8_t w[KEY])
{
    uint64_t v[4], x;

    memcpy(v, w, sizeof v);
    x = v[0] * 0x9e3779b97f4a7c15u ^ (v[1] << 31 | v[1] >> 33);
    x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u ^ v[2];
    x = (x ^ x >> 32) * 0x94d049bb133111ebu ^ (v[3] << 17 | v[3] >> 47);
    x = (x ^ x >> 31) * 0x9e3779b97f4a7c15u;
    return x == 0 ? 1 : x;
}

static void
put(uint64_t *table, size_t room, uint64_t x)
{
    size_t i = (size_t)x & (room - 1);

    while (table[i] != 0)
        i = (i + 1) & (room - 1);
    table[i] = x;
}

/* Zeros, not freed noise: the next process to be hunted is forked from here. */
static void
forget(struct hunt *h)
{
    if (h->seen != NULL)
        explicit_bzero(h->seen, h->room * sizeof *h->seen);
    free(h->seen);
    h->seen = NULL;
}

static void
grow(struct hunt *h)
{
    size_t room = h->room == 0 ? 1u << 16 : 2 * h->room;
    uint64_t *table = calloc(room, sizeof *table);

    if (table == NULL)
        temp_die("no memory", "hunt");
    for (size_t i = 0; i < h->room; i++)
        if (h->seen[i] != 0)
            put(table, room, h->seen[i]);
    forget(h);
    h->seen = table;
    h->room = room;
}

static bool
tried_before(struct hunt *h, const uint8_t w[KEY])
{
    uint64_t x = mix(w);
    size_t i;

    if (2 * h->used >= h->room)
        grow(h);
    for (i = (size_t)x & (h->room - 1); h->seen[i] != 0;
         i = (i + 1) & (h->room - 1))
        if (h->seen[i] == x)
            return true;
    h->seen[i] = x;
    h->used++;
    return false;
}

static void
pass_over(void *ctx, const uint8_t *p, size_t n)
{
    for (size_t at = 0; at + KEY <= n; at++)
        (void)tried_before(ctx, p + at);
}

void
hunt_pass_over(struct hunt *h, const char *path)
{
    quarry_sealed(path, pass_over, h);
}

void
hunt_free(struct hunt *h)
{
    if (h == NULL)
        return;
    quarry_clear(&h->q);
    forget(h);
    free(h);
}

/* ---- one window ---- */

VAULT_PRINTF(2, 3)
static void
tell(struct hunt *h, const char *form, ...)
{
    size_t n = strlen(h->report);
    va_list ap;

    if (h->lines++ >= LINES)
        return;
    va_start(ap, form);
    (void)vsnprintf(h->report + n, sizeof h->report - n, form, ap);
    va_end(ap);
}

static void
try_key(struct hunt *h, const char *name, size_t at, const char *form,
    const uint8_t *w, size_t room)
{
    if (tried_before(h, w))
        return;
    h->tried++;
    for (int k = 0; k < HUNT_KINDS; k++) {
        if (!quarry_opens(&h->q, (enum hunt_kind)k, w, room))
            continue;
        h->count[k]++;
        tell(h, "%s, offset %zu%s: %s\n", name, at, form, names[k]);
        if (k == HUNT_KEYFILE &&
            h->keyfiles < sizeof h->keyfile / sizeof h->keyfile[0])
            memcpy(h->keyfile[h->keyfiles++], w, KEY);
    }
}

/* ---- texts ---- */

static bool
is_b64(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
        (c >= '0' && c <= '9') || c == '+' || c == '/';
}

static int
hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void
try_hex(struct hunt *h, const char *name, const uint8_t *p, size_t at)
{
    uint8_t w[KEY];

    for (size_t i = 0; i < KEY; i++) {
        int a = hex_digit(p[at + 2 * i]), b = hex_digit(p[at + 2 * i + 1]);

        if (a < 0 || b < 0)
            return;
        w[i] = (uint8_t)(a << 4 | b);
    }
    try_key(h, name, at, " (hex)", w, KEY);
}

/* 43 characters, whatever comes after them. */
static void
try_b64(struct hunt *h, const char *name, const uint8_t *p, size_t at)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu"
                              "vwxyz0123456789+/";
    uint8_t w[KEY + 1] = {0};
    uint32_t bits = 0;

    for (size_t i = 0, n = 0, have = 0; i < 43; i++) {
        bits = bits << 6 | (uint32_t)(strchr(set, p[at + i]) - set);
        have += 6;
        if (have >= 8 && n < KEY) {
            have -= 8;
            w[n++] = (uint8_t)(bits >> have);
        }
    }
    try_key(h, name, at, " (base64)", w, KEY);
}

static void
try_bech32(struct hunt *h, const char *name, const uint8_t *p, size_t at)
{
    static const char set[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    uint8_t w[KEY + 1] = {0};
    uint32_t bits = 0;

    for (size_t i = 0, n = 0, have = 0; i < 52; i++) {
        const char *c = strchr(set, p[at + i] | 0x20);

        if (p[at + i] == 0 || c == NULL)
            return;
        bits = bits << 5 | (uint32_t)(c - set);
        have += 5;
        if (have >= 8 && n < KEY) {
            have -= 8;
            w[n++] = (uint8_t)(bits >> have);
        }
    }
    try_key(h, name, at, " (bech32)", w, KEY);
}

static void
hunt_texts(struct hunt *h, const char *name, const uint8_t *p, size_t n)
{
    size_t run = 0;

    for (size_t end = 0; end < n; end++) {
        run = is_b64(p[end]) ? run + 1 : 0;
        if (run >= 43)
            try_b64(h, name, p, end + 1 - 43);
        if (run >= 52)
            try_bech32(h, name, p, end + 1 - 52);
        if (run >= 64)
            try_hex(h, name, p, end + 1 - 64);
    }
}

/* ---- bytes ---- */

void
hunt_bytes(struct hunt *h, const char *name, const void *bytes, size_t n,
    size_t step)
{
    const uint8_t *p = bytes;
    size_t of[256] = {0}, different = 0;

    hunt_texts(h, name, p, n);
    for (size_t end = 0; end < n; end++) {
        different += of[p[end]]++ == 0;
        if (end >= KEY)
            different -= --of[p[end - KEY]] == 0;
        if (end + 1 >= KEY && different >= DIFFERENT &&
            ((end + 1 - KEY) % step == 0 || (end + 1 - KEY) % 32 == 0))
            try_key(h, name, end + 1 - KEY, "", p + end + 1 - KEY,
                n - (end + 1 - KEY));
    }
}

void
hunt_file(struct hunt *h, const char *path, size_t step)
{
    size_t n;
    uint8_t *p = temp_read(path, &n);
    const char *name = strrchr(path, '/');

    hunt_bytes(h, name == NULL ? path : name + 1, p, n, step);
    explicit_bzero(p, n);
    free(p);
}

void
hunt_folder(struct hunt *h, const char *path, size_t step)
{
    DIR *d = opendir(path);
    struct dirent *e;
    char name[TEMP_PATH + 300];
    struct stat st;

    if (d == NULL)
        temp_die("cannot be listed", path);
    while ((e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        /* a file's name is on the disk as well */
        hunt_bytes(h, "a name", e->d_name, strlen(e->d_name), 1);
        if (lstat(name, &st) != 0)
            temp_die("cannot be looked at", name);
        if (S_ISDIR(st.st_mode))
            hunt_folder(h, name, step);
        else if (S_ISREG(st.st_mode) && st.st_size > 0)
            hunt_file(h, name, step);
    }
    (void)closedir(d);
}

void
hunt_passphrase(struct hunt *h, const char *words)
{
    struct vlt_guarded *pass = vlt_guarded_copy(words, strlen(words));
    struct vlt_keyfile *file = vlt_keyfile_new();
    struct vlt_vmk *vmk = vlt_vmk_new();

    if (pass == NULL || file == NULL || vmk == NULL)
        temp_die("no memory", "passphrase");
    for (size_t i = 0; i < h->q.slots; i++)
        for (size_t k = 0; k <= h->keyfiles; k++) {
            const struct quarry_slot *s = &h->q.slot[i];
            struct vlt_offer o = {.pass = pass,
                .keyfile = k == 0 ? NULL : file};

            if (s->slot.kind != vlt_offer_kind(&o))
                continue;
            if (k > 0)
                memcpy(file->b, h->keyfile[k - 1], 32);
            h->tried++;
            if (vlt_slot_open(&s->slot, s->vault, &o, vmk, NULL) != VAULT_OK)
                continue;
            h->count[HUNT_BASE]++;
            tell(h, "a passphrase: opens slot %zu\n", i);
        }
    vlt_vmk_free(vmk);
    vlt_keyfile_free(file);
    vlt_guarded_free(pass);
}

size_t
hunt_bearer(struct hunt *h, const char *container, const char *keyfile)
{
    static struct loot loot;
    struct quarry q = {0};
    uint8_t k[KEY], *p;
    size_t n, got = 0;

    p = temp_read(keyfile, &n);
    if (n < VLT_KEYFILE_SIZE ||
        !vlt_unb64(k, KEY, &got, (const char *)p + n - 45, VLT_B64_32))
        temp_die("not a key file", keyfile);
    hunt_bytes(h, "the bearer's key file", p, n, 1);
    free(p);
    memset(&loot, 0, sizeof loot);
    quarry_load(&q, container);
    (void)loot_unlock(&loot, &q, k, NULL);
    loot_follow(&loot, &q);
    p = loot_bytes(&loot, &n);
    hunt_bytes(h, "what follows from it", p, n, 1);
    free(p);
    quarry_clear(&q);
    return loot.n;
}

/* ---- what came out ---- */

size_t
hunt_count(const struct hunt *h, enum hunt_kind k)
{
    return h->count[k];
}

size_t
hunt_opened(const struct hunt *h)
{
    size_t n = 0;

    for (int k = 0; k < HUNT_OPENING; k++)
        n += h->count[k];
    return n;
}

size_t
hunt_things(const struct hunt *h)
{
    return quarry_things(&h->q);
}

size_t
hunt_tried(const struct hunt *h)
{
    return h->tried;
}

const char *
hunt_report(const struct hunt *h)
{
    return h->report;
}
