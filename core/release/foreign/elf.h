// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/release/foreign/firmware_segments.h"

namespace core {

/// What an ELF file puts into flash.
struct Elf {
    quint16 machine = 0; // e_machine
    quint32 entryPoint = 0;
    FirmwareSegments segments; // one for each program header that has content, at its physical address
};

/// "Arm", "RISC-V", …, or "machine 123".
QString elfMachineName(quint16 machine);

bool beginsAsElf(QByteArrayView file);

/// Reads an executable (System V gABI, chapters 4 and 5): 32 or 64 bits, either order of bytes. Only what has
/// content in the file counts: PT_LOAD with p_filesz; memory that is to be zero (the rest up to p_memsz) is
/// the program's own affair.
///
/// InvalidFile for another type of file (objects, position-independent programs, core dumps), a header that
/// does not fit the file, addresses beyond 32 bits, and an address twice.
Result<Elf> readElf(const QByteArray &file);

} // namespace core
