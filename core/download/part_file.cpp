// SPDX-License-Identifier: Apache-2.0
#include "core/download/part_file.h"

#include "core/base/file_access.h"
#include "core/json/json_fields.h"

#include <QDir>
#include <QRegularExpression>

namespace core {

namespace {

constexpr qint64 kLargestNote = 8 * 1024;
constexpr qint64 kStep = 1024 * 1024;
constexpr qsizetype kHashSize = 32;
constexpr int kKeptDays = 30;

tl::unexpected<Error> failed(const QFile &file)
{
    return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(file.fileName(), file.errorString()));
}

/// Adds the whole file to the hash, and gives its size.
Result<qint64> hashFile(QFile &file, Sha256 &hash)
{
    qint64 size = 0;
    while (true) {
        const QByteArray step = file.read(kStep);
        if (file.error() != QFileDevice::NoError)
            return failed(file);
        if (step.isEmpty())
            return size;
        hash.add(step);
        size += step.size();
    }
}

} // namespace

PartFile::PartFile(const QString &folder, WantedFile wanted, FileSteps &steps) :
    m_path(QDir(folder).absoluteFilePath(wanted.name())), m_wanted(std::move(wanted)), m_steps(&steps),
    m_lock(m_path + QStringLiteral(".lock")), m_part(partPath())
{
    m_lock.setStaleLockTime(
        0); // However long a download takes; the lock of a program that died does not count.
}

Result<bool> PartFile::lock()
{
    if (m_lock.tryLock(0))
        return true;
    if (m_lock.error() == QLockFile::LockFailedError)
        return false;
    return fail(ErrorKind::FileFailed, QStringLiteral("%1: cannot be locked").arg(m_lock.fileName()));
}

Result<std::optional<QString>> PartFile::whole()
{
    QFile file(m_path);
    if (!file.exists())
        return std::optional<QString>();
    if (!file.open(QIODevice::ReadOnly))
        return failed(file);
    Sha256 hash;
    const auto size = hashFile(file, hash);
    if (!size)
        return passOn(size.error());
    if (*size == m_wanted.size() && hash.result() == m_wanted.sha256()) {
        file.setFileTime(QDateTime::currentDateTimeUtc(), QFileDevice::FileModificationTime);
        return std::optional(m_path);
    }
    file.close();
    if (auto removed = m_steps->remove(m_path); !removed)
        return passOn(removed.error());
    return std::optional<QString>();
}

Result<Done> PartFile::open()
{
    const bool isOfThis = isNoteOfThis();
    if (!m_part.open(QIODevice::ReadWrite | QIODevice::Unbuffered))
        return failed(m_part);
    if (!isOfThis || m_part.size() > m_wanted.size())
        return startOver({});
    return hashWhatIsThere();
}

Result<Done> PartFile::hashWhatIsThere()
{
    m_hash = Sha256();
    const auto size = hashFile(m_part, m_hash);
    if (!size)
        return passOn(size.error());
    m_size = *size;
    goOn();
    return Done{};
}

bool PartFile::isNoteOfThis()
{
    const auto bytes = readWholeFile(notePath(), kLargestNote);
    const auto document = bytes ? parseStrict(*bytes) : passOn(bytes.error());
    if (!document)
        return false;
    JsonFields fields(*document, QString());
    fields.integer("schema", {1, 1});
    const bool isOfThis = fields.text("url") == m_wanted.url()
        && fields.integer("size", {1, kLargestJsonInteger}) == m_wanted.size()
        && fields.hex("sha256", kHashSize) == m_wanted.sha256();
    const QByteArray tag = fields.text("etag").toLatin1();
    if (!fields.finish() || !isOfThis)
        return false;
    m_entityTag = tag;
    return true;
}

Result<Done> PartFile::writeNote()
{
    const auto note = toCanonical(Json::Object{{QStringLiteral("schema"), 1},
                                               {QStringLiteral("url"), m_wanted.url()},
                                               {QStringLiteral("size"), m_wanted.size()},
                                               {QStringLiteral("sha256"), m_wanted.name()},
                                               {QStringLiteral("etag"), QString::fromLatin1(m_entityTag)}});
    return note ? replaceFile(notePath(), *note) : passOn(note.error());
}

Result<Done> PartFile::startOver(const QByteArray &entityTag)
{
    // The bytes go before the note says of what the next ones are.
    if (!m_part.resize(0) || !m_part.seek(0))
        return failed(m_part);
    m_hash = Sha256();
    m_size = 0;
    m_entityTag = entityTag;
    m_isOfSeveralAnswers = false;
    return writeNote();
}

Result<Done> PartFile::add(const QByteArray &bytes)
{
    if (auto written = m_steps->write(m_part, bytes); !written) {
        // What the disk took of it is not in the hash.
        m_part.resize(m_size);
        m_part.seek(m_size);
        return written;
    }
    m_hash.add(bytes);
    m_size += bytes.size();
    return Done{};
}

Result<std::optional<QString>> PartFile::finish()
{
    if (m_size != m_wanted.size() || m_hash.result() != m_wanted.sha256()) {
        const auto dropped = startOver({});
        return dropped ? Result<std::optional<QString>>(std::nullopt) : passOn(dropped.error());
    }
    if (auto synced = m_steps->sync(m_part); !synced)
        return passOn(synced.error());
    m_part.close();
    if (auto renamed = m_steps->rename(partPath(), m_path); !renamed)
        return passOn(renamed.error());
    if (auto removed = m_steps->remove(notePath()); !removed)
        return passOn(removed.error());
    return std::optional(m_path);
}

Result<Done> PartFile::drop()
{
    m_part.close();
    if (auto removed = m_steps->remove(partPath()); !removed)
        return removed;
    return m_steps->remove(notePath());
}

void tidyDownloads(const QString &folder, const QDateTime &nowUtc)
{
    static const QRegularExpression form(QStringLiteral("\\A[0-9a-f]{64}(\\.part|\\.part\\.json)?\\z"));
    const QDateTime oldest = nowUtc.addDays(-kKeptDays);
    for (const QFileInfo &file : QDir(folder).entryInfoList(QDir::Files)) {
        if (form.match(file.fileName()).hasMatch() && file.lastModified() < oldest)
            QFile::remove(file.filePath());
    }
}

} // namespace core
