// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/fields.h"
#include "device_protocols/smp/patience.h"

// SMP group 0. Zephyr, "Default / OS management group"; os_mgmt.h.
namespace smp {

struct EchoReply {
    QString text;
    static constexpr auto fields() { return std::tuple(required("r", &EchoReply::text)); }
};

struct Echo {
    using Reply = EchoReply;
    static constexpr Command kCommand{Op::Write, Group::Os, 0};
    QString text;
    static constexpr auto fields() { return std::tuple(required("d", &Echo::text)); }
};

/// Whether the server's console echoes what is typed. MCUboot answers, and does nothing.
struct SetConsoleEcho {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Os, 1};
    int echo = 0; // 0 or 1
    static constexpr auto fields() { return std::tuple(required("echo", &SetConsoleEcho::echo)); }
};

/// Stacks are in units of 4 bytes, times in ticks. What a build does not measure it leaves out.
struct TaskStatistics {
    std::optional<int> priority;
    std::optional<qint64> id;
    std::optional<qint64> state;
    std::optional<qint64> stackUsed;
    std::optional<qint64> stackSize;
    std::optional<qint64> contextSwitches;
    std::optional<qint64> runTime;
    std::optional<qint64> lastCheckIn;
    std::optional<qint64> nextCheckIn;
    static constexpr auto fields()
    {
        return std::tuple(optional("prio", &TaskStatistics::priority), optional("tid", &TaskStatistics::id),
                          optional("state", &TaskStatistics::state),
                          optional("stkuse", &TaskStatistics::stackUsed),
                          optional("stksiz", &TaskStatistics::stackSize),
                          optional("cswcnt", &TaskStatistics::contextSwitches),
                          optional("runtime", &TaskStatistics::runTime),
                          optional("last_checkin", &TaskStatistics::lastCheckIn),
                          optional("next_checkin", &TaskStatistics::nextCheckIn));
    }
};

struct TasksReply {
    QMap<QString, TaskStatistics> tasks;
    static constexpr auto fields() { return std::tuple(required("tasks", &TasksReply::tasks)); }
};

struct ReadTasks : Nothing {
    using Reply = TasksReply;
    static constexpr Command kCommand{Op::Read, Group::Os, 2};
};

struct MemoryPool {
    qint64 blockSize = 0; // bytes
    qint64 blocks = 0;
    qint64 free = 0;
    std::optional<qint64> lowestFree;
    static constexpr auto fields()
    {
        return std::tuple(required("blksiz", &MemoryPool::blockSize), required("nblks", &MemoryPool::blocks),
                          required("nfree", &MemoryPool::free), optional("min", &MemoryPool::lowestFree));
    }
};

struct MemoryPoolsReply {
    QMap<QString, MemoryPool> pools;
    static constexpr auto fields() { return std::tuple(required(kWholeMap, &MemoryPoolsReply::pools)); }
};

struct ReadMemoryPools : Nothing {
    using Reply = MemoryPoolsReply;
    static constexpr Command kCommand{Op::Read, Group::Os, 3};
};

struct DateTimeReply {
    QString time; // yyyy-MM-ddTHH:mm:ss, some with fractions or a zone
    static constexpr auto fields() { return std::tuple(required("datetime", &DateTimeReply::time)); }
};

struct ReadDateTime : Nothing {
    using Reply = DateTimeReply;
    static constexpr Command kCommand{Op::Read, Group::Os, 4};
};

struct SetDateTime {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Os, 4};
    QString time; // as above, 19 to 26 characters
    static constexpr auto fields() { return std::tuple(required("datetime", &SetDateTime::time)); }
};

/// Answered before the device restarts, 250 ms later.
struct Reset {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Os, 5};
    // Answered before anything is done; an answer that has not come by then was lost, and the unit restarts.
    static constexpr Patience kPatience{core::Milliseconds(2'500), 1};
    std::optional<quint8> bootMode; // 1: stay in the bootloader (retention/bootmode.h)
    std::optional<bool> force; // documented as an integer, decoded as a boolean by the servers in the field
    static constexpr auto fields()
    {
        return std::tuple(optional("boot_mode", &Reset::bootMode), optional("force", &Reset::force));
    }
};

/// What the server can take in.
struct ServerLimits {
    int bufferSize = 0; // bytes of the largest packet with its framing
    int bufferCount = 1; // shared by requests and answers
    static constexpr auto fields()
    {
        return std::tuple(required("buf_size", &ServerLimits::bufferSize),
                          required("buf_count", &ServerLimits::bufferCount));
    }
};

struct ReadParameters : Nothing {
    using Reply = ServerLimits;
    static constexpr Command kCommand{Op::Read, Group::Os, 6};
};

struct ApplicationInfoReply {
    QString text;
    static constexpr auto fields() { return std::tuple(required("output", &ApplicationInfoReply::text)); }
};

struct ReadApplicationInfo {
    using Reply = ApplicationInfoReply;
    static constexpr Command kCommand{Op::Read, Group::Os, 7};
    QString format; // letters of "snrvbmpio", or "a" for all
    static constexpr auto fields() { return std::tuple(optional("format", &ReadApplicationInfo::format)); }
};

struct BootloaderReply {
    std::optional<QString> name; // the answer without a query
    std::optional<int> mode; // see BootloaderInfo
    std::optional<bool> refusesDowngrades;
    static constexpr auto fields()
    {
        return std::tuple(optional("bootloader", &BootloaderReply::name),
                          optional("mode", &BootloaderReply::mode),
                          optional("no-downgrade", &BootloaderReply::refusesDowngrades));
    }
};

struct ReadBootloader {
    using Reply = BootloaderReply;
    static constexpr Command kCommand{Op::Read, Group::Os, 8};
    QString query; // "mode" where the bootloader is MCUboot
    static constexpr auto fields() { return std::tuple(optional("query", &ReadBootloader::query)); }
};

} // namespace smp
