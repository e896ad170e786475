# The keys that the bootloader knows. Without -DBOOTMEND_BOOT_KEY=<private PEM> a development key is made once in
# the build directory and kept; no private key is ever part of the repository. The same for the key that unlocks
# units: a development key, unless -DBOOTMEND_RECOVERY_KEY=<private PEM> names one or -DBOOTMEND_RECOVERY_KEYS=
# names public keys, so that the units of a product never obey a development key.
#
# Gives, for the whole build:
#   BOOTMEND_BOOT_KEY_FILE     private key (PEM) that images are signed with
#   BOOTMEND_BOOT_KEY_PUBLIC   its public half (PEM), boot_key.pub.pem
#   BOOTMEND_RECOVERY_KEY_FILE private key (PEM) that unlocks units
#   BOOTMEND_BOOT_KEYS_C       the bootloader's key table; the target bootmend_boot_keys makes it
# and bootmend_key_table(), which makes another table.
find_program(OPENSSL_PROGRAM openssl REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(BOOTMEND_BOOT_KEY "" CACHE FILEPATH "Private Ed25519 key (PEM) that images are signed with; empty: a development key")
set(BOOTMEND_RECOVERY_KEY "" CACHE FILEPATH "Private Ed25519 key (PEM) that unlocks units; empty: a development key")
set(BOOTMEND_BOOT_KEYS "" CACHE STRING "Further public keys (PEM or DER, a list) whose images the bootloader accepts")
set(BOOTMEND_ANY_PRODUCT_KEYS "" CACHE STRING
    "Public keys (PEM or DER, a list) whose images need not name a product, as imgtool makes them by itself")
set(BOOTMEND_RECOVERY_KEYS "" CACHE STRING "Further public keys (PEM or DER, a list) that unlock units")
set(BOOTMEND_REVOKED_KEYS "" CACHE STRING "Public keys (PEM or DER, a list) that are known and accepted for nothing")

# The functions below are called from other folders as well.
set(BOOTMEND_KEY_TABLE_TOOL ${CMAKE_CURRENT_SOURCE_DIR}/tools/boot_key_table.py CACHE INTERNAL "")
set(BOOTMEND_KEY_TABLE_PYTHON ${Python3_EXECUTABLE} CACHE INTERNAL "")

# bootmend_private_key(RESULT PATH NAMED): the file NAMED, or else a development key at PATH.
function(bootmend_private_key result path named)
    if(named)
        set(${result} ${named} CACHE INTERNAL "")
        return()
    endif()
    if(NOT EXISTS ${path})
        execute_process(COMMAND ${OPENSSL_PROGRAM} genpkey -algorithm ed25519 -out ${path} COMMAND_ERROR_IS_FATAL ANY)
    endif()
    set(${result} ${path} CACHE INTERNAL "")
endfunction()

# bootmend_public_key(PRIVATE PUBLIC): the rule that makes the public half, in PEM.
function(bootmend_public_key private public)
    add_custom_command(
        OUTPUT ${public}
        COMMAND ${OPENSSL_PROGRAM} pkey -in ${private} -pubout -out ${public}
        DEPENDS ${private}
        VERBATIM)
endfunction()

# bootmend_key_table(FILE.c BOOT <public>… ANY_PRODUCT <public>… RECOVERY <public>… REVOKED <public>…): the rule that makes a key table.
function(bootmend_key_table output)
    cmake_parse_arguments(ARG "" "" "BOOT;ANY_PRODUCT;RECOVERY;REVOKED" ${ARGN})
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${BOOTMEND_KEY_TABLE_PYTHON} ${BOOTMEND_KEY_TABLE_TOOL} --output ${output}
                --boot ${ARG_BOOT} --any-product ${ARG_ANY_PRODUCT} --recovery ${ARG_RECOVERY} --revoked ${ARG_REVOKED}
        DEPENDS ${ARG_BOOT} ${ARG_ANY_PRODUCT} ${ARG_RECOVERY} ${ARG_REVOKED} ${BOOTMEND_KEY_TABLE_TOOL}
        COMMENT "Boot key table"
        VERBATIM)
endfunction()

set(key_folder ${CMAKE_CURRENT_BINARY_DIR}/boot_key)
file(MAKE_DIRECTORY ${key_folder})
bootmend_private_key(BOOTMEND_BOOT_KEY_FILE ${key_folder}/boot_key_dev.pem "${BOOTMEND_BOOT_KEY}")
bootmend_private_key(BOOTMEND_RECOVERY_KEY_FILE ${key_folder}/recovery_key_dev.pem "${BOOTMEND_RECOVERY_KEY}")
set(BOOTMEND_BOOT_KEY_PUBLIC ${key_folder}/boot_key.pub.pem CACHE INTERNAL "public half of the boot key")
set(BOOTMEND_RECOVERY_KEY_PUBLIC ${key_folder}/recovery_key.pub.pem CACHE INTERNAL "public half of the recovery key")
set(BOOTMEND_BOOT_KEYS_C ${key_folder}/boot_keys.c CACHE INTERNAL "the bootloader's key table")

bootmend_public_key(${BOOTMEND_BOOT_KEY_FILE} ${BOOTMEND_BOOT_KEY_PUBLIC})
bootmend_public_key(${BOOTMEND_RECOVERY_KEY_FILE} ${BOOTMEND_RECOVERY_KEY_PUBLIC})
set(recovery_keys ${BOOTMEND_RECOVERY_KEYS})
if(BOOTMEND_RECOVERY_KEY OR NOT BOOTMEND_RECOVERY_KEYS)
    list(PREPEND recovery_keys ${BOOTMEND_RECOVERY_KEY_PUBLIC})
endif()
bootmend_key_table(${BOOTMEND_BOOT_KEYS_C}
    BOOT ${BOOTMEND_BOOT_KEY_PUBLIC} ${BOOTMEND_BOOT_KEYS}
    ANY_PRODUCT ${BOOTMEND_ANY_PRODUCT_KEYS}
    RECOVERY ${recovery_keys}
    REVOKED ${BOOTMEND_REVOKED_KEYS})
add_custom_target(bootmend_boot_keys
    DEPENDS ${BOOTMEND_BOOT_KEYS_C} ${BOOTMEND_BOOT_KEY_PUBLIC} ${BOOTMEND_RECOVERY_KEY_PUBLIC})
