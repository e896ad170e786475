// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/dfu/dfu_status.h"
#include "device_protocols/usb/usb_device.h"

namespace dfu {

/// The requests of USB DFU 1.1, section 3, to one interface, each once and with a limit; knows no states.
/// Errors: the device's (usb_device.h), TimedOut, and MalformedReply for answers that are none.
class Requests
{
public:
    struct Line {
        quint8 interface = 0;
        core::Milliseconds limit; // of one request
    };

    Requests(usb::UsbDevice &device, Line line, core::Clock &clock) :
        m_device(device), m_line(line), m_clock(clock)
    {
    }

    /// DFU_DETACH; the device waits for `patience` for the bus reset.
    core::Task<core::Done> detach(core::Milliseconds patience);
    /// DFU_DNLOAD; empty: there is no more.
    core::Task<core::Done> download(quint16 block, QByteArray data);
    /// DFU_UPLOAD: at most `length` bytes; fewer: there is no more.
    core::Task<QByteArray> upload(quint16 block, quint16 length);
    core::Task<Report> status(); // DFU_GETSTATUS
    core::Task<core::Done> clearStatus(); // DFU_CLRSTATUS
    core::Task<State> state(); // DFU_GETSTATE
    core::Task<core::Done> abort(); // DFU_ABORT

    /// The functional descriptor, for devices whose configuration does not hold it.
    core::Task<QByteArray> functionalDescriptor();

private:
    core::Task<core::Done> send(quint8 request, quint16 value, QByteArray data);
    core::Task<QByteArray> ask(quint8 request, quint16 value, quint16 length);

    usb::UsbDevice &m_device;
    Line m_line;
    core::Clock &m_clock;
};

} // namespace dfu
