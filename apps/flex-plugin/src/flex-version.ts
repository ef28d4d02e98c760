/** Which versions of Flex UI the plugin supports. `package.json` states the same in `peerDependencies`. */

/** In 2.13, `LeaveChannel` became an action that plugins can replace. */
export const OLDEST_FLEX = '2.13.0';

/** Returns false only for a version that is certainly older. A pre-release counts as its version. */
export function isSupportedFlex(version: unknown): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(String(version)) ?? [];
  if (major === undefined || minor === undefined) return true;
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_FLEX.split('.').map(Number);
  return Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
}
