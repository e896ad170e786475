// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/fields.h"
#include "device_protocols/smp/patience.h"

// SMP groups 9, 10 and 63. Zephyr, "Shell management", "Enumeration management", "Zephyr management group";
// shell_mgmt.h, enum_mgmt.h, zephyr_basic.h.
namespace smp {

struct ShellReply {
    QString output;
    std::optional<int> result; // what the command returned
    std::optional<int> oldResult; // the same, in the place where servers before Zephyr 3.0 put it
    static constexpr auto fields()
    {
        return std::tuple(required("o", &ShellReply::output), optional("ret", &ShellReply::result),
                          optional("rc", &ShellReply::oldResult));
    }
};

struct RunShell {
    using Reply = ShellReply;
    static constexpr Command kCommand{Op::Write, Group::Shell, 0};
    QList<QString> words;
    static constexpr auto fields() { return std::tuple(required("argv", &RunShell::words)); }
};

struct GroupCount {
    int count = 0;
    static constexpr auto fields() { return std::tuple(required("count", &GroupCount::count)); }
};

struct CountGroups : Nothing {
    using Reply = GroupCount;
    static constexpr Command kCommand{Op::Read, Group::Enumeration, 0};
};

struct GroupList {
    QList<quint16> groups;
    static constexpr auto fields() { return std::tuple(required("groups", &GroupList::groups)); }
};

struct ListGroups : Nothing {
    using Reply = GroupList;
    static constexpr Command kCommand{Op::Read, Group::Enumeration, 1};
};

struct GroupEntry {
    quint16 group = 0;
    bool isLast = false;
    static constexpr auto fields()
    {
        return std::tuple(required("group", &GroupEntry::group), optional("end", &GroupEntry::isLast));
    }
};

struct ReadGroup {
    using Reply = GroupEntry;
    static constexpr Command kCommand{Op::Read, Group::Enumeration, 2};
    std::optional<quint16> index;
    static constexpr auto fields() { return std::tuple(optional("index", &ReadGroup::index)); }
};

struct GroupDetails {
    quint16 group = 0;
    std::optional<QString> name;
    std::optional<int> handlers;
    static constexpr auto fields()
    {
        return std::tuple(required("group", &GroupDetails::group), optional("name", &GroupDetails::name),
                          optional("handlers", &GroupDetails::handlers));
    }
};

struct GroupDetailsReply {
    QList<GroupDetails> groups;
    static constexpr auto fields() { return std::tuple(required("groups", &GroupDetailsReply::groups)); }
};

struct DescribeGroups {
    using Reply = GroupDetailsReply;
    static constexpr Command kCommand{Op::Read, Group::Enumeration, 3};
    QList<quint16> groups; // none: all
    static constexpr auto fields() { return std::tuple(optional("groups", &DescribeGroups::groups)); }
};

/// Erases the settings partition.
struct EraseStorage : Nothing {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Zephyr, 0};
    static constexpr Patience kPatience = kErasing;
};

} // namespace smp
