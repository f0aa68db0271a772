/* SPDX-License-Identifier: Apache-2.0 */
/* os.h: the seam to the operating system; nothing else calls it directly */
#ifndef VLT_OS_H
#define VLT_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/*
 * Paths are UTF-8 everywhere. Functions that take `err` put the path and
 * the system's reason into it. No function changes global state other than
 * those that say so.
 */

/* ---- process ---- */
/*
 * Hygiene for a process that will hold secrets: umask 077, no core dumps,
 * not dumpable. Call once from main. Failures are ignored (best effort).
 */
void vlt_os_harden(void);
/* Seconds since 1970, from the machine's clock. */
int64_t vlt_os_time(void);
/* Monotonic milliseconds, for progress. */
uint64_t vlt_os_ticks_ms(void);
/* Physical memory in bytes, 0 when unknown. */
uint64_t vlt_os_memory(void);
/* Whether swap is on and not known to be encrypted or compressed memory. */
bool vlt_os_swap_exposed(void);
/* Copy an environment variable into out (cut at size); false when unset. */
bool vlt_os_env(const char *name, char *out, size_t size);

/* ---- paths and small files ---- */
bool vlt_os_exists(const char *path);
/* 1 same file, 0 different or one is missing, -1 unknown. */
int vlt_os_same_file(const char *a, const char *b);
bool vlt_os_is_dir(const char *path);
/* The last component of path; points into it. Knows both separators on
 * Windows. */
const char *vlt_os_basename(const char *path);
/* Absolute form of path (the file need not exist), into out. */
VAULT_CHECKED enum vault_status vlt_os_absolute(const char *path, char *out,
    size_t size, struct vault_error *err);
/*
 * Where per-user state lives: $XDG_STATE_HOME, else ~/.local/state, on
 * Windows %LOCALAPPDATA%; without a closing separator.
 *   VAULT_E_NOT_FOUND  none is known (no home)
 */
VAULT_CHECKED enum vault_status vlt_os_state_home(char *out, size_t size,
    struct vault_error *err);
/* Make a folder and its parents, mode 0700 for new ones. */
VAULT_CHECKED enum vault_status vlt_os_mkdirs(const char *path,
    struct vault_error *err);
/*
 * Read a whole regular file of at most max bytes into fresh memory (the
 * caller wipes and frees).
 *   VAULT_E_NOT_FOUND, VAULT_E_IO, VAULT_E_LIMIT
 */
VAULT_CHECKED enum vault_status vlt_os_read_small(const char *path, size_t max,
    uint8_t **out, size_t *out_len, struct vault_error *err);
/*
 * Replace `path` by these bytes so that after any crash it holds the old or
 * the new ones: new file 0600, fsync, rename, fsync of the folder.
 */
VAULT_CHECKED enum vault_status vlt_os_replace(const char *path, const void *p,
    size_t len, struct vault_error *err);
/* Create `path` with these bytes; VAULT_E_EXISTS when it is there. 0600. */
VAULT_CHECKED enum vault_status vlt_os_create_small(const char *path,
    const void *p, size_t len, struct vault_error *err);
/* Overwrite with zeros, sync, unlink. Missing file is VAULT_OK. */
VAULT_CHECKED enum vault_status vlt_os_destroy(const char *path,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_os_unlink(const char *path,
    struct vault_error *err);
/* Create an empty file, 0600, failing with VAULT_E_EXISTS if it is there. */
VAULT_CHECKED enum vault_status vlt_os_create_empty(const char *path,
    struct vault_error *err);
/*
 * Give `from` the name `to` without ever replacing an existing `to`
 * (VAULT_E_EXISTS), then sync the folder. Both in one folder.
 */
VAULT_CHECKED enum vault_status vlt_os_rename_new(const char *from,
    const char *to, struct vault_error *err);

/* ---- streams ---- */
struct vlt_file; /* opaque, unbuffered */

/* Open for reading; follows links; refuses folders. "-" is not special. */
VAULT_CHECKED enum vault_status vlt_file_open(const char *path,
    struct vlt_file **out, struct vault_error *err);
/* Standard input (fd 0), standard output (fd 1), binary. */
VAULT_CHECKED enum vault_status vlt_file_stdin(struct vlt_file **out,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_file_stdout(struct vlt_file **out,
    struct vault_error *err);
/* A file descriptor number given by the user (--passphrase-fd). */
VAULT_CHECKED enum vault_status vlt_file_fd(int fd, struct vlt_file **out,
    struct vault_error *err);
/* *got = 0 at the end. Retries EINTR, may give fewer than n. */
VAULT_CHECKED enum vault_status vlt_file_read(struct vlt_file *f, void *p,
    size_t n, size_t *got, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_file_write(struct vlt_file *f,
    const void *p, size_t n, struct vault_error *err);
/* Size in bytes if it is a regular file, else -1. */
int64_t vlt_file_size(const struct vlt_file *f);
/* Modification time in seconds, 0 when unknown. */
int64_t vlt_file_mtime(const struct vlt_file *f);
void vlt_file_close(struct vlt_file *f);

/*
 * An output file that appears under its name only when complete. Begins in
 * the target's folder without a name (O_TMPFILE) or under a random
 * temporary one, 0600.
 */
struct vlt_outfile;
/* VAULT_E_EXISTS at once when `path` exists and !replace. */
VAULT_CHECKED enum vault_status vlt_outfile_begin(const char *path,
    bool replace, struct vlt_outfile **out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_outfile_write(struct vlt_outfile *f,
    const void *p, size_t n, struct vault_error *err);
/* fsync, give the name, fsync the folder; frees f whatever happens. */
VAULT_CHECKED enum vault_status vlt_outfile_commit(struct vlt_outfile *f,
    struct vault_error *err);
/* Throw it away and free; NULL is fine. */
void vlt_outfile_discard(struct vlt_outfile *f);

/* ---- folders ---- */
/* Calls fn(ctx, name) per entry but . and .., in unspecified order; stops
 * and passes on a status other than VAULT_OK. */
VAULT_CHECKED enum vault_status vlt_os_listdir(const char *path,
    enum vault_status (*fn)(void *ctx, const char *name, bool is_dir),
    void *ctx, struct vault_error *err);

/* ---- terminal ---- */
bool vlt_tty_is(int fd); /* 0, 1, 2 */
/* Columns of the terminal at fd, 80 when unknown. */
int vlt_tty_columns(int fd);
/*
 * Ask on the controlling terminal itself (not stdin/stdout): print prompt,
 * read one line without its end into buf (size with closing 0), with or
 * without echo. Signals restore the terminal. *len without the 0.
 *   VAULT_E_NOT_FOUND  there is no terminal
 *   VAULT_E_LIMIT      the line is longer than buf
 *   VAULT_E_CANCELLED  end of input or interrupted
 */
VAULT_CHECKED enum vault_status vlt_tty_ask(const char *prompt, bool echo,
    char *buf, size_t size, size_t *len, struct vault_error *err);

/* ---- other programs ---- */
/*
 * Run a command line without a shell (split at white space, with single and
 * double quotes), standard input and error inherited, environment reduced to
 * PATH, HOME, LANG, LC_ALL, DISPLAY, WAYLAND_DISPLAY, XDG_RUNTIME_DIR, GPG_TTY; read at most max bytes of its standard
 * output into fresh memory (caller wipes and frees).
 *   VAULT_E_IO  could not be run, ended with another status than 0, or
 *               printed too much
 */
VAULT_CHECKED enum vault_status vlt_os_run_capture(const char *command,
    size_t max, uint8_t **out, size_t *out_len, struct vault_error *err);

/*
 * Ask for interrupts (Ctrl-C) to be noted instead of ending the process.
 * Process-wide; called by the program, not by the library.
 */
void vlt_os_catch_interrupt(void);
bool vlt_os_interrupted(void);

/* UTF-8 argv of this process (Windows); elsewhere the given one. */
char **vlt_os_args(int *argc, char **argv);

#endif
