// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trust_file.h"

#include "core/base/file_access.h"
#include "core/trust/trust_file_change.h"

namespace core {

namespace {

/// The last of the chain after the trusted root, which may not have expired.
Result<TrustRoot> lastInForce(const TrustRoot &trusted, const QList<TrustRoot> &chain,
                              const ReleaseTime &time)
{
    auto last = followChain(trusted, chain);
    if (!last)
        return last;
    if (auto checked = checkExpiry(*last, time); !checked)
        return passOn(checked.error());
    return last;
}

/// The trusted root of a file.
Result<TrustRoot> rootIn(const std::optional<QByteArray> &content, const QString &path)
{
    const auto file = content ? parseTrustFile(*content)
                              : fail(ErrorKind::FileFailed, QStringLiteral("there is no such file"));
    if (!file)
        return passOn(file.error(), QStringLiteral("reading the trust file %1").arg(path));
    if (!file->root)
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("%1 is a local trust file; only a trust root can be succeeded").arg(path));
    return *file->root;
}

using Successor = std::function<Result<TrustRoot>(const TrustRoot &trusted)>;

/// Puts the successor of the root in the file there, and gives it.
Result<TrustRoot> succeed(const QString &path, const Successor &successor)
{
    std::optional<TrustRoot> chosen;
    const auto change = [&](const std::optional<QByteArray> &now) -> Result<QByteArray> {
        const auto trusted = rootIn(now, path);
        if (!trusted)
            return passOn(trusted.error());
        auto next = successor(*trusted);
        if (!next)
            return passOn(next.error());
        chosen = *std::move(next);
        return chosen->version == trusted->version ? *now : toBytes(chosen->document);
    };
    if (auto changed = changeTrustFile(path, change); !changed)
        return passOn(changed.error());
    return *chosen;
}

} // namespace

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

Result<TrustRoot> importRoots(const QString &path, const QList<TrustRoot> &chain, const ReleaseTime &time)
{
    return succeed(path, [&](const TrustRoot &trusted) -> Result<TrustRoot> {
        if (!chain.isEmpty() && chain.last().version < trusted.version)
            return fail(ErrorKind::Untrusted, Reason::RootReplayed,
                        QStringLiteral("version %1 is trusted, and this is version %2")
                            .arg(trusted.version)
                            .arg(chain.last().version));
        return lastInForce(trusted, chain, time);
    });
}

Result<TrustRoot> followRoots(const QString &path, const QList<TrustRoot> &chain, const ReleaseTime &time)
{
    return succeed(path, [&](const TrustRoot &trusted) { return lastInForce(trusted, chain, time); });
}

} // namespace core
