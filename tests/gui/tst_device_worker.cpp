// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/device_worker.h"

#include "core/async/system_clock.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace {

/// Units come and go as the test says, and nobody answers.
class Desk final : public core::Connector
{
public:
    class Listening final : public core::Subscription
    {
    public:
        explicit Listening(Desk &desk) : m_desk(desk) { }
        ~Listening() override { m_desk.onChange = {}; }

    private:
        Desk &m_desk;
    };

    core::Result<QList<core::FoundUnit>> find() override
    {
        ++searches;
        return units;
    }
    core::Result<core::FoundUnit> resolve(QString) override
    {
        return core::fail(core::ErrorKind::NoSuchDevice, {});
    }
    std::unique_ptr<core::Subscription> watch(std::function<void()> call) override
    {
        onChange = std::move(call);
        return std::make_unique<Listening>(*this);
    }
    core::Task<std::unique_ptr<core::Driver>> open(core::FoundUnit unit) override
    {
        opened.append(core::toText(unit.address));
        co_return core::fail(core::ErrorKind::TransportFailed, QStringLiteral("nobody is there"));
    }

    void plug(const QList<core::FoundUnit> &now)
    {
        units = now;
        onChange();
    }

    QList<core::FoundUnit> units;
    QStringList opened;
    std::function<void()> onChange;
    int searches = 0;
};

core::FoundUnit unitAt(const char *port)
{
    return {QStringLiteral("USB-A"), {core::DeviceAddress::Link::Serial, QLatin1String(port)}};
}

struct Bench {
    Bench() : worker(clock, factory(), {{}, folder.path()}) { worker.openBench({}); }

    gui::ConnectorFactory factory()
    {
        return [this](core::Clock &, const QString &) {
            auto made = std::make_unique<Desk>();
            desk = made.get();
            return made;
        };
    }

    QTemporaryDir folder;
    core::SystemClock clock;
    Desk *desk = nullptr;
    gui::DeviceWorker worker;
};

} // namespace

/// What the device thread does when ports tell of themselves.
class TestDeviceWorker : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsAUnitAsSoonAsItIsTold()
    {
        Bench bench;
        QSignalSpy listed(&bench.worker, &gui::DeviceWorker::unitsListed);
        bench.desk->plug({unitAt("ACM0")});
        QCOMPARE(listed.size(), 1); // At once: no timer is waited for.
        QCOMPARE(listed.first().first().value<QList<gui::UnitSeen>>().size(), 1);
        QTRY_COMPARE(bench.desk->opened, QStringList{QStringLiteral("serial:ACM0")});
        bench.desk->plug({});
        QVERIFY(listed.last().first().value<QList<gui::UnitSeen>>().isEmpty());
    }

    void searchesOnlyWhenItIsTold()
    {
        Bench bench;
        const int searches = bench.desk->searches;
        bench.desk->plug({unitAt("ACM0")});
        QCOMPARE(bench.desk->searches, searches + 1);
    }

    void asksAUnitThatMovedAtItsNewPort()
    {
        Bench bench;
        bench.desk->plug({unitAt("ACM0")});
        QTRY_COMPARE(bench.desk->opened.size(), 1);
        bench.desk->plug({unitAt("ACM1")});
        QTRY_COMPARE(bench.desk->opened.last(), QStringLiteral("serial:ACM1"));
    }

    void followsAUnitToAnotherPort()
    {
        Bench bench;
        bench.desk->plug({unitAt("ACM0")});
        QTRY_COMPARE(bench.desk->opened.size(), 1);
        bench.desk->plug({unitAt("ACM1")});
        QSignalSpy listed(&bench.worker, &gui::DeviceWorker::unitsListed);
        bench.worker.lookAgain(QStringLiteral("USB-A"));
        QTRY_COMPARE(bench.desk->opened.last(), QStringLiteral("serial:ACM1"));
        QCOMPARE(listed.last().first().value<QList<gui::UnitSeen>>().size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestDeviceWorker)
#include "tst_device_worker.moc"
