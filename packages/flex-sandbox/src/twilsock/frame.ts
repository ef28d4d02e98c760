/**
 * Encodes and decodes the TWILSOCK V3.0 frame, a binary WebSocket message in both directions:
 *
 *   TWILSOCK V3.0 <header length in bytes>\r\n
 *   <header: JSON>\r\n
 *   <payload: header.payload_size bytes>
 *
 * connection.ts handles the methods.
 */

export interface FrameHeader {
  readonly id: string;
  readonly method: string;
  readonly [field: string]: unknown;
}

export interface Frame {
  readonly header: FrameHeader;
  readonly payload: Buffer;
}

const MAGIC = 'TWILSOCK V3.0';
const LINE_END = '\r\n';

/** Encodes a frame. `payload` is sent as JSON; omit it for an empty payload. */
export function encodeFrame(header: FrameHeader, payload?: unknown): Buffer {
  const body = payload === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(payload));
  const head = Buffer.from(
    JSON.stringify({
      ...header,
      payload_size: body.length,
      ...(body.length > 0 ? { payload_type: 'application/json' } : {}),
    }),
  );
  return Buffer.concat([
    Buffer.from(`${MAGIC} ${head.length}${LINE_END}`),
    head,
    Buffer.from(LINE_END),
    body,
  ]);
}

/** Decodes a frame. Throws for invalid bytes. */
export function decodeFrame(bytes: Buffer): Frame {
  const lineEnd = bytes.indexOf(LINE_END);
  const line = /^TWILSOCK V3\.0 (\d+)$/.exec(bytes.subarray(0, Math.max(lineEnd, 0)).toString('latin1'));
  if (line === null)
    throw new Error('Failed to read a twilsock frame: it does not start with TWILSOCK V3.0.');
  const headerStart = lineEnd + LINE_END.length;
  const headerEnd = headerStart + Number(line[1]);
  const header = JSON.parse(bytes.subarray(headerStart, headerEnd).toString('utf8')) as FrameHeader;
  const payloadStart = headerEnd + LINE_END.length;
  return { header, payload: bytes.subarray(payloadStart, payloadStart + Number(header.payload_size ?? 0)) };
}
