// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace keys {

/// Answers for passphrases and PINs: from a file, or from whoever sits at the terminal. Never from the
/// command line or the environment, which other programs can read.
class Passphrases
{
public:
    /// With a path (of a file, of /dev/stdin, of /dev/fd/3), each line answers one question, in their order,
    /// and the last line all that follow. Without one, the terminal is asked.
    explicit Passphrases(QString path = {}) : m_path(std::move(path)) { }
    ~Passphrases();
    Passphrases(const Passphrases &) = delete;
    Passphrases &operator=(const Passphrases &) = delete;

    /// Asks once for the passphrase of `what`. FileFailed when the file cannot be read, with KeyUnavailable
    /// when there is no terminal, InvalidFile for an empty answer or one of more than 1023 bytes.
    core::Result<QByteArray> ask(const QString &what);

    /// The same for a passphrase that is to be set: at a terminal it is asked for twice.
    core::Result<QByteArray> askForNew(const QString &what);

private:
    core::Result<core::Done> load();
    core::Result<QByteArray> answer(const QString &prompt, bool isTwice);

    QString m_path;
    std::optional<QList<QByteArray>> m_lines;
    qsizetype m_next = 0;
};

} // namespace keys
