// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/flash_tear.h"

#include <QRandomGenerator>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace testing {

namespace {

constexpr std::array<const char *, 7> kNames = {"prefix",    "suffix", "torn-unit", "arbitrary-unit",
                                                "scattered", "zeroed", "unstable"};
constexpr quint32 kEvenChance = 8; // in 16
constexpr qsizetype kPage = 256; // what a chip programs at once; no page reaches beyond its sector

/// The places to tear at, in ascending order: each boundary of a short operation, some of a long one.
QList<quint32> boundaries(const FlashWrite &write, quint32 writeSize, TearDensity density)
{
    const quint32 length = quint32(write.after.size());
    const quint32 units = length / writeSize;
    const quint32 parts = write.isErase ? 4 : density == TearDensity::Full ? 40 : 3;
    const quint32 step = std::max(1U, units / parts) * writeSize;
    QList<quint32> places;
    for (quint32 at = 0; at < length; at += step) {
        places.append(at);
    }
    if (places.last() != length - writeSize) {
        places.append(length - writeSize);
    }
    return places;
}

void addPrefixes(const FlashWrite &write, const QList<quint32> &places, QList<FlashTear> &tears)
{
    const quint32 length = quint32(write.after.size());
    for (const quint32 at : places) {
        tears.append({TearKind::Prefix, at, 0});
    }
    for (const quint32 at : {1U, length / 2 + 1, length - 1, length}) {
        tears.append({TearKind::Prefix, at, 0});
    }
}

QList<FlashTear> tearsOfErase(const QList<quint32> &places, quint32 length, TearDensity density)
{
    QList<FlashTear> tears;
    for (const quint32 at : places) {
        if (at > 0) {
            tears.append({TearKind::Suffix, at, 0});
            tears.append({TearKind::Zeroed, at, 0});
        }
    }
    tears.append({TearKind::Zeroed, length, 0});
    tears.append({TearKind::Unstable, 0, 1});
    const quint32 rounds = density == TearDensity::Full ? 3 : 1;
    for (quint32 seed = 0; seed < rounds; ++seed) {
        for (const quint32 chance : {1U, kEvenChance, 15U}) {
            tears.append({TearKind::Scattered, chance, seed});
        }
    }
    return tears;
}

QList<FlashTear> tearsOfProgram(const QList<quint32> &places, TearDensity density)
{
    QList<FlashTear> tears;
    quint32 seed = 0;
    for (const quint32 at : places) {
        tears.append({TearKind::TornUnit, at, ++seed});
        tears.append({TearKind::ArbitraryUnit, at, ++seed});
        tears.append({TearKind::Unstable, at, ++seed});
    }
    const quint32 rounds = density == TearDensity::Full ? 4 : 1;
    for (quint32 round = 0; round < rounds; ++round) {
        for (const quint32 chance : {1U, kEvenChance, 15U}) {
            tears.append({TearKind::Scattered, chance, round});
        }
    }
    return tears;
}

/// A bit of `done` where the operation's bit has its new value.
QByteArray mixed(const FlashWrite &write, const QByteArray &done)
{
    QByteArray content = write.before;
    for (qsizetype i = 0; i < content.size(); ++i) {
        content[i] = char((write.after[i] & done[i]) | (write.before[i] & ~done[i]));
    }
    return content;
}

QByteArray randomBits(qsizetype length, quint32 chance, quint32 seed)
{
    QRandomGenerator random(seed * 16 + chance + 1);
    QByteArray bits(length, '\0');
    for (char &byte : bits) {
        for (int bit = 0; bit < 8; ++bit) {
            byte = char(byte | (random.bounded(16U) < chance ? 1 << bit : 0));
        }
    }
    return bits;
}

/// The whole operation up to `at`, and of the unit behind it the bits of `done`.
QByteArray mixedUnit(const FlashWrite &write, const FlashTear &tear, quint32 writeSize)
{
    QByteArray done(write.after.size(), '\0');
    std::fill_n(done.data(), tear.at, '\xff');
    done.replace(qsizetype(tear.at), qsizetype(writeSize),
                 randomBits(qsizetype(writeSize), kEvenChance, tear.seed));
    return mixed(write, done);
}

/// The pages of the operation up to one that `seed` chooses, and of that one the bits that were quick.
QByteArray scattered(const FlashWrite &write, const FlashTear &tear)
{
    const qsizetype length = write.after.size();
    if (write.isErase) {
        return mixed(write, randomBits(length, tear.at, tear.seed));
    }
    const qsizetype first = qsizetype(write.offset) / kPage;
    const qsizetype pages = (qsizetype(write.offset) + length - 1) / kPage - first + 1;
    const qsizetype page = (first + tear.seed % pages) * kPage - qsizetype(write.offset);
    const qsizetype from = std::max(page, qsizetype(0));
    const qsizetype end = std::min(page + kPage, length);
    QByteArray done = QByteArray(from, '\xff') + randomBits(end - from, tear.at, tear.seed);
    return mixed(write, done + QByteArray(length - end, '\0'));
}

QByteArray partlyDone(const FlashWrite &write, qsizetype from, qsizetype length)
{
    QByteArray content = write.before;
    return content.replace(from, length, write.after.mid(from, length));
}

QByteArray withArbitraryUnit(const FlashWrite &write, const FlashTear &tear, quint32 writeSize)
{
    return partlyDone(write, 0, qsizetype(tear.at))
        .replace(qsizetype(tear.at), qsizetype(writeSize),
                 randomBits(qsizetype(writeSize), kEvenChance, tear.seed));
}

} // namespace

QList<FlashTear> tearsOf(const FlashWrite &write, quint32 writeSize, TearDensity density)
{
    const QList<quint32> places = boundaries(write, writeSize, density);
    QList<FlashTear> tears;
    addPrefixes(write, places, tears);
    return tears
        + (write.isErase ? tearsOfErase(places, quint32(write.after.size()), density)
                         : tearsOfProgram(places, density));
}

QByteArray contentAfter(const FlashWrite &write, const FlashTear &tear, quint32 writeSize)
{
    const qsizetype length = write.after.size();
    const qsizetype at = qsizetype(tear.at);
    switch (tear.kind) {
    case TearKind::Prefix:
        return partlyDone(write, 0, at);
    case TearKind::Suffix:
        return partlyDone(write, length - at, at);
    case TearKind::TornUnit:
        return mixedUnit(write, tear, writeSize);
    case TearKind::ArbitraryUnit:
        return withArbitraryUnit(write, tear, writeSize);
    case TearKind::Scattered:
        return scattered(write, tear);
    case TearKind::Zeroed:
        return QByteArray(write.before).replace(0, at, QByteArray(at, '\0'));
    case TearKind::Unstable:
        return partlyDone(write, 0, at);
    }
    return write.before;
}

QByteArray unstableBits(const FlashWrite &write, const FlashTear &tear, quint32 writeSize)
{
    if (tear.kind != TearKind::Unstable) {
        return {};
    }
    QByteArray mask(write.after.size(), '\0');
    const qsizetype from = write.isErase ? 0 : qsizetype(tear.at);
    const qsizetype end = write.isErase ? mask.size() : from + qsizetype(writeSize);
    for (qsizetype i = from; i < end; ++i) {
        mask[i] = char(write.before[i] ^ write.after[i]);
    }
    return mask;
}

void rollBits(char *content, const QByteArray &mask, quint32 seed)
{
    const QByteArray bits = randomBits(mask.size(), kEvenChance, seed);
    for (qsizetype i = 0; i < mask.size(); ++i) {
        content[i] = char((content[i] & ~mask[i]) | (bits[i] & mask[i]));
    }
}

std::string textOf(const FlashTear &tear)
{
    return std::string(kNames[size_t(tear.kind)]) + ':' + std::to_string(tear.at) + ':'
        + std::to_string(tear.seed);
}

std::optional<FlashTear> tearFrom(const std::string &text)
{
    for (size_t kind = 0; kind < kNames.size(); ++kind) {
        const size_t length = std::strlen(kNames[kind]);
        FlashTear tear = {.kind = TearKind(kind)};
        if (text.compare(0, length, kNames[kind]) == 0
            && std::sscanf(text.c_str() + length, ":%u:%u", &tear.at, &tear.seed) == 2) {
            return tear;
        }
    }
    return std::nullopt;
}

} // namespace testing
