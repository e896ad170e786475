// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#include <memory>

namespace keys {

/// A PKCS#11 URI (RFC 7512): which tokens, and which objects on them.
class Pkcs11Uri
{
public:
    /// InvalidFile for what is no such URI, for one with parts that mean nothing to us (it would be about
    /// more than was asked for), and for one with a PIN in it: the command line is no place for that.
    static core::Result<Pkcs11Uri> parse(const QString &text);

    bool matches(const CK_TOKEN_INFO &token) const;
    bool matches(CK_SLOT_ID slot) const;

    /// The object's CKA_LABEL and CKA_ID as far as the URI names them.
    QList<CK_ATTRIBUTE> objectAttributes() const;

    QString modulePath() const; // empty: the modules that the system knows (p11-kit)
    QString pinFile() const; // of "pin-source"; empty when the PIN is to be asked for
    QString text() const { return m_text; }

private:
    struct Freer {
        void operator()(P11KitUri *uri) const { p11_kit_uri_free(uri); }
    };
    using Handle = std::unique_ptr<P11KitUri, Freer>;
    Pkcs11Uri(QString text, Handle uri) : m_text(std::move(text)), m_uri(std::move(uri)) { }

    QString m_text;
    Handle m_uri;
};

} // namespace keys
