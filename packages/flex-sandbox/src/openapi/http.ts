/** Requests to a sandbox through plain HTTP. */
import type { Answer } from './check-answer.js';

/** A query or a form. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

export interface HttpRequest {
  readonly method: string;
  /** First label of the host, such as `taskrouter`. */
  readonly product: string;
  readonly path: string;
  readonly query?: Fields;
  readonly body?: Fields | undefined;
  /** How `body` is sent. Default `form`. */
  readonly encoding?: 'form' | 'json';
  readonly authorization?: string;
}

export async function send(url: string, request: HttpRequest): Promise<Answer> {
  const { method, product, path, query = {}, body, encoding = 'form', authorization } = request;
  const search = encode(query);
  const response = await fetch(`${url}/${product}.twilio.com${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': CONTENT_TYPES[encoding] }),
    },
    ...(body === undefined ? {} : { body: encoding === 'json' ? JSON.stringify(body) : encode(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  };
}

const CONTENT_TYPES = { form: 'application/x-www-form-urlencoded', json: 'application/json' };

function encode(fields: Fields): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((element) => [name, element]),
  );
  return new URLSearchParams(pairs).toString();
}
