/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_tty.c: asking a person on the terminal itself */
#define _GNU_SOURCE 1
#include "bytes.h"
#include "os_posix.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

/* Signals that would leave the terminal without echo if they took us. */
static const int watched[] = {SIGALRM, SIGHUP, SIGINT, SIGPIPE, SIGQUIT,
    SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};

/* Which of them came while asking; handlers know no context. */
static volatile sig_atomic_t caught[VLT_COUNT(watched)];

struct terminal {
    int fd;
    bool changed; /* before is to be set again */
    bool utf8;    /* the same, when only the erasing of letters was changed */
    struct termios before;
    struct sigaction actions[VLT_COUNT(watched)];
    sigset_t mask; /* the caller's, and ours while waiting */
};

bool
vlt_tty_is(int fd)
{
    return isatty(fd) == 1;
}

int
vlt_tty_columns(int fd)
{
    struct winsize w;

    memset(&w, 0, sizeof w);
    if (ioctl(fd, TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
        return 80;
    return w.ws_col;
}

static void catch (int signo)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(watched); i++) {
        if (watched[i] == signo)
            caught[i] = 1;
    }
}

static bool
any_caught(void)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(watched); i++) {
        if (caught[i])
            return true;
    }
    return false;
}

/*
 * Signals are held back but while waiting for input, so that none slips in
 * between looking and waiting. Not those for background processes: they must
 * interrupt the call that brings them.
 */
static void
watch(struct terminal *t)
{
    struct sigaction a;
    sigset_t held;
    size_t i;

    (void)sigemptyset(&held);
    for (i = 0; i < VLT_COUNT(watched); i++) {
        if (watched[i] != SIGTTIN && watched[i] != SIGTTOU)
            (void)sigaddset(&held, watched[i]);
    }
    (void)pthread_sigmask(SIG_BLOCK, &held, &t->mask);
    memset(&a, 0, sizeof a);
    a.sa_handler = catch;
    (void)sigemptyset(&a.sa_mask); /* and no SA_RESTART: read must return */
    for (i = 0; i < VLT_COUNT(watched); i++) {
        caught[i] = 0;
        (void)sigaction(watched[i], &a, &t->actions[i]);
    }
}

static int
set_mode(const struct terminal *t, const struct termios *mode)
{
    int rc;

    /* TTOU in the background would come again and again. */
    do
        rc = tcsetattr(t->fd, TCSAFLUSH, mode);
    while (rc != 0 && errno == EINTR && !any_caught());
    return rc;
}

/* Backspace takes a whole letter, not one byte of it. What was typed ahead
 * stays. */
static void
erase_letters(struct terminal *t, struct termios *mode)
{
#if defined(IUTF8)
    if ((mode->c_iflag & (tcflag_t)IUTF8) != 0)
        return;
    mode->c_iflag |= (tcflag_t)IUTF8;
    t->utf8 = tcsetattr(t->fd, TCSANOW, mode) == 0;
#else
    (void)t;
    (void)mode;
#endif
}

static int
set_echo(struct terminal *t, bool echo)
{
    struct termios mode;

    if (tcgetattr(t->fd, &t->before) != 0)
        return -1;
    mode = t->before;
    erase_letters(t, &mode);
    if (echo)
        return 0;
    mode.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    mode.c_lflag |= ICANON | ISIG;
    t->changed = true;
    return set_mode(t, &mode);
}

static void
restore(struct terminal *t)
{
    sigset_t ttou;
    size_t i;

    /* Blocked, it does not keep us from doing this in the background. */
    (void)sigemptyset(&ttou);
    (void)sigaddset(&ttou, SIGTTOU);
    (void)pthread_sigmask(SIG_BLOCK, &ttou, NULL);
    while (t->changed && tcsetattr(t->fd, TCSAFLUSH, &t->before) != 0) {
        if (errno != EINTR)
            break;
    }
    if (t->utf8 && !t->changed)
        (void)tcsetattr(t->fd, TCSANOW, &t->before);
    t->changed = false;
    t->utf8 = false;
    for (i = 0; i < VLT_COUNT(watched); i++)
        (void)sigaction(watched[i], &t->actions[i], NULL);
    (void)pthread_sigmask(SIG_SETMASK, &t->mask, NULL);
}

/*
 * Give ourselves the signals that came, now that nothing is left changed.
 * True when all of them were stops: ask again after the process went on.
 */
static bool
deliver(void)
{
    bool only_stops = true;
    size_t i;

    for (i = 0; i < VLT_COUNT(watched); i++) {
        if (!caught[i])
            continue;
        (void)kill(getpid(), watched[i]);
        if (watched[i] != SIGTSTP && watched[i] != SIGTTIN &&
            watched[i] != SIGTTOU)
            only_stops = false;
    }
    return only_stops;
}

/* One byte; other signals than ours (a resized window) do not disturb. */
static ssize_t
read_byte(const struct terminal *t, char *c)
{
    ssize_t got = -1;
    fd_set set;

    do {
        FD_ZERO(&set);
        FD_SET(t->fd, &set);
        if (pselect(t->fd + 1, &set, NULL, NULL, NULL, &t->mask) == 1)
            got = read(t->fd, c, 1);
    } while (got < 0 && errno == EINTR && !any_caught());
    return got;
}

/* A line into buf; -1 with errno, ECANCELED at the end of input. */
static int
read_line(const struct terminal *t, char *buf, size_t size, size_t *len)
{
    char c = 0;
    size_t n = 0;
    ssize_t got;

    while ((got = read_byte(t, &c)) == 1 && c != '\n') {
        if (n < size)
            buf[n] = c;
        n += n < size;
    }
    vlt_wipe(&c, sizeof c);
    if (got == 0)
        errno = ECANCELED;
    if (got != 1)
        return -1;
    if (n >= size) {
        errno = EMSGSIZE;
        return -1;
    }
    buf[n] = 0;
    *len = n;
    return 0;
}

static int
ask_once(struct terminal *t, const char *prompt, bool echo, char *buf,
    size_t size, size_t *len)
{
    int rc, saved;

    watch(t);
    rc = set_echo(t, echo);
    if (rc == 0)
        rc = write(t->fd, prompt, strlen(prompt)) < 0 ? -1 : 0;
    if (rc == 0)
        rc = read_line(t, buf, size, len);
    saved = errno;
    /* The line end that the person typed was not shown, or never came. */
    if (t->changed || rc != 0)
        (void)!write(t->fd, "\n", 1);
    restore(t);
    errno = saved;
    return rc;
}

enum vault_status
vlt_tty_ask(const char *prompt, bool echo, char *buf, size_t size, size_t *len,
    struct vault_error *err)
{
    struct terminal t = {.fd = -1};
    enum vault_status st = VAULT_OK;
    bool stopped;
    int rc, saved;

    assert(size > 0);
    t.fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (t.fd >= FD_SETSIZE) {
        (void)close(t.fd);
        t.fd = -1;
    }
    if (t.fd < 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "there is no terminal to ask on");
    do {
        rc = ask_once(&t, prompt, echo, buf, size, len);
        saved = errno;
        stopped = any_caught() && deliver();
    } while (rc != 0 && stopped);
    errno = saved;
    if (rc != 0) {
        vlt_wipe(buf, size);
        if (errno == EMSGSIZE)
            st = vlt_fail(err, VAULT_E_LIMIT,
                "the answer is longer than %zu bytes", size - 1);
        else if (errno == ECANCELED || any_caught())
            st = vlt_fail(err, VAULT_E_CANCELLED, "no answer was given");
        else
            st = VLT_POSIX_FAIL(err, "cannot ask on %s: %s", "/dev/tty");
    }
    (void)close(t.fd);
    return st;
}
