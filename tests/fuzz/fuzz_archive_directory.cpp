// SPDX-License-Identifier: Apache-2.0
#include "core/release/archive_directory.h"
#include "core/release/bundle_archive.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/archive_tricks.h"

#include <QBuffer>

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace {

struct ReaderFreer {
    void operator()(archive *reader) const { archive_read_free(reader); }
};

/// The names that a reader finds that goes from the front to the end, and knows no directory.
QList<QByteArray> namesFromTheFront(const QByteArray &bytes)
{
    const std::unique_ptr<archive, ReaderFreer> reader(archive_read_new());
    archive_read_support_format_zip_streamable(reader.get());
    archive_read_set_options(reader.get(), "zip:ignorecrc32");
    QList<QByteArray> names;
    if (archive_read_open_memory(reader.get(), bytes.constData(), std::size_t(bytes.size())) != ARCHIVE_OK)
        return names;
    archive_entry *entry = nullptr;
    while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK)
        names.append(archive_entry_pathname(entry));
    return names;
}

void check(const QByteArray &bytes)
{
    QBuffer buffer;
    buffer.setData(bytes);
    buffer.open(QIODevice::ReadOnly);
    const auto records = core::readArchiveDirectory(buffer);
    const auto entries = core::readArchive(bytes);
    if (!records) {
        FUZZ_PROMISE(records.error().kind == core::ErrorKind::InvalidFile);
        FUZZ_PROMISE(!entries);
        return;
    }
    FUZZ_PROMISE(!records->isEmpty() && records->size() <= 40);
    if (!entries)
        return;
    FUZZ_PROMISE(entries->size() == records->size());
    // Whoever reads the file in another way finds the same files in the same order.
    QList<QByteArray> names;
    for (qsizetype index = 0; index < records->size(); ++index) {
        FUZZ_PROMISE(entries->at(index).content.size() == records->at(index).size);
        names.append(records->at(index).name);
    }
    FUZZ_PROMISE(namesFromTheFront(bytes) == names);
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    const QByteArray archive = *core::writeArchive({{QStringLiteral("first.bin"), "the first"},
                                                    {QStringLiteral("second.bin"), "the second"},
                                                    {QStringLiteral("third.bin"), ""}});
    test_support::ZipParts plain(archive); // as Python's zipfile writes it: without descriptors
    for (qsizetype index = 0; index < plain.records.size(); ++index) {
        plain.putInBoth(index, 6, quint16(0));
        plain.putInBoth(index, 14, quint32(0));
        plain.entries[index].chop(16);
    }
    test_support::ZipParts deflated = plain; // an empty block, RFC 1951 3.2.6, and nothing in it
    deflated.entries[2] += QByteArray("\x03\0", 2);
    deflated.putInBoth(2, 8, quint16(8));
    deflated.putInBoth(2, 18, quint32(2));
    QList<QByteArray> seeds{archive, plain.joined(), deflated.joined()};
    for (const test_support::ArchiveTrick &trick : test_support::archiveTricks(archive))
        seeds.append(trick.archive);
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    check(bytes);
    // As content of a sound archive: what looks like headers there is none.
    check(*core::writeArchive({{QStringLiteral("a.bin"), bytes}, {QStringLiteral("b.bin"), "content"}}));
    return 0;
}
