// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/libusb_flight.h"

#include "device_protocols/usb/libusb_error.h"
#include "device_protocols/usb/libusb_loop.h"

#include <libusb-1.0/libusb.h>

#include <algorithm>

namespace usb {

using core::ErrorKind;
using core::Result;

namespace {

constexpr unsigned kNoTimeOut = 0;

void LIBUSB_CALL onLanded(libusb_transfer *transfer)
{
    auto *flight = static_cast<Flight *>(transfer->user_data);
    flight->loop().landed(*flight);
}

} // namespace

Flight::Flight(LibusbLoop &loop, const Order &order) :
    m_loop(loop), m_handle(order.handle), m_transfer(libusb_alloc_transfer(0)),
    m_buffer(LIBUSB_CONTROL_SETUP_SIZE + order.length), m_isIn((order.setup.type & LIBUSB_ENDPOINT_IN) != 0)
{
    const Setup &setup = order.setup;
    libusb_fill_control_setup(m_buffer.data(), setup.type, setup.request, setup.value, setup.index,
                              order.length);
    std::copy(order.data.cbegin(), order.data.cend(), m_buffer.begin() + LIBUSB_CONTROL_SETUP_SIZE);
    libusb_fill_control_transfer(m_transfer, m_handle, m_buffer.data(), &onLanded, this, kNoTimeOut);
}

Flight::~Flight()
{
    libusb_free_transfer(m_transfer);
}

int Flight::submit()
{
    const int code = libusb_submit_transfer(m_transfer);
    m_isFlying = code == LIBUSB_SUCCESS;
    if (m_isFlying)
        m_loop.started(*this);
    return code;
}

void Flight::cancel()
{
    libusb_cancel_transfer(m_transfer);
}

void Flight::abandon()
{
    m_waiting = {};
    m_isAbandoned = true;
    if (m_isFlying && !m_isOver)
        cancel();
    if (!m_isFlying)
        delete this;
}

void Flight::land()
{
    m_isFlying = false;
    if (m_isAbandoned) {
        delete this;
        return;
    }
    if (m_waiting)
        std::exchange(m_waiting, {}).resume(); // May destroy *this; nothing of it is touched below.
}

Result<QByteArray> Flight::outcome() const
{
    const auto count = qsizetype(m_transfer->actual_length);
    const auto wanted = qsizetype(m_buffer.size() - LIBUSB_CONTROL_SETUP_SIZE);
    if (m_transfer->status != LIBUSB_TRANSFER_COMPLETED)
        return tl::unexpected(errorOfStatus(m_transfer->status));
    if (!m_isIn && count != wanted) {
        return core::fail(ErrorKind::TransportFailed,
                          QStringLiteral("%1 of %2 bytes were taken").arg(count).arg(wanted));
    }
    if (!m_isIn)
        return QByteArray();
    const auto *data = reinterpret_cast<const char *>(m_buffer.data()) + LIBUSB_CONTROL_SETUP_SIZE;
    return QByteArray(data, count);
}

} // namespace usb
