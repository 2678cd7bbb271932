/** A message of gRPC: not compressed, its length in four bytes, then the message. */
export function framed(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** Reads messages out of the parts in which they come. */
export class FrameReader {
  private rest = Buffer.alloc(0);

  read(part: Buffer): string[] {
    this.rest = Buffer.concat([this.rest, part]);
    const messages: string[] = [];
    for (;;) {
      if (this.rest.length < 5) return messages;
      const end = 5 + this.rest.readUInt32BE(1);
      if (this.rest.length < end) return messages;
      messages.push(this.rest.subarray(5, end).toString());
      this.rest = this.rest.subarray(end);
    }
  }
}
