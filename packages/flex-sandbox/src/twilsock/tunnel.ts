/**
 * Converts requests in twilsock frames to requests of the router, and replies to frames. Path and parameters
 * are percent-encoded. An invalid body becomes `{}`, because SDKs send `null`, empty text or an unquoted word
 * with a JSON content type.
 */
import { STATUS_CODES } from 'node:http';
import { parseJsonObjectOrEmpty } from '../json.js';
import type { ApiReply, ApiRequest, Caller, Method, Params, PushConnection } from '../router.js';
import { decodeSegment, parseForm } from '../router.js';
import type { FrameHeader } from './frame.js';

interface TunnelledHttpRequest {
  readonly host: string;
  readonly path: string;
  readonly method: Method;
  readonly params?: Readonly<Record<string, string | readonly string[]>> | null;
  readonly headers?: Readonly<Record<string, string>> | null;
}

/** The request in a `message` frame that `caller` sent on `connection`. */
export function readTunnelledRequest(
  header: FrameHeader,
  rawBody: Buffer,
  caller: Caller,
  connection: PushConnection,
): Omit<ApiRequest, 'segments'> {
  const { host, path, method, params, headers } = header.http_request as TunnelledHttpRequest;
  const lowerCased = Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const query: Params = {};
  for (const [name, value] of Object.entries(params ?? {})) {
    const values = [value].flat().map(decodeSegment);
    query[decodeSegment(name)] = values.length === 1 ? values[0] : values;
  }
  return {
    method,
    host: host.toLowerCase(),
    path,
    query,
    body: readBody(rawBody, lowerCased['content-type']),
    rawBody,
    headers: lowerCased,
    caller,
    connection,
    ...(typeof header.active_grant === 'string' ? { product: header.active_grant } : {}),
  };
}

function readBody(raw: Buffer, contentType: string | undefined): Params {
  const content = raw.toString('utf8');
  if (contentType?.includes('form-urlencoded') === true) return parseForm(content);
  return parseJsonObjectOrEmpty(content);
}

/** The header of a `reply` frame: `status` is that of the transport, `http_status` that of the request. */
export function tunnelledReplyHeader(id: string, reply: ApiReply): FrameHeader {
  const code = reply.status ?? 200;
  return {
    method: 'reply',
    id,
    status: { code: 200, status: 'OK' },
    http_status: { code, status: (STATUS_CODES[code] ?? 'OK').toUpperCase() },
    http_headers: { 'content-type': 'application/json', ...reply.headers },
  };
}
