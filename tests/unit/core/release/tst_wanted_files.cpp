// SPDX-License-Identifier: Apache-2.0
#include "core/release/wanted_files.h"

#include "core/release/bundle_archive.h"
#include "core/release/bundle_evidence.h"
#include "tests/support/vectors.h"
#include "tests/support/wanted_samples.h"

#include <QTest>

using core::Reason;
using test_support::kSampleTime;
using test_support::SampleRelease;

namespace {

const QByteArray kUrl = "https://fw.example/net.bin";
const QByteArray kContent = QByteArray("the network core").repeated(1000);

/// A bundle that leaves its second payload out.
struct Publisher {
    QTemporaryDir folder;
    SampleRelease sample = test_support::releaseAt(kUrl, kContent);

    QString path(const QString &name) const { return folder.filePath(name); }
    core::Result<core::Bundle> create() const { return sample.create(QDir(folder.path())); }

    /// As the fetcher would leave it.
    core::Result<core::Bundle> fetched(const QByteArray &content) const
    {
        auto bundle = create();
        const QString file = path(QStringLiteral("fetched"));
        if (auto written = core::replaceFile(file, content); !bundle || !written)
            return bundle ? core::passOn(written.error()) : bundle;
        bundle->fetched.insert(entryName(), file);
        return bundle;
    }
    static QString entryName() { return QString::fromLatin1(core::Sha256::of(kContent).toHex()); }
};

template<class Value>
QString verdictOf(const core::Result<Value> &result)
{
    if (result)
        return QStringLiteral("taken");
    return result.error().reason ? core::reasonCode(*result.error().reason) : result.error().detail;
}

} // namespace

class TestWantedFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areWhatTheBundleLeavesOut()
    {
        const Publisher publisher;
        const auto bundle = publisher.create();
        QVERIFY2(bundle.has_value(), qPrintable(verdictOf(bundle)));
        QCOMPARE(bundle->files, (QStringList{QStringLiteral("app.bin"), QStringLiteral("notes.md")}));
        const auto wanted = core::wantedFiles(*bundle, publisher.sample.store(), {kSampleTime});
        QVERIFY2(wanted.has_value(), qPrintable(verdictOf(wanted)));
        QCOMPARE(wanted->signedBy, QStringList{publisher.sample.releaseKey.publicKey().keyId()});
        QCOMPARE(wanted->files.size(), 1);
        QCOMPARE(wanted->files[0].url(), QString::fromLatin1(kUrl));
        QCOMPARE(wanted->files[0].size(), kContent.size());
        QCOMPARE(wanted->files[0].sha256(), core::Sha256::of(kContent));
        QCOMPARE(wanted->files[0].name(), Publisher::entryName());
        QCOMPARE(verdictOf(core::verifyBundle(*bundle, publisher.sample.store(), {kSampleTime})),
                 QStringLiteral("PAYLOAD_MISSING"));
    }

    void nothingIsWantedOfAWholeBundle()
    {
        const Publisher publisher;
        SampleRelease whole;
        const auto bundle = whole.create(QDir(publisher.folder.path()));
        QVERIFY(core::wantedFiles(*bundle, whole.store(), {kSampleTime})->files.isEmpty());
    }

    void nobodyUnknownIsBelieved()
    {
        const Publisher publisher;
        const auto verdict = [](const core::Result<core::Bundle> &bundle, const core::TrustStore &store,
                                core::ReleaseTime time = {kSampleTime}) {
            return verdictOf(core::wantedFiles(*bundle, store, time));
        };
        const core::TrustStore store = publisher.sample.store();
        QCOMPARE(verdict(publisher.create(), {}), QStringLiteral("KEY_UNKNOWN"));
        QCOMPARE(verdict(publisher.create(), store, {kSampleTime.addYears(10)}),
                 QStringLiteral("MANIFEST_EXPIRED"));
        QCOMPARE(verdict(publisher.create(), store, {kSampleTime, kSampleTime.addDays(1)}),
                 QStringLiteral("CLOCK_WRONG"));
        QCOMPARE(verdict(publisher.sample.create(QDir(publisher.folder.path()), {}), store),
                 QStringLiteral("SIGNATURE_INVALID"));
        core::TrustStore strict = store;
        strict.releaseThresholds.append({{QStringLiteral("*")}, {QStringLiteral("*")}, 2});
        QCOMPARE(verdict(publisher.create(), strict), QStringLiteral("THRESHOLD_NOT_MET"));
    }

    void theRestOfTheBundleHasToBeRight()
    {
        const Publisher publisher;
        QVERIFY(publisher.create().has_value());
        QByteArray bytes = test_support::contentOf(publisher.path(QStringLiteral("release.bmb")));
        QVERIFY(bytes.contains("# Notes"));
        const auto bundle = core::parseBundle(bytes.replace("# Notes", "# notes"));
        QCOMPARE(verdictOf(core::wantedFiles(*bundle, publisher.sample.store(), {kSampleTime})),
                 QStringLiteral("HASH_MISMATCH"));
    }

    void isInstalledAfterItWasFetched()
    {
        const Publisher publisher;
        const auto bundle = publisher.fetched(kContent);
        QVERIFY(core::wantedFiles(*bundle, publisher.sample.store(), {kSampleTime})->files.isEmpty());
        const auto release = core::verifyBundle(*bundle, publisher.sample.store(), {kSampleTime});
        QVERIFY2(release.has_value(), qPrintable(verdictOf(release)));
        QCOMPARE(release->payloads().size(), 2);
    }

    void whatWasFetchedIsHashedAgain()
    {
        const Publisher publisher;
        for (const QByteArray &content : {QByteArray(kContent).replace("core", "cord"), kContent + 'x',
                                          kContent.chopped(1), QByteArray()}) {
            const auto bundle = publisher.fetched(content);
            QCOMPARE(verdictOf(core::verifyBundle(*bundle, publisher.sample.store(), {kSampleTime})),
                     QStringLiteral("HASH_MISMATCH"));
            QCOMPARE(verdictOf(core::writeWholeBundle(*bundle, publisher.path(QStringLiteral("full.bmb")))),
                     QStringLiteral("HASH_MISMATCH"));
            QVERIFY(!QFile::exists(publisher.path(QStringLiteral("full.bmb"))));
        }
    }

    void aWholeBundleIsTheOneThatWasSigned()
    {
        const Publisher publisher;
        const auto bundle = publisher.fetched(kContent);
        const QString path = publisher.path(QStringLiteral("full.bmb"));
        const auto whole = core::writeWholeBundle(*bundle, path);
        QVERIFY2(whole.has_value(), qPrintable(verdictOf(whole)));
        QCOMPARE(whole->manifestBytes, bundle->manifestBytes);
        QCOMPARE(
            whole->files,
            (QStringList{QStringLiteral("app.bin"), Publisher::entryName(), QStringLiteral("notes.md")}));
        QVERIFY(core::verifyBundle(*whole, publisher.sample.store(), {kSampleTime}).has_value());
        QVERIFY(core::payloadsToFetch(*whole).isEmpty());
        QCOMPARE(QDir(publisher.folder.path()).entryList({QStringLiteral("full.bmb*")}, QDir::AllEntries),
                 QStringList{QStringLiteral("full.bmb")});
        const auto steps = core::writeEvidence(*whole, publisher.sample.store(), {kSampleTime},
                                               publisher.path(QStringLiteral("evidence")));
        QVERIFY(std::any_of(steps->cbegin(), steps->cend(), [](const core::EvidenceStep &step) {
            return step.command.contains(Publisher::entryName());
        }));
    }

    void anImageByAddressIsAskedWhatAnImageIsAsked()
    {
        SampleRelease sample;
        sample.image.product = QStringLiteral("other-product");
        const QByteArray image = *core::createImage(sample.image, sample.bootKey);
        sample.manifest.replace("  file: \"app.bin\"",
                                "  url: \"" + kUrl + "\"\n  size: " + QByteArray::number(image.size())
                                    + "\n  sha256: \"" + core::Sha256::of(image).toHex() + '"');
        const Publisher publisher;
        auto bundle = sample.create(QDir(publisher.folder.path()));
        QVERIFY2(bundle.has_value(), qPrintable(verdictOf(bundle)));
        QCOMPARE(core::wantedFiles(*bundle, sample.store(), {kSampleTime})->files.size(), 1);
        bundle->fetched.insert(QString::fromLatin1(core::Sha256::of(image).toHex()),
                               publisher.path(QStringLiteral("app.bin")));
        QCOMPARE(verdictOf(core::verifyBundle(*bundle, sample.store(), {kSampleTime})),
                 QStringLiteral("INCOMPATIBLE_PRODUCT"));
    }

    void sizeAndHashHaveToBeWritten()
    {
        Publisher publisher;
        publisher.sample.manifest.replace("    size: " + QByteArray::number(kContent.size()) + '\n', "");
        const auto bundle = publisher.create();
        QCOMPARE(verdictOf(bundle), QStringLiteral("MANIFEST_MALFORMED"));
        QVERIFY(bundle.error().detail.contains(QStringLiteral("size and sha256")));
    }

    void noTwoFilesShareAName()
    {
        Publisher publisher;
        publisher.sample.manifest.replace("notes.md", core::Sha256::of(kContent).toHex());
        QCOMPARE(verdictOf(publisher.create()), QStringLiteral("MANIFEST_MALFORMED"));
    }
};

QTEST_GUILESS_MAIN(TestWantedFiles)
#include "tst_wanted_files.moc"
