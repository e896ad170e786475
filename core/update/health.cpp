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

QList<HealthRequirement> requirementsOf(const HealthDemand &demand, const QList<HealthCheck> &offered)
{
    QList<HealthRequirement> required = demand.named;
    if (demand.others == HealthDemand::Others::Ignored)
        return required;
    for (const HealthCheck &check : offered) {
        const bool isNamed =
            std::any_of(demand.named.cbegin(), demand.named.cend(),
                        [&check](const HealthRequirement &one) { return one.check == check.name; });
        if (!isNamed)
            required.append({check.name, kDefaultTime});
    }
    return required;
}

Milliseconds longestOf(const HealthDemand &demand)
{
    Milliseconds longest = kDefaultTime;
    for (const HealthRequirement &requirement : demand.named)
        longest = std::max<Milliseconds>(longest, requirement.within);
    return longest;
}

} // namespace

bool isUnreachable(const Error &error)
{
    return error.kind == ErrorKind::Disconnected || error.kind == ErrorKind::TransportFailed
        || error.kind == ErrorKind::AmbiguousDevice;
}

Task<Done> awaitHealth(Driver &driver, HealthDemand demand, Clock &clock)
{
    const Milliseconds start = clock.now();
    for (;;) {
        const Result<QList<HealthCheck>> checks = co_await attempt(driver.checkHealth());
        const Milliseconds elapsed = clock.now() - start;
        if (!checks && checks.error().kind == ErrorKind::Unsupported && demand.named.isEmpty())
            co_return Done{};
        const bool mayComeBack = !checks && (isUnreachable(checks.error()) || isAnswerLost(checks.error()));
        if (mayComeBack && elapsed < longestOf(demand)) {
            co_await after(kBetweenQuestions, clock);
            continue;
        }
        if (!checks)
            co_return passOn(checks.error(), QStringLiteral("checking the health"));

        const Finding finding = judge(*checks, requirementsOf(demand, *checks), elapsed);
        if (finding.isHealthy)
            co_return Done{};
        if (finding.isFinal)
            co_return fail(ErrorKind::RefusedByDevice, Reason::HealthFailed, finding.complaint);
        co_await after(kBetweenQuestions, clock);
    }
}

} // namespace core
