// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/firmware_segments.h"

#include <algorithm>

namespace core {

namespace {

constexpr qint64 kLargestTotal = 256ll * 1024 * 1024;
constexpr qint64 kEndOfMemory = qint64(1) << 32;
constexpr qsizetype kMostPieces = 65536;

} // namespace

QString addressText(qint64 address)
{
    return QStringLiteral("0x%1").arg(address, 8, 16, QLatin1Char('0'));
}

bool SegmentBuilder::continuesTheLast(qint64 address) const
{
    return m_touching == Touching::Joined && !m_segments.isEmpty() && m_segments.constLast().end() == address;
}

Result<Done> SegmentBuilder::add(qint64 address, QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return Done{};
    if (address < 0 || address > kEndOfMemory - bytes.size()) {
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("%1 bytes at %2 reach beyond a memory of 32 bits")
                        .arg(bytes.size())
                        .arg(addressText(address)));
    }
    m_total += bytes.size();
    if (m_total > kLargestTotal)
        return fail(ErrorKind::InvalidFile, QStringLiteral("it holds more than 256 MiB"));
    if (continuesTheLast(address)) {
        m_segments.last().bytes.append(bytes);
        return Done{};
    }
    if (m_segments.size() == kMostPieces)
        return fail(ErrorKind::InvalidFile, QStringLiteral("it is in more than %1 pieces").arg(kMostPieces));
    m_segments.append({quint32(address), bytes.toByteArray()});
    return Done{};
}

Result<FirmwareSegments> SegmentBuilder::finish()
{
    std::sort(m_segments.begin(), m_segments.end(),
              [](const FirmwareSegment &left, const FirmwareSegment &right) {
                  return left.address < right.address;
              });
    FirmwareSegments segments;
    for (const FirmwareSegment &next : std::as_const(m_segments)) {
        const qint64 end = segments.isEmpty() ? 0 : segments.constLast().end();
        if (next.address < end) {
            return fail(ErrorKind::InvalidFile,
                        QStringLiteral("it holds the address %1 twice").arg(addressText(next.address)));
        }
        const bool touches = !segments.isEmpty() && next.address == end;
        if (touches && m_touching == Touching::Joined)
            segments.last().bytes.append(next.bytes);
        else
            segments.append(next);
    }
    return segments;
}

} // namespace core
