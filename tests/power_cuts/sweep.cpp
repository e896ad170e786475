// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/sweep.h"

#include "tests/power_cuts/judge.h"

namespace testing {

namespace {

/// A write that happened, and all that a cut inside it depends on.
struct Moment {
    QByteArray flash; // before
    FlashWrite write;
    Expectation expected;
};

/// A unit whose writes are noted, and that can be put into the state of any cut inside one of them.
class Sweep
{
public:
    Sweep(const PowerCutScenario &scenario, const FlashGeometry &geometry, const SweepPlan &plan) :
        m_scenario(scenario), m_plan(plan), m_unit(geometry.sectorSize, geometry.writeSize)
    {
    }

    SweepResult run();

private:
    std::vector<Moment> noteAct();
    void watch(std::vector<Moment> *moments, const Expectation &expected);
    void cutFirst(const Moment &moment, const Cut &cut);
    void cutSecond(const std::vector<Moment> &moments, const Cut &first);
    void putInto(const Moment &moment, const FlashTear &tear);
    std::string judge(const Expectation &known, std::vector<Moment> *moments);
    void settle(const FlashWrite &write);
    void blame(const std::string &cuts, const std::string &objection);

    const PowerCutScenario &m_scenario;
    const SweepPlan &m_plan;
    SimulatedUnit m_unit;
    SweepResult m_result;
    quint32 m_unstableAt = 0;
    QByteArray m_unstable; // the bits there that read differently after each reset
    quint32 m_resets = 0;
};

void Sweep::watch(std::vector<Moment> *moments, const Expectation &expected)
{
    m_unit.onWrite = [this, moments, &expected](const FlashWrite &write) {
        settle(write);
        if (moments) {
            moments->push_back({m_unit.flash, write, expected});
        }
    };
}

/// Cells that are written again hold what is written; a program does that for the bits that it clears.
void Sweep::settle(const FlashWrite &write)
{
    for (qsizetype i = 0; i < m_unstable.size(); ++i) {
        const qsizetype at = qsizetype(m_unstableAt) + i - qsizetype(write.offset);
        if (at >= 0 && at < write.after.size()) {
            m_unstable[i] = write.isErase ? '\0' : char(m_unstable[i] & write.after[at]);
        }
    }
}

std::vector<Moment> Sweep::noteAct()
{
    Expectation expected;
    std::vector<Moment> moments;
    m_scenario.prepare(m_unit, expected);
    watch(&moments, expected);
    Story story(m_unit, expected);
    m_scenario.act(story, m_unit);
    m_unit.onWrite = nullptr;
    if (!story.refusal().empty()) {
        blame("without a cut", story.refusal());
    }
    return moments;
}

void Sweep::putInto(const Moment &moment, const FlashTear &tear)
{
    const quint32 writeSize = m_unit.map.write_size;
    m_unit.restorePower();
    m_unit.brokeFlashRule = false;
    m_unit.isButtonHeld = false;
    m_unit.flash = moment.flash;
    m_unit.flash.replace(qsizetype(moment.write.offset), moment.write.after.size(),
                         contentAfter(moment.write, tear, writeSize));
    m_unstableAt = moment.write.offset;
    m_unstable = unstableBits(moment.write, tear, writeSize);
    m_resets = tear.seed;
}

/// `moments`: the writes of the boots, or null.
std::string Sweep::judge(const Expectation &known, std::vector<Moment> *moments)
{
    Expectation expected = known;
    Judge judge(m_unit, expected);
    judge.isFlashUnstable = !m_unstable.isEmpty();
    judge.onReset = [this]() { rollBits(m_unit.flash.data() + m_unstableAt, m_unstable, ++m_resets); };
    watch(moments, expected);
    std::string objection = judge.boots();
    watch(nullptr, expected);
    if (objection.empty()) {
        objection = judge.update();
    }
    m_unit.onWrite = nullptr;
    return objection;
}

void Sweep::blame(const std::string &cuts, const std::string &objection)
{
    m_result.failures.push_back('"' + std::string(m_scenario.name) + "\" " + cuts + ": " + objection);
}

void Sweep::cutFirst(const Moment &moment, const Cut &cut)
{
    std::vector<Moment> boots;
    putInto(moment, cut.tear);
    const bool isStable = m_unstable.isEmpty();
    const std::string objection = judge(moment.expected, &boots);
    const bool isFollowed = m_result.firstCuts % m_plan.secondEvery == 0;
    ++m_result.firstCuts;
    if (!objection.empty()) {
        blame(textOf(cut), objection);
    } else if (isStable && (isFollowed || m_plan.onlySecond)) {
        cutSecond(boots, cut);
    }
}

void Sweep::cutSecond(const std::vector<Moment> &moments, const Cut &first)
{
    for (size_t write = 0; write < moments.size(); ++write) {
        for (const FlashTear &tear : tearsOf(moments[write].write, m_unit.map.write_size, m_plan.second)) {
            const Cut cut = {int(write), tear};
            if (m_plan.onlySecond && textOf(cut) != textOf(*m_plan.onlySecond)) {
                continue;
            }
            putInto(moments[write], tear);
            const std::string objection = judge(moments[write].expected, nullptr);
            ++m_result.secondCuts;
            if (!objection.empty()) {
                blame(textOf(first) + " " + textOf(cut), objection);
            }
        }
    }
}

SweepResult Sweep::run()
{
    const std::vector<Moment> moments = noteAct();
    int number = 0;
    m_result.writes = int(moments.size());
    for (size_t write = 0; write < moments.size(); ++write) {
        for (const FlashTear &tear : tearsOf(moments[write].write, m_unit.map.write_size, m_plan.first)) {
            const Cut cut = {int(write), tear};
            const bool isMine = number++ % m_plan.parts == m_plan.part;
            if (m_plan.onlyFirst ? textOf(cut) == textOf(*m_plan.onlyFirst) : isMine) {
                cutFirst(moments[write], cut);
            }
        }
    }
    return m_result;
}

} // namespace

SweepResult &SweepResult::operator+=(const SweepResult &other)
{
    writes = std::max(writes, other.writes); // each part notes all of them
    firstCuts += other.firstCuts;
    secondCuts += other.secondCuts;
    failures.insert(failures.end(), other.failures.begin(), other.failures.end());
    return *this;
}

SweepResult sweepPowerCuts(const PowerCutScenario &scenario, const FlashGeometry &geometry,
                           const SweepPlan &plan)
{
    return Sweep(scenario, geometry, plan).run();
}

std::string textOf(const Cut &cut)
{
    return std::to_string(cut.write) + '/' + textOf(cut.tear);
}

std::optional<Cut> cutFrom(const std::string &text)
{
    const size_t slash = text.find('/');
    if (slash == std::string::npos) {
        return std::nullopt;
    }
    const std::optional<FlashTear> tear = tearFrom(text.substr(slash + 1));
    return tear ? std::optional(Cut{std::atoi(text.c_str()), *tear}) : std::nullopt;
}

} // namespace testing
