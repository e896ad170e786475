// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/transport/io_device_stream.h"

#include <QSerialPort>

namespace transport {

/// What to do with DTR after opening. Some boards wire it to their reset, some wait for it before they talk.
enum class TerminalReady { LeaveAsIs, Raise, Lower };

struct SerialSettings {
    QString port; // "/dev/ttyACM0", "/dev/pts/4", "COM7"
    int baud = 115200;
    TerminalReady terminalReady = TerminalReady::LeaveAsIs;
};

/// A serial port or a pty: 8 data bits, no parity, one stop bit, no flow control. Opened exclusively.
class SerialStream final : public IoDeviceStream
{
public:
    explicit SerialStream(SerialSettings settings);
    ~SerialStream() override;

    /// Disconnected: no such port. TransportFailed: used by another program, not permitted, or refused.
    core::Task<core::Done> open() override;
    std::optional<int> bytesPerSecond() const override;

private:
    void flush() override { m_port.flush(); }
    core::Result<core::Done> configure();
    core::Error failure() const;
    void onError(QSerialPort::SerialPortError error);
    void closeDeadPort();

    SerialSettings m_settings;
    QSerialPort m_port;
};

} // namespace transport
