// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/transport/frame_channel.h"

#include <functional>
#include <optional>

namespace testing {

/// A line to a model server: each packet goes to `answer`, and what that gives comes back at once.
class PacketLine final : public transport::FrameChannel
{
public:
    using Server = std::function<std::optional<QByteArray>(const QByteArray &)>;
    explicit PacketLine(Server answer) : m_answer(std::move(answer)) { }

    core::Task<core::Done> open() override { co_return core::Done{}; }
    core::Task<QByteArray> receive() override { return m_incoming.next(); }
    void close() override { m_incoming.clear(); }

    core::Task<core::Done> send(QByteArray frame) override
    {
        if (const std::optional<QByteArray> reply = m_answer(frame))
            m_incoming.put(*reply);
        co_return core::Done{};
    }

private:
    Server m_answer;
    core::Mailbox<QByteArray> m_incoming;
};

} // namespace testing
