// SPDX-License-Identifier: Apache-2.0
#include "tests/support/usb_bench.h"

#include <QStandardPaths>

#include <array>
#include <fcntl.h>
#include <pty.h>
#include <termios.h>
#include <unistd.h>

namespace testing {

namespace {

constexpr int kPatienceMs = 10'000;

/// umockdev names the end of a monitor after its descriptor: of two programs with the same number only one
/// would get the events. All numbers up to one of its own are held open for each.
QString ownDescriptors(int program)
{
    constexpr int kHighestOfTheShell = 20;
    constexpr int kPrograms = 100;
    constexpr int kApart = 8; // Not each opens the same number of files before its monitor.
    return QStringLiteral(R"(for number in {3..%1}; do eval "exec $number</dev/null"; done; exec "$0" "$@")")
        .arg(kHighestOfTheShell + kApart * (program % kPrograms));
}

QString wrapper()
{
    return QStandardPaths::findExecutable(QStringLiteral("umockdev-wrapper"));
}

} // namespace

QString UsbBus::start()
{
    const auto program = QStringLiteral(BOOTMEND_MOCK_USB_BUS);
    if (wrapper().isEmpty() || program.isEmpty())
        return QStringLiteral("umockdev is not installed");
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(wrapper(), {program});
    if (!m_process.waitForReadyRead(kPatienceMs))
        return QStringLiteral("the mock bus does not start: ") + m_process.errorString();
    m_folder = QString::fromUtf8(m_process.readLine()).trimmed();
    return {};
}

UsbBus::~UsbBus()
{
    m_process.closeWriteChannel();
    m_process.waitForFinished(kPatienceMs);
}

QString UsbBus::obey(const QStringList &words)
{
    m_process.write(words.join(u'\t').toUtf8() + '\n');
    while (!m_process.canReadLine())
        if (!m_process.waitForReadyRead(kPatienceMs))
            return QStringLiteral("the mock bus does not answer");
    return QString::fromUtf8(m_process.readLine()).trimmed();
}

QString UsbBus::plug(const PlugFacts &facts, const QString &terminal)
{
    return obey({QStringLiteral("plug"), facts.name, facts.topology, QStringLiteral("2fe3"), facts.product,
                 facts.serial, facts.title, terminal});
}

QString UsbBus::unplug(const QString &name)
{
    return obey({QStringLiteral("unplug"), name});
}

void UsbBus::show(QProcess &process, const QString &program, const QStringList &arguments)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("UMOCKDEV_DIR"), m_folder);
    process.setProcessEnvironment(environment);
    process.setProgram(wrapper());
    process.setArguments(
        QStringList{QStringLiteral("bash"), QStringLiteral("-c"), ownDescriptors(++m_shown), program}
        + arguments);
}

bool UsbUnit::plug(const PlugFacts &facts)
{
    std::array<char, 128> name{};
    if (::openpty(&m_master, &m_slave, name.data(), nullptr, nullptr) != 0)
        return false;
    termios line{};
    ::tcgetattr(m_slave, &line);
    ::cfmakeraw(&line);
    ::tcsetattr(m_slave, TCSANOW, &line);
    for (const int end : {m_master, m_slave})
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(m_master, F_SETFL, O_NONBLOCK);
    m_terminal = QString::fromLocal8Bit(name.data());

    m_unit = std::make_unique<QLocalSocket>();
    m_unit->connectToServer(m_socketPath);
    if (!m_unit->waitForConnected(kPatienceMs))
        return false;
    QObject::connect(m_unit.get(), &QLocalSocket::readyRead, m_unit.get(), [this] { toComputer(); });
    m_fromComputer = std::make_unique<QSocketNotifier>(m_master, QSocketNotifier::Read);
    QObject::connect(m_fromComputer.get(), &QSocketNotifier::activated, m_unit.get(),
                     [this] { fromComputer(); });
    m_name = facts.name;
    return m_bus.plug(facts, m_terminal) == QStringLiteral("ok");
}

void UsbUnit::unplug()
{
    if (m_name.isEmpty())
        return;
    m_bus.unplug(std::exchange(m_name, QString()));
    m_fromComputer.reset();
    m_unit.reset();
    ::close(std::exchange(m_slave, -1));
    ::close(std::exchange(m_master, -1)); // The computer's end is hung up.
}

void UsbUnit::fromComputer()
{
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(m_master, bytes.data(), bytes.size());
    if (count > 0) {
        m_unit->write(bytes.data(), count);
        m_unit->flush();
    }
}

void UsbUnit::toComputer()
{
    const QByteArray bytes = m_unit->readAll();
    [[maybe_unused]] const ssize_t count = ::write(m_master, bytes.constData(), size_t(bytes.size()));
}

} // namespace testing
