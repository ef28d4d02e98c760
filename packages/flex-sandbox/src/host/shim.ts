/**
 * The first script of every page: it redirects requests for Twilio to the page's own origin, which is the
 * sandbox.
 *
 * It must run before any SDK: SDKs take `WebSocket` and `fetch` from the page when they load. The page's own
 * origin avoids CORS. Flex sends the request for its plugins with credentials, and CORS would block it.
 */
import { followSandbox } from './follow-sandbox.js';
import { redirectTwilioUrl } from './twilio-url.js';

const redirect = (url: string | URL) => redirectTwilioUrl(String(url), location.origin);

function redirectFetch(): void {
  const original = window.fetch;
  window.fetch = (input, init) => {
    if (!(input instanceof Request)) return original.call(window, redirect(input), init);
    const url = redirect(input.url);
    return original.call(window, url === input.url ? input : new Request(url, input), init);
  };
}

function redirectXhr(): void {
  const original = XMLHttpRequest.prototype.open;
  XMLHttpRequest.prototype.open = function open(
    this: XMLHttpRequest,
    method: string,
    url: string | URL,
    async?: boolean,
    username?: string | null,
    password?: string | null,
  ) {
    original.call(this, method, redirect(url), async ?? true, username, password);
  };
}

function redirectSockets(): void {
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(redirect(url), protocols);
    }
  };
}

function redirectBeacons(): void {
  const original = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, data) => original(redirect(url), data);
}

/** Redirects scripts, styles, images and sounds, whether code sets the property or the attribute. */
function redirectElements(): void {
  const sources: ReadonlyArray<readonly [typeof HTMLElement, 'src' | 'href']> = [
    [HTMLImageElement, 'src'],
    [HTMLScriptElement, 'src'],
    [HTMLLinkElement, 'href'],
    [HTMLMediaElement, 'src'],
    [HTMLSourceElement, 'src'],
  ];
  for (const [element, property] of sources) {
    const original = Object.getOwnPropertyDescriptor(element.prototype, property);
    if (original?.set === undefined) continue;
    const { set } = original;
    Object.defineProperty(element.prototype, property, {
      ...original,
      set(this: HTMLElement, url: string) {
        set.call(this, redirect(url));
      },
    });
  }

  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function redirecting(this: Element, name: string, value: string) {
    const loadsUrl = /^(src|href)$/i.test(name) && this.tagName !== 'A';
    setAttribute.call(this, name, loadsUrl ? redirect(value) : value);
  };

  // `new Audio(url)` does not use the `src` property.
  window.Audio = class extends Audio {
    constructor(url?: string) {
      super(url === undefined ? undefined : redirect(url));
    }
  };
}

// Before `WebSocket` is redirected: this one is not for Twilio.
followSandbox(document.currentScript?.dataset.reloads !== undefined);
redirectFetch();
redirectXhr();
redirectSockets();
redirectBeacons();
redirectElements();
