import { describe, expect, it } from 'vitest';
import {
  createMissingReport,
  type FlexPart,
  readConversation,
  readFeature,
  readTasks,
  readTransfersConfig,
  readView,
} from './flex-internals';

const SID = `CH${'1'.repeat(32)}`;
const conversation = { messages: [] };
const STATE = {
  flex: {
    worker: { tasks: new Map([['WR1', { taskSid: 'WT1' }]]) },
    chat: { conversations: { [SID]: conversation } },
    view: { activeView: 'agent-desktop', selectedTaskSid: 'WR1' },
    featureFlags: {
      features: { on: { enabled: true }, off: { enabled: false } },
      localOverrides: { off: { enabled: true } },
      transfersConfig: { enabled: true },
    },
  },
};

/** What each reader returns, and the parts that it reports as missing. */
function readAll(state: unknown) {
  const missing: FlexPart[] = [];
  const report = (part: FlexPart) => missing.push(part);
  return {
    missing,
    tasks: readTasks(state, report),
    conversation: readConversation(state, SID, report),
    view: readView(state, report),
    isOn: readFeature(state, 'on', report),
    isOverridden: readFeature(state, 'off', report),
    isUnknownOn: readFeature(state, 'other', report),
    transfersConfig: readTransfersConfig(state, report),
  };
}

describe('the readers of Flex’s store', () => {
  it('return the values of the store and report nothing', () => {
    expect(readAll(STATE)).toEqual({
      missing: [],
      tasks: [{ taskSid: 'WT1' }],
      conversation,
      view: { activeView: 'agent-desktop', selectedTaskSid: 'WR1' },
      isOn: true,
      isOverridden: true,
      isUnknownOn: false,
      transfersConfig: { enabled: true },
    });
  });

  it.each([undefined, null, {}, { flex: null }, { flex: {} }, { flex: { worker: { tasks: {} } } }])(
    'return an empty value and report the part, for the store %j',
    (state) => {
      const { missing, ...values } = readAll(state);
      expect(values).toEqual({
        tasks: [],
        conversation: undefined,
        view: { activeView: undefined, selectedTaskSid: undefined },
        isOn: false,
        isOverridden: false,
        isUnknownOn: false,
        transfersConfig: undefined,
      });
      expect([...new Set(missing)]).toEqual([
        'flex.worker.tasks in its store',
        'flex.chat.conversations in its store',
        'flex.view in its store',
        'flex.featureFlags in its store',
        'flex.featureFlags.transfersConfig in its store',
      ]);
    },
  );

  it('do not report a conversation that the page has not loaded', () => {
    const { missing, conversation: found } = readAll({
      flex: { ...STATE.flex, chat: { conversations: {} } },
    });
    expect([missing, found]).toEqual([[], undefined]);
  });
});

describe('createMissingReport', () => {
  it('logs each missing part once, and what does not work without it', () => {
    const lines: string[] = [];
    const report = createMissingReport((line) => lines.push(line));
    report('flex.view in its store');
    report('flex.worker.tasks in its store');
    report('flex.view in its store');
    expect(lines).toEqual([
      expect.stringMatching(/lacks flex\.view in its store\. Agents are notified .+\.$/),
      expect.stringMatching(/lacks flex\.worker\.tasks in its store\. Leaving .+\.$/),
    ]);
  });
});
