// SPDX-License-Identifier: Apache-2.0
#include "core/device/device_profile.h"

#include "core/base/file_access.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using core::DeviceAddress;
using core::DeviceProfile;
using core::LinePolicy;
using core::Port;
using core::ProfileBook;
using core::UsbIds;

namespace {

const QString kShipped = QStringLiteral(BOOTMEND_SOURCE_DIR "/resources/profiles");

QByteArray profileWith(const QByteArray &members, const QByteArray &usb = R"([{"vid":"2fe3"}])")
{
    return R"({"schema":1,"name":"Lamp","usb":)" + usb + (members.isEmpty() ? "" : ",") + members + '}';
}

core::Result<DeviceProfile> parse(const QByteArray &bytes)
{
    return core::parseProfile(QStringLiteral("lamp"), bytes);
}

Port port(quint16 vendor, quint16 product, const QString &serial = {}, const QString &name = {})
{
    return {.location = QStringLiteral("/dev/ttyACM0"),
            .usb = UsbIds{vendor, product},
            .serialNumber = serial,
            .product = name};
}

DeviceProfile known(const QString &id, core::UsbMatch match)
{
    return {.id = id, .name = id, .usb = {match}};
}

} // namespace

class TestDeviceProfile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryMember()
    {
        const auto profile = parse(profileWith(
            R"("link":"serial","baud":1000000,"framing":"raw","dtr":"raise","rts":"lower",)"
            R"("recovery_entry":"Hold the button.","health":[{"check":"lamp","within_seconds":30}])",
            R"([{"vid":"2fe3","pid":"00ff","serial":["L-*"],"product":["Lamp"]}])"));
        QVERIFY2(profile.has_value(), profile ? "" : qPrintable(profile.error().detail));
        QCOMPARE(profile->baud, 1'000'000);
        QCOMPARE(profile->framing, DeviceAddress::Framing::Raw);
        QCOMPARE(profile->dtr, LinePolicy::Raise);
        QCOMPARE(profile->rts, LinePolicy::Lower);
        QCOMPARE(profile->recoveryEntry, QStringLiteral("Hold the button."));
        QCOMPARE(profile->health.constFirst().check, QStringLiteral("lamp"));
        QCOMPARE(profile->health.constFirst().within, std::chrono::seconds(30));
        QCOMPARE(*profile->usb.constFirst().product, quint16(0x00ff));
    }

    void leavesTheLinesAloneUnlessTold()
    {
        const auto profile = parse(profileWith({}));
        QVERIFY(profile.has_value());
        QCOMPARE(profile->dtr, LinePolicy::Leave);
        QCOMPARE(profile->rts, LinePolicy::Leave);
        QCOMPARE(profile->baud, 115'200);
        QCOMPARE(profile->framing, DeviceAddress::Framing::Console);
    }

    void refusesWhatIsNoProfile_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("complaint");
        const auto row = [](const char *name, const QByteArray &bytes, const char *complaint) {
            QTest::newRow(name) << bytes << QString::fromLatin1(complaint);
        };
        row("not JSON", "lamp", "");
        row("misspelled policy", profileWith(R"("dts":"lower")"), "dts");
        row("unknown policy", profileWith(R"("dtr":"toggle")"), "dtr");
        row("policy of another type", profileWith(R"("rts":false)"), "rts");
        row("unknown framing", profileWith(R"("framing":"slip")"), "framing");
        row("unknown link", profileWith(R"("link":"can")"), "link");
        row("baud too low", profileWith(R"("baud":0)"), "baud");
        row("baud too high", profileWith(R"("baud":12000001)"), "baud");
        row("no USB device", profileWith({}, "[]"), "usb");
        row("no vendor", profileWith({}, R"([{"pid":"0100"}])"), "usb[0].vid");
        row("upper case", profileWith({}, R"([{"vid":"2FE3"}])"), "usb[0].vid");
        row("short id", profileWith({}, R"([{"vid":"2fe"}])"), "usb[0].vid");
        row("id as a number", profileWith({}, R"([{"vid":12259}])"), "usb[0].vid");
        row("unknown member of a match", profileWith({}, R"([{"vid":"2fe3","class":2}])"), "class");
        row("no pattern", profileWith({}, R"([{"vid":"2fe3","serial":[]}])"), "usb[0].serial");
        row("empty pattern", profileWith({}, R"([{"vid":"2fe3","product":[""]}])"), "usb[0].product");
        row("check without time", profileWith(R"("health":[{"check":"lamp"}])"), "within_seconds");
        row("no name", R"({"schema":1,"name":"","usb":[{"vid":"2fe3"}]})", "name");
        row("next schema", R"({"schema":2,"name":"Lamp","usb":[{"vid":"2fe3"}]})", "schema");
        row("too long", profileWith("\"recovery_entry\":\"" + QByteArray(1001, 'x') + "\""),
            "recovery_entry");
    }
    void refusesWhatIsNoProfile()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, complaint);
        const auto profile = parse(bytes);
        QVERIFY(!profile.has_value());
        QCOMPARE(profile.error().kind, core::ErrorKind::InvalidFile);
        QVERIFY2(profile.error().detail.contains(complaint), qPrintable(profile.error().detail));
    }

    void refusesNamesThatAreNoFileNames()
    {
        for (const char *id : {"", "Lamp", "../lamp", "lamp.old", "l\u00e4mp"})
            QVERIFY2(!core::parseProfile(QString::fromUtf8(id), profileWith({})).has_value(), id);
    }

    void knowsPortsByTheirIds()
    {
        const core::UsbMatch all{.vendor = 0x2fe3};
        QVERIFY(all.matches(port(0x2fe3, 1)));
        QVERIFY(!all.matches(port(0x1915, 1)));
        QVERIFY(!all.matches(Port{.location = QStringLiteral("/dev/ttyS0")}));
        const core::UsbMatch some{.vendor = 0x2fe3,
                                  .product = 0x0100,
                                  .serialPatterns = {QStringLiteral("L-*")},
                                  .productPatterns = {QStringLiteral("Lamp")}};
        QVERIFY(some.matches(port(0x2fe3, 0x0100, QStringLiteral("L-1"), QStringLiteral("Lamp"))));
        QVERIFY(!some.matches(port(0x2fe3, 0x0101, QStringLiteral("L-1"), QStringLiteral("Lamp"))));
        QVERIFY(!some.matches(port(0x2fe3, 0x0100, QStringLiteral("K-1"), QStringLiteral("Lamp"))));
        QVERIFY(!some.matches(port(0x2fe3, 0x0100, QStringLiteral("L-1"), QStringLiteral("Lamps"))));
    }

    void theMostPreciseProfileCounts()
    {
        const ProfileBook book(
            {known(QStringLiteral("a-vendor"), {.vendor = 0x2fe3}),
             known(QStringLiteral("b-product"), {.vendor = 0x2fe3, .product = 0x0100}),
             known(QStringLiteral("c-named"),
                   {.vendor = 0x2fe3, .product = 0x0100, .productPatterns = {QStringLiteral("Lamp*")}})});
        QCOMPARE(book.profileFor(port(0x2fe3, 7))->id, QStringLiteral("a-vendor"));
        QCOMPARE(book.profileFor(port(0x2fe3, 0x0100))->id, QStringLiteral("b-product"));
        const Port lamp = port(0x2fe3, 0x0100, {}, QStringLiteral("Lamp 2"));
        QCOMPARE(book.profileFor(lamp)->id, QStringLiteral("c-named"));
        QVERIFY(!book.profileFor(port(0x0403, 0x6001)));
    }

    void aSiteReplacesAProfileByItsName()
    {
        QTemporaryDir site;
        const QString file = site.filePath(QStringLiteral("zephyr_cdc_acm.json"));
        QVERIFY(core::replaceFile(file, profileWith(R"("dtr":"lower")")).has_value());
        QVERIFY(core::replaceFile(site.filePath(QStringLiteral("notes.txt")), "no profile").has_value());
        const auto book = ProfileBook::read({kShipped, site.path(), site.filePath(QStringLiteral("none"))});
        QVERIFY2(book.has_value(), book ? "" : qPrintable(book.error().detail));
        QCOMPARE(book->profileFor(port(0x2fe3, 0x0100))->dtr, LinePolicy::Lower);
        QCOMPARE(book->profiles().size(), QDir(kShipped).entryList({QStringLiteral("*.json")}).size());
    }

    void aDamagedProfileOfASiteIsNotPassedOver()
    {
        QTemporaryDir site;
        QVERIFY(core::replaceFile(site.filePath(QStringLiteral("lamp.json")), "{").has_value());
        const auto book = ProfileBook::read({kShipped, site.path()});
        QVERIFY(!book.has_value());
        QVERIFY(book.error().during.join(u' ').contains(QStringLiteral("lamp.json")));
    }

    void whatIsShippedKnowsItsDevicesAndNoAdapters()
    {
        const auto book = ProfileBook::read({kShipped});
        QVERIFY2(book.has_value(), book ? "" : qPrintable(book.error().detail));
        QVERIFY(book->profileFor(port(0x2fe3, 0x0100)));
        const Port dongle = port(0x2fe3, 0x0100, {}, QStringLiteral("MCUBOOT"));
        QCOMPARE(book->profileFor(dongle)->id, QStringLiteral("mcuboot_serial_recovery"));
        // Adapters say nothing of what is behind them: FTDI, CP210x, CH340, an Arduino, an ESP32's own port.
        const QList<UsbIds> others{
            {0x0403, 0x6001}, {0x10c4, 0xea60}, {0x1a86, 0x7523}, {0x2341, 0x0043}, {0x303a, 0x1001}};
        for (const UsbIds &ids : others)
            QVERIFY2(!book->profileFor(port(ids.vendor, ids.product)), qPrintable(toText(ids)));
    }
};

QTEST_GUILESS_MAIN(TestDeviceProfile)
#include "tst_device_profile.moc"
