// SPDX-License-Identifier: Apache-2.0
#include "core/base/file_access.h"
#include "core/release/foreign/elf.h"
#include "core/release/foreign/foreign_firmware.h"
#include "core/release/foreign/intel_hex.h"
#include "tests/support/vectors.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using core::ForeignFormat;

namespace {

const char *kProgram = "const char text[] = \"read only\";\n"
                       "int counter = 0x12345678;\n"
                       "int zero[64];\n"
                       "void _start(void) { counter += text[0] + zero[1]; for (;;) {} }\n";

/// Data is linked for RAM and lies in flash behind the code, as on a microcontroller.
const char *kLayout = "MEMORY { FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 512K\n"
                      "         RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 64K }\n"
                      "ENTRY(_start)\n"
                      "SECTIONS { .text : { *(.text*) *(.rodata*) } > FLASH\n"
                      "           .data : { *(.data*) } > RAM AT > FLASH\n"
                      "           .bss (NOLOAD) : { *(.bss*) } > RAM\n"
                      "           /DISCARD/ : { *(.note*) *(.eh_frame*) *(.comment*) *(.ARM*) } }\n";

bool runs(const QString &program, const QStringList &arguments, const QString &folder)
{
    QProcess process;
    process.setWorkingDirectory(folder);
    process.setProcessChannelMode(QProcess::ForwardedChannels);
    process.start(program, arguments);
    return process.waitForFinished() && process.exitStatus() == QProcess::NormalExit
        && process.exitCode() == 0;
}

QByteArray ownImage()
{
    return test_support::contentOf(
        test_support::dataPath(QStringLiteral("mcuboot/ed25519-custom-protected-tlv.bin")));
}

/// What a HEX file has no notion of: where one segment ends and the next begins without a gap.
core::FirmwareSegments joined(const core::FirmwareSegments &segments)
{
    core::SegmentBuilder builder(core::SegmentBuilder::Touching::Joined);
    for (const core::FirmwareSegment &segment : segments)
        builder.add(segment.address, segment.bytes).value();
    return *builder.finish();
}

} // namespace

/// What programs write that share nothing with ours.
class TestForeignTools : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatAToolchainMakes_data()
    {
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QStringList>("options");
        QTest::newRow("Arm, 32 bits")
            << QStringLiteral("arm-none-eabi-")
            << QStringList{QStringLiteral("-mcpu=cortex-m3"), QStringLiteral("-mthumb")};
        QTest::newRow("RISC-V, 64 bits") << QStringLiteral("riscv64-unknown-elf-") << QStringList();
        QTest::newRow("this computer's")
            << QString() << QStringList{QStringLiteral("-no-pie"), QStringLiteral("-static")};
    }

    void readsWhatAToolchainMakes()
    {
        QFETCH(QString, prefix);
        QFETCH(QStringList, options);
        const QString compiler = QStandardPaths::findExecutable(prefix + QStringLiteral("gcc"));
        const QString objcopy = QStandardPaths::findExecutable(prefix + QStringLiteral("objcopy"));
        if (compiler.isEmpty() || objcopy.isEmpty())
            QSKIP("skipped, because this compiler is not installed");
        QTemporaryDir folder;
        QVERIFY(core::replaceFile(folder.filePath(QStringLiteral("a.c")), kProgram).has_value());
        QVERIFY(core::replaceFile(folder.filePath(QStringLiteral("a.ld")), kLayout).has_value());
        QStringList arguments{QStringLiteral("-nostdlib"), QStringLiteral("-O1"),
                              QStringLiteral("-fno-pic"),  QStringLiteral("-Wl,--build-id=none,-T,a.ld"),
                              QStringLiteral("a.c"),       QStringLiteral("-o"),
                              QStringLiteral("a.elf")};
        QVERIFY(runs(compiler, options + arguments, folder.path()));
        for (const auto &form : {QStringLiteral("ihex"), QStringLiteral("binary")})
            QVERIFY(
                runs(objcopy, {QStringLiteral("-O"), form, QStringLiteral("a.elf"), form}, folder.path()));

        const auto elf = core::readElf(test_support::contentOf(folder.filePath(QStringLiteral("a.elf"))));
        const auto hex = core::readIntelHex(test_support::contentOf(folder.filePath(QStringLiteral("ihex"))));
        QVERIFY2(elf.has_value(), elf ? "" : qPrintable(elf.error().detail));
        QVERIFY2(hex.has_value(), hex ? "" : qPrintable(hex.error().detail));
        QCOMPARE(joined(elf->segments), hex->segments);
        QCOMPARE(hex->segments.constFirst().address, 0x08000000u);
        QCOMPARE(hex->entryPoint, std::optional(elf->entryPoint));
        // objcopy fills gaps with zeros.
        const QByteArray binary = test_support::contentOf(folder.filePath(QStringLiteral("binary")));
        for (const core::FirmwareSegment &segment : hex->segments)
            QCOMPARE(binary.mid(segment.address - 0x08000000, segment.bytes.size()), segment.bytes);
        QVERIFY(binary.contains("read only"));
        QVERIFY(hex->segments.constLast().bytes.contains("\x78\x56\x34\x12"));
    }

    void readsWhatPythonWrites_data()
    {
        QTest::addColumn<QString>("form");
        QTest::addColumn<ForeignFormat>("format");
        QTest::newRow("UF2") << QStringLiteral("uf2") << ForeignFormat::Uf2;
        QTest::newRow("DfuSe") << QStringLiteral("dfuse") << ForeignFormat::DfuSe;
        QTest::newRow("ZIP") << QStringLiteral("zip-stored") << ForeignFormat::DfuZip;
        QTest::newRow("compressed ZIP") << QStringLiteral("zip-deflated") << ForeignFormat::DfuZip;
    }

    void readsWhatPythonWrites()
    {
        QFETCH(QString, form);
        QFETCH(ForeignFormat, format);
        const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
        if (python.isEmpty())
            QSKIP("skipped, because python3 is not installed");
        QTemporaryDir folder;
        QVERIFY(core::replaceFile(folder.filePath(QStringLiteral("payload")), ownImage()).has_value());
        const QString script = QStringLiteral(BOOTMEND_SOURCE_DIR "/tests/support/make_foreign.py");
        QVERIFY(
            runs(python, {script, form, QStringLiteral("payload"), QStringLiteral("output")}, folder.path()));
        const auto firmware = core::readForeignFile(folder.filePath(QStringLiteral("output")));
        QVERIFY2(firmware.has_value(), firmware ? "" : qPrintable(firmware.error().detail));
        QCOMPARE(firmware->format, format);
        QCOMPARE(firmware->parts.size(), 1);
        QCOMPARE(firmware->parts.constFirst().bytes, ownImage());
        QVERIFY(firmware->parts.constFirst().image);
    }
};

QTEST_GUILESS_MAIN(TestForeignTools)
#include "tst_foreign_tools.moc"
