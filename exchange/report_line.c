/* SPDX-License-Identifier: Apache-2.0 */
/* report_line.c: one log as a drawing: its lines in their order */
#include "report_inner.h"

#include "fail.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* In units of the drawing. */
enum {
    LEFT = 236,
    WIDTH = 980,
    SPAN = WIDTH - LEFT - 14,
    LANE = 30,
    COVER = 24,
    TOP = 8,
    SHAPES = 90, /* with more lines than this a column stands for several */
    TICKS = 6
};

struct drawing {
    struct report_page *p;
    const struct report_log *l;
    uint64_t lines;   /* of the axis */
    uint64_t told;    /* lines that are in the file */
    uint64_t columns; /* bins in use */
    uint32_t highest; /* column */
    unsigned y;
};

/* Where line `index` of the log lies, in tenths. */
static unsigned
place(const struct drawing *d, uint64_t index)
{
    uint64_t i = index < d->lines ? index : d->lines;

    return (unsigned)(LEFT * 10 +
        (uint64_t)((double)i * (SPAN * 10) / (double)d->lines));
}

static void
put_label(const struct drawing *d, unsigned y, const char *text)
{
    struct html *h = &d->p->h;

    html_rawf(h, "<text x=\"%d\" y=\"%u\" text-anchor=\"end\">", LEFT - 28, y);
    html_text(h, text);
    html_raw(h, "</text>");
}

/* ---- how far signatures, witnesses and stamps reach ---- */

static uint64_t
signed_size(const struct report_log *l)
{
    uint64_t most = 0, n = l->points;

    if (n > REPORT_POINTS)
        n = REPORT_POINTS;
    for (uint64_t i = 0; i < n; i++) {
        if (l->point[i].state == VAULT_EV_HELD && l->point[i].size > most)
            most = l->point[i].size;
    }
    return most;
}

/* `in_policy` says nothing here: of any key that is known. */
static uint64_t
outside_size(const struct drawing *d, enum vault_evidence_kind kind)
{
    const struct report *r = d->p->r;
    uint64_t most = 0;

    for (size_t i = 0; d->l->state == VAULT_EV_HELD && i < r->outsides; i++) {
        const struct report_outside *o = &r->outside[i];

        if (o->kind == kind && o->state == VAULT_EV_HELD && o->origin != NULL &&
            d->l->origin != NULL && strcmp(o->origin, d->l->origin) == 0 &&
            o->size > most)
            most = o->size;
    }
    return most;
}

static void
put_cover(struct drawing *d, const char *label, const char *cls, uint64_t size)
{
    struct html *h = &d->p->h;
    unsigned end = place(d, size);

    put_label(d, d->y + 14, label);
    if (size > 0)
        html_rawf(h,
            "<rect class=\"%s\" x=\"%d\" y=\"%u\" width=\"%u.%u\" "
            "height=\"9\"/>",
            cls, LEFT, d->y + 4, (end - LEFT * 10) / 10, end % 10);
    if (size < d->lines)
        html_rawf(h,
            "<rect class=\"rest\" x=\"%u.%u\" y=\"%u\" width=\"%u\" "
            "height=\"9\"/>",
            end / 10, end % 10, d->y + 4, (unsigned)LEFT + SPAN - end / 10);
    d->y += COVER;
}

/* Checkpoints as rings on the bar of what is signed. */
static void
put_points(const struct drawing *d, unsigned y)
{
    uint64_t n = d->l->points;

    if (n > REPORT_POINTS)
        n = REPORT_POINTS;
    for (uint64_t i = 0; i < n; i++) {
        unsigned x = place(d, d->l->point[i].size);

        html_rawf(&d->p->h,
            "<circle class=\"pt%s\" cx=\"%u.%u\" cy=\"%u\" r=\"5\"/>",
            d->l->point[i].state == VAULT_EV_HELD ? "" : " doubt", x / 10,
            x % 10, y);
    }
}

static void
put_covers(struct drawing *d)
{
    const struct report_words *w = d->p->w;
    unsigned y = d->y + 8;

    put_cover(d, w->tr("signed by the log's key"), "cov", signed_size(d->l));
    put_points(d, y);
    if (d->p->r->outside_all[0] > 0)
        put_cover(d, w->tr("seen by witnesses"), "covw",
            outside_size(d, VAULT_EV_COSIGNATURE));
    if (d->p->r->outside_all[1] > 0)
        put_cover(d, w->tr("has time evidence"), "covt",
            outside_size(d, VAULT_EV_STAMP));
    d->y += 4;
}

/* ---- lanes ---- */

/* The same thing has the same colour and the same shape. */
static void
put_shape(const struct drawing *d, size_t lane, unsigned x, unsigned y,
    bool doubt)
{
    static const char *const shape[LANES] =
        {"m-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z", "m-5-5l10 10m0-10l-10 10",
            "m0-7l7 12h-14z", "m-5-5h10v10h-10z", "m0-7l7 7-7 7-7-7z",
            "m-6 0l3-5h6l3 5-3 5h-6z"};

    html_rawf(&d->p->h,
        "<path class=\"l%zu%s\" stroke-width=\"%u\" d=\"M%u.%u %u%s\"/>", lane,
        doubt ? " doubt" : "", lane == LANE_WITHDRAW ? 3u : 1u, x / 10, x % 10,
        y, shape[lane]);
}

/* Height of a column: by the logarithm, so that one among many is seen. */
static unsigned
height(uint32_t count, uint32_t highest)
{
    unsigned bits = 0, most = 1;

    for (uint32_t n = count; n > 1; n /= 2)
        bits++;
    for (uint32_t n = highest; n > 1; n /= 2)
        most++;
    return 5 + bits * (LANE - 10) / most;
}

static void
put_column(const struct drawing *d, size_t lane, uint64_t i, unsigned base)
{
    const struct report_bin *b = &d->l->bin[i];
    unsigned x = place(d, i * d->l->width);
    unsigned next = place(d, (i + 1) * d->l->width);
    unsigned wide = next > x + 12 ? next - x - 2 : 10;
    unsigned tall = height(b->count[lane], d->highest);

    html_rawf(&d->p->h,
        "<rect class=\"l%zu%s\" stroke=\"none\" x=\"%u.%u\" y=\"%u\" "
        "width=\"%u.%u\" height=\"%u\"/>",
        lane, b->doubt ? " doubt" : "", x / 10, x % 10, base - tall, wide / 10,
        wide % 10, tall);
}

static void
put_lane(struct drawing *d, size_t lane)
{
    const struct report_words *w = d->p->w;
    unsigned middle = d->y + LANE / 2;
    bool shapes = d->lines <= SHAPES && d->l->width == 1;

    put_label(d, middle + 5, report_lane_text(w, (enum report_lane)lane));
    put_shape(d, lane, (LEFT - 14) * 10, middle, false);
    html_rawf(&d->p->h, "<path class=\"grid\" d=\"M%d %uh%d\"/>", LEFT,
        d->y + LANE - 1, SPAN);
    for (uint64_t i = 0; i < d->columns; i++) {
        if (d->l->bin[i].count[lane] == 0)
            continue;
        if (shapes)
            put_shape(d, lane, (place(d, i) + place(d, i + 1)) / 2, middle,
                d->l->bin[i].doubt);
        else
            put_column(d, lane, i, d->y + LANE - 2);
    }
    html_raw(&d->p->h, "\n");
    d->y += LANE;
}

/* ---- axis ---- */

static uint64_t
step_of(uint64_t lines)
{
    uint64_t step = 1;

    while (lines / step > TICKS) {
        uint64_t first = step;

        while (first >= 10)
            first /= 10;
        step = first == 2 ? step / 2 * 5 : step * 2;
    }
    return step;
}

/* The day; of a log that was written within two, the minute. */
static void
short_time(const struct drawing *d, int64_t t, char when[WHEN_SIZE])
{
    static const char form[] = "2031-11-04T09:00";

    when_utc(when, t);
    if (strlen(when) < sizeof form)
        return;
    when[sizeof form - 1] = 0;
    if (d->l->last - d->l->first < (int64_t)2 * 24 * 60 * 60)
        memmove(when, when + 11, sizeof form - 11);
    else
        when[10] = 0;
}

static void
put_tick(const struct drawing *d, uint64_t index)
{
    struct html *h = &d->p->h;
    unsigned x = place(d, index);
    char when[WHEN_SIZE];
    int64_t t = index < d->lines && index / d->l->width < REPORT_BINS
        ? d->l->bin[index / d->l->width].time
        : -1;

    html_rawf(h, "<path class=\"axis\" d=\"M%u.%u %uv5\"/>", x / 10, x % 10,
        d->y);
    html_rawf(h,
        "<text class=\"ax\" x=\"%u.%u\" y=\"%u\" text-anchor=\"%s\">%" PRIu64
        "</text>",
        x / 10, x % 10, d->y + 20, index == d->lines ? "end" : "middle", index);
    if (t < 0)
        return;
    short_time(d, t, when);
    html_rawf(h,
        "<text class=\"ax\" x=\"%u.%u\" y=\"%u\" text-anchor=\"middle\">",
        x / 10, x % 10, d->y + 36);
    html_text(h, when);
    html_raw(h, "</text>");
}

static void
put_axis(struct drawing *d)
{
    uint64_t step = step_of(d->lines);

    /* upwards, so that the signs of the lanes do not look like lines of it */
    html_rawf(&d->p->h, "<path class=\"axis\" d=\"M%d %uV%uh%d\"/>", LEFT, TOP,
        d->y, SPAN);
    put_label(d, d->y + 20, d->p->w->tr("line of the log"));
    for (uint64_t i = 0; i + step <= d->lines + step / 2; i += step)
        put_tick(d, i);
    put_tick(d, d->lines);
    html_raw(&d->p->h, "\n");
}

/* ---- the whole ---- */

static void
begin_svg(const struct drawing *d, size_t log, unsigned tall)
{
    struct html *h = &d->p->h;

    html_open(h, "svg");
    html_attr(h, "xmlns", "http://www.w3.org/2000/svg");
    html_attr(h, "class", "tl");
    html_attr(h, "role", "img");
    html_attrf(h, "aria-labelledby", "tl-%zu tld-%zu", log, log);
    html_attrf(h, "viewBox", "0 0 %d %u", WIDTH, tall);
    html_open(h, "title");
    html_attrf(h, "id", "tl-%zu", log);
    html_textf(h, d->p->w->tr("Lines of log %zu in their order"), log + 1);
    html_close(h);
    html_open(h, "desc");
    html_attrf(h, "id", "tld-%zu", log);
    for (size_t i = 0; i < LANES; i++) {
        if (d->l->lanes[i] > 0)
            html_textf(h, "%s: %" PRIu64 ". ",
                report_lane_text(d->p->w, (enum report_lane)i), d->l->lanes[i]);
    }
    html_close_line(h);
}

static void
put_caption(const struct drawing *d, size_t log)
{
    struct html *h = &d->p->h;
    const struct report_words *w = d->p->w;
    unsigned any = 0;

    html_open(h, "figcaption");
    html_open(h, "b");
    html_textf(h, w->tr("Log %zu"), log + 1);
    html_close(h);
    html_text(h, ": ");
    page_state(d->p, d->l->state);
    html_text(h, ". ");
    html_textf(h, w->trn("%" PRIu64 " line", "%" PRIu64 " lines", d->lines),
        d->lines);
    if (d->told < d->lines)
        html_textf(h, w->tr(", of which %" PRIu64 " are in this file"),
            d->told);
    for (size_t i = 0; i < LANES; i++) {
        if (d->l->lanes[i] > 0)
            html_textf(h, "%s %s %" PRIu64, any++ == 0 ? ":" : ";",
                report_lane_text(w, (enum report_lane)i), d->l->lanes[i]);
    }
    html_text(h, ". ");
    if (d->l->width > 1)
        html_textf(h, w->tr("A column stands for %" PRIu64 " lines."),
            d->l->width);
    html_close_line(h);
}

static void
put_notes(const struct drawing *d)
{
    struct html *h = &d->p->h;
    const struct report_words *w = d->p->w;

    if (d->l->state == VAULT_EV_FAILED)
        html_line(h, "p", "warn",
            w->tr("This log does not match what was signed: none of its lines "
                  "is shown as holding (hollow shapes)."));
    html_open(h, "p");
    html_attr(h, "class", "soft");
    if (d->l->first >= 0) {
        html_text(h,
            w->tr("Times that its lines claim, by the clocks of those "
                  "who wrote them: from "));
        page_time(d->p, d->l->first);
        html_text(h, w->tr(" to "));
        page_time(d->p, d->l->last);
    } else {
        html_text(h,
            w->tr("The axis is the order of the lines, not time. Rings are "
                  "checkpoints; a bar ends where what is signed or seen "
                  "ends."));
    }
    html_close_line(h);
}

static unsigned
tall_of(const struct drawing *d, unsigned lanes)
{
    const struct report *r = d->p->r;
    unsigned covers = 1u + (r->outside_all[0] > 0) + (r->outside_all[1] > 0);

    return TOP + covers * COVER + 4 + lanes * LANE +
        (d->l->first >= 0 ? 44u : 28u);
}

void
report_put_timeline(struct report_page *p, size_t log)
{
    const struct report_log *l = &p->r->log[log];
    struct drawing d = {.p = p, .l = l, .y = TOP};
    unsigned lanes = 0;

    d.lines = l->size > l->end ? l->size : l->end;
    if (l->bin == NULL || d.lines == 0)
        return;
    for (uint64_t i = 0; i < REPORT_BINS; i++)
        for (size_t k = 0; k < LANES; k++) {
            if (l->bin[i].count[k] > 0)
                d.columns = i + 1;
            if (l->bin[i].count[k] > d.highest)
                d.highest = l->bin[i].count[k];
        }
    for (size_t k = 0; k < LANES; k++) {
        lanes += l->lanes[k] > 0;
        d.told += l->lanes[k];
    }
    html_open(&p->h, "figure");
    if (l->state == VAULT_EV_FAILED)
        html_attr(&p->h, "class", "failed");
    put_caption(&d, log);
    begin_svg(&d, log, tall_of(&d, lanes));
    put_covers(&d);
    for (size_t k = 0; k < LANES; k++) {
        if (l->lanes[k] > 0)
            put_lane(&d, k);
    }
    put_axis(&d);
    html_close_line(&p->h);
    put_notes(&d);
    html_close_line(&p->h);
}
