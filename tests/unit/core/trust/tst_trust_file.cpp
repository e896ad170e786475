// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_file.h"

#include "core/base/file_access.h"
#include "tests/support/root_samples.h"

#include <QTemporaryDir>
#include <QTest>

using core::Reason;
using core::TrustDraft;
using core::TrustRoot;
using test_support::SampleRoot;

namespace {

const QDateTime kNow(QDate(2027, 1, 1), QTime(0, 0), Qt::UTC);
const core::ReleaseTime kTime{kNow};

bool put(const QString &path, const TrustRoot &root)
{
    return core::replaceFile(path, *core::toBytes(root.document)).has_value();
}

} // namespace

class TestTrustFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(QStringLiteral("trust.json"));
    }

    void readsBothKinds()
    {
        const SampleRoot sample;
        QVERIFY(core::saveTrustStore(m_path, sample.draft().store).has_value());
        QVERIFY(!core::readTrustFile(m_path)->root);
        QVERIFY(put(m_path, sample.first()));
        const auto file = core::readTrustFile(m_path);
        QVERIFY(file->root);
        QCOMPARE(file->store.releaseKeys.size(), 1);
        QVERIFY(file->store.expires == test_support::kRootExpires);
    }

    void aRootWithoutItsSignaturesIsNoLocalFile()
    {
        const SampleRoot sample;
        const QByteArray bytes = *core::toBytes(sample.draft(), {sample.rootKeys[0]});
        const auto tooFew = core::parseTrustFile(bytes);
        QVERIFY(!tooFew && tooFew.error().reason == Reason::ThresholdNotMet);
        QVERIFY(!core::parseTrustFile(sample.first().document.signedBytes).has_value());
    }

    void importsTheNextVersions()
    {
        const SampleRoot sample;
        const TrustRoot first = sample.first();
        const TrustRoot second = sample.rootOf(sample.next(first));
        const TrustRoot third = sample.rootOf(sample.next(second));
        QVERIFY(put(m_path, first));
        QCOMPARE(core::importRoots(m_path, {second, third}, kTime)->version, 3);
        QCOMPARE(core::readTrustFile(m_path)->root->version, 3);
        QCOMPARE(core::importRoots(m_path, {second, third}, kTime)->version, 3);
        const QByteArray before = *core::readWholeFile(m_path, 100'000);
        const auto older = core::importRoots(m_path, {second}, kTime);
        QVERIFY(!older && older.error().reason == Reason::RootReplayed);
        QCOMPARE(*core::readWholeFile(m_path, 100'000), before);
    }

    /// A chain may lead over versions that have expired; it may not end with one.
    void theLastOfAChainHasToBeInForce()
    {
        const SampleRoot sample;
        const TrustRoot first = sample.first();
        TrustDraft stale = sample.next(first);
        stale.root->expires = kNow.addDays(-1);
        const TrustRoot second = sample.rootOf(stale);
        TrustDraft renewed = sample.next(second);
        renewed.root->expires = kNow.addDays(1);
        QVERIFY(put(m_path, first));
        const auto expired = core::importRoots(m_path, {second}, kTime);
        QVERIFY(!expired && expired.error().reason == Reason::RootExpired);
        QCOMPARE(core::readTrustFile(m_path)->root->version, 1);
        QCOMPARE(core::importRoots(m_path, {second, sample.rootOf(renewed)}, kTime)->version, 3);
    }

    /// Neither for a root that has expired by the true time, nor for one that has not.
    void aClockThatIsBehindJudgesNothing()
    {
        const SampleRoot sample;
        const TrustRoot first = sample.first();
        TrustDraft stale = sample.next(first);
        stale.root->expires = kNow.addDays(-1);
        QVERIFY(put(m_path, first));
        const core::ReleaseTime behind{kNow.addYears(-7), kNow};
        for (const TrustRoot &second : {sample.rootOf(stale), sample.rootOf(sample.next(first))}) {
            for (const auto &judged :
                 {core::importRoots(m_path, {second}, behind), core::followRoots(m_path, {second}, behind)}) {
                QVERIFY(!judged && judged.error().reason == Reason::ClockWrong);
                QCOMPARE(judged.error().kind, core::ErrorKind::NotAllowedNow);
                QCOMPARE(core::readTrustFile(m_path)->root->version, 1);
            }
        }
    }

    void whatCameAlongIsFollowedFromWhatIsThereByThen()
    {
        const SampleRoot sample;
        const TrustRoot first = sample.first();
        const TrustRoot second = sample.rootOf(sample.next(first));
        const TrustRoot third = sample.rootOf(sample.next(second));
        QVERIFY(put(m_path, first));
        QCOMPARE(core::followRoots(m_path, {second}, kTime)->version, 2);
        QVERIFY(put(m_path, third)); // by somebody else
        QCOMPARE(core::followRoots(m_path, {second}, kTime)->version, 3);
        QCOMPARE(core::readTrustFile(m_path)->root->version, 3);
    }

    void whereNoRootIsThereIsNothingToFollow()
    {
        const auto imported = core::importRoots(m_path, {SampleRoot().first()}, kTime);
        QVERIFY(!imported && imported.error().kind == core::ErrorKind::FileFailed);
        QVERIFY(!QFile::exists(m_path));
    }

    void aLocalFileHasNoSuccessor()
    {
        const SampleRoot sample;
        QVERIFY(core::saveTrustStore(m_path, sample.draft().store).has_value());
        const auto imported = core::importRoots(m_path, {sample.first()}, kTime);
        QVERIFY(!imported && imported.error().kind == core::ErrorKind::InvalidFile);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestTrustFile)
#include "tst_trust_file.moc"
