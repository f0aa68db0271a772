/* SPDX-License-Identifier: Apache-2.0 */
/* bagit_text.c: the text files of a bag, read strictly */
#include "bagit_text.h"

#include "text.h"

#include <string.h>

bool
bagit_next_line(const char **p, const char *end, const char **line, size_t *n)
{
    const char *s = *p;

    if (s >= end)
        return false;
    *line = s;
    while (s < end && *s != '\n' && *s != '\r')
        s++;
    *n = (size_t)(s - *line);
    if (s < end && *s == '\r')
        s += s + 1 < end && s[1] == '\n' ? 2 : 1;
    else if (s < end)
        s++;
    *p = s;
    return true;
}

/* ---- manifests ---- */

static int
digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
        : c >= 'a' && c <= 'f'  ? c - 'a' + 10
        : c >= 'A' && c <= 'F'  ? c - 'A' + 10
                                : -1;
}

static bool
read_sum(const char *s, size_t n, size_t bytes, uint8_t *sum)
{
    if (n < 2 * bytes)
        return false;
    for (size_t i = 0; i < bytes; i++) {
        int high = digit(s[2 * i]), low = digit(s[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        sum[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* %0A, %0D and %25 in either case; any other % stands for itself. */
static size_t
decode(const char *s, size_t n, char *c)
{
    *c = *s;
    if (*s != '%' || n < 3)
        return 1;
    if (s[1] == '0' && (s[2] == 'A' || s[2] == 'a'))
        *c = '\n';
    else if (s[1] == '0' && (s[2] == 'D' || s[2] == 'd'))
        *c = '\r';
    else if (s[1] != '2' || s[2] != '5')
        return 1;
    return 3;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool
bagit_path_inside(const char *path)
{
    if (path[0] == '/' || path[0] == '~' || strpbrk(path, "\\:") != NULL)
        return false;
    while (*path != 0) {
        size_t n = strcspn(path, "/");

        if (n == 0 || (n == 1 && path[0] == '.') ||
            (n == 2 && path[0] == '.' && path[1] == '.'))
            return false;
        if (path[n] == '/' && path[n + 1] == 0)
            return false;
        path += n + (path[n] == '/');
    }
    return true;
}

enum bagit_line
bagit_read_line(const char *line, size_t n, size_t bytes, uint8_t *sum,
    char path[BAGIT_PATH])
{
    size_t at = 2 * bytes;
    size_t len = 0;

    if (!read_sum(line, n, bytes, sum) || n <= at || !is_blank(line[at]))
        return BAGIT_LINE_BAD;
    while (at < n && is_blank(line[at]))
        at++;
    if (at < n && line[at] == '*')
        at++;
    if (at == n)
        return BAGIT_LINE_BAD;
    while (at < n) {
        char c;

        at += decode(line + at, n - at, &c);
        if (c == 0 || len + 1 >= BAGIT_PATH)
            return BAGIT_LINE_BAD;
        path[len++] = c;
    }
    path[len] = 0;
    return bagit_path_inside(path) ? BAGIT_LINE_OK : BAGIT_LINE_OUTSIDE;
}

/* ---- bagit.txt ---- */

/* The value of the next line if that is LABEL: VALUE. */
static bool
read_label(const char **p, const char *end, const char *label,
    const char **value, size_t *len)
{
    size_t head = strlen(label);
    const char *line;
    size_t n;

    if (!bagit_next_line(p, end, &line, &n) || n < head + 2 ||
        memcmp(line, label, head) != 0 || line[head] != ':' ||
        line[head + 1] != ' ')
        return false;
    *value = line + head + 2;
    *len = n - head - 2;
    return true;
}

static bool
is_word(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(s, word, n) == 0;
}

enum bagit_declared
bagit_read_declaration(const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    const char *version, *encoding;
    size_t version_len, encoding_len;

    if (!read_label(&p, end, "BagIt-Version", &version, &version_len) ||
        !read_label(&p, end, "Tag-File-Character-Encoding", &encoding,
            &encoding_len) ||
        p != end)
        return BAGIT_DECLARED_BADLY;
    if (!is_word(version, version_len, "1.0") &&
        !is_word(version, version_len, "0.97"))
        return BAGIT_DECLARED_VERSION;
    return is_word(encoding, encoding_len, "UTF-8") ? BAGIT_DECLARED
                                                    : BAGIT_DECLARED_ENCODING;
}

/* ---- bag-info.txt ---- */

/* Labels do not mind their case. */
static bool
same_label(const char *s, size_t n, const char *label)
{
    if (strlen(label) != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char a = s[i], b = label[i];

        a = a >= 'A' && a <= 'Z' ? (char)(a - 'A' + 'a') : a;
        b = b >= 'A' && b <= 'Z' ? (char)(b - 'A' + 'a') : b;
        if (a != b)
            return false;
    }
    return true;
}

bool
bagit_find_info(const char *text, size_t n, const char *label,
    const char **value, size_t *len, size_t *count)
{
    const char *p = text, *end = text + n;
    const char *line;
    bool first = true;
    size_t k;

    *count = 0;
    while (bagit_next_line(&p, end, &line, &k)) {
        const char *colon = k > 0 ? memchr(line, ':', k) : NULL;
        size_t head = colon != NULL ? (size_t)(colon - line) : 0;

        if (k > 0 && is_blank(line[0]) && !first)
            continue; /* of the line before */
        first = false;
        if (colon == NULL || head == 0 || is_blank(line[0]))
            return false;
        if (!same_label(line, head, label))
            continue;
        *value = colon + 1;
        *len = k - head - 1;
        while (*len > 0 && is_blank(**value)) {
            ++*value;
            --*len;
        }
        ++*count;
    }
    return true;
}

bool
bagit_read_oxum(const char *s, size_t n, uint64_t *bytes, uint64_t *files)
{
    const char *dot;

    while (n > 0 && is_blank(s[n - 1]))
        n--;
    dot = n > 0 ? memchr(s, '.', n) : NULL;
    if (dot == NULL)
        return false;
    return vlt_parse_u64(bytes, s, (size_t)(dot - s)) &&
        vlt_parse_u64(files, dot + 1, n - (size_t)(dot - s) - 1);
}
