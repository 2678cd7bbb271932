/** What the error codes of the operating system mean, and what a user can do about each. */
export const systemCodes: Readonly<Record<string, { why: string; remedy: string }>> = {
  ENOSPC: { why: 'no space left on the device', remedy: 'free some space there, then try again' },
  EDQUOT: { why: 'the disk quota is used up', remedy: 'free space there or raise the quota, then try again' },
  EFBIG: { why: 'the file is larger than allowed', remedy: 'raise the limit (ulimit -f), then try again' },
  EROFS: { why: 'the file system is read-only', remedy: 'use a writable folder' },
  EACCES: { why: 'permission is denied', remedy: 'check its owner and permissions, then try again' },
  EPERM: { why: 'the operation is not permitted', remedy: 'check its owner and permissions, then try again' },
  EEXIST: { why: 'a file with this name exists', remedy: 'move it away, then try again' },
  ENOENT: { why: 'the file or folder does not exist', remedy: 'correct the path, or create it' },
  ENOTDIR: { why: 'part of the path is a file, not a folder', remedy: 'move that file away, or use another path' },
  EISDIR: { why: 'it is a folder, not a file', remedy: 'use the path of a file' },
  EXDEV: { why: 'it cannot be moved to another file system', remedy: 'use a folder on the same file system' },
  EMFILE: { why: 'this process has too many open files', remedy: 'raise the limit: ulimit -n 4096' },
  ENFILE: { why: 'the system has too many open files', remedy: 'stop unneeded processes, then try again' },
};
