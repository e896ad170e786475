// SPDX-License-Identifier: Apache-2.0
#include "app/keys/keychain.h"

#include "app/keys/passphrases.h"
#include "core/trust/wipe.h"

#include <QEventLoop>

#include <qt6keychain/keychain.h>

namespace keys {

namespace {

QString service()
{
    return QStringLiteral("bootmend");
}

/// Runs the job to its end, and leaves it to its owner.
void runToEnd(QKeychain::Job &job)
{
    QEventLoop loop;
    QObject::connect(&job, &QKeychain::Job::finished, &loop, &QEventLoop::quit);
    job.setAutoDelete(false);
    job.start();
    loop.exec();
}

core::Error errorOf(const QKeychain::Job &job, const QString &name)
{
    const QString detail = job.error() == QKeychain::EntryNotFound
        ? QStringLiteral("the keychain has no key \"%1\"").arg(name)
        : QStringLiteral("the keychain does not give \"%1\": %2").arg(name, job.errorString());
    return core::Error{core::ErrorKind::FileFailed, detail, core::Reason::KeyUnavailable};
}

} // namespace

core::Result<core::PrivateKey> readFromKeychain(const QString &name)
{
    QKeychain::ReadPasswordJob job(service());
    job.setKey(name);
    runToEnd(job);
    if (job.error() != QKeychain::NoError)
        return core::passOn(errorOf(job, name));
    QByteArray pem = job.binaryData();
    auto key = core::PrivateKey::fromPem(pem);
    core::wipe(pem);
    return key;
}

core::Result<core::Done> writeNewToKeychain(const QString &name, const core::PrivateKey &key)
{
    QKeychain::ReadPasswordJob existing(service());
    existing.setKey(name);
    runToEnd(existing);
    if (existing.error() == QKeychain::NoError)
        return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                          QStringLiteral("the keychain has a key \"%1\" already").arg(name));
    if (existing.error() != QKeychain::EntryNotFound)
        return core::passOn(errorOf(existing, name));
    auto pem = key.toPem();
    if (!pem)
        return core::passOn(pem.error());
    QKeychain::WritePasswordJob job(service());
    job.setKey(name);
    job.setBinaryData(*pem);
    runToEnd(job);
    core::wipe(*pem);
    return job.error() == QKeychain::NoError ? core::Result<core::Done>(core::Done{})
                                             : core::passOn(errorOf(job, name));
}

} // namespace keys
