/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_process.c: this process, its surroundings and its signals */
#define _GNU_SOURCE 1
#include "os_posix.h"
#include "text.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

/* Signals know no context, so this one flag belongs to the whole process. */
static volatile sig_atomic_t interrupted;

void
vlt_os_harden(void)
{
    const struct rlimit none = {0, 0};

    (void)umask(077);
    (void)setrlimit(RLIMIT_CORE, &none);
#if defined(__linux__)
    /* Also keeps other processes of this user from reading our memory. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

int64_t
vlt_os_time(void)
{
    return (int64_t)time(NULL);
}

uint64_t
vlt_os_ticks_ms(void)
{
    struct timespec t;

    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t
vlt_os_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long size = sysconf(_SC_PAGESIZE);

    if (pages <= 0 || size <= 0)
        return 0;
    return (uint64_t)pages * (uint64_t)size;
}

bool
vlt_os_env(const char *name, char *out, size_t size)
{
    const char *value = getenv(name);
    size_t n;

    if (value == NULL)
        return false;
    if (size == 0)
        return true;
    n = vlt_utf8_cut(value, size - 1);
    memcpy(out, value, n);
    out[n] = 0;
    return true;
}

char **
vlt_os_args(int *argc, char **argv)
{
    (void)argc;
    return argv;
}

static void
note_interrupt(int signo)
{
    (void)signo;
    interrupted = 1;
}

void
vlt_os_catch_interrupt(void)
{
    struct sigaction a;

    memset(&a, 0, sizeof a);
    a.sa_handler = note_interrupt;
    (void)sigemptyset(&a.sa_mask);
    /* Waiting calls return (no SA_RESTART); the second one ends us. */
    a.sa_flags = (int)SA_RESETHAND;
    (void)sigaction(SIGINT, &a, NULL);
    (void)sigaction(SIGTERM, &a, NULL);
}

bool
vlt_os_interrupted(void)
{
    return interrupted != 0;
}
