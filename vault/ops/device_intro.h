/* SPDX-License-Identifier: Apache-2.0 */
/* device_intro.h: what two people compare before a device is admitted */
#ifndef VLT_DEVICE_INTRO_H
#define VLT_DEVICE_INTRO_H

#include <vault/device.h>

/* id and first are set: fill in the forms that people read. */
void vlt_device_intro_texts(struct vault_device_intro *d);

#endif
