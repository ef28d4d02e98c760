/** All documents of a Sync service, a page at a time. */
import * as v from 'valibot';
import type { Twilio } from './client';

/** Where a page begins. Sync defines the token. */
export const PageCursorSchema = v.object({ page: v.number(), token: v.string() });
type PageCursor = v.InferOutput<typeof PageCursorSchema>;

interface DocumentPage {
  readonly documents: ReadonlyArray<{ readonly uniqueName: string; readonly data: unknown }>;
  /** `undefined` on the last page. */
  readonly next: PageCursor | undefined;
}

/** 100 documents in one call. `undefined` reads the first page. */
export type DocumentPages = (cursor: PageCursor | undefined) => Promise<DocumentPage>;

const PAGE_SIZE = 100;

export function createDocumentPages({ client, calls }: Twilio, serviceSid: string): DocumentPages {
  const { documents } = client.sync.v1.services(serviceSid);
  return async (cursor) => {
    const page = await calls.call('list the ledgers', () =>
      documents.page({
        pageSize: PAGE_SIZE,
        ...(cursor === undefined ? {} : { pageNumber: cursor.page, pageToken: cursor.token }),
      }),
    );
    return { documents: page.instances, next: parseCursor(page.nextPageUrl) };
  };
}

/** https://www.twilio.com/docs/usage/twilios-response#response-formats-list-paging-information */
function parseCursor(nextPageUrl: string | undefined): PageCursor | undefined {
  if (nextPageUrl === undefined) return undefined;
  const { searchParams } = new URL(nextPageUrl);
  const cursor = { page: Number(searchParams.get('Page')), token: searchParams.get('PageToken') };
  const parsed = v.safeParse(PageCursorSchema, cursor);
  return parsed.success ? parsed.output : undefined;
}
