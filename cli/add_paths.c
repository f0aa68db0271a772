/* SPDX-License-Identifier: Apache-2.0 */
/* add_paths.c: which files are sealed as they are, and which are better not */
#include "adding.h"

#include "card_show.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <vault/cards.h>
#include <vault/filekind.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By its name: NAME.draft-... of this vault. */
static bool
is_draft(const char *path, const char *vault)
{
    const char *name = vlt_os_basename(path);
    const char *base = vlt_os_basename(vault);
    size_t n = strlen(base);

    return strncmp(name, base, n) == 0 && strncmp(name + n, ".draft-", 7) == 0;
}

enum vault_status
add_check_path(const char *path, const char *vault, struct vault_error *err)
{
    enum vault_file_kind kind;
    enum vault_status st;
    char capture[4096];
    int n;

    if (strcmp(path, "-") == 0)
        return VAULT_OK;
    if (!vlt_os_exists(path))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "%s is not there", path);
    if (vlt_os_is_dir(path))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("name the files in it, as in sanduq add FOLDER/*"),
            "%s is a folder", path);
    if (vlt_os_same_file(path, vault) == 1)
        return vlt_fail(err, VAULT_E_USAGE, "%s is the vault itself", path);
    if (is_draft(path, vault))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq form resume goes on with it"),
            "%s is an unfinished form", path);
    st = vault_file_kind(path, &kind, err);
    if (st != VAULT_OK)
        return st;
    if (kind == VAULT_FILE_BUNDLE)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq receive takes in what is in it"), "%s is a bundle",
            path);
    n = snprintf(capture, sizeof capture, "%s.capture", vault);
    if (n > 0 && (size_t)n < sizeof capture &&
        vlt_os_same_file(path, capture) == 1)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("unlocking the vault takes in what is in it"),
            "%s is the vault's capture file", path);
    return VAULT_OK;
}

/* A card may be evidence; to be pinned it goes another way. */
static void
warn_of_kind(const char *path)
{
    struct vault_card card;
    uint8_t *p = NULL;
    size_t n = 0;
    enum vault_file_kind kind = VAULT_FILE_OTHER;

    if (vault_file_kind(path, &kind, NULL) == VAULT_OK &&
        kind == VAULT_FILE_AUDIT)
        say_warn(tr("%s is an audit pack: it is sealed as it is; sanduq verify "
                    "checks it"),
            path);
    if (vlt_os_is_file(path) &&
        vlt_os_read_small(path, CARD_FILE_MAX, &p, &n, NULL) == VAULT_OK &&
        vault_card_read(p, n, &card, NULL) == VAULT_OK)
        say_warn(tr("%s is a card: it is sealed as it is; sanduq card add "
                    "pins it under a name"),
            path);
    free(p);
}

/* What is in an age file is not known without the key; the name tells. */
static void
warn_of_courier(const char *path)
{
    static const char ending[] = ".bundle.age";
    size_t n = strlen(path);

    if (n < sizeof ending ||
        strcmp(path + n - (sizeof ending - 1), ending) != 0)
        return;
    say_warn(tr("%s is a bundle, by its name: it is sealed as it is; sanduq "
                "receive takes in what is in it"),
        path);
}

void
add_warn_of(const char *path)
{
    warn_of_kind(path);
    warn_of_courier(path);
}

enum vault_status
add_check_paths(struct add *a, struct vault_error *err)
{
    char vault[4096];
    struct vault_error why;
    size_t bad = 0;
    enum vault_status first = VAULT_OK;
    enum vault_status st;

    st = unlock_path(a->c, vault, sizeof vault, err);
    if (st != VAULT_OK)
        return st;
    for (size_t i = 0; i < a->c->args.n; i++) {
        st = add_check_path(a->c->args.v[i], vault, &why);
        if (st == VAULT_OK)
            return VAULT_OK;
        if (bad++ == 0) {
            first = st;
            if (err != NULL)
                *err = why;
        } else {
            say_error(&why);
        }
    }
    return bad > 0 ? first : VAULT_OK;
}
