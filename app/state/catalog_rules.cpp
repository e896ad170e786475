// SPDX-License-Identifier: Apache-2.0
#include "app/state/catalog_rules.h"

#include "core/async/on_worker.h"
#include "core/catalog/catalog.h"

#include <QDir>

namespace state {

QString catalogFolder(const QString &stateDirectory)
{
    return QDir(stateDirectory).absoluteFilePath(QStringLiteral("catalog"));
}

core::Task<core::ReleaseRules> catalogRules(QString folder)
{
    const std::function<core::Result<core::ReleaseRules>()> read = [folder] {
        return core::Catalog::rulesIn(folder);
    };
    co_return co_await core::onWorker<core::ReleaseRules>(read);
}

core::Task<core::Done> blockRolledBack(QString folder, core::UpdatePlan plan, core::Verdict verdict)
{
    const QString code = core::reasonCode(verdict.reason.value_or(core::Reason::RolledBack));
    const core::ReleaseBlock block{.product = plan.product,
                                   .version = plan.order.image.version,
                                   .manifestDigest = plan.manifestDigest,
                                   .reason = QStringLiteral("rolled back: %1").arg(code),
                                   .origin = core::RuleOrigin::RolledBackHere,
                                   .unit = unitName(verdict.unit),
                                   .since = QDateTime::currentDateTimeUtc()};
    const std::function<core::Result<core::Done>()> write = [folder, block]() -> core::Result<core::Done> {
        auto catalog = core::Catalog::open(folder);
        return catalog ? catalog->block(block) : core::passOn(catalog.error());
    };
    co_return co_await core::onWorker<core::Done>(write);
}

QString unitName(const core::DeviceSnapshot &unit)
{
    const core::DeviceIdentity &identity = unit.identity;
    return identity.serialNumber.isEmpty() ? QString::fromLatin1(identity.hardwareId.toHex())
                                           : identity.serialNumber;
}

} // namespace state
