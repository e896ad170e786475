// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"

#include <QMap>
#include <QString>

#include <optional>

namespace core {

/// Where a unit of USB DFU does something else than its descriptors or the specification say. A value that a
/// profile fills; what is left alone is as the unit says. The words are those of USB DFU 1.1 and ST's AN3156.
struct DfuQuirks {
    std::optional<quint16> version = {}; // in place of bcdDFUVersion; 0x011a: DfuSe, whatever it calls itself
    std::optional<int> transferSize = {}; // bytes; in place of wTransferSize
    std::optional<quint8> attributes = {}; // in place of bmAttributes
    std::optional<Milliseconds> detachTimeOut = {}; // in place of wDetachTimeOut
    std::optional<Milliseconds> pollTimeOut = {}; // in place of every bwPollTimeout
    std::optional<Milliseconds> requestLimit = {}; // how long one control transfer may take
    std::optional<Milliseconds> busyLimit = {}; // how long the unit may be busy with one block
    std::optional<Milliseconds> restartLimit = {}; // how long it may be away between its two modes
    QMap<int, QString> layouts = {}; // by alternate setting; in place of the memory layouts that it names

    bool isAnyInterface = false; // its first interface speaks DFU, whatever class it has
    bool isAlwaysInDfuMode = false; // its DFU interface says run-time mode, and is not
    bool isLeftAloneAfterDetach = false; // a bus reset after DETACH brings it back into run-time mode
    bool isPolledInManifest = false; // not tolerant, and wants to be asked all the same
    bool isReadBackBroken = false; // UPLOAD gives something else than what is in it
    bool isDetachedToLeave = false; // goes back to run-time mode by DETACH and not by a bus reset
    bool isTouchedBeforeLeaving = false; // leaves only after a block was read or written

    std::optional<quint32> leaveAddress = {}; // DfuSe: the pointer that makes it leave
    quint16 leaveBlock = 2; // DfuSe: the number of the empty block that makes it leave
};

} // namespace core
