// SPDX-License-Identifier: Apache-2.0
#include "core/release/bundle.h"

#include "core/base/sha256.h"
#include "core/release/bundle_names.h"
#include "core/release/image_agreement.h"

namespace core {

namespace {

constexpr qint64 kLargestNotes = 1024 * 1024;
constexpr qsizetype kMostRoots = 16;

/// Takes the manifest and the trust roots in, and lists the rest.
class Opener : public ArchiveVisitor
{
public:
    QByteArray manifest;
    QList<QByteArray> roots;
    QStringList files;

    Result<Wants> begin(const QString &name) override
    {
        const bool isFirst = std::exchange(m_isFirst, false);
        if (isFirst != (name == manifestEntryName()))
            return notABundle(QStringLiteral("it does not begin with its manifest"));
        if (!isFirst && !isRootEntryName(name)) {
            files.append(name);
            return Wants::NextFile;
        }
        if (roots.size() == kMostRoots)
            return notABundle(QStringLiteral("it holds more than %1 trust roots").arg(kMostRoots));
        m_largest = isFirst ? kLargestManifest : kLargestSignedDocument;
        m_content.clear();
        return Wants::Content;
    }

    Result<Done> take(QByteArrayView bytes) override
    {
        if (m_content.size() + bytes.size() > m_largest)
            return notABundle(QStringLiteral("its manifest or a trust root is too large"));
        m_content.append(bytes);
        return Done{};
    }

    Result<Done> end() override
    {
        if (manifest.isNull())
            manifest = m_content.isNull() ? QByteArray("") : m_content;
        else
            roots.append(m_content);
        return Done{};
    }

private:
    static tl::unexpected<Error> notABundle(const QString &why)
    {
        return fail(ErrorKind::InvalidFile, QStringLiteral("not a bundle: ") + why);
    }

    QByteArray m_content;
    qint64 m_largest = 0;
    bool m_isFirst = true;
};

Result<Bundle> open(const ArchiveSource &source)
{
    Opener opener;
    if (auto walked = walkArchive(source, opener); !walked)
        return passOn(walked.error());
    if (opener.manifest.isNull())
        return fail(ErrorKind::InvalidFile, QStringLiteral("not a bundle: it is empty"));
    auto document = parseSignedManifest(opener.manifest);
    if (!document)
        return passOn(document.error());
    Bundle bundle{*std::move(document), opener.manifest, opener.files, {}, source};
    for (const QByteArray &bytes : std::as_const(opener.roots)) {
        auto root = parseTrustRoot(bytes);
        if (!root)
            return passOn(root.error(), QStringLiteral("reading a trust root of the bundle"));
        bundle.roots.append(*std::move(root));
    }
    return bundle;
}

/// What the manifest says of a file, and what it is for.
struct Expected {
    ReleaseFile file;
    bool isImage = false; // it has to be one, and may be one of a payload of any kind
    bool isNotes = false;
};

QMap<QString, Expected> expectedOf(const Manifest &manifest)
{
    QMap<QString, Expected> expected;
    for (const ManifestPayload &payload : manifest.payloads) {
        const ReleaseFile entry = payload.entry();
        expected.insert(entry.name, {entry, hasToBeImage(payload), false});
    }
    if (manifest.releaseNotes)
        expected.insert(manifest.releaseNotes->name, {*manifest.releaseNotes, false, true});
    return expected;
}

/// Compares every file with the manifest as it passes, and keeps what somebody will use.
class Checker : public ArchiveVisitor
{
public:
    explicit Checker(const Manifest &manifest) : m_missing(expectedOf(manifest)) { }

    CheckedFiles kept;

    Result<Wants> begin(const QString &name) override
    {
        if (name == manifestEntryName() || isRootEntryName(name))
            return Wants::NextFile;
        if (!m_missing.contains(name))
            return fail(
                ErrorKind::InvalidFile,
                QStringLiteral("the bundle holds \"%1\", which its manifest does not name").arg(name));
        m_current = m_missing.take(name);
        m_hash = Sha256();
        m_size = 0;
        m_content.clear();
        m_keeps = true;
        return Wants::Content;
    }

    Result<Done> take(QByteArrayView bytes) override
    {
        m_size += bytes.size();
        if (m_size > m_current.file.size.value_or(0))
            return differs("size");
        m_hash.add(bytes);
        return m_keeps ? keep(bytes) : Result<Done>(Done{});
    }

    Result<Done> end() override
    {
        if (m_size != m_current.file.size)
            return differs("size");
        if (m_hash.result() != m_current.file.sha256)
            return differs("hash");
        if (m_keeps)
            kept.insert(m_current.file.name, m_content);
        return Done{};
    }

    /// From now on nothing is missed that is not there.
    void forgive(const QList<ManifestPayload> &payloads)
    {
        for (const ManifestPayload &payload : payloads)
            m_missing.remove(payload.entry().name);
    }

    Result<Done> finish() const
    {
        if (m_missing.isEmpty())
            return Done{};
        return fail(ErrorKind::Untrusted, Reason::PayloadMissing,
                    QStringLiteral("the bundle does not hold the file \"%1\" of its manifest")
                        .arg(m_missing.firstKey()));
    }

private:
    Result<Done> keep(QByteArrayView bytes)
    {
        m_content.append(bytes);
        const bool isImage = m_current.isImage || beginsAsImage(m_content);
        if (m_content.size() >= kImageMagicSize && !isImage && !m_current.isNotes) {
            m_keeps = false;
            m_content = QByteArray();
        }
        if (m_content.size() > (m_current.isNotes ? kLargestNotes : kLargestBundledImage))
            return fail(ErrorKind::InvalidFile,
                        QStringLiteral("%1 is too large for what it is").arg(m_current.file.name));
        return Done{};
    }

    tl::unexpected<Error> differs(const char *what) const
    {
        return fail(ErrorKind::Untrusted, Reason::HashMismatch,
                    QStringLiteral("%1: its %2 is not the one in the manifest")
                        .arg(m_current.file.name, QLatin1String(what)));
    }

    QMap<QString, Expected> m_missing;
    Expected m_current;
    Sha256 m_hash;
    qint64 m_size = 0;
    QByteArray m_content;
    bool m_keeps = false;
};

} // namespace

QList<ReleaseFile> filesOf(const Manifest &manifest)
{
    QList<ReleaseFile> files;
    for (const ManifestPayload &payload : manifest.payloads)
        files.append(payload.entry());
    if (manifest.releaseNotes)
        files.append(*manifest.releaseNotes);
    return files;
}

Result<Bundle> parseBundle(const QByteArray &bytes)
{
    return open({{}, bytes});
}

Result<Bundle> openBundle(const QString &path)
{
    auto bundle = open({path, {}});
    if (!bundle)
        return passOn(bundle.error(), QStringLiteral("reading the bundle %1").arg(path));
    return bundle;
}

QList<ManifestPayload> payloadsToFetch(const Bundle &bundle)
{
    QList<ManifestPayload> missing;
    for (const ManifestPayload &payload : bundle.document.manifest.payloads) {
        const QString name = payload.entry().name;
        const bool isThere = bundle.files.contains(name) || bundle.fetched.contains(name);
        if (!payload.url.isEmpty() && !isThere)
            missing.append(payload);
    }
    return missing;
}

Result<CheckedFiles> checkFiles(const Bundle &bundle, Extent extent)
{
    Checker checker(bundle.document.manifest);
    if (auto walked = walkArchive(bundle.source, checker); !walked)
        return passOn(walked.error());
    for (auto file = bundle.fetched.cbegin(); file != bundle.fetched.cend(); ++file) {
        if (auto walked = walkFile(file.key(), file.value(), checker); !walked)
            return passOn(walked.error());
    }
    if (extent == Extent::WithoutFilesToFetch)
        checker.forgive(payloadsToFetch(bundle));
    if (auto finished = checker.finish(); !finished)
        return passOn(finished.error());
    return checker.kept;
}

} // namespace core
