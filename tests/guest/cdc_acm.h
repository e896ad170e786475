// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/guest/usb_function.h"

#include <functional>

namespace guest {

/// The control lines as the computer set them (USB PSTN 1.2, 6.3.12).
struct ControlLines {
    bool isDtrRaised = false;
    bool isRtsRaised = false;
};

/// A serial port (USB CDC, abstract control model) whose bytes go to and come from a socket, non-blocking,
/// which is not owned. It is told of the control lines whenever the computer sets them.
class CdcAcm final : public UsbFunction
{
public:
    CdcAcm(int socket, std::function<void(ControlLines)> onLines) :
        m_socket(socket), m_onLines(std::move(onLines))
    {
    }

    uint8_t deviceClass() const override;
    uint8_t interfaceCount() const override { return 2; }
    Bytes interfaces() const override;
    std::optional<Bytes> answer(const Request &request) override;
    int source() const override { return m_socket; }
    size_t take(int endpoint, const uint8_t *bytes, size_t size) override;
    std::optional<Bytes> give(int endpoint, size_t most) override;

private:
    int m_socket;
    std::function<void(ControlLines)> m_onLines;
    Bytes m_lineCoding{0x00, 0xc2, 0x01, 0x00, 0, 0, 8}; // 115200 baud, 8N1, until the computer sets another
};

} // namespace guest
