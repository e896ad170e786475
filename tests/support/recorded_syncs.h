// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFileInfo>
#include <QStringList>

#include <unistd.h>

#include <cerrno>

namespace test_support {

/// What fsync(2) was asked for since clear(), by path, and whether it fails. Takes the place of the C
/// library's function in the whole program: for one source file a test program, on Linux.
struct RecordedSyncs {
    QStringList paths;
    QString failing; // the path that cannot be synced; none while it is empty

    void clear() { *this = {}; }
};

inline RecordedSyncs &recordedSyncs()
{
    static RecordedSyncs syncs;
    return syncs;
}

} // namespace test_support

extern "C" int fsync(int file) // NOLINT: not inline, as it has to be found by the linker
{
    auto &syncs = test_support::recordedSyncs();
    const QString path = QFileInfo(QStringLiteral("/proc/self/fd/%1").arg(file)).symLinkTarget();
    syncs.paths.append(path);
    if (path != syncs.failing)
        return 0;
    errno = EIO;
    return -1;
}
