// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/image_group.h"

#include "device_protocols/smp/reply_fields.h"

namespace smp {

using core::Done;
using core::Result;
using core::Task;

namespace {

constexpr Command kReadState{Op::Read, Group::Image, 0};
constexpr Command kWriteState{Op::Write, Group::Image, 0};
constexpr Command kErase{Op::Write, Group::Image, 5};
constexpr Command kSlotInfo{Op::Read, Group::Image, 6};

// A whole slot of external flash: 512 sectors of 4 KiB at 85 ms each.
constexpr Patience kErasing{core::Milliseconds(60'000), 1};

ImageSlot parseSlot(ReplyFields &fields)
{
    return {
        .image = fields.numberOr<int>(QLatin1String("image"), 0),
        .slot = fields.number<int>(QLatin1String("slot")),
        .version = fields.text(QLatin1String("version")),
        .hash = fields.bytesOrNone(QLatin1String("hash")),
        .isActive = fields.flagOr(QLatin1String("active"), false),
        .isConfirmed = fields.flagOr(QLatin1String("confirmed"), false),
        .isPending = fields.flagOr(QLatin1String("pending"), false),
        .isPermanent = fields.flagOr(QLatin1String("permanent"), false),
        .isBootable = fields.flagOr(QLatin1String("bootable"), false),
    };
}

Result<QList<ImageSlot>> parseState(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("image state"));
    QList<ImageSlot> found;
    for (ReplyFields &entry : fields.entries(QLatin1String("images"))) {
        found.append(parseSlot(entry));
        fields.adopt(entry);
    }
    return fields.result(found);
}

void addSizes(ReplyFields &image, QList<SlotSize> &found)
{
    const int number = image.numberOr<int>(QLatin1String("image"), 0);
    for (ReplyFields &entry : image.entries(QLatin1String("slots"))) {
        found.append({
            .image = number,
            .slot = entry.number<int>(QLatin1String("slot")),
            .size = entry.numberOr<quint32>(QLatin1String("size"), 0), // Left out when the flash area fails.
            .uploadImage = entry.numberIfAny<int>(QLatin1String("upload_image_id")),
        });
        image.adopt(entry);
    }
}

Result<QList<SlotSize>> parseSizes(const QCborMap &reply)
{
    ReplyFields fields(reply, QStringLiteral("slot information"));
    QList<SlotSize> found;
    for (ReplyFields &image : fields.entries(QLatin1String("images"))) {
        addSizes(image, found);
        fields.adopt(image);
    }
    return fields.result(found);
}

} // namespace

Task<QList<ImageSlot>> ImageGroup::list()
{
    const QCborMap reply = co_await m_client.request(kReadState);
    co_return parseState(reply);
}

Task<QList<ImageSlot>> ImageGroup::tryOnNextBoot(QByteArray hash, core::RolledBackBefore before)
{
    QCborMap body;
    body[QLatin1String("hash")] = hash;
    body[QLatin1String("confirm")] = false;
    if (before == core::RolledBackBefore::TryAgain)
        body[QLatin1String("force")] = true;
    return writeState(std::move(body));
}

Task<QList<ImageSlot>> ImageGroup::confirm(QByteArray hash)
{
    QCborMap body;
    if (!hash.isEmpty())
        body[QLatin1String("hash")] = hash;
    body[QLatin1String("confirm")] = true;
    return writeState(std::move(body));
}

Task<Done> ImageGroup::erase(int slot)
{
    QCborMap body;
    body[QLatin1String("slot")] = slot;
    co_await m_client.request(kErase, std::move(body), kErasing);
    co_return Done{};
}

Task<QList<SlotSize>> ImageGroup::slotSizes()
{
    const QCborMap reply = co_await m_client.request(kSlotInfo);
    co_return parseSizes(reply);
}

Task<QList<ImageSlot>> ImageGroup::writeState(QCborMap body)
{
    const QCborMap reply = co_await m_client.request(kWriteState, std::move(body));
    co_return parseState(reply);
}

} // namespace smp
