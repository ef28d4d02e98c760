/** The sandbox's control endpoints (`/_sandbox/…`) that tests use. Twilio has nothing like them. */
import type { Sandbox } from '@chat-transfer/flex-sandbox';
import type { TwilioClient } from '../../src/twilio/client';

export function createSandboxControl(sandboxUrl: string) {
  async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${sandboxUrl}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`/_sandbox/${path} answered ${answer.status}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  return {
    /** A Flex token, as the browser of this worker has it. */
    async issueToken(worker: string): Promise<string> {
      const { token } = await call('POST', 'tokens', { kind: 'flex', identity: worker });
      return String(token);
    },
    /** A text from a customer. Returns the SID of the conversation. */
    async sendText(text: { readonly type: 'sms' | 'whatsapp'; from: string; body: string }): Promise<string> {
      const { conversationSid } = await call('POST', 'texts', text);
      return String(conversationSid);
    },
    /** Injects a fault of the sandbox into HTTP requests: the next matching ones fail, a test's own too. */
    async addFault(fault: object): Promise<void> {
      await call('POST', 'faults', fault);
    },
    /** Chooses what happens to the next accept on Flex Conversations. */
    async addSetUpFault(fault: object): Promise<void> {
      await call('POST', 'set-up-faults', fault);
    },
    async clearFaults(): Promise<void> {
      await call('DELETE', 'faults');
    },
  };
}

/** Everything at Twilio that a request could change: tasks, reservations, chats, interactions and Sync documents. */
export async function readTwilioState(sandbox: Sandbox, client: TwilioClient) {
  const { nowMs: _nowMs, ...state } = sandbox.snapshot();
  const services = await client.sync.v1.services.list();
  const documents = await Promise.all(
    services.map(({ sid }) => client.sync.v1.services(sid).documents.list({ limit: 1000 })),
  );
  return {
    state,
    documents: documents.flat().map(({ uniqueName, revision, data }) => ({ uniqueName, revision, data })),
  };
}
