// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/trust/key_algorithm.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>

struct evp_pkey_st;

namespace core {

/// A public key: Ed25519, ECDSA P-256 or RSA (core/trust/key_rules.h). A value; may be used on any thread.
class PublicKey
{
public:
    /// From "-----BEGIN PUBLIC KEY-----". InvalidFile when it is not a public key; otherwise as fromSpki().
    static Result<PublicKey> fromPem(const QByteArray &pem);

    /// From a DER SubjectPublicKeyInfo (RFC 5280, 8410, 5480 and 3279), of which nothing may follow and which
    /// can be written in one way only. Errors also as checkKey().
    static Result<PublicKey> fromSpki(const QByteArray &der);

    QByteArray toPem() const;
    QByteArray spki() const;

    KeyAlgorithm algorithm() const { return m_algorithm; }
    int bits() const; // of an RSA key's modulus; about 256 for the others

    /// Whether documents count its signature: RSA with less than 3072 bits is only good for the images of
    /// bootloaders that know no better.
    bool maySignDocuments() const;

    /// As images carry it (MCUboot's KEYHASH), 32 bytes: SHA-256 of the SubjectPublicKeyInfo, and for RSA of
    /// the RSAPublicKey inside (RFC 8017, A.1.1).
    QByteArray keyHash() const;

    /// SHA-256 of the SubjectPublicKeyInfo as 64 lower-case hex digits, as manifests and trust stores have
    /// it.
    QString keyId() const;

    /// Whether `signature` is this key's of `message`, in the form that KeyAlgorithm tells.
    bool verifies(const QByteArray &message, const QByteArray &signature) const;

    /// The same for a message of which there is only its SHA-256. An Ed25519 key does not hash what it signs
    /// in a way that would allow that: its message are the 32 bytes, as it is in images.
    bool verifiesDigest(const QByteArray &digest, const QByteArray &signature) const;

    /// RSASSA-PKCS1-v1_5, as `openssl dgst -sign` makes it unless told. False for a key that is not RSA.
    bool verifiesPkcs1Digest(const QByteArray &digest, const QByteArray &signature) const;

    friend bool operator==(const PublicKey &left, const PublicKey &right)
    {
        return left.spki() == right.spki();
    }

private:
    PublicKey(std::shared_ptr<evp_pkey_st> key, KeyAlgorithm algorithm);

    std::shared_ptr<evp_pkey_st> m_key;
    KeyAlgorithm m_algorithm;
};

/// Asked for the passphrase of an encrypted key, and only of an encrypted one.
using PassphraseSource = std::function<QByteArray()>;

/// Signs with a secret that is in somebody else's keeping. `input` is the message for Ed25519, and its
/// SHA-256 for the others; the signature has the form that KeyAlgorithm tells.
using Signer = std::function<Result<QByteArray>(const QByteArray &input)>;

/// A key pair. A secret that was read or made here stays inside OpenSSL's own memory and is wiped there with
/// the last copy.
class PrivateKey
{
public:
    /// `rsaBits` counts for an RSA key only: 3072 … 8192.
    static Result<PrivateKey> generate(KeyAlgorithm algorithm = KeyAlgorithm::Ed25519, int rsaBits = 3072);

    /// From PKCS#8 PEM, encrypted or not. InvalidFile for anything that is not a private key or a wrong
    /// passphrase; otherwise as PublicKey::fromSpki().
    static Result<PrivateKey> fromPem(const QByteArray &pem, const PassphraseSource &passphrase = {});

    /// One whose secret is elsewhere, on a token: `sign` asks for a signature.
    static PrivateKey elsewhere(PublicKey publicKey, Signer sign);

    /// PKCS#8 PEM; encrypted with AES-256-CBC and PBKDF2 when a passphrase is given. Unsupported for a secret
    /// that is elsewhere.
    Result<QByteArray> toPem(const QByteArray &passphrase = {}) const;

    const PublicKey &publicKey() const { return m_publicKey; }

    /// In the form that KeyAlgorithm tells. Each signature is verified before it is given away: Internal when
    /// it is wrong, because the parts of the key do not belong together, or the token is broken.
    Result<QByteArray> sign(const QByteArray &message) const;

    /// What PublicKey::verifiesDigest() takes.
    Result<QByteArray> signDigest(const QByteArray &digest) const;

private:
    PrivateKey(std::shared_ptr<evp_pkey_st> key, PublicKey publicKey, Signer sign);
    static Result<PrivateKey> owning(std::shared_ptr<evp_pkey_st> key);

    std::shared_ptr<evp_pkey_st> m_key; // nothing when the secret is elsewhere
    PublicKey m_publicKey;
    Signer m_sign;
};

} // namespace core
