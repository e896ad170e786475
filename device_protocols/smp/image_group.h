// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/version.h"
#include "core/device/driver.h"
#include "device_protocols/smp/smp_client.h"

#include <QList>

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
};

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
    core::Task<QList<ImageSlot>> writeState(QCborMap body);

    Client &m_client;
};

} // namespace smp
