// SPDX-License-Identifier: Apache-2.0
#include "core/catalog/catalog.h"
#include "core/trust/trust_file.h"

#include <QCoreApplication>

#include <csignal>
#include <map>
#include <sqlite3.h>
#include <sys/resource.h>

// killed_adder FOLDER TRUST BUNDLE STEP [LARGEST_FILE]: adds, and is killed in front of the STEP-th step on
// files, SQLite's own steps among them. Ends with 0 when it was done before that, and 1 when adding failed.
namespace {

int stepsLeft = 0;

void countStep()
{
    if (--stepsLeft == 0)
        std::raise(SIGKILL);
}

class KilledSteps final : public core::FileSteps
{
public:
    core::Result<core::Done> write(QFile &file, const QByteArray &bytes) override
    {
        countStep();
        return FileSteps::write(file, bytes);
    }
    core::Result<core::Done> sync(QFile &file) override
    {
        countStep();
        return FileSteps::sync(file);
    }
    core::Result<core::Done> syncFolder(const QString &path) override
    {
        countStep();
        return FileSteps::syncFolder(path);
    }
    core::Result<core::Done> rename(const QString &from, const QString &to) override
    {
        countStep();
        return FileSteps::rename(from, to);
    }
    core::Result<core::Done> remove(const QString &path) override
    {
        countStep();
        return FileSteps::remove(path);
    }
};

// SQLite's files, by the methods of its own system layer with a count in front (sqlite.org/vfs.html).
sqlite3_vfs *realLayer = nullptr;

/// One for each table of methods: a journal's has no locks, and must not take the place of the database's.
struct CountedMethods {
    sqlite3_io_methods counted; // first: a file points at it
    const sqlite3_io_methods *real;
};
std::map<const sqlite3_io_methods *, CountedMethods> methodsByTable;

const sqlite3_io_methods *realMethods(sqlite3_file *file)
{
    return reinterpret_cast<const CountedMethods *>(file->pMethods)->real;
}

int countedWrite(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
    countStep();
    return realMethods(file)->xWrite(file, data, size, offset);
}

int countedSync(sqlite3_file *file, int flags)
{
    countStep();
    return realMethods(file)->xSync(file, flags);
}

int countedTruncate(sqlite3_file *file, sqlite3_int64 size)
{
    countStep();
    return realMethods(file)->xTruncate(file, size);
}

int countedOpen(sqlite3_vfs *, const char *name, sqlite3_file *file, int flags, int *outFlags)
{
    countStep();
    const int result = realLayer->xOpen(realLayer, name, file, flags, outFlags);
    if (result != SQLITE_OK || !file->pMethods)
        return result;
    CountedMethods &methods = methodsByTable[file->pMethods];
    methods = {*file->pMethods, file->pMethods};
    methods.counted.xWrite = countedWrite;
    methods.counted.xSync = countedSync;
    methods.counted.xTruncate = countedTruncate;
    file->pMethods = &methods.counted;
    return result;
}

int countedDelete(sqlite3_vfs *, const char *name, int syncsFolder)
{
    countStep();
    return realLayer->xDelete(realLayer, name, syncsFolder);
}

void countSqlite()
{
    static sqlite3_vfs layer;
    realLayer = sqlite3_vfs_find(nullptr);
    layer = *realLayer;
    layer.zName = "counted";
    layer.xOpen = countedOpen;
    layer.xDelete = countedDelete;
    sqlite3_vfs_register(&layer, 1);
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.size() < 5)
        return 2;
    stepsLeft = words[4].toInt();
    countSqlite();
    if (words.size() > 5) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{words[5].toULong(), words[5].toULong()};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    KilledSteps steps;
    const auto store = core::loadTrustStore(words[2]);
    auto catalog = core::Catalog::open(words[1], steps);
    if (!catalog)
        qWarning("%s", qPrintable(catalog.error().detail));
    if (!store || !catalog)
        return 1;
    const auto added = catalog->add(words[3], *store, {QDateTime::currentDateTimeUtc()});
    if (!added)
        qWarning("%s", qPrintable(added.error().detail));
    return added ? 0 : 1;
}
