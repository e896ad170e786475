// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/judge.h"

#include "tests/power_cuts/story.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace testing {

namespace {

constexpr int kBoots = 3; // as many as a trial that was pending needs to end, and one more

QByteArray hashIn(const SimulatedBoot &boot, quint8 slot)
{
    return {reinterpret_cast<const char *>(boot.session.images[slot].hash), BM_HASH_SIZE};
}

std::vector<bm_evidence_event> evidenceOf(const boot_services &services)
{
    std::vector<bm_evidence_event> events(200);
    events.resize(services.evidence(0, events.data(), events.size()));
    return events;
}

bool isSame(const bm_identity &left, const bm_identity &right)
{
    return std::memcmp(&left, &right, sizeof left) == 0;
}

} // namespace

Judge::Judge(SimulatedUnit &unit, Expectation &expectation) : m_unit(unit), m_expected(expectation) { }

std::string Judge::boots()
{
    for (int i = 0; i < kBoots; ++i) {
        onReset();
        const Expectation before = m_expected;
        const std::string objection = bootOnce();
        if (isFlashUnstable) {
            widen(before);
        }
        if (!objection.empty()) {
            return "boot " + std::to_string(i + 1) + ": " + objection;
        }
    }
    return lastWord();
}

/// Nothing that was seen is for good, but that the candidate had another boot.
void Judge::widen(const Expectation &before)
{
    const int trialBoots = std::max(before.trialBoots, m_expected.trialBoots);
    m_expected = before;
    m_expected.trialBoots = trialBoots;
}

std::string Judge::bootOnce()
{
    SimulatedBoot boot(m_unit);
    m_isTrialOver = !boot.isTrial();
    m_services = boot.services;
    for (const std::string &objection :
         {judgeIdentity(boot), boot.isTrial() ? judgeTrial(boot) : judgeImage(boot), judgeConfig(boot),
          judgeEvidence(boot)}) {
        if (!objection.empty()) {
            return objection;
        }
    }
    return boot.session.record.minimum_rollback_index == m_expected.minimum ? "" : "another minimum index";
}

bool Judge::runs(const SimulatedBoot &boot, const KnownImage *image) const
{
    return image && hashIn(boot, boot.slot) == image->hash && m_unit.loadArea.startsWith(image->payload);
}

std::string Judge::judgeTrial(const SimulatedBoot &boot)
{
    if (!runs(boot, m_expected.candidate)) {
        return "something else is on trial";
    }
    if (m_expected.trial == Standing::No || ++m_expected.trialBoots > m_unit.timing.trials) {
        return "a trial that nobody asked for";
    }
    return m_unit.watchdogTimeout == 0 ? "a trial without a watchdog" : "";
}

std::string Judge::judgeRecovery(const SimulatedBoot &) const
{
    return m_expected.good && m_expected.identity == Standing::Yes ? "recovery mode despite a good image"
                                                                   : "";
}

/// What boots without a trial is the last good image, or the one whose confirmation was under way.
std::string Judge::judgeImage(const SimulatedBoot &boot)
{
    if (boot.slot == BM_SLOT_NONE) {
        return judgeRecovery(boot);
    }
    if (runs(boot, m_expected.candidate) && m_expected.confirmation != Standing::No) {
        m_expected.candidateIsConfirmed(boot.slot);
        return "";
    }
    m_expected.candidateIsOut();
    const bool isKnown = runs(boot, m_expected.good)
        || std::any_of(m_expected.spares.cbegin(), m_expected.spares.cend(),
                       [&](const KnownImage *image) { return runs(boot, image); });
    return isKnown ? "" : "an image runs that nobody confirmed";
}

std::string Judge::judgeIdentity(const SimulatedBoot &boot)
{
    bm_identity identity = {};
    const bool isWritten = boot.services->identity(&identity) == BM_SERVICE_OK;
    if (isWritten && !isSame(identity, sampleIdentity())) {
        return "another identity";
    }
    if (m_expected.identity != Standing::Asked && isWritten != (m_expected.identity == Standing::Yes)) {
        return isWritten ? "an identity that nobody wrote" : "the identity is lost";
    }
    m_expected.identity = isWritten ? Standing::Yes : Standing::No;
    return "";
}

std::string Judge::judgeConfig(const SimulatedBoot &boot)
{
    if (boot.slot == BM_SLOT_NONE) {
        return "";
    }
    const QByteArray found = configOf(*boot.services);
    QByteArrayList &allowed = boot.isTrial() ? m_expected.candidateFinds : m_expected.goodFinds;
    if (!allowed.contains(found)) {
        return "the configuration \"" + found.toStdString() + '"';
    }
    allowed = {found};
    return "";
}

/// Numbered without a gap: an event that was written once is lost only together with the oldest sector.
std::string Judge::judgeEvidence(const SimulatedBoot &boot) const
{
    const std::vector<bm_evidence_event> events = evidenceOf(*boot.services);
    if (events.empty()) {
        return "no evidence at all";
    }
    for (size_t i = 1; i < events.size() && !isFlashUnstable; ++i) {
        if (events[i].sequence != events[i - 1].sequence + 1) {
            return "a gap in the evidence";
        }
    }
    return events.back().boot == boot.session.boots ? "" : "the boot left no event";
}

bool Judge::isRollbackTold() const
{
    const QByteArray image = m_expected.candidate->hash.first(BM_IMAGE_PREFIX_SIZE);
    const std::vector<bm_evidence_event> events = evidenceOf(*m_services);
    return std::any_of(events.cbegin(), events.cend(), [&image](const bm_evidence_event &event) {
        return event.kind == BM_EVIDENCE_ROLLBACK
            && std::memcmp(event.image, image.constData(), BM_IMAGE_PREFIX_SIZE) == 0;
    });
}

std::string Judge::lastWord()
{
    if (!m_isTrialOver) {
        return "a trial does not end";
    }
    if (!isFlashUnstable && m_expected.trialBoots > 0 && m_expected.candidate && !m_expected.mayEvidenceBeGone
        && !isRollbackTold()) {
        return "the evidence knows nothing of the rollback";
    }
    if (m_unit.brokeFlashRule) {
        return "a program set bits";
    }
    const KnownImage *good = m_expected.good;
    if (good && m_unit.readSlot(m_expected.goodSlot, good->bytes.size()) != good->bytes) {
        return "the last good image was touched";
    }
    return "";
}

/// What nobody could tell from flash that reads differently each time: as it reads now.
void Judge::decideWhatIsOpen(const SimulatedBoot &boot)
{
    bm_identity identity = {};
    if (m_expected.identity == Standing::Asked) {
        const bool isWritten = boot.services->identity(&identity) == BM_SERVICE_OK;
        m_expected.identity = isWritten ? Standing::Yes : Standing::No;
    }
    m_expected.goodFinds += m_expected.candidateFinds;
}

/// What was on trial and is not confirmed is a build that failed.
bool Judge::isFailedBuildRefused(const boot_services &services) const
{
    if (isFlashUnstable || m_expected.trialBoots == 0 || !m_expected.candidate) {
        return true;
    }
    const auto *hash = reinterpret_cast<const uint8_t *>(m_expected.candidate->hash.constData());
    return services.request_trial(hash, 0) != BM_SERVICE_OK;
}

std::string Judge::update()
{
    onReset();
    Story story(m_unit, m_expected);
    if (isFlashUnstable) {
        decideWhatIsOpen(story.current());
    }
    if (!isFailedBuildRefused(*story.current().services)) {
        return "a build that failed is tried again";
    }
    if (!story.current().isRecovery()) {
        story.writeConfig(QByteArray(50, 'c'));
    }
    if (m_expected.identity == Standing::No) {
        story.writeIdentity();
        onReset();
        story.boot();
    }
    // An upload that was interrupted can be repeated.
    const SimulatedBoot &now = story.current();
    if (m_expected.uploading && (now.isRecovery() || hashIn(now, now.slot) != m_expected.uploading->hash)) {
        story.upload(*m_expected.uploading);
        story.requestTrial(*m_expected.uploading, Story::Force::Yes);
    }
    story.upload(nextImage());
    story.requestTrial(nextImage());
    onReset();
    story.boot(BM_RESET_REQUESTED);
    if (!story.refusal().empty()) {
        return story.refusal();
    }
    if (!story.current().isTrial() || !runs(story.current(), &nextImage())) {
        return "cannot be updated";
    }
    story.confirm();
    onReset();
    const std::string objection = story.refusal() + bootOnce();
    return objection.empty() && m_expected.good != &nextImage() ? "the update does not stay" : objection;
}

} // namespace testing
