// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSocketNotifier>

#include <functional>
#include <memory>

namespace wiring {

/// Turns the first Ctrl-C (SIGINT or SIGTERM) into a call on this thread's event loop; the second one ends
/// the program as usual. One in a program.
class Interrupt
{
public:
    explicit Interrupt(std::function<void()> onInterrupt);
    ~Interrupt();
    Q_DISABLE_COPY_MOVE(Interrupt)

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace wiring
