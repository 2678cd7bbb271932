import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, inflateSync } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import yauzl from 'yauzl';

/** A file within an archive. */
export interface Entry {
  name: string;
  bytes: Buffer;
}

/** What a file is: `unknown` is neither text nor anything whose content can be read here. */
export type Format = 'text' | 'gzip' | 'zlib' | 'zip' | 'tar' | 'media' | 'unsupported' | 'unknown';

/** Bytes that a format begins with; `at` is their offset. */
interface Magic {
  name: string;
  hex: string;
  at?: number;
}

const unsupported: Magic[] = [
  { name: 'xz', hex: 'fd377a585a00' },
  { name: 'zstd', hex: '28b52ffd' },
  { name: 'bzip2', hex: '425a68' },
  { name: '7z', hex: '377abcaf271c' },
  { name: 'rar', hex: '526172211a07' },
  { name: 'lz4', hex: '04224d18' },
  { name: 'lzip', hex: '4c5a4950' },
  { name: 'lzma', hex: '5d00008000' },
  { name: 'compress', hex: '1f9d' },
  { name: 'PDF', hex: '255044462d' },
];
/** Pictures, fonts and films: what they hold besides is found as it stands, if at all. */
const media: Magic[] = [
  { name: 'png', hex: '89504e470d0a1a0a' },
  { name: 'jpeg', hex: 'ffd8ff' },
  { name: 'gif', hex: '47494638' },
  { name: 'riff', hex: '52494646' },
  { name: 'woff', hex: '774f4646' },
  { name: 'woff2', hex: '774f4632' },
  { name: 'truetype', hex: '0001000000' },
  { name: 'opentype', hex: '4f54544f' },
  { name: 'icon', hex: '0000010001' },
  { name: 'webm', hex: '1a45dfa3' },
];

function begins(bytes: Buffer, { hex, at = 0 }: Magic): boolean {
  return bytes.subarray(at, at + hex.length / 2).toString('hex') === hex;
}

export function formatOf(bytes: Buffer): { format: Format; name: string } {
  if (begins(bytes, { name: '', hex: '1f8b08' })) return { format: 'gzip', name: 'gzip' };
  if (isZip(bytes)) return { format: 'zip', name: 'zip' };
  const packed = unsupported.find((magic) => begins(bytes, magic));
  if (packed) return { format: 'unsupported', name: packed.name };
  if (bytes.length >= 512 && begins(bytes, { name: '', hex: '7573746172', at: 257 }))
    return { format: 'tar', name: 'tar' };
  if (isText(bytes)) return { format: 'text', name: 'text' };
  const picture = media.find((magic) => begins(bytes, magic));
  if (picture) return { format: 'media', name: picture.name };
  if (isZlib(bytes)) return { format: 'zlib', name: 'zlib' };
  return { format: 'unknown', name: 'unknown' };
}

/** At its beginning, or anywhere by its end record: other bytes may stand before an archive. */
function isZip(bytes: Buffer): boolean {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (bytes.length > 22 && /^PK(?:\x03\x04|\x05\x06|\x07\x08)/.test(bytes.toString('latin1', 0, 4))) return true;
  return end > 0 && bytes.length - end >= 22 && bytes.includes('PK\x01\x02', 0, 'latin1');
}

/** RFC 1950: method 8, a window of at most 32 KiB, and a check of the two bytes. */
function isZlib(bytes: Buffer): boolean {
  return bytes.length > 6 && (bytes[0]! & 0x8f) === 0x08 && bytes.readUInt16BE(0) % 31 === 0;
}

/** Text in UTF-8, in UTF-16 with or without its mark, or in an older encoding with a few bytes above 127. */
export function isText(bytes: Buffer): boolean {
  if (bytes.length === 0 || isUtf8(bytes)) return true;
  if (/^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2))) return bytes.length % 2 === 0;
  let odd = 0;
  for (const byte of bytes) if (byte >= 0x80 || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) odd++;
  return odd * 20 < bytes.length;
}

/** The files in an archive that `formatOf` recognised. Throws an Error that says why it cannot be opened. `limit`: bytes unpacked. */
export async function unpack(bytes: Buffer, format: Format, limit: number): Promise<Entry[]> {
  switch (format) {
    case 'gzip':
    case 'zlib':
      return [{ name: format, bytes: inflate(bytes, format, limit) }];
    case 'zip':
      return unzip(bytes, limit);
    case 'tar':
      return untar(bytes);
    case 'text':
    case 'media':
    case 'unsupported':
    case 'unknown':
      return [];
  }
}

function inflate(bytes: Buffer, format: 'gzip' | 'zlib', limit: number): Buffer {
  // with `info`, node also returns how far it has read; its types do not say so
  const options = { maxOutputLength: Math.max(1, limit), info: true };
  const result = (format === 'gzip' ? gunzipSync : inflateSync)(bytes, options) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  const left = bytes.length - result.engine.bytesWritten;
  if (left > 0) throw new Error(`${left} bytes after its end`);
  return result.buffer;
}

async function unzip(bytes: Buffer, limit: number): Promise<Entry[]> {
  const archive = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true });
  const entries: Entry[] = [];
  const places: Place[] = [];
  let room = limit;
  for await (const entry of archive.eachEntry()) {
    if (entry.isEncrypted()) throw new Error(`${entry.fileName} is encrypted`);
    if (!entry.canDecodeFileData())
      throw new Error(`${entry.fileName} is compressed by method ${entry.compressionMethod}`);
    room -= entry.uncompressedSize;
    if (room < 0) throw new Error(`it unpacks to more than ${limit} bytes`);
    const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
    places.push({ start: entry.relativeOffsetOfLocalHeader, end: fileDataStart + entry.compressedSize });
    entries.push({ name: entry.fileName, bytes: await buffer(await archive.openReadStreamPromise(entry)) });
  }
  refuseGaps(bytes, places);
  return entries;
}

/** Where an entry's header and content lie in an archive. */
interface Place {
  start: number;
  end: number;
}

/** The longest record that may follow an entry's content, the data descriptor of zip64. */
const descriptorLength = 24;

/** Throws for bytes that belong to no entry: another program may find an entry in them, which the directory does not name. */
function refuseGaps(bytes: Buffer, places: readonly Place[]): void {
  let at = 0;
  for (const { start, end } of [...places].sort((a, b) => a.start - b.start)) {
    if (start < at || start > at + (at === 0 ? 0 : descriptorLength)) throw new Error('its entries are not contiguous');
    at = end;
  }
  const directory = bytes.indexOf(places.length > 0 ? 'PK\x01\x02' : 'PK\x05\x06', at, 'latin1');
  if (directory < at || directory > at + descriptorLength) throw new Error('its directory does not follow its entries');
}

async function untar(bytes: Buffer): Promise<Entry[]> {
  const entries: Promise<Entry>[] = [];
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      entries.push(
        buffer(entry as unknown as AsyncIterable<Buffer>).then((content) => ({ name: entry.path, bytes: content })),
      );
    },
  });
  await new Promise<void>((resolve, reject) => {
    parser.on('error', reject);
    parser.on('end', resolve);
    Readable.from([bytes]).pipe(parser as unknown as NodeJS.WritableStream);
  });
  return Promise.all(entries);
}
