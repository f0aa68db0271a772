/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_exchange_bagit.c: the text files of a bag: no path that is accepted
 * leads out, and a name that was read is written the same way again */
#include "bagit.h"
#include "bagit_text.h"

#include <stdlib.h>
#include <string.h>

static void
check_path(const char *path)
{
    struct vlt_buf line;
    uint8_t sum[BAGIT_SUM_MAX];
    char again[BAGIT_PATH];

    if (path[0] == '/' || strstr(path, "//") != NULL ||
        strcmp(path, "..") == 0 || strncmp(path, "../", 3) == 0 ||
        strstr(path, "/../") != NULL)
        abort();
    vlt_buf_init(&line, 4 * BAGIT_PATH);
    for (int i = 0; i < 64; i++)
        vlt_buf_put_u8(&line, 'a');
    vlt_buf_put_str(&line, "  ");
    bagit_put_name(&line, path);
    /* a star or a blank in front is not part of a name */
    if (strchr(" \t*", path[0]) == NULL && strlen(path) < BAGIT_PATH / 4 &&
        (bagit_read_line((const char *)line.p, line.len, 32, sum, again) !=
                BAGIT_LINE_OK ||
            strcmp(path, again) != 0))
        abort();
    vlt_buf_clear(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data, *end = p + size;
    const char *line, *value = NULL;
    uint8_t sum[BAGIT_SUM_MAX];
    char path[BAGIT_PATH];
    uint64_t bytes, files;
    size_t n, len = 0, count = 0;

    while (bagit_next_line(&p, end, &line, &n)) {
        for (size_t k = 32; k <= 64; k += 32) {
            if (bagit_read_line(line, n, k, sum, path) == BAGIT_LINE_OK)
                check_path(path);
        }
    }
    (void)bagit_read_declaration((const char *)data, size);
    if (bagit_find_info((const char *)data, size, "Payload-Oxum", &value, &len,
            &count) &&
        count > 0)
        (void)bagit_read_oxum(value, len, &bytes, &files);
    return 0;
}
