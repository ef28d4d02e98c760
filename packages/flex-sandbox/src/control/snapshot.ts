/** The whole state of the sandbox as plain data: the response of `GET /_sandbox/state`. */
import type { Account } from '../account.js';
import type { Chat } from '../chat/chat.js';
import type { InteractionSnapshot } from '../flex/interactions/snapshot.js';
import type { SandboxState } from '../sandbox-state.js';
import type { TaskRouterSnapshot } from '../task-router/snapshot.js';

export interface SandboxSnapshot {
  readonly url: string;
  readonly nowMs: number;
  readonly account: SandboxState['account'];
  readonly taskRouter: TaskRouterSnapshot;
  readonly chat: ReturnType<Chat['snapshot']>;
  readonly interactions: readonly InteractionSnapshot[];
}

export function takeSandboxSnapshot({ sandbox, taskRouter, chat, interactions }: Account): SandboxSnapshot {
  return {
    url: sandbox.url,
    nowMs: sandbox.clock.nowMs(),
    account: sandbox.account,
    taskRouter: taskRouter.snapshot(),
    chat: chat.snapshot(),
    interactions: interactions.snapshot(),
  };
}
