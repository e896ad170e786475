// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_protocols/smp/field_words.h"
#include "device_protocols/smp/reply_fields.h"

#include <tuple>
#include <type_traits>

namespace smp {

/// One field of a request or a reply: its key on the wire, and the member that holds it. A struct lists its
/// fields once, and is encoded, decoded and read from the command line by that list:
///
///     struct Echo {
///         QString text;
///         static constexpr auto fields() { return std::tuple(required("d", &Echo::text)); }
///     };
///
/// Members are texts, byte strings, integers, booleans, QCborValue (anything), structs with fields, and
/// std::optional, QList and QMap<QString, …> of these. A map under `kWholeMap` is the message itself.
template<class Struct, class Value>
struct Field {
    const char *key;
    Value Struct::*member;
    Presence presence;

    QLatin1String name() const { return QLatin1String(key); }
};

constexpr const char *kWholeMap = "";

template<class Struct, class Value>
constexpr Field<Struct, Value> required(const char *key, Value Struct::*member)
{
    return {key, member, Presence::Required};
}

/// Absent, the member stays as it is; a member that is as it was made is not sent.
template<class Struct, class Value>
constexpr Field<Struct, Value> optional(const char *key, Value Struct::*member)
{
    return {key, member, Presence::Optional};
}

/// A message that says nothing but that it is there.
struct Nothing {
    static constexpr auto fields() { return std::tuple(); }
};

template<class T>
concept HasFields = requires
{
    T::fields();
};

namespace detail {

template<class T>
struct Shape {
    static constexpr bool isOptional = false, isList = false, isMap = false;
};
template<class T>
struct Shape<std::optional<T>> {
    static constexpr bool isOptional = true, isList = false, isMap = false;
};
template<class T>
struct Shape<QList<T>> {
    static constexpr bool isOptional = false, isList = true, isMap = false;
};
template<class T>
struct Shape<QMap<QString, T>> {
    static constexpr bool isOptional = false, isList = false, isMap = true;
};

template<class Struct, class Visit>
void forEachField(Visit visit)
{
    std::apply([&](const auto &...field) { (visit(field), ...); }, Struct::fields());
}

} // namespace detail

/// A struct as the map that goes over the wire.
template<HasFields Struct>
QCborMap toMap(const Struct &from);

/// Takes the fields of a struct; faults are told to `fields`.
template<HasFields Struct>
Struct take(ReplyFields &fields);

namespace detail {

template<class T>
QCborValue toCbor(const T &value)
{
    if constexpr (HasFields<T>) {
        return toMap(value);
    } else if constexpr (Shape<T>::isList) {
        QCborArray list;
        for (const auto &item : value)
            list.append(toCbor(item));
        return list;
    } else if constexpr (Shape<T>::isMap) {
        QCborMap map;
        for (auto entry = value.begin(); entry != value.end(); ++entry)
            map[entry.key()] = toCbor(entry.value());
        return map;
    } else if constexpr (std::is_same_v<T, bool> || !std::is_integral_v<T>) {
        return QCborValue(value);
    } else {
        return QCborValue(qint64(value));
    }
}

template<class T>
T takeValue(ReplyFields &fields, QLatin1String key)
{
    if constexpr (std::is_same_v<T, QString>)
        return fields.text(key);
    else if constexpr (std::is_same_v<T, QByteArray>)
        return fields.bytes(key);
    else if constexpr (std::is_same_v<T, bool>)
        return fields.flag(key);
    else if constexpr (std::is_same_v<T, QCborValue>)
        return fields.anything(key);
    else
        return fields.number<T>(key);
}

/// A list or a map is taken apart into fields of its own: those of each entry, whatever it is, under one key.
template<class T>
T takeEntry(ReplyFields &entry, QLatin1String key)
{
    if constexpr (HasFields<T>) {
        ReplyFields inner = entry.inner(key);
        T taken = take<T>(inner);
        entry.adopt(inner);
        return taken;
    } else {
        return takeValue<T>(entry, key);
    }
}

template<class Value>
Value takeMember(ReplyFields &fields, QLatin1String key)
{
    if constexpr (Shape<Value>::isList) {
        Value list;
        for (ReplyFields &item : fields.items(key)) {
            list.append(takeEntry<typename Value::value_type>(item, ReplyFields::kItem));
            fields.adopt(item);
        }
        return list;
    } else if constexpr (Shape<Value>::isMap) {
        Value map;
        for (auto &[name, item] : fields.members(key)) {
            map[name] = takeEntry<typename Value::mapped_type>(item, ReplyFields::kItem);
            fields.adopt(item);
        }
        return map;
    } else {
        return takeEntry<Value>(fields, key);
    }
}

} // namespace detail

template<HasFields Struct>
QCborMap toMap(const Struct &from)
{
    QCborMap map;
    const Struct untouched{};
    detail::forEachField<Struct>([&](const auto &field) {
        const auto &value = from.*field.member;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (detail::Shape<Value>::isOptional) {
            if (value)
                map[field.name()] = detail::toCbor(*value);
        } else if (field.name().isEmpty()) {
            map = detail::toCbor(value).toMap();
        } else if (field.presence == Presence::Required
                   || detail::toCbor(value) != detail::toCbor(untouched.*field.member)) {
            map[field.name()] = detail::toCbor(value);
        }
    });
    return map;
}

template<HasFields Struct>
Struct take(ReplyFields &fields)
{
    Struct taken;
    detail::forEachField<Struct>([&](const auto &field) {
        auto &value = taken.*field.member;
        using Value = std::remove_cvref_t<decltype(value)>;
        const bool isThere = field.name().isEmpty() || fields.has(field.name());
        if constexpr (detail::Shape<Value>::isOptional) {
            if (isThere)
                value = detail::takeMember<typename Value::value_type>(fields, field.name());
        } else if (isThere || field.presence == Presence::Required) {
            value = detail::takeMember<Value>(fields, field.name());
        }
    });
    return taken;
}

/// The struct that a message holds. MalformedReply, with the first fault, when a field is missing or of
/// another type; what has no field is not looked at.
template<HasFields Struct>
core::Result<Struct> fromMap(const QCborMap &map, const QString &what)
{
    ReplyFields fields(map, what);
    Struct taken = take<Struct>(fields);
    return fields.result(std::move(taken));
}

/// What may stand before and behind "=" on the command line.
template<HasFields Struct>
QList<FieldInfo> describe()
{
    QList<FieldInfo> infos;
    detail::forEachField<Struct>([&](const auto &field) {
        using Value = std::remove_cvref_t<decltype(std::declval<Struct &>().*field.member)>;
        if constexpr (detail::Shape<Value>::isOptional)
            infos.append({field.name(), wordForm<typename Value::value_type>(), Presence::Optional});
        else
            infos.append({field.name(), wordForm<Value>(), field.presence});
    });
    return infos;
}

/// The struct that words of the form `key=value` stand for. InvalidFile … see readWords().
template<HasFields Struct>
core::Result<Struct> fromWords(const QStringList &words)
{
    const core::Result<QMap<QString, QString>> given = readWords(words, describe<Struct>());
    if (!given)
        return core::passOn(given.error());
    Struct read;
    std::optional<core::Error> fault;
    detail::forEachField<Struct>([&](const auto &field) {
        const auto word = given->constFind(field.name());
        if (word == given->constEnd() || fault)
            return;
        fault = readWord(*word, field.name(), read.*field.member);
    });
    if (fault)
        return tl::unexpected(*fault);
    return read;
}

} // namespace smp
