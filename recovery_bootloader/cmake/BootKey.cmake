# The key that the bootloader trusts. Without -DBOOTMEND_BOOT_KEY=<private PEM> a development key is made once in
# the build directory and kept; no private key is ever part of the repository.
#
# Gives, for the whole build:
#   BOOTMEND_BOOT_KEY_FILE   private key (PEM) that images are signed with
#   BOOTMEND_BOOT_KEY_PUBLIC its public half (PEM), boot_key.pub.pem
#   BOOTMEND_BOOT_KEYS_C     the bootloader's key table; the target bootmend_boot_keys makes it
find_program(OPENSSL_PROGRAM openssl REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(BOOTMEND_BOOT_KEY "" CACHE FILEPATH "Private Ed25519 key (PEM) that images are signed with; empty: a development key")

set(key_folder ${CMAKE_CURRENT_BINARY_DIR}/boot_key)
file(MAKE_DIRECTORY ${key_folder})
if(BOOTMEND_BOOT_KEY)
    set(key_file ${BOOTMEND_BOOT_KEY})
else()
    set(key_file ${key_folder}/boot_key_dev.pem)
    if(NOT EXISTS ${key_file})
        execute_process(COMMAND ${OPENSSL_PROGRAM} genpkey -algorithm ed25519 -out ${key_file}
            COMMAND_ERROR_IS_FATAL ANY)
    endif()
endif()
set(BOOTMEND_BOOT_KEY_FILE ${key_file} CACHE INTERNAL "private key that images are signed with")
set(BOOTMEND_BOOT_KEY_PUBLIC ${key_folder}/boot_key.pub.pem CACHE INTERNAL "its public half")
set(BOOTMEND_BOOT_KEYS_C ${key_folder}/boot_keys.c CACHE INTERNAL "the bootloader's key table")

add_custom_command(
    OUTPUT ${BOOTMEND_BOOT_KEYS_C} ${BOOTMEND_BOOT_KEY_PUBLIC}
    COMMAND ${OPENSSL_PROGRAM} pkey -in ${key_file} -pubout -out ${BOOTMEND_BOOT_KEY_PUBLIC}
    COMMAND ${OPENSSL_PROGRAM} pkey -in ${key_file} -pubout -outform DER -out ${key_folder}/boot_key.pub.der
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tools/boot_key_table.py
            ${BOOTMEND_BOOT_KEYS_C} ${key_folder}/boot_key.pub.der
    DEPENDS ${key_file} ${CMAKE_CURRENT_SOURCE_DIR}/tools/boot_key_table.py
    COMMENT "Boot key table"
    VERBATIM)
add_custom_target(bootmend_boot_keys DEPENDS ${BOOTMEND_BOOT_KEYS_C} ${BOOTMEND_BOOT_KEY_PUBLIC})
