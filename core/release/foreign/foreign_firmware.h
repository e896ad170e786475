// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/mcuboot_image.h"

namespace core {

/// The forms of firmware that other tools write, and `bundle import` takes.
enum class ForeignFormat {
    Mcuboot, // an image as it is
    IntelHex,
    Uf2,
    DfuSe,
    Elf,
    DfuZip, // dfu_application.zip of the nRF Connect SDK
};

/// "mcuboot", "intel-hex", …: as scripts and manifests have it.
QString formatName(ForeignFormat format);

/// One run of bytes in foreign firmware: an image, or what a ROM loader writes somewhere.
struct ForeignPart {
    QString name; // what the file calls it: a file, a family, an alternate setting; empty when it has no name
    std::optional<quint32> address; // where it lies; in a ZIP archive, where it runs
    QByteArray bytes; // an image without what its container padded it with
    std::optional<McubootImage> image; // when it is one
    std::optional<Error> damage; // when it begins as an image and is none
    std::optional<int> imageIndex; // which of the device's images it is, where the file says so
    QList<int> slotNumbers; // that it may be written to, where the file says so
};

/// A file of another tool, identified by its content and taken apart. Says nothing about trust. A value.
struct ForeignFirmware {
    ForeignFormat format;
    QByteArray file; // all of it
    QList<ForeignPart> parts; // at least one
    std::optional<quint32> entryPoint;
    QStringList notes; // English, for engineers: what else the file says

    QByteArray sha256() const; // of the file
};

constexpr qint64 kLargestForeignFile = 260ll * 1024 * 1024;

/// Identifies a file by what is in it; its name counts for nothing. InvalidFile for a file of no known
/// format, with a hint at what it may be, and for one that breaks the format that it begins as.
Result<ForeignFirmware> identify(const QByteArray &file);

/// identify() of a file of at most 260 MiB.
Result<ForeignFirmware> readForeignFile(const QString &path);

} // namespace core
