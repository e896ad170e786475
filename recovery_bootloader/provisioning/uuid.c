/* SPDX-License-Identifier: Apache-2.0 */
#include "provision.h"

#include <openssl/evp.h>
#include <string.h>

void uuid5_of(const uint8_t space[BM_UUID_SIZE], const char *name, uint8_t uuid[BM_UUID_SIZE])
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    memset(digest, 0, sizeof digest);
    EVP_DigestInit_ex(context, EVP_sha1(), NULL);
    EVP_DigestUpdate(context, space, BM_UUID_SIZE);
    EVP_DigestUpdate(context, name, strlen(name));
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    memcpy(uuid, digest, BM_UUID_SIZE);
    uuid[6] = (uint8_t)((uuid[6] & 0x0fu) | 0x50u);
    uuid[8] = (uint8_t)((uuid[8] & 0x3fu) | 0x80u);
}

static int digit_of(char character)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = character != 0 ? strchr(digits, character) : NULL;
    return found != NULL ? (int)((found - digits) % 16) : -1;
}

bool uuid_from_text(const char *text, uint8_t uuid[BM_UUID_SIZE])
{
    size_t count = 0;
    for (; *text != 0; text++) {
        if (*text == '-') {
            continue;
        }
        int digit = digit_of(*text);
        if (digit < 0 || count == BM_UUID_SIZE * 2) {
            return false;
        }
        uuid[count / 2] = (uint8_t)(count % 2 == 0 ? digit << 4 : uuid[count / 2] | digit);
        count++;
    }
    return count == BM_UUID_SIZE * 2;
}
