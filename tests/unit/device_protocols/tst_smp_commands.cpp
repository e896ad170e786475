// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/cbor_json.h"
#include "device_protocols/smp/command_table.h"
#include "device_protocols/smp/error_names.h"
#include "device_protocols/smp/file_commands.h"
#include "device_protocols/smp/os_commands.h"
#include "device_protocols/smp/shell_commands.h"
#include "device_protocols/smp/smp_client.h"
#include "tests/support/run_task.h"
#include "tests/support/session_channel.h"

#include <QJsonDocument>
#include <QTest>

#include <set>

using core::ErrorKind;
using core::Result;
using smp::Version;

namespace {

QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(u' ', Qt::SkipEmptyParts);
}

QString compact(const QCborMap &map)
{
    return QString::fromUtf8(QJsonDocument(smp::jsonOf(map)).toJson(QJsonDocument::Compact));
}

/// What the command line does: the words to a body, over a recorded session, and the reply to JSON.
Result<QCborMap> runNamed(const char *session, const char *name, const char *parameters)
{
    const smp::TableEntry entry = smp::commandNamed(QLatin1String(name)).value();
    const Result<QCborMap> body = entry.request(words(parameters));
    if (!body)
        return body;
    const QString saved = testing::savedSession(QStringLiteral("smp/") + QLatin1String(session));
    testing::ManualClock clock;
    auto owned = std::make_unique<testing::SessionChannel>(saved);
    const testing::SessionChannel *channel = owned.get();
    smp::Client client(std::move(owned), clock);
    if (saved.isEmpty() || !testing::finish(client.open(), clock))
        return core::fail(ErrorKind::Internal, QStringLiteral("no session %1").arg(QLatin1String(session)));
    const auto reply = testing::finish(client.request(entry.command, *body, entry.patience), clock);
    if (!channel->isPlayedOut() || !channel->complaint().isEmpty())
        return core::fail(ErrorKind::Internal, channel->complaint());
    return reply ? entry.reply(*reply) : reply;
}

} // namespace

/// The table of commands: the words of the command line, the bytes on the wire, and what comes back.
class TestSmpCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Frames of other programs: intercreate's smp package (JPHutchins/smp, tests/binary_regressions), and an
    /// encoder in Python.
    void sendsTheFramesOfOthers_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("parameters");
        QTest::addColumn<int>("version");
        QTest::addColumn<int>("sequence");
        QTest::addColumn<QByteArray>("hex");
        const auto row = [](const char *name, const char *parameters, int version, int sequence,
                            const char *hex) {
            QTest::addRow("%s %s v%d", name, parameters, version + 1)
                << QString::fromLatin1(name) << QString::fromLatin1(parameters) << version << sequence
                << QByteArray(hex);
        };
        row("os-echo", "d=hi", 1, 0, "0a00000600000000a16164626869");
        row("os-echo", "d=hi", 0, 0, "0200000600000000a16164626869");
        row("os-parameters", "", 1, 1, "0800000100000106a0");
        row("image-list", "", 1, 2, "0800000100010200a0");
        row("os-reset", "", 1, 3, "0a00000100000305a0");
        row("os-reset", "boot_mode=1", 1, 4, "0a00000c00000405a169626f6f745f6d6f646501");
        row("fs-read", "off=0 name=test_file.txt", 1, 0,
            "0800001900080000a2636f666600646e616d656d746573745f66696c652e747874");
        row("settings-read", "name=example", 1, 0x34, "0800000e00033400a1646e616d65676578616d706c65");
        row("shell-run", "argv=echo,Hello", 1, 0x42, "0a00001200094200a1646172677682646563686f6548656c6c6f");
    }

    void sendsTheFramesOfOthers()
    {
        QFETCH(QString, name);
        QFETCH(QString, parameters);
        QFETCH(int, version);
        QFETCH(int, sequence);
        QFETCH(QByteArray, hex);
        const smp::TableEntry entry = smp::commandNamed(name).value();
        const auto body = entry.request(words(qPrintable(parameters)));
        QVERIFY2(body.has_value(), body ? "" : qPrintable(body.error().detail));
        const QByteArray frame =
            smp::encode({entry.command, quint8(sequence), Version(version)}, body->toCborValue().toCbor());
        QCOMPARE(frame.toHex(), hex);
    }

    void sendsAnEchoWithASpace()
    {
        const auto body =
            smp::commandNamed(QStringLiteral("os-echo"))->request({QStringLiteral("d=Hello world!")});
        QCOMPARE(smp::encode({smp::Echo::kCommand, 139}, body->toCborValue().toCbor()).toHex(),
                 QByteArray("0a00001000008b00a161646c48656c6c6f20776f726c6421"));
    }

    void readsTheAnswersOfOthers_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<QString>("json");
        const auto row = [](const char *name, const char *hex, const char *json) {
            QTest::newRow(json) << QString::fromLatin1(name) << QByteArray(hex) << QString::fromUtf8(json);
        };
        row("os-echo", "0b00000600000000a16172626869", R"({"r":"hi"})");
        row("os-parameters", "0900001800000106a2686275665f73697a65190180696275665f636f756e7404",
            R"({"buf_count":4,"buf_size":384})");
        row("os-parameters", "0900001600009806a2686275665f73697a6501696275665f636f756e7402",
            R"({"buf_count":2,"buf_size":1})");
        row("fs-write", "0300000b00080200a262726300636f666618a5", R"({"off":165})"); // rc 0 is no failure
    }

    void readsTheAnswersOfOthers()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, hex);
        QFETCH(QString, json);
        const auto message = smp::decode(QByteArray::fromHex(hex));
        QVERIFY(message.has_value());
        const auto body = smp::decodeBody(message->body);
        QVERIFY(smp::refusalIn(*body, message->header.command.group).has_value());
        const auto reply = smp::commandNamed(name)->reply(*body);
        QVERIFY2(reply.has_value(), reply ? "" : qPrintable(reply.error().detail));
        QCOMPARE(compact(*reply), json);
    }

    void readsTheRefusalsOfOthers_data()
    {
        QTest::addColumn<QByteArray>("hex");
        QTest::addColumn<int>("group");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("detail");
        QTest::newRow("v2") << QByteArray("0b00001200010501a163657272a26567726f757001627263181b") << 1 << 27
                            << QStringLiteral("image group: the running version is newer (27)");
        QTest::newRow("v1") << QByteArray("0300000500010605a162726306") << -1 << 6
                            << QStringLiteral("not possible in this state (6)");
    }

    void readsTheRefusalsOfOthers()
    {
        QFETCH(QByteArray, hex);
        QFETCH(int, group);
        QFETCH(int, code);
        QFETCH(QString, detail);
        const auto message = smp::decode(QByteArray::fromHex(hex));
        const auto refusal = smp::refusalIn(*smp::decodeBody(message->body), message->header.command.group);
        QCOMPARE(refusal.error().deviceCode, (core::DeviceCode{group, code}));
        QCOMPARE(refusal.error().detail, detail);
    }

    void runsOverSessions_data()
    {
        QTest::addColumn<QByteArray>("session");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("parameters");
        QTest::addColumn<QString>("json");
        const auto row = [](const char *session, const char *name, const char *parameters, const char *json) {
            QTest::newRow(session) << QByteArray(session) << QByteArray(name) << QByteArray(parameters)
                                   << QString::fromUtf8(json);
        };
        row("task_statistics", "os-tasks", "",
            R"({"tasks":{"idle":{"prio":15,"runtime":0,"state":0,"stksiz":80,"stkuse":14,"tid":1},)"
            R"("main":{"prio":-1,"tid":2}}})");
        row("memory_pools", "os-memory", "", R"({"heap":{"blksiz":32,"min":4,"nblks":16,"nfree":9}})");
        row("date_time", "os-date", "", R"({"datetime":"2026-11-27T10:00:00.000000"})");
        row("set_date_time", "os-set-date", "datetime=2026-11-27T10:00:00", "{}");
        row("application_info", "os-info", "format=a", R"({"output":"Zephyr unit-7 4.4.0"})");
        row("reset_forced", "os-reset", "force=true boot_mode=1", "{}");
        row("statistics_list", "stat-list", "", R"({"stat_list":["smp_svr_stats","uart"]})");
        row("statistics", "stat-read", "name=uart", R"({"fields":{"lost":0,"rx":4294967296},"name":"uart"})");
        row("setting", "settings-read", "name=a/b max_size=8", R"({"max_size":8,"val":"0001ff"})");
        row("setting_written", "settings-write", "name=a/b val=text:on", "{}");
        row("settings_saved", "settings-save", "", "{}");
        row("settings_loaded", "settings-load", "", "{}");
        row("file_hash", "fs-hash", "name=/lfs/a type=crc32",
            R"({"len":5,"output":907060870,"type":"crc32"})");
        row("file_hash_types", "fs-hash-types", "",
            R"({"types":{"crc32":{"format":0,"size":4},"sha256":{"format":1,"size":32}}})");
        row("shell", "shell-run", "argv=kernel,uptime", R"({"o":"Uptime: 5 ms\n","ret":0})");
        row("shell_old", "shell-run", "argv=false", R"({"o":"","rc":-8})");
        row("group_details", "enum-details", "groups=0,1",
            R"({"groups":[{"group":0,"handlers":9,"name":"os mgmt"},{"group":1}]})");
        row("group_entry", "enum-entry", "index=3", R"({"end":true,"group":63})");
        row("storage_erased", "zephyr-erase-storage", "", "{}");
        row("recovery_console_echo", "os-console-echo", "echo=0", "{}");
        row("recovery_image_list", "image-list", "", R"({"images":[{"slot":0,"version":"1.0.0"}]})");
    }

    void runsOverSessions()
    {
        QFETCH(QByteArray, session);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, parameters);
        QFETCH(QString, json);
        const auto reply = runNamed(session.constData(), name.constData(), parameters.constData());
        QVERIFY2(reply.has_value(), reply ? "" : qPrintable(reply.error().detail));
        QCOMPARE(compact(*reply), json);
    }

    /// MCUboot copies the version bits of the request and answers as of version 1 all the same.
    void readsRefusalsOfSerialRecovery()
    {
        const auto erased = runNamed("recovery_no_erase", "image-erase", "slot=1");
        QCOMPARE(erased.error().kind, ErrorKind::Unsupported);
        QCOMPARE(erased.error().detail, QStringLiteral("not supported (8)"));
        const auto echoed = runNamed("recovery_echo_too_long", "os-echo", "d=hi");
        QCOMPARE(echoed.error().deviceCode, (core::DeviceCode{-1, 2}));
    }

    void namesWhatServersSay()
    {
        QCOMPARE(smp::refusalText(1, 3), QStringLiteral("image group: no image in that slot (3)"));
        QCOMPARE(smp::refusalText(8, 11),
                 QStringLiteral("file system group: the offset is not where the file ends (11)"));
        QCOMPARE(smp::refusalText(1, 99), QStringLiteral("image group: code 99"));
        QCOMPARE(smp::refusalText(70, 1), QStringLiteral("group 70, unknown error (1)"));
        QCOMPARE(smp::refusalText(-1, 300), QStringLiteral("code 300"));
        QCOMPARE(smp::groupName(3), QStringLiteral("settings"));
    }

    void everyRowHasItsOwnNameAndPlace()
    {
        std::set<QByteArray> names;
        std::set<std::tuple<int, int, int>> places;
        for (const smp::TableEntry &entry : smp::commandTable()) {
            names.insert(entry.name);
            const smp::Command command = entry.command;
            QVERIFY(command.op == smp::Op::Read || command.op == smp::Op::Write);
            places.insert({int(command.group), command.id, int(command.op)});
        }
        QCOMPARE(qsizetype(names.size()), smp::commandTable().size());
        QCOMPARE(qsizetype(places.size()), smp::commandTable().size());
    }

    void refusesWordsThatMeanNothing_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("parameters");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *name, const char *parameters, const char *part) {
            QTest::addRow("%s %s", name, parameters)
                << QByteArray(name) << QByteArray(parameters) << QString::fromUtf8(part);
        };
        row("os-echo", "", "needs d=text");
        row("os-echo", "hi", "name=value");
        row("os-echo", "d=a d=b", "given twice");
        row("os-echo", "e=a", "no parameter \"e\"");
        row("image-erase", "slot=two", "slot=number");
        row("os-reset", "boot_mode=256", "boot_mode=number");
        row("os-reset", "force=1", "force=true|false");
        row("image-mark", "confirm=true hash=0g", "hash=hex");
        row("image-mark", "confirm=true hash=abc", "hash=hex");
        row("enum-details", "groups=0,x", "groups=");
    }

    void refusesWordsThatMeanNothing()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, parameters);
        QFETCH(QString, part);
        const auto body = smp::commandNamed(QLatin1String(name))->request(words(parameters.constData()));
        QVERIFY(!body.has_value());
        QVERIFY2(body.error().detail.contains(part), qPrintable(body.error().detail));
    }

    void isStrictAboutTypes_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("text") << QByteArray("os-echo") << QByteArray(R"({"r":1})");
        QTest::newRow("missing") << QByteArray("os-echo") << QByteArray("{}");
        QTest::newRow("list") << QByteArray("stat-list") << QByteArray(R"({"stat_list":{}})");
        QTest::newRow("item") << QByteArray("stat-list") << QByteArray(R"({"stat_list":[1]})");
        QTest::newRow("member") << QByteArray("stat-read") << QByteArray(R"({"fields":{"a":"b"}})");
        QTest::newRow("inner") << QByteArray("os-tasks") << QByteArray(R"({"tasks":{"idle":{"prio":"x"}}})");
        QTest::newRow("range") << QByteArray("enum-list") << QByteArray(R"({"groups":[65536]})");
        QTest::newRow("bytes") << QByteArray("settings-read") << QByteArray(R"({"val":"text"})");
    }

    void isStrictAboutTypes()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, json);
        const auto reply = smp::commandNamed(QLatin1String(name))->reply(smp::cborOfJson(json)->toMap());
        QCOMPARE(reply.error().kind, ErrorKind::MalformedReply);
    }

    void isBlindForWhatItDoesNotKnow()
    {
        const auto body = smp::cborOfJson(R"({"r":"hi","vendor":{"x":1},"rc":0})");
        QCOMPARE(compact(*smp::commandNamed(QStringLiteral("os-echo"))->reply(body->toMap())),
                 QStringLiteral(R"({"r":"hi"})"));
    }

    void carriesJsonIntoCborAndBack()
    {
        const auto value = smp::cborOfJson(R"({"a":[1,-2,1.5,true,null,"x"],"b":{"$bytes":"00ff"}})");
        QCOMPARE(value->toMap()[QLatin1String("b")].toByteArray(), QByteArray("\x00\xff", 2));
        QVERIFY(value->toMap()[QLatin1String("a")].toArray().at(0).isInteger());
        QVERIFY(value->toMap()[QLatin1String("a")].toArray().at(2).isDouble());
        QCOMPARE(compact(value->toMap()), QStringLiteral(R"({"a":[1,-2,1.5,true,null,"x"],"b":"00ff"})"));
        QCOMPARE(smp::cborOfJson("{").error().kind, ErrorKind::InvalidFile);
        QCOMPARE(smp::cborOfJson("1,2").error().kind, ErrorKind::InvalidFile);
        QCOMPARE(smp::cborOfJson(R"({"$bytes":"0"})").error().kind, ErrorKind::InvalidFile);
        QVERIFY(!smp::cborOfJson(QByteArray(40, '[') + QByteArray(40, ']')).has_value());
    }
};

QTEST_GUILESS_MAIN(TestSmpCommands)
#include "tst_smp_commands.moc"
