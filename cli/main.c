/* SPDX-License-Identifier: Apache-2.0 */
/* main.c: the program sanduq */
#include "os.h"
#include "run.h"

int
main(int argc, char **argv)
{
    vlt_os_harden();
    argv = vlt_os_args(&argc, argv);
    return run(argc > 0 ? argc - 1 : 0, argv + (argc > 0));
}
