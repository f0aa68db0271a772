/* SPDX-License-Identifier: Apache-2.0 */
/* out.c: results on standard output, everything else on standard error */
#include "out.h"

#include "bytes.h"
#include "fail.h"
#include "os.h"
#include "progress.h"
#include "safe.h"
#include "tr.h"
#include "utf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { COLLECT = 64 * 1024, MESSAGE_MAX = 16 * 1024 };

/* The process has one standard output; so has this file. */
static struct {
    struct vlt_file *file;
    uint8_t buf[COLLECT];
    size_t len;
    bool failed;
    struct vault_error err;
    bool quiet;
} std;

static void
write_out(const void *p, size_t n)
{
    if (std.failed || n == 0)
        return;
    if (std.file == NULL && vlt_file_stdout(&std.file, &std.err) != VAULT_OK) {
        std.failed = true;
        return;
    }
    if (vlt_file_write(std.file, p, n, &std.err) != VAULT_OK)
        std.failed = true;
}

void
out_flush(void)
{
    progress_hide();
    write_out(std.buf, std.len);
    vlt_wipe(std.buf, std.len);
    std.len = 0;
}

void
out_bytes(const void *p, size_t n)
{
    if (n > COLLECT - std.len)
        out_flush();
    if (n > COLLECT) {
        write_out(p, n);
        return;
    }
    if (n > 0)
        memcpy(std.buf + std.len, p, n);
    std.len += n;
}

void
out_text(const char *s)
{
    out_bytes(s, strlen(s));
}

void
out_printf(const char *format, ...)
{
    char text[4096];
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof text)
        out_fail();
    else
        out_bytes(text, (size_t)n);
    vlt_wipe(text, sizeof text);
}

void
out_safe(const char *s, size_t n, unsigned flags)
{
    struct vlt_buf b;

    vlt_buf_init(&b, n > SIZE_MAX / 16 ? SIZE_MAX / 2 : n * 10 + 16);
    safe_put(&b, s, n, flags);
    if (b.failed)
        out_fail();
    else
        out_bytes(b.p, b.len);
    vlt_buf_clear(&b);
}

/* How many bytes of s fit into so many columns; *used says how many. */
static size_t
fitting(const char *s, size_t n, int columns, int *used)
{
    size_t i = 0;

    *used = 0;
    while (i < n) {
        uint32_t cp = 0;
        size_t len = utf_next(s + i, n - i, &cp);
        int w = len == 0 ? 1 : utf_width(cp);

        if (*used + w > columns)
            break;
        *used += w;
        i += len == 0 ? 1 : len;
    }
    return i;
}

void
out_column(const char *s, int columns, bool cut)
{
    struct vlt_buf b;
    int used = 0;
    size_t n;

    vlt_buf_init(&b, strlen(s) * 10 + 16);
    safe_put(&b, s, strlen(s), 0);
    n = fitting((const char *)b.p, b.len, columns, &used);
    if (n < b.len && cut) {
        n = fitting((const char *)b.p, b.len, columns - 1, &used);
        out_bytes(b.p, n);
        out_text("…");
        used++;
    } else {
        out_bytes(b.p, b.len);
    }
    for (; used < columns; used++)
        out_text(" ");
    vlt_buf_clear(&b);
}

void
out_fail(void)
{
    if (!std.failed)
        (void)vlt_fail(&std.err, VAULT_E_MEMORY,
            "the output could not be put together");
    std.failed = true;
}

enum vault_status
out_end(struct vault_error *err)
{
    out_flush();
    vlt_file_close(std.file);
    std.file = NULL;
    if (!std.failed)
        return VAULT_OK;
    std.failed = false;
    if (err != NULL)
        *err = std.err;
    return std.err.code;
}

void
say_quiet(bool quiet)
{
    std.quiet = quiet;
}

/* One line, made harmless as a whole. */
static void
say(const char *before, const char *text)
{
    struct vlt_buf b;

    vlt_buf_init(&b, MESSAGE_MAX * 10);
    safe_put(&b, text, strlen(text), SAFE_BACKSLASH);
    out_flush();
    fprintf(stderr, "%s%s\n", before, vlt_buf_cstr(&b));
    fflush(stderr);
    vlt_buf_clear(&b);
}

void
say_info(const char *format, ...)
{
    char text[MESSAGE_MAX];
    va_list ap;

    if (std.quiet)
        return;
    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    say("sanduq: ", text);
}

void
say_warn(const char *format, ...)
{
    char text[MESSAGE_MAX];
    va_list ap;

    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    say("sanduq: ", text);
}

void
say_hint(const char *hint)
{
    char before[64];

    if (hint == NULL)
        return;
    (void)snprintf(before, sizeof before, "%s: ", tr("hint"));
    say(before, tr(hint));
}

/* The next conversion of a format at or after *at: what stands between % and
 * its letter, without numbers. NULL at the end; "%%" is none. */
static const char *
next_conversion(const char **at)
{
    const char *s = *at;

    while ((s = strchr(s, '%')) != NULL && s[1] == '%')
        s += 2;
    if (s != NULL)
        *at = ++s;
    return s;
}

/* Arguments that are the library's own words, %-s, in the language too. What
 * came from elsewhere is never taken for a word. */
static void
translate_words(struct vault_error *err)
{
    const char *at = err->key, *s;
    int i;

    for (i = 0; i < err->args && (s = next_conversion(&at)) != NULL; i++) {
        const char *word = s[0] == '-' && s[1] == 's' ? tr(err->arg[i]) : NULL;

        if (word != NULL && word != err->arg[i] && err->arg[i][0] != 0 &&
            strlen(word) < sizeof err->arg[i])
            memcpy(err->arg[i], word, strlen(word) + 1);
    }
}

void
say_message(const struct vault_error *err, char *out, size_t size)
{
    struct vault_error e;

    if (err->key != NULL) {
        e = *err;
        translate_words(&e);
        vault_error_render(&e, tr(e.key), out, size);
    } else {
        (void)snprintf(out, size, "%s", tr("no reason was given"));
    }
}

void
say_error(const struct vault_error *err)
{
    char text[1024];

    say_message(err, text, sizeof text);
    say("sanduq: ", text);
    say_hint(err->hint);
}

void
size_text(char out[SIZE_TEXT], unsigned long long bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB",
        "EiB"};
    size_t unit = 0;
    double v = (double)bytes;

    while (v >= 1023.95 && unit < VLT_COUNT(units) - 1) {
        v /= 1024;
        unit++;
    }
    (void)snprintf(out, SIZE_TEXT, unit == 0 ? "%.0f %s" : "%.1f %s", v,
        units[unit]);
}
