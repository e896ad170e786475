// SPDX-License-Identifier: Apache-2.0
#include "core/trust/key.h"

#include "core/base/sha256.h"
#include "core/trust/openssl_handles.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

namespace core {

namespace {

constexpr qsizetype kRawKeySize = 32;
constexpr qsizetype kSignatureSize = 64;
constexpr qsizetype kLargestKeyFile = 16 * 1024;
constexpr int kKeyDerivationRounds = 600'000; // PBKDF2-HMAC-SHA256, as OWASP advises since 2023

tl::unexpected<Error> opensslFailed(const char *what)
{
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    return fail(ErrorKind::Internal,
                QStringLiteral("OpenSSL could not %1 (%2)")
                    .arg(QString::fromLatin1(what), QString::fromLatin1(ERR_reason_error_string(code))));
}

/// The encodings of the points whose order divides 8, without the sign bit (libsodium and RFC 7748, section
/// 7, discuss them): for such a "key" a signature is found without any secret.
bool isOfSmallOrder(QByteArray raw)
{
    static const std::array kWeak{
        QByteArray::fromHex("0000000000000000000000000000000000000000000000000000000000000000"),
        QByteArray::fromHex("0100000000000000000000000000000000000000000000000000000000000000"),
        QByteArray::fromHex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        QByteArray::fromHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        QByteArray::fromHex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        QByteArray::fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        QByteArray::fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    };
    raw.back() = char(raw.back() & 0x7f);
    return std::find(kWeak.begin(), kWeak.end(), raw) != kWeak.end();
}

Result<Done> checkEd25519(EVP_PKEY *key)
{
    if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) {
        const char *name = EVP_PKEY_get0_type_name(key);
        return fail(ErrorKind::Unsupported,
                    QStringLiteral("the key is of type %1; only Ed25519 is supported yet")
                        .arg(QString::fromLatin1(name ? name : "unknown")));
    }
    QByteArray raw(kRawKeySize, '\0');
    std::size_t size = std::size_t(raw.size());
    if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char *>(raw.data()), &size) != 1
        || qsizetype(size) != kRawKeySize)
        return opensslFailed("read the public key");
    if (isOfSmallOrder(raw))
        return fail(ErrorKind::InvalidFile, QStringLiteral("the public key is a point of small order"));
    return Done{};
}

struct PassphraseRequest {
    const PassphraseSource &source;
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
    OPENSSL_cleanse(passphrase.data(), std::size_t(passphrase.size()));
    return length;
}

} // namespace

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key) : m_key(std::move(key)) { }

Result<PublicKey> PublicKey::fromPem(const QByteArray &pem)
{
    if (pem.size() > kLargestKeyFile)
        return fail(ErrorKind::InvalidFile, QStringLiteral("too large for a key file"));
    const openssl::Bio bio = openssl::readingBio(pem);
    const openssl::Pkey key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!key)
        return fail(ErrorKind::InvalidFile, QStringLiteral("not a public key in PEM form"));
    // By way of the DER form, so that there is one place that judges what a key is.
    unsigned char *der = nullptr;
    const int size = i2d_PUBKEY(key.get(), &der);
    if (size <= 0)
        return opensslFailed("encode the public key");
    const QByteArray spki(reinterpret_cast<const char *>(der), size);
    OPENSSL_free(der);
    return fromSpki(spki);
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
    if (auto checked = checkEd25519(key.get()); !checked)
        return passOn(checked.error());
    PublicKey result(std::shared_ptr<evp_pkey_st>(key.release(), EVP_PKEY_free));
    if (result.spki() != der)
        return fail(
            ErrorKind::InvalidFile,
            QStringLiteral("not the only valid encoding of a SubjectPublicKeyInfo, or bytes follow it"));
    return result;
}

QByteArray PublicKey::toPem() const
{
    const openssl::Bio bio = openssl::writingBio();
    PEM_write_bio_PUBKEY(bio.get(), m_key.get());
    return openssl::contentOf(bio.get());
}

QByteArray PublicKey::spki() const
{
    unsigned char *der = nullptr;
    const int size = i2d_PUBKEY(m_key.get(), &der);
    const QByteArray result(reinterpret_cast<const char *>(der), std::max(size, 0));
    OPENSSL_free(der);
    return result;
}

QByteArray PublicKey::keyHash() const
{
    return Sha256::of(spki());
}

QString PublicKey::keyId() const
{
    return QString::fromLatin1(keyHash().toHex());
}

bool PublicKey::verifies(const QByteArray &message, const QByteArray &signature) const
{
    if (signature.size() != kSignatureSize)
        return false;
    const openssl::DigestContext context(EVP_MD_CTX_new());
    if (!context
        || EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, m_key.get(), nullptr)
            != 1)
        return false;
    const int verdict = EVP_DigestVerify(
        context.get(), reinterpret_cast<const unsigned char *>(signature.constData()),
        std::size_t(signature.size()), reinterpret_cast<const unsigned char *>(message.constData()),
        std::size_t(message.size()));
    ERR_clear_error();
    return verdict == 1;
}

PrivateKey::PrivateKey(std::shared_ptr<evp_pkey_st> key) : m_key(std::move(key)) { }

Result<PrivateKey> PrivateKey::generate()
{
    std::shared_ptr<evp_pkey_st> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
    if (!key)
        return opensslFailed("generate a key");
    return PrivateKey(std::move(key));
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
    if (auto checked = checkEd25519(key.get()); !checked)
        return passOn(checked.error());
    return PrivateKey(std::move(key));
}

Result<QByteArray> PrivateKey::toPem(const QByteArray &passphrase) const
{
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
        return opensslFailed("write the private key");
    return openssl::contentOf(bio.get());
}

PublicKey PrivateKey::publicKey() const
{
    unsigned char *der = nullptr;
    const int size = i2d_PUBKEY(m_key.get(), &der);
    const unsigned char *position = der;
    std::shared_ptr<evp_pkey_st> key(d2i_PUBKEY(nullptr, &position, size), EVP_PKEY_free);
    OPENSSL_free(der);
    return PublicKey(std::move(key));
}

Result<QByteArray> PrivateKey::sign(const QByteArray &message) const
{
    const openssl::DigestContext context(EVP_MD_CTX_new());
    if (!context
        || EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, m_key.get(), nullptr)
            != 1)
        return opensslFailed("begin to sign");
    QByteArray signature(kSignatureSize, '\0');
    std::size_t size = std::size_t(signature.size());
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(signature.data()), &size,
                       reinterpret_cast<const unsigned char *>(message.constData()),
                       std::size_t(message.size()))
            != 1
        || qsizetype(size) != kSignatureSize)
        return opensslFailed("sign");
    return signature;
}

} // namespace core
