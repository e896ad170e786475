// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/device/driver.h"
#include "device_protocols/dfu/dfu_interface.h"
#include "device_protocols/dfu/dfu_requests.h"

namespace dfu {

/// What of a unit is talked to.
struct Target {
    Interface interface; // in DFU mode
    quint8 alternate = 0;
    core::DfuQuirks quirks = {};
};

/// A device in DFU mode and its state machine (USB DFU 1.1, annex A): what plain DFU and DfuSe share.
///
/// Obeys the device's poll time-outs, within limits of its own, and asks again for a status that did not
/// come. A device in the state dfuERROR ends a task with RefusedByDevice, the status, and the reason that it
/// stands for. Borrows the device; lives on the device thread and outlives the tasks it hands out.
class Session
{
public:
    Session(usb::UsbDevice &device, Target target, core::Clock &clock);
    Q_DISABLE_COPY_MOVE(Session)

    const Abilities &abilities() const { return m_target.interface.abilities; }
    const core::DfuQuirks &quirks() const { return m_target.quirks; }
    core::Clock &clock() { return m_clock; }
    Requests &requests() { return m_requests; }

    /// Takes the interface, selects the alternate setting, and makes the device idle.
    core::Task<core::Done> begin();

    /// From whatever state somebody left it in to dfuIDLE. Unsupported when it is in its run-time mode,
    /// TimedOut when it stays busy.
    core::Task<core::Done> makeIdle();

    /// A block, and the state in which the device is once it has worked on it, `longest` at most.
    core::Task<State> give(quint16 block, QByteArray data, core::Milliseconds longest);

    /// The same, and MalformedReply unless the device then waits for the next block.
    core::Task<core::Done> giveNext(quint16 block, QByteArray data, core::Milliseconds longest);

    /// A block from the device.
    core::Task<QByteArray> take(quint16 block);
    core::Task<QByteArray> take(quint16 block, quint16 length);

    /// DFU_GETSTATUS, again when it does not come.
    core::Task<Report> status();

    /// As long as the device asked for, and no longer than until `end`. `round` counts the pauses from 0.
    core::Task<core::Done> pause(Report report, int round, core::Milliseconds end);

    /// Fails with what a device in dfuERROR has told of.
    core::Task<core::Done> refuse(Report report);

    /// Between two blocks: reports, and ends with Cancelled, the device idle, when that was asked for.
    core::Task<core::Done> checkpoint(core::WriteControl control, core::WriteProgressed progress);

    /// A bus reset after which the device is not expected to be the same.
    core::Task<core::Done> resetAway();

    core::Milliseconds blockLimit() const;

private:
    core::Task<State> settle(core::Milliseconds longest);
    core::Task<core::Done> describe();
    core::Task<core::Done> stepTowardsIdle(Report report);

    usb::UsbDevice &m_device;
    Target m_target;
    core::Clock &m_clock;
    Requests m_requests;
};

/// Whether the device has left the bus.
inline bool isGone(const core::Error &error)
{
    return error.kind == core::ErrorKind::Disconnected;
}

} // namespace dfu
