/* SPDX-License-Identifier: Apache-2.0 */
/* card_beside.h: a card that lies where it would if somebody had put it there */
#ifndef CLI_CARD_BESIDE_H
#define CLI_CARD_BESIDE_H

#include "cmd.h"

/*
 * Warn when the card lies in the folder of the vault of this run, or beside a
 * bundle: whoever put the one there could put the other.
 */
void card_tell_beside(const struct cli *c, const char *card);

#endif
