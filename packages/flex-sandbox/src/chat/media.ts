/**
 * The media service: the chat SDKs call it by plain HTTP at the URL in their configuration, and servers with
 * Basic auth (https://www.twilio.com/docs/conversations/api/media-resource). Content needs no token, as with
 * Twilio's temporary URLs. It has no limits of size and type.
 */
import { notFound, unauthorized } from '../api-error.js';
import { isoMilliseconds } from '../clock.js';
import { forAccount } from '../iam/callers.js';
import { type ApiRequest, type Handler, type Method, text } from '../router.js';
import type { ChatStore, Media } from './state.js';

const SERVICE = '/v1/Services/:service';

export function addMedia(store: ChatStore): void {
  const { router, account, url, clock, sids } = store.sandbox;
  const mediaUrl = `${url}/mcs.us1.twilio.com/v1/Services/${account.chatServiceSid}/Media`;

  const view = (media: Media) => ({
    sid: media.sid,
    service_sid: account.chatServiceSid,
    date_created: isoMilliseconds(media.createdAtMs),
    date_updated: isoMilliseconds(media.createdAtMs),
    size: media.content.length,
    content_type: media.contentType,
    filename: media.filename,
    category: media.category,
    author: null,
    url: `${mediaUrl}/${media.sid}`,
    links: {
      content: `${mediaUrl}/${media.sid}/Content`,
      content_direct_temporary: `${mediaUrl}/${media.sid}/Content`,
    },
  });
  const getMedia = ({ segments, path }: ApiRequest): Media => {
    const media = store.media.get(segments.media ?? '');
    if (media === undefined) throw notFound(path);
    return media;
  };

  const on = (method: Method, path: string, handler: Handler) =>
    router.on(method, 'mcs', `${SERVICE}${path}`, (request) => {
      if (request.segments.service !== account.chatServiceSid) throw notFound(request.path);
      return handler(request);
    });
  /** For users of the chat SDKs, and for the account. */
  const forCallers =
    (handler: Handler): Handler =>
    (request) => {
      if (request.caller.kind === 'anonymous') throw unauthorized();
      return handler(request);
    };

  on(
    'POST',
    '/Media',
    forCallers((request) => {
      const media = { ...parseUpload(request), sid: sids('ME'), createdAtMs: clock.nowMs() };
      store.media.set(media.sid, media);
      return { status: 201, body: view(media) };
    }),
  );
  on(
    'GET',
    '/Media/:media',
    forCallers((request) => ({ body: view(getMedia(request)) })),
  );
  on(
    'DELETE',
    '/Media/:media',
    forAccount((request) => {
      store.media.delete(getMedia(request).sid);
      return { status: 204 };
    }),
  );
  on('GET', '/Media/:media/Content', (request) => {
    const media = getMedia(request);
    return { body: media.content, headers: { 'content-type': media.contentType } };
  });
  on(
    'POST',
    '/MediaSet',
    forCallers((request) => {
      const entries = Array.isArray(request.body.list) ? request.body.list : [];
      return {
        body: entries.map(({ media_sid: sid }: { readonly media_sid: string }) => {
          const media = store.media.get(sid);
          return media === undefined
            ? { code: 404, media_record: { sid } }
            : { code: 200, media_record: view(media) };
        }),
      };
    }),
  );
}

/** Parses the raw body, or the first file of a multipart form. */
function parseUpload({
  headers,
  query,
  rawBody,
}: ApiRequest): Pick<Media, 'category' | 'filename' | 'contentType' | 'content'> {
  const contentType = headers['content-type'] ?? 'application/octet-stream';
  const category = text(query, 'Category') ?? 'media';
  const filename = text(query, 'Filename') ?? null;
  const [, boundary] = /^multipart\/form-data;.*boundary=(.+)$/.exec(contentType) ?? [];
  if (boundary === undefined) return { category, filename, contentType, content: rawBody };

  const headEnd = rawBody.indexOf('\r\n\r\n');
  const head = rawBody.subarray(0, headEnd).toString('utf8');
  return {
    category,
    filename: /filename="([^"]*)"/.exec(head)?.[1] ?? filename,
    contentType: /content-type:\s*([^\r\n]+)/i.exec(head)?.[1] ?? 'application/octet-stream',
    content: rawBody.subarray(headEnd + 4, rawBody.indexOf(`\r\n--${boundary}`, headEnd)),
  };
}
