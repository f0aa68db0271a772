/* SPDX-License-Identifier: Apache-2.0 */
/* bench_clock.h: how long something takes, and what it costs this process */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>

enum { BENCH_ROUNDS = 9 };

/* One row of figures: begin, work, end; up to BENCH_ROUNDS times. */
struct bench_clock {
    int n;
    double ms[BENCH_ROUNDS];  /* by the wall */
    double cpu[BENCH_ROUNDS]; /* user and system time of this process */
    double start, cpu_start;
};
void bench_begin(struct bench_clock *t);
void bench_end(struct bench_clock *t);
/* "what  p50 .. max ..  cpu p50 .. max ..  rest" on one line. */
void bench_report(const char *what, struct bench_clock *t, const char *rest);
/* Median of what this process computed. */
double bench_median(struct bench_clock *t);

double bench_now_ms(void);
double bench_cpu_ms(void);
/* Highest resident memory of this process so far (VmHWM), MiB; -1: not
 * known here. */
double bench_peak_mib(void);
/* Forget the highest; it counts from here on. */
void bench_peak_again(void);
/* Bytes this process gave to write calls so far; 0: not known here. */
uint64_t bench_written(void);

#endif
