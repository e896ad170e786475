// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz_target.h"

#include <QRandomGenerator>

#include <algorithm>
#include <csignal>
#include <memory>

// Runs a fuzz target on its seeds and on mutations of them: the same ones every time, so that a failure in CI
// can be repeated anywhere. What failed is left on standard error as hex.
namespace {

constexpr int kRounds = 5'000;
constexpr quint32 kSeed = 20261121;
constexpr qsizetype kLargest = 8192;

void flipBits(QByteArray &input, QRandomGenerator &random)
{
    const qsizetype at = random.bounded(input.size());
    input[at] = char(input.at(at) ^ (1 << random.bounded(8)));
}

void setByte(QByteArray &input, QRandomGenerator &random)
{
    input[qsizetype(random.bounded(input.size()))] = char(random.bounded(256));
}

void cut(QByteArray &input, QRandomGenerator &random)
{
    input.truncate(random.bounded(input.size()));
}

void repeatPart(QByteArray &input, QRandomGenerator &random)
{
    const qsizetype from = random.bounded(input.size());
    input.insert(qsizetype(random.bounded(input.size())), input.mid(from, random.bounded(64)));
}

void removePart(QByteArray &input, QRandomGenerator &random)
{
    input.remove(qsizetype(random.bounded(input.size())), random.bounded(16));
}

void setLargeNumber(QByteArray &input, QRandomGenerator &random)
{
    const qsizetype at = random.bounded(input.size());
    input.replace(at, 4, QByteArray::fromHex(random.bounded(2) ? "ffffffff" : "7fffffff"));
}

QByteArray mutate(QByteArray input, QRandomGenerator &random)
{
    using Mutation = void (*)(QByteArray &, QRandomGenerator &);
    constexpr Mutation kMutations[] = {flipBits, setByte, cut, repeatPart, removePart, setLargeNumber};
    for (int count = 1 + random.bounded(5); count > 0 && !input.isEmpty(); --count)
        kMutations[random.bounded(int(std::size(kMutations)))](input, random);
    return input.left(kLargest);
}

void runOne(const QByteArray &input)
{
    // A copy of exactly this size, so that the sanitizers see a read behind its end.
    const std::unique_ptr<std::uint8_t[]> bytes(new std::uint8_t[std::size_t(input.size())]);
    std::copy(input.begin(), input.end(), bytes.get());
    LLVMFuzzerTestOneInput(bytes.get(), std::size_t(input.size()));
}

QByteArray current;

void showCurrent(int)
{
    std::fprintf(stderr, "input: %s\n", current.toHex().constData());
    std::_Exit(EXIT_FAILURE);
}

} // namespace

int main()
{
    std::signal(SIGABRT, showCurrent);
    const QList<QByteArray> seeds = fuzzSeeds();
    if (seeds.isEmpty()) {
        std::fputs("no seeds\n", stderr);
        return EXIT_FAILURE;
    }
    QList<QByteArray> inputs = seeds + QList<QByteArray>{QByteArray()};
    for (const QByteArray &input : std::as_const(inputs)) {
        current = input;
        runOne(current);
    }
    QRandomGenerator random(kSeed);
    for (int round = 0; round < kRounds; ++round) {
        current = mutate(seeds.at(random.bounded(int(seeds.size()))), random);
        runOne(current);
    }
    std::printf("%d inputs\n", kRounds + int(inputs.size()));
    return EXIT_SUCCESS;
}
