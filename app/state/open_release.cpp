// SPDX-License-Identifier: Apache-2.0
#include "app/state/open_release.h"

#include "core/base/build_time.h"
#include "core/trust/trust_file.h"

namespace state {

namespace {

core::Result<core::TrustStore> follow(const TrustInUse &trust, const core::TrustFile &file,
                                      const core::Bundle &bundle, const core::ReleaseTime &now)
{
    if (!file.root)
        return file.store;
    const core::Result<core::TrustRoot> last = core::followChain(*file.root, bundle.roots);
    if (!last)
        return core::passOn(last.error());
    // One that has expired, or that a wrong clock judges, is not kept; whether the release may be judged by
    // it, the verification says.
    const bool isWorthKeeping =
        trust.isOwn && last->version > file.root->version && core::checkExpiry(*last, now);
    if (!isWorthKeeping)
        return last->grants;
    const core::Result<core::TrustRoot> kept = core::followRoots(trust.file, bundle.roots, now);
    return kept ? core::Result<core::TrustStore>(kept->grants) : core::passOn(kept.error());
}

} // namespace

core::ReleaseTime releaseTimeNow()
{
    return {QDateTime::currentDateTimeUtc(), core::buildTime()};
}

core::Result<OpenedBundle> openBundle(const TrustInUse &trust, const QString &bundlePath)
{
    const core::Result<core::TrustFile> file = core::readTrustFile(trust.file);
    if (!file)
        return core::passOn(file.error());
    const core::Result<core::Bundle> bundle = core::openBundle(bundlePath);
    if (!bundle)
        return core::passOn(bundle.error());
    const core::ReleaseTime now = releaseTimeNow();
    const core::Result<core::TrustStore> store = follow(trust, *file, *bundle, now);
    if (!store)
        return core::passOn(store.error());
    return OpenedBundle{*bundle, *store, now};
}

core::Result<core::VerifiedRelease> openRelease(const TrustInUse &trust, const QString &bundlePath)
{
    const core::Result<OpenedBundle> opened = openBundle(trust, bundlePath);
    return opened ? opened->verify() : core::passOn(opened.error());
}

} // namespace state
