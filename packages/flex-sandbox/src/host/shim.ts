/**
 * The redirect for pages: the first script on a page, after which everything that asks Twilio asks the sandbox.
 *
 * It must run before any SDK, because they take `WebSocket` and `fetch` from the page when they load.
 * Same origin means no CORS, which Flex's plugin list (fetched with credentials) would not survive.
 */
import { redirectTwilioUrl } from './twilio-url.js';

const redirect = (address: string | URL) => redirectTwilioUrl(String(address), location.origin);

function redirectFetch(): void {
  const original = window.fetch;
  window.fetch = (input, init) => {
    if (!(input instanceof Request)) return original.call(window, redirect(input), init);
    const address = redirect(input.url);
    return original.call(window, address === input.url ? input : new Request(address, input), init);
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

/** Scripts, styles, pictures and sounds, however their address is set. */
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
      set(this: HTMLElement, address: string) {
        set.call(this, redirect(address));
      },
    });
  }

  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function redirecting(this: Element, name: string, value: string) {
    const loads = /^(src|href)$/i.test(name) && this.tagName !== 'A';
    setAttribute.call(this, name, loads ? redirect(value) : value);
  };

  // `new Audio(url)` sets the address without going through the property.
  window.Audio = class extends Audio {
    constructor(address?: string) {
      super(address === undefined ? undefined : redirect(address));
    }
  };
}

redirectFetch();
redirectXhr();
redirectSockets();
redirectBeacons();
redirectElements();
