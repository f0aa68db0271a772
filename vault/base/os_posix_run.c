/* SPDX-License-Identifier: Apache-2.0 */
/* os_posix_run.c: another program, and what it prints */
#define _GNU_SOURCE 1
#include "bytes.h"
#include "os_command.h"
#include "os_posix.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; /* NOLINT: glibc declares it, others do not */

static const char *const passed_on[] = {"PATH", "HOME", "LANG", "LC_ALL",
    "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "GPG_TTY"};

struct child {
    pid_t pid;
    int output;
};

static bool
is_passed_on(const char *entry)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(passed_on); i++) {
        size_t n = strlen(passed_on[i]);

        if (strncmp(entry, passed_on[i], n) == 0 && entry[n] == '=')
            return true;
    }
    return false;
}

static void
reduce_environment(char *env[VLT_COUNT(passed_on) + 1])
{
    size_t n = 0, i;

    for (i = 0; environ[i] != NULL && n < VLT_COUNT(passed_on); i++) {
        if (is_passed_on(environ[i]))
            env[n++] = environ[i];
    }
    env[n] = NULL;
}

/* Descriptors that others left open without close-on-exec. */
static void
close_from(int first, int keep)
{
    long most = sysconf(_SC_OPEN_MAX);
    int fd;

#if defined(SYS_close_range)
    /* Marks instead of closing: `keep` must live until exec. */
    if (syscall(SYS_close_range, first, ~0u, 4u /* CLOEXEC */) == 0)
        return;
#endif
    if (most < 0 || most > 65536)
        most = 65536;
    for (fd = first; fd < most; fd++) {
        if (fd != keep)
            (void)close(fd);
    }
}

/* In the child: never returns. Tells errno through `report`. */
static void
become(char **argv, char **env, int output, int report)
{
    int error;

    (void)dup2(output, STDOUT_FILENO);
    close_from(STDERR_FILENO + 1, report);
    (void)signal(SIGPIPE, SIG_DFL);
    environ = env;
    (void)execvp(argv[0], argv);
    error = errno;
    (void)!write(report, &error, sizeof error);
    _exit(127);
}

/* Moved clear of the standard three, which may be closed, and not passed
 * on to other programs. */
static int
move_clear(int *fd)
{
    int moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    (void)close(*fd);
    *fd = moved;
    return moved < 0 ? -1 : 0;
}

static int
open_pipe(int ends[2])
{
    int rc, saved;

    if (pipe(ends) != 0)
        return -1;
    rc = move_clear(&ends[0]);
    saved = errno;
    if (move_clear(&ends[1]) == 0 && rc == 0)
        return 0;
    saved = rc == 0 ? errno : saved;
    if (ends[0] >= 0)
        (void)close(ends[0]);
    if (ends[1] >= 0)
        (void)close(ends[1]);
    errno = saved;
    return -1;
}

static int
wait_for(pid_t pid, int *status)
{
    pid_t rc;

    do
        rc = waitpid(pid, status, 0);
    while (rc < 0 && errno == EINTR);
    return rc < 0 ? -1 : 0;
}

/* Start argv; errno of a failed exec comes back as errno here. */
static int
start(char **argv, struct child *c)
{
    char *env[VLT_COUNT(passed_on) + 1];
    int out[2], report[2];
    int error, status;

    if (open_pipe(out) != 0)
        return -1;
    if (open_pipe(report) != 0) {
        (void)close(out[0]);
        (void)close(out[1]);
        return -1;
    }
    reduce_environment(env);
    c->pid = fork();
    if (c->pid == 0)
        become(argv, env, out[1], report[1]);
    error = c->pid < 0 ? errno : 0;
    (void)close(out[1]);
    (void)close(report[1]);
    if (c->pid > 0 &&
        vlt_posix_read(report[0], &error, sizeof error) == (long)sizeof error)
        (void)wait_for(c->pid, &status);
    (void)close(report[0]);
    c->output = out[0];
    if (error == 0)
        return 0;
    (void)close(out[0]);
    errno = error;
    return -1;
}

static enum vault_status
collect(const struct child *c, const char *name, struct vlt_buf *b,
    struct vault_error *err)
{
    uint8_t part[4096];
    long got = 0;

    while (
        !b->failed && (got = vlt_posix_read(c->output, part, sizeof part)) > 0)
        vlt_buf_put(b, part, (size_t)got);
    vlt_wipe(part, sizeof part);
    if (got < 0)
        return VLT_POSIX_FAIL(err, "cannot read from %s: %s", name);
    if (b->no_memory)
        return vlt_fail_memory(err);
    if (b->failed)
        return vlt_fail(err, VAULT_E_IO, "%s printed more than %zu bytes", name,
            b->max);
    return VAULT_OK;
}

static enum vault_status
finish(const struct child *c, const char *name, enum vault_status st,
    struct vault_error *err)
{
    int status = 0;

    (void)close(c->output);
    if (st != VAULT_OK)
        (void)kill(c->pid, SIGKILL);
    if (wait_for(c->pid, &status) != 0 && st == VAULT_OK)
        return VLT_POSIX_FAIL(err, "cannot wait for %s: %s", name);
    if (st != VAULT_OK)
        return st;
    if (WIFSIGNALED(status))
        return vlt_fail(err, VAULT_E_IO, "%s was ended by signal %d", name,
            WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return vlt_fail(err, VAULT_E_IO, "%s ended with status %d", name,
            WEXITSTATUS(status));
    return VAULT_OK;
}

enum vault_status
vlt_os_run_capture(const char *command, size_t max, uint8_t **out,
    size_t *out_len, struct vault_error *err)
{
    char **argv = NULL;
    enum vault_status st;
    struct vlt_buf b;
    struct child c;

    vlt_buf_init(&b, max);
    st = vlt_command_split(command, &argv, err);
    if (st != VAULT_OK)
        return st;
    (void)fflush(NULL);
    if (start(argv, &c) != 0) {
        st = vlt_fail(err, VAULT_E_IO, "cannot run %s: %s", argv[0],
            strerror(errno));
        goto out;
    }
    vlt_buf_put(&b, "", 0); /* memory even for no output */
    st = collect(&c, argv[0], &b, err);
    st = finish(&c, argv[0], st, err);
    if (st != VAULT_OK)
        goto out;
    *out = b.p;
    *out_len = b.len;
    vlt_buf_init(&b, 0); /* the caller's from here on */
out:
    vlt_buf_clear(&b);
    free(argv);
    return st;
}
