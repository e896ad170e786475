// SPDX-License-Identifier: Apache-2.0
#include "core/release/foreign/demo_keys.h"

#include <QCryptographicHash>

namespace core {

namespace {

constexpr quint16 kTlvPublicKey = 0x02; // mcuboot image.h, IMAGE_TLV_PUBKEY

struct DemoKey {
    const char *name; // of the .pem in the root of mcu-tools/mcuboot
    const char *hash;
};

/// SHA-256 of the public halves, as of mcuboot 2d4bacc3. Of an RSA key there are two: images name it by the
/// hash of its PKCS #1 RSAPublicKey, our trust files by that of its SubjectPublicKeyInfo.
constexpr DemoKey kDemoKeys[] = {
    {"root-rsa-2048", "fc5701dc6135e1323847bdc40f04d2e5bee5833b23c29f93593d00018cfa9994"},
    {"root-rsa-2048", "a14bcb1bf9bb821146ba32838217e476f5412621320534ffe490a1890c994660"},
    {"root-rsa-3072", "449793fb65cd7698753d5b3f35fab15f1e3a45111ff24e1d46741de5ae12d59e"},
    {"root-rsa-3072", "159d8b7930769d887f3ff0b4e9ec176b82313663f2ef76dc24f5e964da1bc482"},
    {"root-ec-p256", "e30466f6b8470c1f29070b17f1e2d3e94d445e3f608087fdc711e4382bb538b6"},
    {"root-ec-p384", "6bcd1e16d80e5fe13a5307e6f1de8344c7e50e537d9962ce35ef6db5e642fae8"},
    {"root-ec-p384", // Its images have SHA-384 throughout.
     "85b7bd5f5dff9a03a99927adaf6ca6febde822c1a480928324a8e60323715c5779461c496a95aee8c4f90b99779f848a"},
    {"root-ed25519", "c1907fa4eac7fae3840a78902b6f0710b037e9968e5c6274a12a28790c7d4e3c"},
    {"root-ed25519-2", "6754edab1e29affef4a05935adecbeb1a7b8b62397b31e39a61b5bfcaafd63af"},
    {"root-ed25519-unknown", "b1d87d60173352b9a4808979790fc699fb4c4f83b49cf1970edd96ff4adc36a6"},
};

} // namespace

QString publicDemoKey(const QByteArray &hash)
{
    for (const DemoKey &key : kDemoKeys) {
        if (hash.toHex() == key.hash)
            return QString::fromLatin1(key.name);
    }
    return {};
}

QString publicDemoKeyOf(const McubootImage &image)
{
    if (const QString name = publicDemoKey(image.keyHash); !name.isEmpty())
        return name;
    for (const ImageTlv &tlv : image.tlvs) {
        if (tlv.type == kTlvPublicKey)
            return publicDemoKey(QCryptographicHash::hash(tlv.value, QCryptographicHash::Sha256));
    }
    return {};
}

} // namespace core
