// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>

#include <memory>

struct evp_md_ctx_st;

namespace core {

/// SHA-256 (FIPS 180-4) of what is added, by OpenSSL, which uses the instructions that the processor has for
/// it.
class Sha256
{
public:
    Sha256();

    void add(QByteArrayView bytes);

    /// 32 bytes; nothing may be added afterwards.
    QByteArray result();

    static QByteArray of(QByteArrayView bytes);

private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st *)> m_context;
};

} // namespace core
