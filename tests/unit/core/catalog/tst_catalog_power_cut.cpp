// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/catalog.h"
#include "tests/support/release_samples.h"

#include <QDirIterator>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using core::Catalog;

namespace {

QStringList filesIn(const QString &folder)
{
    QStringList files;
    QDirIterator found(folder, QDir::Files, QDirIterator::Subdirectories);
    while (found.hasNext())
        files.append(found.next());
    return files;
}

} // namespace

/// A catalog that holds one release, and a process that adds another and is stopped on the way.
class TestCatalogPowerCut : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_sample.create(QDir(m_scratch.path())).has_value());
        QVERIFY(core::saveTrustStore(path("trust.json"), m_sample.store()).has_value());
        QVERIFY(QFile::rename(path("release.bmb"), path("old.bmb")));
        m_sample.manifest.replace("build: \"2026", "build: \"2027");
        QVERIFY(m_sample.create(QDir(m_scratch.path())).has_value());
    }

    /// Old or new, nothing beside it, and both can go on.
    void leavesTheOldOrTheNewState()
    {
        int finished = 0;
        int step = 1;
        for (; finished == 0 && step < 500; ++step) {
            const QTemporaryDir folder;
            fill(folder.path());
            finished = adder(folder.path(), step, "release.bmb").exitStatus() == QProcess::NormalExit ? 1 : 0;
            judge(folder.path(), finished ? 2 : 0);
            if (QTest::currentTestFailed())
                qFatal("step %d", step);
        }
        qInfo("%d steps", step - 2);
        QVERIFY(step > 20 && finished);
    }

    /// Putting a damaged file back can be cut anywhere, and done again.
    void aFileThatIsPutBackIsThereOrCanBePutBack()
    {
        bool hasFinished = false;
        int step = 1;
        for (; !hasFinished && step < 500; ++step) {
            const QTemporaryDir folder;
            fill(folder.path());
            const QString object = filesIn(folder.path() + QStringLiteral("/objects")).value(0);
            QVERIFY(QFile::remove(object) && core::replaceFile(object, "damaged").has_value());
            hasFinished = adder(folder.path(), step, "old.bmb").exitStatus() == QProcess::NormalExit;
            if (hasFinished)
                QCOMPARE(m_adder.exitCode(), 0);
            else
                fill(folder.path());
            judge(folder.path(), 1);
            if (QTest::currentTestFailed())
                qFatal("step %d", step);
        }
        QVERIFY(step > 10 && hasFinished);
    }

    void aFullDiskLeavesTheOldState()
    {
        for (const qint64 limit : {qint64(100), qint64(600)}) {
            const QTemporaryDir folder;
            fill(folder.path());
            QCOMPARE(adder(folder.path(), 0, "release.bmb", limit).exitCode(), 1);
            judge(folder.path(), 1);
        }
    }

    void twoProcessesAddAtOnce()
    {
        const QTemporaryDir folder;
        std::vector<std::unique_ptr<QProcess>> processes;
        for (const char *bundle : {"old.bmb", "release.bmb", "old.bmb", "release.bmb"}) {
            processes.push_back(std::make_unique<QProcess>());
            processes.back()->setProcessChannelMode(QProcess::ForwardedErrorChannel);
            processes.back()->start(QStringLiteral(BOOTMEND_KILLED_ADDER),
                                    {folder.path(), path("trust.json"), path(bundle), QStringLiteral("0")});
        }
        for (const auto &process : processes) {
            QVERIFY(process->waitForFinished());
            QCOMPARE(process->exitCode(), 0);
        }
        judge(folder.path(), 2);
    }

private:
    QString path(const char *name) const { return m_scratch.filePath(QLatin1String(name)); }

    void fill(const QString &folder)
    {
        auto catalog = Catalog::open(folder);
        QVERIFY(
            catalog->add(path("old.bmb"), m_sample.store(), {QDateTime::currentDateTimeUtc()}).has_value());
    }

    QProcess &adder(const QString &folder, int step, const char *bundle, qint64 limit = 0)
    {
        QStringList words{folder, path("trust.json"), path(bundle), QString::number(step)};
        if (limit > 0)
            words.append(QString::number(limit));
        m_adder.start(QStringLiteral(BOOTMEND_KILLED_ADDER), words);
        m_adder.waitForFinished();
        return m_adder;
    }

    /// `expected`: so many releases; 0: one or two.
    void judge(const QString &folder, int expected)
    {
        const auto catalog = Catalog::open(folder);
        QVERIFY2(catalog.has_value(), qPrintable(catalog ? QString() : catalog.error().detail));
        const auto releases = *catalog->list();
        QVERIFY(expected ? releases.size() == expected : releases.size() == 1 || releases.size() == 2);
        for (const core::CatalogRelease &release : releases)
            QVERIFY(catalog->bundlePath(release).has_value());
        QCOMPARE(filesIn(folder + QStringLiteral("/objects")).size(), releases.size());
        QCOMPARE(filesIn(folder + QStringLiteral("/incoming")).size(), 0);
        const auto database = core::Database::open(folder + QStringLiteral("/catalog.db"));
        auto intact = database->run(QStringLiteral("PRAGMA integrity_check"));
        QVERIFY(intact && intact->next());
        QCOMPARE(intact->value(0).toString(), QStringLiteral("ok"));
    }

    QTemporaryDir m_scratch;
    test_support::SampleRelease m_sample;
    QProcess m_adder;
};

QTEST_GUILESS_MAIN(TestCatalogPowerCut)
#include "tst_catalog_power_cut.moc"
