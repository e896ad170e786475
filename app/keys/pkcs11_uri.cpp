// SPDX-License-Identifier: Apache-2.0
#include "app/keys/pkcs11_uri.h"

namespace keys {

namespace {

tl::unexpected<core::Error> refused(const QString &detail)
{
    return core::fail(core::ErrorKind::InvalidFile, detail);
}

} // namespace

core::Result<Pkcs11Uri> Pkcs11Uri::parse(const QString &text)
{
    Handle uri(p11_kit_uri_new());
    const int problem = p11_kit_uri_parse(text.toUtf8().constData(), P11_KIT_URI_FOR_ANY, uri.get());
    if (problem != P11_KIT_URI_OK)
        return refused(QStringLiteral("not a PKCS#11 URI (RFC 7512): %1")
                           .arg(QString::fromUtf8(p11_kit_uri_message(problem))));
    if (p11_kit_uri_any_unrecognized(uri.get()) != 0)
        return refused(QStringLiteral("the PKCS#11 URI has a part that is not known"));
    if (p11_kit_uri_get_pin_value(uri.get()))
        return refused(
            QStringLiteral("a PIN does not belong on the command line, where others can read it; use "
                           "--passphrase-file, or pin-source in the URI"));
    const char *source = p11_kit_uri_get_pin_source(uri.get());
    if (source && !QByteArrayView(source).startsWith("file:") && *source != '/')
        return refused(QStringLiteral("pin-source has to be the name of a file"));
    return Pkcs11Uri(text, std::move(uri));
}

bool Pkcs11Uri::matches(const CK_TOKEN_INFO &token) const
{
    return p11_kit_uri_match_token_info(m_uri.get(), &token) != 0;
}

bool Pkcs11Uri::matches(CK_SLOT_ID slot) const
{
    const CK_SLOT_ID wanted = p11_kit_uri_get_slot_id(m_uri.get());
    return wanted == CK_SLOT_ID(-1) || wanted == slot;
}

QList<CK_ATTRIBUTE> Pkcs11Uri::objectAttributes() const
{
    QList<CK_ATTRIBUTE> attributes;
    for (const CK_ATTRIBUTE_TYPE type : {CK_ATTRIBUTE_TYPE(CKA_LABEL), CK_ATTRIBUTE_TYPE(CKA_ID)})
        if (const CK_ATTRIBUTE *attribute = p11_kit_uri_get_attribute(m_uri.get(), type))
            attributes.append(*attribute);
    return attributes;
}

QString Pkcs11Uri::modulePath() const
{
    return QString::fromUtf8(p11_kit_uri_get_module_path(m_uri.get()));
}

QString Pkcs11Uri::pinFile() const
{
    QString source = QString::fromUtf8(p11_kit_uri_get_pin_source(m_uri.get()));
    if (source.startsWith(QStringLiteral("file:")))
        source.remove(0, 5);
    if (source.startsWith(QStringLiteral("///")))
        source.remove(0, 2);
    return source;
}

} // namespace keys
