// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/power_cuts/expectation.h"

#include <functional>
#include <string>

namespace testing {

/// Judges a unit whose power comes back: takes the boots that a pending trial needs to end, and one more, and
/// updates the unit afterwards. What it sees narrows the expectation: what ran once, confirmed, stays.
class Judge
{
public:
    Judge(SimulatedUnit &unit, Expectation &expectation);

    /// Called before each boot.
    std::function<void()> onReset = []() {};
    /// Some bits read differently after each reset: what was under way may look done once, and undone then.
    bool isFlashUnstable = false;

    /// The boots; the first objection, or an empty text.
    std::string boots();
    std::string update();

private:
    std::string bootOnce();
    void widen(const Expectation &before);
    std::string judgeTrial(const SimulatedBoot &boot);
    std::string judgeImage(const SimulatedBoot &boot);
    std::string judgeRecovery(const SimulatedBoot &boot) const;
    std::string judgeIdentity(const SimulatedBoot &boot);
    std::string judgeConfig(const SimulatedBoot &boot);
    std::string judgeEvidence(const SimulatedBoot &boot) const;
    bool isRollbackTold() const;
    std::string lastWord();
    bool isFailedBuildRefused(const boot_services &services) const;
    void decideWhatIsOpen(const SimulatedBoot &boot);

    bool runs(const SimulatedBoot &boot, const KnownImage *image) const;

    SimulatedUnit &m_unit;
    Expectation &m_expected;
    bool m_isTrialOver = false; // in the last boot
    const boot_services *m_services = nullptr; // that boot's
};

} // namespace testing
