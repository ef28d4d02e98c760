import { describe, expect, it } from 'vitest';
import { compileExpression, createScope, ExpressionError } from './expression.js';

const worker = {
  sid: 'WKalice',
  contact_uri: 'client:alice',
  level: 3,
  languages: ['en', 'de'],
  routing: { skills: ['support', 'billing'], levels: { support: 2 } },
  vip: true,
};
const task = {
  type: 'chat',
  queue: "O'Neill",
  workerSidsInConversation: ['WKbob', 'WKcarol'],
  in: 'a key that is a reserved word',
  numbers: [1, 2],
};

const evaluate = (source: string) => compileExpression(source)(createScope(worker, { worker, task }));

describe('compileExpression', () => {
  it.each([
    ['', true],
    ['1==1', true],
    ['1 == 2', false],
    ['level == 3', true],
    ['level = 3', true],
    ['level <> 3', false],
    ["level == '3'", true],
    ['level >= 3 AND level < 4', true],
    ['level > 10', false],
    ["contact_uri == 'client:alice'", true],
    ['contact_uri == "client:alice"', true],
    ['vip', true],
    ['vip == true', true],
    ['NOT vip', false],
    ['!vip || level == 3', true],
    ['vip && level == 4', false],
    ["routing.skills HAS 'support'", true],
    ["routing.skills HAS 'sales'", false],
    ["NOT (routing.skills HAS 'sales')", true],
    ["routing.skills NOT HAS 'sales'", true],
    ['routing.levels.support >= 2', true],
    ["'de' IN languages", true],
    ["task.type IN ['chat', 'sms']", true],
    ["task.type in ['voice']", false],
    ["task.type NOT IN ['voice']", true],
    ['task.type IN []', false],
    ["contact_uri CONTAINS 'alice'", true],
    ["contact_uri NOT CONTAINS 'alice'", false],
    ["task.queue == 'O\\'Neill'", true],
    ["task.in CONTAINS 'word'", true],
    ['task.numbers[1] == 2', true],
    ['worker.sid NOT IN task.workerSidsInConversation', true],
    ["'WKbob' IN task.workerSidsInConversation", true],
    ["level == 1 OR level == 3 AND type == 'x'", false],
    ["(level == 3 OR level == 1) AND task.type == 'chat'", true],
  ])('evaluates %j to %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });

  it.each([
    ['nothing == NULL', true],
    ['nothing != null', false],
    ["nothing == 'x'", false],
    ["nothing != 'x'", true],
    ['nothing < 1', false],
    ['nothing >= 1', false],
    ["nothing IN ['x']", false],
    ["nothing HAS 'x'", false],
    ["nothing CONTAINS 'x'", false],
    ['worker.sid NOT IN task.nothing', true],
    ['worker.contact_uri != task.ignoreWorkerContactUri', true],
    ['nothing.at.all == null', true],
    ['nothing', false],
  ])('treats a missing key as NULL: %s is %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });

  it('does not read JavaScript built-ins', () => {
    expect(evaluate('constructor == null')).toBe(true);
    expect(evaluate('languages.length == null OR languages.length == 2')).toBe(true);
    expect(evaluate('__proto__.toString == null')).toBe(true);
  });

  it.each([
    'level ==',
    '(level == 1',
    'level == 1)',
    'level IN [1',
    'level 3',
    '== 1',
    "type == 'chat",
    'a..b == 1',
    'a NOT 1',
    '#',
  ])('refuses %s', (source) => {
    expect(() => compileExpression(source)).toThrow(ExpressionError);
  });
});
