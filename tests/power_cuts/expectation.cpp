// SPDX-License-Identifier: Apache-2.0
#include "tests/power_cuts/expectation.h"

namespace testing {

KnownImage::KnownImage(const BootImage &image) :
    bytes(image.bytes()), payload(image.payload), hash(image.hash()), rollbackIndex(image.rollbackIndex)
{
}

const KnownImage &oldImage()
{
    static const KnownImage image({.payload = QByteArray(120, 'o'), .major = 1, .rollbackIndex = 1});
    return image;
}

const KnownImage &newImage()
{
    static const KnownImage image({.payload = QByteArray(1100, 'n'), .major = 2, .rollbackIndex = 2});
    return image;
}

const KnownImage &otherImage()
{
    static const KnownImage image({.payload = QByteArray(150, 't'), .major = 3, .rollbackIndex = 3});
    return image;
}

const KnownImage &nextImage()
{
    static const KnownImage image({.payload = QByteArray(90, 'z'), .major = 9, .rollbackIndex = 9});
    return image;
}

void Expectation::candidateIsConfirmed(quint8 slot)
{
    spares.append(good);
    good = candidate;
    goodSlot = slot;
    goodFinds = candidateFinds;
    minimum = std::max(minimum, good->rollbackIndex);
    candidateIsOut();
    candidate = nullptr;
    trialBoots = 0;
}

void Expectation::candidateIsOut()
{
    trial = Standing::No;
    confirmation = Standing::No;
}

QByteArray configOf(const boot_services &services)
{
    bm_config found = {};
    if (services.config_find(kSchema, &found) != BM_SERVICE_OK) {
        return {};
    }
    return {reinterpret_cast<const char *>(found.data), qsizetype(found.length)};
}

} // namespace testing
