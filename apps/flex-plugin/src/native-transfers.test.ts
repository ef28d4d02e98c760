import { describe, expect, it } from 'vitest';
import { decideNativeTransfers } from './native-transfers';

const withSetting = (native_transfers?: unknown) => ({
  ui_attributes: { chat_transfer: { native_transfers } },
});

const conversationSid = `CH${'2'.repeat(32)}`;
const task = (attributes: object) => ({ taskSid: `WT${'1'.repeat(32)}`, status: 'accepted', attributes });
const onFlexConversations = task({
  conversationSid,
  flexInteractionSid: `KD${'4'.repeat(32)}`,
  flexInteractionChannelSid: `UO${'5'.repeat(32)}`,
});
const onProgrammableChat = task({ channelSid: conversationSid });

describe('decideNativeTransfers with native transfers enabled', () => {
  it.each([undefined, 'replace'])('hides native transfers with the setting %s', (setting) => {
    const { hidesNativeTransfers, usesNativeTransfer } = decideNativeTransfers(withSetting(setting), true);
    expect(hidesNativeTransfers).toBe(true);
    expect(usesNativeTransfer(onFlexConversations)).toBe(false);
  });

  it('keeps native transfers with the setting keep, except for chats that Flex cannot transfer', () => {
    const { hidesNativeTransfers, usesNativeTransfer } = decideNativeTransfers(withSetting('keep'), true);
    expect(hidesNativeTransfers).toBe(false);
    expect(usesNativeTransfer(onFlexConversations)).toBe(true);
    expect(usesNativeTransfer(onProgrammableChat)).toBe(false);
    expect(usesNativeTransfer(undefined)).toBe(false);
  });

  it.each([
    ['keep', 'to Flex: ui_attributes.chat_transfer.native_transfers is "keep".'],
    ['replace', 'native_transfers is "replace".'],
    [undefined, 'native_transfers is "replace" by default.'],
  ])('explains who transfers chats with the setting %s', (setting, words) => {
    const { info, problem } = decideNativeTransfers(withSetting(setting), true);
    expect(info).toContain(words);
    expect(problem).toBeUndefined();
  });

  it('reports an invalid setting and hides native transfers', () => {
    const { hidesNativeTransfers, info, problem } = decideNativeTransfers(withSetting('off'), true);
    expect(hidesNativeTransfers).toBe(true);
    expect(info).toContain('"replace" by default');
    expect(problem).toContain('"off"');
  });
});

describe('decideNativeTransfers without native transfers', () => {
  it.each(['keep', 'replace', undefined])(
    'uses no native transfer and logs nothing with the setting %s',
    (setting) => {
      const { hidesNativeTransfers, usesNativeTransfer, info } = decideNativeTransfers(
        withSetting(setting),
        false,
      );
      expect(hidesNativeTransfers).toBe(false);
      expect(usesNativeTransfer(onFlexConversations)).toBe(false);
      expect(info).toBeUndefined();
    },
  );

  it('reports an invalid setting', () => {
    expect(decideNativeTransfers(withSetting('off'), false).problem).toContain('"off"');
  });
});
