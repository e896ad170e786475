// SPDX-License-Identifier: Apache-2.0
#include "app/keys/pkcs11_session.h"

#include "core/trust/wipe.h"

#include <QStringList>

#include <p11-kit/p11-kit.h>

namespace keys {

namespace {

constexpr CK_ULONG kMostObjects = 64;
constexpr CK_ULONG kLargestAttribute = 64 * 1024;
constexpr CK_ULONG kLargestSignature = 1024; // bytes: RSA of 8192 bits

tl::unexpected<core::Error> failed(CK_RV code, const QString &what)
{
    return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                      QStringLiteral("%1: %2 (0x%3)")
                          .arg(what, QString::fromUtf8(p11_kit_strerror(code)))
                          .arg(qulonglong(code), 0, 16));
}

/// Fields of a fixed length, filled with spaces.
template<std::size_t Size>
QString textOf(const CK_UTF8CHAR (&field)[Size])
{
    return QString::fromUtf8(reinterpret_cast<const char *>(field), Size).trimmed();
}

QList<CK_SLOT_ID> slotsWithTokens(CK_FUNCTION_LIST &module)
{
    CK_ULONG count = 0;
    if (module.C_GetSlotList(CK_TRUE, nullptr, &count) != CKR_OK)
        return {};
    QList<CK_SLOT_ID> slots(qsizetype(count), 0);
    if (module.C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK)
        return {};
    slots.resize(qsizetype(count));
    return slots;
}

/// The system's list of certificates is a token as well, but one that nobody logs in to.
bool keepsSecrets(const CK_TOKEN_INFO &token)
{
    return (token.flags & CKF_TOKEN_INITIALIZED) != 0
        && (token.flags & (CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED)) != 0;
}

} // namespace

core::Result<QList<Pkcs11Session::Module>> Pkcs11Session::modulesOf(const Pkcs11Uri &uri)
{
    QList<Module> modules;
    if (const QString path = uri.modulePath(); !path.isEmpty()) {
        CK_FUNCTION_LIST *one = p11_kit_module_load(path.toLocal8Bit().constData(), P11_KIT_MODULE_CRITICAL);
        if (!one)
            return core::fail(
                core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                QStringLiteral("the PKCS#11 module %1: %2").arg(path, QString::fromUtf8(p11_kit_message())));
        if (const CK_RV code = p11_kit_module_initialize(one); code != CKR_OK) {
            p11_kit_module_release(one);
            return failed(code, QStringLiteral("the PKCS#11 module %1").arg(path));
        }
        return QList<Module>{Module(one, [](CK_FUNCTION_LIST *list) {
            p11_kit_module_finalize(list);
            p11_kit_module_release(list);
        })};
    }
    CK_FUNCTION_LIST **all = p11_kit_modules_load_and_initialize(0);
    if (!all)
        return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                          QStringLiteral("no PKCS#11 modules: %1").arg(QString::fromUtf8(p11_kit_message())));
    const std::shared_ptr<CK_FUNCTION_LIST *> owner(all, p11_kit_modules_finalize_and_release);
    for (CK_FUNCTION_LIST **one = all; *one; ++one)
        modules.append(Module(owner, *one));
    return modules;
}

core::Result<std::unique_ptr<Pkcs11Session>> Pkcs11Session::open(const Pkcs11Uri &uri,
                                                                 Passphrases &passphrases)
{
    struct Candidate {
        Module module;
        CK_SLOT_ID slot = 0;
        CK_TOKEN_INFO token = {};
    };
    const auto modules = modulesOf(uri);
    if (!modules)
        return core::passOn(modules.error());
    QList<Candidate> candidates;
    QStringList names;
    for (const Module &module : *modules) {
        for (const CK_SLOT_ID slot : slotsWithTokens(*module)) {
            CK_TOKEN_INFO token = {};
            const bool isOne = module->C_GetTokenInfo(slot, &token) == CKR_OK && keepsSecrets(token)
                && uri.matches(token) && uri.matches(slot);
            if (isOne) {
                candidates.append({module, slot, token});
                names.append(QStringLiteral("\"%1\"").arg(textOf(token.label)));
            }
        }
    }
    if (candidates.isEmpty())
        return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                          QStringLiteral("no token is there that %1 names").arg(uri.text()));
    if (candidates.size() > 1)
        return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                          QStringLiteral("%1 names more than one token: %2; add token=…")
                              .arg(uri.text(), names.join(QStringLiteral(", "))));
    const Candidate &chosen = candidates.first();
    CK_SESSION_HANDLE handle = 0;
    const CK_RV code =
        chosen.module->C_OpenSession(chosen.slot, CKF_SERIAL_SESSION, nullptr, nullptr, &handle);
    if (code != CKR_OK)
        return failed(code, QStringLiteral("opening a session with the token %1").arg(names.first()));
    std::unique_ptr<Pkcs11Session> session(new Pkcs11Session(chosen.module, handle));
    if (auto done = session->logIn(uri, chosen.token, passphrases); !done)
        return core::passOn(done.error());
    return session;
}

core::Result<core::Done> Pkcs11Session::logIn(const Pkcs11Uri &uri, const CK_TOKEN_INFO &token,
                                              Passphrases &passphrases)
{
    if ((token.flags & CKF_LOGIN_REQUIRED) == 0)
        return core::Done{};
    const QString label = textOf(token.label);
    // A reader with keys of its own asks there; then there is no PIN for us to know.
    if ((token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0) {
        Passphrases ofUri(uri.pinFile());
        auto pin = (uri.pinFile().isEmpty() ? passphrases : ofUri)
                       .ask(QStringLiteral("the token \"%1\" (its PIN)").arg(label));
        if (!pin)
            return core::passOn(pin.error());
        m_pin = *std::move(pin);
    }
    const CK_RV code = m_module->C_Login(m_session, CKU_USER, reinterpret_cast<CK_UTF8CHAR *>(m_pin.data()),
                                         CK_ULONG(m_pin.size()));
    if (code == CKR_PIN_INCORRECT || code == CKR_PIN_LEN_RANGE)
        return core::fail(
            core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
            QStringLiteral("the PIN of the token \"%1\" is wrong; it was tried once, and the token "
                           "counts wrong ones")
                .arg(label));
    if (code == CKR_PIN_LOCKED)
        return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                          QStringLiteral("the token \"%1\" is locked after too many wrong PINs").arg(label));
    if (code != CKR_OK && code != CKR_USER_ALREADY_LOGGED_IN)
        return failed(code, QStringLiteral("logging in to the token \"%1\"").arg(label));
    return core::Done{};
}

Pkcs11Session::~Pkcs11Session()
{
    m_module->C_CloseSession(m_session);
    core::wipe(m_pin);
}

core::Result<QList<CK_OBJECT_HANDLE>> Pkcs11Session::find(CK_OBJECT_CLASS kind,
                                                          QList<CK_ATTRIBUTE> attributes)
{
    attributes.append({CKA_CLASS, &kind, sizeof kind});
    CK_RV code = m_module->C_FindObjectsInit(m_session, attributes.data(), CK_ULONG(attributes.size()));
    if (code != CKR_OK)
        return failed(code, QStringLiteral("looking for keys on the token"));
    QList<CK_OBJECT_HANDLE> objects(qsizetype(kMostObjects), 0);
    CK_ULONG count = 0;
    code = m_module->C_FindObjects(m_session, objects.data(), kMostObjects, &count);
    m_module->C_FindObjectsFinal(m_session);
    if (code != CKR_OK)
        return failed(code, QStringLiteral("looking for keys on the token"));
    objects.resize(qsizetype(std::min(count, kMostObjects)));
    return objects;
}

std::optional<QByteArray> Pkcs11Session::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_ATTRIBUTE wanted = {type, nullptr, 0};
    if (m_module->C_GetAttributeValue(m_session, object, &wanted, 1) != CKR_OK
        || wanted.ulValueLen > kLargestAttribute) // also what stands for "not available": all ones
        return std::nullopt;
    QByteArray value(qsizetype(wanted.ulValueLen), '\0');
    wanted.pValue = value.data();
    if (m_module->C_GetAttributeValue(m_session, object, &wanted, 1) != CKR_OK
        || wanted.ulValueLen > CK_ULONG(value.size()))
        return std::nullopt;
    value.truncate(qsizetype(wanted.ulValueLen));
    return value;
}

std::optional<CK_ULONG> Pkcs11Session::number(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    const auto value = attribute(object, type);
    if (!value || value->size() != qsizetype(sizeof(CK_ULONG)))
        return std::nullopt;
    CK_ULONG number = 0;
    std::copy(value->cbegin(), value->cend(), reinterpret_cast<char *>(&number));
    return number;
}

core::Result<QByteArray> Pkcs11Session::sign(CK_OBJECT_HANDLE key, CK_MECHANISM mechanism,
                                             const QByteArray &input)
{
    CK_RV code = m_module->C_SignInit(m_session, &mechanism, key);
    if (code != CKR_OK)
        return failed(code, QStringLiteral("the token does not begin to sign"));
    const auto asksEachTime = attribute(key, CKA_ALWAYS_AUTHENTICATE);
    if (asksEachTime && asksEachTime->size() == 1 && asksEachTime->at(0) != CK_FALSE) {
        code = m_module->C_Login(m_session, CKU_CONTEXT_SPECIFIC,
                                 reinterpret_cast<CK_UTF8CHAR *>(m_pin.data()), CK_ULONG(m_pin.size()));
        if (code != CKR_OK)
            return failed(code, QStringLiteral("the token does not take its PIN for one more signature"));
    }
    QByteArray copy = input; // The interface does not promise to leave it alone.
    QByteArray signature(qsizetype(kLargestSignature), '\0');
    CK_ULONG size = kLargestSignature;
    code = m_module->C_Sign(m_session, reinterpret_cast<CK_BYTE *>(copy.data()), CK_ULONG(copy.size()),
                            reinterpret_cast<CK_BYTE *>(signature.data()), &size);
    if (code != CKR_OK)
        return failed(code, QStringLiteral("the token does not sign"));
    signature.truncate(qsizetype(std::min(size, kLargestSignature)));
    return signature;
}

} // namespace keys
