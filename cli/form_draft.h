/* SPDX-License-Identifier: Apache-2.0 */
/* form_draft.h: a form's answers, kept as a sealed draft while it is filled in */
#ifndef CLI_FORM_DRAFT_H
#define CLI_FORM_DRAFT_H

#include "cmd.h"
#include "form.h"

#include <vault/drafts.h>

struct form_draft {
    struct vault_draft *d; /* NULL: nothing is kept */
    char last[97];         /* the question answered last, "" for none */
    bool unfinished;       /* its answer goes on */
    bool told;             /* that it cannot be kept */
    bool unwanted;         /* a person said so: to be destroyed */
    uint64_t kept_ms;      /* when it was kept last */
};

/* What drafts lie beside: the vault's path, also where a capture file is
 * named.   VAULT_E_USAGE, VAULT_E_LIMIT */
VAULT_CHECKED enum vault_status form_draft_path(const struct cli *c, char *out,
    size_t size, struct vault_error *err);

/* A new draft of this type for c->vault. */
VAULT_CHECKED enum vault_status form_draft_begin(struct cli *c,
    const char *type, struct form_draft *out, struct vault_error *err);
/* A draft that is there, with its fields put into the empty form. The caller
 * closes it.   as vault_draft_open; VAULT_E_USAGE: it has fields that no form
 * may have */
VAULT_CHECKED enum vault_status form_draft_open(struct cli *c,
    const uint8_t id[VAULT_ID], struct form_draft *out, struct form *f,
    struct vault_error *err);
void form_draft_close(struct form_draft *d);

/* Keep the form as it is now. That it cannot be kept is told once. */
void form_draft_keep(struct form_draft *d, const struct form *f,
    const char *last, bool unfinished);
/* The next step makes it a record: a crash may leave both. */
void form_draft_sealing(struct form_draft *d, const struct form *f);
/* Before an opened one is shown: what it is not. */
void form_draft_warn(const struct form_draft *d);
/* Whether the last time is some seconds ago: a long text is not kept after
 * every line that is pasted. */
bool form_draft_due(const struct form_draft *d);

/* The form has ended: what is sealed, or not wanted, goes; else it is said
 * what was kept, and where. Closes d. */
void form_draft_end(struct cli *c, struct form_draft *d, bool sealed);

#endif
