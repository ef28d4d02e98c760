import { describe, expect, it } from 'vitest';
import { parseConfig } from './config';

describe('parseConfig', () => {
  it('takes the address of the functions, without the slash at its end', () => {
    expect(parseConfig({ functionsUrl: 'https://functions.example/' })).toEqual({
      functionsUrl: 'https://functions.example',
    });
  });

  it.each([undefined, null, {}, { functionsUrl: '' }])(
    'means the page itself when nothing is set (%j)',
    (value) => {
      expect(parseConfig(value)).toEqual({ functionsUrl: '' });
    },
  );

  it.each(['conversations', 'programmable-chat'])('starts chats at %s where that is set', (backend) => {
    expect(parseConfig({ backend })).toEqual({ functionsUrl: '', backend });
  });

  it.each(['Conversations', '', null, true])('refuses %j, which is no backend', (backend) => {
    expect(() => parseConfig({ backend })).toThrow('backend');
  });

  it.each([42, 'functions.example', 'javascript:alert(1)'])(
    'refuses %j, which is no address',
    (functionsUrl) => {
      expect(() => parseConfig({ functionsUrl })).toThrow('functionsUrl');
    },
  );
});
