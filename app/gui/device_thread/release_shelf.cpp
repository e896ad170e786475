// SPDX-License-Identifier: Apache-2.0
#include "app/gui/device_thread/release_shelf.h"

#include "app/state/catalog_rules.h"
#include "app/state/open_release.h"
#include "core/catalog/catalog.h"
#include "core/update/plan_catalog.h"

#include <QDir>

namespace gui {

QStringList filesOn(const ReleaseShelf &shelf)
{
    QStringList files;
    if (!shelf.folder.isEmpty()) {
        const QDir folder(shelf.folder);
        for (const QString &name : folder.entryList({QStringLiteral("*.bmb")}, QDir::Files, QDir::Name))
            files.append(folder.absoluteFilePath(name));
    }
    for (const QString &file : shelf.addedFiles)
        if (!files.contains(file))
            files.append(file);
    return files;
}

core::Result<core::VerifiedRelease> openRelease(const ReleaseShelf &shelf, const QString &file)
{
    return shelf.trust ? state::openRelease(*shelf.trust, file) : core::passOn(shelf.trust.error());
}

namespace {

Objections objectionsTo(const core::ReleaseFacts &release, const core::ReleaseRules &rules,
                        const ReleaseShelf &shelf)
{
    Objections found{core::rulesAgainst(release, rules), {}};
    found.lifting = state::liftingCommands(shelf.catalogFolder, release, found.rules);
    return found;
}

ReleaseOffer offerOf(const ReleaseShelf &shelf, const core::ReleaseRules &rules, const QString &file)
{
    const core::Result<core::VerifiedRelease> release = openRelease(shelf, file);
    ReleaseOffer offer{.file = file};
    if (!release) {
        offer.refusal = release.error();
        return offer;
    }
    const core::Manifest &manifest = release->manifest();
    offer.version = manifest.version;
    offer.product = manifest.product;
    offer.hardware = manifest.hardware;
    offer.build = manifest.build;
    offer.channel = manifest.channel;
    offer.signedBy = release->signedBy();
    for (const core::VerifiedPayload &payload : release->payloads())
        if (payload.image)
            offer.imageHashes.append(payload.image->digest);
    offer.objections = objectionsTo(core::factsOf(*release), rules, shelf);
    return offer;
}

} // namespace

QList<ReleaseOffer> offersOn(const ReleaseShelf &shelf)
{
    const core::ReleaseRules rules =
        core::Catalog::rulesIn(shelf.catalogFolder).value_or(core::ReleaseRules());
    QList<ReleaseOffer> offers;
    for (const QString &file : filesOn(shelf))
        offers.append(offerOf(shelf, rules, file));
    return offers;
}

} // namespace gui
