// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/guest/usb_function.h"

#include <deque>
#include <map>

namespace guest {

/// A full-speed USB device in the kernel's virtual host controller (vhci_hcd), which speaks USB/IP over a
/// socket (Linux, Documentation/usb/usbip_protocol.rst). It is plugged in from plug() on, and pulled out when
/// serve() or the process ends.
class UsbDevice
{
public:
    UsbDevice(UsbIdentity identity, UsbFunction &function) :
        m_identity(std::move(identity)), m_function(function)
    {
    }
    ~UsbDevice();
    UsbDevice(const UsbDevice &) = delete;
    UsbDevice &operator=(const UsbDevice &) = delete;

    /// Into a port of the controller, 0 to 7. False, and errno, when the kernel does not take it.
    bool plug(int port);

    /// Until the kernel lets go of it, or what the function's source leads to is gone.
    void serve();

private:
    struct Command;
    /// On an endpoint other than 0, and not done yet.
    struct Transfer {
        uint32_t sequence = 0;
        size_t size = 0;
        Bytes fromComputer = {};
        size_t taken = 0;
    };
    using Transfers = std::map<int, std::deque<Transfer>>; // by endpoint

    bool serveCommand();
    void submit(const Command &command, Bytes fromComputer);
    void unlink(const Command &command);
    std::optional<Bytes> answer(const Request &request) const;
    std::optional<Bytes> descriptor(uint8_t type, uint8_t index) const;
    Bytes deviceDescriptor() const;
    Bytes configuration() const;
    std::optional<Bytes> text(uint8_t index) const;
    void giveToComputer();
    void takeFromComputer();
    void finish(uint32_t sequence, int status, size_t size, const Bytes &toComputer = {}) const;

    UsbIdentity m_identity;
    UsbFunction &m_function;
    int m_link = -1;
    Transfers m_toComputer;
    Transfers m_fromComputer;
};

} // namespace guest
