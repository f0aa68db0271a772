/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_tty.c: asking a person on the console itself */
#include "bytes.h"
#include "os_windows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* For the handler, which knows no context: the console being asked. */
static HANDLE volatile asked_console;
static volatile DWORD asked_mode;

struct console {
    HANDLE in;
    HANDLE out;
    DWORD mode; /* before */
};

static HANDLE
standard(int fd)
{
    static const DWORD which[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE,
        STD_ERROR_HANDLE};

    if (fd < 0 || fd > 2)
        return INVALID_HANDLE_VALUE;
    return GetStdHandle(which[fd]);
}

bool
vlt_tty_is(int fd)
{
    DWORD mode;

    return GetConsoleMode(standard(fd), &mode) != 0;
}

int
vlt_tty_columns(int fd)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    int n;

    if (!GetConsoleScreenBufferInfo(standard(fd), &info))
        return 80;
    n = info.srWindow.Right - info.srWindow.Left + 1;
    return n > 0 ? n : 80;
}

/* Runs before what else handles Ctrl-C, which may end the process. */
static BOOL WINAPI
restore_echo(DWORD type)
{
    (void)type;
    (void)SetConsoleMode(asked_console, asked_mode);
    return FALSE;
}

static bool
open_console(struct console *c, bool echo)
{
    DWORD mode;

    c->out = INVALID_HANDLE_VALUE;
    c->in = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (c->in == INVALID_HANDLE_VALUE)
        return false;
    c->out = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (c->out == INVALID_HANDLE_VALUE || !GetConsoleMode(c->in, &c->mode)) {
        (void)CloseHandle(c->in);
        if (c->out != INVALID_HANDLE_VALUE)
            (void)CloseHandle(c->out);
        return false;
    }
    asked_mode = c->mode;
    asked_console = c->in;
    (void)SetConsoleCtrlHandler(restore_echo, TRUE);
    mode = c->mode | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT;
    mode = echo ? mode | ENABLE_ECHO_INPUT : mode & ~(DWORD)ENABLE_ECHO_INPUT;
    (void)SetConsoleMode(c->in, mode);
    (void)FlushConsoleInputBuffer(c->in);
    return true;
}

static void
close_console(struct console *c)
{
    (void)SetConsoleMode(c->in, c->mode);
    (void)SetConsoleCtrlHandler(restore_echo, FALSE);
    asked_console = NULL;
    (void)CloseHandle(c->in);
    (void)CloseHandle(c->out);
}

static void
show(const struct console *c, const char *text)
{
    wchar_t *w = vlt_win_wide(text);
    DWORD did;

    if (w != NULL)
        (void)WriteConsoleW(c->out, w, (DWORD)wcslen(w), &did, NULL);
    free(w);
}

/* UTF-16 up to the line end, without it, in b. */
static enum vault_status
read_units(const struct console *c, struct vlt_buf *b, struct vault_error *err)
{
    wchar_t part[128];
    DWORD got = 0, i;
    bool end = false;

    while (!end) {
        if (!ReadConsoleW(c->in, part, VLT_COUNT(part), &got, NULL) ||
            got == 0 || (b->len == 0 && part[0] == 0x1a)) {
            vlt_wipe(part, sizeof part);
            return vlt_fail(err, VAULT_E_CANCELLED, "no answer was given");
        }
        for (i = 0; i < got && !end; i++) {
            end = part[i] == L'\n';
            if (!end && part[i] != L'\r')
                vlt_buf_put(b, &part[i], sizeof part[i]);
        }
    }
    vlt_wipe(part, sizeof part);
    return VAULT_OK;
}

static enum vault_status
to_utf8(const struct vlt_buf *b, char *buf, size_t size, size_t *len,
    struct vault_error *err)
{
    int units = (int)(b->len / sizeof(wchar_t));
    int room = size - 1 < INT_MAX ? (int)(size - 1) : INT_MAX;
    int n = 0;

    if (!b->failed && units > 0) {
        n = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS,
            (const wchar_t *)(const void *)b->p, units, buf, room, NULL, NULL);
        if (n == 0 && GetLastError() == ERROR_NO_UNICODE_TRANSLATION) {
            vlt_wipe(buf, size);
            return vlt_fail(err, VAULT_E_USAGE, "the answer is not valid text");
        }
    }
    if (b->no_memory)
        return vlt_fail_memory(err);
    if (b->failed || (n == 0 && units > 0)) {
        vlt_wipe(buf, size);
        return vlt_fail(err, VAULT_E_LIMIT,
            "the answer is longer than %zu bytes", size - 1);
    }
    buf[n] = 0;
    *len = (size_t)n;
    return VAULT_OK;
}

enum vault_status
vlt_tty_ask(const char *prompt, bool echo, char *buf, size_t size, size_t *len,
    struct vault_error *err)
{
    enum vault_status st;
    struct console c;
    struct vlt_buf b;

    assert(size > 0);
    if (!open_console(&c, echo))
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "there is no terminal to ask on");
    /* UTF-8 never has fewer bytes than UTF-16 has units. */
    vlt_buf_init(&b, (size - 1) * sizeof(wchar_t));
    show(&c, prompt);
    st = read_units(&c, &b, err);
    if (!echo || st != VAULT_OK)
        show(&c, "\r\n");
    close_console(&c);
    if (st == VAULT_OK)
        st = to_utf8(&b, buf, size, len, err);
    vlt_buf_clear(&b);
    return st;
}
