// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/smp_driver.h"

namespace smp {

using core::Done;
using core::ErrorKind;
using core::Reason;
using core::Result;
using core::Task;

namespace {

// A unit that has just come back may still be starting: the caller asks again, and this is one question.
constexpr Patience kAskingWho{core::Milliseconds(300), 3};

bool saysWho(const core::DeviceIdentity &identity)
{
    return !identity.serialNumber.isEmpty() || !identity.hardwareId.isEmpty();
}

} // namespace

void SmpDriver::remember(const core::DeviceIdentity &identity)
{
    if (m_known || !saysWho(identity))
        return;
    m_known = identity;
    if (m_unit.trail)
        m_unit.trail->unitTellsItself();
}

void SmpDriver::addPlace(core::DeviceSnapshot &unit) const
{
    unit.address = m_unit.address;
    unit.attachment = m_unit.attachment;
    if (!m_unit.trail)
        return;
    unit.address.target = m_unit.trail->port().location;
    if (unit.attachment)
        unit.attachment->port = m_unit.trail->port();
}

/// For a unit that is called while nobody knows whether it can answer: a port that may be somebody else's is
/// not written to.
Task<Done> SmpDriver::ensureUnverifiedLink()
{
    if (m_client.isOpen())
        co_return Done{};
    co_await open();
    const std::shared_ptr<core::UnitTrail> trail = m_unit.trail;
    if (!trail || trail->isSettled())
        co_return Done{};
    if (!trail->lastPlace()->isCertain) {
        m_client.close();
        co_return core::fail(ErrorKind::AmbiguousDevice, Reason::AmbiguousDevice,
                             QStringLiteral("it is not certain which port the unit is at now"));
    }
    trail->settle();
    co_return Done{};
}

QString SmpDriver::place() const
{
    return m_unit.trail ? m_unit.trail->lastPlace()->port.location : core::toText(m_unit.address);
}

/// Ports may have exchanged their names: the bus leads to a place, and the unit itself has the last word.
Task<Done> SmpDriver::checkWhoAnswers()
{
    if (m_known) // Also at its old port: the bus may tell of an exchange later than it happens.
        co_await checkIdentity();
    if (m_unit.trail)
        m_unit.trail->settle();
    co_return Done{};
}

Task<Done> SmpDriver::checkIdentity()
{
    const bool isCertain = !m_unit.trail || m_unit.trail->lastPlace()->isCertain;
    const Result<IdentityReport> told = co_await core::attempt(m_bootmend.identity(kAskingWho));
    if (told && saysWho(told->identity)) {
        if (core::isSameUnit(*m_known, told->identity))
            co_return Done{};
        co_return core::fail(ErrorKind::AmbiguousDevice, Reason::NotSameUnit,
                             QStringLiteral("another unit answers at %1").arg(place()));
    }
    const bool isSilentOnIt = told || told.error().kind == ErrorKind::Unsupported
        || told.error().kind == ErrorKind::RefusedByDevice;
    if (!isSilentOnIt)
        co_return core::passOn(told.error());
    if (isCertain)
        co_return Done{}; // Another application runs now, one that does not tell.
    co_return core::fail(ErrorKind::AmbiguousDevice, Reason::AmbiguousDevice,
                         QStringLiteral("what answers at %1 no longer says who it is").arg(place()));
}

} // namespace smp
