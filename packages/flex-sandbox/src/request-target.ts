/**
 * Reads the URL of a request to the sandbox. Only names of this machine are accepted: a page of another site
 * whose name leads to this machine (DNS rebinding) sends its own name as the host.
 */

/** On any port. Browsers resolve every name below `localhost` to this machine. */
const LOCAL_HOST = /^(?:127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost)(?::\d+)?$/i;

/**
 * `target` is a path, whose host is in `hostHeader`, or a whole URL
 * (https://httpwg.org/specs/rfc9112.html#request.target). A path may begin with `//`: what follows is not a
 * host. `undefined` for a target of another form, and for another host.
 */
export function parseRequestTarget(target: string, hostHeader: string): URL | undefined {
  const [, host = hostHeader, path = ''] = /^(?:http:\/\/([^/?#]*))?(\/.*)$/is.exec(target) ?? [];
  const url = `http://${host}${path}`;
  return path !== '' && LOCAL_HOST.test(host) && URL.canParse(url) ? new URL(url) : undefined;
}
