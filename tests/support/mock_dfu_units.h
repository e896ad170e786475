// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/mock_usbfs.h"

#include <atomic>
#include <chrono>
#include <memory>

namespace testing {

/// DFU units on a bus of umockdev. Models are called on umockdev's thread; what has to happen on the bus
/// because of that happens in work(), on the thread that owns the bus. Commands, words apart:
///
///     dfu-plug NAME PLACE KEY=VALUE…       see traitsFrom() in the source
///     dfu-pull NAME                        dfu-push NAME
///     dfu-fault NAME KIND AT once|lasting  dfu-fault NAME none
///     dfu-hold NAME                        dfu-free NAME
///     dfu-image NAME                       of plain DFU, in hex
///     dfu-memory NAME ADDRESS SIZE         of DfuSe, in hex
///     dfu-facts NAME                       KEY=VALUE…
class MockDfuUnits
{
public:
    explicit MockDfuUnits(UMockdevTestbed *bed);
    ~MockDfuUnits();

    /// The answer, a line; nothing for a command that is not about these units.
    std::optional<std::string> obey(const std::vector<std::string> &words);

    int bell() const { return m_bell; } // readable when work() has something to do
    int untilWork() const; // milliseconds for poll(2)
    void work();

private:
    struct Unit {
        std::string place;
        std::string driver; // of the system, for its interface
        bool isForbidden = false; // to everybody but the superuser
        std::unique_ptr<DfuModel> model;
        std::unique_ptr<MockUsbfs> usbfs;
        int shown = 0; // the enumeration that stands on the bus; 0: none
        int address = 0;
    };
    struct Timer {
        std::int64_t due;
        std::function<void()> action;
    };

    std::string plug(const std::vector<std::string> &words);
    std::string obeyUnit(Unit &unit, const std::vector<std::string> &words);
    std::string setFault(Unit &unit, const std::vector<std::string> &words);
    std::string facts(const Unit &unit) const;
    std::string description(const Unit &unit) const;
    std::string sysPath(const Unit &unit) const;
    std::string nodePath(const Unit &unit) const;
    std::string show(Unit &unit);
    void hide(Unit &unit);
    std::string forbid(const Unit &unit);
    void look(Unit &unit);
    void ring() const;
    std::int64_t now() const;

    UMockdevTestbed *m_bed;
    int m_bell;
    const std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    mutable std::mutex m_lock;
    std::vector<Timer> m_timers;
    std::map<std::string, Unit> m_units; // by name
    std::vector<std::unique_ptr<MockUsbfs>> m_gone;
    int m_nextAddress = 5;
};

} // namespace testing
