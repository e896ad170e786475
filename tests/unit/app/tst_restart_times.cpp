// SPDX-License-Identifier: Apache-2.0
#include "app/state/restart_times.h"

#include "app/state/profile_folders.h"
#include "core/base/file_access.h"

#include <QTemporaryDir>
#include <QTest>

using core::estimateRestart;
using core::RestartTime;
using namespace std::chrono_literals;

namespace {

const auto kUnit = QStringLiteral("0042");
constexpr qint64 kMiB = 1024 * 1024;

core::DeviceSnapshot swappingUnit()
{
    return {};
}

core::DeviceSnapshot bootmendUnit()
{
    core::DeviceSnapshot unit;
    unit.bootState = core::BootState{};
    return unit;
}

} // namespace

class TestRestartTimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void remembersTheLastOneOfEachUnit()
    {
        QTemporaryDir folder;
        QVERIFY(!state::lastRestart(folder.path(), kUnit));
        state::rememberRestart(folder.path(), kUnit, {kMiB, 40s});
        state::rememberRestart(folder.path(), kUnit, {kMiB, 41s});
        state::rememberRestart(folder.path(), QStringLiteral("0043"), {kMiB, 2s});
        QCOMPARE(*state::lastRestart(folder.path(), kUnit), (RestartTime{kMiB, 41s}));
        QVERIFY(!state::lastRestart(folder.path(), QStringLiteral("0044")));
    }

    void aDamagedFileIsAsGoodAsNone()
    {
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("restart_times.json"));
        for (const char *content : {"", "{", "[]", R"({"units":{"0042":{"milliseconds":-5}}})"}) {
            QVERIFY(core::replaceFile(file, content).has_value());
            QVERIFY2(!state::lastRestart(folder.path(), kUnit), content);
        }
        state::rememberRestart(folder.path(), kUnit, {kMiB, 1s});
        QVERIFY(state::lastRestart(folder.path(), kUnit).has_value());
    }

    void whatTheUnitDidBeforeCounts()
    {
        QCOMPARE(estimateRestart(bootmendUnit(), kMiB, RestartTime{kMiB / 2, 3s}), 3s);
        QCOMPARE(estimateRestart(swappingUnit(), kMiB, RestartTime{kMiB, 40s}), 40s);
    }

    void aSwapGrowsWithTheImage()
    {
        const auto half = estimateRestart(swappingUnit(), kMiB / 2, {});
        QCOMPARE(half, 20s); // 4 s, and 512 KiB at 32 KiB a second
        QCOMPARE(estimateRestart(swappingUnit(), kMiB, {}), 36s);
        QCOMPARE(estimateRestart(bootmendUnit(), kMiB, {}), 4s);
        QCOMPARE(estimateRestart(swappingUnit(), kMiB, RestartTime{kMiB / 2, 24s}), 44s);
    }

    void profilesOfTheStateFolderCountLast()
    {
        const QStringList folders = state::profileFolders(QStringLiteral("/state"));
        QCOMPARE(folders.first(), QStringLiteral(":/profiles"));
        QCOMPARE(folders.last(), QStringLiteral("/state/profiles"));
        QVERIFY(folders.size() > 2); // The organisation's are between them.
    }
};

QTEST_GUILESS_MAIN(TestRestartTimes)
#include "tst_restart_times.moc"
