// SPDX-License-Identifier: Apache-2.0
//
// A virtual unit, which listens on a socket, as a USB device of this kernel:
//
//     usb_serial_unit PORT SERIAL SOCKET [PRODUCT]
//
// PORT is one of the virtual controller, 0 to 7; PRODUCT is hexadecimal, 0100 unless told. It is plugged in
// for as long as this program runs. Prints "plugged", and a line "dtr=1 rts=0" whenever the computer sets
// these lines.
#include "tests/guest/cdc_acm.h"
#include "tests/guest/usb_device.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace {

int connectTo(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return -1;
    path.copy(address.sun_path, path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return -1;
    return socket;
}

void leaveWhenGrown(const std::string &path)
{
    const int changes = ::inotify_init1(IN_CLOEXEC);
    ::inotify_add_watch(changes, path.c_str(), IN_MODIFY);
    inotify_event change{};
    if (::read(changes, &change, sizeof change) > 0)
        std::_Exit(0);
}

/// Its cable is pulled out in the middle of a packet.
class LooseCable final : public guest::UsbFunction
{
public:
    LooseCable(guest::UsbFunction &function, size_t bytes) : m_function(function), m_left(bytes) { }

    uint8_t deviceClass() const override { return m_function.deviceClass(); }
    uint8_t interfaceCount() const override { return m_function.interfaceCount(); }
    guest::Bytes interfaces() const override { return m_function.interfaces(); }
    std::optional<guest::Bytes> answer(const guest::Request &request) override
    {
        return m_function.answer(request);
    }
    int source() const override { return m_function.source(); }
    std::optional<guest::Bytes> give(int endpoint, size_t most) override
    {
        return m_function.give(endpoint, most);
    }
    size_t take(int endpoint, const uint8_t *bytes, size_t size) override
    {
        const size_t taken = m_function.take(endpoint, bytes, std::min(size, m_left));
        m_left -= taken;
        if (m_left == 0)
            std::_Exit(0);
        return taken;
    }

private:
    guest::UsbFunction &m_function;
    size_t m_left;
};

void tell(guest::ControlLines lines)
{
    std::printf("dtr=%d rts=%d\n", int(lines.isDtrRaised), int(lines.isRtsRaised));
    std::fflush(stdout);
}

} // namespace

int main(int count, char **words)
{
    if (count != 4 && count != 6) {
        std::fputs("usb_serial_unit PORT SERIAL SOCKET [--bytes N | --restart LOG]\n", stderr);
        return 2;
    }
    const std::string option = count == 6 ? words[4] : "";
    const int unit = connectTo(words[3]);
    if (unit < 0) {
        std::perror(words[3]);
        return 1;
    }
    guest::UsbIdentity identity;
    identity.serial = words[2];
    guest::CdcAcm port(unit, tell);
    LooseCable cable(port, option == "--bytes" ? std::strtoul(words[5], nullptr, 10) : SIZE_MAX);
    guest::UsbDevice device(identity, cable);
    if (!device.plug(std::atoi(words[1]))) {
        std::perror("vhci_hcd");
        return 1;
    }
    if (option == "--restart")
        std::thread(leaveWhenGrown, std::string(words[5])).detach();
    std::puts("plugged");
    std::fflush(stdout);
    device.serve();
    return 0;
}
