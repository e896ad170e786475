// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/transport/frame_channel.h"

#include <QStringList>

namespace testing {

/// Plays the device's side of a recorded session.
///
///     # a comment
///     > 0800…   the host must send exactly this
///     < 0900…   the device then answers this
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
        playDeviceSteps();
    }

    core::Task<core::Done> send(QByteArray frame) override
    {
        const QString actual = QStringLiteral("> ") + QString::fromLatin1(frame.toHex());
        const QString expected =
            m_steps.isEmpty() ? QStringLiteral("the end") : m_steps.takeFirst().remove(u'|');
        if (actual != expected) {
            m_complaint = QStringLiteral("expected %1\nbut got  %2").arg(expected, actual);
            co_return core::fail(core::ErrorKind::TransportFailed, m_complaint);
        }
        playDeviceSteps();
        co_return core::Done{};
    }

    core::Task<QByteArray> receive() override { return m_incoming.next(); }

    /// A frame the device sends unasked.
    void deliver(QByteArray frame) { m_incoming.put(std::move(frame)); }

    bool isPlayedOut() const { return m_steps.isEmpty(); }
    QString complaint() const { return m_complaint; }

private:
    void playDeviceSteps()
    {
        while (!m_steps.isEmpty() && m_steps.first().startsWith(u'<'))
            m_incoming.put(QByteArray::fromHex(m_steps.takeFirst().mid(2).toLatin1()));
    }

    QStringList m_steps;
    core::Mailbox<QByteArray> m_incoming;
    QString m_complaint;
};

} // namespace testing
