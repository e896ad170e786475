// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/async/mailbox.h"
#include "device_protocols/transport/frame_channel.h"
#include "tests/support/upload_server.h"

#include <QCborMap>
#include <QSet>

namespace testing {

/// Somebody else's device: MCUboot that swaps two slots, and an MCUmgr application without the Bootmend
/// group. A model in simulated time, which may lack commands, lose a reset's answer, or stay away.
class McumgrUnit
{
public:
    explicit McumgrUnit(core::Clock &clock) : m_clock(clock) { }

    struct Image {
        QByteArray hash;
        QString version;
        bool isConfirmed = false;
        bool isPending = false;
    };

    /// The unit's end of a line; a unit has any number of them, one after the other.
    std::unique_ptr<transport::FrameChannel> connectLine();

    std::optional<Image> primary;
    std::optional<Image> secondary;
    Image arriving; // what an uploaded file turns out to be

    QSet<QString> lacking; // of "parameters", "slots", "bootloader", "echo"
    bool isInSerialRecovery = false; // until its reset: MCUboot writes the slot that boots, and marks nothing
    bool losesResetAnswer = false;
    bool dropsLineAtReset = false; // as USB CDC does
    bool ignoresReset = false;
    core::Milliseconds bootTime{3'000};
    core::Milliseconds goesOnFor{0}; // after the answer to a reset, as before
    std::optional<quint32> bootCount; // with it, the unit has the Bootmend group's boot state
    QByteArray deviceId; // with the boot count: who it says it is
    int resets = 0;
    int bootMode = 0; // of the last reset
    UploadServer uploads;

private:
    friend class McumgrLine;
    std::optional<QByteArray> handle(const QByteArray &packet);
    QCborMap answer(int op, int group, int command, const QCborMap &request);
    QCborMap listImages() const;
    QCborMap writeState(const QCborMap &request);
    void reset(const QCborMap &request);
    QCborMap bootState() const;
    QCborMap identity() const;
    void restartIfDue();
    void boot();

    core::Clock &m_clock;
    std::optional<core::Milliseconds> m_restartsAt;
    core::Milliseconds m_awayUntil{0};
    quint32 m_lineAge = 0; // lines opened before it are dead
};

} // namespace testing
