// SPDX-License-Identifier: Apache-2.0
#include "core/policy/organisation_policy.h"

#include "core/base/file_access.h"

#include <QTemporaryDir>
#include <QTest>

namespace {

const QByteArray kAllowing =
    R"({"schema": 1, "allow_unsigned_imports": true, "products": ["bench-*", "lamp"]})";

QByteArray policyOf(const QByteArray &downloadHosts)
{
    return "{\"schema\": 1, \"download_hosts\": " + downloadHosts + '}';
}

} // namespace

class TestOrganisationPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allowsNothingUnlessTold()
    {
        QVERIFY(!core::OrganisationPolicy{}.allowsUnsignedImport(QStringLiteral("lamp")));
        QVERIFY(!core::loadPolicy({})->allowsUnsignedImport(QStringLiteral("lamp")));
        for (const char *text : {R"({"schema": 1})", R"({"schema": 1, "products": ["*"]})",
                                 R"({"schema": 1, "allow_unsigned_imports": false, "products": ["*"]})"}) {
            const auto policy = core::parsePolicy(text);
            QVERIFY2(policy.has_value(), text);
            QVERIFY2(!policy->allowsUnsignedImport(QStringLiteral("lamp")), text);
        }
    }

    void allowsTheProductsThatItNames()
    {
        const auto policy = core::parsePolicy(kAllowing);
        QVERIFY(policy->allowsUnsignedImport(QStringLiteral("lamp")));
        QVERIFY(policy->allowsUnsignedImport(QStringLiteral("bench-sensor")));
        QVERIFY(!policy->allowsUnsignedImport(QStringLiteral("lamps")));
        QVERIFY(!policy->allowsUnsignedImport(QStringLiteral("other")));
        QVERIFY(!policy->allowsUnsignedImport(QString()));
    }

    void mayAskForASignatureOfTheContent()
    {
        QVERIFY(!core::parsePolicy(kAllowing)->requiresPayloadSignature);
        const QByteArray asking = QByteArray(kAllowing).replace(
            "\"products\"", "\"require_payload_signature\": true, \"products\"");
        QVERIFY(core::parsePolicy(asking)->requiresPayloadSignature);
        QVERIFY(core::parsePolicy(asking)->allowsUnsignedImport(QStringLiteral("lamp")));
        QVERIFY(!core::parsePolicy(QByteArray(asking).replace("signature\": true", "signature\": 1"))
                     .has_value());
    }

    void namesTheServersThatMayBeDownloadedFrom()
    {
        QCOMPARE(core::parsePolicy("{\"schema\": 1}")->downloadHosts, std::nullopt);
        QCOMPARE(core::parsePolicy(policyOf("[]"))->downloadHosts, QStringList());
        QCOMPARE(core::parsePolicy(policyOf("[\"fw.example\", \"*.b.example\"]"))->downloadHosts,
                 (QStringList{QStringLiteral("fw.example"), QStringLiteral("*.b.example")}));
    }

    void refusesWhatItDoesNotUnderstand_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no object") << QByteArray("[]");
        QTest::newRow("no schema") << QByteArray("{}");
        QTest::newRow("schema 2") << QByteArray(R"({"schema": 2})");
        QTest::newRow("misspelled") << QByteArray(R"({"schema": 1, "allow_unsigned_import": true})");
        QTest::newRow("a text") << QByteArray(R"({"schema": 1, "allow_unsigned_imports": "true"})");
        QTest::newRow("twice") << QByteArray(kAllowing).replace("\"schema\": 1",
                                                                "\"schema\": 1, \"schema\": 1");
        QTest::newRow("no products") << QByteArray(R"({"schema": 1, "allow_unsigned_imports": true})");
        QTest::newRow("empty list") << QByteArray(
            R"({"schema": 1, "allow_unsigned_imports": true, "products": []})");
        QTest::newRow("empty name") << QByteArray(kAllowing).replace("lamp", "");
        for (const char *host : {"*", "https://fw.example", "fw.example:8443", ""})
            QTest::addRow("server %s", host) << policyOf("[\"fw.example\", \"" + QByteArray(host) + "\"]");
        QTest::newRow("one server") << policyOf("\"fw.example\"");
        QTest::newRow("number for a name") << QByteArray(kAllowing).replace("\"lamp\"", "1");
    }

    void refusesWhatItDoesNotUnderstand()
    {
        QFETCH(QByteArray, text);
        const auto policy = core::parsePolicy(text);
        QVERIFY(!policy.has_value());
        QCOMPARE(policy.error().kind, core::ErrorKind::InvalidFile);
    }

    void takesTheFirstFileThatExists()
    {
        const QTemporaryDir folder;
        const QString first = folder.filePath(QStringLiteral("first.json"));
        const QString second = folder.filePath(QStringLiteral("second.json"));
        QVERIFY(core::replaceFile(second, kAllowing).has_value());
        QVERIFY(core::loadPolicy({first, second})->allowsUnsignedImport(QStringLiteral("lamp")));
        QVERIFY(core::replaceFile(first, R"({"schema": 1})").has_value());
        QVERIFY(!core::loadPolicy({first, second})->allowsUnsignedImport(QStringLiteral("lamp")));
        // One that cannot be read is not passed over: the next may allow what it forbids.
        QVERIFY(core::replaceFile(first, "{").has_value());
        QCOMPARE(core::loadPolicy({first, second}).error().kind, core::ErrorKind::InvalidFile);
        QVERIFY(QFile::remove(first) && QFile::link(folder.filePath(QStringLiteral("gone")), first));
        QCOMPARE(core::loadPolicy({first, second}).error().kind, core::ErrorKind::FileFailed);
    }
};

QTEST_GUILESS_MAIN(TestOrganisationPolicy)
#include "tst_organisation_policy.moc"
