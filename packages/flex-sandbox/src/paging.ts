/** Lists as Twilio's REST APIs page them, with absolute links that the helper libraries follow. */
import type { ApiReply, ApiRequest } from './router.js';
import { text } from './router.js';

const LARGEST_PAGE = 1000;

/** One page of `items`, chosen by `Page` and `PageSize` (default 50) of the query. */
export function buildPage<T>(
  request: ApiRequest,
  key: string,
  items: readonly T[],
  view: (item: T) => unknown,
): ApiReply {
  const size = Math.min(Number(text(request.query, 'PageSize') ?? 50), LARGEST_PAGE);
  const page = Number(text(request.query, 'Page') ?? 0);
  const from = page * size;

  const link = (number: number) => {
    const url = new URL(`https://${request.host}${request.path}`);
    for (const [name, value] of Object.entries(request.query)) {
      for (const one of [value].flat()) url.searchParams.append(name, String(one));
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
        first_page_url: link(0),
        previous_page_url: page > 0 ? link(page - 1) : null,
        next_page_url: from + size < items.length ? link(page + 1) : null,
        url: link(page),
      },
      [key]: items.slice(from, from + size).map(view),
    },
  };
}
