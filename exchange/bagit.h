/* SPDX-License-Identifier: Apache-2.0 */
/* bagit.h: bags (RFC 8493): what makes one, and whether a folder is one */
#ifndef EXCHANGE_BAGIT_H
#define EXCHANGE_BAGIT_H

#include "bytes.h"
#include "outtree.h"

#include <vault/vault.h>

/* A file name for a manifest: LF, CR and % as %0A, %0D and %25. */
void bagit_put_name(struct vlt_buf *out, const char *name);

struct bagit_info {
    int64_t date;            /* Bagging-Date */
    uint8_t vault[VAULT_ID]; /* External-Identifier */
    const char *agent;       /* Bag-Software-Agent */
    const char *purpose;     /* Internal-Sender-Description */
};
/* The payload is complete: write the tags, the two manifests of the payload
 * and of the tags. What else is to be a tag was written before. */
VAULT_CHECKED enum vault_status bagit_finish(struct tree *t,
    const struct bagit_info *info, struct vault_error *err);

/* What is wrong with a bag. */
enum bagit_fault {
    BAGIT_DECLARATION, /* bagit.txt is missing, or not as it must be */
    BAGIT_VERSION,     /* a version of BagIt that is not read here */
    BAGIT_ENCODING,    /* tag files in another encoding than UTF-8 */
    BAGIT_NO_MANIFEST, /* no payload manifest with sha256 or sha512 */
    BAGIT_ALGORITHM,   /* a manifest whose sums are not computed here: said,
                            not a fault by itself */
    BAGIT_LINE,        /* a line of a manifest that is none */
    BAGIT_OUTSIDE,     /* a path that leads out of the bag */
    BAGIT_DUPLICATE,   /* the same file twice in one manifest */
    BAGIT_MISSING,     /* in a manifest, not in the folder */
    BAGIT_EXTRA,       /* in the payload, not in each manifest */
    BAGIT_SUM,         /* the sum is another */
    BAGIT_NO_FILE,     /* a link, device or pipe */
    BAGIT_OXUM,        /* Payload-Oxum does not fit */
    BAGIT_INFO,        /* bag-info.txt is not as it must be */
    BAGIT_FETCH        /* fetch.txt: a part lies elsewhere; never fetched */
};
struct bagit_finding {
    enum bagit_fault fault;
    bool only_said;   /* no fault: the bag may be good all the same */
    const char *file; /* the list or tag file it was found in, or "" */
    uint64_t line;    /* 0: none */
    const char *path; /* in the bag, as it stands there, or "" */
    const char *text; /* N_() */
};
struct bagit_result {
    uint64_t files; /* of the payload */
    uint64_t bytes;
    uint64_t faults;
    bool sha256, sha512; /* which sums were compared */
};
/*
 * Check all of a bag: declaration, manifests, completeness both ways, sums
 * of payload and tags, Payload-Oxum. Nothing outside the folder is opened and
 * no link is followed. Every finding goes to fn (may be NULL; another answer
 * than 0 stops: VAULT_E_CANCELLED); strings are borrowed for the call.
 * *out changes also with VAULT_E_FORMAT and VAULT_E_TAMPERED.
 *   VAULT_OK          a complete and valid bag
 *   VAULT_E_FORMAT    not a bag, or not one that is read here
 *   VAULT_E_TAMPERED  complete or valid it is not
 *   VAULT_E_LIMIT     more than a million files, or a tag file of more than
 *                     256 MiB
 */
VAULT_CHECKED enum vault_status bagit_check(const char *folder,
    int (*fn)(void *ctx, const struct bagit_finding *f), void *ctx,
    struct bagit_result *out, struct vault_error *err);

#endif
