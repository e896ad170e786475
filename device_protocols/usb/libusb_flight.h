// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/usb_device.h"

#include <coroutine>
#include <memory>
#include <vector>

struct libusb_context;
struct libusb_device;
struct libusb_device_handle;
struct libusb_transfer;

namespace usb {

class LibusbLoop;

/// One control transfer between its submission and the end that libusb tells of. A task awaits it; if that is
/// destroyed the transfer is taken back, and the flight ends by itself.
class Flight
{
public:
    struct Order {
        libusb_device_handle *handle;
        Setup setup;
        QByteArray data; // to the device
        quint16 length = 0;
    };

    Flight(LibusbLoop &loop, const Order &order);
    ~Flight();
    Q_DISABLE_COPY_MOVE(Flight)

    int submit(); // libusb's code
    void abandon();

    LibusbLoop &loop() { return m_loop; }
    libusb_device_handle *handle() const { return m_handle; }
    bool isOver() const { return m_isOver; }
    void setOver() { m_isOver = true; }
    void awaken(std::coroutine_handle<> waiting) { m_waiting = waiting; }

    /// Called by the loop when libusb has returned: wakes whoever waits, or ends itself.
    void land();
    void cancel();

    /// What came of it. Errors of UsbDevice.
    core::Result<QByteArray> outcome() const;

private:
    LibusbLoop &m_loop;
    libusb_device_handle *m_handle;
    libusb_transfer *m_transfer;
    std::vector<unsigned char> m_buffer; // the setup, then the data
    bool m_isIn;
    std::coroutine_handle<> m_waiting;
    bool m_isFlying = false;
    bool m_isOver = false;
    bool m_isAbandoned = false;
};

/// Owns a flight for a task.
class FlightTicket
{
public:
    explicit FlightTicket(std::unique_ptr<Flight> flight) : m_flight(flight.release()) { }
    ~FlightTicket() { m_flight->abandon(); }
    Q_DISABLE_COPY_MOVE(FlightTicket)

    bool await_ready() const { return m_flight->isOver(); }
    void await_suspend(std::coroutine_handle<> waiting) { m_flight->awaken(waiting); }
    void await_resume() const { }

    int submit() { return m_flight->submit(); }
    core::Result<QByteArray> outcome() const { return m_flight->outcome(); }

private:
    Flight *m_flight;
};

} // namespace usb
