// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/release_samples.h"
#include "tests/support/root_samples.h"

namespace testing {

/// One way to change a valid bundle or the trust that judges it, and what has to come of it.
struct Mutation {
    QString name; // "manifest.policy.canary_percent: removed"
    QByteArray bundle;
    QByteArray trust; // the trust file
    QString reason; // empty: the file is malformed, and there is no reason code for how
    int exitCode = 4;
};

/// A release with every field that a manifest can have, signed by one release key, and judged by a trust
/// root.
class MutatedRelease
{
public:
    MutatedRelease();

    QByteArray intactBundle() const { return m_bundle; }
    QByteArray intactTrust() const { return m_trust; }

    /// Every mutation that the rules make of the release, in a fixed order.
    QList<Mutation> all() const;

private:
    QList<Mutation> ofManifestFields() const;
    QList<Mutation> ofSignatures() const;
    QList<Mutation> ofWhatWasSigned() const;
    QList<Mutation> ofContent() const;
    QList<Mutation> ofArchive() const;
    QList<Mutation> ofTrust() const;
    QList<Mutation> ofRootChain() const;

    Mutation withManifest(const QString &name, const QByteArray &manifest, const QString &reason,
                          int exitCode) const;
    Mutation withEntries(const QString &name, const QList<core::BundleEntry> &entries, const QString &reason,
                         int exitCode) const;
    Mutation withTrust(const QString &name, const core::TrustDraft &draft, const QString &reason) const;
    QByteArray signedAgain(const core::Json::Object &members) const;

    test_support::SampleRoot m_root;
    test_support::SampleRelease m_release;
    core::Json::Object m_manifest; // with the signatures
    QByteArray m_bundle;
    QByteArray m_trust;
    QList<core::BundleEntry> m_entries;
};

} // namespace testing
