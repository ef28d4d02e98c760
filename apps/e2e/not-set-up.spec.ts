import { expect, test } from './journey';

test('without the URL of the functions, the plugin says once what to set, and Flex works without it', async ({
  journey,
}) => {
  const configuration = journey.twilio.flexApi.v1.configuration();
  const { accountSid, uiAttributes } = await configuration.fetch();
  const { chat_transfer: _removed, ...others } = uiAttributes;
  await configuration.update({ account_sid: accountSid, ui_attributes: others });

  const alice = await journey.openAgent('alice');
  await expect(alice.notification('Chat transfer is not set up')).toBeVisible();
  const customer = await journey.openCustomer();
  await customer.start('Robin');
  await alice.accept();
  await alice.send('Hello Robin');
  await expect(customer.message('Hello Robin')).toBeVisible();
  await expect(alice.transferButton()).toHaveCount(0);
  expect(journey.consoleLines('error').filter((line) => line.includes('chat transfer'))).toEqual([
    expect.stringContaining('Set ui_attributes.chat_transfer.functions_url in the Flex configuration.'),
  ]);
});
