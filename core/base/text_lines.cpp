// SPDX-License-Identifier: Apache-2.0
#include "core/base/text_lines.h"

#include <utility>

namespace core {

namespace {

QString lineOf(const QByteArray &bytes)
{
    return QString::fromUtf8(bytes.endsWith('\r') ? bytes.chopped(1) : bytes);
}

} // namespace

QStringList TextLines::feed(const QByteArray &piece)
{
    QStringList lines;
    m_begun += piece;
    qsizetype start = 0;
    for (;;) {
        const qsizetype end = m_begun.indexOf('\n', start);
        const qsizetype size = (end < 0 ? m_begun.size() : end) - start;
        if (end < 0 && size < kLongestTextLine)
            break;
        lines.append(lineOf(m_begun.sliced(start, std::min(size, kLongestTextLine))));
        start += size > kLongestTextLine ? kLongestTextLine : size + (end < 0 ? 0 : 1);
    }
    m_begun.remove(0, start);
    return lines;
}

QString TextLines::takeRest()
{
    return lineOf(std::exchange(m_begun, {}));
}

} // namespace core
