/**
 * Gives tsup its own TypeScript version. The workspace checks types with TypeScript 7, which is native; tsup builds
 * declarations with the JavaScript API, which only versions up to 6 have. pnpm-lock.yaml holds a checksum of this file:
 * update it with `npx pnpm install --no-frozen-lockfile` after a change.
 */
module.exports = {
  hooks: {
    readPackage(manifest) {
      if (manifest.name === 'tsup') {
        delete manifest.peerDependencies?.typescript;
        delete manifest.peerDependenciesMeta?.typescript;
        manifest.dependencies = { ...manifest.dependencies, typescript: '6.0.3' };
      }
      return manifest;
    },
  },
};
