// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dfu_model.h"

#include <algorithm>
#include <utility>

namespace testing {

namespace {

// Statuses by their numbers (USB DFU 1.1, section 6.1.2).
constexpr std::uint8_t kOk = 0x00;
constexpr std::uint8_t kErrVendor = 0x0b;
constexpr std::uint8_t kErrStalledPacket = 0x0f;

constexpr std::uint8_t kStatusText = 0x40; // the string of errVENDOR

constexpr std::uint8_t kClassRequest = 0x21; // to the interface; from it with the highest bit

bool isOfClass(const DfuSetup &setup)
{
    return (setup.type & 0x60) == 0x20; // USB 2.0, table 9-2
}

enum Request : std::uint8_t { Detach, Download, Upload, GetStatus, ClearStatus, GetState, Abort };

} // namespace

DfuModel::DfuModel(DfuTraits traits, DfuWorld world) :
    m_traits(std::move(traits)), m_world(std::move(world)), m_flash(m_traits)
{
    m_isManifested = m_traits.startsInRunTime;
    enter(m_traits.startsInRunTime ? Mode::RunTime : Mode::Dfu);
}

void DfuModel::enter(Mode mode)
{
    m_mode = mode;
    m_state = mode == Mode::RunTime ? AppIdle : Idle;
    m_status = kOk;
    if (mode == Mode::Dfu && m_traits.startsInError) {
        m_state = Error;
        m_status = 0x0a; // errFIRMWARE
    }
    m_alternate = 0;
    m_isPending = false;
    m_isTouched = false;
    m_isStarted = mode == Mode::RunTime;
}

void DfuModel::select(std::uint8_t alternate)
{
    m_alternate = alternate < m_traits.memories.size() ? alternate : 0;
}

void DfuModel::setFault(std::optional<DfuFault> fault)
{
    m_fault = fault;
    m_requests = 0;
    m_isStuck = false;
}

void DfuModel::unplug()
{
    m_isAttached = false;
    m_isStuck = false;
    m_world.changed();
}

void DfuModel::plug()
{
    ++m_enumeration;
    m_isAttached = true;
    enter(m_mode);
    m_world.changed();
}

void DfuModel::leaveBus(Mode next, unsigned awayFor)
{
    m_isAttached = false;
    m_isStuck = false;
    enter(next);
    m_world.later(awayFor, [this] {
        if (m_isAttached)
            return; // Somebody has plugged it in anew.
        ++m_enumeration;
        m_isAttached = true;
        m_world.changed();
    });
    m_world.changed();
}

/// USB DFU 1.1, annex A: a reset leads from appDETACH into DFU mode, and from there to the application.
void DfuModel::resetBus()
{
    if (!m_isAttached)
        return;
    passTime();
    if (m_mode == Mode::RunTime) {
        const bool enters = m_state == AppDetach && !m_traits.isResetFatalAfterDetach;
        m_state = AppIdle;
        if (enters)
            leaveBus(Mode::Dfu, m_traits.restartTime);
        return;
    }
    const bool mayLeave = !m_traits.leavesOnlyByDetach && (!m_traits.leavesOnlyWhenTouched || m_isTouched);
    const bool hasFirmware = m_traits.isDfuSe || m_isManifested;
    leaveBus(mayLeave && hasFirmware ? Mode::RunTime : Mode::Dfu, m_traits.restartTime);
}

DfuModel::Answer DfuModel::fail(std::uint8_t status)
{
    m_state = Error;
    m_status = status;
    return stall();
}

DfuModel::Answer DfuModel::control(const DfuSetup &setup, const Bytes &payload)
{
    if (!m_isAttached)
        return gone();
    passTime();
    ++m_allRequests;
    const int number = m_requests++;
    const bool isFaulty = m_fault && (m_fault->isLasting ? number >= m_fault->at : number == m_fault->at);
    if (isFaulty)
        return faulty(*m_fault, setup, payload);
    return answer(setup, payload);
}

DfuModel::Answer DfuModel::faulty(const DfuFault &fault, const DfuSetup &setup, const Bytes &payload)
{
    using Kind = DfuFault::Kind;
    Answer given;
    switch (fault.kind) {
    case Kind::Stall:
        return m_mode == Mode::Dfu && isOfClass(setup) ? fail(kErrStalledPacket) : stall();
    case Kind::Silence:
        return {Answer::Kind::Silence, {}, 0};
    case Kind::Unplug:
        unplug();
        return gone();
    case Kind::EndlessBusy:
        m_isStuck = true;
        return answer(setup, payload);
    case Kind::WrongStatus:
        given = answer(setup, payload);
        if (!isOfClass(setup))
            return given;
        m_state = Error;
        m_status = fault.status;
        return setup.request == GetStatus && given.kind == Answer::Kind::Done ? report() : given;
    case Kind::ShortTransfer:
        given = answer(setup, Bytes(payload.begin(), payload.begin() + std::ptrdiff_t(payload.size() / 2)));
        given.data.resize(given.data.size() / 2);
        return given;
    case Kind::Garbage: {
        Bytes garbled = payload;
        for (std::size_t at = 0; at < garbled.size(); at += 3)
            garbled[at] ^= 0xa5;
        given = answer(setup, garbled);
        for (std::uint8_t &byte : given.data)
            byte ^= 0xa5;
        return given;
    }
    }
    return stall();
}

DfuModel::Answer DfuModel::answer(const DfuSetup &setup, const Bytes &payload)
{
    if (!isOfClass(setup))
        return standardRequest(setup);
    if ((setup.type & 0x7f) != kClassRequest || setup.index != 0)
        return stall();
    return m_mode == Mode::RunTime ? runTimeRequest(setup) : dfuRequest(setup, payload);
}

DfuModel::Answer DfuModel::standardRequest(const DfuSetup &setup)
{
    constexpr std::uint8_t kGetDescriptor = 6, kGetConfiguration = 8, kSetConfiguration = 9,
                           kSetInterface = 11;
    switch (setup.request) {
    case kGetDescriptor:
        return descriptor(setup);
    case kGetConfiguration:
        return {Answer::Kind::Done, {1}, 0};
    case kSetConfiguration:
        return {};
    case kSetInterface:
        if (setup.value >= m_traits.memories.size())
            return stall();
        m_alternate = std::uint8_t(setup.value);
        return {};
    default:
        return stall();
    }
}

DfuModel::Answer DfuModel::runTimeRequest(const DfuSetup &setup)
{
    switch (setup.request) {
    case Detach:
        return detach();
    case GetStatus:
        return report();
    case GetState:
        return {Answer::Kind::Done, {m_state}, 0};
    default:
        return stall();
    }
}

DfuModel::Answer DfuModel::detach()
{
    if (m_mode == Mode::Dfu) {
        if (!m_traits.leavesOnlyByDetach)
            return fail(kErrStalledPacket);
        leaveBus(Mode::RunTime, m_traits.restartTime);
        return {};
    }
    constexpr unsigned kSoon = 10;
    m_state = AppDetach;
    if (m_traits.isResetFatalAfterDetach || (willDetach() && !m_traits.forgetsToDetach))
        leaveBusIn(kSoon, Mode::Dfu);
    return {};
}

/// USB DFU 1.1, annex A.2: what is not allowed in a state is stalled, and an error.
DfuModel::Answer DfuModel::dfuRequest(const DfuSetup &setup, const Bytes &payload)
{
    const bool isDead =
        m_state == WaitReset || (m_state == Manifest && !isTolerant() && !m_traits.answersInManifest);
    if (isDead)
        return {Answer::Kind::Silence, {}, 0};
    if (m_state == DownloadBusy && setup.request != GetStatus && setup.request != GetState)
        return fail(kErrStalledPacket);
    switch (setup.request) {
    case Detach:
        return detach();
    case Download:
        return download(setup, payload);
    case Upload:
        return upload(setup);
    case GetStatus:
        return status();
    case ClearStatus:
        return clearStatus();
    case GetState:
        return {Answer::Kind::Done, {m_state}, 0};
    case Abort:
        return abort();
    default:
        return fail(kErrStalledPacket);
    }
}

DfuModel::Answer DfuModel::clearStatus()
{
    if (m_state != Error)
        return fail(kErrStalledPacket);
    m_state = Idle;
    m_status = kOk;
    return {};
}

DfuModel::Answer DfuModel::abort()
{
    if (m_state == Error || m_state == Manifest)
        return fail(kErrStalledPacket);
    m_state = Idle;
    m_isPending = false;
    return {};
}

std::uint32_t DfuModel::pollTime() const
{
    const std::int64_t left = std::max<std::int64_t>(m_busyUntil - m_world.now(), 0);
    return m_traits.announcedPoll.value_or(std::uint32_t(left));
}

void DfuModel::work(unsigned time)
{
    m_busyUntil = m_world.now() + time;
}

void DfuModel::passTime()
{
    if (m_isStuck || m_world.now() < m_busyUntil)
        return;
    if (m_state == DownloadBusy)
        m_state = DownloadSync;
    if (m_state == Manifest && !m_traits.isDfuSe)
        m_state = isTolerant() || m_traits.answersInManifest ? ManifestSync : WaitReset;
}

DfuModel::Answer DfuModel::report()
{
    const bool isWorking = m_state == DownloadBusy || m_state == Manifest;
    const std::uint32_t poll = m_isStuck ? 10 : isWorking || m_traits.announcedPoll ? pollTime() : 0;
    return {Answer::Kind::Done,
            {m_status, std::uint8_t(poll & 0xff), std::uint8_t(poll >> 8 & 0xff),
             std::uint8_t(poll >> 16 & 0xff), m_state,
             std::uint8_t(m_status == kErrVendor ? kStatusText : 0)},
            0};
}

DfuModel::Answer DfuModel::status()
{
    const bool isEarly = (m_state == DownloadBusy || m_state == Manifest) && m_world.now() < m_busyUntil;
    if (m_isStuck) {
        if (m_state == DownloadSync)
            m_state = DownloadBusy;
        if (m_state == ManifestSync)
            m_state = Manifest;
        return report();
    }
    if (isEarly && m_traits.early == DfuTraits::Early::Stalled)
        return stall();
    if (isEarly && m_traits.early == DfuTraits::Early::Fatal)
        return fail(kErrStalledPacket);
    if (const std::optional<Answer> worked = workOnStatus())
        return *worked;
    return report();
}

/// What a question for the status sets off. An answer where there is another one than the report.
std::optional<DfuModel::Answer> DfuModel::workOnStatus()
{
    if (m_state == ManifestSync)
        return m_traits.isDfuSe ? std::optional(leaveDfuSe()) : manifestOnStatus();
    if (m_state != DownloadSync)
        return std::nullopt;
    if (m_syncsLeft > 0) {
        --m_syncsLeft;
        return std::nullopt;
    }
    if (m_isPending) { // DfuSe begins its work now.
        execute();
        return m_isAttached ? std::nullopt : std::optional(gone());
    }
    m_state = m_world.now() < m_busyUntil ? DownloadBusy : DownloadIdle;
    if (m_state == DownloadIdle)
        m_lastBlockAt = m_world.now();
    if (m_commandStatus != kOk) {
        m_state = Error;
        m_status = std::exchange(m_commandStatus, kOk);
    }
    return std::nullopt;
}

std::optional<DfuModel::Answer> DfuModel::manifestOnStatus()
{
    if (std::exchange(m_isManifested, true)) {
        m_state = Idle;
        return std::nullopt;
    }
    m_state = Manifest;
    work(m_traits.manifestTime);
    if (willDetach())
        leaveBusIn(m_traits.manifestTime, Mode::RunTime);
    return std::nullopt;
}

DfuModel::Answer DfuModel::leaveDfuSe()
{
    m_state = Manifest;
    const Answer told = report();
    leaveBus(Mode::RunTime, m_traits.restartTime);
    switch (m_traits.leaving) {
    case DfuTraits::Leaving::Answers:
        return told;
    case DfuTraits::Leaving::StallsStatus:
        return stall();
    default:
        return gone();
    }
}

/// Unless it does meanwhile.
void DfuModel::leaveBusIn(unsigned delay, Mode next)
{
    const int now = m_enumeration;
    m_world.later(delay, [this, now, next] {
        if (m_isAttached && m_enumeration == now)
            leaveBus(next, m_traits.restartTime);
    });
}

} // namespace testing
