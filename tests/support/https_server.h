// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QEventLoop>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

namespace testing {

/// The server of tests/support/https_server.py, which says what each trick is. It lives as long as this does.
class HttpsServer
{
public:
    explicit HttpsServer(const QByteArray &content)
    {
        setContent(content);
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(
            QStringLiteral("python3"),
            {QStringLiteral(BOOTMEND_SOURCE_DIR "/tests/support/https_server.py"), m_folder.path()});
        m_ready = nextLine();
        if (m_ready.isEmpty())
            qFatal("the server did not start");
    }
    ~HttpsServer()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }
    Q_DISABLE_COPY_MOVE(HttpsServer)

    void setContent(const QByteArray &content) const
    {
        QFile file(m_folder.filePath(QStringLiteral("content")));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("the server's file cannot be written");
    }

    QString caFile() const { return m_ready[QStringLiteral("ca")].toString(); }
    QString address(const QString &tricks, const char *certificate = "good") const
    {
        const bool isPlain = QByteArrayView(certificate) == "plain";
        const int port = m_ready[QStringLiteral("ports")][QLatin1String(certificate)].toInt();
        return QStringLiteral("%1://localhost:%2/%3/net.bin")
            .arg(isPlain ? QStringLiteral("http") : QStringLiteral("https"))
            .arg(port)
            .arg(tricks);
    }

    /// Waits until so many requests are over since the last call, and gives them.
    QList<QJsonObject> requests(int count)
    {
        while (m_requests.size() < count) {
            const QJsonObject line = nextLine();
            if (line.isEmpty())
                break; // Fewer came: the test compares the number.
            m_requests.append(line);
        }
        return std::exchange(m_requests, {});
    }

    /// How many there were up to now, from the first one on.
    int connections()
    {
        m_process.write("?\n");
        QJsonObject line = nextLine();
        for (; !line.isEmpty() && !line.contains(QStringLiteral("connections")); line = nextLine())
            m_requests.append(line);
        return line[QStringLiteral("connections")].toInt(-1);
    }

private:
    QJsonObject nextLine()
    {
        QEventLoop events; // What the test itself has with the server goes on meanwhile.
        QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &events, &QEventLoop::quit);
        QObject::connect(&m_process, &QProcess::finished, &events, &QEventLoop::quit);
        QTimer::singleShot(30'000, &events, [&events] { events.exit(1); });
        while (!m_process.canReadLine()) {
            if (m_process.state() == QProcess::NotRunning || events.exec() != 0)
                return {};
        }
        return QJsonDocument::fromJson(m_process.readLine()).object();
    }

    QTemporaryDir m_folder;
    QProcess m_process;
    QJsonObject m_ready;
    QList<QJsonObject> m_requests;
};

} // namespace testing
