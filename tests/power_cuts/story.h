// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/power_cuts/expectation.h"
#include "tests/support/served_unit.h"

#include <string>

namespace testing {

/// A unit in a scenario: every verb says beforehand what a power cut inside it may leave, and afterwards what
/// the unit has promised. Starts with a boot.
class Story
{
public:
    Story(SimulatedUnit &unit, Expectation &expectation);

    void boot(bm_reset_reason reason = BM_RESET_POWER_ON);

    void upload(const KnownImage &image);
    void uploadOverSmp(const KnownImage &image);
    /// Sends so many bytes of the image, as a host does that goes away then.
    void uploadPartly(const KnownImage &image, qsizetype length);
    enum class Force { No, Yes };
    void requestTrial(const KnownImage &image, Force force = Force::No);
    void confirm();
    void revert(quint32 reason);

    void writeConfig(const QByteArray &content, quint32 schema = 1);
    void writeIdentity();
    void unlock();
    void eraseRegion(bm_region region);

    /// What the unit refused first; empty when it did all that it was asked for.
    const std::string &refusal() const { return m_refusal; }

    SimulatedBoot &current() { return m_served.current(); }

private:
    void noteBoot();
    bool ask(const char *what, bm_service_result answer);

    SimulatedUnit &m_unit;
    Expectation &m_expected;
    ServedUnit m_served;
    std::string m_refusal;
};

/// The identity that SimulatedUnit::provision() writes.
bm_identity sampleIdentity();

} // namespace testing
