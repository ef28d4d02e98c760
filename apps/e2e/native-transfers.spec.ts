import type { Agent } from './pages/agent';
import { aliceInChat, bobBaker } from './pages/chat';
import { expect, test, type World } from './world';

/** A reset does not take them away again, and other journeys are for accounts without. */
test.afterAll(({ demo }) => seed(demo, { nativeTransfers: false }));

test('where Flex transfers chats itself, ours take the place of its own', async ({ world }) => {
  await switchNativeTransfersOn(world);
  const { alice, bob, customer } = await aliceInChat(world);
  expect(world.consoleLines('info')).toContainEqual(
    expect.stringMatching(/^Chat transfer takes the place of Flex's own transfers.*"replace" by default/),
  );
  await expect(alice.transferButton()).toBeVisible();
  await expect(nativeMenu(alice)).toHaveCount(0);

  await alice.transfer(bobBaker, 'cold');
  await bob.accept();
  await bob.say('Hello Robin');
  await expect(customer.message('Hello Robin')).toBeVisible();
  await expect(customer.notice('transfer-started')).toHaveText('Alice is transferring the chat to Bob');
  await expect(nativeMenu(bob)).toHaveCount(0);
});

test('where an account keeps Flex’s own transfers, ours step back, and the chat stays open for whoever is in it', async ({
  world,
}) => {
  await switchNativeTransfersOn(world, 'keep');
  const { alice, bob, customer } = await aliceInChat(world);
  expect(world.consoleLines('info')).toContainEqual(
    expect.stringMatching(/^Chat transfer leaves transfers of chats on Flex Conversations to Flex.*"keep"/),
  );
  await expect(nativeMenu(alice)).toBeVisible();
  await expect(alice.transferButton()).toHaveCount(0);

  await transferNatively(alice, bobBaker.name);
  await expect(alice.inWrapUp()).toBeVisible();
  await bob.accept();
  await alice.complete();
  await expect(alice.tasks()).toHaveCount(0);

  await customer.say('Hello Bob');
  await expect(bob.message('Hello Bob')).toBeVisible();
  await expect(customer.notice('agent-left')).toHaveText('Alice left the chat');
  await expect(customer.notice('agent-joined')).toHaveText(['Alice joined the chat', 'Bob joined the chat']);
  await expect(customer.notice('chat-ended')).toHaveCount(0);
  await bob.leave();
  await expect(customer.notice('chat-ended')).toBeVisible();
});

/** The account gets Flex's own transfers, and the plugin is told what to do about them, if anything. */
async function switchNativeTransfersOn({ demo, twilio }: World, setting?: string): Promise<void> {
  await seed(demo, { nativeTransfers: true });
  if (setting === undefined) return;
  const configuration = twilio.flexApi.v1.configuration();
  const { accountSid, uiAttributes } = await configuration.fetch();
  const chatTransfer = { ...uiAttributes.chat_transfer, native_transfers: setting };
  await configuration.update({
    account_sid: accountSid,
    ui_attributes: { ...uiAttributes, chat_transfer: chatTransfer },
  });
}

async function seed({ sandbox }: World['demo'], changes: object): Promise<void> {
  const { ok } = await fetch(`${sandbox.url}/_sandbox/seed`, {
    method: 'POST',
    body: JSON.stringify(changes),
  });
  expect(ok, 'the sandbox took the seed').toBe(true);
}

/** Flex's own menu beside End: where its transfers are. */
const nativeMenu = ({ page }: Agent) => page.getByTestId('task-actions-menu-toggle');

async function transferNatively(agent: Agent, name: string): Promise<void> {
  const { page } = agent;
  await nativeMenu(agent).click();
  await page.getByRole('menuitem', { name: 'Transfer' }).click();
  const directory = page.locator('.Twilio-WorkerDirectory');
  await directory.getByText(name, { exact: true }).hover();
  await directory.getByRole('button', { name: `Transfer to ${name}` }).click();
  await page.getByRole('button', { name: 'Confirm transfer' }).click();
}
