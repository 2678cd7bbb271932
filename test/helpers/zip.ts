import { crc32, deflateRawSync } from 'node:zlib';

/** How an archive is made; the default is one deflated entry as any program writes it. */
export interface ZipShape {
  /** Of APPNOTE 4.4.5: 0 stored, 8 deflated, 12 bzip2, 14 LZMA; others than 0 only name the method. */
  method?: number;
  /** Bits of APPNOTE 4.4.4: 1 encrypted, 8 sizes behind the content. */
  flags?: number;
  /** Sizes and offsets in the records of zip64. */
  zip64?: boolean;
  /** A zip64 field in the local header alone. */
  zip64Local?: boolean;
  badCrc?: boolean;
  comment?: string;
  /** Entries that the directory leaves out. */
  hidden?: string[];
}

/** A zip archive of the given files. */
export function zip(files: Record<string, string | Buffer>, shape: ZipShape = {}): Buffer {
  const { method = 8, flags = 0, zip64 = false, zip64Local = false, comment = '', hidden = [] } = shape;
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const packed = method === 8 ? deflateRawSync(bytes) : bytes;
    const crc = shape.badCrc ? 0x12345678 : crc32(bytes);
    const behind = (flags & 8) !== 0;
    const extra = zip64 || zip64Local ? sizes64(bytes.length, packed.length) : Buffer.alloc(0);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(zip64 ? 45 : 20, 4);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    if (!behind) {
      local.writeUInt32LE(crc, 14);
      local.writeUInt32LE(zip64 ? 0xffffffff : packed.length, 18);
      local.writeUInt32LE(zip64 ? 0xffffffff : bytes.length, 22);
    }
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(extra.length, 28);
    const descriptor = Buffer.alloc(behind ? 16 : 0);
    if (behind) {
      descriptor.writeUInt32LE(0x08074b50, 0);
      descriptor.writeUInt32LE(crc, 4);
      descriptor.writeUInt32LE(packed.length, 8);
      descriptor.writeUInt32LE(bytes.length, 12);
    }
    const entry = Buffer.concat([local, Buffer.from(name), extra, packed, descriptor]);
    parts.push(entry);
    if (!hidden.includes(name)) {
      const central = Buffer.alloc(46);
      central.writeUInt32LE(0x02014b50, 0);
      central.writeUInt16LE(zip64 ? 45 : 20, 6);
      central.writeUInt16LE(flags, 8);
      central.writeUInt16LE(method, 10);
      central.writeUInt32LE(crc, 16);
      central.writeUInt32LE(zip64 ? 0xffffffff : packed.length, 20);
      central.writeUInt32LE(zip64 ? 0xffffffff : bytes.length, 24);
      central.writeUInt16LE(name.length, 28);
      central.writeUInt16LE(zip64 ? 20 : 0, 30);
      central.writeUInt32LE(offset, 42);
      directory.push(
        Buffer.concat([central, Buffer.from(name), zip64 ? sizes64(bytes.length, packed.length) : Buffer.alloc(0)]),
      );
    }
    offset += entry.length;
  }
  const size = directory.reduce((sum, one) => sum + one.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  end.writeUInt16LE(comment.length, 20);
  const records = zip64 ? end64(directory.length, size, offset) : Buffer.alloc(0);
  return Buffer.concat([...parts, ...directory, records, end, Buffer.from(comment)]);
}

function sizes64(plain: number, packed: number): Buffer {
  const field = Buffer.alloc(20);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(16, 2);
  field.writeBigUInt64LE(BigInt(plain), 4);
  field.writeBigUInt64LE(BigInt(packed), 12);
  return field;
}

function end64(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}
