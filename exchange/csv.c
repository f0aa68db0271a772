/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c: reading tables of text, row by row */
#include "csv.h"

#include "fail.h"
#include "nmark.h"
#include "text.h"

#include <string.h>

enum state { BEGIN, PLAIN, QUOTED, QUOTE_SEEN };

/* ---- the beginning ---- */

static const char utf8_hint[] =
    N_("save it again as UTF-8 (in a spreadsheet: CSV UTF-8)");

VAULT_CHECKED static enum vault_status
check_encoding(struct csv *c, struct vault_error *err)
{
    size_t n;
    const uint8_t *p = feed_ahead(c->feed, &n);

    if (n >= 2 &&
        (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
        return vlt_fail_hint(err, VAULT_E_FORMAT, utf8_hint,
            "the table is in UTF-16, not in UTF-8");
    if (n >= 4 &&
        (memcmp(p, "PK\3\4", 4) == 0 || memcmp(p, "\xd0\xcf\x11\xe0", 4) == 0))
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            N_("open it in a spreadsheet and save it as CSV UTF-8"),
            "this is a spreadsheet, not a table of text");
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        c->feed->pos += 3;
    return VAULT_OK;
}

/* How often `what` stands in the first line outside of quotes. */
static size_t
count_in_line(const uint8_t *p, size_t n, char what)
{
    bool quoted = false;
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"')
            quoted = !quoted;
        else if (!quoted && (p[i] == '\n' || p[i] == '\r'))
            break;
        else if (!quoted && p[i] == (uint8_t)what)
            found++;
    }
    return found;
}

static void
find_separator(struct csv *c)
{
    static const char all[] = ",;\t";
    size_t n, most = 0;
    const uint8_t *p = feed_ahead(c->feed, &n);

    if (n >= 6 && memcmp(p, "sep=", 4) == 0 && p[4] >= 0x09 && p[4] < 0x7f &&
        p[4] != '"' && (p[5] == '\n' || p[5] == '\r')) {
        c->separator = (char)p[4];
        c->feed->pos += p[5] == '\r' && n >= 7 && p[6] == '\n' ? 7 : 6;
        c->line++;
        return;
    }
    c->separator = ',';
    for (const char *s = all; *s != 0; s++) {
        size_t found = count_in_line(p, n, *s);

        if (found > most) {
            most = found;
            c->separator = *s;
        }
    }
}

enum vault_status
csv_begin(struct csv *c, struct feed *feed, char separator,
    struct vault_error *err)
{
    enum vault_status st;

    memset(c, 0, sizeof *c);
    c->feed = feed;
    c->separator = separator;
    c->line = 1;
    vlt_buf_init(&c->text, CSV_ROW_MAX + CSV_COLUMNS_MAX);
    vlt_buf_init(&c->starts, CSV_COLUMNS_MAX * sizeof(size_t));
    vlt_buf_init(&c->cells, CSV_COLUMNS_MAX * sizeof(struct csv_cell));
    st = check_encoding(c, err);
    if (st == VAULT_OK && separator == 0)
        find_separator(c);
    return st;
}

void
csv_clear(struct csv *c)
{
    vlt_buf_clear(&c->text);
    vlt_buf_clear(&c->starts);
    vlt_buf_clear(&c->cells);
}

/* ---- one row ---- */

/* The first mistake stands; the rest of the row is passed over. */
static void
note(struct csv *c, const char *mistake, size_t column)
{
    if (c->row.mistake == NULL) {
        c->row.mistake = mistake;
        c->row.column = column;
    }
    c->discard = true;
    vlt_buf_reset(&c->text);
}

static size_t
column(const struct csv *c)
{
    return c->starts.len / sizeof(size_t) + 1;
}

static void
put(struct csv *c, int byte)
{
    if (c->discard)
        return;
    if (c->text.len - c->begins >= CSV_CELL_MAX)
        note(c, N_("cells of at most 4 MiB"), column(c));
    else if (c->text.len >= CSV_ROW_MAX)
        note(c, N_("rows of at most 16 MiB"), 0);
    else
        vlt_buf_put_u8(&c->text, (uint8_t)byte);
}

static void
end_cell(struct csv *c)
{
    const uint8_t *p =
        c->text.p != NULL ? c->text.p + c->begins : (const uint8_t *)"";
    size_t n = c->text.len - c->begins;

    if (c->discard)
        return;
    if (n > 0 && memchr(p, 0, n) != NULL)
        note(c, N_("text without zero bytes"), column(c));
    else if (n > 0 && !vlt_utf8_valid(p, n))
        note(c, N_("text in UTF-8"), column(c));
    else if (column(c) > CSV_COLUMNS_MAX)
        note(c, N_("at most 4096 columns"), 0);
    if (c->discard)
        return;
    vlt_buf_put(&c->starts, &c->begins, sizeof c->begins);
    vlt_buf_put_u8(&c->text, 0);
    c->begins = c->text.len;
}

/* A line end was taken: CRLF is one. */
static void
end_line(struct csv *c, int byte)
{
    bool pair = byte == '\r' && feed_peek(c->feed) == '\n';

    if (pair)
        (void)feed_take(c->feed);
    if (!c->ended)
        c->by_cr = byte == '\r' && !pair;
    c->ended = true;
    c->line++;
}

/* Whether a row ends here. CR in a table of other line ends is a character. */
static bool
is_line_end(struct csv *c, int byte)
{
    return byte == '\n' ||
        (byte == '\r' && (!c->ended || c->by_cr || feed_peek(c->feed) == '\n'));
}

static void
put_quoted_byte(struct csv *c, int byte)
{
    if (byte == '\n' || (byte == '\r' && feed_peek(c->feed) != '\n'))
        c->line++;
    put(c, byte);
}

/* What a byte outside of quotes does; false at the end of the row. */
static bool
outside(struct csv *c, int byte, enum state *s)
{
    if (is_line_end(c, byte)) {
        end_line(c, byte);
        end_cell(c);
        return false;
    }
    if (byte == c->separator) {
        end_cell(c);
        *s = BEGIN;
    } else if (*s == QUOTE_SEEN) {
        note(c, N_("nothing between a closing quote and the end of its cell"),
            column(c));
        *s = PLAIN;
    } else {
        put(c, byte);
        *s = PLAIN;
    }
    return true;
}

/* Whether the row has anything in it: an empty line has not. */
static bool
read_row(struct csv *c, bool *any)
{
    enum state s = BEGIN;
    bool more = true;
    int byte;

    *any = false;
    while (more && (byte = feed_take(c->feed)) >= 0) {
        bool quote = byte == '"';

        *any = *any || (byte != '\n' && byte != '\r');
        if (quote && s == BEGIN) {
            s = QUOTED;
        } else if (quote && s == QUOTED) {
            s = QUOTE_SEEN;
        } else if (quote && s == QUOTE_SEEN) {
            put(c, byte);
            s = QUOTED;
        } else if (s == QUOTED) {
            put_quoted_byte(c, byte);
        } else {
            more = outside(c, byte, &s);
        }
    }
    if (more && s == QUOTED)
        note(c,
            N_("a closing quote; everything up to the end of the file belongs "
               "to this row"),
            column(c));
    else if (more && *any)
        end_cell(c); /* the last row, without its line end */
    return *any || !more;
}

VAULT_CHECKED static enum vault_status
list_cells(struct csv *c, struct vault_error *err)
{
    size_t n = c->starts.len / sizeof(size_t);
    enum vault_status st = vlt_buf_end(&c->text, "row", err);

    if (st == VAULT_OK)
        st = vlt_buf_end(&c->starts, "row", err);
    if (st != VAULT_OK || c->row.mistake != NULL)
        return st;
    for (size_t i = 0; i < n; i++) {
        struct csv_cell cell;
        size_t from, to = c->text.len;

        memcpy(&from, c->starts.p + i * sizeof from, sizeof from);
        if (i + 1 < n)
            memcpy(&to, c->starts.p + (i + 1) * sizeof to, sizeof to);
        cell.p = (const char *)c->text.p + from;
        cell.n = to - from - 1;
        vlt_buf_put(&c->cells, &cell, sizeof cell);
    }
    st = vlt_buf_end(&c->cells, "row", err);
    c->row.cell = (const struct csv_cell *)(const void *)c->cells.p;
    c->row.n = n;
    return st;
}

enum vault_status
csv_next(struct csv *c, const struct csv_row **row, struct vault_error *err)
{
    bool any = false, more;
    enum vault_status st;

    do {
        vlt_buf_reset(&c->text);
        vlt_buf_reset(&c->starts);
        vlt_buf_reset(&c->cells);
        memset(&c->row, 0, sizeof c->row);
        c->begins = 0;
        c->discard = false;
        c->row.line = c->line;
        more = read_row(c, &any);
        c->rows += more;
    } while (more && !any && c->feed->st == VAULT_OK);
    if (c->feed->st != VAULT_OK)
        return c->feed->st;
    *row = NULL;
    if (!more)
        return VAULT_OK;
    c->row.number = c->rows;
    st = list_cells(c, err);
    if (st == VAULT_OK)
        *row = &c->row;
    return st;
}
