import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InteractionFixture, startInteractionFixture } from './interactions/interaction-fixture.js';

let fixture: InteractionFixture;
beforeEach(async () => {
  fixture = await startInteractionFixture();
});
afterEach(() => fixture.close());

const addresses = () => fixture.rest.conversations.v1.addressConfigurations;
const webchats = () => fixture.rest.flexApi.v2.webChannels;

describe('a webchat', () => {
  it('is sent to Flex with its pre-engagement data', async () => {
    const taskSid = await fixture.startChat();
    expect(fixture.taskOf(taskSid)).toMatchObject({
      taskChannel: 'chat',
      attributes: {
        from: 'Jane',
        customerName: 'Jane',
        customerAddress: 'jane-1',
        channelType: 'web',
        pre_engagement_data: { question: 'invoice' },
      },
    });
    expect(fixture.conversation()).toMatchObject({
      friendlyName: 'Webchat',
      state: 'active',
      attributes: { from: 'Jane', pre_engagement_data: { question: 'invoice' } },
      members: [{ identity: 'jane-1' }],
    });
  });

  it('is offered to Alice first', async () => {
    expect(await fixture.offerOf(await fixture.startChat(), 'alice')).toMatchObject({ status: 'pending' });
  });

  it('gets a new identity when the caller sends none', async () => {
    const addressSid = await fixture.webchatAddressSid();
    const first = await webchats().create({ addressSid });
    const second = await webchats().create({ addressSid });
    expect(first.conversationSid).toMatch(/^CH/);
    expect(first.identity).not.toBe('');
    expect(first.identity).not.toBe(second.identity);
  });

  it('starts no interaction when the address has no auto-creation', async () => {
    const { sid } = await addresses().create({ type: 'chat', address: 'no-flow' });
    await webchats().create({ addressSid: sid });
    expect(fixture.sandbox.snapshot().interactions).toEqual([]);
    expect(fixture.sandbox.snapshot().chat.channels).toHaveLength(1);
  });

  it('requires an address of the type chat', async () => {
    const [sms] = await addresses().list({ type: 'sms' });
    const create = webchats().create({ addressSid: sms?.sid ?? '' });
    await expect(create).rejects.toMatchObject({ status: 400, code: 45745 });
    await expect(webchats().create({ addressSid: 'IG404' })).rejects.toMatchObject({ status: 404 });
  });
});

describe('the addresses of an account', () => {
  it('are one for webchat and one for texts, both with a Studio flow', async () => {
    expect(await addresses().list()).toMatchObject([
      { type: 'chat', autoCreation: { enabled: true, type: 'studio' } },
      { type: 'sms', address: '+15005550006', autoCreation: { enabled: true, type: 'studio' } },
    ]);
  });

  it('keep the settings that an update does not name', async () => {
    const [chat] = await addresses().list({ type: 'chat' });
    const address = addresses()(chat?.sid ?? '');
    await address.update({ friendlyName: 'Shop', 'autoCreation.enabled': false });
    expect(await address.fetch()).toMatchObject({
      friendlyName: 'Shop',
      autoCreation: { enabled: false, type: 'studio', studio_flow_sid: chat?.autoCreation.studio_flow_sid },
    });
  });

  it('can be removed, but not created twice', async () => {
    const { sid } = await addresses().create({ type: 'whatsapp', address: 'whatsapp:+15005550007' });
    const duplicate = addresses().create({ type: 'whatsapp', address: 'whatsapp:+15005550007' });
    await expect(duplicate).rejects.toMatchObject({ status: 409, code: 20409 });
    await addresses()(sid).remove();
    await expect(addresses()(sid).fetch()).rejects.toMatchObject({ status: 404 });
  });
});
