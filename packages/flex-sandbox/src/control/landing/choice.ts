/**
 * Lets the user choose the page of a window. The hash of the landing page's URL names the chosen page, so
 * that a link or a reload shows it again.
 */
import { loadWindow } from './frames.js';

const PARAMETER = 'page';

/** Selects the page that the hash names, and loads a page when the user chooses it. */
export function setUpChoices(): void {
  const chosenLabel = new URLSearchParams(location.hash.slice(1)).get(PARAMETER);
  for (const windowElement of document.querySelectorAll('.window')) {
    for (const radio of windowElement.querySelectorAll<HTMLInputElement>('.choice input')) {
      const label = radio.closest('label')?.textContent.trim() ?? '';
      if (label === chosenLabel) {
        radio.checked = true;
        setWindowUrl(windowElement, radio.value);
      }
      radio.addEventListener('change', () => {
        setWindowUrl(windowElement, radio.value);
        history.replaceState(null, '', `#${new URLSearchParams({ [PARAMETER]: label })}`);
        loadWindow(windowElement);
      });
    }
  }
}

/** Sets the URL for the next load of the window and for opening it in a new tab. */
function setWindowUrl(windowElement: Element, url: string): void {
  const iframe = windowElement.querySelector('iframe');
  if (iframe !== null) iframe.dataset.url = url;
  windowElement.querySelector('a')?.setAttribute('href', url);
}
