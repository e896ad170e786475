// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_archive.h"

#include <QBuffer>
#include <QFile>
#include <QSaveFile>

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace core {

namespace {

constexpr qint64 kLargestArchive = 0xffffffff - 1024 * 1024; // beyond that the format is another one (ZIP64)
constexpr qint64 kStep = 256 * 1024;

struct WriterFreer {
    void operator()(archive *writer) const { archive_write_free(writer); }
};
struct EntryFreer {
    void operator()(archive_entry *entry) const { archive_entry_free(entry); }
};
using Writer = std::unique_ptr<archive, WriterFreer>;
using Entry = std::unique_ptr<archive_entry, EntryFreer>;

tl::unexpected<Error> writingFailed(archive *writer)
{
    const char *text = archive_error_string(writer);
    return fail(ErrorKind::Internal,
                QStringLiteral("writing the archive: %1")
                    .arg(text ? QString::fromUtf8(text) : QStringLiteral("it cannot be written")));
}

la_ssize_t writeTo(archive *, void *device, const void *bytes, std::size_t size)
{
    return static_cast<QIODevice *>(device)->write(static_cast<const char *>(bytes), qint64(size));
}

/// The content of an entry, from wherever it comes.
struct Content {
    std::unique_ptr<QIODevice> device;
    qint64 size = 0;
};

Result<Content> contentOf(const BundleEntry &entry)
{
    Content content;
    if (entry.path.isEmpty()) {
        auto buffer = std::make_unique<QBuffer>();
        buffer->setData(entry.content);
        content.device = std::move(buffer);
    } else {
        content.device = std::make_unique<QFile>(entry.path);
    }
    if (!content.device->open(QIODevice::ReadOnly))
        return fail(ErrorKind::FileFailed,
                    QStringLiteral("%1: %2").arg(entry.path, content.device->errorString()));
    content.size = content.device->size();
    return content;
}

Result<Done> writeContent(archive *writer, QIODevice &device, qint64 size)
{
    qint64 left = size;
    while (left > 0) {
        const QByteArray step = device.read(std::min(left, kStep));
        if (step.isEmpty())
            return fail(
                ErrorKind::FileFailed,
                QStringLiteral("a file became shorter while it was read: %1").arg(device.errorString()));
        if (archive_write_data(writer, step.constData(), std::size_t(step.size())) != step.size())
            return writingFailed(writer);
        left -= step.size();
    }
    return Done{};
}

Result<Done> writeEntry(archive *writer, const BundleEntry &file)
{
    const auto content = contentOf(file);
    if (!content)
        return passOn(content.error());
    const Entry entry(archive_entry_new());
    // No times and no owner, so that the bytes depend on nothing but the content.
    archive_entry_set_pathname(entry.get(), file.name.toLatin1().constData());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), content->size);
    if (archive_write_header(writer, entry.get()) != ARCHIVE_OK)
        return writingFailed(writer);
    return writeContent(writer, *content->device, content->size);
}

Result<Done> writeEntries(QIODevice &device, const QList<BundleEntry> &entries)
{
    const Writer writer(archive_write_new());
    const bool isOpen = writer && archive_write_set_format_zip(writer.get()) == ARCHIVE_OK
        && archive_write_set_options(writer.get(), "zip:compression=store") == ARCHIVE_OK
        && archive_write_set_bytes_in_last_block(writer.get(), 1) == ARCHIVE_OK
        && archive_write_open(writer.get(), &device, nullptr, writeTo, nullptr) == ARCHIVE_OK;
    if (!isOpen)
        return writingFailed(writer.get());
    for (const BundleEntry &entry : entries) {
        if (auto written = writeEntry(writer.get(), entry); !written)
            return written;
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK)
        return writingFailed(writer.get());
    if (device.size() > kLargestArchive)
        return fail(ErrorKind::InvalidFile, QStringLiteral("a bundle has at most 4 GiB"));
    return Done{};
}

} // namespace

Result<Done> writeArchiveFile(const QString &path, const QList<BundleEntry> &entries)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, file.errorString()));
    if (auto written = writeEntries(file, entries); !written)
        return written;
    if (!file.commit())
        return fail(ErrorKind::FileFailed, QStringLiteral("%1: %2").arg(path, file.errorString()));
    return Done{};
}

Result<QByteArray> writeArchive(const QList<BundleEntry> &entries)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    if (auto written = writeEntries(buffer, entries); !written)
        return passOn(written.error());
    return buffer.data();
}

} // namespace core
