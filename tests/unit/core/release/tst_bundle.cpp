// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle.h"

#include "core/release/bundle_archive.h"
#include "core/release/verified_release.h"
#include "tests/support/recorded_syncs.h"
#include "tests/support/release_samples.h"
#include "tests/support/vectors.h"

#include <QTest>

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

using core::Bundle;
using core::BundleEntry;
using core::PrivateKey;
using core::Reason;
using test_support::SampleRelease;

namespace {

const QDateTime kNow({2026, 12, 1}, {12, 0}, Qt::UTC);

std::optional<Reason> whyUntrusted(const Bundle &bundle, const core::TrustStore &store)
{
    const auto release = core::verifyBundle(bundle, store, {kNow});
    if (release)
        return std::nullopt;
    if (release.error().kind != core::ErrorKind::Untrusted)
        return Reason::ImageTooLarge; // never expected here: shows up as a difference
    return release.error().reason;
}

/// The entries of a sample bundle, and the way to judge a changed copy of them.
struct Workbench {
    SampleRelease sample;
    QTemporaryDir folder;
    QByteArray bytes;
    QList<BundleEntry> entries;

    Workbench()
    {
        const auto created = sample.create(QDir(folder.path()));
        if (!created)
            qFatal("%s", qPrintable(created.error().detail));
        bytes = test_support::contentOf(folder.filePath(QStringLiteral("release.bmb")));
        entries = *core::readArchive(bytes);
    }

    core::Result<core::VerifiedRelease> verify(const QByteArray &changed) const
    {
        const auto bundle = core::parseBundle(changed);
        if (!bundle)
            return core::passOn(bundle.error());
        return core::verifyBundle(*bundle, sample.store(), {kNow});
    }

    std::optional<Reason> whyRefused(const QByteArray &changed) const
    {
        const auto release = verify(changed);
        return release ? std::nullopt : release.error().reason;
    }
};

} // namespace

class TestBundle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isVerifiedAfterItWasMade()
    {
        const Workbench bench;
        const auto bundle = core::openBundle(bench.folder.filePath(QStringLiteral("release.bmb")));
        QVERIFY2(bundle.has_value(), bundle ? "" : qPrintable(bundle.error().detail));
        const auto release = core::verifyBundle(*bundle, bench.sample.store(), {kNow});
        QVERIFY2(release.has_value(), release ? "" : qPrintable(release.error().detail));
        QCOMPARE(release->signedBy(), QStringList{bench.sample.releaseKey.publicKey().keyId()});
        QCOMPARE(release->payloads().size(), 1);
        QCOMPARE(release->payloads()[0].image->payload(), bench.sample.image.payload);
        QCOMPARE(release->payloads()[0].file.size(), *release->manifest().payloads[0].file.size);
        QCOMPARE(release->releaseNotes(), QByteArray("# Notes\n"));
        QCOMPARE(release->manifestDigest().size(), 32);
    }

    void dependsOnNothingButItsContent()
    {
        const Workbench bench;
        QTemporaryDir other;
        QVERIFY(bench.sample.create(QDir(other.path())).has_value());
        QCOMPARE(test_support::contentOf(other.filePath(QStringLiteral("release.bmb"))), bench.bytes);
        QCOMPARE(*core::writeArchive(bench.entries), bench.bytes);
    }

    void isOnTheDiskWithItsName()
    {
        QTemporaryDir folder;
        const QString home = QFileInfo(folder.path()).canonicalFilePath();
        test_support::recordedSyncs().clear();
        QVERIFY(SampleRelease().create(QDir(home)).has_value());
        QCOMPARE(test_support::recordedSyncs().paths.last(), home);
    }

    void isAZipArchiveForEveryone()
    {
        const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (python.isEmpty())
            QSKIP("skipped, because python3 is not there");
        const Workbench bench;
        QProcess process;
        process.start(python,
                      {QStringLiteral("-c"),
                       QStringLiteral("import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); "
                                      "print(z.testzip(), *[i.filename + ':' + str(i.compress_type) for i in "
                                      "z.infolist()])"),
                       bench.folder.filePath(QStringLiteral("release.bmb"))});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.readAllStandardOutput().trimmed(),
                 QByteArray("None manifest.json:0 app.bin:0 notes.md:0"));
    }

    void namesEachThingThatWasChanged()
    {
        const Workbench bench;
        const auto replaced = [&bench](const QByteArray &part, const QByteArray &instead) {
            QByteArray bytes = bench.bytes;
            [&] { QVERIFY(part.size() == instead.size() && bytes.contains(part)); }();
            return bytes.replace(part, instead);
        };
        QCOMPARE(bench.whyRefused(bench.bytes), std::nullopt);
        QCOMPARE(
            bench.whyRefused(replaced("the firmware, version 1.1.0the", "the firmware, version 1.1.1the")),
            std::optional(Reason::HashMismatch));
        QCOMPARE(bench.whyRefused(replaced("# Notes", "# notes")), std::optional(Reason::HashMismatch));
        QCOMPARE(bench.whyRefused(replaced("\"version\":\"1.1.0\"", "\"version\":\"1.2.0\"")),
                 std::optional(Reason::SignatureInvalid));
        QCOMPARE(bench.whyRefused(replaced("\"rollback_index\":10100", "\"rollback_index\":10101")),
                 std::optional(Reason::SignatureInvalid));
        QCOMPARE(bench.whyRefused(replaced("\"channel\":\"stable\"", "\"channel\":\"stabel\"")),
                 std::optional(Reason::SignatureInvalid));
        QCOMPARE(bench.whyRefused(replaced("\"file\":\"app.bin\"", "\"file\":\"abb.bin\"")),
                 std::optional(Reason::SignatureInvalid));
        QCOMPARE(bench.whyRefused(replaced("\"product\":\"bench", "\"product\":\"bensh")),
                 std::optional(Reason::SignatureInvalid));
        QCOMPARE(bench.whyRefused(replaced("\"schema\":1", "\"schema\":2")),
                 std::optional(Reason::ManifestMalformed));
    }

    void everyFlippedByteOfAPayloadIsAHashMismatch()
    {
        const Workbench bench;
        const qsizetype begin = bench.bytes.indexOf(bench.entries[1].content);
        QVERIFY(begin > 0);
        for (qsizetype at = begin; at < begin + bench.entries[1].content.size(); at += 7) {
            QByteArray bytes = bench.bytes;
            bytes[at] = char(bytes[at] ^ 0x80);
            QCOMPARE(bench.whyRefused(bytes), std::optional(Reason::HashMismatch));
        }
    }

    void noFlippedBitChangesWhatIsInstalled()
    {
        const Workbench bench;
        const auto intact = bench.verify(bench.bytes);
        const qsizetype payload = bench.bytes.indexOf(bench.entries[1].content);
        const qsizetype afterPayload = payload + bench.entries[1].content.size();
        for (qsizetype bit = 0; bit < bench.bytes.size() * 8; bit += 7) {
            if (bit / 8 >= payload && bit / 8 < afterPayload)
                continue; // judged by the test above
            QByteArray bytes = bench.bytes;
            bytes[bit / 8] = char(bytes[bit / 8] ^ (1 << (bit % 8)));
            const auto release = bench.verify(bytes);
            if (!release)
                continue; // a bit of the archive's own bookkeeping may be without meaning
            QCOMPARE(release->manifestDigest(), intact->manifestDigest());
            QCOMPARE(release->payloads()[0].file, intact->payloads()[0].file);
            QCOMPARE(release->releaseNotes(), intact->releaseNotes());
        }
    }

    void isNotOpenedCutOffOrWithSomethingAround()
    {
        const Workbench bench;
        for (qsizetype size = 0; size < bench.bytes.size(); size += 11)
            QVERIFY(!core::parseBundle(bench.bytes.first(size)).has_value());
        QVERIFY(!core::parseBundle(bench.bytes + '\0').has_value());
        QVERIFY(!core::parseBundle("#!/bin/sh\n" + bench.bytes).has_value());
        QVERIFY(!core::parseBundle(bench.bytes + bench.bytes).has_value());
    }

    void refusesAKeyThatIsNotTrusted()
    {
        const Workbench bench;
        const Bundle bundle = *core::parseBundle(bench.bytes);
        QCOMPARE(whyUntrusted(bundle, SampleRelease().store()), std::optional(Reason::KeyUnknown));
        QCOMPARE(whyUntrusted(bundle, core::TrustStore()), std::optional(Reason::KeyUnknown));

        core::TrustStore otherChannel = bench.sample.store();
        otherChannel.releaseKeys[0].channels = {QStringLiteral("dev")};
        QCOMPARE(whyUntrusted(bundle, otherChannel), std::optional(Reason::KeyUnknown));
        core::TrustStore otherProduct = bench.sample.store();
        otherProduct.releaseKeys[0].products = {QStringLiteral("lamp")};
        QCOMPARE(whyUntrusted(bundle, otherProduct), std::optional(Reason::KeyUnknown));

        core::TrustStore bootKeyOnly;
        bootKeyOnly.bootKeys = bench.sample.store().bootKeys;
        QCOMPARE(whyUntrusted(bundle, bootKeyOnly), std::optional(Reason::KeyUnknown));
    }

    void refusesAnImageThatNoUnitWouldBoot()
    {
        const Workbench bench;
        const Bundle bundle = *core::parseBundle(bench.bytes);
        core::TrustStore store = bench.sample.store();
        store.bootKeys[0].key = PrivateKey::generate()->publicKey();
        QCOMPARE(whyUntrusted(bundle, store), std::optional(Reason::KeyUnknown));
        store = bench.sample.store();
        store.bootKeys[0].products = {QStringLiteral("lamp")};
        QCOMPARE(whyUntrusted(bundle, store), std::optional(Reason::KeyUnknown));
        store.bootKeys.clear();
        QCOMPARE(whyUntrusted(bundle, store), std::nullopt);
    }

    void refusesAnImageWhoseSignatureIsWrong()
    {
        const Workbench bench;
        const QString path = bench.folder.filePath(QStringLiteral("app.bin"));
        QByteArray image = test_support::contentOf(path);
        image.back() = char(image.back() ^ 1); // the last byte of the signature; the digest still fits
        QVERIFY(core::replaceFile(path, image).has_value());
        const auto bundle =
            core::createBundle({.manifestPath = bench.folder.filePath(QStringLiteral("manifest.yaml")),
                                .keys = {bench.sample.releaseKey},
                                .outputPath = bench.folder.filePath(QStringLiteral("wrong.bmb"))});
        QVERIFY(bundle.has_value());
        QCOMPARE(whyUntrusted(*bundle, bench.sample.store()), std::optional(Reason::SignatureInvalid));
    }

    void refusesASignedManifestThatSaysAnotherThanItsImage()
    {
        const Workbench bench;
        const auto signedAs = [&bench](const std::function<void(core::Manifest &)> &change) {
            Bundle bundle = *core::parseBundle(bench.bytes);
            change(bundle.document.manifest);
            bundle.document.signedBytes = *core::bytesToSign(bundle.document.manifest);
            bundle.document.signatures[0].value = *bench.sample.releaseKey.sign(bundle.document.signedBytes);
            return whyUntrusted(bundle, bench.sample.store());
        };
        QCOMPARE(signedAs([](core::Manifest &) {}), std::nullopt);
        QCOMPARE(signedAs([](core::Manifest &manifest) { manifest.version.minor = 9; }),
                 std::optional(Reason::ManifestMalformed));
        QCOMPARE(signedAs([](core::Manifest &manifest) { manifest.rollbackIndex = 1; }),
                 std::optional(Reason::ManifestMalformed));
        QCOMPARE(signedAs([](core::Manifest &manifest) { manifest.product = QStringLiteral("lamp"); }),
                 std::optional(Reason::IncompatibleProduct));
        QCOMPARE(signedAs([](core::Manifest &manifest) { manifest.hardware = {QStringLiteral("revC")}; }),
                 std::optional(Reason::IncompatibleHardware));
    }

    void judgesEverySignature()
    {
        const SampleRelease sample;
        QTemporaryDir folder;
        const PrivateKey second = *PrivateKey::generate();
        Bundle bundle = *sample.create(QDir(folder.path()), {sample.releaseKey, second});
        core::TrustStore store = sample.store();
        QCOMPARE(whyUntrusted(bundle, store), std::nullopt);
        store.releaseKeys.append({second.publicKey(), {QStringLiteral("*")}, {QStringLiteral("*")}});
        QCOMPARE(core::verifyBundle(bundle, store, {kNow})->signedBy().size(), 2);

        bundle.document.signatures[1].value = bundle.document.signatures[0].value;
        QCOMPARE(whyUntrusted(bundle, store), std::optional(Reason::SignatureInvalid));
        bundle.document.signatures[1].algorithm = QStringLiteral("rsa-pss-sha256");
        QCOMPARE(whyUntrusted(bundle, store), std::optional(Reason::SignatureInvalid));
        bundle.document.signatures.clear();
        QCOMPARE(whyUntrusted(bundle, store), std::optional(Reason::SignatureInvalid));
    }

    void refusesAReleaseThatExpired()
    {
        const Workbench bench;
        const Bundle bundle = *core::parseBundle(bench.bytes);
        const auto at = [&](const QDateTime &now) {
            return core::verifyBundle(bundle, bench.sample.store(), {now});
        };
        QVERIFY(at(QDateTime({2029, 12, 31}, {23, 59, 59}, Qt::UTC)).has_value());
        const auto expired = at(QDateTime({2030, 1, 1}, {0, 0}, Qt::UTC));
        QVERIFY(!expired.has_value());
        QCOMPARE(expired.error().kind, core::ErrorKind::Untrusted);
        QCOMPARE(expired.error().reason, std::optional(Reason::ManifestExpired));
    }

    void missesAFileAndFindsOneTooMany()
    {
        const Workbench bench;
        QList<BundleEntry> without = bench.entries;
        without.removeAt(1);
        const auto missing = bench.verify(*core::writeArchive(without));
        QCOMPARE(missing.error().kind, core::ErrorKind::Untrusted);
        QCOMPARE(missing.error().reason, std::optional(Reason::PayloadMissing));

        QList<BundleEntry> more = bench.entries;
        more.append({QStringLiteral("more.bin"), "x"});
        const auto added = bench.verify(*core::writeArchive(more));
        QCOMPARE(added.error().kind, core::ErrorKind::InvalidFile);
        QVERIFY(added.error().detail.contains(QStringLiteral("more.bin")));
    }

    void refusesArchivesThatPlayTricks()
    {
        const Workbench bench;
        const auto isReadable = [](const QList<BundleEntry> &entries) {
            return core::parseBundle(*core::writeArchive(entries)).has_value();
        };
        const auto with = [&bench](const QString &name) {
            QList<BundleEntry> entries = bench.entries;
            entries.append({name, "x"});
            return entries;
        };
        QVERIFY(isReadable(with(QStringLiteral("plain.bin"))));
        for (const char *name : {"../up.bin", "/root.bin", "folder/file.bin", "back\\slash", ".hidden",
                                 "app.bin", "manifest.json", "a b", "folder/"})
            QVERIFY2(!isReadable(with(QLatin1String(name))), name);
        QVERIFY(!isReadable(with(QString(129, QLatin1Char('x')))));

        QList<BundleEntry> reordered = bench.entries;
        reordered.swapItemsAt(0, 1);
        QVERIFY(!isReadable(reordered));
        QList<BundleEntry> many = bench.entries;
        for (int index = 0; index < 40; ++index)
            many.append({QStringLiteral("file%1").arg(index), "x"});
        QVERIFY(!isReadable(many));
        QVERIFY(!isReadable({}));
    }

    void refusesToMakeWhatDoesNotAgree_data()
    {
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<QByteArray>("instead");
        QTest::addColumn<int>("reason");
        const auto row = [](const char *name, const char *part, const char *instead, Reason reason) {
            QTest::newRow(name) << QByteArray(part) << QByteArray(instead) << int(reason);
        };
        row("version", "\"1.1.0\"", "\"1.1.1\"", Reason::ManifestMalformed);
        row("rollback index", "10100", "10101", Reason::ManifestMalformed);
        row("product", "\"bench-sensor\"", "\"lamp\"", Reason::IncompatibleProduct);
        row("hardware", "[\"revA\", \"revB\"]", "[\"revA\", \"revC\"]", Reason::IncompatibleHardware);
        row("size", "file: \"app.bin\"", "file: \"app.bin\"\n  size: 3", Reason::HashMismatch);
        row("hash", "file: \"app.bin\"",
            "file: \"app.bin\"\n  sha256: 0000000000000000000000000000000000000000000000000000000000000000",
            Reason::HashMismatch);
        row("not an image", "file: \"app.bin\"", "file: \"manifest.yaml\"", Reason::ImageMalformed);
        row("unknown field", "channel:", "chanel: \"x\"\nchannel:", Reason::ManifestMalformed);
    }

    void refusesToMakeWhatDoesNotAgree()
    {
        QFETCH(QByteArray, part);
        QFETCH(QByteArray, instead);
        QFETCH(int, reason);
        QTemporaryDir folder;
        SampleRelease sample;
        QVERIFY(sample.manifest.contains(part));
        sample.manifest.replace(part, instead);
        const auto bundle = sample.create(QDir(folder.path()));
        QVERIFY(!bundle.has_value());
        QVERIFY2(bundle.error().reason == Reason(reason), qPrintable(bundle.error().detail));
        QVERIFY2(!QFile::exists(folder.filePath(QStringLiteral("release.bmb"))), "nothing is left behind");
    }

    void mayNarrowTheHardwareOfItsImage()
    {
        QTemporaryDir folder;
        SampleRelease sample;
        sample.manifest.replace("[\"revA\", \"revB\"]", "[\"revB\"]");
        QVERIFY(sample.create(QDir(folder.path())).has_value());
    }

    void saysWhichFileIsNotThere()
    {
        QTemporaryDir folder;
        SampleRelease sample;
        sample.manifest.replace("app.bin", "missing.bin");
        const auto bundle = sample.create(QDir(folder.path()));
        QCOMPARE(bundle.error().kind, core::ErrorKind::FileFailed);
        QVERIFY(bundle.error().detail.contains(QStringLiteral("missing.bin")));
    }

    void signsEachKeyOnce()
    {
        QTemporaryDir folder;
        const SampleRelease sample;
        QVERIFY(!sample.create(QDir(folder.path()), {sample.releaseKey, sample.releaseKey}).has_value());
        QVERIFY(sample.create(QDir(folder.path()), {}).has_value());
    }

    void releasesNoImageThatIsConfirmedAlready()
    {
        const QString vectors = test_support::sharedVectors(QStringLiteral("mcuboot"));
        SKIP_WITHOUT_VECTORS(vectors);
        QTemporaryDir folder;
        QVERIFY(QFile::copy(vectors + QStringLiteral("ed25519-padded-confirmed.bin"),
                            folder.filePath(QStringLiteral("app.bin"))));
        const QString manifest = folder.filePath(QStringLiteral("manifest.yaml"));
        QVERIFY(core::replaceFile(manifest,
                                  "version: 2.0.0\nbuild: b\nproduct: p\nhw_compat: [r]\nchannel: dev\n"
                                  "rollback_index: 0\npayload: {file: app.bin}\n")
                    .has_value());
        const auto bundle =
            core::createBundle({.manifestPath = manifest,
                                .keys = {},
                                .outputPath = folder.filePath(QStringLiteral("release.bmb"))});
        QVERIFY(!bundle.has_value());
        QVERIFY(bundle.error().detail.contains(QStringLiteral("confirmed")));
    }
};

QTEST_GUILESS_MAIN(TestBundle)
#include "tst_bundle.moc"
