// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"

#include <QCryptographicHash>
#include <QDirIterator>

using testing::Ran;
using testing::ScratchBench;

namespace {

/// A bench with the catalog that belongs to it.
struct Station {
    ScratchBench bench;

    explicit Station(const QString &units = QStringLiteral("--unit healthy")) : bench(units.split(u' ')) { }

    /// Words without spaces; "%1" is the folder of the bench's releases.
    Ran run(const QString &words) const { return bench.run(at(words).split(u' ')); }
    QString at(const QString &words) const
    {
        return QString(words).replace(QStringLiteral("%1"), bench.path() + QStringLiteral("/releases"));
    }
    QString catalogFolder() const { return bench.path() + QStringLiteral("/state/catalog"); }

    QStringList objects() const
    {
        QStringList files;
        QDirIterator found(catalogFolder() + QStringLiteral("/objects"), QDir::Files,
                           QDirIterator::Subdirectories);
        while (found.hasNext())
            files.append(found.next());
        return files;
    }
    /// A digest of the unit's flash, taken once the unit answers: a boot writes its own evidence.
    QByteArray flash() const
    {
        run(QStringLiteral("inspect healthy-1"));
        QFile file(bench.flash(QStringLiteral("healthy-1")));
        return file.open(QIODevice::ReadOnly)
            ? QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256)
            : QByteArray();
    }
};

QList<QJsonObject> releasesOf(const Ran &ran)
{
    QList<QJsonObject> releases;
    for (const QJsonValue &one : ran.result()[QStringLiteral("releases")].toArray())
        releases.append(one.toObject());
    return releases;
}

/// A member of each release, with commas between them.
QString each(const Ran &ran, const char *member)
{
    QStringList values;
    for (const QJsonObject &release : releasesOf(ran))
        values.append(release[QLatin1String(member)].toString());
    return values.join(u',');
}

QJsonObject noteOf(const Ran &ran, const char *note)
{
    for (const QJsonObject &line : ran.lines)
        if (line[QStringLiteral("note")].toString() == QLatin1String(note))
            return line;
    return {};
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
}

/// Exit code, outcome and reason in one text.
QString verdict(const Ran &ran)
{
    return QStringLiteral("%1 %2 %3").arg(ran.exitCode).arg(ran.outcome(), ran.reason()).trimmed();
}

const auto kDone = QStringLiteral("0 ok");
const auto kBlocked = QStringLiteral("4 refused BUILD_BLOCKED");
const auto kUpdate = QStringLiteral("update healthy-1 catalog:bench-sensor@1.1.0");

} // namespace

/// The catalog by the command line, and units that are spared what it has something against.
class TestCliCatalog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsListsAndShows()
    {
        const Station station;
        QVERIFY2(station.bench.up.exitCode == 0, station.bench.up.story());
        const auto add = QStringLiteral("catalog add %1/1.0.0.bmb %1/1.1.0.bmb");
        const Ran added = station.run(add);
        QCOMPARE(verdict(added), kDone);
        QCOMPARE(each(added, "status"), QStringLiteral("new,new"));
        QCOMPARE(each(station.run(add), "status"), QStringLiteral("already_there,already_there"));

        QCOMPARE(each(station.run(QStringLiteral("catalog list")), "version"), QStringLiteral("1.1.0,1.0.0"));
        QCOMPARE(each(station.run(QStringLiteral("catalog list --search BENCH-1.0")), "version"),
                 QStringLiteral("1.0.0"));
        QCOMPARE(releasesOf(station.run(QStringLiteral("catalog list --channel dev"))).size(), 0);
        QCOMPARE(releasesOf(station.run(QStringLiteral("catalog list --product lamp"))).size(), 0);

        const QString digest = releasesOf(added).last()[QStringLiteral("release")].toString();
        const Ran shown = station.run(QStringLiteral("catalog show ") + digest.left(8));
        QCOMPARE(verdict(shown), kDone);
        const QJsonObject release = shown.result()[QStringLiteral("release")].toObject();
        QCOMPARE(release[QStringLiteral("build")].toString(), QStringLiteral("bench-1.1.0"));
        QCOMPARE(release[QStringLiteral("objection")], QJsonValue(QJsonValue::Null));
        QVERIFY(release.contains(QStringLiteral("notes")));
        QCOMPARE(station.run(QStringLiteral("catalog show bench-sensor@9.9.9")).exitCode, 10);
        QCOMPARE(station.run(QStringLiteral("catalog show")).exitCode, 2);

        QCOMPARE(verdict(station.run(QStringLiteral("catalog add %1/1.1.0-unknown-key.bmb"))),
                 QStringLiteral("4 refused KEY_UNKNOWN"));
        QCOMPARE(station.objects().size(), 2);
    }

    void putsAFileBackThatIsGone()
    {
        const Station station;
        const auto add = QStringLiteral("catalog add %1/1.1.0.bmb");
        QCOMPARE(verdict(station.run(add)), kDone);
        QVERIFY(QFile::remove(station.objects().value(0)));
        QCOMPARE(station.run(kUpdate).exitCode, 10);
        QCOMPARE(each(station.run(add), "status"), QStringLiteral("restored"));
        const Ran updated = station.run(kUpdate);
        QVERIFY2(updated.exitCode == 0, updated.story());
        QCOMPARE(updated.outcome(), QStringLiteral("updated"));
    }

    void removesWhatIsOld()
    {
        const Station station;
        QCOMPARE(
            verdict(station.run(QStringLiteral("catalog add %1/0.9.0-old.bmb %1/1.0.0.bmb %1/1.1.0.bmb"))),
            kDone);
        QCOMPARE(each(station.run(QStringLiteral("catalog prune --keep 1 --dry-run")), "version"),
                 QStringLiteral("1.0.0")); // The oldest is of another channel.
        QCOMPARE(station.objects().size(), 3);
        QCOMPARE(each(station.run(QStringLiteral("catalog prune --keep 1")), "version"),
                 QStringLiteral("1.0.0"));
        QCOMPARE(each(station.run(QStringLiteral("catalog list")), "version"), QStringLiteral("1.1.0,0.9.0"));
        QCOMPARE(station.objects().size(), 2);
        QCOMPARE(station.run(QStringLiteral("catalog prune --keep 0")).exitCode, 2);
    }

    void aBlockedReleaseIsNotInstalled()
    {
        const Station station;
        QCOMPARE(verdict(station.run(QStringLiteral("catalog add %1/1.1.0.bmb"))), kDone);
        QCOMPARE(station.run(QStringLiteral("catalog block bench-sensor@1.1.0")).exitCode,
                 2); // Why, is to be told.
        QCOMPARE(verdict(station.run(QStringLiteral("catalog block bench-sensor@1.1.0 --reason smells"))),
                 kDone);
        QCOMPARE(each(station.run(QStringLiteral("catalog list")), "objection_detail"),
                 QStringLiteral("smells (blocked by this computer)"));

        const QByteArray before = station.flash();
        QCOMPARE(verdict(station.run(kUpdate)), kBlocked);
        QCOMPARE(verdict(station.run(QStringLiteral("update healthy-1 %1/1.1.0.bmb"))), kBlocked);
        QCOMPARE(verdict(station.run(kUpdate + QStringLiteral(" --force"))), kBlocked);
        QCOMPARE(station.flash(), before);

        const Ran lifted = station.run(QStringLiteral("catalog unblock bench-sensor@1.1.0"));
        QCOMPARE(verdict(lifted), kDone);
        QCOMPARE(lifted.result()[QStringLiteral("lifted")].toInt(), 1);
        QCOMPARE(verdict(station.run(kUpdate)), QStringLiteral("0 updated"));
    }

    void aReleaseBelowTheMinimumIsNotInstalled()
    {
        const Station station;
        QCOMPARE(verdict(station.run(QStringLiteral("catalog add %1/1.1.0.bmb"))), kDone);
        QCOMPARE(verdict(station.run(QStringLiteral("catalog minimum bench-sensor 1.2.0"))), kDone);
        const QByteArray before = station.flash();
        QCOMPARE(verdict(station.run(kUpdate)), QStringLiteral("4 refused BELOW_MINIMUM_VERSION"));
        QCOMPARE(station.flash(), before);
        QCOMPARE(each(station.run(QStringLiteral("catalog list")), "objection"),
                 QStringLiteral("BELOW_MINIMUM_VERSION"));
        QCOMPARE(verdict(station.run(QStringLiteral("catalog minimum bench-sensor 1.1.0"))), kDone);
        QCOMPARE(verdict(station.run(QStringLiteral("catalog minimum bench-sensor 9.0.0 --channel dev"))),
                 kDone);
        QCOMPARE(verdict(station.run(kUpdate)), QStringLiteral("0 updated"));
    }

    /// What one unit rolled back is not tried on the next, until a person says so.
    void aRolledBackReleaseIsBlockedOnThisComputer()
    {
        const Station station(QStringLiteral("--unit healthy --unit healthy"));
        const auto onUnit = [&station](int unit, const char *option = "") {
            return station.run(QStringLiteral("update healthy-%1 catalog:bench-sensor@1.2.0%2")
                                   .arg(unit)
                                   .arg(QLatin1String(option)));
        };
        QCOMPARE(verdict(station.run(QStringLiteral("catalog add %1/1.2.0-crashes.bmb"))), kDone);
        const Ran reverted = onUnit(1);
        QVERIFY2(reverted.exitCode == 7, reverted.story());
        const QJsonObject note = noteOf(reverted, "release_blocked");
        const Ran listed = station.run(QStringLiteral("catalog list"));
        QCOMPARE(note[QStringLiteral("release")].toString(), each(listed, "release"));
        QCOMPARE(each(listed, "objection"), QStringLiteral("BUILD_BLOCKED"));
        QCOMPARE(
            each(listed, "objection_detail"),
            QStringLiteral("rolled back: TRIAL_CRASHED (blocked by this computer, because of unit BM-0001)"));

        QCOMPARE(verdict(onUnit(2)), kBlocked);
        QCOMPARE(verdict(onUnit(2, " --force")), kBlocked); // That is for the unit that rolled back.
        QCOMPARE(verdict(onUnit(1)), QStringLiteral("4 refused BUILD_BLOCKED"));
        QCOMPARE(onUnit(1, " --force --dry-run").exitCode, 0);
        QCOMPARE(each(station.run(QStringLiteral("catalog prune --keep 1")), "version"),
                 QString()); // Evidence.

        QStringList lift = note[QStringLiteral("command_line")].toString().split(u' ');
        QCOMPARE(lift.takeFirst(), QStringLiteral("bootmend"));
        const Ran lifted = station.bench.run(lift);
        QCOMPARE(verdict(lifted), kDone);
        QCOMPARE(lifted.result()[QStringLiteral("lifted")].toInt(), 1);
        QCOMPARE(each(station.run(QStringLiteral("catalog list")), "objection"), QString());
        QCOMPARE(onUnit(2).exitCode, 7); // It is tried, and proves no better.
    }

    void aSignedListBlocksUntilANewerOne()
    {
        const Station station;
        QCOMPARE(verdict(station.run(QStringLiteral("catalog add %1/1.1.0.bmb"))), kDone);
        makeKey(station, "publisher");
        QCOMPARE(station.run(QStringLiteral("trust add %1/publisher.pub --trust %1/../trust.json")).exitCode,
                 0);
        makeKey(station, "stranger");
        const QString first = signedList(station,
                                         R"({"version":7,"blocks":[{"product":"bench-sensor",)"
                                         R"("version":"1.1.0","reason":"battery drains"}]})");
        const auto import = QStringLiteral("catalog import-list ");
        const Ran imported = station.run(import + first);
        QVERIFY2(imported.exitCode == 0, imported.story());
        QCOMPARE(imported.result()[QStringLiteral("version")].toInt(), 7);
        QCOMPARE(imported.result()[QStringLiteral("blocks")].toInt(), 1);
        QCOMPARE(verdict(station.run(kUpdate)), kBlocked);
        QCOMPARE(verdict(station.run(QStringLiteral("catalog unblock bench-sensor@1.1.0"))),
                 QStringLiteral("5 refused BLOCKED_BY_LIST"));
        QCOMPARE(verdict(station.run(import + first)), QStringLiteral("4 refused LIST_REPLAYED"));

        const char *lifting = R"({"version":8,"products":["bench-sensor"]})";
        QCOMPARE(verdict(station.run(import + signedList(station, lifting, "stranger"))),
                 QStringLiteral("4 refused KEY_UNKNOWN"));
        const QString second = signedList(station, lifting);
        const QByteArray content = contentOf(second);
        QVERIFY(write(second, QByteArray(content).replace("\"version\":8", "\"version\":9")));
        QCOMPARE(verdict(station.run(import + second)), QStringLiteral("4 refused SIGNATURE_INVALID"));
        QCOMPARE(verdict(station.run(kUpdate)), kBlocked);
        QVERIFY(write(second, content));
        QCOMPARE(verdict(station.run(import + second)), kDone);
        QCOMPARE(verdict(station.run(kUpdate)), QStringLiteral("0 updated"));
    }

    /// By what docs/formats/catalog.md says is signed, and with nothing of ours.
    void opensslAloneVerifiesASignedList()
    {
        const Station station;
        makeKey(station, "publisher");
        const QByteArray list =
            contentOf(signedList(station, R"({"version":7,"products":["bench-sensor"]})"));
        const qsizetype begin = list.indexOf("\"signatures\":[");
        const qsizetype end = list.indexOf("],", begin) + 2;
        QVERIFY(begin > 0 && end > begin);
        const QJsonObject signature =
            QJsonDocument::fromJson(list).object()[QStringLiteral("signatures")].toArray().first().toObject();
        QVERIFY(write(station.at(QStringLiteral("%1/sig.b64")),
                      signature[QStringLiteral("sig_b64")].toString().toLatin1()));
        QVERIFY(
            write(station.at(QStringLiteral("%1/signed.json")), QByteArray(list).remove(begin, end - begin)));
        QCOMPARE(openssl(station, "base64 -d -A -in %1/sig.b64 -out %1/sig"), 0);
        const char *verify =
            "pkeyutl -verify -pubin -inkey %1/publisher.pub -rawin -in %1/signed.json -sigfile %1/sig";
        QCOMPARE(openssl(station, verify), 0);
        QVERIFY(write(station.at(QStringLiteral("%1/signed.json")),
                      QByteArray(list).remove(begin, end - begin).replace(":7", ":8")));
        QVERIFY(openssl(station, verify) != 0);
    }

    /// No rule is passed over because the rules cannot be read.
    void nothingIsInstalledPastANewerDatabase()
    {
        const Station station;
        QCOMPARE(verdict(station.run(QStringLiteral("catalog list"))), kDone);
        const QString path = station.catalogFolder() + QStringLiteral("/catalog.db");
        QByteArray database = contentOf(path);
        database[63] = 99; // the last byte of user_version (SQLite file format, offset 60)
        QVERIFY(write(path, database));
        const QByteArray before = station.flash();
        for (const char *command : {"catalog list", "update healthy-1 %1/1.1.0.bmb"}) {
            const Ran refused = station.run(QLatin1String(command));
            QVERIFY2(refused.exitCode == 10, refused.story());
            QVERIFY2(refused.standardError.contains(QStringLiteral("newer Bootmend")), refused.story());
        }
        QCOMPARE(station.flash(), before);
        QCOMPARE(contentOf(path), database);
    }

private:
    static void makeKey(const Station &station, const char *name)
    {
        const QString pem = QStringLiteral("%1/") + QLatin1String(name);
        QCOMPARE(
            station.run(QStringLiteral("key generate %2.pem").replace(QStringLiteral("%2"), pem)).exitCode,
            0);
        QCOMPARE(station.run(QStringLiteral("key public %2.pem -o %2.pub").replace(QStringLiteral("%2"), pem))
                     .exitCode,
                 0);
    }

    /// Where the list is that this key signed; empty when that failed.
    static QString signedList(const Station &station, const char *draft, const char *key = "publisher")
    {
        const QString list = station.at(QStringLiteral("%1/") + QLatin1String(key) + QStringLiteral(".list"));
        const bool isSigned = write(list + QStringLiteral(".draft"), draft)
            && station
                    .run(QStringLiteral("catalog sign-list %2.draft --key %1/%3.pem -o %2")
                             .replace(QStringLiteral("%2"), list)
                             .replace(QStringLiteral("%3"), QLatin1String(key)))
                    .exitCode
                == 0;
        return isSigned ? list : QString();
    }

    static int openssl(const Station &station, const char *words)
    {
        QProcess program;
        program.start(QStringLiteral("openssl"), station.at(QLatin1String(words)).split(u' '));
        return program.waitForFinished() && program.exitStatus() == QProcess::NormalExit ? program.exitCode()
                                                                                         : -1;
    }
};

QTEST_GUILESS_MAIN(TestCliCatalog)
#include "tst_cli_catalog.moc"
