// SPDX-License-Identifier: Apache-2.0
#include "core/update/plan_configuration.h"

namespace core {

namespace {

using Subject = PreflightCheck::Subject;
using Answer = PreflightCheck::Answer;

PreflightCheck checkOf(qint64 readable, const std::optional<StoredConfiguration> &configuration)
{
    if (!configuration)
        return {Subject::Configuration, Answer::Passed, {}, QStringLiteral("the unit has none")};
    const QString detail =
        QStringLiteral("release reads up to schema %1, unit has %2").arg(readable).arg(configuration->schema);
    if (readsConfiguration(readable, configuration->schema))
        return {Subject::Configuration, Answer::Passed, {}, detail};
    return {Subject::Configuration, Answer::Failed, Reason::ConfigIncompatible, detail};
}

} // namespace

bool readsConfiguration(qint64 readable, quint32 schema)
{
    return qint64(schema) <= readable;
}

Task<UpdatePlan> compareConfiguration(Driver &driver, UpdatePlan plan)
{
    if (!plan.configSchema)
        co_return plan;
    const auto configuration = co_await attempt(driver.readConfiguration());
    if (configuration)
        plan.checks.append(checkOf(*plan.configSchema, *configuration));
    else if (configuration.error().kind == ErrorKind::Unsupported)
        plan.checks.append({Subject::Configuration, Answer::NotReported, {}, {}});
    else
        co_return passOn(configuration.error(), QStringLiteral("asking for the unit's configuration"));
    co_return plan;
}

} // namespace core
