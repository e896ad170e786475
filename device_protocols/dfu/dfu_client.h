// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/dfu/dfu_session.h"

namespace dfu {

/// Where the device is after the last block.
enum class Ending {
    Idle, // in DFU mode, and answers
    WaitsForReset, // in DFU mode until the next bus reset
    Leaving, // leaves the bus by itself, or has left it
};

enum class ReadBack { Identical, NotPossible };

struct Downloaded {
    Ending ending = Ending::Idle;
    ReadBack readBack = ReadBack::NotPossible;
};

/// Writes and reads one memory of a device by plain USB DFU (USB DFU 1.1, sections 6.1 and 6.2). Each call
/// expects a device that is idle (Session::begin), and leaves one that an idle one can be made of.
/// Borrows the session.
class Client
{
public:
    explicit Client(Session &session) : m_session(session) { }

    /// Writes the firmware, which has no suffix any more, waits until the device has manifested it, and reads
    /// it back where the device still answers and can. ReadbackMismatch when something else is in it;
    /// Cancelled when asked to stop, and then the device has a part of it. A device that is not tolerant of
    /// manifestation and leaves the bus meanwhile has done what it should: only its return proves more.
    core::Task<Downloaded> download(QByteArray firmware, core::WriteControl control = {});

    /// What the device gives, `most` bytes of it. FlashProtected when it gives nothing.
    core::Task<QByteArray> upload(qint64 most, core::WriteControl control = {});

    /// Reads as many bytes as the firmware has. ReadbackMismatch when they differ.
    core::Task<ReadBack> compare(QByteArray firmware, core::WriteControl control = {});

    /// Sends the device back to its run-time mode; whoever has the bus sees it come (usb_return.h).
    core::Task<core::Done> leave(Ending ending);

private:
    core::Task<quint16> sendBlocks(QByteArray firmware, core::WriteControl control);
    core::Task<Ending> manifest(quint16 block);
    core::Task<Ending> awaitManifested();
    std::optional<Ending> endingIn(const Report &report) const;
    bool mayBeGone() const;

    Session &m_session;
};

} // namespace dfu
