/** What TaskRouter's REST endpoints share: access check, workspace look-up and response helpers. */
import { forbidden, notFound, unauthorized } from '../api-error.js';
import { forAccount, isFlexUser, isSupervisor } from '../iam/callers.js';
import type { ApiReply, ApiRequest, Method } from '../router.js';
import type { Core } from './core.js';
import { createExpressionLimits, type LimitExpression } from './expression-limits.js';
import { createRestViews, type RestViews } from './rest-views.js';
import type { Entity, Workspace } from './state.js';

export interface Rest {
  readonly core: Core;
  readonly views: RestViews;
  readonly limitExpression: LimitExpression;
  /** Adds an endpoint below `/v1/Workspaces`, for the account only. */
  on(method: Method, path: string, handler: (request: ApiRequest) => ApiReply): void;
  /** Adds an endpoint below `/v1/Workspaces/{sid}`; responds 404 when the workspace does not exist. */
  inWorkspace(
    method: Method,
    path: string,
    handler: (workspace: Workspace, request: ApiRequest) => ApiReply,
  ): void;
  /** Like `inWorkspace`, but also for supervisors with a Flex token (assumed: not for agents). */
  forSupervisors: Rest['inWorkspace'];
}

export function createRest(core: Core): Rest {
  const { account, clock, router } = core.sandbox;
  const on: Rest['on'] = (method, path, handler) =>
    router.on(method, 'taskrouter', `/v1/Workspaces${path}`, forAccount(handler));
  const withWorkspace =
    (handler: (workspace: Workspace, request: ApiRequest) => ApiReply) =>
    (request: ApiRequest): ApiReply => {
      const workspace = core.workspaces.get(segment(request, 'workspace'));
      if (workspace === undefined) throw notFound(request.path);
      return handler(workspace, request);
    };
  return {
    core,
    views: createRestViews(account.accountSid, () => clock.nowMs()),
    limitExpression: createExpressionLimits(clock),
    on,
    inWorkspace: (method, path, handler) => on(method, `/:workspace${path}`, withWorkspace(handler)),
    forSupervisors: (method, path, handler) =>
      router.on(method, 'taskrouter', `/v1/Workspaces/:workspace${path}`, (request) => {
        const { caller } = request;
        if (caller.kind !== 'account' && !isFlexUser(core.sandbox, caller)) throw unauthorized();
        if (caller.kind !== 'account' && !isSupervisor(caller)) throw forbidden();
        return withWorkspace(handler)(request);
      }),
  };
}

export const NO_CONTENT: ApiReply = { status: 204 };

export const ok = (body: unknown): ApiReply => ({ body });

export const created = (body: unknown): ApiReply => ({ status: 201, body });

/** Adds the entity's version as ETag, which the caller may send back as If-Match. */
export const withETag = (entity: Entity, reply: ApiReply): ApiReply => ({
  ...reply,
  headers: { ETag: `"${entity.version}"` },
});

/** Returns the path segment with this name in the route's template. */
export const segment = (request: ApiRequest, name: string) => request.segments[name] ?? '';
