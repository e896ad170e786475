// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/dfu_quirks.h"

#include <QByteArrayView>
#include <QList>
#include <QStringList>

namespace dfu {

/// bInterfaceProtocol (USB DFU 1.1, sections 4.1.2 and 4.2.3).
enum class Mode { RunTime, Dfu };

/// One memory of the device, as far as its descriptors tell.
struct Alternate {
    quint8 number = 0;
    quint8 name = 0; // index of a string; 0: none
};

/// The DFU functional descriptor (USB DFU 1.1, section 4.1.3) after it was distrusted.
struct Abilities {
    bool canDownload = true;
    bool canUpload = true;
    bool isManifestationTolerant = false; // answers after manifestation
    bool willDetach = false; // leaves the bus by itself after DETACH
    core::Milliseconds detachTimeOut{0};
    int transferSize = 64; // bytes in one transfer, 8 to 4096
    bool isTransferSizeItsOwn = false; // false: ours, so that nothing may be computed from it (DfuSe)
    quint16 version = 0x0110; // bcdDFUVersion
};

struct Interface {
    quint8 number = 0;
    Mode mode = Mode::Dfu;
    QList<Alternate> alternates;
    Abilities abilities;
    bool isDescribed = false; // whether it has a functional descriptor
    QStringList doubts; // what was not believed; English, for engineers
};

/// DfuSe by its version alone: the memory layouts decide (memories.h).
constexpr quint16 kDfuSeVersion = 0x011a;

/// The DFU interfaces of a configuration, in its order. The functional descriptor may stand behind any
/// alternate setting or before the first interface; sizes and numbers that cannot be are replaced. Empty for
/// anything that is no DFU device.
QList<Interface> findInterfaces(QByteArrayView configuration, const core::DfuQuirks &quirks);

/// Gives an interface the functional descriptor that the device sent when it was asked for it.
void describe(Interface &interface, QByteArrayView functional, const core::DfuQuirks &quirks);

} // namespace dfu
