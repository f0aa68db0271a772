/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_process.c: this process, its surroundings and its interrupts */
#include "os_windows.h"
#include "text.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shellapi.h>

enum { STREAM_SIZE = 8192 };

/* Handlers know no context, so these belong to the whole process. */
static volatile LONG interrupted;
static UINT output_page;

void
vlt_os_harden(void)
{
    /* No error report, which would hold our memory. */
    (void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX |
        SEM_NOOPENFILEERRORBOX);
    (void)HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0);
    /* No library from the current folder. */
    (void)SetDllDirectoryW(L"");
}

int64_t
vlt_os_time(void)
{
    FILETIME t;

    GetSystemTimeAsFileTime(&t);
    return vlt_win_seconds(&t);
}

uint64_t
vlt_os_ticks_ms(void)
{
    return GetTickCount64();
}

uint64_t
vlt_os_memory(void)
{
    MEMORYSTATUSEX m;

    memset(&m, 0, sizeof m);
    m.dwLength = sizeof m;
    return GlobalMemoryStatusEx(&m) ? m.ullTotalPhys : 0;
}

bool
vlt_os_swap_exposed(void)
{
    MEMORYSTATUSEX m;
    DWORD encrypted = 0, size = sizeof encrypted;

    memset(&m, 0, sizeof m);
    m.dwLength = sizeof m;
    if (!GlobalMemoryStatusEx(&m) || m.ullTotalPageFile <= m.ullTotalPhys)
        return false;
    if (RegGetValueW(HKEY_LOCAL_MACHINE,
            L"SYSTEM\\CurrentControlSet\\Control\\FileSystem",
            L"NtfsEncryptPagingFile", RRF_RT_REG_DWORD, NULL, &encrypted,
            &size) != ERROR_SUCCESS)
        return true;
    return encrypted == 0;
}

bool
vlt_os_env(const char *name, char *out, size_t size)
{
    wchar_t *w = vlt_win_wide(name);
    wchar_t *value = NULL;
    char *s = NULL;
    DWORD room = 0;
    bool found;
    size_t n;

    if (w != NULL)
        room = GetEnvironmentVariableW(w, NULL, 0);
    if (room > 0)
        value = calloc(room, sizeof *value);
    if (value != NULL && GetEnvironmentVariableW(w, value, room) < room)
        s = vlt_win_utf8(value);
    if (s != NULL && size > 0) {
        n = vlt_utf8_cut(s, size - 1);
        memcpy(out, s, n);
        out[n] = 0;
    }
    found = s != NULL;
    free(s);
    free(value);
    free(w);
    return found;
}

static void
restore_console(void)
{
    (void)SetConsoleOutputCP(output_page);
}

/* Standard streams of bytes, which a console takes as UTF-8. */
static void
prepare_streams(void)
{
    (void)_setmode(_fileno(stdin), _O_BINARY);
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
    /* Unbuffered, each byte of a character would be written by itself. */
    (void)setvbuf(stdout, NULL, _IOFBF, STREAM_SIZE);
    (void)setvbuf(stderr, NULL, _IOFBF, STREAM_SIZE);
    output_page = GetConsoleOutputCP();
    if (output_page != 0 && output_page != CP_UTF8 &&
        SetConsoleOutputCP(CP_UTF8))
        (void)atexit(restore_console);
}

char **
vlt_os_args(int *argc, char **argv)
{
    wchar_t **wide;
    char **out = NULL;
    int n = 0, i;

    prepare_streams();
    wide = CommandLineToArgvW(GetCommandLineW(), &n);
    if (wide == NULL)
        return argv;
    out = calloc((size_t)n + 1, sizeof *out);
    for (i = 0; out != NULL && i < n; i++) {
        out[i] = vlt_win_utf8(wide[i]);
        if (out[i] == NULL) {
            while (i > 0)
                free(out[--i]);
            free(out);
            out = NULL;
        }
    }
    (void)LocalFree(wide);
    if (out == NULL)
        return argv;
    *argc = n;
    return out;
}

static BOOL WINAPI
note_interrupt(DWORD type)
{
    (void)type;
    /* The second one ends us. */
    return InterlockedExchange(&interrupted, 1) == 0;
}

void
vlt_os_catch_interrupt(void)
{
    (void)SetConsoleCtrlHandler(note_interrupt, TRUE);
}

bool
vlt_os_interrupted(void)
{
    return interrupted != 0;
}
