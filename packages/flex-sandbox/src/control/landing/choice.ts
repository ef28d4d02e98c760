/**
 * Windows that can show one of several pages. The chosen page is kept in the hash of the landing page's URL, so that a
 * link and a reload restore it.
 */
import { loadWindow } from './frames.js';

const PARAMETER = 'page';

/** Selects the page in the hash, if there is one, and loads a page when the user chooses it. */
export function setUpChoices(): void {
  const chosen = new URLSearchParams(location.hash.slice(1)).get(PARAMETER);
  for (const window of document.querySelectorAll('.window')) {
    for (const radio of window.querySelectorAll<HTMLInputElement>('.choice input')) {
      const label = radio.closest('label')?.textContent.trim() ?? '';
      if (label === chosen) {
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

/** Sets the URL for the next load of the window and for opening it in a new tab. */
function setWindowUrl(window: Element, url: string): void {
  const frame = window.querySelector('iframe');
  if (frame !== null) frame.dataset.url = url;
  window.querySelector('a')?.setAttribute('href', url);
}
