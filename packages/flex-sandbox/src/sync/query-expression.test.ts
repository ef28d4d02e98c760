import { describe, expect, it } from 'vitest';
import { parseQuery } from './query-expression.js';

const row = {
  key: 'WK1',
  data: {
    worker_sid: 'WK1',
    status: 'wrapping',
    priority: 5,
    available: true,
    attributes: { skills: ['sales', 'Support'] },
  },
};

describe('parseQuery', () => {
  it.each([
    ['', true],
    ['data.worker_sid == "WK1"', true],
    ['data.worker_sid == "WK2"', false],
    ['data.worker_sid == "WK1" && (data.status not_in ["completed","canceled"])', true],
    ['data.worker_sid == "WK1" && (data.status not_in ["completed","wrapping"])', false],
    ['data.status in ["wrapping"]', true],
    ['data.priority > 4 and data.priority <= 5', true],
    ['data.priority > 5', false],
    ['data.status > 4', false],
    ['data.available == true', true],
    ['data.attributes.skills contains "sales"', true],
    ['data.attributes.skills contains "support"', false],
    ['data.attributes.skills icontains "support"', true],
    ['data.missing == "x" or data.available == true', true],
    ['data.missing.deeper != "x"', true],
    ['data.status == "none" || data.status == "wrapping" && data.priority == 1', false],
  ])('evaluates %j to %s', (query, matches) => {
    expect(parseQuery(query)(row)).toBe(matches);
  });

  it.each(['data.a ==', 'data.a like "x"', '(data.a == 1', 'data.a == 1 data.b == 2', '==', '# 1'])(
    'refuses %s',
    (query) => {
      expect(() => parseQuery(query)).toThrow('Failed to parse the query');
    },
  );
});
