/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h: C2SP tlog-policy: which logs, which witnesses, how many of them */
#ifndef VLT_POLICY_H
#define VLT_POLICY_H

#include "cosignature.h"

enum {
    VLT_POLICY_MAX = 1024 * 1024, /* bytes of text */
    VLT_POLICY_NAME = 255,        /* bytes of a name; C2SP sets no limit */
    VLT_POLICY_MANY = 1024        /* logs, witnesses, groups; C2SP asks 32 */
};

/* A key as a policy has it. `usable`: of the type that this program checks
 * (01 of a log, 04 of a witness); else only its presence is known. `hash` is
 * over the bare key, so that one key under two names is seen. */
struct vlt_policy_key {
    struct vlt_vkey vkey;
    bool usable;
    uint8_t type;
    uint8_t hash[32];
};

/* A witness or a group. Each is a member of one group at most, so that they
 * form trees; a group stands behind its members. */
struct vlt_policy_node {
    char name[VLT_POLICY_NAME + 1];
    bool group;
    struct vlt_policy_key key; /* of a witness */
    size_t need;               /* of a group: how many of `members` */
    size_t members;
    size_t have;   /* of them, at the last vlt_policy_quorum */
    size_t parent; /* VLT_POLICY_NONE: member of none */
};
#define VLT_POLICY_NONE SIZE_MAX

struct vlt_policy {
    size_t logs;
    struct vlt_policy_key *log;
    size_t nodes;
    struct vlt_policy_node *node;
    size_t quorum; /* VLT_POLICY_NONE: `quorum none` */
};

/*
 * Only what tlog-policy allows: lines `log`, `witness`, `group`, `quorum`,
 * comments; words between spaces and tabs; bytes 09, 0A, 20 to 7E, 80 to FF;
 * a line feed behind every line. Keys of types that this program does not
 * check are taken, and never count. `out` is empty or whole; vlt_policy_clear
 * frees it.
 *   VAULT_E_FORMAT  anything else; the message says the line
 *   VAULT_E_LIMIT   beyond the limits above
 */
VAULT_CHECKED enum vault_status vlt_policy_parse(struct vlt_policy *out,
    const char *text, size_t len, struct vault_error *err);
void vlt_policy_clear(struct vlt_policy *p);

/*
 * Whether a checkpoint is cosigned as asked: held has one member for each
 * node; those of witnesses say whose cosignature holds, those of groups are
 * set here. `quorum none` always is.
 */
bool vlt_policy_quorum(struct vlt_policy *p, bool *held);
/* Which witness has this key (name and key), or VLT_POLICY_NONE. */
size_t vlt_policy_witness(const struct vlt_policy *p, const struct vlt_vkey *k);

/* What the policy says of a log: */
enum vlt_policy_named {
    VLT_POLICY_ANY,    /* it has no `log` line: logs are known otherwise */
    VLT_POLICY_NAMED,  /* this origin with this key */
    VLT_POLICY_OTHER,  /* this origin with another key */
    VLT_POLICY_UNNAMED /* not this origin */
};
enum vlt_policy_named vlt_policy_log(const struct vlt_policy *p,
    const char *origin, const uint8_t key[32]);

#endif
