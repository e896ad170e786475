# SPDX-License-Identifier: Apache-2.0
# RV32IMAC without an operating system and without a C library.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

# The CSR instructions come by the older -misa-spec: "rv32imac_zicsr" is no multilib of this compiler, which
# then links the 64-bit libgcc.
set(BARE_METAL_MACHINE "-march=rv32imac -misa-spec=2.2 -mabi=ilp32")
set(CMAKE_C_FLAGS_INIT "${BARE_METAL_MACHINE} -ffreestanding -Os -g -ffunction-sections -fdata-sections")
set(CMAKE_ASM_FLAGS_INIT "${BARE_METAL_MACHINE} -g")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib -nostartfiles -static -Wl,--gc-sections,--no-warn-rwx-segments")
