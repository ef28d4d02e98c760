/** One call, or more, of every operation of Programmable Chat. */
import type { Api } from '../recorder.js';

export async function callChat(api: Api, serviceSid: string): Promise<void> {
  const service = `/v2/Services/${serviceSid}`;
  await api.get(service);

  const users = `${service}/Users`;
  const dana = await api.post(users, {
    Identity: 'dana',
    FriendlyName: 'Dana',
    Attributes: '{"language":"en"}',
  });
  await api.post(users, { Identity: 'erin' });

  const channels = `${service}/Channels`;
  const { sid } = await api.post(channels, {
    FriendlyName: 'Chat',
    UniqueName: 'chat-1',
    Attributes: '{"status":"ACTIVE"}',
    Type: 'private',
    CreatedBy: 'system',
  });
  const empty = await api.post(channels);
  await api.list(channels);
  await api.get(`${channels}/${sid}`);
  await api.post(`${channels}/${sid}`, { FriendlyName: 'First chat', Attributes: '{}' });

  const members = `${channels}/${sid}/Members`;
  const member = await api.post(members, { Identity: 'dana', Attributes: '{"is":"customer"}' });
  await api.post(members, { Identity: 'erin' });
  await api.list(members);
  await api.get(members, { Identity: 'dana' });
  await api.get(`${members}/${member.sid}`);

  const messages = `${channels}/${sid}/Messages`;
  const message = await api.post(messages, { From: 'dana', Body: 'Hello', Attributes: '{"mood":"good"}' });
  await api.post(messages, { Body: 'Hello, Dana' });
  await api.list(messages, { Order: 'desc' });
  await api.get(`${messages}/${message.sid}`);
  await api.post(`${messages}/${message.sid}`, { Body: 'Hello again', LastUpdatedBy: 'dana' });
  await api.post(`${members}/${member.sid}`, { LastConsumedMessageIndex: '1' });

  await api.list(users);
  await api.get(`${users}/dana`);
  await api.post(`${users}/${dana.sid}`, { FriendlyName: 'Dana D.' });
  await api.list(`${users}/${dana.sid}/Channels`);

  await api.delete(`${messages}/${message.sid}`);
  await api.delete(`${members}/${member.sid}`);
  await api.delete(`${channels}/${empty.sid}`);
}
