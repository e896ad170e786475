// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QTemporaryDir>

#include <optional>

namespace testing {

/// A real unit: the bootloader's host port as a process, with its line on a unix socket.
/// Programs, sample applications and key are those of the same build.
class VirtualUnit
{
public:
    struct Image {
        QByteArray file;
        QByteArray hash; // its SHA TLV
    };

    /// A signed image of the sample application in a variant: "good", "crashes", "hangs", "unhealthy".
    /// Padded with `ballast` bytes, so that an upload takes its time.
    static Image image(const QString &variant, const QString &version, qsizetype ballast = 0,
                       const QString &product = {});

    /// Writes the flash anew: the image confirmed in slot A, or nothing at all. Empty when it worked,
    /// otherwise what failed.
    QString provision(const std::optional<Image> &running, const QString &serial = QStringLiteral("0042"));

    enum class Line { Socket, Pty };
    bool start(const QStringList &options = {}, Line line = Line::Socket);
    void kill(); // the power goes, and the line with it
    void powerCycle(); // SIGUSR1: the line stays
    ~VirtualUnit() { kill(); }

    QString linePath() const { return m_folder.filePath(QStringLiteral("line")); }

private:
    QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }

    QTemporaryDir m_folder;
    QProcess m_process;
};

} // namespace testing
