/** One call, or more, of every operation of Sync. */
import type { Api } from '../recorder.js';

export async function callSync(api: Api): Promise<void> {
  const { sid } = await api.post('/v1/Services', { FriendlyName: 'Ledgers', AclEnabled: 'true' });
  const service = `/v1/Services/${sid}`;
  await api.list('/v1/Services');
  await api.get(service);
  await api.post(service, { FriendlyName: 'Chats', WebhookUrl: 'http://127.0.0.1:9/webhook' });
  await callDocuments(api, `${service}/Documents`);
  await callMaps(api, `${service}/Maps`);
  await api.delete(service);
}

async function callDocuments(api: Api, documents: string): Promise<void> {
  const { sid } = await api.post(documents, { UniqueName: 'chat', Data: '{"open":true}', Ttl: '3600' });
  await api.post(documents);
  await api.list(documents);
  await api.get(`${documents}/chat`);
  await api.post(`${documents}/${sid}`, { Data: '{"open":false}' });
  await callPermissions(api, `${documents}/${sid}/Permissions`);
  await api.delete(`${documents}/${sid}`);
}

async function callMaps(api: Api, maps: string): Promise<void> {
  const { sid } = await api.post(maps, { UniqueName: 'index', Ttl: '3600' });
  await api.post(maps);
  await api.list(maps);
  await api.get(`${maps}/index`);
  await api.post(`${maps}/${sid}`, { CollectionTtl: '7200' });

  const items = `${maps}/${sid}/Items`;
  await api.post(items, { Key: 'first', Data: '{"n":1}', ItemTtl: '3600', CollectionTtl: '3600' });
  await api.post(items, { Key: 'second', Data: '{"n":2}' });
  await api.list(items, { Order: 'desc', From: 'second', Bounds: 'inclusive' });
  await api.get(`${items}/first`);
  await api.post(`${items}/first`, { Data: '{"n":3}' });
  await api.delete(`${items}/first`);
  await callPermissions(api, `${maps}/${sid}/Permissions`);
  await api.delete(`${maps}/${sid}`);
}

async function callPermissions(api: Api, permissions: string): Promise<void> {
  await api.post(`${permissions}/dana`, { Read: 'true', Write: 'false', Manage: 'false' });
  await api.post(`${permissions}/erin`, { Read: 'true', Write: 'true', Manage: 'true' });
  await api.list(permissions);
  await api.get(`${permissions}/dana`);
  await api.delete(`${permissions}/dana`);
}
