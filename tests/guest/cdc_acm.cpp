// SPDX-License-Identifier: Apache-2.0
#include "tests/guest/cdc_acm.h"

#include <algorithm>
#include <endian.h>
#include <linux/usb/cdc.h>
#include <linux/usb/ch9.h>
#include <sys/socket.h>

namespace guest {

namespace {

constexpr uint8_t kFromComputer = USB_DIR_OUT | 1;
constexpr uint8_t kToComputer = USB_DIR_IN | 2;
constexpr uint8_t kNotifications = USB_DIR_IN | 3;
constexpr uint8_t kControl = 0; // numbers of the interfaces
constexpr uint8_t kData = 1;

Bytes interface(uint8_t number, uint8_t endpoints, uint8_t kind, uint8_t subclass)
{
    const usb_interface_descriptor descriptor{
        .bLength = USB_DT_INTERFACE_SIZE,
        .bDescriptorType = USB_DT_INTERFACE,
        .bInterfaceNumber = number,
        .bNumEndpoints = endpoints,
        .bInterfaceClass = kind,
        .bInterfaceSubClass = subclass,
    };
    return bytesOf(descriptor);
}

Bytes endpoint(uint8_t address, uint8_t kind)
{
    const usb_endpoint_descriptor descriptor{
        .bLength = USB_DT_ENDPOINT_SIZE,
        .bDescriptorType = USB_DT_ENDPOINT,
        .bEndpointAddress = address,
        .bmAttributes = kind,
        .wMaxPacketSize = htole16(64),
        .bInterval = 10, // ms; of no meaning to bulk endpoints
    };
    return bytesOf(descriptor, USB_DT_ENDPOINT_SIZE);
}

template<class Descriptor>
Bytes classSpecific(Descriptor descriptor)
{
    descriptor.bLength = sizeof descriptor;
    descriptor.bDescriptorType = USB_DT_CS_INTERFACE;
    return bytesOf(descriptor);
}

} // namespace

uint8_t CdcAcm::deviceClass() const
{
    return USB_CLASS_COMM;
}

/// USB CDC 1.2, 5.2.3, and USB PSTN 1.2, 5.3.
Bytes CdcAcm::interfaces() const
{
    const usb_cdc_header_desc header{.bDescriptorSubType = USB_CDC_HEADER_TYPE, .bcdCDC = htole16(0x0110)};
    const usb_cdc_call_mgmt_descriptor calls{.bDescriptorSubType = USB_CDC_CALL_MANAGEMENT_TYPE,
                                             .bDataInterface = kData};
    const usb_cdc_acm_descriptor abstractControl{.bDescriptorSubType = USB_CDC_ACM_TYPE,
                                                 .bmCapabilities = USB_CDC_CAP_LINE};
    const usb_cdc_union_desc both{
        .bDescriptorSubType = USB_CDC_UNION_TYPE, .bMasterInterface0 = kControl, .bSlaveInterface0 = kData};
    Bytes all;
    for (const Bytes &part :
         {interface(kControl, 1, USB_CLASS_COMM, USB_CDC_SUBCLASS_ACM), classSpecific(header),
          classSpecific(calls), classSpecific(abstractControl), classSpecific(both),
          endpoint(kNotifications, USB_ENDPOINT_XFER_INT), interface(kData, 2, USB_CLASS_CDC_DATA, 0),
          endpoint(kFromComputer, USB_ENDPOINT_XFER_BULK), endpoint(kToComputer, USB_ENDPOINT_XFER_BULK)})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::optional<Bytes> CdcAcm::answer(const Request &request)
{
    switch (request.code) {
    case USB_CDC_REQ_SET_LINE_CODING:
        if (request.sent.size() != m_lineCoding.size())
            return {};
        m_lineCoding = request.sent;
        return Bytes{};
    case USB_CDC_REQ_GET_LINE_CODING:
        return m_lineCoding;
    case USB_CDC_REQ_SET_CONTROL_LINE_STATE:
        m_onLines({(request.value & USB_CDC_CTRL_DTR) != 0, (request.value & USB_CDC_CTRL_RTS) != 0});
        return Bytes{};
    default:
        return {};
    }
}

size_t CdcAcm::take([[maybe_unused]] int endpoint, const uint8_t *bytes, size_t size)
{
    return size_t(std::max<ssize_t>(::send(m_socket, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT), 0));
}

std::optional<Bytes> CdcAcm::give(int endpoint, size_t most)
{
    if (endpoint != (kToComputer & USB_ENDPOINT_NUMBER_MASK))
        return {};
    Bytes bytes(most);
    const ssize_t count = ::recv(m_socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count <= 0)
        return {};
    bytes.resize(size_t(count));
    return bytes;
}

} // namespace guest
