// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/fields.h"
#include "device_protocols/smp/patience.h"

namespace smp {

/// A command as the command line sees it: by name, with its fields as words.
struct TableEntry {
    const char *name; // "image-list"
    const char *does; // in a few words, for engineers
    Command command;
    Patience patience;

    QList<FieldInfo> (*parameters)();
    /// The body of the request. Errors as readWords().
    core::Result<QCborMap> (*request)(const QStringList &words);
    /// The fields of the reply, checked: what the command does not list is left out. MalformedReply.
    core::Result<QCborMap> (*reply)(const QCborMap &body);
};

/// Every command that needs no engine of its own, by group and number.
const QList<TableEntry> &commandTable();

/// Nothing where there is no such command.
std::optional<TableEntry> commandNamed(const QString &name);

} // namespace smp
