/** What the error codes of the operating system mean, and what a user can do about each. */
export const systemCodes: Readonly<Record<string, { why: string; remedy: string }>> = {
  ENOSPC: { why: 'no space is left on the device', remedy: 'free space there, then try again' },
  EDQUOT: { why: 'the disk quota is used up', remedy: 'free space there or raise the quota, then try again' },
  EFBIG: { why: 'the file is larger than is allowed', remedy: 'raise the limit (ulimit -f), then try again' },
  EROFS: { why: 'the file system is read-only', remedy: 'work in a folder that can be written' },
  EACCES: { why: 'permission is denied', remedy: 'check who owns it and what it permits, then try again' },
  EPERM: { why: 'the operation is not permitted', remedy: 'check who owns it and what it permits, then try again' },
  EEXIST: { why: 'a file of this name exists', remedy: 'move it away, then try again' },
  ENOENT: { why: 'there is no such file or folder', remedy: 'correct the path, or create it' },
  ENOTDIR: { why: 'a part of the path is a file, not a folder', remedy: 'move that file away, or name another path' },
  EISDIR: { why: 'it is a folder, not a file', remedy: 'name a file' },
  EXDEV: { why: 'it cannot be moved to another file system', remedy: 'work on one file system' },
  EMFILE: { why: 'this process has too many open files', remedy: 'raise the limit: ulimit -n 4096' },
  ENFILE: { why: 'the system has too many open files', remedy: 'end what is not needed, then try again' },
};
