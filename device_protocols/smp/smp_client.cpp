// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/smp_client.h"

#include "device_protocols/smp/error_names.h"

#include <QCborValue>

namespace smp {

using core::Done;
using core::Error;
using core::ErrorKind;
using core::Result;
using core::Task;

namespace {

// Zephyr mgmt_defines.h, enum mcumgr_err_t.
constexpr qint64 kNotSupported = 8;
constexpr qint64 kVersionTooOld = 12;
constexpr qint64 kVersionTooNew = 13;

constexpr Command kEcho{Op::Write, Group::Os, 0};
constexpr char kEmptyEcho[] = "\xa1\x61\x64\x60"; // {"d": ""}
// An echo needs no flash: what a line at 9600 baud takes, and log output before it.
constexpr core::Milliseconds kEchoPatience{1'000};

tl::unexpected<Error> refusal(int group, qint64 code, const QString &reason)
{
    QString detail = refusalText(group, code);
    if (!reason.isEmpty())
        detail += QStringLiteral(": ") + reason;
    tl::unexpected<Error> failure = core::failByDevice({group, int(code)}, std::move(detail));
    if (group == kNoGroup && code == kNotSupported)
        failure.value().kind = ErrorKind::Unsupported;
    return failure;
}

Patience usualPatience(Command command)
{
    return command.op == Op::Read ? kReading : kWriting;
}

} // namespace

Result<Done> refusalIn(const QCborMap &reply, Group group)
{
    const QCborValue error = reply[QLatin1String("err")];
    if (error.isMap()) {
        const QCborMap fields = error.toMap();
        const qint64 code = fields[QLatin1String("rc")].toInteger();
        if (code != 0)
            return refusal(int(fields[QLatin1String("group")].toInteger()), code, {});
    }
    // Before Zephyr 3.0 a shell command's own result stood in "rc".
    if (group == Group::Shell && reply.contains(QLatin1String("o")))
        return Done{};
    const qint64 code = reply[QLatin1String("rc")].toInteger();
    if (code != 0)
        return refusal(kNoGroup, code, reply[QLatin1String("rsn")].toString());
    return Done{};
}

bool isRefusal(const Error &error, GenericCode code)
{
    return error.deviceCode == core::DeviceCode{kNoGroup, int(code)};
}

Client::Client(std::unique_ptr<transport::FrameChannel> channel, core::Clock &clock) :
    m_channel(std::move(channel)), m_clock(clock)
{
}

Client::~Client() = default;

Task<Done> Client::open()
{
    close();
    co_await m_channel->open();
    m_isOpen = true;
    m_isInStep = true;
    startListening(); // So that a lost link is noticed before the next question.
    co_return Done{};
}

void Client::close()
{
    m_listening.reset();
    m_isListening = false;
    m_isOpen = false;
    m_channel->close();
    failAll({ErrorKind::Disconnected, QStringLiteral("the link was closed")});
}

Task<QCborMap> Client::request(Command command, QCborMap body)
{
    return request(command, std::move(body), usualPatience(command));
}

Task<QCborMap> Client::request(Command command, QCborMap body, Patience patience)
{
    QByteArray encoded = body.toCborValue().toCbor();
    Answer answer = co_await answerTo(command, std::move(encoded), patience);
    co_return std::move(answer.body);
}

Task<QByteArray> Client::requestBytes(Command command, QByteArray body, Patience patience)
{
    const Answer answer = co_await answerTo(command, std::move(body), patience);
    const bool isAnybodys = quint16(command.group) >= kFirstUserGroup;
    const bool isRefused = !answer.body && answer.body.error().deviceCode;
    if (!answer.body && (isRefused || !isAnybodys))
        co_return core::passOn(answer.body.error());
    co_return answer.bytes;
}

Task<Answer> Client::answerTo(Command command, QByteArray body, Patience patience)
{
    Exchange exchange(*this);
    bool mayChangeVersion = true;
    for (int triesLeft = patience.tries; triesLeft > 0; --triesLeft) {
        const Version asked = m_version;
        co_await exchange.send(command, body);
        Result<Answer> answer = co_await core::attempt(exchange.next(patience.each));
        if (!answer) {
            if (answer.error().kind == ErrorKind::TimedOut && triesLeft > 1)
                continue;
            co_return tl::unexpected(std::move(answer.error()));
        }
        if (answer->body || !mayChangeVersion || !switchesVersion(answer->body.error(), asked))
            co_return std::move(*answer);
        mayChangeVersion = false;
        ++triesLeft; // The server has not looked at the request yet.
    }
    Q_UNREACHABLE();
}

bool Client::switchesVersion(const Error &error, Version asked)
{
    if (error.deviceCode != core::DeviceCode{kNoGroup, kVersionTooOld}
        && error.deviceCode != core::DeviceCode{kNoGroup, kVersionTooNew})
        return false;
    m_version = asked == Version::Two ? Version::One : Version::Two;
    return true;
}

Header Client::enroll(Command command, Exchange &exchange)
{
    while (m_waiting.contains(m_nextSequence)) // A request that is older than 256 others.
        ++m_nextSequence;
    const Header header{command, m_nextSequence++, m_version};
    m_waiting.insert(header.sequence, {header, &exchange});
    return header;
}

void Client::startListening()
{
    if (m_isListening)
        return;
    m_isListening = true;
    m_listening.reset();
    m_listening.emplace(listen(), [this](Result<Done> ended) {
        m_isListening = false;
        m_isOpen = false;
        if (!ended)
            failAll(ended.error());
    });
}

Task<Done> Client::listen()
{
    for (;;) {
        const QByteArray frame = co_await m_channel->receive();
        dispatch(frame);
    }
}

void Client::dispatch(const QByteArray &frame)
{
    const Result<Message> reply = decode(frame);
    const auto found = reply ? m_waiting.constFind(reply->header.sequence) : m_waiting.constEnd();
    if (found == m_waiting.constEnd() || !answers(reply->header, found->request)) {
        ++m_skipped;
        return;
    }
    Exchange &exchange = *found->exchange;
    m_waiting.erase(found);

    Answer answer{reply->header.sequence, decodeBody(reply->body), reply->body};
    if (answer.body) {
        const Result<Done> accepted = refusalIn(*answer.body, reply->header.command.group);
        if (!accepted)
            answer.body = tl::unexpected(accepted.error());
    }
    exchange.m_answers.put(std::move(answer));
}

void Client::failAll(const Error &error)
{
    const auto waiting = std::exchange(m_waiting, {});
    QList<Exchange *> told;
    for (const Waiting &one : waiting) {
        if (told.contains(one.exchange))
            continue;
        told.append(one.exchange);
        one.exchange->m_answers.put(tl::unexpected(error));
    }
}

Task<Done> Client::sendNow(Header header, QByteArray body)
{
    startListening();
    QByteArray frame = encode(header, body);
    m_lastSent = m_clock.now();
    const Result<Done> sent = co_await core::attempt(m_channel->send(std::move(frame)));
    if (!sent) {
        m_isOpen = false; // Nobody may be receiving, to whom the channel would tell it.
        co_return core::passOn(sent.error());
    }
    co_return Done{};
}

/// The other end drops a half request after a while; so does this one, and both begin anew. The echo is there
/// to be lost in place of something that matters, so that nothing hangs on its answer.
Task<Done> Client::getInStep()
{
    const core::Milliseconds quiet = m_channel->quietAfterTrouble();
    m_isInStep = true;
    if (quiet.count() == 0)
        co_return Done{};
    const core::Milliseconds silentSince = m_clock.now() - m_lastSent;
    if (silentSince < quiet)
        co_await core::after(quiet - silentSince, m_clock);
    m_channel->forgetHalfFrames();

    Exchange exchange(*this);
    QByteArray body = kEmptyEcho;
    const Header header = enroll(kEcho, exchange);
    co_await sendNow(header, std::move(body));
    const Result<Answer> answer =
        co_await core::attempt(core::within(kEchoPatience, m_clock, exchange.m_answers.next()));
    if (!answer && answer.error().kind != ErrorKind::TimedOut)
        co_return core::passOn(answer.error());
    m_channel->forgetHalfFrames();
    co_return Done{};
}

Task<quint8> Exchange::send(Command command, QByteArray body)
{
    if (!m_client.m_isInStep)
        co_await m_client.getInStep();
    const Header header = m_client.enroll(command, *this);
    co_await m_client.sendNow(header, std::move(body));
    co_return header.sequence;
}

Task<Answer> Exchange::next(core::Milliseconds limit)
{
    Result<Answer> answer = co_await core::attempt(core::within(limit, m_client.m_clock, m_answers.next()));
    if (!answer && answer.error().kind == ErrorKind::TimedOut)
        m_client.m_isInStep = false;
    co_return answer;
}

void Exchange::forgetAll()
{
    m_client.m_waiting.removeIf([this](const auto &entry) { return entry.value().exchange == this; });
    m_answers.clear();
}

} // namespace smp
