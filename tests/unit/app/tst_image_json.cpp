// SPDX-License-Identifier: Apache-2.0
#include "app/events/image_json.h"

#include "app/events/event_json.h"
#include "app/texts/user_texts.h"
#include "tests/support/vectors.h"

#include <QJsonArray>
#include <QTest>

namespace {

QByteArray ownImage()
{
    return test_support::contentOf(
        test_support::dataPath(QStringLiteral("mcuboot/ed25519-custom-protected-tlv.bin")));
}

core::TrustStore ownStore()
{
    core::TrustStore store;
    store.bootKeys.append({*core::PublicKey::fromPem(test_support::contentOf(
                               test_support::dataPath(QStringLiteral("mcuboot/key-ed25519.pub.pem")))),
                           {QStringLiteral("*")}});
    return store;
}

/// The own image with the hash of MCUboot's root-ed25519.pem for that of its key.
QByteArray demoImage()
{
    return ownImage().replace(
        ownStore().bootKeys.constFirst().key.keyHash(),
        QByteArray::fromHex("c1907fa4eac7fae3840a78902b6f0710b037e9968e5c6274a12a28790c7d4e3c"));
}

QJsonObject jsonOf(const QByteArray &file, const core::TrustStore &store)
{
    return events::foreignJson(*core::identify(file), store);
}

QJsonObject firstPart(const QJsonObject &json)
{
    return json[QStringLiteral("parts")].toArray().first().toObject();
}

} // namespace

class TestImageJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsWhatAnImageIsWorth()
    {
        const QJsonObject trusted = jsonOf(ownImage(), ownStore());
        QCOMPARE(trusted[QStringLiteral("format")].toString(), QStringLiteral("mcuboot"));
        QCOMPARE(firstPart(trusted)[QStringLiteral("trust")].toString(), QStringLiteral("trusted"));
        QVERIFY(trusted[QStringLiteral("warnings")].toArray().isEmpty());
        const QJsonObject image = firstPart(trusted)[QStringLiteral("image")].toObject();
        QCOMPARE(image[QStringLiteral("version")].toString(), QStringLiteral("1.2.3"));

        const QJsonObject unknown = jsonOf(ownImage(), {});
        QCOMPARE(unknown[QStringLiteral("warnings")].toArray(), QJsonArray{QStringLiteral("key_unknown")});
    }

    void callsADemoKeyUnsafe()
    {
        const QJsonObject json = jsonOf(demoImage(), ownStore());
        QCOMPARE(json[QStringLiteral("warnings")].toArray(), QJsonArray{QStringLiteral("public_demo_key")});
        QCOMPARE(firstPart(json)[QStringLiteral("public_demo_key")].toString(),
                 QStringLiteral("root-ed25519"));
        const core::ForeignFirmware firmware = *core::identify(demoImage());
        const auto judgement = core::judgeImage(*firmware.parts.constFirst().image, ownStore());
        QVERIFY(texts::judgementSentence(judgement).startsWith(QStringLiteral("UNSAFE")));
    }

    void aPlanSaysWhatItMayBeInstalledBy()
    {
        core::UpdatePlan plan;
        QCOMPARE(events::planJson(plan)[QStringLiteral("trust")].toString(),
                 QStringLiteral("signed by trusted keys"));
        QVERIFY(texts::trustWarnings(plan).isEmpty());
        plan.trust = core::ReleaseTrust::UnsignedImport;
        plan.demoKeys = {QStringLiteral("root-rsa-2048")};
        QCOMPARE(events::trustJson(plan)[QStringLiteral("trust")].toString(),
                 QStringLiteral("unsigned import allowed by policy"));
        QCOMPARE(events::planJson(plan)[QStringLiteral("public_demo_keys")].toArray(),
                 QJsonArray{QStringLiteral("root-rsa-2048")});
        QCOMPARE(texts::trustWarnings(plan).size(), 2);
        QVERIFY(texts::trustWarnings(plan).constFirst().startsWith(QStringLiteral("UNSAFE")));
    }

    void everyJudgementHasASentence()
    {
        for (int trust = 0; trust <= int(core::ImageTrust::OnlyByDevice); ++trust) {
            const core::ImageJudgement judgement{.trust = core::ImageTrust(trust)};
            QVERIFY(!texts::judgementSentence(judgement).isEmpty());
            QVERIFY(!core::imageTrustName(judgement.trust).isEmpty());
        }
    }
};

QTEST_GUILESS_MAIN(TestImageJson)
#include "tst_image_json.moc"
