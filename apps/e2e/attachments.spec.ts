import { expect, test } from './journey';
import { startChatWithAlice } from './pages/chat';

test('an agent sends a text file and a PDF with Flex’s own button', async ({ journey }) => {
  const { alice, conversationSid } = await startChatWithAlice(journey);
  const { messages } = journey.twilio.conversations.v1.conversations(conversationSid);
  const sendFile = async (name: string, mimeType: string) => {
    await alice.page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer: Buffer.from(name) });
    await alice.page.getByRole('button', { name: 'Send' }).click();
    const readMedia = async () => (await messages.list()).flatMap(({ media }) => media ?? []);
    await expect.poll(readMedia).toContainEqual(expect.objectContaining({ filename: name }));
  };
  await alice.send('Here are your bills');
  await sendFile('bill.txt', 'text/plain');
  await sendFile('bill.pdf', 'application/pdf');
});
