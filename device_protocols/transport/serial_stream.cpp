// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/transport/serial_stream.h"

#include "device_protocols/transport/port_users.h"

#include <QFileInfo>

namespace transport {

using core::Done;
using core::Error;
using core::ErrorKind;
using core::Reason;
using core::Result;
using core::Task;

namespace {

constexpr qint64 kReadBuffer = 16 * 1024;
constexpr int kBitsAByte = 10; // a start bit, eight bits, a stop bit

bool isPermitted(const QString &port)
{
    const QFileInfo file(port);
    return !file.exists() || (file.isReadable() && file.isWritable()); // Windows' ports are no files.
}

} // namespace

SerialStream::SerialStream(SerialSettings settings) : m_settings(std::move(settings))
{
    watch(m_port);
    m_port.setPortName(m_settings.port);
    m_port.setReadBufferSize(kReadBuffer);
    QObject::connect(&m_port, &QSerialPort::errorOccurred, &m_port,
                     [this](QSerialPort::SerialPortError error) { onError(error); });
}

SerialStream::~SerialStream()
{
    m_port.disconnect(); // Closing must not call back into what is being destroyed.
}

Task<Done> SerialStream::open()
{
    if (m_port.isOpen())
        close();
    m_port.clearError();
    // Opening sets lines and speed also for who has the port already, and exclusive use keeps out only
    // whoever comes later, and not the superuser.
    if (!usersOf(m_settings.port).isEmpty())
        co_return tl::unexpected(refusal());
    m_port.setBaudRate(m_settings.baud);
    if (!m_port.open(QIODevice::ReadWrite))
        co_return tl::unexpected(failure());
    co_return configure();
}

std::optional<int> SerialStream::bytesPerSecond() const
{
    return m_settings.baud / kBitsAByte;
}

Result<Done> SerialStream::configure()
{
    const bool isSet = m_port.setBaudRate(m_settings.baud) && m_port.setDataBits(QSerialPort::Data8)
        && m_port.setParity(QSerialPort::NoParity) && m_port.setStopBits(QSerialPort::OneStop)
        && m_port.setFlowControl(QSerialPort::NoFlowControl);
    if (!isSet) {
        const Error error = failure();
        m_port.close();
        return tl::unexpected(error);
    }
    setLines();
    linkOpened();
    return Done{};
}

/// A pty has no such lines: it says "unsupported", and needs none.
void SerialStream::setLines()
{
    if (m_settings.dtr != core::LinePolicy::Leave)
        m_port.setDataTerminalReady(m_settings.dtr == core::LinePolicy::Raise);
    if (m_settings.rts != core::LinePolicy::Leave)
        m_port.setRequestToSend(m_settings.rts == core::LinePolicy::Raise);
}

/// The system says "permission" both for a port that is opened exclusively (TIOCEXCL, ioctl_tty(2)) and for
/// one that belongs to somebody else.
Error SerialStream::refusal() const
{
    const QString &port = m_settings.port;
    const QList<PortUser> users = usersOf(port);
    if (!users.isEmpty())
        return {ErrorKind::TransportFailed,
                QStringLiteral("%1 is used by another program: %2").arg(port, toText(users)),
                Reason::DeviceInUse};
    if (isPermitted(port))
        return {ErrorKind::TransportFailed, QStringLiteral("%1 is used by another program").arg(port),
                Reason::DeviceInUse};
    return {ErrorKind::TransportFailed, QStringLiteral("no permission to use %1").arg(port),
            Reason::NotPermitted};
}

Error SerialStream::failure() const
{
    const QString &port = m_settings.port;
    switch (m_port.error()) {
    case QSerialPort::DeviceNotFoundError:
        return {ErrorKind::Disconnected, QStringLiteral("there is no port %1").arg(port)};
    case QSerialPort::PermissionError:
        return refusal();
    default:
        return {ErrorKind::TransportFailed, QStringLiteral("%1: %2").arg(port, m_port.errorString())};
    }
}

void SerialStream::onError(QSerialPort::SerialPortError error)
{
    switch (error) {
    case QSerialPort::NoError:
    case QSerialPort::UnsupportedOperationError: // A pty's answer to anything about modem lines.
    case QSerialPort::TimeoutError:
        return;
    default:
        linkLost(QStringLiteral("%1: %2").arg(m_settings.port, m_port.errorString()));
        QMetaObject::invokeMethod(
            &m_port, [this] { closeDeadPort(); }, Qt::QueuedConnection);
    }
}

/// QSerialPort goes on watching the descriptor of a port that was unplugged, which is for ever readable.
void SerialStream::closeDeadPort()
{
    if (!isLinkOpen() && m_port.isOpen())
        m_port.close();
}

} // namespace transport
