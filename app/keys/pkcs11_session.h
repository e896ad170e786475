// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/keys/passphrases.h"
#include "app/keys/pkcs11_uri.h"

#include <optional>

namespace keys {

/// A session with one token, logged in where the token asks for that (PKCS #11 v2.40 with the EdDSA of v3.0).
/// Belongs to one thread. Errors of the token are FileFailed with KeyUnavailable, and have its own words.
class Pkcs11Session
{
public:
    /// The one token that the URI names. FileFailed with KeyUnavailable when there is none or more than one,
    /// the same for a wrong PIN, which is tried once: tokens count wrong ones and lock themselves.
    static core::Result<std::unique_ptr<Pkcs11Session>> open(const Pkcs11Uri &uri, Passphrases &passphrases);
    ~Pkcs11Session();
    Pkcs11Session(const Pkcs11Session &) = delete;
    Pkcs11Session &operator=(const Pkcs11Session &) = delete;

    core::Result<QList<CK_OBJECT_HANDLE>> find(CK_OBJECT_CLASS kind, QList<CK_ATTRIBUTE> attributes);

    /// The value of an attribute; nothing when the object does not have it or does not give it away.
    std::optional<QByteArray> attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
    std::optional<CK_ULONG> number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

    core::Result<QByteArray> sign(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism, const QByteArray &input);

private:
    /// A module, loaded and initialised for as long as the session lasts.
    using Module = std::shared_ptr<CK_FUNCTION_LIST>;

    Pkcs11Session(Module module, CK_SESSION_HANDLE session) : m_module(std::move(module)), m_session(session)
    {
    }
    static core::Result<QList<Module>> modulesOf(const Pkcs11Uri &uri);
    core::Result<core::Done> logIn(const Pkcs11Uri &uri, const CK_TOKEN_INFO &token,
                                   Passphrases &passphrases);

    Module m_module;
    CK_SESSION_HANDLE m_session = 0;
    QByteArray m_pin; // for keys that ask before each signature
};

} // namespace keys
