// SPDX-License-Identifier: Apache-2.0
#include "core/release/mcuboot_image.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/public_test_keys.h"
#include "tests/support/vectors.h"

namespace {

const core::PrivateKey &key()
{
    static const core::PrivateKey kKey = test_support::rfc8032Key(1);
    return kKey;
}

QByteArray ownImage()
{
    core::ImageSpec spec;
    spec.payload = "payload";
    spec.version = {1, 2, 3, 4};
    spec.vendorDomain = QStringLiteral("bootmend.example");
    spec.product = QStringLiteral("bench-sensor");
    spec.hardwareRevisions = {QStringLiteral("revA"), QStringLiteral("revB")};
    return *core::createImage(spec, key());
}

} // namespace

QList<QByteArray> fuzzSeeds()
{
    const QByteArray ofImgtool = test_support::contentOf(
        test_support::dataPath(QStringLiteral("mcuboot/ed25519-custom-protected-tlv.bin")));
    return {ownImage(), ofImgtool, ownImage() + QByteArray(64, '\xff')};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const QByteArray intact = ownImage();
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto image = core::parseImage(bytes);
    if (!image)
        return 0;
    FUZZ_PROMISE(image->headerSize >= 32 && image->headerSize + image->payloadSize <= image->signedSize);
    FUZZ_PROMISE(image->signedSize <= image->endOfTlvs && image->endOfTlvs <= bytes.size());
    FUZZ_PROMISE(image->payload().size() == image->payloadSize);
    FUZZ_PROMISE(image->digest.isEmpty() || image->digest.size() == 32);
    if (core::verifyImage(*image, key().publicKey()).has_value())
        FUZZ_PROMISE(bytes.first(image->signedSize) == intact.first(image->signedSize));
    return 0;
}
