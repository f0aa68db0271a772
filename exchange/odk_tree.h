/* SPDX-License-Identifier: Apache-2.0 */
/* odk_tree.h: the elements of a submission */
#ifndef EXCHANGE_ODK_TREE_H
#define EXCHANGE_ODK_TREE_H

#include "bytes.h"

#include <stdbool.h>

enum { ODK_NONE = -1 };
/* An element or, with `attribute`, an attribute of its parent. */
struct odk_node {
    int parent;            /* ODK_NONE for the root, which is node 0 */
    int first, last, next; /* children and the sibling after this one */
    bool attribute;
    char *name;      /* without its namespace prefix */
    uint32_t digest; /* of the name */
    unsigned nth;    /* of this name below its parent, from 1 */
    struct vlt_buf text;
};
struct odk_tree {
    struct odk_node *node;
    size_t n, cap;
};

/*
 * No entity but XML's five, nothing outside the file, no DOCTYPE.
 *   VAULT_E_FORMAT, VAULT_E_LIMIT, VAULT_E_MEMORY
 */
VAULT_CHECKED enum vault_status odk_tree_read(struct odk_tree *t,
    const void *xml, size_t n, struct vault_error *err);
/* Wipes. */
void odk_tree_clear(struct odk_tree *t);

/* FNV-1a, going on from h: tells spellings apart, no more. */
extern const uint32_t odk_digest_begin;
uint32_t odk_digest(uint32_t h, const char *s);

/* The first child of this name, in any case of its letters, or ODK_NONE. */
int odk_tree_child(const struct odk_tree *t, int parent, const char *name,
    bool attribute);

#endif
