// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/device_profile.h"
#include "device_protocols/transport/io_device_stream.h"

#include <QSerialPort>

namespace transport {

struct SerialSettings {
    QString port; // "/dev/ttyACM0", "/dev/pts/4", "COM7"
    int baud = 115200;
    core::LinePolicy dtr = core::LinePolicy::Leave;
    core::LinePolicy rts = core::LinePolicy::Leave;
};

/// A serial port or a pty: 8 data bits, no parity, one stop bit, no flow control. Opened exclusively.
class SerialStream final : public IoDeviceStream
{
public:
    explicit SerialStream(SerialSettings settings);
    ~SerialStream() override;

    /// Disconnected: no such port. TransportFailed: used by another program, which the detail names where the
    /// system lets us see it; not permitted; or refused.
    core::Task<core::Done> open() override;
    std::optional<int> bytesPerSecond() const override;

private:
    void flush() override { m_port.flush(); }
    core::Result<core::Done> configure();
    void setLines();
    core::Error failure() const;
    core::Error refusal() const;
    void onError(QSerialPort::SerialPortError error);
    void closeDeadPort();

    SerialSettings m_settings;
    QSerialPort m_port;
};

} // namespace transport
