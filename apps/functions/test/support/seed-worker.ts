/** Workers of an account that a test seeds. */
import type { SeedWorker } from '@chat-transfer/flex-sandbox';

/** An available agent with room for many chats. The workflow offers a chat to the one with the highest skill `support`. */
export const aWorker = (name: string, fullName: string, values: Partial<SeedWorker> = {}): SeedWorker => ({
  ...{ name, fullName, roles: ['agent'], activity: 'Available', skills: { support: 1 }, chatCapacity: 9 },
  ...values,
});
