/**
 * A window that can show one of several pages: choosing loads that page, and the choice is kept in the page's own
 * address, so that it can be sent to somebody and survives a reload.
 */
import { loadWindow } from './frames.js';

const PARAMETER = 'page';

/** Puts every such window on the page that the address names, and follows the choices made. */
export function setUpChoices(): void {
  const wanted = new URLSearchParams(location.hash.slice(1)).get(PARAMETER);
  for (const window of document.querySelectorAll('.window')) {
    for (const radio of window.querySelectorAll<HTMLInputElement>('.choice input')) {
      const label = radio.closest('label')?.textContent.trim() ?? '';
      if (label === wanted) {
        radio.checked = true;
        setWindowUrl(window, radio.value);
      }
      radio.addEventListener('change', () => {
        setWindowUrl(window, radio.value);
        history.replaceState(null, '', `#${new URLSearchParams({ [PARAMETER]: label })}`);
        loadWindow(window);
      });
    }
  }
}

/** Says where the window is to go when it is loaded next, or opened alone. */
function setWindowUrl(window: Element, address: string): void {
  const frame = window.querySelector('iframe');
  if (frame !== null) frame.dataset.address = address;
  window.querySelector('a')?.setAttribute('href', address);
}
