// SPDX-License-Identifier: MIT
/* store_disk: a disk that fails when it is told to. A VFS over SQLite's own: the N-th write or sync from now
 * fails, once or from then on; of the thread that says so, or of all. Or the process is killed at it. Included by
 * one test; install it before the first store is opened. */
#ifndef TESTS_STORE_DISK_H
#define TESTS_STORE_DISK_H

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

#define DISK_KILL (-1) /* as code */

static struct {
    atomic_long left;    /* operations until it fails; 0 = it never does */
    int code;            /* SQLITE_FULL, SQLITE_IOERR_WRITE ... */
    int lasting;         /* stays broken until mended */
    atomic_long done;    /* operations since it was armed */
    atomic_long failed;
    atomic_long synced;
    atomic_int everywhere;
} disk;
static _Thread_local int disk_mine;

static void disk_break(long after, int code, int lasting)
{
    disk_mine = 1;
    disk.code = code;
    disk.lasting = lasting;
    disk.done = disk.failed = disk.synced = 0;
    disk.left = after;
}

static void disk_mend(void)
{
    disk.left = 0;
}

static int disk_fails(void)
{
    if (!disk_mine && !disk.everywhere)
        return SQLITE_OK;
    disk.done++;
    if (disk.left == 0 || disk.done < disk.left || (disk.done > disk.left && !disk.lasting))
        return SQLITE_OK;
    if (disk.code == DISK_KILL)
        raise(SIGKILL);
    disk.failed++;
    return disk.code;
}

struct disk_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct, in the same allocation */
};

static sqlite3_vfs *disk_real;

#define REAL(f) (((struct disk_file *)(f))->real)
#define PASS(f, call, ...) REAL(f)->pMethods->call(REAL(f), ##__VA_ARGS__)

static int disk_close(sqlite3_file *f)
{
    return REAL(f)->pMethods != NULL ? PASS(f, xClose) : SQLITE_OK;
}
static int disk_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return PASS(f, xRead, p, n, at);
}
static int disk_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    int rc = disk_fails();
    // A full disk takes a part of what it is given.
    if (rc != SQLITE_OK && n > 1)
        PASS(f, xWrite, p, n / 2, at);
    return rc != SQLITE_OK ? rc : PASS(f, xWrite, p, n, at);
}
static int disk_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return PASS(f, xTruncate, size);
}
static int disk_sync(sqlite3_file *f, int flags)
{
    int rc = disk_fails();
    disk.synced++;
    return rc == SQLITE_OK ? PASS(f, xSync, flags) : rc == SQLITE_FULL ? SQLITE_IOERR_FSYNC : rc;
}
static int disk_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return PASS(f, xFileSize, size);
}
static int disk_lock(sqlite3_file *f, int kind)
{
    return PASS(f, xLock, kind);
}
static int disk_unlock(sqlite3_file *f, int kind)
{
    return PASS(f, xUnlock, kind);
}
static int disk_reserved(sqlite3_file *f, int *out)
{
    return PASS(f, xCheckReservedLock, out);
}
static int disk_control(sqlite3_file *f, int op, void *arg)
{
    return PASS(f, xFileControl, op, arg);
}
static int disk_sector(sqlite3_file *f)
{
    return PASS(f, xSectorSize);
}
static int disk_characteristics(sqlite3_file *f)
{
    return PASS(f, xDeviceCharacteristics);
}
static int disk_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    int rc = extend ? disk_fails() : SQLITE_OK;
    return rc == SQLITE_OK ? PASS(f, xShmMap, page, size, extend, p) : SQLITE_IOERR_SHMSIZE;
}
static int disk_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return PASS(f, xShmLock, offset, n, flags);
}
static void disk_shm_barrier(sqlite3_file *f)
{
    PASS(f, xShmBarrier);
}
static int disk_shm_unmap(sqlite3_file *f, int remove)
{
    return PASS(f, xShmUnmap, remove);
}

static const sqlite3_io_methods disk_methods = {
    .iVersion = 2, .xClose = disk_close, .xRead = disk_read, .xWrite = disk_write, .xTruncate = disk_truncate,
    .xSync = disk_sync, .xFileSize = disk_size, .xLock = disk_lock, .xUnlock = disk_unlock,
    .xCheckReservedLock = disk_reserved, .xFileControl = disk_control, .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_characteristics, .xShmMap = disk_shm_map, .xShmLock = disk_shm_lock,
    .xShmBarrier = disk_shm_barrier, .xShmUnmap = disk_shm_unmap,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct disk_file *file = (struct disk_file *)f;
    (void)vfs;
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    int rc = disk_real->xOpen(disk_real, name, file->real, flags, out);
    file->base.pMethods = rc == SQLITE_OK ? &disk_methods : NULL;
    return rc;
}

static void disk_install(void)
{
    static sqlite3_vfs vfs;
    disk_real = sqlite3_vfs_find(NULL);
    vfs = *disk_real;
    vfs.pNext = NULL;
    vfs.zName = "disk";
    vfs.szOsFile = (int)sizeof(struct disk_file) + disk_real->szOsFile;
    vfs.xOpen = disk_open;
    sqlite3_vfs_register(&vfs, 1);
}

#endif
