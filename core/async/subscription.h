// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace core {

/// Somebody is told of something for as long as this lives.
class Subscription
{
public:
    Subscription() = default;
    virtual ~Subscription() = default;
    Subscription(const Subscription &) = delete;
    Subscription &operator=(const Subscription &) = delete;
};

} // namespace core
