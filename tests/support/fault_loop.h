/* SPDX-License-Identifier: Apache-2.0 */
/* fault_loop.h: an action broken at step 1, 2, 3 ... until it gets through */
#ifndef FAULT_LOOP_H
#define FAULT_LOOP_H

#include "fault_world.h"

/* How thorough a loop is. */
struct fault_effort {
    unsigned seeds;  /* ways to lose some of the unsynced writes */
    unsigned stride; /* every stride-th operation */
    bool silent;     /* violations are wanted: count them only */
};
struct fault_count {
    uint64_t steps;  /* operations of the action, the last run included */
    uint64_t tried;  /* disks judged */
    uint64_t failed; /* of these, not as they must be */
};

/*
 * Cut the power at each operation; judge the disk that lost everything, the
 * one that lost nothing, and `seeds` in between, of which each is also judged
 * with the older state file and after a restart that was cut short as well.
 * Violations are printed.
 */
void fault_loop_cut(struct fault_world *w, enum fault_action a,
    struct fault_effort e, struct fault_count *count);
/*
 * Fail operation n (FAULT_ERROR_ONCE and so on); judge the disk as it is
 * then, and after a power cut at the end.
 */
void fault_loop_fail(struct fault_world *w, enum fault_action a,
    enum fault_kind kind, struct fault_effort e, struct fault_count *count);

#endif
