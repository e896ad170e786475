// SPDX-License-Identifier: Apache-2.0
#include "app/wiring/interrupt.h"

#include <array>
#include <csignal>
#include <sys/socket.h>
#include <unistd.h>

namespace wiring {

namespace {

// A signal handler may only write; the notifier reads on the event loop.
std::array<int, 2> signalPipe{-1, -1};

void onSignal(int number)
{
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(signalPipe[0], &byte, 1);
    std::signal(number, SIG_DFL);
}

} // namespace

Interrupt::Interrupt(std::function<void()> onInterrupt)
{
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, signalPipe.data()) != 0)
        return; // Ctrl-C then ends the program at once, as it does without us.
    m_notifier = std::make_unique<QSocketNotifier>(signalPipe[1], QSocketNotifier::Read);
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(),
                     [this, onInterrupt = std::move(onInterrupt)] {
                         m_notifier->setEnabled(false);
                         onInterrupt();
                     });
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

Interrupt::~Interrupt()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    m_notifier.reset();
    for (int &end : signalPipe)
        if (end >= 0)
            ::close(std::exchange(end, -1));
}

} // namespace wiring
