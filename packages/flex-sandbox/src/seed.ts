/**
 * What a new Flex account contains: a workspace, activities, queues, a workflow and three workers.
 * Callers may replace each of these. Everything else is created through the REST APIs, as on a real account.
 */
import { badRequest } from './api-error.js';
import { asJsonObject } from './json.js';
import { parseQuirks, type Quirks } from './quirks.js';
import type { TaskRouter } from './task-router/task-router.js';

export interface SeedWorker {
  /** TaskRouter's friendly name, the sign-in name and the chat identity. */
  readonly name: string;
  readonly fullName: string;
  /** The name that customers see instead of the full name. */
  readonly publicIdentity?: string;
  /** Flex roles: `agent`, `supervisor`, `admin`. */
  readonly roles: readonly string[];
  readonly activity: string;
  /** Skill → level. Queues require skills; the workflow offers a chat to the highest level first. */
  readonly skills: Readonly<Record<string, number>>;
  readonly chatCapacity: number;
}

export interface SeedQueue {
  readonly name: string;
  /** A TaskRouter expression over worker attributes. */
  readonly targetWorkers: string;
}

export interface AccountSeed {
  readonly workers: readonly SeedWorker[];
  readonly queues: readonly SeedQueue[];
  /** The queue of new chats, and the skill by whose level the workflow orders the workers. */
  readonly firstQueue: { readonly name: string; readonly orderBySkill: string };
  /** Whether Flex UI offers its native transfers of digital tasks. */
  readonly nativeTransfers: boolean;
  /** Changes to `DEFAULT_QUIRKS`. */
  readonly quirks: Partial<Quirks>;
}

/** New chats are offered to Alice until her capacity is used, then to Bob. */
export const DEFAULT_SEED: AccountSeed = {
  workers: [
    {
      name: 'alice',
      fullName: 'Alice Archer',
      roles: ['agent'],
      activity: 'Available',
      skills: { support: 2 },
      chatCapacity: 3,
    },
    {
      name: 'bob',
      fullName: 'Bob Baker',
      roles: ['agent'],
      activity: 'Available',
      skills: { support: 1, billing: 1 },
      chatCapacity: 3,
    },
    {
      name: 'carol',
      fullName: 'Carol Clark',
      roles: ['agent', 'supervisor'],
      activity: 'Offline',
      skills: {},
      chatCapacity: 3,
    },
  ],
  queues: [
    { name: 'Everyone', targetWorkers: '1==1' },
    { name: 'Support', targetWorkers: "routing.skills HAS 'support'" },
    { name: 'Billing', targetWorkers: "routing.skills HAS 'billing'" },
  ],
  firstQueue: { name: 'Support', orderBySkill: 'support' },
  nativeTransfers: false,
  quirks: {},
};

export interface SeededAccount {
  readonly workspaceSid: string;
  readonly workflowSid: string;
  readonly everyoneQueueSid: string;
  readonly offlineActivitySid: string;
  /** Names of all workers' skills. */
  readonly skills: readonly string[];
}

/** Creates the workspace. Throws 400/20001 when `firstQueue` or a worker's activity does not exist. */
export function seedAccount(taskRouter: TaskRouter, seed: AccountSeed): SeededAccount {
  const workspace = taskRouter.createWorkspace({ friendlyName: 'Flex Task Assignment' });
  taskRouter.createActivity(workspace, { friendlyName: 'Break', available: false });
  const findActivitySid = (name: string): string => {
    const activity = [...workspace.activities.values()].find(({ friendlyName }) => friendlyName === name);
    if (activity === undefined) throw badRequest(`Failed to seed the account: there is no activity ${name}`);
    return activity.sid;
  };

  const queues = new Map(
    seed.queues.map(({ name, targetWorkers }) => [
      name,
      taskRouter.createTaskQueue(workspace, { friendlyName: name, targetWorkers }),
    ]),
  );
  const findQueueSid = (name: string): string => {
    const queue = queues.get(name);
    if (queue === undefined) throw badRequest(`Failed to seed the account: there is no queue ${name}`);
    return queue.sid;
  };
  const [everyoneQueue = seed.firstQueue.name] = queues.keys();

  const workflow = taskRouter.createWorkflow(workspace, {
    friendlyName: 'Assign to Anyone',
    configuration: {
      task_routing: {
        filters: [
          {
            filter_friendly_name: 'New chats',
            expression: '1==1',
            targets: [
              {
                queue: findQueueSid(seed.firstQueue.name),
                order_by: `worker.routing.levels.${seed.firstQueue.orderBySkill} DESC`,
              },
            ],
          },
        ],
        default_filter: { queue: findQueueSid(everyoneQueue) },
      },
    },
  });

  for (const { name, fullName, publicIdentity, roles, activity, skills, chatCapacity } of seed.workers) {
    const worker = taskRouter.createWorker(workspace, {
      friendlyName: name,
      activitySid: findActivitySid(activity),
      attributes: {
        contact_uri: `client:${name}`,
        full_name: fullName,
        email: `${name}@example.com`,
        roles,
        routing: { skills: Object.keys(skills), levels: skills },
        ...(publicIdentity === undefined ? {} : { public_identity: publicIdentity }),
      },
    });
    taskRouter.setCapacity(worker, 'chat', chatCapacity);
  }

  return {
    workspaceSid: workspace.sid,
    workflowSid: workflow.sid,
    everyoneQueueSid: findQueueSid(everyoneQueue),
    offlineActivitySid: findActivitySid('Offline'),
    skills: [...new Set(seed.workers.flatMap(({ skills }) => Object.keys(skills)))],
  };
}

/** Parses the members that the JSON body has. A worker's missing members get defaults. Throws 400/20001. */
export function parseAccountSeed(body: Readonly<Record<string, unknown>>): Partial<AccountSeed> {
  const { workers, queues, firstQueue, nativeTransfers, quirks } = body;
  return {
    ...(workers === undefined ? {} : { workers: parseList(workers, 'workers').map(parseWorker) }),
    ...(queues === undefined ? {} : { queues: parseList(queues, 'queues').map(parseQueue) }),
    ...(firstQueue === undefined ? {} : { firstQueue: parseFirstQueue(firstQueue) }),
    ...(nativeTransfers === undefined ? {} : { nativeTransfers: nativeTransfers === true }),
    ...(quirks === undefined ? {} : { quirks: parseQuirks(parseObject(quirks, 'quirks')) }),
  };
}

function parseWorker(value: unknown): SeedWorker {
  const worker = parseObject(value, 'workers[]');
  const name = parseText(worker.name, 'workers[].name');
  const skills = worker.skills === undefined ? {} : parseObject(worker.skills, 'workers[].skills');
  return {
    name,
    fullName: typeof worker.fullName === 'string' ? worker.fullName : name,
    ...(typeof worker.publicIdentity === 'string' ? { publicIdentity: worker.publicIdentity } : {}),
    roles: worker.roles === undefined ? ['agent'] : parseList(worker.roles, 'workers[].roles').map(String),
    activity: typeof worker.activity === 'string' ? worker.activity : 'Available',
    skills: Object.fromEntries(Object.entries(skills).map(([skill, level]) => [skill, Number(level)])),
    chatCapacity: Number(worker.chatCapacity ?? 3),
  };
}

function parseQueue(value: unknown): SeedQueue {
  const { name, targetWorkers = '1==1' } = parseObject(value, 'queues[]');
  return {
    name: parseText(name, 'queues[].name'),
    targetWorkers: parseText(targetWorkers, 'queues[].targetWorkers'),
  };
}

function parseFirstQueue(value: unknown): AccountSeed['firstQueue'] {
  const { name, orderBySkill } = parseObject(value, 'firstQueue');
  return {
    name: parseText(name, 'firstQueue.name'),
    orderBySkill: parseText(orderBySkill, 'firstQueue.orderBySkill'),
  };
}

function parseList(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw badRequest(`${name} must be a list`);
  return value;
}

function parseObject(value: unknown, name: string): Record<string, unknown> {
  const members = asJsonObject(value);
  if (members === undefined) throw badRequest(`${name} must be an object`);
  return members;
}

function parseText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw badRequest(`${name} must be a non-empty string`);
  return value;
}
