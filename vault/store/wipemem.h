/* SPDX-License-Identifier: Apache-2.0 */
/* wipemem.h: memory of SQLite, wiped when it is given back */
#ifndef VLT_WIPEMEM_H
#define VLT_WIPEMEM_H

/*
 * The catalogue's pages and words stand in clear in SQLite's memory while a
 * session lasts. From here on everything SQLite frees is wiped first. Before
 * the first connection of the process; safe to call again and from several
 * threads. Where the program around the library has started the same SQLite
 * already, its memory is left as it is.
 */
void vlt_wipemem_begin(void);

#endif
