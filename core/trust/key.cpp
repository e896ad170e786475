// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key.h"

#include "core/base/sha256.h"
#include "core/trust/key_rules.h"
#include "core/trust/openssl_handles.h"
#include "core/trust/raw_signature.h"
#include "core/trust/wipe.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <algorithm>

namespace core {

namespace {

constexpr qsizetype kLargestKeyFile = 16 * 1024;
constexpr int kSmallestDocumentModulus = 3072; // bits: as strong as the curves' 128
constexpr int kLargestModulus = 8192;
constexpr int kKeyDerivationRounds = 600'000; // PBKDF2-HMAC-SHA256, as OWASP advises since 2023

openssl::DigestScheme schemeOf(KeyAlgorithm algorithm)
{
    return algorithm == KeyAlgorithm::RsaPss ? openssl::DigestScheme::RsaPss : openssl::DigestScheme::Ecdsa;
}

struct PassphraseRequest {
    PassphraseSource source;
    bool wasAsked = false;
};

int givePassphrase(char *buffer, int size, int, void *context)
{
    auto *request = static_cast<PassphraseRequest *>(context);
    request->wasAsked = true;
    if (!request->source)
        return -1;
    QByteArray passphrase = request->source();
    const bool fits = !passphrase.isEmpty() && passphrase.size() <= size;
    if (fits)
        std::copy(passphrase.cbegin(), passphrase.cend(), buffer);
    const int length = fits ? int(passphrase.size()) : -1;
    wipe(passphrase);
    return length;
}

} // namespace

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key, KeyAlgorithm algorithm) :
    m_key(std::move(key)), m_algorithm(algorithm)
{
}

Result<PublicKey> PublicKey::fromPem(const QByteArray &pem)
{
    if (pem.size() > kLargestKeyFile)
        return fail(ErrorKind::InvalidFile, QStringLiteral("too large for a key file"));
    const openssl::Bio bio = openssl::readingBio(pem);
    // OpenSSL would look into an encrypted private key for a public one, and ask at the terminal by itself.
    PassphraseRequest nobody{{}};
    const openssl::Pkey key(PEM_read_bio_PUBKEY(bio.get(), nullptr, givePassphrase, &nobody));
    ERR_clear_error();
    if (!key)
        return fail(ErrorKind::InvalidFile, QStringLiteral("not a public key in PEM form"));
    // By way of the DER form, so that there is one place that judges what a key is.
    return fromSpki(openssl::spkiOf(key.get()));
}

Result<PublicKey> PublicKey::fromSpki(const QByteArray &der)
{
    if (der.size() > kLargestKeyFile)
        return fail(ErrorKind::InvalidFile, QStringLiteral("too large for a key"));
    const auto *position = reinterpret_cast<const unsigned char *>(der.constData());
    openssl::Pkey key(d2i_PUBKEY(nullptr, &position, long(der.size())));
    ERR_clear_error();
    if (!key)
        return fail(ErrorKind::InvalidFile, QStringLiteral("not a SubjectPublicKeyInfo"));
    const auto algorithm = checkKey(key.get(), der);
    if (!algorithm)
        return passOn(algorithm.error());
    if (openssl::spkiOf(key.get()) != der)
        return fail(
            ErrorKind::InvalidFile,
            QStringLiteral("not the only valid encoding of a SubjectPublicKeyInfo, or bytes follow it"));
    return PublicKey(std::shared_ptr<evp_pkey_st>(key.release(), EVP_PKEY_free), *algorithm);
}

QByteArray PublicKey::toPem() const
{
    const openssl::Bio bio = openssl::writingBio();
    PEM_write_bio_PUBKEY(bio.get(), m_key.get());
    return openssl::contentOf(bio.get());
}

QByteArray PublicKey::spki() const
{
    return openssl::spkiOf(m_key.get());
}

int PublicKey::bits() const
{
    return EVP_PKEY_get_bits(m_key.get());
}

bool PublicKey::maySignDocuments() const
{
    return m_algorithm != KeyAlgorithm::RsaPss || bits() >= kSmallestDocumentModulus;
}

QByteArray PublicKey::keyHash() const
{
    if (m_algorithm != KeyAlgorithm::RsaPss)
        return Sha256::of(spki());
    unsigned char *der = nullptr;
    const int size = i2d_PublicKey(m_key.get(), &der); // for RSA: RSAPublicKey
    return Sha256::of(openssl::taken(der, size));
}

QString PublicKey::keyId() const
{
    return QString::fromLatin1(Sha256::of(spki()).toHex());
}

bool PublicKey::verifies(const QByteArray &message, const QByteArray &signature) const
{
    if (m_algorithm == KeyAlgorithm::Ed25519)
        return openssl::verifiesMessage(m_key.get(), message, signature);
    return verifiesDigest(Sha256::of(message), signature);
}

bool PublicKey::verifiesDigest(const QByteArray &digest, const QByteArray &signature) const
{
    if (m_algorithm == KeyAlgorithm::Ed25519)
        return openssl::verifiesMessage(m_key.get(), digest, signature);
    return openssl::verifiesDigest(m_key.get(), schemeOf(m_algorithm), digest, signature);
}

bool PublicKey::verifiesPkcs1Digest(const QByteArray &digest, const QByteArray &signature) const
{
    return m_algorithm == KeyAlgorithm::RsaPss
        && openssl::verifiesDigest(m_key.get(), openssl::DigestScheme::RsaPkcs1, digest, signature);
}

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key, PublicKey publicKey, Signer sign) :
    m_key(std::move(key)), m_publicKey(std::move(publicKey)), m_sign(std::move(sign))
{
}

Result<PrivateKey> PrivateKey::owning(std::shared_ptr<evp_pkey_st> key)
{
    auto publicKey = PublicKey::fromSpki(openssl::spkiOf(key.get()));
    if (!publicKey)
        return passOn(publicKey.error());
    const KeyAlgorithm algorithm = publicKey->algorithm();
    Signer sign = [key, algorithm](const QByteArray &input) {
        return algorithm == KeyAlgorithm::Ed25519
            ? openssl::signMessage(key.get(), input)
            : openssl::signDigest(key.get(), schemeOf(algorithm), input);
    };
    return PrivateKey(std::move(key), *std::move(publicKey), std::move(sign));
}

PrivateKey PrivateKey::elsewhere(PublicKey publicKey, Signer sign)
{
    return PrivateKey(nullptr, std::move(publicKey), std::move(sign));
}

Result<PrivateKey> PrivateKey::generate(KeyAlgorithm algorithm, int rsaBits)
{
    if (algorithm == KeyAlgorithm::RsaPss
        && (rsaBits < kSmallestDocumentModulus || rsaBits > kLargestModulus))
        return fail(ErrorKind::InvalidFile,
                    QStringLiteral("an RSA key has 3072 to 8192 bits, and not %1").arg(rsaBits));
    std::shared_ptr<evp_pkey_st> key;
    switch (algorithm) {
    case KeyAlgorithm::Ed25519:
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
        break;
    case KeyAlgorithm::EcdsaP256:
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
        break;
    case KeyAlgorithm::RsaPss:
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t(rsaBits)), EVP_PKEY_free);
        break;
    }
    return key ? owning(std::move(key)) : openssl::failed("generate a key");
}

Result<PrivateKey> PrivateKey::fromPem(const QByteArray &pem, const PassphraseSource &passphrase)
{
    if (pem.size() > kLargestKeyFile)
        return fail(ErrorKind::InvalidFile, QStringLiteral("too large for a key file"));
    const openssl::Bio bio = openssl::readingBio(pem);
    PassphraseRequest request{passphrase};
    std::shared_ptr<evp_pkey_st> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, givePassphrase, &request),
                                     EVP_PKEY_free);
    ERR_clear_error();
    if (!key && request.wasAsked) {
        return fail(ErrorKind::InvalidFile,
                    passphrase ? QStringLiteral("the key's passphrase is wrong")
                               : QStringLiteral("the key is encrypted; give its passphrase"));
    }
    if (!key)
        return fail(ErrorKind::InvalidFile, QStringLiteral("not a private key in PEM form"));
    return owning(std::move(key));
}

Result<QByteArray> PrivateKey::toPem(const QByteArray &passphrase) const
{
    if (!m_key)
        return fail(ErrorKind::Unsupported, QStringLiteral("the key's secret does not leave its token"));
    const openssl::Bio bio = openssl::writingBio();
    int written = 0;
    if (passphrase.isEmpty()) {
        written =
            PEM_write_bio_PKCS8PrivateKey(bio.get(), m_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    } else {
        // PEM_write_bio_PKCS8PrivateKey() would derive the encryption key with 2048 rounds only.
        const std::unique_ptr<PKCS8_PRIV_KEY_INFO, openssl::Freer<PKCS8_PRIV_KEY_INFO_free>> info(
            EVP_PKEY2PKCS8(m_key.get()));
        std::unique_ptr<X509_ALGOR, openssl::Freer<X509_ALGOR_free>> scheme(PKCS5_pbe2_set_iv(
            EVP_aes_256_cbc(), kKeyDerivationRounds, nullptr, 0, nullptr, NID_hmacWithSHA256));
        std::unique_ptr<X509_SIG, openssl::Freer<X509_SIG_free>> sealed;
        if (info && scheme)
            sealed.reset(
                PKCS8_set0_pbe(passphrase.constData(), int(passphrase.size()), info.get(), scheme.get()));
        if (sealed) {
            scheme.release(); // now owned by `sealed`
            written = PEM_write_bio_PKCS8(bio.get(), sealed.get());
        }
    }
    if (written != 1)
        return openssl::failed("write the private key");
    return openssl::contentOf(bio.get());
}

Result<QByteArray> PrivateKey::sign(const QByteArray &message) const
{
    const bool signsMessage = m_publicKey.algorithm() == KeyAlgorithm::Ed25519;
    return signDigest(signsMessage ? message : Sha256::of(message));
}

Result<QByteArray> PrivateKey::signDigest(const QByteArray &digest) const
{
    auto signature = m_sign(digest);
    if (signature && !m_publicKey.verifiesDigest(digest, *signature))
        return fail(
            ErrorKind::Internal,
            QStringLiteral("the key %1 made a signature that is not its own").arg(m_publicKey.keyId()));
    return signature;
}

} // namespace core
