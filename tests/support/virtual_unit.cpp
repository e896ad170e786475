// SPDX-License-Identifier: Apache-2.0
#include "tests/support/virtual_unit.h"

#include "core/release/mcuboot_image.h"
#include "core/trust/key_file.h"

#include <QFile>
#include <QTest>

#include <csignal>
#include <sys/file.h>

namespace testing {

namespace {

constexpr int kStartMs = 10'000;
const auto kVendor = QStringLiteral("bootmend.example");
const auto kProduct = QStringLiteral("test-unit");
const auto kHardware = QStringLiteral("A");

QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool writeFile(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

/// A killed unit's processor is a process of its own, and outlives it for a moment with the flash in its
/// hands.
bool isFree(const QString &flash)
{
    QFile file(flash);
    return file.open(QIODevice::ReadWrite) && ::flock(file.handle(), LOCK_EX | LOCK_NB) == 0;
}

} // namespace

VirtualUnit::Image VirtualUnit::image(const QString &variant, const QString &version, qsizetype ballast,
                                      const QString &product)
{
    const auto key = core::readPrivateKeyFile(QStringLiteral(BOOTMEND_BOOT_KEY_FILE));
    core::ImageSpec spec;
    spec.payload = readFile(QStringLiteral(BOOTMEND_SAMPLE_FOLDER "/app_%1.so").arg(variant));
    for (qsizetype count = 0; count < ballast; ++count) // Text that does not repeat, as firmware does not.
        spec.payload += char(count * 2654435761u >> 24);
    spec.version = core::parseVersion(version).value();
    spec.vendorDomain = kVendor;
    spec.product = product.isEmpty() ? kProduct : product;
    spec.hardwareRevisions = {kHardware};
    const QByteArray file = core::createImage(spec, key.value()).value();
    return {file, core::parseImage(file).value().digest};
}

QString VirtualUnit::provision(const std::optional<Image> &running, const QString &serial)
{
    QStringList arguments{QStringLiteral("--flash"),  path("flash"), QStringLiteral("--product"), kProduct,
                          QStringLiteral("--hw"),     kHardware,     QStringLiteral("--serial"),  serial,
                          QStringLiteral("--vendor"), kVendor};
    if (running) {
        if (!writeFile(path("image"), running->file))
            return QStringLiteral("cannot write the image");
        arguments += {QStringLiteral("--slot-a"), path("image"), QStringLiteral("--confirmed")};
    }
    QProcess tool;
    tool.start(QStringLiteral(BOOTMEND_FLASH_PROGRAM), arguments);
    if (!tool.waitForFinished(kStartMs) || tool.exitCode() != 0)
        return QString::fromUtf8(tool.readAllStandardError()) + tool.errorString();
    return {};
}

bool VirtualUnit::start(const QStringList &options, Line line)
{
    if (!QTest::qWaitFor([this] { return isFree(path("flash")); }, kStartMs))
        return false;
    QFile::remove(linePath()); // What a killed unit left behind answers nobody.
    const QString kind = line == Line::Socket ? QStringLiteral("unix:") : QStringLiteral("pty:");
    const QStringList usual{QStringLiteral("--flash"), path("flash"), QStringLiteral("--line"),
                            kind + linePath()};
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.start(QStringLiteral(BOOTMEND_UNIT_PROGRAM), usual + options);
    return m_process.waitForStarted(kStartMs)
        && QTest::qWaitFor([this] { return QFile::exists(linePath()); }, kStartMs);
}

void VirtualUnit::kill()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished(kStartMs);
}

void VirtualUnit::powerCycle()
{
    ::kill(pid_t(m_process.processId()), SIGUSR1);
}

} // namespace testing
