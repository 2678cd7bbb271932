import { gzipSync } from 'node:zlib';

export const base64 = (content: string | Buffer) => Buffer.from(content).toString('base64');
export const hex = (content: string | Buffer) => Buffer.from(content).toString('hex');
export const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
export const gzips = (text: string, times: number): Buffer =>
  Array.from({ length: times }).reduce<Buffer>((packed) => gzipSync(packed), Buffer.from(text));
/** A tar archive with one file. */
export function tar(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('ustar\x0000', 257);
  header.write('0', 156);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512), Buffer.alloc(1024)]);
}
export const wrapped = (text: string, width: number) => text.replace(new RegExp(`.{${width}}`, 'g'), '$&\n');
