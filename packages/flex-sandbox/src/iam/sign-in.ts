/**
 * Signs a worker in to Flex by name, for pages and tests, in place of the account's identity provider. There
 * is no password, because the sandbox listens on this machine only.
 */
import { notFound } from '../api-error.js';
import { parseJsonObjectOrEmpty } from '../json.js';
import type { SandboxState } from '../sandbox-state.js';
import type { TaskRouter } from '../task-router/task-router.js';
import { flexUserSid, formatExpiration } from './validate.js';

/** The session that Flex UI stores. The members have the names that Flex UI reads. */
export interface FlexSession {
  readonly token: string;
  readonly identity: string;
  readonly roles: readonly string[];
  /** ISO 8601. */
  readonly expiration: string;
  readonly flexUserSid: string;
  readonly accountSid: string;
}

const DEFAULT_LIFETIME_MS = 24 * 3_600_000;

/**
 * `name` is a worker's friendly name. Case is ignored, as in host names. Throws 404. A token that Flex renews has the same
 * lifetime.
 */
export function signIn(
  sandbox: SandboxState,
  taskRouter: TaskRouter,
  name: string,
  lifetimeMs: number = DEFAULT_LIFETIME_MS,
): FlexSession {
  for (const workspace of taskRouter.workspaces()) {
    for (const worker of workspace.workers.values()) {
      if (worker.friendlyName.toLowerCase() !== name.toLowerCase()) continue;
      const { contact_uri, roles } = parseJsonObjectOrEmpty(worker.attributes);
      const identity = typeof contact_uri === 'string' ? contact_uri.replace(/^client:/, '') : name;
      const flexRoles = Array.isArray(roles) ? roles.map(String) : ['agent'];
      const claims = {
        identity,
        workerSid: worker.sid,
        workspaceSid: workspace.sid,
        roles: flexRoles,
        lifetimeMs,
      };
      return {
        token: sandbox.tokens.issueFlexToken(claims),
        identity,
        roles: flexRoles,
        expiration: formatExpiration({ expiresAtMs: sandbox.clock.nowMs() + lifetimeMs }),
        flexUserSid: flexUserSid(identity),
        accountSid: sandbox.account.accountSid,
      };
    }
  }
  throw notFound(`/Workers/${name}`);
}
