// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariantList>

namespace core {

/// One connection to a catalog's SQLite file, with the tables of the current schema. Lives and dies on the
/// thread that opened it. Failures: InvalidFile for a damaged, foreign or newer file, otherwise FileFailed.
class Database
{
public:
    /// Makes the file or brings its tables up to date, if need be. A file that cannot be understood stays as
    /// it is.
    static Result<Database> open(const QString &path);

    Database(Database &&other) noexcept : m_name(std::exchange(other.m_name, {})) { }
    Database &operator=(Database &&) = delete;
    ~Database();

    Result<QSqlQuery> run(const QString &statement, const QVariantList &values = {}) const;

    /// Takes the one write lock; other processes wait for it, and go on reading. Waiting::No fails at once
    /// when another process has it.
    enum class Waiting { Yes, No };
    Result<Done> begin(Waiting waiting = Waiting::Yes) const;
    Result<Done> commit() const;
    void rollBack() const;

private:
    explicit Database(QString name) : m_name(std::move(name)) { }
    Result<Done> prepare() const;
    /// The version of the file's schema, 0 for a new file; InvalidFile for what is not for this program.
    Result<int> schema() const;
    Result<Done> migrate(int from) const;

    QString m_name;
};

} // namespace core
