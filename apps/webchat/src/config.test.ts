import { describe, expect, it } from 'vitest';
import { parseConfig } from './config';

describe('parseConfig', () => {
  it('removes the trailing slash from the URL of the functions', () => {
    expect(parseConfig({ functionsUrl: 'https://functions.example/' })).toEqual({
      functionsUrl: 'https://functions.example',
    });
  });

  it.each([undefined, null, {}, { functionsUrl: '' }])(
    'uses the page’s own origin when no URL is set: %j',
    (value) => {
      expect(parseConfig(value)).toEqual({ functionsUrl: '' });
    },
  );

  it.each(['conversations', 'programmable-chat'])('accepts the backend %s', (backend) => {
    expect(parseConfig({ backend })).toEqual({ functionsUrl: '', backend });
  });

  it.each(['Conversations', '', null, true])('refuses %j as a backend', (backend) => {
    expect(() => parseConfig({ backend })).toThrow('backend');
  });

  it.each([42, 'functions.example', 'javascript:alert(1)'])(
    'refuses %j as the URL of the functions',
    (functionsUrl) => {
      expect(() => parseConfig({ functionsUrl })).toThrow('functionsUrl');
    },
  );
});
