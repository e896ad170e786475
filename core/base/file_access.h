// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

namespace core {

/// The whole content of a file. FileFailed when it cannot be read, InvalidFile when it holds more than
/// `largest` bytes: foreign files are bounded before they are in memory.
Result<QByteArray> readWholeFile(const QString &path, qint64 largest);

/// Replaces the file in one step, so that a crash leaves the old or the new content.
Result<Done> replaceFile(const QString &path, const QByteArray &content);

/// For secrets: a new file that only its owner can read. It is on the disk, with its name, when this returns:
/// there may be no other copy. FileFailed when `path` exists; after any error there is no new file.
Result<Done> createSecretFile(const QString &path, const QByteArray &content);

} // namespace core
