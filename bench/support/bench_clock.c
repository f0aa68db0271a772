/* SPDX-License-Identifier: Apache-2.0 */
/* bench_clock.c: how long something takes, and what it costs this process */
#include "bench_clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double
read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

double
bench_now_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double
bench_cpu_ms(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

void
bench_begin(struct bench_clock *t)
{
    t->start = bench_now_ms();
    t->cpu_start = bench_cpu_ms();
}

void
bench_end(struct bench_clock *t)
{
    if (t->n == BENCH_ROUNDS)
        return;
    t->ms[t->n] = bench_now_ms() - t->start;
    t->cpu[t->n] = bench_cpu_ms() - t->cpu_start;
    t->n++;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double
bench_median(struct bench_clock *t)
{
    qsort(t->cpu, (size_t)t->n, sizeof t->cpu[0], by_size);
    return t->n == 0 ? 0 : t->cpu[t->n / 2];
}

void
bench_report(const char *what, struct bench_clock *t, const char *rest)
{
    double cpu = bench_median(t);

    if (t->n == 0)
        return;
    qsort(t->ms, (size_t)t->n, sizeof t->ms[0], by_size);
    printf("%-40s p50 %8.1f max %8.1f ms   cpu p50 %8.1f max %8.1f ms  %s\n",
        what, t->ms[t->n / 2], t->ms[t->n - 1], cpu, t->cpu[t->n - 1], rest);
    (void)fflush(stdout);
}

/* The number behind `name` in a file of this system about this process. */
static double
number_in(const char *path, const char *name)
{
    FILE *f = fopen(path, "r");
    size_t n = strlen(name);
    double out = -1;
    char line[256];

    if (f == NULL)
        return -1;
    while (out < 0 && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, name, n) == 0)
            out = strtod(line + n, NULL);
    }
    (void)fclose(f);
    return out;
}

double
bench_peak_mib(void)
{
    double kib = number_in("/proc/self/status", "VmHWM:");

    return kib < 0 ? -1 : kib / 1024;
}

void
bench_peak_again(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");

    if (f == NULL)
        return;
    (void)fputs("5", f);
    (void)fclose(f);
}

uint64_t
bench_written(void)
{
    double bytes = number_in("/proc/self/io", "wchar:");

    return bytes < 0 ? 0 : (uint64_t)bytes;
}
