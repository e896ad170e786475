// SPDX-License-Identifier: Apache-2.0
#include "tests/guest/usb_device.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <endian.h>
#include <fcntl.h>
#include <linux/usb/ch9.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace guest {

namespace {

constexpr const char *kAttach = "/sys/devices/platform/vhci_hcd.0/attach";
constexpr int kFullSpeed = 2; // enum usb_device_speed
constexpr int kDevice = 1 << 16; // a bus and an address that no other device of ours has, with the port added

// Documentation/usb/usbip_protocol.rst: all numbers are big-endian.
constexpr size_t kHeaderSize = 48;
constexpr uint32_t kSubmit = 1;
constexpr uint32_t kUnlink = 2;
constexpr uint32_t kSubmitted = 3;
constexpr uint32_t kUnlinked = 4;
constexpr size_t kSetup = 40; // where the control request begins

constexpr uint8_t kMakerText = 1;
constexpr uint8_t kTitleText = 2;
constexpr uint8_t kSerialText = 3;

uint32_t number(const uint8_t *at)
{
    return uint32_t(at[0]) << 24 | uint32_t(at[1]) << 16 | uint32_t(at[2]) << 8 | at[3];
}

void put(Bytes &bytes, uint32_t value)
{
    for (const int shift : {24, 16, 8, 0})
        bytes.push_back(uint8_t(value >> shift & 0xff));
}

bool readAll(int file, uint8_t *to, size_t size)
{
    while (size > 0) {
        const ssize_t count = ::read(file, to, size);
        if (count <= 0)
            return false;
        to += count;
        size -= size_t(count);
    }
    return true;
}

void writeAll(int file, const Bytes &bytes)
{
    size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = ::send(file, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (count <= 0)
            return; // The next read tells that the kernel has let go.
        done += size_t(count);
    }
}

} // namespace

struct UsbDevice::Command {
    std::array<uint8_t, kHeaderSize> header = {};

    uint32_t field(size_t index) const { return number(header.data() + index * 4); }
    uint32_t kind() const { return field(0); }
    uint32_t sequence() const { return field(1); }
    bool isToComputer() const { return field(3) != 0; }
    int endpoint() const { return int(field(4)); }
    uint32_t unlinked() const { return field(5); }
    size_t size() const { return field(6); }
    Request request(Bytes sent) const
    {
        const uint8_t *setup = header.data() + kSetup;
        const auto word = [setup](int at) { return uint16_t(setup[at] | setup[at + 1] << 8); };
        return {setup[0], setup[1], word(2), word(4), word(6), std::move(sent)};
    }
};

UsbDevice::~UsbDevice()
{
    if (m_link >= 0)
        ::close(m_link);
}

bool UsbDevice::plug(int port)
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return false;
    const std::string words = std::to_string(port) + ' ' + std::to_string(ends[1]) + ' '
        + std::to_string(kDevice + port) + ' ' + std::to_string(kFullSpeed);
    const int attach = ::open(kAttach, O_WRONLY | O_CLOEXEC);
    const bool isTaken = attach >= 0 && ::write(attach, words.data(), words.size()) == ssize_t(words.size());
    const int error = errno;
    if (attach >= 0)
        ::close(attach);
    ::close(ends[1]); // The kernel has its own by now.
    m_link = ends[0];
    errno = error;
    return isTaken;
}

void UsbDevice::serve()
{
    for (;;) {
        const auto source =
            short((m_toComputer.empty() ? 0 : POLLIN) | (m_fromComputer.empty() ? 0 : POLLOUT));
        std::array<pollfd, 2> waited{pollfd{m_link, POLLIN, 0}, pollfd{m_function.source(), source, 0}};
        if (::poll(waited.data(), waited.size(), -1) < 0)
            return;
        if ((waited[1].revents & (POLLHUP | POLLERR)) != 0)
            return;
        if (waited[0].revents != 0 && !serveCommand())
            return;
        giveToComputer();
        takeFromComputer();
    }
}

bool UsbDevice::serveCommand()
{
    Command command;
    if (!readAll(m_link, command.header.data(), command.header.size()))
        return false;
    if (command.kind() == kUnlink) {
        unlink(command);
        return true;
    }
    if (command.kind() != kSubmit)
        return false;
    Bytes fromComputer(command.isToComputer() ? 0 : command.size());
    if (!readAll(m_link, fromComputer.data(), fromComputer.size()))
        return false;
    submit(command, std::move(fromComputer));
    return true;
}

void UsbDevice::submit(const Command &command, Bytes fromComputer)
{
    if (command.endpoint() != 0) {
        Transfers &transfers = command.isToComputer() ? m_toComputer : m_fromComputer;
        transfers[command.endpoint()].push_back(
            {command.sequence(), command.size(), std::move(fromComputer)});
        return;
    }
    const Request request = command.request(std::move(fromComputer));
    std::optional<Bytes> answered = answer(request);
    if (!answered)
        return finish(command.sequence(), -EPIPE, 0);
    if (!command.isToComputer())
        return finish(command.sequence(), 0, command.size());
    answered->resize(std::min({answered->size(), command.size(), size_t(request.length)}));
    finish(command.sequence(), 0, answered->size(), *answered);
}

/// The computer takes a transfer back; one that is done by now stays done.
void UsbDevice::unlink(const Command &command)
{
    int status = 0;
    for (Transfers *transfers : {&m_toComputer, &m_fromComputer}) {
        for (auto &[endpoint, queue] : *transfers) {
            const auto isIt = [&](const Transfer &one) { return one.sequence == command.unlinked(); };
            if (std::erase_if(queue, isIt) > 0)
                status = -ECONNRESET;
        }
        std::erase_if(*transfers, [](const auto &entry) { return entry.second.empty(); });
    }
    Bytes reply;
    for (const uint32_t field : {kUnlinked, command.sequence(), 0u, 0u, 0u, uint32_t(status)})
        put(reply, field);
    reply.resize(kHeaderSize);
    writeAll(m_link, reply);
}

void UsbDevice::finish(uint32_t sequence, int status, size_t size, const Bytes &toComputer) const
{
    Bytes reply;
    for (const uint32_t field : {kSubmitted, sequence, 0u, 0u, 0u, uint32_t(status), uint32_t(size)})
        put(reply, field);
    reply.resize(kHeaderSize);
    reply.insert(reply.end(), toComputer.begin(), toComputer.end());
    writeAll(m_link, reply);
}

void UsbDevice::giveToComputer()
{
    for (auto &[endpoint, queue] : m_toComputer) {
        while (!queue.empty()) {
            const std::optional<Bytes> bytes = m_function.give(endpoint, queue.front().size);
            if (!bytes)
                break;
            finish(queue.front().sequence, 0, bytes->size(), *bytes);
            queue.pop_front();
        }
    }
    std::erase_if(m_toComputer, [](const auto &entry) { return entry.second.empty(); });
}

void UsbDevice::takeFromComputer()
{
    for (auto &[endpoint, queue] : m_fromComputer) {
        while (!queue.empty()) {
            Transfer &transfer = queue.front();
            transfer.taken += m_function.take(endpoint, transfer.fromComputer.data() + transfer.taken,
                                              transfer.size - transfer.taken);
            if (transfer.taken < transfer.size)
                break;
            finish(transfer.sequence, 0, transfer.size);
            queue.pop_front();
        }
    }
    std::erase_if(m_fromComputer, [](const auto &entry) { return entry.second.empty(); });
}

std::optional<Bytes> UsbDevice::answer(const Request &request) const
{
    if ((request.type & USB_TYPE_MASK) != USB_TYPE_STANDARD)
        return m_function.answer(request);
    switch (request.code) {
    case USB_REQ_GET_DESCRIPTOR:
        return descriptor(uint8_t(request.value >> 8), uint8_t(request.value & 0xff));
    case USB_REQ_GET_STATUS:
        return Bytes{0, 0};
    case USB_REQ_CLEAR_FEATURE:
    case USB_REQ_SET_CONFIGURATION:
    case USB_REQ_SET_INTERFACE:
        return Bytes{};
    default:
        return {};
    }
}

std::optional<Bytes> UsbDevice::descriptor(uint8_t type, uint8_t index) const
{
    switch (type) {
    case USB_DT_DEVICE:
        return deviceDescriptor();
    case USB_DT_CONFIG:
        return configuration();
    case USB_DT_STRING:
        return text(index);
    default:
        return {};
    }
}

Bytes UsbDevice::deviceDescriptor() const
{
    const usb_device_descriptor device{
        .bLength = USB_DT_DEVICE_SIZE,
        .bDescriptorType = USB_DT_DEVICE,
        .bcdUSB = htole16(0x0200),
        .bDeviceClass = m_function.deviceClass(),
        .bMaxPacketSize0 = 64,
        .idVendor = htole16(m_identity.vendor),
        .idProduct = htole16(m_identity.product),
        .bcdDevice = htole16(0x0100),
        .iManufacturer = kMakerText,
        .iProduct = kTitleText,
        .iSerialNumber = m_identity.serial.empty() ? uint8_t(0) : kSerialText,
        .bNumConfigurations = 1,
    };
    return bytesOf(device, USB_DT_DEVICE_SIZE);
}

Bytes UsbDevice::configuration() const
{
    const Bytes interfaces = m_function.interfaces();
    const usb_config_descriptor head{
        .bLength = USB_DT_CONFIG_SIZE,
        .bDescriptorType = USB_DT_CONFIG,
        .wTotalLength = htole16(uint16_t(USB_DT_CONFIG_SIZE + interfaces.size())),
        .bNumInterfaces = m_function.interfaceCount(),
        .bConfigurationValue = 1,
        .bmAttributes = USB_CONFIG_ATT_ONE,
        .bMaxPower = 50, // 100 mA
    };
    Bytes all = bytesOf(head, USB_DT_CONFIG_SIZE);
    all.insert(all.end(), interfaces.begin(), interfaces.end());
    return all;
}

/// USB 2.0, 9.6.7: UTF-16; number 0 lists the languages, here English of the United States.
std::optional<Bytes> UsbDevice::text(uint8_t index) const
{
    if (index == 0)
        return Bytes{4, USB_DT_STRING, 0x09, 0x04};
    const std::map<uint8_t, const std::string &> texts{
        {kMakerText, m_identity.maker}, {kTitleText, m_identity.title}, {kSerialText, m_identity.serial}};
    const auto found = texts.find(index);
    if (found == texts.end())
        return {};
    Bytes bytes{0, USB_DT_STRING};
    for (const char letter : found->second)
        bytes.insert(bytes.end(), {uint8_t(letter), 0});
    bytes[0] = uint8_t(bytes.size());
    return bytes;
}

} // namespace guest
