// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_archive.h"

#include "core/base/byte_reader.h"

#include <QSet>

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>

namespace core {

namespace {

constexpr qsizetype kMostEntries = 24;
constexpr qint64 kLargestContent = 256ll * 1024 * 1024; // of all entries together
constexpr qsizetype kEndRecordSize = 22;

struct ReaderFreer {
    void operator()(archive *reader) const { archive_read_free(reader); }
};
struct WriterFreer {
    void operator()(archive *writer) const { archive_write_free(writer); }
};
struct EntryFreer {
    void operator()(archive_entry *entry) const { archive_entry_free(entry); }
};
using Reader = std::unique_ptr<archive, ReaderFreer>;
using Writer = std::unique_ptr<archive, WriterFreer>;
using Entry = std::unique_ptr<archive_entry, EntryFreer>;

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
bool fillsTheFile(const QByteArray &bytes)
{
    if (!bytes.startsWith("PK\x03\x04") || bytes.size() < kEndRecordSize
        || !bytes.last(kEndRecordSize).startsWith("PK\x05\x06"))
        return false;
    ByteReader reader(QByteArrayView(bytes).last(kEndRecordSize));
    reader.take(12); // signature, two disk numbers, two counts
    const qint64 directorySize = reader.littleEndian<quint32>().value_or(0);
    const qint64 directoryOffset = reader.littleEndian<quint32>().value_or(0);
    const quint16 commentSize = reader.littleEndian<quint16>().value_or(1);
    return commentSize == 0 && directoryOffset + directorySize + kEndRecordSize == bytes.size();
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

/// Trusts no announced size: what comes out of the archive is counted.
Result<QByteArray> readContent(archive *reader, qint64 most)
{
    QByteArray content;
    std::array<char, 32 * 1024> step;
    while (true) {
        const la_ssize_t got = archive_read_data(reader, step.data(), step.size());
        if (got < 0)
            return unreadable(errorOf(reader));
        if (got == 0)
            return content;
        if (content.size() + got > most)
            return unreadable(QStringLiteral("it holds more than 256 MiB"));
        content.append(step.data(), got);
    }
}

la_ssize_t appendTo(archive *, void *target, const void *bytes, std::size_t size)
{
    static_cast<QByteArray *>(target)->append(static_cast<const char *>(bytes), qsizetype(size));
    return la_ssize_t(size);
}

bool writeEntry(archive *writer, const BundleEntry &file)
{
    const Entry entry(archive_entry_new());
    // No times and no owner, so that the bytes depend on nothing but the content.
    archive_entry_set_pathname(entry.get(), file.name.toLatin1().constData());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), file.content.size());
    return archive_write_header(writer, entry.get()) == ARCHIVE_OK
        && archive_write_data(writer, file.content.constData(), std::size_t(file.content.size()))
        == file.content.size();
}

} // namespace

Result<QList<BundleEntry>> readArchive(const QByteArray &bytes, ArchiveChecksums checksums)
{
    if (!fillsTheFile(bytes))
        return unreadable(QStringLiteral("it is not one ZIP archive from its first to its last byte"));
    const Reader reader(archive_read_new());
    const char *options = checksums == ArchiveChecksums::Ignored ? "zip:ignorecrc32" : nullptr;
    const bool isOpen = reader && archive_read_support_format_zip_seekable(reader.get()) == ARCHIVE_OK
        && archive_read_set_options(reader.get(), options) == ARCHIVE_OK
        && archive_read_open_memory(reader.get(), bytes.constData(), std::size_t(bytes.size())) == ARCHIVE_OK;
    if (!isOpen)
        return unreadable(errorOf(reader.get()));

    QList<BundleEntry> entries;
    QSet<QString> names;
    qint64 left = kLargestContent;
    while (true) {
        archive_entry *header = nullptr;
        const int state = archive_read_next_header(reader.get(), &header);
        if (state == ARCHIVE_EOF)
            return entries;
        if (state != ARCHIVE_OK)
            return unreadable(errorOf(reader.get()));
        if (auto checked = checkEntry(header); !checked)
            return passOn(checked.error());
        const QString name = QString::fromLatin1(archive_entry_pathname(header));
        if (names.contains(name) || entries.size() == kMostEntries)
            return unreadable(QStringLiteral("it holds too many files, or one of them twice"));
        const auto content = readContent(reader.get(), left);
        if (!content)
            return passOn(content.error());
        left -= content->size();
        names.insert(name);
        entries.append({name, *content});
    }
}

Result<QByteArray> writeArchive(const QList<BundleEntry> &entries)
{
    QByteArray bytes;
    const Writer writer(archive_write_new());
    bool isWritten = writer && archive_write_set_format_zip(writer.get()) == ARCHIVE_OK
        && archive_write_set_options(writer.get(), "zip:compression=store") == ARCHIVE_OK
        && archive_write_set_bytes_in_last_block(writer.get(), 1) == ARCHIVE_OK
        && archive_write_open(writer.get(), &bytes, nullptr, appendTo, nullptr) == ARCHIVE_OK;
    for (const BundleEntry &entry : entries)
        isWritten = isWritten && writeEntry(writer.get(), entry);
    isWritten = isWritten && archive_write_close(writer.get()) == ARCHIVE_OK;
    if (!isWritten)
        return fail(ErrorKind::Internal,
                    QStringLiteral("writing the archive: %1").arg(errorOf(writer.get())));
    return bytes;
}

} // namespace core
