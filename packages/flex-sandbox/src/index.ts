export type { Account } from './account.js';
export { SANDBOX_ACCOUNT } from './account.js';
export type { Sandbox, SandboxOptions } from './sandbox.js';
export { startSandbox } from './sandbox.js';
