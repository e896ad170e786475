// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/mailbox.h"
#include "device_protocols/smp/fields.h"
#include "device_protocols/smp/patience.h"
#include "device_protocols/transport/frame_channel.h"

#include <QHash>

namespace smp {

class Exchange;

struct Answer {
    quint8 sequence = 0;
    core::Result<QCborMap> body; // or the device's refusal
    QByteArray bytes = {}; // the same as it came
};

/// Speaks to one SMP server over one channel, which it owns. Any number of requests may be under way; their
/// answers are told apart by sequence number, and what answers none of them is skipped. On links whose frames
/// have no marks it is silent for a while after an answer that did not come, and asks for an echo before
/// anything else. Outlives the tasks and exchanges it hands out; lives on the device thread.
class Client
{
public:
    Client(std::unique_ptr<transport::FrameChannel> channel, core::Clock &clock);
    ~Client();
    Q_DISABLE_COPY_MOVE(Client)

    /// Opens the link, or opens it anew; requests under way fail with Disconnected.
    core::Task<core::Done> open();
    void close();
    bool isOpen() const { return m_isOpen; }

    /// One question and its answer. Repeats it as `patience` says, each time under a new number, and takes an
    /// answer to any of them. Errors: RefusedByDevice with the device's own group and code, Unsupported when
    /// the server does not know the command, TimedOut, MalformedReply, and the channel's.
    core::Task<QCborMap> request(Command command, QCborMap body, Patience patience);
    /// As above, with `kReading` or `kWriting` by the command's operation.
    core::Task<QCborMap> request(Command command, QCborMap body = {});

    /// The same for a request that lists its fields, and its `Reply`.
    template<class Request>
    core::Task<typename Request::Reply> ask(Request question, Patience patience = patienceOf<Request>())
    {
        QCborMap body = toMap(question);
        const QCborMap reply = co_await request(Request::kCommand, std::move(body), patience);
        co_return fromMap<typename Request::Reply>(reply, QStringLiteral("answer"));
    }

    /// The same for commands that no table knows: the body is what it is, and so is the answer. From group 64
    /// on that need not be CBOR; elsewhere it is MalformedReply when it is not.
    core::Task<QByteArray> requestBytes(Command command, QByteArray body, Patience patience);

    /// Who gets what the device prints beside the packets, on links that are a console.
    void showTextTo(transport::FrameChannel::TextSink sink) { m_channel->showTextTo(std::move(sink)); }

    /// Text for the device's console, beside the packets. Unsupported on links that are no console.
    core::Task<core::Done> sendText(QByteArray text) { return m_channel->sendText(std::move(text)); }

    /// Bytes that the channel adds to a packet in the server's buffer.
    int bytesAddedToBuffer() const { return m_channel->bytesAddedToBuffer(); }
    /// See FrameChannel.
    std::optional<std::chrono::microseconds> timeOnLine(qsizetype bytes) const
    {
        return m_channel->timeOnLine(bytes);
    }
    /// The largest packet that the link carries, whatever the server's buffer. Bytes.
    int largestPacket() const { return m_channel->largestFrame(); }
    core::Clock &clock() { return m_clock; }

    /// Frames that answered nothing: late, unsolicited or malformed.
    int skippedCount() const { return m_skipped; }

private:
    friend class Exchange;
    struct Waiting {
        Header request;
        Exchange *exchange;
    };

    core::Task<Answer> answerTo(Command command, QByteArray body, Patience patience);
    Header enroll(Command command, Exchange &exchange);
    void startListening();
    core::Task<core::Done> listen();
    core::Task<core::Done> getInStep();
    core::Task<core::Done> sendNow(Header header, QByteArray body);
    void dispatch(const QByteArray &frame);
    void failAll(const core::Error &error);
    bool switchesVersion(const core::Error &error, Version asked);

    std::unique_ptr<transport::FrameChannel> m_channel;
    core::Clock &m_clock;
    QHash<quint8, Waiting> m_waiting; // by sequence number
    quint8 m_nextSequence = 0;
    Version m_version = Version::Two;
    int m_skipped = 0;
    bool m_isOpen = false;
    bool m_isListening = false;
    bool m_isInStep = true; // false once an answer did not come: see FrameChannel::quietAfterTrouble()
    core::Milliseconds m_lastSent{0};
    std::optional<core::Running<core::Done>> m_listening;
};

/// Requests whose answers go to one place, so that several can be under way. Answers that arrive after it is
/// gone are skipped.
class Exchange
{
public:
    explicit Exchange(Client &client) : m_client(client) { }
    ~Exchange() { forgetAll(); }
    Q_DISABLE_COPY_MOVE(Exchange)

    /// Gives the sequence number that the answer will have. `body` is an encoded CBOR map.
    core::Task<quint8> send(Command command, QByteArray body);

    /// The next answer to any of the requests. TimedOut after `limit`; the channel's error when it ends.
    core::Task<Answer> next(core::Milliseconds limit);

    void forgetAll();

private:
    friend class Client;
    Client &m_client;
    core::Mailbox<Answer> m_answers;
};

/// The refusal that a reply carries, if any: {"err": {"group", "rc"}} of version 2, {"rc", "rsn"} of version
/// 1 and of errors below the group. A code of 0 means success in both.
core::Result<core::Done> refusalIn(const QCborMap &reply, Group group);

/// Generic codes that callers act on (Zephyr mgmt_defines.h, enum mcumgr_err_t).
enum class GenericCode { NoMemory = 2, InvalidValue = 3, Busy = 10 };

/// True for {"rc": code}: not for a group's own code of the same number.
bool isRefusal(const core::Error &error, GenericCode code);

} // namespace smp
