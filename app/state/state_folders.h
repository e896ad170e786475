// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

/// Where this computer keeps what it knows.
namespace state {

/// The state folder that was told, or else the usual one, where the platform keeps the data of all programs
/// of the product: "bootmend" in the folder for data.
QString stateFolder(const QString &told);

/// The folder of what is known of releases and units: the state folder that was told, or else that of the
/// bench, or else the usual one. Either may be empty.
QString keptFolder(const QString &toldStateFolder, const QString &bench);

/// The folder of the catalog, in keptFolder().
QString catalogFolder(const QString &toldStateFolder, const QString &bench);

/// The folder of what was fetched, beside it: docs/formats/downloads.md.
QString downloadFolder(const QString &toldStateFolder, const QString &bench);

} // namespace state
