// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_status.h"

#include <QTest>

using namespace std::chrono_literals;
using core::ErrorKind;
using dfu::State;
using dfu::Status;

class TestDfuStatus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAReport()
    {
        const auto report = dfu::parseReport(QByteArray::fromHex("0b1027000a07"));
        QVERIFY(report.has_value());
        QCOMPARE(report->status, Status::Vendor);
        QCOMPARE(report->pollTimeOut, 10'000ms);
        QCOMPARE(report->state, State::Error);
        QCOMPARE(report->text, quint8(7));
        QCOMPARE(dfu::parseReport(QByteArray::fromHex("00ffffff0200"))->pollTimeOut, 16'777'215ms);
    }

    void refusesWhatIsNone_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("five bytes") << QByteArray::fromHex("0000000002");
        QTest::newRow("seven bytes") << QByteArray::fromHex("00000000020000");
        QTest::newRow("state 11") << QByteArray::fromHex("000000000b00");
        QTest::newRow("state 255") << QByteArray::fromHex("00000000ff00");
    }

    void refusesWhatIsNone()
    {
        QFETCH(QByteArray, answer);
        QCOMPARE(dfu::parseReport(answer).error().kind, ErrorKind::MalformedReply);
    }

    void everyStateHasItsName()
    {
        QSet<QString> names;
        for (int state = 0; state <= int(State::Error); ++state)
            names.insert(dfu::name(State(state)));
        QCOMPARE(names.size(), 11);
        QCOMPARE(dfu::name(State::DownloadIdle), QStringLiteral("dfuDNLOAD-IDLE"));
        QCOMPARE(dfu::name(State::ManifestWaitReset), QStringLiteral("dfuMANIFEST-WAIT-RESET"));
    }

    void everyStatusHasItsWords()
    {
        QSet<QString> names;
        QSet<QString> meanings;
        for (int status = 0; status <= int(Status::StalledPacket); ++status) {
            names.insert(dfu::name(Status(status)));
            meanings.insert(dfu::meaning(Status(status)));
            const core::Error error = dfu::refusal(Status(status));
            QCOMPARE(error.kind, ErrorKind::RefusedByDevice);
            QCOMPARE(error.deviceCode->code, status);
            QVERIFY(error.reason.has_value());
            QVERIFY(error.detail.contains(dfu::name(Status(status))));
        }
        QCOMPARE(names.size(), 16);
        QCOMPARE(meanings.size(), 16);
        QCOMPARE(dfu::name(Status(0x42)), QStringLiteral("status 0x42"));
        QCOMPARE(dfu::refusal(Status(0x42)).deviceCode->code, 0x42);
        QCOMPARE(dfu::refusal(Status::Verify).reason, core::Reason::ReadbackMismatch);
    }
};

QTEST_GUILESS_MAIN(TestDfuStatus)
#include "tst_dfu_status.moc"
