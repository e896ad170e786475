// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/dfu_suffix.h"

#include "core/base/byte_reader.h"

#include <array>

namespace core {

namespace {

constexpr qsizetype kSuffixSize = 16;
constexpr qsizetype kChecksumSize = 4;
constexpr qsizetype kMarkFromEnd = 8; // "UFD" and the length of the suffix
constexpr quint16 kAny = 0xffff;

std::array<quint32, 256> makeCrcTable()
{
    std::array<quint32, 256> table;
    for (quint32 byte = 0; byte < 256; ++byte) {
        quint32 value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) != 0 ? value >> 1 ^ 0xedb88320u : value >> 1;
        table[byte] = value;
    }
    return table;
}

/// The CRC-32 of Ethernet without its last inversion (USB DFU 1.1, appendix B).
quint32 dfuChecksum(QByteArrayView bytes)
{
    static const std::array<quint32, 256> kTable = makeCrcTable();
    quint32 value = 0xffffffff;
    for (const char byte : bytes)
        value = kTable[(value ^ quint8(byte)) & 0xff] ^ value >> 8;
    return value;
}

template<class Number>
void append(QByteArray &bytes, Number value)
{
    std::array<char, sizeof(Number)> raw;
    qToLittleEndian(value, raw.data());
    bytes.append(raw.data(), raw.size());
}

bool isFor(quint16 wanted, quint16 present)
{
    return wanted == kAny || wanted == present;
}

} // namespace

std::optional<DfuSuffix> readDfuSuffix(const QByteArray &file)
{
    if (file.size() < kSuffixSize)
        return std::nullopt;
    const QByteArrayView bytes(file);
    ByteReader reader(bytes.last(kSuffixSize));
    DfuSuffix suffix; // 16 bytes are there, so no read fails
    suffix.device = *reader.littleEndian<quint16>();
    suffix.product = *reader.littleEndian<quint16>();
    suffix.vendor = *reader.littleEndian<quint16>();
    suffix.version = *reader.littleEndian<quint16>();
    const bool isSuffix =
        reader.take(3) == QByteArrayView("UFD") && reader.littleEndian<quint8>() == kSuffixSize;
    if (!isSuffix || reader.littleEndian<quint32>() != dfuChecksum(bytes.chopped(kChecksumSize)))
        return std::nullopt;
    return suffix;
}

Result<DfuFile> readDfuFile(const QByteArray &file)
{
    const bool isMarked = file.size() >= kSuffixSize
        && QByteArrayView(file).last(kMarkFromEnd).first(3) == QByteArrayView("UFD");
    if (file.isEmpty())
        return fail(ErrorKind::InvalidFile, QStringLiteral("the file is empty"));
    if (!isMarked)
        return DfuFile{file, std::nullopt};
    const std::optional<DfuSuffix> suffix = readDfuSuffix(file);
    if (!suffix) {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("the DFU suffix or its checksum is wrong; the file is damaged"));
    }
    if (file.size() == kSuffixSize)
        return fail(ErrorKind::InvalidFile, QStringLiteral("the file is a DFU suffix without firmware"));
    return DfuFile{file.chopped(kSuffixSize), suffix};
}

QByteArray withDfuSuffix(const QByteArray &content, const DfuSuffix &suffix)
{
    QByteArray file = content;
    append(file, suffix.device);
    append(file, suffix.product);
    append(file, suffix.vendor);
    append(file, suffix.version);
    file.append("UFD").append(char(kSuffixSize));
    append(file, dfuChecksum(file));
    return file;
}

Result<Done> checkRecipient(const DfuSuffix &suffix, const DfuRecipient &recipient)
{
    const UsbIds named{suffix.vendor, suffix.product};
    if (!isFor(named.vendor, recipient.ids.vendor) || !isFor(named.product, recipient.ids.product)) {
        return fail(ErrorKind::NotAllowedNow, Reason::IncompatibleProduct,
                    QStringLiteral("the file is for %1, and the unit is %2")
                        .arg(toText(named), toText(recipient.ids)));
    }
    if (!isFor(suffix.device, recipient.device)) {
        return fail(ErrorKind::NotAllowedNow, Reason::IncompatibleHardware,
                    QStringLiteral("the file is for release 0x%1 of the unit, which is 0x%2")
                        .arg(suffix.device, 4, 16, QLatin1Char('0'))
                        .arg(recipient.device, 4, 16, QLatin1Char('0')));
    }
    return Done{};
}

} // namespace core
