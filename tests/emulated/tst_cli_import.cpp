// SPDX-License-Identifier: Apache-2.0
#include "tests/emulated/command_line.h"

using testing::Ran;
using testing::ScratchBench;

namespace {

const auto kUnit = QStringLiteral("healthy-1");

/// The image out of a release of the bench, as another tool would have left it.
QString imageOf(const ScratchBench &bench, const QString &release)
{
    const QString folder = bench.path() + QStringLiteral("/taken-apart");
    const Ran ran = bench.run({QStringLiteral("bundle"), QStringLiteral("verify"), bench.release(release),
                               QStringLiteral("--explain"), folder});
    const QDir files(folder + QStringLiteral("/files"));
    const QStringList images = files.entryList({QStringLiteral("*.bin")});
    return ran.exitCode == 0 && images.size() == 1 ? files.filePath(images.first()) : QString();
}

void writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    QVERIFY(QFileInfo(path).dir().mkpath(QStringLiteral(".")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
}

QString trustOf(const QJsonObject &json)
{
    return json[QStringLiteral("trust")].toString();
}

} // namespace

/// An image of another tool from the file to the unit: nothing without a signature, but by the policy.
class TestCliImport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anUnsignedImportIsForThePolicyToAllow()
    {
        const ScratchBench bench({QStringLiteral("--unit"), QStringLiteral("healthy"),
                                  QStringLiteral("--machine"), QStringLiteral("host")});
        QVERIFY2(bench.up.exitCode == 0, bench.up.story());
        const QString image = imageOf(bench, QStringLiteral("1.1.0"));
        QVERIFY(!image.isEmpty());
        const QString bundle = bench.path() + QStringLiteral("/imported.bmb");
        const QString state = bench.path() + QStringLiteral("/state");
        const auto run = [&bench, &state](QStringList words) {
            return bench.run(words << QStringLiteral("--state") << state);
        };

        const Ran shown = run({QStringLiteral("bundle"), QStringLiteral("import"), image});
        QVERIFY2(shown.exitCode == 0, shown.story());
        const QJsonObject part = shown.result()[QStringLiteral("import")]
                                     .toObject()[QStringLiteral("parts")]
                                     .toArray()
                                     .first()
                                     .toObject();
        QCOMPARE(trustOf(part), QStringLiteral("key_unknown")); // a bench trusts no boot key
        const QString product = QStringLiteral("bench-sensor");
        const Ran imported =
            run({QStringLiteral("bundle"), QStringLiteral("import"), image, QStringLiteral("-o"), bundle,
                 QStringLiteral("--product"), product, QStringLiteral("--hw"), QStringLiteral("revA"),
                 QStringLiteral("--channel"), QStringLiteral("dev")});
        QVERIFY2(imported.exitCode == 0, imported.story());

        const QStringList update{QStringLiteral("update"), kUnit, bundle};
        const auto isRefused = [&run, &update] {
            const Ran refused = run(update);
            return refused.exitCode == 4 && refused.reason() == QStringLiteral("SIGNATURE_INVALID")
                && refused.result()[QStringLiteral("remedy")].toString().contains(QStringLiteral("policy"));
        };
        QVERIFY(isRefused());
        writeFile(state + QStringLiteral("/policy.json"),
                  R"({"schema": 1, "allow_unsigned_imports": true, "products": ["lamp"]})");
        QVERIFY(isRefused());
        writeFile(state + QStringLiteral("/policy.json"), R"({"schema": 1, "allow_unsigned_import": true})");
        QCOMPARE(run(update).exitCode, 10);

        writeFile(state + QStringLiteral("/policy.json"),
                  R"({"schema": 1, "allow_unsigned_imports": true, "products": ["bench-*"]})");
        const Ran updated = run(update);
        QVERIFY2(updated.exitCode == 0, updated.story());
        QCOMPARE(updated.outcome(), QStringLiteral("updated"));
        QCOMPARE(trustOf(updated.result()), QStringLiteral("unsigned import allowed by policy"));
        for (const QJsonObject &line : updated.lines)
            if (line[QStringLiteral("note")] == QStringLiteral("plan"))
                QCOMPARE(trustOf(line[QStringLiteral("plan")].toObject()),
                         QStringLiteral("unsigned import allowed by policy"));
        // Whether trusted keys signed it is another question, and no policy answers it.
        QCOMPARE(run({QStringLiteral("bundle"), QStringLiteral("verify"), bundle}).exitCode, 4);
    }
};

QTEST_GUILESS_MAIN(TestCliImport)
#include "tst_cli_import.moc"
