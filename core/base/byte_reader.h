// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QtEndian>

#include <optional>

namespace core {

/// Reads foreign bytes from front to back, and never beyond their end: a read that does not fit gives nothing
/// and leaves the position where it was. Borrows the bytes; the owner keeps them alive.
class ByteReader
{
public:
    explicit ByteReader(QByteArrayView bytes) : m_bytes(bytes) { }

    template<class Number>
    std::optional<Number> littleEndian()
    {
        if (remaining() < qsizetype(sizeof(Number)))
            return std::nullopt;
        const Number value = qFromLittleEndian<Number>(m_bytes.data() + m_position);
        m_position += sizeof(Number);
        return value;
    }

    template<class Number>
    std::optional<Number> bigEndian()
    {
        if (remaining() < qsizetype(sizeof(Number)))
            return std::nullopt;
        const Number value = qFromBigEndian<Number>(m_bytes.data() + m_position);
        m_position += sizeof(Number);
        return value;
    }

    /// A view of the next `size` bytes; it lives as long as the bytes that were given to the reader.
    std::optional<QByteArrayView> take(qsizetype size)
    {
        if (size < 0 || size > remaining())
            return std::nullopt;
        const QByteArrayView taken = m_bytes.sliced(m_position, size);
        m_position += size;
        return taken;
    }

    qsizetype position() const { return m_position; }
    qsizetype remaining() const { return m_bytes.size() - m_position; }
    bool isAtEnd() const { return remaining() == 0; }

private:
    QByteArrayView m_bytes;
    qsizetype m_position = 0;
};

} // namespace core
