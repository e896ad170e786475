// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/trust/trust_root.h"

namespace core {

/// What a trust file holds: a root that its holders signed, or the keys that somebody put into a local file.
struct TrustFile {
    TrustStore store;
    std::optional<TrustRoot> root; // nothing for a local file
};

/// Whether the bytes mean to be a root. Only a root has a version or signatures, so a damaged one does not
/// pass for a local file.
bool isTrustRoot(const QByteArray &bytes);

/// Reads either, of at most 256 KiB. A root has to carry enough of its own signatures; whether it has expired
/// is judged when a release is.
///
/// FileFailed when it cannot be read, InvalidFile when it is neither, Untrusted as checkSignatures().
Result<TrustFile> parseTrustFile(const QByteArray &bytes);
Result<TrustFile> readTrustFile(const QString &path);

/// The keys of readTrustFile().
Result<TrustStore> loadTrustStore(const QString &path);

/// Follows the chain from the root that is in the file when nobody else changes it, and puts its last root
/// there in one step. The last may not have expired. The same chain again changes nothing.
///
/// InvalidFile when the file holds no root; Untrusted with RootReplayed when the chain ends before it; else
/// as followChain(), checkExpiry() and changeTrustFile(). After an error the file is what it was.
Result<TrustRoot> importRoots(const QString &path, const QList<TrustRoot> &chain, const ReleaseTime &time);

/// The same for a chain that came along with something else: one that ends before the root in the file, which
/// another program may have changed a moment ago, leads to that root.
Result<TrustRoot> followRoots(const QString &path, const QList<TrustRoot> &chain, const ReleaseTime &time);

} // namespace core
