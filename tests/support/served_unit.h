// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/simulated_unit.h"

#include <QCborMap>

#include <memory>
#include <optional>

namespace testing {

/// A simulated unit with the SMP server on its line, as in recovery mode or in an application.
class ServedUnit
{
public:
    explicit ServedUnit(SimulatedUnit &unit, health_checks health = nullptr);

    /// Takes the next boot; a request for a reset is remembered and not carried out by itself.
    void boot(bm_reset_reason reason = BM_RESET_POWER_ON);

    /// Sends the bytes over the line and returns the packets that came back.
    QByteArrayList exchange(const QByteArray &bytes);

    /// One request in SMP v2, or v1; the answer's map, or nothing when there is no answer.
    std::optional<QCborMap> ask(int operation, int group, int command, const QCborMap &request = {},
                                int version = 1);

    /// Uploads in chunks; the last answer.
    QCborMap upload(const QByteArray &image, qsizetype chunkSize = 256);

    static QByteArray packet(int operation, int group, int command, const QByteArray &payload,
                             int version = 1);
    static QByteArray framed(const QByteArray &packet);

    SimulatedBoot &current() { return *m_boot; }

    /// What the server is given of the boot; a test may replace some of it, until the next boot.
    boot_services &services() { return m_services; }
    std::optional<int> takeReset();

private:
    SimulatedUnit &m_unit;
    health_checks m_health;
    std::unique_ptr<SimulatedBoot> m_boot;
    boot_services m_services = {};
    std::unique_ptr<smp_server> m_server = std::make_unique<smp_server>();
};

} // namespace testing
