/* SPDX-License-Identifier: Apache-2.0 */
/* odk_tree.c: the elements of a submission, read by expat */
#include "odk_tree.h"

#include "fail.h"
#include "nmark.h"
#include "odk.h"
#include "piece.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

/* ---- the tree ---- */

struct reading {
    struct odk_tree *t;
    XML_Parser parser;
    int at; /* the element that is open */
    int depth;
    enum vault_status st; /* why it was stopped */
    struct vault_error *err;
};

static void
stop(struct reading *r, enum vault_status st)
{
    if (r->st == VAULT_OK)
        r->st = st;
    (void)XML_StopParser(r->parser, XML_FALSE);
}

/* What stands after the colon of a namespace prefix. */
static const char *
local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon != NULL ? colon + 1 : name;
}

const uint32_t odk_digest_begin = 0x811c9dc5;

uint32_t
odk_digest(uint32_t h, const char *s)
{
    for (; *s != 0; s++)
        h = (h ^ (uint8_t)*s) * 16777619U;
    return h;
}

static bool
same_word(const char *a, const char *b)
{
    for (; *a != 0 && *b != 0; a++, b++) {
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a - 'A' + 'a') : *a;
        char y = *b >= 'A' && *b <= 'Z' ? (char)(*b - 'A' + 'a') : *b;

        if (x != y)
            return false;
    }
    return *a == *b;
}

int
odk_tree_child(const struct odk_tree *t, int parent, const char *name,
    bool attribute)
{
    for (int i = t->node[parent].first; i != ODK_NONE; i = t->node[i].next)
        if (t->node[i].attribute == attribute &&
            same_word(t->node[i].name, name))
            return i;
    return ODK_NONE;
}

static unsigned
count_same(const struct odk_tree *t, int parent, const struct odk_node *x)
{
    unsigned n = 0;

    for (int i = t->node[parent].first; i != ODK_NONE; i = t->node[i].next)
        if (t->node[i].digest == x->digest &&
            t->node[i].attribute == x->attribute &&
            strcmp(t->node[i].name, x->name) == 0)
            n = t->node[i].nth;
    return n;
}

static bool
has_room(struct odk_tree *t)
{
    size_t cap = t->cap == 0 ? 64 : 2 * t->cap;
    struct odk_node *more;

    if (t->n < t->cap)
        return true;
    more = realloc(t->node, cap * sizeof *more); /* texts lie elsewhere */
    if (more == NULL)
        return false;
    t->node = more;
    t->cap = cap;
    return true;
}

/* A new node, or ODK_NONE and the reading is stopped. */
static int
add(struct reading *r, int parent, const char *name, bool attribute)
{
    struct odk_tree *t = r->t;
    struct odk_node node = {.parent = parent,
        .first = ODK_NONE,
        .last = ODK_NONE,
        .next = ODK_NONE,
        .attribute = attribute,
        .nth = 1};
    int i = (int)t->n;

    if (t->n == ODK_NODES) {
        stop(r,
            vlt_fail(r->err, VAULT_E_LIMIT,
                "the submission has more than %d elements", (int)ODK_NODES));
        return ODK_NONE;
    }
    node.name = vlt_strdup(local_name(name));
    if (node.name == NULL || !has_room(t)) {
        free(node.name);
        stop(r, vlt_fail_memory(r->err));
        return ODK_NONE;
    }
    node.digest = odk_digest(odk_digest_begin, node.name);
    vlt_buf_init(&node.text, ODK_MAX);
    if (parent != ODK_NONE) {
        struct odk_node *up = &t->node[parent];

        node.nth = 1 + count_same(t, parent, &node);
        if (up->last != ODK_NONE)
            t->node[up->last].next = i;
        else
            up->first = i;
        up->last = i;
    }
    t->node[t->n++] = node;
    return i;
}

static void XMLCALL
on_start(void *ctx, const XML_Char *name, const XML_Char **attribute)
{
    struct reading *r = ctx;
    int i;

    if (r->st != VAULT_OK)
        return;
    if (r->depth == ODK_DEPTH) {
        stop(r,
            vlt_fail(r->err, VAULT_E_LIMIT,
                "elements of the submission stand more than %d deep",
                (int)ODK_DEPTH));
        return;
    }
    i = add(r, r->at, name, false);
    if (i == ODK_NONE)
        return;
    r->at = i;
    r->depth++;
    for (; *attribute != NULL; attribute += 2) {
        int a;

        if (strncmp(attribute[0], "xmlns", 5) == 0)
            continue;
        a = add(r, i, attribute[0], true);
        if (a == ODK_NONE)
            return;
        vlt_buf_put_str(&r->t->node[a].text, attribute[1]);
    }
}

static void XMLCALL
on_end(void *ctx, const XML_Char *name)
{
    struct reading *r = ctx;

    (void)name;
    if (r->st != VAULT_OK)
        return;
    r->at = r->t->node[r->at].parent;
    r->depth--;
}

static void XMLCALL
on_text(void *ctx, const XML_Char *s, int n)
{
    struct reading *r = ctx;

    if (r->st == VAULT_OK && r->at != ODK_NONE)
        vlt_buf_put(&r->t->node[r->at].text, s, (size_t)n);
}

static void XMLCALL
on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
    const XML_Char *public_id, int has_subset)
{
    struct reading *r = ctx;

    (void)name;
    (void)system;
    (void)public_id;
    (void)has_subset;
    stop(r,
        vlt_fail(r->err, VAULT_E_FORMAT,
            "no submission: it has a DOCTYPE, which ODK never writes"));
}

VAULT_CHECKED static enum vault_status
parse(struct reading *r, const void *xml, size_t n)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    if (XML_Parse(r->parser, xml, (int)n, XML_TRUE) == XML_STATUS_OK)
        return r->st;
    if (r->st != VAULT_OK)
        return r->st;
    if (XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY)
        return vlt_fail_memory(r->err);
    return vlt_fail(r->err, VAULT_E_FORMAT,
        "no well-formed XML: line %lu, column %lu: %s",
        (unsigned long)XML_GetCurrentLineNumber(r->parser),
        (unsigned long)XML_GetCurrentColumnNumber(r->parser),
        XML_ErrorString(XML_GetErrorCode(r->parser)));
}

VAULT_CHECKED static enum vault_status
texts_ok(const struct odk_tree *t, struct vault_error *err)
{
    for (size_t i = 0; i < t->n; i++) {
        enum vault_status st = vlt_buf_end(&t->node[i].text, "answer", err);

        if (st != VAULT_OK)
            return st;
    }
    return VAULT_OK;
}

enum vault_status
odk_tree_read(struct odk_tree *t, const void *xml, size_t n,
    struct vault_error *err)
{
    static const XML_Memory_Handling_Suite memory = {piece_new, piece_again,
        piece_free};
    struct odk_tree tree = {NULL, 0, 0};
    struct reading r = {&tree, NULL, ODK_NONE, 0, VAULT_OK, err};
    enum vault_status st;

    if (n > ODK_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "a submission of more than %d MiB",
            (int)(ODK_MAX >> 20));
    r.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (r.parser == NULL)
        return vlt_fail_memory(err);
    st = parse(&r, xml, n);
    XML_ParserFree(r.parser);
    if (st == VAULT_OK)
        st = texts_ok(&tree, err);
    if (st == VAULT_OK)
        *t = tree;
    else
        odk_tree_clear(&tree);
    return st;
}

void
odk_tree_clear(struct odk_tree *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->node[i].name);
        vlt_buf_clear(&t->node[i].text);
    }
    free(t->node);
    memset(t, 0, sizeof *t);
}
