// SPDX-License-Identifier: Apache-2.0
#include "app/keys/pkcs11_key.h"

#include "app/keys/pkcs11_public_key.h"
#include "core/trust/openssl_handles.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>

namespace keys {

namespace {

namespace openssl = core::openssl;

constexpr qsizetype kHalf = 32; // bytes of r and of s

/// Tokens give r and s one after the other; documents have them in DER.
core::Result<QByteArray> derOf(const QByteArray &raw)
{
    if (raw.size() != 2 * kHalf)
        return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                          QStringLiteral("the token gave an ECDSA signature of %1 bytes").arg(raw.size()));
    const auto *bytes = reinterpret_cast<const unsigned char *>(raw.constData());
    const std::unique_ptr<ECDSA_SIG, openssl::Freer<ECDSA_SIG_free>> signature(ECDSA_SIG_new());
    ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, kHalf, nullptr),
                   BN_bin2bn(bytes + kHalf, kHalf, nullptr));
    unsigned char *der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    return openssl::taken(der, size);
}

core::Result<QByteArray> signOn(Pkcs11Session &session, CK_OBJECT_HANDLE key, core::KeyAlgorithm algorithm,
                                const QByteArray &input)
{
    switch (algorithm) {
    case core::KeyAlgorithm::Ed25519:
        return session.sign(key, {CKM_EDDSA, nullptr, 0}, input);
    case core::KeyAlgorithm::EcdsaP256: {
        const auto raw = session.sign(key, {CKM_ECDSA, nullptr, 0}, input);
        return raw ? derOf(*raw) : core::passOn(raw.error());
    }
    case core::KeyAlgorithm::RsaPss: {
        CK_RSA_PKCS_PSS_PARAMS parameters = {CKM_SHA256, CKG_MGF1_SHA256, 32};
        return session.sign(key, {CKM_RSA_PKCS_PSS, &parameters, sizeof parameters}, input);
    }
    }
    Q_UNREACHABLE();
}

} // namespace

core::Result<QList<TokenKey>> listTokenKeys(const QString &text, Passphrases &passphrases)
{
    const auto uri = Pkcs11Uri::parse(text);
    if (!uri)
        return core::passOn(uri.error());
    const auto session = Pkcs11Session::open(*uri, passphrases);
    if (!session)
        return core::passOn(session.error());
    const auto objects = (*session)->find(CKO_PRIVATE_KEY, uri->objectAttributes());
    if (!objects)
        return core::passOn(objects.error());
    QList<TokenKey> keys;
    for (const CK_OBJECT_HANDLE object : *objects)
        keys.append({QString::fromUtf8((*session)->attribute(object, CKA_LABEL).value_or(QByteArray())),
                     (*session)->attribute(object, CKA_ID).value_or(QByteArray()),
                     publicHalfOf(**session, object)});
    return keys;
}

core::Result<core::PrivateKey> openTokenKey(const QString &text, Passphrases &passphrases)
{
    const auto uri = Pkcs11Uri::parse(text);
    if (!uri)
        return core::passOn(uri.error());
    auto opened = Pkcs11Session::open(*uri, passphrases);
    if (!opened)
        return core::passOn(opened.error());
    const std::shared_ptr<Pkcs11Session> session = *std::move(opened);
    const auto objects = session->find(CKO_PRIVATE_KEY, uri->objectAttributes());
    if (!objects)
        return core::passOn(objects.error());
    if (objects->size() != 1)
        return core::fail(
            core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
            QStringLiteral("the token has %1 private keys that %2 names; it has to be one (object=… or id=…)")
                .arg(objects->size())
                .arg(text));
    const CK_OBJECT_HANDLE object = objects->first();
    auto publicKey = publicHalfOf(*session, object);
    if (!publicKey)
        return core::passOn(publicKey.error());
    const core::KeyAlgorithm algorithm = publicKey->algorithm();
    return core::PrivateKey::elsewhere(*std::move(publicKey),
                                       [session, object, algorithm](const QByteArray &input) {
                                           return signOn(*session, object, algorithm, input);
                                       });
}

} // namespace keys
