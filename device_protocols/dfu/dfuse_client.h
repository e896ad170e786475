// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/dfu/dfu_client.h"
#include "device_protocols/dfu/dfuse_plan.h"

namespace dfu {

struct WriteOrder {
    core::FirmwareSegments segments; // in the order of their addresses (SegmentBuilder)
    Consent consent = Consent::NotGiven;
    core::WriteControl control = {};
};

/// Reads and writes one memory of a device by ST's extension of DFU (AN3156; UM0424). Each call expects a
/// device that is idle (Session::begin), and leaves one that an idle one can be made of. A memory that the
/// chip protects ends it with FLASH_PROTECTED. Borrows the session.
class DfuSeClient
{
public:
    DfuSeClient(Session &session, MemoryLayout layout) : m_session(session), m_layout(std::move(layout)) { }

    const MemoryLayout &layout() const { return m_layout; }

    /// The commands that the device knows, a byte each (AN3156, "Get command").
    core::Task<QByteArray> commands();

    /// Erases the sectors that the firmware touches, and no others, then writes it. Errors of planWrite()
    /// come before anything is sent; Cancelled when asked to stop between two blocks or sectors. Leaving:
    /// writing option bytes has reset the chip.
    core::Task<Ending> write(WriteOrder order);

    /// Unsupported where the layout does not say that all of it can be read.
    core::Task<QByteArray> read(quint32 address, qint64 size, core::WriteControl control = {});

    /// ReadbackMismatch when the device holds something else. Not possible where it cannot be read.
    core::Task<ReadBack> compare(core::FirmwareSegments segments, core::WriteControl control = {});

    /// Starts the application whose vector table is at `address`. A device that does not answer any more has
    /// done that; Idle means that it answers as before.
    core::Task<Ending> leave(quint32 address);

    /// Erases the whole chip. NEEDS_CONSENT without it.
    core::Task<core::Done> eraseAll(Consent consent);

    /// Takes off the protection against reading, which erases the whole chip and resets it. NEEDS_CONSENT
    /// without consent.
    core::Task<Ending> removeProtection(Consent consent);

private:
    core::Task<core::Done> command(QByteArray bytes, core::Milliseconds longest);
    core::Task<core::Done> setPointer(qint64 address);
    core::Task<core::Done> erase(QList<Sector> sectors, core::WriteProgressed progress,
                                 core::WriteControl control);
    core::Task<Ending> writeSegment(core::FirmwareSegment segment, core::WriteProgressed progress,
                                    core::WriteControl control);
    core::Task<core::Done> startReading(qint64 address);
    quint16 following(quint16 block) const;

    Session &m_session;
    MemoryLayout m_layout;
};

} // namespace dfu
