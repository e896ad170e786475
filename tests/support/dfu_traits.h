// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What a model of a DFU device is like. Plain C++, so that a program without Qt can have one as well.
namespace testing {

using Bytes = std::vector<std::uint8_t>;

/// Sectors of one kind: "04*016Kg" at an address.
struct DfuRegion {
    std::uint32_t address = 0;
    unsigned count = 0;
    std::uint32_t sectorSize = 0;
    char rights = 'g';
};

/// One alternate setting.
struct DfuMemory {
    std::string title; // of plain DFU the whole name
    std::vector<DfuRegion> regions; // DfuSe only
};

struct DfuTraits {
    bool isDfuSe = false;
    std::uint16_t vendor = 0x0483;
    std::uint16_t product = 0xdf11;
    std::uint16_t runTimeProduct = 0x5740;
    std::uint16_t release = 0x0200;
    std::string serial = "SN0001";
    std::string runTimeSerial = "SN0001";

    // The functional descriptor: what is said, and what is so.
    enum class Place { BehindFirst, BehindLast, BeforeInterfaces, OnRequest, Nowhere };
    Place functionalAt = Place::BehindFirst;
    bool isFunctionalOfDfu10 = false; // seven bytes
    std::uint8_t attributes = 0x07; // download, upload, tolerant
    std::uint16_t detachTimeOut = 1000;
    std::uint16_t transferSize = 1024;
    std::optional<std::uint16_t> announcedTransferSize = {};
    std::uint16_t version = 0x0110;
    std::uint8_t dfuProtocol = 2; // bInterfaceProtocol in DFU mode

    std::vector<DfuMemory> memories{{"Flash", {}}};
    std::size_t flashSize = 64 * 1024; // of plain DFU

    // Time, in milliseconds.
    unsigned blockTime = 2;
    unsigned eraseTime = 20; // of a sector
    unsigned manifestTime = 30;
    unsigned restartTime = 200; // away from the bus between two modes
    std::optional<std::uint32_t> announcedPoll = {}; // in place of the time that it takes

    enum class Early { Answered, Stalled, Fatal }; // what a question before the poll time-out gets
    Early early = Early::Fatal;
    unsigned extraSyncs = 0; // times that it says dfuDNLOAD-SYNC before it tells more
    bool startsInError = false;
    bool startsInRunTime = false;
    bool isReadProtected = false;
    bool isWriteProtected = false;
    bool readBackLies = false;

    enum class Leaving { Answers, StallsStatus, GoneAtStatus, GoneAtBlock };
    Leaving leaving = Leaving::Answers; // DfuSe: how it leaves
    bool leavesOnlyByDetach = false;
    bool leavesOnlyWhenTouched = false;
    bool isResetFatalAfterDetach = false; // a bus reset brings it back into run-time mode
    bool forgetsToDetach = false; // says that it detaches by itself, and does not
    bool answersInManifest = false; // though it is not tolerant
};

/// Something that goes wrong at one request, or from it on.
struct DfuFault {
    enum class Kind { Stall, WrongStatus, EndlessBusy, ShortTransfer, Unplug, Garbage, Silence };
    Kind kind = Kind::Stall;
    int at = 0; // which request, from 0, counted since the fault was set
    bool isLasting = false;
    std::uint8_t status = 0x03; // of WrongStatus: errWRITE
};

/// What a model needs of the world.
struct DfuWorld {
    std::function<std::int64_t()> now; // milliseconds
    std::function<void(std::int64_t delay, std::function<void()> action)> later;
    std::function<void()> changed; // it left the bus, or came back
};

} // namespace testing
