// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QStringList>

namespace core {

/// The longest line that is waited for, in bytes; a longer one is cut.
constexpr qsizetype kLongestTextLine = 4096;

/// Makes lines of the text that a device prints, which comes in pieces of any size: UTF-8, ended by LF or CR
/// LF.
class TextLines
{
public:
    /// The lines that `piece` ends, without their ends.
    QStringList feed(const QByteArray &piece);

    /// What was begun and is not ended, which is forgotten; empty when there is nothing.
    QString takeRest();

private:
    QByteArray m_begun;
};

} // namespace core
