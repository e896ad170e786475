// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_client.h"
#include "device_protocols/dfu/dfu_detach.h"
#include "device_protocols/dfu/dfuse_client.h"
#include "tests/support/dfu_samples.h"

#include <QTest>

using namespace std::chrono_literals;
using core::Done;
using core::ErrorKind;
using core::Result;
using dfu::Ending;
using dfu::ReadBack;
using testing::DfuBench;
using testing::DfuFault;
using testing::DfuModel;
using testing::DfuTraits;
using testing::firmwareOf;
using testing::kFlashBase;

using Kind = DfuFault::Kind;

namespace {

/// Three blocks, the last one short; over a border of sectors where there are any.
const QByteArray kFirmware = firmwareOf(2500);
const core::FirmwareSegments kSegments{{kFlashBase + 0x3c00, kFirmware}};

/// A device that is updated from beginning to end, again and again.
class Story
{
public:
    explicit Story(DfuTraits traits) : m_bench(std::move(traits)) { }

    /// Whether it was read back.
    Result<ReadBack> update()
    {
        const auto begun = m_bench.begin();
        if (!begun)
            return core::passOn(begun.error());
        return m_bench.unit.traits().isDfuSe ? updateDfuSe() : updatePlain();
    }

    bool holdsFirmware()
    {
        if (!m_bench.unit.traits().isDfuSe)
            return testing::toQt(m_bench.unit.image()) == kFirmware;
        const auto held = m_bench.unit.flash().read(0, kSegments[0].address, std::size_t(kFirmware.size()));
        return held && testing::toQt(*held) == kFirmware;
    }

    /// What a person does: waits for a unit that was updated, plugs in anew what is stuck, and brings it into
    /// DFU mode.
    bool recover(const DfuFault &fault, const Result<ReadBack> &outcome)
    {
        m_bench.unit.setFault({});
        m_bench.run(core::after(15s, m_bench.clock)).value();
        const bool isStuck =
            fault.kind == Kind::EndlessBusy || (outcome && m_bench.unit.mode() == DfuModel::Mode::Dfu);
        if (isStuck)
            m_bench.unit.unplug();
        if (!m_bench.unit.isAttached())
            m_bench.unit.plug();
        return m_bench.run(dfu::enterDfuMode(m_bench.usb, m_bench.facts(), {}, m_bench.clock)).has_value();
    }

    DfuModel &unit() { return m_bench.unit; }
    core::Milliseconds now() const { return m_bench.clock.now(); }

private:
    Result<ReadBack> updatePlain()
    {
        dfu::Client client(*m_bench.session);
        const auto done = m_bench.run(client.download(kFirmware));
        if (!done)
            return core::passOn(done.error());
        const auto left = m_bench.run(client.leave(done->ending));
        if (!left)
            return core::passOn(left.error());
        return done->readBack;
    }

    Result<ReadBack> updateDfuSe()
    {
        const auto memories = m_bench.memories();
        if (!memories)
            return core::passOn(memories.error());
        const auto layout = memories->constFirst().layout;
        if (!layout)
            return core::fail(ErrorKind::MalformedReply, QStringLiteral("no layout"));
        dfu::DfuSeClient client(*m_bench.session, *layout);
        dfu::WriteOrder order{kSegments, dfu::Consent::NotGiven, {}};
        const auto written = m_bench.run(client.write(std::move(order)));
        if (!written)
            return core::passOn(written.error());
        const auto compared = m_bench.run(client.compare(kSegments));
        if (!compared)
            return compared;
        const auto left = m_bench.run(client.leave(kFlashBase));
        if (!left)
            return core::passOn(left.error());
        return compared;
    }

    DfuBench m_bench;
};

struct Expectation {
    const char *name;
    QList<ErrorKind> errors; // beside success
    core::Milliseconds atMost; // that the first attempt takes
};

/// By kind of fault.
const Expectation kExpected[] = {
    {"stall", {ErrorKind::RefusedByDevice}, 1s},
    {"wrong status", {ErrorKind::RefusedByDevice}, 1s},
    {"endless busy", {ErrorKind::TimedOut}, 62s},
    {"short transfer",
     {ErrorKind::TransportFailed, ErrorKind::MalformedReply, ErrorKind::RefusedByDevice},
     12s},
    {"unplug", {ErrorKind::Disconnected}, 1s},
    {"garbage", {ErrorKind::MalformedReply, ErrorKind::RefusedByDevice}, 12s},
    {"silence", {ErrorKind::TimedOut}, 40s},
};

/// Empty when the outcome is what a fault may lead to.
QString judge(const DfuFault &fault, const Result<ReadBack> &outcome, Story &story)
{
    const Expectation &expected = kExpected[int(fault.kind)];
    if (!outcome) {
        const core::Error &error = outcome.error();
        return expected.errors.contains(error.kind) && core::reasonOf(error)
            ? QString()
            : QStringLiteral("error %1: %2").arg(int(error.kind)).arg(error.detail);
    }
    // A unit that cannot be read back cannot know better, either.
    const bool mayDiffer = fault.kind == Kind::Garbage && *outcome == ReadBack::NotPossible;
    return story.holdsFirmware() || mayDiffer ? QString() : QStringLiteral("it says success");
}

} // namespace

class TestDfuFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFaultAtEveryStep_data()
    {
        QTest::addColumn<DfuTraits>("traits");
        QTest::addColumn<Kind>("kind");
        QTest::addColumn<bool>("isLasting");
        const std::pair<const char *, DfuTraits> kUnits[] = {{"tolerant", testing::tolerantUnit()},
                                                             {"waits for a reset", testing::resettingUnit()},
                                                             {"leaves", testing::leavingUnit()},
                                                             {"DfuSe", testing::romUnit()}};
        for (const auto &[name, traits] : kUnits) {
            for (int kind = 0; kind <= int(Kind::Silence); ++kind) {
                QTest::addRow("%s: %s, once", name, kExpected[kind].name) << traits << Kind(kind) << false;
                QTest::addRow("%s: %s, from then on", name, kExpected[kind].name)
                    << traits << Kind(kind) << true;
            }
        }
    }

    void everyFaultAtEveryStep()
    {
        QFETCH(DfuTraits, traits);
        QFETCH(Kind, kind);
        QFETCH(bool, isLasting);
        Story good(traits);
        QVERIFY(good.update().has_value());
        const int steps = good.unit().allRequests();
        for (int step = 0; step < steps; ++step) {
            Story story(traits);
            const DfuFault fault{.kind = kind, .at = step, .isLasting = isLasting};
            story.unit().setFault(fault);
            const Result<ReadBack> outcome = story.update();
            const QString complaint = judge(fault, outcome, story);
            QVERIFY2(complaint.isEmpty(), qPrintable(QStringLiteral("step %1: %2").arg(step).arg(complaint)));
            QVERIFY(story.now() <= kExpected[int(kind)].atMost);
            QVERIFY2(story.recover(fault, outcome), qPrintable(QStringLiteral("step %1").arg(step)));
            const Result<ReadBack> second = story.update();
            QVERIFY2(second.has_value(),
                     second ? ""
                            : qPrintable(
                                QStringLiteral("after step %1: %2").arg(step).arg(second.error().detail)));
            QVERIFY(story.holdsFirmware());
        }
    }
};

QTEST_GUILESS_MAIN(TestDfuFaults)
#include "tst_dfu_faults.moc"
