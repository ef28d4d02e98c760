import { describe, expect, it } from 'vitest';
import { type Deviation, explain } from './deviations.js';

const difference = { operation: 'GET chat /v2/Services/:', pointer: '/limits', problem: 'missing' };
const deviation: Deviation = { ...difference, reason: 'https://www.twilio.com/docs/chat/rest' };

describe('explain', () => {
  it('accepts a difference whose reason is listed', () => {
    expect(explain([difference], [deviation])).toEqual({ unexplained: [], gone: [] });
  });

  it.each(['operation', 'pointer', 'problem'])('reports a difference with another %s', (member) => {
    const other = { ...difference, [member]: 'another' };
    expect(explain([difference, other], [deviation]).unexplained).toEqual([other]);
  });

  it('reports a deviation that does not occur', () => {
    expect(explain([], [deviation]).gone).toEqual([deviation]);
  });
});
