// SPDX-License-Identifier: Apache-2.0
#include "app/state/own_trust.h"

#include "core/base/file_access.h"
#include "tests/support/read_only.h"
#include "tests/support/root_samples.h"

#include <QCoreApplication>
#include <QDir>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

using core::Reason;

namespace {

bool put(const QString &path, const QByteArray &content)
{
    return QFileInfo(path).dir().mkpath(QStringLiteral(".")) && core::replaceFile(path, content);
}

QByteArray contentOf(const QString &path)
{
    return core::readWholeFile(path, core::kLargestSignedDocument).value_or(QByteArray());
}

QByteArray bytesOf(const core::TrustRoot &root)
{
    return *core::toBytes(root.document);
}

/// A computer: the organisation's folder, a user's, the program's, and its state.
struct Computer {
    Computer()
    {
        qputenv("XDG_CONFIG_DIRS", folder.filePath(QStringLiteral("etc")).toLocal8Bit());
        qputenv("XDG_CONFIG_HOME", folder.filePath(QStringLiteral("user")).toLocal8Bit());
    }
    ~Computer() { QFile::remove(shipped); }
    Q_DISABLE_COPY_MOVE(Computer)

    core::Result<QString> file() const { return state::ownTrustFile(state); }
    core::Result<QString> follow(const QByteArray &origin) const
    {
        const QString path = folder.filePath(QStringLiteral("origin.json"));
        return put(path, origin) ? state::ownTrustFile(state, {path})
                                 : core::fail(core::ErrorKind::FileFailed, path);
    }
    QByteArray kept() const { return contentOf(own); }

    QTemporaryDir folder;
    QString organisation = folder.filePath(QStringLiteral("etc/bootmend/trust.json"));
    QString user = folder.filePath(QStringLiteral("user/bootmend/trust.json"));
    QString shipped = QDir::cleanPath(QCoreApplication::applicationDirPath()
                                      + QStringLiteral("/../share/bootmend/trust.json"));
    QString state = folder.filePath(QStringLiteral("state"));
    QString own = folder.filePath(QStringLiteral("state/trust.json"));
};

/// What went wrong, for a comparison.
QString reasonOf(const core::Result<QString> &file)
{
    if (file)
        return QStringLiteral("none");
    return file.error().reason ? core::reasonCode(*file.error().reason) : file.error().detail;
}

} // namespace

class TestOwnTrust : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasToldCountsBeforeTheBenchAndThisBeforeTheOwn()
    {
        const Computer computer;
        const QString told = QStringLiteral("/told.json"), bench = QStringLiteral("/bench");
        QCOMPARE(state::trustInUse({told, bench, computer.state})->file, told);
        const auto ofBench = state::trustInUse({{}, bench, computer.state});
        QVERIFY(ofBench->file.startsWith(bench) && !ofBench->isOwn);
        QCOMPARE(state::trustInUse({{}, {}, computer.state}).error().reason,
                 std::optional(Reason::KeyUnknown));
        QVERIFY(put(computer.own, "{}"));
        const auto own = state::trustInUse({{}, {}, computer.state});
        QVERIFY(own->file == computer.own && own->isOwn);
    }

    void cleanup()
    {
        qunsetenv("XDG_CONFIG_DIRS");
        qunsetenv("XDG_CONFIG_HOME");
    }

    void withoutAnyNoKeyIsKnown()
    {
        const Computer computer;
        QCOMPARE(reasonOf(computer.file()), QStringLiteral("KEY_UNKNOWN"));
        QVERIFY(!QFileInfo::exists(computer.state));
    }

    void theFirstRootComesFromTheOrganisation()
    {
        const Computer computer;
        const core::TrustRoot ofOrganisation = test_support::SampleRoot().first();
        QVERIFY(put(computer.organisation, bytesOf(ofOrganisation)));
        QVERIFY(put(computer.shipped, bytesOf(test_support::SampleRoot().first())));
        QCOMPARE(*computer.file(), computer.own);
        QCOMPARE(computer.kept(), bytesOf(ofOrganisation));
        QCOMPARE(core::readTrustFile(computer.own)->root->version, ofOrganisation.version);
    }

    void theFirstRootComesWithTheProgram()
    {
        const Computer computer;
        const core::TrustRoot ofProgram = test_support::SampleRoot().first();
        QVERIFY(put(computer.shipped, bytesOf(ofProgram)));
        QCOMPARE(*computer.file(), computer.own);
        QCOMPARE(computer.kept(), bytesOf(ofProgram));
    }

    void aUsersOwnConfigurationIsNoOrganisation()
    {
        const Computer computer;
        QVERIFY(put(computer.user, bytesOf(test_support::SampleRoot().first())));
        QCOMPARE(reasonOf(computer.file()), QStringLiteral("KEY_UNKNOWN"));
    }

    void whatWasAdoptedStaysWhenItsOriginIsGone()
    {
        const Computer computer;
        const core::TrustRoot root = test_support::SampleRoot().first();
        QVERIFY(computer.follow(bytesOf(root)));
        QCOMPARE(*computer.file(), computer.own);
        QCOMPARE(computer.kept(), bytesOf(root));
    }

    void newerRootsAreFollowedAndOlderOnesAreNot()
    {
        const Computer computer;
        const test_support::SampleRoot sample;
        const core::TrustRoot first = sample.first();
        const core::TrustRoot second = sample.rootOf(sample.next(first));
        const core::TrustRoot third = sample.rootOf(sample.next(second));
        QVERIFY(computer.follow(bytesOf(first)));
        QCOMPARE(*computer.follow(bytesOf(third)), computer.own); // Without the one in between.
        QCOMPARE(computer.kept(), bytesOf(third));
        QCOMPARE(*computer.follow(bytesOf(second)), computer.own);
        QCOMPARE(computer.kept(), bytesOf(third));
        QCOMPARE(*computer.follow(bytesOf(third)), computer.own);
        QCOMPARE(computer.kept(), bytesOf(third));
    }

    void aFolderThatCannotBeWrittenWillDoWhileNothingIsNew()
    {
        const Computer computer;
        const test_support::SampleRoot sample;
        const core::TrustRoot first = sample.first();
        QVERIFY(computer.follow(bytesOf(first)));
        const auto restore = test_support::readOnly(computer.state);
        if (!restore)
            QSKIP("skipped, because root may write into every folder");
        QCOMPARE(*computer.follow(bytesOf(first)), computer.own);
        const auto newer = computer.follow(bytesOf(sample.rootOf(sample.next(first))));
        QCOMPARE(newer.error().kind, core::ErrorKind::FileFailed);
        QCOMPARE(computer.kept(), bytesOf(first));
    }

    /// What trust begins with may have expired since; `trust import` leads on from there.
    void aFirstRootMayHaveExpired()
    {
        const Computer computer;
        const test_support::SampleRoot sample;
        core::TrustDraft stale = sample.draft();
        stale.root->expires = QDateTime(QDate(2001, 1, 1), QTime(0, 0), Qt::UTC);
        QVERIFY(computer.follow(bytesOf(sample.rootOf(stale))));
        QCOMPARE(core::readTrustFile(computer.own)->root->version, 1);
    }

    void aForkIsRefusedAndNothingChanges()
    {
        const Computer computer;
        const core::TrustRoot own = test_support::SampleRoot().first();
        QVERIFY(computer.follow(bytesOf(own)));
        const auto forked = computer.follow(bytesOf(test_support::SampleRoot().first()));
        QCOMPARE(reasonOf(forked), QStringLiteral("ROOT_FORKED"));
        QCOMPARE(forked.error().kind, core::ErrorKind::Untrusted);
        QCOMPARE(computer.kept(), bytesOf(own));
    }

    void moreSignaturesAreNoFork()
    {
        const Computer computer;
        const test_support::SampleRoot sample;
        QVERIFY(computer.follow(sample.bytesOf(sample.draft())));
        QCOMPARE(*computer.follow(*core::toBytes(sample.draft(), sample.rootKeys)), computer.own);
    }

    void aLocalTrustFileIsUsedAsItIs()
    {
        const Computer computer;
        const test_support::SampleRoot sample;
        core::TrustDraft local;
        local.store = sample.draft().store;
        QVERIFY(put(computer.organisation, *core::toBytes(local, {})));
        QCOMPARE(*computer.file(), computer.organisation);
        QVERIFY(!QFileInfo::exists(computer.state)); // It has no versions that could be followed.
    }

    void aRootTakesThePlaceOfALocalFileInTheStateFolder()
    {
        const Computer computer;
        const test_support::SampleRoot sample;
        core::TrustDraft local;
        local.store = sample.draft().store;
        QVERIFY(put(computer.own, *core::toBytes(local, {})));
        QCOMPARE(*computer.file(), computer.own);
        QVERIFY(computer.follow(bytesOf(sample.first())));
        QCOMPARE(computer.kept(), bytesOf(sample.first()));
    }

    void aDamagedStateFileIsAnErrorAndStaysAsItIs()
    {
        const Computer computer;
        const test_support::SampleRoot sample;
        QByteArray damaged = bytesOf(sample.rootOf(sample.next(sample.first())));
        damaged.replace("\"root_threshold\":2", "\"root_threshold\":1");
        for (const QByteArray &content : {QByteArray("{\"schema\": 1"), QByteArray(), damaged}) {
            QVERIFY(put(computer.own, content));
            const auto file = computer.follow(bytesOf(sample.first()));
            QVERIFY2(!file, content);
            QCOMPARE(computer.kept(), content);
        }
    }

    void aDamagedOriginIsAnErrorAndNothingChanges()
    {
        const Computer computer;
        const test_support::SampleRoot sample;
        const core::TrustRoot first = sample.first();
        QVERIFY(computer.follow(bytesOf(first)));
        const core::TrustDraft next = sample.next(first);
        const QByteArray tooFew = *core::toBytes(next, sample.rootKeys.first(1));
        QCOMPARE(reasonOf(computer.follow(tooFew)), QStringLiteral("THRESHOLD_NOT_MET"));
        QCOMPARE(computer.follow("no trust file").error().kind, core::ErrorKind::InvalidFile);
        QCOMPARE(computer.kept(), bytesOf(first));
    }

    void aStateFolderThatCannotBeMadeIsAnError()
    {
        const Computer computer;
        QVERIFY(put(computer.state, "a file where the folder should be"));
        QCOMPARE(computer.follow(bytesOf(test_support::SampleRoot().first())).error().kind,
                 core::ErrorKind::FileFailed);
    }
};

QTEST_GUILESS_MAIN(TestOwnTrust)
#include "tst_own_trust.moc"
