// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/bootmend_group.h"
#include "device_protocols/smp/image_group.h"
#include "device_protocols/smp/os_group.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/run_task.h"

#include <QCoreApplication>
#include <QDirIterator>
#include <QFile>

namespace {

/// Answers every request with the same body.
class Parrot final : public transport::FrameChannel
{
public:
    explicit Parrot(QByteArray body) : m_body(std::move(body)) { }

    core::Task<core::Done> open() override { co_return core::Done{}; }
    core::Task<QByteArray> receive() override { return m_incoming.next(); }
    void close() override { m_incoming.clear(); }

    core::Task<core::Done> send(QByteArray frame) override
    {
        smp::Header header = smp::decode(frame)->header;
        header.command.op = smp::Op(quint8(header.command.op) + 1);
        m_incoming.put(smp::encode(header, m_body));
        co_return core::Done{};
    }

private:
    QByteArray m_body;
    core::Mailbox<QByteArray> m_incoming;
};

QCoreApplication &application()
{
    static int count = 1;
    static char name[] = "fuzz";
    static char *arguments[] = {name, nullptr};
    static QCoreApplication application(count, arguments);
    return application;
}

template<class T>
void ask(core::Task<T> question, testing::ManualClock &clock)
{
    const core::Result<T> answer = testing::finish(std::move(question), clock);
    if (!answer && answer.error().detail.isEmpty())
        broken("a failure says why");
    if (!answer && answer.error().kind == core::ErrorKind::TimedOut)
        broken("an answer, even a bad one, is an end");
}

} // namespace

/// The bodies of all recorded answers.
QList<QByteArray> fuzzSeeds()
{
    QList<QByteArray> seeds;
    QDirIterator sessions(QStringLiteral(BOOTMEND_SESSIONS_DIR "/smp"), {QStringLiteral("*.session")});
    while (sessions.hasNext()) {
        QFile file(sessions.next());
        if (!file.open(QIODevice::ReadOnly))
            broken("sessions can be read");
        for (const QByteArray &line : file.readAll().split('\n'))
            if (line.startsWith("< "))
                seeds.append(QByteArray::fromHex(line.mid(2)).mid(smp::kHeaderSize));
    }
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    application();
    const QByteArray input(reinterpret_cast<const char *>(data),
                           qsizetype(std::min<std::size_t>(size, 60'000)));
    const auto frame = smp::decode(input);
    if (frame && frame->body.size() + smp::kHeaderSize != input.size())
        broken("a frame is all of its bytes");

    testing::ManualClock clock;
    smp::Client client(std::make_unique<Parrot>(input), clock);
    smp::OsGroup os(client);
    smp::ImageGroup images(client);
    smp::BootmendGroup bootmend(client);
    ask(os.parameters(), clock);
    ask(os.bootloaderInfo(), clock);
    ask(images.list(), clock);
    ask(images.slotSizes(), clock);
    ask(bootmend.bootState(), clock);
    ask(bootmend.identity(), clock);
    ask(bootmend.flashMap(), clock);
    ask(bootmend.health(), clock);
    ask(bootmend.evidence(), clock);
    return 0;
}
