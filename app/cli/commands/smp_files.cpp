// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands/smp_parts.h"
#include "app/cli/job_runner.h"
#include "core/base/file_access.h"
#include "device_protocols/smp/file_transfer.h"
#include "device_protocols/smp/image_upload.h"

#include <QRegularExpression>

namespace cli {

namespace {

using core::Result;

core::WriteControl controlOf(Session &session)
{
    const core::JobContext job = session.jobContext();
    return {[job](const core::WriteProgressed &now) { job.report(now); }, job.stop};
}

/// The members of the result of a file that was carried.
Result<QJsonObject> checkedFile(const QString &remote, const QByteArray &content, smp::Client &client,
                                Session &session)
{
    smp::FileTransfer transfer(client);
    const Result<QString> hash = runToEnd(transfer.compare(remote, content));
    if (!hash)
        return core::passOn(hash.error(), QStringLiteral("comparing %1").arg(remote));
    session.output().say(hash->isEmpty() ? QStringLiteral("The device computes no hash: not compared.")
                                         : QStringLiteral("The %1 is the same on both sides.").arg(*hash));
    return QJsonObject{
        {QStringLiteral("file"), remote},
        {QStringLiteral("bytes"), content.size()},
        {QStringLiteral("compared_by"), hash->isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(*hash)}};
}

Result<QJsonObject> get(const QString &remote, const QString &local, smp::Client &client, Session &session)
{
    smp::FileTransfer transfer(client, controlOf(session));
    const Result<QByteArray> content = runToEnd(transfer.download(remote));
    if (!content)
        return core::passOn(content.error());
    const Result<QJsonObject> checked = checkedFile(remote, *content, client, session);
    const auto written = checked ? core::replaceFile(local, *content) : core::passOn(checked.error());
    if (!written)
        return core::passOn(written.error());
    session.output().say(QStringLiteral("%1 holds the %2 bytes of the device's %3.")
                             .arg(local)
                             .arg(content->size())
                             .arg(remote));
    return checked;
}

Result<QJsonObject> put(const QString &local, const QString &remote, smp::Client &client, Session &session)
{
    const Result<QByteArray> content = core::readWholeFile(local, smp::FileTransfer::kLargestFile);
    if (!content)
        return core::passOn(content.error());
    smp::FileTransfer transfer(client, controlOf(session));
    const auto written = runToEnd(transfer.upload(remote, *content));
    if (!written)
        return core::passOn(written.error());
    const Result<QJsonObject> checked = checkedFile(remote, *content, client, session);
    if (checked)
        session.output().say(
            QStringLiteral("The device's %1 was written: %2 bytes.").arg(remote).arg(content->size()));
    return checked;
}

/// As an update writes it; nothing is checked before, and nothing is marked for a trial.
Result<QJsonObject> uploadImage(const QString &local, std::optional<int> image, smp::Client &client,
                                Session &session)
{
    Result<QByteArray> content = core::readWholeFile(local, smp::FileTransfer::kLargestFile);
    if (!content)
        return core::passOn(content.error());
    const qsizetype size = content->size();
    if (size == 0)
        return core::fail(core::ErrorKind::InvalidFile, QStringLiteral("%1 is empty").arg(local));
    const auto limits = runToEnd(client.ask(smp::ReadParameters{}));
    smp::ImageUpload upload(client,
                            {.file = *std::move(content),
                             .limits = limits.value_or(smp::ServerLimits{}),
                             .image = image,
                             .control = controlOf(session)});
    const auto written = runToEnd(upload.run());
    if (!written)
        return core::passOn(written.error());
    session.output().say(QStringLiteral("The device has the %1 bytes of %2. Nothing is marked to boot: "
                                        "'image-list' and 'image-mark' do that.")
                             .arg(size)
                             .arg(local));
    return QJsonObject{{QStringLiteral("file"), local}, {QStringLiteral("bytes"), size}};
}

using Carry = Result<QJsonObject> (*)(const QString &, const QString &, smp::Client &, Session &);

Result<SmpWork> carrying(const SmpOptions &options, const QString &form, Carry carry)
{
    const QStringList names = options.wordList();
    if (names.size() != 2)
        return core::fail(core::ErrorKind::Unsupported, QStringLiteral("it needs %1").arg(form));
    return SmpWork([names, carry](smp::Client &client, Session &session) {
        return carry(names.at(0), names.at(1), client, session);
    });
}

} // namespace

Result<SmpWork> smpGetWork(const SmpOptions &options)
{
    return carrying(options, QStringLiteral("REMOTE LOCAL"), get);
}

Result<SmpWork> smpUploadWork(const SmpOptions &options)
{
    const QStringList names = options.wordList();
    static const QRegularExpression numbered(QStringLiteral("^image=([0-9]{1,2})$"));
    const QRegularExpressionMatch image = numbered.match(names.value(1));
    if (names.isEmpty() || names.size() > 2 || (names.size() == 2 && !image.hasMatch()))
        return core::fail(core::ErrorKind::Unsupported, QStringLiteral("it needs FILE [image=N]"));
    const std::optional<int> number =
        image.hasMatch() ? std::optional(image.captured(1).toInt()) : std::nullopt;
    return SmpWork([local = names.at(0), number](smp::Client &client, Session &session) {
        return uploadImage(local, number, client, session);
    });
}

Result<SmpWork> smpPutWork(const SmpOptions &options)
{
    return carrying(options, QStringLiteral("LOCAL REMOTE"), put);
}

} // namespace cli
