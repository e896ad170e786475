// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_file_change.h"

#include "core/base/file_access.h"
#include "tests/support/read_only.h"
#include "tests/support/root_samples.h"

#include <QDir>
#include <QLockFile>
#include <QSysInfo>
#include <QTemporaryDir>
#include <QTest>

#include <thread>
#include <vector>

using core::changeTrustFile;
using core::ErrorKind;
using core::Result;

namespace {

using namespace std::chrono_literals;

using Content = std::optional<QByteArray>;

Result<QByteArray> withOneMore(const Content &now)
{
    return now.value_or(QByteArray()) + 'x';
}

bool makeOld(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadWrite)
        && file.setFileTime(QDateTime::currentDateTimeUtc().addSecs(-3600),
                            QFileDevice::FileModificationTime);
}

} // namespace

class TestTrustFileChange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(QStringLiteral("trust.json"));
        m_lock = QFileInfo(m_folder->path()).canonicalFilePath() + QStringLiteral("/trust.json.lock");
    }

    void givesWhatIsThereAndKeepsWhatIsMadeOfIt()
    {
        const auto first = changeTrustFile(m_path, [](const Content &now) -> Result<QByteArray> {
            return now ? QByteArray("was there") : QByteArray("new");
        });
        QCOMPARE(*first, QByteArray("new"));
        QCOMPARE(*changeTrustFile(m_path, withOneMore), QByteArray("newx"));
        QCOMPARE(content(), QByteArray("newx"));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{QStringLiteral("trust.json")});
    }

    void afterAnErrorTheFileIsWhatItWas()
    {
        QVERIFY(core::replaceFile(m_path, "before"));
        const auto refused = changeTrustFile(m_path, [](const Content &) -> Result<QByteArray> {
            return core::fail(ErrorKind::InvalidFile, QStringLiteral("no"));
        });
        QVERIFY(!refused && refused.error().detail == QStringLiteral("no"));
        QCOMPARE(content(), QByteArray("before"));
        QVERIFY(!QFile::exists(m_lock));
    }

    void aRootNeverGivesWayToAnOlderOne()
    {
        const test_support::SampleRoot sample;
        const QByteArray first = sample.bytesOf(sample.draft());
        const QByteArray second = sample.bytesOf(sample.next(sample.first()));
        QVERIFY(core::replaceFile(m_path, second));
        const auto older =
            changeTrustFile(m_path, [&](const Content &) { return Result<QByteArray>(first); });
        QVERIFY(!older && older.error().reason == core::Reason::RootReplayed);
        QCOMPARE(content(), second);
    }

    /// Threads here; tests/cli does it with programs.
    void nobodysChangeIsLost()
    {
        constexpr int kWriters = 8;
        std::vector<std::thread> writers;
        std::array<bool, kWriters> isDone{};
        for (bool &done : isDone)
            writers.emplace_back([&] { done = changeTrustFile(m_path, withOneMore, 60s).has_value(); });
        for (std::thread &writer : writers)
            writer.join();
        QCOMPARE(std::count(isDone.begin(), isDone.end(), true), kWriters);
        QCOMPARE(content(), QByteArray(kWriters, 'x'));
    }

    void saysWhoHoldsIt_data()
    {
        QTest::addColumn<bool>("isForLong");
        QTest::newRow("since now") << false;
        QTest::newRow("for long") << true;
    }

    void saysWhoHoldsIt()
    {
        QFETCH(bool, isForLong);
        QLockFile other(m_lock);
        QVERIFY(other.tryLock(0));
        QVERIFY(!isForLong || makeOld(m_lock));
        const auto busy = changeTrustFile(m_path, withOneMore, 150ms);
        QVERIFY(!busy);
        QCOMPARE(busy.error().kind, ErrorKind::NotAllowedNow);
        for (const QString &word : {m_path, m_lock, QString::number(QCoreApplication::applicationPid()),
                                    QSysInfo::machineHostName()})
            QVERIFY2(busy.error().detail.contains(word), qPrintable(busy.error().detail));
        QVERIFY(!QFile::exists(m_path));
        other.unlock();
        QVERIFY(changeTrustFile(m_path, withOneMore, 0ms));
    }

    void aLockOfAProgramThatDiedDoesNotCount()
    {
        // As QLockFile writes it; no process has so large a number.
        QVERIFY(core::replaceFile(m_lock,
                                  "2147483647\nbootmend\n" + QSysInfo::machineHostName().toUtf8() + "\n"));
        QVERIFY(changeTrustFile(m_path, withOneMore, 0ms));
        // One that died before it wrote its name counts for half a minute.
        QVERIFY(core::replaceFile(m_lock, QByteArray()));
        const auto unknown = changeTrustFile(m_path, withOneMore, 0ms);
        QVERIFY(!unknown && unknown.error().detail.contains(m_lock));
        QVERIFY(makeOld(m_lock));
        QVERIFY(changeTrustFile(m_path, withOneMore, 0ms));
        QCOMPARE(content(), QByteArray("xx"));
        QVERIFY(!QFile::exists(m_lock));
    }

    void twoNamesOfAFileHaveOneLock()
    {
        const QString link = m_folder->filePath(QStringLiteral("link.json"));
        QVERIFY(QFile::link(m_path, link)); // to what is not there yet
        QVERIFY(changeTrustFile(link, withOneMore));
        QVERIFY(QFileInfo(link).isSymLink());
        QLockFile other(m_lock);
        QVERIFY(other.tryLock(0));
        QVERIFY(!changeTrustFile(link, withOneMore, 0ms));
        QCOMPARE(content(), QByteArray("x"));
    }

    void saysWhatCannotBeWritten()
    {
        QVERIFY(core::replaceFile(m_path, "before"));
        const auto restore = test_support::readOnly(m_folder->path());
        if (!restore)
            QSKIP("skipped, because root may write into every folder");
        const auto refused = changeTrustFile(m_path, withOneMore, 0ms);
        QVERIFY(!refused && refused.error().kind == ErrorKind::FileFailed);
        QVERIFY2(refused.error().detail.contains(m_path), qPrintable(refused.error().detail));
    }

    void aFolderThatIsNotThereIsAnError()
    {
        const auto refused =
            changeTrustFile(m_folder->filePath(QStringLiteral("no/trust.json")), withOneMore, 0ms);
        QVERIFY(!refused && refused.error().kind == ErrorKind::FileFailed);
    }

private:
    QByteArray content() const { return core::readWholeFile(m_path, 1'000'000).value_or(QByteArray()); }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
    QString m_lock;
};

QTEST_GUILESS_MAIN(TestTrustFileChange)
#include "tst_trust_file_change.moc"
