// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/transport/frame_channel.h"

#include <QFile>
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
/// A host that sends anything else gets TransportFailed and the first difference in `complaint()`.
class SessionChannel final : public transport::FrameChannel
{
public:
    explicit SessionChannel(const QString &session)
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
        if (actual != expected) {
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
    void playDeviceSteps()
    {
        while (!m_steps.isEmpty() && !m_steps.first().startsWith(u'>')) {
            const QString step = m_steps.takeFirst();
            if (step.startsWith(u'<'))
                m_incoming.put(QByteArray::fromHex(step.mid(2).toLatin1()));
            if (!step.startsWith(u'!'))
                continue;
            m_isOpen = false;
            m_incoming.put(core::fail(core::ErrorKind::Disconnected, QStringLiteral("as the session says")));
        }
    }

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
