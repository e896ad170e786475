// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle_evidence.h"

#include "tests/support/release_samples.h"
#include "tests/support/vectors.h"

#include <QTest>

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

using test_support::SampleRelease;

namespace {

const core::ReleaseTime kNow{QDateTime({2026, 12, 1}, {12, 0}, Qt::UTC)};

struct Outcome {
    int exitCode = -1;
    QString output; // standard output and error together
};

/// Runs a command as a person would paste it.
Outcome runInShell(const QString &command)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), command});
    if (!process.waitForFinished())
        return {};
    return {process.exitCode(), QString::fromUtf8(process.readAll()).trimmed()};
}

} // namespace

/// Third-party judgement: every command here is run by the openssl program, which knows nothing of ours.
class TestBundleEvidence : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const bool isThere = !QStandardPaths::findExecutable(QStringLiteral("openssl")).isEmpty()
            && QFile::exists(QStringLiteral("/bin/sh"));
        if (!isThere)
            QSKIP("skipped, because the openssl program or a shell is not there");
    }

    void convincesTheOpensslProgram_data()
    {
        QTest::addColumn<core::KeyAlgorithm>("algorithm");
        for (const core::KeyAlgorithm algorithm : core::kKeyAlgorithms)
            QTest::newRow(qPrintable(core::algorithmName(algorithm))) << algorithm;
    }

    void convincesTheOpensslProgram()
    {
        QFETCH(core::KeyAlgorithm, algorithm);
        const Evidence evidence(QStringLiteral("evidence"), algorithm);
        QCOMPARE(evidence.steps.size(), 4);
        for (const core::EvidenceStep &step : evidence.steps) {
            const Outcome outcome = runInShell(step.command);
            QVERIFY2(outcome.exitCode == 0, qPrintable(step.command + QLatin1Char('\n') + outcome.output));
            QCOMPARE(outcome.output, step.expected);
        }
    }

    void convincesNobodyWhenTheManifestWasChanged()
    {
        const Evidence evidence;
        evidence.change(QStringLiteral("manifest.signed.json"), "\"rollback_index\":10100",
                        "\"rollback_index\":10101");
        QVERIFY(holds(evidence.steps[0]));
        QVERIFY(!holds(evidence.steps[1]));
        QVERIFY(holds(evidence.steps[2]));
    }

    void convincesNobodyWhenThePayloadWasChanged()
    {
        const Evidence evidence;
        evidence.change(QStringLiteral("files/app.bin"), "version 1.1.0", "version 1.1.1");
        QVERIFY(holds(evidence.steps[1]));
        QVERIFY(!holds(evidence.steps[2]));
        QVERIFY(holds(evidence.steps[3]));
    }

    void convincesNobodyWithAnotherKey()
    {
        const Evidence evidence;
        const auto keys = QDir(evidence.path()).entryList({QStringLiteral("key-*.pem")});
        QCOMPARE(keys.size(), 1);
        QVERIFY(core::replaceFile(evidence.path() + QLatin1Char('/') + keys[0],
                                  core::PrivateKey::generate()->publicKey().toPem())
                    .has_value());
        QVERIFY(!holds(evidence.steps[0]));
        QVERIFY(!holds(evidence.steps[1]));
    }

    void offersNothingOfWhoIsNotTrusted()
    {
        const SampleRelease sample;
        QTemporaryDir folder;
        const auto bundle = sample.create(QDir(folder.path()));
        const QString target = folder.filePath(QStringLiteral("evidence"));
        const auto steps = core::writeEvidence(*bundle, core::TrustStore(), kNow, target);
        QVERIFY(steps.has_value());
        QVERIFY(steps->isEmpty());
        QVERIFY(QDir(target).entryList({QStringLiteral("*.pem")}).isEmpty());
        QVERIFY2(QDir(target + QStringLiteral("/files")).isEmpty(), "whoever is unknown fills no disk");
    }

    void survivesAFolderWithAnyName()
    {
        const Evidence evidence(QStringLiteral("it's \"$(here)\" & \\there"));
        for (const core::EvidenceStep &step : evidence.steps.first(2))
            QVERIFY2(holds(step), qPrintable(step.command));
        QCOMPARE(runInShell(evidence.steps[3].command).exitCode, 0);
    }

private:
    /// The evidence of a sample bundle, in a folder of its own.
    struct Evidence {
        SampleRelease sample;
        QTemporaryDir folder;
        QString name;
        QList<core::EvidenceStep> steps;

        explicit Evidence(const QString &folderName = QStringLiteral("evidence"),
                          core::KeyAlgorithm algorithm = core::KeyAlgorithm::Ed25519) :
            name(folderName)
        {
            sample.releaseKey = *core::PrivateKey::generate(algorithm);
            const auto bundle = sample.create(QDir(folder.path()));
            const auto written = core::writeEvidence(*bundle, sample.store(), kNow, path());
            if (!written)
                qFatal("%s", qPrintable(written.error().detail));
            steps = *written;
        }

        QString path() const { return folder.filePath(name); }

        void change(const QString &file, const QByteArray &part, const QByteArray &instead) const
        {
            QByteArray content = test_support::contentOf(path() + QLatin1Char('/') + file);
            if (!content.contains(part))
                qFatal("nothing to change in %s", qPrintable(file));
            const auto written =
                core::replaceFile(path() + QLatin1Char('/') + file, content.replace(part, instead));
            if (!written)
                qFatal("%s", qPrintable(written.error().detail));
        }
    };

    static bool holds(const core::EvidenceStep &step)
    {
        const Outcome outcome = runInShell(step.command);
        return outcome.exitCode == 0 && outcome.output == step.expected;
    }
};

QTEST_GUILESS_MAIN(TestBundleEvidence)
#include "tst_bundle_evidence.moc"
