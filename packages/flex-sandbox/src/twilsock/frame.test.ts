import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame } from './frame.js';

describe('twilsock frames', () => {
  it('counts the header and the payload in bytes, not in characters', () => {
    const frame = encodeFrame({ id: 'TM1', method: 'notification', note: 'żółw' }, { text: '🐢' });
    const { header, payload } = decodeFrame(frame);
    expect(header).toMatchObject({ id: 'TM1', method: 'notification', note: 'żółw' });
    expect(header.payload_size).toBe(payload.length);
    expect(JSON.parse(payload.toString('utf8'))).toEqual({ text: '🐢' });
  });

  it('says that a frame without a payload has none', () => {
    const { header, payload } = decodeFrame(encodeFrame({ id: 'TM1', method: 'reply' }));
    expect(header.payload_size).toBe(0);
    expect(header.payload_type).toBeUndefined();
    expect(payload).toHaveLength(0);
  });

  it('refuses bytes that are no frame', () => {
    expect(() => decodeFrame(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toThrow('does not start with TWILSOCK');
  });
});
