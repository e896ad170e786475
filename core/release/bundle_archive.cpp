// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_archive.h"

#include "core/base/byte_reader.h"

#include <QFile>
#include <QSet>

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

namespace core {

namespace {

constexpr qsizetype kMostEntries = 40;
constexpr qsizetype kEndRecordSize = 22;
constexpr std::size_t kReadStep = 256 * 1024;
constexpr qint64 kLargestInMemory = 64ll * 1024 * 1024;

struct ReaderFreer {
    void operator()(archive *reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, ReaderFreer>;

tl::unexpected<Error> unreadable(const QString &detail)
{
    return fail(ErrorKind::InvalidFile, QStringLiteral("not an archive that can be taken: %1").arg(detail));
}

QString errorOf(archive *handle)
{
    const char *text = archive_error_string(handle);
    return text ? QString::fromUtf8(text) : QStringLiteral("unreadable archive");
}

/// Readers look for a ZIP archive's directory from the end, so that one file can be two archives; ours begins
/// with its first entry and ends with its directory and an end record without a comment (APPNOTE.TXT 4.3.16).
bool fillsTheFile(QByteArrayView head, QByteArrayView tail, qint64 size)
{
    if (!head.startsWith("PK\x03\x04") || tail.size() != kEndRecordSize || !tail.startsWith("PK\x05\x06"))
        return false;
    ByteReader reader(tail);
    reader.take(12); // signature, two disk numbers, two counts
    const qint64 directorySize = reader.littleEndian<quint32>().value_or(0);
    const qint64 directoryOffset = reader.littleEndian<quint32>().value_or(0);
    const quint16 commentSize = reader.littleEndian<quint16>().value_or(1);
    return commentSize == 0 && directoryOffset + directorySize + kEndRecordSize == size;
}

/// The open archive, and the file that it reads from; in memory, the bytes are borrowed.
struct OpenArchive {
    std::unique_ptr<QFile> file;
    Reader reader;
};

Result<Done> checkFrame(const ArchiveSource &source, QFile *file)
{
    if (!file) {
        const QByteArrayView bytes(source.bytes);
        const bool isWhole =
            fillsTheFile(bytes, bytes.last(std::min(kEndRecordSize, bytes.size())), bytes.size());
        return isWhole
            ? Result<Done>(Done{})
            : unreadable(QStringLiteral("it is not one ZIP archive from its first to its last byte"));
    }
    const QByteArray head = file->peek(kEndRecordSize);
    const bool canSeek = file->seek(std::max<qint64>(0, file->size() - kEndRecordSize));
    const QByteArray tail = file->read(kEndRecordSize);
    if (!canSeek || !file->seek(0) || file->error() != QFileDevice::NoError)
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(source.path, file->errorString()));
    if (!fillsTheFile(head, tail, file->size()))
        return unreadable(QStringLiteral("it is not one ZIP archive from its first to its last byte"));
    return Done{};
}

Result<OpenArchive> openArchive(const ArchiveSource &source, ArchiveChecksums checksums)
{
    OpenArchive open{nullptr, Reader(archive_read_new())};
    if (!source.path.isEmpty()) {
        open.file = std::make_unique<QFile>(source.path);
        if (!open.file->open(QIODevice::ReadOnly | QIODevice::Unbuffered))
            return fail(ErrorKind::FileFailed,
                        QStringLiteral("%1: %2").arg(source.path, open.file->errorString()));
    }
    if (auto checked = checkFrame(source, open.file.get()); !checked)
        return passOn(checked.error());
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
        return unreadable(errorOf(reader));
    return open;
}

Result<Done> checkEntry(archive_entry *entry)
{
    const bool isPlainFile = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry)
        && !archive_entry_symlink(entry);
    if (!isPlainFile)
        return unreadable(QStringLiteral("it holds something else than plain files"));
    if (archive_entry_is_encrypted(entry))
        return unreadable(QStringLiteral("it is encrypted"));
    const char *path = archive_entry_pathname(entry);
    const QByteArrayView name(path ? path : "");
    const bool isPlainName = !name.isEmpty() && name.size() <= 128 && name[0] != '.'
        && std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
                   || c == '_' || c == '+' || c == '-';
           });
    if (!isPlainName)
        return unreadable(QStringLiteral("it holds a file whose name is not plain"));
    return Done{};
}

/// Trusts no announced size: what comes out of the archive is what the visitor gets.
Result<Done> passContent(archive *reader, ArchiveVisitor &visitor)
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
            return unreadable(errorOf(reader));
        expected += la_int64_t(size);
        if (auto taken = visitor.take(QByteArrayView(static_cast<const char *>(block), qsizetype(size)));
            !taken)
            return taken;
    }
}

Result<Done> walkEntries(archive *reader, ArchiveVisitor &visitor)
{
    QSet<QString> names;
    while (true) {
        archive_entry *header = nullptr;
        const int state = archive_read_next_header(reader, &header);
        if (state == ARCHIVE_EOF)
            return Done{};
        if (state != ARCHIVE_OK)
            return unreadable(errorOf(reader));
        if (auto checked = checkEntry(header); !checked)
            return checked;
        const QString name = QString::fromLatin1(archive_entry_pathname(header));
        if (names.contains(name) || names.size() == kMostEntries)
            return unreadable(QStringLiteral("it holds too many files, or one of them twice"));
        names.insert(name);
        const auto wants = visitor.begin(name);
        if (!wants)
            return passOn(wants.error());
        if (*wants == ArchiveVisitor::Wants::NextFile)
            continue;
        if (auto passed = passContent(reader, visitor); !passed)
            return passed;
    }
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
            return unreadable(QStringLiteral("it holds more than 64 MiB"));
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
    return walkEntries(open->reader.get(), visitor);
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
