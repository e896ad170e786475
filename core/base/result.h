// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

#include <tl/expected.hpp>

#include <utility>

namespace core {

/// A value, or the reason there is none. Calling code must look at it.
template<class T>
class [[nodiscard]] Result : public tl::expected<T, Error>
{
public:
    using tl::expected<T, Error>::expected;
};

/// The value of an operation that has nothing to report but success.
struct Done {
};

/// A failure to return: `return fail(ErrorKind::InvalidFile, QStringLiteral("…"));`
inline tl::unexpected<Error> fail(ErrorKind kind, QString detail)
{
    return tl::unexpected(Error{kind, std::move(detail), {}, {}, {}});
}

/// A failure that also has a stable reason code.
inline tl::unexpected<Error> fail(ErrorKind kind, Reason reason, QString detail)
{
    return tl::unexpected(Error{kind, std::move(detail), reason, {}, {}});
}

/// A failure that repeats what the device answered.
inline tl::unexpected<Error> failByDevice(DeviceCode code, QString detail)
{
    return tl::unexpected(Error{ErrorKind::RefusedByDevice, std::move(detail), {}, code, {}});
}

/// Passes an error on, and adds the step that it interrupted.
inline tl::unexpected<Error> passOn(Error error, QString during = {})
{
    if (!during.isEmpty())
        error.during.append(std::move(during));
    return tl::unexpected(std::move(error));
}

} // namespace core
