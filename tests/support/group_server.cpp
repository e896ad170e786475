// SPDX-License-Identifier: Apache-2.0
#include "tests/support/group_server.h"

#include <QCborArray>
#include <QCborValue>
#include <QCryptographicHash>

namespace testing {

namespace {

constexpr qsizetype kHeader = 8;
constexpr int kNotSupported = 8;
constexpr int kUserGroup = 70;

QCborMap map(const char *key, const QCborValue &value)
{
    QCborMap made;
    made[QLatin1String(key)] = value;
    return made;
}

/// CRC-32 (IEEE 802.3) a half byte at a time, by the remainders of x^32.
quint32 checksum(const QByteArray &bytes)
{
    quint32 remainders[16];
    for (quint32 value = 0; value < 16; ++value) {
        remainders[value] = value;
        for (int bit = 0; bit < 4; ++bit)
            remainders[value] =
                remainders[value] & 1 ? remainders[value] >> 1 ^ 0xedb88320 : remainders[value] >> 1;
    }
    quint32 crc = 0xffffffff;
    for (const char byte : bytes) {
        crc ^= uchar(byte);
        crc = crc >> 4 ^ remainders[crc & 15];
        crc = crc >> 4 ^ remainders[crc & 15];
    }
    return crc ^ 0xffffffff;
}

QCborMap generic(int code)
{
    return map("rc", code);
}

} // namespace

std::optional<QByteArray> GroupServer::handle(const QByteArray &packet)
{
    if (packet.size() > bufferSize || packet.size() < kHeader)
        return std::nullopt;
    const int number = ++requestCount;
    if (lostRequests.contains(number))
        return std::nullopt;
    const auto *header = reinterpret_cast<const uchar *>(packet.constData());
    const Request request{header[4] << 8 | header[5], header[7], (header[0] & 2) != 0,
                          QCborValue::fromCbor(packet.sliced(kHeader)).toMap()};
    QByteArray body = answer(request).toCborValue().toCbor();
    if (request.group == kUserGroup && request.id == 1)
        body = "not CBOR at all \xff";
    if (lostAnswers.contains(number))
        return std::nullopt;
    QByteArray reply = packet.first(kHeader);
    reply[0] = char(version << 3 | (request.isWrite ? 3 : 1));
    reply[2] = char(body.size() >> 8);
    reply[3] = char(body.size() & 0xff);
    return reply + body;
}

QCborMap GroupServer::answer(const Request &request)
{
    switch (request.group) {
    case 0:
        return os(request);
    case 2:
        return map("stat_list", QCborArray{QLatin1String("uart")});
    case 3:
        return setting(request);
    case 8:
        return file(request);
    case 9:
        return shell(request);
    case 10:
        return map("groups", QCborArray{0, 2, 3, 8, 9, 10, 63, kUserGroup});
    case 63:
        isStorageErased = true;
        settings.clear();
        return {};
    case kUserGroup: // Echoes its whole request, whatever it is.
        return request.body;
    default:
        return generic(kNotSupported);
    }
}

QCborMap GroupServer::os(const Request &request)
{
    switch (request.id) {
    case 0:
        return map("r", request.body[QLatin1String("d")]);
    case 5:
        ++resets;
        return {};
    case 6: {
        QCborMap limits = map("buf_size", bufferSize);
        limits[QLatin1String("buf_count")] = 4;
        return limits;
    }
    default:
        return generic(kNotSupported);
    }
}

QCborMap GroupServer::setting(const Request &request)
{
    constexpr int kNotFound = 3;
    const QString name = request.text("name");
    if (request.id == 0 && request.isWrite)
        settings[name] = request.bytes("val");
    else if (request.id == 0 && settings.contains(name))
        return map("val", settings[name]);
    else if ((request.id == 0 || request.id == 1) && !settings.remove(name))
        return refusal(3, kNotFound);
    return {};
}

QCborMap GroupServer::file(const Request &request)
{
    constexpr int kNotFound = 3;
    const QString name = request.text("name");
    if (request.id == 0 && request.isWrite)
        return writeChunk(request);
    if (request.id < 3 && !files.contains(name))
        return refusal(8, kNotFound);
    switch (request.id) {
    case 0:
        return readChunk(request);
    case 1:
        return map("len", files[name].size());
    case 2:
        return hashOf(request);
    case 4:
        ++closes;
        return {};
    default:
        return generic(kNotSupported);
    }
}

QCborMap GroupServer::readChunk(const Request &request) const
{
    const QByteArray content = files[request.text("name")];
    const qint64 offset = request.number("off");
    QCborMap chunk = map("off", offset);
    chunk[QLatin1String("data")] = content.mid(offset, fileChunk);
    if (offset == 0)
        chunk[QLatin1String("len")] = content.size();
    return chunk;
}

QCborMap GroupServer::writeChunk(const Request &request)
{
    constexpr int kOffsetNotValid = 11;
    QByteArray &content = files[request.text("name")];
    const qint64 offset = request.number("off");
    if (offset == 0)
        content.clear();
    if (offset != content.size())
        return refusal(8, kOffsetNotValid);
    content += request.bytes("data");
    return map("off", content.size());
}

QCborMap GroupServer::hashOf(const Request &request) const
{
    constexpr int kNoSuchHash = 13;
    const QByteArray content = files[request.text("name")];
    const QString type = request.text("type");
    QCborMap hash = map("len", content.size());
    hash[QLatin1String("type")] = type;
    if (!hasHashes)
        return generic(kNotSupported);
    if (type == QLatin1String("sha256") && hasSha256)
        hash[QLatin1String("output")] = QCryptographicHash::hash(content, QCryptographicHash::Sha256);
    else if (type == QLatin1String("crc32") && hasCrc32)
        hash[QLatin1String("output")] = qint64(checksum(content));
    else
        return refusal(8, kNoSuchHash);
    return hash;
}

QCborMap GroupServer::shell(const Request &request)
{
    shellWords.clear();
    for (const QCborValue &word : request.body[QLatin1String("argv")].toArray())
        shellWords.append(word.toString());
    QCborMap reply = map("o", shellWords.join(u' ') + u'\n');
    reply[QLatin1String("ret")] = 0;
    return reply;
}

QCborMap GroupServer::refusal(int group, int code) const
{
    if (version == 0)
        return generic(1); // What has no generic code becomes "unknown".
    QCborMap error = map("group", group);
    error[QLatin1String("rc")] = code;
    return map("err", error);
}

} // namespace testing
