/* SPDX-License-Identifier: Apache-2.0 */
/* pass.c: where a passphrase comes from */
#include "pass.h"

#include "ask.h"
#include "fail.h"
#include "os.h"
#include "text.h"
#include "tr.h"

#include <stdlib.h>
#include <string.h>

bool
pass_given(const struct pass_from *from)
{
    return from->fd != NULL || from->file != NULL || from->command != NULL;
}

static bool
parse_fd(const char *s, int *fd)
{
    uint64_t n = 0;

    if (s == NULL || !vlt_parse_u64(&n, s, strlen(s)) || n > 65535)
        return false;
    *fd = (int)n;
    return true;
}

bool
pass_uses_stdin(const struct pass_from *from)
{
    int fd = -1;

    return parse_fd(from->fd, &fd) && fd == 0;
}

/* All of a stream, at most ASK_MAX bytes and a line end. */
VAULT_CHECKED static enum vault_status
read_all(struct vlt_file *f, struct vlt_buf *out, struct vault_error *err)
{
    size_t got = 1;

    while (got > 0) {
        size_t room = ASK_MAX + 2 - out->len;
        uint8_t *p = vlt_buf_room(out, room + 1);
        enum vault_status st;

        if (p == NULL)
            return vlt_buf_end(out, "passphrase", err);
        out->len -= room + 1;
        st = vlt_file_read(f, p, room + 1, &got, err);
        if (st != VAULT_OK)
            return st;
        out->len += got;
        if (got > room)
            return vlt_fail(err, VAULT_E_LIMIT,
                "the passphrase is longer than %d bytes", ASK_MAX);
    }
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
read_fd(const char *number, struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    int fd = -1;
    enum vault_status st;

    if (!parse_fd(number, &fd))
        return vlt_fail(err, VAULT_E_USAGE,
            "\"%s\" is no number of a file descriptor", number);
    st = vlt_file_fd(fd, &f, err);
    if (st == VAULT_OK)
        st = read_all(f, out, err);
    vlt_file_close(f);
    return st;
}

VAULT_CHECKED static enum vault_status
read_file(const char *path, struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    enum vault_status st = vlt_file_open(path, &f, err);

    if (st == VAULT_OK)
        st = read_all(f, out, err);
    vlt_file_close(f);
    return st;
}

VAULT_CHECKED static enum vault_status
read_command(const char *command, struct vlt_buf *out, struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_status st;

    st = vlt_os_run_capture(command, ASK_MAX + 2, &p, &n, err);
    if (st == VAULT_OK)
        vlt_buf_put(out, p, n);
    if (p != NULL)
        vlt_wipe(p, n);
    free(p);
    return st;
}

enum vault_status
pass_read(const struct pass_from *from, struct vlt_buf *out,
    struct vault_error *err)
{
    int sources =
        (from->fd != NULL) + (from->file != NULL) + (from->command != NULL);
    enum vault_status st;

    vlt_buf_reset(out);
    out->max = 2 * ASK_MAX;
    if (sources > 1)
        return vlt_fail(err, VAULT_E_USAGE,
            "the passphrase can come from one place only");
    if (from->fd != NULL)
        st = read_fd(from->fd, out, err);
    else if (from->file != NULL)
        st = read_file(from->file, out, err);
    else
        st = read_command(from->command, out, err);
    if (st != VAULT_OK)
        return st;
    if (out->len > 0 && out->p[out->len - 1] == '\n') {
        out->len--;
        if (out->len > 0 && out->p[out->len - 1] == '\r')
            out->len--;
    }
    if (out->len == 0)
        return vlt_fail(err, VAULT_E_USAGE, "the passphrase is empty");
    if (out->len > ASK_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the passphrase is longer than %d bytes", ASK_MAX);
    return vlt_buf_end(out, "passphrase", err);
}

enum vault_status
pass_refuse_environment(struct vault_error *err)
{
    static const char *const names[] = {"SANDUQ_PASSPHRASE", "SANDUQ_PASSWORD",
        "SANDUQ_PASS", "SANDUQ_NEW_PASSPHRASE", "SANDUQ_NEW_PASSWORD",
        "SANDUQ_PIN"};
    char first[2];

    for (size_t i = 0; i < VLT_COUNT(names); i++) {
        bool set = vlt_os_env(names[i], first, sizeof first);

        vlt_wipe(first, sizeof first);
        if (set)
            return vlt_fail_hint(err, VAULT_E_USAGE,
                N_("every program started from here inherits the variable "
                   "and others can read it; unset it and use "
                   "--passphrase-fd, --passphrase-file or "
                   "--passphrase-command"),
                "the variable %s is set; a passphrase is not taken from the "
                "environment",
                names[i]);
    }
    return VAULT_OK;
}

bool
pass_regroup(const char *s, size_t n, char out[30])
{
    size_t digits = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] >= '0' && s[i] <= '9') {
            if (digits == 24)
                return false;
            if (digits > 0 && digits % 4 == 0)
                out[digits + digits / 4 - 1] = '-';
            out[digits + digits / 4] = s[i];
            digits++;
        } else if (s[i] != ' ' && s[i] != '-') {
            return false;
        }
    }
    out[29] = 0;
    return digits == 24 && (n != 29 || memcmp(out, s, 29) != 0);
}
