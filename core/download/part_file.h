// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/sha256.h"
#include "core/catalog/file_steps.h"
#include "core/release/wanted_files.h"

#include <QLockFile>

namespace core {

/// A file on its way into a folder, and what has come of it so far: docs/formats/downloads.md.
///
/// `NAME.part` holds the bytes from the first one on, `NAME.part.json` says what they are of, and `NAME` is
/// the file once it is whole and has the hash that was signed. A killed program leaves a part that the next
/// one goes on with, or drops when it is of something else. One program at a time has a part: see lock().
///
/// Errors: FileFailed; NotAllowedNow with StorageFull where the disk has no room: the part stays.
class PartFile
{
public:
    /// `steps` outlives it.
    PartFile(const QString &folder, WantedFile wanted, FileSteps &steps);

    /// Whether this program has the part now. Another one that has it may be waited for.
    Result<bool> lock();

    /// Where the file is, when it is there already; it is hashed again, and dropped when a disk changed it.
    Result<std::optional<QString>> whole();

    /// Takes over what an earlier run left of this file, and hashes it. May take seconds.
    Result<Done> open();

    qint64 size() const { return m_size; } // bytes
    const QByteArray &entityTag() const
    {
        return m_entityTag;
    } // of the answer that they are from; may be empty
    bool isOfSeveralAnswers() const { return m_isOfSeveralAnswers; }

    /// From now on bytes of another answer are added: of the same file, or of one that begins anew.
    void goOn() { m_isOfSeveralAnswers = m_size > 0; }
    Result<Done> startOver(const QByteArray &entityTag);

    /// At most up to the size of the file that is wanted.
    Result<Done> add(const QByteArray &bytes);

    /// The whole file at its place; nothing when it has another hash: the part is dropped then.
    Result<std::optional<QString>> finish();

    Result<Done> drop();

private:
    QString partPath() const { return m_path + QStringLiteral(".part"); }
    QString notePath() const { return m_path + QStringLiteral(".part.json"); }
    Result<Done> writeNote();
    bool isNoteOfThis(); // and takes its entity tag in
    Result<Done> hashWhatIsThere();

    QString m_path;
    WantedFile m_wanted;
    FileSteps *m_steps;
    QLockFile m_lock;
    QFile m_part;
    Sha256 m_hash;
    qint64 m_size = 0;
    QByteArray m_entityTag;
    bool m_isOfSeveralAnswers = false;
};

/// Removes what nobody has fetched or used for 30 days. What cannot be removed stays.
void tidyDownloads(const QString &folder, const QDateTime &nowUtc);

} // namespace core
