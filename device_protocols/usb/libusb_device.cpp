// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/libusb_device.h"

#include "core/async/on_worker.h"
#include "device_protocols/usb/libusb_error.h"
#include "device_protocols/usb/system_facts.h"

#include <libusb-1.0/libusb.h>

namespace usb {

using core::Done;
using core::Error;
using core::Result;
using core::Task;

Task<QByteArray> LibusbDevice::fly(Flight::Order order)
{
    FlightTicket ticket(std::make_unique<Flight>(m_loop, order));
    const int code = ticket.submit();
    if (code != LIBUSB_SUCCESS)
        co_return tl::unexpected(errorOf(code, "control transfer"));
    co_await ticket;
    co_return ticket.outcome();
}

Task<Done> LibusbDevice::send(Setup setup, QByteArray data)
{
    Flight::Order order{m_handle, setup, data, quint16(data.size())};
    co_await fly(std::move(order));
    co_return Done{};
}

Task<QByteArray> LibusbDevice::ask(Setup setup, quint16 length)
{
    setup.type |= LIBUSB_ENDPOINT_IN;
    Flight::Order order{m_handle, setup, {}, length};
    return fly(std::move(order));
}

Task<Done> LibusbDevice::claim(quint8 interface)
{
    const int code = libusb_claim_interface(m_handle, interface);
    if (code == LIBUSB_SUCCESS)
        co_return Done{};
    Error error = errorOf(code, "taking the interface");
    if (error.reason == core::Reason::DeviceInUse)
        error.detail = holderOf(m_facts, interface);
    co_return tl::unexpected(std::move(error));
}

Task<Done> LibusbDevice::onPool(std::function<int(libusb_device_handle *)> call, const char *what)
{
    m_loop.jobStarted(m_handle);
    std::function<Result<Done>()> work = [&loop = m_loop, handle = m_handle, call, what]() -> Result<Done> {
        const int code = call(handle);
        loop.jobEnded(handle);
        if (code != LIBUSB_SUCCESS)
            return tl::unexpected(errorOf(code, what));
        return Done{};
    };
    co_return co_await core::onWorker(std::move(work));
}

Task<Done> LibusbDevice::select(quint8 interface, quint8 alternate)
{
    const auto call = [interface, alternate](libusb_device_handle *handle) {
        return libusb_set_interface_alt_setting(handle, interface, alternate);
    };
    return onPool(call, "selecting the alternate setting");
}

Task<Done> LibusbDevice::reset()
{
    return onPool(&libusb_reset_device, "bus reset");
}

} // namespace usb
