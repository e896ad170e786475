// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/image_group.h"

namespace smp {

using core::Done;
using core::Task;

Task<QList<ImageSlot>> ImageGroup::list()
{
    ReadImages question;
    const ImagesReply reply = co_await m_client.ask(std::move(question));
    co_return reply.images;
}

Task<QList<ImageSlot>> ImageGroup::tryOnNextBoot(QByteArray hash, core::RolledBackBefore before)
{
    MarkImage request{.hash = std::move(hash), .isConfirmed = false};
    if (before == core::RolledBackBefore::TryAgain)
        request.force = true;
    return mark(std::move(request));
}

Task<QList<ImageSlot>> ImageGroup::confirm(QByteArray hash)
{
    MarkImage request{.hash = std::move(hash), .isConfirmed = true};
    return mark(std::move(request));
}

Task<Done> ImageGroup::erase(int slot)
{
    EraseImage request{slot};
    co_await m_client.ask(std::move(request));
    co_return Done{};
}

Task<QList<SlotSize>> ImageGroup::slotSizes()
{
    ReadSlotInfo question;
    const SlotInfoReply reply = co_await m_client.ask(std::move(question));
    QList<SlotSize> found;
    for (const ImageSlotsInfo &image : reply.images)
        for (const SlotInfo &slot : image.slotList)
            found.append({image.image, slot.slot, slot.size, slot.uploadImage});
    co_return found;
}

Task<QList<ImageSlot>> ImageGroup::mark(MarkImage request)
{
    const ImagesReply reply = co_await m_client.ask(std::move(request));
    co_return reply.images;
}

} // namespace smp
