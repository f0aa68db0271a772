/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c: how far long work has come, and whether to stop it */
#include "progress.h"

#include "bytes.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "safe.h"
#include "text.h"
#include "tr.h"
#include "utf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BEFORE_MS = 1000, DRAW_MS = 200, JSON_MS = 1000, BAR = 20 };

/* The process has one terminal; so has this file. */
static struct {
    enum progress_mode mode;
    bool json;
    bool running, library, things, drawn;
    uint64_t done, total;
    uint64_t began, last;
    char name[256];
} now;

void
progress_setup(enum progress_mode mode, bool json)
{
    now.mode = mode;
    now.json = json;
}

void
progress_begin(uint64_t total, bool library)
{
    progress_end();
    now.running = true;
    now.library = library;
    now.total = total;
    now.done = 0;
    now.things = false;
    now.began = vlt_os_ticks_ms();
    now.last = now.began;
    now.name[0] = 0;
}

void
progress_name(const char *name)
{
    size_t n = vlt_utf8_cut(name, sizeof now.name - 1);

    memcpy(now.name, name, n);
    now.name[n] = 0;
}

static void
put_amount(struct vlt_buf *b, uint64_t n)
{
    char text[SIZE_TEXT];

    if (now.things) {
        vlt_buf_printf(b, "%" PRIu64, n);
        return;
    }
    size_text(text, n);
    vlt_buf_put_str(b, text);
}

static void
put_left(struct vlt_buf *b, uint64_t ms)
{
    uint64_t left;

    if (now.done == 0 || now.done >= now.total)
        return;
    left = (uint64_t)((double)ms * (double)(now.total - now.done) /
        (double)now.done / 1000);
    vlt_buf_put_str(b, "  ");
    if (left >= 5400)
        vlt_buf_printf(b, tr("%" PRIu64 " h left"), (left + 1800) / 3600);
    else if (left >= 90)
        vlt_buf_printf(b, tr("%" PRIu64 " min left"), (left + 30) / 60);
    else
        vlt_buf_printf(b, tr("%" PRIu64 " s left"), left);
}

static void
put_bar(struct vlt_buf *b)
{
    uint64_t done = now.done < now.total ? now.done : now.total;
    unsigned full = (unsigned)((double)done / (double)now.total * (double)BAR);

    vlt_buf_put_u8(b, '[');
    for (unsigned i = 0; i < BAR; i++)
        vlt_buf_put_u8(b, i < full ? '#' : '.');
    vlt_buf_put_str(b, "] ");
}

static void
draw(uint64_t ms)
{
    struct vlt_buf b;
    int columns = vlt_tty_columns(2) - 1;
    int used = 0;
    size_t i = 0;
    const char *s;

    vlt_buf_init(&b, 8192);
    if (now.total > 0)
        put_bar(&b);
    put_amount(&b, now.done);
    if (now.total > 0) {
        vlt_buf_put_str(&b, " / ");
        put_amount(&b, now.total);
    }
    if (!now.things && ms > 0) {
        vlt_buf_put_str(&b, "  ");
        put_amount(&b, now.done * 1000 / ms);
        vlt_buf_put_str(&b, "/s");
    }
    put_left(&b, ms);
    vlt_buf_put_str(&b, "  ");
    safe_put(&b, now.name, strlen(now.name), 0);
    s = vlt_buf_cstr(&b);
    while (s[i] != 0) {
        uint32_t cp = 0;
        size_t len = utf_next(s + i, b.len - i, &cp);

        if (used + utf_width(cp) > columns)
            break;
        used += utf_width(cp);
        i += len;
    }
    fprintf(stderr, "\r%.*s%*s", (int)i, s, columns - used, "");
    fflush(stderr);
    now.drawn = true;
    vlt_buf_clear(&b);
}

static void
write_json(void)
{
    struct jline j;

    jline_begin(&j, "progress");
    jline_u64(&j, "done", now.done);
    if (now.total > 0)
        jline_u64(&j, "total", now.total);
    jline_text(&j, "unit", now.things ? "things" : "bytes");
    if (now.name[0] != 0)
        jline_text(&j, "name", now.name);
    jline_end(&j);
    out_flush();
}

static void
show(void)
{
    uint64_t ticks = vlt_os_ticks_ms();
    bool line = now.mode == PROGRESS_ALWAYS ||
        (now.mode == PROGRESS_AUTO && vlt_tty_is(2));

    if (!now.running || now.mode == PROGRESS_NEVER ||
        ticks - now.began < BEFORE_MS ||
        ticks - now.last < (now.json ? JSON_MS : DRAW_MS))
        return;
    now.last = ticks;
    if (now.json)
        write_json();
    else if (line)
        draw(ticks - now.began);
}

void
progress_total(uint64_t total)
{
    now.total = total;
}

void
progress_add(uint64_t n)
{
    now.done += n;
    show();
}

int
progress_callback(void *ctx, const struct vault_progress *p)
{
    (void)ctx;
    if (now.library) {
        now.done = p->done;
        now.total = p->total;
        now.things = p->things;
    }
    show();
    return vlt_os_interrupted() ? 1 : 0;
}

void
progress_hide(void)
{
    if (!now.drawn)
        return;
    fprintf(stderr, "\r%*s\r", vlt_tty_columns(2) - 1, "");
    fflush(stderr);
    now.drawn = false;
}

void
progress_end(void)
{
    progress_hide();
    now.running = false;
}
