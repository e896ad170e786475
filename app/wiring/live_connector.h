// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/clock.h"
#include "core/device/connector.h"

namespace wiring {

/// The units of this machine: its serial ports, and the virtual devices of a bench when one is given.
///
/// A serial port is opened only when it was named, or asked for: opening one may reset the board behind it.
class LiveConnector final : public core::Connector
{
public:
    /// `benchDirectory` may be empty.
    LiveConnector(core::Clock &clock, QString benchDirectory) :
        m_clock(clock), m_benchDirectory(std::move(benchDirectory))
    {
    }

    core::Result<QList<core::FoundUnit>> find() override;
    core::Result<core::FoundUnit> resolve(QString text) override;
    core::Task<std::unique_ptr<core::Driver>> open(core::FoundUnit unit) override;

private:
    core::Clock &m_clock;
    QString m_benchDirectory;
};

} // namespace wiring
