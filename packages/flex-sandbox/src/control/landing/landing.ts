/** What the landing page does in the browser: fits the windows, loads them, starts the sandbox over. */
import { setUpChoices } from './choice.js';
import { fitFrames, loadWindow } from './frames.js';
import { setUpPanel } from './panel.js';

/**
 * Goes to the page's own host, where its frames are of the same site and may keep a session. `true` when it is there,
 * or when this browser cannot find that host and things have to do as they are.
 */
async function moveToLandingHost(): Promise<boolean> {
  const { host } = document.body.dataset;
  if (host === undefined || location.hostname === host) return true;
  const address = `${location.protocol}//${host}:${location.port}/`;
  try {
    await fetch(`${address}_sandbox/clock`, { mode: 'no-cors' });
  } catch {
    return true;
  }
  location.replace(`${address}${location.hash}`);
  return false;
}

function loadAllWindows(): void {
  for (const window of document.querySelectorAll('.window')) loadWindow(window);
}

function setUpButtons(): void {
  for (const button of document.querySelectorAll('.reload')) {
    button.addEventListener('click', () => {
      const window = button.closest('.window');
      if (window !== null) loadWindow(window);
    });
  }
  const reset = document.querySelector<HTMLButtonElement>('#reset');
  reset?.addEventListener('click', async () => {
    reset.disabled = true;
    await fetch('/_sandbox/reset', { method: 'POST' });
    // Every window still shows what is gone; its sessions are gone as well.
    loadAllWindows();
    reset.disabled = false;
  });
}

void moveToLandingHost().then((isThere) => {
  if (!isThere) return;
  fitFrames();
  setUpButtons();
  setUpChoices();
  setUpPanel();
  loadAllWindows();
});
