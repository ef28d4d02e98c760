import { describe, expect, it } from 'vitest';
import { findOtherTransfers } from './other-transfers';

const withFeatures = (features: unknown) => ({ ui_attributes: { custom_data: { features } } });
const OWN = { name: 'plugin-chat-transfer', version: '0.1.0' };

describe('findOtherTransfers', () => {
  it.each(['flex-plugin-library-chat-transfer', 'flex-plugin-library-chat-transfer-cold'])(
    'names the plugin %s and where to disable it',
    (name) => {
      const [warning, ...others] = findOtherTransfers({}, [OWN, { name, version: '1.0.0' }]);
      expect(others).toEqual([]);
      expect(warning).toContain(`"${name}"`);
      expect(warning).toContain('Disable it in the Plugin Library.');
    },
  );

  it.each(['conversation_transfer', 'chat_transfer'])(
    'names the feature %s of the template and the setting that disables it',
    (feature) => {
      const [warning, ...others] = findOtherTransfers(withFeatures({ [feature]: { enabled: true } }), [OWN]);
      expect(others).toEqual([]);
      expect(warning).toContain(`ui_attributes.custom_data.features.${feature}.enabled to false`);
    },
  );

  it('returns a message for each of several', () => {
    const plugins = [OWN, { name: 'flex-plugin-library-chat-transfer' }];
    const configuration = withFeatures({
      conversation_transfer: { enabled: true },
      chat_transfer: { enabled: true },
    });
    expect(findOtherTransfers(configuration, plugins)).toHaveLength(3);
  });

  it.each<[string, unknown, unknown]>([
    ['a feature that is off', { conversation_transfer: { enabled: false } }, [OWN]],
    ['other features', { chat_to_video_escalation: { enabled: true } }, [OWN]],
    ['a plugin with another name', {}, [OWN, { name: 'flex-plugin-library-chat-to-video' }]],
    ['features of another shape', 'all', [OWN]],
    ['no list of plugins', null, undefined],
    ['plugins of another shape', {}, [null, 'x', { name: 7 }]],
  ])('returns nothing for %s', (_, features, plugins) => {
    expect(findOtherTransfers(withFeatures(features), plugins)).toEqual([]);
  });
});
