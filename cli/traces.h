/* SPDX-License-Identifier: Apache-2.0 */
/* traces.h: what this program and its use leave on a machine */
#ifndef CLI_TRACES_H
#define CLI_TRACES_H

#include "cmd.h"

/*
 * One thing that is here, or that the machine is set up to do. Texts are N_()
 * keys, path and name what was found (borrowed, "" when none).
 */
struct trace {
    const char *kind; /* a stable word for scripts */
    const char *path;
    size_t count;       /* how often it is in there; 0: is itself the trace */
    const char *what;   /* what it says, and to whom */
    const char *advice; /* how to avoid or remove it */
};
struct traces {
    const struct cli *c;
    const char *vault; /* path, or NULL: of no vault in particular */
    void (*fn)(void *ctx, const struct trace *t);
    void *ctx;
    size_t found;
};

/* Outside the vault: files beside it, the state folder. */
void traces_of_files(struct traces *t);
/* What the shell, the desktop and the kernel keep. */
void traces_of_machine(struct traces *t);

#endif
