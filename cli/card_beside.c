/* SPDX-License-Identifier: Apache-2.0 */
/* card_beside.c: a card that lies where it would if somebody had put it there */
#include "card_beside.h"

#include "os.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <string.h>

enum { PATH_SIZE = 4096 };

/* The folder of a path, "." for a bare name; false when it is too long. */
static bool
folder_of(const char *path, char out[PATH_SIZE])
{
    size_t n = (size_t)(vlt_os_basename(path) - path);

    if (n >= PATH_SIZE)
        return false;
    memcpy(out, path, n);
    out[n] = '\0';
    if (n == 0)
        memcpy(out, ".", 2);
    return true;
}

static bool
ends_with(const char *name, const char *end)
{
    size_t n = strlen(name);
    size_t e = strlen(end);

    return n > e && strcmp(name + n - e, end) == 0;
}

static enum vault_status
look(void *ctx, const char *name, bool is_dir)
{
    bool *found = ctx;

    *found = *found ||
        (!is_dir &&
            (ends_with(name, ".bundle") || ends_with(name, ".bundle.age")));
    return VAULT_OK;
}

void
card_tell_beside(const struct cli *c, const char *card)
{
    char vault[PATH_SIZE], own[PATH_SIZE], folder[PATH_SIZE];
    bool beside = false;

    if (strcmp(card, "-") == 0 || !folder_of(card, folder))
        return;
    if (unlock_path(c, vault, sizeof vault, NULL) == VAULT_OK &&
        folder_of(vault, own))
        beside = vlt_os_same_file(own, folder) == 1;
    if (!beside)
        (void)!vlt_os_listdir(folder, look, &beside, NULL);
    if (beside)
        say_warn("%s",
            tr("card taken from the same folder: says nothing about who"));
}
