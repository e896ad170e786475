// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/fields.h"
#include "device_protocols/smp/patience.h"

// SMP group 1. Zephyr, "Application/software image management group"; img_mgmt.h. The upload has its own
// engine (image_upload.h).
namespace smp {

/// An image that the device lists. Devices leave out what is false, and small ones leave out nearly all.
struct ImageSlot {
    int image = 0; // left out by single-image devices
    int slot = 0;
    QString version; // as the device writes it: "1.2.3" or "1.2.3.4"
    QByteArray hash; // SHA TLV of the image, not the digest of its file
    bool isActive = false;
    bool isConfirmed = false;
    bool isPending = false;
    bool isPermanent = false;
    bool isBootable = false;
    static constexpr auto fields()
    {
        return std::tuple(
            optional("image", &ImageSlot::image), required("slot", &ImageSlot::slot),
            required("version", &ImageSlot::version), optional("hash", &ImageSlot::hash),
            optional("active", &ImageSlot::isActive), optional("confirmed", &ImageSlot::isConfirmed),
            optional("pending", &ImageSlot::isPending), optional("permanent", &ImageSlot::isPermanent),
            optional("bootable", &ImageSlot::isBootable));
    }
};

struct ImagesReply {
    QList<ImageSlot> images;
    std::optional<int> splitStatus;
    static constexpr auto fields()
    {
        return std::tuple(required("images", &ImagesReply::images),
                          optional("splitStatus", &ImagesReply::splitStatus));
    }
};

struct ReadImages : Nothing {
    using Reply = ImagesReply;
    static constexpr Command kCommand{Op::Read, Group::Image, 0};
};

struct MarkImage {
    using Reply = ImagesReply;
    static constexpr Command kCommand{Op::Write, Group::Image, 0};
    QByteArray hash; // empty: the running image, which can only be confirmed
    bool isConfirmed = false; // false: boots once, and reverts unless confirmed
    std::optional<bool> force; // of the Bootmend bootloader (bootmend/device_wire.h)
    static constexpr auto fields()
    {
        return std::tuple(optional("hash", &MarkImage::hash), required("confirm", &MarkImage::isConfirmed),
                          optional("force", &MarkImage::force));
    }
};

struct EraseImage {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::Image, 5};
    static constexpr Patience kPatience = kErasing;
    std::optional<int> slot; // 1 where it is not said
    static constexpr auto fields() { return std::tuple(optional("slot", &EraseImage::slot)); }
};

struct SlotInfo {
    int slot = 0;
    quint32 size = 0; // bytes; left out when the flash area fails
    std::optional<int> uploadImage; // what to put into the upload's `image` to reach this slot
    static constexpr auto fields()
    {
        return std::tuple(required("slot", &SlotInfo::slot), optional("size", &SlotInfo::size),
                          optional("upload_image_id", &SlotInfo::uploadImage));
    }
};

struct ImageSlotsInfo {
    int image = 0;
    QList<SlotInfo> slotList;
    std::optional<qint64> largestImage; // bytes
    static constexpr auto fields()
    {
        return std::tuple(optional("image", &ImageSlotsInfo::image),
                          required("slots", &ImageSlotsInfo::slotList),
                          optional("max_image_size", &ImageSlotsInfo::largestImage));
    }
};

struct SlotInfoReply {
    QList<ImageSlotsInfo> images;
    static constexpr auto fields() { return std::tuple(required("images", &SlotInfoReply::images)); }
};

struct ReadSlotInfo : Nothing {
    using Reply = SlotInfoReply;
    static constexpr Command kCommand{Op::Read, Group::Image, 6};
};

} // namespace smp
