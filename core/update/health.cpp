// SPDX-License-Identifier: Apache-2.0
#include "core/update/health.h"

#include "core/device/survey.h"

#include <algorithm>

namespace core {

namespace {

constexpr Milliseconds kBetweenQuestions{250};
constexpr std::chrono::seconds kDefaultTime{10};

struct Finding {
    bool isHealthy = true;
    bool isFinal = false; // a failed check's time is over
    QString complaint;
};

const HealthCheck *named(const QList<HealthCheck> &checks, const QString &name)
{
    const auto found = std::find_if(checks.cbegin(), checks.cend(),
                                    [&name](const HealthCheck &check) { return check.name == name; });
    return found == checks.cend() ? nullptr : &*found;
}

QString complaintAbout(const QString &name, const HealthCheck *check)
{
    if (!check)
        return QStringLiteral("health check \"%1\" is not offered by the application").arg(name);
    return check->detail.isEmpty() ? QStringLiteral("health check \"%1\" fails").arg(name)
                                   : QStringLiteral("health check \"%1\" fails: %2").arg(name, check->detail);
}

Finding judge(const QList<HealthCheck> &checks, const QList<HealthRequirement> &required,
              Milliseconds elapsed)
{
    Finding finding;
    for (const HealthRequirement &requirement : required) {
        const HealthCheck *check = named(checks, requirement.check);
        if (check && check->isPassed)
            continue;
        finding.isHealthy = false;
        finding.isFinal = finding.isFinal || elapsed >= requirement.within;
        if (finding.complaint.isEmpty())
            finding.complaint = complaintAbout(requirement.check, check);
    }
    return finding;
}

QList<HealthRequirement> allOf(const QList<HealthCheck> &checks)
{
    QList<HealthRequirement> required;
    for (const HealthCheck &check : checks)
        required.append({check.name, kDefaultTime});
    return required;
}

/// Whether the unit may answer again: a cable that was pulled is no sign of bad health. Its port may be
/// anybody's until it is settled who is behind it.
bool isUnreachable(const Error &error)
{
    return isAnswerLost(error) || error.kind == ErrorKind::TransportFailed
        || error.kind == ErrorKind::AmbiguousDevice;
}

Milliseconds longestOf(const QList<HealthRequirement> &required)
{
    Milliseconds longest = kDefaultTime;
    for (const HealthRequirement &requirement : required)
        longest = std::max<Milliseconds>(longest, requirement.within);
    return longest;
}

} // namespace

Task<Done> awaitHealth(Driver &driver, QList<HealthRequirement> required, Clock &clock)
{
    const Milliseconds start = clock.now();
    for (;;) {
        const Result<QList<HealthCheck>> checks = co_await attempt(driver.checkHealth());
        const Milliseconds elapsed = clock.now() - start;
        if (!checks && checks.error().kind == ErrorKind::Unsupported && required.isEmpty())
            co_return Done{};
        if (!checks && isUnreachable(checks.error()) && elapsed < longestOf(required)) {
            co_await after(kBetweenQuestions, clock);
            continue;
        }
        if (!checks)
            co_return passOn(checks.error(), QStringLiteral("checking the health"));

        const Finding finding = judge(*checks, required.isEmpty() ? allOf(*checks) : required, elapsed);
        if (finding.isHealthy)
            co_return Done{};
        if (finding.isFinal)
            co_return fail(ErrorKind::RefusedByDevice, Reason::HealthFailed, finding.complaint);
        co_await after(kBetweenQuestions, clock);
    }
}

} // namespace core
