// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/os_group.h"

namespace smp {

using core::Done;
using core::ErrorKind;
using core::Result;
using core::Task;

namespace {

// Zephyr retention/bootmode.h: BOOT_MODE_TYPE_BOOTLOADER.
constexpr quint8 kStayInBootloader = 1;

} // namespace

Task<QString> OsGroup::echo(QString text, Patience patience)
{
    Echo question{text};
    const EchoReply reply = co_await m_client.ask(std::move(question), patience);
    co_return reply.text;
}

Task<ServerLimits> OsGroup::parameters()
{
    ReadParameters question;
    return m_client.ask(std::move(question));
}

Task<BootloaderInfo> OsGroup::bootloaderInfo()
{
    ReadBootloader who;
    const BootloaderReply named = co_await m_client.ask(std::move(who));
    if (!named.name)
        co_return core::fail(ErrorKind::MalformedReply, QStringLiteral("the bootloader has no name"));

    ReadBootloader how{QStringLiteral("mode")};
    const Result<BootloaderReply> reply = co_await core::attempt(m_client.ask(std::move(how)));
    if (!reply && !reply.error().deviceCode)
        co_return core::passOn(reply.error());
    BootloaderInfo info{*named.name, reply ? reply->mode : std::nullopt};
    co_return info;
}

Task<Done> OsGroup::reset(ResetInto what)
{
    Reset request;
    if (what == ResetInto::Bootloader)
        request.bootMode = kStayInBootloader;
    const Result<Nothing> reply = co_await core::attempt(m_client.ask(request));
    if (!reply && !isRefusal(reply.error(), GenericCode::Busy))
        co_return core::passOn(reply.error());
    if (!reply) {
        request.force = true;
        co_await m_client.ask(request);
    }
    co_return Done{};
}

} // namespace smp
