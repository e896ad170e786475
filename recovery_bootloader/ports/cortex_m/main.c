/* SPDX-License-Identifier: Apache-2.0 */
#include "bootmend/bootloader.h"

int main(void)
{
    bootloader_run();
}
