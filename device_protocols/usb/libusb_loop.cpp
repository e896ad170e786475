// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/usb/libusb_loop.h"

#include <libusb-1.0/libusb.h>

#include <poll.h>

namespace usb {

namespace {

// Transfers that are taken back end at once; a system that does not give them back must not hang the program.
constexpr int kRoundsToLand = 100;
constexpr timeval kRound{0, 10'000};

} // namespace

std::unique_ptr<LibusbLoop> LibusbLoop::create()
{
    libusb_context *context = nullptr;
    if (libusb_init(&context) != LIBUSB_SUCCESS)
        return nullptr;
    return std::unique_ptr<LibusbLoop>(new LibusbLoop(context));
}

LibusbLoop::LibusbLoop(libusb_context *context) : m_context(context)
{
    const auto added = [](int descriptor, short events, void *self) {
        static_cast<LibusbLoop *>(self)->watch(descriptor, events);
    };
    const auto removed = [](int descriptor, void *self) {
        static_cast<LibusbLoop *>(self)->unwatch(descriptor);
    };
    libusb_set_pollfd_notifiers(m_context, added, removed, this);
    const libusb_pollfd **const present = libusb_get_pollfds(m_context);
    for (const libusb_pollfd **each = present; each && *each; ++each)
        watch((*each)->fd, (*each)->events);
    libusb_free_pollfds(present);
}

LibusbLoop::~LibusbLoop()
{
    awaitJobs();
    for (Flight *flight : std::as_const(m_flying))
        flight->cancel();
    for (int round = 0; round < kRoundsToLand && !m_flying.isEmpty(); ++round) {
        timeval wait = kRound;
        libusb_handle_events_timeout_completed(m_context, &wait, nullptr);
        deliver();
    }
    for (const auto &[handle, count] : m_holders)
        libusb_close(handle);
    m_later.clear();
    libusb_set_pollfd_notifiers(m_context, nullptr, nullptr, nullptr);
    m_watches.clear();
    libusb_exit(m_context);
}

std::unique_ptr<QSocketNotifier> LibusbLoop::notifier(int descriptor, QSocketNotifier::Type type)
{
    auto watching = std::make_unique<QSocketNotifier>(descriptor, type);
    QObject::connect(watching.get(), &QSocketNotifier::activated, &m_home, [this] { handleEvents(); });
    return watching;
}

/// Devices are "writable" when a transfer is done: usbfs has nothing to tell while there is none.
void LibusbLoop::watch(int descriptor, short events)
{
    Watch watching;
    if ((events & POLLIN) != 0)
        watching.read = notifier(descriptor, QSocketNotifier::Read);
    if ((events & POLLOUT) != 0) {
        watching.write = notifier(descriptor, QSocketNotifier::Write);
        watching.write->setEnabled(!m_flying.isEmpty());
    }
    m_watches[descriptor] = std::move(watching);
}

/// libusb closes it next. It may be the one whose notifier has called.
void LibusbLoop::unwatch(int descriptor)
{
    const auto found = m_watches.find(descriptor);
    if (found == m_watches.end())
        return;
    for (std::unique_ptr<QSocketNotifier> *watching : {&found->second.read, &found->second.write}) {
        if (!*watching)
            continue;
        (*watching)->setEnabled(false);
        watching->release()->deleteLater();
    }
    m_watches.erase(found);
}

void LibusbLoop::watchTransfers()
{
    for (auto &[descriptor, watching] : m_watches)
        if (watching.write)
            watching.write->setEnabled(!m_flying.isEmpty());
}

void LibusbLoop::handleEvents()
{
    timeval now{0, 0};
    libusb_handle_events_timeout_completed(m_context, &now, nullptr);
    deliver();
}

void LibusbLoop::deliver()
{
    const QList<std::function<void()>> actions = std::exchange(m_later, {});
    for (const auto &action : actions)
        action();
    const QList<Flight *> landed = std::exchange(m_landed, {});
    for (Flight *flight : landed) {
        m_flying.removeOne(flight);
        letGo(flight->handle());
        flight->land();
    }
    if (m_flying.isEmpty())
        watchTransfers();
}

void LibusbLoop::letGo(libusb_device_handle *handle)
{
    const auto found = m_holders.find(handle);
    if (found == m_holders.end() || --found->second > 0)
        return;
    m_holders.erase(found);
    libusb_close(handle);
}

void LibusbLoop::started(Flight &flight)
{
    m_flying.append(&flight);
    hold(flight.handle());
    if (m_flying.size() == 1)
        watchTransfers();
}

void LibusbLoop::landed(Flight &flight)
{
    flight.setOver();
    m_landed.append(&flight);
}

void LibusbLoop::jobStarted(libusb_device_handle *handle)
{
    hold(handle);
    const QMutexLocker locker(&m_jobsLock);
    ++m_jobs;
}

void LibusbLoop::jobEnded(libusb_device_handle *handle)
{
    const QMutexLocker locker(&m_jobsLock);
    m_endedJobs.append(handle);
    QMetaObject::invokeMethod(
        &m_home, [this] { collectJobs(); }, Qt::QueuedConnection);
    if (--m_jobs == 0)
        m_noJobs.wakeAll();
}

void LibusbLoop::collectJobs()
{
    QList<libusb_device_handle *> ended;
    {
        const QMutexLocker locker(&m_jobsLock);
        ended = std::exchange(m_endedJobs, {});
    }
    for (libusb_device_handle *handle : std::as_const(ended))
        letGo(handle);
}

void LibusbLoop::awaitJobs()
{
    {
        const QMutexLocker locker(&m_jobsLock);
        while (m_jobs > 0)
            m_noJobs.wait(&m_jobsLock);
    }
    collectJobs();
}

} // namespace usb
