/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows.h: what the Windows files of the seam share with one another */
#ifndef VLT_OS_WINDOWS_H
#define VLT_OS_WINDOWS_H

#include "fail.h"
#include "os.h"

#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN 1
#endif
#if !defined(UNICODE)
#define UNICODE 1
#endif
#include <windows.h>

enum { VLT_WIN_REASON = 160, VLT_TEMP_NAME = 24 };

/*
 * Report GetLastError. The format is a literal that takes the path and the
 * system's reason: VLT_WIN_FAIL(err, "cannot open %s: %s", path).
 */
#define VLT_WIN_FAIL(err, format, path)                         \
    vlt_fail(err, vlt_win_status(GetLastError()), format, path, \
        vlt_win_reason(GetLastError(), (char[VLT_WIN_REASON]){0}))

/* The status for an error of the system; VAULT_E_IO for most. */
enum vault_status vlt_win_status(DWORD error);
/* The system's text for it, in UTF-8, in out; leaves the last error alone. */
const char *vlt_win_reason(DWORD error, char out[VLT_WIN_REASON]);

/*
 * Between UTF-8 and UTF-16, strictly: what is malformed is refused with
 * ERROR_NO_UNICODE_TRANSLATION. NULL with the last error set; free() it.
 */
wchar_t *vlt_win_wide(const char *s);
char *vlt_win_utf8(const wchar_t *w);

/*
 * The absolute form of a path for the functions of the system, with the
 * prefix that lifts their limit of 260 characters where it is long. NULL
 * with the last error set; free() it.
 */
wchar_t *vlt_win_path(const char *path);
/* Whether that is a device (NUL, CON, \\.\...), not a file. */
bool vlt_win_is_device(const wchar_t *path);

/* All n bytes; false with the last error set. */
bool vlt_win_write(HANDLE h, const void *p, size_t n);
/* Up to n bytes, 0 at the end (also of a pipe); -1 with the last error. */
long vlt_win_read(HANDLE h, void *p, size_t n);

/* A stream around an open handle, which it closes; open on failure. */
VAULT_CHECKED enum vault_status vlt_win_file(HANDLE h, const char *name,
    struct vlt_file **out, struct vault_error *err);

/* Seconds since 1970. */
int64_t vlt_win_seconds(const FILETIME *t);

/* A name that nobody can have planted: ".tmp-" and 16 random digits. */
bool vlt_win_temp_name(char out[VLT_TEMP_NAME]);

/*
 * Give `from` the name `to`, on disk when it returns. What virus scanners
 * hold open for a moment is tried again for half a second.
 */
bool vlt_win_rename(const wchar_t *from, const wchar_t *to, bool replace);

#endif
