// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QFileDevice>

namespace core {

/// Waits until what was written into the open file is on the disk: POSIX fsync(2), _commit() on Windows.
/// What the file object still buffers is flushed first. FileFailed.
Result<Done> syncFile(QFileDevice &file);

/// Waits until the names in the folder are on the disk: without it a power cut may take back a file that was
/// created or renamed there, whose content is on the disk already. FileFailed.
Result<Done> syncFolder(const QString &path);

/// The same for the folder that this file is in.
Result<Done> syncFolderOf(const QString &filePath);

} // namespace core
