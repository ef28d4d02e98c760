import type { NoticeSource } from '@chat-transfer/transfer-core';

/** A message in the form that both of Twilio's chat APIs accept. */
export interface NewMessage {
  readonly author: string;
  readonly body: string;
  /** JSON text. */
  readonly attributes: string;
}

/** A message in the chat. */
export interface ChatMessage extends NoticeSource {
  readonly sid: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The largest page that both APIs answer. */
export const MESSAGES_PER_PAGE = 100;

/** A page of the helper library. */
interface Page<Instance> {
  readonly instances: readonly Instance[];
  nextPage(): Promise<Page<Instance>> | undefined;
}

/**
 * Reads messages from the newest back to a time, page by page.
 *
 * @param readPage runs one read; makes it again when it fails at first
 */
export async function listMessagesSince<Instance>(
  sinceMs: number,
  readFirstPage: () => Promise<Page<Instance>>,
  readPage: <T>(read: () => Promise<T>) => Promise<T | undefined>,
  toMessage: (instance: Instance) => ChatMessage,
): Promise<readonly ChatMessage[]> {
  const messages: ChatMessage[] = [];
  let page: Page<Instance> | undefined = await readPage(readFirstPage);
  while (page !== undefined) {
    const current: Page<Instance> = page;
    const found = current.instances.map(toMessage);
    messages.push(...found.filter(({ createdAt }) => createdAt >= sinceMs));
    const oldest = found.at(-1);
    if (oldest === undefined || oldest.createdAt < sinceMs) return messages;
    page = await readPage(async () => current.nextPage());
  }
  return messages;
}
