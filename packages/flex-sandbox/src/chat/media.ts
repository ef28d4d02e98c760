/**
 * The media service, which the chat SDKs call by plain HTTP at the URL in their configuration. It supports
 * only what they need: upload, read a record, read the content. Content needs no token, as with Twilio's
 * temporary URLs.
 */
import { notFound } from '../api-error.js';
import { isoMilliseconds } from '../clock.js';
import type { ApiRequest } from '../router.js';
import { text } from '../router.js';
import { requireIdentity } from './access.js';
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

  router.on('POST', 'mcs', `${SERVICE}/Media`, (request) => {
    requireIdentity(request);
    const media = { ...parseUpload(request), sid: sids('ME'), createdAtMs: clock.nowMs() };
    store.media.set(media.sid, media);
    return { status: 201, body: view(media) };
  });
  router.on('GET', 'mcs', `${SERVICE}/Media/:media`, (request) => {
    requireIdentity(request);
    return { body: view(getMedia(request)) };
  });
  router.on('GET', 'mcs', `${SERVICE}/Media/:media/Content`, (request) => {
    const media = getMedia(request);
    return { body: media.content, headers: { 'content-type': media.contentType } };
  });
  router.on('POST', 'mcs', `${SERVICE}/MediaSet`, (request) => {
    requireIdentity(request);
    const entries = Array.isArray(request.body.list) ? request.body.list : [];
    return {
      body: entries.map(({ media_sid: sid }: { readonly media_sid: string }) => {
        const media = store.media.get(sid);
        return media === undefined
          ? { code: 404, media_record: { sid } }
          : { code: 200, media_record: view(media) };
      }),
    };
  });
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
