/* SPDX-License-Identifier: Apache-2.0 */
/* collect.h: keeps what tests judge, for the second reader */
#ifndef TEST_COLLECT_H
#define TEST_COLLECT_H

/*
 * With SANDUQ_COLLECT=FOLDER in the environment (an absolute path) every
 * container that a test judges with vault_verify, and every one that lies in a
 * test's folder when that is removed, is copied to FOLDER/<its SHA-256>.sdq;
 * a journal beside it to the same name with -journal behind. Tampered images
 * too: they are what tests/differential/differential.py wants. Of one process's
 * files the first 400 are kept, then every 16th.
 *
 * vault_verify is caught by the linker (--wrap): no test does anything for it.
 */
void collect_file(const char *path);

#endif
