/* SPDX-License-Identifier: Apache-2.0 */
/* os_windows_run.c: another program, and what it prints */
#include "bytes.h"
#include "os_command.h"
#include "os_windows.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Those of os.h, and what programs on Windows cannot do without. */
static const wchar_t *const passed_on[] = {L"PATH", L"HOME", L"LANG", L"LC_ALL",
    L"APPDATA", L"COMSPEC", L"HOMEDRIVE", L"HOMEPATH", L"LOCALAPPDATA",
    L"PATHEXT", L"SYSTEMDRIVE", L"SYSTEMROOT", L"TEMP", L"TMP", L"USERNAME",
    L"USERPROFILE", L"WINDIR"};

enum { PROGRAM_SIZE = 32768, ENDED = 1 };

struct child {
    HANDLE process;
    HANDLE output;
};

static bool
is_passed_on(const wchar_t *entry)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(passed_on); i++) {
        size_t n = wcslen(passed_on[i]);

        if (_wcsnicmp(entry, passed_on[i], n) == 0 && entry[n] == L'=')
            return true;
    }
    return false;
}

/* The reduced environment as one block; free() it. */
static wchar_t *
reduce_environment(void)
{
    wchar_t *all = GetEnvironmentStringsW();
    const wchar_t *s;
    wchar_t *out, *to;
    size_t n;

    if (all == NULL)
        return NULL;
    for (s = all; *s != 0; s += wcslen(s) + 1)
        ;
    out = calloc((size_t)(s - all) + 2, sizeof *out);
    for (s = all, to = out; out != NULL && *s != 0; s += n) {
        n = wcslen(s) + 1;
        if (!is_passed_on(s))
            continue;
        wmemcpy(to, s, n);
        to += n;
    }
    (void)FreeEnvironmentStringsW(all);
    return out;
}

/* One word, quoted so that the program takes it as the same word. */
static void
put_word(struct vlt_buf *b, const char *word)
{
    size_t backslashes = 0;

    vlt_buf_put_u8(b, '"');
    for (; *word != 0; word++) {
        if (*word == '"') {
            /* Backslashes before a quote count double; the quote itself. */
            for (backslashes++; backslashes > 0; backslashes--)
                vlt_buf_put_u8(b, '\\');
        }
        backslashes = *word == '\\' ? backslashes + 1 : 0;
        vlt_buf_put_u8(b, (uint8_t)*word);
    }
    for (; backslashes > 0; backslashes--)
        vlt_buf_put_u8(b, '\\');
    vlt_buf_put_u8(b, '"');
}

static wchar_t *
command_line(char **argv)
{
    struct vlt_buf b;
    wchar_t *w;

    vlt_buf_init(&b, PROGRAM_SIZE);
    for (; *argv != NULL; argv++) {
        if (b.len > 0)
            vlt_buf_put_u8(&b, ' ');
        put_word(&b, *argv);
    }
    w = vlt_win_wide(vlt_buf_cstr(&b));
    if (b.failed) {
        free(w);
        w = NULL;
        SetLastError(ERROR_FILENAME_EXCED_RANGE);
    }
    vlt_buf_clear(&b);
    return w;
}

/* The program's file, by PATH but never in the current folder. */
static wchar_t *
find_program(const char *name)
{
    wchar_t *w, *path, *out;
    DWORD n;

    if (strpbrk(name, "/\\:") != NULL)
        return vlt_win_path(name);
    w = vlt_win_wide(name);
    path = calloc(PROGRAM_SIZE, sizeof *path);
    out = calloc(PROGRAM_SIZE, sizeof *out);
    n = w != NULL && path != NULL && out != NULL
        ? GetEnvironmentVariableW(L"PATH", path, PROGRAM_SIZE)
        : 0;
    if (n == 0 || n >= PROGRAM_SIZE ||
        SearchPathW(path, w, L".exe", PROGRAM_SIZE, out, NULL) == 0) {
        free(out);
        out = NULL;
        SetLastError(ERROR_FILE_NOT_FOUND);
    }
    free(path);
    free(w);
    return out;
}

static bool
create(const wchar_t *program, wchar_t *line, wchar_t *env, HANDLE output,
    struct child *c)
{
    PROCESS_INFORMATION p;
    STARTUPINFOW s;

    memset(&s, 0, sizeof s);
    s.cb = sizeof s;
    s.dwFlags = STARTF_USESTDHANDLES;
    s.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    s.hStdOutput = output;
    s.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!CreateProcessW(program, line, NULL, NULL, TRUE,
            CREATE_UNICODE_ENVIRONMENT, env, NULL, &s, &p))
        return false;
    (void)CloseHandle(p.hThread);
    c->process = p.hProcess;
    return true;
}

static bool
start(char **argv, struct child *c)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    wchar_t *line = command_line(argv);
    wchar_t *program = line != NULL ? find_program(argv[0]) : NULL;
    wchar_t *env = program != NULL ? reduce_environment() : NULL;
    HANDLE ends[2];
    bool good = false;
    DWORD error = GetLastError();

    if (env != NULL && CreatePipe(&ends[0], &ends[1], &inherit, 0)) {
        (void)SetHandleInformation(ends[0], HANDLE_FLAG_INHERIT, 0);
        good = create(program, line, env, ends[1], c);
        error = GetLastError();
        (void)CloseHandle(ends[1]);
        c->output = ends[0];
        if (!good)
            (void)CloseHandle(ends[0]);
    }
    free(env);
    free(program);
    free(line);
    SetLastError(error);
    return good;
}

static enum vault_status
collect(const struct child *c, const char *name, struct vlt_buf *b,
    struct vault_error *err)
{
    uint8_t part[4096];
    long got = 0;

    while (!b->failed && (got = vlt_win_read(c->output, part, sizeof part)) > 0)
        vlt_buf_put(b, part, (size_t)got);
    vlt_wipe(part, sizeof part);
    if (got < 0)
        return VLT_WIN_FAIL(err, "cannot read from %s: %s", name);
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
    DWORD status = ENDED;

    (void)CloseHandle(c->output);
    if (st != VAULT_OK)
        (void)TerminateProcess(c->process, ENDED);
    (void)WaitForSingleObject(c->process, INFINITE);
    (void)GetExitCodeProcess(c->process, &status);
    (void)CloseHandle(c->process);
    if (st == VAULT_OK && status != 0)
        return vlt_fail(err, VAULT_E_IO, "%s ended with status %d", name,
            (int)status);
    return st;
}

enum vault_status
vlt_os_run_capture(const char *command, size_t max, uint8_t **out,
    size_t *out_len, struct vault_error *err)
{
    char reason[VLT_WIN_REASON];
    char **argv = NULL;
    enum vault_status st;
    struct vlt_buf b;
    struct child c;

    vlt_buf_init(&b, max);
    st = vlt_command_split(command, &argv, err);
    if (st != VAULT_OK)
        return st;
    if (!start(argv, &c)) {
        st = vlt_fail(err, VAULT_E_IO, "cannot run %s: %s", argv[0],
            vlt_win_reason(GetLastError(), reason));
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
