/** What the whole sandbox holds at one moment, as plain data: the answer of `/_sandbox/state`. */
import type { Chat } from '../chat/chat.js';
import type { InteractionSnapshot } from '../flex/interactions/snapshot.js';
import type { Parts } from '../parts.js';
import type { TaskRouterSnapshot } from '../task-router/snapshot.js';
import type { World } from '../world.js';

export interface SandboxSnapshot {
  readonly url: string;
  readonly nowMs: number;
  readonly account: World['account'];
  readonly taskRouter: TaskRouterSnapshot;
  readonly chat: ReturnType<Chat['snapshot']>;
  readonly interactions: readonly InteractionSnapshot[];
}

export function takeSandboxSnapshot({ world, taskRouter, chat, interactions }: Parts): SandboxSnapshot {
  return {
    url: world.url,
    nowMs: world.clock.nowMs(),
    account: world.account,
    taskRouter: taskRouter.snapshot(),
    chat: chat.snapshot(),
    interactions: interactions.snapshot(),
  };
}
