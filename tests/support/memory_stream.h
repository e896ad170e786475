// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/transport/byte_stream.h"

#include <functional>

namespace testing {

/// A stream whose other end is the test: what is sent goes to `onSent`, what is delivered is received.
class MemoryStream final : public transport::ByteStream
{
public:
    std::function<void(const QByteArray &)> onSent = [](const QByteArray &) {};

    core::Task<core::Done> open() override { co_return core::Done{}; }
    core::Task<QByteArray> receive() override { return m_incoming.next(); }
    void close() override { m_incoming.clear(); }
    core::Task<core::Done> send(QByteArray bytes) override
    {
        onSent(bytes);
        co_return core::Done{};
    }

    void deliver(const QByteArray &bytes) { m_incoming.put(bytes); }

private:
    core::Mailbox<QByteArray> m_incoming;
};

} // namespace testing
