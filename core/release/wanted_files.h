// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/verified_release.h"

namespace core {

/// A payload that a bundle leaves out, and that a manifest which trusted keys signed says where to get. Only
/// wantedFiles() makes one, so nothing is fetched at the word of somebody unknown. A value.
class WantedFile
{
public:
    const QString &url() const { return m_url; } // isDownloadAddress() holds
    qint64 size() const { return m_size; } // bytes, at least 1
    const QByteArray &sha256() const { return m_sha256; } // 32 bytes
    QString name() const { return QString::fromLatin1(m_sha256.toHex()); } // of its entry in a whole bundle

private:
    friend Result<struct WantedFiles> wantedFiles(const Bundle &, const TrustStore &, const ReleaseTime &);
    WantedFile() = default;

    QString m_url;
    qint64 m_size = 0;
    QByteArray m_sha256;
};

/// What a bundle leaves out, and on whose word.
struct WantedFiles {
    QStringList signedBy; // key ids of the trusted keys
    QMap<QString, QStringList> payloadSigners; // those who signed the content of each payload, by its image
    QList<WantedFile> files; // in the order of the manifest; none for a whole bundle
};

/// Judges what can be judged before anything is fetched: everything that verifyBundle() asks, of the manifest
/// and of the files that are there. An import that nobody signed wants nothing, whatever a policy allows.
///
/// Errors as verifyBundle().
Result<WantedFiles> wantedFiles(const Bundle &bundle, const TrustStore &store, const ReleaseTime &time);

} // namespace core
