// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/usb/libusb_flight.h"

#include <QMutex>
#include <QObject>
#include <QSocketNotifier>
#include <QWaitCondition>

#include <functional>
#include <map>
#include <memory>

namespace usb {

/// libusb on the event loop of the thread that creates it: its descriptors are watched, it is given no thread
/// and no time-outs. Nothing of ours runs while libusb is on the stack: what its callbacks tell is kept and
/// handed on once it has returned.
///
/// Open handles are counted, as libusb must not close one that a transfer or a job on another thread still
/// uses. Outlives the bus and the devices that use it.
class LibusbLoop
{
public:
    static std::unique_ptr<LibusbLoop> create(); // null when libusb cannot be initialised
    ~LibusbLoop();
    Q_DISABLE_COPY_MOVE(LibusbLoop)

    libusb_context *context() const { return m_context; }

    /// Handles what has happened, without waiting for more.
    void handleEvents();
    /// For callbacks of libusb: `action` runs when it has returned.
    void later(std::function<void()> action) { m_later.append(std::move(action)); }

    void hold(libusb_device_handle *handle) { ++m_holders[handle]; }
    /// Closes it with its last holder.
    void letGo(libusb_device_handle *handle);

    void started(Flight &flight);
    void landed(Flight &flight); // from libusb's callback

    /// A job on another thread that uses the handle; jobEnded() is called there.
    void jobStarted(libusb_device_handle *handle);
    void jobEnded(libusb_device_handle *handle);

private:
    struct Watch {
        std::unique_ptr<QSocketNotifier> read;
        std::unique_ptr<QSocketNotifier> write;
    };

    explicit LibusbLoop(libusb_context *context);
    std::unique_ptr<QSocketNotifier> notifier(int descriptor, QSocketNotifier::Type type);
    void watch(int descriptor, short events);
    void unwatch(int descriptor);
    void watchTransfers();
    void deliver();
    void collectJobs();
    void awaitJobs();

    libusb_context *m_context;
    std::map<int, Watch> m_watches; // by descriptor
    std::map<libusb_device_handle *, int> m_holders;
    QList<Flight *> m_flying;
    QList<Flight *> m_landed;
    QList<std::function<void()>> m_later;

    QMutex m_jobsLock;
    QWaitCondition m_noJobs;
    int m_jobs = 0;
    QList<libusb_device_handle *> m_endedJobs;
    QObject m_home; // last, so that nothing that was posted reaches what is gone
};

} // namespace usb
