// SPDX-License-Identifier: Apache-2.0
#include "device_protocols/smp/cbor_json.h"
#include "device_protocols/smp/command_table.h"
#include "device_protocols/smp/smp_client.h"
#include "tests/fuzz/fuzz_target.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonDocument>

namespace {

QByteArray jsonText(const QCborMap &map)
{
    return QJsonDocument(smp::jsonOf(map)).toJson(QJsonDocument::Compact);
}

/// A reply that is taken holds what the command lists, and is taken again as the same.
void readReply(const smp::TableEntry &entry, const QCborMap &body)
{
    const auto reply = entry.reply(body);
    if (!reply) {
        FUZZ_PROMISE(reply.error().kind == core::ErrorKind::MalformedReply);
        FUZZ_PROMISE(!reply.error().detail.isEmpty());
        return;
    }
    const auto again = entry.reply(*reply);
    FUZZ_PROMISE(again.has_value());
    FUZZ_PROMISE(jsonText(*again) == jsonText(*reply));
}

/// Words that are taken make a body that has no other fields than those of the command.
void readWords(const smp::TableEntry &entry, const QByteArray &text)
{
    const auto body = entry.request(QString::fromUtf8(text).split(u'\n'));
    if (!body)
        return;
    const QList<smp::FieldInfo> known = entry.parameters();
    for (const auto &[key, value] : *body) {
        const QString name = QCborValue(key).toString();
        FUZZ_PROMISE(std::any_of(known.cbegin(), known.cend(),
                                 [&name](const smp::FieldInfo &field) { return field.name == name; }));
    }
}

void readJson(const QByteArray &text)
{
    const auto value = smp::cborOfJson(text);
    if (value && value->isMap())
        FUZZ_PROMISE(smp::decodeBody(value->toCbor()).has_value());
}

} // namespace

/// The bodies of all recorded answers, each behind a byte that picks the command; words; and JSON.
QList<QByteArray> fuzzSeeds()
{
    QList<QByteArray> seeds{QByteArray("\x00"
                                       "d=hi"),
                            QByteArray("\x06"
                                       "boot_mode=1\nforce=true"),
                            QByteArray("\x00"
                                       R"({"a":[1,{"$bytes":"00ff"}]})")};
    QDirIterator sessions(QStringLiteral(BOOTMEND_SESSIONS_DIR "/smp"), {QStringLiteral("*.session")});
    while (sessions.hasNext()) {
        QFile file(sessions.next());
        if (!file.open(QIODevice::ReadOnly))
            broken("sessions can be read");
        for (const QByteArray &line : file.readAll().split('\n'))
            if (line.startsWith("< "))
                seeds.append(QByteArray::fromHex(line.mid(2)).mid(smp::kHeaderSize - 1));
    }
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0)
        return 0;
    const QByteArray input(reinterpret_cast<const char *>(data) + 1,
                           qsizetype(std::min<std::size_t>(size - 1, 60'000)));
    const QList<smp::TableEntry> &table = smp::commandTable();
    readWords(table.at(data[0] % table.size()), input);
    readJson(input);
    const auto body = smp::decodeBody(input);
    if (!body)
        return 0;
    for (const smp::TableEntry &entry : table)
        readReply(entry, *body);
    jsonText(*body);
    return 0;
}
