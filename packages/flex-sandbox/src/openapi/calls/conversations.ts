/** One call, or more, of every operation of Conversations, on the default service and below its own path. */
import type { Api } from '../recorder.js';

export async function callConversations(api: Api, serviceSid: string): Promise<void> {
  await callService(api, '/v1', 'default');
  await callService(api, `/v1/Services/${serviceSid}`, 'named');
  await callAddresses(api);
}

/** `name` keeps the unique values of two services on one store apart. */
async function callService(api: Api, service: string, name: string): Promise<void> {
  const users = `${service}/Users`;
  const identity = `frida ${name}`;
  const user = await api.post(users, {
    Identity: identity,
    FriendlyName: 'Frida',
    Attributes: '{"language":"en"}',
  });
  await api.post(users, { Identity: `gina ${name}` });
  await api.list(users);
  await api.get(`${users}/${user.sid}`);
  await api.post(`${users}/${user.sid}`, { FriendlyName: 'Frida F.' });

  const conversations = `${service}/Conversations`;
  const { sid } = await api.post(conversations, {
    FriendlyName: 'Chat',
    UniqueName: name,
    Attributes: '{"channel_type":"web"}',
  });
  const empty = await api.post(conversations);
  await api.list(conversations);
  await api.get(conversations, { State: 'active' });
  await api.get(`${conversations}/${sid}`);
  await api.post(`${conversations}/${sid}`, { FriendlyName: 'First chat', Attributes: '{}' });

  const participants = `${conversations}/${sid}/Participants`;
  const participant = await api.post(participants, { Identity: identity, Attributes: '{"is":"agent"}' });
  await api.post(participants, {
    'MessagingBinding.Address': name === 'default' ? '+15005550001' : '+15005550002',
    'MessagingBinding.ProxyAddress': '+15005550006',
  });
  await api.list(participants);
  await api.get(`${participants}/${participant.sid}`);

  const messages = `${conversations}/${sid}/Messages`;
  const message = await api.post(messages, {
    Author: identity,
    Body: 'Hello',
    Attributes: '{"mood":"good"}',
  });
  await api.post(messages, { Body: 'Hello, Frida' });
  await api.list(messages, { Order: 'desc' });
  await api.get(`${messages}/${message.sid}`);
  await api.post(`${messages}/${message.sid}`, { Body: 'Hello again', Author: identity });
  await api.post(`${participants}/${participant.sid}`, { LastReadMessageIndex: '1' });

  await api.post(`${conversations}/${empty.sid}/Participants`, { Identity: identity });
  await api.list(`${service}/ParticipantConversations`, { Identity: identity });
  await api.delete(`${messages}/${message.sid}`);
  await api.delete(`${participants}/${participant.sid}`);
  await api.post(`${conversations}/${sid}`, { State: 'closed' });
  await api.delete(`${conversations}/${empty.sid}`);
}

async function callAddresses(api: Api): Promise<void> {
  const addresses = '/v1/Configuration/Addresses';
  const { sid } = await api.post(addresses, {
    Type: 'sms',
    Address: '+15005550009',
    FriendlyName: 'Texts',
    'AutoCreation.Enabled': 'true',
    'AutoCreation.Type': 'webhook',
    'AutoCreation.WebhookUrl': 'http://127.0.0.1:9/webhook',
    'AutoCreation.WebhookMethod': 'POST',
    'AutoCreation.WebhookFilters': ['onMessageAdded'],
  });
  await api.list(addresses);
  await api.get(addresses, { Type: 'sms' });
  await api.get(`${addresses}/${sid}`);
  await api.post(`${addresses}/${sid}`, { FriendlyName: 'Text messages', 'AutoCreation.Enabled': 'false' });
  await api.delete(`${addresses}/${sid}`);
}
