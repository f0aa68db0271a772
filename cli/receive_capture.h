/* SPDX-License-Identifier: Apache-2.0 */
/* receive_capture.h: what a capture device sealed, taken in from a copy */
#ifndef CLI_RECEIVE_CAPTURE_H
#define CLI_RECEIVE_CAPTURE_H

#include "cmd.h"

struct receive_capture {
    const struct opt_list *accept; /* fingerprints that a person compared */
    bool empty;                    /* the device's own file: clear it */
    bool unfinished;
    bool untrusted;
    bool dry_run;
    uint64_t records; /* taken in, over all files */
};

/*
 * One capture file of this vault's card: its device is admitted when a person
 * compared it, then what holds comes in. What happened is told; the exit
 * status and c->changed are set.
 */
void receive_capture(struct cli *c, struct receive_capture *r,
    const char *path);

#endif
