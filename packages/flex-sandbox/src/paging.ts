/**
 * Builds the pages of a list, with the absolute links that Twilio's helper library follows. A link to a later
 * page has a `PageToken`, which decides the page: then `Page` only counts, as on Twilio.
 * https://www.twilio.com/docs/usage/twilios-response#pagination
 */
import { badRequest } from './api-error.js';
import { type ApiReply, type ApiRequest, getProduct, type Params, text } from './router.js';

/** What a product allows for `PageSize`, and its codes. All refusals have the status 400. */
interface PageRules {
  /** A larger size that is not refused counts as this one (assumed). */
  readonly largestPage: number;
  readonly invalidSizeCode: number;
  readonly sizeTooLargeCode: number;
  readonly invalidTokenCode: number;
  /** Whether a page after the first needs its `PageToken`. */
  readonly onlyRelative: boolean;
}

const DEFAULT_SIZE = 50;
/** https://www.twilio.com/docs/api/errors/20007 */
const LARGEST_SIZE = 1000;

/**
 * https://www.twilio.com/docs/api/errors/20007 (size) and /21481 (token). The code for a size that is no number
 * from 1 is assumed.
 */
const GENERAL_RULES: PageRules = {
  largestPage: LARGEST_SIZE,
  invalidSizeCode: 20001,
  sizeTooLargeCode: 20007,
  invalidTokenCode: 21481,
  onlyRelative: false,
};

const RULES: Readonly<Record<string, PageRules>> = {
  /** https://www.twilio.com/docs/api/errors/40153: `Page` without `PageToken` was removed. */
  taskrouter: { ...GENERAL_RULES, onlyRelative: true },
  /** https://www.twilio.com/docs/api/errors/54453 and /54454. Its pages say "the maximum is 100". */
  sync: {
    ...GENERAL_RULES,
    largestPage: 100,
    invalidSizeCode: 54454,
    sizeTooLargeCode: 54454,
    invalidTokenCode: 54453,
  },
};

const WHOLE_NUMBER = /^\d{1,9}$/;
const TOKEN = /^PA(\d{1,9})$/;

/** The page that `PageSize` (default 50) and `PageToken` or `Page` select. `key` names the list. */
export function buildPage<T>(
  request: ApiRequest,
  key: string,
  items: readonly T[],
  view: (item: T) => unknown,
): ApiReply {
  const rules = RULES[getProduct(request.host)] ?? GENERAL_RULES;
  const size = readPageSize(request.query, rules);
  const page = readPage(request.query, rules);
  const from = page * size;

  const buildLink = (number: number) => {
    const url = new URL(`https://${request.host}${request.path}`);
    for (const [name, value] of Object.entries(request.query)) {
      if (name === 'PageToken') continue;
      for (const element of [value].flat()) url.searchParams.append(name, String(element));
    }
    url.searchParams.set('PageSize', String(size));
    url.searchParams.set('Page', String(number));
    if (number > 0) url.searchParams.set('PageToken', `PA${number}`);
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

function readPageSize(query: Params, rules: PageRules): number {
  const value = text(query, 'PageSize') ?? String(DEFAULT_SIZE);
  const size = WHOLE_NUMBER.test(value) ? Number(value) : 0;
  if (size < 1) throw badRequest(`Invalid PageSize ${value}`, rules.invalidSizeCode);
  if (size > LARGEST_SIZE) throw badRequest('Page size too large', rules.sizeTooLargeCode);
  return Math.min(size, rules.largestPage);
}

/** The first page is 0. */
function readPage(query: Params, rules: PageRules): number {
  const page = text(query, 'Page') ?? '0';
  if (!WHOLE_NUMBER.test(page)) throw badRequest(`Invalid Page ${page}`);
  const token = text(query, 'PageToken');
  if (token === undefined) {
    if (rules.onlyRelative && Number(page) > 0) {
      throw badRequest('Absolute Paging used when iterating TaskRouter resources', 40153);
    }
    return Number(page);
  }
  const [, pageOfToken] = TOKEN.exec(token) ?? [];
  if (pageOfToken === undefined) throw badRequest('Invalid PageToken', rules.invalidTokenCode);
  return Number(pageOfToken);
}
