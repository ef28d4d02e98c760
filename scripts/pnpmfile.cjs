/**
 * Changes the manifests of two packages. pnpm-lock.yaml holds a checksum of this file: update it with
 * `npx pnpm install --no-frozen-lockfile` after a change.
 *
 * tsup gets its own TypeScript version. The workspace checks types with TypeScript 7, which is native; tsup builds
 * declarations with the JavaScript API, which only versions up to 6 have.
 *
 * @twilio/cli-core loses its dependencies, some 130 packages. Only its JSON files are read: Twilio's API descriptions.
 */
module.exports = {
  hooks: {
    readPackage(manifest) {
      if (manifest.name === 'tsup') {
        delete manifest.peerDependencies?.typescript;
        delete manifest.peerDependenciesMeta?.typescript;
        manifest.dependencies = { ...manifest.dependencies, typescript: '6.0.3' };
      }
      if (manifest.name === '@twilio/cli-core') manifest.dependencies = {};
      return manifest;
    },
  },
};
