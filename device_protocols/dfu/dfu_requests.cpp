// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/dfu/dfu_requests.h"

#include <algorithm>

namespace dfu {

using core::Done;
using core::ErrorKind;
using core::Milliseconds;
using core::Task;

namespace {

// bmRequestType and bRequest (USB DFU 1.1, table 3.2)
constexpr quint8 kToInterface = 0x21;
constexpr quint8 kFromInterface = 0xa1;
constexpr quint8 kDetach = 0;
constexpr quint8 kDownload = 1;
constexpr quint8 kUpload = 2;
constexpr quint8 kGetStatus = 3;
constexpr quint8 kClearStatus = 4;
constexpr quint8 kGetState = 5;
constexpr quint8 kAbort = 6;

constexpr quint16 kStatusSize = 6;

// GET_DESCRIPTOR of an interface (USB 2.0, table 9-4), for the functional descriptor (USB DFU 1.1, table 4.2)
constexpr usb::Setup kGetFunctional{0x81, 6, 0x2100, 0};
constexpr quint16 kFunctionalSize = 9;

} // namespace

Task<Done> Requests::send(quint8 request, quint16 value, QByteArray data)
{
    const usb::Setup setup{kToInterface, request, value, m_line.interface};
    co_return co_await core::within(m_line.limit, m_clock, m_device.send(setup, std::move(data)));
}

Task<QByteArray> Requests::ask(quint8 request, quint16 value, quint16 length)
{
    const usb::Setup setup{kFromInterface, request, value, m_line.interface};
    const QByteArray answer = co_await core::within(m_line.limit, m_clock, m_device.ask(setup, length));
    if (answer.size() > length)
        co_return core::fail(ErrorKind::MalformedReply, QStringLiteral("more than was asked for"));
    co_return answer;
}

Task<Done> Requests::detach(Milliseconds patience)
{
    const auto value = quint16(std::clamp<qint64>(patience.count(), 0, 0xffff));
    return send(kDetach, value, {});
}

Task<Done> Requests::download(quint16 block, QByteArray data)
{
    return send(kDownload, block, std::move(data));
}

Task<QByteArray> Requests::upload(quint16 block, quint16 length)
{
    return ask(kUpload, block, length);
}

Task<Report> Requests::status()
{
    const QByteArray answer = co_await ask(kGetStatus, 0, kStatusSize);
    co_return parseReport(answer);
}

Task<Done> Requests::clearStatus()
{
    return send(kClearStatus, 0, {});
}

Task<State> Requests::state()
{
    const QByteArray answer = co_await ask(kGetState, 0, 1);
    if (answer.size() != 1 || quint8(answer.at(0)) > quint8(State::Error))
        co_return core::fail(ErrorKind::MalformedReply, QStringLiteral("the answer is no state"));
    co_return State(answer.at(0));
}

Task<Done> Requests::abort()
{
    return send(kAbort, 0, {});
}

Task<QByteArray> Requests::functionalDescriptor()
{
    usb::Setup setup = kGetFunctional;
    setup.index = m_line.interface;
    co_return co_await core::within(m_line.limit, m_clock, m_device.ask(setup, kFunctionalSize));
}

} // namespace dfu
