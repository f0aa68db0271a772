/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_policy.c: a policy that is read is a forest, and more is never less */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "secret.h"

static void
require(int holds)
{
    if (!holds)
        abort();
}

static void
check_shape(const struct vlt_policy *p)
{
    size_t i, members = 0, named = 0;

    require(p->quorum == VLT_POLICY_NONE || p->quorum < p->nodes);
    for (i = 0; i < p->nodes; i++) {
        const struct vlt_policy_node *n = &p->node[i];

        require(n->parent == VLT_POLICY_NONE ||
            (n->parent > i && n->parent < p->nodes &&
                p->node[n->parent].group));
        require(!n->group || (n->need >= 1 && n->need <= n->members));
        require(n->name[0] != 0 && strcmp(n->name, "none") != 0);
        members += n->group ? n->members : 0;
        named += n->parent != VLT_POLICY_NONE;
    }
    require(members == named);
}

/* Nobody is enough for `none` only; everybody always is; and one more never
 * makes it fail. */
static void
check_quorum(struct vlt_policy *p)
{
    bool *held = calloc(p->nodes + 1, sizeof *held);
    bool was, is;
    size_t i;

    require(held != NULL);
    was = vlt_policy_quorum(p, held);
    require(was == (p->quorum == VLT_POLICY_NONE));
    for (i = 0; i < p->nodes; i++) {
        if (p->node[i].group)
            continue;
        held[i] = true;
        is = vlt_policy_quorum(p, held);
        require(is || !was);
        was = is;
    }
    require(was);
    free(held);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_policy p;

    require(vlt_crypto_init(NULL) == VAULT_OK);
    if (vlt_policy_parse(&p, (const char *)data, size, NULL) != VAULT_OK)
        return 0;
    require(data[size - 1] == '\n');
    check_shape(&p);
    check_quorum(&p);
    vlt_policy_clear(&p);
    return 0;
}
