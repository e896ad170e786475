// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/libusb_loop.h"

namespace usb {

/// An open device of libusb. What the system may take its time for (a reset, another alternate setting) runs
/// on a thread of the pool.
class LibusbDevice final : public UsbDevice
{
public:
    /// Takes over the handle, which the loop already holds once.
    LibusbDevice(LibusbLoop &loop, libusb_device_handle *handle, DeviceFacts facts) :
        m_loop(loop), m_handle(handle), m_facts(std::move(facts))
    {
    }
    ~LibusbDevice() override { m_loop.letGo(m_handle); }

    const DeviceFacts &facts() const override { return m_facts; }
    core::Task<core::Done> send(Setup setup, QByteArray data) override;
    core::Task<QByteArray> ask(Setup setup, quint16 length) override;
    core::Task<core::Done> claim(quint8 interface) override;
    core::Task<core::Done> select(quint8 interface, quint8 alternate) override;
    core::Task<core::Done> reset() override;

private:
    core::Task<QByteArray> fly(Flight::Order order);
    core::Task<core::Done> onPool(std::function<int(libusb_device_handle *)> call, const char *what);

    LibusbLoop &m_loop;
    libusb_device_handle *m_handle;
    DeviceFacts m_facts;
};

} // namespace usb
