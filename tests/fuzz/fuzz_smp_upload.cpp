// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/image_upload.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/run_task.h"

#include <QCborMap>
#include <QCborValue>
#include <QCoreApplication>

namespace {

constexpr qsizetype kFileSize = 6'000;
constexpr int kMostRequests = 4'000;

enum class Move : quint8 {
    Honest,
    Honest2,
    Silent,
    Unsupported,
    NoMemory,
    Invalid,
    AnyOffset,
    NoMatch,
    NoOffset
};
constexpr int kMoves = int(Move::NoOffset) + 1;

/// A server that does what the input says, three bytes a request, and is honest when there are none left.
class HostileServer final : public transport::FrameChannel
{
public:
    explicit HostileServer(QByteArray script) : m_script(std::move(script)) { }

    core::Task<core::Done> open() override { co_return core::Done{}; }
    core::Task<QByteArray> receive() override { return m_incoming.next(); }
    void close() override { m_incoming.clear(); }

    core::Task<core::Done> send(QByteArray frame) override
    {
        if (++m_requests >= kMostRequests)
            broken("an upload ends");
        const smp::Message message = smp::decode(frame).value();
        const QCborMap request = smp::decodeBody(message.body).value();
        const bool isEcho = message.header.command.group == smp::Group::Os;
        const std::optional<QCborMap> reply = isEcho ? answerEcho() : answer(request);
        smp::Header header = message.header;
        header.command.op = smp::Op::WriteReply;
        if (reply)
            m_incoming.put(smp::encode(header, reply->toCborValue().toCbor()));
        co_return core::Done{};
    }

    bool hasAll() const { return m_offset == kFileSize; }
    bool wasAlwaysHonest() const { return m_isHonest; }

private:
    /// Between the uploads' requests; refused, left out or given as the script says.
    std::optional<QCborMap> answerEcho()
    {
        const Move move = Move(uchar(m_script.left(1).leftJustified(1, '\0').at(0)) % kMoves);
        m_script.remove(0, 1);
        m_isHonest = m_isHonest && move <= Move::Honest2;
        if (move == Move::Silent)
            return std::nullopt;
        QCborMap reply;
        reply[QLatin1String(move == Move::Unsupported ? "rc" : "r")] =
            move == Move::Unsupported ? QCborValue(8) : QCborValue(QString());
        return reply;
    }

    std::optional<QCborMap> answer(const QCborMap &request)
    {
        const qint64 offset = request[QLatin1String("off")].toInteger();
        const qint64 size = request[QLatin1String("data")].toByteArray().size();
        if (offset < 0 || size <= 0 || offset + size > kFileSize)
            broken("a chunk lies in the file");
        if (offset == 0 && request[QLatin1String("len")].toInteger() != kFileSize)
            broken("the first says how much");

        const QByteArray step = m_script.left(3).leftJustified(3, '\0');
        m_script.remove(0, 3);
        const Move move = Move(uchar(step.at(0)) % kMoves);
        m_isHonest = m_isHonest && move <= Move::Honest2;
        if (move == Move::Silent)
            return std::nullopt;

        QCborMap reply;
        if (move == Move::Unsupported || move == Move::NoMemory || move == Move::Invalid)
            reply[QLatin1String("rc")] = move == Move::NoMemory ? 2 : move == Move::Invalid ? 3 : 8;
        else if (move == Move::AnyOffset)
            m_offset = (uchar(step.at(1)) << 8 | uchar(step.at(2))) % (kFileSize + 100);
        else if (offset == m_offset || offset == 0)
            m_offset = offset + size;
        if (move == Move::NoMatch)
            reply[QLatin1String("match")] = false;
        if (move != Move::NoOffset && reply.isEmpty())
            reply[QLatin1String("off")] = m_offset;
        return reply;
    }

    QByteArray m_script;
    core::Mailbox<QByteArray> m_incoming;
    qint64 m_offset = 0;
    int m_requests = 0;
    bool m_isHonest = true;
};

QCoreApplication &application()
{
    static int count = 1;
    static char name[] = "fuzz";
    static char *arguments[] = {name, nullptr};
    static QCoreApplication application(count, arguments);
    return application;
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    return {QByteArray(60, '\0'), QByteArray::fromHex("000000020000000000020000060800000000"),
            QByteArray::fromHex("050000050000000000040000040000000000060000"),
            QByteArray::fromHex("000000060400060800060400060800000000070000")};
}

/// Whatever a server answers: the upload ends, stays inside the file, and succeeds only when the server says
/// that it has everything.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    application();
    const QByteArray script(reinterpret_cast<const char *>(data),
                            qsizetype(std::min<std::size_t>(size, 1'000)));
    testing::ManualClock clock;
    auto owned = std::make_unique<HostileServer>(script);
    const HostileServer *server = owned.get();
    smp::Client client(std::move(owned), clock);
    smp::ImageUpload upload(client, {.file = QByteArray(kFileSize, 'x'), .limits = {384, 4}});
    const core::Result<core::Done> outcome = testing::finish(upload.run(), clock);
    if (!outcome && outcome.error().detail == QLatin1String("never"))
        broken("an upload ends in an hour");
    if (outcome && !server->hasAll())
        broken("success means that the server has all");
    if (!outcome && server->wasAlwaysHonest())
        broken("an honest server gets its file");
    return 0;
}
