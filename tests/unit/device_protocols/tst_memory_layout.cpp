// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/memory_layout.h"

#include "device_protocols/dfu/dfuse_plan.h"

#include <QTest>

using core::ErrorKind;
using core::FirmwareSegments;
using core::Reason;
using dfu::Consent;
using dfu::MemoryKind;
using dfu::MemoryLayout;
using dfu::Right;
using dfu::Rights;
using dfu::Sector;
using dfu::SectorRun;

namespace {

const QString kFlash = QStringLiteral("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg");
constexpr quint32 kBase = 0x08000000;
constexpr quint32 kKiB = 1024;

MemoryLayout flash()
{
    return dfu::parseLayout(kFlash).value();
}

} // namespace

class TestMemoryLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAFlash()
    {
        const MemoryLayout layout = flash();
        const Rights all = Right::Read | Right::Erase | Right::Write;
        QCOMPARE(layout.name, QStringLiteral("Internal Flash"));
        QCOMPARE(layout.kind(), MemoryKind::Storage);
        const QList<SectorRun> runs{{kBase, 4, 16 * kKiB, all},
                                    {kBase + 0x10000, 1, 64 * kKiB, all},
                                    {kBase + 0x20000, 7, 128 * kKiB, all}};
        QCOMPARE(layout.runs, runs);
        QCOMPARE(layout.runs.constLast().end(), qint64(kBase) + 0x100000);
    }

    void findsSectors()
    {
        const MemoryLayout layout = flash();
        QCOMPARE(layout.sectorAt(kBase)->address, kBase);
        QCOMPARE(layout.sectorAt(kBase + 0x3fff)->address, kBase);
        QCOMPARE(layout.sectorAt(kBase + 0x4000)->address, kBase + 0x4000);
        QCOMPARE(layout.sectorAt(kBase + 0x1ffff)->size, 64 * kKiB);
        QCOMPARE(layout.sectorAt(kBase + 0xfffff)->address, kBase + 0xe0000);
        QVERIFY(!layout.sectorAt(kBase + 0x100000));
        QVERIFY(!layout.sectorAt(kBase - 1));
        QVERIFY(!layout.sectorAt(-1));
        QVERIFY(!layout.sectorAt(qint64(1) << 32));
    }

    void reads_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<SectorRun>("first");
        QTest::addColumn<MemoryKind>("kind");
        const auto row = [](const char *text, SectorRun first, MemoryKind kind) {
            QTest::newRow(text) << QString::fromLatin1(text) << first << kind;
        };
        const Rights readWrite = Right::Read | Right::Write;
        row("@Option Bytes  /0x1FFFC000/01*016 e", {0x1fffc000, 1, 16, readWrite}, MemoryKind::OptionBytes);
        row("@OTP Memory /0x1FFF7800/01*512 e,01*016 e", {0x1fff7800, 1, 512, readWrite},
            MemoryKind::OneTimeProgrammable);
        row("@Device Feature/0xFFFF0000/01*004 e", {0xffff0000, 1, 4, readWrite}, MemoryKind::DeviceFeature);
        row("@Read only/0x0/1*1Ba", {0, 1, 1, Right::Read}, MemoryKind::Storage);
        row("@No multiplier/0x10/2*16a", {0x10, 2, 16, Right::Read}, MemoryKind::Storage);
        row("@SPI Flash : M25P64 /0x00000000/128*0064Kd", {0, 128, 64 * kKiB, Right::Write},
            MemoryKind::Storage);
        row("@Big/0x90000000/0256*0001Mb", {0x90000000, 256, 1024 * kKiB, Right::Erase}, MemoryKind::Storage);
        row("@Whole memory/0x0/4096*1Mg  ", {0, 4096, 1024 * kKiB, Right::Read | Right::Erase | Right::Write},
            MemoryKind::Storage);
        row("@ / 0x20 /1*1Kc", {0x20, 1, kKiB, Right::Read | Right::Erase}, MemoryKind::Storage);
        row("@Two places/0x2000/1*1Kg/0x1000/1*1Kf", {0x1000, 1, kKiB, Right::Erase | Right::Write},
            MemoryKind::Storage);
    }

    void reads()
    {
        QFETCH(QString, text);
        QFETCH(SectorRun, first);
        QFETCH(MemoryKind, kind);
        const auto layout = dfu::parseLayout(text);
        QVERIFY2(layout.has_value(), layout ? "" : qPrintable(layout.error().detail));
        QCOMPARE(layout->runs.constFirst(), first);
        QCOMPARE(layout->kind(), kind);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        const char *const kBad[] = {
            "",
            "Internal Flash",
            "Internal Flash  /0x08000000/04*016Kg",
            "@Internal Flash",
            "@Internal Flash/0x08000000",
            "@Internal Flash/0x08000000/",
            "@Internal Flash/0x08000000/04*016Kg/",
            "@Internal Flash/08000000/04*016Kg",
            "@Internal Flash/0x/04*016Kg",
            "@Internal Flash/0x+8/04*016Kg",
            "@Internal Flash/0x108000000/04*016Kg",
            "@Internal Flash/0x08000000/04*016K",
            "@Internal Flash/0x08000000/04*016h",
            "@Internal Flash/0x08000000/04*016Kgg",
            "@Internal Flash/0x08000000/04016Kg",
            "@Internal Flash/0x08000000/*016Kg",
            "@Internal Flash/0x08000000/04*Kg",
            "@Internal Flash/0x08000000/00*016Kg",
            "@Internal Flash/0x08000000/04*000Kg",
            "@Internal Flash/0x08000000/-4*016Kg",
            "@Internal Flash/0x08000000/04*016Kg,",
            "@Internal Flash/0x08000000/04*016Kg,x",
            "@Internal Flash/0x08000000/100000*001Kg",
            "@Internal Flash/0x08000000/99999*99999Mg",
            "@Internal Flash/0xfffffff0/01*017 g",
            "@Internal Flash/0xfffffff0/01*016 g,01*001 g",
            "@Internal Flash/0x08000000/04*016Kg/0x0800ffff/01*001Kg",
        };
        for (const char *text : kBad)
            QTest::newRow(text) << QString::fromLatin1(text);
    }

    void refuses()
    {
        QFETCH(QString, text);
        const auto layout = dfu::parseLayout(text);
        QVERIFY(!layout.has_value());
        QCOMPARE(layout.error().kind, ErrorKind::MalformedReply);
    }

    void erasesWhatIsTouchedAndNoMore()
    {
        const FirmwareSegments firmware{{kBase + 100, QByteArray(50, 'a')},
                                        {kBase + 0x200, QByteArray(0x4000, 'b')},
                                        {kBase + 0x20000, QByteArray(1, 'c')}};
        const auto plan = dfu::planWrite(flash(), firmware, Consent::NotGiven);
        QVERIFY(plan.has_value());
        QList<quint32> erased;
        for (const Sector &sector : plan->erased)
            erased.append(sector.address);
        QCOMPARE(erased, (QList<quint32>{kBase, kBase + 0x4000, kBase + 0x20000}));
        QCOMPARE(plan->bytes, 50 + 0x4000 + 1);
        QCOMPARE(plan->lost, 2 * 16 * kKiB + 128 * kKiB - plan->bytes);
    }

    void writesWithoutErasingWhereNothingCanBeErased()
    {
        const auto otp = dfu::parseLayout(QStringLiteral("@External/0x1000/01*512 e")).value();
        const auto plan = dfu::planWrite(otp, {{0x1000, "once"}}, Consent::NotGiven);
        QVERIFY(plan.has_value());
        QVERIFY(plan->erased.isEmpty());
        QCOMPARE(plan->lost, 0);
    }

    void refusesBytesWithoutMemory_data()
    {
        QTest::addColumn<quint32>("address");
        QTest::addColumn<int>("size");
        QTest::newRow("before it") << kBase - 1 << 2;
        QTest::newRow("behind it") << kBase + 0x100000 << 1;
        QTest::newRow("over its end") << kBase + 0xfffff << 2;
        QTest::newRow("in nothing") << quint32(0x20000000) << 4;
        QTest::newRow("at the end of all") << quint32(0xffffffff) << 1;
    }

    void refusesBytesWithoutMemory()
    {
        QFETCH(quint32, address);
        QFETCH(int, size);
        const auto plan = dfu::planWrite(flash(), {{address, QByteArray(size, 'x')}}, Consent::Given);
        QVERIFY(!plan.has_value());
        QCOMPARE(plan.error().kind, ErrorKind::NotAllowedNow);
        QCOMPARE(plan.error().reason, Reason::OutsideMemory);
    }

    void refusesWhatCannotBeWritten()
    {
        const auto rom = dfu::parseLayout(QStringLiteral("@ROM/0x1000/01*512 a")).value();
        QCOMPARE(dfu::planWrite(rom, {{0x1000, "x"}}, Consent::Given).error().reason, Reason::OutsideMemory);
        QVERIFY(dfu::checkReadable(rom, 0x1000, 512).has_value());
        QCOMPARE(dfu::checkReadable(rom, 0x1000, 513).error().kind, ErrorKind::Unsupported);
    }

    void whatChangesTheChipNeedsConsent_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *name : {"Option Bytes ", "OTP Memory", "Device Feature"})
            QTest::newRow(name) << QStringLiteral("@%1/0x1000/01*016 e").arg(QLatin1String(name));
    }

    void whatChangesTheChipNeedsConsent()
    {
        QFETCH(QString, text);
        const MemoryLayout layout = dfu::parseLayout(text).value();
        const FirmwareSegments bytes{{0x1000, "sixteen bytes!!!"}};
        const auto refused = dfu::planWrite(layout, bytes, Consent::NotGiven);
        QCOMPARE(refused.error().kind, ErrorKind::NotAllowedNow);
        QCOMPARE(refused.error().reason, Reason::NeedsConsent);
        QVERIFY(dfu::planWrite(layout, bytes, Consent::Given).has_value());
    }
};

QTEST_GUILESS_MAIN(TestMemoryLayout)
#include "tst_memory_layout.moc"
