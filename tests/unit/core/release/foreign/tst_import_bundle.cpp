// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/import_bundle.h"

#include "core/release/bundle_archive.h"
#include "core/release/foreign/demo_keys.h"
#include "core/release/verified_release.h"
#include "tests/support/foreign_writers.h"
#include "tests/support/public_test_keys.h"
#include "tests/support/vectors.h"

#include <QTemporaryDir>
#include <QTest>

#include <QCryptographicHash>

using core::Reason;
using core::ReleaseTrust;

namespace {

const core::ReleaseTime kNow{QDateTime({2026, 12, 1}, {12, 0}, Qt::UTC)};
const core::OrganisationPolicy kAllowing{{QStringLiteral("bench-*")}};

core::ImageSpec sampleSpec()
{
    return {.payload = QByteArray("firmware"),
            .version = {1, 2, 3, 0},
            .rollbackIndex = 10203,
            .vendorDomain = QStringLiteral("bootmend.example"),
            .product = QStringLiteral("bench-sensor"),
            .hardwareRevisions = {QStringLiteral("revA")}};
}

QByteArray sampleImage(const core::ImageSpec &spec = sampleSpec())
{
    return *core::createImage(spec, test_support::rfc8032Key(2));
}

QByteArray zipOf(const QByteArray &manifest, const QList<core::BundleEntry> &files)
{
    return *core::writeArchive(files + QList<core::BundleEntry>{{QStringLiteral("manifest.json"), manifest}});
}

core::TrustStore store()
{
    core::TrustStore store;
    store.releaseKeys.append(
        {test_support::rfc8032Key(1).publicKey(), {QStringLiteral("*")}, {QStringLiteral("*")}});
    store.bootKeys.append({test_support::rfc8032Key(2).publicKey(), {QStringLiteral("*")}});
    return store;
}

/// An import into a folder of its own.
struct Import {
    QTemporaryDir folder;
    core::ImportRequest request{.product = QStringLiteral("bench-sensor"),
                                .hardware = {QStringLiteral("revA")},
                                .channel = QStringLiteral("dev"),
                                .outputPath = folder.filePath(QStringLiteral("release.bmb"))};

    core::Result<core::Bundle> of(const QByteArray &file) const
    {
        const auto firmware = core::identify(file);
        if (!firmware)
            return core::passOn(firmware.error());
        return core::importBundle(*firmware, request);
    }
};

/// A file of the bundle, as it lies in its archive.
QByteArray contentOf(const core::Bundle &bundle, const QString &name)
{
    const auto entries = *core::readArchive(test_support::contentOf(bundle.source.path));
    for (const core::BundleEntry &entry : entries)
        if (entry.name == name)
            return entry.content;
    return {};
}

std::optional<Reason> whyRefused(const core::Bundle &bundle, const core::OrganisationPolicy &policy)
{
    const auto release = core::verifyBundle(bundle, store(), kNow, policy);
    return release ? std::nullopt : release.error().reason;
}

} // namespace

class TestImportBundle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fillsTheManifestFromTheImage()
    {
        const QByteArray file = test_support::writeIntelHex({{0x0800c000, sampleImage()}});
        const Import import;
        const auto bundle = import.of(file);
        QVERIFY2(bundle.has_value(), bundle ? "" : qPrintable(bundle.error().detail));
        const core::Manifest &manifest = bundle->document.manifest;
        QCOMPARE(manifest.version, (core::Version{1, 2, 3, 0}));
        QCOMPARE(manifest.rollbackIndex, 10203u);
        QCOMPARE(manifest.product, QStringLiteral("bench-sensor"));
        QCOMPARE(manifest.channel, QStringLiteral("dev"));
        QCOMPARE(manifest.payloads.size(), 1);
        QCOMPARE(manifest.payloads[0].image, QStringLiteral("application"));
        QCOMPARE(contentOf(*bundle, manifest.payloads[0].file.name), sampleImage());
        const core::ManifestOrigin origin{QStringLiteral("intel-hex"),
                                          QCryptographicHash::hash(file, QCryptographicHash::Sha256)};
        QCOMPARE(manifest.imported, std::optional(origin));
        QVERIFY(bundle->document.signatures.isEmpty());
        QCOMPARE(core::openBundle(import.request.outputPath)->document.signedBytes,
                 bundle->document.signedBytes);
    }

    void isTrustedWhenItIsSigned()
    {
        Import import;
        import.request.keys = {test_support::rfc8032Key(1)};
        auto bundle = import.of(sampleImage());
        const auto release = core::verifyBundle(*bundle, store(), kNow);
        QVERIFY(release.has_value());
        QCOMPARE(release->trust(), ReleaseTrust::Signed);
        QCOMPARE(release->signedBy().size(), 1);
        QVERIFY(release->demoKeys().isEmpty());
        // The origin is covered by the signature.
        bundle->document.signedBytes.replace("\"mcuboot\"", "\"forged!\"");
        QCOMPARE(whyRefused(*bundle, {}), std::optional(Reason::SignatureInvalid));
    }

    void aPolicyMayAskForASignatureOfTheContent()
    {
        const auto signer = *core::PrivateKey::generate(core::KeyAlgorithm::EcdsaP256);
        const QByteArray digest = QCryptographicHash::hash(sampleImage(), QCryptographicHash::Sha256);
        Import import;
        auto asking = kAllowing;
        asking.requiresPayloadSignature = true;
        QCOMPARE(whyRefused(*import.of(sampleImage()), asking), std::optional(Reason::SignatureInvalid));

        import.request.contentSignatures = {{ signer.publicKey(), *signer.signDigest(digest) }};
        const core::Bundle bundle = *import.of(sampleImage());
        QCOMPARE(whyRefused(bundle, asking), std::optional(Reason::SignatureInvalid)); // a stranger's
        core::TrustStore trust = store();
        trust.releaseKeys.append({signer.publicKey(), {QStringLiteral("dev")}, {QStringLiteral("bench-*")}});
        const auto release = core::verifyBundle(bundle, trust, kNow, asking);
        QVERIFY(release.has_value());
        QCOMPARE(release->trust(), ReleaseTrust::UnsignedImport);
        QVERIFY(release->signedBy().isEmpty());
        QCOMPARE(release->payloads()[0].signedBy, QStringList{signer.publicKey().keyId()});
        QVERIFY(!core::verifyBundle(bundle, trust, kNow, {}).has_value());
        trust.releaseKeys.last().channels = {QStringLiteral("stable")};
        QVERIFY(!core::verifyBundle(bundle, trust, kNow, asking).has_value());
    }

    void refusesAContentSignatureThatWasExchanged()
    {
        const auto signer = *core::PrivateKey::generate(core::KeyAlgorithm::EcdsaP256);
        const QByteArray digest = QCryptographicHash::hash(sampleImage(), QCryptographicHash::Sha256);
        Import import;
        import.request.contentSignatures = {{ signer.publicKey(), *signer.signDigest(digest) }};
        core::Bundle bundle = *import.of(sampleImage());
        core::TrustStore trust = store();
        trust.releaseKeys.append({signer.publicKey(), {QStringLiteral("*")}, {QStringLiteral("*")}});
        core::DocumentSignature &signature = bundle.document.manifest.payloads[0].signatures[0];
        signature.value = *signer.signDigest(QByteArray(32, 'x'));
        auto refused = core::verifyBundle(bundle, trust, kNow, kAllowing);
        QCOMPARE(refused.error().reason, std::optional(Reason::SignatureInvalid));
        signature = {QStringLiteral("rsa-pss-sha256"), signature.keyId, *signer.signDigest(digest)};
        refused = core::verifyBundle(bundle, trust, kNow, kAllowing);
        QCOMPARE(refused.error().reason, std::optional(Reason::SignatureInvalid));
    }

    void isInstallableUnsignedOnlyByPolicy()
    {
        const Import import;
        const auto bundle = import.of(sampleImage());
        QCOMPARE(whyRefused(*bundle, {}), std::optional(Reason::SignatureInvalid));
        QCOMPARE(whyRefused(*bundle, {{QStringLiteral("lamp")}}), std::optional(Reason::SignatureInvalid));
        const auto release = core::verifyBundle(*bundle, store(), kNow, kAllowing);
        QVERIFY(release.has_value());
        QCOMPARE(release->trust(), ReleaseTrust::UnsignedImport);
        QVERIFY(release->signedBy().isEmpty());
    }

    void noPolicyHelpsWhatIsNoImport()
    {
        const Import import;
        auto bundle = import.of(sampleImage());
        bundle->document.manifest.imported.reset();
        QCOMPARE(whyRefused(*bundle, kAllowing), std::optional(Reason::SignatureInvalid));
    }

    void noPolicyHelpsASignatureOfAStranger()
    {
        Import import;
        import.request.keys = {test_support::rfc8032Key(2)};
        QCOMPARE(whyRefused(*import.of(sampleImage()), kAllowing), std::optional(Reason::KeyUnknown));
    }

    void thePolicyLiftsNothingElse()
    {
        const Import import;
        QVERIFY(import.of(sampleImage()).has_value());
        QByteArray archive = test_support::contentOf(import.request.outputPath);
        archive.replace("firmware", "firmwarE");
        QCOMPARE(whyRefused(*core::parseBundle(archive), kAllowing), std::optional(Reason::HashMismatch));

        core::TrustStore strangers = store();
        strangers.bootKeys = {{test_support::rfc8032Key(1).publicKey(), {QStringLiteral("*")}}};
        const auto release = core::verifyBundle(*import.of(sampleImage()), strangers, kNow, kAllowing);
        QCOMPARE(release.error().reason, std::optional(Reason::KeyUnknown));
    }

    void namesThePublicDemoKeys()
    {
        // Of a demo key there is only the hash here, so its image is not signed: what counts is the name.
        QByteArray image = sampleImage();
        const QByteArray hash =
            QByteArray::fromHex("c1907fa4eac7fae3840a78902b6f0710b037e9968e5c6274a12a28790c7d4e3c");
        QVERIFY(image.contains(test_support::rfc8032Key(2).publicKey().keyHash()));
        image.replace(test_support::rfc8032Key(2).publicKey().keyHash(), hash);
        core::TrustStore withoutBootKeys = store();
        withoutBootKeys.bootKeys.clear();
        const Import import;
        const auto release = core::verifyBundle(*import.of(image), withoutBootKeys, kNow, kAllowing);
        QCOMPARE(release->demoKeys(), QStringList{QStringLiteral("root-ed25519")});
    }

    void makesAPayloadOfEachImage()
    {
        const QByteArray manifest = R"({"format-version": 0, "files": [
            {"file": "app.bin", "image_index": "0"}, {"file": "net.bin", "image_index": "1"}]})";
        core::ImageSpec other = sampleSpec();
        other.payload = "the network core";
        const Import import;
        const auto bundle = import.of(zipOf(
            manifest,
            {{QStringLiteral("app.bin"), sampleImage()}, {QStringLiteral("net.bin"), sampleImage(other)}}));
        QVERIFY2(bundle.has_value(), bundle ? "" : qPrintable(bundle.error().detail));
        const QList<core::ManifestPayload> &payloads = bundle->document.manifest.payloads;
        QCOMPARE(payloads.size(), 2);
        QCOMPARE(payloads[1].image, QStringLiteral("image-1"));
        QCOMPARE(contentOf(*bundle, payloads[1].file.name), sampleImage(other));
    }

    void keepsTheFileOfARomLoader()
    {
        const QByteArray file = test_support::writeUf2({{0x10000000, QByteArray(512, 'x')}});
        Import import;
        QVERIFY(!import.of(file).has_value());
        import.request.version = core::Version{2, 0, 0, 0};
        QVERIFY(!import.of(file).has_value());
        import.request.rollbackIndex = 7;
        const auto bundle = import.of(file);
        QVERIFY(bundle.has_value());
        const core::Manifest &manifest = bundle->document.manifest;
        QCOMPARE(manifest.payloads[0].image, QStringLiteral("rom-image"));
        QCOMPARE(contentOf(*bundle, manifest.payloads[0].file.name), file);
        QCOMPARE(manifest.version, (core::Version{2, 0, 0, 0}));
        QCOMPARE(manifest.rollbackIndex, 7u);
    }

    void refusesWhatLeavesOpenWhatIsMeant_data()
    {
        QTest::addColumn<QByteArray>("file");
        const QByteArray image = sampleImage();
        const QByteArray raw(256, 'x');
        const auto zip = [](const QByteArray &files, const QByteArray &a, const QByteArray &b) {
            return zipOf("{\"format-version\": 0, \"files\": [" + files + "]}",
                         {{QStringLiteral("a"), a}, {QStringLiteral("b"), b}});
        };
        QTest::newRow("variants for slots")
            << zip(R"({"file": "a", "image_index": 0}, {"file": "b", "image_index": 0})", image, image);
        QTest::newRow("no indices") << zip(R"({"file": "a"}, {"file": "b"})", image, image);
        QTest::newRow("one file is no image")
            << zip(R"({"file": "a", "image_index": 0}, {"file": "b", "image_index": 1})", image, raw);
        QTest::newRow("two images in HEX")
            << test_support::writeIntelHex({{0x08000000, image}, {0x08010000, image}});
        QTest::newRow("two families") << test_support::writeUf2({{0, raw}})
                + test_support::writeUf2({{0, raw}}, {.family = 0xe48bff59});
        QTest::newRow("a damaged image") << test_support::writeIntelHex({{0, image.chopped(8)}});
        QTest::newRow("a changed image") << QByteArray(image).replace("firmware", "firmwarE");
    }

    void refusesWhatLeavesOpenWhatIsMeant()
    {
        QFETCH(QByteArray, file);
        Import import;
        import.request.version = core::Version{1, 2, 3, 0};
        import.request.rollbackIndex = 10203;
        const auto bundle = import.of(file);
        QVERIFY(!bundle.has_value());
        QVERIFY(!QFile::exists(import.request.outputPath));
    }

    void refusesNumbersThatTheImageContradicts()
    {
        Import import;
        import.request.version = core::Version{1, 2, 4, 0};
        QCOMPARE(import.of(sampleImage()).error().reason, std::optional(Reason::ManifestMalformed));
        import.request.version.reset();
        import.request.rollbackIndex = 1;
        QCOMPARE(import.of(sampleImage()).error().reason, std::optional(Reason::ManifestMalformed));
        import.request.rollbackIndex.reset();
        import.request.product = QStringLiteral("lamp");
        QCOMPARE(import.of(sampleImage()).error().reason, std::optional(Reason::IncompatibleProduct));
    }
};

QTEST_GUILESS_MAIN(TestImportBundle)
#include "tst_import_bundle.moc"
