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
 * those that say so. Where nothing else is said: what is missing is
 * VAULT_E_NOT_FOUND, a path that is too long VAULT_E_LIMIT, no memory
 * VAULT_E_MEMORY, the rest VAULT_E_IO. On Windows new files have the rights
 * that their folder hands down instead of a mode, and a folder needs no sync.
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
/*
 * Whether swap is on and not known to be encrypted or compressed memory. A
 * swap file counts as open, wherever it lies. Known on Linux and Windows,
 * false elsewhere.
 */
bool vlt_os_swap_exposed(void);
/* Copy an environment variable into out (cut at size); false when unset. */
bool vlt_os_env(const char *name, char *out, size_t size);

/* ---- paths and small files ---- */
/* Whether something has this name, a link that leads nowhere included. */
bool vlt_os_exists(const char *path);
/* 1 same file, 0 different or one is missing, -1 unknown. */
int vlt_os_same_file(const char *a, const char *b);
bool vlt_os_is_dir(const char *path);
/* A regular file itself: no link, folder, device or pipe. */
bool vlt_os_is_file(const char *path);
/*
 * Whether a file may be written under this name: not one that SQLite takes for
 * its own because a container lies beside it (NAME-journal, NAME-wal,
 * NAME-shm). What writes files here asks by itself.
 *   VAULT_E_USAGE
 */
VAULT_CHECKED enum vault_status vlt_os_check_name(const char *path,
    struct vault_error *err);
/* A device, pipe or socket, also behind a link: opening it may wait for ever.
 * On Windows a device only; false for what is not there. */
bool vlt_os_is_special(const char *path);
/* The last component of path; points into it, "" after a closing separator.
 * Knows both separators on Windows. */
const char *vlt_os_basename(const char *path);
/* Whether a relative path stays below the folder it starts in, on every
 * system: UTF-8 or not, parts between `/`, none empty, "." or "..", no
 * backslash and no colon where these mean something. */
bool vlt_os_is_below(const char *path);
/*
 * Absolute form of path (the file need not exist, links and dots stay), into
 * out.
 *   VAULT_E_USAGE  path is empty
 *   VAULT_E_LIMIT  it does not fit
 */
VAULT_CHECKED enum vault_status vlt_os_absolute(const char *path, char *out,
    size_t size, struct vault_error *err);
/*
 * The file itself, whatever links the path goes by, into out.
 *   VAULT_E_NOT_FOUND, VAULT_E_IO  as opening it would be
 *   VAULT_E_LIMIT                  it does not fit
 */
VAULT_CHECKED enum vault_status vlt_os_real(const char *path, char *out,
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
 *   VAULT_E_NOT_FOUND, VAULT_E_IO (also what is no regular file),
 *   VAULT_E_LIMIT
 */
VAULT_CHECKED enum vault_status vlt_os_read_small(const char *path, size_t max,
    uint8_t **out, size_t *out_len, struct vault_error *err);
/*
 * Replace `path` by these bytes so that after any crash it holds the old or
 * the new ones: new file 0600, fsync, rename, fsync of the folder. A link at
 * `path` is replaced, not followed; a folder, device or pipe is refused.
 */
VAULT_CHECKED enum vault_status vlt_os_replace(const char *path, const void *p,
    size_t len, struct vault_error *err);
/* Create `path` with these bytes; VAULT_E_EXISTS when it is there. 0600. */
VAULT_CHECKED enum vault_status vlt_os_create_small(const char *path,
    const void *p, size_t len, struct vault_error *err);
/*
 * Overwrite with zeros, sync, unlink. Missing file is VAULT_OK. A file that
 * cannot be overwritten is unlinked all the same, and the failure told; what
 * is no regular file (a link, a folder) is left alone and VAULT_E_IO. On
 * flash and copying file systems the old bytes may live on elsewhere.
 */
VAULT_CHECKED enum vault_status vlt_os_destroy(const char *path,
    struct vault_error *err);
/*
 * The same for a file of any size: only its first `head` bytes are
 * overwritten, then it is cut to nothing. For what is sealed anyway.
 */
VAULT_CHECKED enum vault_status vlt_os_destroy_head(const char *path,
    uint64_t head, struct vault_error *err);
/* Let the owner of a file write to it again, if this user may; a link is left
 * alone. What cannot be is told by the writing. */
void vlt_os_let_write(const char *path);
/* Remove a name, and sync its folder. */
VAULT_CHECKED enum vault_status vlt_os_unlink(const char *path,
    struct vault_error *err);
/* Create an empty file, 0600, failing with VAULT_E_EXISTS if it is there. */
VAULT_CHECKED enum vault_status vlt_os_create_empty(const char *path,
    struct vault_error *err);
/*
 * Give `from` the name `to` without ever replacing an existing `to`
 * (VAULT_E_EXISTS), then sync the folder. Both in one folder. Where a file
 * system knows neither exclusive renames nor second names, the name is looked
 * for first, and another process might slip in between.
 */
VAULT_CHECKED enum vault_status vlt_os_rename_new(const char *from,
    const char *to, struct vault_error *err);

/*
 * Hold a lock that the operating system ends with the process. The file is
 * made when it is not there (0600, empty) and stays.
 *   VAULT_E_BUSY  somebody holds it
 */
struct vlt_lock;
VAULT_CHECKED enum vault_status vlt_os_trylock(const char *path,
    struct vlt_lock **out, struct vault_error *err);
void vlt_os_unlock(struct vlt_lock *lock); /* NULL is fine */
/*
 * The same on the folder that `path` lies in, which is left as it was. Alone:
 * no other process or handle has it, at once or VAULT_E_BUSY; else together
 * with others, after waiting for a second at most for one who has it alone.
 *   VAULT_E_BUSY, VAULT_E_IO (this file system knows no such locks)
 */
VAULT_CHECKED enum vault_status vlt_os_lock_folder(const char *path, bool alone,
    struct vlt_lock **out, struct vault_error *err);

/* ---- streams ---- */
struct vlt_file; /* opaque, unbuffered */

/* Open for reading; follows links; VAULT_E_USAGE for a folder. "-" is not
 * special. */
VAULT_CHECKED enum vault_status vlt_file_open(const char *path,
    struct vlt_file **out, struct vault_error *err);
/* The same for a file whose last name is no link and that is regular.
 *   VAULT_E_USAGE  a link, folder, device or pipe */
VAULT_CHECKED enum vault_status vlt_file_open_plain(const char *path,
    struct vlt_file **out, struct vault_error *err);
/*
 * Open a regular file that lies below `folder`: `path` is relative, with `/`
 * between its parts, none of them empty, "." or "..". No link below `folder`
 * is followed (`folder` itself may be one), and nothing but a regular file is
 * opened, so it never waits.
 *   VAULT_E_USAGE  no such path, a link is in it, or no regular file
 */
VAULT_CHECKED enum vault_status vlt_file_open_below(const char *folder,
    const char *path, struct vlt_file **out, struct vault_error *err);
/* Standard input (fd 0), standard output (fd 1), binary. */
VAULT_CHECKED enum vault_status vlt_file_stdin(struct vlt_file **out,
    struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_file_stdout(struct vlt_file **out,
    struct vault_error *err);
/* A file descriptor number given by the user (--passphrase-fd), which stays
 * open when the stream is closed. VAULT_E_USAGE when it is not open. */
VAULT_CHECKED enum vault_status vlt_file_fd(int fd, struct vlt_file **out,
    struct vault_error *err);
/*
 * *got = 0 at the end. Retries EINTR, may give fewer than n.
 *   VAULT_E_CANCELLED  interrupted while waiting, after
 *                      vlt_os_catch_interrupt
 */
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
/*
 *   VAULT_E_EXISTS  at once when `path` exists (a link counts) and !replace
 *   VAULT_E_USAGE   SQLite would take it for its own (vlt_os_check_name)
 *   VAULT_E_IO      with replace: a folder, device or pipe is there
 */
VAULT_CHECKED enum vault_status vlt_outfile_begin(const char *path,
    bool replace, struct vlt_outfile **out, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_outfile_write(struct vlt_outfile *f,
    const void *p, size_t n, struct vault_error *err);
/*
 * fsync, give the name, fsync the folder; frees f whatever happens. A link
 * at the name is never followed.
 *   VAULT_E_EXISTS  !replace, and something came by that name meanwhile
 */
VAULT_CHECKED enum vault_status vlt_outfile_commit(struct vlt_outfile *f,
    struct vault_error *err);
/* Throw it away and free; NULL is fine. */
void vlt_outfile_discard(struct vlt_outfile *f);

/*
 * A folder that appears under its name only when complete. Until then its
 * files lie in a folder NAME.incomplete-XXXXXXXX (random digits) beside it,
 * 0700, or, when NAME is there already and empty, in a folder `incomplete-...`
 * within it. What is below it is made step by step from open folders, so that
 * no link is followed.
 */
struct vlt_outdir;
/*
 *   VAULT_E_EXISTS  something of that name is there, and it is no empty
 *                   folder; a link counts as something
 */
VAULT_CHECKED enum vault_status vlt_outdir_begin(const char *path,
    struct vlt_outdir **out, struct vault_error *err);
/* Where its files lie meanwhile. Lives as long as d. */
const char *vlt_outdir_path(const struct vlt_outdir *d);
/*
 * A new file in it, 0600, to be written and closed by the caller. `name` is
 * relative, split by /, no part empty, `.` or `..` (an assert); folders are
 * made as needed.
 *   VAULT_E_EXISTS  there is one of this name
 */
VAULT_CHECKED enum vault_status vlt_outdir_create(struct vlt_outdir *d,
    const char *name, struct vlt_file **out, struct vault_error *err);
/* Take a file made so away again; its folder stays. */
void vlt_outdir_drop(struct vlt_outdir *d, const char *name);
/*
 * Everything to the disk, then the name. In a folder that was there,
 * `last` (NULL, or a name at the top) moves there after all else. Frees d
 * whatever happens; when it fails the files are removed.
 */
VAULT_CHECKED enum vault_status vlt_outdir_commit(struct vlt_outdir *d,
    const char *last, struct vault_error *err);
/* Remove the files and free; NULL is fine. False: something is left. */
bool vlt_outdir_discard(struct vlt_outdir *d);

/* ---- folders ---- */
/*
 * Calls fn(ctx, name, is_dir) per entry but . and .., in unspecified order;
 * stops and passes on a status other than VAULT_OK. A link to a folder is
 * not a folder. On POSIX a name may be any bytes: check it.
 */
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
 * without echo. Signals restore the terminal before they take effect, and the
 * question is asked again after a stop. *len without the 0. On failure buf
 * holds nothing of the answer. Uses process-wide signal handlers while it
 * waits: one question at a time.
 *   VAULT_E_NOT_FOUND  there is no terminal
 *   VAULT_E_LIMIT      the line is longer than buf
 *   VAULT_E_CANCELLED  end of input or interrupted
 */
VAULT_CHECKED enum vault_status vlt_tty_ask(const char *prompt, bool echo,
    char *buf, size_t size, size_t *len, struct vault_error *err);

/* ---- other programs ---- */
/*
 * Run a command line without a shell (split at white space, with single and
 * double quotes; os_command.h), standard input and error inherited, other
 * open files not, environment reduced to PATH, HOME, LANG, LC_ALL, DISPLAY,
 * WAYLAND_DISPLAY, XDG_RUNTIME_DIR, GPG_TTY (on Windows PATH, HOME, LANG,
 * LC_ALL and what programs there need); read at most max bytes of its
 * standard output into fresh memory (caller wipes and frees). The program is
 * searched in PATH; on Windows never in the current folder.
 *   VAULT_E_USAGE      no word in it, or a quote that is not closed
 *   VAULT_E_IO         could not be run, ended with another status than 0,
 *                      or printed too much (it is ended then)
 *   VAULT_E_CANCELLED  interrupted while waiting
 */
VAULT_CHECKED enum vault_status vlt_os_run_capture(const char *command,
    size_t max, uint8_t **out, size_t *out_len, struct vault_error *err);

/*
 * Ask for interrupts (Ctrl-C, SIGTERM) to be noted instead of ending the
 * process; a second one ends it. Process-wide; called by the program, not by
 * the library.
 */
void vlt_os_catch_interrupt(void);
bool vlt_os_interrupted(void);

/*
 * UTF-8 argv of this process (Windows); elsewhere the given one. Call once
 * from main, before anything is printed: on Windows it also makes the
 * standard streams binary and buffered (flush what must be seen), and the
 * console's output UTF-8 until the process ends.
 */
char **vlt_os_args(int *argc, char **argv);

#endif
