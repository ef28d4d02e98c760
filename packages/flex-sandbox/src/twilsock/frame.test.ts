import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame } from './frame.js';

describe('a twilsock frame', () => {
  it('counts the sizes of header and payload in bytes, not characters', () => {
    const frame = encodeFrame({ id: 'TM1', method: 'notification', note: 'żółw' }, { text: '🐢' });
    const { header, payload } = decodeFrame(frame);
    expect(header).toMatchObject({ id: 'TM1', method: 'notification', note: 'żółw' });
    expect(header.payload_size).toBe(payload.length);
    expect(JSON.parse(payload.toString('utf8'))).toEqual({ text: '🐢' });
  });

  it('has payload_size 0 and no payload_type when it has no payload', () => {
    const { header, payload } = decodeFrame(encodeFrame({ id: 'TM1', method: 'reply' }));
    expect(header.payload_size).toBe(0);
    expect(header.payload_type).toBeUndefined();
    expect(payload).toHaveLength(0);
  });

  it('is refused when it does not start with TWILSOCK', () => {
    expect(() => decodeFrame(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toThrow('does not start with TWILSOCK');
  });
});
