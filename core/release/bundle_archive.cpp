// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_archive.h"

#include "core/release/archive_directory.h"

#include <QBuffer>
#include <QFile>

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace core {

namespace {

constexpr std::size_t kReadStep = 256 * 1024;
constexpr qint64 kLargestInMemory = 64ll * 1024 * 1024;

struct ReaderFreer {
    void operator()(archive *reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, ReaderFreer>;

QString errorOf(archive *handle)
{
    const char *text = archive_error_string(handle);
    return text ? QString::fromUtf8(text) : QStringLiteral("unreadable archive");
}

/// The open archive, and the file that it reads from; in memory, the bytes are borrowed.
struct OpenArchive {
    std::unique_ptr<QFile> file;
    Reader reader;
    QList<ArchiveRecord> records;
};

Result<QList<ArchiveRecord>> readDirectory(const ArchiveSource &source, QFile *file)
{
    if (!file) {
        QBuffer buffer;
        buffer.setData(source.bytes);
        buffer.open(QIODevice::ReadOnly);
        return readArchiveDirectory(buffer);
    }
    auto records = readArchiveDirectory(*file);
    const bool isAtStart = file->seek(0); // where the next reader of the handle begins
    if (!isAtStart || (!records && records.error().kind == ErrorKind::FileFailed))
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(source.path, file->errorString()));
    return records;
}

/// The directory is read twice: libarchive keeps all of it in memory, so that it has to be small, and drops
/// records that other programs show, so that there must be none of those.
Result<OpenArchive> openArchive(const ArchiveSource &source, ArchiveChecksums checksums)
{
    OpenArchive open{nullptr, Reader(archive_read_new()), {}};
    if (!source.path.isEmpty()) {
        open.file = std::make_unique<QFile>(source.path);
        if (!open.file->open(QIODevice::ReadOnly | QIODevice::Unbuffered))
            return fail(ErrorKind::FileFailed,
                        QStringLiteral("%1: %2").arg(source.path, open.file->errorString()));
    }
    auto records = readDirectory(source, open.file.get());
    if (!records)
        return passOn(records.error());
    open.records = *std::move(records);
    archive *reader = open.reader.get();
    const char *options = checksums == ArchiveChecksums::Ignored ? "zip:ignorecrc32" : nullptr;
    const bool isSetUp = reader && archive_read_support_format_zip_seekable(reader) == ARCHIVE_OK
        && archive_read_set_options(reader, options) == ARCHIVE_OK;
    const bool isOpen = isSetUp
        && (open.file ? archive_read_open_fd(reader, open.file->handle(), kReadStep)
                      : archive_read_open_memory(reader, source.bytes.constData(),
                                                 std::size_t(source.bytes.size())))
            == ARCHIVE_OK;
    if (!isOpen)
        return notAnArchive(errorOf(reader));
    return open;
}

Result<Done> checkEntry(archive_entry *entry, const ArchiveRecord &record)
{
    const bool isPlainFile = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry)
        && !archive_entry_symlink(entry) && !archive_entry_is_encrypted(entry);
    if (!isPlainFile)
        return notAnArchive(QStringLiteral("it holds something else than plain files"));
    const char *path = archive_entry_pathname(entry);
    if (!path || record.name != path)
        return notAnArchive(QStringLiteral("its files are not those of its directory"));
    return Done{};
}

/// Trusts no announced size: what comes out of the archive is counted, and is what the visitor gets.
Result<Done> passContent(archive *reader, qint64 announced, ArchiveVisitor &visitor)
{
    la_int64_t expected = 0;
    while (true) {
        const void *block = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int state = archive_read_data_block(reader, &block, &size, &offset);
        if (state == ARCHIVE_EOF)
            return visitor.end();
        if (state != ARCHIVE_OK || offset != expected)
            return notAnArchive(errorOf(reader));
        expected += la_int64_t(size);
        if (expected > announced)
            return notAnArchive(QStringLiteral("a file in it is larger than its directory says"));
        if (auto taken = visitor.take(QByteArrayView(static_cast<const char *>(block), qsizetype(size)));
            !taken)
            return taken;
    }
}

Result<Done> walkEntries(const OpenArchive &open, ArchiveVisitor &visitor)
{
    archive *reader = open.reader.get();
    archive_entry *header = nullptr;
    for (const ArchiveRecord &record : open.records) {
        if (archive_read_next_header(reader, &header) != ARCHIVE_OK)
            return notAnArchive(errorOf(reader));
        if (auto checked = checkEntry(header, record); !checked)
            return checked;
        const auto wants = visitor.begin(QString::fromLatin1(record.name));
        if (!wants)
            return passOn(wants.error());
        if (*wants == ArchiveVisitor::Wants::NextFile)
            continue;
        if (auto passed = passContent(reader, record.size, visitor); !passed)
            return passed;
    }
    if (archive_read_next_header(reader, &header) != ARCHIVE_EOF)
        return notAnArchive(QStringLiteral("it holds more files than its directory"));
    return Done{};
}

class Collector : public ArchiveVisitor
{
public:
    QList<BundleEntry> entries;

    Result<Wants> begin(const QString &name) override
    {
        entries.append({name, {}});
        return Wants::Content;
    }
    Result<Done> take(QByteArrayView bytes) override
    {
        m_size += bytes.size();
        if (m_size > kLargestInMemory)
            return notAnArchive(QStringLiteral("it holds more than 64 MiB"));
        entries.last().content.append(bytes);
        return Done{};
    }
    Result<Done> end() override { return Done{}; }

private:
    qint64 m_size = 0;
};

} // namespace

Result<Done> walkArchive(const ArchiveSource &source, ArchiveVisitor &visitor, ArchiveChecksums checksums)
{
    const auto open = openArchive(source, checksums);
    if (!open)
        return passOn(open.error());
    return walkEntries(*open, visitor);
}

Result<Done> walkFile(const QString &name, const QString &path, ArchiveVisitor &visitor)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, file.errorString()));
    const auto wants = visitor.begin(name);
    if (!wants)
        return passOn(wants.error());
    if (*wants == ArchiveVisitor::Wants::NextFile)
        return Done{};
    while (true) {
        const QByteArray step = file.read(kReadStep);
        if (file.error() != QFileDevice::NoError)
            return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, file.errorString()));
        if (step.isEmpty())
            return visitor.end();
        if (auto taken = visitor.take(step); !taken)
            return taken;
    }
}

Result<QList<BundleEntry>> readArchive(const QByteArray &bytes, ArchiveChecksums checksums)
{
    Collector collector;
    if (auto walked = walkArchive({{}, bytes}, collector, checksums); !walked)
        return passOn(walked.error());
    return collector.entries;
}

} // namespace core
