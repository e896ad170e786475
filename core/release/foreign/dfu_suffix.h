// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/device/port.h"

#include <QByteArray>

#include <optional>

namespace core {

constexpr quint16 kDfuFileVersion = 0x0100; // bcdDFU of a plain DFU file (USB DFU 1.1, appendix B)
constexpr quint16 kDfuSeFileVersion = 0x011a; // of DfuSe (UM0391, section 2.2)

/// The last 16 bytes of a DFU file (USB DFU 1.1, appendix B; UM0391, section 2.2; little-endian). It says
/// whom the file is for, proves nothing, and never goes to a device.
struct DfuSuffix {
    quint16 device = 0; // bcdDevice; 0xffff stands for any, also below
    quint16 product = 0;
    quint16 vendor = 0;
    quint16 version = 0; // bcdDFU: 0x0100 of a plain file, 0x011a of DfuSe

    friend bool operator==(const DfuSuffix &, const DfuSuffix &) = default;
};

/// What goes to the device, and whom it is for.
struct DfuFile {
    QByteArray firmware;
    std::optional<DfuSuffix> suffix; // none: bare firmware, for whoever is told to take it
};

/// The suffix with a correct checksum; nothing when the file has none.
std::optional<DfuSuffix> readDfuSuffix(const QByteArray &file);

/// Takes the suffix off. A file without one is bare firmware. InvalidFile when there is one whose length or
/// checksum is wrong, and when nothing stands before it.
Result<DfuFile> readDfuFile(const QByteArray &file);

/// The content with a suffix behind it.
QByteArray withDfuSuffix(const QByteArray &content, const DfuSuffix &suffix);

/// A device as its descriptor names it (USB 2.0, section 9.6.1).
struct DfuRecipient {
    UsbIds ids; // in DFU mode
    quint16 device = 0; // bcdDevice
};

/// NotAllowedNow with INCOMPATIBLE_PRODUCT or INCOMPATIBLE_HARDWARE when the suffix names another device.
Result<Done> checkRecipient(const DfuSuffix &suffix, const DfuRecipient &recipient);

} // namespace core
