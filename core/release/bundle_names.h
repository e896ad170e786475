// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace core {

// The names of a bundle's entries, and how large they may be (docs/formats/bundle.md).

constexpr qint64 kLargestManifest = 64 * 1024; // bytes
constexpr qint64 kLargestBundledImage = 64 * 1024 * 1024; // bytes: images are judged in memory

QString manifestEntryName();

/// The entry of a version of the trust root: "3.root.json".
QString rootEntryName(qint64 version);
bool isRootEntryName(const QString &name);

/// What any entry can be called: 1 to 128 letters, digits and "._+-", no dot in front.
bool isPlainEntryName(const QString &name);

/// What the file of a release can be called: a plain name that could not be taken for the manifest's, nor for
/// that of any trust root.
bool isFileEntryName(const QString &name);

} // namespace core
