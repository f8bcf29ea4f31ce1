import { crc32, deflateSync } from 'node:zlib';

/**
 * A picture as PNG (ISO/IEC 15948), 8 bits a channel, without filters.
 *
 * @param pixels 0 to 255; channels × height × width for one channel (grey) or three (red, green, blue)
 */
export function png(pixels: Uint8Array, channels: 1 | 3, height: number, width: number): Buffer {
  const lines = Buffer.alloc(height * (1 + width * channels));
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < channels; channel++)
        lines[row * (1 + width * channels) + 1 + column * channels + channel] =
          pixels[(channel * height + row) * width + column] ?? 0;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), 4 + body.length);
  return out;
}
