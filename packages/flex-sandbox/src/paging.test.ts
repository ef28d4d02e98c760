import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restClient } from './rest-client.js';
import { type Sandbox, startSandbox } from './sandbox.js';

let sandbox: Sandbox;
let client: ReturnType<typeof restClient>;
/** One list of each product with lists, as host and path. */
let lists: readonly (readonly [product: string, hostAndPath: string])[];

beforeAll(async () => {
  sandbox = await startSandbox();
  client = restClient(sandbox.url);
  const [workspace] = await client.taskrouter.v1.workspaces.list();
  const { chatServiceSid, syncServiceSid } = sandbox.account;
  const { sid } = await client.conversations.v1.conversations.create({});
  lists = [
    ['taskrouter', `taskrouter.twilio.com/v1/Workspaces/${workspace?.sid}/Tasks`],
    ['chat', `chat.twilio.com/v2/Services/${chatServiceSid}/Channels/${sid}/Messages`],
    ['conversations', `conversations.twilio.com/v1/Conversations/${sid}/Messages`],
    ['flex-api', 'flex-api.twilio.com/v1/FlexFlows'],
    ['sync', `sync.twilio.com/v1/Services/${syncServiceSid}/Documents`],
    ['sync', `sync.twilio.com/v1/Services/${syncServiceSid}/Maps`],
  ];
});
afterAll(() => sandbox.close());

async function read(hostAndPath: string, parameters: Readonly<Record<string, string>>) {
  const { accountSid, authToken } = sandbox.account;
  const url = `${sandbox.url}/${hostAndPath}?${new URLSearchParams(parameters)}`;
  const response = await fetch(url, {
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
  });
  return { status: response.status, body: await response.json() };
}

/** The refusal of the general rules, or of Sync when it has its own code. */
const refusal = (product: string, code: number, syncCode = code) => ({
  status: 400,
  body: { status: 400, code: product === 'sync' ? syncCode : code },
});

describe('a list', () => {
  it.each(['abc', '0', '-1', '1.5', ''])('is refused with the PageSize "%s"', async (PageSize) => {
    for (const [product, list] of lists) {
      expect(await read(list, { PageSize }), list).toMatchObject(refusal(product, 20001, 54454));
    }
  });

  it('is refused with 20007 when the PageSize is over 1,000', async () => {
    for (const [product, list] of lists) {
      expect(await read(list, { PageSize: '1001' }), list).toMatchObject(refusal(product, 20007, 54454));
      expect(await read(list, { PageSize: '1000' }), list).toMatchObject({ status: 200 });
    }
  });

  it.each(['abc', '-1', '1.5'])('is refused with the Page "%s"', async (Page) => {
    for (const [product, list] of lists) {
      expect(await read(list, { Page }), list).toMatchObject(refusal(product, 20001));
    }
  });

  it.each(['abc', 'PA', 'PA-1'])('is refused with the PageToken "%s"', async (PageToken) => {
    for (const [product, list] of lists) {
      const answer = await read(list, { Page: '1', PageToken });
      expect(answer, list).toMatchObject(refusal(product, 21481, 54453));
    }
  });

  it('is refused with 40153 in TaskRouter when a later page is read without its token', async () => {
    for (const [product, list] of lists) {
      const answer = await read(list, { Page: '1' });
      const expected = product === 'taskrouter' ? refusal(product, 40153) : { status: 200 };
      expect(answer, list).toMatchObject(expected);
      expect(await read(list, { Page: '0' }), list).toMatchObject({ status: 200 });
    }
  });

  it('is read completely by Twilio’s helper library, page by page', async () => {
    const workers = await client.taskrouter.v1.workspaces.list();
    const rest = client.taskrouter.v1.workspaces(workers[0]?.sid ?? '');
    const names = (await rest.workers.list({ pageSize: 1 })).map(({ friendlyName }) => friendlyName);
    expect(names).toEqual(['alice', 'bob', 'carol']);
  });
});
