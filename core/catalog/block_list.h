// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/catalog/rules.h"
#include "core/release/verified_release.h"
#include "core/trust/signed_document.h"

namespace core {

/// What a publisher has against releases of its own: docs/formats/catalog.md. A value.
struct BlockList {
    qint64 version = 1; // 1 … 2^31 - 1; a later list has a higher one
    QDateTime issued; // UTC
    QString channel = QStringLiteral("*"); // that it speaks for
    QStringList products; // that it speaks for: what earlier lists said of them counts no more
    ReleaseRules rules; // of these products and this channel only
    SignedBytes document;
};

/// Reads a list in its canonical form. Judges no signature. InvalidFile for what is none.
Result<BlockList> parseBlockList(const QByteArray &bytes);

/// Reads what a person wrote; `schema`, `kind` and `issued` may be missing. InvalidFile also for one that has
/// signatures, as they cannot be about what was edited.
Result<BlockList> draftBlockList(const QByteArray &text, const QDateTime &nowUtc);

/// That as many release keys signed it as releases of each of its products, in its channel, need. Errors as
/// verifyBundle() has them for signers.
Result<Done> checkSigners(const BlockList &list, const TrustStore &store, const ReleaseTime &time);

} // namespace core
