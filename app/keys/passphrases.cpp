// SPDX-License-Identifier: Apache-2.0
#include "app/keys/passphrases.h"

#include "app/texts/foreign_text.h"
#include "core/base/file_access.h"
#include "core/trust/wipe.h"

#include <QFile>

#include <openssl/crypto.h>
#include <openssl/ui.h>

#include <array>

namespace keys {

namespace {

constexpr qint64 kLargestFile = 64 * 1024;
constexpr std::size_t kRoom = 1024; // bytes, with the zero at the end

/// Bytes of its own, so that whoever is done with them can wipe them.
QByteArray ownCopy(const QByteArray &secret)
{
    return QByteArray(secret.constData(), secret.size());
}

/// OpenSSL reads without an echo, and puts the terminal right again when it is interrupted.
core::Result<QByteArray> askTerminal(const QString &prompt, bool isTwice)
{
    QFile terminal(QStringLiteral("/dev/tty"));
    if (!terminal.open(QIODevice::ReadWrite | QIODevice::Unbuffered))
        return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                          QStringLiteral("%1 is asked for, and there is no terminal to ask on; give it with "
                                         "--passphrase-file")
                              .arg(prompt));
    std::array<char, kRoom> line{};
    const QByteArray question =
        texts::harmlessLine(prompt).toLocal8Bit() + ": "; // It may have a token's label.
    const bool isRead =
        UI_UTIL_read_pw_string(line.data(), int(line.size()), question.constData(), isTwice ? 1 : 0) == 0;
    const QByteArray answer(line.data());
    OPENSSL_cleanse(line.data(), line.size());
    if (!isRead)
        return core::fail(core::ErrorKind::InvalidFile, QStringLiteral("%1: no answer").arg(prompt));
    return answer;
}

} // namespace

Passphrases::~Passphrases()
{
    if (m_lines)
        for (QByteArray &line : *m_lines)
            core::wipe(line);
}

core::Result<core::Done> Passphrases::load()
{
    if (m_lines)
        return core::Done{};
    auto content = core::readWholeFile(m_path, kLargestFile);
    if (!content)
        return core::passOn(content.error(), QStringLiteral("reading the passphrases"));
    if (content->endsWith('\n'))
        content->chop(1);
    m_lines = content->split('\n');
    for (QByteArray &line : *m_lines) {
        line = ownCopy(line); // The only line of a file shares its bytes with the content.
        if (line.endsWith('\r'))
            line.chop(1);
    }
    core::wipe(*content);
    return core::Done{};
}

core::Result<QByteArray> Passphrases::answer(const QString &prompt, bool isTwice)
{
    core::Result<QByteArray> given;
    if (m_path.isEmpty()) {
        given = askTerminal(prompt, isTwice);
    } else {
        if (auto loaded = load(); !loaded)
            return core::passOn(loaded.error());
        given = ownCopy(m_lines->at(std::min(m_next++, m_lines->size() - 1)));
    }
    if (given && (given->isEmpty() || given->size() >= qsizetype(kRoom)))
        return core::fail(core::ErrorKind::InvalidFile,
                          QStringLiteral("%1 has to have 1 to 1023 bytes").arg(prompt));
    return given;
}

core::Result<QByteArray> Passphrases::ask(const QString &what)
{
    return answer(QStringLiteral("Passphrase of %1").arg(what), false);
}

core::Result<QByteArray> Passphrases::askForNew(const QString &what)
{
    return answer(QStringLiteral("New passphrase of %1").arg(what), true);
}

} // namespace keys
