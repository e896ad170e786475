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

/// The job shares the secret's bytes, and ends here: then whoever gets them can wipe them.
core::Result<QByteArray> readSecret(const QString &name)
{
    QKeychain::ReadPasswordJob job(service());
    job.setKey(name);
    runToEnd(job);
    if (job.error() != QKeychain::NoError)
        return core::passOn(errorOf(job, name));
    return job.binaryData();
}

/// The same the other way round.
core::Result<core::Done> writeSecret(const QString &name, const QByteArray &secret)
{
    QKeychain::WritePasswordJob job(service());
    job.setKey(name);
    job.setBinaryData(secret);
    runToEnd(job);
    return job.error() == QKeychain::NoError ? core::Result<core::Done>(core::Done{})
                                             : core::passOn(errorOf(job, name));
}

core::Result<core::Done> checkIsFree(const QString &name)
{
    QKeychain::ReadPasswordJob job(service());
    job.setKey(name);
    runToEnd(job);
    if (job.error() == QKeychain::EntryNotFound)
        return core::Done{};
    if (job.error() != QKeychain::NoError)
        return core::passOn(errorOf(job, name));
    return core::fail(core::ErrorKind::FileFailed, core::Reason::KeyUnavailable,
                      QStringLiteral("the keychain has a key \"%1\" already").arg(name));
}

} // namespace

core::Result<core::PrivateKey> readFromKeychain(const QString &name)
{
    auto pem = readSecret(name);
    if (!pem)
        return core::passOn(pem.error());
    auto key = core::PrivateKey::fromPem(*pem);
    core::wipe(*pem);
    return key;
}

core::Result<core::Done> writeNewToKeychain(const QString &name, const core::PrivateKey &key)
{
    if (auto free = checkIsFree(name); !free)
        return free;
    auto pem = key.toPem();
    if (!pem)
        return core::passOn(pem.error());
    auto written = writeSecret(name, *pem);
    core::wipe(*pem);
    return written;
}

} // namespace keys
