/**
 * Measures how long `POST /transfer/start` takes when many agents click at the same moment, through the running demo:
 * the sandbox as Twilio, the functions on twilio-run. Run it with `npm run bench -- concurrent-starts`.
 *
 * Every chat belongs to Alice, and every transfer goes to the queue Billing. Exits with 1 when a start fails.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { restClient } from '@chat-transfer/flex-sandbox/rest-client';
import { ENDPOINTS, encodeRequest } from '@chat-transfer/transfer-core';
import { startDemo } from '../src/demo';

const { values } = parseArgs({ options: { starts: { type: 'string', default: '60' } } });
const starts = Number(values.starts);
if (!Number.isInteger(starts) || starts < 1) {
  console.error(
    `Failed to measure: "${values.starts}" is not a number of starts. Set it to a whole number above 0, for example --starts 60`,
  );
  process.exit(1);
}

const demo = await startDemo();
const client = restClient(demo.sandbox.url);
const [firstWorkspace] = await client.taskrouter.v1.workspaces.list({ limit: 1 });
const workspace = client.taskrouter.v1.workspaces(sidOf(firstWorkspace, 'workspace'));
const [workers, queues] = await Promise.all([workspace.workers.list(), workspace.taskQueues.list()]);
const aliceSid = sidOf(
  workers.find(({ friendlyName }) => friendlyName === 'alice'),
  'worker alice',
);
const billingSid = sidOf(
  queues.find(({ friendlyName }) => friendlyName === 'Billing'),
  'queue Billing',
);
await workspace.workers(aliceSid).workerChannels('chat').update({ capacity: starts });

console.error(`Preparing ${starts} chats…`);
const chats: Form[] = [];
while (chats.length < starts) chats.push(await startChatWithAlice());
const token = await createAliceToken();

const answers = await Promise.all(
  chats.map((chat) =>
    post(ENDPOINTS.startTransfer, {
      ...chat,
      token,
      transferId: randomUUID(),
      targetSid: billingSid,
      mode: 'cold',
    }),
  ),
);
const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
const failed = answers.filter(({ status }) => status !== 200);
console.log(
  `${starts} starts at the same moment: median ${percentile(50)}, 90th percentile ${percentile(90)}, ` +
    `slowest ${percentile(100)}, ${failed.length} failed`,
);
for (const { status, body } of failed.slice(0, 3)) console.log(`  HTTP ${status}: ${body}`);
if (failed.length > 0) process.exitCode = 1;
await demo.close();

type Form = Readonly<Record<string, string>>;

function percentile(percent: number): string {
  const ms = times[Math.ceil((times.length * percent) / 100) - 1] ?? 0;
  return `${(ms / 1000).toFixed(2)} s`;
}

function sidOf(resource: { readonly sid: string } | undefined, what: string): string {
  if (resource === undefined) throw new Error(`Failed to prepare the chats: the sandbox has no ${what}.`);
  return resource.sid;
}

async function post(path: string, form: Form): Promise<{ status: number; body: string; ms: number }> {
  const startedAtMs = performance.now();
  const answer = await fetch(demo.functionsUrl + path, {
    method: 'POST',
    body: encodeRequest(form),
    headers: {
      origin: new URL(demo.webchatUrl).origin,
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
  return { status: answer.status, body: await answer.text(), ms: performance.now() - startedAtMs };
}

async function startChatWithAlice(): Promise<Form> {
  const { status, body } = await post(ENDPOINTS.startWebchat, { name: 'Customer', backend: 'conversations' });
  if (status !== 200) throw new Error(`Failed to prepare a chat: /webchat/start answered ${status}: ${body}`);
  const conversationSid = String(JSON.parse(body).conversationSid);
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const reservations = workspace.workers(aliceSid).reservations;
    const [offer] = await reservations.list({ reservationStatus: 'pending' });
    if (offer !== undefined) {
      const { sid, taskSid } = offer;
      await workspace.tasks(taskSid).reservations(sid).update({ reservationStatus: 'accepted' });
      return { conversationSid, taskSid };
    }
    await sleep(25);
  }
  throw new Error(`Failed to prepare a chat: the task of ${conversationSid} is not offered to Alice.`);
}

async function createAliceToken(): Promise<string> {
  const answer = await fetch(`${demo.sandbox.url}/_sandbox/tokens`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'flex', identity: 'alice' }),
  });
  return String((await answer.json()).token);
}
