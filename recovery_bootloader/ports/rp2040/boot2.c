/* SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

/*
 * The second stage: the ROM copies the first 256 bytes of the flash to RAM, checks the CRC at their end
 * (boot2_checksum.py puts it there) and calls them (datasheet, section 2.8.1). It makes the flash readable in
 * place, by the one command that every flash knows, and goes on at the vectors behind it. Runs elsewhere than
 * it is linked, and so calls nothing.
 */
#define SSI_CONTROL_0 0x00u
#define SSI_CONTROL_1 0x04u
#define SSI_ENABLE 0x08u
#define SSI_DIVISOR 0x14u
#define SSI_SPI_CONTROL_0 0xf4u

#define CLOCK_DIVISOR 4u /* 31 MHz, should an application raise clk_sys to 125 */
#define FRAMES_OF_32_BITS_EEPROM_READ (31u << 16 | 3u << 8)
#define READ_03H_WITH_24_BIT_ADDRESS (0x03u << 24 | 2u << 8 | 6u << 2)

#define VECTORS (FLASH_WINDOW + 0x100u)

__attribute__((section(".boot2"), used, noreturn)) void boot2(void)
{
    uint32_t vectors = VECTORS;
    FLASH_INTERFACE(SSI_ENABLE) = 0;
    FLASH_INTERFACE(SSI_DIVISOR) = CLOCK_DIVISOR;
    FLASH_INTERFACE(SSI_CONTROL_0) = FRAMES_OF_32_BITS_EEPROM_READ;
    FLASH_INTERFACE(SSI_SPI_CONTROL_0) = READ_03H_WITH_24_BIT_ADDRESS;
    FLASH_INTERFACE(SSI_CONTROL_1) = 0;
    FLASH_INTERFACE(SSI_ENABLE) = 1;
    SCB_VECTOR_TABLE = vectors;
    __asm__ volatile("ldmia %0!, {r1, r2}\n"
                     "msr msp, r1\n"
                     "bx r2\n"
                     : "+l"(vectors)
                     :
                     : "r1", "r2", "memory");
    __builtin_unreachable();
}
