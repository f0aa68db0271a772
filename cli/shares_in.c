/* SPDX-License-Identifier: Apache-2.0 */
/* shares_in.c: shares as people have them: typed, or in files */
#include "shares_in.h"

#include "ask.h"
#include "bytes.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "text.h"
#include "tr.h"

#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 256 * 1024, ALONE_MAX = 512, TRIES = 5, PROMPT = 256 };

enum vault_status
shares_numbers(const char *s, unsigned *k, unsigned *n, struct vault_error *err)
{
    const char *slash = strchr(s, '/');
    uint64_t a = 0, b = 0;

    if (slash == NULL || !vlt_parse_u64(&a, s, (size_t)(slash - s)) ||
        !vlt_parse_u64(&b, slash + 1, strlen(slash + 1)) || a > 99 || b > 99)
        return vlt_fail(err, VAULT_E_USAGE,
            "\"%s\" is not how many of how many, such as 2/3", s);
    *k = (unsigned)a;
    *n = (unsigned)b;
    return VAULT_OK;
}

/* One that is there already is no failure here. */
VAULT_CHECKED static enum vault_status
add(struct vault_shares *s, const char *text, size_t n, struct vault_error *err)
{
    enum vault_status st = vault_shares_add(s, text, n, NULL, err);

    return st == VAULT_E_EXISTS ? VAULT_OK : st;
}

static bool
begins(const char *line, size_t n)
{
    return n > 4 &&
        (memcmp(line, "sqr1", 4) == 0 || memcmp(line, "SQR1", 4) == 0);
}

VAULT_CHECKED static enum vault_status
add_lines(struct vault_shares *s, const char *p, size_t n, size_t *found,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    while (n > 0 && st == VAULT_OK) {
        const char *end = memchr(p, '\n', n);
        size_t len = end != NULL ? (size_t)(end - p) : n;
        size_t blank = 0;

        while (blank < len && (p[blank] == ' ' || p[blank] == '\t'))
            blank++;
        if (begins(p + blank, len - blank)) {
            ++*found;
            st = add(s, p + blank, len - blank, err);
        }
        n -= len + (end != NULL);
        p += len + (end != NULL);
    }
    return st;
}

VAULT_CHECKED static enum vault_status
add_bytes(const char *path, const char *p, size_t n, struct vault_shares *s,
    struct vault_error *err)
{
    size_t found = 0;
    enum vault_status st;

    /* a share that was wrapped over lines is one all the same */
    if (n <= ALONE_MAX && add(s, p, n, NULL) == VAULT_OK)
        return VAULT_OK;
    st = add_lines(s, p, n, &found, err);
    if (found == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "there is no share in %s", path);
    return st;
}

VAULT_CHECKED static enum vault_status
read_all(const char *path, struct vlt_buf *b, struct vault_error *err)
{
    enum { PIECE = 4096 };
    struct vlt_file *f = NULL;
    size_t got = 1;
    enum vault_status st = strcmp(path, "-") == 0
        ? vlt_file_stdin(&f, err)
        : vlt_file_open(path, &f, err);

    while (st == VAULT_OK && got > 0) {
        uint8_t *p = vlt_buf_room(b, PIECE);

        if (p == NULL) {
            st = vlt_buf_end(b, "shares", err);
            break;
        }
        b->len -= PIECE;
        st = vlt_file_read(f, p, PIECE, &got, err);
        b->len += st == VAULT_OK ? got : 0;
    }
    vlt_file_close(f);
    return st;
}

enum vault_status
shares_file(const char *path, struct vault_shares *s, struct vault_error *err)
{
    struct vlt_buf b;
    enum vault_status st;

    vlt_buf_init(&b, FILE_MAX);
    st = read_all(path, &b, err);
    if (st == VAULT_OK)
        st = add_bytes(path, (const char *)b.p, b.len, s, err);
    vlt_buf_clear(&b);
    return st;
}

static void
tell(const struct vault_shares *s, const struct vault_share_view *v)
{
    size_t more = vault_shares_missing(s);

    if (v->index == 's')
        say_info(tr("sheet of set %s: its checksum holds"), v->set);
    else if (more == 0)
        say_info(tr("share %c of set %s: its checksum holds; these are enough"),
            v->index, v->set);
    else
        say_info(trn("share %c of set %s: its checksum holds; %zu more is "
                     "needed",
                     "share %c of set %s: its checksum holds; %zu more are "
                     "needed",
                     more),
            v->index, v->set, more);
}

/* One share, a few tries. */
VAULT_CHECKED static enum vault_status
ask_one(struct vault_shares *s, const char *missing, struct vault_error *err)
{
    struct vault_share_view v;
    char prompt[PROMPT];
    struct vlt_buf answer;
    enum vault_status st = VAULT_OK;

    (void)snprintf(prompt, sizeof prompt,
        tr("Share %zu, as it is printed (sqr1 ...): "),
        vault_shares_count(s) + 1);
    vlt_buf_init(&answer, ASK_MAX + 1);
    for (int i = 0; i < TRIES; i++) {
        st = ask_line(prompt, true, missing, &answer, err);
        if (st != VAULT_OK)
            break;
        st = vault_shares_add(s, vlt_buf_cstr(&answer), answer.len, &v, err);
        if (st == VAULT_OK)
            tell(s, &v);
        if (st == VAULT_OK || i + 1 == TRIES)
            break;
        say_error(err);
    }
    vlt_buf_clear(&answer);
    return st;
}

enum vault_status
shares_ask(struct vault_shares *s, bool all, const char *missing,
    struct vault_error *err)
{
    enum vault_status st = ask_one(s, missing, err);

    while (all && st == VAULT_OK && vault_shares_missing(s) > 0)
        st = ask_one(s, missing, err);
    return st;
}

enum vault_status
shares_gather(const struct cli *c, struct vault_shares *s,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < c->args.n; i++)
        st = shares_file(c->args.v[i], s, err);
    if (st == VAULT_OK && c->args.n > 0 && vault_shares_missing(s) > 0)
        say_info(trn("%zu more share is needed", "%zu more shares are needed",
                     vault_shares_missing(s)),
            vault_shares_missing(s));
    if (st == VAULT_OK && vault_shares_missing(s) > 0)
        st = shares_ask(s, true, N_("name files with the shares"), err);
    return st;
}
