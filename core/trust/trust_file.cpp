// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_file.h"

#include "core/base/file_access.h"

namespace core {

bool isTrustRoot(const QByteArray &bytes)
{
    const auto document = parseStrict(bytes, {.size = kLargestSignedDocument});
    const auto *members = document ? document->object() : nullptr;
    return members
        && (members->contains(QStringLiteral("version")) || members->contains(QStringLiteral("signatures")));
}

Result<TrustFile> parseTrustFile(const QByteArray &bytes)
{
    if (!isTrustRoot(bytes)) {
        auto store = parseTrustStore(bytes);
        return store ? Result<TrustFile>(TrustFile{*std::move(store), {}}) : passOn(store.error());
    }
    auto root = parseTrustRoot(bytes);
    if (!root)
        return passOn(root.error());
    if (auto checked = checkSignatures(*root); !checked)
        return passOn(checked.error());
    return TrustFile{root->grants, *root};
}

Result<TrustFile> readTrustFile(const QString &path)
{
    const auto bytes = readWholeFile(path, kLargestSignedDocument);
    if (!bytes)
        return passOn(bytes.error());
    auto file = parseTrustFile(*bytes);
    if (!file)
        return passOn(file.error(), QStringLiteral("reading the trust file %1").arg(path));
    return file;
}

Result<TrustStore> loadTrustStore(const QString &path)
{
    auto file = readTrustFile(path);
    if (!file)
        return passOn(file.error());
    return file->store;
}

Result<TrustRoot> importRoots(const QString &path, const QList<TrustRoot> &chain, const QDateTime &nowUtc)
{
    const auto file = readTrustFile(path);
    if (!file)
        return passOn(file.error());
    if (!file->root)
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("%1 is a local trust file; only a trust root can be succeeded").arg(path));
    if (!chain.isEmpty() && chain.last().version < file->root->version)
        return fail(ErrorKind::Untrusted, Reason::RootReplayed,
                    QStringLiteral("version %1 is trusted, and this is version %2")
                        .arg(file->root->version)
                        .arg(chain.last().version));
    auto last = followChain(*file->root, chain);
    if (!last)
        return passOn(last.error());
    if (auto checked = checkExpiry(*last, nowUtc); !checked)
        return passOn(checked.error());
    if (last->version == file->root->version)
        return last;
    if (auto saved = saveTrustRoot(path, *last); !saved)
        return passOn(saved.error());
    return last;
}

Result<Done> saveTrustRoot(const QString &path, const TrustRoot &root)
{
    const auto bytes = toBytes(root.document);
    if (!bytes)
        return passOn(bytes.error());
    return replaceFile(path, *bytes);
}

} // namespace core
