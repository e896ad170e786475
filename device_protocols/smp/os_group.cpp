// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/os_group.h"

#include "device_protocols/smp/reply_fields.h"

namespace smp {

using core::Done;
using core::Result;
using core::Task;

namespace {

constexpr Command kEcho{Op::Write, Group::Os, 0};
constexpr Command kReset{Op::Write, Group::Os, 5};
constexpr Command kParameters{Op::Read, Group::Os, 6};
constexpr Command kBootloaderInfo{Op::Read, Group::Os, 8};

// Zephyr retention/bootmode.h: BOOT_MODE_TYPE_BOOTLOADER.
constexpr int kStayInBootloader = 1;

// Answered before anything is done; an answer that has not come by then was lost, and the unit restarts.
constexpr Patience kResetting{core::Milliseconds(2'500), 1};

Result<ServerLimits> parseLimits(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("parameters"));
    const ServerLimits limits{.bufferSize = fields.number<int>(QLatin1String("buf_size")),
                              .bufferCount = fields.number<int>(QLatin1String("buf_count"))};
    return fields.result(limits);
}

Result<QString> parseText(const QCborMap &reply, QLatin1String key)
{
    ReplyFields fields(reply, QStringLiteral("answer"));
    const QString text = fields.text(key);
    return fields.result(text);
}

Result<std::optional<int>> parseMode(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("bootloader mode"));
    const std::optional<int> mode = fields.numberIfAny<int>(QLatin1String("mode"));
    return fields.result(mode);
}

} // namespace

Task<QString> OsGroup::echo(QString text, Patience patience)
{
    QCborMap body;
    body[QLatin1String("d")] = text;
    const QCborMap reply = co_await m_client.request(kEcho, std::move(body), patience);
    co_return parseText(reply, QLatin1String("r"));
}

Task<ServerLimits> OsGroup::parameters()
{
    const QCborMap reply = co_await m_client.request(kParameters);
    co_return parseLimits(reply);
}

Task<BootloaderInfo> OsGroup::bootloaderInfo()
{
    const QCborMap named = co_await m_client.request(kBootloaderInfo);
    const QString name = co_await parseText(named, QLatin1String("bootloader"));

    QCborMap query;
    query[QLatin1String("query")] = QLatin1String("mode");
    const Result<QCborMap> reply =
        co_await core::attempt(m_client.request(kBootloaderInfo, std::move(query)));
    if (!reply && !reply.error().deviceCode)
        co_return core::passOn(reply.error());
    std::optional<int> mode;
    if (reply)
        mode = co_await parseMode(*reply);
    BootloaderInfo info{name, mode};
    co_return info;
}

Task<Done> OsGroup::reset(ResetInto what)
{
    QCborMap body;
    if (what == ResetInto::Bootloader)
        body[QLatin1String("boot_mode")] = kStayInBootloader;
    const Result<QCborMap> reply = co_await core::attempt(m_client.request(kReset, body, kResetting));
    if (!reply && !isRefusal(reply.error(), GenericCode::Busy))
        co_return core::passOn(reply.error());
    if (!reply) {
        // Documented as an integer, decoded as a boolean by the servers in the field.
        body[QLatin1String("force")] = true;
        co_await m_client.request(kReset, body, kResetting);
    }
    co_return Done{};
}

} // namespace smp
