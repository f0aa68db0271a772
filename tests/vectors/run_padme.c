/* SPDX-License-Identifier: Apache-2.0 */
/* run_padme: lengths computed from the definition in the PETS 2019 paper */
#include "json_vectors.h"
#include "pack.h"

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    json_t *all, *rows;

    if (!vec_open(&run, argc, argv, "padme", "padme.json"))
        return 0;
    all = vec_load(&run, "padme.json");
    rows = json_object_get(all, "vectors");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *v = json_array_get(rows, i);
        uint64_t len, padded;

        len = (uint64_t)json_integer_value(json_object_get(v, "len"));
        padded = (uint64_t)json_integer_value(json_object_get(v, "padded"));
        vec_case(&run, vlt_padme(len) == padded, "%zu: length", i);
        vec_case(&run, vlt_padme(padded) == padded, "%zu: fixed point", i);
    }
    json_decref(all);
    return vec_end(&run);
}
