// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/transport/frame_channel.h"

#include <QFile>
#include <QHash>
#include <QStringList>

namespace testing {

/// Plays the device's side of a recorded session.
///
///     # a comment
///     > 0800…   the host must send exactly this
///     < 0900…   the device then answers this
///     ! disconnect
///     @ +200ms         how long nothing happened; not played
///
/// A host that sends anything else gets TransportFailed and the first difference in `complaint()`. With
/// Numbers::Any a recording stands in for its device whatever sequence numbers (SMP header, byte 6) the host
/// uses, as a client that has said something before does: they are compared without, and answered with its
/// own.
class SessionChannel final : public transport::FrameChannel
{
public:
    enum class Numbers { Exact, Any };

    explicit SessionChannel(const QString &session, Numbers numbers = Numbers::Exact) : m_numbers(numbers)
    {
        for (const QString &line : session.split(u'\n', Qt::SkipEmptyParts))
            if (const QString step = line.trimmed(); !step.isEmpty() && !step.startsWith(u'#'))
                m_steps.append(step);
    }

    core::Task<core::Done> open() override
    {
        m_isOpen = true;
        playDeviceSteps();
        co_return core::Done{};
    }

    core::Task<core::Done> send(QByteArray frame) override
    {
        if (!m_isOpen)
            co_return core::fail(core::ErrorKind::Disconnected, QStringLiteral("the session is not open"));
        const QString actual = QStringLiteral("> ") + QString::fromLatin1(frame.toHex());
        const QString expected = m_steps.isEmpty() ? QStringLiteral("the end") : m_steps.takeFirst();
        if (!matches(expected, frame)) {
            m_complaint = QStringLiteral("expected %1\nbut got  %2").arg(expected, actual);
            co_return core::fail(core::ErrorKind::TransportFailed, m_complaint);
        }
        playDeviceSteps();
        co_return core::Done{};
    }

    core::Task<QByteArray> receive() override { return m_incoming.next(); }

    void close() override
    {
        m_isOpen = false;
        m_incoming.clear();
    }

    /// A frame the device sends unasked.
    void deliver(QByteArray frame) { m_incoming.put(std::move(frame)); }

    bool isPlayedOut() const { return m_steps.isEmpty(); }
    QString complaint() const { return m_complaint; }

private:
    static constexpr qsizetype kNumberAt = 6;

    static QByteArray bytesOf(const QString &step) { return QByteArray::fromHex(step.mid(2).toLatin1()); }

    bool matches(const QString &expected, QByteArray frame)
    {
        if (!expected.startsWith(u'>'))
            return false;
        QByteArray recorded = bytesOf(expected);
        if (m_numbers == Numbers::Any && recorded.size() > kNumberAt && frame.size() > kNumberAt) {
            m_numberOf[recorded.at(kNumberAt)] = frame.at(kNumberAt);
            recorded[kNumberAt] = frame.at(kNumberAt);
        }
        return recorded == frame;
    }

    QByteArray asAnswer(QByteArray recorded) const
    {
        if (m_numbers == Numbers::Any && recorded.size() > kNumberAt)
            recorded[kNumberAt] = m_numberOf.value(recorded.at(kNumberAt), recorded.at(kNumberAt));
        return recorded;
    }

    void playDeviceSteps()
    {
        while (!m_steps.isEmpty() && !m_steps.first().startsWith(u'>')) {
            const QString step = m_steps.takeFirst();
            if (step.startsWith(u'<'))
                m_incoming.put(asAnswer(bytesOf(step)));
            if (!step.startsWith(u'!'))
                continue;
            m_isOpen = false;
            m_incoming.put(core::fail(core::ErrorKind::Disconnected, QStringLiteral("as the session says")));
        }
    }

    Numbers m_numbers;
    QHash<char, char> m_numberOf; // the host's, by the recorded one
    QStringList m_steps;
    core::Mailbox<QByteArray> m_incoming;
    QString m_complaint;
    bool m_isOpen = false;
};

/// The text of tests/sessions/<name>.session; empty when there is no such file.
inline QString savedSession(const QString &name)
{
    QFile file(QStringLiteral(BOOTMEND_SESSIONS_DIR "/%1.session").arg(name));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace testing
