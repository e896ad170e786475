// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/fields.h"
#include "device_protocols/smp/patience.h"

// SMP group 8. Zephyr, "File management"; fs_mgmt.h. FileTransfer (file_transfer.h) carries whole files.
namespace smp {

struct FileChunk {
    quint32 offset = 0;
    QByteArray data; // as much as the server likes
    std::optional<quint32> length; // of the whole file; with the first chunk
    static constexpr auto fields()
    {
        return std::tuple(required("off", &FileChunk::offset), required("data", &FileChunk::data),
                          optional("len", &FileChunk::length));
    }
};

struct ReadFile {
    using Reply = FileChunk;
    static constexpr Command kCommand{Op::Read, Group::FileSystem, 0};
    quint32 offset = 0;
    QString name;
    static constexpr auto fields()
    {
        return std::tuple(required("off", &ReadFile::offset), required("name", &ReadFile::name));
    }
};

struct FileOffset {
    quint32 offset = 0; // what the server has of it now
    static constexpr auto fields() { return std::tuple(required("off", &FileOffset::offset)); }
};

struct WriteFile {
    using Reply = FileOffset;
    static constexpr Command kCommand{Op::Write, Group::FileSystem, 0};
    quint32 offset = 0;
    QByteArray data;
    QString name;
    std::optional<quint32> length; // of the whole file; with offset 0
    static constexpr auto fields()
    {
        return std::tuple(required("off", &WriteFile::offset), required("data", &WriteFile::data),
                          required("name", &WriteFile::name), optional("len", &WriteFile::length));
    }
};

struct FileStatus {
    quint32 length = 0; // bytes
    static constexpr auto fields() { return std::tuple(required("len", &FileStatus::length)); }
};

struct ReadFileStatus {
    using Reply = FileStatus;
    static constexpr Command kCommand{Op::Read, Group::FileSystem, 1};
    QString name;
    static constexpr auto fields() { return std::tuple(required("name", &ReadFileStatus::name)); }
};

struct FileHash {
    QString type;
    std::optional<quint32> offset;
    std::optional<quint32> length;
    QCborValue output; // an integer or bytes, as the type has it
    static constexpr auto fields()
    {
        return std::tuple(optional("type", &FileHash::type), optional("off", &FileHash::offset),
                          optional("len", &FileHash::length), required("output", &FileHash::output));
    }
};

struct HashFile {
    using Reply = FileHash;
    static constexpr Command kCommand{Op::Read, Group::FileSystem, 2};
    static constexpr Patience kPatience =
        kErasing; // The server reads the whole file: a megabyte of SPI flash.
    QString name;
    QString type; // "crc32", "sha256"; the server's choice where it is not said
    std::optional<quint32> offset;
    std::optional<quint32> length;
    static constexpr auto fields()
    {
        return std::tuple(required("name", &HashFile::name), optional("type", &HashFile::type),
                          optional("off", &HashFile::offset), optional("len", &HashFile::length));
    }
};

struct HashType {
    int format = 0; // 0: an integer; 1: bytes
    int size = 0; // bytes
    static constexpr auto fields()
    {
        return std::tuple(required("format", &HashType::format), required("size", &HashType::size));
    }
};

struct HashTypesReply {
    QMap<QString, HashType> types;
    static constexpr auto fields() { return std::tuple(required("types", &HashTypesReply::types)); }
};

struct ListHashTypes : Nothing {
    using Reply = HashTypesReply;
    static constexpr Command kCommand{Op::Read, Group::FileSystem, 3};
};

/// Servers keep the last file open between chunks.
struct CloseFile : Nothing {
    using Reply = Nothing;
    static constexpr Command kCommand{Op::Write, Group::FileSystem, 4};
    static constexpr Patience kPatience = kReading; // What is closed stays closed.
};

} // namespace smp
