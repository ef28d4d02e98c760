import { describe, expect, it } from 'vitest';
import { createNativeTransfersSwitch, decideNativeTransfers } from './native-transfers';

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

describe('createNativeTransfersSwitch', () => {
  /** Flex's store, with the settings that Flex has fetched. */
  function openPage({ setting, enabled }: { setting?: 'keep' | 'replace'; enabled: boolean }) {
    let config: object | undefined = { enabled, transfer_notes_enabled: true };
    let ignoresWrites = false;
    const logged: string[] = [];
    const log = (line: unknown) => logged.push(String(line));
    const native = createNativeTransfersSwitch({
      configuration: withSetting(setting),
      readConfig: () => config,
      writeConfig: (next) => {
        if (ignoresWrites) return;
        config = next;
        // The store calls its listeners.
        native.update();
      },
      onIgnored: () => log('ignored'),
      log: { info: log, error: log },
    });
    native.update();
    return {
      native,
      logged,
      config: () => config,
      fetchAgain(next: object) {
        config = next;
        native.update();
      },
      ignoreWrites() {
        ignoresWrites = true;
      },
    };
  }

  it('hides native transfers and keeps the other settings', () => {
    const page = openPage({ enabled: true });
    expect(page.config()).toEqual({ enabled: false, transfer_notes_enabled: true });
  });

  it('hides native transfers again whenever Flex fetches the settings again', () => {
    const page = openPage({ enabled: true });
    page.fetchAgain({ enabled: true, transfer_notes_enabled: false });
    expect(page.config()).toEqual({ enabled: false, transfer_notes_enabled: false });
    page.fetchAgain({ enabled: true });
    expect(page.config()).toEqual({ enabled: false });
    expect(page.logged).toHaveLength(1);
  });

  it('writes nothing while the account has native transfers disabled', () => {
    const page = openPage({ enabled: false });
    const next = { enabled: false };
    page.fetchAgain(next);
    expect(page.config()).toBe(next);
    expect(page.logged).toEqual([]);
  });

  it('hides native transfers that the account enables while the page is open', () => {
    const page = openPage({ enabled: false });
    page.fetchAgain({ enabled: true });
    expect(page.config()).toEqual({ enabled: false });
    expect(page.logged).toEqual([expect.stringContaining('"replace" by default')]);
  });

  it('with the setting keep, leaves to Flex what the account enables while the page is open', () => {
    const page = openPage({ setting: 'keep', enabled: false });
    expect(page.native.usesNativeTransfer(onFlexConversations)).toBe(false);
    page.fetchAgain({ enabled: true });
    expect(page.config()).toEqual({ enabled: true });
    expect(page.native.usesNativeTransfer(onFlexConversations)).toBe(true);
  });

  it('with the setting keep, hides native transfers only while the directory is open for a chat that Flex cannot transfer', () => {
    const page = openPage({ setting: 'keep', enabled: true });
    const enabled = () => (page.config() as { enabled: boolean }).enabled;
    page.native.directoryOpens(onFlexConversations);
    expect(enabled()).toBe(true);
    page.native.directoryCloses();
    page.native.directoryOpens(onProgrammableChat);
    expect(enabled()).toBe(false);
    // Flex fetches the settings while the directory is open.
    page.fetchAgain({ enabled: true, transfer_notes_enabled: false });
    expect(enabled()).toBe(false);
    page.native.directoryCloses();
    expect(page.config()).toEqual({ enabled: true, transfer_notes_enabled: false });
  });

  it('says that Flex ignores what the plugin writes', () => {
    const page = openPage({ enabled: false });
    page.ignoreWrites();
    page.fetchAgain({ enabled: true });
    expect(page.logged).toContain('ignored');
  });

  it('does nothing if Flex keeps its settings elsewhere', () => {
    const ports = {
      configuration: withSetting(),
      readConfig: () => undefined,
      writeConfig: () => expect.unreachable(),
      onIgnored: () => expect.unreachable(),
      log: { info: () => expect.unreachable(), error: () => expect.unreachable() },
    };
    const native = createNativeTransfersSwitch(ports);
    native.update();
    native.directoryOpens(onProgrammableChat);
    native.directoryCloses();
    expect(native.usesNativeTransfer(onFlexConversations)).toBe(false);
  });
});
