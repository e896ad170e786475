// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/version.h"
#include "core/device/driver.h"
#include "device_protocols/smp/image_commands.h"
#include "device_protocols/smp/smp_client.h"

namespace smp {

/// How large a slot is. Bytes.
struct SlotSize {
    int image = 0;
    int slot = 0;
    qint64 size = 0;
    std::optional<int> uploadImage; // what to put into the upload's `image` to reach this slot
};

/// SMP group 1: the images in the device's slots. Zephyr, "Application/software image management group".
class ImageGroup
{
public:
    explicit ImageGroup(Client &client) : m_client(client) { }

    core::Task<QList<ImageSlot>> list();

    /// Boots the image once on the next reset; it reverts unless confirmed. TryAgain is of the Bootmend
    /// bootloader ("force" in bootmend/device_wire.h); others never hear of it.
    core::Task<QList<ImageSlot>> tryOnNextBoot(QByteArray hash, core::RolledBackBefore before);

    /// Makes the image with this hash, or the running one when it is empty, the one that boots from now on.
    core::Task<QList<ImageSlot>> confirm(QByteArray hash);

    /// Erases a slot; answered when it is done, which takes tens of seconds on slow flash.
    core::Task<core::Done> erase(int slot);

    core::Task<QList<SlotSize>> slotSizes();

private:
    core::Task<QList<ImageSlot>> mark(MarkImage request);

    Client &m_client;
};

} // namespace smp
