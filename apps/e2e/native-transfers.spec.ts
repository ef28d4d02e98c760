import { expect, type Journey, test } from './journey';
import type { Agent } from './pages/agent';
import { bobBaker, startChatWithAlice } from './pages/chat';

/** The part of Flex's global object that this file uses. */
interface FlexWindow {
  readonly Twilio: { readonly Flex: { readonly Manager: { getInstance(): { readonly store: FlexStore } } } };
}
interface FlexStore {
  dispatch(action: { readonly type: string; readonly payload: object }): void;
  getState(): { readonly flex: { readonly featureFlags: { readonly transfersConfig: object } } };
}

/**
 * A reset keeps the seed of the account, and other journeys expect an account without Flex's own transfers.
 */
test.afterAll(({ demo }) => seedAccount(demo, { nativeTransfers: false }));

test('the plugin replaces Flex’s own transfers by default', async ({ journey }) => {
  await enableNativeTransfers(journey);
  const { alice, bob, customer } = await startChatWithAlice(journey);
  expect(journey.consoleLines('info')).toContainEqual(
    expect.stringMatching(/^Chat transfer takes the place of Flex's own transfers.*"replace" by default/),
  );
  await expect(alice.transferButton()).toBeVisible();
  await expect(nativeMenu(alice)).toHaveCount(0);

  // Flex fetches the account's settings again from time to time.
  expect(await refetchNativeTransfers(alice)).toMatchObject({ enabled: false, transfer_notes_enabled: true });
  await expect(nativeMenu(alice)).toHaveCount(0);

  await alice.transfer(bobBaker, 'cold');
  await bob.accept();
  await bob.send('Hello Robin');
  await expect(customer.message('Hello Robin')).toBeVisible();
  await expect(customer.notice('transfer-started')).toHaveText('Alice is transferring the chat to Bob');
  await expect(nativeMenu(bob)).toHaveCount(0);
});

test('with native_transfers "keep", Flex transfers the chat, and it stays open until its last agent leaves', async ({
  journey,
}) => {
  await enableNativeTransfers(journey, 'keep');
  const { alice, bob, customer } = await startChatWithAlice(journey);
  expect(journey.consoleLines('info')).toContainEqual(
    expect.stringMatching(/^Chat transfer leaves transfers of chats on Flex Conversations to Flex.*"keep"/),
  );
  await expect(nativeMenu(alice)).toBeVisible();
  await expect(alice.transferButton()).toHaveCount(0);

  await transferNatively(alice, bobBaker.name);
  await expect(alice.inWrapUp()).toBeVisible();
  await bob.accept();
  await alice.complete();
  await expect(alice.tasks()).toHaveCount(0);

  await customer.send('Hello Bob');
  await expect(bob.message('Hello Bob')).toBeVisible();
  await expect(customer.notice('agent-left')).toHaveText('Alice left the chat');
  await expect(customer.notice('agent-joined')).toHaveText(['Alice joined the chat', 'Bob joined the chat']);
  await expect(customer.notice('chat-ended')).toHaveCount(0);
  await bob.leave();
  await expect(customer.notice('chat-ended')).toBeVisible();
});

test('the plugin names another feature that transfers chats', async ({ journey }) => {
  const configuration = journey.twilio.flexApi.v1.configuration();
  const { accountSid, uiAttributes } = await configuration.fetch();
  const features = { conversation_transfer: { enabled: true } };
  await configuration.update({
    account_sid: accountSid,
    ui_attributes: { ...uiAttributes, custom_data: { features } },
  });
  await startChatWithAlice(journey);
  const warnings = journey.consoleLines('warning').filter((line) => line.startsWith('Chat transfer: '));
  expect([...new Set(warnings)]).toEqual([
    expect.stringMatching(/another plugin transfers chats too.*"conversation_transfer".*enabled to false/),
  ]);
});

/** Seeds an account that has Flex's own transfers. `setting` is the plugin's `native_transfers`. */
async function enableNativeTransfers({ demo, twilio }: Journey, setting?: string): Promise<void> {
  await seedAccount(demo, { nativeTransfers: true });
  if (setting === undefined) return;
  const configuration = twilio.flexApi.v1.configuration();
  const { accountSid, uiAttributes } = await configuration.fetch();
  const chatTransfer = { ...uiAttributes.chat_transfer, native_transfers: setting };
  await configuration.update({
    account_sid: accountSid,
    ui_attributes: { ...uiAttributes, chat_transfer: chatTransfer },
  });
}

async function seedAccount({ sandbox }: Journey['demo'], changes: object): Promise<void> {
  const { ok } = await fetch(`${sandbox.url}/_sandbox/seed`, {
    method: 'POST',
    body: JSON.stringify(changes),
  });
  expect(ok, 'the sandbox accepted the seed').toBe(true);
}

/** The menu beside End that has Flex's own transfers. */
const nativeMenu = ({ page }: Agent) => page.getByTestId('task-actions-menu-toggle');

/** Puts the account's settings into Flex's store, as Flex does when it has fetched them. Returns the settings in the store. */
const refetchNativeTransfers = ({ page }: Agent): Promise<unknown> =>
  page.evaluate(() => {
    const { Twilio } = window as unknown as FlexWindow;
    const { store } = Twilio.Flex.Manager.getInstance();
    const payload = { enabled: true, transfer_notes_enabled: true };
    store.dispatch({ type: 'TRANSFERS_CONFIG_UPDATE', payload });
    return store.getState().flex.featureFlags.transfersConfig;
  });

async function transferNatively(agent: Agent, name: string): Promise<void> {
  const { page } = agent;
  await nativeMenu(agent).click();
  await page.getByRole('menuitem', { name: 'Transfer' }).click();
  const directory = page.locator('.Twilio-WorkerDirectory');
  await directory.getByText(name, { exact: true }).hover();
  await directory.getByRole('button', { name: `Transfer to ${name}` }).click();
  await page.getByRole('button', { name: 'Confirm transfer' }).click();
}
