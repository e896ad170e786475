// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/dfu_flash.h"

#include <array>

namespace testing {

/// The eight bytes that begin a control transfer (USB 2.0, section 9.3).
struct DfuSetup {
    std::uint8_t type = 0;
    std::uint8_t request = 0;
    std::uint16_t value = 0;
    std::uint16_t index = 0;
    std::uint16_t length = 0;

    bool isIn() const { return (type & 0x80) != 0; }
};

/// A device of USB DFU 1.1 or DfuSe as its host sees it: control transfers, bus resets, plugs. It keeps to
/// the specification's state machine and punishes a host that does not, except where its traits say
/// otherwise. Knows no bus and no clock of its own; not safe for several threads.
class DfuModel
{
public:
    enum class Mode { RunTime, Dfu };

    struct Answer {
        enum class Kind { Done, Stall, Gone, Silence };
        Kind kind = Kind::Done;
        Bytes data; // from the device
        std::size_t taken = 0; // of what was sent to it
    };

    DfuModel(DfuTraits traits, DfuWorld world);

    Answer control(const DfuSetup &setup, const Bytes &payload);
    void resetBus();
    void unplug();
    void plug(); // into the mode in which it was: somebody holds its button
    /// The alternate setting that SET_INTERFACE chose, for buses that tell of it.
    void select(std::uint8_t alternate);

    bool isAttached() const { return m_isAttached; }
    Mode mode() const { return m_mode; }
    int enumeration() const { return m_enumeration; } // counts its arrivals
    const DfuTraits &traits() const { return m_traits; }

    Bytes deviceDescriptor() const;
    Bytes configuration() const;
    std::string serial() const;

    // For the tests.
    void setFault(std::optional<DfuFault> fault);
    int requests() const { return m_requests; } // since the fault was set
    int allRequests() const { return m_allRequests; }
    const Bytes &image() const { return m_image; } // of plain DFU: what was written last
    DfuFlash &flash() { return m_flash; }
    bool isStarted() const { return m_isStarted; } // DfuSe: left for the application
    std::uint32_t pointer() const { return m_pointer; }
    int optionWrites() const { return m_optionWrites; }
    /// When the first block came, and when the last one was done. Milliseconds.
    std::int64_t downloadTime() const { return m_lastBlockAt - m_firstBlockAt; }

private:
    // States and statuses, by their numbers (USB DFU 1.1, section 6.1.2).
    enum State : std::uint8_t {
        AppIdle,
        AppDetach,
        Idle,
        DownloadSync,
        DownloadBusy,
        DownloadIdle,
        ManifestSync,
        Manifest,
        WaitReset,
        UploadIdle,
        Error
    };

    static Answer stall() { return {Answer::Kind::Stall, {}, 0}; }
    static Answer gone() { return {Answer::Kind::Gone, {}, 0}; }
    Answer fail(std::uint8_t status);
    Answer faulty(const DfuFault &fault, const DfuSetup &setup, const Bytes &payload);
    Answer answer(const DfuSetup &setup, const Bytes &payload);
    Answer standardRequest(const DfuSetup &setup);
    Answer runTimeRequest(const DfuSetup &setup);
    Answer dfuRequest(const DfuSetup &setup, const Bytes &payload);
    Answer descriptor(const DfuSetup &setup) const;

    Answer download(const DfuSetup &setup, const Bytes &payload);
    Answer endOfDownload();
    void writePlain(const Bytes &payload);
    void execute();
    std::uint8_t executeCommand();
    std::uint8_t executeData();
    Answer upload(const DfuSetup &setup);
    Answer plainUpload(std::size_t length);
    Answer dfuSeUpload(std::uint16_t number, std::size_t length);
    Answer status();
    std::optional<Answer> workOnStatus();
    std::optional<Answer> manifestOnStatus();
    Answer leaveDfuSe();
    Answer report();
    Answer clearStatus();
    Answer abort();
    Answer detach();

    void work(unsigned time);
    void passTime();
    std::uint32_t pollTime() const;
    bool isTolerant() const { return (m_traits.attributes & 0x04) != 0; }
    bool willDetach() const { return (m_traits.attributes & 0x08) != 0; }
    void leaveBus(Mode next, unsigned awayFor);
    void leaveBusIn(unsigned delay, Mode next);
    void enter(Mode mode);

    DfuTraits m_traits;
    DfuWorld m_world;
    DfuFlash m_flash;
    Bytes m_image;

    bool m_isAttached = true;
    int m_enumeration = 1;
    Mode m_mode = Mode::Dfu;
    State m_state = Idle;
    std::uint8_t m_status = 0;
    std::uint8_t m_alternate = 0;
    std::int64_t m_busyUntil = 0;
    unsigned m_syncsLeft = 0;
    Bytes m_command; // DfuSe: what the next question for the status begins
    std::uint16_t m_commandBlock = 0;
    std::uint8_t m_commandStatus = 0; // what the block that is being worked on will come to
    bool m_isPending = false;
    bool m_isManifested = false; // so that there is firmware
    std::uint32_t m_pointer = 0x08000000;
    std::size_t m_uploadAt = 0;
    bool m_isTouched = false;
    bool m_isStarted = false;
    int m_optionWrites = 0;
    std::int64_t m_firstBlockAt = 0;
    std::int64_t m_lastBlockAt = 0;

    std::optional<DfuFault> m_fault;
    int m_requests = 0;
    int m_allRequests = 0;
    bool m_isStuck = false; // endlessly busy
};

} // namespace testing
