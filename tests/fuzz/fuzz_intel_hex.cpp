// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/intel_hex.h"
#include "tests/fuzz/fuzz_segments.h"
#include "tests/support/foreign_writers.h"

namespace {

/// The same records with the checksums that they should have, so that what is behind those is reached.
QByteArray withRightChecksums(const QByteArray &file)
{
    QByteArray repaired;
    for (const QByteArray &line : file.split('\n')) {
        const QByteArray record = QByteArray::fromHex(line.mid(1));
        if (record.size() < 5)
            repaired += line + '\n';
        else
            repaired += test_support::hexRecord(quint8(record[3]),
                                                quint16(quint8(record[1]) << 8 | quint8(record[2])),
                                                record.sliced(4).chopped(1));
    }
    return repaired;
}

void readAgain(const QByteArray &file)
{
    const auto hex = core::readIntelHex(file);
    if (!hex) {
        FUZZ_PROMISE(hex.error().kind == core::ErrorKind::InvalidFile);
        return;
    }
    promiseSound(hex->segments);
    FUZZ_PROMISE(2 * totalOf(hex->segments) < file.size());
    const auto again = core::readIntelHex(test_support::writeIntelHex(hex->segments));
    FUZZ_PROMISE(again.has_value() && again->segments == hex->segments);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray file(reinterpret_cast<const char *>(data), qsizetype(size));
    readAgain(file);
    readAgain(withRightChecksums(file));
    return 0;
}
