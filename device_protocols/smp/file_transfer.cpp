// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/file_transfer.h"

#include "core/base/sha256.h"
#include "device_protocols/smp/error_names.h"

#include <algorithm>

namespace smp {

using core::Done;
using core::Error;
using core::ErrorKind;
using core::Reason;
using core::Result;
using core::Task;

namespace {

// Every server in the field takes in this much (Zephyr's default is 384).
constexpr qsizetype kSafePacket = 256;
constexpr qsizetype kSmallestPacket = 128;
constexpr qsizetype kLargestPacket = 8192;
// An empty byte string takes 1 byte of length in CBOR, one below 64 KiB takes 3.
constexpr qsizetype kLengthGrowth = 2;
constexpr int kMostFruitless = 8;

// A sector's erase on external flash, and two full packets at 9600 baud (3 s).
constexpr Patience kChunk{core::Milliseconds(5'000), 4};

bool isAnswer(const Error &error)
{
    return error.kind == ErrorKind::RefusedByDevice || error.kind == ErrorKind::Unsupported;
}

/// The largest chunk whose request fits into the server's buffer.
qsizetype roomFor(const WriteFile &empty, qsizetype packet)
{
    const qsizetype around = kHeaderSize + toMap(empty).toCborValue().toCbor().size() + kLengthGrowth;
    return packet - around;
}

/// In version 2 by the group's own code; in version 1 servers translate it as they like.
bool lacksHash(const Error &error)
{
    constexpr int kNoSuchHash = 13; // fs_mgmt.h, FS_MGMT_ERR_CHECKSUM_HASH_NOT_FOUND
    const core::DeviceCode code = error.deviceCode.value_or(core::DeviceCode{});
    return error.kind == ErrorKind::Unsupported
        || (error.kind == ErrorKind::RefusedByDevice
            && (code.group == kNoGroup || code == core::DeviceCode{int(Group::FileSystem), kNoSuchHash}));
}

bool isSame(const FileHash &hash, const QString &type, const QByteArray &content)
{
    if (type == QLatin1String("crc32"))
        return hash.output.toInteger(-1) == qint64(crc32(content));
    return hash.output.toByteArray() == core::Sha256::of(content);
}

} // namespace

quint32 crc32(QByteArrayView bytes)
{
    constexpr quint32 kReflectedPolynomial = 0xedb88320;
    quint32 crc = ~quint32(0);
    for (const char byte : bytes) {
        crc ^= uchar(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = crc & 1 ? crc >> 1 ^ kReflectedPolynomial : crc >> 1;
    }
    return ~crc;
}

Task<QByteArray> FileTransfer::download(QString name)
{
    QByteArray content;
    std::optional<quint32> length;
    do {
        co_await tell(content.size(), length.value_or(0));
        ReadFile question{quint32(content.size()), name};
        const FileChunk chunk = co_await m_client.ask(std::move(question), kChunk);
        if (!length)
            length = chunk.length;
        if (!length || chunk.offset != content.size() || (chunk.data.isEmpty() && *length > 0))
            co_return core::fail(
                ErrorKind::MalformedReply,
                QStringLiteral("the file's chunk at byte %1 is not one").arg(content.size()));
        if (*length > kLargestFile || content.size() + chunk.data.size() > *length)
            co_return core::fail(ErrorKind::MalformedReply, QStringLiteral("the file has no end"));
        content += chunk.data;
    } while (content.size() < *length);
    co_await tell(content.size(), *length);
    co_await close();
    co_return content;
}

Task<Done> FileTransfer::upload(QString name, QByteArray content)
{
    ReadParameters question;
    const Result<ServerLimits> limits = co_await core::attempt(m_client.ask(std::move(question)));
    if (!limits && !isAnswer(limits.error()))
        co_return core::passOn(limits.error());
    const qsizetype told = limits ? limits->bufferSize - m_client.bytesAddedToBuffer() : kSafePacket;
    const qsizetype largest = std::min<qsizetype>(kLargestPacket, m_client.largestPacket());
    const qsizetype packet = std::clamp(told, kSmallestPacket, largest);

    qsizetype offset = 0;
    int fruitless = 0;
    do {
        co_await tell(offset, content.size());
        WriteFile chunk{.offset = quint32(offset), .name = name};
        if (offset == 0)
            chunk.length = quint32(content.size());
        const qsizetype room = roomFor(chunk, packet);
        if (room <= 0)
            co_return core::fail(ErrorKind::Unsupported,
                                 QStringLiteral("the name is too long for the server"));
        chunk.data = content.mid(offset, room);
        const FileOffset answer = co_await write(std::move(chunk));
        fruitless = answer.offset > offset ? 0 : fruitless + 1;
        if (answer.offset > content.size() || fruitless >= kMostFruitless)
            co_return core::fail(
                ErrorKind::RefusedByDevice, Reason::WriteFailed,
                QStringLiteral("the device stays at byte %1 of the file").arg(answer.offset));
        offset = answer.offset;
    } while (offset < content.size());
    co_await tell(offset, content.size());
    co_return co_await close();
}

/// A chunk whose answer was lost is sent again, and refused because it is there already.
Task<FileOffset> FileTransfer::write(WriteFile chunk)
{
    const Result<FileOffset> answer = co_await core::attempt(m_client.ask(chunk, kChunk));
    if (answer || answer.error().kind != ErrorKind::RefusedByDevice || chunk.offset == 0)
        co_return answer;
    ReadFileStatus question{chunk.name};
    const Result<FileStatus> status = co_await core::attempt(m_client.ask(std::move(question)));
    if (!status || status->length != chunk.offset + quint32(chunk.data.size()))
        co_return answer;
    co_return FileOffset{status->length};
}

Task<QString> FileTransfer::compare(QString name, QByteArray content)
{
    for (const char *type : {"sha256", "crc32"}) {
        HashFile question{.name = name, .type = QString::fromLatin1(type)};
        const Result<FileHash> hash = co_await core::attempt(m_client.ask(question));
        if (!hash && !lacksHash(hash.error()))
            co_return core::passOn(hash.error());
        if (!hash)
            continue; // It computes another one, or none at all.
        if (!isSame(*hash, question.type, content))
            co_return core::fail(ErrorKind::RefusedByDevice, Reason::HashMismatch,
                                 QStringLiteral("the %1 of the device's file is another").arg(question.type));
        co_return question.type;
    }
    co_return QString();
}

/// Old servers do not know it, and close the file when another is opened.
Task<Done> FileTransfer::close()
{
    CloseFile request;
    const Result<Nothing> closed = co_await core::attempt(m_client.ask(std::move(request)));
    if (!closed && !isAnswer(closed.error()))
        co_return core::passOn(closed.error());
    co_return Done{};
}

Result<Done> FileTransfer::tell(qint64 done, qint64 total) const
{
    if (m_control.stop && m_control.stop->isRaised())
        return core::fail(ErrorKind::Cancelled, Reason::Cancelled,
                          QStringLiteral("stopped after %1 bytes").arg(done));
    if (m_control.onProgress)
        m_control.onProgress({.done = done, .total = total});
    return Done{};
}

} // namespace smp
