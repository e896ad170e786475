// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_file_change.h"

#include "core/base/disk_sync.h"
#include "core/base/file_access.h"
#include "core/trust/trust_file.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QLockFile>
#include <QRandomGenerator>

#include <algorithm>

namespace core {

namespace {

constexpr int kShortestPause = 5; // ms: about what a change takes
constexpr int kLongestPause = 25;

/// Two names of one file have to lead to one lock, and the link is not what is replaced.
QString fileBehind(const QString &path)
{
    const QFileInfo named(path);
    if (named.exists())
        return named.canonicalFilePath();
    if (named.isSymLink())
        return named.symLinkTarget();
    const QString folder = QFileInfo(named.absolutePath()).canonicalFilePath();
    return folder.isEmpty() ? path : QDir(folder).filePath(named.fileName());
}

tl::unexpected<Error> busy(const QString &path, const QLockFile &lock)
{
    qint64 process = 0;
    QString computer, program;
    const bool isKnown = lock.getLockInfo(&process, &computer, &program);
    const QString who = isKnown
        ? QStringLiteral("process %1 (%2) on %3").arg(QString::number(process), program, computer)
        : QStringLiteral("another program");
    return fail(ErrorKind::NotAllowedNow,
                QStringLiteral("%1: %2 is changing it, and has not come to an end; its lock is %3")
                    .arg(path, who, lock.fileName()));
}

/// QLockFile by itself waits twice as long after each try, so that many who began together meet again and
/// again.
Result<Done> take(QLockFile &lock, const QString &path, std::chrono::milliseconds longestWait)
{
    const QDeadlineTimer end(longestWait);
    do {
        const int patience = QRandomGenerator::global()->bounded(kShortestPause, kLongestPause);
        if (lock.tryLock(std::min(patience, int(end.remainingTime()))))
            return Done{};
    } while (lock.error() == QLockFile::LockFailedError && !end.hasExpired());
    if (lock.error() == QLockFile::LockFailedError)
        return busy(path, lock);
    return fail(ErrorKind::FileFailed,
                QStringLiteral("%1: cannot be changed, as the file %2 cannot be made beside it")
                    .arg(path, lock.fileName()));
}

Result<std::optional<QByteArray>> contentOf(const QString &path)
{
    if (!QFileInfo::exists(path))
        return std::optional<QByteArray>();
    auto bytes = readWholeFile(path, kLargestSignedDocument);
    return bytes ? Result<std::optional<QByteArray>>(*std::move(bytes)) : passOn(bytes.error());
}

Result<Done> checkIsNotOlder(const QByteArray &now, const QByteArray &next)
{
    const auto trusted = parseTrustRoot(now);
    const auto root = parseTrustRoot(next);
    if (!trusted || !root || root->version >= trusted->version)
        return Done{};
    return fail(ErrorKind::Untrusted, Reason::RootReplayed,
                QStringLiteral("version %1 is there, and this is version %2")
                    .arg(trusted->version)
                    .arg(root->version));
}

} // namespace

Result<QByteArray> changeTrustFile(const QString &path, const TrustFileChange &change,
                                   std::chrono::milliseconds longestWait)
{
    const QString file = fileBehind(path);
    // A lock of a program that is gone does not count, whatever its age. After the stale time of QLockFile,
    // 30 seconds, neither does one that nobody wrote his name into; one that is held for longer does.
    QLockFile lock(file + QStringLiteral(".lock"));
    if (auto taken = take(lock, path, longestWait); !taken)
        return passOn(taken.error());
    const auto now = contentOf(file);
    if (!now)
        return passOn(now.error());
    auto next = change(*now);
    if (!next || *next == *now)
        return next;
    if (*now) {
        if (auto checked = checkIsNotOlder(**now, *next); !checked)
            return passOn(checked.error());
    }
    if (auto written = replaceFile(file, *next); !written)
        return passOn(written.error());
    if (auto synced = syncFolderOf(file); !synced)
        return passOn(synced.error());
    return next;
}

} // namespace core
