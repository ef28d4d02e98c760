/** Builds the pages of a list, with the absolute links that Twilio's helper library follows. */
import type { ApiReply, ApiRequest } from './router.js';
import { text } from './router.js';

const LARGEST_PAGE = 1000;

/** The page that `Page` and `PageSize` (default 50) select. `key` names the list. */
export function buildPage<T>(
  request: ApiRequest,
  key: string,
  items: readonly T[],
  view: (item: T) => unknown,
  largestPage = LARGEST_PAGE,
): ApiReply {
  const size = Math.min(Number(text(request.query, 'PageSize') ?? 50), largestPage);
  const page = Number(text(request.query, 'Page') ?? 0);
  const from = page * size;

  const buildLink = (number: number) => {
    const url = new URL(`https://${request.host}${request.path}`);
    for (const [name, value] of Object.entries(request.query)) {
      for (const element of [value].flat()) url.searchParams.append(name, String(element));
    }
    url.searchParams.set('PageSize', String(size));
    url.searchParams.set('Page', String(number));
    if (number > 0) url.searchParams.set('PageToken', `P${number}`);
    return url.href;
  };

  return {
    body: {
      meta: {
        key,
        page,
        page_size: size,
        first_page_url: buildLink(0),
        previous_page_url: page > 0 ? buildLink(page - 1) : null,
        next_page_url: from + size < items.length ? buildLink(page + 1) : null,
        url: buildLink(page),
      },
      [key]: items.slice(from, from + size).map(view),
    },
  };
}
