// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QCborMap>

namespace smp {

enum class Op : quint8 { Read = 0, ReadReply = 1, Write = 2, WriteReply = 3 };
/// Zephyr mgmt_defines.h, enum mcumgr_group_t. From `kFirstUserGroup` on they belong to whoever makes the
/// device.
enum class Group : quint16 {
    Os = 0,
    Image = 1,
    Statistics = 2,
    Settings = 3,
    FileSystem = 8,
    Shell = 9,
    Enumeration = 10,
    Zephyr = 63,
    Bootmend = 64,
};
constexpr quint16 kFirstUserGroup = 64;
/// The two bits of the header. Version 2 names the group of an error; servers answer version 1 alike.
enum class Version : quint8 { One = 0, Two = 1 };

struct Command {
    Op op;
    Group group;
    quint8 id;
};

struct Header {
    Command command;
    quint8 sequence = 0;
    Version version = Version::Two;
};

struct Message {
    Header header;
    QByteArray body; // one CBOR map, still encoded
};

// Bytes to structs and back. Knows no transport, no timeout and no device.
// Zephyr SMP specification, "Frame: The envelope".

/// At most 65535 bytes of body.
QByteArray encode(const Header &header, QByteArrayView body);

/// MalformedReply when the frame is shorter than a header, or not as long as the header says.
core::Result<Message> decode(const QByteArray &frame);

/// The body as a map. MalformedReply when it is anything else, or has bytes left over.
core::Result<QCborMap> decodeBody(const QByteArray &body);

/// Same group, command and sequence, and the matching operation. The version may differ: some servers answer
/// a version 2 request with version 1.
bool answers(const Header &reply, const Header &request);

/// Bytes of a message around its body.
constexpr qsizetype kHeaderSize = 8;

} // namespace smp
