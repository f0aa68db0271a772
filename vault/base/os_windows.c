/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows.c: errors, names and bytes, shared by the seam to Windows */
#include "os_windows.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <ntsecapi.h>

enum { LONG_PATH = 240, RENAME_TRIES = 10, RENAME_PAUSE_MS = 50 };

enum vault_status
vlt_win_status(DWORD error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
        return VAULT_E_NOT_FOUND;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        return VAULT_E_EXISTS;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
        return VAULT_E_MEMORY;
    case ERROR_FILENAME_EXCED_RANGE:
        return VAULT_E_LIMIT;
    case ERROR_INVALID_NAME:
    case ERROR_NO_UNICODE_TRANSLATION:
        return VAULT_E_USAGE;
    case ERROR_CANCELLED:
    case ERROR_OPERATION_ABORTED:
        return VAULT_E_CANCELLED;
    default:
        return VAULT_E_IO;
    }
}

const char *
vlt_win_reason(DWORD error, char out[VLT_WIN_REASON])
{
    wchar_t text[VLT_WIN_REASON];
    char utf8[VLT_WIN_REASON * 3 + 1] = "";
    DWORD n;
    size_t len;

    n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM |
            FORMAT_MESSAGE_IGNORE_INSERTS,
        NULL, error, 0, text, VLT_WIN_REASON, NULL);
    /* It comes as a sentence with a line end. */
    while (n > 0 && wcschr(L" .\r\n", text[n - 1]) != NULL)
        n--;
    len = n == 0 ? 0
                 : (size_t)WideCharToMultiByte(CP_UTF8, 0, text, (int)n, utf8,
                       (int)sizeof utf8 - 1, NULL, NULL);
    utf8[len] = 0;
    len = vlt_utf8_cut(utf8, VLT_WIN_REASON - 1);
    memcpy(out, utf8, len);
    out[len] = 0;
    if (len == 0)
        memcpy(out, "unknown error", sizeof "unknown error");
    SetLastError(error);
    return out;
}

wchar_t *
vlt_win_wide(const char *s)
{
    wchar_t *w;
    int n;

    n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, s, -1, NULL, 0);
    if (n <= 0)
        return NULL;
    w = calloc((size_t)n, sizeof *w);
    if (w == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    (void)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, s, -1, w, n);
    return w;
}

char *
vlt_win_utf8(const wchar_t *w)
{
    char *s;
    int n;

    n = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, w, -1, NULL, 0, NULL,
        NULL);
    if (n <= 0)
        return NULL;
    s = calloc((size_t)n, 1);
    if (s == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    (void)WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, w, -1, s, n, NULL,
        NULL);
    return s;
}

/* What stands before an absolute path to lift the limit on its length. */
static const wchar_t *
long_prefix(const wchar_t *full, size_t *skip)
{
    *skip = 0;
    if (wcslen(full) < LONG_PATH || wcsncmp(full, L"\\\\?\\", 4) == 0 ||
        vlt_win_is_device(full))
        return L"";
    if (wcsncmp(full, L"\\\\", 2) != 0)
        return L"\\\\?\\";
    *skip = 2;
    return L"\\\\?\\UNC\\";
}

wchar_t *
vlt_win_path(const char *path)
{
    wchar_t *given = vlt_win_wide(path);
    wchar_t *full = NULL, *out = NULL;
    const wchar_t *prefix;
    size_t skip, n;
    DWORD room;

    if (given == NULL)
        return NULL;
    room = GetFullPathNameW(given, 0, NULL, NULL);
    if (room == 0 || room > 32760) {
        SetLastError(
            *given == 0 ? ERROR_PATH_NOT_FOUND : ERROR_FILENAME_EXCED_RANGE);
        goto out;
    }
    full = calloc(room, sizeof *full);
    out = calloc(room + 8, sizeof *out);
    if (full == NULL || out == NULL ||
        GetFullPathNameW(given, room, full, NULL) == 0) {
        free(out);
        out = NULL;
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        goto out;
    }
    prefix = long_prefix(full, &skip);
    n = wcslen(prefix);
    wmemcpy(out, prefix, n);
    wmemcpy(out + n, full + skip, wcslen(full + skip) + 1);
out:
    free(full);
    free(given);
    return out;
}

bool
vlt_win_is_device(const wchar_t *path)
{
    return wcsncmp(path, L"\\\\.\\", 4) == 0;
}

bool
vlt_win_write(HANDLE h, const void *p, size_t n)
{
    const uint8_t *from = p;

    while (n > 0) {
        DWORD part = n < 1 << 20 ? (DWORD)n : 1 << 20;
        DWORD did = 0;

        if (!WriteFile(h, from, part, &did, NULL))
            return false;
        from += did;
        n -= did;
    }
    return true;
}

long
vlt_win_read(HANDLE h, void *p, size_t n)
{
    DWORD part = n < 1 << 20 ? (DWORD)n : 1 << 20;
    DWORD did = 0;

    if (ReadFile(h, p, part, &did, NULL))
        return (long)did;
    if (GetLastError() == ERROR_BROKEN_PIPE ||
        GetLastError() == ERROR_HANDLE_EOF)
        return 0;
    return -1;
}

int64_t
vlt_win_seconds(const FILETIME *t)
{
    int64_t ticks =
        (int64_t)((uint64_t)t->dwHighDateTime << 32 | t->dwLowDateTime);

    /* 100 ns since 1601. */
    return ticks / 10000000 - INT64_C(11644473600);
}

bool
vlt_win_temp_name(char out[VLT_TEMP_NAME])
{
    static const char prefix[] = ".tmp-";
    uint8_t rnd[8];

    if (!RtlGenRandom(rnd, sizeof rnd)) {
        SetLastError(ERROR_GEN_FAILURE);
        return false;
    }
    memcpy(out, prefix, sizeof prefix);
    vlt_hex(out + sizeof prefix - 1, rnd, sizeof rnd);
    return true;
}

bool
vlt_win_rename(const wchar_t *from, const wchar_t *to, bool replace)
{
    DWORD flags = MOVEFILE_WRITE_THROUGH;
    DWORD error;
    int i;

    if (replace)
        flags |= MOVEFILE_REPLACE_EXISTING;
    for (i = 1; !MoveFileExW(from, to, flags); i++) {
        error = GetLastError();
        if (i == RENAME_TRIES ||
            (error != ERROR_ACCESS_DENIED && error != ERROR_SHARING_VIOLATION))
            return false;
        Sleep(RENAME_PAUSE_MS);
    }
    return true;
}
