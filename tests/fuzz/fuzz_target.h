// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QList>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// What every fuzz target defines: libFuzzer's entry, which ends the program when a promise is broken …
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

/// … and good input to start from.
QList<QByteArray> fuzzSeeds();

/// Says which promise a target found broken, and ends the program.
[[noreturn]] inline void broken(const char *promise)
{
    std::fprintf(stderr, "broken promise: %s\n", promise);
    std::abort();
}

/// Ends the program, and shows the condition, when a promise does not hold; also in a build without
/// assertions.
#define FUZZ_PROMISE(condition)                                                                              \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            broken(#condition);                                                                              \
    } while (false)
