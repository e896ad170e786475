// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_archive.h"

#include <QSaveFile>

#include <memory>

namespace core {

namespace {

/// Writes the files as they come out of the archive.
class Extractor : public ArchiveVisitor
{
public:
    Extractor(QDir folder, const FileRoom &room) : m_folder(std::move(folder)), m_room(room) { }

    Result<Wants> begin(const QString &name) override
    {
        const auto room = m_room(name);
        if (!room)
            return Wants::NextFile;
        m_left = *room;
        m_file = std::make_unique<QSaveFile>(m_folder.filePath(name));
        if (!m_file->open(QIODevice::WriteOnly))
            return failed();
        return Wants::Content;
    }
    Result<Done> take(QByteArrayView bytes) override
    {
        m_left -= bytes.size();
        if (m_left < 0)
            return fail(ErrorKind::InvalidFile,
                        QStringLiteral("%1 is larger than it may be").arg(m_file->fileName()));
        return m_file->write(bytes.data(), bytes.size()) == bytes.size() ? Result<Done>(Done{}) : failed();
    }
    Result<Done> end() override { return m_file->commit() ? Result<Done>(Done{}) : failed(); }

private:
    tl::unexpected<Error> failed() const
    {
        return fail(ErrorKind::FileFailed,
                    QStringLiteral("%1: %2").arg(m_file->fileName(), m_file->errorString()));
    }

    QDir m_folder;
    const FileRoom &m_room;
    qint64 m_left = 0;
    std::unique_ptr<QSaveFile> m_file;
};

} // namespace

Result<Done> extractFiles(const ArchiveSource &source, const QDir &folder, const FileRoom &room)
{
    Extractor extractor(folder, room);
    return walkArchive(source, extractor);
}

} // namespace core
