// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_access.h"

#include "tests/support/recorded_syncs.h"

#include <QTemporaryDir>
#include <QTest>

using test_support::recordedSyncs;

class TestFileAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_home = QFileInfo(m_folder->path()).canonicalFilePath();
        m_path = m_home + QStringLiteral("/secret");
        recordedSyncs().clear();
    }

    void aSecretIsItsOwnersAndNew()
    {
        QVERIFY(core::createSecretFile(m_path, "a secret"));
        QCOMPARE(*core::readWholeFile(m_path, 100), QByteArray("a secret"));
        QCOMPARE(QFileInfo(m_path).permissions()
                     & ~(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser),
                 QFile::Permissions());
        const auto again = core::createSecretFile(m_path, "another");
        QVERIFY(!again && again.error().kind == core::ErrorKind::FileFailed);
        QCOMPARE(*core::readWholeFile(m_path, 100), QByteArray("a secret"));
    }

    void aSecretIsOnTheDiskBeforeItsNameIs()
    {
        QVERIFY(core::createSecretFile(m_path, "a secret"));
        QCOMPARE(recordedSyncs().paths, (QStringList{m_path, m_home}));
    }

    void aSecretThatMayBeLostIsNotLeftBehind_data()
    {
        QTest::addColumn<bool>("isTheFolder");
        QTest::newRow("the file") << false;
        QTest::newRow("the folder") << true;
    }

    void aSecretThatMayBeLostIsNotLeftBehind()
    {
        QFETCH(bool, isTheFolder);
        recordedSyncs().failing = isTheFolder ? m_home : m_path;
        const auto written = core::createSecretFile(m_path, "a secret");
        QVERIFY(!written && written.error().kind == core::ErrorKind::FileFailed);
        QVERIFY(!QFile::exists(m_path));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_home; // the folder
    QString m_path;
};

QTEST_GUILESS_MAIN(TestFileAccess)
#include "tst_file_access.moc"
