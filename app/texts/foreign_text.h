// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

namespace texts {

/// Text that may hold what somebody else wrote, such as a manifest that nobody signed, or a unit's name. What
/// would command a terminal, or change the order in which text is read, is shown as "<U+001B>": control
/// characters (ECMA-48: C0, DEL and C1) except tab and line feed; line and paragraph separators; and the
/// embeddings, overrides and isolates of Unicode Standard Annex #9, section 2.
QString harmless(const QString &text);

/// The same for text that stands in a line of ours: it cannot begin another one either.
QString harmlessLine(const QString &text);

/// Without the colours of a log: ECMA-48's SGR, as Zephyr, ESP-IDF and most others print them.
QString withoutColours(const QString &text);

/// JSON that means the same: what harmless() replaces, QJsonDocument leaves in strings, but for C0. It is
/// escaped as RFC 8259, section 7, has it.
QByteArray harmlessJson(const QByteArray &json);

} // namespace texts
