export type { Account } from './account.js';
export { SANDBOX_ACCOUNT } from './account.js';
export type { LandingOptions, LandingWindow } from './control/landing/page.js';
export type { RequestRecord } from './control/requests.js';
export type { SandboxSnapshot } from './control/snapshot.js';
export type { ReleasedPlugin } from './flex/plugins.js';
export type { Sandbox, SandboxOptions } from './sandbox.js';
export { startSandbox } from './sandbox.js';
export type { AccountSeed, SeedQueue, SeedWorker } from './seed.js';
