// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QString>

#include <functional>
#include <memory>

struct evp_pkey_st;

namespace core {

/// An Ed25519 public key (RFC 8032). A value; may be used on any thread.
class PublicKey
{
public:
    /// From "-----BEGIN PUBLIC KEY-----". InvalidFile when it is not a public key, Unsupported when it is one
    /// of another algorithm than Ed25519.
    static Result<PublicKey> fromPem(const QByteArray &pem);

    /// From a DER SubjectPublicKeyInfo (RFC 8410), of which nothing may follow. Errors as fromPem(); a point
    /// of small order is refused, because everyone can sign for it.
    static Result<PublicKey> fromSpki(const QByteArray &der);

    QByteArray toPem() const;
    QByteArray spki() const; // 44 bytes of DER

    /// SHA-256 of the SubjectPublicKeyInfo: 32 bytes, as images carry it (MCUboot's KEYHASH).
    QByteArray keyHash() const;

    /// The key hash as 64 lower-case hex digits, as manifests and trust stores carry it.
    QString keyId() const;

    /// Whether `signature` (64 bytes) is this key's signature of `message`.
    bool verifies(const QByteArray &message, const QByteArray &signature) const;

    friend bool operator==(const PublicKey &left, const PublicKey &right)
    {
        return left.spki() == right.spki();
    }

private:
    friend class PrivateKey;
    explicit PublicKey(std::shared_ptr<evp_pkey_st> key);

    std::shared_ptr<evp_pkey_st> m_key;
};

/// Asked for the passphrase of an encrypted key, and only of an encrypted one.
using PassphraseSource = std::function<QByteArray()>;

/// An Ed25519 key pair. The secret stays inside OpenSSL's own memory and is wiped there with the last copy.
class PrivateKey
{
public:
    static Result<PrivateKey> generate();

    /// From PKCS#8 PEM, encrypted or not. InvalidFile for anything that is not a private key or a wrong
    /// passphrase, Unsupported for another algorithm than Ed25519.
    static Result<PrivateKey> fromPem(const QByteArray &pem, const PassphraseSource &passphrase = {});

    /// PKCS#8 PEM; encrypted with AES-256-CBC and PBKDF2 when a passphrase is given.
    Result<QByteArray> toPem(const QByteArray &passphrase = {}) const;

    PublicKey publicKey() const;

    /// 64 bytes; the same message always has the same signature.
    Result<QByteArray> sign(const QByteArray &message) const;

private:
    explicit PrivateKey(std::shared_ptr<evp_pkey_st> key);

    std::shared_ptr<evp_pkey_st> m_key;
};

} // namespace core
