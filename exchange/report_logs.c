/* SPDX-License-Identifier: Apache-2.0 */
/* report_logs.c: which logs there are, whose, and what their lines are */
#include "report_inner.h"

#include "fail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
hex_text(char *out, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", b[i]);
}

static void
put_whose(struct report_page *p, const struct report_log *l)
{
    char device[2 * sizeof l->device + 1];

    hex_text(device, l->device, sizeof l->device);
    html_open(&p->h, "td");
    if (l->session)
        html_textf(&p->h, p->w->tr("device %s, session %" PRIu32), device,
            l->number);
    else
        html_textf(&p->h,
            l->own ? p->w->tr("this vault, replica %" PRIu32)
                   : p->w->tr("another vault, replica %" PRIu32),
            l->number);
    html_close(&p->h);
}

static void
put_row(struct report_page *p, const struct report_log *l, size_t i)
{
    html_open(&p->h, "tr");
    page_cell_number(p, i + 1);
    html_open(&p->h, "td");
    page_state(p, l->state);
    html_close(&p->h);
    put_whose(p, l);
    page_cell_number(p, l->size > 0 ? l->size : l->end);
    page_cell_number(p, l->points);
    html_open(&p->h, "td");
    html_code(&p->h, l->origin != NULL ? l->origin : "?");
    html_close(&p->h);
    html_close_line(&p->h);
}

static void
put_table(struct report_page *p)
{
    const char *const heads[] = {p->w->tr("No."), p->w->tr("State"),
        p->w->tr("Whose"), p->w->tr("Lines"), p->w->tr("Checkpoints"),
        p->w->tr("Name of the log")};

    page_table(p, NULL, NULL, heads, VLT_COUNT(heads));
    for (size_t i = 0; i < p->r->logs; i++)
        put_row(p, &p->r->log[i], i);
    page_table_end(p);
    page_more(p, p->r->logs, p->r->logs_all);
}

void
report_put_logs(struct report_page *p)
{
    const struct report_words *w = p->w;

    page_section(p, "logs", w->tr("Logs and devices"));
    if (p->r->logs == 0) {
        html_line(&p->h, "p", NULL, w->tr("No log could be shown."));
        page_section_end(p);
        return;
    }
    html_line(&p->h, "p", NULL,
        w->tr("Each line of a log names what happened to a record or a key. A "
              "log shows the order of its lines, and by itself no time. Every "
              "machine of a vault, and every session of a device, has a log of "
              "its own; whether there are others than these is not known from "
              "the file."));
    put_table(p);
    for (size_t i = 0; i < p->r->logs; i++)
        report_put_timeline(p, i);
    page_section_end(p);
}
