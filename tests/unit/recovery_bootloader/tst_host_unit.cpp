// SPDX-License-Identifier: Apache-2.0
#include "tests/support/boot_image.h"
#include "tests/support/served_unit.h"

#include <QCborArray>
#include <QCborMap>
#include <QCryptographicHash>
#include <QDeadlineTimer>
#include <QFile>
#include <QFileInfo>
#include <QLocalSocket>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

using testing::BootImage;
using testing::ServedUnit;

namespace {

const QString kUnit = QStringLiteral(BOOTMEND_UNIT);
const QString kFlashTool = QStringLiteral(BOOTMEND_FLASH);
constexpr int kPatience = 20000; // a machine under load; nothing waits that long when it works
constexpr int kRepeatAfter = 300; // a request that reached the unit while it was off is lost

BootImage imageOf(const char *variant, int major)
{
    QFile file(QStringLiteral(BOOTMEND_APPS "/app_%1.so").arg(QLatin1String(variant)));
    BootImage image;
    if (file.open(QIODevice::ReadOnly)) {
        image.payload = file.readAll();
    }
    image.major = quint8(major);
    image.rollbackIndex = quint32(major);
    return image;
}

/// Takes frames out of what the line brings; a static decoder would not survive a reconnection.
class Frames
{
public:
    Frames() { smp_decoder_init(m_decoder.get()); }

    std::optional<QByteArray> take(QByteArray &bytes)
    {
        while (!bytes.isEmpty()) {
            const bool isWhole = smp_decoder_take(m_decoder.get(), uint8_t(bytes[0]));
            bytes.remove(0, 1);
            if (isWhole) {
                return QByteArray(reinterpret_cast<const char *>(m_decoder->packet),
                                  qsizetype(m_decoder->packet_length));
            }
        }
        return std::nullopt;
    }

private:
    std::unique_ptr<smp_decoder> m_decoder = std::make_unique<smp_decoder>();
};

} // namespace

class TestHostUnit : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QProcess> m_process;
    std::unique_ptr<QLocalSocket> m_line;
    std::unique_ptr<Frames> m_frames;
    QByteArray m_received;
    QByteArray m_log;

    QString path(const char *name) const { return m_folder->filePath(QLatin1String(name)); }

    QString write(const char *name, const QByteArray &bytes)
    {
        QFile file(path(name));
        const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
        return isWritten ? file.fileName() : QString();
    }

    void provision(const QStringList &more)
    {
        const QStringList arguments = {
            QStringLiteral("--flash"),       path("flash"),
            QStringLiteral("--product"),     QStringLiteral("bench-sensor"),
            QStringLiteral("--hw"),          QStringLiteral("revA"),
            QStringLiteral("--serial"),      QStringLiteral("BM-0001"),
            QStringLiteral("--vendor-uuid"), QString::fromLatin1(QByteArray(16, 'V').toHex()),
            QStringLiteral("--class-uuid"),  QString::fromLatin1(QByteArray(16, 'C').toHex())};
        QCOMPARE(QProcess::execute(kFlashTool, arguments + more), 0);
    }

    void provisionWithGood()
    {
        const QString image = write("good.img", imageOf("good", 1).bytes());
        provision({QStringLiteral("--slot-a"), image, QStringLiteral("--confirmed")});
    }

    void startProcess(const QStringList &more = {})
    {
        makeProcess();
        m_process->start(kUnit,
                         QStringList{QStringLiteral("--flash"), path("flash"), QStringLiteral("--line"),
                                     QStringLiteral("unix:") + path("line"), QStringLiteral("--watchdog-ms"),
                                     QStringLiteral("400")}
                             + more);
        QVERIFY(waitForLog("bootmend-unit ready"));
    }

    void makeProcess()
    {
        m_process = std::make_unique<QProcess>();
        m_process->setProcessChannelMode(QProcess::MergedChannels);
        m_log.clear();
    }

    /// Each text is looked for behind the one that was found before.
    bool waitForLog(const QByteArray &text)
    {
        QDeadlineTimer deadline(kPatience);
        while (!m_log.contains(text)) {
            if (!m_process->waitForReadyRead(int(deadline.remainingTime()))) {
                return false;
            }
            m_log += m_process->readAll();
        }
        m_log.remove(0, m_log.indexOf(text) + text.size());
        return true;
    }

    void connectLine()
    {
        m_received.clear();
        m_frames = std::make_unique<Frames>();
        m_line = std::make_unique<QLocalSocket>();
        m_line->connectToServer(path("line"));
        QVERIFY(m_line->waitForConnected(kPatience));
    }

    void start(const QStringList &more = {})
    {
        startProcess(more);
        connectLine();
    }

    std::optional<QByteArray> nextPacket(const QDeadlineTimer &deadline)
    {
        for (;;) {
            if (std::optional<QByteArray> packet = m_frames->take(m_received)) {
                return packet;
            }
            if (!m_line->waitForReadyRead(int(deadline.remainingTime()))) {
                return std::nullopt;
            }
            m_received += m_line->readAll();
        }
    }

    QCborMap ask(int operation, int group, int command, const QCborMap &request = {})
    {
        const QByteArray packet =
            ServedUnit::packet(operation, group, command, request.toCborValue().toCbor());
        QDeadlineTimer patience(kPatience);
        while (!patience.hasExpired()) {
            m_line->write(ServedUnit::framed(packet));
            QDeadlineTimer deadline(kRepeatAfter);
            while (const std::optional<QByteArray> answer = nextPacket(deadline)) {
                if (answer->mid(4) == packet.mid(4, 4) + answer->mid(8)) {
                    return QCborValue::fromCbor(answer->mid(8)).toMap();
                }
            }
        }
        return {};
    }

    QCborMap bootState() { return ask(0, 64, 0); }

    void upload(const QByteArray &image)
    {
        qint64 offset = 0;
        while (offset < image.size()) {
            QCborMap request = {{QStringLiteral("off"), offset},
                                {QStringLiteral("data"), image.mid(offset, 400)}};
            if (offset == 0) {
                request.insert(QStringLiteral("len"), image.size());
                request.insert(QStringLiteral("sha"),
                               QCryptographicHash::hash(image, QCryptographicHash::Sha256));
            }
            const QCborMap answer = ask(2, 1, 1, request);
            QVERIFY(answer[QStringLiteral("off")].toInteger(-1) > offset);
            offset = answer[QStringLiteral("off")].toInteger();
        }
    }

    void installForTrial(const BootImage &image)
    {
        upload(image.bytes());
        const QCborMap answer = ask(2, 1, 0, {{QStringLiteral("hash"), image.hash()}});
        QVERIFY(answer.contains(QStringLiteral("images")));
        ask(2, 0, 5);
    }

    qint64 rollbackReason() { return bootState()[QStringLiteral("rollback")].toInteger(-1); }

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void cleanup()
    {
        m_line.reset();
        if (m_process && m_process->state() != QProcess::NotRunning) {
            m_process->terminate();
            QVERIFY(m_process->waitForFinished(kPatience));
        }
        m_process.reset();
    }

    void runsWhatItWasProvisionedWith()
    {
        provisionWithGood();
        start();
        const QCborMap state = bootState();
        QCOMPARE(state[QStringLiteral("stage")].toString(), QStringLiteral("application"));
        QCOMPARE(state[QStringLiteral("hash")].toByteArray(), imageOf("good", 1).hash());
        QVERIFY(state[QStringLiteral("confirmed")].toBool());
        QCOMPARE(ask(0, 64, 2)[QStringLiteral("serial")].toString(), QStringLiteral("BM-0001"));
        QCOMPARE(ask(0, 64, 4)[QStringLiteral("checks")].toArray().size(), 2);
    }

    void endsCleanlyAndLeavesNothingBehind()
    {
        provisionWithGood();
        start();
        bootState();
        m_process->terminate();
        QVERIFY(m_process->waitForFinished(kPatience));
        QCOMPARE(m_process->exitStatus(), QProcess::NormalExit);
        QCOMPARE(m_process->exitCode(), 0);
        QVERIFY(!QFileInfo::exists(path("line")));
    }

    void keepsAConfirmedImageOverAPowerCycle()
    {
        provisionWithGood();
        start();
        const BootImage next = imageOf("good", 2);
        installForTrial(next);
        QVERIFY(waitForLog("reset reason=requested"));
        QCOMPARE(bootState()[QStringLiteral("hash")].toByteArray(), next.hash());
        QVERIFY(!bootState()[QStringLiteral("confirmed")].toBool(true));
        ask(2, 1, 0, {{QStringLiteral("confirm"), true}});
        ::kill(pid_t(m_process->processId()), SIGUSR1);
        QVERIFY(waitForLog("reset reason=power_on"));
        const QCborMap state = bootState();
        QCOMPARE(state[QStringLiteral("hash")].toByteArray(), next.hash());
        QVERIFY(state[QStringLiteral("confirmed")].toBool());
    }

    void rollsBack_data()
    {
        QTest::addColumn<QByteArray>("variant");
        QTest::addColumn<QByteArray>("reset");
        QTest::addColumn<int>("reason");
        QTest::newRow("crash") << QByteArray("crashes") << QByteArray("crash") << int(BM_ROLLBACK_CRASHED);
        QTest::newRow("hang") << QByteArray("hangs") << QByteArray("watchdog") << int(BM_ROLLBACK_WATCHDOG);
    }

    void rollsBack()
    {
        QFETCH(QByteArray, variant);
        QFETCH(QByteArray, reset);
        QFETCH(int, reason);
        provisionWithGood();
        start();
        const BootImage bad = imageOf(variant.constData(), 2);
        installForTrial(bad);
        QVERIFY(waitForLog("reset reason=" + reset));
        QCOMPARE(rollbackReason(), reason);
        const QCborMap state = bootState();
        QCOMPARE(state[QStringLiteral("hash")].toByteArray(), imageOf("good", 1).hash());
        QCOMPARE(state[QStringLiteral("rolled_back")].toByteArray(), bad.hash());
    }

    void endsATrialThatNobodyConfirms()
    {
        provisionWithGood();
        start({QStringLiteral("--trial-limit-ms"), QStringLiteral("100")});
        installForTrial(imageOf("good", 2));
        QVERIFY(waitForLog("reset reason=watchdog"));
        QCOMPARE(rollbackReason(), int(BM_ROLLBACK_EXPIRED));
    }

    void tellsThatItIsUnhealthy()
    {
        const QString image = write("a.img", imageOf("good", 1).bytes());
        const QString trial = write("b.img", imageOf("unhealthy", 2).bytes());
        provision({QStringLiteral("--slot-a"), image, QStringLiteral("--confirmed"),
                   QStringLiteral("--slot-b"), trial, QStringLiteral("--on-trial")});
        start();
        QVERIFY(!bootState()[QStringLiteral("confirmed")].toBool(true));
        const QCborMap check = ask(0, 64, 4)[QStringLiteral("checks")].toArray().at(0).toMap();
        QCOMPARE(check[QStringLiteral("name")].toString(), QStringLiteral("sensor"));
        QVERIFY(!check[QStringLiteral("ok")].toBool(true));
    }

    void aLiarRunsOn()
    {
        const QString image = write("a.img", imageOf("liar", 1).bytes());
        provision({QStringLiteral("--slot-a"), image, QStringLiteral("--confirmed")});
        start();
        const BootImage next = imageOf("good", 2);
        upload(next.bytes());
        QVERIFY(ask(2, 1, 0, {{QStringLiteral("hash"), next.hash()}}).contains(QStringLiteral("images")));
        QCOMPARE(bootState()[QStringLiteral("pending")].toInteger(-1), 1);
        ask(2, 0, 5);
        QVERIFY(waitForLog("reset reason=requested"));
        QCOMPARE(bootState()[QStringLiteral("hash")].toByteArray(), imageOf("liar", 1).hash());
    }

    void aBrickedUnitIsRecovered()
    {
        const QString image = write("a.img", imageOf("good", 1).bytes());
        provision({QStringLiteral("--slot-a"), image, QStringLiteral("--confirmed"),
                   QStringLiteral("--corrupt-slot-a"), QStringLiteral("--slot-b"), image,
                   QStringLiteral("--corrupt-slot-b")});
        start();
        QCOMPARE(bootState()[QStringLiteral("stage")].toString(), QStringLiteral("recovery"));
        QCOMPARE(ask(0, 1, 0)[QStringLiteral("images")].toArray().size(), 0);
        installForTrial(imageOf("good", 2));
        QVERIFY(waitForLog("reset reason=requested"));
        QCOMPARE(bootState()[QStringLiteral("stage")].toString(), QStringLiteral("application"));
        ask(2, 1, 0, {{QStringLiteral("confirm"), true}});
        QVERIFY(bootState()[QStringLiteral("confirmed")].toBool());
    }

    void staysInRecoveryWhenAsked()
    {
        provisionWithGood();
        start();
        ask(2, 0, 5, {{QStringLiteral("boot_mode"), 1}});
        QVERIFY(waitForLog("reset reason=requested"));
        QCOMPARE(bootState()[QStringLiteral("stage")].toString(), QStringLiteral("recovery"));
        ask(2, 0, 5);
        QVERIFY(waitForLog("reset reason=requested"));
        QCOMPARE(bootState()[QStringLiteral("stage")].toString(), QStringLiteral("application"));
    }

    void startsAgainAfterItWasKilled()
    {
        provisionWithGood();
        start();
        bootState();
        m_process->kill();
        QVERIFY(m_process->waitForFinished(kPatience));
        QVERIFY(QFileInfo::exists(path("line"))); // the socket of the one that was killed
        start();
        QCOMPARE(bootState()[QStringLiteral("stage")].toString(), QStringLiteral("application"));
    }

    void losesItsPowerOnRequest()
    {
        provisionWithGood();
        startProcess({QStringLiteral("--power-cut-after-writes"), QStringLiteral("1:5")});
        QVERIFY(m_process->waitForFinished(kPatience));
        QCOMPARE(m_process->exitStatus(), QProcess::CrashExit);
        start();
        const QCborMap state = bootState();
        QCOMPARE(state[QStringLiteral("stage")].toString(), QStringLiteral("application"));
        QCOMPARE(state[QStringLiteral("boots")].toInteger(), 1); // the torn event does not count
    }

    void oneFlashHasOneUnit()
    {
        provisionWithGood();
        start();
        QProcess second;
        second.start(kUnit,
                     {QStringLiteral("--flash"), path("flash"), QStringLiteral("--line"),
                      QStringLiteral("unix:") + path("other")});
        QVERIFY(second.waitForFinished(kPatience));
        QCOMPARE(second.exitCode(), 1);
    }

    void clientsComeAndGo()
    {
        provisionWithGood();
        start();
        for (int i = 0; i < 3; ++i) {
            QVERIFY(!bootState().isEmpty());
            m_line->write("half a line"); // is left behind
            m_line->flush();
            m_line->abort();
            connectLine();
        }
        QVERIFY(!bootState().isEmpty());
    }

    void keepsToTheSpeedOfTheLine()
    {
        provisionWithGood();
        start({QStringLiteral("--baud"), QStringLiteral("9600")});
        bootState();
        QElapsedTimer timer;
        timer.start();
        const QCborMap request = {{QStringLiteral("d"), QString(200, QLatin1Char('x'))}};
        const QByteArray packet = ServedUnit::packet(2, 0, 0, request.toCborValue().toCbor());
        m_line->write(ServedUnit::framed(packet));
        QDeadlineTimer patience(kPatience);
        std::optional<QByteArray> answer;
        do {
            answer = nextPacket(patience);
        } while (answer && answer->mid(4, 4) != packet.mid(4, 4));
        QVERIFY(answer.has_value());
        // 2 x 300 characters at 960 a second.
        QVERIFY(timer.elapsed() > 400);
    }

    void answersOnAPty()
    {
        provisionWithGood();
        makeProcess();
        m_process->start(kUnit,
                         {QStringLiteral("--flash"), path("flash"), QStringLiteral("--line"),
                          QStringLiteral("pty:") + path("tty")});
        QVERIFY(waitForLog("bootmend-unit ready"));
        const int tty = ::open(QFile::encodeName(path("tty")).constData(), O_RDWR | O_NOCTTY | O_NONBLOCK);
        QVERIFY(tty >= 0);
        const QByteArray packet = ServedUnit::packet(0, 0, 6, QByteArray::fromHex("a0"));
        Frames frames;
        QByteArray received;
        std::optional<QByteArray> answer;
        QDeadlineTimer patience(kPatience);
        while (!answer && !patience.hasExpired()) {
            const QByteArray line = ServedUnit::framed(packet);
            QCOMPARE(::write(tty, line.constData(), size_t(line.size())), ssize_t(line.size()));
            pollfd waiting = {.fd = tty, .events = POLLIN, .revents = 0};
            char bytes[256];
            while (!answer && ::poll(&waiting, 1, kRepeatAfter) > 0) {
                const ssize_t count = ::read(tty, bytes, sizeof bytes);
                QVERIFY(count > 0);
                received.append(bytes, count);
                answer = frames.take(received);
            }
        }
        ::close(tty);
        QVERIFY(answer.has_value());
        QCOMPARE(QCborValue::fromCbor(answer->mid(8)).toMap()[QStringLiteral("buf_size")].toInteger(), 512);
        m_process->terminate();
        QVERIFY(m_process->waitForFinished(kPatience));
        QVERIFY(!QFileInfo(path("tty")).isSymLink());
    }

    void wrongOptionsAreRefused_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("nothing") << QStringList();
        QTest::newRow("unknown") << QStringList{QStringLiteral("--frobnicate")};
        const QStringList usual{QStringLiteral("--flash"), QStringLiteral("f"), QStringLiteral("--line"),
                                QStringLiteral("unix:l")};
        const auto row = [&usual](const char *option, const char *value) {
            QTest::addRow("%s %s", option, value)
                << usual + QStringList{QString::fromLatin1(option), QString::fromLatin1(value)};
        };
        row("--baud", "fast");
        row("--trials", "0");
        for (const char *buffers : {"0:512", "3:4097", "3:100", "3:", "3:512:1", "many"})
            row("--buffers", buffers);
    }

    void wrongOptionsAreRefused()
    {
        QFETCH(QStringList, arguments);
        QProcess process;
        process.start(kUnit, arguments);
        QVERIFY(process.waitForFinished(kPatience));
        QCOMPARE(process.exitCode(), 2);
    }
};

QTEST_GUILESS_MAIN(TestHostUnit)
#include "tst_host_unit.moc"
