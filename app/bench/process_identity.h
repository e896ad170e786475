// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

namespace bench {

/// One process, and no other that gets its number later: the kernel gives numbers again, but not together
/// with the start time.
struct ProcessIdentity {
    qint64 pid = 0; // 0: none
    qint64 started = 0; // clock ticks since the machine booted: proc(5), /proc/PID/stat, field 22; 0: unknown
};

/// FileFailed when the process has ended already.
core::Result<ProcessIdentity> identityOf(qint64 pid);

/// Whether this very process runs; one that has ended, and that its parent has not looked at yet, does not.
///
/// Internal when a process has that number and it cannot be told whether it is this one.
core::Result<bool> isRunning(const ProcessIdentity &process);

/// Sends SIGTERM or SIGKILL, and waits until the process is gone; one that does not obey SIGTERM is killed.
/// Done when it was gone before. Never touches a process that isRunning() does not know.
core::Result<core::Done> endProcess(const ProcessIdentity &process, int signal);

} // namespace bench
